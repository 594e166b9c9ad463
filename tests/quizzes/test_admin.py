"""What editors can do with a quiz, and what they are kept from."""

import datetime as dt
from decimal import Decimal

import pytest
from django.test import RequestFactory
from django.urls import reverse
from django.utils.translation import gettext as spoken
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text

from people.services import grant_role
from questions.models import Category, Question
from questions.services import save_version
from quizzes.models import Attempt, QuizPage
from quizzes.reviewing import usual_review
from quizzes.services import begin_attempt, start_attempt, start_trial
from quizzes.viewsets import QuestionsOfMine
from tests.factories import (
    AgencyFactory,
    AgencyRoleFactory,
    CategoryFactory,
    PersonFactory,
    learner_in,
    quiz_in_course,
    ready_question,
    single,
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
    old = [
        {"id": slot.pk, "question": slot.question_id or "", "max_mark": "1", "DELETE": "1"} for slot in quiz.slots.all()
    ]
    new = [
        wish if isinstance(wish, dict) else {"question": wish.pk if wish else "", "max_mark": "1"} for wish in questions
    ]
    review = {"review-shown": "1", "review": ["marks:after", "answer:closed", "nonsense", "overall_feedback:during"]}
    return review | nested_form_data(
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
            "required": "on",
            "completion_rule": "",
            "comments": inline_formset([]),
            **more,
        }
    )


def edit(client, quiz, questions, **more):
    return client.post(reverse("wagtailadmin_pages:edit", args=[quiz.pk]), form_of(quiz, questions, **more))


def page_errors(response):
    return response.context["form"].non_field_errors()


def slot_errors(response, field="question"):
    forms = response.context["form"].formsets["slots"].forms
    return [error for form in forms for error in form.errors.get(field, [])]


def field_errors(response, field):
    return response.context["form"].errors.get(field, [])


def draw(category, count=1, **more):
    """Return a slot that draws, as the browser sends it."""
    return {"category": category.pk, "draw_count": count, "max_mark": "1", "with_subcategories": "on", **more}


def category_of(*questions):
    """Put questions into a shared category of their own."""
    category = CategoryFactory(agency=None)
    for question in questions:
        question.category = category
        question.save()
    return category


def publish(client, quiz, wishes, **more):
    return edit(client, quiz, wishes, **{"action-publish": "1"}, **more)


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
    assert slot_errors(response) == ["This question has no version that is ready. Finish it first."]
    assert edit(as_editor, quiz, [unfinished]).status_code == 302


def test_slot_needs_its_question_even_in_a_draft(as_editor, quiz):
    assert slot_errors(edit(as_editor, quiz, [None]), "category") == [
        spoken("Choose a question, or a category to draw from.")
    ]


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


def test_chooser_narrows_by_kind_and_tag_and_shows_the_version(as_editor):
    tagged = ready_question(name="Bertag")
    tagged.tags.add("loket")
    tagged.save()
    ready_question(name="Benar salah", kind="truefalse", data={"text": "<p>Ya?</p>", "answer": True})
    address = reverse("quiz_question_chooser:choose_results")
    assert names(as_editor.get(address, {"kind": "truefalse"})) == ["Benar salah"]
    assert names(as_editor.get(address, {"tag": "Loket"})) == ["Bertag"]
    assert [question.ready_version for question in as_editor.get(address).context["results"]] == [1, 1]


@pytest.mark.parametrize("pk", ["abc", "1.5", "-1", "999999999", "²"])
def test_chosen_address_of_nothing_is_not_found(as_editor, pk):
    assert as_editor.get(reverse("quiz_question_chooser:chosen", args=[pk])).status_code == 404
    assert as_editor.get(reverse("quiz_question_chooser:chosen_multiple"), {"id": [pk]}).status_code == 200


def test_question_of_another_agency_cannot_be_chosen_by_its_number(client):
    theirs, _their_editor = bank_of(AgencyFactory())
    mine, _editor = bank_of(AgencyFactory())
    editor = PersonFactory(language="en")
    grant_role(person=editor, agency=mine.category.agency, role="editor")
    client.force_login(editor)
    assert client.get(reverse("quiz_question_chooser:chosen", args=[mine.pk])).status_code == 200
    assert client.get(reverse("quiz_question_chooser:chosen", args=[theirs.pk])).status_code == 404


# --- draws, versions, marks ------------------------------------------------------------------------------------------


def test_draw_and_pinned_version_are_kept(as_editor, quiz):
    pinned = ready_question(name="Terpaku")
    old = pinned.versions.get()
    save_version(question=pinned, data=single("Rumusan baru"))
    category = category_of(ready_question(), ready_question())
    publish(
        as_editor,
        quiz,
        [
            {"question": pinned.pk, "pinned_version": old.pk, "max_mark": "2.5"},
            draw(category, 2, section="Bagian dua", draw_tags=""),
        ],
    )
    fixed, drawn = QuizPage.objects.get(pk=quiz.pk).slots.all()
    assert (fixed.pinned_version, fixed.max_mark, fixed.category) == (old, Decimal("2.5"), None)
    assert (drawn.category, drawn.draw_count, drawn.section, drawn.question) == (category, 2, "Bagian dua", None)


