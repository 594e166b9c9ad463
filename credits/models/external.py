"""Learning done elsewhere: what a person reports with its evidence, and what others decided about it."""

import uuid

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.zones import Zone
from courses.models import CoursePage
from people.models import Competency


class TrainingKind(models.IntegerChoices):
    """SIASN's numbers of kinds of training (jenisDiklat) with our labels; `credits.kinds` says which form each is."""

    LEADERSHIP = 1, _("Structural training")
    FUNCTIONAL = 2, _("Functional training")
    TECHNICAL = 3, _("Technical training")
    WORKSHOP = 4, _("Workshop")
    MANAGERIAL = 5, _("Managerial training")
    SOCIOCULTURAL = 6, _("Sociocultural training")
    BRIEFING = 7, _("Information session")
    GUIDANCE = 8, _("Technical guidance (bimtek)")
    SEMINAR = 9, _("Seminar, webinar or conference")
    INTERNSHIP = 10, _("Internship")
    COURSE = 11, _("Course")
    UPGRADING = 12, _("Upgrading (penataran)")
    OTHER_CLASSICAL = 13, _("Other training in class")
    COACHING = 14, _("Coaching")
    MENTORING = 15, _("Mentoring")
    ELEARNING = 16, _("E-learning")
    DISTANCE = 17, _("Distance training")
    SECONDMENT = 18, _("Secondment (detasering)")
    OUTBOUND = 19, _("Outdoor learning (outbound)")
    BENCHMARKING = 20, _("Benchmarking")
    EXCHANGE = 21, _("Exchange with the private sector")
    SELF_STUDY = 22, _("Self-study")
    COMMUNITY = 23, _("Community of practice")
    ON_THE_JOB = 24, _("Guidance at the workplace")
    OTHER_NONCLASSICAL = 25, _("Other learning outside class")


def evidence_path(training: "ExternalTraining", _name: str) -> str:
    """Where evidence is kept: below `bukti/`, which no address serves, under a name that tells nothing."""
    return f"bukti/{training.key.hex[:2]}/{uuid.uuid4().hex}.{training.evidence_type}"


