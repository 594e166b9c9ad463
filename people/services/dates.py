"""Dated rows: how one ends, and which share a day."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _

from ..models import Dated

ONE_DAY = dt.timedelta(days=1)


def end(row: Dated, last_day: dt.date) -> None:
    """Let a dated row end on a day; a row that would have begun later never came true and is removed."""
    if row.valid_from > last_day:
        row.delete()
    else:
        row.valid_to = last_day
        row.save(update_fields=["valid_to"])


def overlapping(valid_from: dt.date, valid_to: dt.date | None) -> Q:
    """Match dated rows that share a day with the given span."""
    reaches = Q(valid_to__isnull=True) | Q(valid_to__gte=valid_from)
    return reaches & Q(valid_from__lte=valid_to) if valid_to else reaches


def require_order(valid_from: dt.date, valid_to: dt.date | None) -> None:
    """Raise ValidationError on the field `valid_to` when the last day lies before the first."""
    if valid_to and valid_to < valid_from:
        raise ValidationError({"valid_to": _("The last day lies before the first. Choose a later last day.")})
