"""Shares of a mark as text: `"1/3"` in the data, `33.33333` in question files. Exact, and safe against giant numbers."""

import re
from fractions import Fraction
from typing import Any

FRACTION = re.compile(r"^-?[0-9]{1,6}(?:/[0-9]{1,6}|\.[0-9]{1,10})?$")
PERCENT = re.compile(r"^-?[0-9]{1,3}(?:[.,][0-9]{0,10})?$")
# Shares whose percentage never ends, so that files can only come near them.
ENDLESS = sorted({Fraction(n, d) for d in (3, 6, 7, 9, 11, 12, 13) for n in range(1, d) if Fraction(n, d).denominator % 10})


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
    """Read a percentage of a question file; `33.333` means a third, as no file can write it to its end."""
    if not PERCENT.match(text.strip()):
        return None
    percent = Fraction(text.strip().replace(",", ".").rstrip("."))
    decimals = len(text.strip().replace(",", ".").partition(".")[2])
    near = Fraction(1, 10**decimals) if decimals else Fraction(0)
    for endless in ENDLESS:
        if abs(abs(percent) - endless * 100) < near:
            return endless if percent > 0 else -endless
    return percent / 100


def write_percent(share: Fraction) -> str:
    """Write a share as the shortest percentage that `read_percent` reads back: `50`, `12.5`, `33.33333`."""
    percent = share * 100
    if percent.denominator == 1:
        return str(percent.numerator)
    exact = f"{float(percent):.10f}".rstrip("0")
    return exact if Fraction(exact) == percent else f"{float(percent):.5f}"
