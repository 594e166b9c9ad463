"""Assigning courses to people, and taking assignments back."""

import datetime as dt
import math
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from core.inserting import insert_from
from core.zones import end_of_day, local_date
from courses.models import CoursePage
from courses.queries import outline

from ..models import Assignment, Duty, Enrolment
from ..signals import announce, assigned
from .enrolling import EnrolmentRefused, edition_for, required_total_of
from .following import batches, lock_many, main_units, write_many

Due = dt.datetime | Mapping[int, dt.datetime] | None


@transaction.atomic
def assign(
    *,
    course: CoursePage,
    people: Iterable,
    by,
    agency,
    due_at: Due,
    reason: str,
    letter_number: str = "",
    duty: Duty | None = None,
    path_enrolments: Mapping[int, int] | None = None,
) -> int:
    """Assign a course to people, enrolling those who are not; return how many new assignments that made.

    `due_at` is the end of a local day, None, or a moment for each person's id. `path_enrolments` are the ids of path
    enrolments by person, where a path asks for this course. The same assignment told twice is one, and a duty asks
    once in a cycle. The number of queries grows with batches of 500 people, not with people. An assignment outweighs
    leaving and the number of places. Raise EnrolmentRefused where the course is not open to the agency.
    """
    require_open_to(agency, course)
    edition = edition_for(course)
    required_total = required_total_of(course, edition)
    now = timezone.now()
    paths = path_enrolments or {}
    made = 0
    for batch in batches(_in_order_of_rows(course, {person.pk for person in people})):
        units = main_units(batch)
        _enrol_missing(course, edition, required_total, batch, units, now)
        enrolments = lock_many(Enrolment.objects.filter(course=course, person__in=batch))
        latest = {e.person_id: e for e in sorted(enrolments, key=lambda e: e.cycle)}
        _open_left([e for e in latest.values() if e.state == Enrolment.State.LEFT], units)
        rows = [
            Assignment(
                enrolment=enrolment,
                assigned_by=by,
                agency=agency,
                duty=duty,
                path_enrolment_id=paths.get(person_id),
                reason=reason,
                letter_number=letter_number,
                due_at=due_at.get(person_id) if isinstance(due_at, Mapping) else due_at,
                assigned_at=now,
            )
            for person_id, enrolment in latest.items()
        ]
        made += len(add_assignments(rows))
    return made


def require_open_to(agency, course: CoursePage) -> None:
    """Raise EnrolmentRefused where the course is not live or not shared with the agency."""
    live = outline(course.pk)
    if live is None or not live.live or not live.is_shared_with(agency.pk, signed_in=True):
        raise EnrolmentRefused(_("This course is not open to the agency."))


def add_assignments(rows: list[Assignment]) -> list[Assignment]:
    """Write the assignments that are not there yet and announce them; their enrolments are locked by the caller."""
    there = Assignment.objects.filter(enrolment__in=[row.enrolment_id for row in rows], withdrawn_at__isnull=True)
    known = {_terms(row) for row in there}
    new = Assignment.objects.bulk_create([row for row in rows if _terms(row) not in known])
    if new:
        announce(assigned, Assignment, assignment_ids=[row.pk for row in new])
    return new


def add_alike(enrolments: QuerySet[Enrolment], *, agency_id: int, due_at: dt.datetime, reason: str, by_id) -> int:
    """Ask for many enrolments on the same terms and announce it; return how many were not asked so yet.

    One insert, however many they are; the enrolments are locked by the caller.
    """
    terms: dict[str, Any] = {"agency_id": agency_id, "due_at": due_at, "reason": reason}
    alike = Assignment.objects.filter(
        **terms, duty=None, path_enrolment=None, letter_number="", withdrawn_at=None, enrolment__in=enrolments
    ).order_by()
    now = timezone.now()
    insert_from(
        enrolments.exclude(pk__in=alike.values("enrolment")).order_by("pk"),
        Assignment,
        enrolment=F("pk"),
        agency=agency_id,
        assigned_by=by_id,
        assigned_at=now,
        due_at=due_at,
        reason=reason,
    )
    made = list(alike.filter(assigned_at=now).values_list("pk", flat=True))
    if made:
        announce(assigned, Assignment, assignment_ids=made)
    return len(made)


