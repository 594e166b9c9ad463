"""Every write to the record of learning. An enrolment's row is locked first: two writers of one learner take turns."""

import datetime as dt
import math
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import Page

from core.zones import local_date
from courses.access import may_open
from courses.activities import ActivityMixin
from courses.models import CoursePage
from courses.queries import course_id_of, edition_rules, latest_edition, outline, withdrawn_activities
from courses.services import hold_course, refresh_course
from people.models import Post
from people.queries import main_unit

from . import policy
from .models import ActivityEvent, ActivityProgress, Assignment, Completion, Enrolment
from .signals import activity_completed, course_completed
from .states import ENROLMENT_FIELDS, enrolment_values, progress_values

TRUSTED_DAYS = 7  # how old a device's own time may be
# What one opening of a page can count for: a page left open overnight is not a night of reading.
READ_CAP_SECONDS = 60 * 60
OPENINGS = uuid.UUID("5f0c3c5e-8d7b-4f6e-9a43-1d3f6c1b7a20")  # namespace of the ids of first openings
BATCH = 500
EVIDENCE_KINDS = (
    ActivityEvent.Kind.OPENED,
    ActivityEvent.Kind.READ,
    ActivityEvent.Kind.DECLARED,
    ActivityEvent.Kind.GRADED,
)
WRITTEN_FIELDS = [*(name.removesuffix("_id") for name in ENROLMENT_FIELDS), "unit", "unit_at_completion"]


class EnrolmentRefused(Exception):
    """Enrolling or leaving is not possible; the message says why, for the person who asked."""


# --- enrolling -------------------------------------------------------------------------------------------------------


@transaction.atomic
def enrol(*, person, course: CoursePage, by=None) -> Enrolment:
    """Enrol a person in the latest edition, or open again what they left; enrolling twice is enrolling once.

    `by` is the organiser who enrols somebody else; without it the person chose. Raise EnrolmentRefused with the reason.
    """
    found = _lock_of(person, course)
    if found and found.state != Enrolment.State.LEFT:
        return found
    _require_open(person, course, chosen=by is None)
    if found:
        return _return(found)
    edition = _edition_for(course)
    enrolment, _created = Enrolment.objects.get_or_create(
        person=person,
        course=course,
        cycle=1,
        defaults={"edition": edition, "unit": main_unit(person), "required_total": _required_total(course, edition)},
    )
    return enrolment


def _lock_of(person, course: CoursePage) -> Enrolment | None:
    return Enrolment.objects.select_for_update().filter(person=person, course=course).order_by("-cycle").first()


def _require_open(person, course: CoursePage, *, chosen: bool) -> None:
    access = may_open(person, course)
    if not access.allowed:
        raise EnrolmentRefused(_("This course is not open to you."))
    if chosen and course.enrolment_mode != CoursePage.EnrolmentMode.OPEN and not _was_assigned(person, course):
        raise EnrolmentRefused(_("This course is for people to whom it is assigned."))


def _was_assigned(person, course: CoursePage) -> bool:
    return Assignment.objects.filter(
        enrolment__person=person, enrolment__course=course, withdrawn_at__isnull=True
    ).exists()


def _return(enrolment: Enrolment) -> Enrolment:
    """Open again what somebody left: all that was done counts; the unit is the one of today."""
    enrolment.state = Enrolment.State.OPEN
    enrolment.unit = main_unit(enrolment.person)
    enrolment.save(update_fields=["state", "unit"])
    return recompute(enrolment=enrolment)


def _edition_for(course: CoursePage):
    """Return the latest edition; it stays the latest, and what is live stays live, until the enrolment is written."""
    hold_course(course.pk)
    edition = latest_edition(course)
    if edition is None:
        refresh_course(course=course)
        edition = latest_edition(course)
    if edition is None:
        raise EnrolmentRefused(_("There is nothing to study in this course yet."))
    return edition


def _required_total(course: CoursePage, edition) -> int:
    withdrawn = withdrawn_activities(edition.pk, outline(course.pk))
    return policy.decide_course(edition_rules(edition.pk), {}, withdrawn).required_total


