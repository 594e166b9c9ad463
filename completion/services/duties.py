"""Standing duties: gathering their people again and again, cycle after cycle, without erasing anything.

Each batch of 500 people is a transaction of its own, so whoever is killed half way has lost nothing, and doing it once
more does what is left.
"""

import datetime as dt
import logging
from collections.abc import Collection
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from core.zones import end_of_day, local_date
from courses.models import CoursePage, PathPage
from people.audiences import audiences_of, members
from people.models import Agency, Audience, Person

from .. import due
from ..duties import duties_in_force, is_in_force
from ..models import Assignment, Completion, Duty, Enrolment, PathEnrolment
from .assigning import assign, open_next_cycle, require_open_to
from .enrolling import EnrolmentRefused
from .following import batches, lock_many
from .paths import assign_path, open_next_path_cycle, required_courses

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Applied:
    """What one look at a duty did, in people: newly asked, asked again in a new cycle, no longer asked."""

    asked: int = 0
    again: int = 0
    released: int = 0


# --- making and ending -----------------------------------------------------------------------------------------------


@transaction.atomic
def make_duty(
    *,
    agency: Agency,
    audience: Audience,
    by: Person,
    reason: str,
    course: CoursePage | None = None,
    path: PathPage | None = None,
    letter_number: str = "",
    due_on: dt.date | None = None,
    due_days: int | None = None,
    valid_months: int | None = None,
    window_days: int = 60,
    starts_on: dt.date | None = None,
    ends_on: dt.date | None = None,
) -> Duty:
    """Ask a group of an agency for a course or a path from a day on (today); its people are gathered in the background.

    Raise EnrolmentRefused where the course or path is not open to the agency, or the group is another agency's.
    """
    if audience.agency_id != agency.pk:
        raise EnrolmentRefused(_("This group is not one of the agency's."))
    if course:
        require_open_to(agency, course)
    if path:
        _require_path_open_to(agency, path)
    duty = Duty.objects.create(
        agency=agency,
        audience=audience,
        course=course,
        path=path,
        reason=reason,
        letter_number=letter_number,
        due_on=due_on,
        due_days=due_days,
        valid_months=valid_months,
        window_days=window_days,
        starts_on=starts_on or local_date(timezone.now(), agency.time_zone),
        ends_on=ends_on,
        made_by=by,
    )
    transaction.on_commit(partial(_gather_later, duty.pk))
    return duty


def _require_path_open_to(agency: Agency, path: PathPage) -> None:
    courses = required_courses(path)
    if not path.live or not courses:
        raise EnrolmentRefused(_("This learning path is not open to the agency."))
    for course in courses:
        require_open_to(agency, course)


def _gather_later(duty_id: int) -> None:
    from ..tasks import apply_duty as task

    task.enqueue(duty_id)


@transaction.atomic
def end_duty(*, duty: Duty, release: bool) -> int:
    """End a duty now; with `release` who has not begun is asked no longer. Return how many people that released.

    Yesterday becomes its last day; a duty of today or later then never was one.
    """
    locked = Duty.objects.select_for_update(of=("self",)).select_related("agency").get(pk=duty.pk)
    yesterday = local_date(timezone.now(), locked.agency.time_zone) - dt.timedelta(days=1)
    if locked.ends_on is None or locked.ends_on > yesterday:
        locked.starts_on, locked.ends_on = min(locked.starts_on, yesterday), yesterday
        locked.save(update_fields=["starts_on", "ends_on"])
    duty.starts_on, duty.ends_on = locked.starts_on, locked.ends_on
    return _release(not_begun(locked)) if release else 0


# --- gathering -------------------------------------------------------------------------------------------------------


def apply_duties() -> int:
    """Look at every duty in force, for the daily clock, each in a task of its own; return how many.

    Joiners are found at once; this finds whom a date or a stopped process let slip, and what runs out.
    """
    duties = list(duties_in_force(timezone.now()))
    for duty in duties:
        _gather_later(duty.pk)
    return len(duties)


def apply_duties_to(*, person_id: int) -> list[Applied]:
    """Ask one person for what the duties of their groups ask, and no longer for what they have left; done at once."""
    person = Person.objects.get(pk=person_id)
    groups = audiences_of(person)
    asking = [duty for duty in duties_in_force(timezone.now()) if duty.audience_id in groups]
    held = Assignment.objects.filter(enrolment__person=person, withdrawn_at__isnull=True, duty__isnull=False)
    left = duties_in_force(timezone.now(), pk__in=held.order_by().values("duty"))
    over = [duty for duty in left if duty.audience_id not in groups]
    return [_apply_safely(duty, [person_id]) for duty in [*asking, *over]]


