"""Numbers of certificates by an agency's pattern, as offices number letters: `0012/SERT/BKPSDM-PLG/III/2026`. Pure."""

import datetime as dt
import re
from dataclasses import dataclass

DEFAULT = "{seq:04}/SERT/{agency}/{month_roman}/{year}"
ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
PART = re.compile(r"\{([^{}]*)\}")
SEQUENCE = re.compile(r"^seq(?::0?([1-9]))?$")
NAMES = ("seq", "agency", "month", "month_roman", "year")
LONGEST = 120


@dataclass(frozen=True)
class BadPattern(ValueError):
    """`problem` is a key that the screen turns into words; `part` is what is wrong."""

    problem: str
    part: str = ""

    def __str__(self) -> str:
        return f"{self.problem} {self.part}".strip()


def check_pattern(pattern: str) -> None:
    """Raise BadPattern where a pattern cannot number: the sequence begins anew each year, so both must be told."""
    parts = PART.findall(pattern)
    for part in parts:
        if part not in NAMES and not SEQUENCE.match(part):
            raise BadPattern("unknown", part)
    if "{" in PART.sub("", pattern) or "}" in PART.sub("", pattern):
        raise BadPattern("braces")
    if sum(bool(SEQUENCE.match(part)) for part in parts) != 1:
        raise BadPattern("sequence")
    if "year" not in parts:
        raise BadPattern("year")
    if re.search(r"\{seq[^}]*\}(\{|[0-9])|(\}|[0-9])\{seq", pattern):
        raise BadPattern("touching")


def write_number(pattern: str, *, sequence: int, agency: str, day: dt.date) -> str:
    """Return the number; `sequence` counts from 1 in each year of an agency, `day` is the local day of issue."""
    values = {
        "agency": agency,
        "month": f"{day.month:02d}",
        "month_roman": ROMAN[day.month - 1],
        "year": f"{day.year:04d}",
    }

    def value(match: re.Match) -> str:
        counted = SEQUENCE.match(match[1])
        return f"{sequence:0{counted[1] or 1}d}" if counted else values[match[1]]

    return PART.sub(value, pattern)
