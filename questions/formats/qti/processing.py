"""What an item's own rules say of a response: its response processing is carried out, not guessed. Pure and exact.

Response processing is a small language (IMS QTI 2.1, Assessment Test, Section and Item Information Model, chapters 8
"Response Processing" and 15 "Expressions"). Carrying it out for the responses that matter tells what each earns and
which feedback it shows, whatever way the exporting system wrote it down. What we cannot carry out raises `NotKnown`.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any
from xml.etree.ElementTree import Element

NUMBER = re.compile(r"[+-]?[0-9]{1,20}(?:\.[0-9]{0,20})?(?:[eE][+-]?[0-9]{1,2})?|[+-]?\.[0-9]{1,20}")
MATCH, MAP, MAP_POINT = "match_correct", "map_response", "map_response_point"
# The last part of a template's address; CC2 are the templates of the profile for Common Cartridge.
TEMPLATES = {
    "match_correct": MATCH, "cc2_match": MATCH, "cc2_match_basic": MATCH,
    "map_response": MAP, "cc2_map_response": MAP,
    "map_response_point": MAP_POINT,
}  # fmt: skip

Value = Any  # None, str, bool, Fraction, a pair as a tuple, or a list of these


class NotKnown(Exception):
    """The rules use something that we cannot carry out; the message is its name."""


def read_number(text: str | None) -> Fraction | None:
    """Read a number of the file exactly; None for what is none."""
    text = (text or "").strip()
    return Fraction(text) if NUMBER.fullmatch(text) else None


def read_share(text: str | None) -> Fraction | None:
    """Read a number of marks: `0.3333333333` means a third, as no file can write it to its end."""
    exact = read_number(text)
    if exact is None:
        return None
    decimals = len((text or "").partition(".")[2].strip())
    if decimals < 4:
        return exact
    simple = exact.limit_denominator(40 if decimals < 10 else 100_000)
    return simple if abs(simple - exact) < Fraction(1, 10**decimals) else exact


@dataclass(frozen=True)
class Entry:
    key: str
    value: Fraction
    is_case_sensitive: bool


@dataclass(frozen=True)
class Marks:
    """A mapping of responses to marks."""

    entries: tuple[Entry, ...]
    default: Fraction = Fraction(0)
    lower: Fraction | None = None
    upper: Fraction | None = None


@dataclass
class Declaration:
    """A variable of the item: a response, or an outcome."""

    identifier: str
    cardinality: str
    base_type: str
    correct: list[str] = field(default_factory=list)
    default: list[str] = field(default_factory=list)
    marks: Marks | None = None
    maximum: Fraction | None = None

    def value_of(self, texts: list[str]) -> Value:
        """Return the value that texts of the file stand for."""
        values = [cast(text, self.base_type) for text in texts]
        if self.cardinality in {"multiple", "ordered"}:
            return values or None
        return values[0] if values else None


def cast(text: str, base_type: str) -> Value:
    """Return one value of the file in its type."""
    text = text.strip()
    if base_type in {"float", "integer"}:
        return read_number(text)
    if base_type == "boolean":
        return text in {"true", "1"}
    if base_type == "directedPair":
        return tuple(text.split())
    if base_type == "pair":
        return tuple(sorted(text.split()))
    return text


def declaration(element: Element) -> Declaration:
    """Read a response or outcome declaration."""
    parts = {child.tag: child for child in element}
    return Declaration(
        identifier=element.get("identifier", ""),
        cardinality=element.get("cardinality", "single"),
        base_type=element.get("baseType", ""),
        correct=_values(parts.get("correctResponse")),
        default=_values(parts.get("defaultValue")),
        marks=_marks(parts.get("mapping")),
        maximum=read_share(element.get("normalMaximum")),
    )


def _values(element: Element | None) -> list[str]:
    return [] if element is None else ["".join(value.itertext()).strip() for value in element]


def _marks(element: Element | None) -> Marks | None:
    if element is None:
        return None
    entries = tuple(
        Entry(entry.get("mapKey", ""), value, entry.get("caseSensitive", "true") not in {"false", "0"})
        for entry in element
        if (value := read_share(entry.get("mappedValue"))) is not None
    )
    default = read_share(element.get("defaultValue")) or Fraction(0)
    return Marks(entries, default, read_share(element.get("lowerBound")), read_share(element.get("upperBound")))


@dataclass
class Rules:
    """The variables of an item and what is done with them. `run` is carried out once for each response to be judged."""

    responses: dict[str, Declaration]
    outcomes: dict[str, Declaration]
    processing: Element | None = None

    @property
    def template(self) -> str:
        """The standard template that is used; empty for none. Raises NotKnown."""
        if self.processing is None or len(self.processing):
            return ""
        address = self.processing.get("template") or self.processing.get("templateLocation") or ""
        name = address.rstrip("/").rpartition("/")[2].removesuffix(".xml").lower()
        if address and name not in TEMPLATES:
            raise NotKnown(name or address)
        return TEMPLATES.get(name, "")

    @property
    def has_rules(self) -> bool:
        return self.processing is not None and (len(self.processing) > 0 or bool(self.template))

    @property
    def score(self) -> str:
        """The outcome that holds the marks."""
        numbers = [name for name, known in self.outcomes.items() if known.base_type in {"float", "integer"}]
        return "SCORE" if "SCORE" in self.outcomes else next((n for n in numbers if n != "MAXSCORE"), "SCORE")

    def run(self, given: Mapping[str, Value]) -> dict[str, Value]:
        """Return the outcomes after these responses. Raises NotKnown."""
        outcomes: dict[str, Value] = {name: _first_value(known) for name, known in self.outcomes.items()}
        run = _Run(self, given, outcomes)
        if self.template:
            outcomes[self.score] = run.by_template(self.template)
        elif self.has_rules and self.processing is not None:
            run.rules(self.processing)
        else:
            outcomes[self.score] = sum((run.usual(name) for name in self.responses), Fraction(0))
        return outcomes

    def marks(self, given: Mapping[str, Value]) -> Fraction:
        """Return what these responses earn. Raises NotKnown."""
        return _number(self.run(given).get(self.score)) or Fraction(0)


def _first_value(known: Declaration) -> Value:
    """Return what an outcome is before any rule; numbers of outcomes are marks."""
    if known.default and known.base_type in {"float", "integer"} and known.cardinality == "single":
        return read_share(known.default[0])
    if known.default:
        return known.value_of(known.default)
    return Fraction(0) if known.cardinality == "single" and known.base_type in {"float", "integer"} else None


class _Stop(Exception):
    pass


@dataclass
class _Run:
    known: Rules
    given: Mapping[str, Value]
    outcomes: dict[str, Value]
    sets_outcome: bool = False  # what is set is marks; what is compared is exact

    # --- the templates, and what is meant where there are no rules ---

    def by_template(self, template: str) -> Fraction:
        name = "RESPONSE" if "RESPONSE" in self.known.responses else next(iter(self.known.responses), "")
        if template == MAP_POINT:
            raise NotKnown(template)
        return self.mapped(name) if template == MAP else self.matched(name)

    def usual(self, name: str) -> Fraction:
        known = self.known.responses[name]
        return self.mapped(name) if known.marks and known.marks.entries else self.matched(name)

    def matched(self, name: str) -> Fraction:
        known = self.known.responses.get(name)
        return Fraction(int(bool(known and known.correct and self._is_correct(known))))

    def _is_correct(self, known: Declaration) -> bool:
        given, unordered = self.given.get(known.identifier), known.cardinality == "multiple"
        if known.cardinality == "single" and len(known.correct) > 1:  # against the rules, but common: any of them
            return any(_same(given, cast(text, known.base_type), False) for text in known.correct)
        return bool(_same(given, known.value_of(known.correct), unordered))

    def mapped(self, name: str) -> Fraction:
        known = self.known.responses.get(name)
        if known is None or known.marks is None:
            return Fraction(0)
        given = self.given.get(name)
        values = [] if given is None else given if isinstance(given, list) else [given]
        total = sum((_mapped(known, value) for value in _distinct(values)), Fraction(0))
        marks = known.marks
        if marks.lower is not None:
            total = max(total, marks.lower)
        return total if marks.upper is None else min(total, marks.upper)

    # --- rules ---

    def rules(self, parent: Element) -> None:
        try:
            self._rules(parent)
        except _Stop:
            return

    def _rules(self, parent: Element) -> None:
        for rule in parent:
            name = rule.tag
            if name == "responseCondition":
                self._condition(rule)
            elif name == "setOutcomeValue":
                self.sets_outcome = True
                self.outcomes[rule.get("identifier", "")] = self.value(_only(rule))
                self.sets_outcome = False
            elif name == "responseProcessingFragment":
                self._rules(rule)
            elif name == "exitResponse":
                raise _Stop
            elif name:
                raise NotKnown(name)

    def _condition(self, condition: Element) -> None:
        for branch in condition:
            parts = list(branch)
            if branch.tag == "responseElse":
                self._rules(branch)
                return
            if not parts:
                raise NotKnown(branch.tag)
            if self.value(parts[0]) is True:
                self._rules_of(parts[1:])
                return

    def _rules_of(self, rules: list[Element]) -> None:
        holder = Element("rules")
        holder.extend(rules)
        self._rules(holder)

    # --- expressions ---

    def value(self, expression: Element) -> Value:
        name = expression.tag
        if name in LEAVES:
            return LEAVES[name](self, expression)
        if name not in OPERATORS:
            raise NotKnown(name)
        return OPERATORS[name](expression, [self.value(child) for child in expression])

    def variable(self, expression: Element) -> Value:
        name = expression.get("identifier", "")
        return self.given.get(name) if name in self.known.responses else self.outcomes.get(name)

    def correct(self, expression: Element) -> Value:
        known = self.known.responses.get(expression.get("identifier", ""))
        return known.value_of(known.correct) if known else None

    def match(self, expression: Element) -> Value:
        """Compare; a response with its correct value as leniently as the templates do."""
        first, second = list(expression)[:2] if len(expression) >= 2 else (None, None)
        if first is None or second is None:
            raise NotKnown("match")
        names = {part.tag: part.get("identifier") for part in (first, second)}
        known = self.known.responses.get(names.get("correct") or "")
        if known and names.get("variable") == names["correct"]:
            return self._is_correct(known) if self.given.get(known.identifier) is not None else None
        return _same(self.value(first), self.value(second), any(self._is_unordered(part) for part in (first, second)))

    def _is_unordered(self, part: Element) -> bool:
        name = part.get("identifier", "")
        known = self.known.responses.get(name) or self.known.outcomes.get(name)
        return part.tag == "multiple" or bool(known and known.cardinality == "multiple")


def _only(rule: Element) -> Element:
    if len(rule) != 1:
        raise NotKnown(rule.tag)
    return rule[0]


def _distinct(values: list[Value]) -> list[Value]:
    return [value for number, value in enumerate(values) if value not in values[:number]]


def _mapped(known: Declaration, value: Value) -> Fraction:
    assert known.marks is not None  # noqa: S101 - the caller has looked
    for entry in known.marks.entries:
        key = cast(entry.key, known.base_type)
        if key == value:
            return entry.value
        if not entry.is_case_sensitive and isinstance(value, str) and str(key).casefold() == value.casefold():
            return entry.value
    return known.marks.default


def _same(first: Value, second: Value, unordered: bool) -> bool | None:
    if first is None or second is None:
        return None
    if unordered and isinstance(first, list) and isinstance(second, list):
        return sorted(map(str, first)) == sorted(map(str, second))
    return first == second


def _number(value: Value) -> Fraction | None:
    if isinstance(value, list):
        value = value[0] if len(value) == 1 else None
    return Fraction(value) if isinstance(value, int | Fraction) and not isinstance(value, bool) else None


def _numbers(values: list[Value]) -> list[Fraction] | None:
    """Return the numbers in values and lists of them; None where one is missing."""
    flat = [inner for value in values for inner in (value if isinstance(value, list) else [value])]
    numbers = [_number(value) for value in flat]
    return None if None in numbers else numbers  # type: ignore[return-value]


def _of_numbers(work: Callable[[list[Fraction]], Value]) -> Callable[[Element, list[Value]], Value]:
    def operator(_expression: Element, values: list[Value]) -> Value:
        numbers = _numbers(values)
        return work(numbers) if numbers else None

    return operator


def _of_two(work: Callable[[Fraction, Fraction], Value]) -> Callable[[Element, list[Value]], Value]:
    return _of_numbers(lambda numbers: work(numbers[0], numbers[1]) if len(numbers) == 2 else None)


def _product(numbers: list[Fraction]) -> Fraction:
    total = Fraction(1)
    for number in numbers:
        total *= number
    return total


def _equal(expression: Element, values: list[Value]) -> bool | None:
    """Compare two numbers within the tolerance around the one that is not the response, in percent where relative."""
    numbers = _numbers(values)
    if not numbers or len(numbers) != 2:
        return None
    base, given = numbers[::-1] if expression[0].tag == "variable" else numbers
    mode = expression.get("toleranceMode", "exact")
    if mode == "exact":
        return base == given
    tolerances = [read_number(text) for text in expression.get("tolerance", "").split()]
    if not tolerances or None in tolerances:
        raise NotKnown("equal tolerance")
    unit = abs(base) / 100 if mode == "relative" else 1
    low, high = base - (tolerances[0] or 0) * unit, base + (tolerances[-1] or 0) * unit
    is_above = given >= low if _says(expression, "includeLowerBound") else given > low
    is_below = given <= high if _says(expression, "includeUpperBound") else given < high
    return is_above and is_below


def _says(expression: Element, name: str, usual: str = "true") -> bool:
    return expression.get(name, usual) in {"true", "1"}


def _string_match(expression: Element, values: list[Value]) -> bool | None:
    if len(values) != 2 or None in values:
        return None
    first, second = str(values[0]), str(values[1])
    if not _says(expression, "caseSensitive"):
        first, second = first.casefold(), second.casefold()
    return second in first if _says(expression, "substring", "false") else first == second


def _contains(_expression: Element, values: list[Value]) -> bool | None:
    if len(values) != 2 or None in values:
        return None
    first, second = (value if isinstance(value, list) else [value] for value in values)
    return all(first.count(value) >= second.count(value) for value in second)


def _member(_expression: Element, values: list[Value]) -> bool | None:
    if len(values) != 2 or None in values:
        return None
    return values[0] in (values[1] if isinstance(values[1], list) else [values[1]])


def _index(expression: Element, values: list[Value]) -> Value:
    place = read_number(expression.get("n"))
    if place is None:
        raise NotKnown("index")
    container = values[0] if values and isinstance(values[0], list) else []
    return container[int(place) - 1] if 1 <= place <= len(container) else None


def _list(_expression: Element, values: list[Value]) -> Value:
    flat = [inner for value in values for inner in (value if isinstance(value, list) else [value])]
    return [value for value in flat if value is not None] or None


def _any(_expression: Element, values: list[Value]) -> bool | None:
    return True if True in values else None if None in values else False


def _all(_expression: Element, values: list[Value]) -> bool | None:
    return False if False in values else None if None in values else True


def _base_value(run: _Run, expression: Element) -> Value:
    base_type = expression.get("baseType", "")
    if run.sets_outcome and base_type in {"float", "integer"}:
        return read_share(expression.text)
    return cast(expression.text or "", base_type)


LEAVES: dict[str, Callable[[_Run, Element], Value]] = {
    "baseValue": _base_value,
    "variable": _Run.variable,
    "correct": _Run.correct,
    "mapResponse": lambda run, expression: run.mapped(expression.get("identifier", "")),
    "null": lambda run, expression: None,
    "match": _Run.match,
}
OPERATORS: dict[str, Callable[[Element, list[Value]], Value]] = {
    "isNull": lambda _e, values: values[:1] in ([None], [""]),
    "not": lambda _e, values: None if values[:1] == [None] else not any(values),
    "and": _all,
    "or": _any,
    "equal": _equal,
    "stringMatch": _string_match,
    "contains": _contains,
    "member": _member,
    "multiple": _list,
    "ordered": _list,
    "index": _index,
    "containerSize": lambda _e, values: Fraction(len(values[0]) if values and isinstance(values[0], list) else 0),
    "sum": _of_numbers(lambda numbers: sum(numbers, Fraction(0))),
    "product": _of_numbers(_product),
    "subtract": _of_two(lambda first, second: first - second),
    "divide": _of_two(lambda first, second: first / second if second else None),
    "gt": _of_two(lambda first, second: first > second),
    "gte": _of_two(lambda first, second: first >= second),
    "lt": _of_two(lambda first, second: first < second),
    "lte": _of_two(lambda first, second: first <= second),
    "max": _of_numbers(max),
    "min": _of_numbers(min),
    "round": _of_numbers(lambda numbers: Fraction((numbers[0] + Fraction(1, 2)).__floor__())),
    "truncate": _of_numbers(lambda numbers: Fraction(int(numbers[0]))),
}
