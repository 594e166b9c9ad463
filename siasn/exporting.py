"""Course history as a file for SIASN: the table in the layout of POST /kursus/save, the certificates, and a report.

The table has exactly the thirteen columns, so which PDF belongs to which row, what was cut from its JP and what could
not be written stands in the report beside it.
"""

import datetime as dt
import io
import logging
import re
import tempfile
import uuid
import zipfile
from collections.abc import Sequence

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from openpyxl import Workbook

from core import stored
from core.cells import csv_lines, xlsx_cell
from people.models import Agency, Person, Unit

from .mapping import WRITE_FIELDS, to_write
from .models import Export
from .records import Prepared, exportable, prepare

logger = logging.getLogger(__name__)

FOLDER = "tmp/siasn"
WHILE_WAITING = 40  # rows of an export that is written at once
SHOWN = 200
BATCH = 500


def start_export(
    *, by: Person, agency: Agency, first: dt.date, last: dt.date, basis: str, form: str, unit: Unit | None = None
) -> Export:
    """Ask for an export: a small one is ready when this returns, a large one is written by the worker."""
    job = Export.objects.create(by=by, agency=agency, unit=unit, first=first, last=last, basis=basis, form=form)
    if exportable(agency, first=first, last=last, unit=unit)[: WHILE_WAITING + 1].count() <= WHILE_WAITING:
        write(export_id=job.pk)
        job.refresh_from_db()
        return job
    from .tasks import write_export

    transaction.on_commit(lambda: write_export.enqueue(job.pk))
    return job


def write(*, export_id: int) -> None:
    """Write the file of an export; what is written already stays as it is."""
    job = Export.objects.select_related("by", "agency", "unit").filter(pk=export_id, state=Export.State.WORKING).first()
    if job is None:
        return
    with translation.override(job.by.language), tempfile.TemporaryFile() as file:
        report = _write_zip(job, file)
        file.seek(0)
        name = default_storage.save(f"{FOLDER}/{uuid.uuid4().hex}.zip", File(file))
    row = Export.objects.filter(pk=job.pk, state=Export.State.WORKING)
    if not row.update(state=Export.State.READY, stored_as=name, report=report):
        default_storage.delete(name)


def _write_zip(job: Export, file) -> dict:
    """Write the ZIP and return its report; certificates go through memory one at a time."""
    rows: list[list] = []
    lines: list[list] = []
    counts = {"good": 0, "bad": 0, "cut": 0}
    ids = list(exportable(job.agency, first=job.first, last=job.last, unit=job.unit).values_list("pk", flat=True))
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for start in range(0, len(ids), BATCH):
            part = exportable(job.agency).filter(pk__in=ids[start : start + BATCH]).select_related("person")
            for one in prepare(part, agency=job.agency, basis=job.basis):
                lines.append(_line(one, archive, rows, counts))
        archive.writestr(f"kursus.{job.form}", _table(job.form, WRITE_FIELDS, rows))
        archive.writestr(f"laporan.{job.form}", _table(job.form, _report_header(), lines))
    bad_first = sorted(lines, key=lambda line: not line[-1])
    return {**counts, "rows": bad_first[:SHOWN]}


def _line(one: Prepared, archive: zipfile.ZipFile, rows: list[list], counts: dict[str, int]) -> list:
    """Add one achievement to the table and its certificate to the archive, or say why not; return its report line."""
    problems, name = one.problems, ""
    if not problems:
        try:
            content = one.pdf()
        except Exception:  # one broken file must not withhold the others
            logger.exception("The certificate of achievement %d cannot be read", one.achievement.pk)
            problems = [_("the certificate's file cannot be read")]
        else:
            body = to_write(one.record)
            rows.append([body[field] for field in WRITE_FIELDS])
            name = f"sertifikat/{len(rows):05d}-{_safe(one.record.number)}.pdf"
            archive.writestr(name, content)
    counts["bad" if problems else "good"] += 1
    cut = "" if problems or not one.record.cut else f"{float(one.record.cut):.2f}"
    counts["cut"] += bool(cut)
    number = "" if problems else len(rows)
    return [number, one.achievement.person.full_name, one.record.name, name, cut, "; ".join(problems)]


def _report_header() -> list[str]:
    return [_("Row"), _("Person"), _("Title"), _("Certificate"), _("JP cut"), _("Why it is not in the table")]


def _table(form: str, header: Sequence[str], rows: list[list]) -> bytes:
    if form == Export.Form.CSV:
        return "".join(csv_lines(header, rows)).encode()
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in (header, *rows):
        sheet.append([xlsx_cell(sheet, cell) for cell in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _safe(number: str) -> str:
    return re.sub(r"[^0-9A-Za-z._-]+", "-", number).strip("-.")[:60] or "sertifikat"


def throw_away_old(now: dt.datetime | None = None) -> int:
    """Delete exports and their files after three days; return how many."""
    return stored.throw_away_old(Export, "made_at", now)
