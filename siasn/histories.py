"""Files of course history that organisers upload: kept in the store, looked at row by row, then taken over.

Small files are dealt with while somebody waits, others by the worker. It may be killed at any moment: each row is taken
over once, in a transaction of its own, and what is left is done when the task runs again.
"""

import datetime as dt
import uuid

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from core import stored
from people.models import Agency, Person

from . import importing
from .models import HistoryImport

FOLDER = "tmp/siasn"
LARGEST = 10_000_000  # bytes
WHILE_WAITING = 20_000  # bytes of a file that is dealt with at once: some hundred rows
ROWS_SHOWN = 200

State = HistoryImport.State


def start(*, by: Person, agency: Agency, file, file_name: str) -> HistoryImport:
    """Keep an uploaded file and have it looked at: with a small one that is done when this returns."""
    name = default_storage.save(f"{FOLDER}/{uuid.uuid4().hex}", file)
    job = HistoryImport.objects.create(by=by, agency=agency, file_name=file_name[-255:], stored_as=name, size=file.size)
    return _work_on(job, check)


def start_load(*, job: HistoryImport) -> HistoryImport:
    """Have the good rows of a checked file taken over; a second time is nothing."""
    checked = HistoryImport.objects.filter(pk=job.pk, state=State.CHECKED)
    return _work_on(job, load) if checked.update(state=State.LOADING) else job


def _work_on(job: HistoryImport, work) -> HistoryImport:
    if job.size <= WHILE_WAITING:
        work(import_id=job.pk)
        job.refresh_from_db()
        return job
    from . import tasks

    later = {check: tasks.check_history, load: tasks.load_history}[work]
    transaction.on_commit(lambda: later.enqueue(job.pk))
    return job


def check(*, import_id: int) -> None:
    """Look at the file of an import and keep what was found; what has been looked at stays as it is."""
    if job := _in_state(import_id, State.CHECKING):
        rows = _rows(job)
        if rows is not None:
            HistoryImport.objects.filter(pk=job.pk).update(state=State.CHECKED, report=_report(job, rows))


def load(*, import_id: int) -> None:
    """Take over the good rows of an import, each once however often this is called."""
    job = _in_state(import_id, State.LOADING)
    rows = _rows(job) if job else None
    if job is None or rows is None:
        return
    told = importing.load(rows, by=job.by)
    # Rows that an earlier, killed run took over are known by now, and are its work all the same.
    known = min(job.report["known"], told.known)
    result = {"loaded": told.loaded + told.known - known, "known": known, "bad": len(told.problems)}
    HistoryImport.objects.filter(pk=job.pk).update(state=State.LOADED, result=result, stored_as="")
    default_storage.delete(job.stored_as)


def throw_away_old(now: dt.datetime | None = None) -> int:
    """Delete imports and their files after three days, whatever became of them; return how many."""
    return stored.throw_away_old(HistoryImport, "made_at", now)


def _in_state(import_id: int, state: str) -> HistoryImport | None:
    return HistoryImport.objects.select_related("by", "agency").filter(pk=import_id, state=state).first()


def _rows(job: HistoryImport) -> list[importing.Row] | None:
    """Return the rows as they are today; None, with the reason kept, where the file cannot be read."""
    with translation.override(job.by.language):
        try:
            with default_storage.open(job.stored_as) as file:
                return importing.look_at(file.read(), agency=job.agency, by=job.by)
        except FileNotFoundError:
            problem = _("The file is no longer here. Upload it again.")
        except importing.UnreadableHistory as error:
            problem = str(error)
    HistoryImport.objects.filter(pk=job.pk).update(state=State.FAILED, problem=problem)
    return None


def _report(job: HistoryImport, rows: list[importing.Row]) -> dict:
    """Count what is in a file: `good` rows are new, `known` ones there before; the bad ones are listed first."""
    bad = [row for row in rows if row.problems]
    known = [row for row in rows if not row.problems and row.is_known]
    new = [row for row in rows if not row.problems and not row.is_known]
    shown = [*bad, *new, *known][:ROWS_SHOWN]
    with translation.override(job.by.language):
        return {
            "good": len(new),
            "known": len(known),
            "bad": len(bad),
            "people": len({row.person.pk for row in new if row.person}),
            "jp": sum(row.course.hours or 0 for row in new),
            "more": len(rows) - len(shown),
            "rows": [_shown(row) for row in shown],
        }


def _shown(row: importing.Row) -> dict:
    course = row.course
    days = [date_format(day, "j M Y") for day in (course.started_on, course.ended_on) if day]
    return {
        "line": row.line,
        "person": row.person.full_name if row.person else course.nip,
        "title": course.name[:255],
        "organiser": course.organiser[:255],
        "days": " – ".join(dict.fromkeys(days)),
        "jp": course.hours,
        "problems": list(row.problems),
        "is_known": row.is_known,
    }
