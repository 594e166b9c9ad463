"""Words and numbers that are typed: what the rules compare a response with. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from typing import Any
from xml.etree.ElementTree import Element

from ...kinds.numbers import readings, write_number
from ...wording import gettext
from .item import GAP, Cannot, Item, Read, Sample, best_of, is_unmarked, only, share_of, stem
from .processing import Declaration, read_number, read_share

COMPARISONS = {"equal", "match", "stringMatch", "gte", "lte", "gt", "lt"}
ENDS = {"gte", "lte"}


@dataclass(frozen=True)
class Branch:
    """What a condition compares one response with, and the marks (None: ask the rules) and feedback it gives."""

    tests: tuple[Element, ...]
    is_otherwise: bool
    score: Fraction | None
    feedback: tuple[str, ...]


def branches(item: Item, response: str) -> list[Branch]:
    """Return the conditions that compare one response with a value, in order, each with what is done otherwise."""
    if item.rules.processing is None:
        return []
    found = []
    for condition in item.rules.processing.iter("responseCondition"):
        parts = [_branch(part, item.rules.score, response) for part in condition]
        if any(part.tests for part in parts):
            is_simple = all(_is_simple(part) for part in condition)
            found += [part if is_simple else replace(part, score=None) for part in parts]
    return [part for part in found if part.tests or part.is_otherwise]


def _branch(part: Element, score: str, response: str) -> Branch:
    is_otherwise = part.tag == "responseElse"
    marks, feedback = None, []
    for rule in list(part) if is_otherwise else list(part)[1:]:
        literal = _literal(rule)
        if rule.get("identifier") == score and literal is not None:
            marks = read_share(literal.text)
        elif literal is not None and literal.get("baseType") == "identifier":
            feedback.append((literal.text or "").strip())
    tests = () if is_otherwise or not len(part) else tuple(_tests(part[0], response))
    return Branch(tests, is_otherwise, marks, tuple(feedback))


def _is_simple(part: Element) -> bool:
    """Say whether a branch asks one thing only, so that the marks that it names are those of that thing."""
    if part.tag == "responseElse" or not len(part):
        return True
    test = part[0]
    return test.tag in COMPARISONS or (test.tag == "and" and {each.tag for each in test} == ENDS and len(test) == 2)


def _tests(test: Element, response: str) -> Iterator[Element]:
    """Yield the comparisons with a response; both ends of a range come together."""
    ends = [part for part in test if part.tag in ENDS and _compares(part, response)]
    if test.tag == "and" and {part.tag for part in ends} == ENDS:
        yield test
        return
    if _compares(test, response):
        yield test
    for part in test:
        yield from _tests(part, response)


def _compares(test: Element, response: str) -> bool:
    is_named = any(part.tag == "variable" and part.get("identifier") == response for part in test)
    return test.tag in COMPARISONS and is_named and len(test) == 2


def _literal(rule: Element) -> Element | None:
    """Return the value that a rule sets, or adds to the marks so far."""
    if rule.tag != "setOutcomeValue" or len(rule) != 1:
        return None
    value = rule[0]
    if value.tag in {"sum", "multiple"}:
        parts = [part for part in value if part.tag == "baseValue"]
        others = [part for part in value if part.tag != "baseValue"]
        is_added = all(part.tag == "variable" and part.get("identifier") == rule.get("identifier") for part in others)
        return parts[0] if len(parts) == 1 and is_added else None
    return value if value.tag == "baseValue" else None


def _against(test: Element, known: Declaration) -> list[str]:
    """Return the values that a comparison compares with."""
    if any(part.tag == "correct" for part in test):
        return known.correct
    return [(part.text or "").strip() for part in test if part.tag == "baseValue"]


def text_entry(item: Item) -> Read:
    """Read a field for words, or for a number where the response is one."""
    interaction, known = only(item)
    if known.base_type in {"float", "integer"}:
        return _numerical(item)
    if is_unmarked(known, item):
        raise Cannot(gettext("Nothing says which answer is right. Mark one in the system that it comes from."))
    texts = [entry.key for entry in known.marks.entries] if known.marks else []
    texts += [] if texts else known.correct
    feedback: dict[str, tuple[str, ...]] = {}
    parts: set[str] = set()
    for branch in branches(item, known.identifier):
        for test in branch.tests:
            for text in _against(test, known):
                feedback.setdefault(text, branch.feedback)
                texts.append(text)
                parts |= {text} if test.get("substring") in {"true", "1"} else set()
    texts = list(dict.fromkeys(text for text in texts if text))
    marks = {text: item.marks({known.identifier: text}) for text in texts}
    best = best_of(list(marks.values()))
    hints = interaction.get("class", "").split()
    turned = {text.swapcase(): mark for text, mark in marks.items() if text.swapcase() not in marks}
    minds_case = "case-sensitive" in hints or any(
        item.marks({known.identifier: other}) != mark for other, mark in turned.items()
    )
    answers = [
        {"text": _pattern(text, text in parts), "fraction": share_of(mark, best), "feedback": ""}
        for text, mark in marks.items()
    ]
    samples = [Sample({known.identifier: text}, {"text": text}, (number,)) for number, text in enumerate(texts)]
    other = "\u2205" * (max(map(len, texts), default=0) + 1)  # no answer, and no part of one
    rest = item.marks({known.identifier: other})
    otherwise = [branch.feedback for branch in branches(item, known.identifier) if branch.is_otherwise]
    if rest or any(otherwise):
        answers.append({"text": "*", "fraction": share_of(rest, best), "feedback": ""})
    samples.append(Sample({known.identifier: other}, {"text": other}, (len(texts),) if rest or any(otherwise) else ()))
    names = [next(iter(feedback.get(text, ())), "") for text in texts]
    names += [next((name for part in otherwise for name in part), "")] if len(answers) > len(texts) else []
    minds_accents = "ignore-accents" not in hints
    data = {"text": stem(item, GAP), "case": minds_case, "accents": minds_accents, "answers": answers}
    return Read("shorttext", data, samples, best, answers, names)


def _pattern(text: str, is_part: bool) -> str:
    text = text.replace("*", "\\*")
    return f"*{text}*" if is_part else text


def _numerical(item: Item) -> Read:
    _interaction, known = only(item)
    answers, names = _numbers_accepted(item, known)
    if not answers:
        raise Cannot(gettext("Nothing says which number is right. Give it a right answer."))
    read = Read("numerical", {}, remarks=answers, names=names)
    raw = [answer.pop("marks") for answer in answers]
    probes = _probes(answers)
    marks = [
        mark if mark is not None else item.marks({known.identifier: probe})
        for mark, probe in zip(raw, probes, strict=True)
    ]
    highest = best_of(marks)
    for answer, mark in zip(answers, marks, strict=True):
        answer["fraction"] = share_of(mark, highest)
    read.best = best_of([item.marks({known.identifier: probe}) for probe in probes])
    read.samples = [Sample({known.identifier: probe}, None, (number,)) for number, probe in enumerate(probes)]
    read.samples += _more_numbers(item, known, probes)
    units = {"units": [], "unit_rule": "none"}
    read.data = {"text": stem(item, GAP), "answers": answers, **units}
    return read


def _more_numbers(item: Item, known: Declaration, probes: list[Fraction]) -> list[Sample]:
    """Return the numbers that the rules name, those between and one beyond: our kind must mark them alike."""
    tests = [test for branch in branches(item, known.identifier) for test in branch.tests]
    texts = [value.text for test in tests for value in test.iter("baseValue")] + known.correct
    named = sorted({number for text in texts if (number := read_number(text)) is not None})[:50]
    points = [*named, *((first + second) / 2 for first, second in pairwise(named)), _far([*probes, *named])]
    written = [(point, write_number(point)) for point in points]
    # What can be read in two ways (1.001, with a point for thousands) earns the better of both with us.
    plain = [(point, text) for point, text in written if text and len(readings(text)) == 1]
    return [Sample({known.identifier: point}, {"text": text}) for point, text in plain]


def _numbers_accepted(item: Item, known: Declaration) -> tuple[list[dict[str, Any]], list[str]]:
    """Return the numbers and ranges that the rules name, or the mapping, or the right answer."""
    answers, names = [], []
    for branch in branches(item, known.identifier):
        accepted = [one for test in branch.tests for one in _accepted(test, known)]
        if branch.is_otherwise and (branch.score is not None or branch.feedback):
            accepted = [{"value": "*"}]
        for one in accepted:
            answers.append({**one, "feedback": "", "marks": branch.score})
            names.append(next(iter(branch.feedback), ""))
    if not answers:
        keys = [entry.key for entry in known.marks.entries] if known.marks else known.correct
        numbers = [number for key in keys if (number := read_number(key)) is not None]
        answers = [{"value": _exactly(number), "tolerance": "0", "feedback": "", "marks": None} for number in numbers]
        names = [""] * len(answers)
    return answers, names


def _accepted(test: Element, known: Declaration) -> list[dict[str, str]]:
    if test.tag == "and":
        ends = {part.tag: read_number(_against(part, known)[0]) for part in test if part.tag in ENDS}
        low, high = ends.get("gte"), ends.get("lte")
        return [{"low": _exactly(low), "high": _exactly(high)}] if low is not None and high is not None else []
    numbers = [number for text in _against(test, known) if (number := read_number(text)) is not None]
    mode, tolerances = test.get("toleranceMode", "exact"), [read_number(t) for t in test.get("tolerance", "").split()]
    if test.tag not in {"equal", "match"}:
        return []
    if test.tag == "match" or mode == "exact" or not tolerances or tolerances[0] is None:
        return [{"value": _exactly(number), "tolerance": "0"} for number in numbers]
    if tolerances[0] != tolerances[-1]:
        unit = [abs(number) / 100 if mode == "relative" else Fraction(1) for number in numbers]
        return [
            {
                "low": _exactly(number - (tolerances[0] or 0) * one),
                "high": _exactly(number + (tolerances[-1] or 0) * one),
            }
            for number, one in zip(numbers, unit, strict=True)
        ]
    tolerance = tolerances[0] / 100 if mode == "relative" else tolerances[0]
    return [{"value": _exactly(number), "tolerance": _exactly(tolerance), "tolerance_kind": mode} for number in numbers]


def _exactly(number: Fraction) -> str:
    return write_number(number) or str(number)


def _probes(answers: list[dict[str, Any]]) -> list[Fraction]:
    """Return for each answer a number that it takes and none before it, where there is one."""
    ranges = [_range(answer) for answer in answers]
    ends = sorted(end for found in ranges if found for end in found)
    points = ends + [(first + second) / 2 for first, second in pairwise(ends)]
    probes = []
    for number, found in enumerate(ranges):
        if found is None:
            probes.append(_far(ends))
            continue
        low, high = found
        own = [(low + high) / 2, *(point for point in points if low <= point <= high)]
        earlier = [before for before in ranges[:number] if before]
        free = (point for point in own if not any(first <= point <= last for first, last in earlier))
        probes.append(next(free, own[0]))
    return probes


def _range(answer: dict[str, Any]) -> tuple[Fraction, Fraction] | None:
    """Return the least and the greatest number that an answer takes; None for any number."""
    if "low" in answer:
        return Fraction(answer["low"]), Fraction(answer["high"])
    if answer["value"] == "*":
        return None
    value, tolerance = Fraction(answer["value"]), Fraction(answer["tolerance"])
    around = abs(value) * tolerance if answer.get("tolerance_kind") == "relative" else tolerance
    return value - around, value + around


def _far(ends: list[Fraction]) -> Fraction:
    return max((abs(end) for end in ends), default=Fraction(0)) * 1000 + 987_654_321


def slider(item: Item) -> Read:
    """Read a slider as a field for the number."""
    read = _numerical(item)
    item.notices.append(gettext("The slider becomes a field for the number."))
    return read
