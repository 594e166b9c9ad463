"""Reads of the staff's screens. Each takes the person who looks, and gives nothing of what is not theirs."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet
from django.utils.crypto import salted_hmac

from completion.marking import WaitingWork, works_at
from courses.queries import course_titles
from people.queries import with_main_posts
from questions.kinds import all_kinds, get_kind
from questions.marking import Desk, Given, MarkRefused, stage_of
from questions.models import Question
from questions.queries import AskedVersion, versions_by_id

from ..access import attempts_in_care, attempts_to_mark
from ..models import AnswerFile, AnswerStep, Attempt, AttemptQuestion, Marking, QuizPage

MARKED_BY_PEOPLE = [kind.name for kind in all_kinds() if kind.is_marked_by_people]


# --- all quizzes ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class QuizRow:
    """A quiz with what waits in it for one person."""

    quiz: QuizPage
    course: str
    attempts: int
    to_mark: int
    late: int


def quiz_rows(user, quizzes: Sequence[QuizPage]) -> list[QuizRow]:
    """Return quizzes with their counts; as many queries for one quiz as for all."""
    ids = [quiz.pk for quiz in quizzes]
    courses = course_titles(quizzes)
    attempts = _counts(attempts_in_care(user).filter(quiz__in=ids), "quiz")
    to_mark = _counts(waiting_for(user).filter(attempt__quiz__in=ids), "attempt__quiz")
    late = _counts(late_waiting(user).filter(attempt__quiz__in=ids), "attempt__quiz")
    return [QuizRow(quiz, courses[quiz.pk], attempts[quiz.pk], to_mark[quiz.pk], late[quiz.pk]) for quiz in quizzes]


def _counts(rows: QuerySet, by: str) -> Counter:
    return Counter(dict(rows.order_by().values_list(by).annotate(Count("pk"))))


def waiting_work(user) -> list[WaitingWork]:
    """Return the quizzes with answers that wait for a person's mark: three queries."""
    rows = waiting_for(user).order_by().values_list("attempt__quiz")
    counts = rows.annotate(Count("pk"), Min("attempt__submitted_at"))
    return works_at(QuizPage, "quizzes_staff:to_mark", counts)


# --- attempts ---------------------------------------------------------------------------------------------------------


def attempts_at(user, quiz: QuizPage, *, words: str = "", state: str = "") -> QuerySet[Attempt]:
    """Return the attempts at a quiz in a person's care, the newest first, with their people's posts.

    `waits_late` says whether late answers wait for a decision.
    """
    late = AnswerStep.objects.filter(attempt=OuterRef("pk"), held=AnswerStep.Held.LATE, decision__isnull=True)
    attempts = attempts_in_care(user).filter(quiz=quiz)
    if words:
        attempts = attempts.filter(person__name__icontains=words)
    if state:
        attempts = attempts.filter(state=state)
    found = attempts.select_related("person").prefetch_related(with_main_posts("person__posts"))
    return found.annotate(waits_late=Exists(late)).order_by("-started_at", "-pk")


# --- marking ----------------------------------------------------------------------------------------------------------


def waiting_for(user) -> QuerySet[AttemptQuestion]:
    """Return the answers that wait for this person's mark: not those they have marked, nor those where two have.

    Where two markers differ too much, the answer waits for somebody in whose care it is.
    """
    mine = Marking.objects.filter(question=OuterRef("pk"), marker=user.pk)
    second = Marking.objects.filter(question=OuterRef("pk"), stage=Marking.Stage.SECOND)
    rows = AttemptQuestion.objects.filter(
        needs_mark=True, attempt__state=Attempt.State.SUBMITTED, attempt__in=attempts_to_mark(user)
    )
    return rows.filter(~Exists(mine)).filter(~Exists(second) | Q(attempt__in=attempts_in_care(user)))


@dataclass(frozen=True)
class Queue:
    """The answers to one question: how many wait for this person, how many for others, how many have their mark.

    `undecided` are those of `others` that have two marks too far apart: somebody decides who gave neither.
    """

    question: Question
    waiting: int
    others: int
    undecided: int
    marked: int


def marking_queues(user, quiz: QuizPage) -> list[Queue]:
    """Return the questions of a quiz that people mark, with answers in the person's reach; five queries."""
    reach, mine = _to_mark(user, quiz), waiting_for(user).filter(attempt__quiz=quiz)
    second = Marking.objects.filter(question=OuterRef("pk"), stage=Marking.Stage.SECOND)
    unmarked = reach.filter(needs_mark=True, attempt__state=Attempt.State.SUBMITTED)
    others = unmarked.exclude(pk__in=mine.values("pk"))
    by = "version__question"
    counts = [
        _counts(rows, by) for rows in (mine, others, others.filter(Exists(second)), reach.filter(needs_mark=False))
    ]
    questions = Question.objects.filter(pk__in={pk for found in counts for pk in found}).order_by("name", "pk")
    return [Queue(question, *(found[question.pk] for found in counts)) for question in questions]


