"""Who may open a part of a course, and when: a small tree of conditions, decided from facts alone.

A condition is JSON: groups `{"all": […]}`, `{"any": […]}` and `{"not": …}` around leaves

    {"finished": <activity id>}                       {"finished_course": <course id>}
    {"mark": <activity id>, "at_least": <percent>}    {"unit": <unit id>}, with all below it
    {"from": "<moment>"}, {"until": "<moment>"}       {"post_kind": "<kind>"}, {"group": <audience id>}

Moments are ISO 8601 with their offset. `{}` asks for nothing. Whatever cannot be read, or names something that is not
there, closes: the whole condition, wherever it stands. Imports no Django: words for it are in `condition_words`.
"""

import datetime as dt
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from typing import Any

FINISHED, FINISHED_COURSE, MARK = "finished", "finished_course", "mark"
FROM, UNTIL = "from", "until"
UNIT, POST_KIND, GROUP = "unit", "post_kind", "group"
BROKEN = "broken"

KINDS = (FINISHED, MARK, FINISHED_COURSE, FROM, UNTIL, UNIT, POST_KIND, GROUP)

MOST_LEAVES = 50
DEEPEST = 6


class BadCondition(ValueError):
    """A tree that is no condition: an unknown or misspelt part, too many or too deep ones."""


@dataclass(frozen=True)
class Leaf:
    """One thing asked. `value` is an id, a moment or a kind of post; `negated` turns it round."""

    kind: str
    value: Any = None
    at_least: int = 0  # percent, for a mark
    negated: bool = False

    @property
    def name_key(self) -> tuple[str, Any] | None:
        """What names the thing it looks at: its kind and value; None for a moment, which needs no name."""
        if self.kind in (FROM, UNTIL):
            return None
        return (FINISHED if self.kind == MARK else self.kind, self.value)


@dataclass(frozen=True)
class Group:
    """All of its parts, or any of them."""

    every: bool
    parts: tuple["Node", ...]


Node = Leaf | Group
Names = Mapping[tuple[str, Any], str]
NOTHING_ASKED = Group(True, ())
BROKEN_LEAF = Leaf(BROKEN)


@dataclass(frozen=True)
class Facts:
    """What is known of one person at a moment. `names` says which things are there, by `Leaf.name_key`, and how called.

    Marks are exact shares of the maximum. `units` and `groups` hold the ids of those asked for that the person is in.
    """

    now: dt.datetime
    names: "Names" = field(default_factory=dict)
    finished: Set[int] = frozenset()
    finished_courses: Set[int] = frozenset()
    marks: Mapping[int, Fraction] = field(default_factory=dict)
    units: Set[int] = frozenset()
    post_kinds: Set[str] = frozenset()
    groups: Set[int] = frozenset()


@dataclass(frozen=True)
class Verdict:
    """Whether it is open; if not, `unmet` is what is still missing: the tree without the parts that are met."""

    is_open: bool
    unmet: Node | None = None

    @property
    def codes(self) -> tuple[str, ...]:
        """The missing parts as codes: `finished`, `not_group`, …, `broken`."""
        return tuple(f"not_{leaf.kind}" if leaf.negated else leaf.kind for leaf in leaves_of(self.unmet))


OPEN = Verdict(True)
CLOSED_AS_BROKEN = Verdict(False, BROKEN_LEAF)


def decide(condition: Any, facts: Facts) -> Verdict:
    """Decide a condition (JSON values, or what `read` made of them); never raises."""
    try:
        node = condition if isinstance(condition, Leaf | Group) else read(condition)
    except BadCondition:
        return CLOSED_AS_BROKEN
    if any(leaf.name_key and leaf.name_key not in facts.names for leaf in leaves_of(node)):
        return CLOSED_AS_BROKEN
    unmet = _unmet(node, facts)
    return OPEN if unmet is None else Verdict(False, unmet)


def both(first: Verdict, second: Verdict) -> Verdict:
    """Return open where both are; what is missing of either is missing."""
    if first.is_open:
        return second
    if second.is_open or first == second:
        return first
    return Verdict(False, Group(True, (first.unmet or BROKEN_LEAF, second.unmet or BROKEN_LEAF)))


def leaves_of(node: Node | None) -> Iterator[Leaf]:
    """Yield the leaves of a tree from left to right."""
    if isinstance(node, Leaf):
        yield node
    elif node is not None:
        for part in node.parts:
            yield from leaves_of(part)


def references(condition: Any) -> set[tuple[str, Any]]:
    """Return (kind, value) of everything a condition names; nothing for one that cannot be read."""
    try:
        return {(leaf.kind, leaf.value) for leaf in leaves_of(read(condition))}
    except BadCondition:
        return set()


def prerequisites(condition: Any) -> set[int]:
    """Return the ids of the activities a condition looks at."""
    return {value for kind, value in references(condition) if kind in (FINISHED, MARK)}


