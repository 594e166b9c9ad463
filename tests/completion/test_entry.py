"""The door of a course: open, by approval, by key, assigned only, full; and who may let whom in."""

import threading
import uuid

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.urls import reverse

from completion import services
from completion.entry import deciders_of, entry_of
from completion.models import Enrolment, EnrolmentRequest
from completion.queries import places_left
from completion.rules import can_decide_request
from completion.services import EnrolmentRefused, ask_to_enrol, assign, decide_request, enrol, leave, take_back_request
from completion.signals import request_decided, request_made
from courses.models import CoursePage
from courses.queries import outline
from people.services import grant_role
from tests.factories import AgencyFactory, PersonFactory, PostFactory, UnitFactory

from .conftest import make_course, make_person

State, Decision, Mode = Enrolment.State, EnrolmentRequest.Decision, CoursePage.EnrolmentMode


def organiser_of(agency):
    person = PersonFactory(language="en")
    grant_role(person=person, agency=agency, role="organiser")
    return person


def head_of(unit):
    person = PersonFactory(language="en")
    PostFactory(person=person, unit=unit, is_head=True)
    return person


@pytest.fixture
def by_approval(agency):
    return make_course(agency=agency, enrolment_mode=Mode.APPROVAL)


@pytest.fixture
def by_key(db):
    return make_course(enrolment_mode=Mode.KEY, enrolment_key="Sagu-2026")


@pytest.fixture
def learner(client, person):
    client.force_login(person)
    return client


def at_door(client, course, **said):
    return client.post(reverse("completion:enrol", args=[course.pk]), said, follow=True)


# --- by approval -----------------------------------------------------------------------------------------------------


def test_asking_waits_and_tells_once_and_an_approval_enrols(
    person, unit, by_approval, django_capture_on_commit_callbacks
):
    told = []
    listeners = [lambda signal, **news: told.append((signal, news["person_id"], news.get("approved")))] * 1
    for signal in (request_made, request_decided):
        signal.connect(listeners[0])
    with pytest.raises(EnrolmentRefused):
        enrol(person=person, course=by_approval)
    with django_capture_on_commit_callbacks(execute=True):
        request = ask_to_enrol(person=person, course=by_approval, message=" Mohon izin ")
        assert ask_to_enrol(person=person, course=by_approval) == request
        assert entry_of(person, by_approval).is_waiting
        head = head_of(unit)
        decide_request(request=request, approve=True, by=head)
    for signal in (request_made, request_decided):
        signal.disconnect(listeners[0])
    request.refresh_from_db()
    assert (request.message, request.decision, request.decided_by) == ("Mohon izin", Decision.APPROVED, head)
    assert Enrolment.objects.get().state == State.OPEN
    assert told == [(request_made, person.pk, None), (request_decided, person.pk, True)]


def test_a_refusal_has_its_reason_and_the_person_may_ask_again(person, unit, by_approval):
    head = head_of(unit)
    request = ask_to_enrol(person=person, course=by_approval)
    with pytest.raises(EnrolmentRefused):
        decide_request(request=request, approve=False, by=head, reason="  ")
    decide_request(request=request, approve=False, by=head, reason="Tunggu triwulan depan")
    assert not Enrolment.objects.exists()
    door = entry_of(person, by_approval)
    assert (door.was_refused, door.request.reason) == (True, "Tunggu triwulan depan")
    again = ask_to_enrol(person=person, course=by_approval)
    assert again != request
    with pytest.raises(EnrolmentRefused):
        decide_request(request=request, approve=True, by=head)


def test_a_request_is_decided_once_whoever_is_quicker(person, unit, by_approval):
    request = ask_to_enrol(person=person, course=by_approval)
    take_back_request(request=request)
    for twice in (
        lambda: take_back_request(request=request),
        lambda: decide_request(request=request, approve=True, by=head_of(unit)),
    ):
        with pytest.raises(EnrolmentRefused):
            twice()
    assert not Enrolment.objects.exists()


def test_who_may_decide(person, unit, agency, by_approval):
    request = ask_to_enrol(person=person, course=by_approval)
    head, other_head = head_of(unit), head_of(UnitFactory(agency=agency))
    organiser, other_organiser = organiser_of(agency), organiser_of(AgencyFactory())
    grant_role(person=person, agency=agency, role="organiser")
    may = {who: can_decide_request(who, request) for who in (head, other_head, organiser, other_organiser, person)}
    assert may == {head: True, other_head: False, organiser: True, other_organiser: False, person: False}
    for who in (other_head, other_organiser, person):
        with pytest.raises(PermissionDenied):
            decide_request(request=request, approve=True, by=who)
    by_approval.approver = CoursePage.Approver.ORGANISER
    by_approval.save()
    request = EnrolmentRequest.objects.get()
    assert [can_decide_request(who, request) for who in (head, organiser, other_organiser)] == [False, True, False]


