"""Shares of a mark as text: `"1/3"` in the data, `33.33333` in question files. Exact; giant numbers are refused."""

import re
from fractions import Fraction
from typing import Any

FRACTION = re.compile(r"^-?[0-9]{1,20}(?:/[0-9]{1,20}|\.[0-9]{1,20})?$")
PERCENT = re.compile(r"^-?[0-9]{1,3}(?:[.,][0-9]{0,15})?$")


def read_fraction(value: Any) -> Fraction | None:
    """Read `"1/3"`, `"0.5"`, `1`; None for anything else."""
    if isinstance(value, Fraction):
        return value
    if isinstance(value, bool) or not FRACTION.match(str(value).strip()):
        return None
    try:
        return Fraction(str(value).strip())
    except ZeroDivisionError:
        return None


def read_percent(text: str) -> Fraction | None:
    """Read a percentage of a question file; `33.333` means a third, as no file can write it to its end.

    A simple share counts when it agrees with all the decimals given, rounded or cut off: of 13 parts at most, with four
    decimals of 40.
    """
    text = text.strip().replace(",", ".")
    if not PERCENT.match(text):
        return None
    share = Fraction(text.rstrip(".")) / 100
    decimals = len(text.partition(".")[2].rstrip("0"))
    simple = share.limit_denominator(13 if decimals < 4 else 40)
    return simple if decimals and abs(simple - share) * 100 < Fraction(1, 10**decimals) else share


def write_percent(share: Fraction) -> str:
    """Write a share as the shortest percentage that `read_percent` reads back: `50`, `12.5`, `33.33333`."""
    percent = share * 100
    if percent.denominator == 1:
        return str(percent.numerator)
    exact = f"{float(percent):.10f}".rstrip("0")
    return exact if Fraction(exact) == percent else f"{float(percent):.5f}"
