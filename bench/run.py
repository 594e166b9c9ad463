"""Measure the main pages beside a bare view, on SQLite and PostgreSQL, with wrk: requests/s, p95, CPU per request.

The CPU milliseconds are those of all processes of the web server (and of PostgreSQL), from the kernel's own count: the
figure that a busy machine disturbs least. `--quick` asks on SQLite alone, with 8 clients, for two seconds each, in a
minute or two; SECONDS (4), CLIENTS (1,8,32) and STORES (sqlite,postgres) choose otherwise.
"""

import datetime as dt
import json
import os
import platform
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import uuid
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import attempts

ROOT = Path(__file__).resolve().parent.parent
QUICK = "--quick" in sys.argv[1:]
SECONDS = float(os.environ.get("SECONDS", "2" if QUICK else "4"))
CLIENTS = [int(number) for number in os.environ.get("CLIENTS", "8" if QUICK else "1,8,32").split(",")]
STORES = os.environ.get("STORES", "sqlite" if QUICK else "sqlite,postgres").split(",")
POSTGRES = os.environ.get("POSTGRES", "postgres://postgres@127.0.0.1:5432/postgres")
REDIS = os.environ.get("REDIS", "redis://127.0.0.1:6379/0")
DATABASE = "bench_learning"
ATTEMPTS_AT_ONCE = [8, 32]
TICKS = os.sysconf("SC_CLK_TCK")
YARDSTICK = "bare view"
PAGES = [
    YARDSTICK, "lesson", "course", "catalogue", "today", "my learning", "quiz question", "quiz answer", "team page",
    "sign-in",
]  # fmt: skip
# PAGES names some of them (comma separated; empty: none, only whole attempts).
TARGETS = [name for name in os.environ.get("PAGES", ",".join(PAGES)).split(",") if name]


@dataclass(frozen=True)
class Measured:
    """`cpu` is in milliseconds per request; None where the system keeps no such count (macOS)."""

    rate: float
    p95: float
    cpu: float | None
    errors: int


def main() -> None:
    tables = []
    for store in STORES:
        with tempfile.TemporaryDirectory() as folder:
            pages, whole = measure_store(store, Path(folder))
            tables += [table(store, pages), attempts.table(store, whole)]
    print(f"\n{conditions()}\n\n" + "\n\n".join(tables), flush=True)
    statistics()


def statistics() -> None:
    """Print what a large quiz's statistics, a large file's import, a rule change, reminders and certificates take."""
    sizes = (
        {"ATTEMPTS": "10000", "IMPORTED": "2000", "SIZES": "10000", "CERTIFICATES": "1000", "PDFS": "50"}
        if QUICK
        else {}
    )
    for name in ("quiz_statistics.py", "imports.py", "completion.py", "reminders.py", "issuing.py"):
        subprocess.run([sys.executable, str(ROOT / "bench" / name)], env={**os.environ, **sizes}, check=True)


def conditions() -> str:
    """Say where and when the figures were made, and how busy the machine was besides."""
    busy = os.getloadavg()[2]
    machine = f"{os.cpu_count()} cores ({platform.machine()}), Python {platform.python_version()}"
    return f"{dt.datetime.now(dt.UTC).date()}, {machine}, {SECONDS:g} s each, load of the last 15 minutes {busy:.1f}."


def measure_store(store: str, folder: Path) -> tuple[dict[tuple[str, int], Measured], list[attempts.Attempts]]:
    port = free_port()
    with site(store, folder, port) as (environment, server):
        whole = []
        for clients in ATTEMPTS_AT_ONCE:
            file = folder / f"attempts {clients}.tsv"
            whole.append(attempts.measure(file, port, clients, lambda: cpu_seconds(server.pid)))
            told = f"{whole[-1].rate:.1f}/s, {attempts.number(whole[-1].cpu)} ms CPU"
            say(f"{store}: whole attempts, {clients} clients: {told}")
        results = {}
        for number, target in enumerate(TARGETS, start=1):
            check(folder / f"{target}.tsv", port)
            for clients in CLIENTS:
                arguments = (folder / f"{target}.tsv", clients, port, environment, server)
                load(*arguments, seconds=1)
                found = measure(*arguments)
                results[target, clients] = found
                cpu = "" if found.cpu is None else f", {found.cpu:.2f} ms CPU"
                bad = f", {found.errors} ERRORS" if found.errors else ""
                where = f"{store} {number}/{len(TARGETS)}: {target}, {clients} clients"
                say(f"{where}: {found.rate:.0f}/s, p95 {found.p95:.0f} ms{cpu}{bad}")
        return results, whole


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args, **kwargs):
        return None


def check(file: Path, port: int) -> None:
    """Send a request of each person: a page is shown, a form leads on. A sign-in page in its place would be fast."""
    rows = [line.split("\t") for line in file.read_text().splitlines()]
    for row in {row[2]: row for row in rows}.values():
        check_request(*row, port)


def check_request(method: str, path: str, cookie: str, body: str, port: int) -> None:
    headers = {"Cookie": cookie, "X-CSRFToken": cookie.partition("csrftoken=")[2]}
    data = body.replace("{uuid}", str(uuid.uuid4())).encode() or None
    request = urllib.request.Request(f"http://localhost:{port}{path}", data, headers, method=method)
    try:
        with urllib.request.build_opener(NoRedirect).open(request, timeout=30) as answer:
            status = answer.status
    except urllib.error.HTTPError as answer:
        status = answer.code
    if status != (200 if method == "GET" else 302):
        sys.exit(f"{method} {path} is answered with {status}")


