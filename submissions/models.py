"""Work that learners hand in from their own workplace (tugas): what is asked, what was handed in, what markers said.

A version is edited while it is a draft. Handed in it is evidence: its words, its files and the rules it is marked by
are never changed again; what follows (returned, marked) are marks, which are only added.
"""

import uuid

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.fields import RichTextField
from wagtail.models import Page
from wagtail.search import index

from completion.models import AgencyMarker
from courses.activities import ActivityMixin, CompletionRule
from courses.fields import BodyField

from . import deadlines, panels
from .forms import SubmissionPageForm
from .guides import GuideBlock, criteria_of, usual_guide
from .uploads import USUAL_KINDS

TASK_FEATURES = ["h3", "bold", "italic", "ul", "ol", "link", "document-link"]
MOST_FILES = 20


def usual_file_kinds() -> list[str]:
    return list(USUAL_KINDS)


class SubmissionPage(ActivityMixin, Page):
    page_description = _("Something to do at work, handed in as text, photos or files and marked by a person.")
    activity_kind = "submission"
    activity_icon = "edit"
    completion_rules = (
        CompletionRule.SUBMITTED,
        CompletionRule.GRADED,
        CompletionRule.PASSED,
        CompletionRule.CONFIRMED,
    )

    class TextRule(models.TextChoices):
        REQUIRED = "required", _("required")
        OPTIONAL = "optional", _("may be left out")
        NONE = "none", _("not asked for")

    class DueRule(models.TextChoices):
        COURSE = "course", _("with the course")
        DATE = "date", _("on a day")
        DAYS = "days", _("some days after enrolment")

    class LateRule(models.TextChoices):
        ACCEPT = deadlines.ACCEPT, _("is taken and marked as late")
        DAYS = deadlines.DAYS, _("is taken for some days, then refused")
        UNTIL = deadlines.UNTIL, _("is taken until a day, then refused")

    class Resubmission(models.TextChoices):
        UNTIL_MARKED = "until_marked", _("until somebody has marked it")
        AFTER_RETURN = "after_return", _("only when a marker returns it")

    summary = models.CharField(
        _("summary"), max_length=250, blank=True, help_text=_("One sentence: what is done and what it is good for.")
    )
    task = RichTextField(
        _("task"),
        features=TASK_FEATURES,
        help_text=_("What to do at work, step by step, and what to hand in. Name what must not be shown, such as NIK."),
    )
    text_rule = models.CharField(_("text"), max_length=8, choices=TextRule, default=TextRule.REQUIRED)
    words_min = models.PositiveIntegerField(
        _("words, at least"), default=0, validators=[MaxValueValidator(10_000)], help_text=_("0: no limit.")
    )
    words_max = models.PositiveIntegerField(
        _("words, at most"), default=0, validators=[MaxValueValidator(10_000)], help_text=_("0: no limit.")
    )
    files_min = models.PositiveSmallIntegerField(
        _("files and photos, at least"), default=0, validators=[MaxValueValidator(MOST_FILES)]
    )
    files_max = models.PositiveSmallIntegerField(
        _("files and photos, at most"),
        default=5,
        validators=[MaxValueValidator(MOST_FILES)],
        help_text=_("0: no files."),
    )
    file_kinds = models.JSONField(_("kinds of files"), default=usual_file_kinds, blank=True)
    file_megabytes = models.PositiveSmallIntegerField(
        _("largest file (MB)"),
        default=10,
        validators=[MinValueValidator(1), MaxValueValidator(50)],
        help_text=_("Photos are made smaller on the way. Other files of more than 5 MB take minutes on a slow line."),
    )
    guide = BodyField(
        GuideBlock(),
        verbose_name=_("criteria"),
        blank=True,
        default=usual_guide,
        help_text=_("Their points together make the whole mark. Without any, markers give one mark."),
    )
    marker_notes = RichTextField(
        _("notes for markers"),
        blank=True,
        features=["bold", "italic", "ul", "ol", "link"],
        help_text=_("What good work has, and what to look out for. Learners never see it."),
    )
    max_mark = models.PositiveSmallIntegerField(
        _("highest mark"), default=100, validators=[MinValueValidator(1), MaxValueValidator(1000)]
    )
    pass_mark = models.PositiveSmallIntegerField(
        _("pass mark (%)"),
        default=70,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
        help_text=_("0: practice, such as a pretest. Its mark does not count in the course."),
    )
    due_rule = models.CharField(_("due"), max_length=6, choices=DueRule, default=DueRule.COURSE)
    due_on = models.DateField(
        _("due on"), null=True, blank=True, help_text=_("To the end of that day, in each learner's own time zone.")
    )
    due_days = models.PositiveSmallIntegerField(
        _("days after enrolment"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(730)],
    )
    late_rule = models.CharField(_("late work"), max_length=6, choices=LateRule, default=LateRule.ACCEPT)
    late_days = models.PositiveSmallIntegerField(
        _("days it is still taken"),
        default=7,
        validators=[MaxValueValidator(365)],
        help_text=_("0: nothing is taken after it was due."),
    )
    late_until = models.DateField(_("taken until"), null=True, blank=True)
    resubmission = models.CharField(
        _("can be handed in anew"),
        max_length=12,
        choices=Resubmission,
        default=Resubmission.UNTIL_MARKED,
        help_text=_("Every version that was handed in is kept."),
    )
    anonymous_marking = models.BooleanField(_("markers do not see names"), default=True)

    parent_page_types = ["courses.ModulePage"]
    subpage_types: list[str] = []
    template = "submissions/submission.html"
    base_form_class = SubmissionPageForm
    edit_handler = panels.SUBMISSION
    search_fields = [*Page.search_fields, index.SearchField("summary"), index.SearchField("task")]

    class Meta:
        verbose_name = _("task")
        verbose_name_plural = _("tasks")

    def activity_rule(self) -> dict:
        return {**super().activity_rule(), "pass_mark": self.pass_mark}

    @property
    def criteria(self) -> list[dict]:
        return criteria_of(self.guide)

    def rules_of_marking(self) -> dict:
        """Return what handed-in work is marked by; frozen with it, so that an edit changes no promise."""
        return {"max_mark": self.max_mark, "pass_mark": self.pass_mark, "criteria": self.criteria}

    def clean(self):
        super().clean()
        wrong = {}
        if self.text_rule == self.TextRule.NONE and not self.files_max:
            wrong["files_max"] = _("Nothing can be handed in: ask for a text or for files.")
        if self.files_min > self.files_max:
            wrong["files_min"] = _("More files are required than can be handed in.")
        if 0 < self.words_max < self.words_min:
            wrong["words_max"] = _("The most words are fewer than the least.")
        if self.files_max and not self.file_kinds:
            wrong["file_kinds"] = _("Choose at least one kind of file.")
        if self.due_rule == self.DueRule.DATE and self.due_on is None:
            wrong["due_on"] = _("Name the day.")
        if self.due_rule == self.DueRule.DAYS and self.due_days is None:
            wrong["due_days"] = _("Say how many days.")
        if self.late_rule == self.LateRule.UNTIL and self.late_until is None:
            wrong["late_until"] = _("Name the day.")
        if wrong:
            raise ValidationError(wrong)

    def get_context(self, request, *args, **kwargs):
        from .presenting import page_context

        return {**super().get_context(request, *args, **kwargs), **page_context(self, request)}


