"""Saving groups of people."""

from collections.abc import Iterable
from functools import partial

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from ..models import Agency, Audience, Person, Unit
from ..signals import audience_changed


@transaction.atomic
def save_audience(
    *,
    audience: Audience | None = None,
    agency: Agency,
    name: str,
    units: Iterable[Unit] = (),
    post_kinds: Iterable[str] = (),
    employee_kinds: Iterable[str] = (),
    grades: Iterable[str] = (),
    people: Iterable[Person] = (),
) -> Audience:
    """Write a group of people, new or changed; it stays with its agency. Raise ValidationError by field."""
    units = list(units)
    group = audience or Audience(agency=agency)
    if group.agency_id != agency.pk:
        raise ValidationError({"agency": _("A group stays with its agency. Make another one there.")})
    if any(unit.agency_id != agency.pk for unit in units):
        raise ValidationError({"units": _("This unit is not one of the agency's.")})
    if Audience.objects.filter(agency=agency, name=name).exclude(pk=group.pk).exists():
        raise ValidationError({"name": _("The agency has a group of this name already.")})
    group.name = name
    group.post_kinds, group.employee_kinds, group.grades = list(post_kinds), list(employee_kinds), list(grades)
    group.save()
    group.units.set(units)
    group.people.set(people)
    transaction.on_commit(partial(audience_changed.send, sender=Audience, audience_id=group.pk))
    return group
