"""Writes about people: what they do, what they refuse, and what follows from a date."""

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.utils import timezone

from people import services, visibility
from people.models import AgencyRole, Employment, Person, Post, Status, SupervisionOverride, Unit, UnitChange
from people.queries import agency_of, main_unit, roles_of
from people.signals import person_moved
from tests.factories import (
    AgencyFactory,
    EmploymentFactory,
    PersonFactory,
    PostFactory,
    StatusFactory,
    UnitFactory,
    synthetic_nip,
)

pytestmark = pytest.mark.django_db
JAN, JULY = dt.date(2026, 1, 1), dt.date(2026, 7, 1)
ONE_DAY = dt.timedelta(days=1)


def today():
    return timezone.localdate()


@pytest.fixture
def moves():
    """What person_moved told."""
    heard = []

    def hear(sender, person_id, unit_id, **kwargs):
        heard.append((person_id, unit_id))

    person_moved.connect(hear)
    yield heard
    person_moved.disconnect(hear)


# --- people and employments ------------------------------------------------------------------------------------------


def test_create_person_makes_a_counted_person_who_cannot_sign_in_yet():
    person = services.create_person(name="  Siti   Nurhaliza ", email="Siti@Contoh.example")
    assert (person.name, person.email) == ("Siti Nurhaliza", "siti@contoh.example")
    assert not person.has_usable_password()
    assert person.statuses.get().kind == Status.Kind.COUNTED


def test_create_person_takes_one_name_and_no_email():
    assert services.create_person(name="Supriyadi").email is None
    assert services.create_person(name="Maryam").email is None


def test_create_person_refuses_a_known_email_in_another_case():
    PersonFactory(email="siti@contoh.example")
    with pytest.raises(ValidationError) as caught:
        services.create_person(name="Siti", email="SITI@contoh.example")
    assert set(caught.value.error_dict) == {"email"}


def employ(**changes):
    fields = {"agency": AgencyFactory(), "kind": "pns", "nip": synthetic_nip(7), "valid_from": JAN}
    return services.employ(person=changes.pop("person", None) or PersonFactory(), **{**fields, **changes})


def test_employ_keeps_the_bare_digits():
    nip = synthetic_nip(7)
    assert employ(nip=f"{nip[:8]} {nip[8:14]} {nip[14]} {nip[15:]}").nip == nip


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"nip": "130123456"}, "nip"),
        ({"nip": "199001012015011 000"}, "nip"),
        ({"valid_to": JAN - ONE_DAY}, "valid_to"),
        ({"contract_from": JAN}, "contract_from"),
    ],
)
def test_employ_refuses(changes, field):
    with pytest.raises(ValidationError) as caught:
        employ(**changes)
    assert field in caught.value.error_dict
    assert not Employment.objects.exists()


def test_employ_refuses_a_nip_in_force_for_anybody():
    first = employ()
    for person in (PersonFactory(), first.person):
        with pytest.raises(ValidationError):
            employ(person=person, nip=first.nip, valid_from=JULY)


def test_employ_refuses_a_nip_that_a_dated_employment_still_holds():
    first = employ(valid_to=JULY)
    with pytest.raises(ValidationError):
        employ(nip=first.nip, valid_from=JULY)
    assert employ(nip=first.nip, valid_from=JULY + ONE_DAY, person=first.person)


def test_pppk_who_becomes_pns_stays_one_person():
    person = PersonFactory()
    employ(person=person, kind="pppk", nip=synthetic_nip(8), valid_to=JULY - ONE_DAY, contract_from=JAN)
    employ(person=person, nip=synthetic_nip(9), valid_from=JULY)
    kinds = [(on, person.employments.current(on).get().kind) for on in (JAN, JULY)]
    assert kinds == [(JAN, "pppk"), (JULY, "pns")]


# --- status ----------------------------------------------------------------------------------------------------------


def test_change_status_ends_the_one_before():
    person = PersonFactory()
    StatusFactory(person=person)
    services.change_status(person=person, kind=Status.Kind.NOT_COUNTED, on=JULY)
    assert person.statuses.current(JULY - ONE_DAY).get().kind == Status.Kind.COUNTED
    assert person.statuses.current(JULY).get().kind == Status.Kind.NOT_COUNTED


def test_change_status_refuses_a_day_before_the_latest():
    person = PersonFactory()
    StatusFactory(person=person, valid_from=JULY)
    with pytest.raises(ValidationError):
        services.change_status(person=person, kind=Status.Kind.LEFT, on=JAN)


