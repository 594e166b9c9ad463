"""Short text: a few words, compared with the answers an editor accepts; the first that matches counts.

Data: `"case": false, "accents": false` (whether they matter), `"answers": [{"text", "fraction", "feedback"}]`. In an
answer's text `*` stands for any words or none, and `\\*` is a star. Answer: `{"text": "…"}`. White space counts once,
and typographic quotes and dashes, which phones put in by themselves, are the plain ones.
"""

import html
import unicodedata
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
    Response,
    common,
    one_line,
    outcome_words,
    plain_of,
    text_of,
)  # fmt: skip
from .typed import TypedRow, never_reached, share_of, weight_of, weight_problems

LONGEST_PATTERN = 250
LONGEST_ANSWER = 1_000
STAR = "\ue000"  # stands for `\*` while a pattern is taken apart
ANYTHING = "\ue001"  # a character that nobody types: what only a wildcard takes
TYPOGRAPHIC = str.maketrans(
    {**dict.fromkeys("‘’‚ʼ´`", "'"), **dict.fromkeys("“”„", '"'), **dict.fromkeys("‐‑‒–—−", "-")}
)


def fold(text: str, *, case: bool, accents: bool) -> str:
    """Return a text as it is compared; `case` and `accents` say whether they matter."""
    text = unicodedata.normalize("NFC", one_line(text).translate(TYPOGRAPHIC))
    if not case:
        text = text.casefold()
    if not accents:
        text = "".join(mark for mark in unicodedata.normalize("NFD", text) if unicodedata.category(mark) != "Mn")
    return one_line(unicodedata.normalize("NFC", text))


def pieces_of(pattern: str, *, case: bool, accents: bool) -> list[str]:
    """Return the folded pieces of a pattern between its wildcards."""
    folded = fold(pattern.replace("\\*", STAR), case=case, accents=accents)
    return [piece.replace(STAR, "*") for piece in folded.split("*")]


def matches(pieces: list[str], text: str) -> bool:
    """Say whether a folded text has the pieces in order, from its beginning to its end, in one pass."""
    first, *between = pieces
    if not between:
        return text == first
    last = between.pop()
    end = len(text) - len(last)
    if end < len(first) or not text.startswith(first) or not text.endswith(last):
        return False
    position = len(first)
    for piece in between:
        found = text.find(piece, position, end)
        if found < 0:
            return False
        position = found + len(piece)
    return True


