"""Who sees whose attempts, and who may do what with a quiz."""

import pytest
from django.contrib.auth.models import AnonymousUser

from courses.models import CoursePage
from people.models import AgencyRole
from people.permissions import people_cared_for
from quizzes import access
from quizzes.models import Attempt, QuizPage
from quizzes.services import start_trial
from tests.factories import CoursePageFactory, ModulePageFactory, PersonFactory, add_quiz, make_employee

from .staff_world import make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return make_world()


@pytest.fixture
def attempts(world):
    """One attempt of each agency's people, and a trial that is nobody's business."""
    administrator = PersonFactory(is_superuser=True)
    start_trial(person=administrator, quiz=world.quiz)
    return {"palu": world.attempt(world.learner()), "sorong": world.attempt(world.learner("sorong"))}


def ids(rows) -> set[int]:
    return set(rows.values_list("pk", flat=True))


@pytest.mark.parametrize("agency", ["palu", "sorong"])
def test_organiser_has_the_attempts_of_the_own_people_alone(world, attempts, agency):
    organiser = world.organiser(agency)
    assert ids(access.attempts_in_care(organiser)) == {attempts[agency].pk}
    assert ids(access.attempts_to_mark(organiser)) == {attempts[agency].pk}


def test_administrator_has_all_attempts_but_no_trials(world, attempts):
    administrator = PersonFactory(is_superuser=True)
    assert ids(access.attempts_in_care(administrator)) == {one.pk for one in attempts.values()}
    assert ids(access.attempts_to_mark(administrator)) == {one.pk for one in attempts.values()}
    assert Attempt.objects.count() == 3


@pytest.mark.parametrize("role", [AgencyRole.Role.EDITOR, AgencyRole.Role.REVIEWER])
def test_authors_have_the_quiz_and_its_figures_but_nobodys_attempts(world, attempts, role):
    author = world.staff(role)
    assert ids(access.quizzes_of_staff(author)) == {world.quiz.pk}
    assert access.may_see_figures(author, world.quiz)
    assert not access.attempts_in_care(author).exists()
    assert not access.attempts_to_mark(author).exists()
    assert not access.may_organise(author, world.quiz)
    assert not access.may_mark(author, world.quiz)
    assert not access.may_regrade(author, world.quiz)


def test_authors_of_another_agency_have_nothing(world, attempts):
    author = world.staff(AgencyRole.Role.EDITOR, "sorong")
    assert not access.quizzes_of_staff(author).exists()
    assert not access.may_see_figures(author, world.quiz)
    assert not access.works_with_quizzes(author)


def test_learner_supervisor_and_nobody_have_nothing(world, attempts):
    learner = attempts["palu"].person
    supervisor = make_employee(world.units["palu"], is_head=True)
    for person in (learner, supervisor, PersonFactory()):
        assert not access.attempts_in_care(person).exists()
        assert not access.attempts_to_mark(person).exists()
        assert not access.works_with_quizzes(person)
        assert not access.may_see_figures(person, world.quiz)
    assert not people_cared_for(AnonymousUser()).exists()


def test_marker_has_one_agencys_attempts_to_mark_and_none_in_care(world, attempts):
    marker = world.marker("sorong")
    assert ids(access.attempts_to_mark(marker)) == {attempts["sorong"].pk}
    assert not access.attempts_in_care(marker).exists()
    assert ids(access.quizzes_of_staff(marker)) == {world.quiz.pk}
    assert access.may_mark(marker, world.quiz)
    assert not access.may_see_figures(marker, world.quiz)


def test_marker_has_one_quiz_only(world, attempts):
    module = ModulePageFactory(parent=CoursePage.objects.get())
    other = add_quiz(module)
    marker = world.marker("sorong")
    assert not access.may_mark(marker, other)
    assert other.pk not in ids(access.quizzes_of_staff(marker))


def test_nobody_marks_the_own_attempt(world):
    organiser = world.organiser()
    learner = world.learner()
    attempt = world.attempt(learner)
    world.marker(person=learner)
    assert not access.attempts_to_mark(learner).exists()
    administrator = PersonFactory(is_superuser=True)
    Attempt.objects.filter(pk=attempt.pk).update(person=administrator)
    assert not access.attempts_to_mark(administrator).exists()
    assert not access.attempts_in_care(organiser).exists()


def test_regrading_belongs_to_the_agency_that_owns_the_shelf(world, attempts):
    assert access.may_regrade(world.organiser(), world.quiz)
    assert not access.may_regrade(world.organiser("sorong"), world.quiz)
    assert access.may_regrade(PersonFactory(is_superuser=True), world.quiz)


def test_shared_quizzes_are_regraded_by_administrators_only(world):
    shared = add_quiz(ModulePageFactory(parent=CoursePageFactory()))
    assert not access.may_regrade(world.organiser(), shared)
    assert access.may_organise(world.organiser("sorong"), shared)


def test_organiser_keeps_a_quiz_that_the_own_people_may_open(world):
    organiser = world.organiser("sorong")
    assert access.may_organise(organiser, world.quiz)
    CoursePage.objects.update(sharing=CoursePage.Sharing.OWN)
    assert not access.may_organise(organiser, world.quiz)
    assert not access.quizzes_of_staff(organiser).exists()


def test_organiser_keeps_a_closed_quiz_while_there_are_attempts(world, attempts):
    organiser = world.organiser("sorong")
    CoursePage.objects.update(sharing=CoursePage.Sharing.OWN)
    QuizPage.objects.update(live=False)
    assert access.may_organise(organiser, world.quiz)


def test_quizzes_of_staff_cost_the_same_for_one_and_three(world, django_assert_num_queries):
    organiser = world.organiser()
    for more in (0, 2):
        for _ in range(more):
            world.attempt(world.learner())
        fresh = type(organiser).objects.get(pk=organiser.pk)
        with django_assert_num_queries(3):  # the roles, the page permissions, the quizzes
            assert len(access.quizzes_of_staff(fresh)) == 1
