"""Whom may this user see: one answer, as SQL for lists and as a predicate for one person.

A supervisor sees the people whose main post is in or below a unit the supervisor heads on that day (definitive, Plt. or
Plh. alike), minus those overridden away, plus those overridden to the supervisor, plus what others delegated: the
delegator's own sight, never what was delegated to the delegator. Nobody supervises themselves; people who left are not
listed."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection

from django.core.cache import cache
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Length
from django.utils import timezone

from .models import Delegation, Employment, Person, Post, SupervisionOverride
from .queries import left_service

NAVIGATION_SECONDS = 300


def supervised_by(viewer: Person, on: dt.date | None = None) -> QuerySet[Person]:
    """Return the people whom the viewer supervises on a day (today when none is given); two queries in all."""
    if not viewer.is_authenticated:
        return Person.objects.none()
    on = on or timezone.localdate()
    return Person.objects.filter(_supervised(viewer, on), ~Q(pk=viewer.pk), ~left_service(on))


def supervises(viewer: Person, person: Person, on: dt.date | None = None) -> bool:
    """Say whether the person is in the list of those whom the viewer supervises on a day."""
    return supervised_by(viewer, on).filter(pk=person.pk).exists()


def direct_supervisors(person: Person, on: dt.date | None = None) -> list[Person]:
    """Return who is to be told about a person on a day, of those who may sign in.

    These are the supervisors given by decision, the heads of the nearest unit upwards that has one (not the person, not
    overridden away), and whom these delegated to. Everybody returned supervises the person, as `supervises` says.
    """
    on = on or timezone.localdate()
    overrides = list(SupervisionOverride.objects.current(on).filter(person=person).values_list("supervisor", "effect"))
    given = {pk for pk, effect in overrides if effect == SupervisionOverride.Effect.SEES}
    taken = {pk for pk, effect in overrides if effect == SupervisionOverride.Effect.SEES_NOT} | {person.pk}
    own_path = Post.objects.current(on).filter(person=person, is_main=True).values("unit__path")[:1]
    heads = (
        Post.objects.current(on)
        .filter(is_head=True)
        .annotate(own_path=Subquery(own_path))
        .filter(own_path__startswith=F("unit__path"))
        .exclude(person__in=taken)
        .order_by(Length("unit__path").desc())
        .values_list("unit__path", "person")
    )
    found = list(heads)
    nearest = {pk for path, pk in found if path == found[0][0]} | given
    lent = Delegation.objects.current(on).filter(from_person__in=nearest).exclude(to_person=person)
    told = Q(pk__in=nearest) | Q(pk__in=lent.values("to_person"))
    return list(Person.objects.filter(told, ~left_service(on), is_active=True).exclude(pk=person.pk))


def nearest_supervisors(person_ids: Collection[int], on: dt.date | None = None) -> dict[int, int]:
    """Return one supervisor for each of many people, by id, in four queries: to whom news of them goes.

    Whom an override names goes first, then the head of the nearest unit, the latest to take the post (an acting one
    acts). Everybody named supervises the person, as `supervises` says; people without anybody are left out.
    """
    on = on or timezone.localdate()
    overrides = SupervisionOverride.objects.current(on).filter(person__in=person_ids)
    given: dict[int, list[int]] = {}
    taken: set[tuple[int, int]] = set()
    for person, supervisor, effect in overrides.order_by("-pk").values_list("person", "supervisor", "effect"):
        if effect == SupervisionOverride.Effect.SEES:
            given.setdefault(person, []).append(supervisor)
        else:
            taken.add((person, supervisor))
    mains = Post.objects.current(on).filter(person__in=person_ids, is_main=True)
    units = {
        person: [int(part) for part in reversed(path.split(".")) if part]
        for person, path in mains.order_by("valid_from").values_list("person", "unit__path")
    }
    heads = defaultdict(list)
    headed = Post.objects.current(on).filter(is_head=True, unit__in={unit for path in units.values() for unit in path})
    for unit, head in headed.order_by("-valid_from", "-pk").values_list("unit", "person"):
        heads[unit].append(head)
    candidates = {
        person: [*given.get(person, []), *(head for unit in units.get(person, []) for head in heads[unit])]
        for person in person_ids
    }
    asked = {supervisor for found in candidates.values() for supervisor in found}
    serving = set(Person.objects.filter(~left_service(on), pk__in=asked, is_active=True).values_list("pk", flat=True))
    nearest = {
        person: next((pk for pk in found if pk in serving and pk != person and (person, pk) not in taken), None)
        for person, found in candidates.items()
    }
    return {person: supervisor for person, supervisor in nearest.items() if supervisor is not None}


def stand_ins(supervisor_ids: Collection[int], on: dt.date | None = None) -> dict[int, list[int]]:
    """Return to whom supervisors lend the sight of their people on a day, by id; one query, those without left out."""
    on = on or timezone.localdate()
    serving = Person.objects.filter(~left_service(on), is_active=True)
    rows = Delegation.objects.current(on).filter(from_person__in=supervisor_ids, to_person__in=serving)
    found: dict[int, list[int]] = defaultdict(list)
    for supervisor, stand_in in rows.order_by("pk").values_list("from_person", "to_person").distinct():
        found[supervisor].append(stand_in)
    return dict(found)


def visible_to(viewer: Person, on: dt.date | None = None) -> QuerySet[Person]:
    """Return everyone whose record the viewer may open: supervised, in an agency the viewer organises, or all."""
    if not viewer.is_authenticated:
        return Person.objects.none()
    if viewer.is_superuser:
        return Person.objects.all()
    on = on or timezone.localdate()
    supervised = _supervised(viewer, on) & ~Q(pk=viewer.pk) & ~left_service(on)
    return Person.objects.filter(supervised | in_agencies(organised_agencies(viewer, on), on))


def can_see(viewer: Person, person: Person, on: dt.date | None = None) -> bool:
    """Say whether the viewer may open the person's record on a day."""
    return visible_to(viewer, on).filter(pk=person.pk).exists()


