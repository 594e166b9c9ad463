"""Every write of an attempt. The attempt's row is the lock; constraints, not checks, decide who was first.

States: in progress → (submitted →) graded, or abandoned. Steps are only ever added; what the learner sees as the
answer, and every mark, follows from the accepted ones (`quizzes.replay`).
"""

import json
import random
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from completion import services as completion
from completion.queries import current_enrolment
from courses.access import may_open
from courses.queries import course_id_of
from questions.kinds import get_kind
from questions.models import QuestionVersion
from questions.queries import latest_ready

from .models import AnswerStep, Attempt, AttemptQuestion, QuizPage
from .queries import attempts_used, replayed_marks, rule_for
from .rules import attempts_left

State = Attempt.State
START_TRIES = 5  # a start that loses the race reads what the winner made; more losers than this is a fault


class QuizRefused(Exception):
    """The learner cannot do this now; `str()` says why in their language, `code` says it to code."""

    MESSAGES = {
        "closed": _("This quiz is not open to you."),
        "not_enrolled": _("Enrol in the course first, then start the quiz."),
        "no_attempts_left": _("You have used all attempts at this quiz."),
        "not_ready": _("This quiz is being repaired. Nothing you did is lost; please come back later."),
        "ended": _("This attempt has been closed; nothing was changed."),
    }

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code

    def __str__(self):
        return str(self.MESSAGES[self.code])


@dataclass(frozen=True)
class Saved:
    """What became of an answer that was sent, and what counts now.

    `status`: received | repeated (this step is known already) | older_tab (kept, but a newer answer stays in force) |
    closed (kept, but the attempt had been submitted). `answer`, `sequence` and `received_at` are those in force;
    `refused` is the kept answer that is not, else None.
    """

    status: str
    answer: Any
    sequence: int | None
    received_at: datetime | None
    refused: Any = None

    @property
    def is_in_force(self) -> bool:
        return self.status in ("received", "repeated")


# --- beginning -------------------------------------------------------------------------------------------------------


def start_attempt(*, person, quiz: QuizPage) -> Attempt:
    """Return the person's open attempt at a quiz, begun now if there is none; raise `QuizRefused`."""
    access = may_open(person, quiz)
    if not access.allowed:
        raise QuizRefused("not_enrolled" if access.redirect_to else "closed")
    enrolment = current_enrolment(person, course_id_of(quiz))
    if enrolment is None:
        raise QuizRefused("not_enrolled")
    for _try in range(START_TRIES):
        try:
            with transaction.atomic():
                return _resume(person, quiz, enrolment) or _begin(person, quiz, enrolment)
        except IntegrityError:
            continue  # another tab was first: read again
    raise QuizRefused("closed")


@transaction.atomic
def start_trial(*, person, quiz: QuizPage) -> Attempt:
    """Begin an editor's trial of the latest draft; a trial that was open is dropped for it."""
    quiz.attempts.filter(person=person, enrolment=None, state__in=Attempt.OPEN_STATES).update(state=State.ABANDONED)
    draft = quiz.get_latest_revision_as_object()
    number = _next_number(quiz.attempts.filter(person=person, enrolment=None))
    return _create(person, draft, enrolment=None, number=number, rule=draft.activity_rule())


@transaction.atomic
def discard_trials(*, quizzes) -> None:
    """Throw away the trials of some quizzes: they are nobody's history and must not hold a page back."""
    trials = Attempt.objects.filter(quiz__in=quizzes, enrolment=None)
    AnswerStep.objects.filter(attempt__in=trials).delete()
    AttemptQuestion.objects.filter(attempt__in=trials).delete()
    trials.delete()


def _resume(person, quiz, enrolment) -> Attempt | None:
    """Return the open attempt of this enrolment; one left open in an earlier cycle of the course is closed."""
    found = quiz.attempts.filter(person=person, state__in=Attempt.OPEN_STATES, enrolment__isnull=False).first()
    if found and found.enrolment_id != enrolment.pk:
        Attempt.objects.filter(pk=found.pk, state__in=Attempt.OPEN_STATES).update(state=State.ABANDONED)
        return None
    return found


