"""A small course of plain pages, and a learner of an agency, for the tests of completion."""

import datetime as dt
import itertools
import uuid

import pytest
from django.utils import timezone

from courses import queries as courses
from courses.models import CataloguePage, CoursePage, LessonPage, ModulePage, ShelfPage
from courses.services import refresh_course
from tests.factories import AgencyFactory, EmploymentFactory, PersonFactory, PostFactory, UnitFactory

numbers = itertools.count(1)


@pytest.fixture(autouse=True)
def _fresh_editions():
    """Editions are cached for ever; a database that is rolled back gives their ids out again."""
    courses.uncommitted_editions.clear()
    courses._cached_rules.cache_clear()
    yield
    courses._cached_rules.cache_clear()


def make_lesson(module, **fields):
    fields = {"title": f"Pelajaran {next(numbers)}", "planned_minutes": 8, "minimum_seconds": 60, **fields}
    return module.add_child(instance=LessonPage(slug=f"pelajaran-{next(numbers)}", **fields))


def make_course(lessons=2, *, agency=None, **fields):
    """A live course with one module and lessons of 60 seconds; the edition is made and known as committed."""
    catalogue = CataloguePage.objects.get()
    shelf = ShelfPage.objects.filter(agency=agency).first() or catalogue.add_child(
        instance=ShelfPage(title="Rak", slug=f"rak-{next(numbers)}", agency=agency)
    )
    fields = {"title": f"Kursus {next(numbers)}", "summary": "Singkat.", **fields}
    course = shelf.add_child(instance=CoursePage(slug=f"kursus-{next(numbers)}", **fields))
    module = course.add_child(instance=ModulePage(title="Modul", slug="modul"))
    for _number in range(lessons):
        make_lesson(module)
    refresh(course)
    return course


def refresh(course):
    refresh_course(course=course)
    courses.uncommitted_editions.clear()


def lessons_of(course):
    return list(LessonPage.objects.descendant_of(course).order_by("path"))


def read_data(seconds=60, *, end=True, opening=None):
    return {"seconds": seconds, "reached_end": end, "opening": opening or str(uuid.uuid4())}


@pytest.fixture
def agency(db):
    return AgencyFactory(short_name="Kota Sorong", time_zone="Asia/Jayapura")


@pytest.fixture
def unit(agency):
    return UnitFactory(agency=agency)


@pytest.fixture
def person(unit):
    return make_person(unit)


def make_person(unit, **fields):
    person = PersonFactory(time_zone="Asia/Jayapura", language="en", **fields)
    EmploymentFactory(person=person, agency=unit.agency)
    PostFactory(person=person, unit=unit)
    return person


@pytest.fixture
def course(db):
    return make_course()


@pytest.fixture
def soon():
    return timezone.now() + dt.timedelta(days=3)
