"""The background worker: the queue of django-tasks-db with what that leaves out: a clock, retries, and recovery.

A task may be killed at any moment, so every task must bear being run twice: it is handed primary keys, looks at what
is there and does what is missing. Attempts are counted by the list of workers that a task's row keeps.
"""

import datetime as dt
import logging
import os
import signal
import socket
import sys
import threading
import time

from django.db import close_old_connections, connections
from django.utils import timezone
from django.utils.crypto import get_random_string
from django_tasks.base import TaskResultStatus
from django_tasks_db.management.commands.db_worker import Worker as QueueWorker
from django_tasks_db.models import DBTaskResult

from .models import WorkerBeat
from .schedule import run_due_jobs

logger = logging.getLogger(__name__)

BEAT_SECONDS = 10
ATTEMPTS = 5
# Seconds to wait after the first, second, … failure: a mail server that is away comes back within the hour.
WAITS = (10, 60, 300, 1800)


class Worker(QueueWorker):
    """Take tasks one after another, and after each look at the clock."""

    def __init__(self, *, interval: float):
        super().__init__(
            queue_names=["*"],
            excluded_queue_names=[],
            interval=interval,
            batch=True,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=f"{socket.gethostname()[:20]}-{os.getpid()}-{get_random_string(8)}",
        )

    def work(self) -> None:
        """Work until a signal comes."""
        logger.info("The worker has started")
        with Heart(self.worker_id):
            while self.running:
                self.round()
                if self.running:
                    time.sleep(self.interval)

    def round(self) -> None:
        """Do all that is due now: jobs of the clock, tasks of killed workers, waiting tasks."""
        close_old_connections()
        self.look_at_the_clock()
        # A plain look first: taking a task locks the whole of SQLite.
        if DBTaskResult.objects.ready().filter(backend_name=self.backend_name).exists():
            self.run()
        close_old_connections()

    def look_at_the_clock(self) -> None:
        self.running_task = True  # so that a signal lets a job come to its end
        try:
            recover_abandoned_tasks()
            run_due_jobs()
        finally:
            self.running_task = False

    def run_task(self, db_task_result: DBTaskResult) -> None:
        super().run_task(db_task_result)
        retry_later(db_task_result)
        if self.running:
            self.look_at_the_clock()

    def shutdown(self, signum: int, frame) -> None:
        """Let the task at hand come to its end; a second signal breaks it off, and it will be tried again."""
        if not self.running:
            self.reset_signals()
            sys.exit(1)
        logger.info("The worker stops (%s)", signal.strsignal(signum))
        self.running = False
        if not self.running_task:
            sys.exit(0)


class Heart:
    """A thread that says every few seconds that this worker lives, also while a long task keeps it busy."""

    def __init__(self, worker_id: str):
        self.worker_id = worker_id
        self.stopped = threading.Event()
        self.thread = threading.Thread(target=self.beat_on, name="heart", daemon=True)

    def __enter__(self) -> "Heart":
        self.beat()
        self.thread.start()
        return self

    def __exit__(self, *exception) -> None:
        self.stopped.set()
        self.thread.join(timeout=BEAT_SECONDS)
        WorkerBeat.objects.filter(worker_id=self.worker_id).delete()

    def beat(self) -> None:
        now = timezone.now()
        WorkerBeat.objects.update_or_create(worker_id=self.worker_id, defaults={"seen_at": now})
        WorkerBeat.objects.filter(seen_at__lt=now - dt.timedelta(days=1)).delete()

    def beat_on(self) -> None:
        while not self.stopped.wait(BEAT_SECONDS):
            try:
                self.beat()
            except Exception:
                logger.exception("The worker could not say that it lives")
            close_old_connections()
        connections.close_all()


def retry_later(task: DBTaskResult) -> None:
    """Put a failed task back with a growing wait, until it has had its attempts; the last failure stays as it is."""
    failures = len(task.worker_ids)
    if task.status != TaskResultStatus.FAILED:
        return
    extra = {"task": task.task_path}
    if failures >= ATTEMPTS:
        logger.error("The task %s failed %d times and is given up", task.task_path, failures, extra=extra)
        return
    wait = WAITS[failures - 1]
    logger.warning("The task %s failed; again in %d s", task.task_path, wait, extra=extra)
    DBTaskResult.objects.filter(pk=task.pk, status=TaskResultStatus.FAILED).update(
        status=TaskResultStatus.READY, run_after=timezone.now() + dt.timedelta(seconds=wait), finished_at=None
    )


def recover_abandoned_tasks() -> int:
    """Put back the tasks whose worker was killed; return how many. A worker lives as long as its heart beats."""
    running = DBTaskResult.objects.running().filter(started_at__lt=timezone.now() - WorkerBeat.SILENCE)
    tasks = list(running.only("pk", "started_at", "worker_ids", "task_path"))
    if not tasks:
        return 0
    alive = set(WorkerBeat.objects.alive().values_list("worker_id", flat=True))
    return sum(_take_back(task) for task in tasks if not alive.intersection(task.worker_ids[-1:]))


def _take_back(task: DBTaskResult) -> int:
    """Put one task back, unless somebody else has just done so: its start tells."""
    row = DBTaskResult.objects.filter(pk=task.pk, status=TaskResultStatus.RUNNING, started_at=task.started_at)
    extra = {"task": task.task_path}
    if len(task.worker_ids) >= ATTEMPTS:
        logger.error("The task %s killed its worker %d times and is given up", task.task_path, ATTEMPTS, extra=extra)
        error = {"exception_class_path": "builtins.SystemExit", "traceback": "The worker was killed."}
        return row.update(status=TaskResultStatus.FAILED, finished_at=timezone.now(), **error)
    logger.warning("The task %s was left by a killed worker and is put back", task.task_path, extra=extra)
    return row.update(status=TaskResultStatus.READY, run_after=timezone.now())
