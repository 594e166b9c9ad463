"""Reads of quizzes and attempts: each page asks one of these and shows what it got."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any
from uuid import UUID

from django.db.models import F
from django.utils import timezone

from completion.queries import last_redo_at, progress_on
from core.prepared import Prepared
from courses.queries import edition_rules, outline_of
from questions.kinds import get_kind
from questions.queries import AskedVersion, versions_by_id

from .behaviours import Event, Standing, stand
from .grading import PersonsMark, mark_of_quiz, settled_share
from .models import (
    AnswerFile,
    AnswerStep,
    Attempt,
    AttemptQuestion,
    Marking,
    QuizPage,
    QuizSlot,
    Regrade,
    RegradeChange,
)
from .replay import Asked, Marks, Step, replay
from .rules import attempts_left, why_not_begin
from .timing import Window, next_attempt_at
from .windows import window_for, window_of


@dataclass(frozen=True)
class QuizOverview:
    """A quiz as its page shows it to one person.

    `attempts` are the ended ones of this enrolment, oldest first; `attempts_left` None: no limit; `refusal` is a code
    of `services.QuizRefused` or empty, `refused_until` its moment; `course` is the outline, None on a page that was
    never published. `window` is what holds for this person; `mark` the mark of the quiz so far, None without any.
    """

    questions: int
    pass_mark: int
    window: Window
    attempts: tuple[Attempt, ...] = ()
    open_attempt: Attempt | None = None
    attempts_left: int | None = None
    refusal: str = ""
    refused_until: datetime | None = None
    course: Any = None
    mark: Fraction | None = None

    @property
    def has_passed(self) -> bool:
        return any(attempt.passed for attempt in self.attempts)

    @property
    def is_being_marked(self) -> bool:
        return any(attempt.state == Attempt.State.SUBMITTED for attempt in self.attempts)


def questions_asked(slots: Iterable[QuizSlot]) -> int:
    """Return how many questions the slots of a quiz ask; a text to read is none."""
    return sum(
        slot.draw_count if slot.question is None else int(get_kind(slot.question.kind).is_answered) for slot in slots
    )


def quiz_overview(person, quiz: QuizPage) -> QuizOverview:
    """Return what a quiz page says to a person; a visitor and a page without an id get the facts alone."""
    questions = questions_asked(quiz.slots.select_related("question"))
    if not person.is_authenticated or not quiz.pk:
        return QuizOverview(questions=questions, pass_mark=quiz.pass_mark, window=window_of(quiz))
    course = outline_of(quiz)
    enrolment = progress_on(quiz, person).enrolment
    window = window_for(quiz, person)
    if enrolment is None:
        return QuizOverview(questions, quiz.pass_mark, window, refusal="not_enrolled", course=course)
    mine = list(quiz.attempts.filter(enrolment=enrolment).order_by("number"))
    opened = next((attempt for attempt in mine if attempt.is_open), None)
    ended = tuple(attempt for attempt in mine if not attempt.is_open)
    refusal, until = ("", None)
    earlier = _earlier(mine, last_redo_at(enrolment, quiz.pk))
    if not opened:
        refusal, until = why_not_begin_after(earlier, quiz, window)
    return QuizOverview(
        questions=questions,
        pass_mark=(opened.rules if opened else rule_for(enrolment, quiz)).get("pass_mark", quiz.pass_mark),
        window=window,
        attempts=ended,
        open_attempt=opened,
        attempts_left=attempts_left(window.attempts, earlier.used),
        refusal=refusal,
        refused_until=until,
        course=course,
        mark=mark_of_quiz([one.score for one in ended if one.score is not None], quiz.grading_method),
    )


@dataclass(frozen=True)
class Earlier:
    """What the attempts of an enrolment at a quiz leave room for; `used` are those that count against the limit."""

    used: int
    last_number: int
    last_ended_at: datetime | None


def earlier_attempts(enrolment_id: int, quiz_id: int) -> Earlier:
    """Return what earlier attempts leave room for: two queries, however many there are."""
    attempts = Attempt.objects.filter(enrolment=enrolment_id, quiz=quiz_id).only(
        "number", "state", "started_at", "submitted_at", "deadline_at"
    )
    return _earlier(list(attempts), last_redo_at(enrolment_id, quiz_id))


def _earlier(attempts: list[Attempt], redo_at: datetime | None) -> Earlier:
    """Count the attempts begun since the quiz was to be done again: who must do it again may try again."""
    ends = (attempt.submitted_at or attempt.deadline_at for attempt in attempts if not attempt.is_open)
    return Earlier(
        used=sum(redo_at is None or attempt.started_at > redo_at for attempt in attempts),
        last_number=max((attempt.number for attempt in attempts), default=0),
        last_ended_at=max(filter(None, ends), default=None),
    )


def why_not_begin_after(earlier: Earlier, quiz: QuizPage, window: Window) -> tuple[str, datetime | None]:
    """Return why an attempt may not begin now after earlier ones; as `rules.why_not_begin`."""
    return why_not_begin(
        window,
        left=attempts_left(window.attempts, earlier.used),
        again_at=next_attempt_at(earlier.last_ended_at, quiz.delay_minutes),
        now=timezone.now(),
    )


def rule_for(enrolment, quiz: QuizPage) -> Mapping[str, Any]:
    """Return the rule that holds a learner at a quiz: that of the edition, the page's where it is newer."""
    rules = edition_rules(enrolment.edition_id)
    return next((entry.rule for entry in rules if entry.activity_id == quiz.pk), quiz.activity_rule())


