"""Reactions to news from the apps below: the live course changed, a person works elsewhere."""

from django.utils import timezone

from . import services, tasks
from .duties import duties_in_force
from .services import changing


def follow_course(sender, course_id: int, **news) -> None:
    """What left or came back to the live course changes what is asked of everyone who has not finished."""
    tasks.recompute_open.enqueue(course_id)


def apply_change(sender, course_id: int, edition_id: int, change, choice, **news) -> None:
    """Carry a change to those it concerns as its editor chose: at once, or by the worker where they are many."""
    terms = {"course_id": course_id, "edition_id": edition_id, "choice": choice}
    if changing.concerned(**terms).count() <= changing.AT_ONCE:
        services.apply_change(**terms, changed=change.changed)
        return
    due = choice.due.isoformat() if choice.due else ""
    tasks.apply_change.enqueue(course_id, edition_id, list(change.changed), choice.effect, due, choice.by)


def follow_person(sender, person_id: int, **news) -> None:
    services.follow_person(person_id=person_id)


def ask_group(sender, audience_id: int, **news) -> None:
    """A group that names others now is gathered anew for each of its duties."""
    for duty in duties_in_force(timezone.now(), audience=audience_id):
        tasks.apply_duty.enqueue(duty.pk)


def ask_person(sender, person_id: int, **news) -> None:
    """Who joins a group is asked for what its duties ask, who leaves it no longer."""
    tasks.apply_duties_to.enqueue(person_id)
