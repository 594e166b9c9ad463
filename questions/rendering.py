"""A question as a learner sees it: in an attempt, in its review, in a lesson's self-check, in the editor's preview."""

from dataclasses import dataclass
from typing import Any

from . import markup
from .kinds import get_kind


@dataclass(frozen=True)
class Review:
    """What a learner may see of a finished question. Their own answer is always shown."""

    answer: bool = True  # whether what they chose was right
    feedback: bool = True
    right_answer: bool = True


@dataclass(frozen=True)
class ShownQuestion:
    """A question ready for `{% question shown %}`; `name` begins the names of its form fields."""

    kind: str
    data: dict[str, Any]
    arrangement: dict[str, Any] | None
    answer: dict[str, Any] | None
    name: str
    disabled: bool = False
    review: Review | None = None


def question_context(shown: ShownQuestion) -> dict[str, Any]:
    """Return what the kind's template needs. Nothing about the right answer is in it before the review."""
    kind = get_kind(shown.kind)
    rows = kind.rows(shown.data, shown.arrangement, shown.answer)
    review = shown.review
    return {
        "name": shown.name,
        "text": shown.data["text"],
        "disabled": shown.disabled or review is not None,
        "rows": [_visible(row, review) for row in rows],
        "review": review,
        "feedback": kind.feedback(shown.data, shown.answer) if review else None,
        "right_answer": _right_answer(kind, shown) if review and review.right_answer else "",
    }


def _visible(row, review: Review | None) -> dict[str, Any]:
    marked = review is not None and review.answer and row.is_chosen
    return {
        "id": row.id,
        "text": row.text,
        "is_chosen": row.is_chosen,
        "outcome": str(row.worth) if marked else "",
        "is_right": review is not None and review.right_answer and row.is_right,
        # Inside a label only words may stand.
        "feedback": markup.inline(row.feedback) if review is not None and review.feedback and row.is_chosen else "",
    }


def _right_answer(kind, shown: ShownQuestion) -> str:
    answer = kind.right_answer(shown.data)
    return kind.describe(shown.data, answer) if answer else ""


def self_check_context(kind: str, data: dict[str, Any], name: str) -> dict[str, Any]:
    """Return what `questions/self_check.html` needs: a question inside a lesson, all in the page, nothing graded.

    The data may come straight from an editor: it is made safe here.
    """
    rules = get_kind(kind)
    data = rules.clean(data)
    return {
        "kind": kind,
        "name": name,
        "text": data["text"],
        "rows": rules.rows(data, None, None),
        "input_type": "checkbox" if kind == "multiple" else "radio",
        "right_answer": rules.describe(data, rules.right_answer(data)),
        "general_feedback": data["general_feedback"],
    }
