"""Reminders: who is due for which step today, decided once and written down with its reason.

Each zone has its day: as soon as its quiet hours end, all its steps are decided, in batches of 500 people, each batch
with its log in one transaction. A command that is killed goes on where it was, for what the log holds is not decided
again; a day on which nothing ran is made up for by the newest step that still holds. Quiet hours defer: the next run
after them decides afresh, from the due moment, the extensions and the completion of then.
"""

import datetime as dt
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.utils import timezone, translation

from core.zones import Zone, local_date
from people.visibility import nearest_supervisors

from .. import planning, wording
from ..builtin_kinds import REMINDER, REMINDER_LATE
from ..models import MessageLog, MessageSettings, Notice, ReminderRun, ReminderStep
from ..queries import DueRow, course_paths, decided_steps, due_rows, message_settings, sent_today
from .telling import Message, notify_many

logger = logging.getLogger(__name__)

BATCH = 500
# A step whose day is longer past is not looked at any more: nothing of it would be sent.
LOOK_BACK = dt.timedelta(days=14)

Decision, Reason = MessageLog.Decision, MessageLog.Reason


@dataclass
class Told:
    """How many messages a run decided about, by decision."""

    sent: int = 0
    withheld: int = 0

    def add(self, rows: list[MessageLog]) -> None:
        sent = sum(row.decision == Decision.SENT for row in rows)
        self.sent, self.withheld = self.sent + sent, self.withheld + len(rows) - sent


@dataclass(frozen=True)
class Day:
    """A zone's day of reminding: what holds for all its batches. `paths` keeps where courses stand."""

    zone: str
    now: dt.datetime
    quiet: planning.Quiet
    cap: int
    steps: tuple[ReminderStep, ...]
    paths: dict[int, str] = field(default_factory=dict)

    @property
    def date(self) -> dt.date:
        return local_date(self.now, self.zone)

    @property
    def begins(self) -> dt.datetime:
        return dt.datetime.combine(self.date, dt.time(), tzinfo=ZoneInfo(self.zone))

    def bound(self, days: int) -> dt.datetime:
        """Return before which moment something is due whose step of so many days has come today."""
        day = self.date - dt.timedelta(days=days - 1)
        return dt.datetime.combine(day, dt.time(), tzinfo=ZoneInfo(self.zone))

    def bounds_for(self, recipient: str) -> list[tuple[dt.datetime, int]]:
        return [(self.bound(step.days), step.id) for step in sorted(self.steps_for(recipient), reverse=True)]

    def steps_for(self, recipient: str) -> list[planning.Step]:
        return [planning.Step(step.days, step.pk) for step in self.steps if step.recipient == recipient]


def remind(*, now: dt.datetime | None = None) -> Told:
    """Decide about all reminders that are due, in every zone that is awake and has not had its run today."""
    now = now or timezone.now()
    told = Told()
    settings, steps = message_settings(), tuple(ReminderStep.objects.filter(is_active=True))
    for zone in Zone.values:
        if day := _day(zone, now, settings, steps):
            for rows in _batches(day):
                told.add(_decide_once(day, rows))
            ReminderRun.objects.get_or_create(zone=zone, day=day.date)
    return told


def _day(zone: str, now: dt.datetime, settings: MessageSettings, steps: tuple[ReminderStep, ...]) -> Day | None:
    quiet = planning.Quiet(settings.quiet_from, settings.quiet_until)
    if quiet.holds(planning.local_time(now, zone).time()):
        return None
    if ReminderRun.objects.filter(zone=zone, day=local_date(now, zone)).exists():
        return None
    return Day(zone, now, quiet, settings.reminders_a_day, steps)


def _batches(day: Day) -> Iterator[list[DueRow]]:
    """Yield, by due moment, what has come to a step that nothing was decided about yet, for learner or supervisor."""
    if not day.steps:
        return
    days = [step.days for step in day.steps]
    yield from due_rows(
        zone=day.zone,
        on=day.date,
        since=day.bound(max(days)) - LOOK_BACK,
        before=day.bound(min(days)),
        size=BATCH,
        undecided=[day.bounds_for(recipient) for recipient in ReminderStep.Recipient.values],
    )


