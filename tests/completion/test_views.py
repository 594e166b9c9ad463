"""The learner's own pages through HTTP: what they write, what they cost, and who is refused."""

import datetime as dt
import uuid

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from completion import services
from completion.models import ActivityEvent, ActivityProgress, Completion, Enrolment
from completion.reading import open_token
from completion.services import enrol, leave, record
from courses.models import CoursePage, ModulePage
from courses.queries import outline
from tests.factories import AgencyFactory, AgencyRoleFactory, PersonFactory, PostFactory

from .conftest import lessons_of, make_course, make_lesson, make_person, read_data, refresh


@pytest.fixture
def learner(client, person):
    client.force_login(person)
    client.get("/belajar/")  # what is cached for a while (law, navigation) is read now
    return client


def study(enrolment, lesson, seconds=60):
    return record(
        enrolment=enrolment, activity_id=lesson.pk, kind="read", data=read_data(seconds), client_id=uuid.uuid4()
    )


def form_for(person, lesson, **fields):
    token = open_token(person_id=person.pk, activity_id=lesson.pk, revision=7)
    return {"client_id": uuid.uuid4(), "opening": token, "seconds": "", "reached_end": ""} | fields


def read_for(client, person, lesson, passed, **fields):
    """Open a lesson, wait, press the button."""
    with time_machine.travel(timezone.now(), tick=False) as clock:
        form = form_for(person, lesson, **fields)
        clock.shift(dt.timedelta(seconds=passed))
        return client.post(reverse("completion:finish", args=[lesson.pk]), form), form


def url_of(course, lesson):
    return outline(course.pk).activity(lesson.pk).url


# --- finishing a lesson ----------------------------------------------------------------------------------------------


def test_finish_without_a_script_counts_the_servers_clock_and_goes_on(learner, person, course):
    first, second = lessons_of(course)
    enrol(person=person, course=course)
    answer, _form = read_for(learner, person, first, 61)
    assert answer.url == url_of(course, second)
    event = ActivityEvent.objects.get()
    assert (event.data["seconds"], event.data["reached_end"], event.revision) == (61, True, 7)


def test_finish_too_quickly_says_what_is_missing_and_adds_up(learner, person, course):
    first, second = lessons_of(course)
    enrol(person=person, course=course)
    answer, _form = read_for(learner, person, first, 20)
    assert answer.url == url_of(course, first)
    told = learner.get(answer.url).content.decode()
    assert "Still to read: 40 seconds." in told
    assert told.count("Nothing is lost") == 1
    answer, _form = read_for(learner, person, first, 45)
    assert answer.url == url_of(course, second)


def test_finish_of_the_last_lesson_leads_to_the_course(learner, person):
    course = make_course(lessons=1)
    enrol(person=person, course=course)
    answer, _form = read_for(learner, person, lessons_of(course)[0], 61)
    assert answer.url == outline(course.pk).url
    assert Enrolment.objects.get().completion == Completion.COMPLETE


def test_celebration_is_shown_once(learner, person):
    course = make_course(lessons=1)
    study(enrol(person=person, course=course), lessons_of(course)[0])
    url = outline(course.pk).url
    assert b'class="finished"' in learner.get(url).content
    assert b'class="finished"' not in learner.get(url).content


def test_double_submit_is_one_event(learner, person, course):
    enrol(person=person, course=course)
    _answer, form = read_for(learner, person, lessons_of(course)[0], 20)
    learner.post(reverse("completion:finish", args=[lessons_of(course)[0].pk]), form)
    assert ActivityEvent.objects.count() == 1


def test_back_button_and_reading_on_counts_once(learner, person, course):
    lesson = lessons_of(course)[0]
    enrol(person=person, course=course)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        form = form_for(person, lesson)
        for _visit in range(2):
            clock.shift(dt.timedelta(seconds=40))
            learner.post(reverse("completion:finish", args=[lesson.pk]), form)
    assert ActivityProgress.objects.get().seconds == 80


