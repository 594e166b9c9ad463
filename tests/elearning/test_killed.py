"""The server is killed again and again, without warning, while people answer quizzes and finish lessons: whatever was
answered with success is there afterwards, and nothing is there twice. Production settings, a database of its own."""

import contextlib
import http.client
import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from completion.reading import open_token
from courses.models import LessonPage, ModulePage
from courses.services import refresh_course
from tests.factories import LessonPageFactory, learner_in, quiz_in_course, ready_question

ROOT = Path(__file__).resolve().parents[2]
SECRET = "only-for-a-server-that-is-killed-" * 2
CSRF = "k" * 32
LEARNERS = 4
QUESTIONS = 3
LESSONS = 40
KILLS = 12
CONFIRMED_BETWEEN = 3  # answers each learner has before the next kill, however slow the machine is
PATIENCE = 120  # seconds

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor != "sqlite", reason="one machine: with PostgreSQL the database outlives its clients"
    ),
]


@pytest.fixture
def world(settings, tmp_path):
    """A quiz and many lessons, learners who are signed in, all of it in a database file for the server."""
    settings.SECRET_KEY = SECRET
    quiz = quiz_in_course([ready_question() for _ in range(QUESTIONS)], attempts_allowed=0, pass_mark=100)
    module = ModulePage.objects.get(pk=quiz.get_parent().pk)
    for _number in range(LESSONS):
        LessonPageFactory(parent=module, minimum_seconds=60)
    refresh_course(course=module.get_parent().pk)
    people = [learner_in(quiz) for _ in range(LEARNERS)]
    lessons = list(LessonPage.objects.child_of(module).values_list("pk", flat=True))
    learners = [Learner(person.pk, session_of(person), quiz.pk, lessons) for person in people]
    path = tmp_path / "killed.sqlite3"
    with contextlib.closing(sqlite3.connect(path)) as target:
        connection.connection.backup(target)
    return path, learners


def session_of(person) -> str:
    client = Client()
    client.force_login(person)
    return client.cookies["sessionid"].value


# --- people who do not give up ---------------------------------------------------------------------------------------