def test_of_another_agencys_course_its_own_organisers_decide(person, agency):
    owner = AgencyFactory()
    course = make_course(agency=owner, enrolment_mode=Mode.APPROVAL, approver=CoursePage.Approver.ORGANISER)
    request = ask_to_enrol(person=person, course=course)
    theirs, ours = organiser_of(owner), organiser_of(agency)
    assert [can_decide_request(who, request) for who in (theirs, ours)] == [True, False]
    assert deciders_of(request) == [theirs]


def test_supervisors_are_told_else_the_organisers(person, unit, agency, by_approval):
    request = ask_to_enrol(person=person, course=by_approval)
    organiser = organiser_of(agency)
    assert deciders_of(request) == [organiser]
    head = head_of(unit)
    assert deciders_of(request) == [head]


def test_the_learner_asks_and_takes_back_on_pages(learner, person, by_approval, by_key):
    url = outline(by_approval.pk).url
    assert b"Ask to take part" in learner.get(url).content
    page = learner.get(reverse("completion:enrol", args=[by_approval.pk])).content
    assert b"Your supervisor decides about it" in page
    at_door(learner, by_approval)  # the button of another page: nothing is sent yet
    assert not EnrolmentRequest.objects.exists()
    assert b"Your request has been sent" in at_door(learner, by_approval, send="1", message="Perlu").content
    assert b"Waiting for approval" in learner.get(url).content
    assert b"Waiting for approval" in learner.get("/belajar/").content
    request = EnrolmentRequest.objects.get()
    answer = learner.post(reverse("completion:take_back", args=[request.pk]), follow=True)
    assert b"taken your request back" in answer.content
    assert b"Ask to take part" in learner.get(url).content
    too_long = at_door(learner, by_approval, send="1", message="x" * 301)
    assert too_long.status_code == 200
    assert EnrolmentRequest.objects.filter(decision=Decision.WAITING).count() == 0


def test_nobody_takes_back_the_request_of_another(learner, unit, by_approval):
    request = ask_to_enrol(person=make_person(unit), course=by_approval)
    assert learner.post(reverse("completion:take_back", args=[request.pk])).status_code == 404
    request.refresh_from_db()
    assert request.decision == Decision.WAITING


def test_asking_where_it_makes_no_sense_is_refused(person, course, by_approval):
    with pytest.raises(EnrolmentRefused):
        ask_to_enrol(person=person, course=course)
    with pytest.raises(EnrolmentRefused):
        ask_to_enrol(
            person=person, course=make_course(agency=AgencyFactory(), sharing="own", enrolment_mode="approval")
        )
    enrol(person=person, course=by_approval, by=PersonFactory())
    with pytest.raises(EnrolmentRefused):
        ask_to_enrol(person=person, course=by_approval)


# --- by key ----------------------------------------------------------------------------------------------------------


def test_the_key_opens_and_nothing_else_does(person, by_key):
    for key in ("", " ", "sagu", "Sagu-20266", "sägu-2026"):
        with pytest.raises(EnrolmentRefused):
            enrol(person=person, course=by_key, key=key)
    assert enrol(person=person, course=by_key, key=" sagu-2026 ").state == State.OPEN


def test_a_course_without_its_key_is_closed(person):
    course = make_course(enrolment_mode=Mode.KEY)
    with pytest.raises(EnrolmentRefused):
        enrol(person=person, course=course, key="")


def test_the_key_on_its_page_and_only_so_many_tries(learner, person, by_key):
    assert b"Enrol with a key" in learner.get(outline(by_key.pk).url).content
    assert b"does not open the course" in at_door(learner, by_key, send="1", key="salah").content
    for _ in range(9):
        at_door(learner, by_key, send="1", key="salah")
    assert b"Too many tries" in at_door(learner, by_key, send="1", key="Sagu-2026").content
    assert not Enrolment.objects.exists()


def test_the_right_key_leads_to_the_first_lesson(learner, person, by_key):
    at_door(learner, by_key, send="1", key="SAGU-2026")
    assert Enrolment.objects.get().person == person
    assert b"sagu" not in learner.get(outline(by_key.pk).url).content.lower()


