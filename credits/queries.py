"""Reads of the JP ledger: what a person is credited with in a year, what is pending, and what would close the rest."""

import calendar
import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from django.db.models import Exists, Min, OuterRef, Q, QuerySet, Sum
from django.utils import timezone

from completion.due import add_months
from completion.models import Achievement, Enrolment
from core.law import jp
from core.zones import local_date
from courses.models import CoursePage
from courses.queries import courses_open_to, outline_from, outline_text
from people.models import Employment, Person, Status, current

from . import engine
from .learning import AgencyOnDay, DoneActivity, agencies_of, by_local_day, done_in_open_courses, part
from .models import ExternalTraining, IpLine, JpRule, LedgerEntry, TrainingKind
from .rulebook import RuleBook, rulebook
from .years import JpYear, year_on, years_since

CREDITED_KINDS = (Achievement.Kind.COURSE, Achievement.Kind.EXTERNAL)


def open_entries() -> QuerySet[LedgerEntry]:
    """Return decisions in force: rows that are not reversed and reverse nothing."""
    return LedgerEntry.objects.filter(reverses__isnull=True, reversal__isnull=True)


def unsettled_achievements() -> QuerySet[Achievement]:
    """Return achievements whose ledger does not say what they say, in the order in which they are to be settled."""
    has_entries = Exists(
        LedgerEntry.objects.filter(achievement=OuterRef("pk"), reverses__isnull=True, reversal__isnull=True)
    )
    missing = Q(~has_entries, undone_at__isnull=True, kind__in=CREDITED_KINDS)
    left_over = Q(has_entries, undone_at__isnull=False)
    return Achievement.objects.filter(missing | left_over).order_by("achieved_at", "pk")


def study_in(entry: LedgerEntry) -> engine.Study:
    """Return what a row was decided about, with the terms it was decided with."""
    return engine.Study(
        day=entry.local_date,
        form=entry.form,
        programme=entry.programme,
        minutes=entry.minutes,
        terms=engine.Terms.from_data(entry.terms),
        units=entry.units,
        key=entry.programme,
    )


def credited_in(entry: LedgerEntry) -> Fraction:
    return Fraction(entry.credited_numerator, entry.denominator)


def tallies_of(days: Iterable[tuple[int, str, dt.date]]) -> dict[int, engine.Tally]:
    """Return by person what is decided already in the months of (person, form, day); one query."""
    days = list(days)
    tallies: dict[int, engine.Tally] = {person_id: engine.Tally() for person_id, _form, _day in days}
    if not days:
        return tallies
    first, last = min(day for *_, day in days).replace(day=1), max(day for *_, day in days)
    last = last.replace(day=calendar.monthrange(last.year, last.month)[1])
    forms = {form for _person, form, _day in days}
    rows = LedgerEntry.objects.filter(person__in=list(tallies), form__in=forms, local_date__range=(first, last))
    for entry in rows.order_by("pk"):
        tallies[entry.person_id].add(study_in(entry), credited_in(entry))
    return tallies


# --- a person's year -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Pending:
    """An open course with completed activities: minutes that count once the course is complete."""

    course_id: int
    title: str
    minutes: int
    jp: Fraction  # what would be credited were it complete now


@dataclass(frozen=True)
class Suggestion:
    """A course that would bring JP; `days` are the different days it takes to be credited in full."""

    title: str
    url: str
    jp: Fraction
    days: int
    is_open: bool  # the person is in it already


