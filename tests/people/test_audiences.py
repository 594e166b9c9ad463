"""Groups of people: the list and the answer for one person against a third telling, and the organiser's screen."""

import datetime as dt
import random

import pytest
from django.urls import reverse

from people import services
from people.audiences import audiences_of, includes, members, unit_paths
from people.models import Audience, Employment, Post, Status
from people.services import save_audience
from tests.factories import (
    AgencyFactory,
    EmploymentFactory,
    PersonFactory,
    PostFactory,
    StatusFactory,
    UnitFactory,
    make_employee,
    synthetic_nip,
)

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 11, 21)
GRADES = ["II/c", "III/a", "III/b", "IX", ""]


def make_group(agency, name="Kelompok", **asked):
    return save_audience(agency=agency, name=name, **asked)


def told_plainly(group, person, on) -> bool:
    """Tell the rule a third time, in small steps over every row."""

    def holds(row):
        return row.valid_from <= on and (row.valid_to is None or row.valid_to >= on)

    if any(holds(row) and row.kind == Status.Kind.LEFT for row in person.statuses.all()):
        return False
    if person in group.people.all():
        return True
    if not (group.units.exists() or group.post_kinds or group.employee_kinds or group.grades):
        return False
    posts = [post for post in person.posts.all() if post.is_main and holds(post)]
    rows = [row for row in person.employments.all() if holds(row)]
    here = any(post.unit.agency == group.agency for post in posts) or any(row.agency == group.agency for row in rows)
    inside = [
        post
        for post in posts
        if not group.units.exists() or any(post.unit.path.startswith(unit.path) for unit in group.units.all())
    ]
    asks_post = group.units.exists() or group.post_kinds
    fits_post = not asks_post or any(not group.post_kinds or post.kind in group.post_kinds for post in inside)
    asks_row = group.employee_kinds or group.grades
    fits_row = not asks_row or any(
        (not group.employee_kinds or row.kind in group.employee_kinds)
        and (not group.grades or row.grade in group.grades)
        for row in rows
    )
    return here and fits_post and fits_row


@pytest.mark.parametrize("seed", range(5))
def test_the_list_and_the_answer_for_one_person_agree_whatever_stands_in_the_rows(seed):
    chance = random.Random(seed)
    agencies = [AgencyFactory(), AgencyFactory()]
    units = [UnitFactory(agency=agency) for agency in agencies for _ in range(2)]
    units += [UnitFactory(parent=chance.choice(units)) for _ in range(4)]
    people = [PersonFactory() for _ in range(14)]
    days = [TODAY - dt.timedelta(days=n) for n in (900, 40, 1, 0, -1)]
    for number, person in enumerate(people):
        for turn in range(chance.randint(0, 2)):
            first = chance.choice(days)
            EmploymentFactory(
                person=person, agency=chance.choice(agencies), kind=chance.choice(list(Employment.Kind)),
                grade=chance.choice(GRADES), nip=synthetic_nip(seed * 100 + number * 3 + turn), valid_from=first,
                valid_to=max(first, chance.choice(days)) if turn else None,
            )  # fmt: skip
        for turn in range(chance.randint(0, 2)):
            first = chance.choice(days)
            PostFactory(
                person=person, unit=chance.choice(units), kind=chance.choice(list(Post.Kind)[:3]), is_main=not turn,
                valid_from=first, valid_to=chance.choice([None, max(first, chance.choice(days))]),
            )  # fmt: skip
        if chance.random() < 0.3:
            StatusFactory(person=person, kind=chance.choice(list(Status.Kind)), valid_from=chance.choice(days))
    groups = []
    for number in range(8):
        agency = chance.choice(agencies)
        own = [unit for unit in units if unit.agency == agency]
        groups.append(
            make_group(
                agency,
                f"Kelompok {number}",
                units=chance.sample(own, chance.randint(0, min(2, len(own)))),
                post_kinds=chance.sample(list(Post.Kind)[:3], chance.choice([0, 0, 1, 2])),
                employee_kinds=chance.sample(list(Employment.Kind), chance.choice([0, 0, 1])),
                grades=chance.sample(GRADES[:4], chance.choice([0, 0, 2])),
                people=chance.sample(people, chance.choice([0, 0, 2])),
            )
        )
    for day in days:
        for person in people:
            expected = {group.pk for group in groups if told_plainly(group, person, day)}
            assert audiences_of(person, day) == expected
            assert {group.pk for group in groups if includes(group, person, day)} == expected


