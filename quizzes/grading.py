"""From the shares of the answers to the score of the attempt. Pure and exact: fractions all the way."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction


def score(marks: Iterable[tuple[Fraction, Fraction]]) -> Fraction:
    """Return the score of an attempt, 0 to 1, from (share of the mark −2…1, maximum mark ≥ 0) of each question.

    Negative marks count against the others, but the whole never falls below nothing. A quiz in which no mark can be
    earned scores 0. Raises ValueError for a share or a mark out of its range.
    """
    earned = possible = Fraction(0)
    for share, max_mark in marks:
        if not -2 <= share <= 1:
            raise ValueError(f"a share lies between -2 and 1, not {share}")
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


def mark_of_quiz(scores: Sequence[Fraction], method: str) -> Fraction | None:
    """Return the mark of a quiz from the scores of its graded attempts, oldest first; None without any.

    `method`: highest, average, first or last; exact.
    """
    if not scores:
        return None
    match method:
        case "average":
            return sum(scores, Fraction(0)) / len(scores)
        case "first":
            return scores[0]
        case "last":
            return scores[-1]
        case _:
            return max(scores)


# --- marks of people -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PersonsMark:
    """A mark that a person gave: `stage` is first, second or settled, `points` from 0 to the maximum."""

    stage: str
    points: Fraction


def marks_in_force(marks: Iterable[PersonsMark]) -> dict[str, Fraction]:
    """Return the points of each stage; of several marks of one stage, oldest first, the last."""
    return {mark.stage: mark.points for mark in marks}


def differ_too_much(marks: Iterable[PersonsMark], *, max_mark: Fraction, most_difference: Fraction) -> bool:
    """Say whether two markers differ by more than the quiz allows (a share of the maximum) and nobody has decided."""
    force = marks_in_force(marks)
    if "settled" in force or not {"first", "second"} <= force.keys() or not max_mark:
        return False
    return abs(force["first"] - force["second"]) / max_mark > most_difference


def settled_share(
    marks: Iterable[PersonsMark], *, max_mark: Fraction, two: bool, most_difference: Fraction
) -> Fraction | None:
    """Return the share of the mark (0 to 1) that people gave; None while one is missing or two differ too much.

    A decision (`settled`) holds; of two markers the mean counts.
    """
    marks = list(marks)
    force = marks_in_force(marks)
    if not max_mark:
        return Fraction(0)
    if "settled" in force:
        return force["settled"] / max_mark
    needed = ("first", "second") if two else ("first",)
    if any(stage not in force for stage in needed):
        return None
    if two and differ_too_much(marks, max_mark=max_mark, most_difference=most_difference):
        return None
    return sum((force[stage] for stage in needed), Fraction(0)) / len(needed) / max_mark
