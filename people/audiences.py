"""Who belongs to a group of people: one answer, as SQL for lists and as a set of ids for one person.

Somebody in service belongs who is named, or who works for the agency of the group and fits every criterion that is
filled: the unit and the kind of the main post, the kind and the grade of an employment. A unit stands for all below it
and, from the day of a reorganisation, for what it became. With no criterion filled only those named belong.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from .models import Audience, Employment, Person, Post, Status, Unit, UnitChange
from .queries import left_service
from .visibility import in_agencies


@dataclass(frozen=True)
class Criteria:
    """What a group asks. `people` are ids, or a query of them."""

    agency_id: int
    unit_ids: tuple[int, ...] = ()
    post_kinds: tuple[str, ...] = ()
    employee_kinds: tuple[str, ...] = ()
    grades: tuple[str, ...] = ()
    people: Any = ()

    @property
    def asks(self) -> bool:
        """Say whether any criterion is filled."""
        return bool(self.unit_ids or self.post_kinds or self.employee_kinds or self.grades)


def members(audience: Audience, on: dt.date | None = None) -> QuerySet[Person]:
    """Return the people who belong to a group on a day (today when none is given); two or three queries in all."""
    return members_by(_criteria_of(audience), on)


def includes(audience: Audience, person: Person, on: dt.date | None = None) -> bool:
    """Say whether a person is among the members of a group on a day."""
    return members(audience, on).filter(pk=person.pk).exists()


def members_by(criteria: Criteria, on: dt.date | None = None) -> QuerySet[Person]:
    """Return the people in service who fit criteria that need not be saved, and those they name."""
    on = on or timezone.localdate()
    matched = Q(pk__in=criteria.people)
    if criteria.asks:
        matched |= in_agencies([criteria.agency_id], on) & _fits_post(criteria, on) & _fits_employment(criteria, on)
    return Person.objects.filter(~left_service(on), matched)


def audiences_of(person: Person, on: dt.date | None = None) -> set[int]:
    """Return the ids of all groups that a person belongs to on a day; seven queries, however many groups there are."""
    on = on or timezone.localdate()
    if Status.objects.current(on).filter(person=person.pk, kind=Status.Kind.LEFT).exists():
        return set()
    posts = list(Post.objects.current(on).filter(person=person.pk, is_main=True).select_related("unit"))
    employments = list(Employment.objects.current(on).filter(person=person.pk))
    agencies = {post.unit.agency_id for post in posts} | {employment.agency_id for employment in employments}
    found = set(Audience.people.through.objects.filter(person=person.pk).values_list("audience", flat=True))
    groups = list(Audience.objects.filter(agency__in=agencies))
    units = _units_of_groups(groups)
    paths = unit_paths({unit for ids in units.values() for unit in ids}, on)
    for group in groups:
        asked = _criteria(group, units.get(group.pk, ()))
        if asked.asks and _one_post_fits(asked, posts, paths) and _one_employment_fits(asked, employments):
            found.add(group.pk)
    return found


# --- units and what they became --------------------------------------------------------------------------------------


def unit_paths(unit_ids: Iterable[int], on: dt.date | None = None) -> dict[int, tuple[str, ...]]:
    """Return for each unit the paths that stand for it on a day: its own and those of what it became; two queries.

    A unit that was renamed, merged or split lives on in its successors; an unknown id has no path, so nobody fits it.
    """
    wanted = set(unit_ids)
    if not wanted:
        return {}
    on = on or timezone.localdate()
    own = dict(Unit.objects.filter(pk__in=wanted).values_list("pk", "path"))
    changes = UnitChange.objects.filter(predecessor__agency__units__in=wanted, on__lte=on).distinct()
    became: dict[int, set[int]] = {}
    successor_paths = {}
    for predecessor, successor, path in changes.values_list("predecessor", "successor", "successor__path"):
        became.setdefault(predecessor, set()).add(successor)
        successor_paths[successor] = path
    return {unit: (own[unit], *(successor_paths[pk] for pk in _reached(unit, became))) for unit in own}


def _reached(unit: int, became: Mapping[int, set[int]]) -> list[int]:
    seen: set[int] = set()
    waiting = [unit]
    while waiting:
        for successor in became.get(waiting.pop(), set()) - seen:
            seen.add(successor)
            waiting.append(successor)
    return sorted(seen)


# --- as SQL ----------------------------------------------------------------------------------------------------------


def _fits_post(criteria: Criteria, on: dt.date) -> Q:
    if not (criteria.unit_ids or criteria.post_kinds):
        return Q()
    posts = Post.objects.current(on).filter(is_main=True)
    if criteria.unit_ids:
        inside = Q(pk__in=[])
        for path in {path for paths in unit_paths(criteria.unit_ids, on).values() for path in paths}:
            inside |= Q(unit__path__startswith=path)
        posts = posts.filter(inside)
    if criteria.post_kinds:
        posts = posts.filter(kind__in=criteria.post_kinds)
    return Q(pk__in=posts.values("person"))


def _fits_employment(criteria: Criteria, on: dt.date) -> Q:
    if not (criteria.employee_kinds or criteria.grades):
        return Q()
    rows = Employment.objects.current(on)
    if criteria.employee_kinds:
        rows = rows.filter(kind__in=criteria.employee_kinds)
    if criteria.grades:
        rows = rows.filter(grade__in=criteria.grades)
    return Q(pk__in=rows.values("person"))


# --- for one person --------------------------------------------------------------------------------------------------


def _one_post_fits(criteria: Criteria, posts: Iterable[Post], paths: Mapping[int, tuple[str, ...]]) -> bool:
    if not (criteria.unit_ids or criteria.post_kinds):
        return True
    within = tuple(path for unit in criteria.unit_ids for path in paths.get(unit, ()))
    return any(
        (not criteria.unit_ids or post.unit.path.startswith(within))
        and (not criteria.post_kinds or post.kind in criteria.post_kinds)
        for post in posts
    )


def _one_employment_fits(criteria: Criteria, employments: Iterable[Employment]) -> bool:
    if not (criteria.employee_kinds or criteria.grades):
        return True
    return any(
        (not criteria.employee_kinds or row.kind in criteria.employee_kinds)
        and (not criteria.grades or row.grade in criteria.grades)
        for row in employments
    )


# --- reading a group -------------------------------------------------------------------------------------------------


def _criteria_of(audience: Audience) -> Criteria:
    units = audience.units.order_by().values_list("pk", flat=True)
    return _criteria(audience, units, Audience.people.through.objects.filter(audience=audience.pk).values("person"))


def _criteria(audience: Audience, unit_ids: Iterable[int], people: Any = ()) -> Criteria:
    return Criteria(
        agency_id=audience.agency_id,
        unit_ids=tuple(unit_ids),
        post_kinds=tuple(audience.post_kinds),
        employee_kinds=tuple(audience.employee_kinds),
        grades=tuple(audience.grades),
        people=people,
    )


def _units_of_groups(groups: Iterable[Audience]) -> dict[int, list[int]]:
    units: dict[int, list[int]] = {}
    rows = Audience.units.through.objects.filter(audience__in=list(groups))
    for group, unit in rows.values_list("audience", "unit"):
        units.setdefault(group, []).append(unit)
    return units
