"""`make run` as a newcomer meets it: a fresh clone, a free port, a sign-in over HTTP, a second start, Ctrl-C.

Only the standard library: a newcomer has nothing else.
"""

import http.cookiejar
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FIRST_PAGE_SECONDS = 300
SECOND_PAGE_SECONDS = 30
STOP_SECONDS = 20


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        clone = Path(folder) / "clone"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        port = free_port()
        with Site(clone, port) as site:
            first = site.wait_for_page(FIRST_PAGE_SECONDS)
            say(f"the first page after {first:.0f} s")
            accounts = site.accounts()
            say(f"the table names {len(accounts)} accounts")
            for login, password in accounts:
                sign_in(port, login, password)
            say("each of them signs in and sees the front page")
            check_taken_port(clone, port)
            before = site.rows()
        with Site(clone, port) as site:
            say(f"the second start takes {site.wait_for_page(SECOND_PAGE_SECONDS):.0f} s")
            if site.rows() != before:
                sys.exit(f"the second start changed data: {before} became {site.rows()}")
    print("make run in a fresh clone: passed.")


class Site:
    """`make run` in a folder, ended with Ctrl-C; leaving it fails when something goes on running."""

    def __init__(self, folder: Path, port: int):
        self.folder, self.port = folder, port
        self.log = folder.parent / "run.log"

    def __enter__(self):
        names = ("DATABASE_URL", "CACHE_URL", "STORAGE_URL", "SECRET_KEY", "DJANGO_SETTINGS_MODULE", "MAKEFLAGS")
        environment = {name: value for name, value in os.environ.items() if name not in names}
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                ["make", "--no-print-directory", "run", f"PORT={self.port}"],
                cwd=self.folder, env=environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        return self

    def __exit__(self, *exception):
        if exception[0]:
            print(self.log.read_text(), file=sys.stderr)
        if self.process.poll() is None:
            self.press_ctrl_c()
        if left := self.left_running():
            sys.exit(f"Ctrl-C left running: {left}")

    def press_ctrl_c(self) -> None:
        """Do what a terminal does: tell the group in front, make and our supervisor, not what that one started."""
        os.killpg(self.process.pid, signal.SIGINT)
        try:
            self.process.wait(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            sys.exit("Ctrl-C did not end make run")

    def left_running(self) -> list[str]:
        """Return the commands of processes that still work in this clone."""
        listing = subprocess.run(["ps", "-eo", "pid,args"], capture_output=True, text=True, check=True).stdout
        return [line for line in listing.splitlines() if str(self.folder) in line and "smoke_run" not in line]

    def wait_for_page(self, seconds: float) -> float:
        started = time.monotonic()
        while time.monotonic() - started < seconds:
            if self.process.poll() is not None:
                sys.exit(f"make run ended with code {self.process.returncode}")
            if "Open http" in self.log.read_text():
                status, _ = fetch(opener(), self.port, "/")
                if status != 200:
                    sys.exit(f"the first page was answered with {status}")
                return time.monotonic() - started
            time.sleep(0.2)
        sys.exit(f"no page within {seconds} seconds")

    def accounts(self) -> list[tuple[str, str]]:
        """Return sign-in and password of the table that make run shows: the cells that look like them."""
        found = []
        for line in self.log.read_text().splitlines():
            cells = re.split(r"\s{2,}|\s*[│|]\s*", line.strip(" │|"))
            logins = [cell for cell in cells if re.fullmatch(r"\d{18}|\S+@\S+", cell)]
            if logins and len(cells) >= 3:
                found.append((logins[0], cells[-1]))
        if not found:
            sys.exit("make run showed no accounts")
        return found

    def rows(self) -> str:
        """Count what a second start must not change."""
        count = (
            "from completion.models import Enrolment, ActivityEvent; from people.models import Person; "
            "from wagtail.models import Page, Revision; "
            "print([m.objects.count() for m in (Person, Page, Revision, Enrolment, ActivityEvent)])"
        )
        done = subprocess.run(
            [".venv/bin/python", "manage.py", "shell", "--no-imports", "-v0", "-c", count],
            cwd=self.folder, capture_output=True, text=True, check=True,
        )  # fmt: skip
        return done.stdout.strip()


def check_taken_port(folder: Path, port: int) -> None:
    done = subprocess.run(
        ["make", "run", f"PORT={port}"], cwd=folder, capture_output=True, text=True, check=False, timeout=60
    )
    if done.returncode == 0 or f"Port {port} is taken" not in done.stderr:
        sys.exit(f"a taken port was answered with: {done.stderr}")
    say("a taken port gets a clear message")


def sign_in(port: int, login: str, password: str) -> None:
    browser = opener()
    _, form = fetch(browser, port, "/masuk/")
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)
    if not token:
        sys.exit("the sign-in form holds no token")
    words = {"login": login, "password": password, "csrfmiddlewaretoken": token[1]}
    status, page = fetch(browser, port, "/masuk/", words)
    if status != 200 or 'name="password"' in page:
        sys.exit(f"{login} could not sign in ({status})")
    status, page = fetch(browser, port, "/belajar/")
    if status != 200:
        sys.exit(f"{login} is signed in, but /belajar/ answers {status}")


def opener():
    return urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))


def fetch(browser, port: int, path: str, words: dict | None = None) -> tuple[int, str]:
    address = f"http://localhost:{port}{path}"
    data = urllib.parse.urlencode(words).encode() if words else None
    try:
        with browser.open(urllib.request.Request(address, data, {"Referer": address}), timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as answer:
        return answer.code, answer.read().decode(errors="replace")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def say(text: str) -> None:
    print(f"— {text}", flush=True)


if __name__ == "__main__":
    main()
