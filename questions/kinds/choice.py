"""One answer and several answers: options with stable ids, each worth a share of the mark.

Data: `{"text", "general_feedback", "shuffle", "options": [{"id", "text", "fraction": "1/3", "feedback"}]}`; several
answers also have `"grading": "partial"` (the weights add up) or `"all"` (exactly the right ones, or nothing).
Answer: `{"chosen": ["a", "c"]}`, in the order of the data. Arrangement: `{"order": ["c", "a", "b"]}`. Ids stay with
their options, so shuffling never touches an answer.
"""

from abc import abstractmethod
from collections.abc import Mapping
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
    Row,
    common,
    outcome_words,
    text_of,
)  # fmt: skip
from .fractions import read_fraction, write_percent
from .ids import LETTERS, option_id, with_ids

__all__ = ["LETTERS", "MOST_OPTIONS", "ChoiceKind", "MultipleKind", "SingleKind", "option_id", "option_share"]

MOST_OPTIONS = 50
GRADINGS = ("partial", "all")


class ChoiceKind(Kind):
    """What one answer and several answers share."""

    def clean(self, data: Any) -> Data:
        data = data if isinstance(data, dict) else {}
        return {
            **common(data),
            "shuffle": data.get("shuffle") is not False,
            "options": with_ids(data.get("options"), _clean_option),
        }

    def problems(self, data: Data) -> list[str]:
        found = self.problems_of_common(data)
        options = data["options"]
        if len(options) < 2:
            found.append(gettext("At least two options are needed."))
        if len(options) > MOST_OPTIONS:
            found.append(gettext("More than %(most)s options are too many.") % {"most": MOST_OPTIONS})
        found += self._option_problems(options)
        if all(option_share(option) is not None for option in options):
            found += self.weight_problems(data)
        return found

    def _option_problems(self, options: list[Data]) -> list[str]:
        found: list[str] = []
        seen: dict[str, int] = {}
        for number, option in enumerate(options, 1):
            share, words = option_share(option), option["text"]
            if not option["text"]:
                found.append(gettext("Option %(number)s has no text.") % {"number": number})
            elif words in seen:
                found.append(
                    gettext("Options %(first)s and %(second)s say the same.") % {"first": seen[words], "second": number}
                )
            seen.setdefault(words, number)
            if share is None or not -1 <= share <= 1:
                found.append(
                    gettext("The weight of option %(number)s must be between -100 and 100 percent.")
                    % {"number": number}
                )
        return found

    @abstractmethod
    def weight_problems(self, data: Data) -> list[str]:
        """Say whether the weights make sense together."""

    def arrange(self, data: Data, rng: Random, *, shuffle: bool) -> Arrangement:
        order = [option["id"] for option in data["options"]]
        if shuffle and data.get("shuffle", True):
            rng.shuffle(order)
        return {"order": order}

    def rows(self, data: Data, arrangement: Arrangement | None, answer: Answer | None) -> list[Row]:
        place = {option: number for number, option in enumerate((arrangement or {}).get("order", []))}
        chosen = self._chosen(data, answer)
        right = self._chosen(data, self.right_answer(data))
        options = sorted(data["options"], key=lambda option: place.get(option["id"], len(place)))
        return [
            Row(
                id=option["id"],
                text=option["text"],
                is_chosen=option["id"] in chosen,
                is_right=option["id"] in right,
                share=option_share(option) or Fraction(0),
                feedback=option["feedback"],
            )
            for option in options
        ]

    def parse(self, data: Data, post: Post, name: str) -> Answer | None:
        return self.accept(data, {"chosen": post.getlist(name)})

    def fields(self, data: Data, answer: Answer | None, name: str) -> Mapping[str, list[str]]:
        chosen = self._chosen(data, answer)
        return {name: chosen} if chosen else {}

    def _chosen(self, data: Data, answer: Any) -> list[str]:
        given = answer.get("chosen") if isinstance(answer, dict) else None
        given = {item for item in given if isinstance(item, str)} if isinstance(given, list) else set()
        return [option["id"] for option in data["options"] if option["id"] in given]

    def accept(self, data: Data, answer: Any) -> Answer | None:
        chosen = self._chosen(data, answer)
        return {"chosen": chosen} if chosen else None

    def feedback(self, data: Data, answer: Answer | None) -> Feedback:
        answer = self.accept(data, answer)
        share = self.grade(data, answer)
        remarks = tuple(
            Remark(option["id"], option["text"], option["feedback"], option_share(option) or Fraction(0))
            for option in data["options"]
            if answer and option["id"] in answer["chosen"]
        )
        outcome = Outcome.of(share) if answer else Outcome.NONE
        return Feedback(outcome, share, remarks, data["general_feedback"], outcome_words(data, outcome))

    def describe(self, data: Data, answer: Answer | None) -> str:
        chosen = self._chosen(data, answer)
        words = [markup.plain(option["text"]) for option in data["options"] if option["id"] in chosen]
        return "; ".join(words) if words else gettext("No answer")

    def options(self, data: Data) -> list[Option]:
        return [Option(option["text"], option["fraction"], option["feedback"]) for option in data["options"]]

    def responses(self, data: Data, answer: Answer | None) -> list[Response]:
        chosen = self._chosen(data, self.accept(data, answer))
        return [
            Response("", markup.plain(option["text"]), option_share(option))
            for option in data["options"]
            if option["id"] in chosen
        ]

    def _shares(self, data: Data, answer: Answer | None) -> list[Fraction]:
        chosen = self._chosen(data, answer)
        return [option_share(option) or Fraction(0) for option in data["options"] if option["id"] in chosen]


