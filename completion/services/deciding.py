"""Decisions of staff: numbered, with a reason; the last one holds and none is erased."""

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from .. import policy
from ..models import ActivityEvent, ActivityProgress, CourseDecision, Enrolment
from .evidence import add_event
from .following import BATCH, batches, follow_activity, lock_many, locked_enrolment, tell, write_many


def decide_by_staff(
    *, enrolment: Enrolment, activity_id: int, complete: bool | None, by, reason: str
) -> ActivityProgress:
    """Override an activity as complete or not; None takes that back. The last decision holds, whatever comes."""
    return _decide(enrolment, activity_id, ActivityEvent.Kind.OVERRIDDEN, {"complete": complete}, by, reason)


def ask_to_redo(*, enrolment: Enrolment, activity_id: int, by, reason: str) -> ActivityProgress:
    """Have an activity done again: what was learnt before stays in the history and no longer counts."""
    return _decide(enrolment, activity_id, ActivityEvent.Kind.REDO, {}, by, reason)


def regrade_by_staff(
    *, enrolment: Enrolment, activity_id: int, data: Mapping[str, Any], by, reason: str
) -> ActivityProgress:
    """Put another mark in the place of an attempt's: the last one holds. Raise policy.BadEvidence."""
    policy.check_evidence(policy.GRADED, data)
    return _decide(enrolment, activity_id, ActivityEvent.Kind.GRADED, dict(data), by, reason)


@transaction.atomic
def _decide(enrolment: Enrolment, activity_id: int, kind: str, data: dict, by, reason: str) -> ActivityProgress:
    if not reason.strip():
        raise ValueError("a decision needs its reason")
    locked = locked_enrolment(enrolment.pk)
    events = locked.events.filter(activity_id=activity_id)
    number = (events.aggregate(last=Max("decision_number"))["last"] or 0) + 1
    add_event(
        locked,
        activity_id,
        kind=kind,
        data=data,
        client_id=uuid.uuid4(),
        decided_by=by,
        decision_number=number,
        reason=reason.strip(),
    )
    return tell(enrolment, locked, follow_activity(locked, activity_id))


# --- signing off a whole course --------------------------------------------------------------------------------------


def sign_off(*, enrolments: Iterable[Enrolment], by, reason: str) -> int:
    """Sign the course of some enrolments off; return how many were not before. Told twice is once.

    Nobody signs their own off. Batches of 500, each its own transaction and a handful of queries.
    """
    return _decide_courses(enrolments, signed_off=True, by=by, reason=reason)


def take_back_sign_off(*, enrolments: Iterable[Enrolment], by, reason: str) -> int:
    """Take back that courses were signed off; return how many were. They are open again where that is asked for."""
    return _decide_courses(enrolments, signed_off=False, by=by, reason=reason)


def _decide_courses(enrolments: Iterable[Enrolment], *, signed_off: bool, by, reason: str) -> int:
    if not reason.strip():
        raise ValueError("a decision needs its reason")
    decided = 0
    for batch in batches(sorted(enrolment.pk for enrolment in enrolments)):
        decided += _decide_batch(batch, signed_off=signed_off, by=by, reason=reason.strip())
    return decided


@transaction.atomic
def _decide_batch(enrolment_ids: list[int], *, signed_off: bool, by, reason: str) -> int:
    others = Enrolment.objects.filter(pk__in=enrolment_ids).exclude(person=by)
    locked = [enrolment for enrolment in lock_many(others) if (enrolment.signed_off_at is not None) != signed_off]
    last = (
        CourseDecision.objects.filter(enrolment__in=locked).order_by().values_list("enrolment").annotate(Max("number"))
    )
    numbers = dict(last)
    now = timezone.now()
    CourseDecision.objects.bulk_create(
        [
            CourseDecision(
                enrolment=enrolment,
                number=numbers.get(enrolment.pk, 0) + 1,
                signed_off=signed_off,
                decided_by=by,
                decided_at=now,
                reason=reason,
            )
            for enrolment in locked
        ],
        batch_size=BATCH,
    )
    for enrolment in locked:
        enrolment.signed_off_at = now if signed_off else None
    Enrolment.objects.filter(pk__in=[enrolment.pk for enrolment in locked]).update(
        signed_off_at=now if signed_off else None
    )
    write_many(locked)
    return len(locked)