def circle(needs: Mapping[int, Iterable[int]], start: int) -> list[int]:
    """Return a way that leads from `start` back to it (`[start, …, start]`) where each thing needs others, else []."""
    came_from: dict[int, int] = {}
    waiting = [start]
    while waiting:
        here = waiting.pop(0)
        for there in sorted(needs.get(here, ())):
            if there == start:
                way = [start, here]
                while way[-1] != start:
                    way.append(came_from[way[-1]])
                return way[::-1] if len(way) > 2 or here != start else [start, start]
            if there not in came_from:
                came_from[there] = here
                waiting.append(there)
    return []


# --- reading ---------------------------------------------------------------------------------------------------------


def read(condition: Any) -> Node:
    """Return the tree with every `not` moved into its leaves; raise BadCondition for what is none."""
    budget = [MOST_LEAVES]
    return _read(condition, budget, negated=False, depth=0) if condition != {} else NOTHING_ASKED


@lru_cache(maxsize=4096)
def read_text(text: str) -> Node:
    """Read a condition from its JSON text; what cannot be read is a leaf that closes."""
    try:
        return read(json.loads(text)) if text else NOTHING_ASKED
    except (BadCondition, ValueError, RecursionError):
        return BROKEN_LEAF


def as_text(condition: Any) -> str:
    """Return the one JSON text of a condition; empty where nothing is asked."""
    return json.dumps(condition, sort_keys=True) if condition != {} else ""


def _read(condition: Any, budget: list[int], *, negated: bool, depth: int) -> Node:
    if not isinstance(condition, dict) or depth > DEEPEST:
        raise BadCondition("a part is an object, and not too deep")
    keys = set(condition)
    if keys == {"not"}:
        return _read(condition["not"], budget, negated=not negated, depth=depth + 1)
    if keys in ({"all"}, {"any"}):
        parts = condition[keys.pop()]
        if not isinstance(parts, list):
            raise BadCondition("a group is a list")
        read_parts = tuple(_read(part, budget, negated=negated, depth=depth + 1) for part in parts)
        return Group(("all" in condition) != negated, read_parts)
    budget[0] -= 1
    if budget[0] < 0:
        raise BadCondition("too many parts")
    return _read_leaf(condition, negated)


def _read_leaf(condition: dict, negated: bool) -> Leaf:
    if set(condition) == {MARK, "at_least"}:
        return Leaf(MARK, _id(condition[MARK]), _percent(condition["at_least"]), negated)
    if len(condition) != 1:
        raise BadCondition("a leaf asks for one thing")
    [(kind, value)] = condition.items()
    reader = _READERS.get(kind)
    if reader is None:
        raise BadCondition(f"unknown: {kind!r}")
    return Leaf(kind, reader(value), negated=negated)


def _id(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < 2**63:
        raise BadCondition("an id is a whole number from 1")
    return value


def _percent(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 100:
        raise BadCondition("a mark is a whole percentage")
    return value


def _moment(value: Any) -> dt.datetime:
    try:
        moment = dt.datetime.fromisoformat(value)
        if moment.utcoffset() is not None:
            return moment.astimezone(dt.UTC)
    except (TypeError, ValueError, OverflowError):
        pass
    raise BadCondition("a moment is ISO 8601 with its offset")


def _word(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise BadCondition("a kind of position is a word")
    return value


_READERS: dict[str, Callable[[Any], Any]] = {
    FINISHED: _id, FINISHED_COURSE: _id, UNIT: _id, GROUP: _id, FROM: _moment, UNTIL: _moment, POST_KIND: _word,
}  # fmt: skip


# --- deciding --------------------------------------------------------------------------------------------------------


def _unmet(node: Node, facts: Facts) -> Node | None:
    if isinstance(node, Leaf):
        return None if _TESTS[node.kind](node, facts) != node.negated else node
    missing = [_unmet(part, facts) for part in node.parts]
    left = tuple(part for part in missing if part is not None)
    if not (left if node.every else len(left) == len(missing)):
        return None
    return left[0] if len(left) == 1 else Group(node.every, left)


_TESTS: dict[str, Callable[[Leaf, Facts], bool]] = {
    FINISHED: lambda leaf, facts: leaf.value in facts.finished,
    FINISHED_COURSE: lambda leaf, facts: leaf.value in facts.finished_courses,
    MARK: lambda leaf, facts: facts.marks.get(leaf.value, Fraction(-1)) * 100 >= leaf.at_least,
    FROM: lambda leaf, facts: facts.now >= leaf.value,
    UNTIL: lambda leaf, facts: facts.now <= leaf.value,
    UNIT: lambda leaf, facts: leaf.value in facts.units,
    POST_KIND: lambda leaf, facts: leaf.value in facts.post_kinds,
    GROUP: lambda leaf, facts: leaf.value in facts.groups,
}
