"""Regrades: the dry run says what would change, applying does just that, and only once."""

import uuid

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from completion.models import ActivityEvent, ActivityProgress
from questions.services import save_version
from quizzes import services
from quizzes.models import AnswerStep, Attempt, AttemptQuestion, QuizSlot, Regrade, RegradeChange
from quizzes.queries import replayed_marks
from quizzes.services import regrading
from tests.factories import ready_question, single

from .staff_world import ESSAY, make_world

pytestmark = pytest.mark.django_db


def chosen(key):
    return None if key is None else {"chosen": [key]}


@pytest.fixture
def world():
    return make_world([(ready_question(name="Satu"), 1), (ready_question(name="Dua"), 2)], attempts_allowed=0)


def question(world, place=0):
    return list(QuizSlot.objects.filter(quiz=world.quiz).order_by("sort_order"))[place].question


def correct(world, right="b", place=0, **data):
    """Give a question a new version with another key."""
    return save_version(question=question(world, place), data={**single(right=right), **data})


def marks(attempt) -> list:
    attempt = Attempt.objects.get(pk=attempt.pk)
    return [attempt.score, attempt.passed, *(row.share for row in attempt.questions.all())]


def regrade(world, question=None):
    keys = regrading.outdated_keys(world.quiz, question)
    return services.apply_regrade(quiz=world.quiz, by=world.organiser(), reason="Kunci salah", keys=keys)


def steps():
    return list(AnswerStep.objects.order_by("pk").values_list("pk", "answer", "held", "sequence"))


def test_plan_says_who_changes_and_writes_nothing(world):
    wronged, favoured = (world.attempt(answers=[chosen(one), chosen("a")]) for one in "ba")
    version = correct(world)
    plan = services.plan_regrade(world.quiz, in_care=lambda attempts: {wronged.pk})
    assert (plan.attempts, plan.passes, plan.fails) == (2, 0, 0)
    assert [(one.question, one.version, one.compared, one.up, one.down, one.unfit) for one in plan.questions] == [
        (version.question_id, version.pk, 2, 1, 1, 0)
    ]
    assert [(one.attempt, one.before, one.after) for one in plan.lines] == [(wronged.pk, "2/3", "1")]
    assert plan.others == 1
    assert marks(wronged)[0] * 3 == 2
    assert marks(favoured)[0] == 1
    assert not Regrade.objects.exists()
    assert regrading.Plan.from_dict(plan.as_dict()) == plan


def test_apply_does_what_the_plan_says(world):
    wronged, favoured = (world.attempt(answers=[chosen(one), chosen("b")]) for one in "ba")
    correct(world)
    correct(world, place=1)
    before, plan = steps(), services.plan_regrade(world.quiz)
    made = regrade(world)
    assert (plan.passes, plan.attempts) == (2, 2)
    assert marks(wronged) == [1, True, 1, 1]
    assert marks(favoured)[1:] == [True, 0, 1]
    assert steps() == before
    assert {(one.before, one.after, one.passed_before, one.passed_after) for one in made.changes.all()} == {
        ("0", "1", False, True),
        ("1", "0", False, True),
    }
    assert AttemptQuestion.objects.filter(key_version=None).count() == 0


def test_completion_hears_of_it_and_takes_nothing_back(world):
    learner = world.learner()
    attempt = world.attempt(learner, answers=[chosen("a"), chosen("a")])
    correct(world)
    correct(world, place=1)
    regrade(world)
    assert marks(attempt)[:2] == [0, False]
    progress = ActivityProgress.objects.get(enrolment=attempt.enrolment, activity_id=world.quiz.pk)
    assert progress.completed_at
    event = ActivityEvent.objects.get(enrolment=attempt.enrolment, decided_by__isnull=False)
    assert (event.reason, event.data["score"], event.data["passed"]) == ("Kunci salah", "0", False)


def test_one_question_alone(world):
    attempt = world.attempt(answers=[chosen("b"), chosen("b")])
    correct(world)
    correct(world, place=1)
    regrade(world, question(world, 1).pk)
    assert marks(attempt)[2:] == [0, 1]


def test_twice_changes_nothing(world):
    world.attempt(answers=[chosen("b"), None])
    correct(world)
    keys = regrading.outdated_keys(world.quiz)
    first = services.apply_regrade(quiz=world.quiz, by=world.organiser(), reason="Kunci salah", keys=keys)
    again = services.apply_regrade(quiz=world.quiz, by=world.organiser(), reason="Kunci salah", keys=keys)
    assert (first.changes.count(), again.changes.count()) == (1, 0)
    assert regrading.carry_out(first, keys) == 0
    assert services.plan_regrade(world.quiz).attempts == 0


def test_killed_in_the_middle_goes_on(world, monkeypatch):
    attempts = [world.attempt(answers=[chosen("b"), chosen("a")]) for _ in range(3)]
    correct(world)
    keys = regrading.outdated_keys(world.quiz)
    made = regrading.start_regrade(quiz=world.quiz, by=world.organiser(), reason="Kunci salah")
    grade_again, calls = regrading.grade_again, []

    def killed(**kwargs):
        calls.append(kwargs)
        if len(calls) == 2:
            raise SystemExit
        return grade_again(**kwargs)

    monkeypatch.setattr(regrading, "grade_again", killed)
    with pytest.raises(SystemExit):
        regrading.carry_out(made, keys)
    assert [marks(one)[2] for one in attempts] == [1, 0, 0]
    assert AttemptQuestion.objects.filter(key_version__isnull=False).count() == 1
    assert regrading.carry_out(made, keys) == 2
    assert [marks(one)[2] for one in attempts] == [1, 1, 1]
    assert RegradeChange.objects.filter(regrade=made).count() == 3


