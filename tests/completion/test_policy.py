"""The policy is judged by properties over thousands of generated histories, and by one plain case for each rule."""

import datetime as dt
import itertools
import random
from dataclasses import dataclass, field
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from completion import policy
from completion.policy import (
    COMPLETE,
    IN_PROGRESS,
    NO_RESULT,
    NOT_PASSED,
    NOT_STARTED,
    PASSED,
    Evidence,
    activities,
    decide,
    decide_course,
)

START = dt.datetime(2026, 3, 2, 1, 0, tzinfo=dt.UTC)
READ = {"rule": "read", "minimum_seconds": 120}
DECLARED = {"rule": "declared"}
GRADED = {"rule": "graded", "pass_mark": 70}
PASS = {"rule": "passed", "pass_mark": 70}
WATCHED = {"rule": "watched", "percent": 80, "minimum_seconds": 60}
SUBMITTED = {"rule": "submitted", "pass_mark": 70}
ATTEMPTS = {"rule": "attempts", "pass_mark": 70}
CONFIRMED = {"rule": "confirmed"}
RULES = (READ, DECLARED, WATCHED, SUBMITTED, GRADED, PASS, ATTEMPTS, CONFIRMED, {"rule": "something new"}, {})


def at(minutes):
    return START + dt.timedelta(minutes=minutes)


def fact(kind, minutes=0, key=None, number=None, **data):
    return Evidence(
        kind=kind, effective_at=at(minutes), key=key or f"{kind}{minutes}", data=data, decision_number=number
    )


def codes(decision):
    return [code for code, _values in decision.because]


# --- generated histories ---------------------------------------------------------------------------------------------

moments = st.integers(0, 50).map(at)
scores = st.fractions(0, 1, max_denominator=20).map(str)
read = st.fixed_dictionaries(
    {"seconds": st.integers(0, 200), "reached_end": st.booleans()},
    optional={"opening": st.sampled_from("abc"), "read_text": st.booleans()},
)
spans = st.lists(st.tuples(st.integers(0, 120), st.integers(0, 120)).map(list), max_size=4)
watching = st.fixed_dictionaries(
    {"recording": st.integers(1, 2), "spans": spans, "length": st.sampled_from([90, 100])},
    optional={"whole": st.sampled_from([100, 190])},
)
grade = st.fixed_dictionaries(
    {"score": scores, "attempt": st.sampled_from("xyz")},
    optional={"passed": st.booleans() | st.none(), "last": st.booleans()},
)
learner_kinds = st.one_of(
    st.tuples(st.just("opened"), st.just({})),
    st.tuples(st.just("read"), read),
    st.tuples(st.just("declared"), st.just({})),
    st.tuples(st.just("watched"), watching),
    st.tuples(st.just("submitted"), st.just({})),
    st.tuples(st.just("graded"), grade),
)
staff_kinds = st.one_of(
    st.tuples(st.just("overridden"), st.fixed_dictionaries({"complete": st.booleans() | st.none()})),
    st.tuples(st.just("redo"), st.just({})),
    st.tuples(st.just("graded"), grade),
)


@st.composite
def learner_evidence(draw, prefix="L", max_size=8):
    drawn = draw(st.lists(st.tuples(learner_kinds, moments), max_size=max_size))
    return [
        Evidence(kind=kind, effective_at=when, key=f"{prefix}{n}", data=data)
        for n, ((kind, data), when) in enumerate(drawn)
    ]


@st.composite
def staff_evidence(draw, max_size=4):
    drawn = draw(st.lists(st.tuples(staff_kinds, moments), max_size=max_size))
    return [
        Evidence(kind=kind, effective_at=when, key=f"S{n}", data=data, decision_number=n + 1)
        for n, ((kind, data), when) in enumerate(drawn)
    ]


rules = st.sampled_from(RULES)