@transaction.atomic
def leave(*, enrolment: Enrolment) -> Enrolment:
    """Leave a course one chose; the history stays for a return. Raise EnrolmentRefused where that is not possible."""
    locked = _locked(enrolment.pk)
    if locked.state == Enrolment.State.FINISHED:
        raise EnrolmentRefused(_("A finished course stays in your record."))
    if locked.assignments.filter(withdrawn_at__isnull=True).exists():
        raise EnrolmentRefused(_("This course is assigned to you; please ask the organiser."))
    locked.state = Enrolment.State.LEFT
    locked.save(update_fields=["state"])
    return locked


# --- assigning -------------------------------------------------------------------------------------------------------


@transaction.atomic
def assign(
    *,
    course: CoursePage,
    people: Iterable,
    by,
    agency,
    due_at: dt.datetime | None,
    reason: str,
    letter_number: str = "",
) -> int:
    """Assign a course to people, enrolling those who are not; return how many new assignments that made.

    `due_at` is the end of a local day or None. The same assignment told twice is one. The number of queries grows with
    batches of 500 people, not with people. Raise EnrolmentRefused where the course is not open to the agency.
    """
    live = outline(course.pk)
    if live is None or not live.live or not live.is_shared_with(agency.pk, signed_in=True):
        raise EnrolmentRefused(_("This course is not open to the agency."))
    edition = _edition_for(course)
    required_total = _required_total(course, edition)
    terms = {"agency": agency, "due_at": due_at, "reason": reason, "letter_number": letter_number}
    made = 0
    for batch in _batches(_in_order_of_rows(course, {person.pk for person in people})):
        units = _main_units(batch)
        _enrol_missing(course, edition, required_total, batch, units)
        enrolments = _lock_many(Enrolment.objects.filter(course=course, person__in=batch))
        latest = {e.person_id: e for e in sorted(enrolments, key=lambda e: e.cycle)}
        _open_left([e for e in latest.values() if e.state == Enrolment.State.LEFT], units)
        same = Assignment.objects.filter(enrolment__in=latest.values(), withdrawn_at__isnull=True, **terms)
        known = set(same.values_list("enrolment", flat=True))
        rows = [Assignment(enrolment=e, assigned_by=by, **terms) for e in latest.values() if e.pk not in known]
        made += len(Assignment.objects.bulk_create(rows))
    return made


def _in_order_of_rows(course: CoursePage, person_ids: set[int]) -> list[int]:
    """Put who is enrolled first, in the order of their rows: the batches lock in the order that all others lock in."""
    rows: dict[int, int] = {}
    for batch in _batches(list(person_ids)):
        rows.update(Enrolment.objects.filter(course=course, person__in=batch).values_list("person", "pk"))
    return sorted(person_ids, key=lambda pk: (rows.get(pk, math.inf), pk))


def _batches(ids: list[int]) -> Iterator[list[int]]:
    return (ids[start : start + BATCH] for start in range(0, len(ids), BATCH))


def _main_units(person_ids: list[int]) -> dict[int, int]:
    posts = Post.objects.current().filter(person__in=person_ids, is_main=True).order_by("pk")
    return dict(posts.values_list("person", "unit"))


def _enrol_missing(course: CoursePage, edition, required_total: int, person_ids: list[int], units) -> None:
    known = set(Enrolment.objects.filter(course=course, person__in=person_ids).values_list("person", flat=True))
    rows = [
        Enrolment(person_id=pk, course=course, edition=edition, unit_id=units.get(pk), required_total=required_total)
        for pk in person_ids
        if pk not in known
    ]
    Enrolment.objects.bulk_create(rows, ignore_conflicts=True)


def _open_left(enrolments: list[Enrolment], units: Mapping[int, int]) -> None:
    """Open again what people had left: an assignment outweighs leaving."""
    for enrolment in enrolments:
        enrolment.state, enrolment.unit_id = Enrolment.State.OPEN, units.get(enrolment.person_id)
    Enrolment.objects.bulk_update(enrolments, ["state", "unit"])
    if enrolments:
        _write_many(enrolments)


