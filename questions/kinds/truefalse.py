"""True or false.

Data: `{"text", "general_feedback", "answer": true, "feedback_true", "feedback_false"}`, where `feedback_true` is what
someone reads who answered "true". Answer: `{"value": true}`.
"""

from collections.abc import Mapping
from fractions import Fraction
from random import Random
from typing import Any

from ..wording import gettext
from .base import (
    Answer,
    Arrangement,
    Data,
    Feedback,
    Kind,
    Option,
    Outcome,
    Post,
    Remark,
    Row,
    common,
    outcome_words,
    text_of,
)  # fmt: skip

VALUES = {"true": True, "false": False}


class TrueFalseKind(Kind):
    """A statement; the share is 1 for the right word, else 0."""

    name = "truefalse"
    template = "questions/truefalse.html"

    @property
    def label(self) -> str:
        return gettext("True or false")

    def clean(self, data: Any) -> Data:
        answer = data.get("answer") if isinstance(data, dict) else None
        return {
            **common(data),
            "answer": answer if isinstance(answer, bool) else None,
            "feedback_true": text_of(data, "feedback_true"),
            "feedback_false": text_of(data, "feedback_false"),
        }

    def problems(self, data: Data) -> list[str]:
        found = self.problems_of_common(data)
        if data["answer"] is None:
            found.append(gettext("Say whether the statement is true or false."))
        return found

    def arrange(self, data: Data, rng: Random, *, shuffle: bool) -> Arrangement:
        """Keep "true" before "false": people expect it there."""
        return {"order": list(VALUES)}

    def rows(self, data: Data, arrangement: Arrangement | None, answer: Answer | None) -> list[Row]:
        answer = self.accept(data, answer)
        return [
            Row(
                id=key,
                text=self._word(value),
                is_chosen=answer is not None and answer["value"] is value,
                is_right=data["answer"] is value,
                share=Fraction(int(data["answer"] is value)),
                feedback=data[f"feedback_{key}"],
            )
            for key, value in VALUES.items()
        ]

    def parse(self, data: Data, post: Post, name: str) -> Answer | None:
        given = {value for value in post.getlist(name) if value in VALUES}
        return {"value": VALUES[given.pop()]} if len(given) == 1 else None

    def fields(self, data: Data, answer: Answer | None, name: str) -> Mapping[str, list[str]]:
        answer = self.accept(data, answer)
        return {name: ["true" if answer["value"] else "false"]} if answer else {}

    def accept(self, data: Data, answer: Any) -> Answer | None:
        value = answer.get("value") if isinstance(answer, dict) else None
        return {"value": value} if isinstance(value, bool) else None

    def grade(self, data: Data, answer: Answer | None) -> Fraction:
        answer = self.accept(data, answer)
        return Fraction(int(answer is not None and answer["value"] is data["answer"]))

    def right_answer(self, data: Data) -> Answer | None:
        return None if data["answer"] is None else {"value": data["answer"]}

    def samples(self, data: Data) -> list[Answer]:
        return [{"value": True}, {"value": False}]

    def feedback(self, data: Data, answer: Answer | None) -> Feedback:
        share = self.grade(data, answer)
        remarks = tuple(
            Remark(row.id, row.text, row.feedback, row.share) for row in self.rows(data, None, answer) if row.is_chosen
        )
        outcome = Outcome.of(share) if remarks else Outcome.NONE
        return Feedback(outcome, share, remarks, data["general_feedback"], outcome_words(data, outcome))

    def describe(self, data: Data, answer: Answer | None) -> str:
        answer = self.accept(data, answer)
        return self._word(answer["value"]) if answer else gettext("No answer")

    def options(self, data: Data) -> list[Option]:
        return [
            Option("true" if value else "false", str(int(data["answer"] is value)), data[f"feedback_{key}"])
            for key, value in VALUES.items()
        ]

    def guess(self, data: Data) -> Fraction:
        return Fraction(1, 2)

    @staticmethod
    def _word(value: bool) -> str:
        return gettext("True") if value else gettext("False")
