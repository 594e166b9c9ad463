"""The script of an attempt's pages in a real browser: an answer is received when given, or waits on the device.

What becomes of answers when lines, tabs, clocks and servers fail is in `test_faults_in_browser.py`.
"""

import time

import pytest
from django.urls import reverse
from django.utils import timezone

from quizzes.models import Attempt
from quizzes.services import begin_attempt, start_attempt, submit_attempt
from tests.conftest import session_cookie
from tests.factories import learner_in, quiz_in_course, ready_question

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SAVING = "**/simpan/"
WAIT = 8_000
ESSAY = {"text": "<p>Ceritakan.</p>", "editor": "plain", "files": 2, "file_size": 1_000_000}


@pytest.fixture
def attempt():
    return begun()


def begun(questions=2, more=(), **fields):
    quiz = quiz_in_course([*(ready_question() for _ in range(questions)), *more], **fields)
    return begin_attempt(attempt=start_attempt(person=learner_in(quiz, language="en"), quiz=quiz))


def essay():
    return ready_question(ESSAY, kind="essay")


def address(attempt, page=1):
    return reverse("quizzes:question", args=[attempt.key, page])


def answer(attempt, position=1):
    return attempt.questions.get(position=position).answer


def until(page, condition, seconds=8):
    """Wait, with the browser going on, until something is so."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never came"
        page.wait_for_timeout(50)


def expect_state(page, state, position=1):
    page.wait_for_selector(f"[data-question='{position}'] [data-saved-state={state}]", timeout=WAIT)


def choose(page, key, position=1):
    page.check(f"input[name=jawaban-{position}][value={key}]")


def steps(attempt):
    """Return what was answered, in order, and why it is not in force."""
    told = attempt.steps.filter(kind="answer").order_by("sequence").values_list("answer", "held")
    return [(given["chosen"][0] if given else None, why) for given, why in told]


# --- sending ---------------------------------------------------------------------------------------------------------


def test_answer_is_received_the_moment_it_is_chosen(phone, attempt):
    page = phone(attempt.person)
    page.goto(address(attempt))
    choose(page, "b")
    expect_state(page, "received")
    assert "WIB" in page.text_content("[data-question] [data-saved-state]")
    assert answer(attempt) == {"chosen": ["b"]}
    choose(page, "c")
    until(page, lambda: answer(attempt) == {"chosen": ["c"]})
    page.click("text=Next")
    page.wait_for_url(f"**{address(attempt, 2)}")
    assert steps(attempt) == [("b", ""), ("c", "")]


def test_each_question_of_a_page_has_its_own_state(phone):
    attempt = begun(3, questions_per_page=0)
    page = phone(attempt.person)
    page.goto(address(attempt))
    choose(page, "b", 2)
    expect_state(page, "received", 2)
    expect_state(page, "open", 1)
    expect_state(page, "open", 3)
    assert [answer(attempt, position) for position in (1, 2, 3)] == [None, {"chosen": ["b"]}, None]


def test_text_is_received_within_two_seconds_after_typing_stops(phone):
    attempt = begun(0, [essay()])
    page = phone(attempt.person)
    page.goto(address(attempt))
    page.locator("textarea").press_sequentially("Saya bekerja", delay=20)
    stopped = time.monotonic()
    until(page, lambda: "Saya bekerja" in (answer(attempt) or {}).get("text", ""))
    assert time.monotonic() - stopped < 3  # 2 s, and a busy machine


def test_hurried_next_after_a_choice_is_one_step(phone, attempt):
    page = phone(attempt.person)
    page.goto(address(attempt))
    page.evaluate("for (const what of ['input[value=b]', '.dock .button--wide']) document.querySelector(what).click()")
    page.wait_for_url(f"**{address(attempt, 2)}")
    assert steps(attempt) == [("b", "")]


def test_back_button_shows_what_the_server_knows(phone, attempt):
    page = phone(attempt.person)
    page.goto(address(attempt))
    choose(page, "b")
    page.click("text=Next")
    page.wait_for_url(f"**{address(attempt, 2)}")
    page.go_back()
    page.wait_for_selector("input[value=b]:checked", timeout=WAIT)
    expect_state(page, "received")


def test_flag_and_clear_need_no_new_page(phone, attempt):
    page = phone(attempt.person)
    page.goto(address(attempt))
    choose(page, "b")
    page.click("text=Flag for later")
    until(page, lambda: attempt.questions.get(position=1).flagged)
    assert page.is_visible("text=to look at again")
    page.click("text=Clear the answer")
    until(page, lambda: answer(attempt) is None)
    expect_state(page, "open")
    page.click("text=Remove the flag")
    until(page, lambda: not attempt.questions.get(position=1).flagged)


def test_check_shows_the_mark_of_the_answer_on_the_page(phone):
    attempt = begun(behaviour="immediate")
    page = phone(attempt.person)
    page.goto(address(attempt))
    page.check("input[value=a]")
    page.click("button:has-text('Check')")
    page.wait_for_selector("[data-saved-state=graded]", timeout=WAIT)
    assert page.is_visible("text=Right")
    assert attempt.questions.get(position=1).is_finished


def test_fixed_sequence_goes_on_and_never_back(phone):
    attempt = begun(3, sequential=True)
    page = phone(attempt.person)
    page.goto(address(attempt))
    choose(page, "b")
    page.click("text=Next")
    page.wait_for_url(f"**{address(attempt, 2)}")
    page.goto(address(attempt))
    page.wait_for_url(f"**{address(attempt, 2)}")
    assert Attempt.objects.get().reached_page == 2


# --- files -----------------------------------------------------------------------------------------------------------


def test_file_is_sent_when_it_is_chosen_and_can_be_taken_out_again(phone):
    attempt = begun(0, [essay()])
    page = phone(attempt.person)
    page.goto(address(attempt))
    paper = {"name": "catatan.txt", "mimeType": "text/plain", "buffer": b"satu dua tiga"}
    page.set_input_files("input[type=file]", paper)
    page.wait_for_selector("a:has-text('catatan.txt')", timeout=WAIT)
    until(page, lambda: answer(attempt) is not None)
    assert len(answer(attempt)["files"]) == 1
    page.reload()
    page.click("button:has-text('Remove')")
    until(page, lambda: not (answer(attempt) or {}).get("files"))
    page.set_input_files("input[type=file]", {**paper, "name": "program.exe"})
    page.wait_for_selector("text=cannot be handed in", timeout=WAIT)


def test_file_chosen_without_a_line_waits_on_the_device(phone):
    attempt = begun(1, [essay()])
    page = phone(attempt.person)
    page.goto(address(attempt, 2))
    page.context.set_offline(True)
    page.set_input_files("input[type=file]", {"name": "foto.txt", "mimeType": "text/plain", "buffer": b"gambar"})
    page.wait_for_selector("[data-waiting-file] >> text=foto.txt", timeout=WAIT)
    page.wait_for_timeout(200)
    page.context.set_offline(False)
    page.goto(address(attempt, 1))  # the file is sent from whatever page of the attempt is open
    until(page, lambda: (answer(attempt, 2) or {}).get("files"))
    page.goto(address(attempt, 2))
    page.wait_for_selector("a:has-text('foto.txt')", timeout=WAIT)


# --- whose answers ---------------------------------------------------------------------------------------------------


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


def test_answers_of_one_person_are_neither_sent_nor_shown_to_another(phone, attempt, live_server):
    page = phone(attempt.person)
    page.goto(address(attempt))
    mine = page.context.cookies()
    other = learner_in(attempt.quiz, language="en")
    theirs = start_attempt(person=other, quiz=attempt.quiz)
    page.context.clear_cookies()
    page.context.add_cookies([session_cookie(other, live_server.url)])
    choose(page, "b")
    page.wait_for_selector("text=Somebody else is signed in", timeout=WAIT)
    expect_state(page, "device")
    assert page.goto(address(attempt)).status == 404
    page.goto(address(theirs))
    expect_state(page, "open")
    assert attempt.steps.count() == theirs.steps.count() == 0
    page.context.clear_cookies()
    page.context.add_cookies(mine)
    page.goto(address(attempt))
    expect_state(page, "received")
    assert answer(attempt) == {"chosen": ["b"]}


def test_tab_left_open_after_submission_is_told(phone, attempt):
    page = phone(attempt.person)
    page.goto(address(attempt))
    submit_attempt(attempt=attempt, client_id=attempt.key)
    choose(page, "b")
    page.wait_for_url("**/hasil/")
    assert answer(attempt) is None
    assert steps(attempt) == [("b", "closed")]


# --- the time --------------------------------------------------------------------------------------------------------


def test_clock_counts_down_warns_and_hands_in_at_the_end(phone):
    attempt = begun(time_limit_minutes=30)
    Attempt.objects.update(deadline_at=timezone.now() + timezone.timedelta(seconds=75))
    page = phone(attempt.person)
    page.goto(address(attempt))
    page.wait_for_selector("[data-time-left]:has-text('01:')", timeout=WAIT)
    page.wait_for_selector("[data-time-said]:has-text('1 minute left')", state="attached", timeout=3 * WAIT)
    Attempt.objects.update(deadline_at=timezone.now() + timezone.timedelta(seconds=10))
    choose(page, "a")  # the reply tells the time that is left now
    page.wait_for_url("**/hasil/", timeout=3 * WAIT)
    assert Attempt.objects.get().state == "graded"
    assert answer(attempt) == {"chosen": ["a"]}


def test_time_granted_meanwhile_is_not_cut_short(phone):
    attempt = begun(time_limit_minutes=30)
    Attempt.objects.update(deadline_at=timezone.now() + timezone.timedelta(seconds=8))
    page = phone(attempt.person)
    page.goto(address(attempt))
    Attempt.objects.update(deadline_at=timezone.now() + timezone.timedelta(minutes=10))
    page.wait_for_selector("[data-time-left]:has-text('09:')", timeout=WAIT)
    assert Attempt.objects.get().state == "in_progress"


# --- small screens, keys, no script ----------------------------------------------------------------------------------


def test_keyboard_and_the_smallest_phone(open_page):
    attempt = begun(2, [essay()], questions_per_page=0, time_limit_minutes=30)
    page = open_page(attempt.person, viewport={"width": 320, "height": 568})
    page.goto(address(attempt))
    page.focus("input[name=jawaban-1]")
    page.keyboard.press("Space")
    expect_state(page, "received")
    page.set_input_files("input[type=file]", {"name": "a" * 60 + ".txt", "mimeType": "text/plain", "buffer": b"x"})
    page.wait_for_selector("a:has-text('aaa')", timeout=WAIT)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.focus(".dock .button--wide")
    page.keyboard.press("Enter")
    page.wait_for_url("**/ringkasan/")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.focus(".dock .button--wide")
    page.keyboard.press("Enter")
    page.wait_for_url("**/hasil/")


def test_everything_goes_without_the_script(no_js):
    attempt = begun(2)
    page = no_js(attempt.person)
    page.goto(address(attempt))
    choose(page, "a")
    page.click("text=Flag for later")
    page.click("text=Next")
    choose(page, "b", 2)
    page.click("text=To the overview")
    page.click("text=Submit my answers")
    page.wait_for_url("**/hasil/")
    assert [answer(attempt, position) for position in (1, 2)] == [{"chosen": ["a"]}, {"chosen": ["b"]}]


def test_worker_is_served_at_the_root_and_asked_for_anew(client):
    reply = client.get("/pekerja.js")
    assert reply["Content-Type"].startswith("text/javascript")
    assert (reply["Service-Worker-Allowed"], reply["Cache-Control"]) == ("/", "no-cache")