def test_answer_that_no_longer_fits_keeps_its_mark(world):
    attempt = world.attempt(answers=[chosen("c"), chosen("a")])
    data = single(right="b")
    data["options"] = data["options"][:2]
    save_version(question=question(world), data=data)
    plan = services.plan_regrade(world.quiz)
    assert (plan.questions[0].unfit, plan.attempts) == (1, 0)
    regrade(world)
    assert attempt.questions.get(position=1).key_version is None


def test_trials_and_open_attempts_are_left_alone(world):
    opened = world.attempt(answers=[chosen("b")], submit=False)
    trial = services.start_trial(person=world.organiser(), quiz=world.quiz)
    services.save_answer(attempt=trial, position=1, answer=chosen("b"), client_id=uuid.uuid4())
    services.submit_attempt(attempt=trial, client_id=uuid.uuid4())
    correct(world)
    assert services.plan_regrade(world.quiz).attempts == 0
    regrade(world)
    assert marks(trial)[2] == 0
    assert Attempt.objects.get(pk=opened.pk).is_open


def test_the_pinned_version_holds(world):
    world.attempt(answers=[chosen("b"), chosen("a")])
    slot = QuizSlot.objects.filter(quiz=world.quiz).order_by("sort_order")[0]
    QuizSlot.objects.filter(pk=slot.pk).update(pinned_version=slot.question.versions.get())
    correct(world)
    assert regrading.outdated_keys(world.quiz) == {}


def test_marks_of_people_stay():
    world = make_world()
    attempt = world.attempt()
    organiser = world.organiser()
    services.mark_answer(question=attempt.questions.get(), by=organiser, criteria={"a": 6, "b": 1})
    before = marks(attempt)
    save_version(question=question(world), data={**ESSAY, "guide": "<p>Lain</p>"})
    assert regrading.outdated_keys(world.quiz) == {}
    regrade(world)
    assert marks(attempt) == before


def test_a_try_that_was_right_after_all_costs_nothing():
    world = make_world([(ready_question({**single(), "hints": ["<p>Coba</p>"]}), 1)], behaviour="interactive")
    attempt = world.attempt(answers=[], submit=False)
    seen = None
    for answer in "ba":
        saved = services.save_answer(
            attempt=attempt, position=1, answer=chosen(answer), client_id=uuid.uuid4(), based_on=seen, check=True
        )
        seen = saved.sequence
    services.submit_attempt(attempt=attempt, client_id=uuid.uuid4())
    assert marks(attempt)[2] * 3 == 2
    correct(world, hints=["<p>Coba</p>"])
    before = steps()
    assert services.plan_regrade(world.quiz).attempts == 1
    regrade(world)
    assert marks(attempt)[2] == 1
    assert steps() == before


def test_a_reason_is_asked(world):
    with pytest.raises(ValueError, match="reason"):
        services.apply_regrade(quiz=world.quiz, by=world.organiser(), reason=" ", keys={})


def test_queries_of_a_plan_do_not_grow(world, django_assert_max_num_queries):
    world.attempt(answers=[chosen("b"), chosen("a")])
    correct(world)
    with django_assert_max_num_queries(12):
        assert services.plan_regrade(world.quiz).attempts == 1
    for _ in range(3):
        world.attempt(answers=[chosen("a"), chosen("a")])
    correct(world, "c")
    with django_assert_max_num_queries(12):
        services.plan_regrade(world.quiz)


ANSWERS = st.lists(st.tuples(*[st.sampled_from([None, "a", "b", "c"])] * 2), min_size=1, max_size=3)
WEIGHTS = st.fixed_dictionaries({"b": st.sampled_from(["1", "1/3", "-1/2"]), "c": st.sampled_from(["0", "-1/2"])})


@settings(
    max_examples=6,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(answers=ANSWERS, weights=WEIGHTS, behaviour=st.sampled_from(["deferred", "immediate", "adaptive", "certainty"]))
def test_marks_equal_those_of_grading_anew(answers, weights, behaviour):
    world = make_world([(ready_question(), 1), (ready_question(), 2)], behaviour=behaviour, attempts_allowed=0)
    attempts = [world.attempt(answers=[chosen(one) for one in given]) for given in answers]
    assert regrading.outdated_keys(world.quiz) == {}
    save_version(question=question(world), data=single(weights={"a": "1", **weights}))
    before = [marks(one) for one in attempts]
    plan = services.plan_regrade(world.quiz)
    regrade(world)
    changed = 0
    for attempt, old in zip(attempts, before, strict=True):
        fresh = Attempt.objects.get(pk=attempt.pk)
        for row in fresh.questions.filter(position=1):
            row.key_version = row.version.question.versions.order_by("-number")[0]
            row.save()
        assert replayed_marks(fresh).score == fresh.score
        assert list(replayed_marks(fresh).shares.values()) == marks(fresh)[2:]
        changed += marks(fresh)[2:] != old[2:]
    assert plan.attempts == changed
