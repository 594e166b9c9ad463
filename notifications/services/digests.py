"""Digests: one letter a day or week with what a person chose to get together, or what went beyond the day's limit."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from core.zones import Zone

from .. import planning
from ..models import DigestChoice, Letter, MessageSettings, Notice
from ..queries import message_settings

BATCH = 500
MONDAY = 0


def make_digests(*, now: dt.datetime | None = None) -> int:
    """Make a letter for everybody whose digest is due; return how many. At most one on a local day."""
    now = now or timezone.now()
    settings = message_settings()
    return sum(_make_in(zone, now, settings) for zone in Zone.values if _is_time(zone, now, settings))


def _is_time(zone: str, now: dt.datetime, settings: MessageSettings) -> bool:
    local = planning.local_time(now, zone).time()
    return local >= settings.digest_at and not planning.Quiet(settings.quiet_from, settings.quiet_until).holds(local)


def _make_in(zone: str, now: dt.datetime, settings: MessageSettings) -> int:
    day = planning.local_time(now, zone).date()
    waiting = Notice.objects.filter(in_digest=True, letter__isnull=True, person__time_zone=zone)
    waiting = waiting.exclude(person__letters__digest_on=day)
    never = DigestChoice.objects.filter(every=DigestChoice.Every.NEVER)
    weekly = DigestChoice.objects.filter(every=DigestChoice.Every.WEEK)
    waiting = waiting.exclude(person__in=never.values("person"))
    if day.weekday() != MONDAY:
        # A Monday on which nothing ran is made up for.
        overdue = now - dt.timedelta(days=7)
        waiting = waiting.exclude(person__in=weekly.values("person"), made_at__gt=overdue)
    made = last = 0
    while people := _people(waiting, last):
        made += _make_for(people, day, now)
        last = people[-1]
    return made


def _people(waiting, last: int) -> list[int]:
    people = waiting.filter(person__gt=last).order_by("person").values_list("person", flat=True).distinct()
    return list(people[:BATCH])


@transaction.atomic
def _make_for(people: list[int], day: dt.date, now: dt.datetime) -> int:
    """Make the letters and put the notices into them; whoever was quicker with one has made it."""
    rows = [Letter(person_id=pk, kind=Letter.DIGEST, digest_on=day, made_at=now, not_before=now) for pk in people]
    Letter.objects.bulk_create(rows, ignore_conflicts=True)
    letters = dict(Letter.objects.filter(person__in=people, digest_on=day).values_list("person", "pk"))
    waiting = Notice.objects.filter(person__in=people, in_digest=True, letter__isnull=True)
    notices = list(waiting.only("pk", "person"))
    for notice in notices:
        notice.letter_id = letters[notice.person_id]
    Notice.objects.bulk_update(notices, ["letter"])
    return len(letters)
