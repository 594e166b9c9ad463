"""From the shares of the answers to the score of the attempt. Pure and exact: fractions all the way."""

from collections.abc import Iterable, Sequence
from fractions import Fraction


def score(marks: Iterable[tuple[Fraction, Fraction]]) -> Fraction:
    """Return the score of an attempt, 0 to 1, from (share of the mark −1…1, maximum mark ≥ 0) of each question.

    Negative marks count against the others, but the whole never falls below nothing. A quiz in which no mark can be
    earned scores 0. Raises ValueError for a share or a mark out of its range.
    """
    earned = possible = Fraction(0)
    for share, max_mark in marks:
        if not -1 <= share <= 1:
            raise ValueError(f"a share lies between -1 and 1, not {share}")
        if max_mark < 0:
            raise ValueError(f"a mark is not negative: {max_mark}")
        earned += Fraction(share) * Fraction(max_mark)
        possible += Fraction(max_mark)
    if not possible:
        return Fraction(0)
    return max(earned / possible, Fraction(0))


def is_passed(score: Fraction, pass_mark_percent: int) -> bool:
    """Say whether a score (0 to 1) reaches the pass mark (percent, 0 to 100); reaching it exactly is enough."""
    return score * 100 >= pass_mark_percent


def best(scores: Sequence[Fraction | None]) -> int | None:
    """Return the index of the highest score, the earliest of equals; None stands for an attempt not graded yet."""
    graded = [(value, -index) for index, value in enumerate(scores) if value is not None]
    return -max(graded)[1] if graded else None
