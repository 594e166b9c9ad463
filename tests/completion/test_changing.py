"""A published change reaches those whom its editor chose, all at once, and the record stays exact."""

import datetime as dt
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Revision

from completion import services
from completion.checks import differences
from completion.models import Achievement, ActivityEvent, Assignment, Completion, Enrolment, PastCompletion
from completion.services import changing, enrol, record
from core.zones import end_of_day
from courses.models import CoursePage, LessonPage
from courses.queries import latest_edition
from tests.factories import LessonPageFactory, PersonFactory

from .conftest import lessons_of, make_course, make_person, read_data, refresh

pytestmark = pytest.mark.django_db

DUE = dt.date(2027, 3, 1)
State = Enrolment.State


def study(enrolment, *lessons):
    for lesson in lessons:
        record(enrolment=enrolment, activity_id=lesson.pk, kind="read", data=read_data(), client_id=uuid.uuid4())


@pytest.fixture
def course(agency):
    return make_course(agency=agency)


@pytest.fixture
def editor():
    return PersonFactory(name="Penyunting")


class Class:
    """One who finished, one half way, one who has not begun."""

    def __init__(self, course, unit):
        first, second = lessons_of(course)[:2]
        self.finished, self.half, self.fresh = (enrol(person=make_person(unit), course=course) for _ in range(3))
        study(self.finished, first, second)
        study(self.half, first)

    def read_again(self):
        for one in (self.finished, self.half, self.fresh):
            one.refresh_from_db()


@pytest.fixture
def learners(course, unit):
    return Class(course, unit)


def publish(course, lesson, editor, effect, due=None, **fields):
    """Publish a lesson with other fields, as the form does after the question."""
    page = LessonPage.objects.get(pk=lesson.pk)
    for name, value in {**fields, "change_effect": effect, "change_due": due}.items():
        setattr(page, name, value)
    page.save_revision(user=editor).publish()
    refresh(course)


def add_lesson(course, editor, effect, due=None):
    module = lessons_of(course)[0].get_parent()
    lesson = LessonPageFactory(parent=module, minimum_seconds=60)
    publish(course, lesson, editor, effect, due)
    return lesson


def all_is_exact():
    found = [difference for _checked, told in differences() for difference in told]
    assert not found
    return True


def completions(learners):
    learners.read_again()
    return [one.completion for one in (learners.finished, learners.half, learners.fresh)]


def editions(learners):
    learners.read_again()
    return [one.edition.number for one in (learners.finished, learners.half, learners.fresh)]


DONE, BEGUN, NOT_BEGUN = Completion.COMPLETE, Completion.IN_PROGRESS, Completion.NOT_STARTED


def test_new_learners_only_leaves_everyone_where_they_are(course, learners, editor):
    publish(course, lessons_of(course)[0], editor, "new", completion_rule="declared")
    assert editions(learners) == [1, 1, 1]
    assert latest_edition(course).number == 2
    assert completions(learners) == [DONE, BEGUN, NOT_BEGUN]
    assert all_is_exact()


def test_cosmetic_moves_those_on_their_way_and_keeps_every_tick(course, learners, editor):
    first = lessons_of(course)[0]
    was = learners.half.progress.get().completed_at
    publish(course, first, editor, "cosmetic", completion_rule="declared")
    assert editions(learners) == [1, 2, 2]
    assert completions(learners) == [DONE, BEGUN, NOT_BEGUN]
    row = learners.half.progress.get()
    assert (row.completion, row.completed_at) == (DONE, was)
    kept = learners.half.events.get(kind="overridden")
    assert (kept.decided_by, kept.decision_number) == (editor, 1)
    assert kept.reason
    assert not PastCompletion.objects.exists()
    assert not Assignment.objects.exists()
    assert all_is_exact()


