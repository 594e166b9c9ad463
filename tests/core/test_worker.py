"""The worker: a killed or failing task is done in the end, and never twice beside each other."""

import datetime as dt

import pytest
from django.core.management import call_command
from django.utils import timezone
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from core import worker
from core.models import WorkerBeat

pytestmark = pytest.mark.django_db

calls: list[str] = []


@task
def remember(word: str) -> None:
    calls.append(word)


@task
def fail() -> None:
    calls.append("fail")
    raise ValueError("not yet")


@pytest.fixture(autouse=True)
def queue(task_queue, monkeypatch):
    monkeypatch.setattr(worker, "run_due_jobs", lambda: [])
    calls.clear()


def later(seconds: float) -> None:
    """Let time pass for every waiting task."""
    for row in DBTaskResult.objects.filter(status=TaskResultStatus.READY):
        row.run_after -= dt.timedelta(seconds=seconds)
        row.save()


def left_running(*workers: str, seconds_ago: float = 120) -> DBTaskResult:
    """Make a task that a worker took and never finished."""
    remember.enqueue("word")
    row = DBTaskResult.objects.get()
    row.status, row.worker_ids = TaskResultStatus.RUNNING, list(workers)
    row.started_at = timezone.now() - dt.timedelta(seconds=seconds_ago)
    row.save()
    return row


def test_work_once_does_what_waits_and_ends():
    remember.enqueue("first")
    remember.enqueue("second")
    call_command("work", "--once")
    assert calls == ["first", "second"]
    assert set(DBTaskResult.objects.values_list("status", flat=True)) == {TaskResultStatus.SUCCESSFUL}


def test_failed_task_is_tried_five_times_with_growing_waits():
    fail.enqueue()
    waits = []
    for _ in range(worker.ATTEMPTS + 2):
        before = timezone.now()
        call_command("work", "--once")
        row = DBTaskResult.objects.get()
        waits.append(round((row.run_after - before).total_seconds()))
        later(seconds=3600)
    assert calls == ["fail"] * worker.ATTEMPTS
    assert waits[: worker.ATTEMPTS - 1] == list(worker.WAITS)
    assert row.status == TaskResultStatus.FAILED
    assert row.exception_class_path == "builtins.ValueError"


def test_failed_task_waits_before_it_is_tried_again():
    fail.enqueue()
    call_command("work", "--once")
    call_command("work", "--once")
    assert calls == ["fail"]


def test_task_of_a_killed_worker_is_done_by_another():
    left_running("dead")
    WorkerBeat.objects.create(worker_id="dead", seen_at=timezone.now() - dt.timedelta(seconds=61))
    call_command("work", "--once")
    assert calls == ["word"]
    assert DBTaskResult.objects.get().status == TaskResultStatus.SUCCESSFUL


def test_task_of_a_living_worker_is_left_to_it():
    left_running("busy", seconds_ago=7200)
    WorkerBeat.objects.create(worker_id="busy")
    call_command("work", "--once")
    assert calls == []
    assert DBTaskResult.objects.get().status == TaskResultStatus.RUNNING


def test_task_that_was_just_taken_is_not_taken_away():
    """Its worker may have begun between two beats."""
    left_running("unknown", seconds_ago=5)
    assert worker.recover_abandoned_tasks() == 0


def test_task_is_put_back_once_when_two_workers_find_it():
    row = left_running("dead")
    assert worker._take_back(row) == 1
    assert worker._take_back(row) == 0


def test_task_that_kills_every_worker_is_given_up():
    left_running(*["dead"] * worker.ATTEMPTS)
    assert worker.recover_abandoned_tasks() == 1
    row = DBTaskResult.objects.get()
    assert (row.status, row.traceback) == (TaskResultStatus.FAILED, "The worker was killed.")


def test_heart_beats_while_it_works_and_is_forgotten_after():
    with worker.Heart("one"):
        assert list(WorkerBeat.objects.alive().values_list("worker_id", flat=True)) == ["one"]
    assert WorkerBeat.objects.count() == 0


def test_heart_forgets_workers_of_yesterday():
    WorkerBeat.objects.create(worker_id="old", seen_at=timezone.now() - dt.timedelta(days=2))
    worker.Heart("one").beat()
    assert list(WorkerBeat.objects.values_list("worker_id", flat=True)) == ["one"]
