"""A person in a course: enrolment, the facts about each activity, and what follows from them."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Completion(models.IntegerChoices):
    NOT_STARTED = 0, _("Not started")
    IN_PROGRESS = 1, _("In progress")
    COMPLETE = 2, _("Complete")


class Result(models.IntegerChoices):
    NONE = 0, _("No result")
    NOT_PASSED = 1, _("Not yet passed")
    PASSED = 2, _("Passed")


class Enrolment(models.Model):
    """A person in a course for a cycle, held to one edition."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        FINISHED = "finished", _("finished")
        LEFT = "left", _("left")

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="enrolments")
    course = models.ForeignKey("courses.CoursePage", models.PROTECT, related_name="enrolments")
    cycle = models.PositiveSmallIntegerField(default=1)
    edition = models.ForeignKey("courses.CourseEdition", models.PROTECT, related_name="enrolments")
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    completion = models.PositiveSmallIntegerField(choices=Completion, default=Completion.NOT_STARTED)
    result = models.PositiveSmallIntegerField(choices=Result, default=Result.NONE)
    required_total = models.PositiveSmallIntegerField(default=0)
    required_complete = models.PositiveSmallIntegerField(default=0)
    enrolled_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    completed_at = models.DateTimeField(null=True)
    last_activity = models.ForeignKey("wagtailcore.Page", models.PROTECT, null=True, related_name="+")
    last_seen_at = models.DateTimeField(null=True)
    # Where the person works now, and where they worked when they finished; NULL for people outside any unit.
    unit = models.ForeignKey("people.Unit", models.PROTECT, null=True, related_name="+")
    unit_at_completion = models.ForeignKey("people.Unit", models.PROTECT, null=True, related_name="+")
    signed_off_at = models.DateTimeField(null=True, help_text="When an organiser signed the course off, in force.")
    waits_until = models.DateTimeField(null=True, help_text="When time alone completes it: all else is there.")
    awaits_sign_off = models.BooleanField(default=False, help_text="The learner has done everything that is asked.")
    excused = models.JSONField(
        default=list,
        blank=True,
        help_text="Required activities that had been withdrawn when the person finished; frozen then.",
    )

    class Meta:
        verbose_name = _("enrolment")
        verbose_name_plural = _("enrolments")
        constraints = [
            models.UniqueConstraint(fields=["person", "course", "cycle"], name="enrolment_once_a_cycle"),
            models.CheckConstraint(
                condition=Q(required_complete__lte=F("required_total")), name="enrolment_not_more_than_all"
            ),
            models.CheckConstraint(
                condition=Q(completion=2, completed_at__isnull=False)
                | (~Q(completion=2) & Q(completed_at__isnull=True)),
                name="enrolment_complete_has_its_time",
            ),
        ]
        indexes = [
            models.Index(fields=["course", "unit", "person"], name="enrolment_course_unit"),
            models.Index(fields=["waits_until"], condition=Q(waits_until__isnull=False), name="enrolment_waits"),
            models.Index(fields=["course"], condition=Q(awaits_sign_off=True), name="enrolment_awaits_sign_off"),
        ]

    def __str__(self):
        return f"{self.person_id} in {self.course_id} ({self.get_state_display()})"

    @property
    def percent(self) -> int:
        """Share of the activities needed that are complete, 0–100, rounded down: 100 means the course is complete."""
        share = self.required_complete * 100 // self.required_total if self.required_total else 0
        return share if self.completion == Completion.COMPLETE else min(share, 99)


