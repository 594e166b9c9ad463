"""Reminders, and the decisions of the log, in words that people read."""

import datetime as dt
from collections.abc import Mapping

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.templatetags.core_tags import as_moment

from .models import MessageLog
from .queries import DueRow

COURSES_SHOWN = 10


def reminder(row: DueRow, *, today: dt.date, now: dt.datetime) -> tuple[str, str]:
    """Return title and text of a reminder, in the active language and zone: what is due, how far it is, what to do."""
    days = (timezone.localtime(row.due_at).date() - today).days
    values = {"course": row.course_title, "count": abs(days), "due": as_moment(row.due_at)}
    if row.due_at < now:
        text = _("“%(course)s” was due on %(due)s. You can still finish it; all you have done so far counts.")
        help_text = _("Do you need more time? Ask your training organiser for an extension.")
    else:
        text = _("“%(course)s” is assigned to you and due on %(due)s.")
        help_text = _("A lesson takes five to ten minutes.")
    paragraphs = [text % values, _progress(row), help_text]
    return _reminder_title(days, is_late=row.due_at < now) % values, "\n\n".join(filter(None, paragraphs))


def _reminder_title(days: int, *, is_late: bool) -> str:
    if not is_late and days == 0:
        return _("Due today: %(course)s")
    if not is_late and days == 1:
        return _("Due tomorrow: %(course)s")
    if not is_late:
        return ngettext("Due in %(count)d day: %(course)s", "Due in %(count)d days: %(course)s", days)
    if days == 0:
        return _("Past due since today: %(course)s")
    return ngettext("%(count)d day past due: %(course)s", "%(count)d days past due: %(course)s", -days)


def _progress(row: DueRow) -> str:
    if not row.required_complete:
        return ""
    done = {"done": row.required_complete, "total": row.required_total}
    return _("You have finished %(done)d of %(total)d parts.") % done


def team(counts: Mapping[str, int]) -> str:
    """Return how many people of a team are past due in each course, a line each; names stand in the site."""
    shown = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    lines = [
        ngettext("• %(course)s: %(count)d person", "• %(course)s: %(count)d people", count)
        % {"course": course, "count": count}
        for course, count in shown[:COURSES_SHOWN]
    ]
    if more := len(shown) - COURSES_SHOWN:
        lines += [ngettext("and %(count)d more course", "and %(count)d more courses", more) % {"count": more}] * (
            more > 0
        )
    return "\n".join(lines)


def step(days: int) -> str:
    """Say when a step comes: `3 hari sebelum tenggat`."""
    if days == 0:
        return _("on the day it is due")
    if days < 0:
        return ngettext("%(count)d day before it is due", "%(count)d days before it is due", -days) % {"count": -days}
    return ngettext("%(count)d day after it was due", "%(count)d days after it was due", days) % {"count": days}


def reason(row: MessageLog) -> str:
    """Say why a message came: what is due, which step it was, and why at that time."""
    return _("“%(course)s” is due on %(due)s. This message is sent %(step)s: %(reason)s.") % {
        "course": row.enrolment.course.title,
        "due": as_moment(row.due_at),
        "step": step(row.step.days),
        "reason": row.get_reason_display(),
    }
