"""What waits for a person to mark, whichever app keeps it: each tells of its own, and one queue shows all of it."""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class WaitingWork:
    """Work at one activity that waits for one marker: how much, since when (the oldest), and where it is marked."""

    kind: str  # what it is, in the reader's words: "quiz", "task"
    title: str
    course: str
    count: int
    oldest_at: dt.datetime
    url: str


WorkSource = Callable[..., Iterable[WaitingWork]]
_sources: list[WorkSource] = []


def register_work(source: WorkSource) -> WorkSource:
    """Have `source(user)` asked what waits for a person's mark; it gives only what that person may mark."""
    _sources.append(source)
    return source


def waiting_work(user) -> list[WaitingWork]:
    """Return everything that waits for a person's mark, the oldest first."""
    return sorted((work for source in _sources for work in source(user)), key=lambda work: work.oldest_at)
