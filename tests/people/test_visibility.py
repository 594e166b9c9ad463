"""Whom may this user see: list and predicate against a third telling of the rule, and the cases that could leak."""

import datetime as dt
import random

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache

from people import visibility
from people.models import Person, Post, Status, SupervisionOverride, Unit
from tests.factories import (
    AgencyRoleFactory,
    DelegationFactory,
    EmploymentFactory,
    OverrideFactory,
    PersonFactory,
    PostFactory,
    StatusFactory,
    UnitFactory,
)

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 11, 21)
YESTERDAY, TOMORROW = TODAY - dt.timedelta(days=1), TODAY + dt.timedelta(days=1)
SEES, SEES_NOT = SupervisionOverride.Effect.SEES, SupervisionOverride.Effect.SEES_NOT


@pytest.fixture
def office():
    """A dinas with two bidang and a seksi below the first; a head and a member in each."""
    dinas = UnitFactory()
    first, second = UnitFactory(parent=dinas), UnitFactory(parent=dinas)
    units = {"dinas": dinas, "first": first, "second": second, "seksi": UnitFactory(parent=first)}
    people = {}
    for name, unit in units.items():
        people[f"{name}_head"] = PostFactory(unit=unit, is_head=True).person
        people[f"{name}_member"] = PostFactory(unit=unit).person
    return {**units, **people}


def names(office, queryset):
    found = set(queryset)
    return {name for name, value in office.items() if value in found}


def test_supervised_by_lists_everyone_in_and_below_the_unit(office):
    assert names(office, visibility.supervised_by(office["first_head"], TODAY)) == {
        "first_member", "seksi_head", "seksi_member",
    }  # fmt: skip
    assert len(visibility.supervised_by(office["dinas_head"], TODAY)) == 7


def test_supervised_by_is_empty_for_members_and_visitors(office):
    assert not visibility.supervised_by(office["first_member"], TODAY).exists()
    assert not visibility.supervised_by(AnonymousUser(), TODAY).exists()
    assert not visibility.visible_to(AnonymousUser(), TODAY).exists()


def test_stranger_two_units_away_is_not_seen(office):
    assert not visibility.supervises(office["second_head"], office["seksi_member"], TODAY)
    assert not visibility.can_see(office["second_head"], office["seksi_member"], TODAY)


def test_unit_whose_path_only_begins_alike_is_not_below():
    short, long = UnitFactory(), UnitFactory()
    Unit.objects.filter(pk=short.pk).update(path="000001.")
    Unit.objects.filter(pk=long.pk).update(path="0000012.")
    head, other = PostFactory(unit=short, is_head=True).person, PostFactory(unit=long).person
    assert not visibility.supervises(head, other, TODAY)


@pytest.mark.parametrize(
    ("valid_from", "valid_to", "expected"),
    [
        (TODAY, None, True),
        (TODAY, TODAY, True),
        (TOMORROW, None, False),
        (dt.date(2020, 1, 1), YESTERDAY, False),
        (dt.date(2020, 1, 1), TODAY, True),
    ],
)
def test_sight_lasts_as_long_as_the_post(valid_from, valid_to, expected):
    unit = UnitFactory()
    member = PostFactory(unit=unit).person
    head = PostFactory(unit=unit, is_head=True, valid_from=valid_from, valid_to=valid_to).person
    assert visibility.supervises(head, member, TODAY) is expected
    assert visibility.is_supervisor(head, TODAY) is expected


@pytest.mark.parametrize("assignment", [Post.Assignment.PLT, Post.Assignment.PLH])
def test_acting_head_sees_like_a_definitive_one_and_keeps_the_own_unit(office, assignment):
    acting = office["first_head"]
    PostFactory(person=acting, unit=office["second"], is_head=True, is_main=False, assignment=assignment)
    assert names(office, visibility.supervised_by(acting, TODAY)) == {
        "first_member", "seksi_head", "seksi_member", "second_head", "second_member",
    }  # fmt: skip


def test_person_counts_only_in_the_main_post(office):
    PostFactory(person=office["second_member"], unit=office["first"], is_main=False)
    assert not visibility.supervises(office["first_head"], office["second_member"], TODAY)


def test_moved_person_is_seen_by_the_head_of_the_day(office):
    moved = office["second_member"]
    moved.posts.update(valid_to=YESTERDAY)
    PostFactory(person=moved, unit=office["first"], valid_from=TODAY)
    assert visibility.supervises(office["first_head"], moved, TODAY)
    assert not visibility.supervises(office["second_head"], moved, TODAY)
    assert visibility.supervises(office["second_head"], moved, YESTERDAY)
    assert not visibility.supervises(office["first_head"], moved, YESTERDAY)


