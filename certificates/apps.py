import datetime as dt

from django.apps import AppConfig


class CertificatesConfig(AppConfig):
    name = "certificates"

    def ready(self):
        from completion.signals import achievement_made, achievement_undone
        from core.schedule import register_command

        from . import checks, news, permissions, receivers  # noqa: F401  registers its check

        permissions.register()
        news.register_kinds()
        achievement_made.connect(receivers.issue_certificate)
        achievement_undone.connect(receivers.revoke_certificate)
        register_command("issue_certificates", every=dt.timedelta(minutes=10))
