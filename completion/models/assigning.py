"""What is asked of people, until when and by whom; what is put off or waived; who asks to be let in."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .record import Enrolment


class Assignment(models.Model):
    """Somebody was asked to take a course: by whom, why and until when. An enrolment may have several."""

    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="assignments")
    assigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", help_text="NULL: a rule of the agency."
    )
    agency = models.ForeignKey("people.Agency", models.PROTECT, related_name="+")
    duty = models.ForeignKey(
        "completion.Duty", models.PROTECT, null=True, related_name="assignments", help_text="NULL: made by hand."
    )
    path_enrolment = models.ForeignKey(
        "completion.PathEnrolment",
        models.PROTECT,
        null=True,
        related_name="assignments",
        help_text="The assigned path that asks for this course.",
    )
    reason = models.CharField(max_length=200, blank=True)
    letter_number = models.CharField(max_length=100, blank=True)
    due_at = models.DateTimeField(null=True)
    assigned_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        indexes = [
            models.Index(
                fields=["enrolment", "due_at"], condition=Q(withdrawn_at__isnull=True), name="assignment_in_force"
            ),
            models.Index(fields=["due_at", "id"], condition=Q(withdrawn_at__isnull=True), name="assignment_by_due"),
        ]

    def __str__(self):
        return self.letter_number or self.reason or str(self.pk)


class Duty(models.Model):
    """A standing assignment: whoever belongs to the group, now or later, is asked for a course or a path.

    Due on a day, or some days after it reaches the person. A duty with `valid_months` comes again: each round is a
    cycle of its own, opened `window_days` before the last completion runs out.
    """

    agency = models.ForeignKey("people.Agency", models.PROTECT, related_name="duties", verbose_name=_("agency"))
    audience = models.ForeignKey(
        "people.Audience", models.PROTECT, related_name="duties", verbose_name=_("group of people")
    )
    course = models.ForeignKey(
        "courses.CoursePage", models.PROTECT, null=True, blank=True, related_name="duties", verbose_name=_("course")
    )
    path = models.ForeignKey(
        "courses.PathPage",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="duties",
        verbose_name=_("learning path"),
    )
    reason = models.CharField(_("reason"), max_length=200, help_text=_("The learner reads it."))
    letter_number = models.CharField(_("letter number"), max_length=100, blank=True)
    due_on = models.DateField(_("due on"), null=True, blank=True)
    due_days = models.PositiveSmallIntegerField(
        _("days to do it"), null=True, blank=True, help_text=_("After it reaches the person, instead of a fixed day.")
    )
    valid_months = models.PositiveSmallIntegerField(
        _("valid for (months)"), null=True, blank=True, help_text=_("Empty: once is enough.")
    )
    window_days = models.PositiveSmallIntegerField(
        _("opens before it runs out (days)"), default=60, help_text=_("Only for a duty that comes again.")
    )
    starts_on = models.DateField(_("in force from"), default=timezone.localdate)
    ends_on = models.DateField(_("in force until"), null=True, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    applied_at = models.DateTimeField(null=True, help_text="When its people were last gathered.")

    class Meta:
        verbose_name = _("standing duty")
        verbose_name_plural = _("standing duties")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(course__isnull=False, path__isnull=True) | Q(course__isnull=True, path__isnull=False),
                name="duty_asks_for_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(due_on__isnull=True) | Q(due_days__isnull=True), name="duty_due_in_one_way"
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="duty_dates_in_order"
            ),
        ]

    def __str__(self):
        return self.reason


class StaffDecision(models.Model):
    """Who decided about one enrolment, why and when; taken back rather than erased."""

    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(default=timezone.now)
    reason = models.CharField(_("reason"), max_length=300, help_text=_("The learner reads it."))
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


class Extension(StaffDecision):
    """More time for one person: the due date is not earlier than this. The latest in force counts."""

    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="extensions")
    due_at = models.DateTimeField()

    class Meta:
        verbose_name = _("extension")
        verbose_name_plural = _("extensions")
        indexes = [
            models.Index(fields=["enrolment"], condition=Q(withdrawn_at__isnull=True), name="extension_in_force"),
            models.Index(fields=["due_at", "id"], condition=Q(withdrawn_at__isnull=True), name="extension_by_due"),
        ]


class Exemption(StaffDecision):
    """One person need not do it: not due, not counted as missing; what they do all the same is recorded."""

    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="exemptions")

    class Meta:
        verbose_name = _("exemption")
        verbose_name_plural = _("exemptions")
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment"], condition=Q(withdrawn_at__isnull=True), name="exemption_one_in_force"
            )
        ]


class EnrolmentRequest(models.Model):
    """A person asks to be let into a course with approval; one open request for each."""

    class Decision(models.TextChoices):
        WAITING = "waiting", _("waiting")
        APPROVED = "approved", _("approved")
        REFUSED = "refused", _("refused")
        WITHDRAWN = "withdrawn", _("taken back")

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="enrolment_requests")
    course = models.ForeignKey("courses.CoursePage", models.PROTECT, related_name="enrolment_requests")
    message = models.CharField(_("message"), max_length=300, blank=True)
    asked_at = models.DateTimeField(default=timezone.now)
    decision = models.CharField(max_length=9, choices=Decision, default=Decision.WAITING)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("enrolment request")
        verbose_name_plural = _("enrolment requests")
        ordering = ["asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "course"], condition=Q(decision="waiting"), name="enrolment_request_one_waiting"
            )
        ]
