"""Ending an attempt, by the learner or by the clock; marks; late answers. Grading and its record go together."""

import datetime as dt
import logging
import uuid
from fractions import Fraction

from django.db import transaction
from django.utils import timezone

from completion import services as completion

from ..grading import is_passed, mark_of_quiz
from ..models import AnswerStep, Attempt, AttemptQuestion, LateDecision
from ..queries import attempts_left_after, replayed_marks
from ..timing import Evidence, was_in_time
from .answering import write_questions
from .refusals import QuizRefused

logger = logging.getLogger(__name__)
State, Held = Attempt.State, AnswerStep.Held
ENDED_AT_ONCE = 2_000  # attempts that one run of the clock ends
GRADED_FIELDS = ["answer", "certainty", "tries", "is_finished", "needs_mark", "share_numerator", "share_denominator"]


@transaction.atomic
def submit_attempt(*, attempt, client_id: uuid.UUID, evidence: Evidence | None = None) -> Attempt:
    """End an attempt, grade it and tell `completion`, all at once or not at all; a second time changes nothing.

    Raises `QuizRefused("ended")` where it was abandoned, or the time was up and the quiz then takes no submission.
    """
    attempt = settle(_locked(attempt))
    if attempt.state in Attempt.HANDED_IN_STATES:
        return attempt
    late = attempt.deadline_at is not None and timezone.now() > attempt.deadline_at
    in_time = not late or was_in_time(evidence or Evidence(), timezone.now(), attempt.deadline_at)
    refused = not attempt.is_open or (late and not in_time and attempt.rules.get("overdue") == "abandon")
    if not refused:
        return _end(attempt, uuid.uuid5(client_id, "submit"))
    raise QuizRefused("ended")


def settle(attempt: Attempt) -> Attempt:
    """Let the clock act on an attempt whose time is up, and return it as it is then; asked at every visit."""
    now = timezone.now()
    if not attempt.is_open or attempt.deadline_at is None or now <= attempt.deadline_at:
        return attempt
    with transaction.atomic():
        attempt = _locked(attempt)
        if attempt.is_open and attempt.deadline_at and now > attempt.deadline_at:
            _time_is_up(attempt, now)
    return attempt


def _time_is_up(attempt: Attempt, now: dt.datetime) -> None:
    if attempt.ends_at and now <= attempt.ends_at:
        if attempt.state != State.OVERDUE:
            attempt.state = State.OVERDUE
            attempt.save(update_fields=["state"])
    elif attempt.rules.get("overdue", "submit") == "submit":
        _end(attempt, uuid.uuid5(attempt.key, "time is up"), at=attempt.deadline_at)
    else:
        attempt.state = State.ABANDONED
        attempt.save(update_fields=["state"])
        _use_up(attempt)


def end_overdue_attempts() -> int:
    """End every attempt whose time is over, each in its own transaction; return how many. The clock calls it.

    One that cannot be ended is logged and holds no other up.
    """
    over = Attempt.objects.filter(state__in=Attempt.OPEN_STATES, ends_at__lt=timezone.now()).order_by("ends_at")
    ended = 0
    for attempt in over[:ENDED_AT_ONCE]:
        try:
            settle(attempt)
            ended += 1
        except Exception:
            logger.exception("An attempt could not be ended", extra={"attempt": str(attempt.key)})
    return ended


def _locked(attempt) -> Attempt:
    return Attempt.objects.select_for_update().get(pk=attempt.pk)


def _end(attempt: Attempt, client_id: uuid.UUID, *, at: dt.datetime | None = None) -> Attempt:
    attempt.last_sequence += 1
    step = AnswerStep.objects.create(
        attempt=attempt, kind=AnswerStep.Kind.SUBMIT, client_id=client_id, sequence=attempt.last_sequence
    )
    attempt.submitted_at = at or step.received_at
    grade(attempt)
    return attempt


# --- marks -----------------------------------------------------------------------------------------------------------


def grade(attempt: Attempt) -> None:
    """Write the marks that follow from the steps and people's marks, and tell `completion` once all are there.

    Call it in a transaction that has locked the attempt.
    """
    _write_marks(attempt)
    if attempt.state == State.GRADED and attempt.enrolment is not None:
        _record(attempt, attempt.enrolment)


@transaction.atomic
def grade_again(*, attempt: Attempt, by, reason: str) -> Attempt:
    """Grade an ended attempt anew, as staff: after a regrade, a late answer that counts, another person's mark."""
    attempt = _locked(attempt)
    before = (attempt.score, attempt.passed)
    _write_marks(attempt)
    if attempt.state != State.GRADED or attempt.enrolment is None or before == (attempt.score, attempt.passed):
        return attempt
    if before[0] is None:
        _record(attempt, attempt.enrolment)
    else:
        completion.regrade_by_staff(
            enrolment=attempt.enrolment, activity_id=attempt.quiz_id, data=_told(attempt), by=by, reason=reason
        )
    return attempt


