"""A course is judged by properties over generated histories, and by one plain case for each thing it can ask for."""

import datetime as dt
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from completion.policy import (
    COMPLETE,
    IN_PROGRESS,
    NO_RESULT,
    NOT_PASSED,
    NOT_STARTED,
    PASSED,
    CourseFacts,
    Decision,
    Evidence,
    decide,
    decide_course,
    marks_of,
)

from .test_policy import ATTEMPTS, GRADED, PASS, READ, Ruled, at, done, fact, learner_evidence, staff_evidence

ACTIVITIES = (Ruled(1), Ruled(2, rule=PASS), Ruled(3, rule=ATTEMPTS), Ruled(4, rule=GRADED), Ruled(5, required=False))
OTHER = 77

# Five histories at once are much to draw; a busy machine must not make that a failure.
patiently = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], deadline=None)

optional = {
    "minimum_grade": st.integers(1, 100),
    "courses": st.just([OTHER]),
    "minimum_days": st.integers(1, 3),
    "sign_off": st.just(True),
}
course_rules = st.one_of(
    st.fixed_dictionaries({}, optional=optional),
    st.fixed_dictionaries({"mode": st.just("any"), "count": st.integers(1, 4)}, optional=optional),
)
course_facts = st.builds(
    CourseFacts,
    now=st.integers(0, 6000).map(at),
    enrolled_at=st.just(at(0)),
    signed_off_at=st.none() | st.integers(0, 90).map(at),
    finished=st.dictionaries(st.just(OTHER), st.integers(0, 90).map(at)),
)
histories = st.fixed_dictionaries({one.activity_id: learner_evidence(max_size=3) for one in ACTIVITIES})
decided_by_staff = st.fixed_dictionaries({one.activity_id: staff_evidence(max_size=2) for one in ACTIVITIES})


def told(history, rule, facts):
    decisions = {one.activity_id: decide(one.rule, history[one.activity_id]) for one in ACTIVITIES}
    marks = {one.activity_id: marks_of(history[one.activity_id]) for one in ACTIVITIES}
    return decide_course(ACTIVITIES, decisions, rule=rule, facts=replace(facts, marks=marks)), decisions


def together(*histories):
    return {one.activity_id: [f for h in histories for f in h[one.activity_id]] for one in ACTIVITIES}


def renamed(history, prefix):
    return {
        n: [Evidence(f.kind, f.effective_at, prefix + f.key, f.data, f.decision_number) for f in facts]
        for n, facts in history.items()
    }


