"""Writing the record: enrolling, evidence, decisions of staff, what leaves the course; twice is always once."""

import datetime as dt
import threading
import time
import uuid
from fractions import Fraction

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from completion import services
from completion.checks import differences
from completion.models import ActivityEvent, ActivityProgress, Assignment, Completion, Enrolment, Result
from completion.policy import BadEvidence
from completion.services import EnrolmentRefused, decide_by_staff, enrol, following, leave, record
from completion.services.evidence import READ_CAP_SECONDS
from completion.signals import activity_completed, course_completed
from completion.states import score_in
from courses.models import CourseEdition, CoursePage, LessonPage, ModulePage
from courses.services import refresh_course
from people.services import move_person
from people.signals import person_moved
from tests.factories import AgencyFactory, PersonFactory, UnitFactory

from .conftest import lessons_of, make_course, make_lesson, make_person, read_data, refresh

State = Enrolment.State


def tell(enrolment, activity, kind="read", data=None, **fields):
    return record(
        enrolment=enrolment,
        activity_id=activity.pk,
        kind=kind,
        data=read_data() if data is None and kind == "read" else data or {},
        client_id=fields.pop("client_id", None) or uuid.uuid4(),
        **fields,
    )


@pytest.fixture
def enrolment(person, course):
    return enrol(person=person, course=course)


@pytest.fixture
def organiser(db):
    return PersonFactory(name="Penyelenggara")


@pytest.fixture
def heard():
    """Collect what the signals announce."""
    told = []

    def listen(sender, signal, **news):
        told.append((signal, {k: v for k, v in news.items() if k.endswith("_id")}))

    for signal in (activity_completed, course_completed):
        signal.connect(listen)
    yield told
    for signal in (activity_completed, course_completed):
        signal.disconnect(listen)


# --- enrolling -------------------------------------------------------------------------------------------------------


def test_enrol_holds_the_person_to_the_latest_edition_and_todays_unit(person, course, unit):
    enrolment = enrol(person=person, course=course)
    assert (enrolment.edition.number, enrolment.unit, enrolment.required_total) == (1, unit, 2)


def test_enrol_twice_is_once(person, course):
    assert enrol(person=person, course=course) == enrol(person=person, course=course)
    assert Enrolment.objects.count() == 1


def test_enrol_makes_the_edition_where_there_is_none(person):
    course = make_course(lessons=1)
    course.editions.all().delete()
    assert enrol(person=person, course=course).edition.number == 1


def test_enrol_refuses_a_course_without_activities(person):
    course = make_course(lessons=0)
    with pytest.raises(EnrolmentRefused):
        enrol(person=person, course=course)


def test_enrol_refuses_another_agencys_course(person):
    course = make_course(agency=AgencyFactory(), sharing=CoursePage.Sharing.OWN)
    with pytest.raises(EnrolmentRefused):
        enrol(person=person, course=course)
    assert not Enrolment.objects.exists()


def test_enrol_refuses_choosing_what_is_only_assigned(person, organiser):
    course = make_course(enrolment_mode=CoursePage.EnrolmentMode.ASSIGNED)
    with pytest.raises(EnrolmentRefused):
        enrol(person=person, course=course)
    assert enrol(person=person, course=course, by=organiser).state == State.OPEN


def test_leave_keeps_the_history_and_return_finds_it(enrolment, course):
    lesson = lessons_of(course)[0]
    tell(enrolment, lesson)
    leave(enrolment=enrolment)
    again = enrol(person=enrolment.person, course=course)
    assert (again.pk, again.state, again.required_complete) == (enrolment.pk, State.OPEN, 1)


def test_leave_is_refused_for_what_is_assigned_or_finished(enrolment, course, agency, organiser):
    services.assign(course=course, people=[enrolment.person], by=organiser, agency=agency, due_at=None, reason="Wajib")
    with pytest.raises(EnrolmentRefused):
        leave(enrolment=enrolment)
    services.withdraw_assignment(assignment=Assignment.objects.get())
    for lesson in lessons_of(course):
        tell(enrolment, lesson)
    with pytest.raises(EnrolmentRefused):
        leave(enrolment=enrolment)


# --- evidence --------------------------------------------------------------------------------------------------------


def test_record_completes_the_activity_and_then_the_course_at_once(enrolment, course, unit):
    first, second = lessons_of(course)
    row = tell(enrolment, first)
    assert (row.completion, enrolment.completion, enrolment.percent) == (
        Completion.COMPLETE,
        Completion.IN_PROGRESS,
        50,
    )
    tell(enrolment, second)
    stored = Enrolment.objects.get()
    assert (stored.state, stored.completion, stored.unit_at_completion) == (State.FINISHED, Completion.COMPLETE, unit)
    assert stored.completed_at == ActivityProgress.objects.get(activity=second).completed_at
    assert stored.last_activity_id == second.pk


