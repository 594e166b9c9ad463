"""Reactions to news from the apps below: the live course changed, a person works elsewhere."""

from . import services, tasks


def follow_course(sender, course_id: int, **news) -> None:
    """What left or came back to the live course changes what is asked of everyone who has not finished."""
    tasks.recompute_open.enqueue(course_id)


def follow_person(sender, person_id: int, **news) -> None:
    services.follow_person(person_id=person_id)
