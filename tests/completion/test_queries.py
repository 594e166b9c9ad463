"""Reads: one effective due moment through every door, where to go on, the four words, today."""

import datetime as dt
import uuid
from fractions import Fraction

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from completion import queries
from completion.due import effective_due
from completion.models import Assignment, Completion, Enrolment, Exemption, Extension
from completion.queries import (
    ActivityState,
    Standing,
    course_marks,
    course_progress,
    current_enrolment,
    due_annotation,
    greeting_at,
    learning_of,
    next_activity,
    standing,
    today_of,
)
from completion.services import assign, enrol, leave, record
from completion.states import score_in
from courses.outlines import Outline, OutlineActivity, OutlineModule
from courses.protection import learners_with_history
from courses.queries import outline
from people.models import Person
from reports.queries import course_figures, team_row_of
from tests.factories import PersonFactory

from .conftest import lessons_of, make_course, make_person, read_data

NOW = dt.datetime(2026, 11, 21, 3, 0, tzinfo=dt.UTC)


def study(enrolment, lesson):
    return record(enrolment=enrolment, activity_id=lesson.pk, kind="read", data=read_data(), client_id=uuid.uuid4())


# --- due -------------------------------------------------------------------------------------------------------------


moments = st.none() | st.integers(-1000, 1000).map(lambda hours: NOW + dt.timedelta(hours=hours))
extensions = st.integers(-1000, 1000).map(lambda hours: NOW + dt.timedelta(hours=hours))


def in_force(terms):
    return [moment for moment, withdrawn in terms if not withdrawn]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    assigned=st.lists(st.tuples(moments, st.booleans()), max_size=4),
    extended=st.lists(st.tuples(extensions, st.booleans()), max_size=3),
    exemption=st.sampled_from([None, "in force", "withdrawn"]),
)
def test_due_is_the_same_in_sql_and_python(person, course, agency, assigned, extended, exemption):
    enrolment = enrol(person=person, course=course)
    for model in (Assignment, Extension, Exemption):
        model.objects.all().delete()
    for due_at, withdrawn in assigned:
        Assignment.objects.create(
            enrolment=enrolment, agency=agency, due_at=due_at, withdrawn_at=NOW if withdrawn else None
        )
    said = {"enrolment": enrolment, "decided_by": person, "reason": "Dinas luar"}
    for due_at, withdrawn in extended:
        Extension.objects.create(due_at=due_at, withdrawn_at=NOW if withdrawn else None, **said)
    if exemption:
        Exemption.objects.create(withdrawn_at=NOW if exemption == "withdrawn" else None, **said)
    exempted = exemption == "in force"
    expected = effective_due(in_force(assigned), in_force(extended), exempted=exempted)
    assert Enrolment.objects.annotate(due=due_annotation()).get().due == expected
    assert current_enrolment(person, course.pk).due == expected
    assert learning_of(person).open[0].due_at == expected
    assert course_marks(person)[course.pk].due_at == expected
    assert course_progress(person, course.pk).due_at == expected
    assert learning_of(person).open[0].exempted == ("Dinas luar" if exempted else "")
    sight = Person.objects.filter(pk=person.pk)
    shown = team_row_of(sight, person.key).courses
    assert [(one.due_at, one.exempted) for one in shown] == (
        [(expected, "Dinas luar" if exempted else "")] if in_force(assigned) else []
    )
    late = expected is not None and expected < timezone.now()
    figures = course_figures(sight)
    assert bool(figures and figures[0].counts[Standing.LATE]) == late
    assert (learning_of(person).open[0].standing == Standing.LATE) == late
    assert not (exempted and figures)


@pytest.mark.parametrize(
    ("completion", "due_at", "word"),
    [
        (Completion.NOT_STARTED, None, Standing.NOT_STARTED),
        (Completion.IN_PROGRESS, NOW, Standing.IN_PROGRESS),
        (Completion.IN_PROGRESS, NOW - dt.timedelta(seconds=1), Standing.LATE),
        (Completion.NOT_STARTED, NOW - dt.timedelta(seconds=1), Standing.LATE),
        (Completion.COMPLETE, NOW - dt.timedelta(days=9), Standing.DONE),
    ],
)
def test_standing_is_late_after_the_due_moment_only(completion, due_at, word):
    assert standing(completion=completion, due_at=due_at, now=NOW) == word


def test_exempted_is_neither_late_nor_missing_but_done_is_done():
    past = NOW - dt.timedelta(days=1)
    told = [standing(completion=state, due_at=past, now=NOW, exempted=True) for state in Completion]
    assert told == [Standing.EXEMPTED, Standing.EXEMPTED, Standing.DONE]


