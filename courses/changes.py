"""Whether a change of a course touches what its learners have to do, whom it touches, and what an editor chose.

What is compared is the latest edition with what it would become. Order, titles and planned minutes ask for nothing
again, so they are no question. Apps that keep learners' records register how many a change touches.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .outlines import ActivityRule

COSMETIC, NEW, EVERYONE = "cosmetic", "new", "everyone"


@dataclass(frozen=True)
class Asked:
    """What an edition asks in one activity."""

    required: bool
    rule: Mapping[str, Any]


@dataclass(frozen=True)
class Change:
    """What differs for learners: ids of activities that are asked for now, no longer, or otherwise than before."""

    added: tuple[int, ...] = ()
    removed: tuple[int, ...] = ()
    changed: tuple[int, ...] = ()
    course_rule: bool = False

    @property
    def touches(self) -> bool:
        return bool(self.added or self.removed or self.changed or self.course_rule)


@dataclass(frozen=True)
class Choice:
    """Whom a published change touches; `due` is the last day for EVERYONE, `by` the id of who published it."""

    effect: str
    due: dt.date | None = None
    by: int | None = None

    def to_data(self) -> dict[str, Any]:
        return {"effect": self.effect, "due": self.due.isoformat() if self.due else None, "by": self.by}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Choice":
        return cls(data["effect"], dt.date.fromisoformat(data["due"]) if data["due"] else None, data["by"])


@dataclass(frozen=True)
class Touched:
    """How many people are on their way in a course, and how many have finished it."""

    open: int = 0
    finished: int = 0

    @property
    def anybody(self) -> bool:
        return bool(self.open or self.finished)


def asked_by(rules: Iterable[ActivityRule]) -> dict[int, Asked]:
    """Return what each activity of an edition asks, by its id."""
    return {rule.activity_id: Asked(rule.required, rule.rule) for rule in rules}


def compare(
    before: Mapping[int, Asked],
    after: Mapping[int, Asked],
    rule_before: Mapping[str, Any] | None = None,
    rule_after: Mapping[str, Any] | None = None,
) -> Change:
    """Return what differs for learners between two editions; an optional activity asks for nothing."""
    was, now = ({pk for pk, asked in told.items() if asked.required} for told in (before, after))
    return Change(
        added=tuple(sorted(now - was)),
        removed=tuple(sorted(was - now)),
        changed=tuple(sorted(pk for pk in was & now if dict(before[pk].rule) != dict(after[pk].rule))),
        course_rule=dict(rule_before or {}) != dict(rule_after or {}),
    )


def strongest(choices: Iterable[Choice]) -> Choice | None:
    """Return the one choice that holds where several pages of a course carry one; of two last days the later."""
    order = (COSMETIC, NEW, EVERYONE)
    known = [choice for choice in choices if choice.effect in order]
    return max(known, key=lambda one: (order.index(one.effect), one.due or dt.date.min, one.by or 0), default=None)


_counters: list[Callable[[int], Touched]] = []


def register_touched(counter: Callable[[int], Touched]) -> Callable[[int], Touched]:
    """Have `counter(course_id)` asked whom a change of a course would touch."""
    _counters.append(counter)
    return counter


def touched(course_id: int) -> Touched:
    """Return whom a change of a course would touch, as far as the registered apps know."""
    told = [counter(course_id) for counter in _counters]
    return Touched(max((one.open for one in told), default=0), max((one.finished for one in told), default=0))
