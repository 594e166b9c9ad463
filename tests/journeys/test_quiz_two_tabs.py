"""What people really do in a quiz: two tabs, a tunnel, an impatient thumb. Nothing is lost and nothing counts twice."""

import uuid

import pytest
from django.urls import reverse

from completion.models import ActivityEvent
from quizzes.models import Attempt
from quizzes.services import save_answer, start_attempt
from tests.factories import learner_in, quiz_in_course, ready_question

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def attempt():
    quiz = quiz_in_course([ready_question(), ready_question()])
    return start_attempt(person=learner_in(quiz, language="en"), quiz=quiz)


def address(attempt, position: int) -> str:
    return reverse("quizzes:question", args=[attempt.key, position])


def answers(attempt) -> list:
    return list(attempt.questions.order_by("position").values_list("answer", flat=True))


def choose(page, key: str) -> None:
    page.check(f"form#answer input[value={key}]")


def turn(page, action: str, address: str) -> None:
    page.locator(f"button[name=aksi][value={action}]").click()
    page.wait_for_url(address)


def test_older_tab_is_refused_and_shows_both_answers_without_a_script(no_js, attempt):
    older = no_js(attempt.person)
    older.goto(address(attempt, 1))
    newer = older.context.new_page()
    newer.goto(address(attempt, 1))
    choose(newer, "a")
    turn(newer, "berikutnya", f"**{address(attempt, 2)}")
    choose(older, "b")
    turn(older, "berikutnya", f"**{address(attempt, 1)}")
    versions = older.text_content("main")
    assert "Pilihan a" in versions
    assert "Pilihan b" in versions
    assert answers(attempt) == [{"chosen": ["a"]}, None]
    older.goto(reverse("quizzes:overview", args=[attempt.key]))
    assert older.locator("main .chip--late").count() == 1
    older.goto(address(attempt, 1))
    turn(older, "pakai-1", f"**{address(attempt, 1)}#soal-1")
    assert older.is_checked("input[value=b]")
    assert answers(attempt) == [{"chosen": ["b"]}, None]
    assert list(attempt.steps.order_by("pk").values_list("held", flat=True)) == ["", "older_tab", ""]


def test_answers_given_in_a_tunnel_arrive_and_count(phone, attempt):
    page = phone(attempt.person)
    page.goto(address(attempt, 1))
    choose(page, "a")
    turn(page, "berikutnya", f"**{address(attempt, 2)}")
    page.context.set_offline(True)
    choose(page, "a")
    page.wait_for_selector("form [data-saved-state=device]")
    page.wait_for_selector("[data-saved-hint]", state="visible")
    assert answers(attempt) == [{"chosen": ["a"]}, None]
    page.context.set_offline(False)
    page.wait_for_selector("form [data-saved-state=received]")
    turn(page, "berikutnya", "**/ringkasan/")
    page.locator(".dock form button").click()
    page.wait_for_url("**/hasil/")
    assert answers(attempt) == [{"chosen": ["a"]}, {"chosen": ["a"]}]
    assert Attempt.objects.get().score == 1


@pytest.mark.parametrize("kind", ["phone", "no_js"])
def test_double_click_on_submit_is_one_submission(kind, request, attempt):
    for position in (1, 2):
        save_answer(attempt=attempt, position=position, answer={"chosen": ["a"]}, client_id=uuid.uuid4())
    page = request.getfixturevalue(kind)(attempt.person)
    page.goto(reverse("quizzes:overview", args=[attempt.key]))
    page.locator(".dock form button").dblclick()
    page.wait_for_url("**/hasil/")
    assert page.locator("header .chip--done").count() == 1
    assert page.locator(".message").count() == 0
    assert ActivityEvent.objects.filter(kind="graded").count() == 1
    assert Attempt.objects.get().score == 1


def test_submitting_again_from_elsewhere_changes_nothing(phone, no_js, attempt):
    save_answer(attempt=attempt, position=1, answer={"chosen": ["a"]}, client_id=uuid.uuid4())
    page, elsewhere = phone(attempt.person), no_js(attempt.person)
    second = page.context.new_page()
    for tab in (page, second, elsewhere):
        tab.goto(reverse("quizzes:overview", args=[attempt.key]))
    page.locator(".dock form button").click()
    for tab in (page, second):  # a tab beside it is led to the result without being asked
        tab.wait_for_url("**/hasil/")
    elsewhere.locator(".dock form button").click()
    elsewhere.wait_for_url("**/hasil/")
    assert ActivityEvent.objects.filter(kind="graded").count() == 1
    assert Attempt.objects.count() == 1
