"""Replay = original: whatever two tabs do in whatever order, the rows say what the steps say."""

import uuid
from fractions import Fraction

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quizzes.models import Attempt
from quizzes.queries import replayed_marks
from quizzes.replay import Asked, Step, replay
from quizzes.services import save_answer, start_attempt, submit_attempt
from tests.factories import learner_in, quiz_in_course, ready_question, single

answers = st.none() | st.sampled_from("abc").map(lambda key: {"chosen": [key]})
steps = st.lists(st.builds(Step, st.integers(1, 3), st.just(0), answers, st.booleans()), max_size=12).map(
    lambda drawn: [Step(step.position, number, step.answer, step.accepted) for number, step in enumerate(drawn, 1)]
)


def asked(*weights):
    return [
        Asked(position, "single", single(weights={"a": "1", "b": weight, "c": "-1/3"}), Fraction(position, 4))
        for position, weight in enumerate(weights, 1)
    ]


@given(steps=steps, order=st.randoms())
def test_order_of_delivery_never_matters(steps, order):
    shuffled = list(steps)
    order.shuffle(shuffled)
    questions = asked("1/3", "0", "1/7")
    assert replay(asked=questions, steps=shuffled, pass_mark=50) == replay(asked=questions, steps=steps, pass_mark=50)


@given(steps=steps)
def test_refused_steps_never_count(steps):
    accepted = [step for step in steps if step.accepted]
    questions = asked("1/3", "0", "1/7")
    assert replay(asked=questions, steps=steps, pass_mark=50) == replay(asked=questions, steps=accepted, pass_mark=50)


@given(steps=steps)
def test_marks_are_exact_and_in_range(steps):
    marks = replay(asked=asked("1/3", "0", "1/7"), steps=steps, pass_mark=50)
    expected = sum((marks.shares[position] * Fraction(position, 4) for position in (1, 2, 3)), Fraction(0))
    assert marks.score == max(expected / Fraction(6, 4), 0)
    assert marks.passed == (marks.score >= Fraction(1, 2))
    assert all(-1 <= share <= 1 for share in marks.shares.values())


def test_absurd_weights_still_fit_a_column():
    primes = (99991, 99989, 99971, 99961, 99929, 99923, 99907, 99901)
    given_answers = [Step(position, position, {"chosen": ["b"]}, True) for position in range(1, 9)]
    marks = replay(asked=asked(*(f"1/{prime}" for prime in primes)), steps=given_answers, pass_mark=50)
    exact = sum(Fraction(position, prime) for position, prime in enumerate(primes, 1)) / 36
    assert exact.denominator > 2**63
    assert marks.score.denominator < 2**63
    assert abs(marks.score - exact) < Fraction(1, 10**18)


# --- two tabs against the real services ------------------------------------------------------------------------------

actions = st.lists(
    st.tuples(
        st.sampled_from(["save", "save", "save", "repeat", "reload", "submit"]),
        st.sampled_from(["tab 1", "tab 2"]),
        st.integers(1, 2),
        answers,
    ),
    max_size=25,
)


class Tab:
    """What one tab knows: the sequence it saw of each question, and the last step it sent."""

    def __init__(self):
        self.seen = {}
        self.last = None


class Model:
    """What should happen, said again in its simplest form."""

    def __init__(self):
        self.answers, self.newest, self.steps, self.closed = {}, {}, 0, False

    def expect(self, position, answer, seen):
        if self.closed:
            return "closed"
        if self.newest.get(position, 0) > (seen or 0) and self.answers.get(position) != answer:
            return "older_tab"
        return "received"


@pytest.fixture
def attempt(db):
    quiz = quiz_in_course([ready_question(single(right="a")), ready_question(single(right="b"))])
    return start_attempt(person=learner_in(quiz), quiz=quiz)


def act(attempt, tabs, model, action, name, position, answer):
    tab = tabs[name]
    if action == "submit":
        submit_attempt(attempt=attempt, client_id=uuid.uuid4())
        model.steps += not model.closed
        model.closed = True
    elif action == "reload":
        tab.seen = dict(model.newest)
    elif action == "repeat" and tab.last:
        before = model.steps
        assert save_answer(attempt=attempt, **tab.last).status in ("repeated", "older_tab", "closed")
        assert attempt.steps.count() == before
    elif action == "save":
        expected = model.expect(position, answer, tab.seen.get(position))
        tab.last = {
            "position": position, "answer": answer, "client_id": uuid.uuid4(), "based_on": tab.seen.get(position)
        }  # fmt: skip
        saved = save_answer(attempt=attempt, **tab.last)
        model.steps += 1
        assert saved.status == expected
        if expected == "received":
            model.answers[position], model.newest[position] = answer, saved.sequence
            tab.seen[position] = saved.sequence


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(actions=actions)
def test_two_tabs_equal_the_model_and_the_replay(attempt, actions):
    with transaction.atomic():
        tabs, model = {"tab 1": Tab(), "tab 2": Tab()}, Model()
        for action in actions:
            act(attempt, tabs, model, *action)
        done = submit_attempt(attempt=attempt, client_id=uuid.uuid4())
        marks = replayed_marks(attempt)
        rows = {row.position: row for row in attempt.questions.all()}
        assert attempt.steps.count() == model.steps + (not model.closed)
        assert {position: row.answer for position, row in rows.items()} == {
            position: model.answers.get(position) for position in rows
        }
        assert {position: row.share for position, row in rows.items()} == marks.shares
        assert (done.score, done.passed) == (marks.score, marks.passed)
        assert Attempt.objects.get(pk=attempt.pk).score == marks.score
        transaction.set_rollback(True)
