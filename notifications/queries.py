"""Reads of this app."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan
from django.db.models.functions import Coalesce
from django.urls import reverse

from completion.models import Assignment, Completion, Enrolment, Extension
from completion.queries import due_annotation
from courses.queries import outline
from people.models import Person, Status

from .models import MessageLog, MessageSettings, Notice, Preference, ReminderStep

REMINDER_KINDS = ("reminder", "reminder_late")
AWAY = (Status.Kind.NOT_COUNTED, Status.Kind.LEFT)
ONLY = (
    "due_at",
    "enrolment__course",
    "enrolment__required_complete",
    "enrolment__required_total",
    "enrolment__person__name",
    "enrolment__person__email",
    "enrolment__person__language",
    "enrolment__person__time_zone",
    "enrolment__person__is_active",
)
REMINDER_LASTS = dt.timedelta(days=2)  # a reminder that lay longer in a queue is stale


def message_settings() -> MessageSettings:
    """Return the one row of settings, or what it would say before anybody has changed it."""
    return MessageSettings.objects.filter(pk=1).first() or MessageSettings(pk=1)


def preferences_of(people: Collection[int], kinds: Collection[str]) -> Mapping[tuple[int, str], Preference]:
    """Return what people chose about kinds, by (person, kind); one query."""
    rows = Preference.objects.filter(person__in=people, kind__in=kinds)
    return {(row.person_id, row.kind): row for row in rows}


def inbox(person) -> QuerySet[Notice]:
    """Return what a person was told in the site: what is unread first, then the newest."""
    is_read = Case(When(read_at__isnull=True, then=0), default=1)
    return Notice.objects.filter(person=person, is_shown=True).order_by(is_read, "-made_at", "-pk")


def unread_annotation(outer: str = "pk") -> Coalesce:
    """Return SQL for how many notices a person has not read yet: read along with who is signed in."""
    mine = Notice.objects.filter(person=OuterRef(outer), read_at__isnull=True, is_shown=True)
    return Coalesce(Subquery(mine.order_by().values("person").annotate(n=Count("pk")).values("n")), Value(0))


def unfinished() -> QuerySet[Enrolment]:
    """Return the enrolments that somebody still has to finish; who is excused from it has no due moment."""
    return Enrolment.objects.filter(state=Enrolment.State.OPEN).exclude(completion=Completion.COMPLETE)


def still_holding(notices: list[Notice], now: dt.datetime) -> list[Notice]:
    """Leave out reminders of what is done, left, exempted or due another day since, and those that are too old."""
    reminders = [notice.pk for notice in notices if notice.kind in REMINDER_KINDS and notice.enrolment_id]
    if not reminders:
        return notices
    log = MessageLog.objects.filter(notice__in=reminders, enrolment__in=unfinished())
    same_due = log.annotate(due=due_annotation("enrolment")).filter(due=F("due_at"))
    fresh = set(same_due.filter(at__gte=now - REMINDER_LASTS).values_list("notice", flat=True))
    return [notice for notice in notices if notice.pk not in reminders or notice.pk in fresh]


def reasons_of(notice: Notice) -> QuerySet[MessageLog]:
    """Return the decisions of the log that made a notice: which step, which due moment, why then."""
    return MessageLog.objects.filter(notice=notice).select_related("step", "enrolment__course").order_by("due_at", "pk")


# --- what is due -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class DueRow:
    """An unfinished enrolment with its effective due moment, and since when the person knows of it."""

    enrolment_id: int
    course_id: int
    course_title: str
    person: Person
    due_at: dt.datetime
    asked_at: dt.datetime
    required_complete: int
    required_total: int
    is_away: bool

    @property
    def identity(self) -> tuple[int, dt.datetime]:
        return self.enrolment_id, self.due_at


# The bounds of the steps of one recipient, the latest step first: what is due before a bound has come to its step.
Bounds = Sequence[tuple[dt.datetime, int]]
SCANNED = 2000


def due_rows(
    *,
    since: dt.datetime,
    before: dt.datetime,
    on: dt.date,
    size: int,
    zone: str | None = None,
    undecided: Collection[Bounds] = (),
) -> Iterator[list[DueRow]]:
    """Yield batches of what is unfinished and effectively due in [since, before), by an index on the due moment.

    An effective due moment is that of an assignment, or of the extension that put it off: each is read along its own
    index, and nothing is read twice. People of one zone only, where one is named; `on` is their day. With `undecided`
    only those of whom, for one of these recipients, the log does not hold the newest step that has come.
    """
    for model, told in ((Assignment, "assigned_at"), (Extension, "decided_at")):
        wanted = _due_of(model, told, on, zone)
        if undecided:
            wanted = wanted.filter(_some_undecided(undecided))
        for ids in _ids_by_due(model, since, before):
            # Two assignments of one enrolment may name the same moment.
            rows = list({row.enrolment_id: _due_row(row, told) for row in wanted.filter(pk__in=ids)}.values())
            yield from (rows[start : start + size] for start in range(0, len(rows), size))


def _ids_by_due(model, since: dt.datetime, before: dt.datetime) -> Iterator[list[int]]:
    """Yield ids along the index alone: with the other tables joined, a database may sort them all for each batch."""
    keys = model.objects.filter(withdrawn_at__isnull=True, due_at__lt=before).order_by("due_at", "pk")
    last: tuple = (since, 0)
    while found := list(
        keys.filter(TupleGreaterThan(Tuple(F("due_at"), F("pk")), last)).values_list("due_at", "pk")[:SCANNED]
    ):
        yield [pk for _due_at, pk in found]
        last = found[-1]


def _some_undecided(recipients: Collection[Bounds]) -> Q:
    """Match where the log lacks the newest step that has come, for one of the recipients."""
    matched = Q(pk__in=[])
    for bounds in recipients:
        for place, (bound, step) in enumerate(bounds):
            known = MessageLog.objects.filter(enrolment=OuterRef("enrolment"), due_at=OuterRef("due_at"), step=step)
            newest = Q(due_at__lt=bound)
            if place:
                newest &= Q(due_at__gte=bounds[place - 1][0])
            matched |= newest & Q(~Exists(known))
    return matched


def _due_of(model, told: str, on: dt.date, zone: str | None) -> QuerySet:
    """Return rows in force whose due moment is the effective one of an enrolment that somebody still has to finish."""
    away = Status.objects.current(on).filter(kind__in=AWAY, person=OuterRef("enrolment__person"))
    later = Enrolment.objects.filter(
        person=OuterRef("enrolment__person"),
        course=OuterRef("enrolment__course"),
        cycle__gt=OuterRef("enrolment__cycle"),
    )
    rows = model.objects.filter(
        ~Exists(later),
        withdrawn_at__isnull=True,
        enrolment__state=Enrolment.State.OPEN,
        enrolment__completion__lt=Completion.COMPLETE,
        enrolment__person__is_active=True,
    )
    if zone:
        rows = rows.filter(enrolment__person__time_zone=zone)
    return (
        rows.alias(effective=due_annotation("enrolment"))
        .filter(effective=F("due_at"))
        .annotate(is_away=Exists(away), course_title=F("enrolment__course__title"))
        .select_related("enrolment__person")
        .only(told, *ONLY)
    )


def _due_row(row, told: str) -> DueRow:
    enrolment = row.enrolment
    return DueRow(
        enrolment_id=enrolment.pk,
        course_id=enrolment.course_id,
        course_title=row.course_title,
        person=enrolment.person,
        due_at=row.due_at,
        asked_at=getattr(row, told),
        required_complete=enrolment.required_complete,
        required_total=enrolment.required_total,
        is_away=row.is_away,
    )


def decided_steps(rows: Iterable[DueRow]) -> dict[tuple[int, dt.datetime], set[int]]:
    """Return the steps that the log already holds, by enrolment and due moment; one query."""
    decided: dict[tuple[int, dt.datetime], set[int]] = defaultdict(set)
    known = MessageLog.objects.filter(enrolment__in=[row.enrolment_id for row in rows])
    for enrolment, due_at, step in known.order_by().values_list("enrolment", "due_at", "step"):
        decided[enrolment, due_at].add(step)
    return decided


def sent_today(people: Collection[int], since: dt.datetime) -> dict[int, int]:
    """Return how many reminders each person was sent by e-mail since the begin of their day; one query."""
    sent = MessageLog.objects.filter(
        person__in=people,
        at__gte=since,
        decision=MessageLog.Decision.SENT,
        step__recipient=ReminderStep.Recipient.LEARNER,
    ).exclude(reason=MessageLog.Reason.OVER_CAP)
    return dict(sent.order_by().values("person").annotate(n=Count("pk")).values_list("person", "n"))


def course_paths(course_ids: Collection[int]) -> dict[int, str]:
    """Return where each course stands in the site; for one that has left it, the person's own list."""
    usual = reverse("completion:learning")
    found = {pk: outline(pk) for pk in course_ids}
    return {pk: live.url if live and live.live else usual for pk, live in found.items()}