def test_device_can_say_less_but_never_more_than_passed(learner, person, course):
    lesson = lessons_of(course)[0]
    enrol(person=person, course=course)
    read_for(learner, person, lesson, 30, seconds="5000", reached_end="1")
    assert ActivityProgress.objects.get().seconds == 30
    read_for(learner, person, lesson, 300, seconds="10", reached_end="1")
    assert ActivityProgress.objects.get().seconds == 40


def test_partial_report_is_taken_and_answered_with_nothing(learner, person, course):
    lesson = lessons_of(course)[0]
    enrol(person=person, course=course)
    answer, _form = read_for(learner, person, lesson, 90, seconds="70", reached_end="0", partial="1")
    assert answer.status_code == 204
    row = ActivityProgress.objects.get()
    assert (row.seconds, row.completion) == (70, Completion.IN_PROGRESS)


def test_declared_lesson_needs_the_button_not_the_script(learner, person):
    course = make_course(lessons=0)
    module = ModulePage.objects.child_of(course).get()
    lesson = make_lesson(module, completion_rule="declared")
    refresh(course)
    enrol(person=person, course=course)
    read_for(learner, person, lesson, 90, partial="1", reached_end="1", seconds="90")
    assert ActivityProgress.objects.get().completion == Completion.IN_PROGRESS
    read_for(learner, person, lesson, 91)
    assert ActivityProgress.objects.get().completion == Completion.COMPLETE


@pytest.mark.parametrize("token", ["nonsense", "other person", "other lesson", "too old"])
def test_finish_with_a_token_that_is_not_its_own_records_nothing(learner, person, course, token):
    first, second = lessons_of(course)
    enrol(person=person, course=course)
    opening = {
        "nonsense": "nonsense",
        "other person": open_token(person_id=person.pk + 1, activity_id=first.pk, revision=1),
        "other lesson": open_token(person_id=person.pk, activity_id=second.pk, revision=1),
        "too old": open_token(person_id=person.pk, activity_id=first.pk, revision=1),
    }[token]
    days = 15 if token == "too old" else 0
    with time_machine.travel(timezone.now() + dt.timedelta(days=days)):
        learner.force_login(person)
        answer = learner.post(
            reverse("completion:finish", args=[first.pk]), {"client_id": uuid.uuid4(), "opening": opening}
        )
    assert answer.url == url_of(course, first)
    assert not ActivityEvent.objects.exists()


def test_finish_without_enrolment_is_not_found(learner, person, course):
    lesson = lessons_of(course)[0]
    enrol(person=make_person(person.posts.get().unit), course=course)
    answer, _form = read_for(learner, person, lesson, 90)
    assert answer.status_code == 404
    assert not ActivityEvent.objects.exists()


def test_finish_keeps_what_was_read_in_a_course_left_in_another_tab(learner, person, course):
    first = lessons_of(course)[0]
    leave(enrolment=enrol(person=person, course=course))
    answer, _form = read_for(learner, person, first, 61)
    assert answer.url == outline(course.pk).url
    assert ActivityEvent.objects.get(kind="read").data["seconds"] == 61
    assert enrol(person=person, course=course).required_complete == 1


def test_finish_takes_evidence_of_a_page_withdrawn_meanwhile(learner, person, course):
    first = lessons_of(course)[0]
    enrol(person=person, course=course)
    first.unpublish()
    refresh(course)
    answer, _form = read_for(learner, person, first, 90)
    assert answer.url == reverse("completion:learning")
    assert ActivityProgress.objects.get().completion == Completion.COMPLETE


# --- opening a lesson ------------------------------------------------------------------------------------------------


def test_lesson_asks_to_enrol_first_and_leaves_no_trace(learner, course):
    answer = learner.get(url_of(course, lessons_of(course)[0]))
    assert answer.url == outline(course.pk).url
    assert not ActivityEvent.objects.exists()