def _write_marks(attempt: Attempt) -> None:
    questions = list(attempt.questions.all())
    marks = replayed_marks(attempt, questions)
    for question in questions:
        standing, share = marks.standings[question.position], marks.shares[question.position]
        question.answer, question.certainty = standing.answer, standing.certainty
        question.tries, question.is_finished = standing.tries, standing.is_finished
        question.needs_mark = share is None
        question.share_numerator, question.share_denominator = (
            share.as_integer_ratio() if share is not None else (None, None)
        )
    write_questions(questions, GRADED_FIELDS)
    if marks.score is None:
        attempt.score_numerator = attempt.score_denominator = attempt.graded_at = None
    else:
        attempt.score_numerator, attempt.score_denominator = marks.score.as_integer_ratio()
        attempt.graded_at = timezone.now()
    attempt.passed, attempt.state = marks.passed, State.SUBMITTED if marks.score is None else State.GRADED
    attempt.save()


def _record(attempt: Attempt, enrolment) -> None:
    completion.record(
        enrolment=enrolment,
        activity_id=attempt.quiz_id,
        kind="graded",
        data=_told(attempt),
        client_id=uuid.uuid5(attempt.key, "graded"),
        revision=attempt.rules["revision"],
    )


def _told(attempt: Attempt) -> dict:
    """Return the evidence of a graded attempt: its own mark, or that of the quiz where another method counts."""
    method = attempt.rules.get("grading_method", "highest")
    evidence = {
        "attempt": str(attempt.key),
        "number": attempt.number,
        "score": str(attempt.score),
        "passed": attempt.passed,
        **_last(attempt),
    }
    if method == "highest":
        return evidence
    graded = Attempt.objects.filter(enrolment=attempt.enrolment_id, quiz=attempt.quiz_id, state=State.GRADED)
    scores = [one.score for one in graded.order_by("number")]
    whole = mark_of_quiz([one for one in scores if one is not None], method) or Fraction(0)
    passed = is_passed(whole, attempt.rules["pass_mark"])
    return {**evidence, "method": method, "score": str(whole), "passed": passed, "own_score": str(attempt.score)}


def _last(attempt: Attempt) -> dict:
    """Say that no attempt is left, where the quiz is complete once they are used."""
    return {"last": True} if attempt.rules.get("rule") == "attempts" and attempts_left_after(attempt) == 0 else {}


def _use_up(attempt: Attempt) -> None:
    """Tell `completion` of an abandoned attempt that was the last one, where the quiz is complete once all are used."""
    if attempt.enrolment is not None and (last := _last(attempt)):
        completion.record(
            enrolment=attempt.enrolment,
            activity_id=attempt.quiz_id,
            kind="graded",
            data={"attempt": str(attempt.key), "number": attempt.number, "score": "0", "passed": False, **last},
            client_id=uuid.uuid5(attempt.key, "used up"),
            revision=attempt.rules["revision"],
        )


# --- answers that came late ------------------------------------------------------------------------------------------


@transaction.atomic
def decide_late(*, step: AnswerStep, counts: bool, by, reason: str) -> LateDecision | None:
    """Let a late answer count, as a step of its own, or not; a reason is asked. None: decided before, or not late.

    An attempt that the clock had abandoned is submitted by the first late answer that counts.
    """
    if not reason.strip():
        raise ValueError("a decision needs its reason")
    attempt = _locked(step.attempt)
    if step.held != Held.LATE or LateDecision.objects.filter(step=step).exists():
        return None
    decision = LateDecision.objects.create(step=step, counts=counts, reason=reason.strip()[:250], decided_by=by)
    if counts:
        _count(attempt, step, by, reason.strip())
    return decision


def _count(attempt: Attempt, step: AnswerStep, by, reason: str) -> None:
    attempt.last_sequence += 1
    taken = AnswerStep.objects.create(
        attempt=attempt, question_id=step.question_id, client_id=uuid.uuid5(step.client_id, "counts"),
        sequence=attempt.last_sequence, answer=step.answer, certainty=step.certainty, decided_by=by,
    )  # fmt: skip
    attempt.submitted_at = attempt.submitted_at or attempt.deadline_at
    attempt.save(update_fields=["last_sequence", "submitted_at"])
    AttemptQuestion.objects.filter(steps=step).update(
        answer=step.answer, certainty=step.certainty, sequence=taken.sequence, answered_at=step.received_at
    )
    if not attempt.is_open:
        grade_again(attempt=attempt, by=by, reason=reason)
