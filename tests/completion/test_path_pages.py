"""The page of a learning path, its doors and its place in one's own list."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from completion.models import Enrolment, PathEnrolment
from completion.services import assign_path, enrol_in_path, leave_path
from tests.factories import AgencyFactory, PersonFactory, UnitFactory

from .conftest import lessons_of, make_course, make_person
from .paths import make_path
from .test_achievements import finish

pytestmark = pytest.mark.django_db


@pytest.fixture
def path(agency):
    first = make_course(agency=agency, lessons=1, title="Etika")
    return make_path(first, make_course(agency=agency, lessons=1, title="Waktu"))


@pytest.fixture
def signed_in(client, person):
    client.force_login(person)
    return client


def test_a_visitor_sees_the_path_and_is_asked_to_sign_in(client, path):
    body = client.get(path.get_url()).content.decode()
    assert "Etika" in body
    assert "Waktu" in body
    assert "/masuk/?next=" in body


def test_taking_a_path_by_its_button_leads_back_to_it_with_the_first_course_next(signed_in, path, person):
    answer = signed_in.post(f"/belajar/lintasan/{path.pk}/ikut/", follow=True)
    assert answer.redirect_chain == [(path.get_url(), 302)]
    assert PathEnrolment.objects.get().person == person
    body = answer.content.decode()
    assert "Opens after “Etika”" in body


def test_the_second_course_opens_at_once_when_the_first_is_complete(signed_in, path, person):
    first, second = (step.course for step in path.steps.all())
    enrol_in_path(person=person, path=path)
    lesson = lessons_of(second)[0]
    answer = signed_in.get(lesson.get_url(), follow=True)
    assert answer.redirect_chain
    assert "Finish “Etika” first" in answer.content.decode()
    finish(person, first)
    assert signed_in.get(lesson.get_url()).status_code == 200


def test_what_was_begun_before_the_path_stays_open(signed_in, path, person):
    from completion.services import enrol, record_opening

    _first, second = (step.course for step in path.steps.all())
    lesson = lessons_of(second)[0]
    record_opening(enrolment=enrol(person=person, course=second), activity_id=lesson.pk, revision=None)
    enrol_in_path(person=person, path=path)
    assert signed_in.get(lesson.get_url()).status_code == 200


def test_another_agencys_path_is_not_found(signed_in):
    other = make_path(make_course(agency=AgencyFactory(), lessons=1, sharing="own"))
    assert signed_in.get(other.get_url()).status_code == 404
    assert signed_in.post(f"/belajar/lintasan/{other.pk}/ikut/").status_code == 404
    assert not Enrolment.objects.exists()


def test_leaving_anothers_path_is_not_found(signed_in, path, unit):
    theirs = enrol_in_path(person=make_person(unit), path=path)
    assert signed_in.get(f"/belajar/lintasan/{theirs.pk}/tinggalkan/").status_code == 404
    assert signed_in.post(f"/belajar/lintasan/{theirs.pk}/tinggalkan/").status_code == 404


def test_leaving_asks_first_and_keeps_the_courses(signed_in, path, person):
    mine = enrol_in_path(person=person, path=path)
    assert "stay in your list" in signed_in.get(f"/belajar/lintasan/{mine.pk}/tinggalkan/").content.decode()
    signed_in.post(f"/belajar/lintasan/{mine.pk}/tinggalkan/")
    assert PathEnrolment.objects.get().state == "left"
    assert Enrolment.objects.filter(state="open").count() == 2


def test_my_learning_shows_the_path_and_costs_the_same_for_more(signed_in, person, agency, path, soon):
    costs = []
    for count in (1, 3):
        for _ in range(count):
            other = make_path(*(make_course(agency=agency, lessons=1) for _ in range(2)))
            assign_path(path=other, people=[person], by=PersonFactory(), agency=agency, due_at=soon, reason="Wajib")
        signed_in.get("/belajar/")
        with CaptureQueriesContext(connection) as queries:
            body = signed_in.get("/belajar/").content.decode()
        costs.append(len(queries))
    assert "Lintasan contoh" in body
    assert costs[0] == costs[1]


def test_the_page_costs_the_same_for_more_courses(signed_in, person, agency):
    costs = []
    for count in (2, 4):
        path = make_path(*(make_course(agency=agency, lessons=1) for _ in range(count)))
        enrol_in_path(person=person, path=path)
        signed_in.get(path.get_url())
        with CaptureQueriesContext(connection) as queries:
            assert signed_in.get(path.get_url()).status_code == 200
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 12


def test_the_catalogue_shows_paths_on_its_first_page(signed_in, path):
    catalogue = path.get_parent().get_parent()
    body = signed_in.get(catalogue.get_url()).content.decode()
    assert path.title in body
    assert path.title not in signed_in.get(catalogue.get_url() + "?singkat=1").content.decode()


def test_left_behind_it_can_be_taken_again(signed_in, path, person):
    leave_path(enrolment=enrol_in_path(person=person, path=path))
    assert "Take this path" in signed_in.get(path.get_url()).content.decode()
    signed_in.post(f"/belajar/lintasan/{path.pk}/ikut/")
    assert PathEnrolment.objects.get().state == "open"


def test_a_path_of_an_agency_with_no_unit_for_me(path, agency):
    stranger = make_person(UnitFactory(agency=AgencyFactory()))
    assert enrol_in_path(person=stranger, path=path).required_total == 2
