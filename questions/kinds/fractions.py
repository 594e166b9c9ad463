"""Shares of a mark as text: `"1/3"` in the data, `33.33333` in question files. Exact; giant numbers are refused."""

import re
from fractions import Fraction
from functools import lru_cache
from typing import Any

FRACTION = re.compile(r"^-?[0-9]{1,20}(?:/[0-9]{1,20}|\.[0-9]{1,20})?$")
PERCENT = re.compile(r"^-?[0-9]{1,3}(?:[.,][0-9]{0,15})?$")


def read_fraction(value: Any) -> Fraction | None:
    """Read `"1/3"`, `"0.5"`, `1`; None for anything else."""
    if isinstance(value, Fraction):
        return value
    return None if isinstance(value, bool) else _read(str(value).strip())


@lru_cache(maxsize=1024)
def _read(text: str) -> Fraction | None:
    """Remember what a text says: the shares of options are few and asked for on every page."""
    if not FRACTION.match(text):
        return None
    try:
        return Fraction(text)
    except ZeroDivisionError:
        return None


def read_percent(text: str) -> Fraction | None:
    """Read a percentage of a question file; `33.333` means a third, as no file can write it to its end.

    A simple share counts when it agrees with all the decimals given, rounded or cut off: of 13 parts at most, with four
    decimals of 40, with eight of 1000.
    """
    text = text.strip().replace(",", ".")
    if not PERCENT.match(text):
        return None
    share = Fraction(text.rstrip(".")) / 100
    decimals = len(text.partition(".")[2].rstrip("0"))
    simple = share.limit_denominator(13 if decimals < 4 else 40 if decimals < 8 else 1000)
    return simple if decimals and abs(simple - share) * 100 < Fraction(1, 10**decimals) else share


def write_percent(share: Fraction) -> str:
    """Write a share as the shortest percentage that `read_percent` reads back: `50`, `12.5`, `33.33333`."""
    percent = share * 100
    if percent.denominator == 1:
        return str(percent.numerator)
    exact = f"{float(percent):.10f}".rstrip("0")
    if Fraction(exact) == percent:
        return exact
    rounded = f"{float(percent):.5f}"
    return rounded if read_percent(rounded) == share else f"{float(percent):.9f}"
