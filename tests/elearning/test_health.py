"""Alive and ready."""

import datetime as dt

import pytest
from django.db import OperationalError
from django.utils import timezone

from core.models import WorkerBeat
from elearning import health


@pytest.fixture
def worker(db):
    return WorkerBeat.objects.create(worker_id="one")


def test_healthz_answers_without_a_database_or_a_known_host(client, settings):
    settings.ALLOWED_HOSTS = ["belajar.example.go.id"]
    response = client.get("/healthz", headers={"host": "10.0.0.7"})
    assert (response.status_code, response.content) == (200, b"ok")


def test_readyz_is_ready_when_all_answer(client, worker):
    response = client.get("/readyz")
    assert (response.status_code, set(response.json().values())) == (200, {"ok"})
    assert list(response.json()) == ["database", "migrations", "cache", "storage", "worker"]


@pytest.mark.parametrize("silent_for", [None, 61])
def test_readyz_misses_the_worker(client, db, silent_for):
    if silent_for:
        WorkerBeat.objects.create(worker_id="one", seen_at=timezone.now() - dt.timedelta(seconds=silent_for))
    response = client.get("/readyz")
    assert response.status_code == 503
    assert "manage.py work" in response.json()["worker"]
    assert response.json()["database"] == "ok"


def test_readyz_tells_of_a_failure_without_its_secrets(client, worker, monkeypatch):
    def fail():
        raise OperationalError("password=hidden")

    monkeypatch.setitem(health.CHECKS, "database", fail)
    response = client.get("/readyz")
    assert (response.status_code, response.json()["database"]) == (503, "OperationalError")
    assert b"hidden" not in response.content


def test_readyz_misses_a_cache_that_forgets(client, worker, settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    response = client.get("/readyz")
    assert response.status_code == 503
    assert "cache" in response.json()["cache"]


def test_readyz_counts_unapplied_migrations(client, worker, monkeypatch):
    health._migrated.cache_clear()
    monkeypatch.setattr(health.MigrationExecutor, "migration_plan", lambda self, targets: [1, 2])
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["migrations"].startswith("2 migrations")
