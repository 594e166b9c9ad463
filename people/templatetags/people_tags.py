"""What other apps' templates may ask about people."""

from django import template
from django.urls import reverse

from people import devices, identifiers, visibility
from people.models import AgencyRole, Delegation, Employment, Post, Status

register = template.Library()


@register.simple_tag(takes_context=True)
def is_supervisor(context) -> bool:
    """Say whether the person who is signed in has a team today: `{% is_supervisor as has_team %}`."""
    request = context.get("request")
    return bool(request) and visibility.shows_team(request.user)


@register.filter
def device_name(user_agent: str) -> str:
    return devices.device_name(user_agent)


@register.filter
def printed_nip(digits: str) -> str:
    """Show a NIP in groups of 8-6-1-3."""
    return identifiers.format_nip(digits)


@register.simple_tag
def row_url(row) -> str:
    """Return the admin's address of a dated row."""
    return reverse(f"{row._meta.model_name}:edit", args=[row.pk])


@register.simple_tag
def add_url(kind: str) -> str:
    """Return the admin's address where a dated row of a kind is begun."""
    return reverse(f"{kind}:add")


@register.filter
def told(row) -> str:
    """Say in a line what a dated row is, for the person's page in the admin."""
    if isinstance(row, Employment):
        return f"{row.get_kind_display()} {identifiers.format_nip(row.nip)}, {row.agency}"
    if isinstance(row, Post):
        return f"{row}, {row.unit}"
    if isinstance(row, Status):
        return row.get_kind_display()
    if isinstance(row, AgencyRole):
        return f"{row.get_role_display()}, {row.agency}"
    if isinstance(row, Delegation):
        return f"{row.from_person} → {row.to_person}"
    return f"{row.supervisor}: {row.get_effect_display()}, {row.person}"
