"""Registrations with Wagtail only; what they do lives in modules named after it."""

from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from .staff.viewset import TasksOfStaff

hooks.register("register_admin_viewset", TasksOfStaff)


@hooks.register("register_log_actions")
def register_log_actions(actions):
    actions.register_action("submissions.add_marker", _("Marker"), _("Let somebody help to mark the task"))
    actions.register_action(
        "submissions.remove_marker", _("No longer marker"), _("Took somebody from marking the task")
    )
