"""Enrolling and leaving."""

import secrets

from django.db import transaction
from django.utils.translation import gettext as _

from courses.access import may_open
from courses.models import CoursePage
from courses.queries import course_rule, edition_rules, latest_edition, outline, withdrawn_activities
from courses.services import hold_course, refresh_course
from people.queries import main_unit

from .. import policy
from ..models import Assignment, Enrolment
from ..queries import places_left
from .following import locked_enrolment, recompute


class EnrolmentRefused(Exception):
    """Enrolling or leaving is not possible; the message says why, for the person who asked."""


@transaction.atomic
def enrol(*, person, course: CoursePage, by=None, key: str = "") -> Enrolment:
    """Enrol a person in the latest edition, or open again what they left; enrolling twice is enrolling once.

    `by` is who lets somebody else in; without it the person chose, and the course's enrolment mode decides: `key` is
    what they typed. Only an assignment outweighs the number of places. Raise EnrolmentRefused with the reason.
    """
    found = _latest(person, course)
    if found and found.state != Enrolment.State.LEFT:
        return found
    held = hold_course(course.pk)  # before any enrolment, always: who enters takes turns
    found = _lock_of(person, course)
    if held is None or (found and found.state != Enrolment.State.LEFT):
        return _here(found)
    if not may_open(person, course).allowed:
        raise EnrolmentRefused(_("This course is not open to you."))
    if not was_assigned(person, course):
        if by is None:
            _require_mode(held, key)
        require_place(held)
    if found:
        return _return(found)
    edition = edition_for(course)
    enrolment, _created = Enrolment.objects.get_or_create(
        person=person,
        course=course,
        cycle=1,
        defaults={"edition": edition, "unit": main_unit(person), "required_total": required_total_of(course, edition)},
    )
    return enrolment


def _lock_of(person, course: CoursePage) -> Enrolment | None:
    return Enrolment.objects.select_for_update().filter(person=person, course=course).order_by("-cycle").first()


def _latest(person, course: CoursePage) -> Enrolment | None:
    return Enrolment.objects.filter(person=person, course=course).order_by("-cycle").first()


def _here(found: Enrolment | None) -> Enrolment:
    if found is None:
        raise EnrolmentRefused(_("This course is not open to you."))
    return found


def _require_mode(course: CoursePage, key: str) -> None:
    modes = CoursePage.EnrolmentMode
    if course.enrolment_mode == modes.ASSIGNED:
        raise EnrolmentRefused(_("This course is for people to whom it is assigned."))
    if course.enrolment_mode == modes.APPROVAL:
        raise EnrolmentRefused(_("Ask to take part first; you are enrolled once this is approved."))
    if course.enrolment_mode == modes.KEY and not is_key(course, key):
        raise EnrolmentRefused(_("This key does not open the course. Check it, or ask who gave it to you."))


def is_key(course: CoursePage, key: str) -> bool:
    """Compare a key without telling by time how much of it is right; spaces around it and capitals do not matter."""
    asked, told = (text.strip().casefold().encode() for text in (course.enrolment_key, key))
    return bool(asked) and secrets.compare_digest(asked, told)


def require_place(course: CoursePage) -> None:
    """Raise EnrolmentRefused where all places are taken; exact for who holds the course."""
    if places_left(course) == 0:
        raise EnrolmentRefused(_("All places in this course are taken."))


def was_assigned(person, course: CoursePage) -> bool:
    return Assignment.objects.filter(
        enrolment__person=person, enrolment__course=course, withdrawn_at__isnull=True
    ).exists()


def _return(enrolment: Enrolment) -> Enrolment:
    """Open again what somebody left: all that was done counts; the unit is the one of today."""
    enrolment.state = Enrolment.State.OPEN
    enrolment.unit = main_unit(enrolment.person)
    enrolment.save(update_fields=["state", "unit"])
    return recompute(enrolment=enrolment)


def edition_for(course: CoursePage):
    """Return the latest edition; it stays the latest, and what is live stays live, until the enrolment is written."""
    hold_course(course.pk)
    edition = latest_edition(course)
    if edition is None:
        refresh_course(course=course)
        edition = latest_edition(course)
    if edition is None:
        raise EnrolmentRefused(_("There is nothing to study in this course yet."))
    return edition


def required_total_of(course: CoursePage, edition) -> int:
    withdrawn = withdrawn_activities(edition.pk, outline(course.pk))
    return policy.decide_course(edition_rules(edition.pk), {}, withdrawn, rule=course_rule(edition.pk)).required_total


@transaction.atomic
def leave(*, enrolment: Enrolment) -> Enrolment:
    """Leave a course one chose; the history stays for a return. Raise EnrolmentRefused where that is not possible."""
    locked = locked_enrolment(enrolment.pk)
    if locked.state == Enrolment.State.FINISHED:
        raise EnrolmentRefused(_("A finished course stays in your record."))
    if locked.assignments.filter(withdrawn_at__isnull=True).exists():
        raise EnrolmentRefused(_("This course is assigned to you; please ask the organiser."))
    locked.state = Enrolment.State.LEFT
    locked.save(update_fields=["state"])
    return locked
