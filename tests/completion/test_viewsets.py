"""The organiser's screens: their own agencies' people, and nobody else's."""

import datetime as dt
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from completion.models import ActivityEvent, Assignment, Enrolment
from completion.services import ask_to_enrol, assign, enrol, leave
from core.zones import end_of_day
from people.services import grant_role
from tests.factories import AgencyFactory, EmploymentFactory, PersonFactory, PostFactory, UnitFactory

from .conftest import lessons_of, make_course, make_person
from .paths import make_path


def make_organiser(agency):
    person = PersonFactory(language="en")
    EmploymentFactory(person=person, agency=agency)
    grant_role(person=person, agency=agency, role="organiser")
    return person


@pytest.fixture
def organiser(client, agency):
    person = make_organiser(agency)
    client.force_login(person)
    return person


@pytest.fixture
def stranger(db):
    """Somebody of another agency, enrolled in the same course."""
    return make_person(UnitFactory(agency=AgencyFactory()), name="Orang Lain")


def form(course, agency, **fields):
    empty = {"unit": "", "people": "", "due": "", "due_days": "", "reason": "Wajib 2026", "letter_number": ""}
    return {"course": course.pk, "agency": agency.pk} | empty | fields


def test_lists_hold_the_agencys_people_only(client, organiser, person, stranger, course):
    for learner, agency in ((person, person.posts.get().unit.agency), (stranger, stranger.posts.get().unit.agency)):
        enrol(person=learner, course=course)
        assign(course=course, people=[learner], by=organiser, agency=agency, due_at=None, reason="Wajib")
    for name in ("enrolments:index", "assignments:index"):
        text = client.get(reverse(name)).content.decode()
        assert person.full_name in text
        assert stranger.full_name not in text


@pytest.mark.parametrize("people", [1, 3])
def test_enrolment_list_costs_the_same_queries(client, organiser, unit, course, people, django_assert_max_num_queries):
    for _number in range(people):
        enrol(person=make_person(unit), course=course)
    client.get(reverse("enrolments:index"))
    with django_assert_max_num_queries(16):
        client.get(reverse("enrolments:index"))


def test_assigning_a_unit_reaches_everything_below_until_the_end_of_the_local_day(
    client, organiser, agency, unit, stranger, course
):
    below = UnitFactory(agency=agency, parent=unit)
    beside = UnitFactory(agency=agency)
    people = [make_person(unit), make_person(below)]
    left_out = make_person(beside)
    day = timezone.localdate() + dt.timedelta(days=12)
    answer = client.post(
        reverse("assignments:add"), form(course, agency, unit=unit.pk, due=day.isoformat(), letter_number="800/1")
    )
    assert answer.status_code == 302
    assigned = Assignment.objects.filter(letter_number="800/1", assigned_by=organiser)
    assert {row.enrolment.person for row in assigned} == set(people)
    assert {row.due_at for row in assigned} == {end_of_day(day, "Asia/Jayapura")}
    assert not Enrolment.objects.filter(person__in=[left_out, stranger]).exists()


def test_assigning_named_people(client, organiser, agency, person, course):
    nip = person.employments.get().nip
    client.post(reverse("assignments:add"), form(course, agency, people=f"{nip}\n\n"))
    assert Assignment.objects.get().enrolment.person == person


def test_assigning_refuses_people_and_units_of_others_and_nobody(client, organiser, agency, stranger, course):
    other_unit = stranger.posts.get().unit
    for fields in ({"people": stranger.email}, {"people": "nobody@contoh.example"}, {"unit": other_unit.pk}, {}):
        answer = client.post(reverse("assignments:add"), form(course, agency, **fields))
        assert answer.status_code == 200
    assert (
        client.post(reverse("assignments:add"), form(course, other_unit.agency, people=stranger.email)).status_code
        == 200
    )
    assert not Assignment.objects.exists()


def test_assigning_says_what_is_wrong(client, organiser, agency, unit, course):
    page = make_path(course, slug="jalur-lain")
    make_person(unit)
    wrong = [
        ({"due": (timezone.localdate() - dt.timedelta(days=2)).isoformat()}, "past before anybody can do it"),
        ({"path": page.pk}, "not both"),
        ({"grades": "IV/e"}, "Nobody in service fits"),
    ]
    for fields, told in wrong:
        answer = client.post(reverse("assignments:add"), form(course, agency, unit=unit.pk, **fields))
        assert told in answer.content.decode()
    assert not Assignment.objects.exists()


def test_assigning_twice_says_that_nothing_changed(client, organiser, agency, unit, course):
    make_person(unit)
    told = form(course, agency, unit=unit.pk)
    assert "Assigned to 1 person." in client.post(reverse("assignments:add"), told, follow=True).content.decode()
    assert "Nothing changed" in client.post(reverse("assignments:add"), told, follow=True).content.decode()
    assert Assignment.objects.count() == 1


