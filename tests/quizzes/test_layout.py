"""Which questions are asked, in which order, on which pages."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzes.layout import TooFewQuestions, draw, lay_out

rngs = st.randoms(use_true_random=False)


def test_a_wide_pool_leaves_a_narrow_one_what_it_needs():
    for seed in range(50):
        drawn = draw([("wide", None, range(5), 3), ("narrow", None, [0, 1], 2)], Random(seed))
        assert {question for slot, question in drawn if slot == "narrow"} == {0, 1}


def test_fixed_questions_are_never_drawn_beside_themselves():
    for seed in range(20):
        assert draw([("drawn", None, [1, 2], 1), ("fixed", 1, [], 1)], Random(seed)) == [("drawn", 2), ("fixed", 1)]


def test_too_small_a_pool_names_its_slot():
    with pytest.raises(TooFewQuestions) as error:
        draw([("a", 7, [], 1), ("b", None, [7, 8], 2)], Random(1))
    assert error.value.index == 1


@given(pools=st.lists(st.tuples(st.sets(st.integers(1, 30), min_size=1), st.integers(1, 3)), max_size=5), rng=rngs)
def test_no_question_is_asked_twice_and_each_comes_from_its_pool(pools, rng):
    slots = [(index, None, sorted(pool), count) for index, (pool, count) in enumerate(pools)]
    try:
        drawn = draw(slots, rng)
    except TooFewQuestions:
        return
    assert len({question for _slot, question in drawn}) == len(drawn) == sum(count for _pool, count in pools)
    assert all(question in pools[slot][0] for slot, question in drawn)


def test_sections_begin_pages_and_shuffling_stays_within_them():
    places = [("s", 1, ""), ("s", 2, ""), ("s", 3, "Kedua"), ("s", 4, ""), ("s", 5, "Ketiga")]
    for seed in range(10):
        laid = lay_out(places, Random(seed), shuffle=True, per_page=0)
        assert [place.section for place in laid] == ["", "", "Kedua", "Kedua", "Ketiga"]
        assert [place.page for place in laid] == [1, 1, 2, 2, 3]
        assert [{1, 2}, {1, 2}, {3, 4}, {3, 4}, {5}] == [
            group
            for group, place in zip([{1, 2}, {1, 2}, {3, 4}, {3, 4}, {5}], laid, strict=True)
            if place.question_id in group
        ]


@given(
    places=st.lists(st.tuples(st.just("s"), st.integers(), st.sampled_from(["", "", "A", "B"])), max_size=12),
    per_page=st.integers(0, 4),
    rng=rngs,
)
def test_every_place_is_laid_once_on_pages_without_a_gap(places, per_page, rng):
    laid = lay_out(places, rng, shuffle=True, per_page=per_page)
    assert sorted(place.question_id for place in laid) == sorted(question for _slot, question, _heading in places)
    pages = [place.page for place in laid]
    assert pages == sorted(pages)
    assert set(pages) == set(range(1, max(pages, default=0) + 1))
    if per_page:
        assert all(pages.count(page) <= per_page for page in pages)
