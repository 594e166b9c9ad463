"""Reads of quizzes and attempts: each page asks one of these and shows what it got."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from completion.queries import last_redo_at, progress_on
from courses.queries import edition_rules, outline_of

from .models import AnswerStep, Attempt, AttemptQuestion, QuizPage
from .replay import Asked, Marks, Step, replay
from .rules import attempts_left


@dataclass(frozen=True)
class QuizOverview:
    """A quiz as its page shows it to one person.

    `attempts` are the ended ones of this enrolment, oldest first; `attempts_left` None: no limit; `refusal` is a code
    of `services.QuizRefused` or empty; `course` is the outline, None on a page that was never published.
    """

    questions: int
    pass_mark: int
    attempts: tuple[Attempt, ...] = ()
    open_attempt: Attempt | None = None
    attempts_left: int | None = None
    refusal: str = ""
    course: Any = None


def quiz_overview(person, quiz: QuizPage) -> QuizOverview:
    """Return what a quiz page says to a person; a visitor and a page without an id get the facts alone."""
    questions = quiz.slots.count()
    if not person.is_authenticated or not quiz.pk:
        return QuizOverview(questions=questions, pass_mark=quiz.pass_mark)
    course = outline_of(quiz)
    enrolment = progress_on(quiz, person).enrolment
    if enrolment is None:
        return QuizOverview(questions=questions, pass_mark=quiz.pass_mark, refusal="not_enrolled", course=course)
    mine = list(quiz.attempts.filter(enrolment=enrolment).order_by("number"))
    opened = next((attempt for attempt in mine if attempt.is_open), None)
    left = attempts_left(quiz.attempts_allowed, used_of(mine, last_redo_at(enrolment, quiz.pk)))
    return QuizOverview(
        questions=questions,
        pass_mark=(opened.rules if opened else rule_for(enrolment, quiz)).get("pass_mark", quiz.pass_mark),
        attempts=tuple(attempt for attempt in mine if not attempt.is_open),
        open_attempt=opened,
        attempts_left=left,
        refusal="no_attempts_left" if left == 0 and not opened else "",
        course=course,
    )


def rule_for(enrolment, quiz: QuizPage) -> Mapping[str, Any]:
    """Return the rule that holds a learner at a quiz: that of the edition, the page's where it is newer."""
    rules = edition_rules(enrolment.edition_id)
    return next((entry.rule for entry in rules if entry.activity_id == quiz.pk), quiz.activity_rule())


def attempts_left_after(attempt: Attempt) -> int | None:
    """Return how many more attempts the quiz allows in this attempt's enrolment; None: no limit."""
    if attempt.enrolment_id is None:  # an editor's trial
        return None
    return attempts_left(attempt.quiz.attempts_allowed, attempts_used(attempt.enrolment_id, attempt.quiz_id))


def attempts_used(enrolment_id: int, quiz_id: int) -> int:
    """Return how many attempts at a quiz count against the limit of an enrolment; takes ids."""
    attempts = Attempt.objects.filter(enrolment=enrolment_id, quiz=quiz_id)
    return used_of(attempts, last_redo_at(enrolment_id, quiz_id))


def used_of(attempts: Iterable[Attempt], redo_at: datetime | None) -> int:
    """Count the attempts begun since the quiz was to be done again: who must do it again may try again."""
    return sum(redo_at is None or attempt.started_at > redo_at for attempt in attempts)


def learners_with_attempts(pages) -> int:
    """Return how many learners have an attempt at a quiz among these pages; an editor's trials are nobody's history."""
    attempts = Attempt.objects.filter(quiz__in=pages.values("pk"), enrolment__isnull=False)
    return attempts.values("person").distinct().count()


# --- one question of an attempt --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Place:
    """A question's place in the attempt, for the pips and the overview."""

    position: int
    is_answered: bool
    is_flagged: bool


@dataclass(frozen=True)
class QuestionScreen:
    """One question as it stands.

    `sequence` and `received_at` belong to the answer in force; `other` is a kept answer that waits for the learner's
    choice, or None.
    """

    asked: AttemptQuestion
    places: tuple[Place, ...]
    sequence: int | None
    received_at: datetime | None
    other: AnswerStep | None

    @property
    def position(self) -> int:
        return self.asked.position

    @property
    def total(self) -> int:
        return len(self.places)

    @property
    def is_last(self) -> bool:
        return self.position == self.total


def question_screen(attempt: Attempt, position: int) -> QuestionScreen | None:
    """Return one question of an attempt with its state; None where the attempt has no such position."""
    places = attempt_places(attempt)
    asked = attempt.questions.select_related("version__question").filter(position=position).first()
    if asked is None:
        return None
    steps = asked.steps.filter(kind=AnswerStep.Kind.ANSWER).order_by("-sequence")
    newest = steps.first()
    waits = newest is not None and not newest.accepted
    in_force = steps.filter(accepted=True).first() if waits else newest
    return QuestionScreen(
        asked=asked,
        places=places,
        sequence=in_force.sequence if in_force else None,
        received_at=in_force.received_at if in_force else None,
        other=newest if attempt.is_open and waits else None,
    )


def attempt_places(attempt: Attempt) -> tuple[Place, ...]:
    """Return all places of an attempt in order: one query, without the questions' texts."""
    rows = attempt.questions.order_by("position").values_list("position", "answer", "flagged")
    return tuple(Place(position, answer is not None, flagged) for position, answer, flagged in rows)


def waiting_positions(attempt: Attempt) -> set[int]:
    """Return the positions where an older tab's answer, kept but not in force, is the newest step."""
    newest = {}
    steps = attempt.steps.filter(kind=AnswerStep.Kind.ANSWER).order_by("sequence")
    for position, accepted in steps.values_list("question__position", "accepted"):
        newest[position] = accepted
    return {position for position, accepted in newest.items() if not accepted}


def answer_at(question: AttemptQuestion, sequence: int | None) -> Any:
    """Return the answer a device was shown: that of the step it is based on; None for a question without one."""
    if sequence is None:
        return None
    step = question.steps.filter(sequence=sequence, kind=AnswerStep.Kind.ANSWER).first()
    return step.answer if step else None


# --- marks -----------------------------------------------------------------------------------------------------------


def replayed_marks(attempt: Attempt) -> Marks:
    """Compute an attempt's marks from its versions and accepted steps alone, whatever its rows say now."""
    asked = [
        Asked(
            position=question.position,
            kind=question.version.question.kind,
            data=question.version.data,
            max_mark=Fraction(question.max_mark),
        )
        for question in attempt.questions.select_related("version__question")
    ]
    steps = [
        Step(position=position, sequence=sequence, answer=answer, accepted=accepted)
        for position, sequence, answer, accepted in attempt.steps.filter(kind=AnswerStep.Kind.ANSWER).values_list(
            "question__position", "sequence", "answer", "accepted"
        )
    ]
    return replay(asked=asked, steps=steps, pass_mark=attempt.rules["pass_mark"])