def test_version_of_another_question_is_refused(as_editor, quiz):
    one, other = ready_question(), ready_question()
    response = publish(
        as_editor, quiz, [{"question": one.pk, "pinned_version": other.versions.get().pk, "max_mark": 1}]
    )
    assert slot_errors(response, "pinned_version")


def test_version_that_is_not_ready_is_refused(as_editor, quiz):
    question = ready_question()
    draft = question.versions.create(number=2, is_ready=False, data=single("Rancangan"))
    response = publish(as_editor, quiz, [{"question": question.pk, "pinned_version": draft.pk, "max_mark": 1}])
    assert slot_errors(response, "pinned_version") == ["This version is not ready. Choose another one, or the latest."]


def test_same_question_twice_is_refused(as_editor, quiz):
    question = ready_question()
    response = publish(as_editor, quiz, [question, question])
    assert slot_errors(response) == ["This question stands in the quiz already. Take it out here or there."]


def test_draw_of_more_than_there_are_is_refused_in_a_quiz_not_in_a_draft(as_editor, quiz):
    category = category_of(ready_question(), ready_question())
    response = publish(as_editor, quiz, [draw(category, 3)])
    assert "only 2 questions are ready there" in slot_errors(response, "draw_count")[0]
    assert edit(as_editor, quiz, [draw(category, 3)]).status_code == 302


def test_draws_from_one_pool_are_counted_together(as_editor, quiz):
    category = category_of(ready_question(), ready_question(), ready_question())
    assert publish(as_editor, quiz, [draw(category, 2), draw(category, 1)]).status_code == 302
    response = publish(as_editor, quiz, [draw(category, 2), draw(category, 2)])
    assert "only 1 of 2 are certain here" in slot_errors(response, "draw_count")[0]


def test_question_that_is_asked_anyway_is_not_drawn(as_editor, quiz):
    one, two = ready_question(), ready_question()
    category = category_of(one, two)
    assert slot_errors(publish(as_editor, quiz, [one, draw(category, 2)]), "draw_count")
    assert publish(as_editor, quiz, [one, draw(category, 1)]).status_code == 302


def test_draw_from_a_category_one_may_not_see_is_refused(quiz):
    theirs, _their_editor = bank_of(AgencyFactory())
    mine, editor = bank_of(AgencyFactory())
    form_class = QuizPage.get_edit_handler().get_form_class()
    for question, accepted in ((mine, True), (theirs, False)):
        instance = QuizPage.objects.get(pk=quiz.pk)
        data = form_of(quiz, [draw(question.category)])
        form = form_class(data, instance=instance, parent_page=quiz.get_parent(), for_user=editor)
        assert form.is_valid() is accepted


# --- settings that go together ---------------------------------------------------------------------------------------


def essay():
    return ready_question(name="Esai", kind="essay", data={"text": "<p>Jelaskan.</p>", "editor": "rich"})


def test_empty_settings_get_their_usual_values(as_editor, quiz):
    empty = dict.fromkeys(
        ("attempts_allowed", "delay_minutes", "grace_minutes", "late_minutes", "behaviour", "marking_difference"), ""
    )
    assert publish(as_editor, quiz, [ready_question()], **empty).status_code == 302
    kept = QuizPage.objects.get(pk=quiz.pk)
    assert (kept.attempts_allowed, kept.grace_minutes, kept.late_minutes, kept.behaviour) == (3, 10, 5, "deferred")


def test_review_table_is_kept_in_its_one_shape(as_editor, quiz):
    publish(as_editor, quiz, [ready_question()])
    review = QuizPage.objects.get(pk=quiz.pk).review
    assert (review["marks"], review["answer"], review["overall_feedback"]) == (["after"], ["closed"], [])


def test_form_without_the_review_table_leaves_it(as_editor, quiz):
    data = form_of(quiz, [ready_question()], **{"action-publish": "1"})
    del data["review"], data["review-shown"]
    as_editor.post(reverse("wagtailadmin_pages:edit", args=[quiz.pk]), data)
    assert QuizPage.objects.get(pk=quiz.pk).review == usual_review()


@pytest.mark.parametrize(
    ("field", "settings"),
    [
        ("closes_at", {"opens_at": "2027-03-02 08:00", "closes_at": "2027-03-01 08:00"}),
        (
            "time_limit_minutes",
            {"opens_at": "2027-03-01 08:00", "closes_at": "2027-03-01 08:30", "time_limit_minutes": "31",
             "closing_ends_attempts": "on"},
        ),
    ],
)  # fmt: skip
def test_times_that_stand_in_each_others_way_are_named(as_editor, quiz, field, settings):
    assert field_errors(publish(as_editor, quiz, [ready_question()], **settings), field)
    assert edit(as_editor, quiz, [ready_question()], **settings).status_code == 302


