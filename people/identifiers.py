"""The NIP: eighteen digits that say birth, appointment, sex and a serial number; no check digit, and never a secret.

Sources: Perka BKN 22/2007 and 43/2007 for PNS; for PPPK the month is replaced by the number of the contract, in
practice 21 upwards. Sources conflict on the PPPK form, so that what merely looks odd is a warning and not an error."""

import datetime as dt
import re
from dataclasses import dataclass
from typing import Literal

SEPARATORS = re.compile(r"[\s.\-\u2010-\u2015\u2212]+")
DIGITS = 18
OLD_DIGITS = 9
FIRST_PPPK_NUMBER = 20
YOUNGEST, OLDEST = 16, 60
FIRST_SYNTHETIC_SERIAL = 900

Problem = Literal["characters", "old_form", "length", "birth_date", "appointment", "sex", "serial"]


class InvalidNip(ValueError):
    """Not a NIP; `problem` is a key that the screen turns into what to do about it."""

    def __init__(self, problem: Problem):
        super().__init__(problem)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Nip:
    """A NIP taken apart. `appointed` is (year, month), the month None in the PPPK form; `kind` is only a hint."""

    digits: str
    kind: Literal["pns", "pppk"]
    birth_date: dt.date
    appointed: tuple[int, int | None]
    sex: Literal["male", "female"]
    serial: int
    warnings: tuple[str, ...] = ()

    def __str__(self) -> str:
        return format_nip(self.digits)


def strip_nip(text: str) -> str:
    """Return the text without the spaces, dots and hyphens that people and forms put between the groups."""
    return SEPARATORS.sub("", text)


def looks_like_nip(text: str) -> bool:
    """Say whether somebody meant a NIP: eighteen digits, whatever stands between them."""
    return re.fullmatch(r"[0-9]{18}", strip_nip(text)) is not None


def format_nip(digits: str) -> str:
    """Return the printed form, groups of 8-6-1-3: `19850817 201012 2 998`."""
    return f"{digits[:8]} {digits[8:14]} {digits[14:15]} {digits[15:]}"


def parse_nip(text: str) -> Nip:
    """Take a NIP apart; raise InvalidNip with the first problem found."""
    digits = strip_nip(text)
    _require_form(digits)
    birth_date = _birth_date(digits[:8])
    kind, appointed = _appointment(digits[8:12], int(digits[12:14]))
    if digits[14] not in "12":
        raise InvalidNip("sex")
    serial = int(digits[15:])
    if serial == 0:
        raise InvalidNip("serial")
    sex: Literal["male", "female"] = "male" if digits[14] == "1" else "female"
    return Nip(digits, kind, birth_date, appointed, sex, serial, _warnings(birth_date, appointed))


def make_synthetic_nip(
    *, birth_date: dt.date, year: int, month: int | None = None, contract: int = 21, female: bool, serial: int
) -> str:
    """Return a valid NIP of nobody: the serial is 900–999. Without a month it has the PPPK form."""
    if not FIRST_SYNTHETIC_SERIAL <= serial <= 999:
        raise ValueError("a synthetic serial is 900 to 999")
    digits = f"{birth_date:%Y%m%d}{year:04d}{contract if month is None else month:02d}{2 if female else 1}{serial:03d}"
    return parse_nip(digits).digits


def _require_form(digits: str) -> None:
    if re.fullmatch(r"[0-9]*", digits) is None or not digits:
        raise InvalidNip("characters")
    if len(digits) == OLD_DIGITS:
        raise InvalidNip("old_form")
    if len(digits) != DIGITS:
        raise InvalidNip("length")


def _birth_date(digits: str) -> dt.date:
    try:
        return dt.date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        raise InvalidNip("birth_date") from None


def _appointment(year: str, number: int) -> tuple[Literal["pns", "pppk"], tuple[int, int | None]]:
    if 1 <= number <= 12:
        return "pns", (int(year), number)
    if number >= FIRST_PPPK_NUMBER:
        return "pppk", (int(year), None)
    raise InvalidNip("appointment")


def _warnings(birth_date: dt.date, appointed: tuple[int, int | None]) -> tuple[str, ...]:
    year, month = appointed
    age = year - birth_date.year - (1 if month is not None and month < birth_date.month else 0)
    return () if YOUNGEST <= age <= OLDEST else ("age",)