@patiently
@given(histories, decided_by_staff, course_rules, course_facts, st.randoms(use_true_random=False))
def test_course_is_the_same_in_any_order_and_however_often_told(learner, staff, rule, facts, rng):
    first = together(learner, staff)
    again = {n: evidence + evidence[: len(evidence) // 2] for n, evidence in first.items()}
    for evidence in again.values():
        rng.shuffle(evidence)
    assert told(again, rule, facts)[0] == told(first, rule, facts)[0]


@patiently
@given(histories, histories, course_rules, course_facts)
def test_more_learner_evidence_never_takes_a_course_back_or_makes_it_later(before, more, rule, facts):
    first, _d = told(before, rule, facts)
    then, _d = told(together(before, renamed(more, "M")), rule, facts)
    assert then.completion >= first.completion
    assert then.result == PASSED or first.result != PASSED  # “not yet passed” may become “no result yet”, nothing less
    assert then.required_complete >= first.required_complete
    if first.completed_at:
        assert then.completed_at <= first.completed_at


@patiently
@given(histories, course_rules, course_facts)
def test_a_fail_never_completes_a_course_that_asks_for_a_pass(history, rule, facts):
    course, decisions = told(history, rule, facts)
    asks, passed = decisions[2].completion == COMPLETE, decisions[2].result == PASSED
    assert asks == passed
    if course.completion == COMPLETE:
        counted = [d for n, d in decisions.items() if n != 5 and d.completion == COMPLETE and (n != 2 or passed)]
        assert len(counted) >= (min(rule["count"], 4) if rule.get("mode") == "any" else 4)
        assert rule.get("mode") == "any" or passed


@patiently
@given(histories, decided_by_staff, course_rules, course_facts)
def test_course_holds_together(learner, staff, rule, facts):
    course, _decisions = told(together(learner, staff), rule, facts)
    met = [condition.met_at for condition in course.conditions]
    assert (course.completion == COMPLETE) == all(met) == (course.completed_at is not None)
    assert course.completed_at in (None, max((moment for moment in met if moment), default=None))
    assert course.required_complete <= course.required_total
    assert not (course.completion == COMPLETE and (course.waits_until or course.awaits_sign_off))
    assert course.waits_until is None or course.waits_until > facts.now


@patiently
@given(histories, course_rules, course_facts)
def test_time_alone_completes_what_waits_for_it_at_the_moment_it_said(history, rule, facts):
    course, _decisions = told(history, rule, facts)
    if course.waits_until:
        later = CourseFacts(**{**vars(facts), "now": course.waits_until + dt.timedelta(days=9)})
        assert told(history, rule, later)[0].completed_at == course.waits_until


@patiently
@given(histories, course_rules, course_facts)
def test_staff_decisions_about_a_course_supersede_in_their_order(history, rule, facts):
    """The signature in force is the last decision's; what came before it leaves no trace."""
    unsigned = CourseFacts(**{**vars(facts), "signed_off_at": None})
    assert not (rule.get("sign_off") and told(history, rule, unsigned)[0].completion == COMPLETE)


# --- one plain case for each thing a course can ask for --------------------------------------------------------------


def marked(minutes, mark, *, passed=False, rule="graded"):
    share = Fraction(mark)
    return Decision(
        completion=COMPLETE if passed or rule == "graded" else IN_PROGRESS,
        result=PASSED if passed else NOT_PASSED,
        best_score=share,
        completed_at=at(minutes) if passed or rule == "graded" else None,
    )


def marks(**told):
    """`marks(a2=(7, "3/5"))`: activity 2 had the mark 3/5 after 7 minutes."""
    return CourseFacts(
        marks={int(name[1:]): ((at(minutes), Fraction(mark)),) for name, (minutes, mark) in told.items()}
    )


def missing(course):
    return [condition.code for condition in course.conditions if condition.met_at is None]


def test_a_number_of_activities_is_enough_and_the_moment_is_that_of_the_last_one_needed():
    ruled = [Ruled(1), Ruled(2), Ruled(3)]
    rule = {"mode": "any", "count": 2}
    assert decide_course(ruled, {1: done(9)}, rule=rule).completion == IN_PROGRESS
    course = decide_course(ruled, {1: done(9), 2: done(3), 3: done(5)}, rule=rule)
    assert (course.completed_at, course.required_total, course.required_complete) == (at(5), 2, 2)


def test_a_number_larger_than_what_is_left_asks_for_all_that_is_left():
    rule = {"mode": "any", "count": 3}
    assert decide_course([Ruled(1), Ruled(2)], {1: done()}, {2}, rule=rule).completion == COMPLETE
    assert decide_course([Ruled(1)], {}, {1}, rule=rule).completion == NOT_STARTED


def test_an_activity_that_was_not_passed_is_none_of_the_number():
    ruled = [Ruled(1), Ruled(2, rule=PASS), Ruled(3, rule=PASS)]
    rule = {"mode": "any", "count": 2}
    failed = marked(2, "1/2", rule="passed")
    assert decide_course(ruled, {1: done(), 2: failed, 3: failed}, rule=rule).completion == IN_PROGRESS
    course = decide_course(ruled, {1: done(), 2: failed, 3: marked(4, 1, passed=True)}, rule=rule)
    assert (course.completion, course.result) == (COMPLETE, PASSED)


def test_all_attempts_used_completes_the_course_and_its_result_says_not_passed():
    failed = decide(ATTEMPTS, [fact("graded", 5, score="1/2", last=True)])
    course = decide_course([Ruled(1, rule=ATTEMPTS)], {1: failed})
    assert (course.completion, course.result) == (COMPLETE, NOT_PASSED)


def test_the_grade_is_the_exact_mean_of_the_best_marks_and_no_mark_counts_nothing():
    ruled = [Ruled(1), Ruled(2, rule=GRADED), Ruled(3, rule=GRADED)]
    rule = {"minimum_grade": 70}
    decisions = {1: done(), 2: marked(2, "3/5"), 3: marked(3, "13/20")}
    course = decide_course(ruled, decisions, rule=rule, facts=marks(a2=(2, "3/5"), a3=(3, "13/20")))
    grade = course.conditions[1]
    assert (missing(course), grade.values["grade"]) == (["grade"], Fraction(5, 8))
    better = decide_course(ruled, decisions, rule=rule, facts=marks(a2=(7, "3/4"), a3=(3, "13/20")))
    assert (better.completion, better.completed_at) == (COMPLETE, at(7))
    alone = decide_course(ruled, {2: marked(1, 1)}, rule=rule, facts=marks(a2=(1, 1)))
    assert missing(alone) == ["parts", "grade"]
    assert decide_course(ruled, {}, rule=rule).conditions[1].values["grade"] is None


def test_a_mark_corrected_downwards_takes_back_no_grade_that_was_reached():
    history = [fact("graded", 1, score="8/10", attempt="x"), fact("graded", 9, number=1, score="1/10", attempt="x")]
    assert marks_of(history) == ((at(1), Fraction(4, 5)),)
    facts = CourseFacts(marks={1: marks_of(history)})
    course = decide_course(
        [Ruled(1, rule=GRADED)], {1: decide(GRADED, history)}, rule={"minimum_grade": 70}, facts=facts
    )
    assert (course.completion, course.completed_at) == (COMPLETE, at(1))
    assert marks_of([*history, fact("redo", 20, number=2)]) == ()


def test_where_a_number_is_enough_only_as_many_marks_count_as_one_must_collect():
    ruled = [Ruled(1), Ruled(2, rule=GRADED), Ruled(3, rule=GRADED)]
    rule = {"mode": "any", "count": 2, "minimum_grade": 80}
    decisions, facts = {1: done(), 2: marked(2, "4/5")}, marks(a2=(2, "4/5"))
    assert decide_course(ruled, decisions, rule=rule, facts=facts).completion == COMPLETE


def test_a_pretest_counts_for_no_grade():
    ruled = [Ruled(1, rule={"rule": "graded", "pass_mark": 0}), Ruled(2, rule=GRADED)]
    decisions, facts = {1: marked(1, "1/5"), 2: marked(2, "4/5")}, marks(a1=(1, "1/5"), a2=(2, "4/5"))
    course = decide_course(ruled, decisions, rule={"minimum_grade": 80}, facts=facts)
    assert (course.completion, course.conditions[1].values["grade"]) == (COMPLETE, Fraction(4, 5))
    assert missing(decide_course(ruled[:1], decisions, rule={"minimum_grade": 1}, facts=facts)) == ["grade"]


def test_a_grade_is_never_reached_where_nothing_is_marked():
    assert missing(decide_course([Ruled(1)], {1: done()}, rule={"minimum_grade": 1})) == ["grade"]


def test_other_courses_must_be_complete():
    rule = {"courses": [8, 9]}
    first = decide_course([Ruled(1)], {1: done(1)}, rule=rule, facts=CourseFacts(finished={8: at(4)}))
    assert (first.completion, first.conditions[1].values["missing"]) == (IN_PROGRESS, (9,))
    then = decide_course([Ruled(1)], {1: done(1)}, rule=rule, facts=CourseFacts(finished={8: at(4), 9: at(2)}))
    assert then.completed_at == at(4)


def test_days_are_whole_ones_since_the_enrolment():
    rule, enrolled = {"minimum_days": 2}, at(0)
    until = enrolled + dt.timedelta(days=2)
    just = CourseFacts(now=until - dt.timedelta(seconds=1), enrolled_at=enrolled)
    waiting = decide_course([Ruled(1)], {1: done()}, rule=rule, facts=just)
    assert (waiting.completion, waiting.waits_until) == (IN_PROGRESS, until)
    over = CourseFacts(now=until, enrolled_at=enrolled)
    assert decide_course([Ruled(1)], {1: done()}, rule=rule, facts=over).completed_at == until
    assert decide_course([Ruled(1)], {}, rule=rule, facts=just).waits_until is None


def test_a_signature_is_asked_for_once_everything_else_is_there():
    rule = {"sign_off": True, "minimum_days": 1}
    facts = CourseFacts(now=at(1), enrolled_at=at(0))
    course = decide_course([Ruled(1)], {1: done()}, rule=rule, facts=facts)
    assert (course.awaits_sign_off, course.waits_until) == (True, None)
    assert not decide_course([Ruled(1)], {}, rule=rule, facts=facts).awaits_sign_off
    signed = CourseFacts(now=at(5000), enrolled_at=at(0), signed_off_at=at(30))
    assert decide_course([Ruled(1)], {1: done()}, rule=rule, facts=signed).completed_at == at(1440)


@pytest.mark.parametrize("rule", [{"mode": "some"}, {"something": "new"}])
def test_a_rule_that_cannot_be_read_never_completes(rule):
    assert missing(decide_course([Ruled(1, rule=READ)], {1: done()}, rule=rule)) == ["unknown"]


def test_a_course_without_gates_has_no_result():
    assert decide_course([Ruled(1)], {1: done()}, rule={"mode": "any", "count": 1}).result == NO_RESULT
