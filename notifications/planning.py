"""Which reminder is due now: pure arithmetic of days in the person's own zone. Imports no Django.

A step counts in local days from the day on which something is due: what is due on Friday 23.59 WIT is reminded "1 day
before" on Thursday, in WIT. Nothing is sent in quiet hours, and what comes late is sent only while it still holds.
"""

import datetime as dt
from collections.abc import Iterable, Set
from dataclasses import dataclass
from zoneinfo import ZoneInfo

SEND, DEFER, WITHHOLD = "send", "defer", "withhold"
ON_TIME, CAUGHT_UP, OVER_CAP, SUPERSEDED, STALE = "on_time", "caught_up", "over_cap", "superseded", "stale"
QUIET = "quiet"

# A step that comes after the due day still holds a week later; before it, only until the next step or the due moment.
LATE_STEP_DAYS = 7


@dataclass(frozen=True)
class Quiet:
    """Hours of the day, in the person's zone, in which nothing is sent. They may pass midnight; equal ends: none."""

    begins: dt.time = dt.time(20)
    ends: dt.time = dt.time(7)

    def holds(self, local: dt.time) -> bool:
        if self.begins <= self.ends:
            return self.begins <= local < self.ends
        return local >= self.begins or local < self.ends


@dataclass(frozen=True, order=True)
class Step:
    """`days` before (negative) or after the due day; `id` is the row's."""

    days: int
    id: int


@dataclass(frozen=True)
class Decision:
    """What to do about one step now: send, defer or withhold, and the code of the reason."""

    step: Step
    action: str
    reason: str


def local_time(moment: dt.datetime, zone: str) -> dt.datetime:
    return moment.astimezone(ZoneInfo(zone))


def step_day(due_at: dt.datetime, zone: str, days: int) -> dt.date:
    """Return the local day of a step."""
    return local_time(due_at, zone).date() + dt.timedelta(days=days)


def next_allowed(now: dt.datetime, zone: str, quiet: Quiet) -> dt.datetime:
    """Return the moment itself where sending is allowed, else the end of the quiet hours it lies in."""
    local = local_time(now, zone)
    if not quiet.holds(local.time()):
        return now
    ends = dt.datetime.combine(local.date(), quiet.ends, tzinfo=local.tzinfo)
    return ends if ends > local else ends + dt.timedelta(days=1)


def plan(
    *,
    due_at: dt.datetime,
    now: dt.datetime,
    zone: str,
    quiet: Quiet,
    steps: Iterable[Step],
    decided: Set[int] = frozenset(),
    asked_at: dt.datetime | None = None,
    over_cap: bool = False,
) -> list[Decision]:
    """Decide about the steps of one recipient whose local day has come and that nothing was decided about yet.

    At most one is sent: the newest. Older ones are superseded. `decided` holds the ids of steps with a row in the log;
    `asked_at` is when the person was asked: days that had passed by then are stale, for the assignment itself told of
    it. In quiet hours nothing is decided but the newest is deferred, to be judged afresh when they end.
    """
    today = local_time(now, zone).date()
    come = sorted(step for step in steps if step_day(due_at, zone, step.days) <= today)
    if not come:
        return []
    newest = come[-1]
    open_ones = [step for step in come if step.id not in decided]
    older = [Decision(step, WITHHOLD, SUPERSEDED) for step in open_ones if step != newest]
    if newest not in open_ones:
        return older
    if not _holds(newest, due_at, now, zone, asked_at):
        return [*older, Decision(newest, WITHHOLD, STALE)]
    if quiet.holds(local_time(now, zone).time()):
        return [Decision(newest, DEFER, QUIET)]
    if over_cap:
        return [*older, Decision(newest, SEND, OVER_CAP)]
    on_time = step_day(due_at, zone, newest.days) == today
    return [*older, Decision(newest, SEND, ON_TIME if on_time else CAUGHT_UP)]


def _holds(step: Step, due_at: dt.datetime, now: dt.datetime, zone: str, asked_at: dt.datetime | None) -> bool:
    """Say whether a step whose day has come is still worth telling."""
    day = step_day(due_at, zone, step.days)
    if asked_at is not None and day <= local_time(asked_at, zone).date():
        return False
    if step.days <= 0:
        return now <= due_at
    return (local_time(now, zone).date() - day).days < LATE_STEP_DAYS