def follow_duty(*, duty_id: int) -> Applied:
    """Look at one duty now, for the queue."""
    return _apply_safely(Duty.objects.select_related("agency", "audience", "course", "path").get(pk=duty_id), None)


def _apply_safely(duty: Duty, only: Collection[int] | None) -> Applied:
    """A course that was taken from the agency stops its own duty, and is told in the log, but stops no other."""
    try:
        return apply_duty(duty=duty, only=only)
    except EnrolmentRefused as refusal:
        logger.warning("Duty %s is not applied: %s", duty.pk, refusal, extra={"duty": duty.pk})
        return Applied()


def apply_duty(*, duty: Duty, only: Collection[int] | None = None) -> Applied:
    """Gather the people of a duty: ask who is new, ask again whose completion runs out, release who belongs no more.

    `only` limits it to some people by id. Nobody is asked twice, whenever and however often it runs. Raise
    EnrolmentRefused where the course or path is not open to the agency any more.
    """
    now = timezone.now()
    today = local_date(now, duty.agency.time_zone)
    if not is_in_force(duty, today):
        return Applied()
    group = members(duty.audience, today)
    if only is not None:
        group = group.filter(pk__in=only)
    outside = not_begun(duty).exclude(enrolment__person__in=members(duty.audience, today).order_by().values("pk"))
    released = _release(outside if only is None else outside.filter(enrolment__person__in=only))
    asked = sum(_ask(duty, batch, now) for batch in batches(_ids(_new_in(duty, group))))
    again = 0
    if duty.valid_months:
        again = sum(_ask_again(duty, batch, now) for batch in batches(_ids(_running_out(duty, group, now))))
    if only is None:
        Duty.objects.filter(pk=duty.pk).update(applied_at=now)
    return Applied(asked, again, released)


def _ids(people: QuerySet[Person]) -> list[int]:
    return list(people.order_by("pk").values_list("pk", flat=True))


def _rows_of(duty: Duty) -> QuerySet:
    """The cycles of the course or path that the duty asks for."""
    if duty.course_id:
        return Enrolment.objects.filter(course=duty.course_id).order_by()
    return PathEnrolment.objects.filter(path=duty.path_id).order_by()


def _new_in(duty: Duty, group: QuerySet[Person]) -> QuerySet[Person]:
    """Those of a group whom the duty does not ask yet, or not any more since they had left.

    Sets, not a look at each person: ten thousand are compared at once.
    """
    held = Assignment.objects.filter(duty=duty, withdrawn_at__isnull=True).order_by().values("enrolment__person")
    left = _rows_of(duty).filter(state=Enrolment.State.LEFT).values("person")
    return group.filter(~Q(pk__in=held) | Q(pk__in=left))


@transaction.atomic
def _ask(duty: Duty, person_ids: list[int], now: dt.datetime) -> int:
    people = list(Person.objects.filter(pk__in=person_ids).only("pk", "time_zone"))
    return _assign(duty, people, _first_dues(duty, people, now))


def _assign(duty: Duty, people: list[Person], dues: dict[int, dt.datetime]) -> int:
    terms: dict[str, Any] = {
        "people": people,
        "by": None,
        "agency": duty.agency,
        "due_at": dues,
        "reason": duty.reason,
        "letter_number": duty.letter_number,
        "duty": duty,
    }
    if duty.path:
        return assign_path(path=duty.path, **terms)
    return assign(course=cast(CoursePage, duty.course), **terms)


def _first_dues(duty: Duty, people: list[Person], now: dt.datetime) -> dict[int, dt.datetime]:
    """By when a duty is due for those whom it reaches now; who returns to a later cycle, when the last one runs out.

    A fixed day ends in the agency's zone, days after joining end in the person's.
    """
    before = _completions(duty, [person.pk for person in people]) if duty.valid_months else {}
    here = local_date(now, duty.agency.time_zone)
    if not before and duty.due_on and duty.due_on >= here:
        return dict.fromkeys([person.pk for person in people], end_of_day(duty.due_on, duty.agency.time_zone))
    dues = {}
    for person in people:
        if person.pk in before:
            dues[person.pk] = _next_due(duty, person, before[person.pk], now)
        elif duty.due_on and duty.due_on >= here:
            dues[person.pk] = end_of_day(duty.due_on, duty.agency.time_zone)
        else:
            today = local_date(now, person.time_zone)
            day = due.first_due_on(due_on=duty.due_on, due_days=duty.due_days, starts_on=duty.starts_on, today=today)
            if day:
                dues[person.pk] = end_of_day(day, person.time_zone)
    return dues


def _completions(duty: Duty, person_ids: list[int]) -> dict[int, dt.datetime]:
    """When each of the people last finished what the duty asks for."""
    done = _rows_of(duty).filter(person__in=person_ids, completion=Completion.COMPLETE)
    return dict(done.values("person").annotate(last=Max("completed_at")).values_list("person", "last"))


