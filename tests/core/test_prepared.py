"""Prepared queries answer what the queryset they are made of would."""

import pytest
from django.db.models import Exists, OuterRef

from core.prepared import Prepared
from people.models import Agency, Person, Unit
from tests.factories import PersonFactory, UnitFactory

pytestmark = pytest.mark.django_db


def test_first_gives_the_row_as_the_queryset_does():
    person = PersonFactory()
    PersonFactory()
    prepared = Prepared[Person](lambda pk: Person.objects.filter(pk=pk), pk=int)
    found = prepared.first(pk=person.pk)
    expected = Person.objects.get(pk=person.pk)
    assert found == expected
    assert {**vars(found), "_state": None} == {**vars(expected), "_state": None}
    assert prepared.first(pk=0) is None


def test_rows_are_as_fresh_as_the_database(django_assert_num_queries):
    person = PersonFactory()
    prepared = Prepared[Person](lambda pk: Person.objects.filter(pk=pk), pk=int)
    prepared.first(pk=person.pk)
    Person.objects.filter(pk=person.pk).update(name="Baru")
    with django_assert_num_queries(1):
        assert prepared.first(pk=person.pk).name == "Baru"


def test_annotations_and_tuples_are_read_too():
    unit = UnitFactory()
    there = Exists(Unit.objects.filter(agency=OuterRef("pk")))
    agencies = Prepared[Agency](lambda pk: Agency.objects.filter(pk=pk).annotate(has_units=there), pk=int)
    assert agencies.first(pk=unit.agency_id).has_units is True
    names = Prepared[tuple](lambda name: Unit.objects.filter(name=name).values_list("pk", "name"), name=str)
    assert names(name=unit.name) == [(unit.pk, unit.name)]


def test_a_value_that_is_compared_with_another_kind_of_column_is_refused():
    prepared = Prepared[Person](lambda pk: Person.objects.filter(is_active=True), pk=int)
    with pytest.raises(ValueError, match="own kind"):
        prepared.first(pk=1)
