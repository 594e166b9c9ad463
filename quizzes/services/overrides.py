"""Exceptions: more time or attempts for one person, or for a unit with those below it."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from ..models import QuizOverride, QuizPage
from .starting import refresh_deadlines


@transaction.atomic
def give_override(
    *,
    quiz: QuizPage,
    by,
    reason: str,
    person=None,
    unit=None,
    opens_at: dt.datetime | None = None,
    closes_at: dt.datetime | None = None,
    extra_minutes: int = 0,
    extra_attempts: int = 0,
) -> QuizOverride:
    """Give a person or a unit more than the quiz gives to all; attempts that have begun get the time at once."""
    if not (opens_at or closes_at or extra_minutes or extra_attempts):
        raise ValidationError(_("An exception gives something: minutes, attempts, or another opening or closing time."))
    if opens_at and closes_at and closes_at <= opens_at:
        raise ValidationError({"closes_at": _("The quiz would close before it opens.")})
    override = QuizOverride(
        quiz=quiz, person=person, unit=unit, opens_at=opens_at, closes_at=closes_at,
        extra_minutes=extra_minutes, extra_attempts=extra_attempts, reason=reason.strip(), created_by=by,
    )  # fmt: skip
    override.full_clean()
    override.save()
    refresh_deadlines(quiz=quiz)
    return override


def end_override(*, override: QuizOverride) -> None:
    """End an exception. Attempts that have begun keep the time they were given."""
    override.delete()
