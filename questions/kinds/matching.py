"""Matching: each text of a pair gets one of the choices.

Data: `"shuffle"`, `"pairs": [{"id", "text", "choice": "1"}]`, `"choices": [{"id": "1", "text": plain}]`; choices that
no pair names are distractors. Answer: `{"matches": {"a": "1"}}`; some pairs may be missing. Arrangement:
`{"order": ["b", "a"], "choices": ["2", "1"]}`. Where nothing is shuffled the choices stand in the order of their words,
never in that of the pairs: it would give them away.
"""

import html
import re
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
    Option,
    Outcome,
    Post,
    Remark,
    Response,
    Review,
    common,
    outcome_words,
    plain_of,
)  # fmt: skip
from .ids import number_id, with_ids

MOST_PAIRS = 50
MOST_CHOICES = 50
DIGITS = re.compile(r"([0-9]+)")


@dataclass(frozen=True)
class MatchRow:
    """One pair as it stands on the page: its text, the choices, which was chosen and which is right."""

    id: str
    text: str
    choices: tuple[tuple[str, str], ...]
    chosen: str
    right: str
    right_text: str

    def visible(self, review: Review | None) -> dict[str, Any]:
        """Return what the template may know; nothing about right and wrong is in it before the review."""
        is_right = self.chosen == self.right
        marked = review is not None and review.correctness and bool(self.chosen)
        told = review is not None and review.right_answer and not is_right
        return {
            "id": self.id,
            "text": self.text,
            "choices": [{"id": key, "text": text, "is_chosen": key == self.chosen} for key, text in self.choices],
            "outcome": str(Outcome.RIGHT if is_right else Outcome.WRONG) if marked else "",
            "right": self.right_text if told else "",
        }


