"""A course with a rule of its own, from the editor's choice to the learner's page: stored, proved, explained."""

import datetime as dt
import uuid

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from completion import services
from completion.models import CourseDecision, Enrolment
from completion.queries import awaiting_sign_off, course_progress
from courses.models import CoursePage, ModulePage
from courses.queries import course_rule, course_rule_problems, courses_that_ask_for, latest_edition, outline
from courses.services import refresh_course
from people.models import AgencyRole
from people.services import grant_role
from tests.factories import AgencyFactory, PersonFactory, QuizPageFactory, UnitFactory

from .conftest import lessons_of, make_course, make_person, read_data, refresh

pytestmark = pytest.mark.django_db


def change(course, *, courses=(), **fields):
    """Publish a change of what completes the course."""
    for name, value in fields.items():
        setattr(course, name, value)
    course.required_courses = list(courses)
    course.save_revision().publish()
    refresh(course)
    return CoursePage.objects.get(pk=course.pk)


def study(enrolment, lesson):
    services.record(enrolment=enrolment, activity_id=lesson.pk, kind="read", data=read_data(), client_id=uuid.uuid4())


def study_all(person, course):
    enrolment = services.enrol(person=person, course=course)
    for lesson in lessons_of(course):
        study(enrolment, lesson)
    enrolment.refresh_from_db()
    return enrolment


def mark(enrolment, quiz, score):
    data = {"score": score, "attempt": uuid.uuid4().hex}
    services.record(enrolment=enrolment, activity_id=quiz.pk, kind="graded", data=data, client_id=uuid.uuid4())
    enrolment.refresh_from_db()


def is_proved():
    call_command("check_completion")
    return True


@pytest.fixture
def organiser(agency):
    person = PersonFactory(language="en")
    grant_role(person=person, agency=agency, role=AgencyRole.Role.ORGANISER)
    return person


def later(monkeypatch, **span):
    then = timezone.now() + dt.timedelta(**span)
    monkeypatch.setattr(timezone, "now", lambda: then)


# --- editions --------------------------------------------------------------------------------------------------------


def test_a_changed_rule_makes_an_edition_and_who_is_enrolled_stays_with_theirs(person, course):
    enrolment = services.enrol(person=person, course=course)
    assert course_rule(enrolment.edition_id) == {}
    course = change(course, completion_mode="any", completion_count=1, needs_sign_off=True)
    edition = latest_edition(course)
    assert (edition.number, course_rule(edition.pk)) == (2, {"mode": "any", "count": 1, "sign_off": True})
    study_all(person, course)
    enrolment.refresh_from_db()
    assert enrolment.state == Enrolment.State.FINISHED


def test_usual_rule_keeps_the_edition_it_had(course):
    before = latest_edition(course)
    assert refresh_course(course=course) == before


# --- each condition, stored and proved -------------------------------------------------------------------------------


def test_a_number_of_parts_is_enough(person):
    course = change(make_course(lessons=3), completion_mode="any", completion_count=2)
    enrolment = services.enrol(person=person, course=course)
    assert enrolment.required_total == 2
    for lesson in lessons_of(course)[1:]:
        study(enrolment, lesson)
    assert (enrolment.state, enrolment.percent) == (Enrolment.State.FINISHED, 100)
    assert is_proved()


def test_grade_is_reached_with_a_better_mark(person):
    course = make_course(lessons=0)
    module = ModulePage.objects.child_of(course).get()
    first, second = (QuizPageFactory(parent=module, slug=slug, completion_rule="graded") for slug in ("satu", "dua"))
    course = change(course, minimum_grade=70)
    enrolment = services.enrol(person=person, course=course)
    mark(enrolment, first, "3/5")
    mark(enrolment, second, "13/20")
    assert (enrolment.state, enrolment.percent, enrolment.awaits_sign_off) == (Enrolment.State.OPEN, 99, False)
    mark(enrolment, first, "3/4")
    assert enrolment.state == Enrolment.State.FINISHED
    assert is_proved()


def test_course_waits_for_another_and_completes_with_it_at_once(person, course, django_capture_on_commit_callbacks):
    waiting = change(make_course(), courses=[course])
    third = change(make_course(), courses=[waiting])
    last, mine = study_all(person, third), study_all(person, waiting)
    assert {last.state, mine.state} == {Enrolment.State.OPEN}
    with django_capture_on_commit_callbacks(execute=True):
        done = study_all(person, course)
    for enrolment in (mine, last):
        enrolment.refresh_from_db()
        assert (enrolment.state, enrolment.completed_at) == (Enrolment.State.FINISHED, done.completed_at)
    assert is_proved()


