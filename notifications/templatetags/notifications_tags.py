"""What other apps' templates may ask about messages."""

from django import template

from notifications import queries, wording
from notifications.models import MessageLog, Notice

register = template.Library()
SHOWN_TODAY = 3


@register.filter
def unread_count(person) -> int:
    """Return how many notices a person has not read: read along with the person on every view, else one query."""
    known = getattr(person, "unread_notices", None)
    return queries.inbox(person).filter(read_at__isnull=True).count() if known is None else known


@register.simple_tag
def unread_notices(person) -> list[Notice]:
    """Return the newest unread notices for today's page; no query where there are none."""
    if not unread_count(person):
        return []
    return list(queries.inbox(person).filter(read_at__isnull=True)[:SHOWN_TODAY])


@register.filter
def reason_words(row: MessageLog) -> str:
    return wording.reason(row)