# --- one course ------------------------------------------------------------------------------------------------------


def make_outline(count):
    activities = [OutlineActivity(n, "lesson", "book", f"P{n}", f"/p{n}/", 5, True) for n in range(1, count + 1)]
    bare = Outline(1, "K", "/k/", modules=(OutlineModule(9, "M", "/m/", tuple(activities)),))
    return Outline.from_data(1, bare.to_data() | {"sharing": "everyone", "live": True})


@given(st.lists(st.booleans(), min_size=1, max_size=6), st.integers(0, 7))
def test_next_activity_is_open_and_the_nearest_after_where_one_was(done, last):
    live = make_outline(len(done))
    states = {n: ActivityState(n, Completion.COMPLETE) for n, complete in enumerate(done, 1) if complete}
    ahead = next_activity(live, states, last or None)
    open_ones = [n for n, complete in enumerate(done, 1) if not complete]
    later = [n for n in open_ones if n >= last] if live.activity(last) else open_ones
    expected = (later or open_ones or [None])[0]
    assert (ahead.id if ahead else None) == expected


def test_course_progress_costs_two_queries(person, course, django_assert_num_queries):
    live = outline(course.pk)
    enrolment = enrol(person=person, course=course)
    study(enrolment, lessons_of(course)[0])
    with django_assert_num_queries(2):
        progress = course_progress(person, course.pk, live)
    assert (progress.percent, progress.position, progress.next_activity.id) == (50, 2, lessons_of(course)[1].pk)


def test_course_progress_without_enrolment_is_not_started(person, course):
    leave(enrolment=enrol(person=person, course=course))
    progress = course_progress(person, course.pk)
    assert (progress.is_enrolled, progress.percent, progress.states) == (False, 0, {})
    assert not progress.state(1).is_started


def test_percent_is_100_only_when_complete(person):
    course = make_course(lessons=3)
    enrolment = enrol(person=person, course=course)
    seen = []
    for lesson in lessons_of(course):
        study(enrolment, lesson)
        seen.append(course_progress(person, course.pk).percent)
    assert seen == [33, 66, 100]


def test_score_survives_the_database_exactly(person, course):
    enrolment, lesson = enrol(person=person, course=course), lessons_of(course)[0]
    data = {"score": "1/3", "attempt": "a"}
    record(enrolment=enrolment, activity_id=lesson.pk, kind="graded", data=data, client_id=uuid.uuid4())
    assert course_progress(person, course.pk).state(lesson.pk).score == Fraction(1, 3)
    assert score_in(enrolment.progress.get()) == Fraction(1, 3)


# --- today -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hour", "word"),
    [(2, "evening"), (3, "morning"), (10, "morning"), (11, "midday"), (15, "afternoon"), (18, "evening")],
)
def test_greeting_follows_the_clock(hour, word):
    assert greeting_at(hour) == word


def test_today_puts_late_before_soon_and_leaves_out_what_is_far(person, agency):
    courses = [make_course(lessons=1) for _ in range(3)]
    for course, days in zip(courses, (3, -1, 30), strict=True):
        due_at = timezone.now() + dt.timedelta(days=days)
        assign(course=course, people=[person], by=PersonFactory(), agency=agency, due_at=due_at, reason="")
    today = today_of(person)
    assert [row.course.pk for row in today.due] == [courses[1].pk, courses[0].pk]
    assert [row.standing == Standing.LATE for row in today.due] == [True, False]
    assert today.go_on.course.pk == courses[1].pk


def test_finished_course_is_not_late(person, agency):
    course = make_course(lessons=1)
    due_at = timezone.now() - dt.timedelta(days=1)
    assign(course=course, people=[person], by=PersonFactory(), agency=agency, due_at=due_at, reason="")
    study(Enrolment.objects.get(), lessons_of(course)[0])
    record_of = learning_of(person)
    assert record_of.open == ()
    assert record_of.finished[0].standing == Standing.DONE


# --- history that protects pages -------------------------------------------------------------------------------------


def test_history_counts_people_of_a_page_and_below(unit, course):
    first, second = lessons_of(course)
    for number in range(2):
        enrolment = enrol(person=make_person(unit), course=course)
        if number:
            study(enrolment, first)
    assert learners_with_history(course) == 2
    assert learners_with_history(first) == 1
    assert learners_with_history(second) == 0


def test_queries_know_no_other_persons_course(person, unit, course):
    enrol(person=make_person(unit), course=course)
    assert current_enrolment(person, course.pk) is None
    assert queries.learning_of(person).is_empty
