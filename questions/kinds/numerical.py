"""Numerical: a number, perhaps with a unit; the first answer that fits counts.

Data: `"answers": [{"value": "3.14" or "*", "tolerance": "0.01", "tolerance_kind", "fraction", "feedback"} or {"low",
"high", "fraction", "feedback"}]`, `"units": [{"name", "multiplier"}]`, `"unit_rule"`, `"unit_penalty"`. Answer:
`{"text": "3,14", "unit": "m"}`. As in Moodle a number in a unit is the number of the answers times the multiplier of
the unit: with km 0.001, 1.5 km is 1500. Tolerances as in Moodle, and exact: absolute (its "nominal") adds and
subtracts, relative adds and subtracts a part of the value, geometric divides and multiplies by one more than it.
"""

import html
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain, pairwise
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
    common,
    one_line,
    outcome_words,
    plain_of,
    text_of,
)  # fmt: skip
from .fractions import read_fraction, write_percent
from .numbers import LONGEST, NUMBER, between, local_number, readings, tidy, values_of, write_number
from .typed import TypedRow, never_reached, share_of, weight_of, weight_problems

TOLERANCES = ("absolute", "relative", "geometric")
UNIT_RULES = ("none", "optional", "required")
USUAL_UNIT_PENALTY = Fraction(1, 10)
MOST_UNITS = 50
LONGEST_TEXT = 200
LONGEST_UNIT = 40
BEYOND = Fraction(10) ** 250  # farther than any number that can be typed


@dataclass(frozen=True)
class Fit:
    """What a reading of an answer comes to; `number` is that of the accepted answer, from 0."""

    number: int | None
    share: Fraction
    is_unit_right: bool = True


NO_FIT = Fit(None, Fraction(0))


