"""Keeping answers. One transaction takes as many as a device sends; each is a step, whatever becomes of it."""

import json
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from questions.queries import versions_by_id

from ..behaviours import Event, can_check, stand
from ..models import AnswerStep, Attempt, AttemptQuestion
from ..queries import events_of
from ..timing import Evidence, was_in_time, written_at

State, Held = Attempt.State, AnswerStep.Held
MOST_STEPS = 20_000  # of one attempt; a day of typing stays far below
STATE_FIELDS = ["answer", "certainty", "answered_at", "sequence", "flagged", "tries", "is_finished",
                "share_numerator", "share_denominator"]  # fmt: skip


@dataclass(frozen=True)
class Delivery:
    """An answer as a device sends it (None clears it), with what it had seen and what it says about its time.

    `based_on` is the sequence the device was shown for this question, `own` the client ids of steps it sent without
    hearing back: neither its own steps nor an equal answer are a conflict. `check` asks for the mark at once,
    `flagged` marks the question to look at again. `only_changes`: a form that carries what it was shown says nothing.
    """

    position: int
    answer: Any
    client_id: uuid.UUID
    certainty: int | None = None
    based_on: int | None = None
    own: frozenset[uuid.UUID] = frozenset()
    device_at: datetime | None = None
    evidence: Evidence = field(default_factory=Evidence)
    check: bool = False
    flagged: bool | None = None
    only_changes: bool = False

    @property
    def given(self) -> tuple[Any, int | None]:
        return self.answer, self.certainty

    @property
    def own_id(self) -> uuid.UUID:
        """The id of another answer sent under an id that was used: a page brought back by the browser does so."""
        return uuid.uuid5(self.client_id, f"{self.position}:{json.dumps(self.given, sort_keys=True)}")

    @property
    def check_id(self) -> uuid.UUID:
        return uuid.uuid5(self.client_id, "check")

    @property
    def flag_id(self) -> uuid.UUID:
        return uuid.uuid5(self.client_id, "flag" if self.flagged else "unflag")

    @property
    def ids(self) -> set[uuid.UUID]:
        """The ids of all steps that it may become."""
        return {self.client_id, self.own_id, self.check_id, self.flag_id}

    @property
    def says_nothing_else(self) -> bool:
        """Whether it carries an answer only: no wish to check, no flag."""
        return not self.check and self.flagged is None


@dataclass(frozen=True)
class Saved:
    """What became of an answer that was sent, and what counts now.

    `status`: received | repeated (this step is known already) | unchanged (it was shown so) | older_tab (kept, but a
    newer answer stays in force) | finished (kept, but the question had been checked for good) | late (kept, and staff
    decide) | closed (kept, but the attempt had ended) | full (refused: absurdly many). `answer`, `sequence` and
    `received_at` are those in force; `refused` is the kept answer that is not, else None.
    """

    status: str
    answer: Any
    sequence: int | None
    received_at: datetime | None
    refused: Any = None
    client_id: uuid.UUID | None = None
    position: int = 0

    @property
    def is_in_force(self) -> bool:
        return self.status in ("received", "repeated", "unchanged")


def save_answer(*, attempt, position: int, answer, client_id: uuid.UUID, **facts) -> Saved:
    """Keep one answer; the other arguments are those of `Delivery`."""
    return save_answers(attempt=attempt, deliveries=[Delivery(position, answer, client_id, **facts)])[0]


@transaction.atomic
def save_answers(*, attempt, deliveries: Sequence[Delivery]) -> list[Saved]:
    """Keep answers in the order they are given and say what became of each; those of no question are left out."""
    desk = _Desk(attempt, deliveries)
    saved = [desk.take(sent) for sent in deliveries if sent.position in desk.questions]
    desk.close()
    return saved


def reach_page(*, attempt, page: int) -> None:
    """Note that a page was reached, where the quiz goes in a fixed sequence; pages before it take no more answers."""
    if attempt.is_sequential:
        Attempt.objects.filter(pk=attempt.pk, state=State.IN_PROGRESS, reached_page__lt=page).update(reached_page=page)


