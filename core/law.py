"""Numbers of law at a date. The rows are few and change by decree, so each process keeps them for a minute."""

import datetime as dt
import time
from fractions import Fraction

from django.utils import timezone

from .models import LegalParameter

KEEP_SECONDS = 60
_rows: tuple[float, list[LegalParameter]] = (0.0, [])


def legal_value(name: str, on: dt.date | None = None) -> Fraction:
    """Return the value in force on a day (today when none is given); raise LookupError where no row covers it."""
    global _rows
    if time.monotonic() - _rows[0] > KEEP_SECONDS or not _rows[1]:
        _rows = (time.monotonic(), list(LegalParameter.objects.all()))
    on = on or timezone.localdate()
    for row in _rows[1]:
        if row.name == name and row.valid_from <= on and (row.valid_to is None or row.valid_to >= on):
            return Fraction(row.value)
    raise LookupError(f"no legal parameter {name!r} in force on {on}")


def jp(minutes: int, on: dt.date | None = None) -> Fraction:
    """Return planned minutes as an exact number of JP (jam pelajaran) by the rule in force on a day."""
    return Fraction(minutes) / legal_value(LegalParameter.Name.MINUTES_PER_JP, on)
