"""Background work on the bank: a key in, one service call. Each may be run again after it was killed."""

from django_tasks import task

from . import importing


@task()
def check_import(job_id: int) -> None:
    importing.check(job_id=job_id)


@task()
def load_import(job_id: int) -> None:
    importing.load(job_id=job_id)
