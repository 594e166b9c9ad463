"""Reactions to what Wagtail tells about pages: the outline and editions of the course around a changed page follow it.

Many pages may change in one transaction (a course is loaded, a module moved); each course is refreshed once, after the
commit. Every change registers its own callback and the first one does the work: a callback lost with a rolled-back
savepoint then takes only its own wish along. What a killed process or a failure leaves undone, the clock does
(`services.refresh_courses`).
"""

import threading

from django.core.exceptions import PermissionDenied
from django.db import transaction
from wagtail.models import Page

from . import protection, queries, services

_waiting = threading.local()


def follow_page(sender, instance, **kwargs) -> None:
    """A page was published, unpublished, deleted, or got another address."""
    if isinstance(instance, Page):
        refresh_around(instance.path)


def follow_alias(sender, instance, created, raw=False, **kwargs) -> None:
    """An alias of a live page is live from its first moment, and Wagtail publishes nothing to tell so."""
    if created and not raw and isinstance(instance, Page) and instance.alias_of_id and instance.live:
        refresh_around(instance.path)


def follow_deletion(sender, instance, **kwargs) -> None:
    """Deleting tells once for each table of a page; the row of the tree is enough."""
    if sender is Page:
        refresh_around(instance.path)


def follow_move(sender, instance, parent_page_before, parent_page_after, **kwargs) -> None:
    """Both places change: the one left and the one reached."""
    refresh_around(instance.path)
    if parent_page_before.pk != parent_page_after.pk:
        refresh_around(parent_page_before.path, below=False)


def refuse_move(sender, instance, parent_page_before, parent_page_after, **kwargs) -> None:
    """Hold back a move that would tear learners' history out of its course, whoever asks for it."""
    if protection.move_is_refused(instance, parent_page_after):
        raise PermissionDenied(protection.MOVE_REFUSED)


def refresh_around(path: str, *, below: bool = True) -> None:
    """Refresh the courses at, above or below a place in the tree once the transaction has committed."""
    courses = queries.courses_around(path) if below else queries.courses_above(path)
    for course_id in courses.values_list("pk", flat=True):
        _pending().add(course_id)
        # Robust: the page is stored already, and the courses that come after this one have their turn as well.
        transaction.on_commit(lambda course_id=course_id: _refresh_once(course_id), robust=True)


def _pending() -> set[int]:
    if not hasattr(_waiting, "courses"):
        _waiting.courses = set()
    return _waiting.courses


def _refresh_once(course_id: int) -> None:
    if course_id in _pending():
        _pending().discard(course_id)
        services.refresh_course(course=course_id)