# --- places ----------------------------------------------------------------------------------------------------------


def test_places_are_taken_and_given_back(person, unit):
    course = make_course(capacity=1)
    first = enrol(person=make_person(unit), course=course)
    assert places_left(course) == 0
    with pytest.raises(EnrolmentRefused):
        enrol(person=person, course=course)
    leave(enrolment=first)
    assert places_left(course) == 1
    enrol(person=person, course=course)
    with pytest.raises(EnrolmentRefused):  # who left has no place any more, but all that was done is kept
        enrol(person=first.person, course=course)
    assert enrol(person=person, course=course).state == State.OPEN


def test_an_assignment_outweighs_the_places(person, unit, agency):
    course = make_course(capacity=0)
    assign(course=course, people=[person], by=PersonFactory(), agency=agency, due_at=None, reason="Wajib")
    assert Enrolment.objects.get().state == State.OPEN
    assert places_left(course) == 0


def test_full_is_told_at_every_door(learner, person, unit):
    for mode in (Mode.OPEN, Mode.KEY, Mode.APPROVAL):
        course = make_course(capacity=0, enrolment_mode=mode, enrolment_key="k")
        assert b"all places are taken" in learner.get(outline(course.pk).url).content
        assert b"ll places" in at_door(learner, course, send="1", key="k", message="").content
    assert not Enrolment.objects.exists()
    assert not EnrolmentRequest.objects.exists()


def test_nobody_is_approved_into_a_full_course(person, unit, agency):
    course = make_course(agency=agency, capacity=1, enrolment_mode=Mode.APPROVAL)
    request = ask_to_enrol(person=person, course=course)
    assign(course=course, people=[make_person(unit)], by=PersonFactory(), agency=agency, due_at=None, reason="Wajib")
    with pytest.raises(EnrolmentRefused):
        decide_request(request=request, approve=True, by=head_of(unit))
    request.refresh_from_db()
    assert request.decision == Decision.WAITING


@pytest.mark.django_db(transaction=True)
def test_the_last_place_is_given_once(agency):
    course = make_course(capacity=2)
    unit = UnitFactory(agency=agency)
    people = [make_person(unit) for _ in range(5)]
    start, refused = threading.Barrier(len(people)), []

    def go(person):
        try:
            start.wait()
            enrol(person=person, course=CoursePage.objects.get(pk=course.pk))
        except EnrolmentRefused:
            refused.append(person)
        finally:
            connection.close()

    threads = [threading.Thread(target=go, args=[person]) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (Enrolment.objects.count(), len(refused)) == (2, 3)


# --- assigned only, leaving, returning -------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", [Mode.ASSIGNED, Mode.APPROVAL, Mode.KEY])
def test_who_is_assigned_comes_in_by_every_door(learner, person, agency, mode):
    course = make_course(enrolment_mode=mode, enrolment_key=uuid.uuid4().hex)
    assign(course=course, people=[person], by=PersonFactory(), agency=agency, due_at=None, reason="Wajib")
    assert b"Start" in learner.get(outline(course.pk).url).content


@pytest.mark.parametrize("mode", [Mode.APPROVAL, Mode.KEY])
def test_returning_asks_as_coming_did_and_keeps_what_was_done(person, unit, agency, mode):
    course = make_course(agency=agency, enrolment_mode=mode, enrolment_key="kunci")
    enrolment = enrol(person=person, course=course, by=PersonFactory())
    leave(enrolment=enrolment)
    with pytest.raises(EnrolmentRefused):
        enrol(person=person, course=course)
    if mode == Mode.KEY:
        enrol(person=person, course=course, key="kunci")
    else:
        decide_request(request=ask_to_enrol(person=person, course=course), approve=True, by=head_of(unit))
    assert Enrolment.objects.get() == enrolment
    assert Enrolment.objects.get().state == State.OPEN


def test_leaving_gives_back_what_the_service_says(person, course):
    services.leave(enrolment=enrol(person=person, course=course))
    assert Enrolment.objects.get().state == State.LEFT


@pytest.mark.parametrize("mode", Mode.values)
def test_a_preview_of_a_course_that_is_not_saved_has_a_door(person, mode):
    door = entry_of(person, CoursePage(title="Draf", enrolment_mode=mode, capacity=3))
    assert (door.mode, door.is_full, door.request) == (mode, False, None)
