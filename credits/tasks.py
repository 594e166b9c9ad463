"""Background work: primary keys in, one service call. Each may be run again after it was killed."""

from django_tasks import task

from . import services


@task()
def settle(achievement_ids: list[int]) -> int:
    return services.settle(achievement_ids=achievement_ids)
