"""Whole attempts at a quiz, step by step: view, start, page, ten answers saved, submit, review.

Every learner takes each step before the next step begins, so that the CPU of each can be told apart. The answers of a
page go in one request, as the form of the page sends them.
"""

import http.client
import re
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

WARMING = 40  # learners whose attempts are not measured
STEPS = ["view", "start", "page", "save", "submit", "review"]


@dataclass(frozen=True)
class Step:
    """Milliseconds: the 95th percentile of waiting, and CPU a request (None where the system keeps no count)."""

    p95: float
    cpu: float | None


@dataclass(frozen=True)
class Attempts:
    """What whole attempts took: how many a second, their CPU, and each step."""

    clients: int
    count: int
    rate: float
    cpu: float | None
    steps: dict[str, Step]


class Learner:
    """One browser's part of an attempt; `step` raises where an answer is not what a browser would go on with."""

    def __init__(self, cookie: str, quiz: str, start: str):
        self.cookie, self.quiz, self.start, self.page, self.fields = cookie, quiz, start, "", {}

    def step(self, name: str, connection: http.client.HTTPConnection) -> None:
        base = self.page.rsplit("/", 2)[0]
        match name:
            case "view":
                self.ask(connection, "GET", self.quiz, 200)
            case "start":
                self.page = self.ask(connection, "POST", self.start, 302)
            case "page":
                self.fields = answered(self.ask(connection, "GET", self.page, 200))
            case "save":
                self.ask(connection, "POST", self.page, 302, self.fields)
            case "submit":
                self.ask(connection, "POST", f"{base}/kirim/", 302, {"client_id": str(uuid.uuid4())})
            case "review":
                self.ask(connection, "GET", f"{base}/hasil/", 200)

    def ask(self, connection, method: str, path: str, wanted: int, fields: dict[str, str] | None = None) -> str:
        """Send one request and return the page, or where it leads."""
        headers = {"Cookie": self.cookie, "X-CSRFToken": self.cookie.partition("csrftoken=")[2]}
        if method == "POST":
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, path, urlencode(fields or {}), headers)
        reply = connection.getresponse()
        body = reply.read().decode()
        if reply.status != wanted:
            raise AssertionError(f"{method} {path} is answered with {reply.status}")
        return body if wanted == 200 else reply.headers["Location"]


def answered(page: str) -> dict[str, str]:
    """Return the form of a page with an answer to every question."""
    fields = dict(re.findall(r'name="((?:client_id|based_on|own)-\d+|token)" value="([^"]*)"', page))
    for name, value in re.findall(r'name="(jawaban-\d+)" value="([^"]*)"', page):
        fields.setdefault(name, value)
    return {**fields, "aksi": "berikutnya"}


def measure(file: Path, port: int, clients: int, cpu_seconds: Callable[[], float | None]) -> Attempts:
    """Let every learner of the file (cookie, quiz page, where it starts) take one attempt, so many at a time."""
    everybody = [Learner(*line.split("\t")) for line in file.read_text().splitlines()]
    first_ones, learners = everybody[:WARMING], everybody[WARMING:]
    for name in STEPS:  # so that no process reads its templates for the first time while it is measured
        run_step(name, first_ones, port, clients)
    steps, began = {}, time.perf_counter()
    first = cpu_seconds()
    for name in STEPS:
        before = cpu_seconds()
        waits = run_step(name, learners, port, clients)
        after = cpu_seconds()
        cpu = None if before is None or after is None else 1000 * (after - before) / len(learners)
        steps[name] = Step(1000 * sorted(waits)[int(len(waits) * 0.95)], cpu)
    seconds, last = time.perf_counter() - began, cpu_seconds()
    cpu = None if first is None or last is None else 1000 * (last - first) / len(learners)
    return Attempts(clients, len(learners), len(learners) / seconds, cpu, steps)


def run_step(name: str, learners: list[Learner], port: int, clients: int) -> list[float]:
    """Let all learners take a step; return how many seconds each waited. Raises what any of them raised."""
    waits: list[float] = []
    failed: list[BaseException] = []
    queue: Iterator[Learner] = iter(learners)
    lock = threading.Lock()

    def work() -> None:
        connection = http.client.HTTPConnection("localhost", port, timeout=60)
        try:
            while True:
                with lock:
                    learner = next(queue, None)
                if learner is None or failed:
                    return
                began = time.perf_counter()
                learner.step(name, connection)
                waits.append(time.perf_counter() - began)
        except BaseException as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]
    return waits


def table(store: str, measured: list[Attempts]) -> str:
    """Return a Markdown table of whole attempts."""
    head = ["clients", "attempts", "attempts/s", "CPU ms an attempt", *(f"{step}: p95 · CPU ms" for step in STEPS)]
    lines = [f"### Whole attempts, {store}", "", "| " + " | ".join(head) + " |", "|" + "---:|" * len(head)]
    for found in measured:
        cells = [str(found.clients), str(found.count), f"{found.rate:.1f}", number(found.cpu)]
        cells += [f"{found.steps[step].p95:.0f} · {number(found.steps[step].cpu)}" for step in STEPS]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def number(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}"
