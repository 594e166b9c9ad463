"""Editors are asked whom a step touches: a module that comes back, many pages at once, moves and copies."""

import uuid

import pytest
from django.urls import reverse
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text

from completion.checks import differences
from completion.models import Completion
from completion.services import enrol, record
from courses import protection
from courses.models import CourseOutline, CoursePage, LessonPage, ModulePage
from courses.queries import latest_edition
from courses.services import refresh_courses
from tests.factories import LessonPageFactory, ModulePageFactory

from .conftest import lessons_of, make_course, make_lesson, make_person, read_data, refresh
from .test_changing import form_of as fields_of

pytestmark = pytest.mark.django_db

QUESTION = "Whom does this change touch?"
PUBLISH = {"action-publish": "1"}


@pytest.fixture
def admin(client, django_user_model):
    person = django_user_model.objects.create_superuser(password="x", language="en")
    client.force_login(person)
    client.person = person
    return client


@pytest.fixture
def course(agency):
    return make_course(agency=agency)


def study(enrolment, *lessons):
    for lesson in lessons:
        record(enrolment=enrolment, activity_id=lesson.pk, kind="read", data=read_data(), client_id=uuid.uuid4())


@pytest.fixture
def learners(course, unit):
    """One who finished and one half way."""
    first, second = lessons_of(course)[:2]
    done, half = (enrol(person=make_person(unit), course=course) for _ in range(2))
    study(done, first, second)
    study(half, first)
    return done, half


def editions(*learners):
    for one in learners:
        one.refresh_from_db()
    return [one.edition.number for one in learners]


def asked(answer) -> bool:
    return answer.status_code == 200 and QUESTION in answer.content.decode()


def all_is_exact():
    assert not [difference for _checked, told in differences() for difference in told]
    return True


def form_of(client, page):
    """Return what the edit form of a lesson, a module or a course would send, unchanged."""
    more = {} if isinstance(page.specific, LessonPage) else {"introduction": rich_text("")}
    if isinstance(page.specific, CoursePage):
        more |= {"aims-count": "0", **nested_form_data({"competencies": inline_formset([])})}
    return {**fields_of(client, page), **more}


def send(client, page, **fields):
    return client.post(reverse("wagtailadmin_pages:edit", args=[page.pk]), {**form_of(client, page), **fields})


def bulk(client, action, *pages, **data):
    ids = "&".join(f"id={page.pk}" for page in pages)
    return client.post(f"{reverse('wagtail_bulk_action', args=['wagtailcore', 'page', action])}?{ids}", data)


# --- a module in its form --------------------------------------------------------------------------------------------


@pytest.fixture
def second_module(course):
    """A module that is a draft, with a live lesson in it."""
    module = ModulePageFactory(parent=course, live=False)
    make_lesson(module)
    refresh(course)
    return module


def test_publishing_a_module_with_activities_asks_and_does_as_told(admin, course, learners, second_module):
    answer = send(admin, second_module, **PUBLISH)
    assert asked(answer)
    assert "1 learner is on the way, 1 has finished." in answer.content.decode()
    assert not ModulePage.objects.get(pk=second_module.pk).live
    assert send(admin, second_module, **PUBLISH, change_effect="cosmetic").status_code == 302
    refresh(course)
    assert editions(*learners) == [1, 2]
    page = ModulePage.objects.get(pk=second_module.pk)
    assert page.live
    assert page.change_effect == page.get_latest_revision_as_object().change_effect == ""
    assert all_is_exact()


def test_a_module_that_comes_back_asks_again(admin, course, learners):
    module = lessons_of(course)[0].get_parent().specific
    extra = ModulePageFactory(parent=course)
    make_lesson(extra)
    module.unpublish()
    refresh(course)
    assert asked(send(admin, module, **PUBLISH))


def test_an_empty_module_and_one_nobody_learns_in_ask_nothing(admin, course, learners):
    empty = ModulePageFactory(parent=course, live=False)
    assert send(admin, empty, **PUBLISH).status_code == 302
    other = make_course()
    draft = ModulePageFactory(parent=other, live=False)
    make_lesson(draft)
    assert send(admin, draft, **PUBLISH).status_code == 302


