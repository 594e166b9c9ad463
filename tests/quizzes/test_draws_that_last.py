"""`first_short` promises that `draw` never runs dry, whatever chance does."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzes.layout import TooFewQuestions, draw, first_short

questions = st.integers(1, 12)
slots = st.lists(
    st.one_of(
        st.tuples(questions, st.just([]), st.just(1)),
        st.tuples(st.none(), st.lists(questions, unique=True), st.integers(1, 4)),
    ),
    max_size=5,
)


@given(slots, st.integers())
def test_what_is_not_short_can_be_drawn_whatever_chance_does(wanted, seed):
    if first_short(wanted) is None:
        places = draw([(None, *slot) for slot in wanted], Random(seed))
        assert len(places) == sum(1 if fixed else count for fixed, _pool, count in wanted)


@given(st.lists(questions, unique=True), st.lists(st.integers(1, 4), min_size=1, max_size=4))
def test_draws_from_one_pool_are_short_exactly_when_they_want_more_than_it_has(pool, counts):
    wanted = [(None, pool, count) for count in counts]
    assert (first_short(wanted) is not None) is (sum(counts) > len(pool))


def test_slot_that_is_short_is_named_with_what_is_certain():
    wanted = [(3, [], 1), (None, [1, 2, 3], 2), (None, [1, 2, 3, 4], 2)]
    assert first_short(wanted) == (2, 1)
    with pytest.raises(TooFewQuestions):
        draw([(None, *slot) for slot in wanted], Random(1))
