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
from wagtail.fields import RichTextField
from wagtail.models import Orderable, Page

from completion.models import AgencyMarker
from courses.activities import ActivityMixin, CompletionRule

from . import panels
from .forms import QuizPageForm, tag_names
from .reviewing import usual_review

FEEDBACK_FEATURES = ["bold", "italic", "ul", "ol", "link"]


class Behaviour(models.TextChoices):
    """When an answer is marked and what a second try costs; decided in `quizzes.behaviours`."""

    DEFERRED = "deferred", _("all at the end")
    IMMEDIATE = "immediate", _("each question at once, one try")
    INTERACTIVE = "interactive", _("each question at once, several tries with hints")
    ADAPTIVE = "adaptive", _("each question at once, as often as wished, each wrong try costs")
    CERTAINTY = "certainty", _("all at the end, weighted by how certain the learner is")


class GradingMethod(models.TextChoices):
    """Which attempts make the mark of the quiz."""

    HIGHEST = "highest", _("the highest attempt")
    AVERAGE = "average", _("the average of all attempts")
    FIRST = "first", _("the first attempt")
    LAST = "last", _("the last attempt")


class Overdue(models.TextChoices):
    """What becomes of an attempt that was not submitted when its time was up."""

    SUBMIT = "submit", _("it is submitted with the answers there are")
    GRACE = "grace", _("it can still be submitted for a while, without new answers; else it does not count")
    ABANDON = "abandon", _("it does not count")


class QuizPage(ActivityMixin, Page):
    page_description = _("Questions from the bank with a pass mark; answers are marked at once.")
    activity_kind = "quiz"
    activity_icon = "quiz"
    completion_rules = (
        CompletionRule.PASSED,
        CompletionRule.GRADED,
        CompletionRule.ATTEMPTS,
        CompletionRule.CONFIRMED,
    )

    summary = models.CharField(_("summary"), max_length=250, blank=True)
    introduction = RichTextField(_("introduction"), blank=True, features=FEEDBACK_FEATURES)
    pass_mark = models.PositiveSmallIntegerField(
        _("pass mark (%)"),
        default=70,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
        help_text=_("0: practice, such as a pretest. Its mark does not count in the course."),
    )
    attempts_allowed = models.PositiveSmallIntegerField(_("attempts allowed"), default=3, help_text=_("0: no limit."))
    grading_method = models.CharField(
        _("the mark is"), max_length=8, choices=GradingMethod, default=GradingMethod.HIGHEST
    )
    delay_minutes = models.PositiveIntegerField(
        _("minutes between two attempts"),
        default=0,
        validators=[MaxValueValidator(60 * 24 * 60)],
        help_text=_("So that the lessons are read again before the next attempt. 0: no wait."),
    )
    behaviour = models.CharField(_("answers are marked"), max_length=11, choices=Behaviour, default=Behaviour.DEFERRED)
    opens_at = models.DateTimeField(_("opens"), null=True, blank=True, help_text=_("Empty: open from the start."))
    closes_at = models.DateTimeField(
        _("closes"), null=True, blank=True, help_text=_("No attempt can begin after this. Empty: never.")
    )
    closing_ends_attempts = models.BooleanField(
        _("closing ends attempts that have begun"),
        default=False,
        help_text=_("Off: who has begun in time keeps the whole time limit, also beyond the closing time."),
    )
    time_limit_minutes = models.PositiveSmallIntegerField(
        _("time limit (minutes)"), default=0, validators=[MaxValueValidator(60 * 24)], help_text=_("0: no clock runs.")
    )
    overdue_handling = models.CharField(_("when the time is up"), max_length=7, choices=Overdue, default=Overdue.SUBMIT)
    grace_minutes = models.PositiveSmallIntegerField(
        _("minutes to submit afterwards"), default=10, validators=[MinValueValidator(1), MaxValueValidator(60 * 24)]
    )
    late_minutes = models.PositiveSmallIntegerField(
        _("minutes in which late answers still count"),
        default=5,
        validators=[MaxValueValidator(60 * 24)],
        help_text=_(
            "For answers written in time on a device without a connection. What arrives later is kept and shown to you."
        ),
    )
    password = models.CharField(
        _("password to begin"), max_length=50, blank=True, help_text=_("Told in the room, for example. Empty: none.")
    )
    sequential = models.BooleanField(
        _("questions in a fixed sequence"), default=False, help_text=_("A page that was left cannot be opened again.")
    )
    questions_per_page = models.PositiveSmallIntegerField(
        _("questions on a page"),
        default=1,
        validators=[MaxValueValidator(50)],
        help_text=_("One is best on a phone. 0: all on one page. A section begins a new page."),
    )
    review = models.JSONField(_("what learners may look at"), default=usual_review, blank=True)
    hold_right_answers = models.BooleanField(
        _("right answers only once passed, or when no attempt is left"), default=True
    )
    second_marker = models.BooleanField(
        _("two people mark each answer"),
        default=False,
        help_text=_(
            "For essays and files. The mark is the mean; where the two differ too much, a third decision is asked."
        ),
    )
    marking_difference = models.PositiveSmallIntegerField(
        _("largest difference between two markers (%)"), default=10, validators=[MaxValueValidator(100)]
    )
    anonymous_marking = models.BooleanField(_("markers do not see names"), default=True)
    shuffle_questions = models.BooleanField(
        _("shuffle the questions"), default=False, help_text=_("Within their sections.")
    )
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
    edit_handler = panels.QUIZ

    class Meta:
        verbose_name = _("quiz")
        verbose_name_plural = _("quizzes")

    def clean(self):
        super().clean()
        if self.completion_rule == CompletionRule.ATTEMPTS and self.attempts_allowed == 0:
            advice = _("Without a limit the attempts are never used up. Set a limit.")
            raise ValidationError({"completion_rule": advice})

    def activity_rule(self) -> dict:
        return {**super().activity_rule(), "pass_mark": self.pass_mark}

    def get_context(self, request, *args, **kwargs):
        from .queries import quiz_overview

        context = super().get_context(request, *args, **kwargs)
        return {**context, "overview": quiz_overview(request.user, self)}


