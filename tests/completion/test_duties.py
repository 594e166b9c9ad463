"""Standing duties: whom they ask and by when, joiners and leavers, cycle after cycle, killed half way."""

import datetime as dt
import uuid
import zoneinfo

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from completion import services, tasks
from completion.duties import duty_figures
from completion.models import Assignment, Completion, Duty, Enrolment, PathEnrolment
from completion.queries import current_enrolment, due_annotation
from completion.services import EnrolmentRefused, apply_duties, apply_duty, assign, end_duty, enrol, make_duty, record
from completion.services import duties as duties_module
from completion.signals import assigned
from courses.models import CoursePage, PathPage, PathStep, ShelfPage
from people.models import Audience
from people.services import change_status, employ, end_row, move_person, place, save_audience
from tests.factories import AgencyFactory, PersonFactory, ShelfPageFactory, UnitFactory, synthetic_nip

from .conftest import lessons_of, make_course, make_person, read_data

State = Enrolment.State
WIB, WITA, WIT = (zoneinfo.ZoneInfo(name) for name in ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"))


def group_of(agency, *units, people=(), **criteria):
    audience = Audience.objects.create(agency=agency, name=f"Kelompok {uuid.uuid4().hex[:6]}", **criteria)
    audience.units.set(units)
    audience.people.set(people)
    return audience


@pytest.fixture
def organiser(db):
    return PersonFactory(name="Penyelenggara")


@pytest.fixture
def duty_for(agency, unit, course, organiser):
    """Make a duty for everyone of the unit; the test applies it."""

    def make(**fields):
        group = fields.pop("audience", None) or group_of(agency, unit)
        what = {"course": course} if "path" not in fields else {}
        return make_duty(agency=agency, audience=group, by=organiser, reason="Wajib tahunan", **{**what, **fields})

    return make


def finish(enrolment):
    for lesson in lessons_of(enrolment.course):
        record(enrolment=enrolment, activity_id=lesson.pk, kind="read", data=read_data(), client_id=uuid.uuid4())
    enrolment.refresh_from_db()
    assert enrolment.state == State.FINISHED


def due_of(person, course):
    return current_enrolment(person, course.pk).due


def asked(duty):
    rows = Assignment.objects.filter(duty=duty, withdrawn_at__isnull=True)
    return sorted(rows.values_list("enrolment__person", flat=True))


# --- whom it asks ----------------------------------------------------------------------------------------------------


def test_it_asks_who_belongs_and_nobody_else_and_says_so(
    duty_for, agency, unit, course, django_capture_on_commit_callbacks
):
    below = make_person(UnitFactory(agency=agency, parent=unit))
    here = make_person(unit)
    stranger = make_person(UnitFactory(agency=agency))
    gone = make_person(unit)
    change_status(person=gone, kind="left", on=timezone.localdate())
    told = []
    assigned.connect(listener := lambda assignment_ids, **news: told.extend(assignment_ids))
    with django_capture_on_commit_callbacks(execute=True):
        duty = duty_for()
    assigned.disconnect(listener)
    assert asked(duty) == sorted([below.pk, here.pk])
    assert sorted(told) == sorted(duty.assignments.values_list("pk", flat=True))
    assert not Enrolment.objects.filter(person__in=[stranger, gone]).exists()
    assert Assignment.objects.filter(assigned_by__isnull=True, reason="Wajib tahunan").count() == 2


def test_twice_is_once(duty_for, unit):
    make_person(unit)
    duty = duty_for(due_days=10)
    assert apply_duty(duty=duty).asked == 1
    with time_machine.travel(timezone.now() + dt.timedelta(days=2)):
        assert apply_duty(duty=duty) == services.Applied()
    assert Assignment.objects.count() == 1


def test_it_attaches_to_what_was_chosen_and_to_what_was_done(duty_for, unit, course):
    chose, did, left = make_person(unit), make_person(unit), make_person(unit)
    enrol(person=chose, course=course)
    finish(enrol(person=did, course=course))
    services.leave(enrolment=enrol(person=left, course=course))
    duty = duty_for()
    apply_duty(duty=duty)
    assert Enrolment.objects.count() == 3
    assert set(Enrolment.objects.values_list("person", "state")) == {
        (chose.pk, State.OPEN), (did.pk, State.FINISHED), (left.pk, State.OPEN),
    }  # fmt: skip
    assert len(asked(duty)) == 3


def test_it_is_not_in_force_before_its_day_nor_after_its_end(duty_for, unit):
    make_person(unit)
    today = timezone.localdate()
    later = duty_for(starts_on=today + dt.timedelta(days=3), ends_on=today + dt.timedelta(days=5))
    assert apply_duty(duty=later) == services.Applied()
    with time_machine.travel(timezone.now() + dt.timedelta(days=6)):
        assert apply_duty(duty=later) == services.Applied()
    with time_machine.travel(timezone.now() + dt.timedelta(days=4)):
        assert apply_duty(duty=later).asked == 1


def test_days_begin_with_the_agencys_day(agency, duty_for, unit):
    make_person(unit)
    duty = duty_for(starts_on=dt.date(2027, 1, 1))
    with time_machine.travel(dt.datetime(2026, 12, 31, 14, 59, tzinfo=dt.UTC), tick=False) as clock:  # 23.59 WIT
        assert apply_duty(duty=duty).asked == 0
        assert apply_duties() == 0
        clock.shift(dt.timedelta(minutes=1))
        assert apply_duties() == 1
    assert len(asked(duty)) == 1


def test_a_course_of_another_agency_and_a_group_of_another_are_refused(duty_for, agency, unit, organiser):
    own = make_course(agency=AgencyFactory(), sharing=CoursePage.Sharing.OWN)
    with pytest.raises(EnrolmentRefused):
        make_duty(agency=agency, audience=group_of(agency, unit), course=own, by=organiser, reason="x")
    with pytest.raises(EnrolmentRefused):
        duty_for(audience=group_of(AgencyFactory()))


def test_a_course_that_was_taken_from_the_agency_stops_its_own_duty_only(duty_for, unit, course, agency, caplog):
    person = make_person(unit)
    other = make_course()
    first, second = duty_for(), duty_for(course=other)
    CoursePage.objects.get(pk=course.pk).unpublish()
    services.recompute_open(course_id=course.pk)
    from courses.services import refresh_course

    refresh_course(course=course.pk)
    services.apply_duties_to(person_id=person.pk)
    assert (asked(first), asked(second)) == ([], [person.pk])
    assert "is not applied" in caplog.text


# --- by when ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "moment", "due_day"),
    [
        # 31 December 2026, 15.30 UTC: still the old year in Jakarta and Makassar, already the new one in Jayapura.
        ("Asia/Jakarta", "2026-12-31T15:30", dt.date(2027, 1, 14)),
        ("Asia/Makassar", "2026-12-31T15:30", dt.date(2027, 1, 14)),
        ("Asia/Jayapura", "2026-12-31T15:30", dt.date(2027, 1, 15)),
        ("Asia/Makassar", "2026-12-31T16:00", dt.date(2027, 1, 15)),
        ("Asia/Jakarta", "2026-12-31T16:59", dt.date(2027, 1, 14)),
        ("Asia/Jakarta", "2026-12-31T17:00", dt.date(2027, 1, 15)),
        ("Asia/Jakarta", "2028-02-15T03:00", dt.date(2028, 2, 29)),
    ],
)
def test_days_after_joining_end_in_the_persons_zone(duty_for, unit, course, zone, moment, due_day):
    person = make_person(unit)
    person.time_zone = zone
    person.save()
    with time_machine.travel(dt.datetime.fromisoformat(f"{moment}+00:00"), tick=False):
        apply_duty(duty=duty_for(due_days=14))
        due = due_of(person, course)
    assert due == dt.datetime.combine(due_day, dt.time(23, 59, 59), zoneinfo.ZoneInfo(zone))