@given(rules, learner_evidence(), staff_evidence(), st.randoms(use_true_random=False))
def test_decision_is_the_same_in_any_order_and_however_often_told(rule, learner, staff, rng):
    told = learner + staff
    again = told + rng.sample(told, k=len(told) // 2)
    rng.shuffle(again)
    assert decide(rule, again) == decide(rule, told)


@given(rules, learner_evidence("L"), learner_evidence("M"), staff_evidence())
def test_learner_evidence_never_takes_back(rule, before, more, staff):
    first = decide(rule, before + staff)
    then = decide(rule, before + more + staff)
    assert then.completion >= first.completion
    assert then.result >= first.result
    assert then.seconds >= first.seconds
    assert (then.best_score or 0) >= (first.best_score or 0)
    if first.completed_at:
        assert then.completed_at <= first.completed_at


@given(rules, learner_evidence(), staff_evidence(), moments, st.booleans())
def test_last_override_wins_over_whatever_came(rule, learner, staff, when, complete):
    last = Evidence(kind="overridden", effective_at=when, key="last", data={"complete": complete}, decision_number=99)
    assert (decide(rule, [*learner, *staff, last]).completion == COMPLETE) is complete


@given(rules, learner_evidence(), staff_evidence())
def test_withdrawn_override_lets_the_evidence_decide_again(rule, learner, staff):
    staff = [fact for fact in staff if fact.kind != "overridden"]
    after = [
        Evidence(kind="overridden", effective_at=at(60), key="o1", data={"complete": False}, decision_number=98),
        Evidence(kind="overridden", effective_at=at(61), key="o2", data={"complete": None}, decision_number=99),
    ]
    told, plain = decide(rule, [*learner, *staff, *after]), decide(rule, learner + staff)
    assert (told.completion, told.result, told.completed_at) == (plain.completion, plain.result, plain.completed_at)


@given(rules, learner_evidence(), staff_evidence())
def test_redo_after_everything_starts_afresh(rule, learner, staff):
    redo = Evidence(kind="redo", effective_at=at(60), key="redo", decision_number=99)
    told = decide(rule, [*learner, *staff, redo])
    assert (told.completion, told.result, told.best_score, told.seconds) == (NOT_STARTED, NO_RESULT, None, 0)


@given(rules, learner_evidence(), st.lists(st.tuples(grade, moments), max_size=4))
def test_regrade_never_removes_a_completion_or_a_pass(rule, learner, regrades):
    more = [
        Evidence(kind="graded", effective_at=when, key=f"R{n}", data=data, decision_number=n + 1)
        for n, (data, when) in enumerate(regrades)
    ]
    first, then = decide(rule, learner), decide(rule, learner + more)
    assert then.completion >= first.completion
    assert then.result >= first.result


@given(rules, learner_evidence(), staff_evidence())
def test_decision_holds_together(rule, learner, staff):
    told = decide(rule, learner + staff)
    assert (told.completion == COMPLETE) == (told.completed_at is not None)
    assert (told.first_at is None) == (told.last_at is None)
    assert told.best_score is None or isinstance(told.best_score, Fraction)
    assert not any(isinstance(value, float) for _code, values in told.because for value in values.values())
    assert told.because or told.completion != COMPLETE


# --- one plain case for each rule ------------------------------------------------------------------------------------


def test_nothing_at_all_is_not_started():
    assert decide(READ, []).completion == NOT_STARTED


def test_opening_is_in_progress_and_never_complete():
    told = decide({"rule": "read", "minimum_seconds": 0}, [fact("opened")])
    assert (told.completion, codes(told)) == (IN_PROGRESS, ["needs_end"])


def test_read_completes_when_the_later_condition_comes_true():
    told = decide(
        READ, [fact("read", 1, seconds=30, reached_end=True), fact("read", 5, seconds=90), fact("read", 9, seconds=60)]
    )
    assert (told.completion, told.completed_at, told.seconds) == (COMPLETE, at(5), 180)
    assert dict(told.because[0][1]) == {"seconds": 120, "minimum": 120, "at": at(5)}


def test_read_too_quickly_says_how_much_is_missing():
    told = decide(READ, [fact("read", 1, seconds=30, reached_end=True)])
    assert told.because[0][0] == "needs_seconds"
    assert told.because[0][1]["missing"] == 90


def test_reading_of_one_opening_counts_its_largest_sum_only():
    told = decide(
        READ, [fact("read", m, seconds=s, opening="a", reached_end=True) for m, s in ((1, 50), (2, 70), (3, 60))]
    )
    assert (told.seconds, told.completion) == (70, IN_PROGRESS)


def test_declared_needs_the_learners_word():
    assert decide(DECLARED, [fact("read", 1, seconds=900, reached_end=True)]).completion == IN_PROGRESS
    assert decide(DECLARED, [fact("declared", 2)]).completed_at == at(2)


def test_graded_completes_with_any_mark_but_does_not_pass():
    told = decide(GRADED, [fact("graded", 3, score="1/10")])
    assert (told.completion, told.result, told.best_score) == (COMPLETE, NOT_PASSED, Fraction(1, 10))


@pytest.mark.parametrize(
    ("data", "completion", "code"),
    [
        ({"score": "7/10"}, COMPLETE, "passed_by_mark"),
        ({"score": "69/100"}, IN_PROGRESS, "below_mark"),
        ({"score": "2/3", "passed": True}, COMPLETE, "passed_by_attempt"),
        ({"score": "9/10", "passed": False}, IN_PROGRESS, "below_mark"),
    ],
)
def test_passed_follows_the_attempts_own_rules_else_the_pass_mark(data, completion, code):
    told = decide(PASS, [fact("graded", 3, **data)])
    assert (told.completion, codes(told)) == (completion, [code])
    assert told.result == (PASSED if completion == COMPLETE else NOT_PASSED)


def test_seventy_percent_is_exact():
    assert decide(PASS, [fact("graded", score="0.7")]).completion == COMPLETE
    assert decide({"rule": "passed", "pass_mark": 33}, [fact("graded", score="1/3")]).completion == COMPLETE


def test_regrade_lowers_the_score_and_keeps_the_pass():
    told = decide(
        PASS, [fact("graded", 1, score="8/10", attempt="x"), fact("graded", 9, number=1, score="1/2", attempt="x")]
    )
    assert (told.completion, told.result, told.best_score) == (COMPLETE, PASSED, Fraction(1, 2))
    assert "regrade_kept" in codes(told)


def test_regrade_upwards_completes_when_it_was_decided():
    told = decide(
        PASS, [fact("graded", 1, score="1/2", attempt="x"), fact("graded", 9, number=1, score="8/10", attempt="x")]
    )
    assert (told.completion, told.completed_at) == (COMPLETE, at(9))


def test_regrade_of_an_attempt_before_a_redo_does_not_count():
    told = decide(
        PASS,
        [
            fact("graded", 1, score="1/2", attempt="x"),
            fact("redo", 5, number=1),
            fact("graded", 9, number=2, score="1", attempt="x"),
        ],
    )
    assert (told.completion, told.result) == (NOT_STARTED, NO_RESULT)


def test_redo_counts_later_evidence_only():
    history = [fact("declared", 1), fact("redo", 5, number=1)]
    assert decide(DECLARED, history).completion == NOT_STARTED
    assert decide(DECLARED, [*history, fact("declared", 6)]).completed_at == at(6)


def test_unknown_rule_stays_closed():
    told = decide({"rule": "guessed"}, [fact("read", seconds=9999, reached_end=True), fact("declared", 1)])
    assert (told.completion, codes(told)) == (IN_PROGRESS, ["unknown_rule"])


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("guessed", {}),
        ("read", {"seconds": -1}),
        ("read", {"seconds": 1.5}),
        ("read", {"seconds": True}),
        ("graded", {}),
        ("graded", {"score": 0.7}),
        ("graded", {"score": "seven"}),
        ("graded", {"score": "1/0"}),
        ("graded", {"score": f"1/{2**64}"}),
        ("graded", {"score": "1/2", "passed": "yes"}),
    ],
)
def test_evidence_that_cannot_be_a_fact_is_refused(kind, data):
    with pytest.raises(policy.BadEvidence):
        policy.check_evidence(kind, data)


