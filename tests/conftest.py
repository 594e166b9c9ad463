"""Fixtures every test may use; objects are made by the factories beside this file."""

import functools
import hashlib
import os
import shutil
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

# How long an example takes says how busy the machine is, not whether the rule holds.
hypothesis_settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("patient")

ROOT = Path(__file__).resolve().parent.parent
QUIET_CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


# --- one database, kept between runs ---------------------------------------------------------------------------------


def pytest_configure(config):
    """Build the test database anew when a migration has changed since it was built."""
    kept_database().parent.mkdir(exist_ok=True)
    if not kept_database().exists() or kept_database().read_text() != migrations_fingerprint():
        config.option.create_db = True
        # Django deletes the file of an old test database, but not its log: a new file with an old log is broken.
        for old in (ROOT / ".cache").glob(f"{os.environ.get('TEST_DATABASE', 'test')}.sqlite3{xdist_suffix()}-*"):
            old.unlink()


def xdist_suffix() -> str:
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    return f"_{worker}" if worker else ""


def kept_database() -> Path:
    """Return the file that says which migrations the kept database of this worker was built from."""
    engine = "sqlite" if "sqlite" in os.environ.get("DATABASE_URL", "sqlite") else "postgresql"
    name = os.environ.get("TEST_DATABASE", "test")
    return ROOT / ".cache" / f"{name}-{engine}-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}.migrations"


