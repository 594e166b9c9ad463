"""What a supervisor decides at /tim/permintaan/: for people of today, and nobody else's."""

import pytest
from django.urls import reverse

from completion.models import Enrolment, EnrolmentRequest
from completion.services import ask_to_enrol
from courses.models import CoursePage
from tests.factories import PersonFactory, PostFactory, UnitFactory, make_course, make_employee

URL = "/tim/permintaan/"


@pytest.fixture
def unit(db):
    return UnitFactory()


@pytest.fixture
def course(db):
    return make_course(enrolment_mode=CoursePage.EnrolmentMode.APPROVAL)


@pytest.fixture
def head(client, unit):
    person = PersonFactory(language="en")
    PostFactory(person=person, unit=unit, is_head=True)
    client.force_login(person)
    return person


def decide(client, request, decision, reason=""):
    url = reverse("reports:decide_request", args=[request.pk])
    return client.post(url, {"decision": decision, "reason": reason}, follow=True)


def test_approving_lets_in(client, head, unit, course):
    person = make_employee(unit, name="Nur")
    request = ask_to_enrol(person=person, course=course, message="Untuk loket")
    page = client.get(URL).content.decode()
    assert "Untuk loket" in page
    assert "Nur may now take" in decide(client, request, "approve").content.decode()
    assert Enrolment.objects.get().person == person
    assert "Nobody is waiting" in client.get(URL).content.decode()
    assert decide(client, request, "refuse", "x").status_code == 404


def test_team_page_says_how_many_wait(client, head, unit, course):
    assert "Enrolment requests" in client.get("/tim/").content.decode()
    ask_to_enrol(person=make_employee(unit), course=course)
    ask_to_enrol(person=make_employee(UnitFactory()), course=course)
    assert "1 enrolment request to decide" in client.get("/tim/").content.decode()


def test_refusing_needs_a_reason(client, head, unit, course):
    request = ask_to_enrol(person=make_employee(unit), course=course)
    assert "Say why" in decide(client, request, "refuse", " ").content.decode()
    assert "choose a button" in decide(client, request, "maybe").content.decode()
    assert "choose a button" in decide(client, request, "refuse", "x" * 301).content.decode()
    decide(client, request, "refuse", "Tunggu dahulu")
    assert EnrolmentRequest.objects.get().reason == "Tunggu dahulu"
    assert not Enrolment.objects.exists()


def test_others_people_and_others_courses_are_not_found(client, head, unit, course):
    strangers = ask_to_enrol(person=make_employee(UnitFactory(), name="Asing"), course=course)
    by_organiser = make_course(enrolment_mode="approval", approver="organiser")
    not_mine = ask_to_enrol(person=make_employee(unit, name="Bawah"), course=by_organiser)
    own = ask_to_enrol(person=head, course=course)
    page = client.get(URL).content.decode()
    assert "Asing" not in page
    assert "Bawah" not in page
    for request in (strangers, not_mine, own):
        assert decide(client, request, "approve").status_code == 404
    assert not Enrolment.objects.exists()


def test_who_is_no_supervisor_finds_no_page(client, unit, course):
    person = make_employee(unit)
    request = ask_to_enrol(person=make_employee(unit), course=course)
    assert client.get(URL).status_code == 302
    client.force_login(person)
    assert client.get(URL).status_code == 404
    assert decide(client, request, "approve").status_code == 404
    assert client.get(reverse("reports:decide_request", args=[request.pk])).status_code == 405


def test_a_former_supervisor_decides_nothing(client, head, unit, course):
    request = ask_to_enrol(person=make_employee(unit), course=course)
    head.posts.update(valid_to="2020-01-01")
    assert client.get(URL).status_code == 404
    assert decide(client, request, "approve").status_code == 404


@pytest.mark.parametrize("people", [1, 3])
def test_the_page_costs_the_same_queries(client, head, unit, course, people, django_assert_max_num_queries):
    for _ in range(people):
        ask_to_enrol(person=make_employee(unit), course=course)
    client.get(URL)
    with django_assert_max_num_queries(6):
        client.get(URL)
