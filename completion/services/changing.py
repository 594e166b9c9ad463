"""Carrying a published change of a course to those who are in it, as its editor chose.

Batches, each its own transaction; what is done is known by the edition an enrolment holds to, so that a process killed
half way goes on where it stopped. The queries grow with batches, not with people.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import DateTimeField, F, Max, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from core.inserting import RandomUUID, insert_from
from core.zones import end_of_day
from courses.changes import COSMETIC, EVERYONE, NEW, Choice, Touched
from courses.models import CourseEdition, CoursePage, ShelfPage
from courses.queries import edition_rules, latest_edition
from people.models import Agency, Employment, Unit

from ..models import ActivityEvent, ActivityProgress, Completion, Enrolment, PastCompletion
from ..states import EventRow, progress_values
from .assigning import add_alike
from .following import lock_many, write_changes, write_many

BATCH = 5_000
AT_ONCE = 1_000  # so many are served before the answer; more are work for the worker

State = Enrolment.State
Kind = ActivityEvent.Kind


def touched_by_change(course_id: int) -> Touched:
    """Return how many are on their way in a course and how many have finished it."""
    rows = Enrolment.objects.filter(course=course_id)
    return Touched(rows.filter(state=State.OPEN).count(), rows.filter(state=State.FINISHED).count())


def concerned(*, course_id: int, edition_id: int, choice: Choice):
    """Return the enrolments that a change moves to an edition: those on their way, with EVERYONE also the finished."""
    edition = CourseEdition.objects.filter(pk=edition_id).first() or latest_edition(course_id)
    if edition is None or choice.effect == NEW:
        return Enrolment.objects.none()
    states = [State.OPEN, State.FINISHED] if choice.effect == EVERYONE else [State.OPEN]
    return Enrolment.objects.filter(course=course_id, state__in=states, edition__number__lt=edition.number)


def apply_change(*, course_id: int, edition_id: int, changed: Iterable[int], choice: Choice) -> int:
    """Move people to an edition as the choice says; return how many were moved.

    `changed` are the activities whose rule the change touched. COSMETIC keeps what is ticked; EVERYONE asks for the
    changed activities again and opens finished courses where something is missing then.
    """
    edition = CourseEdition.objects.filter(pk=edition_id).first() or latest_edition(course_id)
    if edition is None:
        return 0
    waiting = concerned(course_id=course_id, edition_id=edition_id, choice=choice).order_by("pk")
    moved = 0
    while ids := list(waiting.values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            held = lock_many(waiting.filter(pk__in=ids))
            if held:
                _move(held, edition, set(changed), choice)
        moved += len(held)
    return moved


def _move(held: list[Enrolment], edition: CourseEdition, changed: set[int], choice: Choice) -> None:
    ids = [enrolment.pk for enrolment in held]
    done = {enrolment.pk for enrolment in held if enrolment.completion == Completion.COMPLETE}
    now = timezone.now()
    differing = changed | _differing({enrolment.edition_id for enrolment in held}, edition.pk)
    rows = list(ActivityProgress.objects.filter(enrolment__in=ids, activity__in=differing))
    complete = [row for row in rows if row.completion == Completion.COMPLETE]
    reason = _reason(choice)
    if choice.effect == EVERYONE:
        _keep_past(done, choice, reason, now)
        redone = [row.pk for row in complete if row.activity_id in changed]
        _decide_many(redone, Kind.REDO, {}, choice.by, reason, now)
    Enrolment.objects.filter(pk__in=ids).update(edition=edition)
    for enrolment in held:
        enrolment.edition_id = edition.pk

    def keep(lost):
        _decide_many(lost, Kind.OVERRIDDEN, {"complete": True}, choice.by, reason, now, at=F("completed_at"))

    _follow_rows(rows, edition.pk, complete if choice.effect == COSMETIC else [], keep)
    write_many(held)
    if choice.effect == EVERYONE:
        _settle_past([one.pk for one in held if one.completion == Completion.COMPLETE and one.pk in done])
        _ask_again([one for one in held if one.completion != Completion.COMPLETE], choice, reason)


def _differing(editions: set[int], target: int) -> set[int]:
    """Return the activities that one of some editions rules otherwise than the new one, or only one of both has."""
    asked = _ruled(target)
    held = [_ruled(edition) for edition in editions]
    return {pk for old in held for pk in old | asked if old.get(pk) != asked.get(pk)}


def _ruled(edition_id: int) -> dict[int, dict]:
    return {rule.activity_id: dict(rule.rule) for rule in edition_rules(edition_id)}


# --- events and what follows from them -------------------------------------------------------------------------------


def _decide_many(row_ids: list[int], kind: str, data: dict, by, reason: str, now: dt.datetime, at=None) -> None:
    """Add one decision of staff to each progress row; `at`, an expression over the rows, gives each its own moment."""
    if not row_ids:
        return
    if by is None:
        raise ValueError("a decision needs somebody who stands for it")
    rows = ActivityProgress.objects.filter(pk__in=row_ids).order_by("pk")
    events = ActivityEvent.objects.filter(enrolment=OuterRef("enrolment"), activity=OuterRef("activity")).order_by()
    last = Subquery(events.values("enrolment").annotate(last=Max("decision_number")).values("last"))
    at = at or Value(now, DateTimeField())
    zone = "enrolment__person__time_zone"
    for name in set(rows.order_by().values_list(zone, flat=True).distinct()):
        insert_from(
            rows.filter(**{zone: name}),
            ActivityEvent,
            enrolment=F("enrolment"),
            activity=F("activity"),
            person=F("enrolment__person"),
            kind=kind,
            data=data,
            client_id=RandomUUID(),
            received_at=now,
            effective_at=at,
            zone=name,
            local_date=TruncDate(at, tzinfo=ZoneInfo(name)),
            decided_by=by,
            decision_number=Coalesce(last, 0) + 1,
            reason=reason,
        )


def _follow_rows(rows: list[ActivityProgress], edition_id: int, kept: list[ActivityProgress], keep) -> None:
    """Write what follows from the events of some progress rows under the new edition.

    Those `kept` stay complete from the moment they were: `keep(ids)` adds the decisions that say so for those of them
    which the new rule would open again.
    """
    values = _following(rows, edition_id)
    if lost := [row for row in kept if values[row.pk]["completion"] != Completion.COMPLETE]:
        keep([row.pk for row in lost])
        values |= _following(lost, edition_id)
    changes = []
    for row in rows:
        differing = {name: value for name, value in values[row.pk].items() if getattr(row, name) != value}
        if differing:
            changes.append((row, differing))
        for name, value in differing.items():
            setattr(row, name, value)
    write_changes(ActivityProgress, changes)


def _following(rows: list[ActivityProgress], edition_id: int) -> dict[int, dict[str, Any]]:
    """Return by row's id the columns that follow from the events of each."""
    events = defaultdict(list)
    theirs = ActivityEvent.objects.filter(
        enrolment__in={row.enrolment_id for row in rows}, activity__in={row.activity_id for row in rows}
    )
    for event in EventRow.read(theirs.order_by()):
        events[event.enrolment_id, event.activity_id].append(event)
    return {
        row.pk: progress_values(edition_id, row.activity_id, events[row.enrolment_id, row.activity_id]) for row in rows
    }


