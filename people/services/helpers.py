"""People who help with one thing in the admin: a group opens it to them, and nothing else in it."""

from django.contrib.auth.models import Group, Permission
from django.db import transaction

from ..editor_account import make_profile
from ..models import Person


@transaction.atomic
def open_admin(*, person: Person, group: str) -> None:
    """Put a person into the group of a name, made on the first use, which may enter the admin and do nothing there."""
    helpers, made = Group.objects.get_or_create(name=group)
    if made:
        helpers.permissions.add(Permission.objects.get(content_type__app_label="wagtailadmin", codename="access_admin"))
    person.groups.add(helpers)
    make_profile(person)


def close_admin(*, person: Person, group: str) -> None:
    """Take a person out of the group of a name; what other groups open stays open."""
    person.groups.remove(*Group.objects.filter(name=group))