def is_supervisor(viewer: Person, on: dt.date | None = None) -> bool:
    """Say whether the viewer has anyone's sight on a day: one query, remembered on the viewer for the request."""
    if not viewer.is_authenticated:
        return False
    on = on or timezone.localdate()
    remembered = viewer.__dict__.setdefault("_is_supervisor", {})
    if on not in remembered:
        remembered[on] = Person.objects.filter(_has_sight(on), pk=viewer.pk).exists()
    return remembered[on]


def shows_team(viewer: Person) -> bool:
    """Answer `is_supervisor` for today's navigation from the cache, which is keyed by the day."""
    if not viewer.is_authenticated:
        return False
    key = _navigation_key(viewer.key)
    shown = cache.get(key)
    if shown is None:
        shown = is_supervisor(viewer)
        cache.set(key, shown, NAVIGATION_SECONDS)
    return shown


def forget_navigation(*people: Person) -> None:
    """Drop the cached navigation of people whose posts, delegations or overrides just changed."""
    cache.delete_many([_navigation_key(person.key) for person in people])


def organised_agencies(viewer: Person, on: dt.date | None = None) -> QuerySet:
    """Return the ids of agencies that the viewer organises on a day, as a query to filter by."""
    return viewer.agency_roles.current(on).filter(role="organiser").values("agency")


def in_agencies(agencies, on: dt.date | None = None) -> Q:
    """Match people employed by, or with their main post in, one of the agencies on a day."""
    employed = Employment.objects.current(on).filter(agency__in=agencies)
    placed = Post.objects.current(on).filter(is_main=True, unit__agency__in=agencies)
    return Q(pk__in=employed.values("person")) | Q(pk__in=placed.values("person"))


def _navigation_key(key: str) -> str:
    return f"is-supervisor:{key}:{timezone.localdate():%Y%m%d}"


def _has_sight(on: dt.date) -> Q:
    """Match people who head a unit, are given someone by override, or are delegated the sight of one who is."""
    heads = Post.objects.current(on).filter(is_head=True)
    given = SupervisionOverride.objects.current(on).filter(effect=SupervisionOverride.Effect.SEES)
    lenders = Delegation.objects.current(on).filter(
        Q(Exists(heads.filter(person=OuterRef("from_person"))))
        | Q(Exists(given.filter(supervisor=OuterRef("from_person"))))
    )
    mine = OuterRef("pk")
    return (
        Q(Exists(heads.filter(person=mine)))
        | Q(Exists(given.filter(supervisor=mine)))
        | Q(Exists(lenders.filter(to_person=mine)))
    )


def _supervised(viewer: Person, on: dt.date) -> Q:
    """Match the viewer's own sight and each delegator's; the paths are fetched first, in one query."""
    delegators = Delegation.objects.current(on).filter(to_person=viewer).values("from_person")
    matched = _given(on, Q(supervisor=viewer) | Q(supervisor__in=delegators))
    for seer, paths in _headed_paths(viewer, delegators, on).items():
        matched |= _below(paths, on) & ~Q(pk=seer) & ~_taken_away(on, seer)
    return matched


def _headed_paths(viewer: Person, delegators: QuerySet, on: dt.date) -> dict[int, list[str]]:
    posts = Post.objects.current(on).filter(Q(person=viewer) | Q(person__in=delegators), is_head=True)
    paths: dict[int, list[str]] = defaultdict(list)
    for person, path in posts.values_list("person", "unit__path"):
        paths[person].append(path)
    return paths


def _below(paths: list[str], on: dt.date) -> Q:
    """Match people whose main post lies in or below one of the units; a path inside another adds nothing."""
    highest = [path for path in set(paths) if not any(path != other and path.startswith(other) for other in paths)]
    inside = Q()
    for path in sorted(highest):
        inside |= Q(unit__path__startswith=path)
    return Q(pk__in=Post.objects.current(on).filter(inside, is_main=True).values("person"))


def _given(on: dt.date, supervisors: Q) -> Q:
    rows = SupervisionOverride.objects.current(on).filter(supervisors, effect=SupervisionOverride.Effect.SEES)
    return Q(pk__in=rows.values("person"))


def _taken_away(on: dt.date, seer: int) -> Q:
    rows = SupervisionOverride.objects.current(on).filter(supervisor=seer, effect=SupervisionOverride.Effect.SEES_NOT)
    return Q(pk__in=rows.values("person"))
