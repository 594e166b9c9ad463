"""What evidence means: pure rules from facts to completion and result, the same in any order and however often told.

Learner evidence only ever adds. Decisions of staff supersede each other by their number. Nothing here knows a database,
a clock or a language: reasons leave as codes with values, which `completion.wording` puts into words.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from .evidence import DECLARED, GRADED, OVERRIDDEN, READ, REDO, SUBMITTED, WATCHED, Evidence, score_of

NOT_STARTED, IN_PROGRESS, COMPLETE = 0, 1, 2
NO_RESULT, NOT_PASSED, PASSED = 0, 1, 2

Reason = tuple[str, Mapping[str, Any]]
Marks = tuple[tuple[dt.datetime, Fraction], ...]  # each moment at which the best mark rose, and to what
Span = tuple[int, int]
# A rule takes its values, the learner's facts by time and all grades; it gives when it came true, or None, and why.
Rule = Callable[[Mapping[str, Any], Sequence[Evidence], Sequence[Evidence]], tuple[dt.datetime | None, list[Reason]]]

_RULES: dict[str, Rule] = {}
_GATES: set[str] = set()


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


def register_rule(name: str, *, gate: bool = False) -> Callable[[Rule], Rule]:
    """Teach the policy a rule, also one of an app above: `@register_rule("name")` on a pure function.

    More evidence must never make it untrue or true later. The result of a course follows from its `gate` activities.
    """

    def add(rule: Rule) -> Rule:
        if name in _RULES:
            raise ValueError(f"there is a rule {name!r} already")
        _RULES[name] = rule
        if gate:
            _GATES.add(name)
        return rule

    return add


def is_gate(rule: Mapping[str, Any]) -> bool:
    """Say whether passing the activity is part of the result of its course."""
    return rule.get("rule") in _GATES


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


def marks_of(evidence: Iterable[Evidence]) -> Marks:
    """Return each moment at which the best mark so far rose, and to what; a regrade takes no mark back here."""
    staff, facts = _counting(evidence)
    told = sorted((f.effective_at, score_of(f.data)) for f in [*facts, *staff] if f.kind == GRADED)
    rising: list[tuple[dt.datetime, Fraction]] = []
    for at, score in told:
        if not rising or score > rising[-1][1]:
            rising.append((at, score))
    return tuple(rising)


def _counting(evidence: Iterable[Evidence]) -> tuple[list[Evidence], list[Evidence]]:
    """Return the staff decisions and learner evidence that count since the last redo."""
    staff, facts = _split(evidence)
    redo = next((fact for fact in reversed(staff) if fact.kind == REDO), None)
    return _after(redo, staff, facts) if redo else (staff, facts)


def _by_time(fact: Evidence) -> tuple[dt.datetime, str]:
    return fact.effective_at, fact.key


def _split(evidence: Iterable[Evidence]) -> tuple[list[Evidence], list[Evidence]]:
    """Part staff decisions, by their number, from learner evidence, by time; repetitions fall away."""
    once = {fact.key: fact for fact in evidence}
    staff = sorted((f for f in once.values() if f.decision_number is not None), key=lambda f: f.decision_number or 0)
    facts = sorted((f for f in once.values() if f.decision_number is None), key=_by_time)
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


@register_rule("read")
def _read(rule, facts, grades):
    """The end was seen and the least reading time is reached; the moment is when the later of the two came true."""
    return _read_to("reached_end", rule, facts)


def _read_to(end: str, rule, facts):
    minimum = int(rule.get("minimum_seconds") or 0)
    ended = False
    total = 0
    for fact, total in _reading(facts):
        ended = ended or (fact.kind in (READ, DECLARED) and bool(fact.data.get(end)))
        if ended and total >= minimum:
            values = {"seconds": total, "minimum": minimum, "at": fact.effective_at}
            return fact.effective_at, [("read", values)]
    missing: list[Reason] = [("needs_end", {})] if not ended else []
    if total < minimum:
        missing.append(("needs_seconds", {"seconds": total, "minimum": minimum, "missing": minimum - total}))
    return None, missing


@register_rule("declared")
def _declared(rule, facts, grades):
    fact = next((fact for fact in facts if fact.kind == DECLARED), None)
    return (fact.effective_at, [("declared", {"at": fact.effective_at})]) if fact else (None, [("needs_word", {})])


@register_rule("watched")
def _watched(rule, facts, grades):
    """Enough of the recordings was played, or their text was read to its end in the least reading time."""
    needed = Fraction(rule.get("percent", 100), 100)
    played = next((pair for pair in _watching(facts) if pair[1] >= needed), None)
    read_at, told = _read_to("read_text", rule, facts)
    if played and (read_at is None or played[0].effective_at <= read_at):
        at = played[0].effective_at
        return at, [("watched", {"share": played[1], "needed": needed, "at": at})]
    if read_at:
        return read_at, [("read_text", told[0][1])]
    return None, [("needs_watching", {"share": share_watched(facts), "needed": needed})]


def share_watched(evidence: Iterable[Evidence]) -> Fraction:
    """Return the exact share of the recordings that was played, each second once, in whichever order it was told."""
    return max((share for _fact, share in _watching(_counting(evidence)[1])), default=Fraction(0))


def _watching(facts: Sequence[Evidence]) -> Iterable[tuple[Evidence, Fraction]]:
    """Pair each report with the share played until then; the shortest length that was ever told is what is asked."""
    played: dict[int, list[Span]] = {}
    whole: int | None = None
    for fact in facts:
        if fact.kind != WATCHED:
            continue
        recording, length = fact.data["recording"], fact.data["length"]
        asked = fact.data.get("whole", length)
        whole = asked if whole is None else min(whole, asked)
        told = [(start, min(end, length)) for start, end in fact.data["spans"]]
        played[recording] = joined([*played.get(recording, ()), *told])
        seconds = sum(end - start for spans in played.values() for start, end in spans)
        yield fact, min(Fraction(seconds, whole), Fraction(1))


def joined(spans: Iterable[Span]) -> list[Span]:
    """Return the union of spans of whole seconds, in order and without overlaps; empty ones fall away."""
    union: list[Span] = []
    for start, end in sorted((start, end) for start, end in spans if start < end):
        if union and start <= union[-1][1]:
            union[-1] = (union[-1][0], max(union[-1][1], end))
        else:
            union.append((start, end))
    return union


@register_rule("submitted")
def _submitted(rule, facts, grades):
    """Work was handed in. Returned for revision it stays handed in; whether it was good enough is the result."""
    fact = next((fact for fact in facts if fact.kind == SUBMITTED), None)
    return (fact.effective_at, [("submitted", {"at": fact.effective_at})]) if fact else (None, [("needs_work", {})])


@register_rule("graded")
def _graded(rule, facts, grades):
    first = min(grades, key=_by_time, default=None)
    if first is None:
        return None, [("needs_grade", {})]
    return first.effective_at, [("graded", {"score": score_of(first.data), "at": first.effective_at})]


@register_rule("passed", gate=True)
def _passed(rule, facts, grades):
    """The first mark that passes, by the attempt's own copied rules where it says so, else by the pass mark."""
    passing = min((f for f in grades if _passes(rule, f)), key=_by_time, default=None)
    mark = Fraction(rule.get("pass_mark", 100), 100)
    if passing is None:
        best = max((score_of(fact.data) for fact in grades), default=None)
        return None, [
            ("below_mark", {"score": best, "pass_mark": mark}) if grades else ("needs_pass", {"pass_mark": mark})
        ]
    by_attempt = isinstance(passing.data.get("passed"), bool)
    values = {"score": score_of(passing.data), "pass_mark": mark, "at": passing.effective_at}
    return passing.effective_at, [("passed_by_attempt" if by_attempt else "passed_by_mark", values)]


