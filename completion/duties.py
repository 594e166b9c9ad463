"""Reads of standing duties: which are in force, whom they reach, how far their people are."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, F, Q
from django.db.models.lookups import LessThan
from django.utils import timezone

from core.zones import local_date

from .models import Completion, Duty, Enrolment
from .queries import due_annotation, is_exempted, superseded


def is_in_force(duty: Duty, on: dt.date) -> bool:
    """Say whether a duty asks on a day of its agency."""
    return duty.starts_on <= on and (duty.ends_on is None or duty.ends_on >= on)


def duties_in_force(now: dt.datetime, **wanted) -> list[Duty]:
    """Return the duties in force at a moment, each by the calendar of its agency; one query."""
    near = dt.timedelta(days=1)
    rows = Duty.objects.filter(starts_on__lte=now.date() + near, **wanted)
    rows = rows.exclude(ends_on__lt=now.date() - near).select_related("agency", "audience", "course", "path")
    return [duty for duty in rows.order_by("pk") if is_in_force(duty, local_date(now, duty.agency.time_zone))]


@dataclass(frozen=True)
class DutyFigures:
    """People a duty asks, in their latest cycle: all, done with everything, past due. The exempted are not counted."""

    people: int = 0
    done: int = 0
    late: int = 0


def duty_figures(duty_ids: Collection[int]) -> dict[int, DutyFigures]:
    """Return the figures of some duties in one query."""
    now = timezone.now()
    asked = Enrolment.objects.filter(
        ~superseded(), ~is_exempted(), assignments__duty__in=duty_ids, assignments__withdrawn_at__isnull=True
    )
    open_now = ~Q(completion=Completion.COMPLETE)
    rows = (
        asked.annotate(duty=F("assignments__duty"), late=LessThan(due_annotation(), now))
        .order_by()
        .values("duty")
        .annotate(
            people=Count("person", distinct=True),
            open=Count("person", distinct=True, filter=open_now),
            past=Count("person", distinct=True, filter=open_now & Q(late=True)),
        )
    )
    return {row["duty"]: DutyFigures(row["people"], row["people"] - row["open"], row["past"]) for row in rows}
