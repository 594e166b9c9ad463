"""Changing the numbers of JP: new dated rows by those who may, after seeing what they would have changed."""

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.urls import reverse

from credits import services
from credits.models import AgencyCreditSetting, IpLine, JpRule, LedgerEntry, TargetRule
from credits.queries import credited_in
from credits.rulebook import read_rulebook
from credits.rules import effects
from credits.rules.services import begin_row
from tests.factories import AgencyFactory, AgencyRoleFactory, PersonFactory, UnitFactory, make_employee

from .conftest import MARCH_4, WIT, achieve, noon

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 21)
NEXT_YEAR = dt.date(2027, 1, 1)


@pytest.fixture(autouse=True)
def _in_november():
    with time_machine.travel(noon(TODAY), tick=False):
        yield


@pytest.fixture
def administrator():
    return PersonFactory(is_superuser=True, language="en", time_zone=WIT)


def rule(**fields):
    told = {"form": "elearning", "scope": "national", "unit": "minutes", "daily_cap": Decimal(4), "source": "Uji"}
    return JpRule(**{**told, "valid_from": NEXT_YEAR, **fields})


def begin(row, by, identity=("form", "scope")):
    return begin_row(row=row, identity=identity, by=by)


def spans():
    rows = JpRule.objects.filter(form="elearning", scope="national").order_by("valid_from")
    return [(str(row.valid_from), str(row.valid_to), row.daily_cap) for row in rows]


# --- rows ------------------------------------------------------------------------------------------------------------


def test_what_begins_ends_what_was_in_force(administrator):
    begin(rule(), administrator)
    assert spans() == [("2018-01-01", "2026-12-31", 3), ("2027-01-01", "None", 4)]
    book = read_rulebook()
    caps = [
        book.ruling(form="elearning", is_international=False, day=day, agency_id=None).terms.daily_cap
        for day in (dt.date(2026, 12, 31), NEXT_YEAR)
    ]
    assert caps == [3, 4]


def test_the_past_keeps_its_rules(administrator):
    with pytest.raises(ValidationError):
        begin(rule(valid_from=TODAY - dt.timedelta(days=1)), administrator)
    begin(rule(valid_from=TODAY), administrator)
    with pytest.raises(ValidationError):
        begin(rule(valid_from=TODAY, daily_cap=9), administrator)
    assert spans() == [("2018-01-01", "2026-11-20", 3), ("2026-11-21", "None", 4)]


def test_a_planned_row_is_replaced_or_ends_what_begins_before_it(administrator):
    begin(rule(), administrator)
    begin(rule(daily_cap=5), administrator)
    begin(rule(valid_from=dt.date(2026, 12, 1), daily_cap=2), administrator)
    assert spans() == [
        ("2018-01-01", "2026-11-30", 3),
        ("2026-12-01", "2026-12-31", 2),
        ("2027-01-01", "None", 5),
    ]


# --- effects ---------------------------------------------------------------------------------------------------------


def credited(person, minutes, days):
    services.credit_achievement(achievement_id=achieve(person, minutes, days).pk)


def test_the_effect_of_a_rule_is_counted_and_nothing_changes(person, unit):
    other = make_employee(unit, time_zone=WIT)
    credited(person, [270, 90], [MARCH_4, dt.date(2026, 3, 5)])
    credited(other, [45], [MARCH_4])
    credited(other, [450], [dt.date(2025, 3, 4)])  # more than twelve months ago
    told = effects.effect_of_rule(rule())
    assert (told.looked_at, told.entries, told.people) == (3, 1, 1)
    assert (told.before, told.after, told.difference) == (6, 7, 1)
    assert sum(credited_in(row) for row in LedgerEntry.objects.filter(person=person)) == 5


def test_room_left_by_what_was_taken_back_is_no_effect(person):
    first = achieve(person, [135], [MARCH_4])
    services.credit_achievement(achievement_id=first.pk)
    credited(person, [135], [MARCH_4])
    type(first).objects.filter(pk=first.pk).update(undone_at=noon(TODAY))
    services.reverse_achievement(achievement_id=first.pk)
    assert effects.effect_of_rule(rule(daily_cap=Decimal(3))).entries == 0


def test_the_effect_of_a_setting_is_that_of_its_agency(person, agency):
    elsewhere = make_employee(UnitFactory())
    for one in (person, elsewhere):
        for _ in range(2):
            credited(one, [135], [MARCH_4])
    setting = AgencyCreditSetting(agency=agency, cap_by="programme", valid_from=NEXT_YEAR)
    told = effects.effect_of_setting(setting)
    assert (told.looked_at, told.entries, told.people, told.difference) == (2, 1, 1, 3)


def test_the_effect_of_a_target_counts_people(person, unit):
    make_employee(unit, time_zone=WIT)
    credited(person, [135] * 2, [MARCH_4, dt.date(2026, 3, 5)])
    told = effects.effect_of_target(TargetRule(kind="pns", jp=6, valid_from=NEXT_YEAR))
    assert (told.people, told.reach_now, told.would_reach) == (2, 0, 1)


# --- the admin -------------------------------------------------------------------------------------------------------


