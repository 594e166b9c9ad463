"""What evidence means: pure rules from facts to completion and result, the same in any order and however often told.

Learner evidence only ever adds. Decisions of staff supersede each other by their number. Nothing here knows a database,
a clock or a language: reasons leave as codes with values, which `completion.wording` puts into words.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Protocol

NOT_STARTED, IN_PROGRESS, COMPLETE = 0, 1, 2
NO_RESULT, NOT_PASSED, PASSED = 0, 1, 2

OPENED, READ, DECLARED, GRADED, OVERRIDDEN, REDO = "opened", "read", "declared", "graded", "overridden", "redo"

LARGEST = 2**63 - 1
Reason = tuple[str, Mapping[str, Any]]


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


@dataclass(frozen=True)
class Decision:
    """What the evidence says of one activity. `best_score` is a share of the maximum; `because` words the reasons."""

    completion: int = NOT_STARTED
    result: int = NO_RESULT
    best_score: Fraction | None = None
    seconds: int = 0
    first_at: dt.datetime | None = None
    last_at: dt.datetime | None = None
    completed_at: dt.datetime | None = None
    because: tuple[Reason, ...] = ()


@dataclass(frozen=True)
class CourseDecision:
    """What the activities' decisions say of the course."""

    completion: int
    result: int
    required_total: int
    required_complete: int
    completed_at: dt.datetime | None


class RuledActivity(Protocol):
    """One activity of an edition, as `courses.queries.edition_rules` gives it."""

    @property
    def activity_id(self) -> int: ...
    @property
    def required(self) -> bool: ...
    @property
    def rule(self) -> Mapping[str, Any]: ...


def check_evidence(kind: str, data: Mapping[str, Any]) -> None:
    """Raise BadEvidence for data that no rule could use; called once, at the door."""
    if kind not in (OPENED, READ, DECLARED, GRADED, OVERRIDDEN, REDO):
        raise BadEvidence(f"unknown kind of evidence: {kind!r}")
    seconds = data.get("seconds", 0)
    if not isinstance(seconds, int) or isinstance(seconds, bool) or seconds < 0:
        raise BadEvidence("seconds are a whole number from 0")
    if kind == GRADED:
        score_of(data)
    if not isinstance(data.get("passed"), bool | None):
        raise BadEvidence("passed is true, false or left out")


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


def decide(rule: Mapping[str, Any], evidence: Iterable[Evidence]) -> Decision:
    """Decide one activity by a rule (`{"rule": "read", "minimum_seconds": 120}`) from its evidence in any order."""
    staff, facts = _split(evidence)
    redo = next((fact for fact in reversed(staff) if fact.kind == REDO), None)
    if redo:
        staff, facts = _after(redo, staff, facts)
    told = _by_evidence(rule, facts, [fact for fact in staff if fact.kind == GRADED])
    if redo:
        told = _because(told, ("redo", {"at": redo.effective_at, "number": redo.decision_number}))
    override = next((fact for fact in reversed(staff) if fact.kind == OVERRIDDEN), None)
    return _overridden(told, override) if override else told


def _split(evidence: Iterable[Evidence]) -> tuple[list[Evidence], list[Evidence]]:
    """Part staff decisions, by their number, from learner evidence, by time; repetitions fall away."""
    once = {fact.key: fact for fact in evidence}
    staff = sorted((f for f in once.values() if f.decision_number is not None), key=lambda f: f.decision_number or 0)
    facts = sorted((f for f in once.values() if f.decision_number is None), key=lambda f: (f.effective_at, f.key))
    return staff, facts


def _after(redo: Evidence, staff: list[Evidence], facts: list[Evidence]) -> tuple[list[Evidence], list[Evidence]]:
    """Keep what still counts after a redo: later evidence, later decisions, and regrades of attempts made since."""
    facts = [fact for fact in facts if fact.effective_at > redo.effective_at]
    attempts = {fact.data.get("attempt") for fact in facts if fact.kind == GRADED}
    later = [fact for fact in staff if (fact.decision_number or 0) > (redo.decision_number or 0)]
    return [fact for fact in later if fact.kind != GRADED or fact.data.get("attempt") in attempts], facts


def _by_evidence(rule: Mapping[str, Any], facts: Sequence[Evidence], regrades: Sequence[Evidence]) -> Decision:
    grades = [fact for fact in [*facts, *regrades] if fact.kind == GRADED]
    completed_at, reasons = _RULES.get(rule.get("rule", ""), _unknown)(rule, facts, grades)
    passed = any(_passes(rule, fact) for fact in grades)
    best = max(_scores_in_force(grades).values(), default=None)
    if passed and regrades and not any(_passes(rule, fact) for fact in _in_force(grades).values()):
        reasons = [*reasons, ("regrade_kept", {"score": best})]
    return Decision(
        completion=COMPLETE if completed_at else IN_PROGRESS if facts or grades else NOT_STARTED,
        result=PASSED if passed else NOT_PASSED if grades else NO_RESULT,
        best_score=best,
        seconds=_reading(facts)[-1][1] if facts else 0,
        first_at=facts[0].effective_at if facts else None,
        last_at=facts[-1].effective_at if facts else None,
        completed_at=completed_at,
        because=_frozen(reasons),
    )


def _overridden(told: Decision, override: Evidence) -> Decision:
    """Apply the last override: complete, not complete, or `None`: withdrawn, so that the evidence decides again."""
    complete = override.data.get("complete")
    values = {"at": override.effective_at, "number": override.decision_number}
    if complete is None:
        return _because(told, ("override_withdrawn", values))
    if complete:
        at = min(told.completed_at or override.effective_at, override.effective_at)
        return _because(told, ("overridden_complete", values), completion=COMPLETE, completed_at=at)
    started = IN_PROGRESS if told.completion else NOT_STARTED
    return _because(told, ("overridden_incomplete", values), completion=started, completed_at=None)