# --- finished courses that open again --------------------------------------------------------------------------------


def _keep_past(done: Iterable[int], choice: Choice, reason: str, now: dt.datetime) -> None:
    """Write the completion of finished enrolments into their history, before anything follows from the change."""
    insert_from(
        Enrolment.objects.filter(pk__in=done).order_by("pk"),
        PastCompletion,
        enrolment=F("pk"),
        edition=F("edition"),
        completed_at=F("completed_at"),
        result=F("result"),
        unit_at_completion=F("unit_at_completion"),
        reopened_at=now,
        reopened_by=choice.by,
        reason=reason,
    )


def _settle_past(still: list[int]) -> None:
    """Take the history back of whom the change left finished: nothing was opened again."""
    made = PastCompletion.objects.filter(enrolment__in=still).order_by().values("enrolment").annotate(last=Max("pk"))
    PastCompletion.objects.filter(pk__in=[row["last"] for row in made]).delete()


def _ask_again(enrolments: list[Enrolment], choice: Choice, reason: str) -> None:
    """Assign the course anew until the end of the chosen day, in the zone of the agency that asks."""
    if not enrolments or choice.due is None:
        return
    asked: dict[Agency, list[int]] = defaultdict(list)
    for pk, agency in _agencies_of(enrolments).items():
        asked[agency].append(pk)
    for agency, ids in asked.items():
        due_at = end_of_day(choice.due, agency.time_zone)
        rows = Enrolment.objects.filter(pk__in=ids)
        add_alike(rows, agency_id=agency.pk, due_at=due_at, reason=reason, by_id=choice.by)


def _agencies_of(enrolments: list[Enrolment]) -> dict[int, Agency]:
    """Return who asks each person: the agency of the shelf, on a shelf of all agencies the person's own."""
    course_path = CoursePage.objects.values_list("path", flat=True).get(pk=enrolments[0].course_id)
    shelf = ShelfPage.objects.filter(path=course_path[: -ShelfPage.steplen]).select_related("agency").first()
    if shelf is not None and shelf.agency is not None:
        return {enrolment.pk: shelf.agency for enrolment in enrolments}
    units = dict(Unit.objects.filter(pk__in={one.unit_id for one in enrolments}).values_list("pk", "agency"))
    people = {one.person_id for one in enrolments if one.unit_id not in units}
    employed = dict(Employment.objects.current().filter(person__in=people).values_list("person", "agency"))
    agencies = Agency.objects.in_bulk({*units.values(), *employed.values()})
    told = {one.pk: units.get(one.unit_id or 0) or employed.get(one.person_id) for one in enrolments}
    return {pk: agencies[agency] for pk, agency in told.items() if agency}


def _reason(choice: Choice) -> str:
    """Return the reason that stands in the record, in the language of the records."""
    with translation.override(settings.LANGUAGE_CODE):
        if choice.effect == COSMETIC:
            return _("The course was tidied; what was done counts on.")
        return _("The course has changed; what changed is to be done again.")
