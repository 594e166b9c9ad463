"""Access conditions in the course: what is closed, why, from when it is open, and what asking costs."""

import datetime as dt
import uuid

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse
from django.utils import timezone, translation

from completion.gates import read_facts
from completion.models import ActivityEvent
from completion.queries import course_progress, learning_of
from completion.reading import open_token
from completion.services import decide_by_staff, enrol, record
from courses.access import may_open
from courses.conditions import Leaf
from courses.models import CoursePage, LessonPage, ModulePage
from courses.queries import outline
from people.services import save_audience
from quizzes.models import QuizPage
from quizzes.services import QuizRefused, start_attempt
from tests.factories import add_quiz

from .conftest import lessons_of, make_course, make_person, read_data, refresh

pytestmark = pytest.mark.django_db


def close(page, condition, *, hidden=False):
    page.condition, page.hidden_until_met = condition, hidden
    page.save()
    course = CoursePage.objects.ancestor_of(page).get()
    refresh(course)
    return course


def study(enrolment, lesson):
    return record(enrolment=enrolment, activity_id=lesson.pk, kind="read", data=read_data(), client_id=uuid.uuid4())


def url_of(course, page):
    return outline(course.pk).activity(page.pk).url


@pytest.fixture
def learner(client, person):
    client.force_login(person)
    return client


@pytest.fixture
def lessons(course):
    return lessons_of(course)


def test_a_prerequisite_closes_with_its_reason_and_opens_at_once(learner, person, course, lessons):
    first, second = lessons
    close(second, {"finished": first.pk})
    enrolment = enrol(person=person, course=course)
    answer = learner.get(url_of(course, second), follow=True)
    assert answer.redirect_chain[-1][0] == outline(course.pk).url
    page = answer.content.decode()
    assert page.count(f"Opens once you have finished “{first.title}”.") == 2  # the message and the row
    assert f'href="{url_of(course, second)}"' not in page
    study(enrolment, first)
    assert learner.get(url_of(course, second)).status_code == 200


def test_nobody_is_led_into_what_is_closed(learner, person, course, lessons):
    first, second = lessons
    close(second, {"from": (timezone.now() + dt.timedelta(days=3)).isoformat()})
    enrolment = enrol(person=person, course=course)
    assert url_of(course, second) not in learner.get(url_of(course, first)).content.decode()
    study(enrolment, first)
    progress = course_progress(person, course.pk, outline(course.pk))
    assert progress.next_activity is None
    assert "Opens on" in learner.get(outline(course.pk).url).content.decode()
    assert [row.progress.next_activity for row in learning_of(person).open] == [None]
    assert learner.get("/").status_code == 200
    with time_machine.travel(timezone.now() + dt.timedelta(days=3, seconds=1)):
        assert course_progress(person, course.pk, outline(course.pk)).next_activity.id == second.pk


def test_what_is_hidden_is_not_there(learner, person, course, lessons):
    first, second = lessons
    close(second, {"finished": first.pk}, hidden=True)
    enrolment = enrol(person=person, course=course)
    for address in (outline(course.pk).url, outline(course.pk).modules[0].url, url_of(course, first), "/belajar/"):
        assert second.title not in learner.get(address).content.decode()
    assert learner.get(url_of(course, second)).status_code == 404
    study(enrolment, first)
    assert second.title in learner.get(outline(course.pk).url).content.decode()


def test_visitors_do_not_see_what_is_hidden_either(client, course, lessons):
    close(lessons[1], {"finished": lessons[0].pk}, hidden=True)
    page = client.get(outline(course.pk).url).content.decode()
    assert lessons[0].title in page
    assert lessons[1].title not in page


def test_a_module_closes_all_it_holds(learner, person):
    course = make_course(modules=2, lessons=1)
    first, second = lessons_of(course)
    module = ModulePage.objects.get(pk=second.get_parent().pk)
    close(module, {"finished": first.pk})
    enrolment = enrol(person=person, course=course)
    assert not may_open(person, LessonPage.objects.get(pk=second.pk)).allowed
    assert "Opens once you have finished" in learner.get(outline(course.pk).url).content.decode()
    close(module, {"finished": first.pk}, hidden=True)
    assert module.title not in learner.get(outline(course.pk).url).content.decode()
    assert learner.get(outline(course.pk).modules[1].url).status_code == 404
    study(enrolment, first)
    assert learner.get(outline(course.pk).modules[1].url).status_code == 200


def test_what_is_complete_stays_readable(learner, person, course, lessons):
    first, second = lessons
    enrolment = enrol(person=person, course=course)
    study(enrolment, second)
    close(second, {"finished": first.pk})
    assert learner.get(url_of(course, second)).status_code == 200


@pytest.mark.parametrize("condition", [{"finnished": 1}, {"not": {"finished": 10**9}}, {"post_kind": "x"}, [1]])
def test_what_is_broken_is_closed_and_says_so(learner, person, course, lessons, condition):
    close(lessons[1], condition)
    enrol(person=person, course=course)
    assert not may_open(person, LessonPage.objects.get(pk=lessons[1].pk)).allowed
    assert "no longer there" in learner.get(outline(course.pk).url).content.decode()


