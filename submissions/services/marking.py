"""Marks that people give, and work they return. The enrolment's row is the lock: no two markers mark at once."""

import uuid
from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction

from django.db import transaction

from completion import services as completion
from completion.models import ActivityEvent
from questions import markup
from questions.marking import Given, MarkRefused, checked_points, stage_of

from ..access import work_in_care, work_to_mark
from ..models import Mark, Submission
from ..rules import passes
from ..tasks import tell_marked
from .drafting import lock

State, Decision = Submission.State, Mark.Decision
LONGEST_COMMENT = 10_000
OPEN_TO_MARKS = (State.HANDED_IN, State.MARKED, State.RETURNED)


@transaction.atomic
def mark_submission(
    *,
    submission: Submission,
    by,
    decision: str,
    points: Decimal | None = None,
    criteria: Mapping[str, Decimal] | None = None,
    comment: str = "",
    reason: str = "",
    seen: int | None = None,
) -> Mark:
    """Give a version its mark, or return it for revision with words that say what to improve.

    `points` are out of the highest mark; where the guide has criteria, points by criterion take their place. `seen` is
    the id of the newest mark the person was shown. The same again is the same row. A mark that counts changes only for
    a `reason`, and only by who organises. Raises `questions.marking.MarkRefused`.
    """
    lock(submission.enrolment)
    submission = Submission.objects.select_related("page", "enrolment").get(pk=submission.pk)
    if not work_to_mark(by).filter(pk=submission.pk).exists():
        raise MarkRefused("not_yours")
    marks = list(submission.marks.all())
    comment = markup.block(comment[:LONGEST_COMMENT])
    if decision == Decision.MARKED:
        rules = submission.rules
        points, kept = checked_points(
            points, criteria or {}, criteria=rules["criteria"], most=Decimal(rules["max_mark"])
        )
    else:
        points, kept = None, {}
    if marks and _told(marks[-1]) == (by.pk, decision, points, kept, comment):
        return marks[-1]
    if submission.state not in OPEN_TO_MARKS or _is_overtaken(submission):
        raise MarkRefused("replaced")
    if decision == Decision.RETURNED and not comment:
        raise MarkRefused("comment")
    stage = _stage(submission, marks, by, seen)
    was = submission.state
    if has_counted(marks) and not reason.strip():
        raise MarkRefused("reason")
    submission.state = State.MARKED if decision == Decision.MARKED else State.RETURNED
    submission.points = points
    submission.passed = None if points is None else passes(points, submission.rules)
    submission.save(update_fields=["state", "points", "passed"])
    mark = Mark.objects.create(
        submission=submission, marker=by, decision=decision, stage=stage, points=points, criteria=kept,
        comment=comment, reason=reason.strip()[:250], state_before=was, state_after=submission.state,
    )  # fmt: skip
    if points is not None:
        _record(submission, points, marks, by, mark.reason)
    tell_marked.enqueue(mark.pk)
    return mark


def has_counted(marks: Iterable[Mark]) -> bool:
    """Say whether one of the marks told the record of learning a grade: then a change needs its reason."""
    return any(mark.points is not None for mark in marks)


def _told(mark: Mark) -> tuple:
    return mark.marker_id, mark.decision, mark.points, mark.criteria, mark.comment


def _is_overtaken(submission: Submission) -> bool:
    """Say whether a newer version was handed in: then that one is marked."""
    newer = Submission.objects.filter(enrolment=submission.enrolment_id, page=submission.page_id)
    return newer.filter(number__gt=submission.number).exclude(state=State.DRAFT).exists()


def _stage(submission: Submission, marks: list[Mark], by, seen: int | None) -> str:
    decides = work_in_care(by).filter(pk=submission.pk).exists()
    stage = stage_of([Given(mark.stage, mark.marker_id) for mark in marks], by=by.pk, two=False, decides=decides)
    if marks and marks[-1].pk != seen:
        raise MarkRefused("meanwhile")
    return stage


def _record(submission: Submission, points: Decimal, marks: list[Mark], by, reason: str) -> None:
    """Tell `completion`: the first mark of a version is a grade, every later one a regrade of it."""
    share = Fraction(points) / Fraction(submission.rules["max_mark"])
    data = {"score": str(share), "passed": submission.passed, "attempt": str(submission.key)}
    if has_counted(marks):
        completion.regrade_by_staff(
            enrolment=submission.enrolment, activity_id=submission.page_id, data=data, by=by, reason=reason
        )
        return
    completion.record(
        enrolment=submission.enrolment,
        activity_id=submission.page_id,
        kind=ActivityEvent.Kind.GRADED,
        data=data,
        client_id=uuid.uuid5(submission.key, "graded"),
        revision=submission.page.live_revision_id,
    )
