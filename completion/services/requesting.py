"""Asking to be let into a course, and deciding about it: once, by somebody with the right to it."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from courses.access import may_open
from courses.models import CoursePage
from courses.services import hold_course

from ..models import Enrolment, EnrolmentRequest
from ..rules import can_decide_request
from ..signals import announce, request_decided, request_made
from .enrolling import EnrolmentRefused, enrol, require_place

Decision = EnrolmentRequest.Decision


@transaction.atomic
def ask_to_enrol(*, person, course: CoursePage, message: str = "") -> EnrolmentRequest:
    """Ask to be let into a course with approval; asking twice is asking once. Raise EnrolmentRefused."""
    held = hold_course(course.pk)
    if held is None or not may_open(person, course).allowed:
        raise EnrolmentRefused(_("This course is not open to you."))
    if held.enrolment_mode != CoursePage.EnrolmentMode.APPROVAL:
        raise EnrolmentRefused(_("This course needs no approval."))
    if Enrolment.objects.filter(person=person, course=course).exclude(state=Enrolment.State.LEFT).exists():
        raise EnrolmentRefused(_("You are in this course already."))
    require_place(held)
    request, is_new = EnrolmentRequest.objects.get_or_create(
        person=person, course=course, decision=Decision.WAITING, defaults={"message": message.strip()}
    )
    if is_new:
        _tell(request_made, request)
    return request


@transaction.atomic
def take_back_request(*, request: EnrolmentRequest) -> None:
    """Take one's own request back. Raise EnrolmentRefused where it is decided already."""
    waiting = EnrolmentRequest.objects.filter(pk=request.pk, decision=Decision.WAITING)
    if not waiting.update(decision=Decision.WITHDRAWN, decided_at=timezone.now()):
        raise EnrolmentRefused(_("This request has been decided already."))


@transaction.atomic
def decide_request(*, request: EnrolmentRequest, approve: bool, by, reason: str = "") -> EnrolmentRequest:
    """Let the person in, or refuse with a reason that they read.

    Raise EnrolmentRefused where it is decided already, taken back, without a reason, or where there is no place or no
    way in any more; PermissionDenied for who may not decide.
    """
    course = hold_course(request.course_id)  # as who enrols: the course before anything else
    locked = EnrolmentRequest.objects.select_for_update(of=("self",)).select_related("person").get(pk=request.pk)
    if course is None or not can_decide_request(by, locked):
        raise PermissionDenied
    if locked.decision != Decision.WAITING:
        raise EnrolmentRefused(_("This request has been decided already."))
    if not approve and not reason.strip():
        raise EnrolmentRefused(_("Say why: the person reads it."))
    if approve:
        if not may_open(locked.person, course).allowed:
            raise EnrolmentRefused(_("The course is not open to this person any more."))
        enrol(person=locked.person, course=course, by=by)
    locked.decision = Decision.APPROVED if approve else Decision.REFUSED
    locked.decided_by, locked.decided_at, locked.reason = by, timezone.now(), reason.strip()
    locked.save(update_fields=["decision", "decided_by", "decided_at", "reason"])
    _tell(request_decided, locked, approved=approve)
    return locked


def _tell(signal, request: EnrolmentRequest, **news) -> None:
    about = {"request_id": request.pk, "person_id": request.person_id, "course_id": request.course_id}
    announce(signal, EnrolmentRequest, **about, **news)
