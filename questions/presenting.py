"""What the editor's preview shows: the question, a trial answer, the right answer and what each answer would earn."""

from dataclasses import dataclass
from typing import Any

from .kinds import get_kind
from .kinds.base import Feedback
from .kinds.fractions import write_percent
from .models import Question, QuestionVersion
from .rendering import Review, ShownQuestion

FIELD = "jawab"


@dataclass(frozen=True)
class Earning:
    """One answer and what it would earn, in percent of the mark."""

    answer: str
    percent: str
    feedback: Feedback


def preview_context(question: Question, version: QuestionVersion, form: Any) -> dict[str, Any]:
    """Return the context of a preview; `form` may hold a trial answer (`jawab`), checked when `periksa` is there."""
    kind = get_kind(question.kind)
    answer = kind.parse(version.data, form, FIELD)
    right = kind.right_answer(version.data)
    return {
        "question": question,
        "version": version,
        "kind_label": kind.label,
        "is_checked": "periksa" in form,
        "shown": ShownQuestion(
            kind=question.kind,
            data=version.data,
            arrangement=None,
            answer=answer,
            name=FIELD,
            review=Review() if "periksa" in form else None,
        ),
        "right_answer": kind.describe(version.data, right) if right else "",
        "earnings": [_earning(kind, version.data, sample) for sample in kind.samples(version.data)],
    }


def _earning(kind, data, answer) -> Earning:
    share = kind.grade(data, answer)
    percent = "" if share is None else write_percent(share)
    return Earning(answer=kind.describe(data, answer), percent=percent, feedback=kind.feedback(data, answer))
