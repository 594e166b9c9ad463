"""Background work: a key in, one service call. Each may be run again after it was killed."""

from django_tasks import task

from . import exporting, histories


@task()
def write_export(export_id: int) -> None:
    exporting.write(export_id=export_id)


@task()
def check_history(import_id: int) -> None:
    histories.check(import_id=import_id)


@task()
def load_history(import_id: int) -> None:
    histories.load(import_id=import_id)
