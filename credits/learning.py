"""What there is to be credited: minutes on local days, of achievements and of courses that are still open.

The minutes of a course are the planned minutes of each required activity, on the local day on which it was completed:
the day of the event that completed it. Measured seconds would reward a page left open, and a course credited on its
last day would lose to the limit of that day what was learnt on others.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import OuterRef, QuerySet, Subquery

from completion.models import Achievement, ActivityEvent, ActivityProgress, Completion, Enrolment
from core.prepared import Prepared
from core.zones import local_date
from courses.models import EditionActivity
from people.models import Employment

from . import engine
from .rulebook import RuleBook, Ruling

# Days over which one programme is spread at most; what says it lasted longer counts on its last year of days.
LONGEST = 366


@dataclass(frozen=True)
class Part:
    """Minutes of a programme on one local day, with the ruling of that day."""

    study: engine.Study
    zone: str
    ruling: Ruling


@dataclass(frozen=True)
class DoneActivity:
    """A required activity that was completed: the local day, its zone and planned minutes, and of which course."""

    day: dt.date
    zone: str
    minutes: int
    course_id: int
    title: str
    form: str
    is_international: bool


def done_in_open_courses(person_id: int, zone: str) -> list[DoneActivity]:
    """Return the completed required activities of all courses that a person is in and has not finished; one query.

    A completion whose event is not found falls on the day of its moment in `zone`.
    """
    return [_done(row, zone) for row in _of_person(person=person_id)]


def done_for(achievements: Iterable[Achievement]) -> dict[int, list[DoneActivity]]:
    """Return the same of the enrolments behind achievements, by achievement; one query."""
    by_enrolment = {one.enrolment_id: one for one in achievements if one.enrolment_id is not None}
    done: dict[int, list[DoneActivity]] = {one.pk: [] for one in by_enrolment.values()}
    for row in _build(enrolment__in=list(by_enrolment)) if by_enrolment else ():
        achievement = by_enrolment[row[0]]
        done[achievement.pk].append(_done(row, achievement.zone))
    return done


def _done(row: tuple, zone: str) -> DoneActivity:
    _enrolment, completed_at, day, day_zone, *facts = row
    return DoneActivity(day or local_date(completed_at, zone), day_zone or zone, *facts)


def _build(**wanted) -> QuerySet:
    rows = ActivityProgress.objects.filter(completion=Completion.COMPLETE, **wanted)
    rows = rows.annotate(planned=_planned_minutes(), day=_event("local_date"), day_zone=_event("zone"))
    course = (f"enrolment__course__{field}" for field in ("pk", "title", "form", "is_international"))
    return (
        rows.filter(planned__isnull=False)
        .order_by("completed_at", "pk")
        .values_list("enrolment", "completed_at", "day", "day_zone", "planned", *course)
    )


_of_person = Prepared[tuple](
    lambda person: _build(enrolment__person=person, enrolment__state=Enrolment.State.OPEN), person=int
)


def _planned_minutes() -> Subquery:
    named = EditionActivity.objects.filter(
        edition=OuterRef("enrolment__edition"), activity=OuterRef("activity"), required=True
    )
    return Subquery(named.values("planned_minutes")[:1])


def _event(field: str) -> Subquery:
    """Return SQL for a field of the event that completed the activity of a progress row."""
    events = ActivityEvent.objects.filter(
        enrolment=OuterRef("enrolment"), activity=OuterRef("activity"), effective_at=OuterRef("completed_at")
    )
    return Subquery(events.order_by("pk").values(field)[:1])


# --- of an achievement -----------------------------------------------------------------------------------------------


def parts_of(
    achievement: Achievement, done: Sequence[DoneActivity], book: RuleBook, agencies: "AgencyOnDay"
) -> list[Part]:
    """Return what an achievement is to be credited for: at least one part, none for a path, whose courses carry it.

    `done` are the activities of its enrolment, as `done_for` gives them.
    """
    if achievement.kind == Achievement.Kind.PATH:
        return []
    last = achievement.local_date
    unit = _unit(achievement, book, agencies, last)
    if achievement.kind == Achievement.Kind.COURSE:
        days = _course_days(achievement, done, by_day=unit == engine.MINUTES)
    else:
        days = [(day, achievement.zone, minutes, units) for day, minutes, units in _external_days(achievement, unit)]
    return [
        part(
            book, agencies, form=achievement.form, is_international=achievement.is_international,
            programme=programme_of(achievement), day=day, zone=zone, minutes=minutes, units=units,
        )
        for day, zone, minutes, units in days
    ]  # fmt: skip


def programme_of(achievement: Achievement) -> str:
    return f"{achievement.kind}:{achievement.subject_id}"


def part(
    book: RuleBook,
    agencies: "AgencyOnDay",
    *,
    form: str,
    is_international: bool,
    programme: str,
    day: dt.date,
    zone: str,
    minutes: int,
    units: int = 1,
) -> Part:
    ruling = book.ruling(form=form, is_international=is_international, day=day, agency_id=agencies.on(day))
    return Part(engine.Study(day, form, programme, minutes, ruling.terms, units, programme), zone, ruling)


def _unit(achievement: Achievement, book: RuleBook, agencies: "AgencyOnDay", day: dt.date) -> str:
    ruling = book.ruling(
        form=achievement.form,
        is_international=achievement.is_international,
        day=day,
        agency_id=agencies.on(day),
    )
    return ruling.terms.unit if ruling.terms else engine.MINUTES


def _course_days(
    achievement: Achievement, done: Sequence[DoneActivity], *, by_day: bool
) -> list[tuple[dt.date, str, int, int]]:
    """Return (day, zone, minutes, units). A form counted by days or pieces is one piece, on the day it was achieved:
    lessons done on five evenings do not make five days of seminar."""
    if not done:
        return [(achievement.local_date, achievement.zone, achievement.programme_minutes, 1)]
    if not by_day:
        return [(achievement.local_date, achievement.zone, sum(one.minutes for one in done), 1)]
    return [(day, zone, minutes, 1) for day, (zone, minutes) in by_local_day(done).items()]


def by_local_day(done: Iterable[DoneActivity]) -> dict[dt.date, tuple[str, int]]:
    """Return zone and minutes of each local day; who travelled on that day keeps the zone of the last activity."""
    days: dict[dt.date, tuple[str, int]] = {}
    for one in done:
        days[one.day] = (one.zone, days.get(one.day, ("", 0))[1] + one.minutes)
    return days


def _external_days(achievement: Achievement, unit: str) -> list[tuple[dt.date, int, int]]:
    """Return (day, minutes, units) of training done elsewhere, from its first to its last day.

    `facts["units"]` are its sessions, semesters, times or days as they were verified; fewer days than from the first
    to the last are spread over them.
    """
    last = achievement.local_date
    first = max(min(achievement.started_on, last), last - dt.timedelta(days=LONGEST - 1))
    length, total = (last - first).days + 1, achievement.programme_minutes
    told = achievement.facts.get("units")
    units = max(told, 1) if isinstance(told, int) else 1
    if unit in (engine.ONCE, engine.SEMESTER):
        return [(last, total, units)]
    if unit == engine.SESSION:
        return _spread(total, first, length, units)
    return _spread(total, first, length, min(units, length) if unit == engine.DAY and told else length)


def _spread(total: int, first: dt.date, length: int, pieces: int) -> list[tuple[dt.date, int, int]]:
    """Share minutes over so many pieces, and these over the days; a day has as many units as pieces."""
    days: dict[dt.date, tuple[int, int]] = {}
    for number, minutes in enumerate(engine.spread(total, pieces)):
        day = first + dt.timedelta(days=number * length // pieces)
        known = days.get(day, (0, 0))
        days[day] = (known[0] + minutes, known[1] + 1)
    return [(day, minutes, count) for day, (minutes, count) in days.items()]


# --- whose rules -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class AgencyOnDay:
    """Which agency employed a person on a day, from rows read once; `otherwise` for days without an employment."""

    employments: tuple[Employment, ...]
    otherwise: int | None = None

    def on(self, day: dt.date) -> int | None:
        covering = [
            job for job in self.employments if job.valid_from <= day and (job.valid_to is None or job.valid_to >= day)
        ]
        return max(covering, key=lambda job: (job.valid_from, job.pk)).agency_id if covering else self.otherwise


_employments = Prepared[Employment](
    lambda person: Employment.objects.filter(person=person).order_by("valid_from", "pk"), person=int
)


def agencies_of(person_id: int) -> AgencyOnDay:
    """Return the agencies of a person's days; one query."""
    return AgencyOnDay(tuple(_employments(person=person_id)))


def employments_of(person_ids: Iterable[int]) -> dict[int, tuple[Employment, ...]]:
    """Return the employments of many people, for `AgencyOnDay`; one query."""
    jobs: dict[int, tuple[Employment, ...]] = {}
    for job in Employment.objects.filter(person__in=list(person_ids)).order_by("valid_from", "pk"):
        jobs[job.person_id] = (*jobs.get(job.person_id, ()), job)
    return jobs