@pytest.mark.parametrize("zone", ["Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"])
def test_a_fixed_day_ends_in_the_agencys_zone_for_everyone(duty_for, unit, course, zone):
    person = make_person(unit)
    person.time_zone = zone
    person.save()
    with time_machine.travel(dt.datetime(2026, 11, 20, tzinfo=dt.UTC), tick=False):
        apply_duty(duty=duty_for(due_on=dt.date(2026, 12, 31)))
        assert due_of(person, course) == dt.datetime(2026, 12, 31, 23, 59, 59, tzinfo=WIT)


def test_who_joins_after_the_fixed_day_gets_as_long_as_the_others_had(duty_for, unit, course):
    with time_machine.travel(dt.datetime(2026, 11, 20, tzinfo=dt.UTC), tick=False):
        duty = duty_for(due_on=dt.date(2026, 12, 4))
    with time_machine.travel(dt.datetime(2026, 12, 30, tzinfo=dt.UTC), tick=False):
        person = make_person(unit)
        apply_duty(duty=duty)
        assert due_of(person, course) == dt.datetime(2027, 1, 13, 23, 59, 59, tzinfo=WIT)


def test_without_a_day_nothing_is_due(duty_for, unit, course):
    person = make_person(unit)
    apply_duty(duty=duty_for())
    assert due_of(person, course) is None


