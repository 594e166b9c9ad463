"""Roles in an agency, and the Wagtail groups that follow them."""

import datetime as dt

from django.contrib.auth.models import Group, Permission
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from ..editor_account import make_profile
from ..models import Agency, AgencyRole, Person
from .dates import ONE_DAY, end, overlapping, require_order


def agency_group(*, agency: Agency, role: str) -> Group:
    """Return the Wagtail group of a role in an agency, made when missing; by itself it only opens the admin."""
    group, made = Group.objects.get_or_create(name=group_name(agency.short_name, role))
    if made:
        group.permissions.add(Permission.objects.get(content_type__app_label="wagtailadmin", codename="access_admin"))
    return group


def group_name(agency_name: str, role: str) -> str:
    """Return the name of a role's group: `Editor — Kota Palu`. A name is data and is not translated."""
    return f"{role.capitalize()} — {agency_name}"


@transaction.atomic
def rename_agency(*, agency: Agency, short_name: str) -> None:
    """Give an agency another short name; its groups keep their members and rights under the new name."""
    for role in AgencyRole.Role.values:
        Group.objects.filter(name=group_name(agency.short_name, role)).update(name=group_name(short_name, role))
    agency.short_name = short_name
    agency.save(update_fields=["short_name"])


@transaction.atomic
def grant_role(
    *, person: Person, agency: Agency, role: str, valid_from: dt.date | None = None, valid_to: dt.date | None = None
) -> AgencyRole:
    """Give a person a role in an agency, from today when no day is given; group membership follows the dates."""
    valid_from = valid_from or timezone.localdate()
    require_order(valid_from, valid_to)
    if person.agency_roles.filter(overlapping(valid_from, valid_to), agency=agency, role=role).exists():
        raise ValidationError({"role": _("The person has this role in these days already.")})
    granted = AgencyRole.objects.create(
        person=person, agency=agency, role=role, valid_from=valid_from, valid_to=valid_to
    )
    agency_group(agency=agency, role=role)
    sync_groups(person)
    return granted


@transaction.atomic
def end_role(*, role: AgencyRole, last_day: dt.date | None = None) -> None:
    """End a role: at once, or with a given last day."""
    end(role, last_day or timezone.localdate() - ONE_DAY)
    sync_groups(role.person)


def sync_groups(person: Person) -> None:
    """Make membership of the agencies' groups follow the roles in force today; other groups are left alone.

    Who works in the admin gets a profile there, with their own language and time zone.
    """
    current_roles = person.agency_roles.current().select_related("agency")
    wanted = {agency_group(agency=row.agency, role=row.role) for row in current_roles}
    managed = Q()
    for role in AgencyRole.Role.values:
        managed |= Q(name__startswith=group_name("", role))
    person.groups.remove(*person.groups.filter(managed).exclude(pk__in=[group.pk for group in wanted]))
    person.groups.add(*wanted)
    if wanted or person.is_superuser:
        make_profile(person)
