import datetime as dt
import gc
import sqlite3

from django.apps import AppConfig
from django.db.backends.signals import connection_created


class CoreConfig(AppConfig):
    name = "core"

    def ready(self):
        from . import schedule

        connection_created.connect(allow_many_parameters, dispatch_uid="core")
        schedule.register_command("publish_scheduled", every=dt.timedelta(minutes=1))
        schedule.register_command("clearsessions", every=dt.timedelta(days=1))
        schedule.register_command("prune_db_task_results", "--queue-name=*", every=dt.timedelta(days=1))
        # Looking for rubbish among what is loaded for good took a third of the time of long work.
        gc.freeze()
        gc.set_threshold(2_000, 10, 10)


def allow_many_parameters(*, connection, **_):
    """Let SQLite take as many parameters in a query as it was built for; Django 5.2 stops at 999.

    Many rows are then one insert, not one for each eighty of them.
    """
    if connection.vendor == "sqlite":
        connection.features.max_query_params = connection.connection.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER)