def test_record_twice_is_once_and_answers_the_same(enrolment, course):
    lesson, client_id = lessons_of(course)[0], uuid.uuid4()
    rows = [tell(enrolment, lesson, client_id=client_id) for _ in range(3)]
    assert {(row.pk, row.seconds, row.completion) for row in rows} == {(rows[0].pk, 60, Completion.COMPLETE)}
    assert ActivityEvent.objects.count() == 1


def test_record_refuses_a_client_id_of_another_fact(enrolment, course):
    first, second = lessons_of(course)
    client_id = uuid.uuid4()
    tell(enrolment, first, client_id=client_id)
    with pytest.raises(BadEvidence):
        tell(enrolment, second, client_id=client_id)


def test_record_refuses_what_only_staff_may_say(enrolment, course):
    with pytest.raises(BadEvidence):
        tell(enrolment, lessons_of(course)[0], kind="overridden", data={"complete": True})


def test_record_refuses_activities_of_other_courses(enrolment):
    with pytest.raises(BadEvidence):
        tell(enrolment, lessons_of(make_course())[0])
    assert not ActivityEvent.objects.exists()


def test_record_keeps_the_exact_score(enrolment, course):
    row = tell(enrolment, lessons_of(course)[0], kind="graded", data={"score": "2/3", "attempt": "a"})
    row.refresh_from_db()
    assert (score_in(row), row.result) == (Fraction(2, 3), Result.NOT_PASSED)


def test_record_caps_the_seconds_of_one_opening(enrolment, course):
    assert tell(enrolment, lessons_of(course)[0], data=read_data(90_000)).seconds == READ_CAP_SECONDS


def test_record_ignores_a_rule_that_a_client_sends(enrolment, course):
    lesson = lessons_of(course)[0]
    tell(enrolment, lesson, data=read_data(1) | {"rule": {"rule": "read", "minimum_seconds": 0}})
    assert "rule" not in ActivityEvent.objects.get().data
    assert not ActivityProgress.objects.filter(completion=Completion.COMPLETE).exists()


def test_event_keeps_zone_and_local_day_of_the_person(enrolment, course):
    tell(enrolment, lessons_of(course)[0])
    event = ActivityEvent.objects.get()
    assert event.zone == "Asia/Jayapura"
    assert event.local_date == event.effective_at.astimezone(dt.timezone(dt.timedelta(hours=9))).date()


NOW = dt.datetime(2026, 11, 21, 3, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("ago", "enrolled_ago", "trusted", "late"),
    [
        (dt.timedelta(hours=5), dt.timedelta(days=30), True, False),
        (dt.timedelta(days=7), dt.timedelta(days=30), True, False),
        (dt.timedelta(days=7, seconds=1), dt.timedelta(days=30), False, True),
        (-dt.timedelta(seconds=1), dt.timedelta(days=30), False, False),
        (dt.timedelta(hours=5), dt.timedelta(hours=4), False, False),
    ],
)
def test_device_time_is_believed_within_reason_only(ago, enrolled_ago, trusted, late):
    device_at = NOW - ago
    told = services.effective_time(device_at=device_at, received_at=NOW, enrolled_at=NOW - enrolled_ago)
    assert told == (device_at if trusted else NOW, late)


def test_device_time_missing_is_the_arrival():
    assert services.effective_time(device_at=None, received_at=NOW, enrolled_at=NOW) == (NOW, False)


def test_later_edition_does_not_change_what_an_enrolment_is_held_to(enrolment, course):
    module = ModulePage.objects.child_of(course).get()
    added = make_lesson(module)
    refresh(course)
    services.recompute_open(course_id=course.pk)
    enrolment.refresh_from_db()
    assert (enrolment.edition.number, enrolment.required_total) == (1, 2)
    row = tell(enrolment, added)
    assert row.completion == Completion.COMPLETE
    assert ActivityEvent.objects.get().data["rule"]["minimum_seconds"] == 60
    assert enrolment.required_complete == 0


def test_evidence_of_an_added_activity_counts_though_it_was_withdrawn_meanwhile(enrolment, course):
    added = make_lesson(ModulePage.objects.child_of(course).get())
    refresh(course)
    withdraw(course, added)
    assert tell(enrolment, added).completion == Completion.COMPLETE


