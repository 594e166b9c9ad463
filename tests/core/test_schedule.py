"""The clock: due jobs run once, also when many look."""

import datetime as dt

import pytest
from django.utils import timezone

from core import schedule
from core.models import ScheduledRun

pytestmark = pytest.mark.django_db

NOW = timezone.now()
DAY = dt.timedelta(days=1)
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def runs(monkeypatch):
    """Replace the registry by one job a minute; return the list that it writes to."""
    monkeypatch.setattr(schedule, "_jobs", {})
    done = []
    schedule.register_job("tick", every=MINUTE, run=lambda: done.append("tick"))
    return done


def test_job_runs_at_once_and_then_when_due(runs):
    assert schedule.run_due_jobs(NOW) == ["tick"]
    assert schedule.run_due_jobs(NOW + dt.timedelta(seconds=59)) == []
    assert schedule.run_due_jobs(NOW + MINUTE) == ["tick"]
    assert runs == ["tick", "tick"]


def test_job_belongs_to_the_worker_that_was_quicker(runs, monkeypatch):
    """Two workers have both seen that the job is due; the second finds its due time moved."""
    job = schedule._jobs["tick"]
    assert schedule._run(job, NOW) is True
    assert schedule._run(job, NOW) is False
    assert runs == ["tick"]


def test_job_that_fails_is_tried_again_soon_and_stops_nothing(runs):
    def fail():
        raise ValueError("no")

    schedule.register_job("broken", every=DAY, run=fail)
    assert schedule.run_due_jobs(NOW) == ["tick", "broken"]
    row = ScheduledRun.objects.get(name="broken")
    assert "ValueError: no" in row.error
    assert row.finished_at is None
    assert row.due_at == NOW + schedule.AFTER_FAILURE
    schedule.register_job("broken", every=DAY, run=lambda: None)
    schedule.run_due_jobs(row.due_at)
    row.refresh_from_db()
    assert (row.error, row.due_at) == ("", NOW + schedule.AFTER_FAILURE + DAY)


def test_job_whose_worker_is_killed_comes_due_within_the_hour(runs):
    def be_killed():
        raise SystemExit

    schedule.register_job("daily", every=DAY, run=be_killed)
    with pytest.raises(SystemExit):
        schedule.run_due_jobs(NOW)
    assert ScheduledRun.objects.get(name="daily").due_at == NOW + schedule.LONGEST_LEASE


def test_clock_publishes_what_was_scheduled(task_queue):
    assert {"publish_scheduled", "clearsessions", "prune_db_task_results"} <= set(schedule._jobs)
    assert schedule._jobs["publish_scheduled"].every == MINUTE
    assert "publish_scheduled" in schedule.run_due_jobs()
    assert list(ScheduledRun.objects.exclude(error="").values_list("name", "error")) == []
