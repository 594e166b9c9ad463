"""What the editor's preview shows: the question, a trial answer, the right answer and what each answer would earn."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.formats import number_format

from .kinds import Review, get_kind
from .models import Question, QuestionVersion
from .rendering import ShownQuestion

FIELD = "jawab"


@dataclass(frozen=True)
class Earning:
    """One answer and what it would earn, in percent of the mark."""

    answer: str
    percent: str
    feedback: list[str]


def preview_context(question: Question, version: QuestionVersion, form: Any) -> dict[str, Any]:
    """Return the context of a preview; `form` may hold a trial answer (`jawab`), checked when `periksa` is there."""
    kind = get_kind(question.kind)
    answer = kind.parse(version.data, form, FIELD)
    right = kind.right_answer(version.data)
    return {
        "question": question,
        "version": version,
        "kind_label": kind.label,
        "is_answered": kind.is_answered,
        "is_graded": kind.is_graded,
        "guide": version.data.get("guide", ""),
        "criteria": [
            {**criterion, "points": _short(Fraction(criterion["points"]))}
            for criterion in version.data.get("criteria", [])
        ],
        "is_checked": "periksa" in form,
        "shown": ShownQuestion(
            kind=question.kind,
            data=version.data,
            arrangement=None,
            answer=answer,
            name=FIELD,
            disabled="periksa" in form,
            review=Review() if "periksa" in form else None,
        ),
        "right_answer": kind.describe(version.data, right) if right else "",
        "accepted": kind.accepted(version.data),
        "earnings": [_earning(kind, version.data, sample) for sample in kind.samples(version.data)],
    }


def _short(number: Fraction) -> str:
    """Return a number as people read it: two decimals at most, with the decimal sign of the language."""
    return number_format(Decimal(str(round(float(number), 2))).normalize())


def _earning(kind, data, answer) -> Earning:
    share = kind.grade(data, answer)
    percent = "" if share is None else _short(share * 100)
    feedback = [remark.feedback for remark in kind.feedback(data, answer).remarks if remark.feedback]
    return Earning(answer=kind.describe(data, answer), percent=percent, feedback=feedback)