@functools.cache
def migrations_fingerprint() -> str:
    digest = hashlib.sha256((ROOT / "requirements" / "base.txt").read_bytes())
    for path in sorted(ROOT.glob("*/migrations/*.py")):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Remember what the database was built from; give back the rows of migrations that the last test flushed."""
    kept_database().write_text(migrations_fingerprint())
    yield
    from django.contrib.contenttypes.models import ContentType
    from django.db import connection

    with django_db_blocker.unblock():
        if hasattr(connection, "_test_serialized_contents") and not ContentType.objects.exists():
            connection.creation.deserialize_db_from_string(connection._test_serialized_contents)


def pytest_collection_modifyitems(config, items):
    """A test with real commits ends with empty tables: give each the rows of the migrations to begin with.

    What asks for a database, and how the site is put together, gets the mark with which PostgreSQL and Redis take it.
    """
    for item in items:
        if "db" in item.fixturenames or item.get_closest_marker("django_db") or item.path.parent.name == "elearning":
            item.add_marker("stores")
        if {"transactional_db", "live_server"} & set(item.fixturenames):
            item.fixturenames.insert(0, "django_db_serialized_rollback")
        for mark in item.iter_markers("django_db"):
            if mark.kwargs.get("transaction"):
                mark.kwargs["serialized_rollback"] = True
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.flaky(reruns=1))  # a machine that stands still for seconds; reported as "R"
    skip_journeys_without_a_browser(config, items)


@pytest.fixture(autouse=True)
def _empty_cache():
    """No test finds what another has left in the cache, or in the process under an id that a rollback gave back."""
    from certificates.receivers import forget_settled
    from core import law
    from courses.queries import forget_editions
    from credits.rulebook import forget_rulebook
    from home.middleware import forget_sites
    from questions.queries import forget_versions

    cache.clear()
    law._rows = (time.monotonic(), law._rows[1])  # its minute does not end while queries are counted
    forget_settled()
    forget_versions()
    forget_editions()
    forget_rulebook()
    forget_sites()


@pytest.fixture
def task_queue(db, settings, monkeypatch):
    """Let tasks wait in the database for `manage.py work --once`; elsewhere tests do them at once."""
    from django_tasks_db.management.commands import db_worker

    from core import worker

    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    # The worker lets go of its connection now and then, but this one holds the test's transaction.
    monkeypatch.setattr(worker, "close_old_connections", lambda: None)
    monkeypatch.setattr(db_worker, "close_old_connections", lambda: None)


# --- a real browser --------------------------------------------------------------------------------------------------


@functools.cache
def chromium() -> str | None:
    """Return the path of a Chromium: the one named, Debian's, or Playwright's own."""
    for name in filter(None, (os.environ.get("CHROMIUM"), "chromium", "chromium-browser", "google-chrome")):
        if path := shutil.which(name):
            return path
    caches = (Path.home() / ".cache" / "ms-playwright", Path.home() / "Library" / "Caches" / "ms-playwright")
    patterns = ("chromium-*/chrome-linux*/chrome", "chromium-*/chrome-mac*/*.app/Contents/MacOS/*")
    found = [path for folder in caches for pattern in patterns for path in folder.glob(pattern)]
    return str(found[-1]) if found else None


def skip_journeys_without_a_browser(config, items) -> None:
    journeys = [item for item in items if item.get_closest_marker("browser")]
    if not journeys or chromium():
        return
    if os.environ.get("CI") == "true":
        raise pytest.UsageError(
            "No Chromium was found, and CI does not skip the browser journeys: apt install chromium"
        )
    for item in journeys:
        item.add_marker(pytest.mark.skip(reason="no Chromium: run scripts/browser, or set CHROMIUM to its path"))


def pytest_terminal_summary(terminalreporter, config):
    skipped = [report for report in terminalreporter.stats.get("skipped", []) if "no Chromium" in str(report.longrepr)]
    if skipped:
        text = f"{len(skipped)} browser journeys were NOT run: no Chromium was found (scripts/browser installs one)"
        terminalreporter.write_sep("!", text, red=True, bold=True)


@pytest.fixture(scope="session")
def browser():
    """One Chromium for all journeys of this worker."""
    from django.db import connection
    from playwright.sync_api import sync_playwright

    rows_of_migrations = getattr(connection, "_test_serialized_contents", None)
    # Playwright's synchronous calls run inside an event loop, where Django would refuse the database.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        # Inside that loop Django opens another connection, which must know what a flushed table is given back.
        if rows_of_migrations is not None:
            connection._test_serialized_contents = rows_of_migrations
        chromium_browser = playwright.chromium.launch(executable_path=chromium(), args=QUIET_CHROMIUM)
        yield chromium_browser
        chromium_browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def open_page(browser, live_server):
    """Return `open_page(person=None, **context)`: a page of a new visitor, signed in as the person.

    A script that fails, or a style or script that the Content-Security-Policy refuses, fails the test.
    """
    contexts, complaints = [], []

    def note(message) -> None:
        if "Content Security Policy" in message.text:
            complaints.append(message.text)

    def open_one(person=None, **options):
        context = browser.new_context(base_url=live_server.url, locale="id-ID", reduced_motion="reduce", **options)
        context.set_default_timeout(10_000)
        contexts.append(context)
        if person is not None:
            context.add_cookies([session_cookie(person, live_server.url)])
        page = context.new_page()
        page.on("console", note)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert complaints == []


def session_cookie(person, url: str) -> dict:
    """Return the cookie of a new session of a person, for a browser."""
    client = Client()
    client.force_login(person)
    return {
        "name": settings.SESSION_COOKIE_NAME,
        "value": client.cookies[settings.SESSION_COOKIE_NAME].value,
        "url": url,
    }


PHONE = {"viewport": {"width": 360, "height": 740}, "device_scale_factor": 2, "is_mobile": True, "has_touch": True}


@pytest.fixture
def phone(open_page):
    """Return `phone(person=None)`: a page 360 pixels wide, with touch."""
    return functools.partial(open_page, **PHONE)


@pytest.fixture
def desktop(open_page):
    """Return `desktop(person=None)`: a page of a wide screen."""
    return functools.partial(open_page, viewport={"width": 1280, "height": 800})


@pytest.fixture
def no_js(open_page):
    """Return `no_js(person=None)`: the phone with JavaScript switched off."""
    return functools.partial(open_page, java_script_enabled=False, **PHONE)
