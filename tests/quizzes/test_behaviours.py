"""When answers are marked and what tries cost: each behaviour by example, and what holds for all of them."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from questions.kinds import get_kind
from quizzes.behaviours import ADAPTIVE, CERTAINTY, DEFERRED, IMMEDIATE, INTERACTIVE, Event, can_check, stand
from tests.factories import single
from tests.questions.strategies import Form, asked

A, B, C = ({"chosen": [key]} for key in "abc")
CHECK = Event(is_check=True)
BEHAVIOURS = (DEFERRED, IMMEDIATE, INTERACTIVE, ADAPTIVE, CERTAINTY)
DATA = get_kind("single").clean(
    {**single(weights={"a": "1", "b": "1/2", "c": "0"}), "hints": ["Pikirkan lagi", "Hampir"], "penalty": "1/4"}
)


def follow(behaviour, *events, data=DATA):
    given_ = [event if isinstance(event, Event) else Event(event) for event in events]
    return stand(behaviour, "single", data, given_)


@pytest.mark.parametrize("behaviour", BEHAVIOURS)
def test_nothing_answered_earns_nothing(behaviour):
    assert follow(behaviour).share == 0
    assert follow(behaviour, A, None).share == 0
    assert follow(behaviour, CHECK).tries == 0


def test_deferred_takes_the_last_answer_and_no_check():
    standing = follow(DEFERRED, C, CHECK, B)
    assert (standing.share, standing.tries, standing.is_finished) == (Fraction(1, 2), 0, False)


def test_immediate_ends_with_the_first_check():
    standing = follow(IMMEDIATE, B, CHECK, A)
    assert (standing.answer, standing.share, standing.is_finished) == (B, Fraction(1, 2), True)
    assert follow(IMMEDIATE, B, A).share == 1


def test_interactive_gives_a_try_more_than_hints_and_each_wrong_one_costs():
    assert follow(INTERACTIVE, C, CHECK).is_finished is False
    right_at_third = follow(INTERACTIVE, C, CHECK, B, CHECK, A, CHECK)
    assert (right_at_third.share, right_at_third.is_finished, right_at_third.tries) == (Fraction(1, 2), True, 3)
    assert follow(INTERACTIVE, C, CHECK, B, CHECK, C, CHECK, A).answer == C
    assert follow(INTERACTIVE, C, CHECK, A).share == Fraction(3, 4)
    assert follow(INTERACTIVE, A, CHECK).is_finished


def test_interactive_counts_going_back_to_an_earlier_answer_as_a_try():
    assert follow(INTERACTIVE, B, CHECK, C, CHECK, B).share == Fraction(1, 2) - 2 * Fraction(1, 4)


def test_interactive_takes_no_try_for_a_second_tap():
    once, twice = follow(INTERACTIVE, C, CHECK), follow(INTERACTIVE, C, CHECK, CHECK)
    assert once == twice
    assert (twice.tries, twice.is_just_checked) == (1, True)


def test_adaptive_says_again_what_an_earlier_answer_was():
    standing = follow(ADAPTIVE, C, CHECK, B, CHECK, C, CHECK)
    assert (standing.tries, standing.is_just_checked, standing.raw) == (2, True, 0)


def test_adaptive_keeps_the_best_try_and_the_same_answer_again_is_none():
    assert follow(ADAPTIVE, B, CHECK, B, CHECK).tries == 1
    assert follow(ADAPTIVE, B, CHECK, C, CHECK).share == Fraction(1, 2)
    assert follow(ADAPTIVE, C, CHECK, A, CHECK).share == Fraction(3, 4)
    assert follow(ADAPTIVE, C, CHECK, A).share == Fraction(3, 4)
    assert follow(ADAPTIVE, A, CHECK).is_finished is False


@pytest.mark.parametrize(
    ("answer", "certainty", "share"),
    [
        (A, 1, "1/3"),
        (A, 2, "2/3"),
        (A, 3, "1"),
        (A, None, "1/3"),
        (B, 3, "1/2"),
        (C, 1, "0"),
        (C, 2, "-2/3"),
        (C, 3, "-2"),
    ],
)
def test_certainty_weighs_right_and_wrong(answer, certainty, share):
    assert follow(CERTAINTY, Event(answer, certainty)).share == Fraction(share)


def test_check_is_only_where_a_machine_marks():
    assert can_check(IMMEDIATE, "single")
    assert not can_check(DEFERRED, "single")
    assert not any(can_check(IMMEDIATE, kind) for kind in ("essay", "upload", "likert", "description"))


@pytest.mark.parametrize("behaviour", BEHAVIOURS)
def test_people_mark_essays_whatever_the_behaviour(behaviour):
    data = get_kind("essay").clean({"text": "Ceritakan"})
    assert stand(behaviour, "essay", data, [Event({"text": "<p>x</p>"}, 3), CHECK]).share is None
    assert stand(behaviour, "essay", data, [CHECK]).share == 0


@given(question=asked, behaviour=st.sampled_from(BEHAVIOURS), drawn=st.data())
def test_every_kind_in_every_behaviour_stays_in_range(question, behaviour, drawn):
    name, data = question
    kind = get_kind(name)
    samples = st.sampled_from([*kind.samples(data), None])
    events = drawn.draw(
        st.lists(st.builds(Event, samples, st.sampled_from([None, 1, 2, 3])) | st.just(CHECK), max_size=8)
    )
    standing = stand(behaviour, name, data, events)
    assert standing == stand(behaviour, name, data, list(events))
    if standing.share is None:
        assert kind.is_marked_by_people
    else:
        lowest = -2 if behaviour == CERTAINTY else -1
        assert lowest <= standing.share <= 1
    assert standing.tries <= sum(event.is_check for event in events)


@given(question=asked)
def test_deferred_earns_what_the_kind_says(question):
    name, data = question
    for answer in get_kind(name).samples(data):
        assert stand(DEFERRED, name, data, [Event(answer)]).share == get_kind(name).grade(data, answer)
    assert Form() == {}