def test_score_below_zero_counts_as_zero():
    assert policy.score_of({"score": "-1/3"}) == 0


def watched(minutes, *spans, recording=1, length=100, **data):
    return fact(
        "watched", minutes, key=f"w{minutes}{recording}", recording=recording, spans=spans, length=length, **data
    )


def test_watched_counts_each_second_once_and_completes_when_enough_was_played():
    told = decide(
        WATCHED, [watched(1, (0, 50)), watched(2, (40, 60), (90, 100)), watched(3, (60, 80)), watched(9, (0, 99))]
    )
    assert (told.completion, told.completed_at) == (COMPLETE, at(3))
    assert dict(told.because[0][1]) == {"share": Fraction(9, 10), "needed": Fraction(4, 5), "at": at(3)}


def test_watched_says_the_exact_share_so_far():
    told = decide(WATCHED, [watched(1, (0, 30)), watched(2, (15, 45))])
    assert (told.completion, codes(told)) == (IN_PROGRESS, ["needs_watching"])
    assert told.because[0][1]["share"] == Fraction(45, 100)


def test_watched_asks_for_all_recordings_of_the_lesson_together():
    one = [watched(1, (0, 100), whole=150)]
    assert decide(WATCHED, one).because[0][1]["share"] == Fraction(2, 3)
    assert decide(WATCHED, [*one, watched(2, (0, 20), recording=2, length=50, whole=150)]).completed_at == at(2)