class ShortTextKind(Kind):
    """A box for a few words; the first answer that matches says what they earn."""

    name = "shorttext"
    template = "questions/shorttext.html"

    @property
    def label(self) -> str:
        return gettext("Short text")

    def clean(self, data: Any) -> Data:
        data = data if isinstance(data, dict) else {}
        given = data.get("answers")
        answers = [answer for answer in given if isinstance(answer, dict)] if isinstance(given, list) else []
        return {
            **common(data),
            "case": data.get("case") is True,
            "accents": data.get("accents") is True,
            "answers": [
                {
                    "text": plain_of(answer, "text"),
                    "fraction": weight_of(answer),
                    "feedback": text_of(answer, "feedback"),
                }
                for answer in answers
            ],
        }

    def problems(self, data: Data) -> list[str]:
        found = self.problems_of_common(data) + weight_problems(data["answers"])
        patterns: list[list[str]] = []
        for number, answer in enumerate(data["answers"], 1):
            pieces = self._pieces(data, answer)
            if not any(pieces) and len(pieces) == 1:
                found.append(gettext("Answer %(number)s has no text.") % {"number": number})
            elif len(answer["text"]) > LONGEST_PATTERN:
                found.append(
                    gettext("Answer %(number)s is longer than %(most)s characters. For long answers take an essay.")
                    % {"number": number, "most": LONGEST_PATTERN}
                )
            # What a pattern takes of this character only a wildcard can have taken, so it takes anything there.
            elif any(matches(earlier, ANYTHING.join(pieces)) for earlier in patterns):
                found.append(never_reached(number))
            patterns.append(pieces)
        return found

    @staticmethod
    def _pieces(data: Data, answer: Data) -> list[str]:
        return pieces_of(answer["text"], case=data["case"], accents=data["accents"])

    def arrange(self, data: Data, rng: Random, *, shuffle: bool) -> Arrangement:
        return {}

    def rows(self, data: Data, arrangement: Arrangement | None, answer: Answer | None) -> list[TypedRow]:
        fitting = self._fitting(data, answer)
        feedback = data["answers"][fitting]["feedback"] if fitting is not None else ""
        return [TypedRow(text=self._text(answer), share=self.grade(data, answer), feedback=feedback)]

    def context(self, data: Data, answer: Answer | None) -> Mapping[str, Any]:
        return {"longest": LONGEST_ANSWER, "case": data["case"], "accents": data["accents"]}

    def parse(self, data: Data, post: Post, name: str) -> Answer | None:
        given = post.getlist(name)
        return self.accept(data, {"text": given[0]}) if len(given) == 1 else None

    def fields(self, data: Data, answer: Answer | None, name: str) -> Mapping[str, list[str]]:
        text = self._text(answer)
        return {name: [text]} if text else {}

    @staticmethod
    def _text(answer: Any) -> str:
        text = answer.get("text") if isinstance(answer, dict) else None
        return one_line(text[:LONGEST_ANSWER]) if isinstance(text, str) else ""

    def accept(self, data: Data, answer: Any) -> Answer | None:
        text = self._text(answer)
        return {"text": text} if text else None

    def _fitting(self, data: Data, answer: Answer | None) -> int | None:
        """Return the number, from 0, of the first answer that the text matches."""
        text = self._text(answer)
        if not text:
            return None
        folded = fold(text, case=data["case"], accents=data["accents"])
        numbered = enumerate(data["answers"])
        return next((number for number, known in numbered if matches(self._pieces(data, known), folded)), None)

    def grade(self, data: Data, answer: Answer | None) -> Fraction:
        fitting = self._fitting(data, answer)
        return share_of(data["answers"][fitting]) if fitting is not None else Fraction(0)

    def _example(self, data: Data, number: int) -> Answer | None:
        """Return a text that reaches an answer; the wildcards stand for nothing, or for dots where they must."""
        pattern = data["answers"][number]["text"].replace("\\*", STAR)
        for filling in ("", "…", f"{ANYTHING}"):
            example = self.accept(data, {"text": pattern.replace("*", filling).replace(STAR, "*")})
            if example and self._fitting(data, example) == number:
                return example
        return None

    def right_answer(self, data: Data) -> Answer | None:
        right = [number for number, answer in enumerate(data["answers"]) if share_of(answer) == 1]
        return next((example for number in right if (example := self._example(data, number))), None)

    def samples(self, data: Data) -> list[Answer]:
        examples = (self._example(data, number) for number in range(len(data["answers"])))
        return [example for example in examples if example]

    def feedback(self, data: Data, answer: Answer | None) -> Feedback:
        answer = self.accept(data, answer)
        share, fitting = self.grade(data, answer), self._fitting(data, answer)
        known = data["answers"][fitting] if fitting is not None else None
        remarks = (Remark(str(fitting), html.escape(known["text"]), known["feedback"], share),) if known else ()
        outcome = Outcome.of(share) if answer else Outcome.NONE
        return Feedback(outcome, share, remarks, data["general_feedback"], outcome_words(data, outcome))

    def describe(self, data: Data, answer: Answer | None) -> str:
        return self._text(answer) or gettext("No answer")

    def options(self, data: Data) -> list[Option]:
        return [
            Option(html.escape(answer["text"]), answer["fraction"], answer["feedback"]) for answer in data["answers"]
        ]

    def accepted(self, data: Data) -> list[str]:
        said = [
            gettext("Capital letters matter.") if data["case"] else gettext("Capital letters do not matter."),
            gettext("Accents matter.") if data["accents"] else gettext("Accents do not matter."),
        ]
        return [*said, gettext("In an answer * stands for any words or none.")] if self._has_wildcard(data) else said

    def _has_wildcard(self, data: Data) -> bool:
        return any(len(self._pieces(data, answer)) > 1 for answer in data["answers"])

    def responses(self, data: Data, answer: Answer | None) -> list[Response]:
        text = self._text(answer)
        folded = fold(text, case=data["case"], accents=data["accents"])
        return [Response("", folded or text, self.grade(data, answer))] if text else []