def test_everyone_opens_finished_courses_and_keeps_their_history(course, learners, editor, agency):
    first = lessons_of(course)[0]
    learners.finished.refresh_from_db()
    was = learners.finished.completed_at
    publish(course, first, editor, "everyone", DUE, minimum_seconds=90)
    assert editions(learners) == [2, 2, 2]
    assert completions(learners) == [BEGUN, NOT_BEGUN, NOT_BEGUN]
    assert learners.finished.state == State.OPEN
    past = PastCompletion.objects.get()
    assert (past.enrolment, past.completed_at, past.edition.number) == (learners.finished, was, 1)
    assert (past.reopened_by, bool(past.reason)) == (editor, True)
    assert ActivityEvent.objects.filter(kind="redo").count() == 2
    asked = Assignment.objects.filter(due_at=end_of_day(DUE, agency.time_zone), agency=agency, assigned_by=editor)
    assert asked.count() == 3
    assert Achievement.objects.get().undone_at is None
    assert all_is_exact()
    record(enrolment=learners.finished, activity_id=first.pk, kind="read", data=read_data(95), client_id=uuid.uuid4())
    assert completions(learners)[0] == DONE
    assert all_is_exact()


def test_an_added_lesson_for_everyone_asks_for_nothing_else_again(course, learners, editor):
    add_lesson(course, editor, "everyone", DUE)
    assert completions(learners) == [BEGUN, BEGUN, NOT_BEGUN]
    assert learners.finished.required_complete == 2
    assert not ActivityEvent.objects.filter(kind="redo").exists()
    assert PastCompletion.objects.count() == 1
    assert all_is_exact()


def test_who_lacks_nothing_stays_finished_with_everyone_too(course, unit, editor):
    third = add_lesson(course, editor, "new")
    learners = Class(course, unit)
    study(learners.finished, third)
    CoursePage.objects.filter(pk=course.pk).update(change_effect="everyone", change_due=DUE)
    LessonPage.objects.get(pk=third.pk).unpublish()
    refresh(course)
    assert completions(learners) == [DONE, BEGUN, NOT_BEGUN]
    assert learners.finished.state == State.FINISHED
    assert not PastCompletion.objects.exists()
    assert all_is_exact()


def test_without_a_choice_people_keep_their_edition(course, learners, editor):
    publish(course, lessons_of(course)[0], editor, "", completion_rule="declared")
    assert editions(learners) == [1, 1, 1]


def test_a_choice_holds_for_one_change_only(course, learners, editor):
    first = lessons_of(course)[0]
    publish(course, first, editor, "everyone", DUE, minimum_seconds=90)
    page = LessonPage.objects.get(pk=first.pk)
    assert (page.change_effect, page.change_due) == ("", None)
    assert page.get_latest_revision_as_object().change_effect == ""
    assert Revision.objects.get(pk=page.live_revision_id).content["change_due"] is None
    made = PastCompletion.objects.count(), ActivityEvent.objects.count(), Assignment.objects.count()
    page.get_latest_revision().publish()
    refresh(course)
    assert (PastCompletion.objects.count(), ActivityEvent.objects.count(), Assignment.objects.count()) == made


def test_a_course_left_stays_left(course, learners, editor):
    services.leave(enrolment=learners.half)
    publish(course, lessons_of(course)[0], editor, "everyone", DUE, minimum_seconds=90)
    learners.read_again()
    assert (learners.half.state, learners.half.edition.number) == (State.LEFT, 1)
    assert all_is_exact()


def test_killed_half_way_it_goes_on_and_doubles_nothing(course, learners, editor, monkeypatch):
    monkeypatch.setattr(changing, "BATCH", 1)
    real, calls = changing._move, []

    def dies(*args):
        calls.append(args)
        if len(calls) == 2:
            raise KeyboardInterrupt
        real(*args)

    noted = []
    monkeypatch.setattr("completion.receivers.services.apply_change", lambda **terms: noted.append(terms))
    publish(course, lessons_of(course)[0], editor, "everyone", DUE, minimum_seconds=90)
    monkeypatch.setattr(changing, "_move", dies)
    with pytest.raises(KeyboardInterrupt):
        changing.apply_change(**noted[0])
    assert editions(learners) == [2, 1, 1]
    monkeypatch.setattr(changing, "_move", real)
    assert changing.apply_change(**noted[0]) == 2
    assert changing.apply_change(**noted[0]) == 0
    assert editions(learners) == [2, 2, 2]
    assert (PastCompletion.objects.count(), Assignment.objects.count()) == (1, 3)
    assert ActivityEvent.objects.filter(kind="redo").count() == 2
    assert all_is_exact()


