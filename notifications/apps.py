import datetime as dt

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"

    def ready(self):
        from completion import signals
        from core.schedule import register_command
        from people.backends import read_along

        from . import builtin_kinds, permissions, receivers
        from .queries import unread_annotation

        permissions.register()
        builtin_kinds.register()
        read_along("unread_notices", unread_annotation)
        register_command("send_reminders", every=dt.timedelta(minutes=15))
        signals.assigned.connect(receivers.tell_assigned)
        signals.extended.connect(receivers.tell_extended)
        signals.exempted.connect(receivers.tell_exempted)
        signals.request_made.connect(receivers.tell_asked)
        signals.request_decided.connect(receivers.tell_decided)
        signals.course_completed.connect(receivers.tell_finished)