def test_first_opening_is_recorded_once(learner, person, course):
    lesson = lessons_of(course)[0]
    enrol(person=person, course=course)
    for _visit in range(3):
        assert learner.get(url_of(course, lesson)).status_code == 200
    assert list(ActivityEvent.objects.values_list("kind", "activity")) == [("opened", lesson.pk)]
    assert ActivityProgress.objects.get().completion == Completion.IN_PROGRESS


def test_opening_after_a_redo_is_recorded_again(learner, person, course):
    lesson = lessons_of(course)[0]
    enrolment = enrol(person=person, course=course)
    learner.get(url_of(course, lesson))
    services.ask_to_redo(enrolment=enrolment, activity_id=lesson.pk, by=PersonFactory(), reason="Isi baru")
    for _visit in range(2):
        learner.get(url_of(course, lesson))
    assert ActivityEvent.objects.filter(kind="opened").count() == 2


def test_leaving_closes_the_lessons(learner, person, course):
    leave(enrolment=enrol(person=person, course=course))
    assert learner.get(url_of(course, lessons_of(course)[0])).url == outline(course.pk).url


@pytest.mark.parametrize("lessons", [1, 3])
def test_lesson_costs_the_same_queries_for_any_number_of_lessons(
    learner, person, lessons, django_assert_max_num_queries
):
    course = make_course(lessons=lessons)
    url = url_of(course, lessons_of(course)[0])
    enrol(person=person, course=course)
    learner.get(url)
    learner.get(url)
    with django_assert_max_num_queries(8):
        learner.get(url)


# --- enrolling and leaving -------------------------------------------------------------------------------------------


def test_enrol_goes_to_the_first_lesson(learner, person, course):
    answer = learner.post(reverse("completion:enrol", args=[course.pk]))
    assert answer.url == url_of(course, lessons_of(course)[0])
    assert Enrolment.objects.get().person == person


def test_enrol_by_get_writes_nothing(learner, course):
    assert learner.get(reverse("completion:enrol", args=[course.pk])).url == outline(course.pk).url
    assert not Enrolment.objects.exists()


def test_enrol_in_a_course_of_another_agency_is_not_found(learner):
    course = make_course(agency=AgencyFactory(), sharing=CoursePage.Sharing.OWN)
    assert learner.post(reverse("completion:enrol", args=[course.pk])).status_code == 404
    assert not Enrolment.objects.exists()


def test_enrol_in_what_is_only_assigned_explains(learner, course):
    CoursePage.objects.filter(pk=course.pk).update(enrolment_mode="assigned")
    answer = learner.post(reverse("completion:enrol", args=[course.pk]), follow=True)
    assert "assigned" in answer.content.decode()
    assert not Enrolment.objects.exists()


def test_leave_asks_first(learner, person, course):
    enrolment = enrol(person=person, course=course)
    url = reverse("completion:leave", args=[enrolment.pk])
    assert learner.get(url).status_code == 200
    enrolment.refresh_from_db()
    assert enrolment.state == "open"
    assert "Not started" in learner.get(reverse("completion:learning")).content.decode()
    assert learner.post(url).url == reverse("completion:learning")
    enrolment.refresh_from_db()
    assert enrolment.state == "left"
    assert "Not started" not in learner.get(reverse("completion:learning")).content.decode()


def test_leaving_somebody_elses_course_is_not_found(learner, unit, course):
    enrolment = enrol(person=make_person(unit), course=course)
    assert learner.post(reverse("completion:leave", args=[enrolment.pk])).status_code == 404
    enrolment.refresh_from_db()
    assert enrolment.state == "open"


@pytest.mark.parametrize("name", ["enrol", "leave", "finish"])
def test_pages_ask_to_sign_in(client, db, name):
    answer = client.post(reverse(f"completion:{name}", args=[1]))
    assert answer.status_code == 302
    assert "/masuk/" in answer.url


# --- my learning and today -------------------------------------------------------------------------------------------


