"""Lines, tabs, clocks, browsers and servers that fail while somebody takes a quiz in a real browser (docs/faults.md).

At the end the answers that the learner was shown as received are those that are graded, and nothing is there twice.
"""

import contextlib
import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Error

from quizzes.models import AnswerFile, Attempt
from quizzes.services import begin_attempt, start_attempt
from tests.conftest import PHONE, QUIET_CHROMIUM, chromium, session_cookie
from tests.factories import learner_in, quiz_in_course, ready_question
from tests.quizzes.line import Line

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ROOT = Path(__file__).resolve().parents[2]
ESSAY = {"text": "<p>Ceritakan.</p>", "editor": "plain", "files": 1, "file_size": 1_000_000}
PAPER = {"name": "catatan.txt", "mimeType": "text/plain", "buffer": b"satu dua tiga"}
KEPT = """async () => {
  const names = (await caches.keys()).filter((name) => name.startsWith("kuis "));
  const lists = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
  return lists.flat().map((request) => new URL(request.url).pathname);
}"""


# --- people and lines ------------------------------------------------------------------------------------------------


@pytest.fixture
def line(live_server):
    made = Line(live_server.thread.port)
    yield made
    made.close()


@pytest.fixture
def visit(browser, line):
    """Return `visit(person)`: a phone that reaches the server by a line that can fail."""
    contexts, complaints = [], []

    def open_one(person, *, script=""):
        url = f"http://localhost:{line.port}"
        context = browser.new_context(base_url=url, locale="id-ID", reduced_motion="reduce", **PHONE)
        context.set_default_timeout(15_000)
        context.add_cookies([session_cookie(person, url)])
        if script:
            context.add_init_script(script)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert complaints == []


def begun(questions=3, more=(), **fields):
    quiz = quiz_in_course([*(ready_question() for _ in range(questions)), *more], **fields)
    return begin_attempt(attempt=start_attempt(person=learner_in(quiz, language="en"), quiz=quiz))


def address(attempt, page=1):
    return reverse("quizzes:question", args=[attempt.key, page])


def overview(attempt):
    return reverse("quizzes:overview", args=[attempt.key])


def go(page, url):
    """Go somewhere, also while a script is on its way to another page."""
    for _try in range(3):
        try:
            return page.goto(url)
        except Error as error:
            if "interrupted" not in str(error) and "ERR_ABORTED" not in str(error):
                raise
            page.wait_for_load_state()
    return page.goto(url)


