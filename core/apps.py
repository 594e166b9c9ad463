import datetime as dt

from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "core"

    def ready(self):
        from . import schedule

        schedule.register_command("publish_scheduled", every=dt.timedelta(minutes=1))
        schedule.register_command("clearsessions", every=dt.timedelta(days=1))
        schedule.register_command("prune_db_task_results", "--queue-name=*", every=dt.timedelta(days=1))