def test_client_id_of_another_person_is_another_fact(enrolment, course, unit):
    other, client_id = enrol(person=make_person(unit), course=course), uuid.uuid4()
    for mine in (enrolment, other):
        assert tell(mine, lessons_of(course)[0], client_id=client_id).completion == Completion.COMPLETE
    assert ActivityEvent.objects.filter(client_id=client_id).count() == 2


def test_evidence_after_leaving_is_kept_for_the_return(enrolment, course):
    leave(enrolment=enrolment)
    for lesson in lessons_of(course):
        tell(enrolment, lesson)
    assert (enrolment.state, enrolment.completion) == (State.LEFT, Completion.COMPLETE)
    assert enrol(person=enrolment.person, course=course).state == State.FINISHED


# --- signals ---------------------------------------------------------------------------------------------------------


def test_completion_is_announced_once_and_on_commit(enrolment, course, heard, django_capture_on_commit_callbacks):
    first, second = lessons_of(course)
    with django_capture_on_commit_callbacks(execute=True):
        tell(enrolment, first)
        assert heard == []
    with django_capture_on_commit_callbacks(execute=True):
        tell(enrolment, second)
        tell(enrolment, second)
    assert [signal for signal, _news in heard] == [activity_completed, activity_completed, course_completed]
    assert heard[-1][1] == {"enrolment_id": enrolment.pk, "person_id": enrolment.person_id, "course_id": course.pk}


# --- decisions of staff ----------------------------------------------------------------------------------------------


def test_staff_decisions_supersede_in_their_order_and_say_who_and_why(enrolment, course, organiser):
    lesson = lessons_of(course)[0]
    for complete, expected in (
        (True, Completion.COMPLETE),
        (False, Completion.NOT_STARTED),
        (None, Completion.NOT_STARTED),
    ):
        row = decide_by_staff(
            enrolment=enrolment, activity_id=lesson.pk, complete=complete, by=organiser, reason="Sudah di kelas"
        )
        assert row.completion == expected
    numbers = list(ActivityEvent.objects.values_list("decision_number", "decided_by", "reason"))
    assert numbers == [(n, organiser.pk, "Sudah di kelas") for n in (1, 2, 3)]


def test_staff_decision_needs_a_reason(enrolment, course, organiser):
    with pytest.raises(ValueError, match="reason"):
        decide_by_staff(
            enrolment=enrolment, activity_id=lessons_of(course)[0].pk, complete=True, by=organiser, reason="  "
        )
    assert not ActivityEvent.objects.exists()


def test_redo_opens_a_finished_course_again(enrolment, course, organiser):
    first, second = lessons_of(course)
    tell(enrolment, first)
    tell(enrolment, second)
    services.ask_to_redo(enrolment=enrolment, activity_id=first.pk, by=organiser, reason="Isi baru")
    assert (enrolment.state, enrolment.completion, enrolment.completed_at) == (State.OPEN, Completion.IN_PROGRESS, None)
    assert enrolment.unit_at_completion is None
    tell(enrolment, first)
    assert enrolment.state == State.FINISHED


def test_database_refuses_a_decision_without_who_and_why(enrolment, course):
    with pytest.raises(IntegrityError), transaction.atomic():
        ActivityEvent.objects.create(
            enrolment=enrolment,
            activity=lessons_of(course)[0],
            person=enrolment.person,
            kind="overridden",
            decision_number=1,
            effective_at=timezone.now(),
            zone="Asia/Jakarta",
            local_date=timezone.localdate(),
        )


# --- what leaves the live course -------------------------------------------------------------------------------------


def withdraw(course, lesson):
    lesson.unpublish()
    refresh(course)


def test_withdrawn_activity_is_no_longer_asked_for_and_may_finish_the_course(enrolment, course, task_queue):
    first, second = lessons_of(course)
    tell(enrolment, first)
    withdraw(course, second)
    assert services.recompute_open(course_id=course.pk) == 1
    enrolment.refresh_from_db()
    assert (enrolment.state, enrolment.required_total, enrolment.excused) == (State.FINISHED, 1, [second.pk])


def test_finished_stays_finished_when_a_page_comes_back(enrolment, course):
    first, second = lessons_of(course)
    tell(enrolment, first)
    withdraw(course, second)
    services.recompute_open(course_id=course.pk)
    second.save_revision().publish()
    refresh(course)
    services.recompute_open(course_id=course.pk)
    services.recompute(enrolment=enrolment)
    assert (enrolment.state, enrolment.required_total) == (State.FINISHED, 1)


