"""Words and looks of a team state."""

from django import template
from django.utils import timezone
from django.utils.translation import ngettext

from completion.queries import Standing

from ..queries import AssignedCourse
from ..views import LOOKS

register = template.Library()


@register.filter
def state_look(state: Standing) -> str:
    """Return the chip's look for a state."""
    return LOOKS[state]


@register.filter
def state_words(course: AssignedCourse) -> str:
    """Return the state in words; past due says since when, in days of the reader's zone."""
    if course.state != Standing.LATE or course.due_at is None:
        return str(course.state.label)
    days = (timezone.localdate() - timezone.localtime(course.due_at).date()).days
    if not days:
        return str(course.state.label)
    return ngettext("%(count)d day past due", "%(count)d days past due", days) % {"count": days}