def test_many_are_work_for_the_worker(course, learners, editor, monkeypatch):
    monkeypatch.setattr(changing, "AT_ONCE", 1)
    publish(course, lessons_of(course)[0], editor, "everyone", DUE, minimum_seconds=90)
    assert editions(learners) == [2, 2, 2]


@pytest.mark.parametrize("effect", ["cosmetic", "everyone"])
def test_the_queries_do_not_grow_with_people(effect, agency, unit, editor, monkeypatch):
    counts = []
    for classes in (1, 4):
        course = make_course(agency=agency)
        for _ in range(classes):
            Class(course, unit)
        noted = []
        with monkeypatch.context() as patch:
            patch.setattr(
                "completion.receivers.services.apply_change", lambda noted=noted, **terms: noted.append(terms)
            )
            publish(course, lessons_of(course)[0], editor, effect, DUE, completion_rule="declared")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert changing.apply_change(**noted[0]) == classes * (3 if effect == "everyone" else 2)
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert all_is_exact()


# --- asking the editor -----------------------------------------------------------------------------------------------


@pytest.fixture
def admin(client, django_user_model):
    person = django_user_model.objects.create_superuser(password="x", language="en")
    client.force_login(person)
    return client


def form_of(client, page):
    """Return what the edit form would send, unchanged."""
    form = client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).context["form"]
    data = {}
    for field in form:
        value = field.value()
        if hasattr(field.field.widget, "render_form_content") or field.name in ("body", "sources"):
            data |= {f"{field.name}-count": "0"}
        elif isinstance(value, bool):
            data |= {field.name: "on"} if value else {}
        elif value is not None and not isinstance(value, (dict, list)):
            data[field.name] = value
    return {**data, "condition-mode": "rows", "comments-TOTAL_FORMS": 0, "comments-INITIAL_FORMS": 0}


def send(client, page, **fields):
    return client.post(reverse("wagtailadmin_pages:edit", args=[page.pk]), {**form_of(client, page), **fields})


def test_publishing_asks_with_numbers_then_does_as_told(admin, course, learners):
    lesson = lessons_of(course)[0]
    change = {"minimum_seconds": "90", "action-publish": "1"}
    answer = send(admin, lesson, **change)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Whom does this change touch?" in page
    assert "2 learners are on the way, 1 has finished." in page
    assert LessonPage.objects.get(pk=lesson.pk).minimum_seconds == 60
    answer = send(admin, lesson, **change, change_effect="everyone")
    assert "Say until which day" in answer.content.decode()
    past = (timezone.localdate() - dt.timedelta(days=1)).isoformat()
    assert (
        "This day is past" in send(admin, lesson, **change, change_effect="everyone", change_due=past).content.decode()
    )
    assert send(admin, lesson, **change, change_effect="everyone", change_due="2030-01-31").status_code == 302
    page = LessonPage.objects.get(pk=lesson.pk)
    assert (page.minimum_seconds, page.change_effect, page.change_due) == (90, "everyone", dt.date(2030, 1, 31))
    refresh(course)
    assert completions(learners) == [BEGUN, NOT_BEGUN, NOT_BEGUN]


def test_nothing_is_asked_where_nobody_or_nothing_is_touched(admin, course, learners):
    lesson = lessons_of(course)[0]
    publish = {"action-publish": "1"}
    assert send(admin, lesson, title="Judul baru", **publish).status_code == 302
    assert send(admin, lesson, minimum_seconds="90").status_code == 302  # a draft
    empty = make_course()
    assert send(admin, lessons_of(empty)[0], minimum_seconds="90", **publish).status_code == 302


def test_withdrawing_asks(admin, course, learners):
    lesson = lessons_of(course)[1]
    address = reverse("wagtailadmin_pages:unpublish", args=[lesson.pk])
    answer = admin.post(address, {"next": "/admin/"})
    assert "Whom does this change touch?" in answer.content.decode()
    assert 'name="next" value="/admin/"' in answer.content.decode()
    assert LessonPage.objects.get(pk=lesson.pk).live
    assert "Choose whom" in admin.post(address, {"change_asked": "1"}).content.decode()
    assert admin.post(address, {"change_asked": "1", "change_effect": "cosmetic"}).status_code == 302
    assert not LessonPage.objects.get(pk=lesson.pk).live
    refresh(course)
    assert editions(learners) == [1, 2, 2]
    assert all_is_exact()