def test_who_leaves_loses_everything_that_gives_rights_and_keeps_the_record():
    head, agency = PersonFactory(), AgencyFactory()
    post = PostFactory(person=head, is_head=True)
    employment = EmploymentFactory(person=head)
    services.grant_role(person=head, agency=agency, role="organiser", valid_from=JAN)
    services.delegate(from_person=head, to_person=PersonFactory(), valid_from=today(), valid_to=today(), reason="Cuti")
    services.change_status(person=head, kind=Status.Kind.LEFT, on=today())
    for row in (post, employment):
        row.refresh_from_db()
        assert row.valid_to == today() - ONE_DAY
    head.refresh_from_db()
    assert not head.is_active
    assert not head.groups.exists()
    assert not head.delegations.exists()
    assert not visibility.is_supervisor(Person.objects.get(pk=head.pk))


def test_who_leaves_tomorrow_may_sign_in_today(settings):
    person = PersonFactory()
    services.change_status(person=person, kind=Status.Kind.LEFT, on=today() + ONE_DAY)
    assert Person.objects.get(pk=person.pk).is_active
    with time_machine.travel(timezone.now() + ONE_DAY, tick=False):
        services.keep_up()
    assert not Person.objects.get(pk=person.pk).is_active


def test_who_returns_may_sign_in_again():
    person = PersonFactory()
    services.change_status(person=person, kind=Status.Kind.LEFT, on=JAN)
    services.change_status(person=person, kind=Status.Kind.COUNTED, on=JULY)
    assert Person.objects.get(pk=person.pk).is_active


def test_keep_up_leaves_an_account_off_that_was_switched_off():
    person = PersonFactory(is_active=False)
    StatusFactory(person=person, valid_from=today())
    services.keep_up()
    assert not Person.objects.get(pk=person.pk).is_active


# --- posts -----------------------------------------------------------------------------------------------------------


def test_place_tells_where_the_person_is_on_commit(moves, django_capture_on_commit_callbacks):
    person, unit = PersonFactory(), UnitFactory()
    with django_capture_on_commit_callbacks(execute=True):
        services.place(person=person, unit=unit, title="Analis", valid_from=JAN)
        assert moves == []
    assert moves == [(person.pk, unit.pk)]
    assert main_unit(person) == unit
    assert agency_of(person) == unit.agency


def test_place_refuses_a_second_main_post_and_a_second_definitive_head():
    post = PostFactory(is_head=True)
    other = UnitFactory()
    with pytest.raises(ValidationError) as caught:
        services.place(person=post.person, unit=other, title="Kepala", valid_from=JULY)
    assert "is_main" in caught.value.error_dict
    with pytest.raises(ValidationError) as caught:
        services.place(person=PersonFactory(), unit=post.unit, title="Kepala", valid_from=JULY, is_head=True)
    assert "is_head" in caught.value.error_dict
    assert Post.objects.count() == 1


def test_place_allows_an_acting_head_beside_a_definitive_one():
    post = PostFactory(is_head=True)
    acting = services.place(
        person=PersonFactory(), unit=post.unit, title="Kepala", valid_from=JULY, is_head=True, assignment="PLH",
        is_main=False, valid_to=JULY + ONE_DAY,
    )  # fmt: skip
    assert str(acting) == "Plh. Kepala"


@pytest.mark.parametrize("valid_from", [dt.date(2014, 12, 31), JULY + ONE_DAY])
def test_place_refuses_a_unit_outside_its_dates(valid_from):
    unit = UnitFactory(valid_to=JULY)
    with pytest.raises(ValidationError) as caught:
        services.place(person=PersonFactory(), unit=unit, title="Analis", valid_from=valid_from)
    assert "unit" in caught.value.error_dict


def test_move_person_ends_the_old_main_post_and_keeps_others(moves, django_capture_on_commit_callbacks):
    old, unit = PostFactory(), UnitFactory()
    side = PostFactory(person=old.person, is_main=False)
    with django_capture_on_commit_callbacks(execute=True):
        services.move_person(person=old.person, unit=unit, title="Arsiparis", on=JULY)
    assert main_unit(old.person, JULY - ONE_DAY) == old.unit
    assert main_unit(old.person, JULY) == unit
    side.refresh_from_db()
    assert side.valid_to is None
    assert moves == [(old.person.pk, unit.pk)]


def test_move_person_keeps_a_known_end_out_of_the_new_days():
    old = PostFactory(valid_to=dt.date(2030, 1, 1))
    services.move_person(person=old.person, unit=UnitFactory(), title="Arsiparis", on=JULY)
    old.refresh_from_db()
    assert old.valid_to == JULY - ONE_DAY