def attempts_left_after(attempt: Attempt, window: Window | None = None) -> int | None:
    """Return how many more attempts the quiz allows in this attempt's enrolment; None: no limit.

    `window` saves a query where it is at hand.
    """
    if attempt.enrolment_id is None:  # an editor's trial
        return None
    allowed = (window or window_for(attempt.quiz, attempt.person)).attempts
    return attempts_left(allowed, earlier_attempts(attempt.enrolment_id, attempt.quiz_id).used) if allowed else None


_quizzes: Prepared[QuizPage] = Prepared(lambda quiz: QuizPage.objects.filter(pk=quiz), quiz=int)


def own_attempt(person, key: UUID) -> Attempt | None:
    """Return a person's attempt with its quiz; None for anybody else's."""
    attempt = Attempt.objects.filter(key=key, person=person).first()
    if attempt is not None:
        attempt.quiz = _quizzes(quiz=attempt.quiz_id)[0]
        attempt.person = person
    return attempt


def learners_with_attempts(pages) -> int:
    """Return how many learners have an attempt at a quiz among these pages; an editor's trials are nobody's history."""
    attempts = Attempt.objects.filter(quiz__in=pages.values("pk"), enrolment__isnull=False)
    return attempts.values("person").distinct().count()


# --- one page of an attempt ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Place:
    """A question's place in the attempt, for the pips and the overview; `number` counts only what is asked."""

    position: int
    page: int
    is_answered: bool
    is_flagged: bool
    number: int = 0
    section: str = ""

    @property
    def is_asked(self) -> bool:
        """Say whether there is something to answer: a text to read has no number."""
        return self.number > 0


@dataclass(frozen=True)
class AskedQuestion:
    """One question of a page as it stands; `other` is a kept answer that waits for the learner's choice, or None."""

    row: AttemptQuestion
    version: AskedVersion
    number: int
    standing: Standing
    other: AnswerStep | None = None
    files: tuple[AnswerFile, ...] = ()


@dataclass(frozen=True)
class AttemptScreen:
    """One page of an attempt: its questions, and the places of all."""

    page: int
    places: tuple[Place, ...]
    questions: tuple[AskedQuestion, ...]

    @property
    def pages(self) -> int:
        return self.places[-1].page

    @property
    def is_last(self) -> bool:
        return self.page == self.pages

    @property
    def asked(self) -> int:
        """How many questions the attempt has, texts to read left out."""
        return sum(place.is_asked for place in self.places)

    @property
    def numbers(self) -> list[int]:
        return [question.number for question in self.questions if question.number]

    @property
    def section(self) -> str:
        return self.questions[0].row.section


_questions_of: Prepared[AttemptQuestion] = Prepared(
    lambda attempt: AttemptQuestion.objects.filter(attempt=attempt).order_by("position"), attempt=int
)


