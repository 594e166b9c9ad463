"""The rules of marking by people: whose mark a mark is, and what points add up to. Pure and exact.

One marker's mark is enough unless the activity asks for two; then the second is another person, who gives theirs
without having seen the first. Where two differ too much, or a mark in force is to change, somebody who organises
decides.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

HUNDREDTH = Decimal("0.01")
POINTS = re.compile(r"[0-9]{1,5}(?:[.,][0-9]{1,2})?")


class MarkRefused(Exception):
    """A mark cannot be given so; `code` says why."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Given:
    """A mark that is there: its stage (first, second, settled) and who gave it (an id)."""

    stage: str
    marker: int


def stage_of(given: Iterable[Given], *, by: int, two: bool, decides: bool) -> str:
    """Return the stage of a mark that a person gives now: first, second or settled. Raise `MarkRefused`.

    `two`: the activity asks for two markers; `decides`: the person organises. One may correct one's own mark until
    another has marked too. Whoever was one of two markers does not decide between them.
    """
    force = {mark.stage: mark.marker for mark in given}
    if not force:
        return "first"
    if "settled" not in force and "second" not in force:
        if force["first"] == by:
            return "first"
        if two:
            return "second"
    if not decides:
        raise MarkRefused("marked")
    if "second" in force and by in (force["first"], force["second"]):
        raise MarkRefused("own")
    return "settled"


@dataclass(frozen=True)
class Desk:
    """The answers before one marker: `rows` by code in a stable order without meaning, and the ids that wait."""

    rows: dict[str, int]
    waiting: frozenset[int]

    def after(self, code: str) -> str | None:
        """Return the next answer that waits, after a place in the order and then from the beginning; None: all done."""
        codes = [one for one, row in self.rows.items() if row in self.waiting and one != code]
        return next((one for one in codes if one > code), codes[0] if codes else None)


# --- points ----------------------------------------------------------------------------------------------------------


def read_points(text: Any) -> Decimal | None:
    """Read points as people write them, `7,5` or `7.5`, with two decimals at most; None for anything else."""
    text = str(text).strip()
    return Decimal(text.replace(",", ".")).quantize(HUNDREDTH) if POINTS.fullmatch(text) else None


def points_by_criteria(
    criteria: Sequence[Mapping[str, Any]], given: Mapping[str, Decimal], max_mark: Decimal
) -> Decimal:
    """Return the mark that points by criterion make: their part of all that the criteria could earn.

    Rounded half up to two decimals. Every criterion has its points, none more than it can earn.
    """
    earned = sum((Fraction(given[criterion["id"]]) for criterion in criteria), Fraction(0))
    possible = sum((Fraction(criterion["points"]) for criterion in criteria), Fraction(0))
    exact = earned / possible * Fraction(max_mark) if possible else Fraction(0)
    return (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(HUNDREDTH, ROUND_HALF_UP)


def checked_points(
    points: Decimal | None, given: Mapping[str, Decimal], *, criteria: Sequence[Mapping[str, Any]], most: Decimal
) -> tuple[Decimal, dict[str, str]]:
    """Return the mark and its points by criterion as they are kept; where there are criteria, they make the mark.

    Raise `MarkRefused` for points that are missing, not from 0 to the most there are, or finer than two decimals.
    """
    if not criteria:
        return _checked(points, Fraction(most), missing="points"), {}
    given = {one["id"]: _checked(given.get(one["id"]), Fraction(one["points"]), missing="criteria") for one in criteria}
    return points_by_criteria(criteria, given, most), {key: str(value) for key, value in given.items()}


def _checked(points: Decimal | None, most: Fraction, *, missing: str) -> Decimal:
    if points is None:
        raise MarkRefused(missing)
    points = Decimal(points)
    if not points.is_finite() or not 0 <= points <= most:
        raise MarkRefused("points")
    if points != points.quantize(HUNDREDTH):
        raise MarkRefused("decimals")
    return points