def test_two_duties_and_one_by_hand_have_one_due_date(duty_for, agency, unit, course, organiser):
    person = make_person(unit)
    for days in (20, 10):
        apply_duty(duty=duty_for(due_days=days))
    assert due_of(person, course) == services.due_after([person], 10)[person.pk]
    soon = timezone.now() + dt.timedelta(days=1)
    assign(course=course, people=[person], by=organiser, agency=agency, due_at=soon, reason="Segera")
    assert due_of(person, course) == soon


# --- joiners and leavers ---------------------------------------------------------------------------------------------


def test_joiners_are_asked_at_once(duty_for, agency, unit, course, django_capture_on_commit_callbacks):
    duty = duty_for(audience=group_of(agency, unit), due_days=7)
    with django_capture_on_commit_callbacks(execute=True):
        moved = make_person(UnitFactory(agency=agency))
        move_person(person=moved, unit=unit, title="Analis", on=timezone.localdate())
    with django_capture_on_commit_callbacks(execute=True):
        new = PersonFactory()
        employ(person=new, agency=agency, kind="pns", nip=synthetic_nip(77_000), valid_from=timezone.localdate())
        place(person=new, unit=unit, title="Analis", valid_from=timezone.localdate())
    assert asked(duty) == sorted([moved.pk, new.pk])


def test_a_new_employment_alone_is_enough_where_the_group_asks_for_it(
    duty_for, agency, course, django_capture_on_commit_callbacks
):
    duty = duty_for(audience=group_of(agency, employee_kinds=["pppk"], grades=["IX"]))
    person, other = PersonFactory(), PersonFactory()
    today = timezone.localdate()
    with django_capture_on_commit_callbacks(execute=True):
        employ(person=person, agency=agency, kind="pppk", nip=synthetic_nip(77_001), valid_from=today, grade="IX")
        employ(person=other, agency=agency, kind="pns", nip=synthetic_nip(77_002), valid_from=today, grade="IX")
    assert asked(duty) == [person.pk]


def test_a_changed_group_is_gathered_at_once(duty_for, agency, unit, django_capture_on_commit_callbacks):
    before, after = make_person(unit), make_person(UnitFactory(agency=agency))
    group = group_of(agency, unit)
    duty = duty_for(audience=group)
    apply_duty(duty=duty)
    with django_capture_on_commit_callbacks(execute=True):
        save_audience(audience=group, agency=agency, name=group.name, people=[after])
    assert asked(duty) == [after.pk]
    assert before.enrolments.get().state == State.LEFT


def test_who_leaves_the_group_is_released_unless_they_have_begun(duty_for, agency, unit, course, organiser):
    idle, busy, chooser, twice = (make_person(unit) for _ in range(4))
    enrol(person=chooser, course=course)
    duty = duty_for()
    apply_duty(duty=duty)
    begun = current_enrolment(busy, course.pk)
    record(enrolment=begun, activity_id=lessons_of(course)[0].pk, kind="read", data=read_data(), client_id=uuid.uuid4())
    assign(course=course, people=[twice], by=organiser, agency=agency, due_at=None, reason="Juga")
    for person in (idle, busy, chooser, twice):
        move_person(person=person, unit=UnitFactory(agency=agency), title="Analis", on=timezone.localdate())
    assert apply_duty(duty=duty).released == 3
    assert asked(duty) == [busy.pk]
    assert Assignment.objects.filter(duty=duty).count() == 4  # the history stays
    states = dict(Enrolment.objects.values_list("person", "state"))
    assert states == {idle.pk: State.LEFT, busy.pk: State.OPEN, chooser.pk: State.OPEN, twice.pk: State.OPEN}


