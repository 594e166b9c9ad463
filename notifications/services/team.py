"""Supervisors: once a day told who of the team has come past due by a step, once a week how the team stands.

Counts and a way to the team's page, no names: e-mail is read by others, the page asks who is reading.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.zones import Zone, local_date
from people.models import Person
from people.visibility import nearest_supervisors, stand_ins

from .. import planning, wording
from ..builtin_kinds import ESCALATION, TEAM_WEEK
from ..models import MessageLog, MessageSettings, ReminderRun
from ..queries import due_rows, message_settings, unfinished
from .telling import Message, notify_many

BATCH = 200
TEAM = "/tim/"
A_YEAR = dt.timedelta(days=366)


# --- escalation ------------------------------------------------------------------------------------------------------


def tell_supervisors(*, now: dt.datetime | None = None) -> int:
    """Tell each supervisor, in one notice, of those about whom the log has something to say; return how many.

    Whom a supervisor delegated to today is told as well, with what stands for their own people, never of themselves.
    """
    now = now or timezone.now()
    waiting, told, last = MessageLog.objects.filter(is_told=False), 0, 0
    while ids := list(_people(waiting, last)):
        told += _tell_some(ids, now)
        last = ids[-1]
    return told


def _people(waiting, last: int):
    people = waiting.filter(person__gt=last).order_by("person").values_list("person", flat=True).distinct()
    return people[:BATCH]


@transaction.atomic
def _tell_some(supervisors: list[int], now: dt.datetime) -> int:
    rows = MessageLog.objects.select_for_update().filter(is_told=False, person__in=supervisors)
    entries: dict[int, list[int]] = defaultdict(list)
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    lent = stand_ins(supervisors, timezone.localdate(now))
    late = rows.filter(enrolment__in=unfinished()).order_by("pk")
    names = ("pk", "person", "enrolment__person", "enrolment__course__title")
    for pk, supervisor, person, course in late.values_list(*names):
        for told in _once([supervisor, *lent.get(supervisor, [])], but=person):
            entries[told].append(pk)
            counts[told][course] += 1
    people = Person.objects.in_bulk(list(entries))
    messages = [
        _message(people[pk], f"team-late:{entries[pk][-1]}", ESCALATION, counts[pk]) for pk in entries if pk in people
    ]
    for notice in notify_many(messages, now=now):
        MessageLog.objects.filter(pk__in=entries[notice.person_id], person=notice.person_id).update(notice=notice)
    # Who was done in the meantime is told of by nobody; the reason stays in the log.
    done = rows.exclude(pk__in=[pk for found in entries.values() for pk in found])
    done.update(decision=MessageLog.Decision.WITHHELD, reason=MessageLog.Reason.STALE)
    MessageLog.objects.filter(is_told=False, person__in=supervisors).update(is_told=True)
    return len(messages)


def _once(people: Iterable[int], *, but: int) -> Iterable[int]:
    return (one for one in dict.fromkeys(people) if one != but)


# --- the week --------------------------------------------------------------------------------------------------------


def tell_teams_of_the_week(*, now: dt.datetime | None = None) -> int:
    """On the day of the summary, tell the supervisors of each zone that is awake how many of the team are past due."""
    now = now or timezone.now()
    settings = message_settings()
    zones = [zone for zone in Zone.values if _is_its_day(zone, now, settings)]
    if not zones:
        return 0
    told = _tell_week(_late_by_supervisor(now), zones, now)
    for zone in zones:
        ReminderRun.objects.get_or_create(zone=_week(zone), day=local_date(now, zone))
    return told


def _week(zone: str) -> str:
    return f"week {zone}"


def _is_its_day(zone: str, now: dt.datetime, settings: MessageSettings) -> bool:
    local = planning.local_time(now, zone)
    if planning.Quiet(settings.quiet_from, settings.quiet_until).holds(local.time()):
        return False
    is_day = local.weekday() == settings.team_weekday
    return is_day and not ReminderRun.objects.filter(zone=_week(zone), day=local.date()).exists()


def _late_by_supervisor(now: dt.datetime) -> dict[int, Counter[str]]:
    """Count who is past due by supervisor and course; memory grows with supervisors and courses, not with people."""
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    on = timezone.localdate(now)
    for rows in due_rows(since=now - A_YEAR, before=now, on=on, size=500):
        supervisors = nearest_supervisors([row.person.pk for row in rows], on)
        lent = stand_ins(set(supervisors.values()), on)
        for row in rows:
            supervisor = supervisors.get(row.person.pk)
            if supervisor is not None and not row.is_away:
                for told in _once([supervisor, *lent.get(supervisor, [])], but=row.person.pk):
                    counts[told][row.course_title] += 1
    return counts


def _tell_week(counts: dict[int, Counter[str]], zones: list[str], now: dt.datetime) -> int:
    told, ids = 0, sorted(counts)
    for start in range(0, len(ids), BATCH):
        people = Person.objects.filter(pk__in=ids[start : start + BATCH], time_zone__in=zones)
        messages = [
            _message(person, f"team-week:{local_date(now, person.time_zone):%G-%V}", TEAM_WEEK, counts[person.pk])
            for person in people
        ]
        told += len(notify_many(messages, now=now))
    return told


def _message(person: Person, key: str, kind: str, counts: Counter[str]) -> Message:
    number = counts.total()
    with translation.override(person.language), timezone.override(ZoneInfo(person.time_zone)):
        title = ngettext(
            "%(count)d course of your team is past due", "%(count)d courses of your team are past due", number
        ) % {"count": number}
        closing = _("Who they are stands on the page of your team. A word from you often helps.")
        return Message(person, key, kind, title, f"{wording.team(counts)}\n\n{closing}", TEAM)
