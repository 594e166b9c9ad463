"""Achievements: made in the transaction that completes their subject, once for each subject and cycle."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, cast

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from core.zones import local_date
from courses.models import CourseCompetency, CourseEdition, CoursePage, ShelfPage
from courses.outlines import ActivityRule
from courses.queries import edition_rules
from people.models import Agency, Employment, Person, Unit

from ..models import Achievement, ActivityProgress, Enrolment, PastCompletion
from ..policy.courses import is_marked
from ..signals import achievement_made, achievement_undone, achievements_changed, announce


@dataclass(frozen=True)
class Achieved:
    """What somebody has just achieved. `facts` are kept beside the name and the NIP of that day; JSON values.

    `agency` issues it; `None` leaves that to the person's own agency.
    """

    person_id: int
    kind: str
    subject_id: int
    title: str
    programme_minutes: int
    form: str
    started_at: dt.datetime
    achieved_at: dt.datetime
    cycle: int = 1
    is_international: bool = False
    agency_id: int | None = None
    unit_id: int | None = None
    enrolment_id: int | None = None
    path_enrolment_id: int | None = None
    valid_until: dt.date | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> tuple[int, str, int, int]:
        return (self.person_id, self.kind, self.subject_id, self.cycle)


@transaction.atomic
def make_achievements(*, achieved: Iterable[Achieved]) -> list[Achievement]:
    """Make what is not there yet, put in force again what was undone, and return those rows; six queries in all.

    The same told twice is one: an achievement in force stays as it is, with its first date.
    """
    told = {one.key: one for one in achieved}
    if not told:
        return []
    known = {_key(row): row for row in _rows(told.values())}
    missing = [one for key, one in told.items() if key not in known]
    back = [row for key, row in known.items() if row.undone_at is not None and key in told]
    fresh = _new_rows(missing)
    Achievement.objects.bulk_create(fresh, ignore_conflicts=True)
    Achievement.objects.filter(pk__in=[row.pk for row in back]).update(undone_at=None)
    # A row that another process made in the same moment is no news of ours; its id is what the database says.
    keys = {_key(row) for row in [*fresh, *back]}
    made = [row for row in _rows(told.values()) if _key(row) in keys]
    for row in made:
        announce(achievement_made, Achievement, achievement_id=row.pk, person_id=row.person_id)
    if made:
        announce(achievements_changed, Achievement, achievement_ids=[row.pk for row in made])
    return made


@transaction.atomic
def undo_achievements(*, kind: str, enrolment_ids: Iterable[int]) -> int:
    """Mark the achievements of courses or paths that are complete no more; what they were stays readable.

    A completion that was only opened again for everyone stays an achievement: it was true, and its history says so.
    """
    if kind == Achievement.Kind.PATH:
        rows = Achievement.objects.filter(path_enrolment__in=list(enrolment_ids), undone_at__isnull=True)
    else:
        ids = list(enrolment_ids)
        reopened = set(PastCompletion.objects.filter(enrolment__in=ids).values_list("enrolment", flat=True))
        rows = Achievement.objects.filter(
            enrolment__in=[pk for pk in ids if pk not in reopened], kind=kind, undone_at__isnull=True
        )
    return _undo(rows)


@transaction.atomic
def take_back_achievements(*, kind: str, subject_id: int) -> int:
    """Mark what was achieved in a subject that stands in no course as undone; return how many were in force."""
    return _undo(Achievement.objects.filter(kind=kind, subject_id=subject_id, undone_at__isnull=True))


def _undo(rows: QuerySet[Achievement]) -> int:
    undone = list(rows.values_list("pk", "person"))
    Achievement.objects.filter(pk__in=[pk for pk, _person in undone]).update(undone_at=timezone.now())
    for pk, person_id in undone:
        announce(achievement_undone, Achievement, achievement_id=pk, person_id=person_id)
    if undone:
        announce(achievements_changed, Achievement, achievement_ids=[pk for pk, _person in undone])
    return len(undone)


def achieve_courses(enrolments: list[Enrolment]) -> list[Achievement]:
    """Make the achievements of enrolments that have just become complete; the queries do not grow with them."""
    if not enrolments:
        return []
    courses = CoursePage.objects.in_bulk({enrolment.course_id for enrolment in enrolments})
    numbers = dict(CourseEdition.objects.filter(pk__in={e.edition_id for e in enrolments}).values_list("pk", "number"))
    agencies = _shelf_agencies(courses.values())
    competencies = _competencies(courses)
    scores = _scores(enrolments)
    return make_achievements(
        achieved=[
            _course_achieved(
                enrolment, courses[enrolment.course_id], numbers, agencies, competencies, scores.get(enrolment.pk, {})
            )
            for enrolment in enrolments
        ]
    )


def _course_achieved(enrolment: Enrolment, course: CoursePage, numbers, agencies, competencies, scores) -> Achieved:
    rules = edition_rules(enrolment.edition_id)
    return Achieved(
        person_id=enrolment.person_id,
        kind=Achievement.Kind.COURSE,
        subject_id=enrolment.course_id,
        cycle=enrolment.cycle,
        title=course.title,
        programme_minutes=sum(rule.planned_minutes for rule in rules if rule.required),
        form=course.form,
        is_international=course.is_international,
        started_at=enrolment.started_at or enrolment.enrolled_at,
        achieved_at=cast(dt.datetime, enrolment.completed_at),  # a constraint: complete has its time
        agency_id=agencies.get(course.pk),
        unit_id=enrolment.unit_at_completion_id,
        enrolment_id=enrolment.pk,
        facts={
            "summary": course.summary,
            "edition": numbers[enrolment.edition_id],
            "result": enrolment.result,
            "grade": _grade(enrolment, scores),
            "competencies": competencies[course.pk],
            "place": "",  # online
        },
    )


def _scores(enrolments: Iterable[Enrolment]) -> dict[int, dict[int, Fraction]]:
    """Return the best marks of enrolments by activity; no query where no edition of theirs has marks."""
    marked = [one.pk for one in enrolments if any(_counts(rule) for rule in _rules_of(one))]
    found: dict[int, dict[int, Fraction]] = defaultdict(dict)
    if marked:
        rows = ActivityProgress.objects.filter(enrolment__in=marked, best_score_numerator__isnull=False)
        names = ("enrolment", "activity", "best_score_numerator", "best_score_denominator")
        for enrolment_id, activity_id, numerator, denominator in rows.values_list(*names):
            found[enrolment_id][activity_id] = Fraction(numerator, denominator)
    return found


def _grade(enrolment: Enrolment, scores: Mapping[int, Fraction]) -> str:
    """Return the mean of the best marks there are by now as an exact share (`"17/20"`), "" without one.

    Of what the edition requires and what gets a mark that counts; work nobody marked yet does not.
    """
    marks = [scores[rule.activity_id] for rule in _rules_of(enrolment) if _counts(rule) and rule.activity_id in scores]
    if not marks:
        return ""
    mean = sum(marks, Fraction(0)) / len(marks)
    return f"{mean.numerator}/{mean.denominator}"


def _counts(rule: ActivityRule) -> bool:
    return rule.required and is_marked(rule.rule)


def _rules_of(enrolment: Enrolment) -> tuple[ActivityRule, ...]:
    return edition_rules(enrolment.edition_id)


def _shelf_agencies(courses: Iterable[CoursePage]) -> dict[int, int | None]:
    """Return the agency of each course's shelf; None for a shelf of all agencies."""
    paths = {course.pk: course.path[: -course.steplen] for course in courses}
    shelves = dict(ShelfPage.objects.filter(path__in=set(paths.values())).values_list("path", "agency"))
    return {pk: shelves.get(path) for pk, path in paths.items()}


