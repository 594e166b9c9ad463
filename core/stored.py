"""Files that wait in the store for somebody, each named by a row's `stored_as`: after three days both are deleted."""

import datetime as dt
from typing import Any

from django.core.files.storage import default_storage
from django.db.models import Model
from django.utils import timezone

KEPT = dt.timedelta(days=3)


def throw_away(row: Any) -> None:
    """Delete a row and its file, if it has one still."""
    if row.stored_as:
        default_storage.delete(row.stored_as)
    row.delete()


def throw_away_old(model: type[Model], made_at: str, now: dt.datetime | None = None) -> int:
    """Delete the rows that are older than three days by the field `made_at`, with their files; return how many."""
    old = list(model._default_manager.filter(**{f"{made_at}__lt": (now or timezone.now()) - KEPT}))
    for row in old:
        throw_away(row)
    return len(old)