@register_rule("attempts", gate=True)
def _attempts(rule, facts, grades):
    """Passed, or no attempt is left; a mark says so with `last`. Whether it was passed is the result and stays so."""
    passed_at, reasons = _passed(rule, facts, grades)
    last = min((fact for fact in grades if fact.data.get("last")), key=_by_time, default=None)
    if last is None or (passed_at and passed_at <= last.effective_at):
        return passed_at, reasons
    mark = Fraction(rule.get("pass_mark", 100), 100)
    best = max((score_of(fact.data) for fact in grades), default=None)
    return last.effective_at, [("attempts_used", {"score": best, "pass_mark": mark, "at": last.effective_at})]


@register_rule("confirmed")
def _confirmed(rule, facts, grades):
    """Only a decision of staff completes it."""
    return None, [("needs_confirmation", {})]


def _unknown(rule, facts, grades):
    """A rule nobody knows never completes: it closes rather than opens."""
    return None, [("unknown_rule", {"rule": rule.get("rule", "")})]


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
    """The grade that counts of each attempt: its last regrade by number, else its best mark.

    A grade with a `method` is the mark of the whole activity so far (the mean of all attempts, say): the newest counts.
    """
    force: dict[str, Evidence] = {}
    for fact in grades:
        attempt = "" if fact.data.get("method") else str(fact.data.get("attempt") or fact.key)
        if attempt not in force or _rank(fact) > _rank(force[attempt]):
            force[attempt] = fact
    return force


def _rank(fact: Evidence) -> tuple:
    newest = (fact.effective_at, fact.decision_number or 0) if fact.data.get("method") else (fact.decision_number or 0,)
    return (*newest, score_of(fact.data), bool(fact.data.get("passed")), fact.key)


def _scores_in_force(grades: Iterable[Evidence]) -> dict[str, Fraction]:
    return {attempt: score_of(fact.data) for attempt, fact in _in_force(grades).items()}


def _because(told: Decision, reason: Reason, **changed: Any) -> Decision:
    return Decision(**{**vars(told), **changed, "because": (*_frozen([reason]), *told.because)})


def _frozen(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    return tuple((code, MappingProxyType(dict(values))) for code, values in reasons)
