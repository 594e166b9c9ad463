"""Learning paths: enrolling, order, completion at once, one achievement, assigning many in few queries."""

import datetime as dt
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from completion.checks import differences, path_differences
from completion.models import Achievement, Assignment, Completion, Enrolment, PathEnrolment
from completion.path_policy import Step, decide_path, locked_courses
from completion.services import (
    EnrolmentRefused,
    assign_path,
    decide_by_staff,
    enrol,
    enrol_in_path,
    leave_path,
    recompute,
)
from courses.paths import path_cards, path_is_open_to
from courses.queries import courses_open_to
from tests.factories import AgencyFactory, PersonFactory, UnitFactory

from .conftest import lessons_of, make_course, make_person
from .paths import make_path
from .test_achievements import finish, study

# --- the pure rules --------------------------------------------------------------------------------------------------

MOMENT = dt.datetime(2026, 3, 4, tzinfo=dt.UTC)
steps = st.lists(st.integers(1, 9), unique=True, max_size=6).flatmap(
    lambda ids: st.tuples(*(st.builds(Step, st.just(pk), st.booleans()) for pk in ids))
)
courses = st.sets(st.integers(1, 9))


@given(steps, courses, courses)
def test_a_path_is_complete_with_all_required_courses_and_never_without(path, done, begun):
    completed = {pk: MOMENT + dt.timedelta(days=pk) for pk in done}
    told = decide_path(path, completed, begun)
    required = {step.course_id for step in path if step.required}
    assert (told.completion == Completion.COMPLETE) == (bool(required) and required <= done)
    assert told.required_complete == len(required & done)
    assert (told.completed_at is not None) == (told.completion == Completion.COMPLETE)


@given(steps, courses, courses)
def test_the_order_locks_only_what_is_not_begun_and_names_an_earlier_course(path, done, begun):
    locked = locked_courses(path, done, begun)
    order = [step.course_id for step in path]
    assert not locked.keys() & (done | begun)
    for course, first in locked.items():
        assert order.index(first) < order.index(course)
        assert first not in done


@given(steps, courses)
def test_somebody_can_always_go_on(path, done):
    open_ones = [s.course_id for s in path if s.course_id not in done | locked_courses(path, done, ()).keys()]
    assert open_ones or all(step.course_id in done for step in path)


# --- the record ------------------------------------------------------------------------------------------------------


@pytest.fixture
def path(agency):
    return make_path(make_course(agency=agency, lessons=1), make_course(agency=agency, lessons=1))


def courses_of(path):
    return [step.course for step in path.steps.all()]


@pytest.mark.django_db
def test_enrolling_in_a_path_enrols_in_its_required_courses_once(person, path):
    optional = make_course(lessons=1)
    path.steps.create(course=optional, required=False)
    path.save()
    enrol_in_path(person=person, path=path)
    enrolment = enrol_in_path(person=person, path=path)
    assert PathEnrolment.objects.count() == 1
    assert set(Enrolment.objects.values_list("course", flat=True)) == {course.pk for course in courses_of(path)[:2]}
    assert (enrolment.required_total, enrolment.required_complete) == (2, 0)


@pytest.mark.django_db
def test_the_last_course_completes_the_path_at_once_with_one_achievement(person, path):
    first, second = courses_of(path)
    enrol_in_path(person=person, path=path)
    finish(person, first)
    assert PathEnrolment.objects.get().completion == Completion.IN_PROGRESS
    last = finish(person, second)
    enrolment = PathEnrolment.objects.get()
    assert enrolment.completion == Completion.COMPLETE
    assert enrolment.completed_at == last.completed_at
    made = Achievement.objects.get(kind="path")
    assert made.subject_id == path.pk
    assert made.programme_minutes == sum(
        Achievement.objects.filter(kind="course").values_list("programme_minutes", flat=True)
    )
    assert [one["title"] for one in made.facts["courses"]] == [first.title, second.title]


@pytest.mark.django_db
def test_what_was_finished_before_counts(person, path):
    for course in courses_of(path):
        finish(person, course)
    assert enrol_in_path(person=person, path=path).completion == Completion.COMPLETE
    assert Achievement.objects.filter(kind="path").count() == 1


@pytest.mark.django_db
def test_a_completion_taken_back_takes_the_path_back_and_returns_as_the_same(person, path):
    first, second = courses_of(path)
    enrol_in_path(person=person, path=path)
    finish(person, first)
    enrolment = finish(person, second)
    lesson, staff = lessons_of(second)[0], PersonFactory()
    decide_by_staff(enrolment=enrolment, activity_id=lesson.pk, complete=False, by=staff, reason="Bukan dia")
    assert PathEnrolment.objects.get().completion == Completion.IN_PROGRESS
    assert Achievement.objects.get(kind="path").undone_at is not None
    decide_by_staff(enrolment=enrolment, activity_id=lesson.pk, complete=None, by=staff, reason="Keliru")
    assert Achievement.objects.get(kind="path").undone_at is None


