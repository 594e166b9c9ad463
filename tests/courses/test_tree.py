"""Which page may stand where: the contract of the tree."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from wagtail.models import Page, get_page_models
from wagtail.test.utils.form_data import inline_formset, nested_form_data, streamfield

from courses.activities import ActivityMixin
from courses.forms import CourseForm
from courses.models import CataloguePage, CoursePage, LessonPage, ModulePage, PathPage, ShelfPage
from home.models import HomePage, PlainPage
from quizzes.models import QuizPage
from tests.factories import CoursePageFactory, LessonPageFactory, ModulePageFactory, PersonFactory, make_course


def test_each_kind_of_page_has_its_place():
    assert set(CataloguePage.allowed_subpage_models()) == {ShelfPage}
    assert set(ShelfPage.allowed_subpage_models()) == {CoursePage, PathPage}
    assert set(CoursePage.allowed_subpage_models()) == {ModulePage}
    assert set(LessonPage.allowed_subpage_models()) == set()
    assert set(HomePage.allowed_subpage_models()) == {CataloguePage, PlainPage}


def test_a_module_takes_every_kind_of_activity_and_nothing_else():
    kinds = {model for model in get_page_models() if issubclass(model, ActivityMixin)}
    assert {LessonPage, QuizPage} <= kinds
    assert set(ModulePage.allowed_subpage_models()) == kinds


def test_activities_stand_only_in_modules():
    for model in (LessonPage, QuizPage):
        assert set(model.allowed_parent_page_models()) == {ModulePage}


def test_a_second_catalogue_or_home_is_refused(db):
    assert not CataloguePage.can_create_at(HomePage.objects.get())
    assert not HomePage.can_create_at(Page.objects.get(depth=1))


@pytest.mark.parametrize("rule", ["passed", "graded"])
def test_a_lesson_refuses_a_rule_it_cannot_fulfil(rule):
    lesson = LessonPage(title="Pelajaran", slug="pelajaran", completion_rule=rule)
    with pytest.raises(ValidationError) as refused:
        lesson.clean()
    assert set(refused.value.message_dict) == {"completion_rule"}


def test_a_lesson_offers_only_its_own_rules(db):
    lesson = LessonPageFactory()
    form = LessonPage.get_edit_handler().get_form_class()(instance=lesson)
    assert [value for value, _label in form.fields["completion_rule"].choices] == [
        "",
        "read",
        "declared",
        "watched",
        "confirmed",
    ]


def test_reading_time_defaults_to_a_quarter_of_the_plan():
    assert LessonPage(planned_minutes=8).activity_rule() == {"rule": "read", "minimum_seconds": 120}
    assert LessonPage(planned_minutes=8, minimum_seconds=30).activity_rule()["minimum_seconds"] == 30
    assert LessonPage(completion_rule="declared").activity_rule() == {"rule": "declared"}


def test_a_course_for_chosen_agencies_names_one(db):
    course = CoursePageFactory(sharing="chosen")
    form_class = CoursePage.get_edit_handler().get_form_class()
    assert issubclass(form_class, CourseForm)
    data = nested_form_data({"sharing": "chosen", "aims": streamfield([]), "competencies": inline_formset([])})
    form = form_class(data, instance=course)
    assert "shared_agencies" in form.errors


def test_copying_a_course_leaves_outline_and_editions_behind(db):
    course = make_course()
    copy = course.copy(recursive=True, update_attrs={"slug": "salinan", "title": "Salinan"})
    assert course.editions.count() == 1
    assert copy.editions.count() == 0
    assert not hasattr(CoursePage.objects.get(pk=copy.pk), "outline")


@pytest.mark.parametrize("page_type", ["course", "module", "lesson"])
def test_page_privacy_is_not_a_second_door(db, page_type):
    factories = {"course": CoursePageFactory, "module": ModulePageFactory, "lesson": LessonPageFactory}
    assert factories[page_type]().private_page_options == []


@pytest.mark.parametrize("name", ["catalogue", "shelf", "course", "module", "lesson"])
def test_the_editor_opens_every_kind_of_page(client, db, name):
    course = make_course()
    lesson = LessonPage.objects.descendant_of(course).first()
    pages = {
        "catalogue": CataloguePage.objects.get(),
        "shelf": course.get_parent(),
        "course": course,
        "module": lesson.get_parent(),
        "lesson": lesson,
    }
    client.force_login(PersonFactory(is_superuser=True))
    assert client.get(reverse("wagtailadmin_pages:edit", args=[pages[name].pk])).status_code == 200


@pytest.mark.parametrize(("parent", "model"), [("shelf", CoursePage), ("course", ModulePage), ("module", LessonPage)])
def test_the_editor_begins_every_kind_of_page(client, db, parent, model):
    course = make_course()
    module = ModulePage.objects.child_of(course).first()
    places = {"shelf": course.get_parent(), "course": course, "module": module}
    client.force_login(PersonFactory(is_superuser=True))
    address = reverse("wagtailadmin_pages:add", args=["courses", model._meta.model_name, places[parent].pk])
    assert client.get(address).status_code == 200