def test_taking_the_other_course_back_opens_this_one_again(
    person, course, organiser, django_capture_on_commit_callbacks
):
    done = study_all(person, course)
    mine = study_all(person, change(make_course(), courses=[course]))
    assert mine.state == Enrolment.State.FINISHED
    with django_capture_on_commit_callbacks(execute=True):
        services.ask_to_redo(enrolment=done, activity_id=lessons_of(course)[0].pk, by=organiser, reason="Isi baru")
    mine.refresh_from_db()
    assert mine.state == Enrolment.State.OPEN


def test_other_peoples_courses_do_not_count(unit, person, course):
    study_all(make_person(unit), course)
    assert study_all(person, change(make_course(), courses=[course])).state == Enrolment.State.OPEN


def test_days_end_by_the_clock_and_only_who_waits_is_looked_at(
    person, unit, course, monkeypatch, django_assert_num_queries
):
    course = change(course, minimum_days=3)
    enrolment = study_all(person, course)
    study(services.enrol(person=make_person(unit), course=course), lessons_of(course)[0])
    until = enrolment.enrolled_at + dt.timedelta(days=3)
    assert (enrolment.state, enrolment.waits_until) == (Enrolment.State.OPEN, until)
    assert is_proved()
    with django_assert_num_queries(1):
        assert services.follow_clock() == 0
    later(monkeypatch, days=3, minutes=10)
    assert is_proved()  # the clock may lag a little
    assert services.follow_clock() == 1
    enrolment.refresh_from_db()
    assert (enrolment.state, enrolment.completed_at, enrolment.waits_until) == (Enrolment.State.FINISHED, until, None)
    assert is_proved()


def test_clock_that_stands_still_is_found(person, course, monkeypatch):
    study_all(person, change(course, minimum_days=1))
    later(monkeypatch, days=2)
    with pytest.raises(SystemExit):
        call_command("check_completion")
    with pytest.raises(SystemExit):
        call_command("check_completion", "--repair")
    assert is_proved()


def test_visit_completes_what_the_clock_has_not(client, person, course, monkeypatch):
    enrolment = study_all(person, change(course, minimum_days=1))
    later(monkeypatch, days=2)
    client.force_login(person)
    client.get(outline(course.pk).url)
    enrolment.refresh_from_db()
    assert enrolment.state == Enrolment.State.FINISHED


# --- signatures ------------------------------------------------------------------------------------------------------


@pytest.fixture
def signed_course(course):
    return change(course, needs_sign_off=True)


def test_signature_completes_and_taking_it_back_opens_again(person, signed_course, organiser):
    enrolment = study_all(person, signed_course)
    assert (enrolment.state, enrolment.awaits_sign_off) == (Enrolment.State.OPEN, True)
    assert services.sign_off(enrolments=[enrolment], by=organiser, reason="Praktik dilihat") == 1
    assert services.sign_off(enrolments=[enrolment], by=organiser, reason="Praktik dilihat") == 0
    enrolment.refresh_from_db()
    assert (enrolment.state, enrolment.completed_at) == (Enrolment.State.FINISHED, enrolment.signed_off_at)
    assert is_proved()
    assert services.take_back_sign_off(enrolments=[enrolment], by=organiser, reason="Salah orang") == 1
    enrolment.refresh_from_db()
    assert (enrolment.state, enrolment.awaits_sign_off) == (Enrolment.State.OPEN, True)
    assert list(CourseDecision.objects.values_list("number", "signed_off")) == [(1, True), (2, False)]
    assert is_proved()


def test_nobody_signs_their_own_off(person, signed_course):
    enrolment = study_all(person, signed_course)
    assert services.sign_off(enrolments=[enrolment], by=person, reason="Sudah") == 0


def test_planted_signature_is_found_and_repaired(person, signed_course):
    enrolment = study_all(person, signed_course)
    Enrolment.objects.filter(pk=enrolment.pk).update(signed_off_at=timezone.now())
    with pytest.raises(SystemExit):
        call_command("check_completion", "--repair")
    assert is_proved()


@pytest.mark.parametrize("people", [1, 3])
def test_signing_costs_the_same_queries_for_any_number(
    people, unit, signed_course, organiser, django_assert_max_num_queries
):
    enrolments = [study_all(make_person(unit), signed_course) for _ in range(people)]
    with django_assert_max_num_queries(25):
        assert services.sign_off(enrolments=enrolments, by=organiser, reason="Praktik dilihat") == people