def test_a_module_that_is_saved_as_a_draft_asks_nothing(admin, learners, second_module):
    assert send(admin, second_module, title="Lain").status_code == 302


def test_a_course_that_goes_live_again_with_other_lessons_asks(admin, course, learners):
    course.unpublish()
    lessons_of(course)[0].unpublish()
    refresh(course)
    assert asked(send(admin, CoursePage.objects.get(pk=course.pk), **PUBLISH))


def test_changing_an_original_counts_those_who_learn_its_alias(admin, course, learners):
    source = lessons_of(make_course())[0]
    source.specific.create_alias(parent=lessons_of(course)[0].get_parent(), update_slug="alias")
    refresh(course)
    assert asked(send(admin, source, minimum_seconds="90", **PUBLISH))


# --- many at once ----------------------------------------------------------------------------------------------------


def test_withdrawing_many_asks_once_with_the_sum(admin, course, learners, agency, unit):
    other = make_course(agency=agency)
    enrol(person=make_person(unit), course=other)
    pages = [lessons_of(course)[1], lessons_of(other)[1]]
    answer = bulk(admin, "unpublish", *pages, include_descendants="on")
    text = answer.content.decode()
    assert asked(answer)
    assert "2 learners are on the way, 1 has finished." in text
    assert f"{course.title}: 1 learner is on the way, 1 has finished." in text
    assert f"{other.title}: 1 learner is on the way, 0 have finished." in text
    assert 'name="include_descendants" value="on"' in text
    assert all(LessonPage.objects.get(pk=page.pk).live for page in pages)
    assert "Choose whom" in bulk(admin, "unpublish", *pages, change_asked="1").content.decode()
    answer = bulk(admin, "unpublish", *pages, change_asked="1", change_effect="cosmetic")
    assert answer.status_code == 302
    assert not any(LessonPage.objects.get(pk=page.pk).live for page in pages)
    refresh_courses()
    assert editions(*learners) == [1, 2]
    assert not CourseOutline.objects.filter(choice__isnull=False).exists()
    assert all_is_exact()


def test_publishing_many_asks_and_everyone_is_asked_again_by_whom_answered(admin, course, learners):
    first, second = lessons_of(course)[:2]
    for lesson, seconds in ((first, 90), (second, 95)):
        lesson = LessonPage.objects.get(pk=lesson.pk)
        lesson.minimum_seconds = seconds
        lesson.save_revision()
    assert asked(bulk(admin, "publish", first, second))
    told = {"change_asked": "1", "change_effect": "everyone", "change_due": "2030-01-31"}
    assert bulk(admin, "publish", first, second, **told).status_code == 302
    refresh(course)
    done, half = learners
    assert editions(done, half) == [2, 2]
    assert done.completion != Completion.COMPLETE
    assert set(done.events.filter(kind="redo").values_list("decided_by", flat=True)) == {admin.person.pk}
    assert done.assignments.get().assigned_by == admin.person
    assert all_is_exact()


def test_publishing_a_module_with_its_drafts_asks(admin, course, learners):
    module = ModulePageFactory(parent=course, live=False)
    draft = LessonPageFactory(parent=module, live=False)
    assert bulk(admin, "publish", module).status_code == 302  # nothing comes with it
    assert asked(bulk(admin, "publish", module, include_descendants="on"))
    assert asked(bulk(admin, "publish", module, draft))
    assert not LessonPage.objects.get(pk=draft.pk).live


def test_publishing_the_course_among_many_keeps_the_answer(admin, course, learners):
    page = CoursePage.objects.get(pk=course.pk)
    page.minimum_days = 1
    page.save_revision()
    assert asked(bulk(admin, "publish", course))
    assert bulk(admin, "publish", course, change_asked="1", change_effect="cosmetic").status_code == 302
    refresh(course)
    assert editions(*learners) == [1, 2]