def _begin(person, quiz, enrolment) -> Attempt:
    if attempts_left(quiz.attempts_allowed, attempts_used(enrolment.pk, quiz.pk)) == 0:
        raise QuizRefused("no_attempts_left")
    mine = quiz.attempts.filter(enrolment=enrolment)
    return _create(person, quiz, enrolment=enrolment, number=_next_number(mine), rule=rule_for(enrolment, quiz))


def _next_number(attempts) -> int:
    return (attempts.aggregate(last=Max("number"))["last"] or 0) + 1


def _create(person, quiz, *, enrolment, number, rule) -> Attempt:
    """Write an attempt with everything that could change under the learner: rules, versions, order."""
    versions = _versions(list(quiz.slots.all()))
    attempt = Attempt.objects.create(
        quiz_id=quiz.pk, person=person, enrolment=enrolment, number=number, rules=_rules(quiz, rule)
    )
    rng = random.Random(random.SystemRandom().getrandbits(64))  # noqa: S311 (an order, not a secret)
    if quiz.shuffle_questions:
        rng.shuffle(versions)
    AttemptQuestion.objects.bulk_create(
        AttemptQuestion(
            attempt=attempt,
            position=position,
            slot_id=slot.pk,
            version=version,
            arrangement=get_kind(version.question.kind).arrange(version.data, rng, shuffle=quiz.shuffle_options),
            max_mark=slot.max_mark,
            page_number=slot.page_number,
            section=slot.section,
        )
        for position, (slot, version) in enumerate(versions, start=1)
    )
    return attempt


def _rules(quiz, rule) -> dict:
    """Return what holds for an attempt; the pass mark is the one of the learner's edition of the course."""
    return {
        "pass_mark": rule.get("pass_mark", quiz.pass_mark),
        "attempts_allowed": quiz.attempts_allowed,
        "rule": rule["rule"],
        "revision": quiz.live_revision_id,
        "shuffle_questions": quiz.shuffle_questions,
        "shuffle_options": quiz.shuffle_options,
    }


def _versions(slots) -> list[tuple]:
    """Return each slot with the version it asks: the pinned one or the latest ready; all or `QuizRefused`."""
    latest = latest_ready([slot.question_id for slot in slots if slot.question_id])
    newest = {question_id: version.pk for question_id, version in latest.items()}
    ids = [slot.pinned_version_id or newest.get(slot.question_id) for slot in slots]
    if not ids or None in ids:
        raise QuizRefused("not_ready")
    found = QuestionVersion.objects.select_related("question").in_bulk(ids)
    return [(slot, found[pk]) for slot, pk in zip(slots, ids, strict=True)]


# --- answering -------------------------------------------------------------------------------------------------------


@transaction.atomic
def save_answer(
    *,
    attempt,
    position: int,
    answer,
    client_id: uuid.UUID,
    based_on: int | None = None,
    own=frozenset(),
    device_at=None,
) -> Saved:
    """Keep an answer (None clears it) as a step and put it in force, unless the sender had not seen the newest one.

    `based_on` is the sequence the device was shown for this question, `own` the client ids of steps it sent without
    hearing back: neither its own steps nor an equal answer are a conflict.
    """
    attempt = _locked(attempt)
    question = attempt.questions.get(position=position)
    answers = question.steps.filter(kind=AnswerStep.Kind.ANSWER)
    in_force = answers.filter(accepted=True).order_by("-sequence").first()
    known = attempt.steps.filter(client_id=client_id).first()
    if known and (known.question_id, known.answer) != (question.pk, answer):
        # A page brought back by the browser sends another answer under the id it had: a new step of its own.
        own, client_id = {*own, client_id}, uuid.uuid5(client_id, f"{position}:{json.dumps(answer, sort_keys=True)}")
        known = attempt.steps.filter(client_id=client_id).first()
    if known:
        return _seen_before(known, in_force, attempt)
    status = "closed" if attempt.state != State.IN_PROGRESS else "received"
    if status == "received" and _is_overtaken(answers, in_force, answer, based_on or 0, own):
        status = "older_tab"
    step = _add_step(
        attempt,
        question=question,
        client_id=client_id,
        answer=answer,
        based_on=based_on,
        device_at=device_at,
        accepted=status == "received",
    )
    if not step.accepted:
        return _saved(status, in_force, refused=answer)
    question.answer, question.answered_at = answer, None if answer is None else step.received_at
    question.save(update_fields=["answer", "answered_at"])
    return _saved(status, step)