def test_move_person_refuses_a_day_on_which_the_post_began():
    old = PostFactory(valid_from=JULY)
    for on in (JULY, JAN):
        with pytest.raises(ValidationError):
            services.move_person(person=old.person, unit=UnitFactory(), title="Arsiparis", on=on)
    assert old.person.posts.count() == 1


def test_move_to_come_is_told_on_its_day(moves, django_capture_on_commit_callbacks):
    old, unit = PostFactory(), UnitFactory()
    with django_capture_on_commit_callbacks(execute=True):
        services.move_person(person=old.person, unit=unit, title="Arsiparis", on=today() + ONE_DAY)
    assert moves == []
    with (
        time_machine.travel(timezone.now() + ONE_DAY, tick=False),
        django_capture_on_commit_callbacks(execute=True),
    ):
        services.keep_up()
    assert moves == [(old.person.pk, unit.pk)]


def test_end_of_a_post_ends_the_sight():
    post = PostFactory(is_head=True)
    member = PostFactory(unit=post.unit).person
    services.end_post(post=post, last_day=today())
    assert visibility.supervises(post.person, member, today())
    assert not visibility.supervises(post.person, member, today() + ONE_DAY)


# --- roles -----------------------------------------------------------------------------------------------------------


def groups(person):
    return set(person.groups.values_list("name", flat=True))


def test_grant_role_brings_the_group_and_the_admin():
    person, agency = PersonFactory(), AgencyFactory(short_name="Kota Palu")
    services.grant_role(person=person, agency=agency, role="editor")
    assert groups(person) == {"Editor — Kota Palu"}
    assert Person.objects.get(pk=person.pk).has_perm("wagtailadmin.access_admin")
    assert [(row.role, row.agency) for row in roles_of(person)] == [("editor", agency)]


def test_end_role_takes_the_group_at_once_and_other_groups_stay():
    from django.contrib.auth.models import Group

    person = PersonFactory()
    person.groups.add(Group.objects.create(name="Choir"))
    role = services.grant_role(
        person=person, agency=AgencyFactory(short_name="Kota Palu"), role="reviewer", valid_from=JAN
    )
    services.grant_role(person=person, agency=AgencyFactory(short_name="Kota Sorong"), role="reviewer")
    services.end_role(role=role)
    assert groups(person) == {"Choir", "Reviewer — Kota Sorong"}
    assert AgencyRole.objects.get(pk=role.pk).valid_to == today() - ONE_DAY


def test_role_follows_its_dates():
    person, agency = PersonFactory(), AgencyFactory(short_name="Kota Palu")
    services.grant_role(
        person=person, agency=agency, role="editor", valid_from=today() + ONE_DAY, valid_to=today() + ONE_DAY
    )
    assert groups(person) == set()
    for days, expected in ((1, {"Editor — Kota Palu"}), (2, set())):
        with time_machine.travel(timezone.now() + days * ONE_DAY, tick=False):
            services.keep_up()
            assert groups(person) == expected


def test_grant_role_refuses_it_twice():
    person, agency = PersonFactory(), AgencyFactory()
    services.grant_role(person=person, agency=agency, role="editor")
    with pytest.raises(ValidationError):
        services.grant_role(person=person, agency=agency, role="editor")


def test_signing_in_brings_groups_up_to_date(client):
    person, agency = PersonFactory(), AgencyFactory(short_name="Kota Palu")
    role = services.grant_role(person=person, agency=agency, role="editor", valid_from=JAN)
    AgencyRole.objects.filter(pk=role.pk).update(valid_to=JULY)
    client.force_login(person)
    assert groups(person) == set()
    assert client.session["works_in_admin"] is False


def test_rename_agency_keeps_its_groups():
    person, agency = PersonFactory(), AgencyFactory(short_name="Kota Palu")
    services.grant_role(person=person, agency=agency, role="editor")
    services.rename_agency(agency=agency, short_name="Palu")
    assert groups(person) == {"Editor — Palu"}
    services.sync_groups(person)
    assert groups(person) == {"Editor — Palu"}


# --- sight -----------------------------------------------------------------------------------------------------------


def test_delegate_needs_a_head_and_an_end_within_a_year():
    head, other = PostFactory(is_head=True).person, PersonFactory()
    ok = {"from_person": head, "to_person": other, "valid_from": JULY, "valid_to": JULY, "reason": "Cuti"}
    assert services.delegate(**ok)
    for bad in (
        {"from_person": PersonFactory()},
        {"valid_to": JAN},
        {"valid_to": dt.date(2028, 1, 1)},
        {"to_person": head},
    ):
        with pytest.raises(ValidationError):
            services.delegate(**{**ok, **bad})