@transaction.atomic
def withdraw_assignment(*, assignment: Assignment) -> None:
    """Take an assignment back; the row stays as history and the enrolment goes on as a voluntary one."""
    Assignment.objects.filter(pk=assignment.pk, withdrawn_at__isnull=True).update(withdrawn_at=timezone.now())


# --- evidence --------------------------------------------------------------------------------------------------------


@transaction.atomic
def record_opening(*, enrolment: Enrolment, activity_id: int, revision: int | None) -> ActivityProgress:
    """Record that an activity was opened: once, and once more after each time it is to be done again."""
    redone = enrolment.events.filter(activity_id=activity_id, kind=ActivityEvent.Kind.REDO).count()
    return record(
        enrolment=enrolment,
        activity_id=activity_id,
        kind=ActivityEvent.Kind.OPENED,
        data={},
        client_id=uuid.uuid5(OPENINGS, f"{enrolment.pk}/{activity_id}/{redone}"),
        revision=revision,
    )


@transaction.atomic
def record(
    *,
    enrolment: Enrolment,
    activity_id: int,
    kind: str,
    data: Mapping[str, Any],
    client_id: uuid.UUID,
    device_at: dt.datetime | None = None,
    revision: int | None = None,
) -> ActivityProgress:
    """Add what a learner did and return where they stand; the same client id again adds nothing and returns the same.

    Raise policy.BadEvidence for data that cannot be a fact. The enrolment passed in is brought up to date as well.
    """
    if kind not in EVIDENCE_KINDS:
        raise policy.BadEvidence(f"{kind!r} is no evidence of a learner")
    policy.check_evidence(kind, data)
    locked = _locked(enrolment.pk)
    known = ActivityEvent.objects.filter(person_id=locked.person_id, client_id=client_id).first()
    if known is None:
        _add_event(
            locked,
            activity_id,
            kind=kind,
            data=_bounded(locked, activity_id, data),
            client_id=client_id,
            device_at=device_at,
            revision=revision,
        )
    elif (known.enrolment_id, known.activity_id) != (locked.pk, activity_id):
        raise policy.BadEvidence("this client id belongs to another fact")
    else:
        return _tell(enrolment, locked, _row(locked, activity_id))
    return _tell(enrolment, locked, _follow(locked, activity_id))


def _add_event(
    enrolment: Enrolment, activity_id: int, *, device_at: dt.datetime | None = None, **fields
) -> ActivityEvent:
    now = timezone.now()
    effective_at, late = effective_time(device_at=device_at, received_at=now, enrolled_at=enrolment.enrolled_at)
    zone = enrolment.person.time_zone
    return ActivityEvent.objects.create(
        enrolment=enrolment,
        activity_id=activity_id,
        person_id=enrolment.person_id,
        device_at=device_at,
        received_at=now,
        effective_at=effective_at,
        late=late,
        zone=zone,
        local_date=local_date(effective_at, zone),
        **fields,
    )


def effective_time(
    *, device_at: dt.datetime | None, received_at: dt.datetime, enrolled_at: dt.datetime
) -> tuple[dt.datetime, bool]:
    """Return the one moment that counts, and whether it came too late for the device's own time to be trusted.

    A device is believed when its time is not in the future, not more than seven days old and not before the enrolment.
    """
    if device_at is None or device_at > received_at or device_at < enrolled_at:
        return received_at, False
    late = received_at - device_at > dt.timedelta(days=TRUSTED_DAYS)
    return (received_at, True) if late else (device_at, False)


def _bounded(enrolment: Enrolment, activity_id: int, data: Mapping[str, Any]) -> dict[str, Any]:
    """Cap the seconds; give evidence for an activity newer than the edition the rule that holds for it today."""
    bounded = {key: value for key, value in data.items() if key != "rule"}
    if "seconds" in bounded:
        bounded["seconds"] = min(bounded["seconds"], READ_CAP_SECONDS)
    if all(rule.activity_id != activity_id for rule in edition_rules(enrolment.edition_id)):
        bounded["rule"] = _rule_today(enrolment.course_id, activity_id)
    return bounded


