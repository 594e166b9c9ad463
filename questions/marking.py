"""The rules of marking by people: whose mark a mark is, and what points add up to. Pure and exact.

One marker's mark is enough unless the activity asks for two; then the second is another person, who gives theirs
without having seen the first. Where two differ too much, or a mark in force is to change, somebody who organises
decides.
"""

import re
from collections.abc import Iterable, Mapping
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
    criteria: Iterable[Mapping[str, Any]], given: Mapping[str, Decimal], max_mark: Decimal
) -> Decimal:
    """Return the mark that points by criterion make: their part of all that the criteria could earn.

    Rounded half up to two decimals. Raise `MarkRefused` where a criterion has no points, or more than it can earn.
    """
    earned = possible = Fraction(0)
    for criterion in criteria:
        most, points = Fraction(criterion["points"]), given.get(criterion["id"])
        if points is None:
            raise MarkRefused("criteria")
        if not 0 <= points <= most:
            raise MarkRefused("points")
        earned, possible = earned + Fraction(points), possible + most
    exact = earned / possible * Fraction(max_mark) if possible else Fraction(0)
    return (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(HUNDREDTH, ROUND_HALF_UP)
