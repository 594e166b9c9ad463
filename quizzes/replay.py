"""Marks from steps. Pure: the same versions and accepted steps give the same marks, today and at any regrade."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from .behaviours import Event, Standing, stand
from .grading import is_passed, score

LARGEST_DENOMINATOR = 2**62  # what a 64-bit column holds with room; weights anybody would write stay far below


@dataclass(frozen=True)
class Asked:
    """A question as an attempt asks it: its place, the kind and data of its version, and the mark it can earn.

    `given` is the share that people gave to an answer no machine can mark; None: none yet, or not asked.
    """

    position: int
    kind: str
    data: Mapping[str, Any]
    max_mark: Fraction
    given: Fraction | None = None


@dataclass(frozen=True)
class Step:
    """An answer, or the check of one, as it came: `sequence` orders the steps of an attempt; None clears an answer."""

    position: int
    sequence: int
    answer: Any
    accepted: bool
    certainty: int | None = None
    is_check: bool = False


@dataclass(frozen=True)
class Marks:
    """What an attempt earned: where each question stands and its share (-2 to 1) by position, the whole (0 to 1).

    `score` and `passed` are None while `waiting`, the positions that a person must still mark, is not empty.
    """

    standings: Mapping[int, Standing]
    shares: Mapping[int, Fraction | None]
    score: Fraction | None
    passed: bool | None

    @property
    def answers(self) -> dict[int, Any]:
        return {position: standing.answer for position, standing in self.standings.items()}

    @property
    def waiting(self) -> list[int]:
        return [position for position, share in self.shares.items() if share is None]


def replay(*, asked: Iterable[Asked], steps: Iterable[Step], pass_mark: int, behaviour: str = "deferred") -> Marks:
    """Grade an attempt from nothing but its versions, its steps and people's marks; `pass_mark` is in percent."""
    asked = list(asked)
    events: dict[int, list[Event]] = {question.position: [] for question in asked}
    for step in sorted(steps, key=lambda step: step.sequence):
        if step.accepted and step.position in events:
            events[step.position].append(Event(step.answer, step.certainty, step.is_check))
    standings = {
        question.position: stand(behaviour, question.kind, question.data, events[question.position])
        for question in asked
    }
    shares = {question.position: _share(question, standings[question.position]) for question in asked}
    if None in shares.values():
        return Marks(standings, shares, None, None)
    whole = storable(score([(shares[question.position] or Fraction(0), question.max_mark) for question in asked]))
    return Marks(standings, shares, whole, is_passed(whole, pass_mark))


def _share(question: Asked, standing: Standing) -> Fraction | None:
    """Return what an answer earns; a mark of 0 cannot be earned, so that nobody needs to mark it."""
    if standing.share is not None:
        return storable(standing.share)
    return question.given if question.given is not None or question.max_mark else Fraction(0)


def storable(share: Fraction) -> Fraction:
    """Keep a share within 64 bits: absurd weights may cost the eighteenth digit, never the learner's attempt."""
    return share if share.denominator <= LARGEST_DENOMINATOR else share.limit_denominator(LARGEST_DENOMINATOR)