class _Desk:
    """One locked attempt while deliveries are taken; `close` writes everything at once."""

    def __init__(self, attempt, deliveries: Sequence[Delivery]):
        self.attempt = Attempt.objects.select_for_update().get(pk=attempt.pk)
        self.now = timezone.now()
        rows = AttemptQuestion.objects.filter(
            attempt=self.attempt.pk, position__in={sent.position for sent in deliveries}
        )
        self.questions = {row.position: row for row in rows}
        asked = [sent for sent in deliveries if sent.position in self.questions]
        news = [sent for sent in asked if not (sent.says_nothing_else and self._is_no_news(sent))]
        ids = set().union(*(sent.ids for sent in news))
        self.known = {step.client_id: step for step in self._steps().filter(client_id__in=ids)} if ids else {}
        self.new: list[AnswerStep] = []
        self.changed: dict[int, AttemptQuestion] = {}

    def _steps(self):
        return AnswerStep.objects.filter(attempt=self.attempt.pk)

    def _is_no_news(self, sent: Delivery) -> bool:
        """Say whether a form carries for a question just what it was shown with, which is what counts now."""
        question = self.questions[sent.position]
        is_as_shown = sent.based_on == question.sequence and sent.given == (question.answer, question.certainty)
        return sent.only_changes and is_as_shown

    def take(self, sent: Delivery) -> Saved:
        question = self.questions[sent.position]
        saved = self._answer(sent, question)
        if self.attempt.is_open and sent.flagged is not None:
            self._flag(sent, question)
        if sent.check and saved.is_in_force:
            self._check(sent, question)
        return replace(saved, client_id=sent.client_id, position=sent.position)

    def _answer(self, sent: Delivery, question: AttemptQuestion) -> Saved:
        if self._is_no_news(sent):
            return _saved("unchanged", question)
        known = self.known.get(sent.client_id)
        if known and (known.question_id, known.answer, known.certainty) != (question.pk, *sent.given):
            sent = replace(sent, own=sent.own | {sent.client_id}, client_id=sent.own_id)
            known = self.known.get(sent.client_id)
        if known:
            return self._seen_before(known, question)
        if sent.only_changes and sent.given == self._shown(sent, question):
            return _saved("unchanged", question)
        if self.attempt.last_sequence >= MOST_STEPS:
            return _saved("full", question, refused=sent.answer)
        held = self._why_held(sent, question)
        step = self._add(question, sent.client_id, held=held, answer=sent.answer, certainty=sent.certainty,
                         based_on=sent.based_on, device_at=sent.device_at, evidence=self._evidence(sent))  # fmt: skip
        if held:
            return _saved(str(held), question, refused=sent.answer)
        question.answer, question.certainty, question.sequence = sent.answer, sent.certainty, step.sequence
        question.answered_at = None if sent.answer is None else step.received_at
        self.changed[question.pk] = question
        return _saved("received", question, received_at=step.received_at)

    def _shown(self, sent: Delivery, question: AttemptQuestion) -> tuple[Any, int | None]:
        """Return the answer that the device was shown: that of the step it is based on."""
        if sent.based_on == question.sequence:
            return question.answer, question.certainty
        step = self._steps().filter(question=question, sequence=sent.based_on, kind=AnswerStep.Kind.ANSWER).first()
        return (step.answer, step.certainty) if step else (None, None)

    def _why_held(self, sent: Delivery, question: AttemptQuestion) -> str:
        deadline = self.attempt.deadline_at
        if deadline is not None and self.now > deadline:
            if not was_in_time(sent.evidence, self.now, deadline):
                unknown = written_at(sent.evidence, self.now) is None
                return Held.LATE if unknown and self.attempt.is_open else Held.CLOSED
            if not self.attempt.is_open:
                return Held.LATE
        if not self.attempt.is_open:
            return Held.CLOSED
        if question.is_finished or self._is_left_behind(question):
            return Held.FINISHED
        return Held.OLDER_TAB if self._is_overtaken(sent, question) else Held.NO

    def _is_left_behind(self, question: AttemptQuestion) -> bool:
        """Say whether a fixed sequence has gone past the question's page."""
        return self.attempt.is_sequential and question.page_number < self.attempt.reached_page

    def _is_overtaken(self, sent: Delivery, question: AttemptQuestion) -> bool:
        """Say whether another tab or device answered differently after what the sender had seen."""
        based_on = sent.based_on or 0
        if question.sequence is None or question.sequence <= based_on:
            return False
        if (question.answer, question.certainty) == sent.given:
            return False
        newer = self._steps().filter(question=question, kind=AnswerStep.Kind.ANSWER, held="", sequence__gt=based_on)
        fresh = [step for step in self._fresh(question) if step.kind == AnswerStep.Kind.ANSWER]
        mine = sent.own | {sent.client_id}
        return newer.exclude(client_id__in=mine).exists() or any(step.client_id not in mine for step in fresh)

    def _evidence(self, sent: Delivery) -> dict | None:
        """Keep what speaks for the moment of writing where it matters: once the time is up."""
        if self.attempt.deadline_at is None or self.now <= self.attempt.deadline_at:
            return None
        moments = {
            "written_at": written_at(sent.evidence, self.now),
            "issued_at": sent.evidence.issued_at,
            "device_then": sent.evidence.device_then,
        }
        told = {name: moment.isoformat() for name, moment in moments.items() if moment}
        return {**told, "signed": sent.evidence.signed}

    def _add(self, question: AttemptQuestion | None, client_id: uuid.UUID, **fields) -> AnswerStep:
        self.attempt.last_sequence += 1
        step = AnswerStep(
            attempt=self.attempt,
            question=question,
            client_id=client_id,
            sequence=self.attempt.last_sequence,
            received_at=self.now,
            **fields,
        )
        self.new.append(step)
        self.known[client_id] = step
        return step

    def _seen_before(self, step: AnswerStep, question: AttemptQuestion) -> Saved:
        """Answer a repeated delivery as the first one was answered, unless a later choice has settled it."""
        if not step.held or (question.sequence or 0) > step.sequence:
            return _saved("repeated", question)
        return _saved(step.held, question, refused=step.answer)

    def _check(self, sent: Delivery, question: AttemptQuestion) -> None:
        """Mark the answer in force at once, where the quiz's behaviour has such a thing."""
        version = versions_by_id([question.version_id])[question.version_id]
        behaviour, is_repeated = self.attempt.behaviour, sent.check_id in self.known
        if question.is_finished or is_repeated or not can_check(behaviour, version.kind) or question.answer is None:
            return
        earlier = events_of([question.pk]).get(question.pk, [])
        self._add(question, sent.check_id, kind=AnswerStep.Kind.CHECK)
        fresh = [
            Event(step.answer, step.certainty, step.kind == AnswerStep.Kind.CHECK)
            for step in self._fresh(question)
            if step.kind in AnswerStep.MARKED_KINDS
        ]
        standing = stand(behaviour, version.kind, version.data, [*earlier, *fresh])
        question.tries, question.is_finished = standing.tries, standing.is_finished
        if standing.share is not None:
            question.share_numerator, question.share_denominator = standing.share.as_integer_ratio()
        self.changed[question.pk] = question

    def _flag(self, sent: Delivery, question: AttemptQuestion) -> None:
        if sent.flag_id in self.known:
            return
        self._add(question, sent.flag_id, kind=AnswerStep.Kind.FLAG, answer={"flagged": sent.flagged})
        question.flagged = bool(sent.flagged)
        self.changed[question.pk] = question

    def _fresh(self, question: AttemptQuestion) -> list[AnswerStep]:
        """Return the steps of a question that count and are not written yet."""
        return [step for step in self.new if step.question_id == question.pk and not step.held]

    def close(self) -> None:
        """Write the new steps, where the questions stand, and how far the count of steps has come."""
        if not self.new:
            return
        AnswerStep.objects.bulk_create(self.new)
        write_questions(self.changed.values(), STATE_FIELDS)
        Attempt.objects.filter(pk=self.attempt.pk).update(last_sequence=self.attempt.last_sequence)


def write_questions(questions: Iterable[AttemptQuestion], fields: list[str]) -> None:
    """Write some columns of rows that are there, in one statement: an insert that always meets its row."""
    questions = list(questions)
    if len(questions) == 1:
        questions[0].save(update_fields=fields)
    elif questions:
        AttemptQuestion.objects.bulk_create(
            questions, update_conflicts=True, unique_fields=["id"], update_fields=fields
        )


def _saved(status: str, question: AttemptQuestion, *, received_at=None, refused=None) -> Saved:
    return Saved(status, question.answer, question.sequence, received_at or question.answered_at, refused)
