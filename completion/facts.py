"""What a course asks for beyond its activities, read for many enrolments at once; nothing where no rule asks."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from django.utils import timezone

from courses.queries import course_rule

from . import policy
from .models import ActivityEvent, Completion, CourseDecision, Enrolment, PastCompletion
from .states import EventRow, evidence_of

MARKING = (ActivityEvent.Kind.GRADED, ActivityEvent.Kind.REDO)


def facts_of(
    enrolments: Sequence[Enrolment], *, now: dt.datetime | None = None, grace: dt.timedelta = dt.timedelta()
) -> dict[int, policy.CourseFacts]:
    """Return what is known of each enrolment beside its progress, by its id; at most three queries.

    `grace` is how far the clock may lag behind for enrolments that are not complete; for proving what is stored.
    """
    now = now or timezone.now()
    rules = {enrolment.pk: course_rule(enrolment.edition_id) for enrolment in enrolments}
    finished = _finished(enrolment for enrolment in enrolments if rules[enrolment.pk].get("courses"))
    marks = _marks([enrolment.pk for enrolment in enrolments if "minimum_grade" in rules[enrolment.pk]])
    return {
        enrolment.pk: policy.CourseFacts(
            now=now if enrolment.completion == Completion.COMPLETE else now - grace,
            enrolled_at=enrolment.enrolled_at,
            signed_off_at=enrolment.signed_off_at,
            finished=finished[enrolment.person_id],
            marks=marks[enrolment.pk],
        )
        for enrolment in enrolments
    }


def _finished(enrolments: Iterable[Enrolment]) -> Mapping[int, dict[int, dt.datetime]]:
    """Return, for each person, when each of the courses asked for was first complete.

    A completion that a change for everyone opened again counts: it was complete.
    """
    told = list(enrolments)
    finished: dict[int, dict[int, dt.datetime]] = defaultdict(dict)
    if not told:
        return finished
    people = {enrolment.person_id for enrolment in told}
    asked = {course_id for enrolment in told for course_id in course_rule(enrolment.edition_id)["courses"]}
    now = Enrolment.objects.filter(person__in=people, course__in=asked, completion=Completion.COMPLETE)
    past = PastCompletion.objects.filter(enrolment__person__in=people, enrolment__course__in=asked).order_by()
    for person_id, course_id, at in (
        *now.values_list("person", "course", "completed_at"),
        *past.values_list("enrolment__person", "enrolment__course", "completed_at"),
    ):
        if at is not None:
            finished[person_id][course_id] = min(finished[person_id].get(course_id, at), at)
    return finished


def _marks(enrolment_ids: list[int]) -> Mapping[int, dict[int, policy.Marks]]:
    """Return when the best mark of each activity rose, by enrolment and activity."""
    events: dict[tuple[int, int], list[policy.Evidence]] = defaultdict(list)
    if enrolment_ids:
        told = ActivityEvent.objects.filter(enrolment__in=enrolment_ids, kind__in=MARKING)
        for event in EventRow.read(told.order_by()):
            events[event.enrolment_id, event.activity_id].append(evidence_of(event))
    marks: dict[int, dict[int, policy.Marks]] = defaultdict(dict)
    for (enrolment_id, activity_id), graded in events.items():
        marks[enrolment_id][activity_id] = policy.marks_of(graded)
    return marks


def sign_offs(enrolment_ids: Iterable[int]) -> dict[int, dt.datetime]:
    """Return when each enrolment was signed off, where the last decision about it says so."""
    rows = CourseDecision.objects.filter(enrolment__in=enrolment_ids).order_by("enrolment", "number")
    last = {row.enrolment_id: row for row in rows}
    return {enrolment_id: row.decided_at for enrolment_id, row in last.items() if row.signed_off}