def test_open_enrolment_is_asked_again_when_a_page_comes_back(enrolment, course):
    second = lessons_of(course)[1]
    withdraw(course, second)
    services.recompute_open(course_id=course.pk)
    second.save_revision().publish()
    refresh(course)
    services.recompute_open(course_id=course.pk)
    enrolment.refresh_from_db()
    assert enrolment.required_total == 2


def test_course_news_reach_open_enrolments_by_themselves(enrolment, course, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        lessons_of(course)[1].unpublish()
    enrolment.refresh_from_db()
    assert enrolment.required_total == 1


@pytest.mark.parametrize("learners", [1, 4])
def test_withdrawal_costs_the_same_queries_for_any_number_of_learners(
    learners, unit, course, django_assert_num_queries
):
    first, second = lessons_of(course)
    for _number in range(learners):
        tell(enrol(person=make_person(unit), course=course), first)
    withdraw(course, second)
    services.recompute_open(course_id=course.pk)
    Enrolment.objects.update(required_total=2, completion=1, completed_at=None, state="open", excused=[])
    # ids, savepoint ×4, rows, progress, outline, update, no more ids; the rest makes what is achieved, for all at once
    with django_assert_num_queries(19):
        assert services.recompute_open(course_id=course.pk) == learners


# --- assigning -------------------------------------------------------------------------------------------------------


def test_assign_enrols_who_is_not_and_adds_terms_once(person, unit, course, agency, organiser, soon):
    other = make_person(unit)
    enrol(person=person, course=course)
    terms = {
        "course": course,
        "by": organiser,
        "agency": agency,
        "due_at": soon,
        "reason": "Wajib",
        "letter_number": "800/1",
    }
    assert services.assign(people=[person, other], **terms) == 2
    assert services.assign(people=[person, other], **terms) == 0
    assert Enrolment.objects.filter(course=course, unit=unit, required_total=2).count() == 2
    assert Assignment.objects.filter(due_at=soon, assigned_by=organiser, letter_number="800/1").count() == 2


def test_assign_brings_back_who_had_left(person, course, agency, organiser):
    leave(enrolment=enrol(person=person, course=course))
    services.assign(course=course, people=[person], by=organiser, agency=agency, due_at=None, reason="")
    assert Enrolment.objects.get().state == State.OPEN


def test_assign_refuses_a_course_that_is_not_open_to_the_agency(person, agency, organiser):
    course = make_course(agency=AgencyFactory(), sharing=CoursePage.Sharing.OWN)
    with pytest.raises(EnrolmentRefused):
        services.assign(course=course, people=[person], by=organiser, agency=agency, due_at=None, reason="")


@pytest.mark.parametrize("people", [1, 4])
def test_assign_costs_the_same_queries_for_any_number_of_people(
    people, unit, course, agency, organiser, django_assert_num_queries
):
    learners = [make_person(unit) for _ in range(people)]
    enrol(person=make_person(unit), course=course)
    with django_assert_num_queries(13):
        services.assign(course=course, people=learners, by=organiser, agency=agency, due_at=None, reason="")


def test_assign_costs_the_same_queries_for_every_batch(unit, course, agency, organiser, monkeypatch):
    """Five thousand people are ten batches of five hundred."""
    monkeypatch.setattr(following, "BATCH", 3)
    costs = []
    for batches in (1, 1, 2, 4):  # the first time reads what is kept afterwards
        learners = [make_person(unit) for _ in range(batches * 3)]
        with CaptureQueriesContext(connection) as queries:
            services.assign(course=course, people=learners, by=organiser, agency=agency, due_at=None, reason="")
        costs.append(len(queries))
    one_more = costs[2] - costs[1]
    assert costs[3] - costs[2] == 2 * one_more
    assert one_more <= 8


# --- units -----------------------------------------------------------------------------------------------------------


def test_unit_follows_while_open_and_is_frozen_at_completion(
    person, course, unit, agency, django_capture_on_commit_callbacks
):
    open_one = enrol(person=person, course=course)
    finished = enrol(person=person, course=make_course(lessons=1))
    tell(finished, lessons_of(finished.course)[0])
    new = UnitFactory(agency=agency)
    with django_capture_on_commit_callbacks(execute=True):
        move_person(person=person, unit=new, title="Analis", on=timezone.localdate())
    open_one.refresh_from_db()
    finished.refresh_from_db()
    assert (open_one.unit, finished.unit, finished.unit_at_completion) == (new, unit, unit)


def test_unit_is_the_one_of_today_in_whatever_order_moves_are_told(person, course, agency):
    enrolment = enrol(person=person, course=course)
    new = UnitFactory(agency=agency)
    move_person(person=person, unit=new, title="Analis", on=timezone.localdate())
    for told in (new.pk, enrolment.unit_id):
        person_moved.send(sender=None, person_id=person.pk, unit_id=told)
    enrolment.refresh_from_db()
    assert enrolment.unit == new


def test_unit_is_followed_again_when_a_finished_course_is_opened_again(person, agency, organiser):
    enrolment = enrol(person=person, course=make_course(lessons=1))
    lesson = lessons_of(enrolment.course)[0]
    tell(enrolment, lesson)
    new = UnitFactory(agency=agency)
    move_person(person=person, unit=new, title="Analis", on=timezone.localdate())
    services.ask_to_redo(enrolment=enrolment, activity_id=lesson.pk, by=organiser, reason="Isi baru")
    enrolment.refresh_from_db()
    assert (enrolment.unit, enrolment.unit_at_completion) == (new, None)


# --- two at once -----------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_threads_recording_never_double():
    unit = UnitFactory()
    course = make_course(lessons=1)
    enrolment = enrol(person=make_person(unit), course=course)
    lesson, client_id = lessons_of(course)[0], uuid.uuid4()
    start, failures = threading.Barrier(4), []

    def study(own_id):
        try:
            start.wait(5)
            tell(Enrolment.objects.get(), lesson, data=read_data(20, opening=str(own_id)), client_id=own_id)
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    ids = [client_id, client_id, uuid.uuid4(), uuid.uuid4()]
    threads = [threading.Thread(target=study, args=(own_id,)) for own_id in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert failures == []
    assert ActivityEvent.objects.count() == 3
    assert ActivityProgress.objects.get().seconds == 60
    assert Enrolment.objects.get(pk=enrolment.pk).state == State.FINISHED


@pytest.mark.django_db(transaction=True)
def test_two_threads_enrolling_are_enrolled_once():
    course, person = make_course(lessons=1), make_person(UnitFactory())
    start, found = threading.Barrier(2), []

    def join():
        try:
            start.wait(5)
            found.append(enrol(person=person, course=course).pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=join) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(found) == 2
    assert Enrolment.objects.count() == 1


def in_threads(*acts):
    """Run each in a thread of its own; return what each returned or raised."""
    outcomes = [None] * len(acts)

    def run(number, act):
        try:
            outcomes[number] = act()
        except Exception as error:
            outcomes[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number, act)) for number, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return outcomes


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("first", ["editor", "learner"])
def test_enrolling_while_the_edition_is_replaced_finds_one_that_stays(first):
    """Nobody holds the edition yet, so the change replaces it, at the very moment somebody enrols in it."""
    course, person = make_course(lessons=2), make_person(UnitFactory())
    begun = threading.Event()

    def pause(mine):
        begun.set() if mine else begun.wait(5)

    def change():
        if first == "learner":
            pause(False)
        with transaction.atomic():
            LessonPage.objects.filter(pk=lessons_of(course)[1].pk).update(required=False)
            refresh_course(course=course)
            pause(first == "editor")
            time.sleep(0.3)

    def join():
        if first == "editor":
            pause(False)
        with transaction.atomic():
            enrolment = enrol(person=person, course=course)
            pause(first == "learner")
            time.sleep(0.3)
        return enrolment

    changed, enrolment = in_threads(change, join)
    assert changed is None
    assert Enrolment.objects.get(pk=enrolment.pk).required_total == (1 if first == "editor" else 2)
    assert CourseEdition.objects.filter(pk=enrolment.edition_id).exists()
    assert list(differences()) == [(1, [])]


@pytest.mark.django_db(transaction=True)
def test_assigning_in_batches_and_recomputing_do_not_wait_for_each_other(monkeypatch):
    """Batches of people who enrolled in another order than they were made: whoever locks many locks in one order."""
    monkeypatch.setattr(following, "BATCH", 2)
    unit, course, staff = UnitFactory(), make_course(lessons=2), PersonFactory()
    learners = [make_person(unit) for _ in range(8)]
    for person in reversed(learners):
        enrol(person=person, course=course)
    due = iter(range(100))
    start = threading.Barrier(2)

    def assign():
        start.wait(5)
        for _time in range(6):
            terms = {"agency": unit.agency, "due_at": None, "reason": f"Wajib {next(due)}"}
            services.assign(course=course, people=learners, by=staff, **terms)

    def recompute():
        start.wait(5)
        for _time in range(6):
            with transaction.atomic():
                list(Enrolment.objects.order_by("pk").select_for_update())
                time.sleep(0.02)

    assert in_threads(assign, recompute) == [None, None]
    assert Assignment.objects.count() == 48
