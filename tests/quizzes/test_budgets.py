"""What a quiz may cost: queries that do not grow with the quiz, and bytes."""

import gzip
import uuid

import pytest
from django.urls import reverse

from quizzes.services import save_answer, start_attempt, submit_attempt
from tests.factories import learner_in, quiz_in_course, ready_question

pytestmark = pytest.mark.django_db

MOST_QUERIES = 10


def taken_quiz(client, questions):
    """Return a quiz, and an open attempt at it with an answer, of a signed-in learner who has tried it once."""
    quiz = quiz_in_course([ready_question() for _ in range(questions)])
    learner = learner_in(quiz)
    submit_attempt(attempt=start_attempt(person=learner, quiz=quiz), client_id=uuid.uuid4())
    attempt = start_attempt(person=learner, quiz=quiz)
    save_answer(attempt=attempt, position=1, answer={"chosen": ["a"]}, client_id=uuid.uuid4())
    client.force_login(learner)
    return quiz, attempt


def queries_of(act, django_assert_max_num_queries):
    act()
    with django_assert_max_num_queries(MOST_QUERIES) as seen:
        assert act().status_code in (200, 302)
    return len(seen)


@pytest.mark.parametrize("name", ["page", "question", "overview", "result"])
def test_pages_cost_the_same_for_one_question_and_for_three(client, django_assert_max_num_queries, name):
    counts = set()
    for questions in (1, 3):
        quiz, attempt = taken_quiz(client, questions)
        if name == "result":
            submit_attempt(attempt=attempt, client_id=uuid.uuid4())
        arguments = [attempt.key, 1] if name == "question" else [attempt.key]
        address = quiz.url if name == "page" else reverse(f"quizzes:{name}", args=arguments)
        counts.add(queries_of(lambda address=address: client.get(address), django_assert_max_num_queries))
    assert len(counts) == 1


def test_question_page_is_small_after_the_first(client):
    _quiz, attempt = taken_quiz(client, 10)
    page = client.get(reverse("quizzes:question", args=[attempt.key, 1])).content
    assert len(gzip.compress(page)) < 8_000