def test_who_comes_back_is_asked_again(duty_for, agency, unit, course):
    person, elsewhere = make_person(unit), UnitFactory(agency=agency)
    duty = duty_for(due_days=5)
    apply_duty(duty=duty)
    today = timezone.localdate()
    move_person(person=person, unit=elsewhere, title="Analis", on=today)
    services.apply_duties_to(person_id=person.pk)
    assert asked(duty) == []
    with time_machine.travel(timezone.now() + dt.timedelta(days=1)):
        move_person(person=person, unit=unit, title="Analis", on=today + dt.timedelta(days=1))
        services.apply_duties_to(person_id=person.pk)
        assert asked(duty) == [person.pk]
        assert due_of(person, course) == services.due_after([person], 5)[person.pk]
    assert Enrolment.objects.get().state == State.OPEN


def test_who_leaves_the_service_keeps_the_history(duty_for, unit, course, django_capture_on_commit_callbacks):
    done, idle = make_person(unit), make_person(unit)
    duty = duty_for()
    apply_duty(duty=duty)
    finish(current_enrolment(done, course.pk))
    with django_capture_on_commit_callbacks(execute=True):
        for person in (done, idle):
            change_status(person=person, kind="left", on=timezone.localdate())
    assert asked(duty) == [done.pk]
    assert dict(Enrolment.objects.values_list("person", "state")) == {done.pk: State.FINISHED, idle.pk: State.LEFT}
    assert Assignment.objects.filter(duty=duty).count() == 2


def test_an_ended_employment_is_told(agency, unit, duty_for, django_capture_on_commit_callbacks):
    duty = duty_for(audience=group_of(agency, employee_kinds=["pns"]))
    person = make_person(unit)
    apply_duty(duty=duty)
    with django_capture_on_commit_callbacks(execute=True):
        end_row(row=person.employments.get(), last_day=timezone.localdate() - dt.timedelta(days=1))
    assert asked(duty) == []


def test_ending_keeps_or_releases_and_asks_nobody_any_more(duty_for, unit, course):
    person = make_person(unit)
    keep, release = duty_for(), duty_for()
    for duty in (keep, release):
        apply_duty(duty=duty)
    assert end_duty(duty=keep, release=False) == 0
    assert end_duty(duty=release, release=True) == 1
    assert (asked(keep), asked(release)) == ([person.pk], [])
    make_person(unit)
    for duty in (keep, release):
        duty.refresh_from_db()
        assert apply_duty(duty=duty) == services.Applied()
        assert duty.ends_on < timezone.localdate()


def test_what_a_duty_asks_is_not_taken_back_by_hand(duty_for, unit):
    make_person(unit)
    apply_duty(duty=duty_for())
    with pytest.raises(EnrolmentRefused):
        services.withdraw_assignment(assignment=Assignment.objects.get())


# --- cycle after cycle -----------------------------------------------------------------------------------------------


def cycles(person):
    return list(person.enrolments.order_by("cycle").values_list("cycle", "state"))


def at(text, zone=WIT):
    return dt.datetime.fromisoformat(text).replace(tzinfo=zone)


