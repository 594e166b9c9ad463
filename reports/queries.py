"""What a supervisor may read about their people: assigned courses, how far they are, and the JP of the year.

No marks, no answers, no name of anything voluntary. Every function starts from `sight`, what
`people.visibility.supervised_by` gave for the viewer, so a row that the viewer may not see cannot come in by a filter.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypedDict

from django.db.models import Case, Count, Exists, F, Min, OuterRef, Q, QuerySet, Subquery, Value, When, Window
from django.db.models.functions import Coalesce
from django.db.models.lookups import LessThan
from django.utils import timezone

from completion.models import Assignment, Completion, Enrolment, Result
from completion.queries import (
    Standing,
    assigned_annotation,
    due_annotation,
    exempted_annotation,
    is_exempted,
    standing,
    superseded,
)
from credits.queries import JpStanding, jp_of_people
from people.models import Person, Post, Status

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class Told(TypedDict):
        post_title: str | None
        unit_name: str | None
        on_leave: bool

    ToldPerson = WithAnnotations[Person, Told]

PAGE_SIZE = 50


@dataclass(frozen=True)
class Filters:
    """What the viewer asked for, already checked by `reports.forms.TeamFilterForm`."""

    course: int | None = None
    state: str = ""
    query: str = ""
    sort: str = "urgency"
    page: int = 1


@dataclass(frozen=True)
class AssignedCourse:
    """One assigned course of a person; `percent` is 0–100, `due_at` the effective due moment, told in `zone`.

    `exempted` is the reason why the person need not take it, empty for who must.
    """

    enrolment_id: int
    course_id: int
    title: str
    state: Standing
    percent: int
    due_at: dt.datetime | None
    completed_at: dt.datetime | None
    result: Result
    zone: str
    exempted: str = ""


@dataclass(frozen=True)
class TeamRow:
    """One person with every course that somebody assigned to them (or the one that is filtered for)."""

    person: Person
    post: str
    unit: str
    on_leave: bool
    never_signed_in: bool
    courses: tuple[AssignedCourse, ...] = ()
    jp: JpStanding | None = None  # the JP of the person's own year


@dataclass(frozen=True)
class CourseFigures:
    """Enrolments of one assigned course by state; who is on leave or study, or exempted, is not counted."""

    course_id: int
    title: str
    counts: dict[Standing, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True)
class Team:
    """One page of the team; pages are counted from 1."""

    rows: tuple[TeamRow, ...]
    people_total: int  # people who match the filters, on all pages
    page: int
    pages: int

    @property
    def previous_page(self) -> int | None:
        return self.page - 1 if self.page > 1 else None

    @property
    def next_page(self) -> int | None:
        return self.page + 1 if self.page < self.pages else None


# --- pieces of SQL ---------------------------------------------------------------------------------------------------


def _assigned() -> QuerySet[Enrolment]:
    """Enrolments that somebody assigned and that still stand, in the latest cycle of a duty that comes again.

    A voluntary one appears from the day it is assigned.
    """
    given_up = Q(state=Enrolment.State.LEFT, completed_at__isnull=True)
    return Enrolment.objects.filter(assigned_annotation(), ~superseded()).exclude(given_up)


URGENCY = (Standing.LATE, Standing.NOT_STARTED, Standing.IN_PROGRESS, Standing.DONE, Standing.EXEMPTED)


def _rank(now: dt.datetime) -> Case:
    """Return SQL for the place of an enrolment's state in `URGENCY`; `completion.queries.standing` says the same."""
    return Case(
        When(completion=Completion.COMPLETE, then=Value(URGENCY.index(Standing.DONE))),
        When(is_exempted(), then=Value(URGENCY.index(Standing.EXEMPTED))),
        When(LessThan(due_annotation(), now), then=Value(URGENCY.index(Standing.LATE))),
        When(completion=Completion.IN_PROGRESS, then=Value(URGENCY.index(Standing.IN_PROGRESS))),
        default=Value(URGENCY.index(Standing.NOT_STARTED)),
    )


def _not_counted() -> Exists:
    return Exists(Status.objects.current().filter(person=OuterRef("pk"), kind=Status.Kind.NOT_COUNTED))


def _people(sight: QuerySet[Person], filters: Filters, now: dt.datetime) -> "QuerySet[ToldPerson]":
    main_post = Post.objects.current().filter(person=OuterRef("pk"), is_main=True)
    people = sight.annotate(
        post_title=Subquery(main_post.values("title")[:1]),
        unit_name=Subquery(main_post.values("unit__name")[:1]),
        on_leave=_not_counted(),
    )
    own = _assigned().filter(person=OuterRef("pk"))
    if filters.course:
        own = own.filter(course_id=filters.course)
        people = people.filter(Exists(own))
    if filters.state == "never":
        people = people.filter(last_login__isnull=True)
    elif filters.state:
        people = people.filter(Exists(own.alias(rank=_rank(now)).filter(rank=URGENCY.index(Standing(filters.state)))))
    for word in filters.query.split()[:5]:
        people = people.filter(Q(name__icontains=word) | Q(post_title__icontains=word) | Q(unit_name__icontains=word))
    if filters.sort == "name":
        return people.order_by("name", "pk")
    if filters.sort == "unit":
        return people.order_by("unit_name", "name", "pk")
    ranks = own.order_by().values("person").annotate(rank=Min(_rank(now))).values("rank")
    urgency = Coalesce(Subquery(ranks), Value(len(URGENCY)))
    return people.annotate(urgency=urgency).order_by("urgency", "name", "pk")