@pytest.mark.django_db
def test_steps_changed_later_do_not_reach_who_is_enrolled(person, path):
    enrol_in_path(person=person, path=path)
    first, second = courses_of(path)
    path.steps.create(course=make_course(lessons=1), required=True)
    path.save()
    finish(person, first)
    finish(person, second)
    assert PathEnrolment.objects.get().completion == Completion.COMPLETE


@pytest.mark.django_db
def test_a_path_with_a_course_of_another_agency_is_not_open(person, path):
    other = AgencyFactory()
    assert path_is_open_to(path, person)
    path.steps.create(course=make_course(agency=other, lessons=1, sharing="own"))
    path.save()
    assert not path_is_open_to(path, person)
    assert path_cards(courses_open_to(person).values_list("pk", flat=True)) == []
    with pytest.raises(EnrolmentRefused):
        enrol_in_path(person=person, path=path)
    assert not Enrolment.objects.exists()


@pytest.mark.django_db
def test_leaving_keeps_the_courses_and_returning_counts_what_was_done(person, path):
    first, second = courses_of(path)
    leave_path(enrolment=enrol_in_path(person=person, path=path))
    finish(person, first)
    finish(person, second)
    assert PathEnrolment.objects.get().state == "left"
    assert enrol_in_path(person=person, path=path).completion == Completion.COMPLETE


@pytest.mark.django_db
def test_an_assigned_path_reaches_each_course_with_the_same_due_date(unit, agency, path, soon):
    people, by = [make_person(unit) for _ in range(2)], PersonFactory()
    made = assign_path(path=path, people=people, by=by, agency=agency, due_at=soon, reason="Wajib")
    again = assign_path(path=path, people=people, by=by, agency=agency, due_at=soon, reason="Wajib")
    assert (made, again) == (2, 0)
    assert Assignment.objects.count() == 4
    assert {row.due_at for row in Assignment.objects.all()} == {soon}
    assert all(row.path_enrolment.person_id == row.enrolment.person_id for row in Assignment.objects.all())
    with pytest.raises(EnrolmentRefused):
        leave_path(enrolment=PathEnrolment.objects.first())


@pytest.mark.django_db
def test_assigning_a_path_costs_the_same_queries_for_many_people(agency, path):
    by, costs = PersonFactory(), []
    for count in (1, 1, 4):  # the first time reads what is kept afterwards
        people = [make_person(UnitFactory(agency=agency)) for _ in range(count)]
        with CaptureQueriesContext(connection) as queries:
            assign_path(path=path, people=people, by=by, agency=agency, due_at=None, reason="Wajib")
        costs.append(len(queries))
    assert costs[1] == costs[2]


@pytest.mark.django_db
def test_finishing_in_the_course_itself_needs_no_path(person, course):
    enrolment = enrol(person=person, course=course)
    study(enrolment, *lessons_of(course))
    assert not PathEnrolment.objects.exists()


# --- proof -----------------------------------------------------------------------------------------------------------


def differences_of_paths():
    return [difference for _count, chunk in path_differences() for difference in chunk]


@pytest.mark.django_db
def test_the_check_finds_and_mends_a_path_that_is_stored_otherwise(person, path):
    enrol_in_path(person=person, path=path)
    for course in courses_of(path):
        finish(person, course)
    assert differences_of_paths() == []
    PathEnrolment.objects.update(required_complete=1)
    Achievement.objects.filter(kind="path").delete()
    assert {difference.field for difference in differences_of_paths()} == {"required_complete", "achievement"}
    with pytest.raises(SystemExit):
        call_command("check_completion", repair=True, stdout=StringIO(), stderr=StringIO())
    assert differences_of_paths() == []
    call_command("check_completion", stdout=StringIO(), stderr=StringIO())


@pytest.mark.django_db
def test_the_check_finds_and_makes_a_missing_achievement(person, course):
    enrolment = finish(person, course)
    Achievement.objects.all().delete()
    found = [difference for _count, chunk in differences() for difference in chunk]
    assert [(d.enrolment, d.field, d.stored, d.recomputed) for d in found] == [
        (enrolment.pk, "achievement", False, True)
    ]
    recompute(enrolment=enrolment)
    assert Achievement.objects.count() == 1


@pytest.mark.django_db
def test_checking_paths_costs_the_same_for_any_number(unit, path):
    costs = []
    for _ in range(2):
        enrol_in_path(person=make_person(unit), path=path)
        enrol_in_path(person=make_person(unit), path=path)
        with CaptureQueriesContext(connection) as queries:
            assert differences_of_paths() == []
        costs.append(len(queries))
    assert costs[0] == costs[1]
