"""A scale of opinions: statements, each answered on the same levels. Nothing is right, so nothing is earned.

Data: `"levels": [{"id", "text"}]`, `"statements": [{"id", "text"}]`. Answer: `{"levels": {"a": "3"}}`, the level of
each statement; some may be missing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import Any

from .. import markup
from ..wording import gettext
from .base import (
    Answer,
    Arrangement,
    Data,
    Feedback,
    Kind,
    Outcome,
    Post,
    Response,
    Review,
    common,
    outcome_words,
    plain_of,
)  # fmt: skip
from .ids import number_id, with_ids
from .parts import chosen_from, inline_words, only_value

MOST_LEVELS = 11
MOST_STATEMENTS = 50


@dataclass(frozen=True)
class Statement:
    """One statement as it stands on the page; `levels` are (id, plain words)."""

    id: str
    text: str
    levels: tuple[tuple[str, str], ...]
    chosen: str

    def visible(self, review: Review | None) -> dict[str, Any]:
        levels = [{"id": key, "text": text, "is_chosen": key == self.chosen} for key, text in self.levels]
        return {"id": self.id, "text": self.text, "levels": levels}


class LikertKind(Kind):
    """A scale of opinions; it earns nothing and is never marked."""

    name = "likert"
    template = "questions/likert.html"
    is_graded = False

    @property
    def label(self) -> str:
        return gettext("Scale of opinions")

    def clean(self, data: Any) -> Data:
        data = data if isinstance(data, dict) else {}
        levels = with_ids(data.get("levels"), lambda level: {"text": plain_of(level, "text")}, number_id)
        statements = with_ids(data.get("statements"), lambda item: {"text": inline_words(item.get("text"))})
        return {**common(data), "levels": levels, "statements": statements}

    def problems(self, data: Data) -> list[str]:
        found = self.problems_of_common(data)
        levels, statements = data["levels"], data["statements"]
        if not 2 <= len(levels) <= MOST_LEVELS:
            found.append(gettext("A scale needs 2 to %(most)s levels.") % {"most": MOST_LEVELS})
        if not 1 <= len(statements) <= MOST_STATEMENTS:
            found.append(gettext("A scale needs 1 to %(most)s statements.") % {"most": MOST_STATEMENTS})
        found += [
            gettext("Level %(number)s has no text.") % {"number": number}
            for number, level in enumerate(levels, 1)
            if not level["text"]
        ]
        found += [
            gettext("Statement %(number)s has no text.") % {"number": number}
            for number, statement in enumerate(statements, 1)
            if not statement["text"]
        ]
        if len({level["text"] for level in levels}) < len(levels):
            found.append(gettext("Two levels say the same."))
        if len({statement["text"] for statement in statements}) < len(statements):
            found.append(gettext("Two statements say the same."))
        return found

    def arrange(self, data: Data, rng: Random, *, shuffle: bool) -> Arrangement:
        """Keep the order: a scale is compared between people."""
        return {}

    def rows(self, data: Data, arrangement: Arrangement | None, answer: Answer | None) -> list[Statement]:
        chosen = chosen_from(self.accept(data, answer), "levels")
        levels = tuple((level["id"], level["text"]) for level in data["levels"])
        return [
            Statement(statement["id"], statement["text"], levels, chosen.get(statement["id"], ""))
            for statement in data["statements"]
        ]

    def context(self, data: Data, answer: Answer | None) -> Mapping[str, Any]:
        return {"levels": [level["text"] for level in data["levels"]]}

    def parse(self, data: Data, post: Post, name: str) -> Answer | None:
        ids = [statement["id"] for statement in data["statements"]]
        return self.accept(data, {"levels": {key: only_value(post.getlist(f"{name}-{key}")) for key in ids}})

    def fields(self, data: Data, answer: Answer | None, name: str) -> Mapping[str, list[str]]:
        chosen = chosen_from(self.accept(data, answer), "levels")
        return {f"{name}-{statement}": [level] for statement, level in chosen.items()}

    def accept(self, data: Data, answer: Any) -> Answer | None:
        given = chosen_from(answer, "levels")
        known = {level["id"] for level in data["levels"]}
        chosen = {
            statement["id"]: level
            for statement in data["statements"]
            if isinstance(level := given.get(statement["id"]), str) and level in known
        }
        return {"levels": chosen} if chosen else None

    def grade(self, data: Data, answer: Answer | None) -> Fraction:
        return Fraction(0)

    def right_answer(self, data: Data) -> Answer | None:
        return None

    def samples(self, data: Data) -> list[Answer]:
        return []

    def feedback(self, data: Data, answer: Answer | None) -> Feedback:
        return Feedback(Outcome.UNGRADED, None, (), data["general_feedback"], outcome_words(data, Outcome.UNGRADED))

    def describe(self, data: Data, answer: Answer | None) -> str:
        given = self.responses(data, answer)
        return "; ".join(f"{one.part}: {one.text}" for one in given) if given else gettext("No answer")

    def guess(self, data: Data) -> Fraction | None:
        return None

    def responses(self, data: Data, answer: Answer | None) -> list[Response]:
        chosen = chosen_from(self.accept(data, answer), "levels")
        level_of = {level["id"]: level["text"] for level in data["levels"]}
        return [
            Response(markup.plain(statement["text"]), level_of[chosen[statement["id"]]], None)
            for statement in data["statements"]
            if statement["id"] in chosen
        ]