def _to_mark(user, quiz: QuizPage) -> QuerySet[AttemptQuestion]:
    """Return the answers at a quiz that people mark, marked or not, in the person's reach."""
    return AttemptQuestion.objects.filter(
        attempt__in=attempts_to_mark(user),
        attempt__quiz=quiz,
        attempt__state__in=Attempt.HANDED_IN_STATES,
        version__question__kind__in=MARKED_BY_PEOPLE,
        answer__isnull=False,
        max_mark__gt=0,
    )


def code_of(row: int) -> str:
    """Return what names an answer in an address: nothing about who gave it, or when, can be told from it."""
    return salted_hmac("quizzes.marking", str(row)).hexdigest()[:20]


def desk_of(user, quiz: QuizPage, question: int) -> Desk:
    """Return the answers to a question that a person may mark; two queries."""
    answers = _to_mark(user, quiz).filter(version__question=question)
    waiting = waiting_for(user).filter(attempt__quiz=quiz, version__question=question)
    rows = sorted((code_of(pk), pk) for pk in answers.values_list("pk", flat=True))
    return Desk(dict(rows), frozenset(waiting.values_list("pk", flat=True)))


@dataclass(frozen=True)
class AnswerToMark:
    """One answer before one marker. `stage` is what their mark would be, empty where they may not mark; then `refusal`
    says why. `earlier` holds the marks they may know: their own, or both where they decide."""

    row: AttemptQuestion
    version: AskedVersion
    context: dict[str, Any]
    files: tuple[AnswerFile, ...]
    stage: str
    refusal: str
    earlier: tuple[Marking, ...]
    own: Marking | None
    newest: int | None
    differs: bool

    @property
    def is_for_people(self) -> bool:
        return get_kind(self.version.kind).is_marked_by_people

    @property
    def criteria(self) -> list[dict[str, Any]]:
        return self.version.data["criteria"]

    @property
    def guide(self) -> str:
        return self.version.data["guide"]

    @property
    def text(self) -> str:
        return self.version.data["text"]


def answer_to_mark(user, row_id: int) -> AnswerToMark:
    """Return one answer as the person may mark it; whether they may see it at all is asked before."""
    row = AttemptQuestion.objects.select_related("attempt__quiz", "attempt__person").get(pk=row_id)
    key = row.key_version_id or row.version_id
    version = versions_by_id([key])[key]
    marks = list(row.markings.all())
    decides = attempts_in_care(user).filter(pk=row.attempt_id).exists()
    stage, refusal = "", ""
    try:
        given = [Given(mark.stage, mark.marker_id) for mark in marks]
        stage = stage_of(given, by=user.pk, two=row.attempt.has_two_markers, decides=decides)
    except MarkRefused as error:
        refusal = error.code
    own = next((mark for mark in reversed(marks) if mark.marker_id == user.pk), None)
    known = marks if stage == "settled" else [mark for mark in marks if mark.marker_id == user.pk]
    return AnswerToMark(
        row=row,
        version=version,
        context=dict(get_kind(version.kind).context(version.data, row.answer)),
        files=files_of(row),
        stage=stage,
        refusal=refusal,
        earlier=tuple(known),
        own=own,
        # Whoever gives a second mark must not learn of the first, not even from the form.
        newest=marks[-1].pk if marks and stage != "second" else None,
        differs=row.needs_mark and stage == "settled",
    )


def files_of(row: AttemptQuestion) -> tuple[AnswerFile, ...]:
    """Return the files of the answer in force, in their order."""
    keys = (row.answer or {}).get("files", [])
    kept = {str(file.key): file for file in row.files.filter(key__in=keys)} if keys else {}
    return tuple(kept[key] for key in keys if key in kept)


# --- late answers -----------------------------------------------------------------------------------------------------


def late_waiting(user) -> QuerySet[AnswerStep]:
    """Return the late answers that wait for a decision of somebody in whose care they are, never one's own."""
    return late_steps(user).filter(decision__isnull=True)


def late_steps(user) -> QuerySet[AnswerStep]:
    """Return the answers that came late, decided or not."""
    attempts = attempts_in_care(user).exclude(person=user.pk)
    return AnswerStep.objects.filter(held=AnswerStep.Held.LATE, attempt__in=attempts)
