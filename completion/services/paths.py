"""Learning paths: enrolling in them, assigning and leaving them. Courses are locked before paths, always."""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Min
from django.utils.translation import gettext as _

from courses.models import CoursePage, PathPage, PathStep
from courses.paths import path_is_open_to
from people.queries import main_unit

from ..models import Duty, Enrolment, PathEnrolment
from ..path_policy import Step
from .assigning import Due, assign, open_next_cycle
from .enrolling import EnrolmentRefused, enrol
from .following import batches, main_units
from .path_progress import follow_paths, steps_of


@transaction.atomic
def enrol_in_path(*, person, path: PathPage, by=None) -> PathEnrolment:
    """Enrol a person in a path and in its required courses; twice is once, and what they left opens again.

    Raise EnrolmentRefused with the reason where the path, or one of its required courses, is not open to the person.
    """
    if not path_is_open_to(path, person):
        raise EnrolmentRefused(_("This learning path is not open to you."))
    known = PathEnrolment.objects.filter(person=person, path=path).order_by("-cycle").first()
    steps = steps_of(known) if known else _steps_of(path)
    for course in CoursePage.objects.live().filter(pk__in=[step.course_id for step in steps if step.required]):
        try:
            enrol(person=person, course=course, by=by)
        except EnrolmentRefused as refusal:
            raise EnrolmentRefused(f"{course.title}: {refusal}") from refusal
    if known is None:
        values = {**_new_values(path, steps), "unit": main_unit(person)}
        known, _created = PathEnrolment.objects.get_or_create(person=person, path=path, cycle=1, defaults=values)
    PathEnrolment.objects.filter(pk=known.pk, state=PathEnrolment.State.LEFT).update(
        state=PathEnrolment.State.OPEN, unit=main_unit(person)
    )
    follow_paths([person.pk])
    known.refresh_from_db()
    return known


@transaction.atomic
def assign_path(
    *,
    path: PathPage,
    people: Iterable,
    by,
    agency,
    due_at: Due,
    reason: str,
    letter_number: str = "",
    duty: Duty | None = None,
) -> int:
    """Assign a path: its required courses, each with the same due date; return how many people are newly asked.

    The queries grow with batches of 500 people and with the courses of the path. Raise EnrolmentRefused where a course
    of it is not open to the agency.
    """
    steps = _steps_of(path)
    if not path.live or not steps:
        raise EnrolmentRefused(_("This learning path is not open to the agency."))
    ids = sorted({person.pk for person in people})
    enrolments = {pk: row for batch in batches(ids) for pk, row in _enrol_many(path, steps, batch).items()}
    asked: set[int] = set()
    for course in CoursePage.objects.filter(pk__in=[step.course_id for step in steps if step.required]):
        made = assign(
            course=course,
            people=people,
            by=by,
            agency=agency,
            due_at=due_at,
            reason=reason,
            letter_number=letter_number,
            duty=duty,
            path_enrolments=enrolments,
        )
        asked.add(made)
    back = PathEnrolment.objects.filter(pk__in=enrolments.values(), state=PathEnrolment.State.LEFT)
    back.update(state=PathEnrolment.State.OPEN)
    follow_paths(ids)
    return max(asked, default=0)


def required_courses(path: PathPage) -> list[CoursePage]:
    """Return the live courses that a path requires, in the order in which they are locked."""
    steps = PathStep.objects.filter(path=path, required=True, course__live=True)
    return list(CoursePage.objects.filter(pk__in=steps.values("course")).order_by("path"))


def open_next_path_cycle(path: PathPage, person_ids: list[int], now: dt.datetime) -> set[int]:
    """Open a further cycle of a path and of its required courses for who has finished the last; return whose that is.

    A course whose next cycle is open already counts for this one.
    """
    for course in required_courses(path):
        open_next_cycle(course, person_ids, now)
    latest = {row.person_id: row for row in _rows(path, person_ids)}
    finished = [row for row in latest.values() if row.state == PathEnrolment.State.FINISHED]
    steps, units = _steps_of(path), main_units(person_ids)
    theirs = Enrolment.objects.filter(
        person__in=person_ids, course__in=[step.course_id for step in steps], state=Enrolment.State.OPEN
    )
    since = dict(theirs.order_by().values("person").annotate(first=Min("enrolled_at")).values_list("person", "first"))
    new = PathEnrolment.objects.bulk_create(
        PathEnrolment(
            person_id=row.person_id,
            path=path,
            cycle=row.cycle + 1,
            unit_id=units.get(row.person_id),
            enrolled_at=min(now, since.get(row.person_id, now)),
            **_new_values(path, steps),
        )
        for row in finished
    )
    return {row.person_id for row in new}


def _enrol_many(path: PathPage, steps: list[Step], person_ids: list[int]) -> dict[int, int]:
    """Enrol those who are not and return the path enrolments of the latest cycle by person."""
    known = {row.person_id for row in _rows(path, person_ids)}
    units = main_units(person_ids)
    PathEnrolment.objects.bulk_create(
        [
            PathEnrolment(person_id=pk, path=path, **_new_values(path, steps), unit_id=units.get(pk))
            for pk in person_ids
            if pk not in known
        ],
        ignore_conflicts=True,
    )
    return {row.person_id: row.pk for row in _rows(path, person_ids)}


def _rows(path: PathPage, person_ids: list[int]) -> Iterable[PathEnrolment]:
    """The enrolments of the latest cycle come last."""
    return PathEnrolment.objects.filter(path=path, person__in=person_ids).order_by("cycle")


def _new_values(path: PathPage, steps: list[Step]) -> dict:
    return {
        "courses": [{"course": s.course_id, "required": s.required, "milestone": s.milestone} for s in steps],
        "is_ordered": path.is_ordered,
        "required_total": sum(step.required for step in steps),
    }


def _steps_of(path: PathPage) -> list[Step]:
    rows = PathStep.objects.filter(path=path, course__live=True).order_by("sort_order", "pk")
    return [Step(row.course_id, row.required, row.milestone) for row in rows]


@transaction.atomic
def leave_path(*, enrolment: PathEnrolment) -> PathEnrolment:
    """Leave a path one chose; its courses stay as courses of one's own. Raise EnrolmentRefused with the reason."""
    locked = PathEnrolment.objects.select_for_update(of=("self",)).get(pk=enrolment.pk)
    if locked.state == PathEnrolment.State.FINISHED:
        raise EnrolmentRefused(_("A finished learning path stays in your record."))
    if locked.assignments.filter(withdrawn_at__isnull=True).exists():
        raise EnrolmentRefused(_("This learning path is assigned to you; please ask the organiser."))
    locked.state = PathEnrolment.State.LEFT
    locked.save(update_fields=["state"])
    return locked