@dataclass(frozen=True)
class JpSummary:
    """A person's JP in one year, exact. `missing` counts what is pending as there; `earliest` is when it can be closed
    by e-learning alone, None where nothing is missing or no day is soon enough."""

    year: JpYear
    today: dt.date
    is_counted: bool
    credited: Fraction
    cut: Fraction
    minutes: int
    pending: tuple[Pending, ...] = ()
    waiting: tuple[ExternalTraining, ...] = ()  # training done elsewhere that waits for its verification
    earliest: dt.date | None = None
    suggestions: tuple[Suggestion, ...] = ()
    suggestions_close: bool = False
    entries: tuple[LedgerEntry, ...] = ()

    @property
    def target(self) -> Fraction | None:
        return self.year.target

    @property
    def pending_jp(self) -> Fraction:
        return sum((one.jp for one in self.pending), Fraction(0))

    @property
    def missing(self) -> Fraction:
        """What is still to be learnt; nothing where the amount is a ceiling."""
        if self.target is None or self.year.is_ceiling:
            return Fraction(0)
        return max(self.target - self.credited - self.pending_jp, Fraction(0))

    @property
    def is_met(self) -> bool:
        return self.target is not None and not self.year.is_ceiling and self.credited >= self.target

    @property
    def rules(self) -> tuple[JpRule, ...]:
        """The rules that the entries were decided by, each once."""
        return tuple(dict.fromkeys(entry.rule for entry in self.entries if entry.rule))

    @property
    def surplus(self) -> Fraction:
        """JP above the amount that is assigned at most: learnt on one's own."""
        if self.target is None or not self.year.is_ceiling:
            return Fraction(0)
        return max(self.credited - self.target, Fraction(0))

    @property
    def is_current(self) -> bool:
        return self.today in self.year.span

    @property
    def forecast(self) -> Fraction | None:
        """JP at the year's end at the pace so far; None for a past year, and in its first month."""
        if not self.is_current or not self.credited:
            return None
        return engine.forecast(self.credited, self.year.span, self.today)


def jp_summary(person: Person, on: dt.date | None = None, *, full: bool = True) -> JpSummary:
    """Return a person's JP in the year around a day (today in the person's zone when none is given).

    Four queries, however much was learnt; four more where it is `full`: what waits for verification, and suggestions.
    """
    today = local_date(timezone.now(), person.time_zone)
    on = on or today
    book = rulebook()
    agencies = agencies_of(person.pk)
    year = year_on(agencies.employments, book, on)
    done = done_in_open_courses(person.pk, person.time_zone) if today in year.span else []
    first = min([year.span.first, *(one.day.replace(day=1) for one in done)])
    rows = _entries_since(person.pk, first, full=full)
    entries = tuple(row for row in rows if row.local_date in year.span)
    tally = _tally_for(rows, [today, *(one.day for one in done)])
    pending = _pending(done, year, book, agencies, tally)
    summary = JpSummary(
        year=year,
        today=today,
        is_counted=not Status.objects.current(on).filter(person=person, kind=Status.Kind.NOT_COUNTED).exists(),
        credited=sum((credited_in(row) for row in entries), Fraction(0)),
        cut=sum((cut_in(row) for row in entries), Fraction(0)),
        minutes=sum(row.minutes for row in entries),
        pending=pending,
        waiting=_waiting(person.pk, year.span) if full else (),
        entries=entries,
    )
    if not (summary.missing and summary.is_current):
        return summary
    earliest = _earliest(summary, book, agencies, tally)
    if not full:
        return replace(summary, earliest=earliest)
    suggestions, close = _suggestions(person, summary.missing, done, book, agencies, today)
    return replace(summary, earliest=earliest, suggestions=suggestions, suggestions_close=close)


def _waiting(person_id: int, span: engine.Span) -> tuple[ExternalTraining, ...]:
    rows = ExternalTraining.objects.filter(person=person_id, state=ExternalTraining.State.WAITING)
    return tuple(rows.filter(ended_on__range=(span.first, span.last)).order_by("ended_on", "pk"))


def cut_in(entry: LedgerEntry) -> Fraction:
    return Fraction(entry.cut_numerator, entry.denominator)


def _entries_since(person_id: int, first: dt.date, *, full: bool) -> list[LedgerEntry]:
    rows = LedgerEntry.objects.filter(person=person_id, local_date__gte=first).order_by("local_date", "pk")
    return list(rows.select_related("achievement", "rule") if full else rows)


def _tally_for(entries: Iterable[LedgerEntry], days: Iterable[dt.date]) -> engine.Tally:
    """Return what is decided in the months of some days: reading the terms of a whole year takes its time."""
    months = {(day.year, day.month) for day in days}
    tally = engine.Tally()
    for entry in entries:
        if (entry.local_date.year, entry.local_date.month) in months:
            tally.add(study_in(entry), credited_in(entry))
    return tally