class QuizSlot(Orderable):
    """A place in a quiz: a fixed question, or some drawn at random from a category, never the same one twice."""

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
        verbose_name=_("version"),
        help_text=_("Empty: always the latest ready version."),
    )
    category = models.ForeignKey(
        "questions.Category",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("draw from the category"),
    )
    with_subcategories = models.BooleanField(_("with the categories in it"), default=True)
    draw_tags = models.CharField(
        _("only with the tags"),
        max_length=200,
        blank=True,
        help_text=_("Separated by commas; a question needs all of them."),
    )
    draw_count = models.PositiveSmallIntegerField(
        _("how many to draw"), default=1, validators=[MinValueValidator(1), MaxValueValidator(200)]
    )
    max_mark = models.DecimalField(
        _("mark"), max_digits=7, decimal_places=2, default=1, validators=[MinValueValidator(0)]
    )
    section = models.CharField(
        _("section"), max_length=150, blank=True, help_text=_("A heading here begins a section on a new page.")
    )

    class Meta(Orderable.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(question__isnull=False, category__isnull=True)
                | Q(question__isnull=True, category__isnull=False, pinned_version__isnull=True),
                name="slot_fixed_or_drawn",
            ),
            models.CheckConstraint(condition=Q(max_mark__gte=0), name="slot_mark_not_negative"),
            models.CheckConstraint(condition=Q(draw_count__gte=1), name="slot_draws_something"),
        ]

    @property
    def tag_names(self) -> list[str]:
        return list(tag_names(self.draw_tags))

    def clean(self):
        super().clean()
        if bool(self.question_id) == bool(self.category_id):
            raise ValidationError({"category": _("Choose a question, or a category to draw from.")})
        if self.pinned_version_id and self.pinned_version.question_id != self.question_id:
            raise ValidationError({"pinned_version": _("This is a version of another question.")})


