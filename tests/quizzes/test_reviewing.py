"""What may be looked at, and when."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzes.reviewing import Moment, Thing, allowed, clean_review, moment_of, usual_review

NOON = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


@pytest.mark.parametrize(
    ("facts", "moment"),
    [
        ({"is_open": True, "submitted_at": None, "closes_at": None}, Moment.DURING),
        ({"is_open": True, "submitted_at": None, "closes_at": NOON - MINUTE}, Moment.DURING),
        ({"is_open": False, "submitted_at": NOON - MINUTE, "closes_at": None}, Moment.AFTER),
        ({"is_open": False, "submitted_at": NOON - 3 * MINUTE, "closes_at": None}, Moment.OPEN),
        ({"is_open": False, "submitted_at": NOON - MINUTE, "closes_at": NOON}, Moment.CLOSED),
        ({"is_open": False, "submitted_at": None, "closes_at": NOON + MINUTE}, Moment.OPEN),
    ],
)
def test_moment_of_looking(facts, moment):
    assert moment_of(now=NOON, **facts) == moment


def test_matrix_allows_what_it_names_and_nothing_else():
    assert allowed({"marks": ["after"]}, Moment.AFTER) == {Thing.MARKS}
    assert allowed({"marks": ["after"]}, Moment.OPEN) == frozenset()
    assert allowed({}, Moment.CLOSED) == frozenset()
    assert Thing.OVERALL_FEEDBACK not in allowed(usual_review(), Moment.DURING)


@given(
    junk=st.recursive(
        st.none() | st.text(max_size=5) | st.integers(), lambda s: st.lists(s) | st.dictionaries(st.text(max_size=9), s)
    )
)
def test_any_shape_becomes_a_matrix(junk):
    cleaned = clean_review(junk)
    assert set(cleaned) == {str(thing) for thing in Thing}
    assert clean_review(cleaned) == cleaned


def test_the_usual_matrix_is_clean():
    assert clean_review(usual_review()) == usual_review()
