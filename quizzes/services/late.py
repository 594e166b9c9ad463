"""Answers that came after the time: one decision for several, one letter for each attempt."""

from collections.abc import Iterable

from django.db import transaction

from ..models import AnswerStep
from ..tasks import tell_late_decision
from .ending import decide_late


def decide_late_answers(*, steps: Iterable[AnswerStep], counts: bool, by, reason: str) -> int:
    """Let late answers count, or not, each attempt's in a transaction of its own; return how many were decided now.

    What somebody has decided before stays as it is. The steps of an attempt are taken in the order they came, so that
    of two answers to one question the newer counts.
    """
    by_attempt: dict[int, list[AnswerStep]] = {}
    for step in sorted(steps, key=lambda step: (step.attempt_id, step.sequence)):
        by_attempt.setdefault(step.attempt_id, []).append(step)
    return sum(_decide(attempt, mine, counts, by, reason) for attempt, mine in by_attempt.items())


@transaction.atomic
def _decide(attempt_id: int, steps: list[AnswerStep], counts: bool, by, reason: str) -> int:
    made = sum(decide_late(step=step, counts=counts, by=by, reason=reason) is not None for step in steps)
    if made:
        tell_late_decision.enqueue(attempt_id)
    return made
