"""Course history from SIASN (the layout of GET rw-kursus, as CSV or XLSX) becomes verified external training.

A file is looked at first, row by row; nothing is written before somebody says so. Other columns are not read.
"""

import csv
import datetime as dt
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import cast

from django.db import IntegrityError
from django.utils.translation import gettext as _
from openpyxl import load_workbook

from core.law import legal_value
from core.models import LegalParameter
from credits.external import services as external
from credits.kinds import BY_NUMBER
from credits.models import ExternalTraining
from people.models import Agency, Employment, Person
from people.visibility import in_agencies
from questions.formats.base import UnreadableFile
from questions.formats.sheets import BROKEN, check_package

from .mapping import READ_FIELDS, ReadCourse, from_read

NEEDED = ("id", "nipBaru", "namaKursus", "institusiPenyelenggara", "jumlahJam", "jenisDiklatId", "tanggalKursus")
LONGEST = 2000  # JP of one row
MOST_ROWS = 20_000
OLD_EXCEL = b"\xd0\xcf\x11\xe0"


class UnreadableHistory(Exception):
    """The file is no table of the layout; the message says what is missing."""


@dataclass(frozen=True)
class Row:
    """A line of the file, the header being line 1; it can be loaded when it has no problems and is not there yet."""

    line: int
    course: ReadCourse
    person: Person | None
    problems: tuple[str, ...]
    is_known: bool = False


@dataclass
class Loaded:
    """What came of a file: rows loaded, rows there before, and lines with what is wrong in them."""

    loaded: int = 0
    known: int = 0
    problems: list[tuple[int, str]] = field(default_factory=list)


def look_at(content: bytes, *, agency: Agency, by: Person) -> list[Row]:
    """Return the rows of a file with what is wrong in each; four queries. Raises UnreadableHistory."""
    courses = [(line, from_read(row)) for line, row in _lines(content)]
    if len(courses) > MOST_ROWS:
        raise UnreadableHistory(_("The file has more than %(most)s rows. Split it.") % {"most": MOST_ROWS})
    people = _people(agency, {course.nip for _line, course in courses})
    records = {course.id for _line, course in courses}
    known = set(ExternalTraining.objects.filter(siasn_record__in=records).values_list("person", "siasn_record"))
    reported = _reported(people.values())
    seen: set[str] = set()
    rows = []
    for line, course in courses:
        person = people.get(course.nip)
        problems = _problems(course, person, by)
        if course.id in seen:
            problems.append(_("this id stands in the file twice"))
        seen.add(course.id)
        is_known = person is not None and (person.pk, course.id) in known
        if person and not is_known and (person.pk, course.number.casefold()) in reported:
            problems.append(_("the person has reported a training with this certificate number"))
        rows.append(Row(line, course, person, tuple(problems), is_known))
    return rows


def load(rows: list[Row], *, by: Person) -> Loaded:
    """Take over the rows without problems; what was taken over before stays as it is."""
    told = Loaded(problems=[(row.line, "; ".join(row.problems)) for row in rows if row.problems])
    for row in rows:
        if row.problems or row.person is None:
            continue
        try:
            made = external.take_over(person=row.person, by=by, known=_known(row.course))
        except IntegrityError:  # another process took it over in this moment
            made = None
        told.loaded += made is not None
        told.known += made is None
    return told


def _known(course: ReadCourse) -> external.Known:
    """Return a row without problems as what is taken over."""
    minutes = cast(int, course.hours) * legal_value(LegalParameter.Name.MINUTES_PER_JP)
    return external.Known(
        record=course.id,
        kind=BY_NUMBER[cast(int, course.kind)],
        title=course.name,
        organiser=course.organiser,
        number=course.number,
        minutes=int(minutes),
        started_on=cast(dt.date, course.started_on),
        ended_on=cast(dt.date, course.ended_on),
    )


def _problems(course: ReadCourse, person: Person | None, by: Person) -> list[str]:
    checks = [
        (course.id and len(course.id) <= 36, _("the id is missing or too long")),
        (person, _("nobody of the agency has this NIP")),
        (person is None or person.pk != by.pk, _("this is your own; another organiser takes it over")),
        (course.name, _("the title is empty")),
        (course.organiser, _("the organiser is empty")),
        (course.kind, _("jenisDiklatId is not one of 1–25")),
        (course.hours is not None and course.hours <= LONGEST, _("jumlahJam is no whole number")),
        (_in_order(course), _("the days cannot be read, or are in the wrong order")),
    ]
    return [words for is_good, words in checks if not is_good]


def _in_order(course: ReadCourse) -> bool:
    first, last = course.started_on, course.ended_on
    return bool(first and last and dt.date(1960, 1, 1) <= first <= last)


def _people(agency: Agency, nips: set[str]) -> dict[str, Person]:
    """Return the agency's people of today by every NIP they have or had."""
    here = Person.objects.filter(in_agencies([agency.pk]))
    rows = Employment.objects.filter(nip__in=nips, person__in=here.order_by().values("pk")).select_related("person")
    return {row.nip: row.person for row in rows}


def _reported(people: Iterable[Person]) -> set[tuple[int, str]]:
    """Return person and certificate number of what the people have reported themselves and still counts or may."""
    mine = ExternalTraining.objects.filter(person__in={one.pk for one in people}, siasn_record="").exclude(number="")
    rows = mine.exclude(state__in=["draft", "rejected", "revoked"]).values_list("person", "number")
    return {(person, number.casefold()) for person, number in rows}


def _lines(content: bytes) -> Iterator[tuple[int, dict]]:
    rows = _sheet(content) if content.startswith((b"PK", OLD_EXCEL)) else _csv(content)
    header = [str(name or "").strip() for name in next(rows, [])]
    if missing := [name for name in NEEDED if name not in header]:
        raise UnreadableHistory(_("These columns are missing: %(names)s") % {"names": ", ".join(missing)})
    wanted = {name: header.index(name) for name in READ_FIELDS if name in header}
    for line, cells in enumerate(rows, 2):
        if any(str(cell or "").strip() for cell in cells):
            yield line, {name: cells[at] if at < len(cells) else None for name, at in wanted.items()}


def _csv(content: bytes) -> Iterator[list]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableHistory(_("The file is neither a CSV in UTF-8 nor an XLSX.")) from error
    first = text.partition("\n")[0]
    delimiter = ";" if first.count(";") > first.count(",") else ","
    try:
        yield from csv.reader(io.StringIO(text), delimiter=delimiter)
    except csv.Error as error:
        raise UnreadableHistory(_("The file is neither a CSV in UTF-8 nor an XLSX.")) from error


def _sheet(content: bytes) -> Iterator[list]:
    file = io.BytesIO(content)
    try:
        check_package(file)
        book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
        for row in book.worksheets[0].iter_rows(values_only=True):
            yield list(row)
    except UnreadableFile as error:
        raise UnreadableHistory(str(error)) from error
    except BROKEN as error:
        raise UnreadableHistory(_("The Excel file is broken. Open it, save it anew as .xlsx and try again.")) from error
