"""The asking: quiz pages, attempts and every answer step.

Rules are copied into the attempt, so editing cannot change them under a learner.
"""

import uuid
from fractions import Fraction

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel
from wagtail.fields import RichTextField
from wagtail.models import Orderable, Page

from courses.activities import ActivityMixin, CompletionRule

from .forms import QuizPageForm

FEEDBACK_FEATURES = ["bold", "italic", "ul", "ol", "link"]


class QuizPage(ActivityMixin, Page):
    page_description = _("Questions from the bank with a pass mark; answers are marked at once.")
    activity_kind = "quiz"
    activity_icon = "quiz"
    completion_rules = (CompletionRule.PASSED, CompletionRule.GRADED)

    summary = models.CharField(_("summary"), max_length=250, blank=True)
    introduction = RichTextField(_("introduction"), blank=True, features=FEEDBACK_FEATURES)
    pass_mark = models.PositiveSmallIntegerField(
        _("pass mark (%)"), default=70, validators=[MinValueValidator(0), MaxValueValidator(100)]
    )
    attempts_allowed = models.PositiveSmallIntegerField(_("attempts allowed"), default=3, help_text=_("0: no limit."))
    shuffle_questions = models.BooleanField(_("shuffle the questions"), default=False)
    shuffle_options = models.BooleanField(_("shuffle the options"), default=True)
    feedback_passed = RichTextField(
        _("words for those who passed"),
        blank=True,
        features=FEEDBACK_FEATURES,
        help_text=_("Shown above the result. Say what the learner can do now and where to go next."),
    )
    feedback_not_passed = RichTextField(
        _("words for those who have not passed yet"),
        blank=True,
        features=FEEDBACK_FEATURES,
        help_text=_("Encourage, and name the lessons to read again before the next attempt."),
    )

    parent_page_types = ["courses.ModulePage"]
    subpage_types: list[str] = []
    template = "quizzes/quiz.html"
    base_form_class = QuizPageForm
    content_panels = [
        *Page.content_panels,
        FieldPanel("summary"),
        FieldPanel("introduction"),
        InlinePanel("slots", heading=_("Questions"), label=_("question from the bank")),
        MultiFieldPanel(
            [
                FieldPanel("pass_mark"),
                FieldPanel("attempts_allowed"),
                FieldPanel("shuffle_questions"),
                FieldPanel("shuffle_options"),
            ],
            heading=_("Rules"),
            help_text=_("An attempt keeps the rules that held when it began."),
        ),
        MultiFieldPanel([FieldPanel("feedback_passed"), FieldPanel("feedback_not_passed")], heading=_("Feedback")),
        *ActivityMixin.activity_panels,
    ]
    promote_panels: list = []
    settings_panels = [FieldPanel("slug"), *Page.settings_panels]

    class Meta:
        verbose_name = _("quiz")
        verbose_name_plural = _("quizzes")

    def activity_rule(self) -> dict:
        return {**super().activity_rule(), "pass_mark": self.pass_mark}

    def get_context(self, request, *args, **kwargs):
        from .queries import quiz_overview

        context = super().get_context(request, *args, **kwargs)
        return {**context, "overview": quiz_overview(request.user, self)}


class QuizSlot(Orderable):
    """A place in a quiz: a fixed question, or one drawn at random from a category."""

    quiz = ParentalKey(QuizPage, on_delete=models.CASCADE, related_name="slots")
    question = models.ForeignKey(
        "questions.Question", models.PROTECT, null=True, blank=True, related_name="slots", verbose_name=_("question")
    )
    pinned_version = models.ForeignKey(
        "questions.QuestionVersion",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("pinned version"),
        help_text=_("Empty: always the latest ready version."),
    )
    category = models.ForeignKey(
        "questions.Category",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("draw from"),
    )
    tags = models.JSONField(default=list, blank=True)
    max_mark = models.DecimalField(
        _("mark"), max_digits=7, decimal_places=2, default=1, validators=[MinValueValidator(0)]
    )
    page_number = models.PositiveSmallIntegerField(default=1)
    section = models.CharField(_("section"), max_length=150, blank=True)

    panels = [FieldPanel("question"), FieldPanel("max_mark")]

    class Meta(Orderable.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(question__isnull=False, category__isnull=True)
                | Q(question__isnull=True, category__isnull=False),
                name="slot_fixed_or_drawn",
            ),
            models.CheckConstraint(condition=Q(max_mark__gte=0), name="slot_mark_not_negative"),
        ]

    def clean(self):
        super().clean()
        if not self.question_id and not self.category_id:
            raise ValidationError({"question": _("Choose a question.")})


