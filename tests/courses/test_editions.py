"""Editions: made when structure or rules change, replaced while unused, kept once somebody is enrolled."""

import pytest
from django.db import transaction
from django.db.models import ProtectedError
from django.db.models.signals import post_init
from wagtail.models import Page

from completion.models import Enrolment
from courses import queries, signals
from courses.models import CourseEdition, CourseOutline, CoursePage, LessonPage, ModulePage
from courses.services import refresh_course
from tests.factories import (
    LessonPageFactory,
    ModulePageFactory,
    PersonFactory,
    ShelfPageFactory,
    lessons_of,
    make_course,
)


def use(edition: CourseEdition) -> Enrolment:
    """Enrol somebody: from now on the edition is held."""
    return Enrolment.objects.create(person=PersonFactory(), course=edition.course, edition=edition)


def numbers(course) -> list[int]:
    return sorted(course.editions.values_list("number", flat=True))


@pytest.fixture
def news():
    """Collect the courses that were told to have changed."""
    heard = []

    def hear(sender, course_id, **kwargs):
        heard.append(course_id)

    signals.course_changed.connect(hear)
    yield heard
    signals.course_changed.disconnect(hear)


# --- what is in one --------------------------------------------------------------------------------------------------


def test_edition_lists_live_activities_of_live_modules_in_order(db):
    course = make_course(modules=2, lessons=2)
    first, second, third, fourth = lessons_of(course)
    LessonPageFactory(parent=first.get_parent(), live=False, title="Draf")
    drafts = ModulePageFactory(parent=course, live=False)
    LessonPageFactory(parent=drafts, title="Hidup di modul draf")
    ModulePageFactory(parent=course, title="Modul kosong")
    edition = refresh_course(course=course)
    rules = queries.edition_rules(edition.pk)
    assert [(rule.activity_id, rule.position) for rule in rules] == [
        (first.pk, 1),
        (second.pk, 2),
        (third.pk, 3),
        (fourth.pk, 4),
    ]
    assert rules[0].rule == {"rule": "read", "minimum_seconds": 120}
    assert (rules[0].kind, rules[0].required, rules[0].planned_minutes) == ("lesson", True, 8)
    assert [module.title for module in queries.outline(course.pk).modules] == [
        page.title for page in ModulePage.objects.child_of(course).live().order_by("path")[:2]
    ]


def test_edition_rules_cannot_be_changed(db):
    edition = queries.latest_edition(make_course())
    with pytest.raises(TypeError):
        queries.edition_rules(edition.pk)[0].rule["rule"] = "declared"


