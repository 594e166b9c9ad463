"""The proof: each kind of planted difference is named, and repaired when asked."""

import datetime as dt
import io
import json
import uuid

import pytest
from django.core.management import call_command
from django.utils import timezone

from completion import checks
from completion.models import ActivityEvent, ActivityProgress, Enrolment
from completion.services import ask_to_redo, enrol, leave, recompute_open, record
from tests.factories import PersonFactory

from .conftest import lessons_of, make_course, make_person, read_data, refresh


def check(*flags):
    out, err = io.StringIO(), io.StringIO()
    code = 0
    try:
        call_command("check_completion", *flags, stdout=out, stderr=err)
    except SystemExit as end:
        code = end.code
    return code, out.getvalue(), err.getvalue()


def found():
    code, out, _err = check("--json")
    rows = [json.loads(line) for line in out.splitlines()]
    assert bool(rows) == bool(code)
    return {(row["activity"], row["field"]) for row in rows}


def study(enrolment, lesson):
    record(enrolment=enrolment, activity_id=lesson.pk, kind="read", data=read_data(), client_id=uuid.uuid4())


@pytest.fixture
def enrolment(person, course):
    """One of two lessons is done; beside it a finished, a left and an untouched enrolment."""
    mine = enrol(person=person, course=course)
    study(mine, lessons_of(course)[0])
    short = make_course(lessons=1)
    study(enrol(person=person, course=short), lessons_of(short)[0])
    leave(enrolment=enrol(person=person, course=make_course()))
    enrol(person=person, course=make_course())
    return mine


@pytest.fixture
def first(course):
    return lessons_of(course)[0]


def test_nothing_is_found_where_nothing_is_wrong(enrolment):
    code, out, err = check()
    assert (code, out) == (0, "4 enrolments and 0 paths checked, 0 differences.\n")
    assert "4 of 4" in err


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("completion", 1),
        ("result", 2),
        ("seconds", 1),
        ("first_at", None),
        ("last_at", None),
        ("completed_at", None),
        ("revision", 99),
    ],
)
def test_planted_difference_in_progress_is_named_and_repaired(enrolment, first, field, value):
    ActivityProgress.objects.filter(enrolment=enrolment).update(**{field: value})
    assert found() == {(first.pk, field)}
    assert check("--repair")[0] == 1
    assert found() == set()


def test_planted_score_is_named(enrolment, first):
    ActivityProgress.objects.filter(enrolment=enrolment).update(best_score_numerator=1, best_score_denominator=2)
    assert found() == {(first.pk, "best_score_numerator"), (first.pk, "best_score_denominator")}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("state", "finished"),
        ("completion", 0),
        ("result", 1),
        ("required_total", 9),
        ("required_complete", 0),
        ("started_at", None),
        ("last_activity", None),
        ("last_seen_at", None),
        ("excused", [1]),
    ],
)
def test_planted_difference_in_an_enrolment_is_named_and_repaired(enrolment, field, value):
    Enrolment.objects.filter(pk=enrolment.pk).update(**{field: value})
    assert found() == {(None, "last_activity_id" if field == "last_activity" else field)}
    check("--repair")
    assert found() == set()


def test_planted_completion_of_a_course_is_named(enrolment):
    now = timezone.now()
    Enrolment.objects.filter(pk=enrolment.pk).update(completion=2, completed_at=now, state="finished")
    assert found() == {(None, "completion"), (None, "completed_at"), (None, "state")}
    check("--repair")
    enrolment.refresh_from_db()
    assert (enrolment.completion, enrolment.completed_at, enrolment.state) == (1, None, "open")


def test_missing_and_surplus_rows_are_named_and_repaired(enrolment, first, course):
    second = lessons_of(course)[1]
    ActivityProgress.objects.filter(enrolment=enrolment).update(activity=second)
    assert found() == {(first.pk, "row"), (second.pk, "row")}
    check("--repair")
    assert found() == set()


def test_lost_event_is_named(enrolment, first):
    ActivityEvent.objects.filter(enrolment=enrolment).delete()
    assert {(first.pk, "row"), (None, "required_complete")} <= found()


def test_withdrawal_that_was_not_applied_is_named_and_repaired(enrolment, course, task_queue):
    lessons_of(course)[1].unpublish()
    refresh(course)
    assert {(None, "required_total"), (None, "state"), (None, "excused")} <= found()
    check("--repair")
    enrolment.refresh_from_db()
    assert enrolment.state == "finished"
    assert found() == set()


def test_finished_by_withdrawal_and_later_redo_still_prove(enrolment, course, first):
    second = lessons_of(course)[1]
    second.unpublish()
    refresh(course)
    recompute_open(course_id=course.pk)
    assert found() == set()
    second.save_revision().publish()
    refresh(course)
    assert found() == set()
    ask_to_redo(enrolment=enrolment, activity_id=first.pk, by=PersonFactory(), reason="Isi baru")
    assert found() == set()


@pytest.mark.parametrize("learners", [1, 5])
def test_check_costs_the_same_queries_for_any_number_of_learners(learners, unit, course, django_assert_num_queries):
    for _number in range(learners):
        study(enrol(person=make_person(unit), course=course), lessons_of(course)[0])
    with django_assert_num_queries(7):  # enrolments, outline, sign-offs, events, progress, achievements, no more
        list(checks.differences())


def test_check_holds_the_events_of_one_learner_at_a_time(unit, course, monkeypatch):
    """A year of learning does not fit into memory."""
    for _number in range(4):
        enrolment = enrol(person=make_person(unit), course=course)
        for _time in range(5):
            study(enrolment, lessons_of(course)[0])
    drawn, done, most = [0], [0], [0]

    def count_drawn(rows):
        for row in read(rows):
            drawn[0] += 1
            most[0] = max(most[0], drawn[0] - done[0])
            yield row

    def count_done(enrolment, events, *rest):
        yield from compare(enrolment, events, *rest)
        done[0] += len(events)

    read, compare = checks.EventRow.read, checks._differences_of
    monkeypatch.setattr(checks.EventRow, "read", count_drawn)
    monkeypatch.setattr(checks, "_differences_of", count_done)
    assert list(checks.differences()) == [(4, [])]
    assert (drawn[0], done[0], most[0]) == (20, 20, 6)  # five of one learner, and the first of the next


def test_moments_are_written_as_iso(enrolment, first):
    ActivityProgress.objects.filter(enrolment=enrolment).update(last_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    row = json.loads(check("--json")[1].splitlines()[0])
    assert (row["enrolment"], row["stored"]) == (enrolment.pk, "2026-01-01T00:00:00+00:00")
