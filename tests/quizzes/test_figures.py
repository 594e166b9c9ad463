"""Figures from the database are those of the plain formulas; they are kept, and told when they are old."""

import datetime as dt
import uuid
from fractions import Fraction
from statistics import correlation, mean

import pytest
from django.utils import timezone

from questions.services import save_version
from quizzes import figures, services
from quizzes.models import Attempt, AttemptQuestion, QuizFigures, QuizSlot
from quizzes.statistics import QuizFigures as Figures
from quizzes.statistics import findings
from tests.factories import CategoryFactory, ready_question, single

from .staff_world import ANSWER, ESSAY, make_world

pytestmark = pytest.mark.django_db
ANSWERS = ["aa", "ab", "ba", "bb", "aa", "ca", "cb", "ac"]


def given(letters):
    return [None if one == "-" else {"chosen": [one]} for one in letters]


@pytest.fixture
def world():
    return make_world([(ready_question(name="Satu"), 1), (ready_question(name="Dua"), 2)], attempts_allowed=0)


def take_all(world, answers=ANSWERS):
    return [world.attempt(answers=given(one)) for one in answers]


def test_figures_are_those_of_the_plain_formulas(world):
    attempts = take_all(world)
    found = figures.compute(world.quiz)
    ones = [[row.share for row in attempt.questions.all()] for attempt in attempts]
    totals = [float(first + 2 * second) for first, second in ones]
    assert found.attempts == found.complete == len(attempts)
    assert found.mean == pytest.approx(mean(totals))
    for place, item in enumerate(found.items):
        here, rest = [float(one[place]) for one in ones], [float(one[1 - place]) for one in ones]
        assert item.facility == pytest.approx(mean(here))
        assert item.discrimination == pytest.approx(correlation(here, rest))
        assert item.guess == pytest.approx(1 / 3)
        assert item.max_mark == 1 + place
        letters = [one[place] for one in ANSWERS]
        assert {one.key: (one.count, one.earns) for one in item.responses} == {
            f"Pilihan {key}": (letters.count(key), float(key == "a")) for key in "abc"
        }
    assert Figures.from_dict(found.as_dict()) == found


def test_trials_and_open_attempts_do_not_count(world):
    take_all(world, ["aa"])
    world.attempt(answers=given("a"), submit=False)
    trial = services.start_trial(person=world.organiser(), quiz=world.quiz)
    services.submit_attempt(attempt=trial, client_id=uuid.uuid4())
    assert figures.compute(world.quiz).attempts == 1
    assert figures.compute(world.quiz, figures.ALL).attempts == 1


@pytest.mark.parametrize(("choice", "mark"), [("first", 1), ("last", 2), ("highest", 3), ("all", 2)])
def test_which_attempts_count(world, choice, mark):
    learner = world.learner()
    for answers in ("ab", "aa", "ba"):
        world.attempt(learner, answers=given(answers))
    found = figures.compute(world.quiz, choice)
    assert (found.attempts, found.mean) == (3 if choice == "all" else 1, mark)


def test_no_answer_and_times(world):
    attempt = world.attempt(answers=given("a-"))
    Attempt.objects.filter(pk=attempt.pk).update(started_at=attempt.submitted_at - dt.timedelta(seconds=90))
    found = figures.compute(world.quiz)
    assert [one.key for one in found.items[1].responses if one.count] == [None]
    assert found.times.median == 90


def test_versions_apart_and_a_corrected_key(world):
    take_all(world, ["bb", "aa"])
    question = QuizSlot.objects.filter(quiz=world.quiz).order_by("sort_order")[0].question
    save_version(question=question, data=single(right="b"))
    take_all(world, ["ba"])
    item = figures.compute(world.quiz).items[0]
    assert [(part.level, part.attempts, part.facility) for part in item.parts] == [
        ("version", 2, 0.5), ("version", 1, 1.0),
    ]  # fmt: skip
    keys = services.plan_regrade(world.quiz).keys
    services.apply_regrade(quiz=world.quiz, by=world.organiser(), reason="Kunci", keys=keys)
    old = figures.compute(world.quiz).items[0].parts[0]
    assert old.facility == 0.5
    assert {one.key: one.earns for one in old.responses} == {"Pilihan a": 0, "Pilihan b": 1, "Pilihan c": 0}


def test_drawn_questions_one_by_one():
    world = make_world([ready_question(name="Tetap")], attempts_allowed=0)
    category = CategoryFactory(agency=None)
    from questions.services import create_question

    pool = [create_question(category=category, kind="single", name=f"Acak {one}", data=single()) for one in range(3)]
    slot = QuizSlot.objects.create(quiz=world.quiz, category=category, draw_count=2, sort_order=9)
    learner = world.learner()
    for _ in range(6):
        world.attempt(learner, answers=given("aaa"))
    found = figures.compute(world.quiz, figures.ALL)
    assert [item.key for item in found.items][1:] == [f"{slot.pk}.1", f"{slot.pk}.2"]
    asked = AttemptQuestion.objects.filter(slot=slot).values_list("version__question", flat=True)
    assert {item.key: item.attempts for item in found.drawn} == {
        question.pk: list(asked).count(question.pk) for question in pool
    }
    assert found.complete == 6


def test_what_the_quiz_no_longer_asks_is_left_out(world):
    take_all(world, ["ab", "ba"])
    QuizSlot.objects.filter(quiz=world.quiz).order_by("sort_order")[0].delete()
    found = figures.compute(world.quiz)
    assert [item.facility for item in found.items] == [0.5]
    assert found.max_mark == 2


