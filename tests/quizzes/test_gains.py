"""What a course added, from the pretest to another quiz: the same learners, first attempts, exact means."""

import pytest
from django.urls import reverse
from django.utils import timezone

from completion.services.assigning import open_next_cycle
from courses.models import CoursePage, ModulePage
from courses.queries import course_id_of
from courses.services import refresh_course
from quizzes.gains import Gain, gain_of, pretest_of
from quizzes.models import QuizPage
from tests.factories import add_quiz, ready_question

from .staff_world import make_world

OPINION = {
    "text": "<p>Seberapa setuju Anda?</p>",
    "levels": [{"id": "1", "text": "tidak"}, {"id": "2", "text": "ya"}],
    "statements": [{"id": "a", "text": "Saya yakin."}],
}

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    """A pretest of two questions before a quiz of two; "a" is right."""
    world = make_world([ready_question(), ready_question()], attempts_allowed=0)
    module = ModulePage.objects.get(pk=world.quiz.get_parent().pk)
    pretest = add_quiz(module, [ready_question(), ready_question()], title="Pretes", pass_mark=0)
    pretest.move(world.quiz, pos="left")
    refresh_course(course=CoursePage.objects.get(pk=course_id_of(world.quiz)))
    world.pretest, world.final = QuizPage.objects.get(pk=pretest.pk), QuizPage.objects.get(pk=world.quiz.pk)
    return world


def take(world, quiz, letters, person=None):
    world.quiz = quiz
    person = person or world.learner()
    world.attempt(person, answers=[{"chosen": [one]} for one in letters])
    return person


def test_gain_compares_first_attempts_of_those_who_took_both(world):
    first = take(world, world.pretest, "bb")
    take(world, world.final, "aa", first)
    second = take(world, world.pretest, "ab")
    take(world, world.final, "ab", second)
    take(world, world.final, "aa", second)  # a second attempt does not count
    take(world, world.pretest, "aa")  # never went on
    take(world, world.final, "aa")  # never took the pretest
    gain = gain_of(world.final)
    assert (gain.pretest, gain.learners, gain.rose) == (world.pretest, 2, 1)
    assert (gain.before, gain.after) == (0.25, 0.75)
    assert gain.normalised == pytest.approx(2 / 3)


def test_who_takes_the_course_again_counts_once_as_they_were_when_it_was_new(world):
    person = take(world, world.pretest, "bb")
    take(world, world.final, "aa", person)
    course = CoursePage.objects.get(pk=course_id_of(world.final))
    assert open_next_cycle(course, [person.pk], timezone.now()) == {person.pk}
    take(world, world.pretest, "aa", person)
    take(world, world.final, "aa", person)
    gain = gain_of(world.final)
    assert (gain.learners, gain.before, gain.after) == (1, 0.0, 1.0)


def test_nothing_is_left_to_learn_after_a_full_pretest():
    assert Gain(None, 3, 0, before=1.0, after=0.5).normalised is None
    assert Gain(None, 3, 0, before=0.5, after=0.25).normalised == -0.5


def test_a_pretest_comes_before_and_asks_for_no_pass(world):
    assert pretest_of(world.pretest) is None
    QuizPage.objects.filter(pk=world.pretest.pk).update(pass_mark=50)
    assert pretest_of(world.final) is None
    QuizPage.objects.filter(pk=world.pretest.pk).update(pass_mark=0, live=False)
    assert pretest_of(world.final) is None


def test_a_survey_of_opinions_is_neither_pretest_nor_gain(world):
    opinion = ready_question(OPINION, kind="likert")
    survey = add_quiz(ModulePage.objects.get(pk=world.final.get_parent().pk), [opinion], title="Survei", pass_mark=0)
    survey.move(world.pretest, pos="left")
    assert pretest_of(QuizPage.objects.get(pk=world.final.pk)) == world.pretest
    survey = QuizPage.objects.get(pk=survey.pk)
    survey.move(world.final, pos="right")
    QuizPage.objects.filter(pk=survey.pk).update(pass_mark=70)
    assert pretest_of(QuizPage.objects.get(pk=survey.pk)) is None


def test_gain_of_a_quiz_that_nobody_took_is_none(world):
    assert gain_of(world.final) is None


def test_figures_tell_the_gain(world, client):
    take(world, world.final, "aa", take(world, world.pretest, "ab"))
    client.force_login(world.organiser())
    page = client.get(reverse("quizzes_staff:figures", args=[world.final.pk])).content.decode()
    assert "Dibandingkan dengan pretes" in page
    assert "1 peserta mengerjakan keduanya; 1 orang" in page
    assert "kini dikuasai: 100" in page
    assert "pretes" not in client.get(reverse("quizzes_staff:figures", args=[world.pretest.pk])).content.decode()
