"""What people see of JP: the ring, the page of a year, what a course says up front, what a supervisor sees."""

import datetime as dt
from fractions import Fraction

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from credits import services, wording
from credits.models import AgencyCreditSetting
from credits.rulebook import forget_rulebook
from people.models import Employment
from tests.factories import AssignmentFactory, make_employee

from .conftest import MARCH_4, WIT, achieve, learn_elsewhere, make_course, noon

pytestmark = pytest.mark.django_db
PAGE = "/belajar/jp/"


@pytest.fixture(autouse=True)
def _in_november():
    with time_machine.travel(noon(dt.date(2026, 11, 21)), tick=False):
        yield


def credited(person, minutes, days, **fields):
    achievement = achieve(person, minutes, days, **fields)
    services.credit_achievement(achievement_id=achievement.pk)
    return achievement


def days(number, first=MARCH_4):
    return [first + dt.timedelta(days=n) for n in range(number)]


def shown(client, person, address=PAGE) -> str:
    client.force_login(person)
    answer = client.get(address)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_a_visitor_signs_in_first(client):
    assert client.get(PAGE).status_code == 302


def test_the_page_tells_the_year_line_by_line_and_why_jp_were_cut(client, person):
    credited(person, [450], [MARCH_4], title="Etika pelayanan")
    page = shown(client, person)
    assert "Etika pelayanan" in page
    assert "3 JP per day reached on 4 March, WIT" in page
    assert "450" in page
    assert 'aria-label="3 of 20 JP credited"' in page
    assert "Simulation. The official value is in SIASN." in page


def test_in_indonesian_it_reads_as_here(client, person):
    person.language = "id"
    person.save()
    credited(person, [450], [MARCH_4])
    page = shown(client, person)
    assert "3 JP per hari tercapai pada 4 Maret, WIT" in page
    assert "dari 20 JP" in page


def test_what_was_taken_back_stays_readable(client, person):
    achievement = credited(person, [90], [MARCH_4])
    type(achievement).objects.filter(pk=achievement.pk).update(undone_at=noon(MARCH_4))
    services.reverse_achievement(achievement_id=achievement.pk)
    page = shown(client, person)
    assert "Taken back" in page
    assert "−2" in page


def test_another_year_is_chosen_by_its_first_day(client, person):
    credited(person, [90], [dt.date(2025, 12, 31)], title="Tahun lalu")
    assert "Tahun lalu" not in shown(client, person)
    assert "Tahun lalu" in shown(client, person, f"{PAGE}?tahun=2025-01-01")


@pytest.mark.parametrize("tahun", ["x", "9999-99-99", "1901-01-01", "2026-02-30", "'; drop"])
def test_an_unknown_year_is_the_one_of_today(client, person, tahun):
    client.force_login(person)
    assert "My JP 2026" in client.get(PAGE, {"tahun": tahun}).content.decode()


def test_nobody_sees_the_page_of_somebody_else(client, person, unit):
    credited(person, [90], [MARCH_4], title="Milik orang lain")
    page = shown(client, make_employee(unit, language="en"), f"{PAGE}?tahun=2026-01-01&orang={person.key}")
    assert "Nothing is credited in this year yet." in page
    assert 'aria-label="0 of 20 JP credited"' in page


def test_pppk_read_of_no_debt(client, person):
    Employment.objects.filter(person=person).update(kind="pppk", contract_from=dt.date(2026, 3, 1))
    services.credit_achievement(
        achievement_id=learn_elsewhere(person, form="training", minutes=30 * 45, first=MARCH_4).pk
    )
    page = shown(client, person)
    assert "At most 24 JP are assigned" in page
    assert "6 JP above it: independent learning." in page
    assert "to go" not in page


def test_today_and_learning_show_the_ring(client, person):
    credited(person, [135, 135], days(2))
    for address in ("/", "/belajar/"):
        assert 'aria-label="6 of 20 JP credited"' in shown(client, person, address)


@pytest.mark.parametrize("address", ["/", "/belajar/", PAGE])
def test_the_queries_do_not_grow(client, person, address):
    counted = []
    for _ in range(2):
        credited(person, [45] * 3, days(3))
        shown(client, person, address)
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        counted.append(len(queries))
    assert counted[0] == counted[1]


# --- a course --------------------------------------------------------------------------------------------------------


def test_a_course_of_ten_jp_says_that_it_needs_four_days(client, person):
    page = shown(client, person, make_course([450]).url)
    assert "10 JP: credited in full after 4 days of learning at the earliest; 3 JP count a day." in page


def test_a_small_course_says_nothing_and_a_seminar_its_day(client, person):
    assert "at the earliest" not in shown(client, person, make_course([45]).url)
    assert "4 JP when it is complete" in shown(client, person, make_course([90], form="seminar").url)


# --- supervisors -----------------------------------------------------------------------------------------------------


@pytest.fixture
def head(unit):
    return make_employee(unit, is_head=True, time_zone=WIT, language="en", name="Ibu Kepala")


def test_a_supervisor_sees_the_jp_of_the_team_and_nothing_more_of_it(client, person, head):
    credited(person, [135] * 4, days(4), title="Dipilih sendiri")
    team = shown(client, head, reverse("reports:team"))
    assert "12 of 20 JP" in team
    card = shown(client, head, reverse("reports:person", args=[person.key]))
    assert "12 of 20 JP" in card
    assert "Dipilih sendiri" not in team + card


def test_of_pppk_a_supervisor_sees_no_debt(client, person, head, agency):
    Employment.objects.filter(person=person).update(kind="pppk", contract_from=dt.date(2026, 3, 1))
    credited(person, [135], [MARCH_4])
    team = shown(client, head, reverse("reports:team"))
    assert "3 JP" in team
    assert "of 24 JP" not in team
    AgencyCreditSetting.objects.create(agency=agency, pppk_meaning="target", valid_from=dt.date(2026, 1, 1))
    forget_rulebook()
    assert "3 of 24 JP" in shown(client, head, reverse("reports:team"))


def test_the_team_costs_the_same_for_one_and_for_three(client, unit, head):
    counted = []
    for _ in range(2):
        for _ in range(len(counted) + 1):
            colleague = make_employee(unit, time_zone=WIT)
            credited(colleague, [135], [MARCH_4])
            AssignmentFactory(enrolment__person=colleague)
        shown(client, head, reverse("reports:team"))
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("reports:team"))
        counted.append(len(queries))
    assert counted[0] == counted[1]


def test_amounts_are_cut_to_the_half_and_never_rounded_up():
    with translation.override("id"):
        assert wording.number(Fraction(299, 100)) == "2,5"
        assert wording.number(Fraction(1, 5)) == wording.precise(Fraction(1, 5)) == "0,2"
        assert wording.number(Fraction(-1, 5)) == "−0,2"
        assert wording.needed(Fraction(1, 5)) == "0,5"
        assert wording.precise(Fraction(8, 3)) == "2,66"
        assert wording.precise(Fraction(-8, 3)) == "−2,66"
        assert wording.precise(Fraction(10)) == "10"
