"""Proof that what is stored is what the events say: every difference by name, one learner's events in memory."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import groupby
from operator import attrgetter
from typing import Any, TypeVar, cast

from django.db import transaction

from courses.outlines import Outline
from courses.queries import outline, withdrawn_activities

from .facts import facts_of, sign_offs
from .models import Achievement, ActivityEvent, ActivityProgress, Completion, Enrolment, PathEnrolment
from .policy import CourseFacts
from .services.path_progress import path_values, standing_of
from .states import ENROLMENT_FIELDS, PROGRESS_FIELDS, EventRow, ProgressRow, enrolment_values, progress_values

Row = TypeVar("Row", EventRow, ProgressRow)
CHUNK = 500
CLOCK_GRACE = dt.timedelta(hours=1)  # how far the clock that completes courses may lag behind


class Written:
    """A difference as it is written down."""

    def as_data(self) -> dict[str, Any]:
        """Return JSON values; moments as ISO 8601."""
        values = asdict(cast(Any, self))
        return {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in values.items()}


@dataclass(frozen=True)
class Difference(Written):
    """One field that is stored otherwise than it is recomputed; `activity` is None for the enrolment itself."""

    enrolment: int
    activity: int | None
    field: str
    stored: Any
    recomputed: Any


def differences() -> Iterator[tuple[int, list[Difference]]]:
    """Yield, for each chunk of enrolments, how many were checked and what differs; six queries where nothing does.

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
    facts, signed = facts_of(chunk, grace=CLOCK_GRACE), sign_offs([enrolment.pk for enrolment in chunk])
    theirs = {"enrolment__in": [enrolment.pk for enrolment in chunk]}
    events = _streamed(EventRow.read(ActivityEvent.objects.filter(**theirs).order_by("enrolment", "pk")), chunk)
    rows = _streamed(ProgressRow.read(ActivityProgress.objects.filter(**theirs).order_by("enrolment", "pk")), chunk)
    achieved = _achieved(chunk)
    return [
        difference
        for enrolment, told, stored in zip(chunk, events, rows, strict=True)
        for difference in (
            *_differences_of(enrolment, told, stored, outlines[enrolment.course_id], facts[enrolment.pk], achieved),
            *_compare(enrolment.pk, None, enrolment, {"signed_off_at": signed.get(enrolment.pk)}, ("signed_off_at",)),
        )
    ]


def _achieved(chunk: list[Enrolment]) -> set[int]:
    """Return the enrolments whose achievement is in force."""
    rows = Achievement.objects.filter(enrolment__in=chunk, kind=Achievement.Kind.COURSE, undone_at__isnull=True)
    return set(rows.values_list("enrolment", flat=True))


def _unachieved(enrolment: Enrolment, achieved: set[int], *, complete: bool) -> Iterator[Difference]:
    """A completion has its achievement; without one only a completion that was opened again for everyone keeps it."""
    stored = enrolment.pk in achieved
    if complete != stored and (complete or not enrolment.past_completions.exists()):
        yield Difference(enrolment.pk, None, "achievement", stored, complete)


# --- learning paths --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PathDifference(Written):
    """One field of a path enrolment that is stored otherwise than its courses say."""

    path_enrolment: int
    person: int
    field: str
    stored: Any
    recomputed: Any


def path_differences() -> Iterator[tuple[int, list[PathDifference]]]:
    """Yield, for each chunk of path enrolments, how many were checked and what differs; three queries a chunk."""
    last = 0
    while chunk := list(PathEnrolment.objects.filter(pk__gt=last).order_by("pk")[:CHUNK]):
        last = chunk[-1].pk
        found = _check_paths(chunk)
        if found:
            with transaction.atomic():
                doubted = {difference.path_enrolment for difference in found}
                locked = PathEnrolment.objects.select_for_update().filter(pk__in=doubted).order_by("pk")
                found = _check_paths(list(locked))
        yield len(chunk), found


def _check_paths(chunk: list[PathEnrolment]) -> list[PathDifference]:
    standing = standing_of({row.person_id for row in chunk})
    achieved = set(
        Achievement.objects.filter(path_enrolment__in=chunk, undone_at__isnull=True).values_list(
            "path_enrolment", flat=True
        )
    )
    return [difference for row in chunk for difference in _path_differences(row, standing[row.person_id], achieved)]


def _path_differences(row: PathEnrolment, standing: list[Enrolment], achieved: set[int]) -> Iterator[PathDifference]:
    if row.state == PathEnrolment.State.LEFT:
        return
    values = path_values(row, standing)
    for name, value in values.items():
        if getattr(row, name) != value:
            yield PathDifference(row.pk, row.person_id, name, getattr(row, name), value)
    complete = values["completion"] == Completion.COMPLETE
    if complete != (row.pk in achieved):
        yield PathDifference(row.pk, row.person_id, "achievement", row.pk in achieved, complete)


# --- course enrolments -----------------------------------------------------------------------------------------------


def _streamed(rows: Iterator[Row], enrolments: list[Enrolment]) -> Iterator[list[Row]]:
    """Yield the rows of each enrolment, both in the order of their keys: one learner's are held at a time."""
    groups = groupby(rows, key=attrgetter("enrolment_id"))
    owner, group = next(groups, (None, iter(())))
    for enrolment in enrolments:
        if owner != enrolment.pk:
            yield []
            continue
        yield list(group)
        owner, group = next(groups, (None, iter(())))


def _differences_of(
    enrolment: Enrolment,
    events: list[EventRow],
    rows: list[ProgressRow],
    live: Outline | None,
    facts: CourseFacts,
    achieved: set[int],
) -> Iterator[Difference]:
    by_activity = defaultdict(list)
    for event in events:
        by_activity[event.activity_id].append(event)
    stored = {row.activity_id: row for row in rows}
    truth = []
    for activity_id, told in sorted(by_activity.items()):
        values = progress_values(enrolment.edition_id, activity_id, told)
        truth.append(ProgressRow(enrolment.pk, activity_id, **values))
        yield from _compare(enrolment.pk, activity_id, stored.pop(activity_id, None), values, PROGRESS_FIELDS)
    for activity_id in sorted(stored):
        yield Difference(enrolment.pk, activity_id, "row", "a row", None)
    values = enrolment_values(enrolment, truth, withdrawn_activities(enrolment.edition_id, live), facts)
    yield from _compare(enrolment.pk, None, enrolment, values, ENROLMENT_FIELDS)
    yield from _unachieved(enrolment, achieved, complete=values["completion"] == Completion.COMPLETE)


def _compare(enrolment_id: int, activity_id: int | None, row, values: dict, fields: tuple) -> Iterator[Difference]:
    if row is None:
        yield Difference(enrolment_id, activity_id, "row", None, "a row")
        return
    for name in fields:
        stored = getattr(row, name)
        if stored != values[name]:
            yield Difference(enrolment_id, activity_id, name, stored, values[name])
