"""Attempts in the words and numbers of a page.

Numbers are rounded here, for the eye, and only downwards: what is shown as 70 % has reached 70 %.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from django.utils import formats
from django.utils.translation import gettext as _

from questions.kinds import get_kind
from questions.rendering import Review, ShownQuestion

from .models import Attempt, AttemptQuestion
from .queries import QuestionScreen


def shown(attempt: Attempt, asked: AttemptQuestion, *, name: str, review: Review | None = None) -> ShownQuestion:
    """Return a question for its template tag; one of an ended attempt can be read, not answered."""
    return ShownQuestion(
        kind=asked.version.question.kind,
        data=asked.version.data,
        arrangement=asked.arrangement,
        answer=asked.answer,
        name=name,
        disabled=not attempt.is_open,
        review=review,
    )


@dataclass(frozen=True)
class ReviewItem:
    """A question in the review: what it got of its mark, and words for those who do not see colours."""

    position: int
    shown: ShownQuestion
    earned: str
    max_mark: str
    outcome: str


def review_items(attempt: Attempt, questions: Iterable[AttemptQuestion], *, right_answers: bool) -> list[ReviewItem]:
    """Return every question as the learner may look back at it; `right_answers` says whether those are named."""
    review = Review(answer=True, feedback=True, right_answer=right_answers)
    return [
        ReviewItem(
            position=asked.position,
            shown=shown(attempt, asked, name=f"soal-{asked.position}", review=review),
            earned=number((asked.share or Fraction(0)) * Fraction(asked.max_mark)),
            max_mark=number(Fraction(asked.max_mark)),
            outcome=get_kind(asked.version.question.kind).feedback(asked.version.data, asked.answer).outcome,
        )
        for asked in questions
    ]


def pips(screen: QuestionScreen) -> list[dict]:
    """Return the places as the pips component draws them. They are no links: a link would leave an answer behind."""
    return [
        {
            "label": _pip_label(place, now=place.position == screen.position),
            "state": "now" if place.position == screen.position else "answered" if place.is_answered else "",
        }
        for place in screen.places
    ]


def _pip_label(place, *, now: bool) -> str:
    states = [_("answered") if place.is_answered else _("not answered")]
    if place.is_flagged:
        states.append(_("to look at again"))
    if now:
        states.append(_("this question"))
    return _("Question %(number)s: %(states)s") % {"number": place.position, "states": ", ".join(states)}


def percent(share: Fraction | None) -> str:
    """Write a share (0 to 1) as whole percent, rounded down; empty before grading."""
    return "" if share is None else _("%(number)s%%") % {"number": math.floor(share * 100)}


def marks(attempt: Attempt, questions: Iterable[AttemptQuestion]) -> dict[str, str]:
    """Return the marks earned and those that could be, as text; the earned ones never below 0."""
    possible = sum((Fraction(asked.max_mark) for asked in questions), Fraction(0))
    return {"earned": number((attempt.score or Fraction(0)) * possible), "possible": number(possible)}


def number(value: Fraction) -> str:
    """Write a mark with at most two decimals, cut towards zero, in the reader's notation: `2,5`, `3`, `-0,33`."""
    hundredths = Decimal(math.trunc(value * 100)) / 100
    places = 0 if hundredths == int(hundredths) else 1 if hundredths * 10 == int(hundredths * 10) else 2
    return formats.number_format(hundredths, decimal_pos=places, use_l10n=True)
