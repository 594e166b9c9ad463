"""What learners did: facts, each once, whichever way and however often they are told."""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from wagtail.models import Page

from core.zones import local_date
from courses.activities import ActivityMixin
from courses.queries import course_id_of, edition_rules

from .. import policy
from ..models import ActivityEvent, ActivityProgress, Enrolment
from .following import follow_activity, locked_enrolment, progress_row, tell

TRUSTED_DAYS = 7  # how old a device's own time may be
# What one opening of a page can count for: a page left open overnight is not a night of reading.
READ_CAP_SECONDS = 60 * 60
OPENINGS = uuid.UUID("5f0c3c5e-8d7b-4f6e-9a43-1d3f6c1b7a20")  # namespace of the ids of first openings
EVIDENCE_KINDS = (
    ActivityEvent.Kind.OPENED,
    ActivityEvent.Kind.READ,
    ActivityEvent.Kind.DECLARED,
    ActivityEvent.Kind.WATCHED,
    ActivityEvent.Kind.SUBMITTED,
    ActivityEvent.Kind.GRADED,
)


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
    locked = locked_enrolment(enrolment.pk)
    known = ActivityEvent.objects.filter(person_id=locked.person_id, client_id=client_id).first()
    if known is None:
        add_event(
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
        return tell(enrolment, locked, progress_row(locked, activity_id))
    return tell(enrolment, locked, follow_activity(locked, activity_id))


def add_event(
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
