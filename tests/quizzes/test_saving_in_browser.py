"""`static/js/quiz-save.js` in a real browser: an answer is received when given, or stays on the device until it is."""

import re

import pytest
from django.urls import reverse

from quizzes.models import Attempt
from quizzes.services import start_attempt, submit_attempt
from tests.factories import learner_in, quiz_in_course, ready_question

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SAVING = re.compile(r"/simpan/$")
WAIT = 8_000


@pytest.fixture
def attempt():
    quiz = quiz_in_course([ready_question(), ready_question()])
    return start_attempt(person=learner_in(quiz, language="en"), quiz=quiz)


def address(attempt, position=1):
    return reverse("quizzes:question", args=[attempt.key, position])


def answer(attempt, position=1):
    return attempt.questions.get(position=position).answer


def expect_state(page, state):
    page.wait_for_selector(f"form [data-saved-state={state}]", timeout=WAIT)


def choose(page, key):
    page.check(f"input[value={key}]")


def test_answer_is_received_the_moment_it_is_chosen(phone, attempt):
    page = phone(attempt.person)
    page.goto(address(attempt))
    choose(page, "b")
    expect_state(page, "received")
    assert "WIB" in page.text_content("form [data-saved-state]")
    assert answer(attempt) == {"chosen": ["b"]}
    choose(page, "c")
    page.wait_for_selector("[name=based_on][value='2']", state="attached", timeout=WAIT)
    assert answer(attempt) == {"chosen": ["c"]}
    page.click("text=Next")
    page.wait_for_url(f"**{address(attempt, 2)}")
    assert attempt.steps.count() == 2


def test_hurried_next_after_a_choice_is_one_step(phone, attempt):
    page = phone(attempt.person)
    page.goto(address(attempt))
    page.evaluate("for (const what of ['input[value=b]', '.dock button']) document.querySelector(what).click()")
    page.wait_for_url(f"**{address(attempt, 2)}")
    assert answer(attempt) == {"chosen": ["b"]}
    assert attempt.steps.count() == 1


def test_answer_without_a_signal_waits_on_the_device_and_is_sent_later(phone, attempt):
    page = phone(attempt.person)
    page.goto(address(attempt))
    page.context.set_offline(True)
    choose(page, "b")
    expect_state(page, "device")
    page.click("text=Next")
    assert page.is_visible("[data-saved-hint]")
    assert page.url.endswith(address(attempt))
    assert answer(attempt) is None
    page.context.set_offline(False)
    expect_state(page, "received")
    assert answer(attempt) == {"chosen": ["b"]}
    page.click("text=Next")
    page.wait_for_url(f"**{address(attempt, 2)}")


def test_answer_survives_a_closed_browser(phone, attempt):
    page = phone(attempt.person)
    page.route(SAVING, lambda route: route.abort())
    page.goto(address(attempt))
    choose(page, "b")
    expect_state(page, "device")
    page.close()
    assert answer(attempt) is None
    again = page.context.new_page()
    again.goto(address(attempt))
    again.wait_for_selector("input[value=b]:checked", timeout=WAIT)
    expect_state(again, "received")
    assert answer(attempt) == {"chosen": ["b"]}
    assert attempt.steps.count() == 1


def test_reply_that_is_lost_does_not_double_or_refuse_the_answer(phone, attempt):
    page = phone(attempt.person)
    lost = []

    def lose_first_reply(route):
        if lost:
            return route.continue_()
        lost.append(route.fetch())
        return route.abort()

    page.route(SAVING, lose_first_reply)
    page.goto(address(attempt))
    choose(page, "b")
    expect_state(page, "device")
    choose(page, "c")
    expect_state(page, "received")
    steps = list(attempt.steps.values_list("answer", "accepted"))
    assert steps == [({"chosen": ["b"]}, True), ({"chosen": ["c"]}, True)]
    assert answer(attempt) == {"chosen": ["c"]}


def test_older_tab_shows_both_answers(phone, attempt):
    page = phone(attempt.person)
    page.goto(address(attempt))
    newer = page.context.new_page()
    newer.goto(address(attempt))
    choose(newer, "a")
    expect_state(newer, "received")
    choose(page, "b")
    page.wait_for_selector("text=Which answer counts?", timeout=WAIT)
    assert [step.accepted for step in attempt.steps.all()] == [True, False]
    page.click("text=Use the other answer")
    page.wait_for_selector("input[value=b]:checked", timeout=WAIT)
    assert answer(attempt) == {"chosen": ["b"]}
    assert attempt.steps.count() == 3


def test_tab_left_open_after_submission_is_told(phone, attempt):
    page = phone(attempt.person)
    page.goto(address(attempt))
    submit_attempt(attempt=attempt, client_id=attempt.key)
    choose(page, "b")
    page.wait_for_selector("text=See the result", timeout=WAIT)
    assert answer(attempt) is None
    assert Attempt.objects.get().score == 0


def test_signed_out_learner_keeps_the_answer_on_the_device(phone, attempt):
    page = phone(attempt.person)
    page.goto(address(attempt))
    cookies = page.context.cookies()
    page.context.clear_cookies()
    choose(page, "b")
    expect_state(page, "device")
    page.wait_for_selector("text=You are signed out", timeout=WAIT)
    page.context.add_cookies(cookies)
    expect_state(page, "received")
    assert answer(attempt) == {"chosen": ["b"]}


def test_back_button_shows_what_the_server_knows(phone, attempt):
    page = phone(attempt.person)
    page.goto(address(attempt))
    choose(page, "b")
    page.click("text=Next")
    page.wait_for_url(f"**{address(attempt, 2)}")
    page.go_back()
    page.wait_for_selector("input[value=b]:checked", timeout=WAIT)
    expect_state(page, "received")