def until(page, condition, seconds=15):
    """Wait, with the browser going on, until something is so."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never came"
        page.wait_for_timeout(50)


def choose(page, key, position=1):
    page.check(f"input[name=jawaban-{position}][value={key}]")


def expect_state(page, state, position=1):
    page.wait_for_selector(f"[data-question='{position}'] [data-saved-state={state}]")


def wait_until_kept(page, attempt, pages):
    """Wait until the device keeps all pages of an attempt, and its worker is in charge."""
    wanted = {overview(attempt), *(address(attempt, number + 1) for number in range(pages))}
    until(page, lambda: wanted <= set(page.evaluate(KEPT)))
    until(page, lambda: page.evaluate("navigator.serviceWorker.controller !== null"))


def received(page) -> dict[int, str]:
    """Return the chosen option of each question that the page says is received."""
    return page.evaluate("""() => Object.fromEntries([...document.querySelectorAll("[data-question]")]
        .filter((part) => part.querySelector("[data-saved-state=received]"))
        .map((part) => [part.dataset.question, part.querySelector("input:checked")?.value]))""")


def answers(attempt) -> list:
    return [(given or {}).get("chosen", [None])[0] for given in attempt.questions.values_list("answer", flat=True)]


def steps(attempt) -> list[tuple]:
    told = attempt.steps.filter(kind="answer").order_by("sequence").values_list("answer", "held")
    return [(given["chosen"][0] if given else None, why) for given, why in told]


# --- the line is cut at every step of an attempt ---------------------------------------------------------------------


class Trouble:
    """One kind of fault, for one step after the other: `with trouble("answer"): …`."""

    PATHS = {
        "start": "/mulai/",
        "page": r"/\d+/$",
        "upload": "/unggah/",
        "overview": "/ringkasan/",
        "result": "/hasil/",
    }

    def __init__(self, kind, page, line):
        self.kind, self.page, self.line = kind, page, line

    def begin(self, step):
        if self.kind == "cut":
            self.line.cut()
        elif self.kind == "lost":
            self.line.lose(self.PATHS.get(step, "/simpan/"))
        else:
            self.page.context.set_offline(True)

    def end(self):
        self.line.mend()
        self.page.context.set_offline(False)

    @contextlib.contextmanager
    def __call__(self, step):
        self.begin(step)
        yield
        self.page.wait_for_timeout(400)
        if self.kind == "lost":
            until(self.page, lambda: self.line.losses > 0)
        self.end()


def press(page, words):
    """Press a button, whatever page follows, even that of a browser without a line."""
    with contextlib.suppress(Exception):
        page.click(words, timeout=5000, no_wait_after=True)


@pytest.mark.parametrize("kind", ["cut", "lost", "offline"])
def test_line_fails_at_every_step_of_an_attempt(visit, line, kind):
    essay = ready_question(ESSAY, kind="essay")
    quiz = quiz_in_course([ready_question(), ready_question(), essay], behaviour="adaptive", shuffle_options=False)
    person = learner_in(quiz, language="en")
    page = visit(person)
    trouble = Trouble(kind, page, line)
    shown = {}

    page.goto(quiz.url)
    with trouble("start"):
        press(page, "text=Start the quiz")
    go(page, quiz.url)
    page.click(".dock button")  # starts, or continues what the server had begun
    page.wait_for_url("**/1/")
    attempt = Attempt.objects.get()
    wait_until_kept(page, attempt, 3)

    with trouble("answer"):
        choose(page, "b")
        expect_state(page, "device")
    expect_state(page, "received")
    shown |= received(page)
    with trouble("flag"):
        page.click("text=Flag for later")
    until(page, lambda: attempt.questions.get(position=1).flagged)
    with trouble("check"):
        page.click("button:has-text('Check')")
    until(page, lambda: attempt.questions.get(position=1).tries == 1)
    page.wait_for_selector("text=Not right")

    with trouble("page"):
        page.click("text=Next")
        page.wait_for_url(f"**{address(attempt, 2)}")
        choose(page, "a", 2)
    expect_state(page, "received", 2)
    shown |= received(page)
    page.click("text=Next")
    page.wait_for_url(f"**{address(attempt, 3)}")
    with trouble("upload"):
        page.set_input_files("input[type=file]", PAPER)
    page.wait_for_selector("a:has-text('catatan.txt')")
    until(page, lambda: (attempt.questions.get(position=3).answer or {}).get("files"))

    with trouble("overview"):
        page.click("text=To the overview")
        page.wait_for_url("**/ringkasan/")
    with trouble("submit"):
        page.click(".dock button")
        if kind != "lost":
            page.wait_for_selector("text=will be handed in when the line is back")
    with trouble("result"), contextlib.suppress(Exception):
        page.wait_for_url("**/hasil/", timeout=8000 if kind == "lost" else 500)
    until(page, lambda: Attempt.objects.get().state == "submitted")  # the essay waits for a person
    go(page, reverse("quizzes:result", args=[attempt.key]))
    page.wait_for_selector("text=Your answers are in")

    assert shown == {"1": "b", "2": "a"}
    assert answers(attempt) == ["b", "a", None]
    assert AnswerFile.objects.count() == 1
    assert {why for _given, why in attempt.steps.values_list("kind", "held")} == {""}
    assert attempt.steps.filter(kind="submit").count() == attempt.steps.filter(kind="flag").count() == 1
    assert attempt.steps.filter(kind="check").count() == 1
    assert attempt.steps.filter(kind="answer", question__position=2).count() == 1


def test_fixed_sequence_goes_on_without_a_line_and_not_back(visit, line):
    attempt = begun(3, sequential=True)
    page = visit(attempt.person)
    page.goto(address(attempt))
    wait_until_kept(page, attempt, 3)
    line.cut()
    for number in (1, 2):
        choose(page, "b", number)
        expect_state(page, "device", number)
        page.click("text=Next")
        page.wait_for_url(f"**{address(attempt, number + 1)}")
    assert address(attempt, 1) not in page.evaluate(KEPT)
    choose(page, "a", 3)
    line.mend()
    expect_state(page, "received", 3)
    attempt.refresh_from_db()
    assert attempt.reached_page == 3
    assert answers(attempt) == ["b", "b", "a"]


def test_pages_of_an_attempt_are_thrown_away_at_its_end_and_at_sign_out(visit, line):
    attempt = begun(1)
    page = visit(attempt.person)
    page.goto(address(attempt))
    wait_until_kept(page, attempt, 1)
    page.goto("/keluar/")
    page.click("main form button")
    until(page, lambda: page.evaluate(KEPT) == [])
    page.context.add_cookies([session_cookie(attempt.person, f"http://localhost:{line.port}")])
    page.goto(address(attempt))
    wait_until_kept(page, attempt, 1)
    page.goto(overview(attempt))
    page.click(".dock button")
    page.wait_for_url("**/hasil/")
    until(page, lambda: page.evaluate(KEPT) == [])


# --- browsers that keep little or nothing ----------------------------------------------------------------------------

WITHOUT_DATABASE = "Object.defineProperty(window, 'indexedDB', { get() { throw new Error('refused'); } });"
WITHOUT_STORAGE = WITHOUT_DATABASE + "Object.defineProperty(window, 'localStorage', { get() { throw Error(); } });"


def test_browser_without_a_database_keeps_answers_as_text(visit, line):
    attempt = begun(2)
    page = visit(attempt.person, script=WITHOUT_DATABASE)
    page.goto(address(attempt))
    line.cut()
    choose(page, "b")
    expect_state(page, "device")
    page.close()
    line.mend()
    page = page.context.new_page()
    page.goto(address(attempt))
    expect_state(page, "received")
    assert steps(attempt) == [("b", "")]


def test_browser_that_keeps_nothing_stays_on_the_page_until_the_answer_is_received(visit, line):
    attempt = begun(2)
    page = visit(attempt.person, script=WITHOUT_STORAGE + "delete Navigator.prototype.serviceWorker;")
    page.goto(address(attempt))
    line.cut()
    choose(page, "b")
    page.wait_for_selector("text=this browser cannot keep answers")
    page.click("text=Next")
    page.wait_for_timeout(2500)
    assert page.url.endswith(address(attempt))
    line.mend()
    expect_state(page, "received")
    page.click("text=Next")
    page.wait_for_url(f"**{address(attempt, 2)}")


def test_answer_that_is_too_long_holds_no_other_up(visit):
    attempt = begun(1, [ready_question({**ESSAY, "files": 0}, kind="essay")], questions_per_page=0)
    page = visit(attempt.person)
    page.goto(address(attempt))
    page.fill("textarea", "a" * 1_100_000)
    page.wait_for_selector("text=too long to be received")
    choose(page, "b")
    expect_state(page, "received")
    expect_state(page, "device", 2)
    page.fill("textarea", "pendek")
    expect_state(page, "received", 2)
    assert attempt.questions.get(position=2).answer["text"] == "<p>pendek</p>"


# --- what arrives twice, late or in another order --------------------------------------------------------------------


def test_parcels_delivered_again_and_in_another_order_change_nothing(visit):
    attempt = begun(2)
    page = visit(attempt.person)
    bodies = []
    page.on("request", lambda request: bodies.append(request.post_data) if "/simpan/" in request.url else None)
    page.goto(address(attempt))
    for key in "bca":
        choose(page, key)
        until(page, lambda key=key: answers(attempt)[0] == key)
    expect_state(page, "received")
    before = steps(attempt)
    again = Client()
    again.force_login(attempt.person)
    for body in [*reversed(bodies), *bodies]:
        told = again.post(reverse("quizzes:save", args=[attempt.key]), body, content_type="application/json")
        assert {one["status"] for one in told.json()["steps"]} <= {"repeated"}
    assert (answers(attempt), steps(attempt)) == (["a", None], before)


def test_answers_of_a_first_and_a_last_parcel_swapped_on_the_way_both_count_once(visit, line):
    """The reply to the first is lost and it is sent again with the second; what counts is what was chosen last."""
    attempt = begun(1)
    page = visit(attempt.person)
    page.goto(address(attempt))
    line.lose("/simpan/")
    choose(page, "b")
    until(page, lambda: line.losses > 0)
    choose(page, "c")
    page.wait_for_timeout(300)
    line.mend()
    expect_state(page, "received")
    assert received(page) == {"1": "c"}
    assert steps(attempt) == [("b", ""), ("c", "")]


# --- tabs and devices ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["tab", "device"])
def test_older_tab_or_device_is_shown_both_answers(visit, where):
    attempt = begun(1)
    page = visit(attempt.person)
    page.goto(address(attempt))
    newer = page.context.new_page() if where == "tab" else visit(attempt.person)
    newer.goto(address(attempt))
    choose(newer, "a")
    expect_state(newer, "received")
    choose(page, "b")
    page.wait_for_selector("text=Which answer counts?")
    assert steps(attempt) == [("a", ""), ("b", "older_tab")]
    page.click("text=Use the other answer")
    page.wait_for_selector("input[value=b]:checked")
    expect_state(page, "received")
    assert answers(attempt) == ["b"]


def test_device_that_was_offline_does_not_overwrite_the_other(visit, line):
    attempt = begun(2)
    page, other = visit(attempt.person), visit(attempt.person)
    page.goto(address(attempt))
    page.context.set_offline(True)
    choose(page, "b")
    expect_state(page, "device")
    other.goto(address(attempt))
    choose(other, "c")
    expect_state(other, "received")
    page.context.set_offline(False)
    page.wait_for_selector("text=Which answer counts?")
    assert answers(attempt) == ["c", None]
    page.click("text=Keep what counts now")
    page.wait_for_selector("input[value=c]:checked")
    assert answers(attempt) == ["c", None]


def test_two_tabs_of_one_device_share_what_waits(visit, line):
    attempt = begun(2)
    page = visit(attempt.person)
    page.goto(address(attempt))
    wait_until_kept(page, attempt, 2)
    line.cut()
    choose(page, "b")
    expect_state(page, "device")
    second = page.context.new_page()
    second.goto(address(attempt))
    second.wait_for_selector("input[value=b]:checked")
    page.close()
    line.mend()
    expect_state(second, "received")
    assert steps(attempt) == [("b", "")]


# --- clocks and deadlines --------------------------------------------------------------------------------------------


def wrong_clock(hours):
    return f"""{{ const real = Date, off = {hours} * 3600000;
      window.Date = class extends real {{
        constructor(...given) {{ given.length ? super(...given) : super(real.now() + off); }}
        static now() {{ return real.now() + off; }}
      }}; }}"""


def time_is_up(attempt, *, ends_in):
    """Let the deadline be a moment ago, and the attempt end so many seconds from now."""
    now = timezone.now()
    Attempt.objects.filter(pk=attempt.pk).update(
        deadline_at=now - timezone.timedelta(seconds=0.2), ends_at=now + timezone.timedelta(seconds=ends_in)
    )


@pytest.mark.parametrize("hours", [-24, 0, 24])
def test_answer_written_in_time_counts_whatever_the_clock_of_the_device_says(visit, hours):
    attempt = begun(2, time_limit_minutes=30)
    page = visit(attempt.person, script=wrong_clock(hours))
    page.goto(address(attempt))
    until(page, lambda: re.search(r"(29|30):", page.text_content("[data-time-left]")))
    page.context.set_offline(True)
    choose(page, "a")
    expect_state(page, "device")
    page.wait_for_timeout(1200)
    time_is_up(attempt, ends_in=60)
    page.context.set_offline(False)
    page.wait_for_url("**/ringkasan/")
    assert (answers(attempt), steps(attempt)) == (["a", None], [("a", "")])
    page.click(".dock button")
    page.wait_for_url("**/hasil/")
    assert attempt.questions.get(position=1).share == 1


@pytest.mark.parametrize("hours", [0, 24])
def test_answer_that_comes_after_the_end_is_kept_for_a_decision_and_said_so(visit, hours):
    attempt = begun(2, time_limit_minutes=30)
    page = visit(attempt.person, script=wrong_clock(hours))
    page.goto(address(attempt))
    choose(page, "b")
    expect_state(page, "received")
    page.context.set_offline(True)
    choose(page, "a")
    expect_state(page, "device")
    page.wait_for_timeout(1200)
    time_is_up(attempt, ends_in=-0.1)
    page.context.set_offline(False)
    page.wait_for_url("**/hasil/")
    page.wait_for_selector("text=Waits for a decision")
    assert (answers(attempt), steps(attempt)) == (["b", None], [("b", ""), ("a", "late")])


def test_time_that_ends_without_a_line_hands_in_when_it_is_back(visit, line):
    attempt = begun(1, time_limit_minutes=30)
    now = timezone.now()
    ends, deadline = now + timezone.timedelta(seconds=90), now + timezone.timedelta(seconds=12)
    Attempt.objects.update(deadline_at=deadline, ends_at=ends)
    page = visit(attempt.person)
    page.goto(address(attempt))
    page.context.set_offline(True)
    choose(page, "a")
    page.wait_for_selector("text=The time is up")
    until(page, lambda: timezone.now() > deadline)
    page.context.set_offline(False)
    page.wait_for_url("**/hasil/")
    assert (answers(attempt), Attempt.objects.get().state) == (["a"], "graded")


# --- the browser and the server die ----------------------------------------------------------------------------------


def test_browser_closed_and_opened_again_without_a_line_goes_on(browser, line, tmp_path):
    attempt = begun(2)
    url = f"http://localhost:{line.port}"

    def open_browser():
        context = browser.browser_type.launch_persistent_context(
            tmp_path, executable_path=chromium(), args=QUIET_CHROMIUM, base_url=url, reduced_motion="reduce", **PHONE
        )
        context.set_default_timeout(15_000)
        return context

    context = open_browser()
    context.add_cookies([{**session_cookie(attempt.person, url), "expires": time.time() + 3600}])
    page = context.pages[0]
    page.goto(address(attempt))
    wait_until_kept(page, attempt, 2)
    line.cut()
    choose(page, "b")
    expect_state(page, "device")
    context.close()

    context = open_browser()
    page = context.pages[0]
    page.goto(address(attempt))
    page.wait_for_selector("input[name=jawaban-1][value=b]:checked")
    expect_state(page, "device")
    page.click("text=Next")
    page.wait_for_url(f"**{address(attempt, 2)}")
    choose(page, "a", 2)
    expect_state(page, "device", 2)
    page.click("text=To the overview")
    page.wait_for_url("**/ringkasan/")
    until(page, lambda: page.locator("[data-place] >> text=On this device").count() == 2)
    page.click(".dock button")
    page.wait_for_selector("text=will be handed in when the line is back")
    assert steps(attempt) == []
    line.mend()
    page.wait_for_url("**/hasil/", timeout=40_000)
    assert (answers(attempt), steps(attempt)) == (["b", "a"], [("b", ""), ("a", "")])
    assert Attempt.objects.get().state == "graded"
    context.close()


class KilledServer:
    """The site on a database file of its own, killed without warning."""

    def __init__(self, database: Path):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        settings = {"DJANGO_SETTINGS_MODULE": "elearning.settings.test", "DATABASE_URL": f"sqlite:///{database}"}
        self.environment = {**os.environ, **settings, "VAR_DIR": str(database.parent)}

    def start(self) -> None:
        command = [
            sys.executable,
            ROOT / "manage.py",
            "runserver",
            "--noreload",
            "--insecure",
            f"127.0.0.1:{self.port}",
        ]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self.process = subprocess.Popen(command, env=self.environment, start_new_session=True, cwd=ROOT, **quiet)  # noqa: S603
        for _try in range(1200):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return
            time.sleep(0.05)
        raise AssertionError("the server did not start")

    def kill(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the database of the killed server is a file")
def test_server_killed_in_the_middle_loses_nothing_it_confirmed(browser, visit, line, tmp_path):
    attempt = begun(3)
    person = attempt.person
    page = visit(person)
    path = tmp_path / "killed.sqlite3"
    with contextlib.closing(sqlite3.connect(path)) as target:
        connection.connection.backup(target)
    server = KilledServer(path)
    server.start()
    line.target = server.port
    try:
        page.goto(address(attempt))
        wait_until_kept(page, attempt, 3)
        for position, key in enumerate("bca", start=1):
            choose(page, key, position)
            page.wait_for_timeout(30 * position)  # killed before, while or after it is written
            server.kill()
            page.click(".dock .button--wide")
            page.wait_for_url(f"**{address(attempt, position + 1) if position < 3 else overview(attempt)}")
            server.start()
        page.click(".dock .button--wide")
        page.wait_for_url("**/hasil/", timeout=60_000)
    finally:
        server.kill()
    with contextlib.closing(sqlite3.connect(path)) as database:
        told = database.execute("SELECT answer FROM quizzes_attemptquestion ORDER BY position").fetchall()
        assert [json.loads(given)["chosen"][0] for (given,) in told] == ["b", "c", "a"]
        assert database.execute("SELECT state FROM quizzes_attempt").fetchall() == [("graded",)]
        kinds = database.execute("SELECT kind, count(*) FROM quizzes_answerstep GROUP BY kind").fetchall()
        assert dict(kinds) == {"answer": 3, "submit": 1}
