"""SIASN's course history: its fields as they are written, as they are read, and how one becomes the other. Pure.

The same fact is spelled differently in what is sent (POST /kursus/save), what comes back (GET rw-kursus) and in the
reference lists, so every name stands here once and nothing is guessed from another spelling.
"""

import datetime as dt
import math
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

DATE = "%d-%m-%Y"

# The body of POST /kursus/save, in the published order, which is also the order of the columns of an export.
WRITE_FIELDS = (
    "instansiId",
    "institusiPenyelenggara",
    "jenisDiklatId",
    "jenisKursus",
    "jenisKursusSertipikat",
    "jumlahJam",
    "lokasiId",
    "namaKursus",
    "nomorSertipikat",
    "pnsOrangId",
    "tahunKursus",
    "tanggalKursus",
    "tanggalSelesaiKursus",
)
# A row of GET rw-kursus.
READ_FIELDS = (
    "id",
    "idPns",
    "nipBaru",
    "nipLama",
    "jenisKursusNama",
    "jenisKursusSertifikat",
    "institusiPenyelenggara",
    "jenisKursusId",
    "jumlahJam",
    "namaKursus",
    "noSertipikat",
    "tahunKursus",
    "tanggalKursus",
    "path",
    "jenisDiklatId",
    "tanggalSelesaiKursus",
)
# The same fact, written → read. `instansiId` and `lokasiId` are never read back.
READ_OF_WRITTEN = {
    "institusiPenyelenggara": "institusiPenyelenggara",
    "jenisDiklatId": "jenisDiklatId",
    "jenisKursus": "jenisKursusId",
    "jenisKursusSertipikat": "jenisKursusSertifikat",
    "jumlahJam": "jumlahJam",
    "namaKursus": "namaKursus",
    "nomorSertipikat": "noSertipikat",
    "pnsOrangId": "idPns",
    "tahunKursus": "tahunKursus",
    "tanggalKursus": "tanggalKursus",
    "tanggalSelesaiKursus": "tanggalSelesaiKursus",
}
EMPTY = ("jenisKursus", "lokasiId")  # as in the published example

# What kind of certificate a kind of training gives (`jenisKursusSertipikat`): T technical, F functional, P piagam.
FLAGS = {kind: {2: "F", 4: "P", 7: "P", 9: "P"}.get(kind, "T") for kind in range(1, 26)}


class Missing(StrEnum):
    """Why a record cannot be sent."""

    PERSON = "person"
    AGENCY = "agency"
    KIND = "kind"
    NAME = "name"
    ORGANISER = "organiser"
    NUMBER = "number"
    HOURS = "hours"
    DATES = "dates"


@dataclass(frozen=True)
class CourseRecord:
    """One row of somebody's course history. `kind` is 1–25; `jp` is exact, of which only whole ones can be sent."""

    person_id: str
    agency_id: str
    kind: int | None
    name: str
    organiser: str
    number: str
    jp: Fraction
    started_on: dt.date
    ended_on: dt.date

    @property
    def hours(self) -> int:
        """Whole JP, rounded down: nothing is credited that was not learned."""
        return math.floor(self.jp)

    @property
    def cut(self) -> Fraction:
        """What of the JP cannot be sent."""
        return self.jp - self.hours

    @property
    def missing(self) -> tuple[Missing, ...]:
        """Return everything that keeps the record from being sent, in a fixed order."""
        checks = {
            Missing.PERSON: self.person_id,
            Missing.AGENCY: self.agency_id,
            Missing.KIND: self.kind in FLAGS,
            Missing.NAME: self.name.strip(),
            Missing.ORGANISER: self.organiser.strip(),
            Missing.NUMBER: self.number.strip(),
            Missing.HOURS: self.hours > 0,
            Missing.DATES: self.started_on <= self.ended_on,
        }
        return tuple(what for what, there in checks.items() if not there)


class NotSendable(ValueError):
    """The record lacks something; `missing` says what."""

    def __init__(self, missing: tuple[Missing, ...]):
        super().__init__(", ".join(missing))
        self.missing = missing


def to_write(record: CourseRecord) -> dict[str, str | int]:
    """Return the body of POST /kursus/save, its keys in the published order. Raises NotSendable."""
    if record.missing or record.kind is None:
        raise NotSendable(record.missing)
    return {
        "instansiId": record.agency_id,
        "institusiPenyelenggara": record.organiser.strip(),
        "jenisDiklatId": str(record.kind),
        "jenisKursus": "",
        "jenisKursusSertipikat": FLAGS[record.kind],
        "jumlahJam": record.hours,
        "lokasiId": "",
        "namaKursus": record.name.strip(),
        "nomorSertipikat": record.number.strip(),
        "pnsOrangId": record.person_id,
        "tahunKursus": record.ended_on.year,
        "tanggalKursus": record.started_on.strftime(DATE),
        "tanggalSelesaiKursus": record.ended_on.strftime(DATE),
    }


@dataclass(frozen=True)
class ReadCourse:
    """A row of GET rw-kursus in our words; dates and numbers that cannot be read are None."""

    id: str
    person_id: str
    nip: str
    kind: int | None
    name: str
    organiser: str
    number: str
    hours: int | None
    started_on: dt.date | None
    ended_on: dt.date | None


def from_read(row: dict) -> ReadCourse:
    """Read a row of GET rw-kursus, whatever is missing in it; numbers may be text, as in a table."""
    kind = _number(row.get("jenisDiklatId"))
    started = _date(row.get("tanggalKursus"))
    return ReadCourse(
        id=_text(row.get("id")),
        person_id=_text(row.get("idPns")),
        nip=_text(row.get("nipBaru")),
        kind=kind if kind in FLAGS else None,
        name=_text(row.get("namaKursus")),
        organiser=_text(row.get("institusiPenyelenggara")),
        number=_text(row.get("noSertipikat")),
        hours=_number(row.get("jumlahJam")),
        started_on=started,
        ended_on=_date(row.get("tanggalSelesaiKursus")) or started,
    )


def find_number(rows: list[dict], number: str) -> str:
    """Return the id of the row that bears a certificate number, however it is spaced and cased; "" when none does."""
    wanted = _plain(number)
    for row in rows:
        course = from_read(row)
        if wanted and course.id and _plain(course.number) == wanted:
            return course.id
    return ""


def _plain(number: str) -> str:
    return "".join(number.split()).casefold()


def _text(value: object) -> str:
    return "" if value is None else " ".join(str(value).split())


def _number(value: object) -> int | None:
    text = _text(value).removesuffix(".0")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else None


def _date(value: object) -> dt.date | None:
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    for form in (DATE, "%Y-%m-%d", "%d/%m/%Y"):
        try:
            return dt.datetime.strptime(_text(value), form).date()  # noqa: DTZ007 - a calendar day has no zone
        except ValueError:
            continue
    return None
