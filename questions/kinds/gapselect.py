"""Gaps in a text, each filled from a drop-down list.

Data: `text` with `[[1]]`, which names the right choice of that gap; `"shuffle"`, `"choices": [{"id": "1", "text",
"group": 1}]`: a gap offers the choices of the group that its right one is in. Answer: `{"gaps": {"1": "3"}}`, the gaps
counted from 1 as they stand in the text. Arrangement: `{"choices": ["3", "1", …]}`. Earns the part of the gaps that is
right.
"""

import html
from collections.abc import Mapping
from dataclasses import dataclass
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
    Review,
    common,
    outcome_words,
    plain_of,
)  # fmt: skip
from .gaps import Gapped, mark_problems, take_apart
from .ids import number_id, with_ids
from .parts import chosen_from, only_value, whole

MOST_CHOICES = 100
MOST_GROUPS = 20


@dataclass(frozen=True)
class SelectGap:
    """One gap as it stands on the page; `choices` are (id, plain words)."""

    id: str
    before: str
    choices: tuple[tuple[str, str], ...]
    chosen: str
    right: str

    def visible(self, review: Review | None) -> dict[str, Any]:
        """Return what the template may know; `right` are the right words, for who chose others."""
        is_right = self.chosen == self.right
        marked = review is not None and review.correctness and self.chosen
        tells = review is not None and review.right_answer and not is_right
        return {
            "id": self.id,
            "before": self.before,
            "choices": [{"id": key, "text": text, "is_chosen": key == self.chosen} for key, text in self.choices],
            "outcome": str(Outcome.RIGHT if is_right else Outcome.WRONG) if marked else "",
            "right": dict(self.choices).get(self.right, "") if tells else "",
        }


