"""Start what compose.yaml starts, with its own entry scripts, on this machine: migrate, two web nodes, a worker.

PostgreSQL and Redis are those at hand (POSTGRES, REDIS); the S3-compatible store is moto's server. Shows that the
nodes are ready, that a file written by one process is read through the other, and that everything stops when asked.
"""

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import psycopg

ROOT = Path(__file__).resolve().parent.parent
POSTGRES = os.environ.get("POSTGRES", "postgres://postgres@127.0.0.1:5432/postgres")
REDIS = os.environ.get("REDIS", "redis://127.0.0.1:6379/0")
DATABASE = f"smoke_{os.getpid()}"
WAIT_SECONDS = 60


def main() -> None:
    ports = [free_port() for _ in range(3)]
    store, *nodes = ports
    with tempfile.TemporaryDirectory() as var, fresh_database(), processes() as start:
        environment = settings(store, var)
        start("store", [sys.executable, "-m", "moto.server", "-p", str(store)], environment)
        wait_for("the store", lambda: answers(f"http://127.0.0.1:{store}/moto-api/"))
        for step in ("entry-store", "entry-migrate"):
            say(step)
            subprocess.run([ROOT / "scripts" / step], env=environment, check=True, stdout=subprocess.DEVNULL)
        subprocess.run(
            [sys.executable, "manage.py", "collectstatic", "--no-input", "-v0"], env=environment, check=True, cwd=ROOT
        )
        for number, port in enumerate(nodes, start=1):
            start(f"web {number}", [ROOT / "scripts" / "entry-web"], {**environment, "BIND": f"127.0.0.1:{port}"})
        start("worker", [ROOT / "scripts" / "entry-worker"], environment)
        for number, port in enumerate(nodes, start=1):
            wait_for(f"web {number}", lambda port=port: ready(port))
            say(f"web {number} is ready: database, migrations, cache, storage and worker answer")
        check_plain_http_is_sent_to_https(nodes[0])
        check_file_travels(environment, nodes[1])
    print("The services start, share their stores, and stop: passed.")


def settings(store: int, var: str) -> dict[str, str]:
    """Return what a site of several nodes behind one proxy would be given."""
    return {
        **os.environ,
        "PYTHON": sys.executable,
        "DJANGO_SETTINGS_MODULE": "elearning.settings.production",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "ALLOWED_HOSTS": "belajar.example.go.id",
        "BASE_URL": "https://belajar.example.go.id",
        "TRUSTED_PROXY_COUNT": "1",
        "NODES": "2",
        "VAR_DIR": var,
        "WEB_PROCESSES": "1",
        "DATABASE_URL": POSTGRES.rpartition("/")[0] + f"/{DATABASE}",
        "CACHE_URL": REDIS.rpartition("/")[0] + "/15",
        "STORAGE_URL": f"s3://testing:testing@127.0.0.1:{store}/belajar?secure=0",
    }


@contextmanager
def fresh_database():
    with psycopg.connect(POSTGRES, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {DATABASE}")
    try:
        yield
    finally:
        with psycopg.connect(POSTGRES, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {DATABASE} WITH (FORCE)")


@contextmanager
def processes():
    """Yield `start(name, command, environment)`; end all of them afterwards, and see that each ends when asked."""
    started: dict[str, subprocess.Popen] = {}

    def start(name, command, environment):
        say(f"starting {name}")
        quiet = subprocess.DEVNULL if name == "store" else None
        started[name] = subprocess.Popen(
            command, env=environment, cwd=ROOT, start_new_session=True, stdout=quiet, stderr=quiet
        )

    try:
        yield start
        for process in started.values():
            process.send_signal(signal.SIGTERM)
        for name, process in started.items():
            code = process.wait(timeout=30)
            if name != "store" and code != 0:
                sys.exit(f"{name} ended with code {code}")
    finally:
        for process in started.values():
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def check_plain_http_is_sent_to_https(port: int) -> None:
    status, headers, _ = ask(port, "/masuk/", secure=False)
    if (status, headers["Location"]) != (301, "https://belajar.example.go.id/masuk/"):
        sys.exit(f"plain http was answered with {status} {headers.get('Location')}")
    status, headers, _ = ask(port, "/masuk/")
    if status != 200 or "max-age=" not in headers.get("Strict-Transport-Security", ""):
        sys.exit(f"https was answered with {status} {dict(headers)}")
    say("plain http is sent to https; https is answered")


def check_file_travels(environment, port: int) -> None:
    write = (
        "from django.core.files.base import ContentFile; from django.core.files.storage import default_storage as s; "
        "print(s.save('images/hello.vtt', ContentFile(b'WEBVTT')))"
    )
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "--no-imports", "-v0", "-c", write],
        env=environment, cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    status, headers, _ = ask(port, f"/media/{done.stdout.strip()}")
    with urllib.request.urlopen(headers["Location"], timeout=10) as answer:
        content = answer.read()
    if (status, content) != (302, b"WEBVTT"):
        sys.exit(f"the file came back as {status} {content!r}")
    say("a file written by one process is read through another, by a signed address")


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args, **kwargs):
        return None


def ask(port: int, path: str, *, secure: bool = True):
    """Return status, headers and body of a page, asked as the proxy in front would ask."""
    headers = {"Host": "belajar.example.go.id", "X-Forwarded-For": "203.0.113.7"}
    if secure:
        headers["X-Forwarded-Proto"] = "https"
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=headers)
    try:
        with urllib.request.build_opener(NoRedirect).open(request, timeout=10) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as answer:
        return answer.code, answer.headers, answer.read()


def ready(port: int) -> bool:
    status, _, body = ask(port, "/readyz")
    return status == 200 and set(json.loads(body).values()) == {"ok"}


def answers(url: str) -> bool:
    with urllib.request.urlopen(url, timeout=5):
        return True


def wait_for(what: str, question) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        try:
            if question():
                return
        except OSError:
            pass
        time.sleep(0.3)
    sys.exit(f"{what} did not answer within {WAIT_SECONDS} seconds")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def say(text: str) -> None:
    print(f"— {text}", flush=True)


if __name__ == "__main__":
    main()