class ExternalTraining(models.Model):
    """A training outside this platform, reported by the person, with its evidence.

    A draft may be as incomplete as it is; what was handed in is complete (a constraint). `minutes` is the real time,
    `units` how many days, sessions, semesters or times, where the form counts by these. A verifier who found less wrote
    it to `counted_minutes` and `counted_units`; the report itself stays as it was.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        WAITING = "waiting", _("waiting for verification")
        VERIFIED = "verified", _("verified")
        REVISE = "revise", _("to be revised")
        REJECTED = "rejected", _("rejected")
        REVOKED = "revoked", _("verification taken back")

    class Basis(models.TextChoices):
        LETTER = "letter", _("a written assignment")
        NOTICE = "notice", _("a written notice to my superior")
        OWN = "own", _("my own initiative")

    class Source(models.TextChoices):
        PERSON = "person", _("reported by the person")
        SIASN = "siasn", _("taken over from SIASN")

    class EvidenceType(models.TextChoices):
        PDF = "pdf", "PDF"
        JPG = "jpg", "JPEG"
        PNG = "png", "PNG"
        WEBP = "webp", "WebP"

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="external_trainings", verbose_name=_("person")
    )
    kind = models.PositiveSmallIntegerField(
        _("kind"), choices=TrainingKind, null=True, help_text="NULL: formal education, which SIASN keeps elsewhere."
    )
    form = models.CharField(_("form of learning"), max_length=14, choices=CoursePage.Form)
    title = models.CharField(_("title"), max_length=255, blank=True)
    organiser = models.CharField(_("organiser"), max_length=255, blank=True)
    is_international = models.BooleanField(_("international"), default=False)
    is_online = models.BooleanField(_("online"), default=False)
    place = models.CharField(_("place"), max_length=200, blank=True)
    started_on = models.DateField(_("first day"), null=True, blank=True)
    ended_on = models.DateField(_("last day"), null=True, blank=True)
    minutes = models.PositiveIntegerField(_("minutes"), null=True, blank=True)
    units = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Days, sessions, semesters or times; NULL: by minutes."
    )
    number = models.CharField(_("certificate number"), max_length=100, blank=True)
    summary = models.TextField(_("material in brief"), blank=True)
    competency = models.ForeignKey(
        Competency, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("competency")
    )
    level = models.PositiveSmallIntegerField(
        _("level"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    basis = models.CharField(_("basis"), max_length=6, choices=Basis, blank=True)
    letter_number = models.CharField(_("letter number"), max_length=100, blank=True)
    evidence = models.FileField(_("evidence"), upload_to=evidence_path, max_length=200, blank=True)
    evidence_name = models.CharField(max_length=200, blank=True)
    evidence_type = models.CharField(max_length=4, choices=EvidenceType, blank=True)
    evidence_sha256 = models.CharField(max_length=64, blank=True, db_index=True)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.DRAFT)
    source = models.CharField(max_length=6, choices=Source, default=Source.PERSON, editable=False)
    siasn_record = models.CharField(max_length=36, blank=True, help_text="The row of SIASN it was taken over from.")
    counted_minutes = models.PositiveIntegerField(null=True, help_text="NULL: as reported.")
    counted_units = models.PositiveSmallIntegerField(null=True, help_text="NULL: as reported.")
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    changed_at = models.DateTimeField(default=timezone.now)
    submitted_at = models.DateTimeField(null=True, help_text="NULL: never handed in.")
    decided_at = models.DateTimeField(null=True, help_text="Of the last decision; NULL: none yet.")

    class Meta:
        verbose_name = _("external training")
        verbose_name_plural = _("external trainings")
        ordering = ["-ended_on", "-pk"]
        indexes = [
            models.Index(fields=["person", "state"], name="external_person_state"),
            models.Index(fields=["submitted_at"], condition=Q(state="waiting"), name="external_waiting"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(started_on__isnull=True) | Q(ended_on__isnull=True) | Q(ended_on__gte=F("started_on")),
                name="external_days_in_order",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "revise"])
                | Q(started_on__isnull=False, ended_on__isnull=False) & ~Q(title="") & ~Q(organiser=""),
                name="external_handed_in_is_complete",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "revise"]) | Q(source="siasn") | ~Q(evidence_sha256=""),
                name="external_handed_in_has_evidence",
            ),
            models.CheckConstraint(
                condition=Q(level__isnull=True) | Q(level__gte=1, level__lte=5), name="external_level_1_5"
            ),
            models.CheckConstraint(
                condition=Q(counted_minutes__isnull=True) | Q(counted_minutes__lte=F("minutes")),
                name="external_counted_minutes_not_more",
            ),
            models.CheckConstraint(
                condition=Q(counted_units__isnull=True) | Q(counted_units__lte=F("units")),
                name="external_counted_units_not_more",
            ),
            models.UniqueConstraint(
                fields=["person", "siasn_record"], condition=~Q(siasn_record=""), name="external_taken_over_once"
            ),
        ]

    def __str__(self):
        return self.title or str(_("Without a title yet"))

    @property
    def is_open(self) -> bool:
        """The person may still change it."""
        return self.state in (self.State.DRAFT, self.State.REVISE)

    @property
    def credited_minutes(self) -> int:
        """The minutes that count: what the verifier found, else what was reported."""
        return (self.minutes if self.counted_minutes is None else self.counted_minutes) or 0

    @property
    def credited_units(self) -> int | None:
        """The days, sessions, semesters or times that count; None where minutes do."""
        return self.units if self.counted_units is None else self.counted_units


class ExternalDecision(models.Model):
    """What somebody decided about an external training. Rows are only added."""

    class Kind(models.TextChoices):
        SUBMITTED = "submitted", _("handed in")
        VERIFIED = "verified", _("verified")
        REVISE = "revise", _("sent back for revision")
        REJECTED = "rejected", _("rejected")
        TAKEN_OVER = "taken_over", _("taken over from SIASN")
        TAKEN_BACK = "taken_back", _("verification taken back")

    training = models.ForeignKey(ExternalTraining, models.PROTECT, related_name="decisions")
    kind = models.CharField(_("decision"), max_length=10, choices=Kind)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), default=timezone.now)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    changes = models.JSONField(default=dict, help_text="`{minutes: [reported, counted], units: […]}`.")

    class Meta:
        verbose_name = _("decision about an external training")
        verbose_name_plural = _("decisions about external trainings")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind__in=["revise", "rejected", "taken_back"]) | ~Q(reason=""),
                name="external_decision_has_its_reason",
            )
        ]

    def __str__(self):
        return self.get_kind_display()


class SelfStudyNotice(models.Model):
    """A person tells the superior of self-study outside working hours, as PPPK must (PerLAN 15/2020): what and when."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="self_study_notices")
    about = models.CharField(_("what you study"), max_length=200)
    told_at = models.DateTimeField(default=timezone.now)
    zone = models.CharField(max_length=40, choices=Zone)
    local_date = models.DateField()

    class Meta:
        verbose_name = _("notice of self-study")
        verbose_name_plural = _("notices of self-study")
        ordering = ["-told_at"]
        constraints = [
            models.UniqueConstraint(fields=["person", "local_date", "about"], name="self_study_told_once_a_day")
        ]

    def __str__(self):
        return self.about
