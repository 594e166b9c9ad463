"""Facts about a learner and an activity, and what can be none."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

OPENED, READ, DECLARED, WATCHED = "opened", "read", "declared", "watched"
SUBMITTED, GRADED, OVERRIDDEN, REDO = "submitted", "graded", "overridden", "redo"
KINDS = frozenset({OPENED, READ, DECLARED, WATCHED, SUBMITTED, GRADED, OVERRIDDEN, REDO})

LARGEST = 2**63 - 1
MOST_SPANS = 500  # of one report


class BadEvidence(ValueError):
    """Evidence that cannot be a fact: an unknown kind, seconds below zero, a mark that is no exact fraction."""


@dataclass(frozen=True)
class Evidence:
    """One fact. `key` is the learner's own id of it: the same key twice is one fact. `decision_number` marks staff."""

    kind: str
    effective_at: dt.datetime
    key: str
    data: Mapping[str, Any] = field(default_factory=dict)
    decision_number: int | None = None


def check_evidence(kind: str, data: Mapping[str, Any]) -> None:
    """Raise BadEvidence for data that no rule could use; called once, at the door."""
    if kind not in KINDS:
        raise BadEvidence(f"unknown kind of evidence: {kind!r}")
    seconds = data.get("seconds", 0)
    if not isinstance(seconds, int) or isinstance(seconds, bool) or seconds < 0:
        raise BadEvidence("seconds are a whole number from 0")
    if kind == GRADED:
        score_of(data)
    if kind == WATCHED:
        _check_watching(data)
    for name in ("passed", "last"):
        if not isinstance(data.get(name), bool | None):
            raise BadEvidence(f"{name} is true, false or left out")


def score_of(data: Mapping[str, Any]) -> Fraction:
    """Return the exact share of the maximum, at least 0, from `"7/10"`, `"0.7"` or `1`; binary floats are refused."""
    score = data.get("score")
    if not isinstance(score, str | int | Fraction) or isinstance(score, bool):
        raise BadEvidence("a score is an exact fraction such as '7/10'")
    try:
        share = max(Fraction(score), Fraction(0))
    except (ValueError, ZeroDivisionError) as error:
        raise BadEvidence(f"not a fraction: {score!r}") from error
    if max(share.numerator, share.denominator) > LARGEST:
        raise BadEvidence("a score's numerator and denominator must fit 63 bits")
    return share


def _check_watching(data: Mapping[str, Any]) -> None:
    spans = data.get("spans")
    if not _is_whole(data.get("recording")) or not isinstance(spans, list | tuple) or len(spans) > MOST_SPANS:
        raise BadEvidence("watching names its recording and the spans that were played")
    if not all(_is_whole(data.get(name, 1)) and data.get(name, 1) > 0 for name in ("length", "whole")):
        raise BadEvidence("a recording lasts a whole number of seconds from 1")
    if not all(isinstance(span, list | tuple) and len(span) == 2 and all(map(_is_whole, span)) for span in spans):
        raise BadEvidence("a span is [from, to] in whole seconds")


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST
