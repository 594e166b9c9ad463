"""Writes of dated rows of JP. What was in force stays as it was: it ends the day before the next one begins."""

import datetime as dt
from typing import TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from people.models import Person

from ..models import AgencyCreditSetting, IpLine, JpRule, TargetRule
from ..rulebook import forget_rulebook

Row = TypeVar("Row", JpRule, TargetRule, AgencyCreditSetting, IpLine)

ONE_DAY = dt.timedelta(days=1)
BEGINS_LATER = gettext_lazy("Days that have passed keep their rules. Choose today or a later day.")


@transaction.atomic
def begin_row(*, row: Row, identity: tuple[str, ...], by: Person) -> Row:
    """Put a new row in force and end the one before it; return it.

    `identity` names the fields that tell which rows follow each other (form and scope of a rule). A row that is planned
    for the same day is replaced, as it has never been in force; the next planned one ends this. Raise ValidationError
    for a day that has passed: what was decided then stands.
    """
    if row.valid_from < timezone.localdate():
        raise ValidationError({"valid_from": BEGINS_LATER})
    siblings = type(row)._default_manager.filter(**{name: getattr(row, name) for name in identity})
    rows = list(siblings.select_for_update().order_by("valid_from"))
    same_day = next((one for one in rows if one.valid_from == row.valid_from), None)
    if same_day is not None and row.valid_from <= timezone.localdate():
        raise ValidationError({"valid_from": _("Something begins on this day already. Choose a later day.")})
    following = next((one for one in rows if one.valid_from > row.valid_from), None)
    in_force = Q(valid_to__isnull=True) | Q(valid_to__gte=row.valid_from)
    siblings.filter(in_force, valid_from__lt=row.valid_from).update(valid_to=row.valid_from - ONE_DAY)
    row.pk = same_day.pk if same_day else None
    row._state.adding = same_day is None
    row.valid_to = following.valid_from - ONE_DAY if following else None
    row.made_by, row.made_at = by, timezone.now()
    row.full_clean()
    row.save()
    transaction.on_commit(forget_rulebook)
    return row