def attempt_screen(attempt: Attempt, page: int) -> AttemptScreen | None:
    """Return one page of an attempt with its state; None where the attempt has no such page."""
    rows = _questions_of(attempt=attempt.pk)
    versions = versions_by_id(row.version_id for row in rows)
    places = _places(rows, versions)
    here = [row for row in rows if row.page_number == page]
    if not here:
        return None
    others = _waiting(attempt, here) if attempt.is_open else {}
    checked = _checked_standings(attempt, [row for row in here if row.tries], versions)
    files = _files_of(here, versions)
    numbers = {place.position: place.number for place in places}
    return AttemptScreen(
        page=page,
        places=places,
        questions=tuple(
            AskedQuestion(
                row=row,
                version=versions[row.version_id],
                number=numbers[row.position],
                standing=checked.get(row.pk) or Standing(row.answer, row.certainty, row.share, 0, row.is_finished),
                other=others.get(row.pk),
                files=files.get(row.pk, ()),
            )
            for row in here
        ),
    )


def attempt_places(attempt: Attempt) -> tuple[Place, ...]:
    """Return all places of an attempt in order."""
    rows = _questions_of(attempt=attempt.pk)
    return _places(rows, versions_by_id(row.version_id for row in rows))


def _places(rows: Iterable[AttemptQuestion], versions: Mapping[int, AskedVersion]) -> tuple[Place, ...]:
    places, number = [], 0
    for row in rows:
        is_asked = get_kind(versions[row.version_id].kind).is_answered
        number += is_asked
        places.append(
            Place(row.position, row.page_number, row.answer is not None, row.flagged, number * is_asked, row.section)
        )
    return tuple(places)


_older_tabs_of: Prepared[AnswerStep] = Prepared(
    lambda attempt, held: AnswerStep.objects.filter(attempt=attempt, held=held).order_by("sequence"),
    attempt=int,
    held=str,
)


def _waiting(attempt: Attempt, rows: list[AttemptQuestion]) -> dict[int, AnswerStep]:
    """Return by question the newest kept answer of an older tab that no later answer has settled."""
    in_force = {row.pk: row.sequence or 0 for row in rows}
    held = _older_tabs_of(attempt=attempt.pk, held=AnswerStep.Held.OLDER_TAB.value)
    newest: dict[int, AnswerStep] = {step.question_id: step for step in held if step.question_id in in_force}
    return {pk: step for pk, step in newest.items() if step.sequence > in_force[pk]}


def waiting_positions(attempt: Attempt) -> set[int]:
    """Return the positions where an older tab's answer, kept but not in force, waits for the learner's choice."""
    held = attempt.steps.filter(held=AnswerStep.Held.OLDER_TAB, sequence__gt=F("question__sequence"))
    return set(held.values_list("question__position", flat=True))


def events_of(question_ids: Iterable[int]) -> dict[int, list[Event]]:
    """Return by question the answers that count and the checks, in order; one query. Unanswered ones are missing."""
    steps = AnswerStep.objects.filter(question__in=list(question_ids), held="", kind__in=AnswerStep.MARKED_KINDS)
    events: dict[int, list[Event]] = {}
    for question, kind, answer, certainty in steps.order_by("attempt", "sequence").values_list(
        "question", "kind", "answer", "certainty"
    ):
        events.setdefault(question or 0, []).append(Event(answer, certainty, kind == AnswerStep.Kind.CHECK))
    return events


def _checked_standings(attempt: Attempt, rows: list[AttemptQuestion], versions) -> dict[int, Standing]:
    """Return where the checked questions of a page stand, from their steps."""
    events = events_of(row.pk for row in rows) if rows else {}
    kinds = {row.pk: versions[row.version_id] for row in rows}
    return {
        pk: stand(attempt.behaviour, version.kind, version.data, events.get(pk, [])) for pk, version in kinds.items()
    }


def _files_of(rows: Iterable[AttemptQuestion], versions) -> dict[int, tuple[AnswerFile, ...]]:
    """Return the files in the answers of the rows, by question, in their order; no query where no kind takes files."""
    holding = [row for row in rows if (row.answer or {}).get("files")]
    if not holding:
        return {}
    kept = {str(file.key): file for file in AnswerFile.objects.filter(question__in=holding)}
    return {row.pk: tuple(kept[key] for key in (row.answer or {})["files"] if key in kept) for row in holding}


