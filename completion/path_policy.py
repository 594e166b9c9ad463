"""What a learning path asks and how far somebody is in it: pure rules over the courses that are complete."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .policy import COMPLETE, IN_PROGRESS, NOT_STARTED


@dataclass(frozen=True)
class Step:
    """One course of a path, as it was when the person enrolled."""

    course_id: int
    required: bool = True
    milestone: str = ""


@dataclass(frozen=True)
class PathDecision:
    """How far a path is: complete with all required courses, at the moment the last of them was."""

    completion: int
    required_total: int
    required_complete: int
    completed_at: dt.datetime | None


def decide_path(steps: Iterable[Step], completed: Mapping[int, dt.datetime], started: Iterable[int]) -> PathDecision:
    """Decide a path; `completed` gives when each complete course was, `started` names those that were begun.

    A path that requires nothing is never complete.
    """
    steps = list(steps)
    required = [step.course_id for step in steps if step.required]
    done = [completed[course_id] for course_id in required if course_id in completed]
    complete = bool(required) and len(done) == len(required)
    begun = {*completed, *started} & {step.course_id for step in steps}
    return PathDecision(
        completion=COMPLETE if complete else IN_PROGRESS if begun else NOT_STARTED,
        required_total=len(required),
        required_complete=len(done),
        completed_at=max(done) if complete else None,
    )


def locked_courses(steps: Iterable[Step], completed: Iterable[int], started: Iterable[int]) -> dict[int, int]:
    """Return the courses of an ordered path that are not open yet, each with the one to finish first.

    What was begun stays open: an order that came later locks nobody out.
    """
    done, begun = set(completed), {*completed, *started}
    locked: dict[int, int] = {}
    first_missing: int | None = None
    for step in steps:
        if first_missing is not None and step.course_id not in begun:
            locked[step.course_id] = first_missing
        if first_missing is None and step.required and step.course_id not in done:
            first_missing = step.course_id
    return locked