def test_a_duty_comes_again_and_erases_nothing(duty_for, unit, course):
    person = make_person(unit)
    with time_machine.travel(at("2027-01-31T20:00"), tick=False) as clock:
        duty = duty_for(valid_months=1, window_days=10, due_days=5)
        apply_duty(duty=duty)
        finish(current_enrolment(person, course.pk))
        clock.move_to(at("2027-02-17T23:59:59"))
        assert apply_duty(duty=duty).again == 0
        clock.move_to(at("2027-02-18T00:00"))  # valid until 28 February, ten days before
        assert apply_duty(duty=duty).again == 1
        assert apply_duty(duty=duty) == services.Applied()
        assert cycles(person) == [(1, State.FINISHED), (2, State.OPEN)]
        assert due_of(person, course) == at("2027-02-28T23:59:59")
        first, second = person.enrolments.order_by("cycle")
        assert (first.completion, first.percent, second.percent) == (Completion.COMPLETE, 100, 0)
        assert [row.duty_id for row in Assignment.objects.order_by("pk")] == [duty.pk, duty.pk]
        finish(current_enrolment(person, course.pk))
        clock.move_to(at("2027-03-30T08:00"))
        assert apply_duty(duty=duty).again == 1
        assert due_of(person, course) == at("2027-04-09T23:59:59")  # ran out on 18 March: the clock had stood still
    assert len(cycles(person)) == 3


@pytest.mark.parametrize(
    ("done", "months", "due"),
    [
        ("2028-02-29T10:00", 12, "2029-02-28"),
        ("2027-12-31T23:30", 2, "2028-02-29"),
        ("2026-12-31T23:59", 12, "2027-12-31"),
        ("2027-01-01T00:00", 12, "2028-01-01"),
    ],
)
def test_a_cycle_runs_out_on_the_same_local_day_or_the_months_last(duty_for, unit, course, done, months, due):
    person = make_person(unit)
    with time_machine.travel(at(done), tick=False) as clock:
        duty = duty_for(valid_months=months, window_days=30)
        apply_duty(duty=duty)
        finish(current_enrolment(person, course.pk))
        clock.move_to(at(f"{due}T12:00") - dt.timedelta(days=20))
        apply_duty(duty=duty)
        assert due_of(person, course) == at(f"{due}T23:59:59")


def test_a_completion_from_before_the_duty_counts_and_has_run_out(duty_for, unit, course):
    person = make_person(unit)
    with time_machine.travel(at("2025-06-01T10:00"), tick=False):
        finish(enrol(person=person, course=course))
    with time_machine.travel(at("2027-06-01T10:00"), tick=False):
        applied = apply_duty(duty=duty_for(valid_months=12, window_days=30))
        assert (applied.asked, applied.again) == (1, 1)
        assert due_of(person, course) == at("2027-07-01T23:59:59")


def test_who_is_out_of_the_group_is_not_asked_again_and_who_returns_is_by_the_old_expiry(
    duty_for, agency, unit, course
):
    person, elsewhere = make_person(unit), UnitFactory(agency=agency)
    with time_machine.travel(at("2027-01-10T10:00"), tick=False) as clock:
        duty = duty_for(valid_months=12, window_days=60, due_days=3)
        apply_duty(duty=duty)
        finish(current_enrolment(person, course.pk))
        clock.move_to(at("2027-12-01T10:00"))
        apply_duty(duty=duty)
        move_person(person=person, unit=elsewhere, title="Analis", on=dt.date(2027, 12, 2))
        clock.move_to(at("2027-12-02T10:00"))
        assert apply_duty(duty=duty).released == 1
        assert cycles(person) == [(1, State.FINISHED), (2, State.LEFT)]
        clock.move_to(at("2027-12-20T10:00"))
        move_person(person=person, unit=unit, title="Analis", on=dt.date(2027, 12, 20))
        assert apply_duty(duty=duty).asked == 1
        assert cycles(person) == [(1, State.FINISHED), (2, State.OPEN)]
        assert due_of(person, course) == at("2028-01-10T23:59:59")


# --- paths -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def path(db):
    shelf = ShelfPage.objects.first() or ShelfPageFactory()
    page = shelf.add_child(instance=PathPage(title="Jalur", slug="jalur-tugas", summary="Ringkas"))
    for order in range(2):
        PathStep.objects.create(path=page, course=make_course(lessons=1), sort_order=order)
    return page