def test_what_is_said_to_be_played_beyond_the_end_does_not_count():
    assert decide(WATCHED, [watched(1, (50, 900))]).because[0][1]["share"] == Fraction(1, 2)


def test_reading_the_text_to_its_end_is_as_good_as_watching():
    quick = fact("read", 1, seconds=30, read_text=True, reached_end=True, opening="a")
    assert decide(WATCHED, [quick]).completion == IN_PROGRESS
    assert decide(WATCHED, [fact("read", 2, seconds=900, reached_end=True)]).completion == IN_PROGRESS
    told = decide(WATCHED, [quick, fact("read", 4, seconds=70, opening="a")])
    assert (told.completed_at, codes(told)) == (at(4), ["read_text"])


def test_work_handed_in_stays_handed_in_when_it_is_returned():
    told = decide(SUBMITTED, [fact("submitted", 2), fact("graded", 5, score="2/10", passed=False)])
    assert (told.completion, told.result, told.completed_at) == (COMPLETE, NOT_PASSED, at(2))
    assert codes(decide(SUBMITTED, [fact("opened")])) == ["needs_work"]


def test_all_attempts_used_completes_and_does_not_pass():
    first, last = fact("graded", 1, score="1/2"), fact("graded", 5, score="3/5", last=True)
    assert decide(ATTEMPTS, [first]).completion == IN_PROGRESS
    told = decide(ATTEMPTS, [first, last])
    assert (told.completion, told.result, told.completed_at, codes(told)) == (
        COMPLETE, NOT_PASSED, at(5), ["attempts_used"],
    )  # fmt: skip


def test_a_pass_completes_before_the_attempts_are_used():
    told = decide(ATTEMPTS, [fact("graded", 1, score="9/10"), fact("graded", 5, score="1/10", last=True)])
    assert (told.completion, told.result, told.completed_at) == (COMPLETE, PASSED, at(1))