def test_editors_open_and_see_what_is_closed(client, course, lessons, django_user_model):
    close(lessons[1], {"finished": lessons[0].pk}, hidden=True)
    client.force_login(django_user_model.objects.create_superuser(password="x"))
    session = client.session
    session["works_in_admin"] = True
    session.save()
    page = client.get(outline(course.pk).url).content.decode()
    assert f'href="{url_of(course, lessons[1])}"' in page
    assert client.get(url_of(course, lessons[1])).status_code == 200


# --- each kind of condition ------------------------------------------------------------------------------------------


def opens(person, lesson) -> bool:
    return may_open(person, LessonPage.objects.get(pk=lesson.pk)).allowed


def test_the_place_of_work_and_the_group(person, unit, course, lessons):
    other = make_person(unit)
    group = save_audience(agency=unit.agency, name="Kepala", people=[person])
    for one in (person, other):
        enrol(person=one, course=course)
    close(lessons[1], {"group": group.pk})
    assert (opens(person, lessons[1]), opens(other, lessons[1])) == (True, False)
    close(lessons[1], {"all": [{"unit": unit.pk}, {"post_kind": "pelaksana"}]})
    assert (opens(person, lessons[1]), opens(other, lessons[1])) == (True, True)
    person.posts.update(kind="pengawas")
    assert (opens(person, lessons[1]), opens(other, lessons[1])) == (False, True)
    assert not may_open(AnonymousUser(), LessonPage.objects.get(pk=lessons[1].pk)).allowed


def test_another_course_and_a_mark(person, course, lessons, agency):
    before = make_course(lessons=1)
    close(lessons[1], {"finished_course": before.pk})
    enrolment = enrol(person=person, course=course)
    assert not opens(person, lessons[1])
    study(enrol(person=person, course=before), lessons_of(before)[0])
    assert opens(person, lessons[1])
    close(lessons[1], {"mark": lessons[0].pk, "at_least": 70})
    graded = {"enrolment": enrolment, "activity_id": lessons[0].pk, "kind": "graded"}
    record(data={"score": "69/100"}, client_id=uuid.uuid4(), **graded)
    assert not opens(person, lessons[1])
    record(data={"score": "7/10"}, client_id=uuid.uuid4(), **graded)
    assert opens(person, lessons[1])


def test_a_decision_of_staff_opens_what_waits_for_it(person, unit, course, lessons):
    close(lessons[1], {"finished": lessons[0].pk})
    enrolment = enrol(person=person, course=course)
    decide_by_staff(
        enrolment=enrolment, activity_id=lessons[0].pk, complete=True, by=make_person(unit), reason="Sudah di kelas"
    )
    assert opens(person, lessons[1])


# --- the other doors -------------------------------------------------------------------------------------------------


def test_a_quiz_cannot_be_begun_behind_a_closed_door(learner, person, course, lessons):
    quiz = add_quiz(lessons[0].get_parent().specific)
    close(quiz, {"finished": lessons[0].pk})
    enrolment = enrol(person=person, course=course)
    with translation.override("en"), pytest.raises(QuizRefused, match="Opens once you have finished"):
        start_attempt(person=person, quiz=quiz)
    answer = learner.post(reverse("quizzes:start", args=[quiz.pk]), follow=True)
    assert "Opens once you have finished" in answer.content.decode()
    assert not quiz.attempts.exists()
    study(enrolment, lessons[0])
    with pytest.raises(QuizRefused) as refused:
        start_attempt(person=person, quiz=QuizPage.objects.get(pk=quiz.pk))
    assert refused.value.code == "not_ready"  # the door is open; the quiz has no questions


def test_reading_needs_an_opening_that_the_closed_door_does_not_give(learner, person, course, lessons):
    close(lessons[1], {"finished": lessons[0].pk})
    enrol(person=person, course=course)
    form = {"client_id": uuid.uuid4(), "seconds": "600", "reached_end": "1"}
    for opening in ("", open_token(person_id=person.pk, activity_id=lessons[0].pk, revision=None)):
        learner.post(reverse("completion:finish", args=[lessons[1].pk]), {**form, "opening": opening})
    assert not ActivityEvent.objects.exists()


# --- what it costs ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
def test_asking_costs_the_same_for_one_closed_activity_and_three(count, person, unit, django_assert_num_queries):
    course, before = make_course(lessons=4), make_course(lessons=1)
    group = save_audience(agency=unit.agency, name="Kepala", people=[])
    first, *others = lessons_of(course)
    condition = {"any": [{"finished_course": before.pk}, {"unit": unit.pk}, {"group": group.pk}]}
    for lesson in others[:count]:
        close(lesson, {"all": [{"finished": first.pk}, condition]})
    enrol(person=person, course=course)
    live = outline(course.pk)
    course_progress(person, course.pk, live)
    with django_assert_num_queries(2 + 2 + 4 + 7):
        course_progress(person, course.pk, live)


def test_the_record_alone_costs_nothing_more(person, course, lessons, django_assert_num_queries):
    close(lessons[1], {"all": [{"finished": lessons[0].pk}, {"from": "2026-01-01T00:00:00+07:00"}]})
    enrol(person=person, course=course)
    live = outline(course.pk)
    course_progress(person, course.pk, live)
    with django_assert_num_queries(2):
        course_progress(person, course.pk, live)
    with django_assert_num_queries(0):
        read_facts(person, [Leaf("finished", lessons[0].pk)], timezone.now())