class SingleKind(ChoiceKind):
    """One answer: the share is that of the option chosen."""

    name = "single"
    template = "questions/single.html"

    @property
    def label(self) -> str:
        return gettext("One answer")

    def weight_problems(self, data: Data) -> list[str]:
        right = [option_share(option) == 1 for option in data["options"]]
        if not any(right):
            return [gettext("No option is right: one must earn 100 percent.")]
        return [gettext("Every option is right: there is nothing to choose.")] if all(right) and len(right) > 1 else []

    def accept(self, data: Data, answer: Any) -> Answer | None:
        chosen = self._chosen(data, answer)
        return {"chosen": chosen} if len(chosen) == 1 else None

    def grade(self, data: Data, answer: Answer | None) -> Fraction:
        shares = self._shares(data, self.accept(data, answer))
        return shares[0] if shares else Fraction(0)

    def right_answer(self, data: Data) -> Answer | None:
        right = [option["id"] for option in data["options"] if option_share(option) == 1]
        return {"chosen": right[:1]} if right else None

    def rows(self, data: Data, arrangement: Arrangement | None, answer: Answer | None) -> list[Row]:
        rows = super().rows(data, arrangement, self.accept(data, answer))
        return [Row(**{**vars(row), "is_right": row.share == 1}) for row in rows]

    def samples(self, data: Data) -> list[Answer]:
        return [{"chosen": [option["id"]]} for option in data["options"]]

    def guess(self, data: Data) -> Fraction:
        """Return the average weight of the options."""
        shares = [option_share(option) or Fraction(0) for option in data["options"]]
        return sum(shares, Fraction(0)) / len(shares) if shares else Fraction(0)


class MultipleKind(ChoiceKind):
    """Several answers, in one of two gradings.

    `partial`: the shares of all chosen options add up, never below nothing and never above the whole. `all`: exactly
    the options of a positive weight earn the whole mark, everything else nothing.
    """

    name = "multiple"
    template = "questions/multiple.html"

    @property
    def label(self) -> str:
        return gettext("Several answers")

    def clean(self, data: Any) -> Data:
        grading = data.get("grading", "partial") if isinstance(data, dict) else "partial"
        return {**super().clean(data), "grading": str(grading)[:20]}

    def problems(self, data: Data) -> list[str]:
        found = super().problems(data)
        if data["grading"] not in GRADINGS:
            found.append(gettext("Unknown way of grading: “%(grading)s”.") % {"grading": data["grading"]})
        return found

    def weight_problems(self, data: Data) -> list[str]:
        shares = [share for option in data["options"] if (share := option_share(option)) and share > 0]
        if not shares:
            return [gettext("No option is right: the right ones must earn 100 percent together.")]
        total = sum(shares, Fraction(0))
        if total != 1 and data["grading"] != "all":
            return [
                gettext("The right options earn %(total)s percent together; it must be 100 percent.")
                % {"total": write_percent(total)}
            ]
        return []

    def context(self, data: Data, answer: Answer | None) -> Mapping[str, Any]:
        return {"grading": data.get("grading")}

    def grade(self, data: Data, answer: Answer | None) -> Fraction:
        if data.get("grading") == "all":
            answer = self.accept(data, answer)
            return Fraction(int(answer is not None and answer == self.right_answer(data)))
        total = sum(self._shares(data, answer), Fraction(0))
        return min(max(total, Fraction(0)), Fraction(1))

    def right_answer(self, data: Data) -> Answer | None:
        right = [option["id"] for option in data["options"] if (option_share(option) or 0) > 0]
        return {"chosen": right} if right else None

    def samples(self, data: Data) -> list[Answer]:
        ids = [option["id"] for option in data["options"]]
        right = self.right_answer(data)
        several = [right] if right and len(right["chosen"]) > 1 else []
        return [*several, *({"chosen": [option]} for option in ids), {"chosen": ids}]

    def guess(self, data: Data) -> Fraction | None:
        """Return one chance among all choices but the empty one; None where the weights add up: who knows how many?"""
        if data.get("grading") != "all" or not data["options"]:
            return None
        return Fraction(1, 2 ** len(data["options"]) - 1)


def _clean_option(option: Data) -> Data:
    text, fraction = option.get("text"), option.get("fraction", "0")
    share = read_fraction(fraction)
    return {
        "text": markup.inline(text) if isinstance(text, str) else "",
        "fraction": str(share) if share is not None else str(fraction)[:40],
        "feedback": text_of(option, "feedback"),
    }


def option_share(option: Data) -> Fraction | None:
    """Return the share of the mark that an option earns; None where it is unreadable."""
    return read_fraction(option.get("fraction"))
