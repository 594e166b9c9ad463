"""What waits for somebody in the admin, whichever app keeps it: each tells of its own, and the dashboard shows all."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Waiting:
    """Something to do: how much of it, in words that say what, and the screen where it is done."""

    text: str
    count: int
    url: str


WaitingSource = Callable[..., Iterable[Waiting]]
_sources: list[WaitingSource] = []


def register_waiting(source: WaitingSource) -> WaitingSource:
    """Have `source(user)` asked what waits for a person; it gives only what that person may do."""
    _sources.append(source)
    return source


def waiting_for(user) -> list[Waiting]:
    """Return everything that waits for a person, in the order of the apps; what is not there is left out."""
    return [one for source in _sources for one in source(user) if one.count]
