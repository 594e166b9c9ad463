"""The clock: jobs that come due again and again. Each app registers its own in `ready()`; a worker runs them.

Many workers may look at once: a job belongs to the one whose conditional UPDATE moved its due time.
"""

import datetime as dt
import logging
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from io import StringIO

from django.core.management import call_command
from django.utils import timezone

logger = logging.getLogger(__name__)

# A job whose worker is killed comes due again after this, however rarely it runs.
LONGEST_LEASE = dt.timedelta(hours=1)
AFTER_FAILURE = dt.timedelta(minutes=5)


@dataclass(frozen=True)
class Job:
    name: str
    every: dt.timedelta
    run: Callable[[], object]


_jobs: dict[str, Job] = {}


def register_job(name: str, *, every: dt.timedelta, run: Callable[[], object]) -> None:
    """Add a job to the clock. `run` takes nothing and may be called again after a crash: it must bear that."""
    _jobs[name] = Job(name, every, run)


def register_command(name: str, *arguments: str, every: dt.timedelta) -> None:
    """Add a management command to the clock under its own name."""
    register_job(name, every=every, run=lambda: call_command(name, *arguments, verbosity=0, stdout=StringIO()))


def run_due_jobs(now: dt.datetime | None = None) -> list[str]:
    """Run every job that is due and that no other worker has taken; return their names."""
    return [job.name for job in _due(now or timezone.now()) if _run(job, now or timezone.now())]


def _due(now: dt.datetime) -> list[Job]:
    from .models import ScheduledRun

    due_at = dict(ScheduledRun.objects.values_list("name", "due_at"))
    return [job for job in _jobs.values() if job.name not in due_at or due_at[job.name] <= now]


def _run(job: Job, now: dt.datetime) -> bool:
    """Take one job and run it; return False where another worker was quicker."""
    from .models import ScheduledRun

    ScheduledRun.objects.get_or_create(name=job.name, defaults={"due_at": now})
    row = ScheduledRun.objects.filter(name=job.name)
    if not row.filter(due_at__lte=now).update(due_at=now + min(job.every, LONGEST_LEASE), started_at=now):
        return False
    try:
        job.run()
    except Exception:
        logger.exception("The job %s failed", job.name, extra={"job": job.name})
        row.update(due_at=now + min(job.every, AFTER_FAILURE), error=traceback.format_exc())
    else:
        row.update(due_at=now + job.every, finished_at=timezone.now(), error="")
    return True
