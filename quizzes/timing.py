"""When a quiz may be taken and how long, for one person; when an answer was written. Pure; every clock is the server's.

The most lenient of the quiz's own times and all exceptions wins, each rule by itself.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Leniency:
    """More time or attempts than the quiz gives to everybody; None leaves a rule as it is."""

    opens_at: dt.datetime | None = None
    closes_at: dt.datetime | None = None
    extra_minutes: int = 0
    extra_attempts: int = 0


@dataclass(frozen=True)
class Window:
    """What holds for one person: when an attempt may begin, and how long it lasts.

    `minutes` 0: no clock runs; `attempts` 0: no limit. `closing_ends` says that closing also ends what has begun;
    otherwise the time limit is never eaten by the closing time.
    """

    opens_at: dt.datetime | None = None
    closes_at: dt.datetime | None = None
    minutes: int = 0
    attempts: int = 0
    closing_ends: bool = False

    def is_open_at(self, now: dt.datetime) -> bool:
        """Say whether an attempt may begin now."""
        return not self.opens_later(now) and not self.is_closed_at(now)

    def opens_later(self, now: dt.datetime) -> bool:
        return self.opens_at is not None and now < self.opens_at

    def is_closed_at(self, now: dt.datetime) -> bool:
        return self.closes_at is not None and now >= self.closes_at

    def deadline(self, started_at: dt.datetime) -> dt.datetime | None:
        """Return when the time of an attempt is up; None: never."""
        if not self.minutes:
            return self.closes_at
        limit = started_at + dt.timedelta(minutes=self.minutes)
        return min(limit, self.closes_at) if self.closing_ends and self.closes_at else limit


def most_lenient(window: Window, exceptions: Iterable[Leniency]) -> Window:
    """Return the window with every exception that is better for the person."""
    exceptions = list(exceptions)
    opens = [window.opens_at, *(given.opens_at for given in exceptions if given.opens_at)]
    closes = [window.closes_at, *(given.closes_at for given in exceptions if given.closes_at)]
    more = max((given.extra_minutes for given in exceptions), default=0)
    tries = max((given.extra_attempts for given in exceptions), default=0)
    return Window(
        opens_at=None if None in opens else min(filter(None, opens)),
        closes_at=None if None in closes else max(filter(None, closes)),
        minutes=window.minutes + more if window.minutes else 0,
        attempts=window.attempts + tries if window.attempts else 0,
        closing_ends=window.closing_ends,
    )


def next_attempt_at(last_ended_at: dt.datetime | None, delay_minutes: int) -> dt.datetime | None:
    """Return from when the next attempt may begin; None: at once."""
    if last_ended_at is None or not delay_minutes:
        return None
    return last_ended_at + dt.timedelta(minutes=delay_minutes)


@dataclass(frozen=True)
class Evidence:
    """What a device says about the moment it wrote an answer.

    `issued_at` is when the server signed the page it was written on, `device_then` what the device's clock said at
    that moment, `device_at` what it said when the answer was written. `signed`: the token is ours, for this attempt.
    """

    device_at: dt.datetime | None = None
    issued_at: dt.datetime | None = None
    device_then: dt.datetime | None = None
    signed: bool = False


def written_at(evidence: Evidence, received_at: dt.datetime) -> dt.datetime | None:
    """Return when an answer was written, by the server's clock; None where nothing speaks for it.

    A device's clock may be wrong by any amount: only the time that passed on it since the page was signed counts, and
    the result lies between signing and receiving.
    """
    if not evidence.signed or not evidence.device_at or not evidence.issued_at or not evidence.device_then:
        return None
    passed = evidence.device_at - evidence.device_then
    if passed < dt.timedelta(0):
        return None  # the clock was set back meanwhile: it tells nothing
    return min(evidence.issued_at + passed, received_at)


def was_in_time(evidence: Evidence, received_at: dt.datetime, deadline_at: dt.datetime | None) -> bool:
    """Say whether an answer was received, or by its evidence written, before the time was up."""
    if deadline_at is None or received_at <= deadline_at:
        return True
    moment = written_at(evidence, received_at)
    return moment is not None and moment <= deadline_at
