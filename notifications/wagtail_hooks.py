"""Registrations with Wagtail only."""

from wagtail import hooks

from .viewsets import MessageLogViewSet, MessageSettingsViewSet, ReminderStepViewSet


@hooks.register("register_admin_viewset")
def register_messages():
    return [MessageLogViewSet(), ReminderStepViewSet(), MessageSettingsViewSet()]
