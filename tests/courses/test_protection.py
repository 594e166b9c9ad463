"""What learners studied stays: the editor is told why, in the screens that delete and move, one page or many."""

from html import unescape

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from wagtail.models import Page

from completion.models import Enrolment
from courses import protection, queries
from courses.models import LessonPage, ModulePage
from tests.factories import LessonPageFactory, ModulePageFactory, PersonFactory, lessons_of, make_course


@pytest.fixture
def editor(db, client):
    client.force_login(PersonFactory(is_superuser=True))
    return client


@pytest.fixture
def studied(db):
    """A course somebody is enrolled in."""
    course = make_course()
    edition = queries.latest_edition(course)
    Enrolment.objects.create(person=PersonFactory(), course=course, edition=edition)
    return course


def words(response) -> str:
    return unescape(" ".join(str(message) for message in response.context["messages"]))


def exists(page) -> bool:
    return Page.objects.filter(pk=page.pk).exists()


def place(course) -> ModulePage:
    return ModulePage.objects.child_of(course).first()


# --- deleting --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("which", ["course", "module", "lesson"])
def test_deleting_what_was_studied_is_refused_with_a_way_out(editor, studied, which):
    page = {"course": studied, "module": place(studied), "lesson": lessons_of(studied)[0]}[which]
    response = editor.post(reverse("wagtailadmin_pages:delete", args=[page.pk]), follow=True)
    assert exists(page)
    assert page.title in words(response)
    assert reverse("wagtailadmin_pages:unpublish", args=[page.pk]) in words(response)


def test_deleting_what_nobody_studied_is_done(editor, studied):
    page = LessonPageFactory(parent=place(studied), live=False)
    editor.post(reverse("wagtailadmin_pages:delete", args=[page.pk]))
    assert not exists(page)


def test_a_withdrawn_page_is_not_offered_to_be_withdrawn_again(editor, studied):
    page = lessons_of(studied)[0]
    Page.objects.filter(pk=page.pk).update(live=False)
    response = editor.post(reverse("wagtailadmin_pages:delete", args=[page.pk]), follow=True)
    assert exists(page)
    assert "unpublish" not in words(response)


def test_deleting_many_is_refused_when_one_was_studied(editor, studied):
    free, held = LessonPageFactory(parent=place(studied), live=False), lessons_of(studied)[0]
    address = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "delete"])
    response = editor.post(f"{address}?id={free.pk}&id={held.pk}", follow=True)
    assert exists(free)
    assert exists(held)
    assert held.title in words(response)


def test_deleting_many_that_nobody_studied_is_done(editor, studied):
    free = [LessonPageFactory(parent=place(studied), live=False) for _ in range(2)]
    address = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "delete"])
    editor.post(f"{address}?id={free[0].pk}&id={free[1].pk}")
    assert not any(exists(page) for page in free)


def test_the_number_of_learners_comes_from_registered_checks(editor, studied, monkeypatch):
    monkeypatch.setattr(protection, "_checks", [lambda pages: 0, lambda pages: 37])
    response = editor.post(reverse("wagtailadmin_pages:delete", args=[studied.pk]), follow=True)
    assert "37" in words(response)


def test_a_check_alone_protects(db, monkeypatch):
    lesson = lessons_of(make_course())[0]
    assert not protection.is_protected(lesson)
    monkeypatch.setattr(protection, "_checks", [lambda pages: pages.filter(pk=lesson.pk).count()])
    assert protection.is_protected(lesson)
    assert protection.is_protected(lesson.get_parent())


# --- moving ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [LessonPage, ModulePage])
def test_moving_history_to_another_course_is_refused(editor, studied, kind):
    other = make_course()
    page, target = (lessons_of(studied)[0], place(other)) if kind is LessonPage else (place(studied), other)
    response = editor.post(reverse("wagtailadmin_pages:move_confirm", args=[page.pk, target.pk]), follow=True)
    assert str(protection.MOVE_REFUSED) in words(response)
    assert kind.objects.get(pk=page.pk).path == page.path


def test_moving_history_by_code_is_refused_too(studied):
    page = lessons_of(studied)[0]
    with pytest.raises(PermissionDenied):
        page.move(place(make_course()), pos="last-child")
    assert LessonPage.objects.get(pk=page.pk).path == page.path


def test_moving_many_is_refused_when_one_was_studied(editor, studied):
    free, held = LessonPageFactory(parent=place(studied), live=False), lessons_of(studied)[0]
    target = place(make_course())
    address = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "move"])
    editor.post(f"{address}?id={free.pk}&id={held.pk}", {"chooser": target.pk})
    assert not Page.objects.child_of(target).filter(pk__in=[free.pk, held.pk]).exists()


def test_moving_within_the_course_makes_an_edition(editor, studied, django_capture_on_commit_callbacks):
    second = ModulePageFactory(parent=studied)
    page = lessons_of(studied)[0]
    with django_capture_on_commit_callbacks(execute=True):
        editor.post(reverse("wagtailadmin_pages:move_confirm", args=[page.pk, second.pk]))
    latest = queries.latest_edition(studied)
    assert latest.number == 2
    assert [rule.activity_id for rule in queries.edition_rules(latest.pk)][-1] == page.pk


def test_moving_what_nobody_studied_is_done(editor, studied):
    free, target = LessonPageFactory(parent=place(studied), live=False), place(make_course())
    editor.post(reverse("wagtailadmin_pages:move_confirm", args=[free.pk, target.pk]))
    assert Page.objects.child_of(target).filter(pk=free.pk).exists()


def test_a_studied_course_may_move_to_another_shelf(studied):
    shelf = make_course().get_parent()
    studied.move(shelf, pos="last-child")
    assert Page.objects.child_of(shelf).filter(pk=studied.pk).exists()
