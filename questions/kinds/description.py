"""A text between the questions: nothing to answer, nothing to earn."""

from collections.abc import Mapping
from fractions import Fraction
from random import Random
from typing import Any

from ..wording import gettext
from .base import Answer, Arrangement, Data, Feedback, Kind, Outcome, Post, common


class DescriptionKind(Kind):
    """A text to read; it is never counted."""

    name = "description"
    template = "questions/description.html"
    is_graded = False
    is_answered = False

    @property
    def label(self) -> str:
        return gettext("Text to read")

    def clean(self, data: Any) -> Data:
        return common(data)

    def problems(self, data: Data) -> list[str]:
        return [] if data["text"] else [gettext("The text is empty.")]

    def arrange(self, data: Data, rng: Random, *, shuffle: bool) -> Arrangement:
        return {}

    def rows(self, data: Data, arrangement: Arrangement | None, answer: Answer | None) -> list:
        return []

    def parse(self, data: Data, post: Post, name: str) -> None:
        return None

    def fields(self, data: Data, answer: Answer | None, name: str) -> Mapping[str, list[str]]:
        return {}

    def accept(self, data: Data, answer: Any) -> None:
        return None

    def grade(self, data: Data, answer: Answer | None) -> Fraction:
        return Fraction(0)

    def right_answer(self, data: Data) -> None:
        return None

    def samples(self, data: Data) -> list[Answer]:
        return []

    def feedback(self, data: Data, answer: Answer | None) -> Feedback:
        return Feedback(Outcome.UNGRADED, None, (), data["general_feedback"])

    def describe(self, data: Data, answer: Answer | None) -> str:
        return gettext("Nothing to answer")

    def guess(self, data: Data) -> None:
        return None