def _competencies(course_ids: Iterable[int]) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    rows = CourseCompetency.objects.filter(course__in=list(course_ids)).order_by("course", "sort_order", "pk")
    for course, name, level in rows.values_list("course", "competency__name", "level"):
        found[course].append({"name": name, "level": level})
    return found


def _key(row: Achievement) -> tuple[int, str, int, int]:
    return (row.person_id, row.kind, row.subject_id, row.cycle)


def _rows(achieved: Iterable[Achieved]) -> list[Achievement]:
    told = list(achieved)
    rows = Achievement.objects.filter(
        person__in={one.person_id for one in told}, subject_id__in={one.subject_id for one in told}
    )
    wanted = {one.key for one in told}
    return [row for row in rows.order_by("pk") if _key(row) in wanted]


def _new_rows(achieved: list[Achieved]) -> list[Achievement]:
    people = Person.objects.in_bulk({one.person_id for one in achieved})
    jobs = _employments(people)
    names = dict(Agency.objects.values_list("pk", "name")) if achieved else {}
    units = dict(Unit.objects.filter(pk__in={one.unit_id for one in achieved}).values_list("pk", "name"))
    return [_new_row(one, people[one.person_id], jobs.get(one.person_id), names, units) for one in achieved]


def _new_row(one: Achieved, person: Person, job: Employment | None, names: Mapping, units: Mapping) -> Achievement:
    agency_id = one.agency_id or (job.agency_id if job else None)
    facts = {
        **one.facts,
        "name": person.full_name,
        "nip": job.nip if job else "",
        "employee_kind": job.kind if job else "",
        "unit": units.get(one.unit_id, ""),
        "agency": names.get(job.agency_id, "") if job else "",
    }
    facts.setdefault("organiser", names.get(agency_id, ""))
    return Achievement(
        person=person,
        kind=one.kind,
        subject_id=one.subject_id,
        cycle=one.cycle,
        enrolment_id=one.enrolment_id,
        path_enrolment_id=one.path_enrolment_id,
        title=one.title,
        agency_id=agency_id,
        unit_id=one.unit_id,
        programme_minutes=one.programme_minutes,
        form=one.form,
        is_international=one.is_international,
        started_on=min(local_date(one.started_at, person.time_zone), local_date(one.achieved_at, person.time_zone)),
        achieved_at=one.achieved_at,
        zone=person.time_zone,
        local_date=local_date(one.achieved_at, person.time_zone),
        facts=facts,
        valid_until=one.valid_until,
    )


def _employments(person_ids: Iterable[int]) -> dict[int, Employment]:
    """Return the employment in force of each person: the one that began last."""
    rows = Employment.objects.current().filter(person__in=list(person_ids)).order_by("valid_from", "pk")
    return {row.person_id: row for row in rows}
