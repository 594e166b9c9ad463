"""Background work: primary keys in, one service call. Each may be run again after it was killed."""

import datetime as dt

from django_tasks import task

from courses.changes import Choice

from . import services


@task()
def recompute_open(course_id: int) -> int:
    return services.recompute_open(course_id=course_id)


@task()
def apply_duty(duty_id: int) -> None:
    services.follow_duty(duty_id=duty_id)


@task()
def apply_duties_to(person_id: int) -> None:
    services.apply_duties_to(person_id=person_id)


@task()
def apply_change(course_id: int, edition_id: int, changed: list[int], effect: str, due: str, by: int | None) -> int:
    choice = Choice(effect, dt.date.fromisoformat(due) if due else None, by)
    return services.apply_change(course_id=course_id, edition_id=edition_id, changed=changed, choice=choice)