class MatchingKind(Kind):
    """Each pair that is right earns the same part of the mark."""

    name = "matching"
    template = "questions/matching.html"

    @property
    def label(self) -> str:
        return gettext("Matching")

    def clean(self, data: Any) -> Data:
        data = data if isinstance(data, dict) else {}
        choices = with_ids(data.get("choices"), lambda choice: {"text": plain_of(choice, "text")}, number_id)
        known = {choice["id"] for choice in choices}

        def clean_pair(pair: Data) -> Data:
            text, choice = pair.get("text"), pair.get("choice")
            return {
                "text": markup.inline(text) if isinstance(text, str) else "",
                "choice": choice if isinstance(choice, str) and choice in known else "",
            }

        return {
            **common(data),
            "shuffle": data.get("shuffle") is not False,
            "pairs": with_ids(data.get("pairs"), clean_pair),
            "choices": choices,
        }

    def problems(self, data: Data) -> list[str]:
        found = self.problems_of_common(data)
        pairs, choices = data["pairs"], data["choices"]
        if len(pairs) < 2:
            found.append(gettext("At least two pairs are needed."))
        if len(pairs) > MOST_PAIRS:
            found.append(gettext("More than %(most)s pairs are too many.") % {"most": MOST_PAIRS})
        if len(choices) > MOST_CHOICES:
            found.append(gettext("More than %(most)s choices are too many.") % {"most": MOST_CHOICES})
        elif len(choices) < 2:
            found.append(gettext("All pairs have the same choice: there is nothing to match."))
        for number, pair in enumerate(pairs, 1):
            if not pair["text"]:
                found.append(gettext("Pair %(number)s has no text.") % {"number": number})
            if not pair["choice"]:
                found.append(gettext("Pair %(number)s has no right choice.") % {"number": number})
        found += _repeated([pair["text"] for pair in pairs], gettext("Pairs %(first)s and %(second)s say the same."))
        if not all(choice["text"] for choice in choices):
            found.append(gettext("A choice has no text."))
        words = [choice["text"].casefold() for choice in choices]
        return found + _repeated(words, gettext("Choices %(first)s and %(second)s say the same."))

    def arrange(self, data: Data, rng: Random, *, shuffle: bool) -> Arrangement:
        order = [pair["id"] for pair in data["pairs"]]
        choices = [choice["id"] for choice in _by_words(data["choices"])]
        if shuffle and data.get("shuffle", True):
            rng.shuffle(order)
            rng.shuffle(choices)
        return {"order": order, "choices": choices}

    def rows(self, data: Data, arrangement: Arrangement | None, answer: Answer | None) -> list[MatchRow]:
        arrangement = arrangement or {}
        matches = self._matches(data, answer)
        pairs = _arranged(data["pairs"], arrangement.get("order", []))
        choices = _arranged(_by_words(data["choices"]), arrangement.get("choices", []))
        words = {choice["id"]: choice["text"] for choice in choices}
        return [
            MatchRow(
                id=pair["id"],
                text=pair["text"],
                choices=tuple(words.items()),
                chosen=matches.get(pair["id"], ""),
                right=pair["choice"],
                right_text=words.get(pair["choice"], ""),
            )
            for pair in pairs
        ]

    def parse(self, data: Data, post: Post, name: str) -> Answer | None:
        given = {pair["id"]: set(post.getlist(f"{name}-{pair['id']}")) - {""} for pair in data["pairs"]}
        return self.accept(data, {"matches": {pair: next(iter(of)) for pair, of in given.items() if len(of) == 1}})

    def fields(self, data: Data, answer: Answer | None, name: str) -> Mapping[str, list[str]]:
        return {f"{name}-{pair}": [choice] for pair, choice in self._matches(data, answer).items()}

    def _matches(self, data: Data, answer: Any) -> dict[str, str]:
        given = answer.get("matches") if isinstance(answer, dict) else None
        given = given if isinstance(given, dict) else {}
        known = {choice["id"] for choice in data["choices"]}
        return {
            pair["id"]: choice
            for pair in data["pairs"]
            if isinstance(choice := given.get(pair["id"]), str) and choice in known
        }

    def accept(self, data: Data, answer: Any) -> Answer | None:
        matches = self._matches(data, answer)
        return {"matches": matches} if matches else None

    def grade(self, data: Data, answer: Answer | None) -> Fraction:
        return sum((response.share or Fraction(0) for response in self.responses(data, answer)), Fraction(0))

    def right_answer(self, data: Data) -> Answer | None:
        return self.accept(data, {"matches": {pair["id"]: pair["choice"] for pair in data["pairs"]}})

    def samples(self, data: Data) -> list[Answer]:
        """Return the right answer, each pair alone, and the first pair with every choice that is not its own."""
        pairs = [{"matches": {pair["id"]: pair["choice"]}} for pair in data["pairs"] if pair["choice"]]
        first = data["pairs"][:1]
        wrong = [
            {"matches": {pair["id"]: choice["id"]}}
            for pair in first
            for choice in data["choices"]
            if choice["id"] != pair["choice"]
        ]
        right = self.right_answer(data)
        return [*([right] if right else []), *pairs, *wrong]

    def feedback(self, data: Data, answer: Answer | None) -> Feedback:
        matches, words = self._matches(data, answer), self._words(data)
        part = self._part(data)
        remarks = tuple(
            Remark(
                pair["id"],
                f"{pair['text']} → {html.escape(words[matches[pair['id']]])}",
                "",
                part if matches[pair["id"]] == pair["choice"] else Fraction(0),
            )
            for pair in data["pairs"]
            if pair["id"] in matches
        )
        share = self.grade(data, answer)
        outcome = Outcome.of(share) if matches else Outcome.NONE
        return Feedback(outcome, share, remarks, data["general_feedback"], outcome_words(data, outcome))

    def describe(self, data: Data, answer: Answer | None) -> str:
        parts = [f"{response.part} → {response.text}" for response in self.responses(data, answer)]
        return "; ".join(parts) if parts else gettext("No answer")

    def options(self, data: Data) -> list[Option]:
        words, part = self._words(data), str(self._part(data))
        pairs = [
            Option(f"{pair['text']} → {html.escape(words.get(pair['choice'], ''))}", part) for pair in data["pairs"]
        ]
        used = {pair["choice"] for pair in data["pairs"]}
        return pairs + [Option(html.escape(words[key]), "0") for key in words if key not in used]

    def guess(self, data: Data) -> Fraction:
        """Return one chance among the choices: that is what each pair earns on average."""
        return Fraction(1, len(data["choices"])) if data["choices"] else Fraction(0)

    def responses(self, data: Data, answer: Answer | None) -> list[Response]:
        matches, words, part = self._matches(data, answer), self._words(data), self._part(data)
        return [
            Response(
                markup.plain(pair["text"]),
                words[matches[pair["id"]]],
                part if matches[pair["id"]] == pair["choice"] else Fraction(0),
            )
            for pair in data["pairs"]
            if pair["id"] in matches
        ]

    @staticmethod
    def _part(data: Data) -> Fraction:
        return Fraction(1, len(data["pairs"]) or 1)

    @staticmethod
    def _words(data: Data) -> dict[str, str]:
        return {choice["id"]: choice["text"] for choice in data["choices"]}


def _by_words(choices: list[Data]) -> list[Data]:
    """Return choices in the order of their words, numbers by their size."""

    def key(choice: Data) -> list[tuple[int, int, str]]:
        parts = DIGITS.split(choice["text"].casefold())
        return [(0, int(part[:30]), part) if part.isdigit() and part.isascii() else (1, 0, part) for part in parts]

    return sorted(choices, key=key)


def _arranged(items: list[Data], order: list[str]) -> list[Data]:
    place = {key: number for number, key in enumerate(order)}
    return sorted(items, key=lambda item: place.get(item["id"], len(place)))


def _repeated(words: list[str], message: str) -> list[str]:
    """Say the message for each text that stands in the list before."""
    found: list[str] = []
    seen: dict[str, int] = {}
    for number, text in enumerate(words, 1):
        if text and text in seen:
            found.append(message % {"first": seen[text], "second": number})
        seen.setdefault(text, number)
    return found
