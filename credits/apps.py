import datetime as dt

from django.apps import AppConfig


class CreditsConfig(AppConfig):
    name = "credits"

    def ready(self):
        from completion.signals import achievements_changed
        from core.schedule import register_command
        from core.waiting import register_waiting

        from . import receivers
        from .external import news, policy, waiting
        from .rules import permissions

        policy.register()
        register_waiting(waiting.waiting)
        permissions.register()
        news.register_kinds()
        achievements_changed.connect(receivers.settle)
        # What a process was killed on between its commit and the news of it.
        register_command("credit_jp", "--days=30", every=dt.timedelta(hours=1))
