"""Units: made, renamed, merged and split. The old unit keeps its dates; posts and units below go on in the new one."""

import datetime as dt
import secrets
from collections.abc import Mapping, Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Concat, Substr
from django.utils import timezone
from django.utils.translation import gettext as _

from ..models import Agency, Person, Post, Unit, UnitChange
from .dates import ONE_DAY, end
from .posts import announce

DIGITS_OF_ID = 6


@transaction.atomic
def make_unit(
    *, agency: Agency, name: str, valid_from: dt.date, parent: Unit | None = None, siasn_id: str = ""
) -> Unit:
    """Make a unit of an agency, below another when one is given."""
    if parent and parent.agency_id != agency.pk:
        raise ValidationError({"parent": _("The unit above belongs to another agency.")})
    unit = Unit(agency=agency, name=name, valid_from=valid_from, parent=parent, siasn_id=siasn_id)
    unit.path = secrets.token_hex(16)  # until the row has its id
    unit.full_clean()
    unit.save()
    unit.path = f"{parent.path if parent else ''}{unit.pk:0{DIGITS_OF_ID}d}."
    unit.save(update_fields=["path"])
    return unit


@transaction.atomic
def rename_unit(*, unit: Unit, name: str, on: dt.date) -> Unit:
    """Give a unit another name from a day: a new unit follows the old one, with all its people, heads too."""
    _require_reorganisable([unit], on)
    successor = make_unit(agency=unit.agency, name=name, valid_from=on, parent=unit.parent)
    _succeed(unit, successor, UnitChange.Kind.RENAMED, on)
    _carry_posts(unit.posts.current(on), successor, on, keep_heads=True)
    _carry_children(unit, successor)
    end(unit, on - ONE_DAY)
    return successor


@transaction.atomic
def merge_units(*, units: Sequence[Unit], name: str, on: dt.date, head: Person | None = None) -> Unit:
    """Merge units of one parent from a day. The given person heads the new unit; other heads stay as members."""
    _require_reorganisable(units, on)
    if len(units) < 2 or len({(unit.agency_id, unit.parent_id) for unit in units}) > 1:
        raise ValidationError({"units": _("Choose two or more units that are part of the same unit.")})
    first = units[0]
    successor = make_unit(agency=first.agency, name=name, valid_from=on, parent=first.parent)
    for unit in units:
        _succeed(unit, successor, UnitChange.Kind.MERGED, on)
        _carry_posts(unit.posts.current(on), successor, on, head=head)
        _carry_children(unit, successor)
        end(unit, on - ONE_DAY)
    return successor


@transaction.atomic
def split_unit(*, unit: Unit, names: Sequence[str], on: dt.date, people: Mapping[int, int]) -> list[Unit]:
    """Split a unit from a day. `people` maps a person's id to the index of a name; all else goes to the first."""
    _require_reorganisable([unit], on)
    if len(names) < 2:
        raise ValidationError({"names": _("Name two or more units that follow.")})
    successors = [make_unit(agency=unit.agency, name=name, valid_from=on, parent=unit.parent) for name in names]
    posts = list(unit.posts.current(on))
    for number, successor in enumerate(successors):
        _succeed(unit, successor, UnitChange.Kind.SPLIT, on)
        _carry_posts(
            [post for post in posts if people.get(post.person_id, 0) == number], successor, on, keep_heads=True
        )
    _carry_children(unit, successors[0])
    end(unit, on - ONE_DAY)
    return successors


def _require_reorganisable(units: Sequence[Unit], on: dt.date) -> None:
    """Refuse days to come (children move at once) and days on which something of the unit begins."""
    if on > timezone.localdate():
        raise ValidationError({"on": _("Record this on the day it takes effect or after it.")})
    for unit in units:
        if unit.valid_to is not None or unit.valid_from >= on:
            raise ValidationError({"on": _("The unit is not in force in these days. Choose its successor.")})
        if unit.posts.filter(valid_from__gte=on).exists():
            raise ValidationError({"on": _("A post in the unit begins on or after this day. Choose a later day.")})


def _succeed(unit: Unit, successor: Unit, kind: str, on: dt.date) -> None:
    UnitChange.objects.create(kind=kind, predecessor=unit, successor=successor, on=on)


def _carry_posts(posts, successor: Unit, on: dt.date, *, keep_heads: bool = False, head: Person | None = None) -> None:
    """End each post the day before and continue it, to its own last day, in the successor."""
    for old in list(posts):
        last_day = old.valid_to
        end(old, on - ONE_DAY)
        is_head = old.is_head and (keep_heads or old.person == head)
        announce(
            Post.objects.create(
                person=old.person,
                unit=successor,
                title=old.title,
                kind=old.kind,
                assignment=old.assignment,
                is_head=is_head,
                is_main=old.is_main,
                valid_from=on,
                valid_to=last_day,
            )
        )


def _carry_children(unit: Unit, successor: Unit) -> None:
    """Hang the units below onto the successor: everything under the old path gets the new prefix."""
    below = Unit.objects.filter(path__startswith=unit.path).exclude(pk=unit.pk)
    below.update(path=Concat(Value(successor.path), Substr(F("path"), len(unit.path) + 1)))
    unit.children.exclude(pk=successor.pk).update(parent=successor)
