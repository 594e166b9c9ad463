"""Reactions to achievements: issued with the commit, revoked when they are undone."""

import threading
import time

from . import services

# Seconds for which a thread relies on the batch it has just settled, while its news still arrive one by one.
FRESH = 5
_settled = threading.local()


def issue_certificate(sender, achievement_id: int, **_news) -> None:
    """Issue at once. A process that is killed before this is followed by the clock's `issue_certificates`."""
    first, last, at = getattr(_settled, "batch", (0, 0, 0.0))
    if first < achievement_id <= last and time.monotonic() - at < FRESH:
        return
    last = services.issue_from(first_id=achievement_id)
    _settled.batch = (achievement_id, last, time.monotonic())


def revoke_certificate(sender, achievement_id: int, **_news) -> None:
    forget_settled()
    services.revoke_undone(achievement_id=achievement_id)


def forget_settled() -> None:
    """Ask the database again: for tests, whose ids a rollback gives back."""
    _settled.__dict__.clear()