def _pending(
    done: Iterable[DoneActivity], year: JpYear, book: RuleBook, agencies: AgencyOnDay, tally: engine.Tally
) -> tuple[Pending, ...]:
    """Credit what waits as if its courses were complete now; the tally takes it up, so that two courses share a day."""
    courses: dict[int, list[DoneActivity]] = {}
    for one in done:
        courses.setdefault(one.course_id, []).append(one)
    found = []
    for course_id, mine in courses.items():
        known = mine[0]
        parts = [
            part(
                book, agencies, form=known.form, is_international=known.is_international,
                programme=f"{Achievement.Kind.COURSE}:{course_id}", day=day, zone=zone, minutes=minutes,
            )
            for day, (zone, minutes) in by_local_day(mine).items()
            if day in year.span
        ]  # fmt: skip
        # What counts by days or pieces counts once it is whole; until then it waits as minutes.
        by_minutes = [one.study for one in parts if one.study.terms and one.study.terms.unit == engine.MINUTES]
        jp = sum((credit.credited for credit in engine.credit(by_minutes, tally)), Fraction(0))
        if parts:
            found.append(Pending(course_id, known.title, sum(one.study.minutes for one in parts), jp))
    return tuple(found)


def _earliest(summary: JpSummary, book: RuleBook, agencies: AgencyOnDay, tally: engine.Tally) -> dt.date | None:
    """Return the first day on which the target can be met by e-learning; None where that is after the year."""
    today = summary.today
    terms = book.ruling(
        form=CoursePage.Form.ELEARNING, is_international=False, day=today, agency_id=agencies.on(today)
    ).terms
    if terms is None:
        return None
    used = tally.by_person.get((today, CoursePage.Form.ELEARNING), Fraction(0))
    day = engine.earliest_day(summary.missing, today, terms.daily_cap, used)
    return day if day and day in summary.year.span else None


def _suggestions(
    person: Person,
    missing: Fraction,
    done: Iterable[DoneActivity],
    book: RuleBook,
    agencies: AgencyOnDay,
    today: dt.date,
) -> tuple[tuple[Suggestion, ...], bool]:
    """Suggest finishing open courses first, then courses of the catalogue, until what is missing is closed."""
    minutes_done: dict[int, int] = {}
    for one in done:
        minutes_done[one.course_id] = minutes_done.get(one.course_id, 0) + one.minutes
    mine = dict(
        Enrolment.objects.filter(person=person).exclude(state=Enrolment.State.LEFT).values_list("course", "state")
    )
    offers: dict[bool, list[tuple[Suggestion, Fraction]]] = {True: [], False: []}
    for course in _offered_courses(person, mine):
        is_open = course.pk in mine
        outline = outline_from(course.pk, course.outline_text)
        terms = book.ruling(
            form=course.form, is_international=course.is_international, day=today, agency_id=agencies.on(today)
        ).terms
        left = outline.required_minutes - (minutes_done.get(course.pk, 0) if is_open else 0)
        if terms is None or left <= 0:
            continue
        jp = terms.worth(left, 1)
        days = engine.days_needed(jp, terms.daily_cap)
        offers[is_open].append((Suggestion(outline.title, outline.url, jp, days, is_open), jp))
    first, closed = engine.choose(missing, sorted(offers[True], key=lambda offer: offer[1]), most=2)
    missing -= sum((one.jp for one in first), Fraction(0))
    if closed:
        return tuple(first), True
    more, closed = engine.choose(missing, sorted(offers[False], key=lambda offer: -offer[1]), most=3)
    return (*first, *more), closed


OFFERED = 300  # courses looked at for suggestions


def _offered_courses(person: Person, mine: Mapping[int, str]) -> QuerySet[CoursePage]:
    """Return courses a person is in and has not finished, and those they may simply begin."""
    opened = [course_id for course_id, state in mine.items() if state == Enrolment.State.OPEN]
    free = Q(enrolment_mode=CoursePage.EnrolmentMode.OPEN) & ~Q(pk__in=list(mine))
    courses = courses_open_to(person).filter(Q(pk__in=opened) | free, outline__data__minutes__gt=0)
    rows = courses.annotate(outline_text=outline_text("outline__"))
    return rows.only("pk", "form", "is_international", "path").order_by("path")[:OFFERED]


def jp_years(person: Person) -> list[JpYear]:
    """Return the years of a person that the ledger knows something of, the newest first; two queries."""
    today = local_date(timezone.now(), person.time_zone)
    first = LedgerEntry.objects.filter(person=person).aggregate(first=Min("local_date"))["first"] or today
    return years_since(agencies_of(person.pk).employments, rulebook(), first, today)


