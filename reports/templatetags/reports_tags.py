"""Words of a team state."""

from django import template

from completion.queries import Standing
from core.templatetags.core_tags import due_in
from reports.queries import AssignedCourse

register = template.Library()


@register.filter
def state_words(course: AssignedCourse) -> str:
    """Return the state in words; past due says since when, in days of the person's zone."""
    return due_in(course.due_at, course.zone) if course.state == Standing.LATE else str(course.state.label)
