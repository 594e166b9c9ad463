"""Words of the learning record."""

from django import template
from django.utils import formats

from credits import wording
from credits.record.rows import RecordRow

register = template.Library()

register.filter("jp_exact", wording.precise)


@register.filter
def record_days(row: RecordRow) -> str:
    """Write the first and the last day: `3 Nov 2026 – 5 Nov 2026`."""
    first, last = (formats.date_format(day, "j M Y") for day in (row.started_on, row.ended_on))
    return first if first == last else f"{first} – {last}"