def _rule_today(course_id: int, activity_id: int) -> dict[str, Any]:
    """Return the rule of an activity that stands in the course, also one that was withdrawn while it was worked on."""
    page = Page.objects.filter(pk=activity_id).specific().first()
    if not isinstance(page, ActivityMixin) or course_id_of(page) != course_id:
        raise policy.BadEvidence("the activity is no part of the course")
    return page.activity_rule()


def _tell(enrolment: Enrolment, locked: Enrolment, row: ActivityProgress) -> ActivityProgress:
    _up_to_date(enrolment, locked)
    return row


def _up_to_date(enrolment: Enrolment, locked: Enrolment) -> Enrolment:
    """Bring the caller's object to what was written: it may be shown next."""
    for field in Enrolment._meta.concrete_fields:
        setattr(enrolment, field.attname, getattr(locked, field.attname))
    return enrolment


# --- decisions of staff ----------------------------------------------------------------------------------------------


def decide_by_staff(
    *, enrolment: Enrolment, activity_id: int, complete: bool | None, by, reason: str
) -> ActivityProgress:
    """Override an activity as complete or not; None takes that back. The last decision holds, whatever comes."""
    return _decide(enrolment, activity_id, ActivityEvent.Kind.OVERRIDDEN, {"complete": complete}, by, reason)


def ask_to_redo(*, enrolment: Enrolment, activity_id: int, by, reason: str) -> ActivityProgress:
    """Have an activity done again: what was learnt before stays in the history and no longer counts."""
    return _decide(enrolment, activity_id, ActivityEvent.Kind.REDO, {}, by, reason)


@transaction.atomic
def _decide(enrolment: Enrolment, activity_id: int, kind: str, data: dict, by, reason: str) -> ActivityProgress:
    if not reason.strip():
        raise ValueError("a decision needs its reason")
    locked = _locked(enrolment.pk)
    events = locked.events.filter(activity_id=activity_id)
    number = (events.aggregate(last=Max("decision_number"))["last"] or 0) + 1
    _add_event(
        locked,
        activity_id,
        kind=kind,
        data=data,
        client_id=uuid.uuid4(),
        decided_by=by,
        decision_number=number,
        reason=reason.strip(),
    )
    return _tell(enrolment, locked, _follow(locked, activity_id))


# --- what follows ----------------------------------------------------------------------------------------------------


@transaction.atomic
def recompute(*, enrolment: Enrolment) -> Enrolment:
    """Work out all rows of an enrolment from its events again and return it; nothing changes where all was right."""
    locked = _locked(enrolment.pk)
    events = defaultdict(list)
    for event in locked.events.all():
        events[event.activity_id].append(event)
    rows = {row.activity_id: row for row in locked.progress.all()}
    for activity_id, told in events.items():
        _write_progress(locked, rows.setdefault(activity_id, _new_row(locked, activity_id)), told)
    for activity_id in rows.keys() - events.keys():
        rows.pop(activity_id).delete()
    _write_enrolment(locked, rows.values(), withdrawn_activities(locked.edition_id, outline(locked.course_id)))
    return _up_to_date(enrolment, locked)


