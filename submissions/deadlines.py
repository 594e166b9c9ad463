"""When work is due, and until when it is taken: pure rules of days and moments."""

import datetime as dt
from dataclasses import dataclass

from core.zones import end_of_day, local_date

ACCEPT, DAYS, UNTIL = "accept", "days", "until"


@dataclass(frozen=True)
class Terms:
    """`due_at`: handed in later is late. `closes_at`: handed in later is refused; it is never before `due_at`."""

    due_at: dt.datetime | None = None
    closes_at: dt.datetime | None = None

    def is_late(self, now: dt.datetime) -> bool:
        return self.due_at is not None and now > self.due_at

    def is_closed(self, now: dt.datetime) -> bool:
        return self.closes_at is not None and now > self.closes_at


def own_due(*, on: dt.date | None, days: int | None, enrolled_at: dt.datetime, zone: str) -> dt.datetime | None:
    """Return the end of a fixed day, or of the day some days after the enrolment, in the learner's zone."""
    if on is not None:
        return end_of_day(on, zone)
    return None if days is None else end_of_day(local_date(enrolled_at, zone) + dt.timedelta(days=days), zone)


def terms_of(
    *, due_at: dt.datetime | None, extended_to: dt.datetime | None, late: str, late_days: int, until: dt.date | None,
    zone: str,
) -> Terms:  # fmt: skip
    """Return until when work is taken. More time that staff gave a person puts everything off, and nothing forward.

    `late`: "accept" takes late work for ever, "days" so many days after it was due, "until" to the end of a day.
    """
    if due_at is not None and extended_to is not None:
        due_at = max(due_at, extended_to)
    closes = None
    if late == DAYS and due_at is not None:
        closes = due_at + dt.timedelta(days=late_days)
    elif late == UNTIL and until is not None:
        closes = end_of_day(until, zone)
    floor = [moment for moment in (due_at, extended_to) if moment is not None]
    return Terms(due_at, max([closes, *floor]) if closes is not None else None)
