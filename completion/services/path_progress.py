"""What the courses of people say about their learning paths, written when a course completes or is complete no more."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from typing import cast

from django.db import transaction

from courses.models import CoursePage, PathPage, ShelfPage

from ..models import Achievement, Completion, Enrolment, PathEnrolment
from ..path_policy import Step, decide_path
from ..signals import announce, path_completed
from .achieving import Achieved, make_achievements, undo_achievements

WRITTEN = ["state", "completion", "required_total", "required_complete", "completed_at", "unit_at_completion"]


def steps_of(enrolment: PathEnrolment) -> list[Step]:
    """Return the steps the person is held to."""
    return [Step(row["course"], row["required"], row["milestone"]) for row in enrolment.courses]


@transaction.atomic
def follow_paths(person_ids: Iterable[int]) -> int:
    """Write what the courses of people say about their paths; return how many changed. A few queries for all of them.

    Everyone's paths are locked in one order, so that two who finish do not wait for each other.
    """
    rows = list(
        PathEnrolment.objects.filter(person__in=list(person_ids))
        .exclude(state=PathEnrolment.State.LEFT)
        .order_by("pk")
        .select_for_update(of=("self",))
    )
    if not rows:
        return 0
    was = {row.pk: row.completion for row in rows}
    standing = standing_of({row.person_id for row in rows})
    changed = [row for row in rows if _apply(row, standing[row.person_id])]
    PathEnrolment.objects.bulk_update(changed, WRITTEN, batch_size=500)
    finished = [row for row in changed if row.completion == Completion.COMPLETE != was[row.pk]]
    _achieve(finished)
    if undone := [row.pk for row in changed if row.completion != Completion.COMPLETE == was[row.pk]]:
        undo_achievements(kind=Achievement.Kind.PATH, enrolment_ids=undone)
    for row in finished:
        announce(path_completed, PathEnrolment, path_enrolment_id=row.pk, person_id=row.person_id, path_id=row.path_id)
    return len(changed)


@transaction.atomic
def recompute_paths(*, person_ids: Iterable[int]) -> None:
    """Write what courses say about the paths of people, and the achievements that are missing; for repairs."""
    ids = list(person_ids)
    follow_paths(ids)
    complete = PathEnrolment.objects.filter(person__in=ids, completion=Completion.COMPLETE)
    _achieve(list(complete.exclude(state=PathEnrolment.State.LEFT)))


def path_values(enrolment: PathEnrolment, standing: Iterable[Enrolment]) -> dict:
    """Return the columns of a path enrolment that follow from the person's course enrolments.

    A later cycle asks for completions of its own: what was finished before it began does not count for it.
    """
    mine = [row for row in standing if enrolment.cycle == 1 or row.enrolled_at >= enrolment.enrolled_at]
    completed: dict[int, dt.datetime] = {}
    for row in mine:
        if row.completion == Completion.COMPLETE:
            at = cast(dt.datetime, row.completed_at)
            completed[row.course_id] = min(at, completed.get(row.course_id, at))
    started = [row.course_id for row in mine if row.completion != Completion.NOT_STARTED]
    told = decide_path(steps_of(enrolment), completed, started)
    complete = told.completion == Completion.COMPLETE
    return {
        "state": PathEnrolment.State.FINISHED if complete else PathEnrolment.State.OPEN,
        "completion": told.completion,
        "required_total": told.required_total,
        "required_complete": told.required_complete,
        "completed_at": told.completed_at,
    }


def standing_of(person_ids: set[int]) -> dict[int, list[Enrolment]]:
    found: dict[int, list[Enrolment]] = defaultdict(list)
    for row in Enrolment.objects.filter(person__in=person_ids).order_by("pk"):
        found[row.person_id].append(row)
    return found


def _apply(row: PathEnrolment, standing: list[Enrolment]) -> bool:
    was = row.completion
    values = path_values(row, standing)
    changed = any(getattr(row, name) != value for name, value in values.items())
    for name, value in values.items():
        setattr(row, name, value)
    if row.completion == Completion.COMPLETE != was:
        row.unit_at_completion_id = row.unit_id
    elif row.completion != Completion.COMPLETE == was:
        row.unit_at_completion_id = None
    return changed


def _achieve(finished: list[PathEnrolment]) -> None:
    if not finished:
        return
    paths = PathPage.objects.in_bulk({row.path_id for row in finished})
    agencies = dict(
        ShelfPage.objects.filter(path__in={page.path[: -page.steplen] for page in paths.values()}).values_list(
            "path", "agency"
        )
    )
    people = {row.person_id for row in finished}
    done = Achievement.objects.filter(person__in=people, kind=Achievement.Kind.COURSE, undone_at__isnull=True)
    courses: dict[tuple[int, int], Achievement] = {}
    for one in done.order_by("cycle"):
        courses[one.person_id, one.subject_id] = one
    make_achievements(achieved=[_path_achieved(row, paths[row.path_id], agencies, courses) for row in finished])


def _path_achieved(row: PathEnrolment, page: PathPage, agencies, courses) -> Achieved:
    required = [step.course_id for step in steps_of(row) if step.required]
    parts = [courses[row.person_id, course_id] for course_id in required if (row.person_id, course_id) in courses]
    return Achieved(
        person_id=row.person_id,
        kind=Achievement.Kind.PATH,
        subject_id=row.path_id,
        cycle=row.cycle,
        title=page.title,
        programme_minutes=sum(part.programme_minutes for part in parts),
        form=parts[0].form if parts else CoursePage.Form.ELEARNING,
        is_international=any(part.is_international for part in parts),
        started_at=row.enrolled_at,
        achieved_at=cast(dt.datetime, row.completed_at),
        agency_id=agencies.get(page.path[: -page.steplen]),
        unit_id=row.unit_at_completion_id,
        path_enrolment_id=row.pk,
        facts={
            "summary": page.summary,
            "courses": [{"title": part.title, "minutes": part.programme_minutes} for part in parts],
            "competencies": _joined(parts),
            "place": "",
        },
    )


def _joined(parts: list[Achievement]) -> list[dict]:
    """Each competency once, at the highest level any of the courses names."""
    levels: dict[str, int] = {}
    for part in parts:
        for one in part.facts.get("competencies", []):
            levels[one["name"]] = max(one["level"], levels.get(one["name"], 0))
    return [{"name": name, "level": level} for name, level in levels.items()]
