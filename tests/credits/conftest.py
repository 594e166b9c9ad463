"""A learner in Sorong, and courses of plain lessons whose planned minutes and days of completion are given."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from completion.models import Achievement, ActivityEvent, ActivityProgress, Enrolment
from completion.services import achieving
from courses.models import CoursePage
from courses.services import refresh_course
from tests.factories import (
    AgencyFactory,
    CoursePageFactory,
    EnrolmentFactory,
    LessonPageFactory,
    ModulePageFactory,
    UnitFactory,
    lessons_of,
    make_employee,
)

WIT = "Asia/Jayapura"
MARCH_4 = dt.date(2026, 3, 4)


@pytest.fixture
def agency(db):
    return AgencyFactory(name="Pemerintah Kota Sorong", short_name="Kota Sorong", time_zone=WIT)


@pytest.fixture
def unit(agency):
    return UnitFactory(agency=agency)


@pytest.fixture
def person(unit):
    return make_employee(unit, time_zone=WIT, language="en", name="Yohanes Kambuaya")


def make_course(minutes=(45,), **fields) -> CoursePage:
    """Return a live course with one required lesson for each number of planned minutes."""
    module = ModulePageFactory(parent=CoursePageFactory(**fields))
    for planned in minutes:
        LessonPageFactory(parent=module, planned_minutes=planned)
    course = module.get_parent().specific
    refresh_course(course=course)
    return CoursePage.objects.get(pk=course.pk)


def noon(day: dt.date, zone: str = WIT) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(12), tzinfo=ZoneInfo(zone))


def do_lessons(enrolment: Enrolment, days, zone: str = WIT) -> None:
    """Complete the first lessons of a course, each at noon of its day; facts and progress as rows."""
    for lesson, day in zip(lessons_of(enrolment.course), days, strict=False):
        at = noon(day, zone)
        ActivityEvent.objects.create(
            enrolment=enrolment, activity=lesson, person=enrolment.person, kind="declared",
            effective_at=at, zone=zone, local_date=day,
        )  # fmt: skip
        ActivityProgress.objects.create(
            enrolment=enrolment, activity=lesson, completion=2, completed_at=at, first_at=at, last_at=at
        )


def achieve(person, minutes, days, *, zone: str = WIT, **fields) -> Achievement:
    """Return the achievement of a course whose lessons were done on the given days; not yet credited."""
    course = fields.pop("course", None) or make_course(minutes, **fields)
    at = noon(days[-1], zone)
    enrolment = EnrolmentFactory(
        person=person, course=course, completion=2, completed_at=at, started_at=noon(days[0], zone),
        enrolled_at=noon(days[0], zone), state="finished",
    )  # fmt: skip
    do_lessons(enrolment, days, zone)
    (made,) = achieving.achieve_courses([enrolment])
    return made


def learn_elsewhere(person, *, form, minutes, first, last=None, number=1, facts=None, **fields) -> Achievement:
    """Return a verified external achievement from the first to the last day."""
    last = last or first
    return Achievement.objects.create(
        person=person, kind="external", subject_id=number, title=f"Pelatihan {number}", form=form,
        programme_minutes=minutes, started_on=first, local_date=last, achieved_at=noon(last), zone=WIT,
        facts=facts or {}, **fields,
    )  # fmt: skip
