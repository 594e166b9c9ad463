"""Unsafe combinations: each is named by its variable, and the server does not start with it."""

import os
import subprocess
import sys
from dataclasses import replace

import pytest

from elearning.checks import Deployment, is_loopback, problems

SECRET = "9vQ3xkT7-mZp2LwB8_cRf5HsYd4NjGa6UeVt1XoKi0PqWnMyCb"

MANY_NODES = Deployment(
    secret_key=SECRET,
    debug=False,
    allowed_hosts=("belajar.example.go.id",),
    base_url="https://belajar.example.go.id",
    bind="0.0.0.0:8000",
    nodes=3,
    processes=2,
    trusted_proxies=1,
    database_engine="django.db.backends.postgresql",
    cache_backend="elearning.redis_cache.ForgivingRedisCache",
    storage_backend="elearning.storage.PrivateS3Storage",
)
ONE_MACHINE = replace(
    MANY_NODES,
    base_url="http://localhost:8000",
    bind="127.0.0.1:8000",
    nodes=1,
    trusted_proxies=0,
    database_engine="django.db.backends.sqlite3",
    cache_backend="elearning.file_cache.SharedFileCache",
    storage_backend="django.core.files.storage.FileSystemStorage",
)

SQLITE = "django.db.backends.sqlite3"
IN_MEMORY = "django.core.cache.backends.locmem.LocMemCache"
IN_FILES = "elearning.file_cache.SharedFileCache"
ON_DISK = "django.core.files.storage.FileSystemStorage"


@pytest.mark.parametrize("deployment", [MANY_NODES, ONE_MACHINE])
def test_problems_finds_none_in_what_is_safe(deployment):
    assert problems(deployment) == []


@pytest.mark.parametrize(
    ("deployment", "change", "variable"),
    [
        (MANY_NODES, {"secret_key": ""}, "SECRET_KEY"),
        (MANY_NODES, {"secret_key": SECRET[:49]}, "SECRET_KEY"),
        (MANY_NODES, {"secret_key": "a" * 60}, "SECRET_KEY"),
        (MANY_NODES, {"secret_key": f"django-insecure-{SECRET}"}, "SECRET_KEY"),
        (MANY_NODES, {"debug": True}, "DEBUG"),
        (MANY_NODES, {"allowed_hosts": ()}, "ALLOWED_HOSTS"),
        (MANY_NODES, {"allowed_hosts": ("belajar.example.go.id", "*")}, "ALLOWED_HOSTS"),
        (MANY_NODES, {"base_url": "http://belajar.example.go.id"}, "BASE_URL"),
        (MANY_NODES, {"trusted_proxies": 0}, "TRUSTED_PROXY_COUNT"),
        (MANY_NODES, {"database_engine": SQLITE}, "DATABASE_URL"),
        (MANY_NODES, {"cache_backend": IN_FILES}, "CACHE_URL"),
        (MANY_NODES, {"cache_backend": IN_MEMORY, "processes": 1}, "CACHE_URL"),
        (MANY_NODES, {"storage_backend": ON_DISK}, "STORAGE_URL"),
        (ONE_MACHINE, {"bind": "0.0.0.0:8000"}, "BASE_URL"),
        (ONE_MACHINE, {"bind": "192.168.1.4:8000"}, "BASE_URL"),
        (ONE_MACHINE, {"cache_backend": IN_MEMORY}, "CACHE_URL"),
    ],
)
def test_problems_names_the_variable_at_fault(deployment, change, variable):
    assert [problem.variable for problem in problems(replace(deployment, **change))] == [variable]


@pytest.mark.parametrize(
    ("bind", "expected"),
    [
        ("127.0.0.1:8000", True),
        ("127.5.5.5:80", True),
        ("localhost:8000", True),
        ("[::1]:8000", True),
        ("unix:/run/site.sock", True),
        ("0.0.0.0:8000", False),
        ("[::]:8000", False),
        ("192.168.1.4:8000", False),
        ("belajar.example.go.id:8000", False),
        (":8000", False),
        ("", False),
    ],
)
def test_is_loopback_knows_this_machine_from_the_world(bind, expected):
    assert is_loopback(bind) is expected


def start(**variables) -> subprocess.CompletedProcess:
    """Load the production settings as a server does, with these variables alone."""
    command = [sys.executable, "-c", "import django; django.setup(); print('started')"]
    environment = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "elearning.settings.production", **variables}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603


def test_server_refuses_to_start_and_says_all_that_is_wrong():
    done = start(BIND="0.0.0.0:8000", BASE_URL="http://belajar.example.go.id", ALLOWED_HOSTS="*", DEBUG="1")
    assert done.returncode != 0
    assert "ImproperlyConfigured" in done.stderr
    for variable in ("SECRET_KEY", "DEBUG", "ALLOWED_HOSTS", "BASE_URL"):
        assert f"- {variable}: " in done.stderr


def test_server_starts_on_this_machine():
    done = start(SECRET_KEY=SECRET, BASE_URL="http://localhost:8000", ALLOWED_HOSTS="localhost")
    assert (done.returncode, done.stdout.strip()) == (0, "started"), done.stderr
