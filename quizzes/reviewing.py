"""What a learner may look at, and when: eight things at four moments. Pure.

A matrix is JSON, `{"marks": ["after", "open", "closed"], …}`: for each thing the moments at which it may be seen.
"""

import datetime as dt
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

AFTER = dt.timedelta(minutes=2)  # how long "right after" lasts, as in Moodle


class Moment(StrEnum):
    """When somebody looks: before submitting, just after it, later while the quiz is open, after it has closed."""

    DURING = "during"
    AFTER = "after"
    OPEN = "open"
    CLOSED = "closed"


class Thing(StrEnum):
    """What can be looked at."""

    ANSWER = "answer"
    CORRECTNESS = "correctness"
    MARKS = "marks"
    MAX_MARKS = "max_marks"
    FEEDBACK = "feedback"
    GENERAL_FEEDBACK = "general_feedback"
    RIGHT_ANSWER = "right_answer"
    OVERALL_FEEDBACK = "overall_feedback"


Matrix = Mapping[str, Any]
# Before submitting only what a checked question shows; whoever takes the attempt always sees the own answer.
NEVER_DURING = (Thing.OVERALL_FEEDBACK,)


def usual_review() -> dict[str, list[str]]:
    """Return the matrix of a new quiz: everything at every moment."""
    return {
        str(thing): [str(moment) for moment in Moment if moment is not Moment.DURING or thing not in NEVER_DURING]
        for thing in Thing
    }


def clean_review(matrix: Any) -> dict[str, list[str]]:
    """Return a matrix of any shape in the one that is stored: known things and moments, in their order."""
    given = matrix if isinstance(matrix, Mapping) else {}
    cleaned = {}
    for thing in Thing:
        moments = given.get(thing)
        chosen = moments if isinstance(moments, list | tuple | set) else ()
        cleaned[str(thing)] = [
            str(moment)
            for moment in Moment
            if moment in chosen and not (moment is Moment.DURING and thing in NEVER_DURING)
        ]
    return cleaned


def moment_of(
    *, is_open: bool, submitted_at: dt.datetime | None, closes_at: dt.datetime | None, now: dt.datetime
) -> Moment:
    """Return the moment at which somebody looks at an attempt."""
    if is_open:
        return Moment.DURING
    if closes_at is not None and now >= closes_at:
        return Moment.CLOSED
    if submitted_at is not None and now < submitted_at + AFTER:
        return Moment.AFTER
    return Moment.OPEN


def allowed(matrix: Matrix, moment: Moment) -> frozenset[Thing]:
    """Return what may be seen at a moment; a thing that the matrix does not name may not."""
    return frozenset(thing for thing in Thing if moment in matrix.get(thing, ()))
