"""One `INSERT … SELECT` for any number of rows."""

import datetime as dt

import pytest
from django.db.models import F

from core.inserting import RandomUUID, insert_from
from people.models import Person, Post
from tests.factories import PersonFactory, UnitFactory

pytestmark = pytest.mark.django_db
SINCE = dt.date(2026, 1, 1)


def test_each_row_gives_one_in_order_and_what_is_not_named_has_its_default(django_assert_num_queries):
    unit, people = UnitFactory(), [PersonFactory(name=name) for name in ("Budi", "Ani")]
    rows = Person.objects.filter(pk__in=[one.pk for one in people]).order_by("name")
    with django_assert_num_queries(1):
        assert insert_from(rows, Post, person=F("pk"), unit=unit.pk, title=F("name"), valid_from=SINCE) == 2
    made = Post.objects.filter(unit=unit).order_by("pk")
    assert list(made.values_list("person__name", "title")) == [("Ani", "Ani"), ("Budi", "Budi")]
    one, fresh = made.first(), Post()
    assert (one.valid_from, one.valid_to, one.is_main) == (SINCE, fresh.valid_to, fresh.is_main)


def test_no_rows_make_none_and_unknown_fields_are_refused(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert insert_from(Person.objects.none(), Post, person=F("pk"), unit=1, title="", valid_from=SINCE) == 0
    with pytest.raises(TypeError, match="persn"):
        insert_from(Person.objects.all(), Post, persn=F("pk"))


def test_each_row_has_a_uuid_of_its_own():
    PersonFactory(name="Budi"), PersonFactory(name="Ani")
    drawn = set(Person.objects.annotate(drawn=RandomUUID()).values_list("drawn", flat=True))
    assert len(drawn) == Person.objects.count() >= 2
