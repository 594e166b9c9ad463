"""The score of an attempt: exact, in its range, and never better for a worse answer."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzes.grading import is_passed, score

shares = st.fractions(min_value=-1, max_value=1, max_denominator=60)
max_marks = st.fractions(min_value=0, max_value=100, max_denominator=100)
marks = st.lists(st.tuples(shares, max_marks), max_size=30)


@given(marks)
def test_score_lies_between_nothing_and_all(marks):
    assert 0 <= score(marks) <= 1


@given(marks, st.randoms(use_true_random=False))
def test_score_does_not_depend_on_the_order_of_questions(marks, rng):
    shuffled = list(marks)
    rng.shuffle(shuffled)
    assert score(shuffled) == score(marks)


@given(marks, st.fractions(min_value=Fraction(1, 50), max_value=50, max_denominator=50))
def test_score_does_not_depend_on_the_unit_of_marks(marks, factor):
    assert score([(share, mark * factor) for share, mark in marks]) == score(marks)


@given(st.lists(max_marks.filter(bool), min_size=1, max_size=20))
def test_score_of_all_right_is_exactly_one(max_marks):
    assert score([(Fraction(1), mark) for mark in max_marks]) == 1


@given(marks, st.data())
def test_score_never_falls_when_one_answer_gets_better(marks, data):
    if not marks:
        return
    at = data.draw(st.integers(0, len(marks) - 1))
    better = list(marks)
    better[at] = (data.draw(st.fractions(min_value=marks[at][0], max_value=1, max_denominator=60)), marks[at][1])
    assert score(better) >= score(marks)


def test_score_of_three_thirds_is_one_without_rounding():
    assert score([(Fraction(1, 3), Fraction(1))] * 3) == Fraction(1, 3)
    assert score([(Fraction(1), Fraction("0.1"))] * 3 + [(Fraction(0), Fraction("0.7"))]) == Fraction(3, 10)


def test_score_weighs_questions_by_their_marks():
    assert score([(Fraction(1), Fraction(3)), (Fraction(0), Fraction(1))]) == Fraction(3, 4)


def test_score_lets_negative_marks_count_but_stops_at_nothing():
    assert score([(Fraction(1), Fraction(1)), (Fraction(-1, 2), Fraction(1))]) == Fraction(1, 4)
    assert score([(Fraction(-1), Fraction(1)), (Fraction(1, 2), Fraction(1))]) == 0


@pytest.mark.parametrize("marks", [[], [(Fraction(1), Fraction(0))]])
def test_score_of_a_quiz_without_marks_is_zero(marks):
    assert score(marks) == 0


@pytest.mark.parametrize("mark", [(Fraction(2), Fraction(1)), (Fraction(-3), Fraction(1)), (Fraction(1), Fraction(-1))])
def test_score_refuses_what_cannot_be(mark):
    with pytest.raises(ValueError, match=r"between|negative"):
        score([mark])


@pytest.mark.parametrize(
    ("value", "pass_mark", "passed"),
    [
        (Fraction(7, 10), 70, True),
        (Fraction(6999999, 10000000), 70, False),
        (Fraction(2, 3), 66, True),
        (Fraction(2, 3), 67, False),
        (Fraction(0), 0, True),
        (Fraction(1), 100, True),
    ],
)
def test_is_passed_at_the_very_edge(value, pass_mark, passed):
    assert is_passed(value, pass_mark) is passed