def test_an_administrator_sees_the_effect_and_then_saves(client, person, administrator):
    credited(person, [270], [MARCH_4])
    client.force_login(administrator)
    old = JpRule.objects.get(form="elearning", scope="national")
    address = reverse("jprule:edit", args=[old.pk])
    assert client.get(address).status_code == 200
    data = {
        "unit": "minutes", "value": "", "plus_percent": "0", "daily_cap": "4", "monthly_sessions": "",
        "source": "Peraturan LAN baru", "certainty": "S", "valid_from": "2027-01-01",
    }  # fmt: skip
    first = client.post(address, data)
    assert "Of 1 entries of the last twelve months, 1 of 1 people" in first.content.decode()
    assert JpRule.objects.filter(form="elearning", scope="national").count() == 1
    seen = first.context["form"]["seen"].value()
    # Other values than those that were shown are shown again.
    again = client.post(address, {**data, "daily_cap": "5", "seen": seen})
    assert again.status_code == 200
    saved = client.post(address, {**data, "seen": seen})
    assert saved.status_code == 302
    new = JpRule.objects.get(form="elearning", scope="national", valid_to=None)
    assert (new.daily_cap, new.made_by, new.source) == (4, administrator, "Peraturan LAN baru")
    old.refresh_from_db()
    assert (old.valid_to, old.daily_cap) == (dt.date(2026, 12, 31), 3)


def test_a_form_without_a_rule_gets_one(client, administrator):
    client.force_login(administrator)
    data = {
        "form": "on_the_job", "scope": "national", "unit": "day", "value": "2", "plus_percent": "0",
        "source": "Surat", "certainty": "R", "valid_from": "2026-11-21",
    }  # fmt: skip
    first = client.post(reverse("jprule:add"), data)
    client.post(reverse("jprule:add"), {**data, "seen": first.context["form"]["seen"].value()})
    assert JpRule.objects.get(form="on_the_job").value == 2


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"value": "3"}, "value"),
        ({"unit": "day"}, "value"),
        ({"monthly_sessions": "2"}, "monthly_sessions"),
        ({"valid_from": "kemarin"}, "valid_from"),
        ({"daily_cap": "-1"}, "daily_cap"),
        ({"source": ""}, "source"),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_field(client, administrator, data, field):
    client.force_login(administrator)
    told = {"form": "community", "scope": "national", "unit": "minutes", "plus_percent": "0", "source": "S"}
    answer = client.post(reverse("jprule:add"), {**told, "certainty": "S", "valid_from": "2027-01-01", **data})
    assert field in answer.context["form"].errors


def test_a_day_that_has_passed_is_refused_in_words(client, administrator):
    client.force_login(administrator)
    data = {"kind": "pns", "jp": "24", "meaning": "floor", "year": "calendar", "source": "S", "certainty": "S"}
    data["valid_from"] = "2026-01-01"
    answer = client.post(reverse("targetrule:add"), data)
    assert "Days that have passed keep their rules" in answer.content.decode()
    assert TargetRule.objects.filter(kind="pns").count() == 1


@pytest.mark.parametrize("name", ["jprule", "targetrule", "ipline"])
def test_numbers_of_law_are_for_administrators_only(client, agency, administrator, name):
    organiser = PersonFactory(language="en")
    AgencyRoleFactory(person=organiser, agency=agency, role="organiser")
    client.force_login(organiser)
    assert client.get(reverse(f"{name}:index")).status_code == 302
    client.force_login(administrator)
    assert client.get(reverse(f"{name}:index")).status_code == 200


def test_a_line_of_the_simulation_is_followed_by_its_next(client, administrator):
    line = IpLine.objects.get(line="seminar", points="17.5")
    client.force_login(administrator)
    address = reverse("ipline:edit", args=[line.pk])
    data = {"points": "20", "minimum_jp": "0", "months": "12", "source": "S", "certainty": "S"}
    data["valid_from"] = "2027-01-01"
    first = client.post(address, data)
    assert client.post(address, {**data, "seen": first.context["form"]["seen"].value()}).status_code == 302
    assert IpLine.objects.filter(line="seminar").count() == 3
    assert IpLine.objects.get(points=20).post_kinds == ["pelaksana"]


def test_an_organiser_sets_how_the_own_agency_reads_the_rules_and_no_other(client, agency):
    organiser = PersonFactory(language="en")
    AgencyRoleFactory(person=organiser, agency=agency, role="organiser")
    other = AgencyFactory()
    client.force_login(organiser)
    data = {"pppk_meaning": "target", "short_events": "minutes", "cap_by": "person", "valid_from": "2027-01-01"}
    address = reverse("agencycreditsetting:add")
    refused = client.post(address, {**data, "agency": other.pk})
    assert "agency" in refused.context["form"].errors
    first = client.post(address, {**data, "agency": agency.pk})
    client.post(address, {**data, "agency": agency.pk, "seen": first.context["form"]["seen"].value()})
    assert AgencyCreditSetting.objects.get().agency == agency
    theirs = AgencyCreditSetting.objects.create(agency=other, valid_from=TODAY)
    assert client.get(reverse("agencycreditsetting:edit", args=[theirs.pk])).status_code == 404


def test_the_table_of_the_rules_is_there_with_its_sources():
    told = {
        (row.form, row.scope): (row.unit, row.value, row.plus_percent, row.daily_cap, row.monthly_sessions)
        for row in JpRule.objects.all()
    }
    assert told["elearning", "national"] == ("minutes", None, 0, 3, None)
    assert told["elearning", "international"] == ("minutes", None, 0, 4, None)
    assert told["workshop", "international"] == ("day", 7, 0, 7, None)
    assert told["coaching", "national"] == ("session", 2, 0, None, 2)
    assert told["self_study", "international"][2:4] == (20, Decimal("2.40"))
    assert ("leadership", "international") not in told
    assert ("on_the_job", "national") not in told
    assert all(row.source and row.certainty == "S" for row in JpRule.objects.all())
    assert Fraction(TargetRule.objects.get(kind="pppk").jp) == 24
