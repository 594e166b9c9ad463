"""Files of questions that authors upload: kept in the store, checked, then loaded as their owner chooses.

Small files are dealt with while somebody waits, others by the worker, which may be killed at any moment: what is done
is done once, because the job's state changes in the same transaction as the bank.
"""

import datetime as dt
import uuid
from collections.abc import Iterator
from dataclasses import asdict

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from core import stored

from . import loading
from .formats.base import Format, ParsedQuestion, UnreadableFile
from .formats.registry import FORMATS
from .models import Category, ImportJob, Question

FOLDER = "tmp/imports"
WHILE_WAITING = 300_000  # bytes of a file that is dealt with at once
ROWS_SHOWN = 200  # the first questions of a file
MOST_ROWS = 500  # with those after them that have problems or notices
SAMPLES = 5
NOTE_EVERY = 500


def start_import(*, by, category: Category, file, file_name: str, known: Format, as_draft: bool = False) -> ImportJob:
    """Keep an uploaded file and have it checked: a small one is checked when this returns."""
    name = default_storage.save(f"{FOLDER}/{uuid.uuid4().hex}", file)
    job = ImportJob.objects.create(
        by=by, category=category, file_name=file_name[-255:], stored_as=name, format=known.name, as_draft=as_draft
    )
    if file.size <= WHILE_WAITING:
        check(job_id=job.pk)
        job.refresh_from_db()
        return job
    from . import tasks

    tasks.check_import.enqueue(job.pk)
    return job


def start_load(*, job: ImportJob, good_only: bool) -> None:
    """Have a checked file loaded; a second time is nothing. Raises NothingLoaded where a bad one forbids it."""
    bad = job.report.get("bad", 0)
    if bad and not good_only:
        raise loading.NothingLoaded(loading.Loaded(bad=bad))
    waiting = ImportJob.objects.filter(pk=job.pk, state=ImportJob.State.CHECKED)
    if not waiting.update(state=ImportJob.State.LOADING, good_only=good_only, seen=0):
        return
    if job.report["size"] <= WHILE_WAITING:
        load(job_id=job.pk)
        return
    from . import tasks

    tasks.load_import.enqueue(job.pk)


def throw_away_old(now: dt.datetime | None = None) -> int:
    """Delete the jobs that are older than three days, whatever became of them; return how many."""
    return stored.throw_away_old(ImportJob, "created_at", now)


# --- checking --------------------------------------------------------------------------------------------------------


class Report:
    """What is in a file: counts, the first questions, those with problems or something left out, a few to look at."""

    def __init__(self, size: int):
        self.size = size
        self.counts = {"good": 0, "bad": 0, "noted": 0}
        self.kinds: dict[str, int] = {}
        self.rows: list[dict] = []
        self.samples: list[dict] = []

    def add(self, question: ParsedQuestion) -> None:
        is_bad = bool(question.problems)
        self.counts["bad" if is_bad else "good"] += 1
        self.counts["noted"] += bool(question.notices)
        number = self.counts["good"] + self.counts["bad"]
        if number <= ROWS_SHOWN or ((is_bad or question.notices) and len(self.rows) < MOST_ROWS):
            self.rows.append(
                {
                    "line": question.line, "name": question.name, "kind": question.kind, "category": question.category,
                    "problems": question.problems[:20], "notices": question.notices[:20],
                }
            )  # fmt: skip
        if is_bad:
            return
        self.kinds[question.kind] = self.kinds.get(question.kind, 0) + 1
        if len(self.samples) < SAMPLES:
            self.samples.append({"kind": question.kind, "name": question.name, "data": question.data})

    def as_json(self) -> dict:
        return {**self.counts, "size": self.size, "kinds": self.kinds, "rows": self.rows, "samples": self.samples}


def check(*, job_id: int) -> None:
    """Read the file of a job to its end and keep what was found; a job that has been checked stays as it is."""
    job = ImportJob.objects.select_related("by").filter(pk=job_id, state=ImportJob.State.CHECKING).first()
    if job is None:
        return
    with translation.override(job.by.language):
        try:
            report = Report(default_storage.size(job.stored_as))
            for question in _questions(job):
                report.add(question)
        except (UnreadableFile, FileNotFoundError) as error:
            _fail(job, error)
            return
    ImportJob.objects.filter(pk=job.pk, state=ImportJob.State.CHECKING).update(
        state=ImportJob.State.CHECKED, report=report.as_json()
    )


def _questions(job: ImportJob) -> Iterator[ParsedQuestion]:
    """Yield the questions of a job's file, noting now and then how many have been read."""
    with default_storage.open(job.stored_as) as file:
        for number, question in enumerate(FORMATS[job.format].read(file), 1):
            if number % NOTE_EVERY == 0:
                ImportJob.objects.filter(pk=job.pk).update(seen=number)
            yield question


def _fail(job: ImportJob, error: Exception) -> None:
    gone = _("The file is no longer here. Upload it again.")
    problem = gone if isinstance(error, FileNotFoundError) else str(error)
    ImportJob.objects.filter(pk=job.pk).update(state=ImportJob.State.FAILED, problem=problem)


# --- loading ---------------------------------------------------------------------------------------------------------


def load(*, job_id: int) -> None:
    """Load the file of a job whose owner said so, once, however often this is called."""
    jobs = ImportJob.objects.select_related("by", "category")
    job = jobs.filter(pk=job_id, state=ImportJob.State.LOADING).first()
    if job is None:
        return
    with translation.override(job.by.language):
        try:
            with loading.Checked(_questions(job)) as checked:
                _write(job, checked)
        except (UnreadableFile, FileNotFoundError) as error:
            _fail(job, error)
        except loading.NothingLoaded:
            _fail(job, UnreadableFile(_("Nothing was loaded: some questions are bad. Check the file again.")))
    if job.stored_as:
        default_storage.delete(job.stored_as)


@transaction.atomic
def _write(job: ImportJob, checked: loading.Checked) -> None:
    # Held to the end, so that a second worker with the same job finds it done.
    held = ImportJob.objects.select_for_update().filter(pk=job.pk, state=ImportJob.State.LOADING)
    if not held:
        return
    loaded = loading.load_checked(
        checked=checked,
        category=job.category,
        by=job.by,
        good_only=job.good_only,
        state=Question.State.DRAFT if job.as_draft else Question.State.READY,
    )
    held.update(state=ImportJob.State.LOADED, result=asdict(loaded), stored_as="")