class NumericalKind(Kind):
    """A box for a number, one for the unit where there are units."""

    name = "numerical"
    template = "questions/numerical.html"

    @property
    def label(self) -> str:
        return gettext("Number")

    # --- what an editor wrote ---

    def clean(self, data: Any) -> Data:
        data = data if isinstance(data, dict) else {}
        rule = data.get("unit_rule", "none")
        return {
            **common(data),
            "answers": [_clean_answer(answer) for answer in _dicts(data.get("answers"))],
            "units": [
                {"name": plain_of(unit, "name"), "multiplier": _clean_number(unit.get("multiplier", "1"))}
                for unit in _dicts(data.get("units"))
            ],
            "unit_rule": str(rule)[:20],
            "unit_penalty": weight_of({"fraction": data.get("unit_penalty", USUAL_UNIT_PENALTY)}),
        }

    def problems(self, data: Data) -> list[str]:
        answers = data["answers"]
        found = self.problems_of_common(data) + weight_problems(answers) + _unit_problems(data)
        for number, answer in enumerate(answers, 1):
            problem = _answer_problem(answer)
            if problem:
                found.append(problem % {"number": number})
        if not found:
            found += [never_reached(number + 1) for number in range(len(answers)) if _witness(data, number) is None]
        if not found and self.right_answer(data) is None:
            found.append(gettext("No number that can be typed earns 100 percent."))
        return found

    def arrange(self, data: Data, rng: Random, *, shuffle: bool) -> Arrangement:
        return {}

    # --- what a learner gives ---

    def rows(self, data: Data, arrangement: Arrangement | None, answer: Answer | None) -> list[TypedRow]:
        answer = self.accept(data, answer)
        fit = self._fit(data, answer)
        typed = answer or {}
        return [
            TypedRow(
                text=typed.get("text", ""),
                unit=typed.get("unit", ""),
                share=fit.share,
                feedback=self._words_about(data, fit),
                warning=self._warning(data, answer),
            )
        ]

    @staticmethod
    def _words_about(data: Data, fit: Fit) -> str:
        words = data["answers"][fit.number]["feedback"] if fit.number is not None else ""
        return words if fit.is_unit_right else f"{words}<p>{gettext('The unit is missing or not right.')}</p>"

    @staticmethod
    def _warning(data: Data, answer: Answer | None) -> str:
        if not answer or list(_read(data, answer)):
            return ""
        return gettext("This cannot be read as a number. Write for example 1500, 3.14 or 1.5e3.")

    def context(self, data: Data, answer: Answer | None) -> Mapping[str, Any]:
        return {
            "has_unit": data["unit_rule"] != "none",
            "is_unit_required": data["unit_rule"] == "required",
            "longest": LONGEST_TEXT,
            "longest_unit": LONGEST_UNIT,
        }

    def parse(self, data: Data, post: Post, name: str) -> Answer | None:
        text, unit = post.getlist(name), post.getlist(f"{name}-unit")
        given = {"text": text[0] if len(text) == 1 else "", "unit": unit[0] if len(unit) == 1 else ""}
        return self.accept(data, given)

    def fields(self, data: Data, answer: Answer | None, name: str) -> Mapping[str, list[str]]:
        accepted = self.accept(data, answer) or {}
        names = {"text": name, "unit": f"{name}-unit"}
        return {names[key]: [value] for key, value in accepted.items()}

    def accept(self, data: Data, answer: Any) -> Answer | None:
        """Keep what was typed on one line; a unit counts only where the question has units, and only with a number."""
        given = answer if isinstance(answer, dict) else {}
        text, unit = given.get("text"), given.get("unit")
        text = one_line(text[:LONGEST_TEXT]) if isinstance(text, str) else ""
        unit = one_line(unit[:LONGEST_UNIT]) if isinstance(unit, str) and data["unit_rule"] != "none" else ""
        if not text:
            return None
        return {"text": text, "unit": unit} if unit else {"text": text}

    # --- what it is worth ---

    def _fit(self, data: Data, answer: Answer | None) -> Fit:
        """Return the best that any reading of an answer comes to."""
        accepted = self.accept(data, answer)
        if not accepted:
            return NO_FIT
        fits = [_fit_of(data, number, unit) for number, unit in _read(data, accepted)]
        return max(fits, key=lambda fit: (fit.share, fit.number is not None), default=NO_FIT)

    def grade(self, data: Data, answer: Answer | None) -> Fraction:
        return self._fit(data, answer).share

    def _example(self, data: Data, number: int) -> Answer | None:
        """Return an answer that reaches an accepted one, in the first unit where one is required."""
        value = _witness(data, number)
        return self._written(data, value) if value is not None else None

    def _written(self, data: Data, value: Fraction) -> Answer | None:
        if data["unit_rule"] != "required":
            return self.accept(data, {"text": local_number(value)})
        units = sorted(data["units"], key=lambda unit: _number(unit["multiplier"]) != 1)
        for unit in units:
            written = write_number(value * (_number(unit["multiplier"]) or 1))
            if written is not None:
                return self.accept(data, {"text": local_number(readings(written)[0]), "unit": unit["name"]})
        return None

    def right_answer(self, data: Data) -> Answer | None:
        right = [number for number, answer in enumerate(data["answers"]) if share_of(answer) == 1]
        examples = (self._example(data, number) for number in right)
        return next((example for example in examples if example and self.grade(data, example) == 1), None)

    def samples(self, data: Data) -> list[Answer]:
        """Return for each accepted answer its number and the edges of what is accepted."""
        found: dict[str, Answer] = {}
        for number, answer in enumerate(data["answers"]):
            edges = [edge for edge in _interval(answer) or () if abs(edge) < BEYOND and write_number(edge) is not None]
            examples = [self._example(data, number), *(self._written(data, edge) for edge in edges)]
            found |= {self.describe(data, example): example for example in examples if example}
        return list(found.values())

    def feedback(self, data: Data, answer: Answer | None) -> Feedback:
        answer = self.accept(data, answer)
        fit = self._fit(data, answer)
        remarks: tuple[Remark, ...] = ()
        if fit.number is not None:
            known = html.escape(_words(data["answers"][fit.number]))
            remarks = (Remark(str(fit.number), known, self._words_about(data, fit), fit.share),)
        outcome = Outcome.of(fit.share) if answer else Outcome.NONE
        return Feedback(outcome, fit.share, remarks, data["general_feedback"], outcome_words(data, outcome))

    def describe(self, data: Data, answer: Answer | None) -> str:
        accepted = self.accept(data, answer)
        return " ".join(accepted.values()) if accepted else gettext("No answer")

    def options(self, data: Data) -> list[Option]:
        return [
            Option(html.escape(_words(answer)), answer["fraction"], answer["feedback"]) for answer in data["answers"]
        ]

    def accepted(self, data: Data) -> list[str]:
        said = []
        for answer in data["answers"]:
            interval = _interval(answer)
            if answer.get("value") == "*" or interval is None:
                continue
            low, high = (local_number(edge) for edge in interval)
            share = write_percent(share_of(answer))
            words = gettext("%(low)s to %(high)s: %(share)s percent")
            if low == high:
                words = gettext("exactly %(low)s: %(share)s percent")
            said.append(words % {"low": low, "high": high, "share": share})
        if data["unit_rule"] == "required":
            penalty = write_percent(share_of({"fraction": data["unit_penalty"]}))
            said.append(gettext("A missing or wrong unit costs %(penalty)s percent.") % {"penalty": penalty})
        return said