@transaction.atomic
def set_flag(*, attempt, position: int, flagged: bool, client_id: uuid.UUID) -> bool:
    """Mark a question to look at again, or unmark it; return whether the attempt was still open for it."""
    attempt = _locked(attempt)
    question = attempt.questions.get(position=position)
    client_id = uuid.uuid5(client_id, "flag" if flagged else "unflag")
    if attempt.state != State.IN_PROGRESS:
        return False
    if attempt.steps.filter(client_id=client_id).exists():
        return True
    _add_step(attempt, question=question, client_id=client_id, kind=AnswerStep.Kind.FLAG, answer={"flagged": flagged})
    question.flagged = flagged
    question.save(update_fields=["flagged"])
    return True


def _locked(attempt) -> Attempt:
    return Attempt.objects.select_for_update().get(pk=attempt.pk)


def _is_overtaken(answers, in_force, answer, based_on: int, own) -> bool:
    """Say whether another tab or device answered differently after what the sender had seen."""
    if in_force is None or in_force.sequence <= based_on or in_force.answer == answer:
        return False
    return answers.filter(accepted=True, sequence__gt=based_on).exclude(client_id__in=own).exists()


def _add_step(attempt, *, kind=AnswerStep.Kind.ANSWER, **fields) -> AnswerStep:
    last = attempt.steps.aggregate(last=Max("sequence"))["last"] or 0
    return AnswerStep.objects.create(attempt=attempt, kind=kind, sequence=last + 1, **fields)


def _seen_before(step, in_force, attempt) -> Saved:
    """Answer a repeated delivery as the first one was answered, unless a later choice has settled it."""
    if step.accepted or (in_force and in_force.sequence > step.sequence):
        return _saved("repeated", in_force)
    status = "older_tab" if attempt.is_open else "closed"
    return _saved(status, in_force, refused=step.answer)


def _saved(status, in_force, refused=None) -> Saved:
    if in_force is None:
        return Saved(status, None, None, None, refused)
    return Saved(status, in_force.answer, in_force.sequence, in_force.received_at, refused)


# --- ending ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def submit_attempt(*, attempt, client_id: uuid.UUID) -> Attempt:
    """End an attempt, grade it and tell `completion`, all at once or not at all; a second time changes nothing."""
    attempt = _locked(attempt)
    if attempt.state in (State.SUBMITTED, State.GRADED):
        return attempt
    if attempt.state != State.IN_PROGRESS:
        raise QuizRefused("ended")
    step = _add_step(attempt, client_id=uuid.uuid5(client_id, "submit"), kind=AnswerStep.Kind.SUBMIT)
    attempt.submitted_at = step.received_at
    _grade(attempt)
    if not attempt.is_trial:
        _record(attempt)
    return attempt


def _grade(attempt) -> None:
    """Write the marks that follow from the steps; a regrade is the same call."""
    marks = replayed_marks(attempt)
    questions = list(attempt.questions.all())
    for question in questions:
        share = marks.shares[question.position]
        question.answer = marks.answers[question.position]
        question.share_numerator, question.share_denominator = share.as_integer_ratio()
    AttemptQuestion.objects.bulk_update(questions, ["answer", "share_numerator", "share_denominator"])
    attempt.score_numerator, attempt.score_denominator = marks.score.as_integer_ratio()
    attempt.passed, attempt.state, attempt.graded_at = marks.passed, State.GRADED, timezone.now()
    attempt.save()


def _record(attempt) -> None:
    completion.record(
        enrolment=attempt.enrolment,
        activity_id=attempt.quiz_id,
        kind="graded",
        data={
            "attempt": str(attempt.key),
            "number": attempt.number,
            "score": str(attempt.score),
            "passed": attempt.passed,
        },
        client_id=uuid.uuid5(attempt.key, "graded"),
        revision=attempt.rules["revision"],
    )