class Submission(models.Model):
    """One version of what a learner hands in at a task, within an enrolment."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        HANDED_IN = "handed_in", _("waits for a mark")
        REPLACED = "replaced", _("replaced by a newer version")
        RETURNED = "returned", _("returned for revision")
        MARKED = "marked", _("marked")

    page = models.ForeignKey(SubmissionPage, models.PROTECT, related_name="submissions")
    enrolment = models.ForeignKey("completion.Enrolment", models.PROTECT, related_name="submissions")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="submissions")
    key = models.UUIDField(unique=True, default=uuid.uuid4)
    number = models.PositiveSmallIntegerField(help_text="Counts the versions within the enrolment.")
    state = models.CharField(max_length=9, choices=State, default=State.DRAFT)
    text = models.TextField(blank=True, help_text="Plain words, as they were typed.")
    revision = models.PositiveIntegerField(default=0, help_text="Counts what was saved of a draft.")
    saved_at = models.DateTimeField(default=timezone.now)
    handed_in_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True, help_text="What held when it was handed in.")
    is_late = models.BooleanField(default=False)
    rules = models.JSONField(default=dict, help_text="What it is marked by; as `SubmissionPage.rules_of_marking`.")
    digest = models.CharField(max_length=64, blank=True, help_text="SHA-256 of the words and of each file's SHA-256.")
    # The mark in force; it follows from the newest row of `marks`.
    points = models.DecimalField(max_digits=7, decimal_places=2, null=True)
    passed = models.BooleanField(null=True)

    class Meta:
        verbose_name = _("handed-in work")
        verbose_name_plural = _("handed-in work")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "page", "number"], name="submission_number_once"),
            models.UniqueConstraint(
                fields=["enrolment", "page"], condition=Q(state="draft"), name="submission_one_draft"
            ),
            models.UniqueConstraint(
                fields=["enrolment", "page"], condition=Q(state="handed_in"), name="submission_one_waits"
            ),
            models.CheckConstraint(
                condition=Q(state="draft", handed_in_at__isnull=True)
                | (~Q(state="draft") & Q(handed_in_at__isnull=False) & ~Q(digest="")),
                name="submission_handed_in_has_its_time",
            ),
            models.CheckConstraint(
                condition=Q(state="marked", points__gte=0, passed__isnull=False)
                | (~Q(state="marked") & Q(points__isnull=True, passed__isnull=True)),
                name="submission_marked_has_its_mark",
            ),
        ]
        indexes = [
            models.Index(fields=["page", "handed_in_at"], condition=Q(state="handed_in"), name="submission_waits"),
            models.Index(fields=["person", "page"], name="submission_person_page"),
        ]

    def __str__(self):
        return f"{self.page_id}/{self.number} ({self.state})"

    @property
    def is_draft(self) -> bool:
        return self.state == self.State.DRAFT


class KeptDraft(models.Model):
    """Words of a draft from a tab or device that did not know the newest ones: set aside until the learner chooses."""

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="kept_drafts")
    tab = models.UUIDField(help_text="One opening of the page: its later words take the place of its earlier ones.")
    text = models.TextField()
    kept_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, help_text="When the learner chose.")

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["submission", "tab"], name="kept_draft_once_a_tab")]


def submission_file_path(instance: "SubmissionFile", name: str) -> str:
    """Return where a file is kept: by its key, so that the learner's name for it opens no path. Never below /media/."""
    return f"jawaban/tugas/{instance.key.hex[:2]}/{instance.key.hex}"


