"""Reminders on the record of learning: from the due moment of then, never to who is done, once, with a reason."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from completion.models import Enrolment, Exemption, Extension
from notifications import letters, services
from notifications.models import Letter, MessageLog, MessageSettings, Notice, Preference, ReminderRun, ReminderStep
from notifications.services import reminding
from people.models import Status
from people.visibility import nearest_supervisors, supervises
from tests.factories import (
    AssignmentFactory,
    DelegationFactory,
    EnrolmentFactory,
    OverrideFactory,
    PersonFactory,
    PostFactory,
    StatusFactory,
    UnitFactory,
    make_course,
    make_employee,
)

pytestmark = pytest.mark.django_db
WIB, WIT = "Asia/Jakarta", "Asia/Jayapura"


def at(text: str, zone: str = WIB) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


DUE = at("2026-03-06T23:59:59")  # a Friday
ASKED = at("2026-01-05T09:00")


@pytest.fixture
def course(db):
    return make_course(title="Pelayanan prima")


@pytest.fixture
def unit(db):
    return UnitFactory()


@pytest.fixture
def boss(unit):
    return make_employee(unit, is_head=True, name="Kepala")


@pytest.fixture
def learner(unit):
    return make_employee(unit, name="Nur", language="id")


def assigned(person, course, *, due_at=DUE, **fields):
    enrolment = EnrolmentFactory(person=person, course=course)
    AssignmentFactory(enrolment=enrolment, due_at=due_at, assigned_at=ASKED, **fields)
    return enrolment


def run(text: str, zone: str = WIB) -> None:
    now = at(text, zone)
    services.remind(now=now)
    services.tell_supervisors(now=now)
    services.tell_teams_of_the_week(now=now)
    services.make_digests(now=now)
    letters.send_waiting(now)


def log() -> list[tuple[int, str, str]]:
    rows = MessageLog.objects.order_by("pk").select_related("step")
    return [(row.step.days, row.decision, row.reason) for row in rows]


def subjects() -> list[str]:
    found = [letter.subject.rpartition(" – ")[0] for letter in mail.outbox]
    mail.outbox.clear()
    return found


# --- the days --------------------------------------------------------------------------------------------------------


def test_the_whole_way_day_after_day_with_a_run_each_quarter_of_an_hour(learner, boss, course):
    assigned(learner, course)
    told = {}
    day = at("2026-02-25T00:00")
    while day < at("2026-03-16T00:00"):
        run(day.replace(tzinfo=None).isoformat())
        if mail.outbox:
            told[f"{day:%m-%d %H}"] = [(letter.to[0] == boss.email, letter.subject) for letter in mail.outbox]
            mail.outbox.clear()
        day += dt.timedelta(minutes=30)
    assert list(told) == ["02-27 07", "03-05 07", "03-06 07", "03-09 07", "03-13 07"]
    assert [to_boss for to_boss, _subject in told["03-13 07"]] == [False, True]
    # Monday the 9th: the reminder, and the summary of the week for the supervisor.
    assert [to_boss for to_boss, _subject in told["03-09 07"]] == [False, True]
    assert "Tinggal 7 hari" in told["02-27 07"][0][1]


def test_letter_says_when_it_is_due_in_the_zone_of_the_person(unit, course):
    person = make_employee(unit, time_zone=WIT, language="id")
    assigned(person, course, due_at=at("2026-03-06T23:59:59", WIT))
    run("2026-03-05T07:00", WIT)
    (letter,) = mail.outbox
    assert "Jumat, 6 Maret 2026 pukul 23.59 WIT" in letter.body
    assert course.title in letter.subject


def test_run_twice_sends_once(learner, course):
    assigned(learner, course)
    for _each in range(3):
        run("2026-03-06T08:00")
        ReminderRun.objects.all().delete()
    assert len(mail.outbox) == 1
    assert Notice.objects.count() == 1


def test_second_run_of_a_day_asks_next_to_nothing(learner, course):
    assigned(learner, course)
    run("2026-03-06T08:00")
    with CaptureQueriesContext(connection) as queries:
        services.remind(now=at("2026-03-06T08:15"))
    assert len(queries) <= 5


def test_after_a_week_without_a_run_nothing_stale_is_sent(learner, course):
    assigned(learner, course)
    run("2026-03-04T08:00")
    run("2026-03-11T08:00")
    assert [subject for subject in subjects() if "Pelayanan" in subject] != []
    assert log() == [
        (-7, "sent", "caught_up"),
        (-1, "withheld", "superseded"),
        (0, "withheld", "superseded"),
        (3, "sent", "caught_up"),
    ]


def test_night_waits_for_morning_and_looks_again(learner, course):
    enrolment = assigned(learner, course)
    run("2026-03-06T03:00")
    assert (log(), mail.outbox) == ([], [])
    Enrolment.objects.filter(pk=enrolment.pk).update(
        state="finished", completion=2, completed_at=at("2026-03-06T05:00")
    )
    run("2026-03-06T07:00")
    assert (log(), mail.outbox) == ([], [])


# --- who is not reminded ---------------------------------------------------------------------------------------------


def finish(enrolment):
    Enrolment.objects.filter(pk=enrolment.pk).update(state="finished", completion=2, completed_at=ASKED)


def leave(enrolment):
    Enrolment.objects.filter(pk=enrolment.pk).update(state="left")


def exempt(enrolment):
    Exemption.objects.create(enrolment=enrolment, decided_by=PersonFactory(), reason="Setara")


def withdraw(enrolment):
    enrolment.assignments.update(withdrawn_at=ASKED)


def lock_out(enrolment):
    type(enrolment.person).objects.filter(pk=enrolment.person_id).update(is_active=False)


def begin_again(enrolment):
    EnrolmentFactory(person=enrolment.person, course=enrolment.course, cycle=2)


@pytest.mark.parametrize("happens", [finish, leave, exempt, withdraw, lock_out, begin_again])
def test_never_to_who_need_not_do_it(learner, boss, course, happens):
    happens(assigned(learner, course))
    for day in ("2026-03-06T08:00", "2026-03-09T08:00", "2026-03-13T08:00"):
        run(day)
    assert mail.outbox == []
    assert Notice.objects.count() == 0


@pytest.mark.parametrize("kind", [Status.Kind.LEFT, Status.Kind.NOT_COUNTED])
def test_never_to_who_is_away(learner, boss, course, kind):
    StatusFactory(person=learner, kind=kind)
    assigned(learner, course)
    for day in ("2026-03-06T08:00", "2026-03-13T08:00"):
        run(day)
    assert mail.outbox == []
    assert {row[1:] for row in log()} <= {("withheld", "away"), ("withheld", "superseded")}


@pytest.mark.parametrize("happens", [finish, leave, exempt, withdraw])
def test_letter_that_waited_is_not_sent_to_who_is_done_since(learner, course, happens):
    enrolment = assigned(learner, course)
    services.remind(now=at("2026-03-06T08:00"))
    happens(enrolment)
    assert letters.send_waiting(at("2026-03-06T08:10")) == 0
    assert Letter.objects.get().reason == "done"


def test_letter_that_lay_for_days_is_stale(learner, course):
    assigned(learner, course)
    services.remind(now=at("2026-03-06T08:00"))
    assert letters.send_waiting(at("2026-03-09T08:00")) == 0


def extend(enrolment, due_at, decided_at):
    Extension.objects.create(
        enrolment=enrolment, due_at=due_at, decided_by=PersonFactory(), decided_at=decided_at, reason="Dinas luar"
    )


def test_extension_moves_the_days_and_begins_anew(learner, course):
    enrolment = assigned(learner, course)
    run("2026-03-05T08:00")
    extend(enrolment, at("2026-03-12T23:59:59"), at("2026-03-05T12:00"))
    mail.outbox.clear()
    for day in ("06", "07", "09", "10"):
        run(f"2026-03-{day}T08:00")
    assert mail.outbox == []  # the day of -7 passed as it was granted
    run("2026-03-11T08:00")
    assert "besok" in subjects()[0]
    extend(enrolment, at("2026-03-18T23:59:59"), at("2026-03-11T12:00"))
    run("2026-03-12T08:00")
    assert mail.outbox == []


def test_assigned_twice_is_reminded_by_the_earlier(learner, course):
    enrolment = assigned(learner, course)
    AssignmentFactory(enrolment=enrolment, due_at=DUE, assigned_at=ASKED)
    AssignmentFactory(enrolment=enrolment, due_at=DUE + dt.timedelta(days=7), assigned_at=ASKED)
    for day in ("2026-03-06T08:00", "2026-03-07T08:00"):
        run(day)
    assert len(subjects()) == 1


# --- how much --------------------------------------------------------------------------------------------------------


def test_what_goes_beyond_the_day_comes_in_the_digest(learner):
    for _each in range(5):
        assigned(learner, make_course())
    run("2026-03-06T08:00")
    assert len(subjects()) == 3
    assert [row[2] for row in log() if row[1] == "sent"] == ["on_time"] * 3 + ["over_cap"] * 2
    assert Notice.objects.count() == 5
    run("2026-03-06T14:59")
    assert mail.outbox == []
    run("2026-03-06T15:00")
    assert subjects() == ["2 pemberitahuan untuk Bapak/Ibu"]
    run("2026-03-06T16:00")
    assert mail.outbox == []


def test_limit_is_the_administrators(learner):
    MessageSettings.objects.update(reminders_a_day=1)
    for _each in range(2):
        assigned(learner, make_course())
    run("2026-03-06T08:00")
    assert len(mail.outbox) == 1


def test_digest_leaves_out_what_was_read_or_done(learner, course):
    Preference.objects.create(person=learner, kind="reminder", email="digest")
    enrolment = assigned(learner, course)
    run("2026-03-06T08:00")
    assert mail.outbox == []
    finish(enrolment)
    run("2026-03-06T15:00")
    assert mail.outbox == []
    assert Letter.objects.get().reason == "done"


def test_weekly_digest_waits_for_monday(learner, course):
    services.choose(person=learner, wishes={"reminder": (True, "digest")}, every="week")
    assigned(learner, course, due_at=at("2026-03-09T23:59:59"))  # a Monday
    for day in ("02", "03", "04", "06", "08"):
        run(f"2026-03-{day}T16:00")
    assert len(subjects()) == 1  # of Monday the 2nd
    assert Letter.objects.filter(state="waiting").count() == 0


def test_switched_off_is_withheld_with_its_reason(learner, course):
    Preference.objects.create(person=learner, kind="reminder", in_app=False, email="never")
    assigned(learner, course)
    run("2026-03-06T08:00")
    assert log()[-1] == (0, "withheld", "unwanted")
    assert mail.outbox == []


def test_past_due_cannot_be_switched_off(learner, course):
    Preference.objects.create(person=learner, kind="reminder_late", in_app=False, email="never")
    assigned(learner, course)
    run("2026-03-09T08:00")
    assert len(mail.outbox) == 1


def test_step_out_of_use_is_not_sent(learner, course):
    ReminderStep.objects.filter(days=0).update(is_active=False)
    assigned(learner, course)
    run("2026-03-05T08:00")
    mail.outbox.clear()
    run("2026-03-06T08:00")
    assert mail.outbox == []


# --- supervisors -----------------------------------------------------------------------------------------------------


def test_supervisor_gets_one_message_without_names(unit, boss, course):
    people = [make_employee(unit, name=f"Rahasia {number}") for number in range(3)]
    for person in people:
        assigned(person, course)
    run("2026-03-13T08:00")
    (letter,) = [letter for letter in mail.outbox if letter.to == [boss.email]]
    assert "Rahasia" not in letter.body
    assert "3" in letter.subject
    assert "/buka/" in letter.body
    assert Notice.objects.get(person=boss).url == "/tim/"
    assert MessageLog.objects.filter(person=boss, notice__person=boss).count() == 3


def test_nobody_above_is_a_reason(learner, course):
    assigned(learner, course)
    run("2026-03-13T08:00")
    assert (7, "withheld", "nobody") in log()


def test_supervisors_of_many_supervise_each(unit, boss):
    below = UnitFactory(parent=unit)
    head = make_employee(below, is_head=True)
    people = [make_employee(below) for _ in range(4)] + [make_employee(unit), head, boss]
    OverrideFactory(person=people[0], supervisor=boss)
    OverrideFactory(person=people[1], supervisor=head, effect="sees_not")
    PostFactory(person=people[2], unit=below, is_head=True, is_main=False, valid_from=dt.date(2020, 1, 1))
    found = nearest_supervisors([person.pk for person in people])
    assert found[people[0].pk] == found[people[1].pk] == found[head.pk] == boss.pk or found[head.pk] == people[2].pk
    assert found[people[3].pk] == people[2].pk
    assert boss.pk not in found
    by_id = {person.pk: person for person in people}
    for person, supervisor in found.items():
        assert supervises(by_id[supervisor], by_id[person])


@pytest.fixture
def helper(unit):
    """Somebody to whom the boss lends the sight of the team from 10 to 20 March."""
    return make_employee(unit, name="Plh. Kepala")


@pytest.fixture
def lent(boss, helper):
    return DelegationFactory(
        from_person=boss, to_person=helper, valid_from=dt.date(2026, 3, 10), valid_to=dt.date(2026, 3, 20)
    )


def told_of(person, kind="team_late"):
    return [notice.title for notice in Notice.objects.filter(person=person, kind=kind)]


def test_whom_the_supervisor_delegated_to_is_told_as_well(unit, boss, helper, lent, course):
    for _ in range(2):
        assigned(make_employee(unit), course)
    run("2026-03-13T08:00")
    assert told_of(boss) == told_of(helper)
    assert "2" in told_of(helper)[0]
    logged = MessageLog.objects.filter(step__recipient="supervisor", decision="sent")
    assert set(logged.values_list("person", "notice__person", "is_told")) == {(boss.pk, boss.pk, True)}
    run("2026-03-13T09:00")
    assert len(told_of(helper)) == 1


def test_stand_ins_are_told_once_with_their_own_team_and_never_of_themselves(unit, boss, helper, lent, course):
    own = UnitFactory(parent=unit)
    PostFactory(person=helper, unit=own, is_head=True, is_main=False, valid_from=dt.date(2020, 1, 1))
    for person in (helper, make_employee(unit), make_employee(own)):
        assigned(person, course)
    run("2026-03-13T08:00")
    assert len(told_of(helper)) == 1
    assert "2" in told_of(helper)[0]
    assert "2" in told_of(boss)[0]


@pytest.mark.parametrize(
    "change", [{"valid_to": dt.date(2026, 3, 12)}, {"valid_from": dt.date(2026, 3, 14)}, {"to_person": None}]
)
def test_a_delegation_out_of_its_days_and_one_to_who_left_are_no_way(unit, boss, helper, lent, course, change):
    if "to_person" in change:
        type(helper).objects.filter(pk=helper.pk).update(is_active=False)
    else:
        type(lent).objects.filter(pk=lent.pk).update(**change)
    assigned(make_employee(unit), course)
    run("2026-03-13T08:00")
    assert len(told_of(boss)) == 1
    assert not told_of(helper)


def test_summary_of_the_week_reaches_stand_ins(unit, boss, helper, lent, course):
    for person in (helper, make_employee(unit)):
        assigned(person, course)
    run("2026-03-16T08:00")
    assert "2" in told_of(boss, "team_week")[0]
    assert "1" in told_of(helper, "team_week")[0]


def test_summary_of_the_week_comes_once_in_their_own_zone(unit, course):
    boss = make_employee(unit, is_head=True, time_zone=WIT)
    assigned(make_employee(unit), course)
    run("2026-03-16T06:00", WIT)
    assert Letter.objects.filter(person=boss).count() == 0
    for hour in (7, 8, 12):
        run(f"2026-03-16T{hour:02}:00", WIT)
    run("2026-03-17T08:00", WIT)
    assert [letter.state for letter in Letter.objects.filter(person=boss, kind="team_week")] == ["sent"]


# --- killed ----------------------------------------------------------------------------------------------------------


class Killed(BaseException):
    pass


@pytest.mark.parametrize(("where", "time"), [("notify_many", 2), ("_tell", 3), ("bulk_create", 3), ("bulk_create", 4)])
def test_killed_within_a_batch_goes_on_and_doubles_nothing(unit, course, monkeypatch, where, time):
    for _each in range(6):
        assigned(make_employee(unit), course)
    monkeypatch.setattr(reminding, "BATCH", 2)
    place = MessageLog.objects if where == "bulk_create" else reminding
    was, calls = getattr(place, where), []

    def kill(*args, **kwargs):
        calls.append(1)
        if len(calls) == time:
            raise Killed
        return was(*args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(place, where, kill)
        with pytest.raises(Killed):
            services.remind(now=at("2026-03-06T08:00"))
    assert MessageLog.objects.filter(decision="sent").count() == Notice.objects.count() == 2
    run("2026-03-06T08:15")
    assert Notice.objects.count() == len(mail.outbox) == 6
    assert MessageLog.objects.filter(decision="sent").count() == 6


def test_command_says_what_it_did(learner, course, capsys):
    call_command("send_reminders")
    assert "reminders sent" in capsys.readouterr().out


@pytest.mark.parametrize("people", [4, 12])
def test_batch_costs_the_same_queries(unit, boss, course, people, django_assert_max_num_queries):
    for _each in range(people):
        assigned(make_employee(unit), course)
    with django_assert_max_num_queries(50):
        services.remind(now=at("2026-03-13T08:00"))
