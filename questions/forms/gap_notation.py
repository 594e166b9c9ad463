"""What a gap accepts, as an editor writes it: one answer a line, `answer | mark in percent | feedback`.

    Palembang | 100 | Benar.          words, one answer, several answers
    3,14 ± 0,01 | 100                 a number with a tolerance; also ± 5 %, ×÷ 1,1, 10 … 20, *
    ! keep the order                  a line with an exclamation mark says how the gap works

In words and choices `\\|` is a bar. `read` and `write` are inverse to each other for what the kinds keep.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext_noop

from .. import markup
from ..kinds.fractions import read_fraction, read_percent, write_percent
from ..kinds.numbers import local_number, readings, write_number
from ..wording import gettext

BAR = re.compile(r"(?<!\\)\|")
PERCENT_AT_END = re.compile(r"(.*?)(?:\s+(-?[0-9.,]+)\s*%)?\s*\Z", re.DOTALL)
RANGE = re.compile(r"(.+?)(?:…|\.\.\.?)(.+)")
TOLERANCE = re.compile(r"(.+?)(±|\+/?-|×÷)(.+)")
UNIT = gettext_noop("! unit")
# How a gap works: the key of its data, the value, the words that say so.
SWITCHES: dict[str, list[tuple[str, Any, str]]] = {
    "shorttext": [
        ("case", True, gettext_noop("capital letters matter")),
        ("accents", True, gettext_noop("accents matter")),
    ],
    "single": [("shuffle", False, gettext_noop("keep the order"))],
    "multiple": [
        ("shuffle", False, gettext_noop("keep the order")),
        ("grading", "all", gettext_noop("all or nothing")),
    ],
    "numerical": [],
}


@dataclass
class Read:
    """What the lines of a gap say: the data of its kind, and what is wrong, each problem with its line."""

    data: dict[str, Any]
    problems: list[str] = field(default_factory=list)


class BadLine(ValueError):
    """A line that cannot be read; the message says why."""


def read(kind: str, source: str) -> Read:
    """Read the answers of a gap of a kind (shorttext, numerical, single, multiple)."""
    key = "options" if kind in ("single", "multiple") else "answers"
    found = Read({key: []})
    for number, line in enumerate(source.splitlines(), 1):
        line = line.strip()
        try:
            if line.startswith("!"):
                _read_switch(kind, line[1:].strip(), found.data)
            elif line:
                found.data[key].append(_read_answer(kind, line))
        except BadLine as problem:
            found.problems.append(gettext("Line %(line)s: %(problem)s") % {"line": number, "problem": problem})
    return found


def write(kind: str, data: dict[str, Any]) -> str:
    """Write the answers of a gap, so that `read` gives them back."""
    lines = [f"! {gettext(words)}" for key, value, words in SWITCHES[kind] if data.get(key) == value]
    if kind == "numerical":
        lines += _unit_lines(data)
    return "\n".join([*lines, *(_write_answer(kind, one) for one in data.get("options", data.get("answers", [])))])


# --- one answer ------------------------------------------------------------------------------------------------------


def _read_answer(kind: str, line: str) -> dict[str, Any]:
    parts = [part.strip().replace(r"\|", "|") for part in BAR.split(line, maxsplit=2)]
    text, percent, feedback = (*parts, "", "")[:3]
    text = text.removeprefix("\\") if text.startswith(r"\!") else text
    usual = "0" if kind in ("single", "multiple") else "100"
    share = read_percent(percent.rstrip("% ") or usual)
    if share is None or not -1 <= share <= 1:
        raise BadLine(gettext("the mark must be a number from -100 to 100; write `answer | mark | feedback`."))
    about = {"fraction": str(share), "feedback": markup.block(markup.from_source(feedback))}
    if kind == "numerical":
        return _read_number(text) | about
    return {"text": text if kind == "shorttext" else markup.inline(markup.from_source(text))} | about


def _write_answer(kind: str, answer: dict[str, Any]) -> str:
    if kind == "numerical":
        text = _write_number(answer)
    else:
        text = _on_a_line(answer["text"]) if kind in ("single", "multiple") else answer["text"]
    text = f"\\{text}" if text.startswith("!") else text
    share = read_fraction(answer["fraction"])
    parts = [text, answer["fraction"] if share is None else write_percent(share)]
    if answer["feedback"]:
        parts.append(_on_a_line(answer["feedback"]))
    return " | ".join(part.replace("|", r"\|") for part in parts)


def _on_a_line(text: str) -> str:
    """Return safe HTML as it is typed, on one line: words where they are enough, else the HTML."""
    source = markup.to_source(text)
    return " ".join(text.split("\n")) if "\n" in source else source


# --- numbers ---------------------------------------------------------------------------------------------------------


def _read_number(text: str) -> dict[str, str]:
    if text == "*":
        return {"value": "*"}
    if found := RANGE.fullmatch(text):
        return {"low": _number(found[1]), "high": _number(found[2])}
    if not (found := TOLERANCE.fullmatch(text)):
        return {"value": _number(text), "tolerance": "0", "tolerance_kind": "absolute"}
    value, sign, tolerance = _number(found[1]), found[2], found[3].strip()
    if sign == "×÷":
        factor = Fraction(_number(tolerance)) - 1
        return {"value": value, "tolerance": _exact(factor), "tolerance_kind": "geometric"}
    if tolerance.endswith("%"):
        part = Fraction(_number(tolerance.rstrip("% "))) / 100
        return {"value": value, "tolerance": _exact(part), "tolerance_kind": "relative"}
    return {"value": value, "tolerance": _number(tolerance), "tolerance_kind": "absolute"}


def _number(text: str) -> str:
    """Read one number; refuse what can be read in two ways."""
    numbers = readings(text.strip())
    if not numbers:
        raise BadLine(gettext("“%(text)s” is no number.") % {"text": text.strip()[:40]})
    if len(numbers) > 1:
        raise BadLine(
            gettext(
                "“%(text)s” can be read as %(one)s and as %(other)s: leave the thousands mark out, or add a decimal."
            )
            % {"text": text.strip()[:40], "one": _local(numbers[0]), "other": _local(numbers[1])}
        )
    return _exact(numbers[0])


def _exact(number: Fraction) -> str:
    written = write_number(number)
    if written is None:
        raise BadLine(gettext("The number is too long."))
    return written


def _local(number: Fraction) -> str:
    """Write a number for people so that it can be read in one way only: 1,0010 where 1,001 could be 1001."""
    written = local_number(number)
    return f"{written}0" if len(readings(written)) > 1 else written


def _write_number(answer: dict[str, Any]) -> str:
    def shown(text: str, change: Callable[[Fraction], Fraction] = lambda number: number) -> str:
        numbers = readings(text)
        return _local(change(numbers[0])) if numbers else text

    if "low" in answer:
        return f"{shown(answer['low'])} … {shown(answer['high'])}"
    value = shown(answer["value"])
    tolerance = answer.get("tolerance", "0")
    if answer["value"] == "*" or tolerance in ("", "0"):
        return value
    if answer["tolerance_kind"] == "relative":
        return f"{value} ± {shown(tolerance, lambda part: part * 100)} %"
    if answer["tolerance_kind"] == "geometric":
        return f"{value} ×÷ {shown(tolerance, lambda part: part + 1)}"
    return f"{value} ± {shown(tolerance)}"


# --- how a gap works -------------------------------------------------------------------------------------------------


def _is(words: str, said: str) -> bool:
    return said.casefold() in (words.casefold(), gettext(words).casefold())


def _read_switch(kind: str, said: str, data: dict[str, Any]) -> None:
    for key, value, words in SWITCHES[kind]:
        if _is(words, said):
            data[key] = value
            return
    if kind != "numerical" or not _read_unit(said, data):
        known: Iterable[str] = [f"! {gettext(words)}" for _key, _value, words in SWITCHES[kind]]
        if kind == "numerical":
            known = [f"{gettext(UNIT)} m = 1", f"! {gettext('unit required')} 10 %"]
        raise BadLine(gettext("after an exclamation mark this gap knows: %(known)s.") % {"known": "; ".join(known)})


def _read_unit(said: str, data: dict[str, Any]) -> bool:
    words, percent = PERCENT_AT_END.fullmatch(said).groups()
    for rule in ("required", "optional"):
        if _is(f"unit {rule}", words):
            penalty = read_percent(percent or "10")
            if penalty is None or not 0 <= penalty <= 1:
                raise BadLine(gettext("what a missing or wrong unit costs must be between 0 and 100 percent."))
            data |= {"unit_rule": rule, "unit_penalty": str(penalty)}
            return True
    for word in (mark.removeprefix("! ") for mark in (UNIT, gettext(UNIT))):
        if said.casefold().startswith(f"{word.casefold()} ") and "=" in said:
            name, _mark, multiplier = said[len(word) :].strip().rpartition("=")
            unit = {"name": name.strip(), "multiplier": _number(multiplier)}
            data.setdefault("units", []).append(unit)
            data.setdefault("unit_rule", "optional")
            return True
    return False


def _unit_lines(data: dict[str, Any]) -> list[str]:
    rule = data.get("unit_rule", "none")
    if rule not in ("required", "optional"):
        return []
    penalty = read_fraction(data.get("unit_penalty")) or Fraction(0)
    said = gettext("unit required") if rule == "required" else gettext("unit optional")
    lines = [f"! {said} {write_percent(penalty)} %"]
    for unit in data["units"]:
        numbers = readings(unit["multiplier"])
        lines.append(f"{gettext(UNIT)} {unit['name']} = {_local(numbers[0]) if numbers else unit['multiplier']}")
    return lines
