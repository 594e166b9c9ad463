"""When something is due, and when it comes again: pure rules of days and moments.

Days are calendar days of a place, moments are aware. Nothing here knows a database, a clock or the reader's zone.
"""

import calendar
import datetime as dt
from collections.abc import Iterable


def effective_due(
    assigned: Iterable[dt.datetime | None], extended: Iterable[dt.datetime] = (), *, exempted: bool = False
) -> dt.datetime | None:
    """Return the one due moment of an enrolment from what is in force; None where nothing is due.

    `assigned` are the due moments of its assignments, `extended` those of its extensions: the earliest assignment
    counts, and the latest extension puts it off. An extension alone asks for nothing; who is exempted owes nothing.
    """
    due = min((moment for moment in assigned if moment is not None), default=None)
    if due is None or exempted:
        return None
    return max([due, *extended])


def add_months(day: dt.date, months: int) -> dt.date:
    """Return the same day some months later (earlier below 0), or the last day of a month that is too short.

    31 January and one month is 28 or 29 February; 29 February and twelve months is 28 February.
    """
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(years, month + 1, min(day.day, calendar.monthrange(years, month + 1)[1]))


def runs_out_on(completed_on: dt.date, valid_months: int) -> dt.date:
    """Return the last day on which a completion is valid."""
    return add_months(completed_on, valid_months)


def opens_again_on(completed_on: dt.date, valid_months: int, window_days: int) -> dt.date:
    """Return from which day the next cycle is open; never before the day after the completion."""
    opens = runs_out_on(completed_on, valid_months) - dt.timedelta(days=window_days)
    return max(opens, completed_on + dt.timedelta(days=1))


def next_cycle_due_on(completed_on: dt.date, valid_months: int, window_days: int, today: dt.date) -> dt.date:
    """Return by which day the next cycle is due: when the last runs out.

    Where that is past on the day it opens (the duty is younger than the completion, or the clock stood still), people
    get the whole window from today.
    """
    expires = runs_out_on(completed_on, valid_months)
    return expires if expires > today else today + dt.timedelta(days=max(window_days, 1))


def first_due_on(*, due_on: dt.date | None, due_days: int | None, starts_on: dt.date, today: dt.date) -> dt.date | None:
    """Return by which day a duty is due that reaches somebody today; None where it sets no day.

    Who is reached after the fixed day gets as many days as the duty gave at its start, and at least one.
    """
    if due_days is not None:
        return today + dt.timedelta(days=due_days)
    if due_on is None or due_on >= today:
        return due_on
    return today + max(due_on - starts_on, dt.timedelta(days=1))
