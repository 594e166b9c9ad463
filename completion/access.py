"""Who may study: an activity opens for those who are enrolled. Editors of the page are let in by `courses.access`."""

from django.utils.translation import gettext as _
from wagtail.models import Page

from courses.access import ALLOWED, Access
from courses.activities import ActivityMixin
from courses.models import ModulePage
from courses.queries import outline_of

from .paths import closed_by_order
from .queries import progress_on, visitors_progress


def needs_enrolment(person, page: Page) -> Access:
    """Let enrolled people open activities; send others to the course, where they can enrol."""
    if not issubclass(page.specific_class or type(page), ActivityMixin):
        return ALLOWED
    if not person.is_authenticated:
        return Access(False)
    progress = progress_on(page, person)
    if progress.is_enrolled:
        return ALLOWED if progress.is_started else _in_order(person, page)
    return Access(False, _("Enrol in this course first; then its lessons are open to you."), outline_of(page).url)


def _in_order(person, page: Page) -> Access:
    """Hold back a course of an ordered path until those before it are complete; what was begun stays open."""
    live = outline_of(page)
    waiting = closed_by_order(person, live) if live else None
    if live is None or waiting is None:
        return ALLOWED
    title, _path_id = waiting
    return Access(False, _("Finish “%(course)s” first; then this course opens.") % {"course": title}, live.url)


def meets_conditions(person, page: Page) -> Access:
    """Hold back what an access condition closes: with the reason on the course page, or as if it were not there."""
    kind = page.specific_class or type(page)
    if not issubclass(kind, ActivityMixin | ModulePage):
        return ALLOWED
    live = outline_of(page)
    known = progress_on(page, person) if person.is_authenticated else visitors_progress(live)
    gate = known.gate(page.pk)
    if gate.is_hidden:
        return Access(False)
    if gate.is_open or live is None or issubclass(kind, ModulePage):
        return ALLOWED  # a module that is closed says itself when it opens
    return Access(False, gate.sentence, live.url)