def test_limit_longer_than_the_window_is_fine_where_closing_ends_nothing(as_editor, quiz):
    times = {"opens_at": "2027-03-01 08:00", "closes_at": "2027-03-01 08:30", "time_limit_minutes": "31"}
    assert publish(as_editor, quiz, [ready_question()], **times).status_code == 302


def test_certainty_and_answers_that_people_mark_are_refused(as_editor, quiz):
    assert field_errors(publish(as_editor, quiz, [essay()], behaviour="certainty"), "behaviour")
    assert publish(as_editor, quiz, [essay()], behaviour="interactive").status_code == 302


def test_quiz_in_which_nobody_could_pass_is_refused(as_editor, quiz):
    nothing = {"question": ready_question().pk, "max_mark": "0"}
    assert page_errors(publish(as_editor, quiz, [nothing]))
    text = ready_question(name="Bacaan", kind="description", data={"text": "<p>Bacalah.</p>"})
    assert field_errors(publish(as_editor, quiz, [text]), "pass_mark")
    assert publish(as_editor, quiz, [text], pass_mark="0").status_code == 302


def test_times_are_told_with_the_persons_zone(as_editor, editor, quiz):
    editor.time_zone = "Asia/Jayapura"
    editor.save()
    html = as_editor.get(reverse("wagtailadmin_pages:edit", args=[quiz.pk])).content.decode()
    assert html.count("Times are in WIT.") == 2


def test_open_attempts_get_the_time_of_a_more_lenient_quiz(as_editor, quiz):
    quiz.time_limit_minutes = 10
    quiz.save_revision().publish()
    attempt = start_attempt(person=learner_in(quiz), quiz=QuizPage.objects.get(pk=quiz.pk))
    begin_attempt(attempt=attempt)
    for minutes, granted in (("5", 10), ("30", 30)):
        slot = quiz.slots.first()
        publish(as_editor, quiz, [slot.question], time_limit_minutes=minutes)
        quiz = QuizPage.objects.get(pk=quiz.pk)
        attempt.refresh_from_db()
        assert attempt.deadline_at - attempt.started_at == dt.timedelta(minutes=granted)


# --- what the screen says while one chooses --------------------------------------------------------------------------


def foreseen(client, wishes, **more):
    data = nested_form_data({"slots": inline_formset(wishes), **more})
    return client.post(reverse("quiz_foresee"), data)


def test_screen_says_what_the_choices_come_to(as_editor):
    question = ready_question()
    category = category_of(ready_question(), ready_question())
    wishes = [{"question": question.pk, "max_mark": "2"}, draw(category, 3)]
    told = foreseen(as_editor, wishes, behaviour="interactive", password="angin").json()
    assert told["slots"]["slots-0"]["versions"][0] == ["", "always the latest ready version (now version 1)"]
    assert told["slots"]["slots-1"]["text"] == "2 questions can be drawn there now."
    assert "only 2 questions" in told["slots"]["slots-1"]["problem"]
    assert told["total"] == "Marks altogether: 5"
    assert [note.split(" ")[0] for note in told["notes"]] == ["1", "Nobody"]


def test_screen_tells_nothing_of_other_agencies(client):
    theirs, _their_editor = bank_of(AgencyFactory())
    mine, _editor = bank_of(AgencyFactory())
    editor = PersonFactory(language="en")
    grant_role(person=editor, agency=mine.category.agency, role="editor")
    client.force_login(editor)
    told = foreseen(client, [{"question": theirs.pk}, draw(theirs.category), {"question": mine.pk}]).json()["slots"]
    assert [bool(told[f"slots-{number}"]["text"]) for number in range(3)] == [False, False, True]


@pytest.mark.parametrize(
    "data", [{}, {"slots-TOTAL_FORMS": "x"}, {"slots-TOTAL_FORMS": "99999999", "slots-INITIAL_FORMS": "0"}]
)
def test_screen_is_told_something_whatever_it_sends(as_editor, data):
    assert as_editor.post(reverse("quiz_foresee"), data).status_code == 200


def test_learner_cannot_ask_what_choices_come_to(client):
    client.force_login(PersonFactory())
    assert client.post(reverse("quiz_foresee"), {}).status_code in (302, 403, 404)


def test_slot_without_a_mark_takes_the_usual_one_of_its_question(as_editor, quiz):
    question = ready_question()
    Question.objects.filter(pk=question.pk).update(default_mark="2.5")
    publish(as_editor, quiz, [{"question": question.pk, "max_mark": ""}])
    assert [slot.max_mark for slot in QuizPage.objects.get(pk=quiz.pk).slots.all()] == [Decimal("2.5")]
