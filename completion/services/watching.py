"""What was watched of a lesson's recordings: no more than can have been played since the page was opened."""

import uuid
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.utils import timezone
from wagtail.models import Page

from courses.recordings import length_of, recordings_on

from .. import policy
from ..models import ActivityEvent, ActivityProgress, Enrolment
from ..reading import Opening
from .evidence import record
from .following import locked_enrolment, progress_row, tell

MOST_RATE = 2  # a player runs at most twice as fast as people speak
SLACK_SECONDS = 10  # of clocks and roundings

Span = tuple[int, int]


@transaction.atomic
def record_watching(
    *,
    enrolment: Enrolment,
    page: Page,
    opening: Opening,
    recording_id: int,
    spans: Sequence[Span],
    client_id: uuid.UUID,
    told_length: int = 0,
) -> ActivityProgress:
    """Record spans of whole seconds that were played of a recording of the page, and return where the learner stands.

    The length is the library's; only where it knows none, the player's word counts. What one opening tells in all is
    held to the time that has passed since, at double speed. Raise policy.BadEvidence.
    """
    lengths = {recording.pk: length_of(recording) for recording in recordings_on(page)}
    if recording_id not in lengths:
        raise policy.BadEvidence("the page does not play this recording")
    lengths[recording_id] = lengths[recording_id] or max(told_length, 1)
    locked = locked_enrolment(enrolment.pk)
    before = _told_before(locked, page.pk, opening)
    budget = MOST_RATE * (timezone.now() - opening.opened_at).total_seconds() + SLACK_SECONDS
    taken = within(spans, before.get(recording_id, []), int(budget) - _seconds(_all(before)))
    if not taken:
        return tell(enrolment, locked, progress_row(locked, page.pk))
    return record(
        enrolment=enrolment,
        activity_id=page.pk,
        kind=ActivityEvent.Kind.WATCHED,
        data={
            "recording": recording_id,
            "spans": [list(span) for span in taken],
            "length": lengths[recording_id],
            "whole": sum(lengths.values()),
            "opening": opening.id,
        },
        client_id=client_id,
        revision=opening.revision,
    )


def within(spans: Iterable[Span], known: Sequence[Span], budget: int) -> list[Span]:
    """Return what is new in spans beside those known, in order, cut off where more seconds than the budget are told."""
    taken: list[Span] = []
    for start, end in policy.joined(spans):
        for gap_start, gap_end in _gaps(start, end, known):
            cut = min(gap_end, gap_start + budget)
            if cut <= gap_start:
                return taken
            taken.append((gap_start, cut))
            budget -= cut - gap_start
    return taken


def _gaps(start: int, end: int, known: Sequence[Span]) -> Iterable[Span]:
    """Yield the parts of a span that none of the known ones covers; `known` is in order and without overlaps."""
    for known_start, known_end in known:
        if known_end <= start or end <= known_start:
            continue
        if start < known_start:
            yield start, known_start
        start = max(start, known_end)
    if start < end:
        yield start, end


def _told_before(enrolment: Enrolment, activity_id: int, opening: Opening) -> dict[int, list[Span]]:
    """Return what this opening of the page has told already, by recording."""
    told: dict[int, list[Span]] = {}
    events = enrolment.events.filter(activity_id=activity_id, kind=ActivityEvent.Kind.WATCHED)
    for data in events.values_list("data", flat=True):
        if data.get("opening") == opening.id:
            known = told.get(data["recording"], [])
            told[data["recording"]] = policy.joined([*known, *((start, end) for start, end in data["spans"])])
    return told


def _all(told: dict[int, list[Span]]) -> list[Span]:
    return [span for spans in told.values() for span in spans]


def _seconds(spans: Iterable[Span]) -> int:
    return sum(end - start for start, end in spans)