def test_a_group_without_criteria_is_those_it_names():
    unit = UnitFactory()
    named, other = make_employee(unit), make_employee(unit)
    group = make_group(unit.agency, people=[named])
    assert list(members(group)) == [named]
    assert audiences_of(other) == set()


def test_a_unit_lives_on_in_what_it_became():
    agency = AgencyFactory()
    unit = services.make_unit(agency=agency, name="Bidang Arsip", valid_from=dt.date(2020, 1, 1))
    person = make_employee(unit)
    group = make_group(agency, units=[unit])
    renamed = services.rename_unit(unit=unit, name="Bidang Kearsipan", on=dt.date(2026, 3, 1))
    assert list(members(group, TODAY)) == [person]
    assert audiences_of(person, TODAY) == {group.pk}
    assert unit_paths([unit.pk], TODAY)[unit.pk] == (unit.path, renamed.path)
    assert unit_paths([unit.pk], dt.date(2026, 2, 1))[unit.pk] == (unit.path,)


def test_asking_costs_the_same_for_one_group_and_for_many(django_assert_max_num_queries):
    unit = UnitFactory()
    person = make_employee(unit)
    for number in range(20):
        make_group(unit.agency, f"Kelompok {number}", units=[unit])
    with django_assert_max_num_queries(8):
        assert len(audiences_of(person, TODAY)) == 20


# --- the organiser's screen ------------------------------------------------------------------------------------------


@pytest.fixture
def unit():
    return UnitFactory()


@pytest.fixture
def organiser(unit, client):
    person = make_employee(unit, name="Penyelenggara", language="en")
    services.grant_role(person=person, agency=unit.agency, role="organiser")
    client.force_login(person)
    return person


def send(client, unit, **fields):
    return client.post(reverse("audiences:add"), {"agency": unit.agency_id, "name": "Semua", **fields})


def test_an_organiser_saves_a_group_and_changes_it(client, organiser, unit):
    fields = {"units": [unit.pk], "employee_kinds": ["pns"], "grades": "iii/A, ix"}
    assert send(client, unit, **fields).status_code == 302
    group = Audience.objects.get()
    assert (group.grades, group.employee_kinds, list(group.units.all())) == (["III/a", "IX"], ["pns"], [unit])
    edit = reverse("audiences:edit", args=[group.pk])
    assert 'value="III/a, IX"' in client.get(edit).content.decode()
    nip = organiser.employments.get().nip
    answer = client.post(edit, {"agency": unit.agency_id, "name": "Kepala", "people": nip})
    assert answer.status_code == 302
    group.refresh_from_db()
    assert (group.name, group.grades, list(group.people.all())) == ("Kepala", [], [organiser])
    assert nip in client.get(edit).content.decode()
    assert "Kepala" in client.get(reverse("audiences:index")).content.decode()


def test_the_preview_counts_and_names_and_saves_nothing(client, organiser, unit):
    make_employee(unit, name="Yohana Wanma")
    answer = send(client, unit, units=[unit.pk], preview="1")
    assert "Fits 2 people today." in answer.content.decode()
    assert "Yohana Wanma" in answer.content.decode()
    assert not Audience.objects.exists()
    group = make_group(unit.agency, people=[organiser])
    fields = {"name": "Semua", "units": [unit.pk], "preview": "1"}
    answer = client.post(reverse("audiences:edit", args=[group.pk]), fields)
    assert "Fits 2 people today." in answer.content.decode()
    assert not group.units.exists()


@pytest.mark.parametrize("field", ["agency", "units", "people", "grades"])
def test_what_is_not_the_agencys_is_refused(client, organiser, unit, field):
    stranger = make_employee(UnitFactory())
    strange = {
        "agency": {"agency": stranger.employments.get().agency_id},
        "units": {"units": [stranger.posts.get().unit_id]},
        "people": {"people": stranger.email},
        "grades": {"grades": "jabatan"},
    }[field]
    for more in ({}, {"preview": "1"}):
        answer = send(client, unit, **strange, **more)
        assert answer.context["form"].errors.keys() == {field}
        assert stranger.name not in answer.content.decode()
    assert not Audience.objects.exists()


def test_a_name_is_given_once(client, organiser, unit):
    make_group(unit.agency, "Semua")
    assert "name" in send(client, unit).context["form"].errors


def test_others_neither_list_nor_open_a_group(client, organiser):
    theirs = make_group(AgencyFactory(), "Rahasia")
    assert "Rahasia" not in client.get(reverse("audiences:index")).content.decode()
    assert client.get(reverse("audiences:edit", args=[theirs.pk])).status_code == 404
    client.force_login(make_employee(UnitFactory()))
    assert client.get(reverse("audiences:index")).status_code in (302, 403)
