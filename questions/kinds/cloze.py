"""Gaps of several kinds in one text: words, numbers, one answer, several answers.

Data: `text` with `[[1]]`, `[[2]]`…, `"gaps": [{"id": "1", "kind", "mark": "1", "display", "data"}]`, where `data` is
that of the kind, without a text of its own. Answer: `{"gaps": {"1": …}}`, each the answer of its kind. Arrangement:
`{"gaps": {"1": …}}`. Earns the gaps' shares, weighted by their marks.
"""

import html
from collections.abc import Iterator, Mapping
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
    ShownRow,
    common,
    outcome_words,
)  # fmt: skip
from .fractions import read_fraction
from .gaps import Gapped, mark_problems, take_apart
from .ids import number_id, with_ids
from .parts import chosen_from

# How a gap of each kind can look; the first is usual.
DISPLAYS = {
    "shorttext": ("text",),
    "numerical": ("text",),
    "single": ("menu", "list", "row"),
    "multiple": ("list", "row"),
}
LARGEST_MARK = 100
SOME_TEXT = "<p>…</p>"


def _kind(gap: Data) -> Kind | None:
    """Return the kind of a gap; None for one that cannot stand in a text."""
    from . import UnknownKind, get_kind  # the registry imports this module

    try:
        return get_kind(gap["kind"]) if gap["kind"] in DISPLAYS else None
    except UnknownKind:
        return None


@dataclass(frozen=True)
class ClozeGap:
    """One gap as it stands on the page; `rows` are those of its kind, `answer` what was given."""

    id: str
    before: str
    kind: str
    display: str
    rows: tuple[ShownRow, ...]
    answer: Answer | None
    has_unit: bool
    feedback: Feedback
    right: str

    def visible(self, review: Review | None) -> dict[str, Any]:
        """Return what the template may know; `right` is the right answer in words, for who gave another."""
        answer = self.answer or {}
        rows = [row.visible(review) for row in self.rows]
        marked = review is not None and review.correctness and self.answer is not None
        tells = review is not None and review.right_answer and self.feedback.outcome != Outcome.RIGHT
        return {
            "id": self.id,
            "before": self.before,
            "display": self.display,
            "input_type": "checkbox" if self.kind == "multiple" else "radio",
            "is_number": self.kind == "numerical",
            "rows": rows,
            "menu": [{**row, "text": markup.plain(row["text"])} for row in rows],
            "value": answer.get("text", ""),
            "has_unit": self.has_unit,
            "unit": answer.get("unit", ""),
            "outcome": str(self.feedback.outcome) if marked else "",
            "right": self.right if tells else "",
            "feedback": "".join(one.feedback for one in self.feedback.remarks) if review and review.feedback else "",
        }