def recompute_open(*, course_id: int) -> int:
    """Apply what left or came back to the live course to all enrolments that are not finished; return how many changed.

    Batches of 500, each its own transaction and a handful of queries.
    """
    open_ones = Enrolment.objects.filter(course_id=course_id).exclude(completion=Completion.COMPLETE)
    changed, last = 0, 0
    while ids := list(open_ones.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            changed += _write_many(_lock_many(Enrolment.objects.filter(pk__in=ids)))
        last = ids[-1]
    return changed


@transaction.atomic
def follow_person(*, person_id: int) -> int:
    """Let open enrolments follow a person to the unit of today; finished ones keep where they were finished.

    Two moves may be told in the wrong order: what counts is where the person is now, not what the news said.
    """
    held = _lock_many(Enrolment.objects.filter(person_id=person_id, state=Enrolment.State.OPEN))
    unit_id = _main_units([person_id]).get(person_id)
    return Enrolment.objects.filter(pk__in=[enrolment.pk for enrolment in held]).update(unit_id=unit_id)


def _locked(enrolment_id: int) -> Enrolment:
    return Enrolment.objects.select_for_update(of=("self",)).select_related("person").get(pk=enrolment_id)


def _lock_many(enrolments) -> list[Enrolment]:
    """Lock in one order, always: two that lock many do not wait for each other."""
    return list(enrolments.order_by("pk").select_for_update())


def _new_row(enrolment: Enrolment, activity_id: int) -> ActivityProgress:
    return ActivityProgress(enrolment=enrolment, activity_id=activity_id)


def _row(enrolment: Enrolment, activity_id: int) -> ActivityProgress:
    return enrolment.progress.filter(activity_id=activity_id).first() or _new_row(enrolment, activity_id)


def _follow(enrolment: Enrolment, activity_id: int) -> ActivityProgress:
    """Write what follows from the events of one activity: its progress row, then the enrolment's."""
    events = list(enrolment.events.filter(activity_id=activity_id))
    rows = {row.activity_id: row for row in enrolment.progress.all()}
    row = rows.setdefault(activity_id, _new_row(enrolment, activity_id))
    _write_progress(enrolment, row, events)
    _write_enrolment(enrolment, rows.values(), withdrawn_activities(enrolment.edition_id, outline(enrolment.course_id)))
    return row


def _write_progress(enrolment: Enrolment, row: ActivityProgress, events: list[ActivityEvent]) -> None:
    was = row.completion
    if not _change(row, progress_values(enrolment.edition_id, row.activity_id, events)) and row.pk:
        return
    row.save()
    if row.completion == Completion.COMPLETE != was:
        _announce(
            activity_completed,
            ActivityProgress,
            enrolment_id=enrolment.pk,
            person_id=enrolment.person_id,
            activity_id=row.activity_id,
        )


def _write_enrolment(enrolment: Enrolment, rows: Iterable[ActivityProgress], withdrawn: frozenset[int]) -> bool:
    changed = _apply(enrolment, rows, withdrawn)
    if changed:
        enrolment.save(update_fields=WRITTEN_FIELDS)
    return changed


def _write_many(enrolments: list[Enrolment]) -> int:
    """Write what follows from the progress rows of many enrolments of one course: three queries and one update."""
    rows = defaultdict(list)
    for row in ActivityProgress.objects.filter(enrolment__in=enrolments):
        rows[row.enrolment_id].append(row)
    live = {course_id: outline(course_id) for course_id in {enrolment.course_id for enrolment in enrolments}}
    changed = [
        enrolment
        for enrolment in enrolments
        if _apply(enrolment, rows[enrolment.pk], withdrawn_activities(enrolment.edition_id, live[enrolment.course_id]))
    ]
    Enrolment.objects.bulk_update(changed, WRITTEN_FIELDS, batch_size=BATCH)
    return len(changed)


def _apply(enrolment: Enrolment, rows: Iterable[ActivityProgress], withdrawn: frozenset[int]) -> bool:
    """Change the enrolment's columns to what follows; freeze the unit and announce where that finished the course."""
    was = enrolment.completion
    changed = _change(enrolment, enrolment_values(enrolment, rows, withdrawn))
    if enrolment.completion == Completion.COMPLETE != was:
        enrolment.unit_at_completion_id = enrolment.unit_id
        _announce(
            course_completed,
            Enrolment,
            enrolment_id=enrolment.pk,
            person_id=enrolment.person_id,
            course_id=enrolment.course_id,
        )
    elif enrolment.completion != Completion.COMPLETE == was:
        # Open again: the person may have moved since, and is followed from here.
        enrolment.unit, enrolment.unit_at_completion_id = main_unit(enrolment.person), None
    return changed


def _change(row, values: Mapping[str, Any]) -> bool:
    changed = False
    for name, value in values.items():
        if getattr(row, name) != value:
            setattr(row, name, value)
            changed = True
    return changed


def _announce(signal, sender, **news) -> None:
    transaction.on_commit(partial(signal.send_robust, sender=sender, **news))