def _next_due(duty: Duty, person: Person, completed_at: dt.datetime, now: dt.datetime) -> dt.datetime:
    zone = person.time_zone
    day = due.next_cycle_due_on(
        local_date(completed_at, zone), duty.valid_months or 0, duty.window_days, local_date(now, zone)
    )
    return end_of_day(day, zone)


# --- cycle after cycle -----------------------------------------------------------------------------------------------


def _running_out(duty: Duty, group: QuerySet[Person], now: dt.datetime) -> QuerySet[Person]:
    """Those of a group whose last completion may have come into its window; `_ask_again` decides day by day."""
    end = local_date(now, duty.agency.time_zone) + dt.timedelta(days=duty.window_days)
    # Short months: the 28th to the 31st may run out on one day. And a day for the zones.
    bound = due.add_months(end, -(duty.valid_months or 0)) + dt.timedelta(days=5)
    rows = _rows_of(duty).filter(completed_at__lt=end_of_day(bound, duty.agency.time_zone))
    later = _rows_of(duty).filter(person=OuterRef("person"), cycle__gt=OuterRef("cycle"))
    return group.filter(pk__in=rows.filter(~Exists(later)).values("person"))


@transaction.atomic
def _ask_again(duty: Duty, person_ids: list[int], now: dt.datetime) -> int:
    """Open the next cycle for those whose completion has come into its window; the finished one stays as it is."""
    people = Person.objects.filter(pk__in=person_ids).only("pk", "time_zone").in_bulk()
    completed = _completions(duty, list(people))
    ready = [
        person
        for person in people.values()
        if person.pk in completed and _is_open_again(duty, person, completed[person.pk], now)
    ]
    if not ready:
        return 0
    dues = {person.pk: _next_due(duty, person, completed[person.pk], now) for person in ready}
    ids = [person.pk for person in ready]
    if duty.path:
        opened = open_next_path_cycle(duty.path, ids, now)
    else:
        opened = open_next_cycle(cast(CoursePage, duty.course), ids, now)
    return _assign(duty, [person for person in ready if person.pk in opened], dues) if opened else 0


def _is_open_again(duty: Duty, person: Person, completed_at: dt.datetime, now: dt.datetime) -> bool:
    zone = person.time_zone
    day = due.opens_again_on(local_date(completed_at, zone), duty.valid_months or 0, duty.window_days)
    return day <= local_date(now, zone)


# --- those who belong no more ----------------------------------------------------------------------------------------


def not_begun(duty: Duty) -> QuerySet[Assignment]:
    """Return what a duty asks and nobody has begun: of a path nothing, else nothing of the course."""
    nothing = Q(path_enrolment__isnull=True) | Q(path_enrolment__completion=Completion.NOT_STARTED)
    open_ones = {"enrolment__state": Enrolment.State.OPEN, "enrolment__completion": Completion.NOT_STARTED}
    return Assignment.objects.filter(nothing, duty=duty, withdrawn_at__isnull=True, **open_ones)


def _release(assignments: QuerySet[Assignment]) -> int:
    """Take assignments back and return of how many people; the rows stay as history.

    An enrolment that came by the assignment, and that nothing else asks for, is left with it.
    """
    people: set[int] = set()
    for batch in batches(list(assignments.order_by("enrolment", "pk").values_list("pk", flat=True))):
        people |= _release_batch(batch)
    return len(people)


@transaction.atomic
def _release_batch(assignment_ids: list[int]) -> set[int]:
    rows = Assignment.objects.filter(pk__in=assignment_ids, withdrawn_at__isnull=True)
    told = {row.enrolment_id: row for row in rows}
    enrolments = lock_many(
        Enrolment.objects.filter(pk__in=told, state=Enrolment.State.OPEN, completion=Completion.NOT_STARTED)
    )
    rows.filter(enrolment__in=enrolments).update(withdrawn_at=timezone.now())
    still = Assignment.objects.filter(enrolment__in=enrolments, withdrawn_at__isnull=True)
    asked = set(still.values_list("enrolment", flat=True))
    over = [e for e in enrolments if e.pk not in asked and e.enrolled_at == told[e.pk].assigned_at]
    Enrolment.objects.filter(pk__in=[e.pk for e in over]).update(state=Enrolment.State.LEFT)
    paths = {path_id for e in over if (path_id := told[e.pk].path_enrolment_id) is not None}
    kept = Assignment.objects.filter(path_enrolment__in=paths, withdrawn_at__isnull=True)
    PathEnrolment.objects.filter(pk__in=paths, state=PathEnrolment.State.OPEN).exclude(
        pk__in=kept.order_by().values("path_enrolment")
    ).update(state=PathEnrolment.State.LEFT)
    return {e.person_id for e in enrolments}