# --- many people -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class JpStanding:
    """What a supervisor sees of somebody's JP: credited in the year, and what is asked."""

    credited: Fraction
    year: JpYear

    @property
    def target(self) -> Fraction | None:
        return self.year.target

    @property
    def is_met(self) -> bool:
        return self.target is not None and not self.year.is_ceiling and self.credited >= self.target


def jp_of_people(people: Iterable[Person], on: dt.date | None = None) -> dict[int, JpStanding]:
    """Return the standing of each person in their own year around a day (today in their zone); two queries."""
    people = list(people)
    now = timezone.now()
    jobs: dict[int, list[Employment]] = {person.pk: [] for person in people}
    for job in Employment.objects.filter(person__in=jobs).order_by("valid_from", "pk"):
        jobs[job.person_id].append(job)
    book = rulebook()
    years = {person.pk: year_on(jobs[person.pk], book, on or local_date(now, person.time_zone)) for person in people}
    sums = _credited_in_years(years)
    return {pk: JpStanding(sums.get(pk, Fraction(0)), year) for pk, year in years.items()}


def _credited_in_years(years: Mapping[int, JpYear]) -> dict[int, Fraction]:
    """Return exact sums by person: the database adds the numerators of each denominator; one query."""
    by_span: dict[engine.Span, list[int]] = {}
    for person_id, year in years.items():
        by_span.setdefault(year.span, []).append(person_id)
    if not by_span:
        return {}
    wanted = Q()
    for span, ids in by_span.items():
        wanted |= Q(person__in=ids, local_date__range=(span.first, span.last))
    rows = LedgerEntry.objects.filter(wanted).order_by().values("person", "denominator")
    sums: dict[int, Fraction] = {}
    for person_id, denominator, numerator in rows.annotate(numerator=Sum("credited_numerator")).values_list(
        "person", "denominator", "numerator"
    ):
        sums[person_id] = sums.get(person_id, Fraction(0)) + Fraction(numerator, denominator)
    return sums


# --- the simulation of IP ASN ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SimulatedLine:
    """One line of the training part: its points if an achievement meets it, else none."""

    line: IpLine
    met_by: Achievement | None

    @property
    def points(self) -> Decimal:
        return self.line.points if self.met_by else Decimal(0)


@dataclass(frozen=True)
class IpSimulation:
    """The training part of IP ASN as it would be by what this platform knows; the official value is SIASN's."""

    lines: tuple[SimulatedLine, ...]

    @property
    def points(self) -> Decimal:
        return sum((one.points for one in self.lines), Decimal(0))

    @property
    def most(self) -> Decimal:
        return sum((one.line.points for one in self.lines), Decimal(0))


def ip_simulation(person: Person, on: dt.date | None = None) -> IpSimulation | None:
    """Simulate the training part on a day; None for somebody without a main post, or whose post has no lines.

    Each line is all or nothing and asks for one programme: ten courses of 2 JP make no training of 20. A path counts
    as one programme. Three queries.
    """
    on = on or local_date(timezone.now(), person.time_zone)
    kind = person.posts.current(on).filter(is_main=True).values_list("kind", flat=True).first()
    lines = [line for line in IpLine.objects.filter(current(on)).order_by("pk") if kind in line.post_kinds]
    if not lines:
        return None
    achieved = list(
        Achievement.objects.filter(person=person, undone_at__isnull=True, local_date__lte=on).order_by(
            "-local_date", "-pk"
        )
    )
    return IpSimulation(tuple(SimulatedLine(line, _first_that_meets(line, achieved, on)) for line in lines))


def _first_that_meets(line: IpLine, achieved: Iterable[Achievement], on: dt.date) -> Achievement | None:
    since = add_months(on, -line.months) if line.months else dt.date.min
    return next((one for one in achieved if one.local_date > since and _meets(line, one)), None)


# Kinds that share a form and that IP ASN tells apart; only training done elsewhere says its kind.
NOT_TECHNICAL = {TrainingKind.FUNCTIONAL, TrainingKind.MANAGERIAL, TrainingKind.SOCIOCULTURAL}


def _meets(line: IpLine, one: Achievement) -> bool:
    kind = one.facts.get("kind")
    if line.line == IpLine.Line.LEADERSHIP and kind == TrainingKind.FUNCTIONAL:
        return True
    if line.line == IpLine.Line.TECHNICAL and kind in NOT_TECHNICAL:
        return False
    return one.form in line.forms and jp(one.programme_minutes, one.local_date) >= Fraction(line.minimum_jp)
