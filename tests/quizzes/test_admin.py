"""What editors can do with a quiz, and what they are kept from."""

import pytest
from django.test import RequestFactory
from django.urls import reverse
from django.utils.translation import gettext as spoken
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text

from questions.models import Category
from quizzes.models import Attempt, QuizPage
from quizzes.services import start_attempt, start_trial
from quizzes.viewsets import QuestionsOfMine
from tests.factories import (
    AgencyFactory,
    AgencyRoleFactory,
    PersonFactory,
    learner_in,
    quiz_in_course,
    ready_question,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor():
    return PersonFactory(is_superuser=True, language="en")


@pytest.fixture
def as_editor(client, editor):
    client.force_login(editor)
    return client


@pytest.fixture
def quiz():
    return quiz_in_course([ready_question(name="Pertama")])


def form_of(quiz, questions, **more):
    """Return the form of the page with exactly these questions: the slots it had are deleted."""
    old = [{"id": slot.pk, "question": slot.question_id, "max_mark": "1", "DELETE": "1"} for slot in quiz.slots.all()]
    new = [{"question": question.pk if question else "", "max_mark": "1"} for question in questions]
    return nested_form_data(
        {
            "title": quiz.title,
            "slug": quiz.slug,
            "summary": "",
            "introduction": rich_text(""),
            "slots": inline_formset([*old, *new], initial=len(old)),
            "pass_mark": "70",
            "attempts_allowed": "3",
            "feedback_passed": rich_text(""),
            "feedback_not_passed": rich_text(""),
            "planned_minutes": "8",
            "completion_rule": "",
            "comments": inline_formset([]),
            **more,
        }
    )


def edit(client, quiz, questions, **more):
    return client.post(reverse("wagtailadmin_pages:edit", args=[quiz.pk]), form_of(quiz, questions, **more))


def page_errors(response):
    return response.context["form"].non_field_errors()


def slot_errors(response):
    forms = response.context["form"].formsets["slots"].forms
    return [error for form in forms for error in form.errors.get("question", [])]


def test_editor_sees_the_panels(as_editor, quiz):
    html = as_editor.get(reverse("wagtailadmin_pages:edit", args=[quiz.pk])).content.decode()
    for name in ("slots-0-question", "pass_mark", "attempts_allowed", "shuffle_options", "feedback_passed", "required"):
        assert f'name="{name}"' in html


def test_quiz_with_ready_questions_is_published(as_editor, quiz):
    edit(as_editor, quiz, [ready_question(), ready_question()], **{"action-publish": "1"})
    assert QuizPage.objects.get(pk=quiz.pk).slots.count() == 2


def test_quiz_without_questions_stays_a_draft(as_editor, quiz):
    response = edit(as_editor, quiz, [], **{"action-publish": "1"})
    assert spoken("A quiz needs at least one question before it can be published.") in page_errors(response)
    assert QuizPage.objects.get(pk=quiz.pk).slots.count() == 1
    assert edit(as_editor, quiz, []).status_code == 302
    assert QuizPage.objects.get(pk=quiz.pk).get_latest_revision_as_object().slots.count() == 0


def test_quiz_with_an_unfinished_question_stays_a_draft(as_editor, quiz):
    unfinished = ready_question()
    unfinished.versions.update(is_ready=False)
    response = edit(as_editor, quiz, [unfinished], **{"action-publish": "1"})
    assert slot_errors(response) == [spoken("This question has no version that is ready. Finish it first.")]
    assert edit(as_editor, quiz, [unfinished]).status_code == 302


def test_slot_needs_its_question_even_in_a_draft(as_editor, quiz):
    assert slot_errors(edit(as_editor, quiz, [None])) == [spoken("Choose a question.")]


def test_pass_mark_above_100_is_refused(as_editor, quiz):
    response = edit(as_editor, quiz, [ready_question()], pass_mark="101")
    assert "pass_mark" in response.context["form"].errors


def test_header_offers_a_trial(as_editor, quiz):
    html = as_editor.get(reverse("wagtailadmin_pages:edit", args=[quiz.pk])).content.decode()
    assert reverse("quizzes:trial", args=[quiz.pk]) in html
    html = as_editor.get(reverse("wagtailadmin_pages:edit", args=[quiz.get_parent().pk])).content.decode()
    assert "/coba/" not in html


def test_quiz_with_attempts_is_not_deleted_and_the_editor_is_told(as_editor, quiz):
    start_attempt(person=learner_in(quiz), quiz=quiz)
    for page in (quiz, quiz.get_parent()):
        response = as_editor.post(reverse("wagtailadmin_pages:delete", args=[page.pk]), follow=True)
        assert "has the history of 1 learner" in response.content.decode()
    assert QuizPage.objects.filter(pk=quiz.pk).exists()


def test_trials_do_not_hold_a_quiz_back(as_editor, editor):
    draft = quiz_in_course([ready_question()])
    extra = draft.get_parent().add_child(instance=QuizPage(title="Lagi", slug="lagi", live=False))
    extra.slots.create(question=ready_question(), sort_order=0)
    start_trial(person=editor, quiz=extra)
    as_editor.post(reverse("wagtailadmin_pages:delete", args=[extra.pk]))
    assert not QuizPage.objects.filter(pk=extra.pk).exists()
    assert not Attempt.objects.exists()


# --- choosing a question ---------------------------------------------------------------------------------------------


def names(response):
    return [question.name for question in response.context["results"]]


def test_chooser_lists_ready_questions_by_words_and_category(as_editor):
    ready_question(name="Gratifikasi di loket")
    ready_question(name="Antrean")
    unfinished = ready_question(name="Belum selesai")
    unfinished.versions.update(is_ready=False)
    address = reverse("quiz_question_chooser:choose")
    assert names(as_editor.get(address)) == ["Antrean", "Gratifikasi di loket"]
    assert names(as_editor.get(address, {"q": "loket"})) == ["Gratifikasi di loket"]
    category = unfinished.category_id
    assert names(as_editor.get(address, {"category": category})) == ["Antrean", "Gratifikasi di loket"]
    assert names(as_editor.get(reverse("quiz_question_chooser:choose_results"), {"q": "antrean"})) == ["Antrean"]


def bank_of(agency):
    """Return a ready question in the agency's own bank, and an editor of the agency."""
    question = ready_question(name=f"Milik {agency}")
    question.category = Category.objects.create(agency=agency, name="Bank kota")
    question.save()
    return question, AgencyRoleFactory(agency=agency, role="editor").person


def test_chooser_and_form_keep_other_agencies_questions_out(client, quiz):
    theirs, _their_editor = bank_of(AgencyFactory())
    mine, editor = bank_of(AgencyFactory())
    chooser = QuestionsOfMine()
    chooser.request = RequestFactory().get("/")
    chooser.request.user = editor
    listed = list(chooser.get_object_list())
    assert mine in listed
    assert theirs not in listed
    form_class = QuizPage.get_edit_handler().get_form_class()
    for question, accepted in ((mine, True), (theirs, False)):
        instance = QuizPage.objects.get(pk=quiz.pk)
        form = form_class(form_of(quiz, [question]), instance=instance, parent_page=quiz.get_parent(), for_user=editor)
        assert form.is_valid() is accepted


def test_question_of_another_agency_that_stands_in_the_quiz_may_stay(quiz):
    theirs, _their_editor = bank_of(AgencyFactory())
    _mine, editor = bank_of(AgencyFactory())
    slot = quiz.slots.get()
    slot.question = theirs
    slot.save()
    data = form_of(quiz, [])
    data.pop("slots-0-DELETE")
    form = QuizPage.get_edit_handler().get_form_class()(
        data, instance=QuizPage.objects.get(pk=quiz.pk), parent_page=quiz.get_parent(), for_user=editor
    )
    assert form.is_valid()