def _terms(row: Assignment) -> tuple:
    """What makes two assignments of an enrolment the same; whoever signed, and when, does not."""
    asked_by = (row.enrolment_id, row.duty_id, row.path_enrolment_id)
    return asked_by if row.duty_id else (*asked_by, row.agency_id, row.due_at, row.reason, row.letter_number)


def open_next_cycle(course: CoursePage, person_ids: list[int], now: dt.datetime) -> set[int]:
    """Open a further cycle, in the latest edition, for who has finished the last one; return whose that is.

    The course is held until the transaction ends: two who do this take turns, and the second finds it done.
    """
    edition = edition_for(course)
    required_total = required_total_of(course, edition)
    enrolments = lock_many(Enrolment.objects.filter(course=course, person__in=person_ids))
    latest = {e.person_id: e for e in sorted(enrolments, key=lambda e: e.cycle)}
    units = main_units(person_ids)
    new = Enrolment.objects.bulk_create(
        Enrolment(
            person_id=pk,
            course=course,
            cycle=last.cycle + 1,
            edition=edition,
            unit_id=units.get(pk),
            required_total=required_total,
            enrolled_at=now,
        )
        for pk, last in latest.items()
        if last.state == Enrolment.State.FINISHED
    )
    return {row.person_id for row in new}


def due_after(people: Iterable, days: int) -> dict[int, dt.datetime]:
    """Return by person's id the end of the day some days after today, each in the person's own zone."""
    now, span = timezone.now(), dt.timedelta(days=days)
    return {person.pk: end_of_day(local_date(now, person.time_zone) + span, person.time_zone) for person in people}


def _in_order_of_rows(course: CoursePage, person_ids: set[int]) -> list[int]:
    """Put who is enrolled first, in the order of their rows: the batches lock in the order that all others lock in."""
    rows: dict[int, int] = {}
    for batch in batches(list(person_ids)):
        rows.update(Enrolment.objects.filter(course=course, person__in=batch).values_list("person", "pk"))
    return sorted(person_ids, key=lambda pk: (rows.get(pk, math.inf), pk))


def _enrol_missing(
    course: CoursePage, edition, required_total: int, person_ids: list[int], units, now: dt.datetime
) -> None:
    known = set(Enrolment.objects.filter(course=course, person__in=person_ids).values_list("person", flat=True))
    rows = [
        Enrolment(
            person_id=pk,
            course=course,
            edition=edition,
            unit_id=units.get(pk),
            required_total=required_total,
            enrolled_at=now,
        )
        for pk in person_ids
        if pk not in known
    ]
    Enrolment.objects.bulk_create(rows, ignore_conflicts=True)


def _open_left(enrolments: list[Enrolment], units: Mapping[int, int]) -> None:
    """Open again what people had left: an assignment outweighs leaving."""
    for enrolment in enrolments:
        enrolment.state, enrolment.unit_id = Enrolment.State.OPEN, units.get(enrolment.person_id)
    Enrolment.objects.bulk_update(enrolments, ["state", "unit"])
    if enrolments:
        write_many(enrolments)


@transaction.atomic
def withdraw_assignment(*, assignment: Assignment) -> None:
    """Take an assignment back; the row stays as history and the enrolment goes on as a voluntary one.

    What a standing duty asks would come again tomorrow: raise EnrolmentRefused, saying what to do instead.
    """
    if assignment.duty_id:
        raise EnrolmentRefused(_("A standing duty asks for this. Exempt the person, or end the duty."))
    Assignment.objects.filter(pk=assignment.pk, withdrawn_at__isnull=True).update(withdrawn_at=timezone.now())