# --- the data --------------------------------------------------------------------------------------------------------


def _dicts(given: Any) -> list[Data]:
    return [item for item in given if isinstance(item, dict)] if isinstance(given, list) else []


def _clean_number(value: Any) -> str:
    """Return a number in its one spelling; what is unreadable stays, for `problems` to name."""
    text = tidy(one_line(str(value)))[: 2 * LONGEST].strip() if not isinstance(value, bool) else ""
    meant = readings(text)
    return (write_number(meant[0]) if meant else None) or text


def _clean_answer(answer: Data) -> Data:
    about = {"fraction": weight_of(answer), "feedback": text_of(answer, "feedback")}
    if "low" in answer or "high" in answer:
        return {"low": _clean_number(answer.get("low", "")), "high": _clean_number(answer.get("high", "")), **about}
    return {
        "value": _clean_number(answer.get("value", "")),
        "tolerance": _clean_number(answer.get("tolerance", "0")),
        "tolerance_kind": str(answer.get("tolerance_kind", "absolute"))[:20],
        **about,
    }


def _number(text: str) -> Fraction | None:
    """Return a number of cleaned data."""
    return next(iter(readings(text)), None)


def _answer_problem(answer: Data) -> str:
    if "low" in answer:
        low, high = _number(answer["low"]), _number(answer["high"])
        if low is None or high is None:
            return gettext("The range of answer %(number)s is not made of two numbers.")
        return gettext("The range of answer %(number)s ends before it begins.") if low > high else ""
    tolerance = _number(answer["tolerance"])
    if answer["value"] != "*" and _number(answer["value"]) is None:
        return gettext("Answer %(number)s is no number. Write for example 1500, 3.14 or 1.5e3, or * for any number.")
    if tolerance is None or tolerance < 0:
        return gettext("The tolerance of answer %(number)s must be a number, 0 or more.")
    if answer["tolerance_kind"] not in TOLERANCES:
        return gettext("The tolerance of answer %(number)s is of an unknown kind.")
    return ""


def _unit_problems(data: Data) -> list[str]:
    found = []
    if data["unit_rule"] not in UNIT_RULES:
        found.append(gettext("Unknown rule for units: “%(rule)s”.") % {"rule": data["unit_rule"]})
    elif data["unit_rule"] != "none" and not data["units"]:
        found.append(gettext("Name at least one unit, or let units not matter."))
    if len(data["units"]) > MOST_UNITS:
        found.append(gettext("More than %(most)s units are too many.") % {"most": MOST_UNITS})
    names = [_unit_key(unit["name"]) for unit in data["units"]]
    if not all(names):
        found.append(gettext("A unit has no name."))
    elif len(set(names)) < len(names):
        found.append(gettext("Two units have the same name."))
    for unit in data["units"]:
        name, multiplier = unit["name"], _number(unit["multiplier"])
        if len(name) > LONGEST_UNIT or NUMBER.match(name):
            found.append(
                gettext("“%(name)s” cannot be a unit: it is too long or begins with a number.") % {"name": name}
            )
        if multiplier is None or multiplier <= 0:
            found.append(gettext("The multiplier of the unit “%(name)s” must be a number above 0.") % {"name": name})
    penalty = read_fraction(data["unit_penalty"])
    if penalty is None or not 0 <= penalty <= 1:
        found.append(gettext("The penalty for the unit must be between 0 and 100 percent."))
    return found


def _words(answer: Data) -> str:
    """Return what an accepted answer says, for tools."""
    if "low" in answer:
        return f"{answer['low']} … {answer['high']}"
    if answer["value"] == "*" or _number(answer["tolerance"]) == 0:
        return answer["value"]
    sign = {"relative": "± ×", "geometric": "× ÷"}.get(answer["tolerance_kind"], "±")
    return f"{answer['value']} {sign}{answer['tolerance']}"


