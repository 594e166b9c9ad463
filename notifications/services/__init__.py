"""Every write of this app: telling people, reminding them, digests, reading, choosing."""

from .digests import make_digests
from .reminding import remind
from .team import tell_supervisors, tell_teams_of_the_week
from .telling import Message, choose, is_own_path, mark_all_read, mark_read, notify, notify_many, stop_email, wish

__all__ = [
    "Message",
    "choose",
    "is_own_path",
    "make_digests",
    "mark_all_read",
    "mark_read",
    "notify",
    "notify_many",
    "remind",
    "stop_email",
    "tell_supervisors",
    "tell_teams_of_the_week",
    "wish",
]
