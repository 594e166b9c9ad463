"""Marks from steps. Pure: the same versions and accepted steps give the same marks, today and at any regrade."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from questions.kinds import get_kind

from .grading import is_passed, score

LARGEST_DENOMINATOR = 2**62  # what a 64-bit column holds with room; weights anybody would write stay far below


@dataclass(frozen=True)
class Asked:
    """A question as an attempt asks it: its place, the kind and data of its version, and the mark it can earn."""

    position: int
    kind: str
    data: Mapping[str, Any]
    max_mark: Fraction


@dataclass(frozen=True)
class Step:
    """An answer as it was given: `sequence` orders the steps of an attempt; `answer` None is a cleared answer."""

    position: int
    sequence: int
    answer: Any
    accepted: bool


@dataclass(frozen=True)
class Marks:
    """What an attempt earned: shares (-1 to 1) and answers in force by position, the whole (0 to 1), passed or not."""

    answers: Mapping[int, Any]
    shares: Mapping[int, Fraction]
    score: Fraction
    passed: bool


def answers_in_force(steps: Iterable[Step]) -> dict[int, Any]:
    """Return the answer that counts for each position: the last accepted step's; cleared ones are None."""
    answers: dict[int, Any] = {}
    for step in sorted(steps, key=lambda step: step.sequence):
        if step.accepted:
            answers[step.position] = step.answer
    return answers


def replay(*, asked: Iterable[Asked], steps: Iterable[Step], pass_mark: int) -> Marks:
    """Grade an attempt from nothing but its versions and its steps; `pass_mark` is in percent."""
    asked = list(asked)
    answers = answers_in_force(steps)
    shares = {question.position: _share(question, answers.get(question.position)) for question in asked}
    whole = _storable(score([(shares[question.position], question.max_mark) for question in asked]))
    return Marks(
        answers={question.position: answers.get(question.position) for question in asked},
        shares=shares,
        score=whole,
        passed=is_passed(whole, pass_mark),
    )


def _share(question: Asked, answer: Any) -> Fraction:
    if answer is None:
        return Fraction(0)
    return _storable(get_kind(question.kind).grade(question.data, answer))


def _storable(share: Fraction) -> Fraction:
    """Keep a share within 64 bits: absurd weights may cost the eighteenth digit, never the learner's attempt."""
    return share if share.denominator <= LARGEST_DENOMINATOR else share.limit_denominator(LARGEST_DENOMINATOR)