# --- which numbers fit -----------------------------------------------------------------------------------------------


def _interval(answer: Data) -> tuple[Fraction, Fraction] | None:
    """Return the smallest and the largest number that fit; None for an answer that cannot be read."""
    if "low" in answer:
        low, high = _number(answer["low"]), _number(answer["high"])
        return (low, high) if low is not None and high is not None else None
    if answer["value"] == "*":
        return -BEYOND, BEYOND
    value, tolerance = _number(answer["value"]), _number(answer["tolerance"])
    if value is None or tolerance is None:
        return None
    if answer["tolerance_kind"] == "geometric":
        edges = (value / (1 + abs(tolerance)), value * (1 + abs(tolerance)))
        return min(edges), max(edges)
    margin = abs(tolerance) * (abs(value) if answer["tolerance_kind"] == "relative" else 1)
    return value - margin, value + margin


def _fits(answer: Data, number: Fraction) -> bool:
    interval = _interval(answer)
    return interval is not None and interval[0] <= number <= interval[1]


def _witness(data: Data, number: int) -> Fraction | None:
    """Return a number that can be typed and that reaches an accepted answer past those before it; None: none does."""
    answer, before = data["answers"][number], data["answers"][:number]
    interval = _interval(answer)
    if interval is None:
        return None
    low, high = interval
    edges = {edge for other in before for edge in _interval(other) or () if low < edge < high}
    marks = sorted({low, high} | edges)
    gaps = (between(one, two) for one, two in pairwise(marks))
    own = _number(answer.get("value", "")) if answer.get("value") != "*" else None
    beside = (mark + step for mark in marks for step in (1, -1))  # where a gap has no end
    for candidate in chain([own], gaps, marks, beside):
        if candidate is None or write_number(candidate) is None or not low <= candidate <= high:
            continue
        if not any(_fits(other, candidate) for other in before):
            return candidate
    return None


def _fit_of(data: Data, number: Fraction, unit: str | None) -> Fit:
    """Grade one reading; `unit` None: none was given."""
    known = _unit_named(data, unit) if unit else None
    is_needed = data["unit_rule"] == "required"
    based = number / (_number(known["multiplier"]) or 1) if known else number
    is_right = known is not None or (unit is None and not is_needed)
    for position, answer in enumerate(data["answers"]):
        if _fits(answer, based):
            return Fit(position, _penalised(data, share_of(answer), is_right), is_right)
        if known and is_needed and _fits(answer, number):
            return Fit(position, _penalised(data, share_of(answer), False), False)
    return NO_FIT


def _penalised(data: Data, share: Fraction, is_unit_right: bool) -> Fraction:
    if is_unit_right or share <= 0:
        return share
    return max(Fraction(0), share - share_of({"fraction": data["unit_penalty"]}))


# --- reading what was typed ------------------------------------------------------------------------------------------


def _read(data: Data, answer: Answer) -> Iterator[tuple[Fraction, str | None]]:
    """Yield what was typed in every way it can be read: a number and its unit, written before, after or beside it."""
    text, beside = tidy(answer["text"]), answer.get("unit")
    if len(text) > LONGEST + LONGEST_UNIT:
        return
    if data["unit_rule"] == "none":
        yield from ((number, None) for number in readings(text))
        return
    before = next((unit for unit in data["units"] if text.casefold().startswith(unit["name"].casefold())), None)
    if before is not None:
        text = text[len(before["name"]) :].lstrip(". ")
    found = NUMBER.match(text)
    if not found:
        return
    after = text[found.end() :].strip()
    named = [name for name in (before and before["name"], after, beside) if name]
    unit = named[0] if len({_unit_key(name) for name in named}) == 1 else " ".join(named) or None
    yield from ((number, unit) for number in values_of(found))


def _unit_key(name: str) -> str:
    """Return a unit as it is compared: `m²` is `m2`, spaces and a final point do not matter."""
    return unicodedata.normalize("NFKC", name).replace(" ", "").rstrip(".")


def _unit_named(data: Data, name: str) -> Data | None:
    """Return the unit with a name; capital letters matter only where units differ by nothing else (mW, MW)."""
    key = _unit_key(name)
    exact = [unit for unit in data["units"] if _unit_key(unit["name"]) == key]
    alike = [unit for unit in data["units"] if _unit_key(unit["name"]).casefold() == key.casefold()]
    return exact[0] if exact else alike[0] if len(alike) == 1 else None
