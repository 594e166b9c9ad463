"""Marks that people give. The attempt's row is the lock: two at once are a first and a second, never two firsts."""

from collections.abc import Mapping
from decimal import Decimal

from django.db import transaction

from questions import markup
from questions.kinds import get_kind
from questions.marking import Given, MarkRefused, checked_points, stage_of
from questions.queries import versions_by_id

from ..access import attempts_in_care, attempts_to_mark
from ..models import Attempt, AttemptQuestion, Marking
from ..tasks import tell_result
from .ending import grade_again

State = Attempt.State
LONGEST_COMMENT = 10_000


@transaction.atomic
def mark_answer(
    *,
    question: AttemptQuestion,
    by,
    points: Decimal | None = None,
    criteria: Mapping[str, Decimal] | None = None,
    comment: str = "",
    reason: str = "",
    seen: int | None = None,
) -> Marking:
    """Give an answer a mark, and its attempt the marks that follow; the stage follows from the marks that are there.

    `points` are out of the question's maximum; where its guide has criteria, points by criterion take their place.
    `seen` is the id of the newest mark the person was shown, so that nobody overrules a mark unseen. The same mark by
    the same person again is the same row. A mark in force changes with a `reason` only. Raises `MarkRefused`.
    """
    attempt = Attempt.objects.select_for_update().get(pk=question.attempt_id)
    question = attempt.questions.get(pk=question.pk)
    if not attempts_to_mark(by).filter(pk=attempt.pk).exists():
        raise MarkRefused("not_yours")
    data = _data_to_mark(attempt, question)
    points, kept = checked_points(points, criteria or {}, criteria=data["criteria"], most=question.max_mark)
    marks = list(question.markings.all())
    comment = markup.block(comment[:LONGEST_COMMENT])
    if repeated := _same(marks, by, points, kept, comment):
        return repeated
    stage = _stage(attempt, marks, by, seen)
    was_graded = attempt.state == State.GRADED
    if was_graded and not reason.strip():
        raise MarkRefused("reason")
    marking = Marking.objects.create(
        question=question, stage=stage, marker=by, points=points, criteria=kept, comment=comment
    )
    before = (attempt.score, attempt.passed)
    graded = grade_again(attempt=attempt, by=by, reason=reason.strip()[:250])
    if graded.state == State.GRADED and (not was_graded or before != (graded.score, graded.passed)):
        tell_result.enqueue(attempt.pk, changed=was_graded)
    return marking


def _data_to_mark(attempt: Attempt, question: AttemptQuestion):
    """Return the data of the version that is marked; raise where there is nothing for a person to mark."""
    key = question.key_version_id or question.version_id
    version = versions_by_id([key])[key]
    if attempt.state not in Attempt.HANDED_IN_STATES:
        raise MarkRefused("not_submitted")
    if not get_kind(version.kind).is_marked_by_people or question.answer is None or not question.max_mark:
        raise MarkRefused("nothing_to_mark")
    return version.data


def _same(marks: list[Marking], by, points: Decimal, criteria: dict[str, str], comment: str) -> Marking | None:
    """Return the newest mark where it is this one: a form that was sent twice."""
    newest = marks[-1] if marks else None
    given = (by.pk, points, criteria, comment)
    is_same = newest and (newest.marker_id, newest.points, newest.criteria, newest.comment) == given
    return newest if is_same else None


def _stage(attempt: Attempt, marks: list[Marking], by, seen: int | None) -> str:
    decides = attempts_in_care(by).filter(pk=attempt.pk).exists()
    given = [Given(mark.stage, mark.marker_id) for mark in marks]
    stage = stage_of(given, by=by.pk, two=attempt.has_two_markers, decides=decides)
    # A second marker has not seen the first mark and must not; every other mark takes the place of one that is known.
    if marks and stage != Marking.Stage.SECOND and marks[-1].pk != seen:
        raise MarkRefused("meanwhile")
    return stage