def _decide_once(day: Day, rows: list[DueRow]) -> list[MessageLog]:
    """Decide about a batch in one transaction; where another run was quicker with some of it, look again."""
    try:
        with transaction.atomic():
            return _decide_for_all(day, rows)
    except IntegrityError:
        with transaction.atomic():
            return _decide_for_all(day, rows)


def _decide_for_all(day: Day, rows: list[DueRow]) -> list[MessageLog]:
    decided = decided_steps(rows)
    return [entry for recipient in ReminderStep.Recipient.values for entry in _decide(day, recipient, rows, decided)]


def _decide(day: Day, recipient: str, rows: list[DueRow], decided: dict[tuple, set[int]]) -> list[MessageLog]:
    to_learner = recipient == ReminderStep.Recipient.LEARNER
    so_far = sent_today({row.person.pk for row in rows}, day.begins) if to_learner else {}
    supervisors = {} if to_learner else nearest_supervisors([row.person.pk for row in rows], day.date)
    steps = day.steps_for(recipient)
    log: list[MessageLog] = []
    messages: dict[int, Message] = {}
    for row in rows:
        person_id = row.person.pk
        decisions = planning.plan(
            due_at=row.due_at,
            now=day.now,
            zone=day.zone,
            quiet=day.quiet,
            steps=steps,
            decided=decided.get(row.identity, set()),
            asked_at=row.asked_at,
            over_cap=to_learner and so_far.get(person_id, 0) >= day.cap,
        )
        for decision in decisions:
            if decision.action == planning.DEFER:
                continue
            entry = _entry(day, row, decision)
            if not to_learner:
                _address(entry, supervisors.get(person_id))
            elif entry.decision == Decision.SENT:
                messages[len(log)] = _message(day, row, decision)
                so_far[person_id] = so_far.get(person_id, 0) + (entry.reason != Reason.OVER_CAP)
            log.append(entry)
    _tell(log, messages, day.now)
    MessageLog.objects.bulk_create(log)
    return log


def _entry(day: Day, row: DueRow, decision: planning.Decision) -> MessageLog:
    sent = decision.action == planning.SEND and not row.is_away
    return MessageLog(
        enrolment_id=row.enrolment_id,
        due_at=row.due_at,
        step_id=decision.step.id,
        person_id=row.person.pk,
        decision=Decision.SENT if sent else Decision.WITHHELD,
        reason=Reason.AWAY if row.is_away and decision.action == planning.SEND else decision.reason,
        at=day.now,
    )


def _address(entry: MessageLog, supervisor: int | None) -> None:
    """Address an entry to the supervisor, who is told of all of them together once they are all known."""
    entry.person_id = supervisor
    if entry.decision != Decision.SENT:
        return
    if supervisor is None:
        entry.decision, entry.reason = Decision.WITHHELD, Reason.NOBODY
    else:
        entry.is_told = False


def _message(day: Day, row: DueRow, decision: planning.Decision) -> Message:
    """Word a reminder in the person's language and zone."""
    if row.course_id not in day.paths:
        day.paths.update(course_paths([row.course_id]))
    with translation.override(row.person.language), timezone.override(ZoneInfo(day.zone)):
        title, text = wording.reminder(row, today=day.date, now=day.now)
    return Message(
        person=row.person,
        key=f"reminder:{row.enrolment_id}:{row.due_at:%Y%m%d%H%M%S}:{decision.step.id}",
        kind=REMINDER_LATE if row.due_at < day.now else REMINDER,
        title=title,
        text=text,
        url=day.paths[row.course_id],
        email="digest" if decision.reason == planning.OVER_CAP else True,
        enrolment_id=row.enrolment_id,
    )


def _tell(log: list[MessageLog], messages: dict[int, Message], now: dt.datetime) -> None:
    """Make the notices and tie each to its entry; who has switched the kind off is not told."""
    made: dict[tuple[int, str], Notice] = {}
    if messages:
        made = {(notice.person_id, notice.key): notice for notice in notify_many(messages.values(), now=now)}
    for place, message in messages.items():
        notice = made.get((message.person.pk, message.key))
        log[place].notice = notice
        if notice is None:
            log[place].decision, log[place].reason = Decision.WITHHELD, Reason.UNWANTED