def test_override_refuses_two_decisions_on_one_pair():
    head, person = PersonFactory(), PersonFactory()
    pair = {"supervisor": head, "person": person, "reason": "Ketua tim"}
    services.override_supervision(**pair, effect=SupervisionOverride.Effect.SEES, valid_from=JAN, valid_to=JULY)
    with pytest.raises(ValidationError):
        services.override_supervision(**pair, effect=SupervisionOverride.Effect.SEES_NOT, valid_from=JULY)
    assert services.override_supervision(**pair, effect=SupervisionOverride.Effect.SEES_NOT, valid_from=JULY + ONE_DAY)
    with pytest.raises(ValidationError):
        services.override_supervision(
            supervisor=head, person=head, effect=SupervisionOverride.Effect.SEES, valid_from=JAN, reason="Diri sendiri"
        )


# --- units -----------------------------------------------------------------------------------------------------------


def test_make_unit_writes_the_chain_of_ids():
    root = services.make_unit(agency=AgencyFactory(), name="Dinas", valid_from=JAN)
    child = services.make_unit(agency=root.agency, name="Bidang", valid_from=JAN, parent=root)
    assert root.path == f"{root.pk:06d}."
    assert child.path == f"{root.pk:06d}.{child.pk:06d}."


def test_make_unit_refuses_a_parent_of_another_agency():
    with pytest.raises(ValidationError):
        services.make_unit(agency=AgencyFactory(), name="Bidang", valid_from=JAN, parent=UnitFactory())
    assert Unit.objects.count() == 1


def office():
    top = UnitFactory()
    unit = UnitFactory(parent=top)
    below = UnitFactory(parent=unit)
    lowest = UnitFactory(parent=below)
    head = PostFactory(unit=unit, is_head=True).person
    people = [PostFactory(unit=place).person for place in (unit, below, lowest)]
    return top, unit, below, lowest, head, people


def test_rename_unit_takes_people_and_units_below_along():
    top, unit, below, lowest, head, people = office()
    boss = PostFactory(unit=top, is_head=True).person
    new = services.rename_unit(unit=unit, name="Bidang Baru", on=JULY)
    lowest.refresh_from_db()
    assert lowest.path == f"{top.path}{new.pk:06d}.{below.pk:06d}.{lowest.pk:06d}."
    assert Unit.objects.get(pk=below.pk).parent == new
    assert Unit.objects.get(pk=unit.pk).valid_to == JULY - ONE_DAY
    assert set(visibility.supervised_by(head, JULY)) == set(people)
    assert set(visibility.supervised_by(boss, JULY)) == {head, *people}
    assert main_unit(people[0], JULY - ONE_DAY) == unit
    assert UnitChange.objects.get().kind == UnitChange.Kind.RENAMED


def test_merge_units_has_one_head():
    top, unit, _below, _lowest, head, people = office()
    other = UnitFactory(parent=top)
    second_head = PostFactory(unit=other, is_head=True).person
    new = services.merge_units(units=[unit, other], name="Gabungan", on=JULY, head=head)
    assert set(visibility.supervised_by(head, JULY)) == {second_head, *people}
    assert not visibility.supervised_by(second_head, JULY).exists()
    assert set(new.origins.values_list("predecessor", flat=True)) == {unit.pk, other.pk}


def test_merge_units_refuses_one_unit_and_units_apart():
    _top, unit, below, *_ = office()
    for units in ([unit], [unit, below]):
        with pytest.raises(ValidationError):
            services.merge_units(units=units, name="Gabungan", on=JULY)


def test_split_unit_sends_people_where_they_are_told():
    _top, unit, below, _lowest, head, people = office()
    first, second = services.split_unit(unit=unit, names=["Satu", "Dua"], on=JULY, people={people[0].pk: 1})
    assert main_unit(people[0], JULY) == second
    assert main_unit(head, JULY) == first
    assert Unit.objects.get(pk=below.pk).parent == first
    assert UnitChange.objects.filter(predecessor=unit, kind="split").count() == 2


def test_reorganising_refuses_days_to_come_and_units_that_ended():
    unit = UnitFactory()
    with pytest.raises(ValidationError):
        services.rename_unit(unit=unit, name="Baru", on=today() + ONE_DAY)
    services.rename_unit(unit=unit, name="Baru", on=JULY)
    unit.refresh_from_db()
    with pytest.raises(ValidationError):
        services.rename_unit(unit=unit, name="Lagi", on=today())


def test_end_row_removes_what_never_came_true():
    row = PostFactory(valid_from=today() + ONE_DAY)
    services.end_row(row=row, last_day=today())
    assert not Post.objects.exists()
