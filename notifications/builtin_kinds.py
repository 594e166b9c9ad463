"""The kinds of notices about courses: what is asked, reminded, decided and finished."""

from django.utils.translation import gettext_lazy as _

from .kinds import register as register_kind

ASSIGNED = "assigned"
EXTENDED = "extended"
DECIDED = "request_decided"
ASKED = "request_made"
REMINDER = "reminder"
REMINDER_LATE = "reminder_late"
ESCALATION = "team_late"
TEAM_WEEK = "team_week"
FINISHED = "finished"


def register() -> None:
    """Register them; called once, when the app is ready."""
    register_kind(
        ASSIGNED,
        _("A course is assigned to you"),
        is_mandatory=True,
        waits_at_night=True,
        why=_("Your agency asks you to take a course."),
    )
    register_kind(
        REMINDER_LATE,
        _("A course is past due"),
        is_mandatory=True,
        waits_at_night=True,
        why=_("A course that was assigned to you is past its due date and not finished yet."),
    )
    register_kind(
        EXTENDED,
        _("More time, or excused from a course"),
        is_mandatory=True,
        waits_at_night=True,
        why=_("An organiser has decided about a course that was assigned to you."),
    )
    register_kind(
        DECIDED,
        _("A decision about your request"),
        is_mandatory=True,
        why=_("You asked to be let into a course."),
    )
    register_kind(
        ASKED,
        _("Somebody asks you to decide"),
        is_mandatory=True,
        waits_at_night=True,
        why=_("You are a supervisor or organiser who may decide about this request."),
    )
    register_kind(
        ESCALATION,
        _("People of your team are past due"),
        is_mandatory=True,
        waits_at_night=True,
        why=_("You supervise people with an assigned course that is past its due date."),
    )
    register_kind(
        REMINDER,
        _("Reminders before a due date"),
        waits_at_night=True,
        why=_("A course that was assigned to you is due soon and not finished yet."),
    )
    register_kind(
        TEAM_WEEK,
        _("Weekly summary of your team"),
        waits_at_night=True,
        why=_("You supervise people. Once a week you see who of them is past due."),
    )
    register_kind(
        FINISHED,
        _("You have finished a course"),
        email=False,
        why=_("You finished a course; this is your confirmation."),
    )