def test_overrides_add_and_take_away_for_their_days(office):
    OverrideFactory(supervisor=office["second_head"], person=office["seksi_member"], valid_to=TODAY)
    OverrideFactory(supervisor=office["first_head"], person=office["seksi_member"], effect=SEES_NOT, valid_to=TODAY)
    assert visibility.supervises(office["second_head"], office["seksi_member"], TODAY)
    assert not visibility.supervises(office["first_head"], office["seksi_member"], TODAY)
    assert visibility.supervises(office["dinas_head"], office["seksi_member"], TODAY)
    assert not visibility.supervises(office["second_head"], office["seksi_member"], TOMORROW)
    assert visibility.supervises(office["first_head"], office["seksi_member"], TOMORROW)


def test_delegation_lends_the_own_sight_and_no_more(office):
    secretary = office["dinas_member"]
    DelegationFactory(from_person=office["second_head"], to_person=office["first_head"])
    DelegationFactory(from_person=office["first_head"], to_person=secretary, valid_to=TODAY)
    assert names(office, visibility.supervised_by(secretary, TODAY)) == {
        "first_member", "seksi_head", "seksi_member",
    }  # fmt: skip
    assert not visibility.supervised_by(secretary, TOMORROW).exists()


def test_delegation_carries_the_delegators_overrides(office):
    secretary = office["dinas_member"]
    DelegationFactory(from_person=office["first_head"], to_person=secretary)
    OverrideFactory(supervisor=office["first_head"], person=office["second_member"])
    OverrideFactory(supervisor=office["first_head"], person=office["seksi_member"], effect=SEES_NOT)
    assert names(office, visibility.supervised_by(secretary, TODAY)) == {
        "first_member", "seksi_head", "second_member",
    }  # fmt: skip


def test_nobody_supervises_themselves(office):
    head = office["first_head"]
    DelegationFactory(from_person=office["dinas_head"], to_person=head)
    DelegationFactory(from_person=head, to_person=office["dinas_head"])
    assert head not in visibility.supervised_by(head, TODAY)
    assert visibility.supervises(office["dinas_head"], head, TODAY)
    assert not visibility.supervises(head, office["dinas_head"], TODAY)


def test_people_on_leave_are_listed_and_people_who_left_are_not(office):
    StatusFactory(person=office["first_member"], kind=Status.Kind.NOT_COUNTED)
    StatusFactory(person=office["seksi_member"], kind=Status.Kind.LEFT, valid_from=TODAY)
    assert names(office, visibility.supervised_by(office["first_head"], TODAY)) == {"first_member", "seksi_head"}
    assert visibility.supervises(office["first_head"], office["seksi_member"], YESTERDAY)


def test_organiser_sees_the_own_agency_only(office):
    organiser = AgencyRoleFactory(agency=office["dinas"].agency).person
    employed = EmploymentFactory(agency=office["dinas"].agency).person
    stranger = PostFactory().person
    former = EmploymentFactory(agency=office["dinas"].agency, valid_to=YESTERDAY).person
    seen = set(visibility.visible_to(organiser, TODAY))
    assert {office["seksi_member"], employed} <= seen
    assert not {stranger, former} & seen
    assert not visibility.supervised_by(organiser, TODAY).exists()


def test_former_organiser_and_editor_see_nobody(office):
    former = AgencyRoleFactory(agency=office["dinas"].agency, valid_to=YESTERDAY).person
    editor = AgencyRoleFactory(agency=office["dinas"].agency, role="editor").person
    for viewer in (former, editor):
        assert not visibility.visible_to(viewer, TODAY).exists()


def test_administrator_sees_everyone(office):
    admin = PersonFactory(is_superuser=True)
    assert visibility.can_see(admin, office["seksi_member"], TODAY)
    assert not visibility.is_supervisor(admin, TODAY)


@pytest.mark.parametrize("size", [1, 3])
def test_supervised_by_needs_two_queries_whatever_the_size(size, django_assert_num_queries):
    viewer = PersonFactory()
    for _ in range(size):
        PostFactory(person=viewer, unit=(unit := UnitFactory()), is_head=True, is_main=False)
        PostFactory.create_batch(size, unit=unit)
        DelegationFactory(from_person=PostFactory(is_head=True).person, to_person=viewer)
    with django_assert_num_queries(2):
        list(visibility.supervised_by(viewer, TODAY))


def test_is_supervisor_asks_once_for_a_request(office, django_assert_num_queries):
    viewer = office["first_head"]
    with django_assert_num_queries(1):
        assert visibility.is_supervisor(viewer, TODAY)
        assert visibility.is_supervisor(viewer, TODAY)


def test_shows_team_is_cached_until_forgotten(office, django_assert_num_queries):
    cache.clear()
    viewer = office["first_head"]
    assert visibility.shows_team(viewer)
    fresh = type(viewer).objects.get(pk=viewer.pk)
    with django_assert_num_queries(0):
        assert visibility.shows_team(fresh)
    viewer.posts.all().delete()
    visibility.forget_navigation(viewer)
    assert not visibility.shows_team(fresh)
    assert not visibility.shows_team(AnonymousUser())


# --- the rule told a third time, in plain Python ---------------------------------------------------------------------