class ActivityProgress(models.Model):
    """What the events say about one activity of an enrolment: completion and result, two different things."""

    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="progress")
    activity = models.ForeignKey("wagtailcore.Page", models.PROTECT, related_name="+")
    completion = models.PositiveSmallIntegerField(choices=Completion, default=Completion.NOT_STARTED)
    result = models.PositiveSmallIntegerField(choices=Result, default=Result.NONE)
    # Exact share of the maximum, as a fraction: no binary floats for marks.
    best_score_numerator = models.BigIntegerField(null=True)
    best_score_denominator = models.BigIntegerField(null=True)
    seconds = models.PositiveIntegerField(default=0)
    first_at = models.DateTimeField(null=True)
    last_at = models.DateTimeField(null=True)
    completed_at = models.DateTimeField(null=True)
    revision = models.PositiveIntegerField(null=True, help_text="Id of the content revision last seen.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "activity"], name="progress_once"),
            models.CheckConstraint(
                condition=Q(best_score_numerator__isnull=True, best_score_denominator__isnull=True)
                | Q(best_score_numerator__gte=0, best_score_denominator__gte=1),
                name="progress_score_is_a_fraction",
            ),
        ]


class ActivityEvent(models.Model):
    """A fact about a learner and an activity. Only ever added; twice is once by the learner's own id."""

    class Kind(models.TextChoices):
        OPENED = "opened", _("opened")
        READ = "read", _("read")
        DECLARED = "declared", _("declared finished by the learner")
        WATCHED = "watched", _("watched a part of the recording")
        SUBMITTED = "submitted", _("handed work in")
        GRADED = "graded", _("graded")
        OVERRIDDEN = "overridden", _("decided by staff")
        REDO = "redo", _("to be done again")

    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="events")
    activity = models.ForeignKey("wagtailcore.Page", models.PROTECT, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="activity_events")
    kind = models.CharField(max_length=10, choices=Kind)
    data = models.JSONField(default=dict)
    client_id = models.UUIDField(default=uuid.uuid4)
    revision = models.PositiveIntegerField(null=True)
    # Three clocks: what the device said, when it arrived, and the one moment that counts, decided once.
    device_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(default=timezone.now)
    effective_at = models.DateTimeField()
    late = models.BooleanField(default=False, help_text="The device's time was too old to trust: the arrival counts.")
    zone = models.CharField(max_length=40)
    local_date = models.DateField()
    # Decisions of staff supersede each other in their own order and say who and why.
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decision_number = models.PositiveIntegerField(null=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["enrolment", "activity"], name="event_enrolment_activity")]
        constraints = [
            models.UniqueConstraint(fields=["person", "client_id"], name="event_once"),
            models.UniqueConstraint(
                fields=["enrolment", "activity", "decision_number"],
                condition=Q(decision_number__isnull=False),
                name="event_decision_numbered_once",
            ),
            models.CheckConstraint(
                condition=Q(decision_number__isnull=True, decided_by__isnull=True)
                | (Q(decision_number__isnull=False, decided_by__isnull=False) & ~Q(reason="")),
                name="event_decision_says_who_and_why",
            ),
        ]


class CourseDecision(models.Model):
    """A decision of staff about a whole course: signed off, or taken back. The last number holds; none is erased."""

    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="decisions")
    number = models.PositiveIntegerField()
    signed_off = models.BooleanField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(default=timezone.now)
    reason = models.CharField(max_length=300)

    class Meta:
        verbose_name = _("signature")
        verbose_name_plural = _("signatures")
        ordering = ["enrolment", "number"]
        constraints = [models.UniqueConstraint(fields=["enrolment", "number"], name="course_decision_numbered_once")]


class PastCompletion(models.Model):
    """A completion that a change for everyone opened again: it stays in the history as it was."""

    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="past_completions")
    edition = models.ForeignKey("courses.CourseEdition", models.PROTECT, related_name="+")
    completed_at = models.DateTimeField()
    result = models.PositiveSmallIntegerField(choices=Result, default=Result.NONE)
    unit_at_completion = models.ForeignKey("people.Unit", models.PROTECT, null=True, related_name="+")
    reopened_at = models.DateTimeField(default=timezone.now)
    reopened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=300)

    class Meta:
        ordering = ["-reopened_at"]
