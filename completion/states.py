"""From events to the columns of progress and enrolment rows: one way, for writing and for proving what was written."""

import datetime as dt
from collections.abc import Iterable, Mapping, Set
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from courses.queries import course_rule, edition_rules

from . import policy
from .models import ActivityEvent, ActivityProgress, Completion, Enrolment

if TYPE_CHECKING:
    from .facts import Known

Marks = tuple[tuple[dt.datetime, Fraction], ...]  # each moment at which the best mark rose, and to what

PROGRESS_FIELDS = (
    "completion",
    "result",
    "best_score_numerator",
    "best_score_denominator",
    "seconds",
    "first_at",
    "last_at",
    "completed_at",
    "revision",
)
ENROLMENT_FIELDS = (
    "state",
    "completion",
    "result",
    "required_total",
    "required_complete",
    "started_at",
    "completed_at",
    "waits_until",
    "awaits_sign_off",
    "last_activity_id",
    "last_seen_at",
    "excused",
)


def evidence_of(event: ActivityEvent) -> policy.Evidence:
    """Return an event as the pure rules read it."""
    return policy.Evidence(
        kind=event.kind,
        effective_at=event.effective_at,
        key=event.client_id.hex,
        data=event.data,
        decision_number=event.decision_number,
    )


def rule_for(edition_id: int, activity_id: int, events: Iterable[ActivityEvent]) -> Mapping[str, Any]:
    """Return the edition's rule; for an activity added later, the one its earliest evidence carries from that day."""
    for ruled in edition_rules(edition_id):
        if ruled.activity_id == activity_id:
            return ruled.rule
    carried = [
        (event.effective_at, event.client_id.hex, event.data["rule"]) for event in events if "rule" in event.data
    ]
    return min(carried, key=lambda item: item[:2])[2] if carried else {}


def decision_of(edition_id: int, activity_id: int, events: Iterable[ActivityEvent]) -> policy.Decision:
    """Decide one activity of an enrolment from all its events."""
    events = list(events)
    return policy.decide(rule_for(edition_id, activity_id, events), [evidence_of(event) for event in events])


def progress_values(edition_id: int, activity_id: int, events: Iterable[ActivityEvent]) -> dict[str, Any]:
    """Return the columns of a progress row that follow from the events of one activity."""
    events = list(events)
    told = decision_of(edition_id, activity_id, events)
    return {
        "completion": told.completion,
        "result": told.result,
        "best_score_numerator": None if told.best_score is None else told.best_score.numerator,
        "best_score_denominator": None if told.best_score is None else told.best_score.denominator,
        "seconds": told.seconds,
        "first_at": told.first_at,
        "last_at": told.last_at,
        "completed_at": told.completed_at,
        "revision": _last_revision(events),
    }


def _last_revision(events: Iterable[ActivityEvent]) -> int | None:
    seen = [event for event in events if event.revision is not None and event.decision_number is None]
    return max(seen, key=lambda event: (event.effective_at, event.client_id.hex)).revision if seen else None


def enrolment_values(
    enrolment: Enrolment, progress: Iterable[ActivityProgress], withdrawn: Set[int], known: "Known"
) -> dict[str, Any]:
    """Return the columns of an enrolment that follow from its progress rows, from what left the live course, and from
    what its course asks for beside activities.

    Finished stays finished: what was withdrawn is frozen in `excused` at that moment, so that a page published again
    does not take a completion back. Only staff can, and then the live course counts again.
    """
    rows = list(progress)
    if enrolment.completion == Completion.COMPLETE:
        values = _enrolment_values(enrolment, rows, frozenset(enrolment.excused), known)
        if values["completion"] == Completion.COMPLETE:
            return values
    return _enrolment_values(enrolment, rows, withdrawn, known)


def course_decision(
    enrolment: Enrolment, progress: Iterable[ActivityProgress], withdrawn: Set[int], known: "Known"
) -> policy.CourseDecision:
    """Decide the course of an enrolment from its progress rows."""
    decisions = {row.activity_id: _decision_in(row, known.marks.get(row.activity_id, ())) for row in progress}
    return policy.decide_course(
        edition_rules(enrolment.edition_id),
        decisions,
        withdrawn,
        rule=course_rule(enrolment.edition_id),
        facts=known.facts,
    )


def _enrolment_values(
    enrolment: Enrolment, rows: list[ActivityProgress], withdrawn: Set[int], known: "Known"
) -> dict[str, Any]:
    rules = edition_rules(enrolment.edition_id)
    told = course_decision(enrolment, rows, withdrawn, known)
    seen = [row for row in rows if row.last_at]
    last = max(seen, key=lambda row: (row.last_at, row.activity_id), default=None)
    complete = told.completion == policy.COMPLETE
    return {
        "state": _state(enrolment.state, complete),
        "completion": told.completion,
        "result": told.result,
        "required_total": told.required_total,
        "required_complete": told.required_complete,
        "started_at": min((row.first_at for row in seen if row.first_at), default=None),
        "completed_at": told.completed_at,
        "waits_until": told.waits_until,
        "awaits_sign_off": told.awaits_sign_off,
        "last_activity_id": last.activity_id if last else None,
        "last_seen_at": last.last_at if last else None,
        "excused": sorted(
            rule.activity_id for rule in rules if complete and rule.required and rule.activity_id in withdrawn
        ),
    }


def _state(state: str, complete: bool) -> str:
    if state == Enrolment.State.LEFT:
        return state
    return Enrolment.State.FINISHED if complete else Enrolment.State.OPEN


def _decision_in(row: ActivityProgress, marks: Marks) -> policy.Decision:
    return policy.Decision(completion=row.completion, result=row.result, completed_at=row.completed_at, marks=marks)


def score_in(row: ActivityProgress) -> Fraction | None:
    """Return the best score of a row, an exact share of the maximum from 0; None without a mark."""
    if row.best_score_numerator is None:
        return None
    return Fraction(row.best_score_numerator, row.best_score_denominator)