class QuizOverride(models.Model):
    """More time or attempts at a quiz for one person, or for a unit with those below it; the most lenient wins."""

    quiz = models.ForeignKey(QuizPage, models.CASCADE, related_name="overrides", verbose_name=_("quiz"))
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("person")
    )
    unit = models.ForeignKey(
        "people.Unit", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("unit")
    )
    opens_at = models.DateTimeField(_("opens"), null=True, blank=True)
    closes_at = models.DateTimeField(_("closes"), null=True, blank=True)
    extra_minutes = models.PositiveSmallIntegerField(
        _("more minutes"), default=0, validators=[MaxValueValidator(60 * 24)]
    )
    extra_attempts = models.PositiveSmallIntegerField(
        _("more attempts"), default=0, validators=[MaxValueValidator(100)]
    )
    reason = models.CharField(_("reason"), max_length=250)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("exception")
        verbose_name_plural = _("exceptions")
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=False, unit__isnull=True) | Q(person__isnull=True, unit__isnull=False),
                name="override_person_or_unit",
            ),
        ]

    def __str__(self):
        return f"{self.person or self.unit}: {self.quiz}"


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
    HANDED_IN_STATES = (State.SUBMITTED, State.GRADED)

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
    deadline_at = models.DateTimeField(null=True, help_text="When the time is up; NULL: no clock runs.")
    ends_at = models.DateTimeField(
        null=True, help_text="When the server ends it; answers on their way may come till then."
    )
    reached_page = models.PositiveSmallIntegerField(
        default=1, help_text="The furthest page opened, for fixed sequences."
    )
    last_sequence = models.PositiveIntegerField(default=0, help_text="That of the newest step.")
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
        indexes = [
            models.Index(fields=["person", "quiz"], name="attempt_person_quiz"),
            models.Index(
                fields=["ends_at"],
                condition=Q(state__in=["reserved", "in_progress", "overdue"], ends_at__isnull=False),
                name="attempt_to_end",
            ),
            models.Index(fields=["quiz", "state"], name="attempt_quiz_state"),
        ]

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN_STATES

    @property
    def is_trial(self) -> bool:
        """An editor's try: it uses up nothing, counts for nothing and may be thrown away."""
        return self.enrolment_id is None

    @property
    def behaviour(self) -> str:
        """When its answers are marked (`quizzes.behaviours`); attempts older than behaviours are deferred."""
        return self.rules.get("behaviour", Behaviour.DEFERRED.value)

    @property
    def is_sequential(self) -> bool:
        """Whether its pages go in a fixed sequence."""
        return bool(self.rules.get("sequential"))

    @property
    def has_two_markers(self) -> bool:
        """Whether two people mark each answer that no machine can; as it was when the attempt began."""
        return bool(self.rules.get("two_markers"))

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
    # The answer in force, and the share it earned (-2 to 1, exact); both follow from the steps.
    answer = models.JSONField(null=True)
    certainty = models.PositiveSmallIntegerField(null=True, help_text="1 to 3, where the quiz asks for it.")
    answered_at = models.DateTimeField(null=True)
    sequence = models.PositiveIntegerField(null=True, help_text="That of the step in force; NULL: never answered.")
    flagged = models.BooleanField(default=False)
    tries = models.PositiveSmallIntegerField(default=0, help_text="How often it was checked.")
    is_finished = models.BooleanField(default=False, help_text="Checked for good: it takes no more answers.")
    needs_mark = models.BooleanField(default=False, help_text="Submitted, and a person must mark it.")
    key_version = models.ForeignKey(
        "questions.QuestionVersion",
        models.PROTECT,
        null=True,
        related_name="+",
        help_text="The version whose key a regrade used; NULL: the one that was asked.",
    )
    share_numerator = models.BigIntegerField(null=True)
    share_denominator = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["attempt", "position"]
        constraints = [models.UniqueConstraint(fields=["attempt", "position"], name="attempt_question_position_once")]
        indexes = [
            models.Index(fields=["version"], condition=Q(needs_mark=True), name="attempt_question_to_mark"),
        ]

    @property
    def share(self) -> Fraction | None:
        """The exact share of `max_mark` the answer earned, -2 (wrong and certain) to 1; None until graded."""
        return None if self.share_numerator is None else Fraction(self.share_numerator, self.share_denominator)