def test_attempts_without_slots_are_told_by_their_question(world):
    take_all(world, ["ab"])
    AttemptQuestion.objects.update(slot=None)
    assert [item.facility for item in figures.compute(world.quiz).items] == [1, 0]


def test_essays_are_counted_without_being_read():
    world = make_world([(ready_question(ESSAY, kind="essay"), 10), ready_question()])
    attempt = world.attempt(answers=[{"text": ANSWER}, *given("a")])
    services.mark_answer(question=attempt.questions.get(position=1), by=world.organiser(), criteria={"a": 6, "b": 1})
    essay = figures.compute(world.quiz).items[0]
    assert essay.facility == pytest.approx(0.7)
    assert [one.key for one in essay.responses] == [figures.OTHER]


def test_surveys_have_answers_and_no_marks():
    scale = {"text": "<p>Pendapat</p>", "levels": [{"text": "Ya"}, {"text": "Tidak"}],
             "statements": [{"text": "Jelas"}]}  # fmt: skip
    question = ready_question(scale, kind="likert")
    world = make_world([question, ready_question()])
    data = question.versions.get().data
    answer = {"levels": {data["statements"][0]["id"]: data["levels"][0]["id"]}}
    world.attempt(answers=[answer, *given("a")])
    found = figures.compute(world.quiz)
    assert (found.items[0].marked, found.items[0].max_mark, found.complete) == (0, 0, 1)
    assert [one.key for one in found.items[0].responses] == ["Jelas: Ya"]


def test_many_different_answers_stay_bounded(world, monkeypatch):
    monkeypatch.setattr(figures, "MOST_CLASSES", 3)
    monkeypatch.setattr(figures, "MOST_REMEMBERED", 2)
    question = ready_question(
        {"text": "<p>Ibu kota?</p>", "answers": [{"text": "Jakarta", "fraction": "1"}]}, kind="shorttext"
    )
    world = make_world([question], attempts_allowed=0)
    for word in ("Jakarta", "Bandung", "Medan", "Palu", "Sorong", "jakarta"):
        world.attempt(answers=[{"text": word}])
    found = figures.compute(world.quiz).items[0]
    assert {one.key: one.count for one in found.responses} == {"jakarta": 2, "bandung": 1, "medan": 1, "": 2}


def test_a_wrong_key_is_found(world):
    take_all(world, ["ba"] * 15 + ["ac"] * 10)
    first = figures.compute(world.quiz).items[0]
    assert [one.code for one in findings(first)][:2] == ["check_key", "negative_discrimination"]


def test_queries_do_not_grow_with_attempts(world, django_assert_num_queries):
    take_all(world, ["ab"])
    for more in ([], ["ba", "cc"]):
        take_all(world, more)
        figures.compute(world.quiz)  # knows the versions now
        with django_assert_num_queries(4):  # attempts, slots, versions in use, a portion of answers
            figures.compute(world.quiz)


# --- keeping ----------------------------------------------------------------------------------------------------------


def test_small_quizzes_are_always_up_to_date(world):
    take_all(world, ["ab"])
    first = figures.report(world.quiz)
    assert (first.figures.attempts, first.since, first.is_old) == (1, 0, False)
    take_all(world, ["aa"])
    assert figures.report(world.quiz).figures.attempts == 2
    kept = QuizFigures.objects.get()
    assert kept.attempts == 2
    with_all = figures.report(world.quiz, figures.ALL)
    assert with_all.figures.attempts == 2
    assert set(QuizFigures.objects.get().figures) == {"first", "all"}


def test_large_quizzes_say_how_old_they_are(world, monkeypatch, task_queue):
    monkeypatch.setattr(figures, "COMPUTED_AT_ONCE", 1)
    take_all(world, ["ab"])
    never = figures.report(world.quiz)
    assert (never.figures, never.since, never.is_old, never.is_being_computed) == (None, 1, True, False)
    figures.ask_for(world.quiz, figures.FIRST)
    assert figures.report(world.quiz).is_being_computed
    figures.compute_and_keep(world.quiz, figures.FIRST)
    take_all(world, ["aa", "bb"])
    found = figures.report(world.quiz)
    assert (found.figures.attempts, found.since, found.is_old, found.is_being_computed) == (1, 2, True, False)


def test_a_computation_that_never_came_may_be_asked_for_again(world, monkeypatch, task_queue):
    monkeypatch.setattr(figures, "COMPUTED_AT_ONCE", 1)
    take_all(world, ["ab"])
    figures.ask_for(world.quiz, figures.FIRST)
    late = timezone.now() + figures.WAITED_FOR * 2
    monkeypatch.setattr(figures.timezone, "now", lambda: late)
    assert not figures.report(world.quiz).is_being_computed


def test_the_exact_mark_decides_which_attempt_is_best(world):
    learner = world.learner()
    attempts = [world.attempt(learner, answers=given(one)) for one in ("ab", "ab")]
    Attempt.objects.filter(pk=attempts[1].pk).update(
        score_numerator=10**17 // 3 + 1, score_denominator=10**17
    )  # fmt: skip
    assert Attempt.objects.get(pk=attempts[1].pk).score > Fraction(1, 3)
    assert figures.chosen_attempts(world.quiz, figures.HIGHEST)[0][0] == attempts[1].pk