def _courses_of(people: Sequence[Person], course: int | None, now: dt.datetime) -> dict[int, list[AssignedCourse]]:
    enrolments = (
        _assigned()
        .filter(person__in=[person.pk for person in people])
        .annotate(due=due_annotation(), exempted=exempted_annotation(), course_title=F("course__title"))
        .order_by(F("due").asc(nulls_last=True), "pk")
    )
    if course:
        enrolments = enrolments.filter(course_id=course)
    found: dict[int, list[AssignedCourse]] = {}
    zones = {person.pk: person.time_zone for person in people}
    for enrolment in enrolments:
        found.setdefault(enrolment.person_id, []).append(
            AssignedCourse(
                enrolment_id=enrolment.pk,
                course_id=enrolment.course_id,
                title=enrolment.course_title,
                state=standing(
                    completion=enrolment.completion,
                    due_at=enrolment.due,
                    now=now,
                    exempted=bool(enrolment.exempted),
                ),
                percent=100 if enrolment.completion == Completion.COMPLETE else enrolment.percent,
                due_at=enrolment.due,
                completed_at=enrolment.completed_at,
                result=Result(enrolment.result),
                zone=zones[enrolment.person_id],
                exempted=enrolment.exempted,
            )
        )
    return found


def _row(person: "ToldPerson", courses: list[AssignedCourse], jp: JpStanding | None) -> TeamRow:
    return TeamRow(
        person=person,
        post=person.post_title or "",
        unit=person.unit_name or "",
        on_leave=person.on_leave,
        never_signed_in=person.last_login is None,
        courses=tuple(courses),
        jp=jp,
    )


# --- what the pages ask ----------------------------------------------------------------------------------------------


def team(sight: QuerySet[Person], filters: Filters) -> Team:
    """Return one page of the people in sight, in four queries: two of them for their JP."""
    now = timezone.now()
    people = _people(sight, filters, now)
    start = (filters.page - 1) * PAGE_SIZE
    page = list(people.annotate(matching=Window(Count("*")))[start : start + PAGE_SIZE])
    if not page and filters.page > 1:
        return team(sight, replace(filters, page=1))
    total = page[0].matching if page else 0
    courses = _courses_of(page, filters.course, now) if page else {}
    jp = jp_of_people(page)
    rows = tuple(_row(person, courses.get(person.pk, []), jp.get(person.pk)) for person in page)
    return Team(rows=rows, people_total=total, page=filters.page, pages=max(1, -(-total // PAGE_SIZE)))


def team_rows(sight: QuerySet[Person], filters: Filters, *, chunk: int = 500) -> Iterator[TeamRow]:
    """Yield every matching row in the order of the page, in bounded memory: what an export writes."""
    now = timezone.now()
    people = _people(sight, filters, now)
    keys = list(people.values_list("pk", flat=True))
    for start in range(0, len(keys), chunk):
        part = keys[start : start + chunk]
        by_key = {person.pk: person for person in people.filter(pk__in=part)}
        batch = [by_key[key] for key in part if key in by_key]
        courses = _courses_of(batch, filters.course, now)
        jp = jp_of_people(batch)
        for person in batch:
            yield _row(person, courses.get(person.pk, []), jp.get(person.pk))


def course_figures(sight: QuerySet[Person]) -> list[CourseFigures]:
    """Return the figures of every course assigned to people in sight, in one query."""
    now = timezone.now()
    counted = sight.exclude(_not_counted())
    rows = (
        _assigned()
        .filter(person__in=counted.order_by().values("pk"))
        .values_list("course_id", "course__title", _rank(now))
        .annotate(number=Count("pk"))
        .order_by("course__title", "course_id")
    )
    figures: dict[int, CourseFigures] = {}
    for course_id, title, rank, number in rows:
        if URGENCY[rank] == Standing.EXEMPTED:
            continue
        nothing = dict.fromkeys(Standing, 0)
        figures.setdefault(course_id, CourseFigures(course_id, title, nothing)).counts[URGENCY[rank]] = number
    return list(figures.values())


def add_figures(figures: list[CourseFigures]) -> dict[Standing, int]:
    """Return the sum over courses: assigned enrolments by state."""
    return {state: sum(one.counts[state] for one in figures) for state in Standing}


@dataclass(frozen=True)
class AssignmentFact:
    """Why a course was assigned, for the person's card."""

    enrolment_id: int
    assigned_by: str
    reason: str
    letter_number: str
    assigned_at: dt.datetime


def team_row_of(sight: QuerySet[Person], key: str) -> TeamRow | None:
    """Return one of the people in sight by key, or None: a stranger and a guessed key look the same."""
    now = timezone.now()
    person = _people(sight, Filters(sort="name"), now).filter(key=key).first()
    if person is None:
        return None
    return _row(person, _courses_of([person], None, now).get(person.pk, []), jp_of_people([person]).get(person.pk))


def assignment_facts(row: TeamRow) -> dict[int, list[AssignmentFact]]:
    """Return the assignments in force behind a row's courses, by enrolment."""
    found: dict[int, list[AssignmentFact]] = {}
    assignments = Assignment.objects.filter(
        enrolment__in=[course.enrolment_id for course in row.courses], withdrawn_at__isnull=True
    ).select_related("assigned_by", "agency")
    for one in assignments.order_by("assigned_at", "pk"):
        by = one.assigned_by.full_name if one.assigned_by else one.agency.name
        found.setdefault(one.enrolment_id, []).append(
            AssignmentFact(one.enrolment_id, by, one.reason, one.letter_number, one.assigned_at)
        )
    return found