@dataclass
class Learner:
    """A device: it sends what was not answered again, under the same id, as the site's own script does."""

    person_id: int
    session: str
    quiz_id: int
    lessons: list[int]
    port: int = 0
    steps: dict[str, str] = field(default_factory=dict)  # client id → answer that was confirmed
    in_force: dict[tuple[str, int], str] = field(default_factory=dict)  # (attempt, position) → last confirmed
    submitted: list[str] = field(default_factory=list)
    read: set[str] = field(default_factory=set)
    confirmed: int = 0
    failures: int = 0
    wrong: list[str] = field(default_factory=list)

    def live(self, over: threading.Event) -> None:
        try:
            while not over.is_set():
                self.take_quiz()
                self.read_lesson()
        except Exception as error:
            self.wrong.append(repr(error))

    def take_quiz(self) -> None:
        location = self.insist(reverse("quizzes:start", args=[self.quiz_id]), expect=302)[1]
        attempt = location.split("/")[2]
        for position in range(1, QUESTIONS + 1):
            for answer in "ab":
                client_id = str(uuid.uuid4())
                fields = f"jawaban-{position}={answer}"
                step = {"id": client_id, "position": position, "fields": fields, "based_on": 10_000}
                self.insist(f"/kuis/{attempt}/simpan/", {"steps": [step]}, expect=200)
                self.steps[client_id] = self.in_force[attempt, position] = answer
        location = self.insist(f"/kuis/{attempt}/kirim/", {"client_id": uuid.uuid4()}, expect=302)[1]
        assert location.endswith("/hasil/"), location
        self.submitted.append(attempt)

    def read_lesson(self) -> None:
        if not self.lessons:
            return
        lesson, client_id = self.lessons.pop(), str(uuid.uuid4())
        with time_machine.travel(timezone.now() - timezone.timedelta(hours=1)):
            opening = open_token(person_id=self.person_id, activity_id=lesson, revision=None)
        told = {"client_id": client_id, "opening": opening, "seconds": 90, "reached_end": "1"}
        self.insist(reverse("completion:finish", args=[lesson]), told, expect=302)
        self.read.add(client_id)

    def insist(self, path: str, told: dict | None = None, *, expect: int) -> tuple[int, str]:
        """Send until there is an answer."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                status, location = self.send(path, told or {})
            except (OSError, http.client.HTTPException):
                self.failures += 1
                time.sleep(0.03)
                continue
            assert status == expect, (path, status, location)
            self.confirmed += 1
            return status, location
        raise AssertionError(f"no answer: {path}")

    def send(self, path: str, told: dict) -> tuple[int, str]:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        headers = {
            "Cookie": f"sessionid={self.session}; csrftoken={CSRF}",
            "X-CSRFToken": CSRF,
            "Content-Type": "application/json" if "steps" in told else "application/x-www-form-urlencoded",
        }
        body = json.dumps(told) if "steps" in told else urlencode(told)
        with contextlib.closing(line):
            line.request("POST", path, body, headers)
            answer = line.getresponse()
            answer.read()
            return answer.status, answer.getheader("Location", "")


# --- a server that dies ----------------------------------------------------------------------------------------------


class Server:
    def __init__(self, database: Path):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.environment = {
            "PATH": os.environ["PATH"],
            "PYTHON": sys.executable,
            "DJANGO_SETTINGS_MODULE": "elearning.settings.production",
            "SECRET_KEY": SECRET,
            "ALLOWED_HOSTS": "127.0.0.1",
            "BASE_URL": f"http://127.0.0.1:{self.port}",
            "BIND": f"127.0.0.1:{self.port}",
            "DATABASE_URL": f"sqlite:///{database}",
            "VAR_DIR": str(database.parent),
            "LOG_LEVEL": "CRITICAL",
            "GUNICORN_LOG_LEVEL": "critical",
        }

    def start(self) -> None:
        self.process = subprocess.Popen(  # noqa: S603
            [ROOT / "scripts" / "entry-web"], env=self.environment, start_new_session=True, stderr=subprocess.DEVNULL
        )
        for _try in range(600):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return
            time.sleep(0.05)
        raise AssertionError("the server did not start")

    def kill_a_worker(self) -> None:
        found = subprocess.run(["pgrep", "-P", str(self.process.pid)], capture_output=True, text=True)  # noqa: S603, S607
        for worker in found.stdout.split()[:1]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(worker), signal.SIGKILL)

    def kill(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def manage(self, *arguments: str) -> subprocess.CompletedProcess:
        command = [sys.executable, ROOT / "manage.py", *arguments]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True)  # noqa: S603


def test_killed_server_loses_nothing_that_it_confirmed_and_doubles_nothing(world):
    path, learners = world
    server, over = Server(path), threading.Event()
    server.start()
    threads = [threading.Thread(target=learner.live, args=[over]) for learner in learners]
    try:
        for learner, thread in zip(learners, threads, strict=True):
            learner.port = server.port
            thread.start()
        for number in range(KILLS):
            wait_for_more(learners)
            if number == KILLS // 2:
                server.kill()
                server.start()
            else:
                server.kill_a_worker()
        over.set()
        for thread in threads:
            thread.join(30)
    finally:
        over.set()
        server.kill()
    assert [wrong for learner in learners for wrong in learner.wrong] == []
    assert sum(learner.failures for learner in learners) > 0, "nothing was killed while it worked"
    with contextlib.closing(sqlite3.connect(path)) as database:
        check(database, learners)
    checked = server.manage("check_completion", "--json")
    assert (checked.returncode, checked.stdout) == (0, "")


def wait_for_more(learners: list[Learner]) -> None:
    """Let each learner get on, unless one has failed and says why."""
    goals = [learner.confirmed + CONFIRMED_BETWEEN for learner in learners]
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if all(one.confirmed >= goal or one.wrong for one, goal in zip(learners, goals, strict=True)):
            return
        time.sleep(0.01)
    raise AssertionError("the learners do not get on")


def check(database: sqlite3.Connection, learners: list[Learner]) -> None:
    def rows(sql: str, *values) -> list[tuple]:
        return database.execute(sql, values).fetchall()

    database.create_function("REGEXP", 2, lambda pattern, text: re.search(pattern, str(text)) is not None)
    assert rows("PRAGMA integrity_check") == [("ok",)]
    assert rows("PRAGMA foreign_key_check") == []
    for learner in learners:
        assert learner.submitted, "too little was done to mean something"
        attempts = rows("SELECT id, number, state, key FROM quizzes_attempt WHERE person_id = ?", learner.person_id)
        assert sorted(number for _pk, number, _state, _key in attempts) == list(range(1, len(attempts) + 1))
        keys = {str(uuid.UUID(key)): pk for pk, _number, _state, key in attempts}
        graded = {str(uuid.UUID(key)) for _pk, _number, state, key in attempts if state == "graded"}
        assert graded == set(learner.submitted)
        kinds = rows("SELECT kind, client_id FROM completion_activityevent WHERE person_id = ?", learner.person_id)
        assert {str(uuid.UUID(name)) for kind, name in kinds if kind == "read"} == learner.read
        assert sum(kind == "graded" for kind, _name in kinds) == len(graded)
        told = "SELECT s.client_id, s.answer, s.held FROM quizzes_answerstep s JOIN quizzes_attempt a"
        steps = rows(f"{told} ON a.id = s.attempt_id WHERE a.person_id = ? AND s.kind = 'answer'", learner.person_id)
        stored = {str(uuid.UUID(name)): json.loads(answer)["chosen"][0] for name, answer, held in steps if not held}
        assert (stored, len(steps)) == (learner.steps, len(learner.steps))
        for (attempt, position), answer in learner.in_force.items():
            where = "SELECT answer FROM quizzes_attemptquestion WHERE attempt_id = ? AND position = ?"
            assert json.loads(rows(where, keys[attempt], position)[0][0]) == {"chosen": [answer]}
