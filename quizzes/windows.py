"""When one person may take a quiz: the quiz's own times with the exceptions for the person and for their units."""

import datetime as dt
from typing import Any

from django.db.models import Q

from core.prepared import Prepared
from people.queries import units_above

from .models import QuizOverride, QuizPage
from .timing import Leniency, Window, most_lenient

_exceptions: Prepared[QuizOverride] = Prepared(
    lambda quiz, person: QuizOverride.objects.filter(Q(person=person) | Q(unit__isnull=False), quiz=quiz),
    quiz=int,
    person=int,
)


def window_for(quiz: QuizPage, person) -> Window:
    """Return what holds for a person now; one query, two where the quiz has exceptions for units."""
    exceptions = _exceptions(quiz=quiz.pk, person=person.pk)
    units = units_above(person) if any(given.unit_id for given in exceptions) else set()
    mine = [given for given in exceptions if given.person_id or given.unit_id in units]
    return most_lenient(window_of(quiz), map(_leniency, mine))


def window_of(quiz: QuizPage) -> Window:
    """Return what holds for everybody."""
    return Window(
        opens_at=quiz.opens_at,
        closes_at=quiz.closes_at,
        minutes=quiz.time_limit_minutes,
        attempts=quiz.attempts_allowed,
        closing_ends=quiz.closing_ends_attempts,
    )


def _leniency(given: QuizOverride) -> Leniency:
    return Leniency(given.opens_at, given.closes_at, given.extra_minutes, given.extra_attempts)


def times_of(rules: dict[str, Any], window: Window, started_at: dt.datetime) -> tuple[Any, Any]:
    """Return (deadline, the moment the server ends it) of an attempt; (None, None) where no clock runs."""
    deadline = window.deadline(started_at)
    if deadline is None:
        return None, None
    waits = [rules["late_minutes"], rules["grace_minutes"] if rules["overdue"] == "grace" else 0]
    return deadline, deadline + dt.timedelta(minutes=max(waits))
