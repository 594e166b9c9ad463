"""The organiser's screens of duties, requests, extensions and exemptions: of their own agencies, and no others."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from completion import services
from completion.models import Assignment, Duty, Enrolment, EnrolmentRequest, Exemption, Extension
from completion.queries import current_enrolment
from completion.services import apply_duty, ask_to_enrol, assign, enrol
from completion.signals import extended
from core.zones import end_of_day
from courses.models import CoursePage, PathPage, PathStep, ShelfPage
from people.models import Audience
from tests.factories import AgencyFactory, PersonFactory, UnitFactory

from .conftest import make_course, make_person
from .paths import make_path
from .test_viewsets import make_organiser

WIT = "Asia/Jayapura"


@pytest.fixture
def organiser(client, agency):
    person = make_organiser(agency)
    client.force_login(person)
    return person


@pytest.fixture
def stranger(client):
    """Sign in an organiser of another agency, when called."""

    def come():
        person = make_organiser(AgencyFactory())
        client.force_login(person)
        return person

    return come


@pytest.fixture
def group(agency, unit):
    audience = Audience.objects.create(agency=agency, name="Semua orang bidang")
    audience.units.set([unit])
    return audience


def duty_form(course, agency, group, **fields):
    told = {
        "course": course.pk if course else "", "path": "", "agency": agency.pk, "audience": group.pk,
        "reason": "Wajib tahunan", "letter_number": "", "due_on": "", "due_days": "30", "valid_months": "",
        "window_days": "60", "starts_on": timezone.localdate().isoformat(), "ends_on": "",
    }  # fmt: skip
    return told | fields


def assign_form(agency, **fields):
    told = {"course": "", "path": "", "agency": agency.pk, "audience": "", "unit": "", "people": "", "grades": "",
            "due": "", "due_days": "", "reason": "Wajib", "letter_number": ""}  # fmt: skip
    return told | fields


# --- duties ----------------------------------------------------------------------------------------------------------


def test_a_duty_is_previewed_made_listed_and_ended(
    client, organiser, agency, unit, group, course, django_capture_on_commit_callbacks
):
    person = make_person(unit)
    url = reverse("duties:add")
    assert client.get(url).status_code == 200
    answer = client.post(url, duty_form(course, agency, group, preview="1"))
    assert b"Fits 1 person today" in answer.content
    assert person.full_name.encode() in answer.content
    assert not Duty.objects.exists()
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(url, duty_form(course, agency, group)).status_code == 302
    duty = Duty.objects.get()
    assert (duty.made_by, duty.due_days) == (organiser, 30)
    listed = client.get(reverse("duties:index")).content.decode()
    assert "30 days after joining" in listed
    assert course.title in listed
    page = client.get(reverse("duties:edit", args=[duty.pk])).content.decode()
    assert "1, of whom 0 done and 0 past due" in page
    client.post(reverse("duties:edit", args=[duty.pk]), {"confirmed": "on", "release": "on"})
    duty.refresh_from_db()
    assert duty.ends_on < timezone.localdate()
    assert not Assignment.objects.filter(withdrawn_at__isnull=True).exists()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"course": ""}, "Choose a course, or a learning path."),
        ({"due_on": "2099-01-01"}, "not both"),
        ({"due_days": "", "due_on": "2020-01-01"}, "past before anybody can do it"),
        ({"ends_on": "2020-01-01"}, "before the first"),
        ({"valid_months": "0"}, "greater than or equal to 1"),
        ({"reason": " "}, "required"),
    ],
)
def test_a_duty_that_makes_no_sense_is_explained(client, organiser, agency, group, course, fields, words):
    answer = client.post(reverse("duties:add"), duty_form(course, agency, group) | fields)
    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert not Duty.objects.exists()


def test_duties_courses_and_groups_of_others_are_out_of_reach(client, organiser, agency, group, course, stranger):
    duty = services.make_duty(agency=agency, audience=group, course=course, by=organiser, reason="Rahasia instansi")
    theirs = AgencyFactory()
    own = make_course(agency=theirs, sharing="own")
    other_group = Audience.objects.create(agency=theirs, name="Kelompok lain")
    for told in (
        duty_form(own, agency, group), duty_form(course, agency, other_group), duty_form(course, theirs, other_group),
    ):  # fmt: skip
        assert client.post(reverse("duties:add"), told).status_code == 200
    assert Duty.objects.count() == 1
    stranger()
    assert "Rahasia" not in client.get(reverse("duties:index")).content.decode()
    assert client.post(reverse("duties:edit", args=[duty.pk]), {"confirmed": "on"}).status_code in (302, 404)
    duty.refresh_from_db()
    assert duty.ends_on is None


@pytest.mark.parametrize("duties", [1, 3])
def test_the_list_costs_the_same_queries(
    client, organiser, agency, unit, group, course, duties, django_assert_max_num_queries
):
    make_person(unit)
    for _ in range(duties):
        apply_duty(duty=services.make_duty(agency=agency, audience=group, course=course, by=organiser, reason="Wajib"))
    client.get(reverse("duties:index"))
    with django_assert_max_num_queries(12):
        client.get(reverse("duties:index"))


def test_learners_and_supervisors_find_no_screen(client, person):
    client.force_login(person)
    for name in ("duties:index", "duties:add", "enrolment_requests:index"):
        assert client.get(reverse(name)).status_code in (302, 403, 404)


# --- assigning -------------------------------------------------------------------------------------------------------


def test_assigning_to_a_group_and_to_who_fits_kinds_and_grades(client, organiser, agency, unit, group, course):
    grouped = make_person(unit)
    fits, wrong_grade = (make_person(UnitFactory(agency=agency)) for _ in range(2))
    for person, grade in ((fits, "III/a"), (wrong_grade, "III/b")):
        person.employments.update(grade=grade)
    told = {"course": course.pk, "due_days": "7", "employee_kinds": ["pns"], "grades": "iii/A"}
    client.post(reverse("assignments:add"), assign_form(agency, **told, audience=group.pk))
    assert set(Assignment.objects.values_list("enrolment__person", flat=True)) == {grouped.pk, fits.pk}
    for row in Assignment.objects.all():
        zone = row.enrolment.person.time_zone
        assert row.due_at == end_of_day(
            timezone.localdate(timezone=dt.timezone(dt.timedelta(hours=9))) + dt.timedelta(days=7), zone
        )


def test_assigning_a_path(client, organiser, agency, unit):
    person = make_person(unit)
    page = ShelfPage.objects.get(pk=make_course().get_parent().pk).add_child(
        instance=PathPage(title="Jalur", slug="jalur", summary="Ringkas")
    )
    course = make_course()
    PathStep.objects.create(path=page, course=course)
    answer = client.post(reverse("assignments:add"), assign_form(agency, path=page.pk, unit=unit.pk))
    assert answer.status_code == 302
    assert Assignment.objects.get().path_enrolment.path_id == page.pk
    assert current_enrolment(person, course.pk) is not None


def test_assigning_beyond_the_places_says_so(client, organiser, agency, unit):
    course = make_course(capacity=1)
    for _ in range(2):
        make_person(unit)
    answer = client.post(reverse("assignments:add"), assign_form(agency, course=course.pk, unit=unit.pk), follow=True)
    assert "All 1 places are taken now" in answer.content.decode()
    assert Enrolment.objects.count() == 2


def test_what_a_duty_asks_cannot_be_taken_back_by_hand(client, organiser, agency, unit, group, course):
    make_person(unit)
    apply_duty(duty=services.make_duty(agency=agency, audience=group, course=course, by=organiser, reason="Wajib"))
    row = Assignment.objects.get()
    answer = client.post(reverse("assignments:edit", args=[row.pk]), {"confirmed": "on"})
    assert "Exempt the person, or end the duty" in answer.content.decode()


# --- more time, exempted ---------------------------------------------------------------------------------------------


@pytest.fixture
def enrolment(person, agency, course, organiser):
    due_at = end_of_day(timezone.localdate() + dt.timedelta(days=3), WIT)
    assign(course=course, people=[person], by=organiser, agency=agency, due_at=due_at, reason="Wajib")
    return Enrolment.objects.get(person=person, course=course)


def test_more_time_and_back(client, organiser, enrolment, person, course):
    was = current_enrolment(person, course.pk).due
    url = reverse("enrolments:extend", args=[enrolment.pk])
    assert "23.59 WIT" in client.get(url).content.decode()
    later = timezone.localdate() + dt.timedelta(days=20)
    assert client.post(url, {"due": later.isoformat(), "reason": "Dinas luar"}).status_code == 302
    row = Extension.objects.get()
    assert (row.due_at, row.decided_by, row.reason) == (end_of_day(later, WIT), organiser, "Dinas luar")
    assert current_enrolment(person, course.pk).due == row.due_at
    earlier = client.post(url, {"due": timezone.localdate().isoformat(), "reason": "x"})
    assert "after the present due date" in earlier.content.decode()
    assert "Dinas luar" in client.get(reverse("enrolments:edit", args=[enrolment.pk])).content.decode()
    client.post(reverse("enrolments:take_back", args=[enrolment.pk, "extension", row.pk]))
    row.refresh_from_db()
    assert row.withdrawn_at is not None
    assert current_enrolment(person, course.pk).due == was


@pytest.fixture
def on_path(person, agency, organiser):
    """Return the enrolments of three courses of a path that was assigned until in three days; one is exempted."""
    courses = [make_course(agency=agency) for _ in range(3)]
    due_at = end_of_day(timezone.localdate() + dt.timedelta(days=3), WIT)
    services.assign_path(
        path=make_path(*courses), people=[person], by=organiser, agency=agency, due_at=due_at, reason="Wajib"
    )
    rows = [Enrolment.objects.get(person=person, course=course) for course in courses]
    services.exempt(enrolment=rows[2], by=organiser, reason="Setara")
    return rows


def test_a_decision_leads_back_to_the_same_persons_page(client, organiser, enrolment):
    for days in (20, 30):  # rows of other numbers than the enrolment's
        told = {"due": (timezone.localdate() + dt.timedelta(days=days)).isoformat(), "reason": "Dinas luar"}
        answer = client.post(reverse("enrolments:extend", args=[enrolment.pk]), told)
        assert answer.url == reverse("enrolments:edit", args=[enrolment.pk])


def test_more_time_for_a_whole_path_by_one_form(client, organiser, on_path, enrolment, person):
    first, second, exempted = on_path
    path = first.assignments.get().path_enrolment
    url = reverse("enrolments:extend", args=[first.pk])
    shown = client.get(url).content.decode()
    assert "all open courses of “Lintasan contoh”" in shown
    assert "this course only" in shown
    later = timezone.localdate() + dt.timedelta(days=20)
    told = {"due": later.isoformat(), "reason": "Cuti melahirkan", "scope": path.pk}
    assert client.post(url, told).status_code == 302
    rows = Extension.objects.order_by("enrolment")
    assert {row.enrolment for row in rows} == {first, second}
    assert {(row.due_at, row.decided_by) for row in rows} == {(end_of_day(later, WIT), organiser)}
    again = client.post(url, told)
    assert "No open course of this learning path is due before that day." in again.content.decode()
    assert current_enrolment(person, enrolment.course_id).due < end_of_day(later, WIT)
    services.extend(
        enrolment=second, due_at=end_of_day(later + dt.timedelta(days=30), WIT), by=organiser, reason="Sakit"
    )
    told["due"] = (later + dt.timedelta(days=10)).isoformat()
    client.post(url, told)
    assert (first.extensions.count(), second.extensions.count(), exempted.extensions.count()) == (2, 2, 0)


def test_one_course_of_a_path_may_have_more_time_alone(client, organiser, on_path):
    later = timezone.localdate() + dt.timedelta(days=20)
    url = reverse("enrolments:extend", args=[on_path[0].pk])
    assert client.post(url, {"due": later.isoformat(), "reason": "Ya", "scope": ""}).status_code == 302
    assert [row.enrolment for row in Extension.objects.all()] == [on_path[0]]


def test_a_path_of_somebody_else_and_of_no_assignment_is_no_choice(client, organiser, on_path, enrolment, unit, agency):
    assert 'name="scope"' not in client.get(reverse("enrolments:extend", args=[enrolment.pk])).content.decode()
    other = make_person(unit)
    courses = [CoursePage.objects.get(pk=on_path[0].course_id)]
    due_at = end_of_day(timezone.localdate(), WIT)
    services.assign_path(
        path=make_path(*courses, slug="lain"), people=[other], by=organiser, agency=agency, due_at=due_at, reason="x"
    )
    theirs = Assignment.objects.get(enrolment__person=other).path_enrolment
    later = (timezone.localdate() + dt.timedelta(days=20)).isoformat()
    url = reverse("enrolments:extend", args=[on_path[0].pk])
    assert client.post(url, {"due": later, "reason": "Ya", "scope": theirs.pk}).status_code == 200
    assert not Extension.objects.exists()


def test_nobody_extends_a_path_for_themselves_or_for_strangers(agency, organiser, on_path):
    path = on_path[0].assignments.get().path_enrolment
    due_at = end_of_day(timezone.localdate() + dt.timedelta(days=20), WIT)
    for by in (path.person, make_organiser(AgencyFactory())):
        with pytest.raises(PermissionDenied):
            services.extend_path(path_enrolment=path, due_at=due_at, by=by, reason="Ya")
    assert not Extension.objects.exists()


def test_more_time_for_a_path_is_one_announcement(organiser, on_path, django_capture_on_commit_callbacks):
    heard = []
    extended.connect(listener := lambda extension_ids, **news: heard.append(extension_ids), weak=False)
    path = on_path[0].assignments.get().path_enrolment
    due_at = end_of_day(timezone.localdate() + dt.timedelta(days=20), WIT)
    with django_capture_on_commit_callbacks(execute=True):
        made = services.extend_path(path_enrolment=path, due_at=due_at, by=organiser, reason="Ya")
    extended.disconnect(listener)
    assert heard == [[row.pk for row in made]]
    assert len(made) == 2


def test_exempted_and_back(client, organiser, enrolment, person, course):
    url = reverse("enrolments:exempt", args=[enrolment.pk])
    client.post(url, {"reason": " "})
    assert not Exemption.objects.exists()
    for _ in range(2):
        client.post(url, {"reason": "Tugas belajar"})
    row = Exemption.objects.get()
    assert current_enrolment(person, course.pk).due is None
    assert "Exempted" in client.get(reverse("enrolments:index")).content.decode()
    client.force_login(person)
    assert "Exempted: Tugas belajar" in client.get("/belajar/").content.decode()
    client.force_login(organiser)
    client.post(reverse("enrolments:take_back", args=[enrolment.pk, "exemption", row.pk]))
    assert current_enrolment(person, course.pk).due is not None


def test_nobody_else_and_nobody_for_themselves(client, organiser, enrolment, person, agency, course, stranger):
    later = {"due": (timezone.localdate() + dt.timedelta(days=20)).isoformat(), "reason": "Ya"}
    due_at = end_of_day(timezone.localdate(), WIT)
    assign(course=course, people=[organiser], by=organiser, agency=agency, due_at=due_at, reason="Wajib")
    mine = Enrolment.objects.get(person=organiser)
    for name, told in (("extend", later), ("exempt", {"reason": "Ya"})):
        assert client.post(reverse(f"enrolments:{name}", args=[mine.pk]), told).status_code == 200
    row = services.exempt(enrolment=enrolment, by=organiser, reason="Cuti")
    for sign_in in (stranger, lambda: client.force_login(person)):
        sign_in()
        for name, told in (("extend", later), ("exempt", {"reason": "Ya"})):
            assert client.post(reverse(f"enrolments:{name}", args=[enrolment.pk]), told).status_code in (302, 403, 404)
        back = reverse("enrolments:take_back", args=[enrolment.pk, "exemption", row.pk])
        assert client.post(back).status_code in (302, 403, 404)
    row.refresh_from_db()
    assert row.withdrawn_at is None
    assert not Extension.objects.exists()
    assert Exemption.objects.count() == 1


def test_a_row_of_another_enrolment_is_not_found(client, organiser, enrolment, unit, course):
    other = enrol(person=make_person(unit), course=course)
    row = services.exempt(enrolment=other, by=organiser, reason="Cuti")
    url = reverse("enrolments:take_back", args=[enrolment.pk, "exemption", row.pk])
    assert client.post(url).status_code == 404
    assert client.post(reverse("enrolments:take_back", args=[enrolment.pk, "nonsense", row.pk])).status_code == 404


# --- requests --------------------------------------------------------------------------------------------------------


def test_requests_are_listed_and_decided_by_who_may(client, organiser, person, agency, stranger):
    course = make_course(agency=agency, enrolment_mode=CoursePage.EnrolmentMode.APPROVAL)
    request = ask_to_enrol(person=person, course=course, message="Untuk SKP")
    assert "Untuk SKP" in client.get(reverse("enrolment_requests:index")).content.decode()
    url = reverse("enrolment_requests:edit", args=[request.pk])
    assert "Untuk SKP" in client.get(url).content.decode()
    assert "Say why" in client.post(url, {"decision": "refuse", "reason": ""}).content.decode()
    stranger()
    assert person.full_name not in client.get(reverse("enrolment_requests:index")).content.decode()
    assert client.post(url, {"decision": "approve", "reason": ""}).status_code in (302, 404)
    assert EnrolmentRequest.objects.get().decision == "waiting"
    client.force_login(organiser)
    client.post(url, {"decision": "approve", "reason": ""})
    assert EnrolmentRequest.objects.get().decided_by == organiser
    assert client.post(url, {"decision": "refuse", "reason": "x"}).status_code in (302, 404)
    assert Enrolment.objects.get().person == person
    assert client.get(reverse("enrolment_requests:index")).status_code == 200


@pytest.mark.parametrize("owned", [True, False])
@pytest.mark.parametrize("approver", CoursePage.Approver.values)
def test_the_list_and_the_rule_agree(client, agency, person, owned, approver):
    from completion.permissions import requests_in_care
    from completion.rules import can_decide_request

    owner = AgencyFactory()
    fields = {"enrolment_mode": "approval", "approver": approver}
    request = ask_to_enrol(person=person, course=make_course(agency=owner if owned else None, **fields))
    for who in (make_organiser(agency), make_organiser(owner), make_organiser(AgencyFactory()), PersonFactory()):
        listed = EnrolmentRequest.objects.filter(requests_in_care(who)).exists()
        assert listed == can_decide_request(who, request)
