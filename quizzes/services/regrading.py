"""Marks computed again with the newest key of each question, from the answers as they were given. Nothing else changes.

    plan = plan_regrade(quiz)                                      # the dry run: nothing is written
    apply_regrade(quiz=quiz, by=organiser, reason="…", keys=plan.keys)

`keys` are `{version that marks now: version that shall mark}`. An answer that does not fit the newer version as it is
(an option is gone) keeps its mark. So do marks that people gave.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any

from django.db import transaction
from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast, Coalesce

from questions.kinds import get_kind
from questions.queries import AskedVersion, latest_ready, versions_by_id

from ..access import attempts_in_care
from ..behaviours import ADAPTIVE, INTERACTIVE, Event, stand
from ..grading import is_passed, score
from ..models import Attempt, AttemptQuestion, QuizPage, QuizSlot, Regrade, RegradeChange
from ..queries import events_of
from ..replay import storable
from ..tasks import tell_result
from .ending import grade_again

PORTION = 500  # attempts whose answers are read at a time
MOST_REMEMBERED = 50_000  # answers whose new share is remembered
MOST_LISTED = 200  # attempts that a plan names

Keys = Mapping[int, int]


# --- what would change ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class MarkChange:
    """A question of an attempt that would earn another share, with the version whose key says so."""

    row: int
    question: int
    version: int
    before: Fraction
    after: Fraction


@dataclass(frozen=True)
class AttemptChange:
    """An attempt whose marks would change; scores are None while a person must still mark something."""

    attempt: int
    score_before: Fraction | None
    score_after: Fraction | None
    passed_before: bool | None
    passed_after: bool | None
    marks: tuple[MarkChange, ...]

    @property
    def turns(self) -> bool:
        """Say whether it would be passed where it was not, or the other way round."""
        return self.passed_before != self.passed_after


@dataclass(frozen=True)
class QuestionPlan:
    """What a regrade would do to the marks of one question. `unfit` answers cannot be compared and keep theirs."""

    question: int
    version: int
    compared: int
    up: int
    down: int
    unfit: int


@dataclass(frozen=True)
class Line:
    """An attempt of a plan that is named to whoever has it in care; exact shares as text, `"1/3"`."""

    attempt: int
    before: str
    after: str
    passed_before: bool | None
    passed_after: bool | None


@dataclass(frozen=True)
class Plan:
    """What a regrade would do: `attempts` would change, `passes` of them to passed and `fails` to not passed.

    `lines` are those in care, the ones that turn first; `in_care` counts all of those.
    """

    keys: dict[int, int]
    questions: tuple[QuestionPlan, ...]
    attempts: int
    passes: int
    fails: int
    in_care: int
    lines: tuple[Line, ...]

    @property
    def others(self) -> int:
        """How many attempts of people would change whom the reader does not have in care."""
        return self.attempts - self.in_care

    def as_dict(self) -> dict[str, Any]:
        """Return the plan as JSON can keep it."""
        return {**asdict(self), "keys": sorted(self.keys.items())}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Plan":
        """Return the plan that `as_dict` gave away."""
        return cls(
            **{
                **data,
                "keys": {int(old): int(new) for old, new in data["keys"]},
                "questions": tuple(QuestionPlan(**one) for one in data["questions"]),
                "lines": tuple(Line(**one) for one in data["lines"]),
            }
        )


def ended_attempts(quiz: QuizPage) -> QuerySet[Attempt]:
    """Return the attempts that a regrade is about: submitted ones of learners."""
    return Attempt.objects.filter(quiz=quiz.pk, state__in=Attempt.HANDED_IN_STATES, enrolment__isnull=False)


def outdated_keys(quiz: QuizPage, question: int | None = None) -> dict[int, int]:
    """Return which versions mark answers of a quiz, or of one of its questions, though a newer one should.

    That is the version the quiz pins, else the latest ready one. Answers that people mark, or nobody, have no key.
    """
    rows = AttemptQuestion.objects.filter(attempt__in=ended_attempts(quiz))
    if question is not None:
        rows = rows.filter(version__question=question)
    in_force = rows.order_by().annotate(force=_in_force()).values_list("force", flat=True).distinct()
    marked = [one for one in versions_by_id(in_force).values() if _has_key(one)]
    newest = _newest(quiz, {one.question_id for one in marked})
    return {
        one.pk: newest[one.question_id] for one in marked if newest.get(one.question_id, one.pk) != one.pk
    }  # fmt: skip


def _in_force() -> Coalesce:
    return Coalesce("key_version_id", "version_id")


def _has_key(version: AskedVersion) -> bool:
    kind = get_kind(version.kind)
    return kind.is_graded and not kind.is_marked_by_people


def _newest(quiz: QuizPage, questions: Iterable[int]) -> dict[int, int]:
    newest = {question: version.pk for question, version in latest_ready(questions).items()}
    pinned = QuizSlot.objects.filter(quiz=quiz.pk, pinned_version__isnull=False, question__in=newest)
    return newest | dict(pinned.values_list("question", "pinned_version"))


def answers_to_compare(quiz: QuizPage, keys: Keys) -> int:
    """Return how many answers a regrade would look at."""
    return _outdated_rows(ended_attempts(quiz), keys).count()


def _outdated_rows(attempts, keys: Keys) -> QuerySet[AttemptQuestion]:
    rows = AttemptQuestion.objects.filter(attempt__in=attempts).annotate(force=_in_force())
    return rows.filter(force__in=list(keys)).order_by("attempt", "position")


def plan_regrade(
    quiz: QuizPage, question: int | None = None, *, in_care: Callable[[list[int]], Collection[int]] | None = None
) -> Plan:
    """Return what a regrade of a quiz, or of one of its questions, would do; nothing is written.

    `in_care` says which of some attempts may be named; without it none is.
    """
    keys = outdated_keys(quiz, question)
    newest = versions_by_id(keys.values())
    tally: dict[int, Counter[str]] = {version.question_id: Counter() for version in newest.values()}
    count: Counter[Any] = Counter()
    named: dict[bool, list] = {True: [], False: []}
    for portion in _portions(changes(quiz, keys, tally=tally)):
        mine = set(in_care([one.attempt for one in portion])) if in_care else set()
        for one in portion:
            count["attempts"] += 1
            count["passes"] += one.turns and bool(one.passed_after)
            count["fails"] += one.turns and bool(one.passed_before)
            if one.attempt in mine:
                count["in_care"] += 1
                if len(named[one.turns]) < MOST_LISTED:
                    named[one.turns].append(_line(one))
    return Plan(
        keys=keys,
        questions=tuple(
            QuestionPlan(version.question_id, version.pk, **_counted(tally[version.question_id]))
            for version in sorted(newest.values(), key=lambda version: version.question_id)
        ),
        attempts=count["attempts"],
        passes=count["passes"],
        fails=count["fails"],
        in_care=count["in_care"],
        lines=tuple([*named[True], *named[False]][:MOST_LISTED]),
    )


def plan_for(user, quiz: QuizPage, question: int | None = None) -> Plan:
    """Return the plan of a regrade with the attempts named that a person has in care."""

    def in_care(attempts: list[int]) -> set[int]:
        return set(attempts_in_care(user).filter(pk__in=attempts).values_list("pk", flat=True))

    return plan_regrade(quiz, question, in_care=in_care)


def _counted(tally: Counter[str]) -> dict[str, int]:
    return {name: tally[name] for name in ("compared", "up", "down", "unfit")}


def _line(change: AttemptChange) -> Line:
    before, after = ("" if one is None else str(one) for one in (change.score_before, change.score_after))
    return Line(change.attempt, before, after, change.passed_before, change.passed_after)


def _portions(items: Iterator, size: int = PORTION) -> Iterator[list]:
    portion: list = []
    for item in items:
        portion.append(item)
        if len(portion) == size:
            yield portion
            portion = []
    if portion:
        yield portion


# --- answer by answer -------------------------------------------------------------------------------------------------


def changes(
    quiz: QuizPage, keys: Keys, *, attempts: list[int] | None = None, tally: dict[int, Counter[str]] | None = None
) -> Iterator[AttemptChange]:
    """Yield the attempts of a quiz whose marks would change, of `attempts` only where these are given.

    `tally` counts, by question, what was compared, what went up or down, and what does not fit.
    """
    ids = list(ended_attempts(quiz).order_by("pk").values_list("pk", flat=True)) if attempts is None else attempts
    shares = _Shares(keys)
    for start in range(0, len(ids) if keys else 0, PORTION):
        found = _mark_changes(ids[start : start + PORTION], keys, shares, {} if tally is None else tally)
        yield from _attempt_changes(found)


def _mark_changes(attempts: list[int], keys: Keys, shares: "_Shares", tally) -> dict[int, list[MarkChange]]:
    rows = list(
        _outdated_rows(attempts, keys).values_list(
            "pk", "attempt", "force", "certainty", "tries", "share_numerator", "share_denominator",
            Cast("answer", TextField()),
        )
    )  # fmt: skip
    behaviours = {
        pk: rules.get("behaviour", "deferred")
        for pk, rules in Attempt.objects.filter(pk__in={row[1] for row in rows}).values_list("pk", "rules")
    }
    by_tries = [row[0] for row in rows if behaviours[row[1]] in (INTERACTIVE, ADAPTIVE)]
    events = events_of(by_tries) if by_tries else {}
    found: dict[int, list[MarkChange]] = defaultdict(list)
    for pk, attempt, force, certainty, _tries, top, bottom, answer in rows:
        key = shares.versions[keys[force]]
        if top is None or (answer is None and pk not in events):
            continue
        behaviour = behaviours[attempt]
        if pk in events:
            after = shares.of_events(behaviour, key, events[pk])
        else:
            after = shares.of_answer(behaviour, key, certainty, answer)
        before, count = Fraction(top, bottom), tally.setdefault(key.question_id, Counter())
        if after is None:
            count["unfit"] += 1
            continue
        count["compared"] += 1
        if after != before:
            count["up" if after > before else "down"] += 1
            found[attempt].append(MarkChange(pk, key.question_id, key.pk, before, after))
    return found


class _Shares:
    """What answers earn by newer keys; equal answers are marked once."""

    def __init__(self, keys: Keys):
        self.versions = versions_by_id(keys.values())
        self._remembered: dict[tuple, Fraction | None] = {}

    def of_answer(self, behaviour: str, key: AskedVersion, certainty: int | None, answer: str) -> Fraction | None:
        """Return what an answer (JSON) earns; None where it does not fit."""
        known = (behaviour, key.pk, certainty, answer)
        if known not in self._remembered:
            if len(self._remembered) >= MOST_REMEMBERED:
                self._remembered.clear()
            self._remembered[known] = self.of_events(behaviour, key, [Event(json.loads(answer), certainty)])
        return self._remembered[known]

    def of_events(self, behaviour: str, key: AskedVersion, events: list[Event]) -> Fraction | None:
        """Return what a question earns after its answers and checks; None where one of them does not fit."""
        kind = get_kind(key.kind)
        given = [event.answer for event in events if not event.is_check and event.answer is not None]
        if any(kind.accept(key.data, answer) != answer for answer in given):
            return None
        share = stand(behaviour, key.kind, key.data, events).share
        return None if share is None else storable(share)


def _attempt_changes(found: Mapping[int, list[MarkChange]]) -> Iterator[AttemptChange]:
    """Compute the scores of attempts whose marks would change."""
    columns = ("pk", "rules", "state", "score_numerator", "score_denominator", "passed")
    heads = {row[0]: row[1:] for row in Attempt.objects.filter(pk__in=found).values_list(*columns)}
    rows: dict[int, list[tuple]] = defaultdict(list)
    marks = AttemptQuestion.objects.filter(attempt__in=list(found))
    for attempt, *row in marks.values_list("attempt", "pk", "max_mark", "share_numerator", "share_denominator"):
        rows[attempt].append(tuple(row))
    for attempt, changed in found.items():
        rules, _state, top, bottom, passed = heads[attempt]
        before = None if top is None else Fraction(top, bottom)
        after = None if before is None else _score(rows[attempt], {mark.row: mark.after for mark in changed})
        passes = None if after is None else is_passed(after, rules["pass_mark"])
        yield AttemptChange(attempt, before, after, passed, passes, tuple(changed))


def _score(rows: Iterable[tuple], after: Mapping[int, Fraction]) -> Fraction:
    return storable(
        score(
            (after[pk] if pk in after else Fraction(top or 0, bottom or 1), Fraction(max_mark))
            for pk, max_mark, top, bottom in rows
        )
    )


# --- doing it ---------------------------------------------------------------------------------------------------------


def apply_regrade(*, quiz: QuizPage, by, reason: str, keys: Keys) -> Regrade:
    """Regrade a quiz with the keys of a plan, at once."""
    regrade = start_regrade(quiz=quiz, by=by, reason=reason)
    carry_out(regrade, keys)
    return regrade


def start_regrade(*, quiz: QuizPage, by, reason: str) -> Regrade:
    """Write down that marks are recalculated, by whom and why; `carry_out` does it."""
    if not reason.strip():
        raise ValueError("a regrade needs its reason")
    return Regrade.objects.create(quiz_id=quiz.pk, made_by=by, reason=reason.strip()[:250])


def carry_out(regrade: Regrade, keys: Keys) -> int:
    """Change the marks, each attempt in a transaction of its own; return how many attempts changed.

    Broken off and run again it goes on where it was: what has been done marks by the new key already.
    """
    return sum(_regrade(regrade, change.attempt, keys) for change in changes(regrade.quiz, keys))


@transaction.atomic
def _regrade(regrade: Regrade, attempt_id: int, keys: Keys) -> bool:
    attempt = Attempt.objects.select_for_update().get(pk=attempt_id)
    change = next(changes(regrade.quiz, keys, attempts=[attempt_id]), None)
    if change is None:  # somebody was faster
        return False
    for mark in change.marks:
        AttemptQuestion.objects.filter(pk=mark.row).update(key_version=mark.version)
    graded = grade_again(attempt=attempt, by=regrade.made_by, reason=regrade.reason)
    RegradeChange.objects.bulk_create(
        RegradeChange(
            regrade=regrade, question_id=mark.row, version_id=mark.version, before=str(mark.before),
            after=str(mark.after), passed_before=change.passed_before, passed_after=graded.passed,
        )
        for mark in change.marks
    )  # fmt: skip
    if graded.state == Attempt.State.GRADED and (change.score_before, change.passed_before) != (
        graded.score,
        graded.passed,
    ):
        tell_result.enqueue(attempt_id, changed=True)
    return True
