"""What other apps' templates may ask about people."""

from django import template

from people import identifiers, visibility

register = template.Library()


@register.simple_tag(takes_context=True)
def is_supervisor(context) -> bool:
    """Say whether the person who is signed in has a team today: `{% is_supervisor as has_team %}`."""
    request = context.get("request")
    return bool(request) and visibility.shows_team(request.user)


@register.filter
def printed_nip(digits: str) -> str:
    """Show a NIP in groups of 8-6-1-3."""
    return identifiers.format_nip(digits)
