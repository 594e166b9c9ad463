"""A small course of plain pages, and a learner of an agency, for the tests of completion."""

import datetime as dt
import uuid

import pytest
from django.utils import timezone

from courses import queries as courses
from courses.models import ShelfPage
from courses.services import refresh_course
from tests import factories
from tests.factories import AgencyFactory, LessonPageFactory, ShelfPageFactory, UnitFactory, lessons_of, make_employee

__all__ = ["lessons_of", "make_course", "make_lesson", "make_person", "read_data", "refresh"]

SECONDS = 60  # of reading that each lesson asks for


def make_lesson(module, **fields):
    return LessonPageFactory(parent=module, **{"minimum_seconds": SECONDS, **fields})


def make_course(*, agency=None, **fields):
    """A live course of quick lessons, on the agency's shelf where one is given; its edition is known as committed."""
    if agency:
        fields["parent"] = ShelfPage.objects.filter(agency=agency).first() or ShelfPageFactory(agency=agency)
    course = factories.make_course(minimum_seconds=SECONDS, **fields)
    courses.uncommitted_editions.clear()
    return course


def refresh(course):
    refresh_course(course=course)
    courses.uncommitted_editions.clear()


def read_data(seconds=SECONDS, *, end=True, opening=None):
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
    return make_employee(unit, time_zone="Asia/Jayapura", language="en", **fields)


@pytest.fixture
def course(db):
    return make_course()


@pytest.fixture
def soon():
    return timezone.now() + dt.timedelta(days=3)