def test_what_touches_nobody_is_published_at_once(admin, course, learners):
    lesson = LessonPage.objects.get(pk=lessons_of(course)[0].pk)
    lesson.title = "Judul baru"
    lesson.save_revision()
    assert bulk(admin, "publish", lesson).status_code == 302
    assert LessonPage.objects.get(pk=lesson.pk).title == "Judul baru"


def test_moving_many_into_a_course_asks(admin, course, learners):
    other = make_course()
    coming = [make_lesson(lessons_of(other)[0].get_parent()) for _ in range(2)]
    target = lessons_of(course)[0].get_parent()
    assert asked(bulk(admin, "move", *coming, chooser=target.pk))
    told = {"chooser": target.pk, "change_asked": "1", "change_effect": "new"}
    assert bulk(admin, "move", *coming, **told).status_code == 302
    refresh(course)
    assert latest_edition(course).number == 2
    assert editions(*learners) == [1, 1]


def test_moving_into_a_draft_module_of_the_same_course_asks(admin, course, learners):
    draft = ModulePageFactory(parent=course, live=False)
    lesson = lessons_of(course)[1]
    assert asked(admin.post(reverse("wagtailadmin_pages:move_confirm", args=[lesson.pk, draft.pk])))
    live = ModulePageFactory(parent=course)
    assert admin.post(reverse("wagtailadmin_pages:move_confirm", args=[lesson.pk, live.pk])).status_code == 302


# --- copies, deletions -----------------------------------------------------------------------------------------------


def copy(client, page, parent, **data):
    fields = {"new_title": "Salinan", "new_slug": "salinan", "new_parent_page": parent.pk, **data}
    return client.post(reverse("wagtailadmin_pages:copy", args=[page.pk]), fields)


def test_a_copy_that_goes_live_asks(admin, course, learners):
    lesson, module = lessons_of(course)[0], lessons_of(course)[0].get_parent()
    for going_live in ({"publish_copies": "on"}, {"alias": "on"}):
        answer = copy(admin, lesson, module, **going_live)
        assert asked(answer)
        assert 'name="new_slug" value="salinan"' in answer.content.decode()
    told = {"publish_copies": "on", "change_asked": "1", "change_effect": "cosmetic"}
    assert copy(admin, lesson, module, **told).status_code == 302
    refresh(course)
    assert editions(*learners) == [1, 2]
    assert all_is_exact()


def test_a_module_copied_with_its_pages_asks_and_alone_does_not(admin, course, learners):
    module = lessons_of(make_course())[0].get_parent()
    assert asked(copy(admin, module, course, publish_copies="on", copy_subpages="on"))
    assert copy(admin, module, course, publish_copies="on").status_code == 302


def test_a_copy_that_stays_a_draft_asks_nothing(admin, course, learners):
    lesson = lessons_of(course)[0]
    assert copy(admin, lesson, lesson.get_parent()).status_code == 302


def test_what_deleting_takes_away_was_never_asked_of_anybody(admin, course, learners, unit):
    """A page that a learner's edition names is not deleted; one that none names leaves nobody with more or less."""
    lesson = make_lesson(lessons_of(course)[0].get_parent())
    refresh(course)
    assert latest_edition(course).number == 2
    assert admin.post(reverse("wagtailadmin_pages:delete", args=[lesson.pk])).status_code == 302
    assert not LessonPage.objects.filter(pk=lesson.pk).exists()
    refresh(course)
    assert editions(*learners) == [1, 1]
    lesson = make_lesson(lessons_of(course)[0].get_parent(), required=False)
    refresh(course)
    enrol(person=make_person(unit), course=course)
    assert protection.is_protected(lesson)
    assert all_is_exact()


def test_the_form_of_a_module_costs_the_same_with_one_lesson_and_with_many(admin, course, learners, second_module):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for _ in range(2):
        data = {**form_of(admin, second_module), **PUBLISH}
        with CaptureQueriesContext(connection) as queries:
            admin.post(reverse("wagtailadmin_pages:edit", args=[second_module.pk]), data)
        counts.append(len(queries))
        for _ in range(3):
            make_lesson(second_module)
    assert counts[0] == counts[1]