def measure(file: Path, clients: int, port: int, environment, server) -> Measured:
    before = cpu_seconds(server.pid)
    told = load(file, clients, port, environment, server, seconds=SECONDS)
    after = cpu_seconds(server.pid)
    count = told["requests"]
    # Where nothing was answered in time (a slow sign-in, many clients), there is nothing to divide by.
    cpu = None if before is None or not count else 1000 * (after - before) / count
    return Measured(count / (told["microseconds"] / 1e6), told["p95"] / 1000, cpu, told["errors"])


def load(file: Path, clients: int, port: int, environment, server, *, seconds: float) -> dict:
    """Let so many clients send the requests of a file, as fast as they are answered."""
    if server.poll() is not None:
        sys.exit("the web server has ended")
    done = subprocess.run(
        ["wrk", "-t1", f"-c{clients}", f"-d{seconds:g}s", "--timeout", "30s", "-s", str(ROOT / "bench/requests.lua"),
         f"http://127.0.0.1:{port}/"],
        env={**environment, "BENCH_REQUESTS": str(file)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    told = [line for line in done.stdout.splitlines() if line.startswith("BENCH ")]
    if not told:
        sys.exit(f"wrk failed: {done.stdout}{done.stderr}")
    return json.loads(told[0].removeprefix("BENCH "))


def cpu_seconds(server: int) -> float | None:
    """Return the CPU time that the web server's processes and PostgreSQL have used so far."""
    if not Path("/proc/self/stat").exists():
        return None
    ticks = 0
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, _, rest = path.read_text().partition("(")[2].rpartition(")")
        except (FileNotFoundError, ProcessLookupError):
            continue
        fields = rest.split()
        number, parent = int(path.parent.name), int(fields[1])
        own, of_ended_children = int(fields[11]) + int(fields[12]), int(fields[13]) + int(fields[14])
        if number == server or name == "postgres":
            ticks += own + of_ended_children
        elif parent == server:
            ticks += own
    return ticks / TICKS


@contextmanager
def site(store: str, folder: Path, port: int):
    """Yield the environment and the server of a fresh demonstration site on one of the two databases."""
    environment = settings(store, folder, port)
    with database(store):
        say(f"{store}: loading the demonstration …")
        for command in (["manage.py", "prepare"], ["bench/targets.py", str(folder)]):
            quiet = {**environment, "LOG_LEVEL": "WARNING"}
            subprocess.run([sys.executable, *command], env=quiet, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        server = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "-c", "elearning/gunicorn.py"],
            env=environment, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        try:
            wait_until_alive(port)
            yield environment, server
        finally:
            os.killpg(server.pid, signal.SIGTERM)
            server.wait(timeout=30)


def settings(store: str, folder: Path, port: int) -> dict[str, str]:
    """Return what `make run` would set; on PostgreSQL with Redis as its cache."""
    postgres = {
        "DATABASE_URL": POSTGRES.rpartition("/")[0] + f"/{DATABASE}",
        "CACHE_URL": REDIS.rpartition("/")[0] + "/14",
    }
    return {
        **{name: value for name, value in os.environ.items() if not name.endswith("_URL")},
        **(postgres if store == "postgres" else {}),
        "VAR_DIR": str(folder),
        "DJANGO_SETTINGS_MODULE": "bench.settings",
        "PYTHONPATH": str(ROOT),
        "SECRET_KEY": secrets.token_urlsafe(50),
        "ALLOWED_HOSTS": "localhost,127.0.0.1",
        "BASE_URL": f"http://localhost:{port}",
        "BIND": f"127.0.0.1:{port}",
    }


@contextmanager
def database(store: str):
    if store == "sqlite":
        yield
        return
    import psycopg

    with psycopg.connect(POSTGRES, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {DATABASE}")
    try:
        yield
    finally:
        with psycopg.connect(POSTGRES, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {DATABASE} WITH (FORCE)")


def table(store: str, results: dict[tuple[str, int], Measured]) -> str:
    """Return a Markdown table; the last two columns compare CPU at the middle number of clients."""
    middle = CLIENTS[len(CLIENTS) // 2]
    head = ["page", *(f"{clients} clients: req/s · p95 ms" for clients in CLIENTS), "CPU ms", f"× {YARDSTICK}"]
    lines = [f"### {store}", "", "| " + " | ".join(head) + " |", "|---" + "|---:" * (len(head) - 1) + "|"]
    yardstick = results[YARDSTICK, middle].cpu if (YARDSTICK, middle) in results else None
    for target in TARGETS:
        cells = [f"{results[target, clients].rate:.0f} · {results[target, clients].p95:.0f}" for clients in CLIENTS]
        cpu = results[target, middle].cpu
        cells += ["–", "–"] if cpu is None or not yardstick else [f"{cpu:.2f}", f"{cpu / yardstick:.1f}"]
        lines.append(f"| {target} | " + " | ".join(cells) + " |")
    if bad := sum(found.errors for found in results.values()):
        lines.append(f"\n{bad} requests were answered with an error: these figures are worth nothing.")
    return "\n".join(lines)


def wait_until_alive(port: int) -> None:
    for _ in range(300):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    sys.exit("the web server did not start")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    if not shutil.which("wrk"):
        sys.exit("wrk is needed. Debian or Ubuntu: apt install wrk; macOS: brew install wrk")
    main()