def reviewed_questions(attempt: Attempt) -> tuple[AskedQuestion, ...]:
    """Return every question of an ended attempt, for looking back; a regraded one by the key that marks it now."""
    rows = _questions_of(attempt=attempt.pk)
    versions = versions_by_id(pk for row in rows for pk in (row.version_id, row.key_version_id) if pk)
    numbers = {place.position: place.number for place in _places(rows, versions)}
    files = _files_of(rows, versions)
    return tuple(
        AskedQuestion(
            row=row,
            version=versions[row.key_version_id or row.version_id],
            number=numbers[row.position],
            standing=Standing(row.answer, row.certainty, row.share, row.tries, row.is_finished),
            files=files.get(row.pk, ()),
        )
        for row in rows
    )


def regrades_of(attempt: Attempt, questions: Iterable[AskedQuestion]) -> list[Regrade]:
    """Return the regrades that changed marks of an attempt, oldest first; no query where none did."""
    if not any(asked.row.key_version_id for asked in questions):
        return []
    changed = RegradeChange.objects.filter(question__attempt=attempt)
    return list(Regrade.objects.filter(pk__in=changed.values("regrade")).order_by("made_at"))


@dataclass(frozen=True)
class LateAnswer:
    """An answer that came too late, as its owner sees it: what was decided, None while nobody has."""

    text: str
    received_at: datetime
    counts: bool | None
    reason: str


def late_answers(attempt: Attempt) -> list[LateAnswer]:
    """Return the answers of an attempt that came after its time, oldest first; no query where no clock ran."""
    if attempt.deadline_at is None:
        return []
    late = attempt.steps.filter(held=AnswerStep.Held.LATE, question__isnull=False)
    rows = {row.pk: row for row in attempt.questions.filter(steps__in=late)}
    versions = versions_by_id(row.version_id for row in rows.values())
    told = []
    for step in late.select_related("decision").order_by("sequence"):
        row = rows[step.question_id or 0]
        version = versions[row.version_id]
        decision = getattr(step, "decision", None)
        told.append(
            LateAnswer(
                text=get_kind(version.kind).describe(version.data, step.answer),
                received_at=step.received_at,
                counts=decision.counts if decision else None,
                reason=decision.reason if decision else "",
            )
        )
    return told


# --- marks -----------------------------------------------------------------------------------------------------------


def replayed_marks(attempt: Attempt, questions: Iterable[AttemptQuestion] | None = None) -> Marks:
    """Compute an attempt's marks from its versions, accepted steps and people's marks alone, whatever its rows say now.

    `questions` saves a query where the rows are at hand. A regraded question is marked by the key it was given.
    """
    rows = list(attempt.questions.all() if questions is None else questions)
    versions = versions_by_id(row.key_version_id or row.version_id for row in rows)
    given = given_shares(attempt, rows, versions)
    asked = [
        Asked(
            position=row.position,
            kind=version.kind,
            data=version.data,
            max_mark=Fraction(row.max_mark),
            given=given.get(row.pk),
        )
        for row in rows
        if (version := versions[row.key_version_id or row.version_id])
    ]
    positions = {row.pk: row.position for row in rows}
    taken = attempt.steps.filter(held="", kind__in=AnswerStep.MARKED_KINDS)
    steps = [
        Step(positions[question], sequence, answer, True, certainty, kind == AnswerStep.Kind.CHECK)
        for question, sequence, kind, answer, certainty in taken.values_list(
            "question", "sequence", "kind", "answer", "certainty"
        )
    ]
    return replay(asked=asked, steps=steps, pass_mark=attempt.rules["pass_mark"], behaviour=attempt.behaviour)


def given_shares(attempt: Attempt, rows: Iterable[AttemptQuestion], versions) -> dict[int, Fraction]:
    """Return the shares that people have given, by question; no query where no question is marked by people."""
    by_people = [
        row for row in rows if get_kind(versions[row.key_version_id or row.version_id].kind).is_marked_by_people
    ]
    if not by_people:
        return {}
    marks: dict[int, list[PersonsMark]] = {row.pk: [] for row in by_people}
    for question, stage, points in (
        Marking.objects.filter(question__in=by_people).order_by("pk").values_list("question", "stage", "points")
    ):
        marks[question].append(PersonsMark(stage, Fraction(points)))
    settled = {
        row.pk: settled_share(
            marks[row.pk],
            max_mark=Fraction(row.max_mark),
            two=attempt.has_two_markers,
            most_difference=Fraction(attempt.rules.get("marking_difference", 10), 100),
        )
        for row in by_people
    }
    return {pk: share for pk, share in settled.items() if share is not None}
