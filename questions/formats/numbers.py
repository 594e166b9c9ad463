"""Numbers as files of questions write them: decimals, for what our data holds as exact fractions. Pure."""

import re
from fractions import Fraction
from typing import Any

from ..kinds.fractions import read_fraction
from ..kinds.numbers import readings, write_number

DECIMAL = re.compile(r"[+-]?(?:[0-9]{1,30}(?:[.,][0-9]{0,30})?|[.,][0-9]{1,30})(?:[eE][+-]?[0-9]{1,2})?")


def plain_number(text: str) -> str:
    """Return a number with a decimal point, also where the file has a comma; what is no number as it is."""
    text = text.strip()
    return text.replace(",", ".") if DECIMAL.fullmatch(text) else text


def read_decimal(text: str) -> Fraction | None:
    """Read a decimal; `0.3333333` means a third, as no file can write it to its end. None for what is no number."""
    if not DECIMAL.fullmatch(text.strip()):
        return None
    exact = Fraction(plain_number(text))
    decimals = len(plain_number(text).partition(".")[2])
    simple = exact.limit_denominator(40)
    return simple if decimals >= 5 and abs(simple - exact) < Fraction(1, 10**decimals) else exact


def decimal_of(number: Fraction) -> str:
    """Write a number as a decimal: exactly where it has an end, else with twelve digits."""
    return write_number(number) or f"{float(number):.12g}"


def with_tolerance(answer: dict[str, Any]) -> tuple[str, str, bool]:
    """Return value and absolute tolerance of an answer to a numerical question, and whether they say exactly the same.

    A range is its middle and half its width; the ends of a geometric tolerance have no end as decimals.
    """
    if "low" in answer:
        return _middle(_number(answer["low"]), _number(answer["high"]))
    if answer["value"] == "*":
        return "*", "0", True
    value, tolerance = _number(answer["value"]), _number(answer["tolerance"])
    if answer["tolerance_kind"] == "geometric" and tolerance:
        return _middle(*sorted((value / (1 + tolerance), value * (1 + tolerance))))
    if answer["tolerance_kind"] == "relative":
        tolerance *= abs(value)
    return decimal_of(value), decimal_of(tolerance), True


def weights_of(data: dict[str, Any]) -> list[Fraction]:
    """Return the weights of options; where all or nothing counts, so that the right ones make a whole."""
    shares = [read_fraction(option["fraction"]) or Fraction(0) for option in data["options"]]
    total = sum((share for share in shares if share > 0), Fraction(0))
    if data.get("grading") != "all" or not total:
        return shares
    return [share / total if share > 0 else share for share in shares]


def _number(text: str) -> Fraction:
    """Return a number of cleaned data."""
    return next(iter(readings(text)), Fraction(0))


def _middle(low: Fraction, high: Fraction) -> tuple[str, str, bool]:
    middle, half = (low + high) / 2, (high - low) / 2
    is_exact = write_number(middle) is not None and write_number(half) is not None
    return decimal_of(middle), decimal_of(half), is_exact
