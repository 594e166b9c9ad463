"""The page that shows every component, for people of the admin alone."""

import pytest
from django.contrib.auth.models import Permission

from people.models import Person

ADDRESSES = ["/gaya/", "/gaya/layar/pelajaran/", "/gaya/layar/kuis/"]


@pytest.fixture
def person(db):
    return Person.objects.create_user(name="Albertina", email="albertina@example.test", password="panjang-sekali-77")


@pytest.mark.parametrize("address", ADDRESSES)
def test_components_are_not_there_for_learners_and_visitors(client, person, address):
    assert client.get(address).status_code == 404
    client.force_login(person)
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("address", ADDRESSES)
def test_components_are_shown_to_people_of_the_admin(client, person, address):
    person.user_permissions.add(Permission.objects.get(codename="access_admin"))
    client.force_login(person)
    response = client.get(address)
    assert response.status_code == 200
    assert response.content.decode().count("<h1") == 1


def test_an_unknown_screen_is_not_found(client, person):
    person.user_permissions.add(Permission.objects.get(codename="access_admin"))
    client.force_login(person)
    assert client.get("/gaya/layar/lain/").status_code == 404


def test_edit_button_is_offered_to_people_of_the_admin_alone(client, person):
    client.force_login(person)
    assert client.session["works_in_admin"] is False
    person.user_permissions.add(Permission.objects.get(codename="access_admin"))
    client.force_login(Person.objects.get(pk=person.pk))
    assert client.session["works_in_admin"] is True
