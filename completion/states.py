"""From events to the columns of progress and enrolment rows: one way, for writing and for proving what was written."""

import datetime as dt
import uuid
from collections.abc import Iterable, Iterator, Mapping, Set
from fractions import Fraction
from typing import Any, NamedTuple

from django.db.models import QuerySet

from courses.queries import course_rule, edition_rules

from . import policy
from .models import ActivityEvent, ActivityProgress, Completion, Enrolment

CHUNK = 2_000  # rows held at a time
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


class EventRow(NamedTuple):
    """What the rules read of an `ActivityEvent`, without the weight of a model: for reading many."""

    enrolment_id: int
    activity_id: int
    kind: str
    effective_at: dt.datetime
    client_id: uuid.UUID
    data: Mapping[str, Any]
    decision_number: int | None
    revision: int | None

    @classmethod
    def read(cls, rows: QuerySet[ActivityEvent]) -> Iterator["EventRow"]:
        """Yield the rows of a query as they come from the database."""
        return map(cls._make, rows.values_list(*cls._fields).iterator(chunk_size=CHUNK))


class ProgressRow(NamedTuple):
    """An `ActivityProgress`, likewise."""

    enrolment_id: int
    activity_id: int
    completion: int
    result: int
    best_score_numerator: int | None
    best_score_denominator: int | None
    seconds: int
    first_at: dt.datetime | None
    last_at: dt.datetime | None
    completed_at: dt.datetime | None
    revision: int | None

    @classmethod
    def read(cls, rows: QuerySet[ActivityProgress]) -> Iterator["ProgressRow"]:
        """Yield the rows of a query as they come from the database."""
        return map(cls._make, rows.values_list(*cls._fields).iterator(chunk_size=CHUNK))


PROGRESS_FIELDS = ProgressRow._fields[2:]
Event = ActivityEvent | EventRow
Progress = ActivityProgress | ProgressRow


def evidence_of(event: Event) -> policy.Evidence:
    """Return an event as the pure rules read it."""
    return policy.Evidence(
        kind=event.kind,
        effective_at=event.effective_at,
        key=event.client_id.hex,
        data=event.data,
        decision_number=event.decision_number,
    )


def rule_for(edition_id: int, activity_id: int, events: Iterable[Event]) -> Mapping[str, Any]:
    """Return the edition's rule; for an activity added later, the one its earliest evidence carries from that day."""
    for ruled in edition_rules(edition_id):
        if ruled.activity_id == activity_id:
            return ruled.rule
    carried = [
        (event.effective_at, event.client_id.hex, event.data["rule"]) for event in events if "rule" in event.data
    ]
    return min(carried, key=lambda item: item[:2])[2] if carried else {}


def decision_of(edition_id: int, activity_id: int, events: Iterable[Event]) -> policy.Decision:
    """Decide one activity of an enrolment from all its events."""
    events = list(events)
    return policy.decide(rule_for(edition_id, activity_id, events), [evidence_of(event) for event in events])


def progress_values(edition_id: int, activity_id: int, events: Iterable[Event]) -> dict[str, Any]:
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


def _last_revision(events: Iterable[Event]) -> int | None:
    seen = [event for event in events if event.revision is not None and event.decision_number is None]
    return max(seen, key=lambda event: (event.effective_at, event.client_id.hex)).revision if seen else None


def enrolment_values(
    enrolment: Enrolment, progress: Iterable[Progress], withdrawn: Set[int], facts: policy.CourseFacts
) -> dict[str, Any]:
    """Return the columns of an enrolment that follow from its progress rows, from what left the live course, and from
    what its course asks for beside activities.

    Finished stays finished: what was withdrawn is frozen in `excused` at that moment, so that a page published again
    does not take a completion back. Only staff can, and then the live course counts again.
    """
    rows = list(progress)
    if enrolment.completion == Completion.COMPLETE:
        excused = frozenset(enrolment.excused)
        values = _enrolment_values(enrolment, rows, excused, facts)
        if values["completion"] == Completion.COMPLETE or excused == withdrawn:
            return values
    return _enrolment_values(enrolment, rows, withdrawn, facts)


def course_decision(
    enrolment: Enrolment, progress: Iterable[Progress], withdrawn: Set[int], facts: policy.CourseFacts
) -> policy.CourseDecision:
    """Decide the course of an enrolment from its progress rows."""
    return policy.decide_course(
        edition_rules(enrolment.edition_id),
        {row.activity_id: row for row in progress},
        withdrawn,
        rule=course_rule(enrolment.edition_id),
        facts=facts,
    )


def _enrolment_values(
    enrolment: Enrolment, rows: list[Progress], withdrawn: Set[int], facts: policy.CourseFacts
) -> dict[str, Any]:
    rules = edition_rules(enrolment.edition_id)
    told = course_decision(enrolment, rows, withdrawn, facts)
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


def score_in(row: ActivityProgress) -> Fraction | None:
    """Return the best score of a row, an exact share of the maximum from 0; None without a mark."""
    if row.best_score_numerator is None:
        return None
    return Fraction(row.best_score_numerator, row.best_score_denominator)
