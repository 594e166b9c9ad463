"""What kinds with one box to type in share: answers with weights, the first of which that fits counts."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from .. import markup
from ..wording import gettext
from .base import Data, Outcome, Review, one_line
from .fractions import read_fraction

MOST_ANSWERS = 50


@dataclass(frozen=True)
class TypedRow:
    """What was typed, as it stands on the page. `warning` says why it cannot be read, whatever is right."""

    text: str
    share: Fraction
    feedback: str
    unit: str = ""
    warning: str = ""
    id: str = ""

    def visible(self, review: Review | None) -> dict[str, Any]:
        """Return what the template may know; nothing about right and wrong is in it before the review."""
        given = bool(self.text or self.unit)
        return {
            "text": self.text,
            "unit": self.unit,
            "warning": self.warning,
            "outcome": str(Outcome.of(self.share)) if given and review and review.correctness else "",
            "feedback": markup.block(self.feedback) if given and review and review.feedback else "",
        }


def weight_of(answer: Data) -> str:
    """Return the weight of an answer reduced; what is unreadable stays, for `weight_problems` to name."""
    fraction = one_line(str(answer.get("fraction", "0")))[:60].strip()
    share = read_fraction(fraction)
    return str(share) if share is not None else fraction


def share_of(answer: Data) -> Fraction:
    """Return what an answer earns; nothing where that is unreadable."""
    return read_fraction(answer["fraction"]) or Fraction(0)


def weight_problems(answers: list[Data]) -> list[str]:
    """Name what is wrong with the number of answers and their weights."""
    if not answers:
        return [gettext("At least one answer is needed.")]
    found = []
    if len(answers) > MOST_ANSWERS:
        found.append(gettext("More than %(most)s answers are too many.") % {"most": MOST_ANSWERS})
    shares = [read_fraction(answer["fraction"]) for answer in answers]
    found += [
        gettext("The weight of answer %(number)s must be between -100 and 100 percent.") % {"number": number}
        for number, share in enumerate(shares, 1)
        if share is None or not -1 <= share <= 1
    ]
    if not found and 1 not in shares:
        found.append(gettext("No answer is right: one must earn 100 percent."))
    return found


def never_reached(number: int) -> str:
    """Say that whatever fits an answer fits one before it."""
    return gettext(
        "Answer %(number)s is never reached: what fits it fits an answer before it. Put it higher up, or remove it."
    ) % {"number": number}