def test_enrolment_list_speaks_as_the_learners_page(client, organiser, agency, unit, course):
    late, left = make_person(unit), make_person(unit)
    past = timezone.now() - dt.timedelta(days=1)
    assign(course=course, people=[late], by=organiser, agency=agency, due_at=past, reason="Wajib")
    leave(enrolment=enrol(person=left, course=course))
    shown = client.get(reverse("enrolments:index")).content.decode()
    words = re.findall(r"<td[^>]*>\s*(left|open|Past due)\s*</td>", shown)
    assert words == ["left", "Past due"]


def test_assigning_looks_up_no_list_without_end(
    client, organiser, agency, stranger, course, django_assert_max_num_queries
):
    endless = f"{stranger.email}\n" * 2_000
    with django_assert_max_num_queries(60):
        assert client.post(reverse("assignments:add"), form(course, agency, people=endless)).status_code == 200
    assert not Assignment.objects.exists()


def test_assigning_refuses_a_course_of_another_agency(client, organiser, agency, person):
    course = make_course(agency=AgencyFactory(), sharing="own")
    answer = client.post(reverse("assignments:add"), form(course, agency, people=person.email))
    assert answer.status_code == 200
    assert not Assignment.objects.exists()


def test_assignment_is_taken_back_by_its_agency_only(client, organiser, agency, person, course):
    assign(course=course, people=[person], by=organiser, agency=agency, due_at=None, reason="Wajib")
    row = Assignment.objects.get()
    url = reverse("assignments:edit", args=[row.pk])
    client.force_login(make_organiser(AgencyFactory()))
    assert client.post(url, {"confirmed": "on"}).status_code in (302, 404)
    row.refresh_from_db()
    assert row.withdrawn_at is None
    client.force_login(organiser)
    assert client.get(url).status_code == 200
    client.post(url, {"confirmed": "on"})
    row.refresh_from_db()
    assert row.withdrawn_at is not None


def test_override_is_recorded_with_who_and_why(client, organiser, person, course):
    enrolment, lesson = enrol(person=person, course=course), lessons_of(course)[0]
    url = reverse("enrolments:edit", args=[enrolment.pk])
    assert client.get(url).status_code == 200
    client.post(url, {"activity": lesson.pk, "decision": "complete", "reason": "Kelas tatap muka"})
    event = ActivityEvent.objects.get()
    assert (event.kind, event.decided_by, event.reason, event.data) == (
        "overridden", organiser, "Kelas tatap muka", {"complete": True},
    )  # fmt: skip
    enrolment.refresh_from_db()
    assert enrolment.required_complete == 1
    client.post(url, {"activity": lesson.pk, "decision": "redo", "reason": "Isi baru"})
    enrolment.refresh_from_db()
    assert enrolment.required_complete == 0


def test_override_without_reason_or_for_oneself_or_by_a_stranger_is_refused(client, organiser, agency, person, course):
    lesson = lessons_of(course)[0]
    decision = {"activity": lesson.pk, "decision": "complete", "reason": "Ya"}
    mine, theirs = enrol(person=organiser, course=course), enrol(person=person, course=course)
    client.post(reverse("enrolments:edit", args=[theirs.pk]), decision | {"reason": " "})
    client.post(reverse("enrolments:edit", args=[mine.pk]), decision)
    client.force_login(make_organiser(AgencyFactory()))
    assert client.post(reverse("enrolments:edit", args=[theirs.pk]), decision).status_code in (302, 404)
    client.force_login(person)
    client.post(reverse("enrolments:edit", args=[theirs.pk]), decision)
    assert not ActivityEvent.objects.exists()


def test_learners_and_supervisors_find_no_screen(client, unit, person, course):
    head = PersonFactory()
    PostFactory(person=head, unit=unit, is_head=True)
    enrol(person=person, course=course)
    for viewer in (person, head):
        client.force_login(viewer)
        for name in ("enrolments:index", "assignments:index", "assignments:add"):
            answer = client.get(reverse(name))
            assert answer.status_code in (302, 403, 404)


# --- what waits, on the dashboard ------------------------------------------------------------------------------------


def test_dashboard_says_what_waits_for_the_organiser_and_leads_there(client, organiser, agency, unit, stranger):
    home = client.get("/admin/").content.decode()
    assert "Nothing waits for you." in home
    course = make_course(enrolment_mode="approval")
    for person in (make_person(unit), make_person(unit), stranger):
        ask_to_enrol(person=person, course=course, message="Saya perlu ini.")
    home = client.get("/admin/").content.decode()
    found = re.search(r'<a href="([^"]+)">Enrolment requests</a> <span[^>]*>(\d+)<', home)
    assert found
    assert found[2] == "2"
    listed = client.get(found[1].replace("&amp;", "&")).content.decode()
    assert listed.count("Saya perlu ini.") == 2


def test_an_empty_list_says_what_comes_into_it(client, organiser):
    told = client.get(reverse("enrolment_requests:index")).content.decode()
    assert "Where a course is entered by approval" in told
    assert "Where a course" not in client.get(reverse("enrolment_requests:index"), {"q": "x"}).content.decode()