def test_edition_rules_are_read_once_after_the_commit(
    db, django_assert_num_queries, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        course = make_course()
    edition = queries.latest_edition(course)
    queries.edition_rules(edition.pk)
    with django_assert_num_queries(0):
        queries.edition_rules(edition.pk)


def test_edition_rules_are_not_remembered_before_the_commit(db, django_assert_num_queries):
    """A rollback would give the id to another edition."""
    edition = queries.latest_edition(make_course())
    queries.edition_rules(edition.pk)
    with django_assert_num_queries(1):
        queries.edition_rules(edition.pk)


# --- made, not made, replaced ----------------------------------------------------------------------------------------


def test_refreshing_what_did_not_change_makes_no_edition(db):
    course = make_course()
    before = queries.latest_edition(course)
    assert refresh_course(course=course) == before
    assert numbers(course) == [1]


@pytest.mark.parametrize("fields", [{"title": "Judul baru"}, {"summary": "Lain"}])
def test_new_words_make_no_edition(db, fields):
    course = make_course()
    before = use(queries.latest_edition(course)).edition
    LessonPage.objects.filter(pk=lessons_of(course)[0].pk).update(**fields)
    assert refresh_course(course=course) == before


@pytest.mark.parametrize(
    "fields", [{"required": False}, {"planned_minutes": 9}, {"completion_rule": "declared"}, {"minimum_seconds": 5}]
)
def test_new_rules_make_an_edition_and_leave_the_old_one_as_it_was(db, fields):
    course = make_course()
    old = use(queries.latest_edition(course)).edition
    kept = queries.edition_rules(old.pk)
    LessonPage.objects.filter(pk=lessons_of(course)[0].pk).update(**fields)
    new = refresh_course(course=course)
    assert (old.number, new.number) == (1, 2)
    assert queries.edition_rules(old.pk) == kept
    assert queries.edition_rules(new.pk) != kept


def test_an_edition_without_enrolments_is_replaced(db):
    course = make_course()
    old = queries.latest_edition(course)
    LessonPageFactory(parent=lessons_of(course)[0].get_parent())
    new = refresh_course(course=course)
    assert numbers(course) == [1]
    assert new.pk != old.pk
    assert len(queries.edition_rules(new.pk)) == 3


def test_going_back_to_an_edition_in_use_takes_it_up_again(db, news):
    course = make_course()
    held = use(queries.latest_edition(course)).edition
    extra = LessonPageFactory(parent=lessons_of(course)[0].get_parent())
    refresh_course(course=course)
    assert numbers(course) == [1, 2]
    news.clear()
    Page.objects.filter(pk=extra.pk).update(live=False)
    assert refresh_course(course=course) == held
    assert numbers(course) == [1]
    assert news == [course.pk]


def test_reordering_makes_an_edition(db):
    course = make_course(lessons=2)
    use(queries.latest_edition(course))
    first, second = lessons_of(course)
    first.move(second, pos="right")
    new = refresh_course(course=course)
    assert new.number == 2
    assert [rule.activity_id for rule in queries.edition_rules(new.pk)] == [second.pk, first.pk]


def test_a_course_without_anything_live_has_no_edition(db):
    course = make_course(lessons=0)
    assert queries.latest_edition(course) is None
    assert queries.outline(course.pk).total == 0


def test_a_withdrawn_course_keeps_its_editions(db):
    course = make_course()
    held = use(queries.latest_edition(course)).edition
    Page.objects.descendant_of(course, inclusive=True).update(live=False)
    assert refresh_course(course=course) == held
    assert not queries.outline(course.pk).live


# --- what follows a change in the tree -------------------------------------------------------------------------------


def test_publishing_and_unpublishing_refresh_the_course(db, news, django_capture_on_commit_callbacks):
    course = make_course(lessons=1)
    news.clear()
    with django_capture_on_commit_callbacks(execute=True):
        lesson = LessonPageFactory(parent=lessons_of(course)[0].get_parent(), live=False)
        lesson.save_revision().publish()
    assert queries.outline(course.pk).activity(lesson.pk) is not None
    with django_capture_on_commit_callbacks(execute=True):
        LessonPage.objects.get(pk=lesson.pk).unpublish()
    assert queries.outline(course.pk).activity(lesson.pk) is None
    assert news == [course.pk, course.pk]


def test_refreshing_what_did_not_change_tells_nobody_and_writes_nothing(db, news):
    course = make_course()
    news.clear()
    built = CourseOutline.objects.get(course=course).built_at
    refresh_course(course=course)
    assert news == []
    assert CourseOutline.objects.get(course=course).built_at == built


def test_the_last_lesson_that_goes_and_comes_back_is_told_both_times(db, news):
    """The edition stays the same, but what is asked of learners does not."""
    course = make_course(lessons=1)
    held = use(queries.latest_edition(course)).edition
    for live in (False, True):
        news.clear()
        Page.objects.filter(pk=lessons_of(course)[0].pk).update(live=live)
        assert refresh_course(course=course) == held
        assert news == [course.pk]


def test_a_lesson_that_comes_back_to_a_withdrawn_course_is_told(db, news):
    course = make_course(lessons=2)
    use(queries.latest_edition(course))
    first = lessons_of(course)[0]
    Page.objects.filter(pk__in=[first.pk, course.pk]).update(live=False)
    refresh_course(course=course)
    news.clear()
    Page.objects.filter(pk=first.pk).update(live=True)
    refresh_course(course=course)
    assert news == [course.pk]


def test_news_are_told_inside_the_transaction(db, news, django_capture_on_commit_callbacks):
    """Work that is queued by them is committed with the change: a kill between the two cannot happen."""
    course = make_course()
    news.clear()
    with django_capture_on_commit_callbacks() as waiting:
        Page.objects.filter(pk=lessons_of(course)[0].pk).update(live=False)
        refresh_course(course=course)
    assert news == [course.pk]
    assert all("refresh" not in repr(callback) for callback in waiting)


def test_an_alias_is_part_of_the_course_at_once(db, django_capture_on_commit_callbacks):
    here, there = make_course(lessons=1), make_course(lessons=1)
    with django_capture_on_commit_callbacks(execute=True):
        alias = lessons_of(here)[0].create_alias(parent=lessons_of(there)[0].get_parent(), update_slug="alias")
    assert alias.pk in queries.outline(there.pk).activity_ids


def test_a_copied_course_has_its_own_outline_and_edition(db, django_capture_on_commit_callbacks):
    course = make_course(lessons=2)
    with django_capture_on_commit_callbacks(execute=True):
        copied = course.copy(recursive=True, update_attrs={"slug": "salinan"})
    ids = {page.pk for page in lessons_of(copied)}
    assert queries.outline(copied.pk).activity_ids == ids
    assert {rule.activity_id for rule in queries.edition_rules(queries.latest_edition(copied).pk)} == ids
    assert not ids & queries.outline(course.pk).activity_ids


def test_a_refresh_that_fails_leaves_the_others_their_turn_and_the_clock_mends_it(
    db, django_capture_on_commit_callbacks, monkeypatch
):
    from courses import services

    here, there = make_course(lessons=2), make_course(lessons=2)
    refresh = services.refresh_course

    def fail_here(*, course):
        if course == here.pk:
            raise RuntimeError("killed")
        return refresh(course=course)

    monkeypatch.setattr(services, "refresh_course", fail_here)
    with django_capture_on_commit_callbacks(execute=True):
        lessons_of(here)[0].unpublish()
        lessons_of(there)[0].unpublish()
    assert (queries.outline(here.pk).total, queries.outline(there.pk).total) == (2, 1)
    monkeypatch.undo()
    assert services.refresh_courses() >= 2
    assert queries.outline(here.pk).total == 1


def test_a_new_slug_reaches_every_address_below(db, django_capture_on_commit_callbacks):
    course = make_course()
    with django_capture_on_commit_callbacks(execute=True):
        shelf = course.get_parent().specific
        shelf.slug = "rak-baru"
        shelf.save_revision().publish()
    outline = queries.outline(course.pk)
    assert outline.url == f"/katalog/rak-baru/{course.slug}/"
    assert all(activity.url.startswith(outline.url) for activity in outline.activities)


def test_many_changes_in_one_transaction_refresh_once(db, django_capture_on_commit_callbacks, monkeypatch):
    from courses import services

    course = make_course(lessons=3)
    asked = []
    monkeypatch.setattr(services, "refresh_course", lambda *, course: asked.append(course))
    with django_capture_on_commit_callbacks(execute=True):
        for lesson in lessons_of(course):
            lesson.save_revision().publish()
    assert asked == [course.pk]


def test_a_rolled_back_savepoint_does_not_swallow_the_refresh(db, django_capture_on_commit_callbacks):
    course = make_course(lessons=2)
    first, second = lessons_of(course)
    with django_capture_on_commit_callbacks(execute=True):
        with transaction.atomic():
            first.unpublish()
            transaction.set_rollback(True)
        second.unpublish()
    assert queries.outline(course.pk).activity_ids == {first.pk}


def test_enrolments_that_hold_an_edition_are_not_read(db, task_queue):
    """A course may have a million of them, and its editor waits; what follows for them is the worker's."""
    course = make_course()
    edition = refresh_course(course=course)
    for _ in range(3):
        use(edition)
    read = []

    def note(sender, instance, **kwargs):
        read.append(instance)

    post_init.connect(note, sender=Enrolment)
    try:
        lesson = lessons_of(course)[0]
        lesson.completion_rule = "declared"
        lesson.save()
        refresh_course(course=course)
    finally:
        post_init.disconnect(note, sender=Enrolment)
    assert (numbers(course), read) == ([1, 2], [])


def test_deleting_an_unused_lesson_refreshes_the_course(db, django_capture_on_commit_callbacks):
    course = make_course(lessons=2)
    first, second = lessons_of(course)
    with django_capture_on_commit_callbacks(execute=True):
        first.delete()
    assert queries.outline(course.pk).activity_ids == {second.pk}
    assert [rule.activity_id for rule in queries.edition_rules(queries.latest_edition(course).pk)] == [second.pk]


def test_moving_a_lesson_refreshes_both_courses(db, django_capture_on_commit_callbacks):
    here, there = make_course(lessons=2), make_course(lessons=1)
    moved = lessons_of(here)[0]
    with django_capture_on_commit_callbacks(execute=True):
        moved.move(lessons_of(there)[0].get_parent(), pos="last-child")
    assert moved.pk not in queries.outline(here.pk).activity_ids
    assert moved.pk in queries.outline(there.pk).activity_ids
    for course in (here, there):
        live = queries.outline(course.pk).activity_ids
        assert {rule.activity_id for rule in queries.edition_rules(queries.latest_edition(course).pk)} == live


# --- the database refuses, whoever asks ------------------------------------------------------------------------------


def test_a_page_of_an_edition_in_use_cannot_be_deleted(db):
    course = make_course()
    use(queries.latest_edition(course))
    for page in (lessons_of(course)[0], lessons_of(course)[0].get_parent().specific, course):
        with pytest.raises(ProtectedError), transaction.atomic():
            page.delete()
    assert len(queries.edition_rules(queries.latest_edition(course).pk)) == 2


def test_a_page_of_an_old_edition_in_use_cannot_be_deleted(db):
    course = make_course()
    use(queries.latest_edition(course))
    lesson = lessons_of(course)[0]
    lesson.unpublish()
    refresh_course(course=course)
    with pytest.raises(ProtectedError), transaction.atomic():
        lesson.delete()


def test_a_course_nobody_used_can_be_deleted_with_its_shelf(db):
    course = make_course(parent=ShelfPageFactory())
    course.get_parent().specific.delete()
    assert not CoursePage.objects.filter(pk=course.pk).exists()
    assert not CourseEdition.objects.exists()
    assert not CourseOutline.objects.exists()