class Attempt(models.Model):
    """One try of a learner at a quiz. The server's state is the only truth."""

    class State(models.TextChoices):
        RESERVED = "reserved", _("reserved")
        IN_PROGRESS = "in_progress", _("in progress")
        OVERDUE = "overdue", _("overdue")
        SUBMITTED = "submitted", _("submitted")
        GRADED = "graded", _("graded")
        ABANDONED = "abandoned", _("abandoned")

    OPEN_STATES = (State.RESERVED, State.IN_PROGRESS, State.OVERDUE)

    quiz = models.ForeignKey(QuizPage, models.PROTECT, related_name="attempts")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="attempts")
    enrolment = models.ForeignKey(
        "completion.Enrolment", models.PROTECT, null=True, related_name="attempts", help_text="NULL: an editor's trial."
    )
    key = models.UUIDField(unique=True, default=uuid.uuid4)
    number = models.PositiveSmallIntegerField(help_text="Counts within the enrolment; trials count by themselves.")
    state = models.CharField(max_length=12, choices=State, default=State.IN_PROGRESS)
    # What held when the attempt began: {"pass_mark", "attempts_allowed", "rule", "revision", …}.
    rules = models.JSONField(default=dict)
    started_at = models.DateTimeField(default=timezone.now)
    deadline_at = models.DateTimeField(null=True)
    submitted_at = models.DateTimeField(null=True)
    graded_at = models.DateTimeField(null=True)
    # The whole mark as an exact share of the maximum, 0–1; NULL until graded.
    score_numerator = models.BigIntegerField(null=True)
    score_denominator = models.BigIntegerField(null=True)
    passed = models.BooleanField(null=True)

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment", "quiz", "number"],
                condition=Q(enrolment__isnull=False),
                name="attempt_number_once",
            ),
            models.UniqueConstraint(
                fields=["quiz", "person", "number"],
                condition=Q(enrolment__isnull=True),
                name="attempt_trial_number_once",
            ),
            models.UniqueConstraint(
                fields=["quiz", "person"],
                condition=Q(state__in=["reserved", "in_progress", "overdue"], enrolment__isnull=False),
                name="attempt_one_open",
            ),
            models.UniqueConstraint(
                fields=["quiz", "person"],
                condition=Q(state__in=["reserved", "in_progress", "overdue"], enrolment__isnull=True),
                name="attempt_one_open_trial",
            ),
            models.CheckConstraint(
                condition=Q(score_numerator__isnull=True, score_denominator__isnull=True)
                | Q(score_numerator__gte=0, score_denominator__gte=1),
                name="attempt_score_is_a_fraction",
            ),
        ]
        indexes = [models.Index(fields=["person", "quiz"], name="attempt_person_quiz")]

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN_STATES

    @property
    def is_trial(self) -> bool:
        """An editor's try: it uses up nothing, counts for nothing and may be thrown away."""
        return self.enrolment_id is None

    @property
    def score(self) -> Fraction | None:
        """The exact share of the maximum, 0–1; None until graded."""
        return None if self.score_numerator is None else Fraction(self.score_numerator, self.score_denominator)


class AttemptQuestion(models.Model):
    """A question as this attempt asks it: its version, its place, the order of its options, and the mark it got."""

    attempt = models.ForeignKey(Attempt, models.PROTECT, related_name="questions")
    position = models.PositiveSmallIntegerField()
    slot = models.ForeignKey(QuizSlot, models.SET_NULL, null=True, related_name="+", db_constraint=False)
    version = models.ForeignKey("questions.QuestionVersion", models.PROTECT, related_name="+")
    arrangement = models.JSONField(default=dict, help_text="What was shuffled, as the kind keeps it.")
    max_mark = models.DecimalField(max_digits=7, decimal_places=2)
    page_number = models.PositiveSmallIntegerField(default=1)
    section = models.CharField(max_length=150, blank=True)
    # The answer in force, and the share it earned (-1 to 1, exact); both follow from the steps.
    answer = models.JSONField(null=True)
    answered_at = models.DateTimeField(null=True)
    flagged = models.BooleanField(default=False)
    share_numerator = models.BigIntegerField(null=True)
    share_denominator = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["attempt", "position"]
        constraints = [models.UniqueConstraint(fields=["attempt", "position"], name="attempt_question_position_once")]

    @property
    def share(self) -> Fraction | None:
        """The exact share of `max_mark` the answer earned, -1 to 1; None until graded."""
        return None if self.share_numerator is None else Fraction(self.share_numerator, self.share_denominator)


class AnswerStep(models.Model):
    """One answer as it was given. Only ever added; the same client id twice is the same step."""

    class Kind(models.TextChoices):
        ANSWER = "answer", _("answer")
        FLAG = "flag", _("flag")
        SUBMIT = "submit", _("submission")

    attempt = models.ForeignKey(Attempt, models.PROTECT, related_name="steps")
    question = models.ForeignKey(AttemptQuestion, models.PROTECT, null=True, related_name="steps")
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.ANSWER)
    client_id = models.UUIDField()
    sequence = models.PositiveIntegerField(help_text="Counts the steps of the attempt as the server took them.")
    based_on = models.PositiveIntegerField(
        null=True, help_text="Sequence the device had seen for this question; NULL where none."
    )
    answer = models.JSONField(null=True)
    accepted = models.BooleanField(default=True, help_text="False: kept, but an older tab's or a late one.")
    device_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["attempt", "sequence"]
        constraints = [
            models.UniqueConstraint(fields=["attempt", "client_id"], name="step_once"),
            models.UniqueConstraint(fields=["attempt", "sequence"], name="step_sequence_once"),
        ]