class World:
    """A random organisation with its rows in memory."""

    def __init__(self, seed: int):
        self.random = random.Random(seed)
        self.days = [YESTERDAY, TODAY, TOMORROW]
        self.units, self.people = self._units(), PersonFactory.create_batch(7)
        self.posts = [self._post() for _ in range(20)]
        self.delegations = [self._pair(DelegationFactory, "from_person", "to_person") for _ in range(4)]
        self.overrides = [
            self._pair(OverrideFactory, "supervisor", "person", effect=self.random.choice([SEES, SEES_NOT]))
            for _ in range(6)
        ]
        self.statuses = [
            StatusFactory(person=person, kind=self.random.choice(Status.Kind.values), **self._dates(open_end=False))
            for person in self.random.sample(self.people, 3)
        ]

    def _units(self):
        units = [UnitFactory()]
        for _ in range(4):
            units.append(UnitFactory(parent=self.random.choice(units)))
        return units

    def _dates(self, open_end=True):
        start = self.random.choice([dt.date(2020, 1, 1), dt.date(2021, 1, 1), YESTERDAY, TODAY, TOMORROW])
        ends = [day for day in (YESTERDAY, TODAY, TOMORROW) if day >= start] + (
            [None] * 3 if open_end else [dt.date(2030, 1, 1)] * 2
        )
        return {"valid_from": start, "valid_to": self.random.choice(ends)}

    def _post(self):
        return PostFactory(
            person=self.random.choice(self.people), unit=self.random.choice(self.units),
            is_head=self.random.random() < 0.5, **self._main_and_dates(),
        )  # fmt: skip

    def _main_and_dates(self):
        """A main post here always ends, so that the rule of one open main post is kept."""
        main = self.random.random() < 0.6
        return {"is_main": main, **self._dates(open_end=not main)}

    def _pair(self, made_by, one, other, **fields):
        first, second = self.random.sample(self.people, 2)
        return made_by(**{one: first, other: second}, **fields, **self._dates())

    def supervised(self, viewer, on):
        delegators = {row.from_person for row in in_force(self.delegations, on) if row.to_person == viewer}
        seen = set().union(*(self._own_sight(seer, on) for seer in {viewer} | delegators))
        left = {row.person for row in in_force(self.statuses, on) if row.kind == Status.Kind.LEFT}
        return seen - {viewer} - left

    def _own_sight(self, seer, on):
        posts = in_force(self.posts, on)
        roots = [post.unit for post in posts if post.person == seer and post.is_head]
        below = {post.person for post in posts if post.is_main and any(self._inside(post.unit, r) for r in roots)}
        overrides = [row for row in in_force(self.overrides, on) if row.supervisor == seer]
        away = {row.person for row in overrides if row.effect == SEES_NOT}
        given = {row.person for row in overrides if row.effect == SEES}
        return (below - away - {seer}) | given

    def _inside(self, unit, root):
        while unit is not None and unit != root:
            unit = unit.parent
        return unit == root


def in_force(rows, on):
    return [row for row in rows if row.valid_from <= on and (row.valid_to is None or row.valid_to >= on)]


@pytest.mark.parametrize("seed", range(12))
def test_list_predicate_and_plain_telling_agree(seed):
    world = World(seed)
    for on in world.days:
        for viewer in world.people:
            expected = world.supervised(viewer, on)
            assert set(visibility.supervised_by(viewer, on)) == expected
            assert {p for p in world.people if visibility.supervises(viewer, p, on)} == expected
            assert expected <= set(visibility.visible_to(viewer, on))
            if expected:
                assert visibility.is_supervisor(viewer, on)


def test_generated_organisations_are_not_trivial():
    sizes = [len(world.supervised(p, TODAY)) for world in map(World, range(12)) for p in world.people]
    assert max(sizes) >= 4
    assert min(sizes) == 0


def test_direct_supervisors_are_the_nearest_heads_those_given_and_whom_they_delegated_to(office):
    seksi_head, first_head = office["seksi_head"], office["first_head"]
    assert visibility.direct_supervisors(office["seksi_member"], TODAY) == [seksi_head]
    assert visibility.direct_supervisors(seksi_head, TODAY) == [first_head]
    assert visibility.direct_supervisors(office["dinas_head"], TODAY) == []
    OverrideFactory(person=office["seksi_member"], supervisor=seksi_head, effect=SEES_NOT)
    OverrideFactory(person=office["seksi_member"], supervisor=office["second_member"])
    DelegationFactory(from_person=first_head, to_person=office["second_head"])
    told = visibility.direct_supervisors(office["seksi_member"], TODAY)
    assert names(office, Person.objects.filter(pk__in=[one.pk for one in told])) == {
        "first_head", "second_member", "second_head",
    }  # fmt: skip
    assert all(visibility.supervises(one, office["seksi_member"], TODAY) for one in told)
    Person.objects.update(is_active=False)
    assert visibility.direct_supervisors(office["seksi_member"], TODAY) == []