class SubmissionFile(models.Model):
    """A photo or file of a version. A new version takes the files of the last one along: they share what is stored."""

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="files")
    key = models.UUIDField(unique=True, default=uuid.uuid4)
    file = models.FileField(upload_to=submission_file_path, max_length=120)
    name = models.CharField(max_length=200)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    is_picture = models.BooleanField(default=False, help_text="Drawn anew by us: it may be shown, not only saved.")
    uploaded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["submission", "sha256", "name"], name="submission_file_once")]


class Mark(models.Model):
    """What a marker said of a version: a mark, or what to improve. Only ever added; the newest counts."""

    class Decision(models.TextChoices):
        MARKED = "marked", _("marked")
        RETURNED = "returned", _("returned for revision")

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="marks")
    marker = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decision = models.CharField(max_length=8, choices=Decision)
    stage = models.CharField(max_length=7, choices=[("first", _("first marker")), ("settled", _("decision"))])
    points = models.DecimalField(max_digits=7, decimal_places=2, null=True)
    criteria = models.JSONField(default=dict, help_text="Points by criterion of the guide.")
    comment = models.TextField(blank=True, help_text="Safe HTML; the learner reads it.")
    reason = models.CharField(max_length=250, blank=True, help_text="Why a mark in force was changed.")
    state_before = models.CharField(max_length=9, choices=Submission.State)
    state_after = models.CharField(max_length=9, choices=Submission.State)
    marked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(decision="marked", points__gte=0) | Q(decision="returned", points__isnull=True),
                name="mark_has_points_or_returns",
            )
        ]


class Marker(AgencyMarker):
    """Someone who helps to mark a task: the work of one agency's people."""

    GROUP = "Penilai tugas"

    page = models.ForeignKey(SubmissionPage, models.CASCADE, related_name="markers")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["page", "agency", "person"], name="submission_marker_once")]
