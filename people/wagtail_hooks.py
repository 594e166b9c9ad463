"""Registrations only: the admin's screens of people."""

from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from .viewsets import PeopleMenu


@hooks.register("register_admin_viewset")
def register_people():
    return PeopleMenu()


@hooks.register("register_log_actions")
def register_log_actions(actions):
    actions.register_action("people.reset_link", _("Sign-in link"), _("Handed over a link for a new password"))