def test_organiser_finds_who_waits_and_signs_for_many_at_once(client, unit, signed_course, organiser):
    waiting = [study_all(make_person(unit), signed_course) for _ in range(2)]
    services.enrol(person=make_person(unit), course=signed_course)
    elsewhere = study_all(make_person(UnitFactory(agency=AgencyFactory())), signed_course)
    assert set(awaiting_sign_off(organiser)) == set(waiting)
    client.force_login(organiser)
    page = client.get(reverse("signatures:add")).content.decode()
    assert all(one.person.full_name in page for one in waiting)
    assert elsewhere.person.full_name not in page
    refused = client.post(reverse("signatures:add"), {"enrolments": [elsewhere.pk], "reason": "Sudah"})
    assert refused.status_code == 200
    client.post(reverse("signatures:add"), {"enrolments": [one.pk for one in waiting], "reason": "Praktik dilihat"})
    assert CourseDecision.objects.filter(signed_off=True, decided_by=organiser).count() == 2
    assert "Praktik dilihat" in client.get(reverse("signatures:index")).content.decode()


def test_organiser_takes_a_signature_back_once_and_others_find_no_such_row(client, person, signed_course, organiser):
    enrolment = study_all(person, signed_course)
    services.sign_off(enrolments=[enrolment], by=organiser, reason="Praktik dilihat")
    address = reverse("signatures:edit", args=[CourseDecision.objects.get().pk])
    stranger = PersonFactory(language="en")
    grant_role(person=stranger, agency=AgencyFactory(), role=AgencyRole.Role.ORGANISER)
    client.force_login(stranger)
    assert client.get(address).status_code in (302, 404)
    client.force_login(organiser)
    client.post(address, {"reason": "Salah orang"})
    enrolment.refresh_from_db()
    assert enrolment.state == Enrolment.State.OPEN
    assert "later decision" in client.post(address, {"reason": "Lagi"}).content.decode()


# --- the learner -----------------------------------------------------------------------------------------------------


def test_course_page_says_what_is_missing_and_celebrates_only_what_is_complete(
    client, person, course, signed_course, organiser
):
    other = make_course()
    asking = change(make_course(lessons=1), courses=[other], needs_sign_off=True, minimum_days=2)
    client.force_login(person)
    enrolment = study_all(person, asking)
    page = client.get(outline(asking.pk).url).content.decode()
    assert "Still missing" in page
    assert f"Complete first: “{other.title}”." in page
    assert "The signature of an organiser." in page
    assert "You have done every part." in page
    assert 'class="finished' not in page
    assert not course_progress(person, asking.pk).is_finished
    assert enrolment.percent == 99


def test_why_of_a_course_names_conditions_and_who_signed(client, person, signed_course, organiser):
    enrolment = study_all(person, signed_course)
    services.sign_off(enrolments=[enrolment], by=organiser, reason="Praktik dilihat")
    client.force_login(person)
    address = reverse("completion:why_course", args=[enrolment.pk])
    page = client.get(address).content.decode()
    assert "2 required parts are complete" in page
    assert "Praktik dilihat" in page
    assert organiser.full_name in page
    client.force_login(organiser)
    assert client.get(address).status_code == 200
    client.force_login(PersonFactory())
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("lessons", [1, 3])
def test_why_of_a_course_costs_the_same_queries(lessons, client, person, organiser, django_assert_max_num_queries):
    enrolment = study_all(person, change(make_course(lessons=lessons), needs_sign_off=True))
    client.force_login(person)
    address = reverse("completion:why_course", args=[enrolment.pk])
    client.get(address)
    with django_assert_max_num_queries(10):
        client.get(address)


# --- the editor ------------------------------------------------------------------------------------------------------


def test_courses_that_ask_for_each_other_are_found(course):
    second = change(make_course(), courses=[course])
    third = change(make_course(), courses=[second])
    assert courses_that_ask_for(course.pk, among=[third, make_course()]) == [third]
    assert courses_that_ask_for(None, among=[third]) == []


def test_editor_is_warned_of_what_nobody_can_complete(course):
    course = change(course, completion_mode="any", completion_count=5, minimum_grade=70)
    assert len(course_rule_problems(course)) == 2
    assert course_rule_problems(make_course()) == []
