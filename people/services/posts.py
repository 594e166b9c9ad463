"""Posts: where people are placed, and moved to."""

import datetime as dt
from functools import partial

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ..models import Person, Post, Unit
from ..signals import person_moved
from ..visibility import forget_navigation
from .dates import ONE_DAY, end, overlapping, require_order


@transaction.atomic
def place(
    *,
    person: Person,
    unit: Unit,
    title: str,
    valid_from: dt.date,
    valid_to: dt.date | None = None,
    kind: str = Post.Kind.PELAKSANA,
    assignment: str = Post.Assignment.DEFINITIVE,
    is_head: bool = False,
    is_main: bool = True,
) -> Post:
    """Give a person a post. One main post at a time; one definitive head of a unit at a time."""
    require_order(valid_from, valid_to)
    _require_unit_in_force(unit, valid_from)
    shared_days = overlapping(valid_from, valid_to)
    if is_main and person.posts.filter(shared_days, is_main=True).exists():
        raise ValidationError({"is_main": _("The person has a main post in these days. Move the person instead.")})
    definitive = assignment == Post.Assignment.DEFINITIVE
    if is_head and definitive and unit.posts.filter(shared_days, is_head=True, assignment=assignment).exists():
        raise ValidationError({"is_head": _("The unit has a head in these days. End that post first, or choose Plt.")})
    post = Post(
        person=person,
        unit=unit,
        title=title,
        kind=kind,
        assignment=assignment,
        is_head=is_head,
        is_main=is_main,
        valid_from=valid_from,
        valid_to=valid_to,
    )
    post.full_clean()
    post.save()
    announce(post)
    return post


@transaction.atomic
def move_person(*, person: Person, unit: Unit, title: str, on: dt.date, **post) -> Post:
    """End the main post the day before and begin another on the day; takes the other fields of `place`."""
    before = person.posts.filter(overlapping(on, None), is_main=True)
    if before.filter(valid_from__gte=on).exists():
        raise ValidationError({"on": _("A main post begins on or after this day already. Choose a later day.")})
    for old in before:
        end(old, on - ONE_DAY)
    return place(person=person, unit=unit, title=title, valid_from=on, is_main=True, **post)


@transaction.atomic
def end_post(*, post: Post, last_day: dt.date) -> None:
    """Let a post end on a day: the sight that came with it ends with the day."""
    end(post, last_day)
    forget_navigation(post.person)


def _require_unit_in_force(unit: Unit, on: dt.date) -> None:
    if unit.valid_from > on or (unit.valid_to and unit.valid_to < on):
        raise ValidationError({"unit": _("The unit does not exist on this day. Choose the unit that followed it.")})


def announce(post: Post) -> None:
    """Tell the apps above, on commit, that a person counts in a unit from today; later days are told by `keep_up`."""
    forget_navigation(post.person)
    today = timezone.localdate()
    if post.is_main and post.valid_from <= today and (post.valid_to is None or post.valid_to >= today):
        transaction.on_commit(partial(person_moved.send, sender=Post, person_id=post.person_id, unit_id=post.unit_id))
