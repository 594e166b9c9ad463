"""Two tabs at the very same moment: real threads, real commits."""

import threading
import uuid

import pytest
from django.db import connection

from quizzes.models import Attempt
from quizzes.services import QuizRefused, save_answer, start_attempt, submit_attempt
from tests.factories import learner_in, quiz_in_course, ready_question

pytestmark = pytest.mark.django_db(transaction=True)

THREADS = 6


def at_once(act, times=THREADS):
    """Run `act(number)` in threads that begin together; return what each returned or raised."""
    gate, outcomes = threading.Barrier(times), [None] * times

    def run(number):
        try:
            gate.wait()
            outcomes[number] = act(number)
        except Exception as error:
            outcomes[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[number]) for number in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


@pytest.fixture
def quiz():
    return quiz_in_course([ready_question(), ready_question()], attempts_allowed=2)


@pytest.fixture
def learner(quiz):
    return learner_in(quiz)


def fresh(quiz):
    return type(quiz).objects.get(pk=quiz.pk)


def test_concurrent_starts_make_one_attempt(quiz, learner):
    started = at_once(lambda _number: start_attempt(person=learner, quiz=fresh(quiz)))
    assert {attempt.pk for attempt in started} == {Attempt.objects.get().pk}
    assert Attempt.objects.get().questions.count() == 2


def test_concurrent_tries_do_not_pass_the_limit(quiz, learner):
    def try_it(_number):
        attempt = start_attempt(person=learner, quiz=fresh(quiz))
        submit_attempt(attempt=attempt, client_id=uuid.uuid4())

    outcomes = [outcome for _round in range(3) for outcome in at_once(try_it)]
    assert Attempt.objects.filter(state=Attempt.State.GRADED).count() == Attempt.objects.count() == 2
    assert [error.code for error in outcomes if isinstance(error, QuizRefused)]
    assert all(error is None or isinstance(error, QuizRefused) for error in outcomes)


def test_concurrent_answers_are_numbered_without_a_gap(quiz, learner):
    attempt = start_attempt(person=learner, quiz=quiz)
    at_once(
        lambda number: save_answer(
            attempt=attempt, position=number % 2 + 1, answer={"chosen": ["abc"[number % 3]]}, client_id=uuid.uuid4()
        )
    )
    assert list(attempt.steps.values_list("sequence", flat=True)) == list(range(1, THREADS + 1))
    for question in attempt.questions.all():
        assert question.steps.filter(held="").last().answer == question.answer


def test_one_step_delivered_many_times_at_once_is_one(quiz, learner):
    attempt, client_id = start_attempt(person=learner, quiz=quiz), uuid.uuid4()
    outcomes = at_once(
        lambda _number: save_answer(attempt=attempt, position=1, answer={"chosen": ["a"]}, client_id=client_id)
    )
    assert sorted(saved.status for saved in outcomes) == ["received", *["repeated"] * (THREADS - 1)]
    assert attempt.steps.count() == 1


def test_concurrent_submissions_grade_once(quiz, learner):
    attempt = start_attempt(person=learner, quiz=quiz)
    outcomes = at_once(lambda _number: submit_attempt(attempt=attempt, client_id=uuid.uuid4()))
    assert len({done.submitted_at for done in outcomes}) == 1
    assert attempt.steps.count() == 1
    assert attempt.enrolment.events.filter(kind="graded").count() == 1


def test_answer_racing_the_submission_counts_or_is_kept_apart(quiz, learner):
    attempt = start_attempt(person=learner, quiz=quiz)

    def race(number):
        if number:
            answer = {"chosen": ["a"]}
            return save_answer(attempt=attempt, position=1, answer=answer, client_id=uuid.uuid4()).status
        return submit_attempt(attempt=attempt, client_id=uuid.uuid4()).score

    score, status = at_once(race, times=2)
    assert (status, score * 2) in {("received", 1), ("closed", 0)}