def test_a_duty_for_a_path_reaches_each_course_and_comes_again(duty_for, unit, path):
    person = make_person(unit)
    courses = [step.course for step in path.steps.order_by("sort_order")]
    with time_machine.travel(at("2027-01-10T10:00"), tick=False) as clock:
        duty = duty_for(path=path, course=None, due_days=10, valid_months=12, window_days=30)
        assert apply_duty(duty=duty).asked == 1
        assert {due_of(person, course) for course in courses} == {at("2027-01-20T23:59:59")}
        for course in courses:
            finish(current_enrolment(person, course.pk))
        assert PathEnrolment.objects.get().state == PathEnrolment.State.FINISHED
        clock.move_to(at("2027-12-15T10:00"))
        assert apply_duty(duty=duty).again == 1
        assert apply_duty(duty=duty) == services.Applied()
        assert {due_of(person, course) for course in courses} == {at("2028-01-10T23:59:59")}
        first, second = PathEnrolment.objects.order_by("cycle")
        assert (first.state, second.state, second.required_complete) == ("finished", "open", 0)
        for course in courses:
            finish(current_enrolment(person, course.pk))
        second.refresh_from_db()
        assert second.state == PathEnrolment.State.FINISHED


def test_who_leaves_is_released_from_a_whole_path_or_not_at_all(duty_for, agency, unit, path):
    idle, busy = make_person(unit), make_person(unit)
    duty = duty_for(path=path, course=None)
    apply_duty(duty=duty)
    finish(current_enrolment(busy, path.steps.first().course_id))
    for person in (idle, busy):
        move_person(person=person, unit=UnitFactory(agency=agency), title="Analis", on=timezone.localdate())
    assert apply_duty(duty=duty).released == 1
    assert set(asked(duty)) == {busy.pk}
    assert dict(PathEnrolment.objects.values_list("person", "state")) == {idle.pk: "left", busy.pk: "open"}


# --- many, killed, figures -------------------------------------------------------------------------------------------


def test_killed_half_way_the_next_run_does_the_rest(duty_for, unit, monkeypatch):
    people = [make_person(unit) for _ in range(3)]
    monkeypatch.setattr("completion.services.following.BATCH", 1)
    duty = duty_for(due_days=3)
    asked_before, calls = duties_module._ask, []

    def die(duty, batch, now):
        calls.append(batch)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return asked_before(duty, batch, now)

    monkeypatch.setattr(duties_module, "_ask", die)
    with pytest.raises(KeyboardInterrupt):
        apply_duty(duty=duty)
    assert len(asked(duty)) == 1
    monkeypatch.setattr(duties_module, "_ask", asked_before)
    assert apply_duty(duty=duty).asked == 2
    assert asked(duty) == sorted(person.pk for person in people)


@pytest.mark.parametrize("several", [{}, {"valid_months": 12}])
def test_queries_do_not_grow_with_people(duty_for, unit, several):
    counts = []
    for _ in range(2):
        duty = duty_for(due_days=3, **several)
        for _ in range(3):
            make_person(unit)
        with CaptureQueriesContext(connection) as told:
            apply_duty(duty=duty)
        counts.append(len(told))
    assert counts[1] <= counts[0] <= 28  # the second finds the rules of the edition in memory


def test_figures_count_people_in_their_latest_cycle(duty_for, unit, course, agency, django_assert_num_queries):
    done, late, exempted, idle = (make_person(unit) for _ in range(4))
    duty = duty_for(due_days=2)
    apply_duty(duty=duty)
    finish(current_enrolment(done, course.pk))
    Assignment.objects.filter(enrolment__person__in=[late, exempted]).update(
        due_at=timezone.now() - dt.timedelta(days=1)
    )
    current_enrolment(exempted, course.pk).exemptions.create(decided_by=idle, reason="Cuti")
    with django_assert_num_queries(1):
        figures = duty_figures([duty.pk])
    assert (figures[duty.pk].people, figures[duty.pk].done, figures[duty.pk].late) == (3, 1, 1)
    assert Enrolment.objects.annotate(due=due_annotation()).get(person=exempted).due is None


def test_the_task_and_the_clock_do_it(duty_for, unit, django_capture_on_commit_callbacks):
    person = make_person(unit)
    duty = duty_for()
    tasks.apply_duty.enqueue(duty.pk)
    assert asked(duty) == [person.pk]
    other = make_person(unit)
    assert apply_duties() == 1
    assert other.pk in asked(duty)
    assert Duty.objects.get().applied_at is not None