def test_only_an_organiser_confirms():
    assert codes(decide(CONFIRMED, [fact("read", 1, seconds=900, reached_end=True), fact("declared", 2)])) == [
        "needs_confirmation"
    ]
    assert decide(CONFIRMED, [fact("overridden", 3, number=1, complete=True)]).completed_at == at(3)


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60))))
def test_union_of_spans_counts_what_was_played(drawn):
    played = {second for start, end in drawn for second in range(start, end)}
    union = policy.joined(drawn)
    assert sum(end - start for start, end in union) == len(played)
    assert all(a[1] < b[0] for a, b in itertools.pairwise(union))


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"recording": 1, "spans": [[0, 1]], "length": 0},
        {"recording": 1, "spans": [[0, 1.5]], "length": 9},
        {"recording": 1, "spans": [[0]], "length": 9},
        {"recording": 1, "spans": [[-1, 2]], "length": 9},
        {"recording": "1", "spans": [], "length": 9},
        {"recording": 1, "spans": [[0, 1]] * 501, "length": 9},
        {"recording": 1, "spans": [], "length": 9, "whole": True},
    ],
)
def test_watching_that_cannot_be_is_refused(data):
    with pytest.raises(policy.BadEvidence):
        policy.check_evidence("watched", data)


def test_an_app_above_can_bring_a_rule_and_nobody_can_replace_one(monkeypatch):
    monkeypatch.setattr(activities, "_RULES", dict(activities._RULES))

    @policy.register_rule("attended")
    def attended(rule, facts, grades):
        return (facts[0].effective_at, [("attended", {})]) if facts else (None, [])

    assert decide({"rule": "attended"}, [fact("opened", 3)]).completed_at == at(3)
    with pytest.raises(ValueError, match="attended"):
        policy.register_rule("attended")(attended)


# --- the course ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Ruled:
    activity_id: int
    required: bool = True
    rule: dict = field(default_factory=lambda: READ)


def done(minutes=1, result=NO_RESULT):
    return policy.Decision(completion=COMPLETE, result=result, completed_at=at(minutes))


def test_course_is_complete_with_all_required_activities_and_the_last_ones_time():
    ruled = [Ruled(1), Ruled(2), Ruled(3, required=False)]
    assert decide_course(ruled, {1: done(1)}, set()).completion == IN_PROGRESS
    told = decide_course(ruled, {1: done(4), 2: done(2)}, set())
    assert (told.completion, told.required_complete, told.required_total, told.completed_at) == (COMPLETE, 2, 2, at(4))


def test_course_without_required_activities_is_never_complete_by_itself():
    assert decide_course([], {}, set()).completion == NOT_STARTED
    assert decide_course([Ruled(1, required=False)], {1: done()}, set()).completion == IN_PROGRESS
    assert decide_course([Ruled(1)], {1: done()}, {1}).completion == IN_PROGRESS


def test_course_drops_withdrawn_activities():
    told = decide_course([Ruled(1), Ruled(2)], {1: done()}, {2})
    assert (told.completion, told.required_total) == (COMPLETE, 1)


def test_course_result_stands_apart_from_completion():
    ruled = [Ruled(1), Ruled(2, rule=PASS), Ruled(3, rule=PASS)]
    passed, failed = done(result=PASSED), policy.Decision(completion=IN_PROGRESS, result=NOT_PASSED)
    assert decide_course(ruled, {2: passed}, set()).result == NO_RESULT
    assert decide_course(ruled, {2: passed, 3: failed}, set()).result == NOT_PASSED
    assert decide_course(ruled, {2: passed, 3: passed}, set()).result == PASSED
    assert decide_course([Ruled(1)], {1: done()}, set()).result == NO_RESULT


@given(st.lists(st.tuples(st.booleans(), st.booleans(), st.booleans()), max_size=6), st.randoms(use_true_random=False))
def test_course_counts_are_exact_in_any_order(rows, rng: random.Random):
    ruled = [Ruled(n, required=required) for n, (required, _c, _w) in enumerate(rows)]
    decisions = {n: done(n) for n, (_r, complete, _w) in enumerate(rows) if complete}
    withdrawn = {n for n, (_r, _c, gone) in enumerate(rows) if gone}
    told = decide_course(ruled, decisions, withdrawn)
    counted = [complete for required, complete, gone in rows if required and not gone]
    assert (told.required_total, told.required_complete) == (len(counted), sum(counted))
    assert (told.completion == COMPLETE) == (bool(counted) and all(counted)) == (told.completed_at is not None)
    rng.shuffle(ruled)
    assert decide_course(ruled, decisions, withdrawn) == told
