"""Reads of learning paths: how far somebody is in one, what is open in it and what comes next."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import QuerySet

from core.prepared import Prepared
from courses.models import PathPage
from courses.outlines import Outline

from .models import Completion, Enrolment, PathEnrolment
from .path_policy import locked_courses
from .queries import Learning, LearningRecord
from .services.path_progress import steps_of


@dataclass(frozen=True)
class PathStanding:
    """How far a person is in a path. `completed` and `started` name courses; `locked` gives for each closed course the
    one to finish first."""

    enrolment: PathEnrolment | None = None
    completed: frozenset[int] = frozenset()
    started: frozenset[int] = frozenset()
    locked: Mapping[int, int] | None = None

    @property
    def is_enrolled(self) -> bool:
        return self.enrolment is not None

    @property
    def is_finished(self) -> bool:
        return self.enrolment is not None and self.enrolment.completion == Completion.COMPLETE

    @property
    def percent(self) -> int:
        """Share of required courses that are complete, 0–100, rounded down."""
        if self.enrolment is None or not self.enrolment.required_total:
            return 0
        return self.enrolment.required_complete * 100 // self.enrolment.required_total

    def first_needed(self, course_id: int) -> int | None:
        """Return the course to finish before this one opens; None where it is open."""
        return (self.locked or {}).get(course_id)

    def next_of(self, course_ids: Iterable[int]) -> int | None:
        """Return the course to go on with, of those given in order: the first that is open and not complete."""
        return next((pk for pk in course_ids if pk not in self.completed and not self.first_needed(pk)), None)


NOT_IN_PATH = PathStanding()


def standing_in(path_id: int, person) -> PathStanding:
    """Return how far a person is in a path, in two queries; nothing for visitors and those who left it."""
    if not getattr(person, "is_authenticated", False):
        return NOT_IN_PATH
    mine = PathEnrolment.objects.filter(person=person, path=path_id).order_by("-cycle").first()
    if mine is None or mine.state == PathEnrolment.State.LEFT:
        return NOT_IN_PATH
    rows = Enrolment.objects.filter(person=person, course__in=[step.course_id for step in steps_of(mine)])
    return _standing(mine, rows.only("course", "completion", "cycle", "enrolled_at"))


def _standing(mine: PathEnrolment, rows: Iterable[Enrolment]) -> PathStanding:
    counted = [row for row in rows if mine.cycle == 1 or row.enrolled_at >= mine.enrolled_at]
    completed = frozenset(row.course_id for row in counted if row.completion == Completion.COMPLETE)
    started = frozenset(row.course_id for row in counted if row.completion != Completion.NOT_STARTED)
    locked = locked_courses(steps_of(mine), completed, started) if mine.is_ordered else {}
    return PathStanding(mine, completed, started, locked)


# --- all of mine -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PathStep:
    """One course of a path in the list of all of mine; `learning` is None where the person is not enrolled in it."""

    title: str
    url: str
    milestone: str
    required: bool
    is_complete: bool
    locked_by: str  # title of the course to finish first; empty where it is open
    learning: Learning | None


@dataclass(frozen=True)
class MyPath:
    """One path of a person, as the list of all of mine shows it."""

    enrolment: PathEnrolment
    standing: PathStanding
    steps: tuple[PathStep, ...]
    next_step: PathStep | None
    due_at: dt.datetime | None
    is_assigned: bool

    @property
    def title(self) -> str:
        return self.enrolment.path.title

    @property
    def url(self) -> str:
        return self.enrolment.path.get_url() if self.enrolment.path.live else ""


@dataclass(frozen=True)
class MyPaths:
    """All paths of a person that they have not left; `locked` are courses that wait for an earlier one."""

    rows: tuple[MyPath, ...] = ()

    @property
    def locked(self) -> frozenset[int]:
        return frozenset(pk for row in self.rows for pk in row.standing.locked or {})

    def __iter__(self):
        return iter(self.rows)

    def __bool__(self):
        return bool(self.rows)


def _build_mine(person: int) -> QuerySet[PathEnrolment]:
    mine = PathEnrolment.objects.filter(person=person).exclude(state=PathEnrolment.State.LEFT)
    return mine.order_by("-pk")


_mine = Prepared[PathEnrolment](_build_mine, person=int)


def paths_of(person, record: LearningRecord) -> MyPaths:
    """Return the paths of a person beside their courses; one query, and one more where there are paths."""
    mine = _latest_cycles(_mine(person=person.pk))
    if not mine:
        return MyPaths()
    pages = PathPage.objects.in_bulk([row.path_id for row in mine])
    known = [*record.open, *record.finished, *record.left]
    for row in mine:
        row.path = pages[row.path_id]
    return MyPaths(tuple(_my_path(row, known) for row in mine))


def _latest_cycles(rows: Iterable[PathEnrolment]) -> list[PathEnrolment]:
    latest: dict[int, PathEnrolment] = {}
    for row in rows:
        if row.path_id not in latest or row.cycle > latest[row.path_id].cycle:
            latest[row.path_id] = row
    return list(latest.values())


def _my_path(mine: PathEnrolment, known: list[Learning]) -> MyPath:
    standing = _standing(mine, [row.enrolment for row in known])
    newest: dict[int, Learning] = {}
    for row in sorted(known, key=lambda row: row.enrolment.cycle):
        newest[row.enrolment.course_id] = row
    titles = {pk: row.title for pk, row in newest.items()}
    steps = tuple(
        PathStep(
            title=titles.get(step.course_id, ""),
            url=newest[step.course_id].url if step.course_id in newest else "",
            milestone=step.milestone,
            required=step.required,
            is_complete=step.course_id in standing.completed,
            locked_by=titles.get(standing.first_needed(step.course_id) or 0, ""),
            learning=newest.get(step.course_id),
        )
        for step in steps_of(mine)
        if step.course_id in newest
    )
    ahead = standing.next_of(step.course_id for step in steps_of(mine) if step.required)
    following = next((step for step in steps if step.learning and step.learning.enrolment.course_id == ahead), None)
    asked = [step.learning for step in steps if step.learning and step.learning.is_assigned]
    due = [row.due_at for row in asked if row.due_at and row.enrolment.completion != Completion.COMPLETE]
    return MyPath(mine, standing, steps, following, min(due, default=None), bool(asked))


# --- the order as a door ---------------------------------------------------------------------------------------------


def closed_by_order(person, live: Outline) -> tuple[str, int] | None:
    """Return the title of the course to finish first and the id of the path that asks so; None where it is open.

    Asked only of a course that was not begun; two queries where the person is in a path.
    """
    mine = [row for row in _latest_cycles(_mine(person=person.pk)) if row.is_ordered]
    holding = [row for row in mine if any(step.course_id == live.course_id for step in steps_of(row))]
    if not holding:
        return None
    rows = list(Enrolment.objects.filter(person=person).select_related("course"))
    first = [(_standing(row, rows).first_needed(live.course_id), row.path_id) for row in holding]
    if any(course_id is None for course_id, _path in first):
        return None  # one of the paths lets it in
    course_id, path_id = first[0]
    return next((row.course.title for row in rows if row.course_id == course_id), ""), path_id
