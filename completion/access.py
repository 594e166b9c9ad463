"""Who may study: an activity opens for those who are enrolled. Editors of the page are let in by `courses.access`."""

from django.utils.translation import gettext as _
from wagtail.models import Page

from courses.access import ALLOWED, Access
from courses.activities import ActivityMixin
from courses.queries import outline_of

from .queries import progress_on


def needs_enrolment(person, page: Page) -> Access:
    """Let enrolled people open activities; send others to the course, where they can enrol."""
    if not issubclass(page.specific_class or type(page), ActivityMixin):
        return ALLOWED
    if not person.is_authenticated:
        return Access(False)
    if progress_on(page, person).is_enrolled:
        return ALLOWED
    return Access(False, _("Enrol in this course first; then its lessons are open to you."), outline_of(page).url)
