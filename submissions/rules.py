"""Small answers about handed-in work: may it be written, is something missing, did it pass."""

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from typing import Any

from .models import Submission, SubmissionPage

State = Submission.State


def why_not_write(
    latest: Submission | None, *, resubmission: str, redo_at: dt.datetime | None = None, begins: bool = True
) -> str:
    """Return why a learner may not write a version now: "waiting", "handed_in", "marked", or "" where they may.

    `latest` is the newest version that was handed in; `redo_at` since when the task is to be done again; `begins`:
    the learner asks for a new version in the place of what waits for its mark.
    """
    if latest is None or latest.state == State.RETURNED:
        return ""
    if redo_at is not None and latest.handed_in_at is not None and latest.handed_in_at < redo_at:
        return ""
    if latest.state == State.HANDED_IN:
        if resubmission != SubmissionPage.Resubmission.UNTIL_MARKED:
            return "waiting"
        return "" if begins else "handed_in"
    return "marked"


def is_revision(latest: Submission | None) -> bool:
    """Say whether a marker asked for the version that is written now."""
    return latest is not None and latest.state == State.RETURNED


def was_asked_again(latest: Submission | None) -> bool:
    """Say whether staff asked for the version that is written now: returned, or to be done again after its mark.

    Then no deadline refuses it, and it is as late as the version before.
    """
    return latest is not None and latest.state in (State.RETURNED, State.MARKED)


def missing_in(page: SubmissionPage, *, words: int, files: int) -> list[tuple[str, int, int]]:
    """Return what keeps a version from being handed in: `(code, there, asked)`, empty where nothing does."""
    found = []
    if page.text_rule == SubmissionPage.TextRule.REQUIRED and not words:
        found.append(("text", 0, 1))
    elif words and words < page.words_min:
        found.append(("few_words", words, page.words_min))
    if page.words_max and words > page.words_max and page.text_rule != SubmissionPage.TextRule.NONE:
        found.append(("many_words", words, page.words_max))
    if files < page.files_min:
        found.append(("few_files", files, page.files_min))
    if not words and not files and not found:
        found.append(("nothing", 0, 1))
    return found


def passes(points: Decimal, rules: dict[str, Any]) -> bool:
    """Say whether points reach the pass mark that was frozen with the work; exact."""
    return Fraction(points) * 100 >= Fraction(rules["max_mark"]) * rules["pass_mark"]
