"""What completes a course: its activities and whatever else the edition asks for. Pure, like the activities' rules."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Protocol

from .activities import (
    COMPLETE,
    IN_PROGRESS,
    NO_RESULT,
    NOT_PASSED,
    NOT_STARTED,
    PASSED,
    Decision,
    Marks,
    is_gate,
)

ALL, ANY = "all", "any"
PARTS, GRADE, COURSES, DAYS, SIGN_OFF, UNKNOWN = "parts", "grade", "courses", "days", "sign_off", "unknown"
KNOWN = frozenset({"mode", "count", "minimum_grade", "courses", "minimum_days", "sign_off"})
MARKED = frozenset({"graded", "passed", "attempts"})


class RuledActivity(Protocol):
    """One activity of an edition, as `courses.queries.edition_rules` gives it."""

    @property
    def activity_id(self) -> int: ...
    @property
    def required(self) -> bool: ...
    @property
    def rule(self) -> Mapping[str, Any]: ...


class Decided(Protocol):
    """What was decided of one activity: a `Decision`, or the row that keeps it."""

    @property
    def completion(self) -> int: ...
    @property
    def result(self) -> int: ...
    @property
    def completed_at(self) -> dt.datetime | None: ...


@dataclass(frozen=True)
class CourseFacts:
    """What is known of a person beside the activities; `finished` says when each other course was first complete.

    `marks` are by activity and only looked at where the course asks for a grade.
    """

    now: dt.datetime | None = None
    enrolled_at: dt.datetime | None = None
    signed_off_at: dt.datetime | None = None
    finished: Mapping[int, dt.datetime] = field(default_factory=dict)
    marks: Mapping[int, Marks] = field(default_factory=dict)


@dataclass(frozen=True)
class Condition:
    """One thing a course asks for; `met_at` is when it came true, None while it is missing."""

    code: str
    met_at: dt.datetime | None
    values: Mapping[str, Any]


@dataclass(frozen=True)
class CourseDecision:
    """What a course's rule says of a person.

    `required_total` is how many activities are needed and `required_complete` how many of those are there.
    `waits_until` is when the clock alone completes it, `awaits_sign_off` that the learner has done everything.
    """

    completion: int
    result: int
    required_total: int
    required_complete: int
    completed_at: dt.datetime | None
    conditions: tuple[Condition, ...] = ()
    waits_until: dt.datetime | None = None
    awaits_sign_off: bool = False


def decide_course(
    rules: Iterable[RuledActivity],
    decisions: Mapping[int, Decided],
    withdrawn: Set[int] = frozenset(),
    *,
    rule: Mapping[str, Any] | None = None,
    facts: CourseFacts | None = None,
) -> CourseDecision:
    """Decide a course by its rule (`{}`: all required activities), leaving out what was withdrawn.

    `rule` may have `"mode": "any"` with `"count"`, `"minimum_grade"` in percent, `"courses"` (ids), `"minimum_days"`
    and `"sign_off"`; a rule with anything else never completes. An activity that asks for a pass is complete with the
    pass only, or by an organiser's decision, and nothing else stands for it. The result stands apart.
    """
    rule, facts = rule or {}, facts or CourseFacts()
    required = [one for one in rules if one.required and one.activity_id not in withdrawn]
    told = [decisions.get(one.activity_id, _NOTHING) for one in required]
    done = sorted(d.completed_at for d in told if d.completion == COMPLETE and d.completed_at)
    needed = _needed(rule, len(required))
    conditions = tuple(_conditions(rule, facts, required, done, needed))
    missing = {condition.code: condition for condition in conditions if condition.met_at is None}
    moments = [condition.met_at for condition in conditions if condition.met_at]
    started = any(decision.completion != NOT_STARTED for decision in decisions.values())
    return CourseDecision(
        completion=COMPLETE if not missing else IN_PROGRESS if started else NOT_STARTED,
        result=_result([d for one, d in zip(required, told, strict=True) if is_gate(one.rule)], rule, done, needed),
        required_total=needed,
        required_complete=min(len(done), needed),
        completed_at=None if missing else max(moments),
        conditions=conditions,
        waits_until=missing[DAYS].values["until"] if missing.keys() == {DAYS} else None,
        awaits_sign_off=SIGN_OFF in missing and missing.keys() <= {SIGN_OFF, DAYS},
    )


def _needed(rule: Mapping[str, Any], total: int) -> int:
    """How many required activities are asked for; never more than there are."""
    return min(int(rule.get("count") or total), total) if rule.get("mode", ALL) == ANY else total


def _conditions(
    rule: Mapping[str, Any],
    facts: CourseFacts,
    required: Sequence[RuledActivity],
    done: Sequence[dt.datetime],
    needed: int,
) -> Iterator[Condition]:
    # A course that asks for no activity is never complete by itself.
    parts_at = done[needed - 1] if 0 < needed <= len(done) else None
    yield Condition(PARTS, parts_at, {"needed": needed, "done": min(len(done), needed), "of": len(required)})
    if rule.get("minimum_grade") is not None:
        yield _grade(Fraction(rule["minimum_grade"], 100), required, facts.marks, needed)
    if rule.get("courses"):
        yield _courses(rule["courses"], facts)
    if rule.get("minimum_days"):
        yield _days(int(rule["minimum_days"]), facts)
    if rule.get("sign_off"):
        yield Condition(SIGN_OFF, facts.signed_off_at, {})
    if not rule.keys() <= KNOWN or rule.get("mode", ALL) not in (ALL, ANY):
        yield Condition(UNKNOWN, None, {})


def _courses(course_ids: Sequence[int], facts: CourseFacts) -> Condition:
    missing = [course_id for course_id in course_ids if course_id not in facts.finished]
    at = None if missing else max(facts.finished[course_id] for course_id in course_ids)
    return Condition(COURSES, at, {"courses": tuple(course_ids), "missing": tuple(missing)})


def _days(days: int, facts: CourseFacts) -> Condition:
    """Whole days of 24 hours since the enrolment: the same moment in every zone. Who is not enrolled waits."""
    until = facts.enrolled_at + dt.timedelta(days=days) if facts.enrolled_at else None
    reached = until is not None and facts.now is not None and until <= facts.now
    return Condition(DAYS, until if reached else None, {"days": days, "until": until})


# --- the least grade -------------------------------------------------------------------------------------------------


def _grade(minimum: Fraction, required: Sequence[RuledActivity], marks: Mapping[int, Marks], needed: int) -> Condition:
    """The mean of the best marks of the required activities that are marked; one without a mark counts 0.

    Where a number of activities is enough, the mean is that of as many marks as one must at least collect. A better
    mark only ever raises it, and a mark that was corrected downwards later takes back nothing that was reached.
    """
    marked = [marks.get(one.activity_id, ()) for one in required if is_marked(one.rule)]
    counted = max(needed - (len(required) - len(marked)), 1)
    best = [rising[-1][1] if rising else Fraction(0) for rising in marked]
    values = {"grade": _mean(best, counted) if any(marked) else None, "minimum": minimum}
    return Condition(GRADE, _reached(minimum, marked, counted), values)


def is_marked(rule: Mapping[str, Any]) -> bool:
    """Say whether an activity of this rule gets a mark that counts; a pass mark of 0 (a pretest) asks for none."""
    return rule.get("pass_mark") != 0 and ("pass_mark" in rule or rule.get("rule") in MARKED)


def _mean(marks: Sequence[Fraction], counted: int) -> Fraction:
    return sum(sorted(marks, reverse=True)[:counted], Fraction(0)) / counted


def _reached(minimum: Fraction, marked: Sequence[Marks], counted: int) -> dt.datetime | None:
    """Return the first moment at which the mean was high enough."""
    best: dict[int, Fraction] = {}
    steps = sorted((at, n, mark) for n, rising in enumerate(marked) for at, mark in rising)
    for at, number, mark in steps:
        best[number] = mark
        if _mean(list(best.values()), counted) >= minimum:
            return at
    return None


# --- the result ------------------------------------------------------------------------------------------------------


def _result(gates: Sequence[Decided], rule: Mapping[str, Any], done: Sequence[dt.datetime], needed: int) -> int:
    """Passed when every activity that asks for a pass is; where a number is enough, when one of those needed is."""
    passed = [decision.result == PASSED for decision in gates]
    if gates and (all(passed) or (rule.get("mode") == ANY and any(passed) and len(done) >= needed)):
        return PASSED
    return NOT_PASSED if any(decision.result == NOT_PASSED for decision in gates) else NO_RESULT


_NOTHING = Decision()
