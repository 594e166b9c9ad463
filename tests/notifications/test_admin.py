"""The admin: organisers read the log of their own people, administrators set steps and settings."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from notifications.models import MessageLog, MessageSettings, ReminderStep
from people.services import grant_role
from tests.factories import EmploymentFactory, EnrolmentFactory, PersonFactory, UnitFactory, make_course, make_employee

pytestmark = pytest.mark.django_db


@pytest.fixture
def unit():
    return UnitFactory()


@pytest.fixture
def organiser(client, unit):
    person = PersonFactory(language="en")
    EmploymentFactory(person=person, agency=unit.agency)
    grant_role(person=person, agency=unit.agency, role="organiser")
    client.force_login(person)
    return person


@pytest.fixture
def administrator(client):
    person = PersonFactory(is_superuser=True, language="en")
    client.force_login(person)
    return person


def logged(person, course):
    return MessageLog.objects.create(
        enrolment=EnrolmentFactory(person=person, course=course),
        due_at=timezone.now(),
        step=ReminderStep.objects.get(days=0),
        person=person,
        decision="withheld",
        reason="stale",
    )


def test_log_holds_the_agencys_people_only(client, organiser, unit):
    course = make_course()
    mine, stranger = make_employee(unit, name="Nur"), make_employee(UnitFactory(), name="Lain Instansi")
    for person in (mine, stranger):
        logged(person, course)
    text = client.get(reverse("message_log:index")).content.decode()
    assert "Nur" in text
    assert "it came too late to be of use" in text
    assert "Lain Instansi" not in text


@pytest.mark.parametrize("people", [1, 3])
def test_log_costs_the_same_queries(client, organiser, unit, people, django_assert_max_num_queries):
    course = make_course()
    for _each in range(people):
        logged(make_employee(unit), course)
    client.get(reverse("message_log:index"))
    with django_assert_max_num_queries(16):
        client.get(reverse("message_log:index"))


@pytest.mark.parametrize("name", ["reminder_steps:index", "reminder_steps:add", "message_settings:index"])
def test_organisers_set_nothing(client, organiser, name):
    assert client.get(reverse(name)).status_code == 302


def test_administrator_adds_a_step_and_takes_one_out_of_use(client, administrator):
    client.post(reverse("reminder_steps:add"), {"days": -3, "recipient": "learner", "is_active": "on"})
    step = ReminderStep.objects.get(days=-3)
    client.post(reverse("reminder_steps:edit", args=[step.pk]), {})
    step.refresh_from_db()
    assert not step.is_active
    assert client.post(reverse("reminder_steps:add"), {"days": 400, "recipient": "learner"}).status_code == 200


@pytest.mark.parametrize(("digest", "kept"), [("14:30", True), ("21:00", False), ("06:00", False)])
def test_administrator_sets_the_quiet_hours(client, administrator, digest, kept):
    data = {
        "quiet_from": "19:00",
        "quiet_until": "08:00",
        "reminders_a_day": 2,
        "digest_at": digest,
        "team_weekday": "",
    }
    client.post(reverse("message_settings:edit", args=[1]), data)
    settings = MessageSettings.objects.get()
    assert (settings.quiet_from == dt.time(19)) is kept
    assert (settings.team_weekday is None) is kept
    assert client.get(reverse("message_settings:index")).status_code == 200
