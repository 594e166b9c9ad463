"""Background work: primary keys in, one service call. Each may be run again after it was killed."""

from django_tasks import task

from . import services


@task()
def recompute_open(course_id: int) -> int:
    return services.recompute_open(course_id=course_id)