def fill_record(person, unit, soon, number):
    """`number` courses of each state."""
    for _each in range(number):
        made = [make_course(lessons=2) for _state in range(4)]
        rows = [enrol(person=person, course=course) for course in made]
        study(rows[0], lessons_of(made[0])[0])
        for lesson in lessons_of(made[1]):
            study(rows[1], lesson)
        leave(enrolment=rows[2])
        services.assign(
            course=made[3], people=[person], by=PersonFactory(), agency=unit.agency, due_at=soon, reason="Wajib"
        )


@pytest.mark.parametrize("number", [1, 3])
def test_my_learning_costs_the_same_queries(learner, person, unit, soon, number, django_assert_num_queries):
    fill_record(person, unit, soon, number)
    learner.get("/belajar/")  # the rules of JP are kept from now on
    # Person, enrolments, progress, paths, requests, and four for the JP of the year; the session is cached.
    with django_assert_num_queries(9):
        learner.get("/belajar/")


@pytest.mark.parametrize("number", [1, 3])
def test_today_costs_the_same_queries(learner, person, unit, soon, number, django_assert_num_queries):
    fill_record(person, unit, soon, number)
    learner.get("/")
    with django_assert_num_queries(8):  # person, page, enrolments, progress, and four for the JP of the year
        learner.get("/")


def test_my_learning_shows_every_state_with_its_words(learner, person, unit, soon):
    fill_record(person, unit, soon, 1)
    text = learner.get("/belajar/").content.decode()
    for words in ("In progress", "Not started yet", "Finished", "Left", "WIT", "Continue", "Return to this course"):
        assert words in text


def test_my_learning_shows_nobody_elses(learner, unit, course):
    enrol(person=make_person(unit), course=course)
    assert course.title not in learner.get("/belajar/").content.decode()


def test_today_leads_a_newcomer_to_the_catalogue(learner, person):
    text = learner.get("/").content.decode()
    assert person.full_name in text
    assert 'href="/katalog/"' in text
    assert "Choose your first course" in text


def test_today_goes_on_where_one_was(learner, person, course):
    first, second = lessons_of(course)
    study(enrol(person=person, course=course), first)
    text = learner.get("/").content.decode()
    assert f'href="{url_of(course, second)}"' in text
    assert "1 of 2 required parts" in text


# --- why -------------------------------------------------------------------------------------------------------------


def why(client, enrolment, lesson):
    return client.get(reverse("completion:why", args=[enrolment.pk, lesson.pk]))


def test_why_tells_rule_evidence_zone_and_edition(learner, person, course):
    enrolment, lesson = enrol(person=person, course=course), lessons_of(course)[0]
    study(enrolment, lesson, 90)
    organiser = PersonFactory(name="Maryam")
    services.decide_by_staff(
        enrolment=enrolment, activity_id=lesson.pk, complete=True, by=organiser, reason="Ikut kelas tatap muka"
    )
    text = why(learner, enrolment, lesson).content.decode()
    for words in ("1 minute 30 seconds", "at least 1 minute", "WIT", "Maryam", "Ikut kelas tatap muka", "Edition"):
        assert words in text


def test_why_is_for_oneself_and_the_agencys_organiser_only(client, person, unit, course):
    enrolment, lesson = enrol(person=person, course=course), lessons_of(course)[0]
    study(enrolment, lesson)
    head = PersonFactory()
    PostFactory(person=head, unit=unit, is_head=True)
    stranger_organiser = AgencyRoleFactory(role="organiser").person
    editor = AgencyRoleFactory(agency=unit.agency, role="editor").person
    for viewer in (head, stranger_organiser, editor, make_person(unit)):
        client.force_login(viewer)
        assert why(client, enrolment, lesson).status_code == 404
    for viewer in (person, AgencyRoleFactory(agency=unit.agency, role="organiser").person):
        client.force_login(viewer)
        assert why(client, enrolment, lesson).status_code == 200


def test_why_of_an_activity_of_another_course_is_not_found(learner, person, course):
    enrolment = enrol(person=person, course=course)
    assert why(learner, enrolment, lessons_of(make_course())[0]).status_code == 404
