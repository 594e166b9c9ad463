"""News of the record of learning reaches people: what is asked, put off, waived, decided and finished."""

import datetime as dt

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from completion import signals
from completion.models import EnrolmentRequest, Exemption, Extension
from completion.services import assign
from notifications.models import Letter, Notice
from notifications.services import notify
from tests.factories import (
    AgencyRoleFactory,
    AssignmentFactory,
    EnrolmentFactory,
    PersonFactory,
    UnitFactory,
    make_course,
    make_employee,
)

pytestmark = pytest.mark.django_db
DAY = dt.datetime(2026, 3, 4, 3, tzinfo=dt.UTC)  # 12.00 WIT
DUE = dt.datetime(2026, 3, 6, 14, 59, 59, tzinfo=dt.UTC)  # 23.59 WIT


@pytest.fixture(autouse=True)
def _day():
    with time_machine.travel(DAY, tick=False):
        yield


@pytest.fixture
def person():
    return make_employee(UnitFactory(), time_zone="Asia/Jayapura", language="id")


def test_assigned_says_who_why_and_until_when(person, django_capture_on_commit_callbacks):
    organiser = PersonFactory(name="Sari", title_after="M.Si.")
    agency = person.employments.get().agency
    with django_capture_on_commit_callbacks(execute=True):
        assign(
            course=make_course(title="Antikorupsi"),
            people=[person],
            by=organiser,
            agency=agency,
            due_at=DUE,
            reason="Wajib tahun ini",
            letter_number="800/12",
        )
    (letter,) = mail.outbox
    for words in ("Sari, M.Si.", "Antikorupsi", "Wajib tahun ini", "800/12", "Jumat, 6 Maret 2026 pukul 23.59 WIT"):
        assert words in letter.body
    assert Notice.objects.get(person=person).url.startswith("/katalog/")


def test_what_was_taken_back_or_done_meanwhile_is_told_to_nobody(person):
    rows = [AssignmentFactory(enrolment=EnrolmentFactory(person=person), due_at=DUE) for _ in range(2)]
    rows[0].withdrawn_at = timezone.now()
    rows[0].save()
    type(rows[1].enrolment).objects.filter(pk=rows[1].enrolment_id).update(state="left")
    signals.assigned.send(None, assignment_ids=[row.pk for row in rows])
    assert not Notice.objects.exists()


def test_many_assignments_at_night_wait_for_the_morning(django_assert_max_num_queries):
    course = make_course()
    rows = [AssignmentFactory(enrolment=EnrolmentFactory(course=course), due_at=DUE) for _ in range(5)]
    with time_machine.travel(DAY + dt.timedelta(hours=12), tick=False), django_assert_max_num_queries(12):
        signals.assigned.send(None, assignment_ids=[row.pk for row in rows])
    assert Notice.objects.count() == 5
    assert {letter.not_before for letter in Letter.objects.all()} == {dt.datetime(2026, 3, 5, 0, tzinfo=dt.UTC)}
    assert mail.outbox == []


def test_extension_and_exemption_are_told_with_their_reason(person):
    enrolment = EnrolmentFactory(person=person)
    more = Extension.objects.create(enrolment=enrolment, due_at=DUE, decided_by=PersonFactory(), reason="Dinas luar")
    signals.extended.send(None, extension_ids=[more.pk], person_id=person.pk)
    none = Exemption.objects.create(enrolment=enrolment, decided_by=PersonFactory(), reason="Setara")
    signals.exempted.send(None, enrolment_id=enrolment.pk, exemption_id=none.pk, person_id=person.pk)
    assert ["Dinas luar" in mail.outbox[0].body, "Setara" in mail.outbox[1].body] == [True, True]
    assert "6 Maret 2026 pukul 23.59 WIT" in mail.outbox[0].body


def test_extension_of_a_whole_path_is_one_notice_that_names_its_courses(person):
    by = PersonFactory()
    rows = [
        Extension.objects.create(enrolment=EnrolmentFactory(person=person), due_at=DUE, decided_by=by, reason="Cuti")
        for _ in range(2)
    ]
    signals.extended.send(None, extension_ids=[row.pk for row in rows], person_id=person.pk)
    (notice,) = Notice.objects.filter(person=person)
    assert all(row.enrolment.course.title in notice.text for row in rows)
    assert "6 Maret 2026 pukul 23.59 WIT" in notice.text
    assert "Cuti" in notice.text
    assert notice.url == "/belajar/"


@pytest.mark.parametrize(("approver", "way"), [("supervisor", "/tim/permintaan/"), ("organiser", "/admin/")])
def test_who_decides_is_told_where(person, approver, way):
    unit = person.posts.get().unit
    boss, organiser = make_employee(unit, is_head=True), make_employee(unit)
    AgencyRoleFactory(person=organiser, agency=unit.agency)
    request = EnrolmentRequest.objects.create(
        person=person, course=make_course(approver=approver), message="Mohon izin"
    )
    for _twice in range(2):
        signals.request_made.send(None, request_id=request.pk, person_id=person.pk, course_id=request.course_id)
    notice = Notice.objects.get()
    assert notice.person == (boss if approver == "supervisor" else organiser)
    assert notice.url.startswith(way)
    assert "Mohon izin" in notice.text
    EnrolmentRequest.objects.update(decision="withdrawn")
    Notice.objects.all().delete()
    signals.request_made.send(None, request_id=request.pk, person_id=person.pk, course_id=request.course_id)
    assert not Notice.objects.exists()


@pytest.mark.parametrize(("decision", "words"), [("approved", "dapat mengikuti"), ("refused", "belum disetujui")])
def test_decided_request_is_told(person, decision, words):
    request = EnrolmentRequest.objects.create(person=person, course=make_course(), decision=decision, reason="Penuh")
    news = {"request_id": request.pk, "person_id": person.pk, "course_id": request.course_id}
    for _twice in range(2):
        signals.request_decided.send(None, **news, approved=decision == "approved")
    (notice,) = Notice.objects.all()
    assert words in notice.title
    assert "Penuh" in notice.text


def test_finished_course_is_confirmed_and_its_reminders_put_away(person):
    enrolment = EnrolmentFactory(person=person, state="finished", completion=2, completed_at=timezone.now())
    old = notify(person=person, kind="reminder", key="r", title="Tinggal 1 hari", enrolment=enrolment)
    mail.outbox.clear()
    signals.course_completed.send(None, enrolment_id=enrolment.pk, person_id=person.pk, course_id=enrolment.course_id)
    old.refresh_from_db()
    assert old.read_at
    assert Notice.objects.get(kind="finished").title.startswith("Selesai")
    assert mail.outbox == []