class GapSelectKind(Kind):
    """Drop-down gaps; the share is the part of the gaps that is right."""

    name = "gapselect"
    template = "questions/gapselect.html"

    @property
    def label(self) -> str:
        return gettext("Gaps with a list to choose from")

    def clean(self, data: Any) -> Data:
        data = data if isinstance(data, dict) else {}
        return {
            **common(data),
            "shuffle": data.get("shuffle") is not False,
            "choices": with_ids(data.get("choices"), self._clean_choice, number_id),
        }

    @staticmethod
    def _clean_choice(choice: Data) -> Data:
        group = whole(choice.get("group"), 1, most=MOST_GROUPS) or 1
        return {"text": plain_of(choice, "text"), "group": group}

    def problems(self, data: Data) -> list[str]:
        found = self.problems_of_common(data)
        choices = data["choices"]
        found += mark_problems(data["text"], {choice["id"] for choice in choices})
        if len(choices) > MOST_CHOICES:
            found.append(gettext("More than %(most)s choices are too many.") % {"most": MOST_CHOICES})
        seen: dict[tuple[int, str], str] = {}
        for choice in choices:
            place = (choice["group"], choice["text"])
            if not choice["text"]:
                found.append(gettext("Choice %(number)s has no text.") % {"number": choice["id"]})
            elif place in seen:
                found.append(
                    gettext("Choices %(first)s and %(second)s of the same group say the same.")
                    % {"first": seen[place], "second": choice["id"]}
                )
            seen.setdefault(place, choice["id"])
        return found + [
            gettext("Gap %(number)s has only one choice: put another one into group %(group)s.")
            % {"number": number, "group": group[0]["group"]}
            for number, group in enumerate(self._groups(data), 1)
            if len(group) < 2
        ]

    def _gapped(self, data: Data) -> Gapped:
        return take_apart(data["text"], {choice["id"] for choice in data["choices"]})

    def _right(self, data: Data) -> dict[str, str]:
        """Return the right choice of each gap, by its number."""
        return {str(number): gap.id for number, gap in enumerate(self._gapped(data).gaps, 1)}

    def _groups(self, data: Data) -> list[list[Data]]:
        """Return what each gap offers, in the order of the gaps."""
        group_of = {choice["id"]: choice["group"] for choice in data["choices"]}
        return [
            [choice for choice in data["choices"] if choice["group"] == group_of[right]]
            for right in self._right(data).values()
        ]

    def arrange(self, data: Data, rng: Random, *, shuffle: bool) -> Arrangement:
        order = [choice["id"] for choice in data["choices"]]
        if shuffle and data.get("shuffle", True):
            rng.shuffle(order)
        return {"choices": order}

    def rows(self, data: Data, arrangement: Arrangement | None, answer: Answer | None) -> list[SelectGap]:
        place = {choice: number for number, choice in enumerate((arrangement or {}).get("choices", []))}
        chosen = chosen_from(self.accept(data, answer), "gaps")
        rows = []
        for number, (gap, group) in enumerate(zip(self._gapped(data).gaps, self._groups(data), strict=True), 1):
            ordered = sorted(group, key=lambda choice: place.get(choice["id"], len(place)))
            rows.append(
                SelectGap(
                    id=str(number),
                    before=gap.before,
                    choices=tuple((choice["id"], choice["text"]) for choice in ordered),
                    chosen=chosen.get(str(number), ""),
                    right=gap.id,
                )
            )
        return rows

    def context(self, data: Data, answer: Answer | None) -> Mapping[str, Any]:
        return {"after": self._gapped(data).after}

    def parse(self, data: Data, post: Post, name: str) -> Answer | None:
        return self.accept(
            data, {"gaps": {gap: only_value(post.getlist(f"{name}-{gap}")) for gap in self._right(data)}}
        )

    def fields(self, data: Data, answer: Answer | None, name: str) -> Mapping[str, list[str]]:
        chosen = chosen_from(self.accept(data, answer), "gaps")
        return {f"{name}-{gap}": [choice] for gap, choice in chosen.items()}

    def accept(self, data: Data, answer: Any) -> Answer | None:
        given = chosen_from(answer, "gaps")
        gaps = {}
        for number, group in enumerate(self._groups(data), 1):
            choice = given.get(str(number))
            if isinstance(choice, str) and any(choice == offered["id"] for offered in group):
                gaps[str(number)] = choice
        return {"gaps": gaps} if gaps else None

    def grade(self, data: Data, answer: Answer | None) -> Fraction:
        right, chosen = self._right(data), chosen_from(self.accept(data, answer), "gaps")
        earned = sum(chosen.get(gap) == choice for gap, choice in right.items())
        return Fraction(earned, len(right)) if right else Fraction(0)

    def right_answer(self, data: Data) -> Answer | None:
        right = self._right(data)
        return {"gaps": right} if right else None

    def samples(self, data: Data) -> list[Answer]:
        """Return the right answer, each gap filled alone, and a wrong choice in every gap."""
        right = self._right(data)
        alone: list[Answer] = [{"gaps": {gap: choice}} for gap, choice in right.items()] if len(right) > 1 else []
        wrong = {
            gap: others[0]
            for (gap, choice), group in zip(right.items(), self._groups(data), strict=True)
            if (others := [offered["id"] for offered in group if offered["id"] != choice])
        }
        return [answer for answer in ({"gaps": right}, *alone, {"gaps": wrong}) if answer["gaps"]]

    def feedback(self, data: Data, answer: Answer | None) -> Feedback:
        answer = self.accept(data, answer)
        share = self.grade(data, answer)
        outcome = Outcome.of(share) if answer else Outcome.NONE
        remarks = tuple(
            Remark(gap.part, html.escape(gap.text), "", gap.share or Fraction(0))
            for gap in self.responses(data, answer)
        )
        return Feedback(outcome, share, remarks, data["general_feedback"], outcome_words(data, outcome))

    def describe(self, data: Data, answer: Answer | None) -> str:
        given = {response.part: response.text for response in self.responses(data, answer)}
        if not given:
            return gettext("No answer")
        return "; ".join(f"{gap}: {given.get(gap, '–')}" for gap in self._right(data))

    def options(self, data: Data) -> list[Option]:
        right, groups = self._right(data), self._groups(data)
        return [
            Option(
                f"{gap}: {html.escape(choice['text'])}",
                str(Fraction(1, len(right))) if choice["id"] == right[gap] else "0",
            )
            for gap, group in zip(right, groups, strict=True)
            for choice in group
        ]

    def guess(self, data: Data) -> Fraction:
        groups = self._groups(data)
        return sum((Fraction(1, len(group)) for group in groups), Fraction(0)) / (len(groups) or 1)

    def responses(self, data: Data, answer: Answer | None) -> list[Response]:
        right, text_of = self._right(data), {choice["id"]: choice["text"] for choice in data["choices"]}
        chosen = chosen_from(self.accept(data, answer), "gaps")
        return [Response(gap, text_of[choice], Fraction(int(choice == right[gap]))) for gap, choice in chosen.items()]
