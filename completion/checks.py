"""Proof that what is stored is what the events say: every difference by name, one learner's events in memory."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import groupby
from operator import attrgetter
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from courses.outlines import Outline
from courses.queries import outline, withdrawn_activities

from .models import ActivityEvent, ActivityProgress, Enrolment
from .states import ENROLMENT_FIELDS, PROGRESS_FIELDS, enrolment_values, progress_values

CHUNK = 500


@dataclass(frozen=True)
class Difference:
    """One field that is stored otherwise than it is recomputed; `activity` is None for the enrolment itself."""

    enrolment: int
    activity: int | None
    field: str
    stored: Any
    recomputed: Any

    def as_data(self) -> dict[str, Any]:
        """Return JSON values; moments as ISO 8601."""
        return {
            name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in asdict(self).items()
        }


def differences() -> Iterator[tuple[int, list[Difference]]]:
    """Yield, for each chunk of enrolments, how many were checked and what differs; four queries where nothing does.

    Learners go on while this runs: what seems to differ is looked at again with its rows locked.
    """
    outlines: dict[int, Outline | None] = {}
    last = 0
    while chunk := list(Enrolment.objects.filter(pk__gt=last).order_by("pk")[:CHUNK]):
        last = chunk[-1].pk
        for course_id in {enrolment.course_id for enrolment in chunk} - outlines.keys():
            outlines[course_id] = outline(course_id)
        found = _check(chunk, outlines)
        yield len(chunk), _check_again(found) if found else []


def _check_again(found: list[Difference]) -> list[Difference]:
    with transaction.atomic():
        doubted = {difference.enrolment for difference in found}
        locked = list(Enrolment.objects.select_for_update().filter(pk__in=doubted).order_by("pk"))
        return _check(locked, {enrolment.course_id: outline(enrolment.course_id) for enrolment in locked})


def _check(chunk: list[Enrolment], outlines: dict[int, Outline | None]) -> list[Difference]:
    events = _streamed(ActivityEvent.objects.filter(enrolment__in=chunk).order_by("enrolment", "pk"), chunk)
    rows = _streamed(ActivityProgress.objects.filter(enrolment__in=chunk).order_by("enrolment", "pk"), chunk)
    return [
        difference
        for enrolment, told, stored in zip(chunk, events, rows, strict=True)
        for difference in _differences_of(enrolment, told, stored, outlines[enrolment.course_id])
    ]


def _streamed(rows: QuerySet, enrolments: list[Enrolment]) -> Iterator[list]:
    """Yield the rows of each enrolment, both in the order of their keys: one learner's are held at a time."""
    groups = groupby(rows.iterator(chunk_size=CHUNK), key=attrgetter("enrolment_id"))
    owner, group = next(groups, (None, iter(())))
    for enrolment in enrolments:
        if owner != enrolment.pk:
            yield []
            continue
        yield list(group)
        owner, group = next(groups, (None, iter(())))


def _differences_of(
    enrolment: Enrolment, events: list[ActivityEvent], rows: list[ActivityProgress], live: Outline | None
) -> Iterator[Difference]:
    by_activity = defaultdict(list)
    for event in events:
        by_activity[event.activity_id].append(event)
    stored = {row.activity_id: row for row in rows}
    truth = []
    for activity_id, told in sorted(by_activity.items()):
        values = progress_values(enrolment.edition_id, activity_id, told)
        truth.append(ActivityProgress(enrolment=enrolment, activity_id=activity_id, **values))
        yield from _compare(enrolment.pk, activity_id, stored.pop(activity_id, None), values, PROGRESS_FIELDS)
    for activity_id in sorted(stored):
        yield Difference(enrolment.pk, activity_id, "row", "a row", None)
    values = enrolment_values(enrolment, truth, withdrawn_activities(enrolment.edition_id, live))
    yield from _compare(enrolment.pk, None, enrolment, values, ENROLMENT_FIELDS)


def _compare(enrolment_id: int, activity_id: int | None, row, values: dict, fields: tuple) -> Iterator[Difference]:
    if row is None:
        yield Difference(enrolment_id, activity_id, "row", None, "a row")
        return
    for name in fields:
        stored = getattr(row, name)
        if stored != values[name]:
            yield Difference(enrolment_id, activity_id, name, stored, values[name])
