"""Registrations with Wagtail only."""

from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from .opening import look_again, note_opening
from .viewsets import LearningMenu

# After `courses` has asked who may open the page.
hooks.register("before_serve_page", note_opening, order=10)
hooks.register("before_serve_page", look_again, order=10)


@hooks.register("register_admin_viewset")
def register_learning():
    return LearningMenu()


@hooks.register("register_log_actions")
def register_log_actions(actions):
    actions.register_action("completion.assigned", _("Assigned"), _("Assigned to people"))
    actions.register_action("completion.signed_off", _("Signed off"), _("Signed off for people"))