# --- the rules: each returns the moment it came true, or None, and why -----------------------------------------------


def _read(rule, facts, grades):
    """The end was seen and the least reading time is reached; the moment is when the later of the two came true."""
    minimum = int(rule.get("minimum_seconds") or 0)
    ended = False
    total = 0
    for fact, total in _reading(facts):
        ended = ended or bool(fact.data.get("reached_end"))
        if ended and total >= minimum:
            values = {"seconds": total, "minimum": minimum, "at": fact.effective_at}
            return fact.effective_at, [("read", values)]
    missing = [("needs_end", {})] if not ended else []
    if total < minimum:
        missing.append(("needs_seconds", {"seconds": total, "minimum": minimum, "missing": minimum - total}))
    return None, missing


def _declared(rule, facts, grades):
    fact = next((fact for fact in facts if fact.kind == DECLARED), None)
    return (fact.effective_at, [("declared", {"at": fact.effective_at})]) if fact else (None, [("needs_word", {})])


def _graded(rule, facts, grades):
    first = min(grades, key=lambda fact: (fact.effective_at, fact.key), default=None)
    if first is None:
        return None, [("needs_grade", {})]
    return first.effective_at, [("graded", {"score": score_of(first.data), "at": first.effective_at})]


def _passed(rule, facts, grades):
    """The first mark that passes, by the attempt's own copied rules where it says so, else by the pass mark."""
    passing = min((f for f in grades if _passes(rule, f)), key=lambda f: (f.effective_at, f.key), default=None)
    mark = Fraction(rule.get("pass_mark", 100), 100)
    if passing is None:
        best = max((score_of(fact.data) for fact in grades), default=None)
        return None, [
            ("below_mark", {"score": best, "pass_mark": mark}) if grades else ("needs_pass", {"pass_mark": mark})
        ]
    by_attempt = isinstance(passing.data.get("passed"), bool)
    values = {"score": score_of(passing.data), "pass_mark": mark, "at": passing.effective_at}
    return passing.effective_at, [("passed_by_attempt" if by_attempt else "passed_by_mark", values)]


def _unknown(rule, facts, grades):
    """A rule nobody knows never completes: it closes rather than opens."""
    return None, [("unknown_rule", {"rule": rule.get("rule", "")})]


_RULES = {"read": _read, "declared": _declared, "graded": _graded, "passed": _passed}


def _reading(facts: Sequence[Evidence]) -> list[tuple[Evidence, int]]:
    """Pair each fact with the seconds read until then; one opening tells a growing sum: its largest counts."""
    openings: dict[str, int] = {}
    told = []
    for fact in facts:
        opening = str(fact.data.get("opening") or fact.key)
        openings[opening] = max(openings.get(opening, 0), int(fact.data.get("seconds") or 0))
        told.append((fact, sum(openings.values())))
    return told


def _passes(rule: Mapping[str, Any], fact: Evidence) -> bool:
    decided = fact.data.get("passed")
    return decided if isinstance(decided, bool) else score_of(fact.data) >= Fraction(rule.get("pass_mark", 100), 100)


def _in_force(grades: Iterable[Evidence]) -> dict[str, Evidence]:
    """The grade that counts of each attempt: its last regrade by number, else its best mark."""
    force: dict[str, Evidence] = {}
    for fact in grades:
        attempt = str(fact.data.get("attempt") or fact.key)
        if attempt not in force or _rank(fact) > _rank(force[attempt]):
            force[attempt] = fact
    return force


def _rank(fact: Evidence) -> tuple:
    return (fact.decision_number or 0, score_of(fact.data), bool(fact.data.get("passed")), fact.key)


def _scores_in_force(grades: Iterable[Evidence]) -> dict[str, Fraction]:
    return {attempt: score_of(fact.data) for attempt, fact in _in_force(grades).items()}


def _because(told: Decision, reason: Reason, **changed: Any) -> Decision:
    return Decision(**{**vars(told), **changed, "because": (*_frozen([reason]), *told.because)})


def _frozen(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    return tuple((code, MappingProxyType(dict(values))) for code, values in reasons)


# --- the course ------------------------------------------------------------------------------------------------------


def decide_course(
    rules: Iterable[RuledActivity], decisions: Mapping[int, Decision], withdrawn: Set[int] = frozenset()
) -> CourseDecision:
    """Decide a course: complete when all required activities are that were not withdrawn, and there is at least one.

    The result stands apart: passed when every required activity that asks for a pass is passed, none where none asks.
    """
    required = [rule for rule in rules if rule.required and rule.activity_id not in withdrawn]
    told = [decisions.get(rule.activity_id, _NOTHING) for rule in required]
    done = [decision.completed_at for decision in told if decision.completion == COMPLETE]
    complete = bool(required) and len(done) == len(required)
    started = any(decision.completion != NOT_STARTED for decision in decisions.values())
    return CourseDecision(
        completion=COMPLETE if complete else IN_PROGRESS if started else NOT_STARTED,
        result=_course_result([d for rule, d in zip(required, told, strict=True) if rule.rule.get("rule") == "passed"]),
        required_total=len(required),
        required_complete=len(done),
        completed_at=max(at for at in done if at) if complete else None,
    )


def _course_result(gates: Sequence[Decision]) -> int:
    if gates and all(decision.result == PASSED for decision in gates):
        return PASSED
    return NOT_PASSED if any(decision.result == NOT_PASSED for decision in gates) else NO_RESULT


_NOTHING = Decision()
