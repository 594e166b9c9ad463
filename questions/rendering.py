"""A question as a learner sees it: in an attempt, in its review, in a lesson's self-check, in the editor's preview."""

from dataclasses import dataclass
from typing import Any

from .kinds import Review, get_kind


@dataclass(frozen=True)
class AnswerFile:
    """A file of an answer as its owner sees it; `key` is what the answer holds."""

    key: str
    name: str
    size: int
    url: str


@dataclass(frozen=True)
class ShownQuestion:
    """A question ready for `{% question shown %}`; `name` begins the names of its form fields.

    `files` are those its answer holds and `upload_url` takes more, for the kinds that hold files.
    """

    kind: str
    data: dict[str, Any]
    arrangement: dict[str, Any] | None
    answer: dict[str, Any] | None
    name: str
    disabled: bool = False
    review: Review | None = None
    files: tuple[AnswerFile, ...] = ()
    upload_url: str = ""


def question_context(shown: ShownQuestion) -> dict[str, Any]:
    """Return what the kind's template needs. Nothing about the right answer is in it before the review."""
    kind = get_kind(shown.kind)
    review = shown.review
    return {
        "name": shown.name,
        "text": shown.data["text"],
        "disabled": shown.disabled,
        "rows": [row.visible(review) for row in kind.rows(shown.data, shown.arrangement, shown.answer)],
        "answer": shown.answer,
        "files": shown.files,
        "limits": kind.file_limits(shown.data),
        "upload_url": shown.upload_url,
        "review": review,
        "feedback": kind.feedback(shown.data, shown.answer) if review else None,
        "right_answer": _right_answer(kind, shown) if review and review.right_answer else "",
        **kind.context(shown.data, shown.answer),
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