class ClozeKind(Kind):
    """Gaps of several kinds; the share is that of the gaps, weighted by their marks."""

    name = "cloze"
    template = "questions/cloze.html"

    @property
    def label(self) -> str:
        return gettext("Gaps in a text")

    def clean(self, data: Any) -> Data:
        data = data if isinstance(data, dict) else {}
        return {**common(data), "gaps": with_ids(data.get("gaps"), self._clean_gap, number_id)}

    @staticmethod
    def _clean_gap(gap: Data) -> Data:
        name, mark = gap.get("kind"), gap.get("mark", "1")
        cleaned: Data = {"kind": name[:20] if isinstance(name, str) else ""}
        kind = _kind(cleaned)
        displays = DISPLAYS.get(cleaned["kind"], ("",))
        share = read_fraction(mark)
        given = gap.get("data")
        return cleaned | {
            "mark": str(share) if share is not None else str(mark)[:20],
            "display": gap.get("display") if gap.get("display") in displays else displays[0],
            "data": kind.clean({**(given if isinstance(given, dict) else {}), "text": ""}) if kind else {},
        }

    def problems(self, data: Data) -> list[str]:
        found = self.problems_of_common(data)
        ids = [gap["id"] for gap in data["gaps"]]
        found += mark_problems(data["text"], ids)
        in_text = [gap.id for gap in take_apart(data["text"], ids).gaps]
        for gap in data["gaps"]:
            if gap["id"] not in in_text:
                found.append(
                    gettext("Gap %(gap)s stands nowhere in the text: write [[%(gap)s]] there, or remove it.")
                    % {"gap": gap["id"]}
                )
            elif in_text.count(gap["id"]) > 1:
                found.append(gettext("[[%(gap)s]] stands in the text more than once.") % {"gap": gap["id"]})
            found += [
                gettext("Gap %(gap)s: %(problem)s") % {"gap": gap["id"], "problem": problem}
                for problem in self._gap_problems(gap)
            ]
        return found

    @staticmethod
    def _gap_problems(gap: Data) -> list[str]:
        kind, mark = _kind(gap), read_fraction(gap["mark"])
        if kind is None:
            return [gettext("“%(kind)s” is no kind of gap.") % {"kind": gap["kind"]}]
        found = kind.problems({**gap["data"], "text": SOME_TEXT})
        if mark is None or not 0 < mark <= LARGEST_MARK:
            found.append(gettext("The mark must be a number above 0, at most %(most)s.") % {"most": LARGEST_MARK})
        return found

    @staticmethod
    def _gapped(data: Data) -> Gapped:
        return take_apart(data["text"], {gap["id"] for gap in data["gaps"] if _kind(gap)}, once=True)

    def _gaps(self, data: Data) -> Iterator[tuple[str, Kind, Data, Fraction]]:
        """Yield each gap in the order of the text: its id, its kind, that kind's data, its mark."""
        by_id = {gap["id"]: gap for gap in data["gaps"]}
        for place in self._gapped(data).gaps:
            gap = by_id[place.id]
            kind, mark = _kind(gap), read_fraction(gap["mark"])
            if kind is not None:
                yield gap["id"], kind, gap["data"], mark if mark is not None and mark > 0 else Fraction(1)

    def arrange(self, data: Data, rng: Random, *, shuffle: bool) -> Arrangement:
        return {"gaps": {key: kind.arrange(part, rng, shuffle=shuffle) for key, kind, part, _mark in self._gaps(data)}}

    def rows(self, data: Data, arrangement: Arrangement | None, answer: Answer | None) -> list[ClozeGap]:
        given = chosen_from(self.accept(data, answer), "gaps")
        arranged = chosen_from(arrangement, "gaps")
        display = {gap["id"]: gap["display"] for gap in data["gaps"]}
        return [
            ClozeGap(
                id=key,
                before=place.before,
                kind=kind.name,
                display=display[key],
                rows=tuple(kind.rows(part, arranged.get(key), given.get(key))) if display[key] != "text" else (),
                answer=given.get(key),
                has_unit=part.get("unit_rule", "none") != "none",
                feedback=kind.feedback(part, given.get(key)),
                right=_right_words(kind, part),
            )
            for place, (key, kind, part, _mark) in zip(self._gapped(data).gaps, self._gaps(data), strict=True)
        ]

    def context(self, data: Data, answer: Answer | None) -> Mapping[str, Any]:
        return {"after": self._gapped(data).after}

    def parse(self, data: Data, post: Post, name: str) -> Answer | None:
        return self.accept(
            data,
            {"gaps": {key: kind.parse(part, post, f"{name}-{key}") for key, kind, part, _mark in self._gaps(data)}},
        )

    def fields(self, data: Data, answer: Answer | None, name: str) -> Mapping[str, list[str]]:
        given = chosen_from(self.accept(data, answer), "gaps")
        sent: dict[str, list[str]] = {}
        for key, kind, part, _mark in self._gaps(data):
            sent |= kind.fields(part, given.get(key), f"{name}-{key}")
        return sent

    def accept(self, data: Data, answer: Any) -> Answer | None:
        given = chosen_from(answer, "gaps")
        accepted = {key: kind.accept(part, given.get(key)) for key, kind, part, _mark in self._gaps(data)}
        gaps = {key: one for key, one in accepted.items() if one is not None}
        return {"gaps": gaps} if gaps else None

    def grade(self, data: Data, answer: Answer | None) -> Fraction:
        given = chosen_from(self.accept(data, answer), "gaps")
        earned, possible = Fraction(0), Fraction(0)
        for key, kind, part, mark in self._gaps(data):
            earned += mark * (kind.grade(part, given.get(key)) or 0)
            possible += mark
        return earned / possible if possible else Fraction(0)

    def right_answer(self, data: Data) -> Answer | None:
        right = {key: kind.right_answer(part) for key, kind, part, _mark in self._gaps(data)}
        return {"gaps": right} if right and None not in right.values() else None

    def samples(self, data: Data) -> list[Answer]:
        """Return the right answer, then for every gap each of its own answers, alone."""
        right = self.right_answer(data)
        alone = [{"gaps": {key: one}} for key, kind, part, _mark in self._gaps(data) for one in kind.samples(part)]
        return [right, *(one for one in alone if one != right)] if right else alone

    def feedback(self, data: Data, answer: Answer | None) -> Feedback:
        answer = self.accept(data, answer)
        share = self.grade(data, answer)
        outcome = Outcome.of(share) if answer else Outcome.NONE
        return Feedback(
            outcome, share, self._remarks(data, answer), data["general_feedback"], outcome_words(data, outcome)
        )

    def _remarks(self, data: Data, answer: Answer | None) -> tuple[Remark, ...]:
        given = chosen_from(answer, "gaps")
        return tuple(
            Remark(
                id=key,
                text=html.escape(kind.describe(part, given[key])),
                feedback="".join(one.feedback for one in kind.feedback(part, given[key]).remarks),
                share=kind.grade(part, given[key]) or Fraction(0),
            )
            for key, kind, part, _mark in self._gaps(data)
            if key in given
        )

    def describe(self, data: Data, answer: Answer | None) -> str:
        given = chosen_from(self.accept(data, answer), "gaps")
        if not given:
            return gettext("No answer")
        return "; ".join(
            f"{key}: {kind.describe(part, given[key]) if key in given else '–'}"
            for key, kind, part, _mark in self._gaps(data)
        )

    def options(self, data: Data) -> list[Option]:
        """Return the options of every gap, with the share of that gap."""
        return [
            Option(f"{key}: {option.text}", option.fraction, option.feedback)
            for key, kind, part, _mark in self._gaps(data)
            for option in kind.options(part)
        ]

    def guess(self, data: Data) -> Fraction | None:
        earned, possible = Fraction(0), Fraction(0)
        for _key, kind, part, mark in self._gaps(data):
            share = kind.guess(part)
            if share is None:
                return None
            earned += mark * share
            possible += mark
        return earned / possible if possible else Fraction(0)

    def responses(self, data: Data, answer: Answer | None) -> list[Response]:
        given = chosen_from(self.accept(data, answer), "gaps")
        return [
            Response(key, response.text, response.share)
            for key, kind, part, _mark in self._gaps(data)
            for response in kind.responses(part, given.get(key))
        ]


def _right_words(kind: Kind, part: Data) -> str:
    right = kind.right_answer(part)
    return kind.describe(part, right) if right else ""