class AnswerStep(models.Model):
    """One answer as it was given. Only ever added; the same client id twice is the same step."""

    class Kind(models.TextChoices):
        ANSWER = "answer", _("answer")
        CHECK = "check", _("check")
        FLAG = "flag", _("flag")
        SUBMIT = "submit", _("submission")

    MARKED_KINDS = (Kind.ANSWER, Kind.CHECK)  # what a question's mark follows from

    class Held(models.TextChoices):
        """Why a step is kept without being in force."""

        NO = "", _("in force")
        OLDER_TAB = "older_tab", _("another tab or device had answered")
        LATE = "late", _("written in time, received too late")
        CLOSED = "closed", _("the attempt had ended")
        FINISHED = "finished", _("the question had been checked")

    attempt = models.ForeignKey(Attempt, models.PROTECT, related_name="steps")
    question = models.ForeignKey(AttemptQuestion, models.PROTECT, null=True, related_name="steps")
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.ANSWER)
    client_id = models.UUIDField()
    sequence = models.PositiveIntegerField(help_text="Counts the steps of the attempt as the server took them.")
    based_on = models.PositiveIntegerField(
        null=True, help_text="Sequence the device had seen for this question; NULL where none."
    )
    answer = models.JSONField(null=True)
    certainty = models.PositiveSmallIntegerField(null=True)
    held = models.CharField(max_length=9, choices=Held, default=Held.NO, blank=True)
    device_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(default=timezone.now)
    # What speaks for the moment of writing: {"written_at", "issued_at", "device_then", "signed"}; NULL in most cases.
    evidence = models.JSONField(null=True)
    # Whoever decided that a late answer counts: the step then repeats the late one.
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["attempt", "sequence"]
        constraints = [
            models.UniqueConstraint(fields=["attempt", "client_id"], name="step_once"),
            models.UniqueConstraint(fields=["attempt", "sequence"], name="step_sequence_once"),
        ]
        indexes = [models.Index(fields=["attempt"], condition=Q(held="late"), name="step_late")]

    @property
    def accepted(self) -> bool:
        return not self.held


class LateDecision(models.Model):
    """What staff decided about one answer that came too late: it counts (as a step of its own), or it does not."""

    step = models.OneToOneField(AnswerStep, models.PROTECT, related_name="decision")
    counts = models.BooleanField()
    reason = models.CharField(max_length=250)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(default=timezone.now)


def answer_file_path(instance: "AnswerFile", name: str) -> str:
    """Return where a file of an answer is kept: by its key, so that the learner's name for it opens no path."""
    return f"jawaban/{instance.key.hex[:2]}/{instance.key.hex}"


class AnswerFile(models.Model):
    """A file that a learner put into an answer. It stays as long as the attempt: a step may come to hold it again."""

    question = models.ForeignKey(AttemptQuestion, models.PROTECT, related_name="files")
    key = models.UUIDField(unique=True, default=uuid.uuid4)
    file = models.FileField(upload_to=answer_file_path, max_length=120)
    name = models.CharField(max_length=200)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    uploaded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["question", "sha256", "name"], name="answer_file_once")]


class Marker(AgencyMarker):
    """Someone who helps to mark a quiz: the answers of one agency's people."""

    GROUP = "Penilai kuis"

    quiz = models.ForeignKey(QuizPage, models.CASCADE, related_name="markers")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["quiz", "agency", "person"], name="marker_once")]


class Marking(models.Model):
    """One person's mark for one answer. Only ever added: the newest of each stage counts."""

    class Stage(models.TextChoices):
        FIRST = "first", _("first marker")
        SECOND = "second", _("second marker")
        SETTLED = "settled", _("decision where two differ")

    question = models.ForeignKey(AttemptQuestion, models.PROTECT, related_name="markings")
    stage = models.CharField(max_length=7, choices=Stage)
    marker = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    points = models.DecimalField(max_digits=7, decimal_places=2, validators=[MinValueValidator(0)])
    criteria = models.JSONField(default=dict, help_text="Points by criterion of the marking guide.")
    comment = models.TextField(blank=True, help_text="Safe HTML; the learner reads it.")
    marked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]


class Regrade(models.Model):
    """One recalculation of a quiz's marks from the stored answers, with its reason; dry runs are not kept."""

    quiz = models.ForeignKey(QuizPage, models.PROTECT, related_name="regrades")
    reason = models.CharField(max_length=250)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-made_at"]


class RegradeChange(models.Model):
    """One mark that a regrade changed: exact shares before and after, and the version whose key it used."""

    regrade = models.ForeignKey(Regrade, models.PROTECT, related_name="changes")
    question = models.ForeignKey(AttemptQuestion, models.PROTECT, related_name="+")
    version = models.ForeignKey("questions.QuestionVersion", models.PROTECT, related_name="+")
    before = models.CharField(max_length=45, help_text='An exact fraction: "1/3".')
    after = models.CharField(max_length=45)
    passed_before = models.BooleanField(null=True)
    passed_after = models.BooleanField(null=True)


class QuizFigures(models.Model):
    """The statistics of a quiz as they were computed last (`quizzes.statistics`)."""

    quiz = models.OneToOneField(QuizPage, models.CASCADE, related_name="kept_figures")
    attempts = models.PositiveIntegerField(help_text="How many attempts were counted.")
    computed_at = models.DateTimeField(default=timezone.now)
    figures = models.JSONField()
