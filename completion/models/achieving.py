"""What stands at the end: a path gone through, and achievements from which certificates and JP follow."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .record import Completion, Enrolment


class PathEnrolment(models.Model):
    """A person in a learning path for a cycle. What its courses say follows from their own enrolments."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        FINISHED = "finished", _("finished")
        LEFT = "left", _("left")

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="path_enrolments")
    path = models.ForeignKey("courses.PathPage", models.PROTECT, related_name="path_enrolments")
    cycle = models.PositiveSmallIntegerField(default=1)
    courses = models.JSONField(
        default=list,
        help_text="The steps as they were on enrolling: `[{course, required, milestone}]`.",
    )
    is_ordered = models.BooleanField(default=True)
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    completion = models.PositiveSmallIntegerField(choices=Completion, default=Completion.NOT_STARTED)
    required_total = models.PositiveSmallIntegerField(default=0)
    required_complete = models.PositiveSmallIntegerField(default=0)
    enrolled_at = models.DateTimeField(default=timezone.now)
    completed_at = models.DateTimeField(null=True)
    unit = models.ForeignKey("people.Unit", models.PROTECT, null=True, related_name="+")
    unit_at_completion = models.ForeignKey("people.Unit", models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("path enrolment")
        verbose_name_plural = _("path enrolments")
        constraints = [
            models.UniqueConstraint(fields=["person", "path", "cycle"], name="path_enrolment_once_a_cycle"),
            models.CheckConstraint(
                condition=Q(required_complete__lte=F("required_total")), name="path_enrolment_not_more_than_all"
            ),
            models.CheckConstraint(
                condition=Q(completion=2, completed_at__isnull=False)
                | (~Q(completion=2) & Q(completed_at__isnull=True)),
                name="path_enrolment_complete_has_its_time",
            ),
        ]


class Achievement(models.Model):
    """Something a person has achieved, once for each subject and cycle, with its facts as they were then.

    Made in the transaction that completes the subject. `subject_id` is the id of the course or path page, or of the row
    of the app that made it (verified external training); certificates and the JP ledger point here. What is complete no
    more (an override taken back) is marked, never erased.
    """

    class Kind(models.TextChoices):
        COURSE = "course", _("course")
        PATH = "path", _("learning path")
        EXTERNAL = "external", _("external training")

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="achievements")
    kind = models.CharField(max_length=10, choices=Kind)
    subject_id = models.PositiveBigIntegerField()
    cycle = models.PositiveSmallIntegerField(default=1)
    enrolment = models.ForeignKey(Enrolment, models.PROTECT, null=True, related_name="achievements")
    path_enrolment = models.ForeignKey(PathEnrolment, models.PROTECT, null=True, related_name="achievements")
    title = models.CharField(max_length=255)
    # The agency that issues it (of the shelf, else of the person) and the unit of the person, as they were.
    agency = models.ForeignKey("people.Agency", models.PROTECT, null=True, related_name="+")
    unit = models.ForeignKey("people.Unit", models.PROTECT, null=True, related_name="+")
    programme_minutes = models.PositiveIntegerField(help_text="Planned minutes of what was required.")
    form = models.CharField(max_length=14, help_text="A value of courses.CoursePage.Form.")
    is_international = models.BooleanField(default=False)
    started_on = models.DateField()
    achieved_at = models.DateTimeField()
    zone = models.CharField(max_length=40)
    local_date = models.DateField()
    facts = models.JSONField(
        default=dict,
        help_text="Frozen: name, nip, edition, competencies, organiser, place, grade; what a certificate prints.",
    )
    valid_until = models.DateField(null=True)
    undone_at = models.DateTimeField(null=True, help_text="Staff took the completion back; NULL: in force.")

    class Meta:
        ordering = ["-achieved_at"]
        constraints = [
            models.UniqueConstraint(fields=["person", "kind", "subject_id", "cycle"], name="achievement_once_a_cycle"),
        ]
        indexes = [models.Index(fields=["person", "local_date"], name="achievement_person_day")]

    def __str__(self):
        return self.title
