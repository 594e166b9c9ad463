"""More time for one person, or nothing asked at all: decided by an organiser with a reason, and never erased."""

import datetime as dt

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ..models import Assignment, Enrolment, Exemption, Extension, PathEnrolment
from ..queries import due_annotation
from ..rules import can_decide
from ..signals import announce, exempted, extended
from .enrolling import EnrolmentRefused
from .following import lock_many, locked_enrolment


@transaction.atomic
def extend(*, enrolment: Enrolment, due_at: dt.datetime, by, reason: str) -> Extension:
    """Put the due date of one person off; `due_at` is the end of a local day.

    Raise EnrolmentRefused where that would change nothing, PermissionDenied for who may not decide about the person.
    """
    locked = _to_decide(enrolment, by, reason)
    due = Enrolment.objects.annotate(due=due_annotation()).values_list("due", flat=True).get(pk=locked.pk)
    if due is None:
        raise EnrolmentRefused(_("There is no due date to put off."))
    if due_at <= due:
        raise EnrolmentRefused(_("Choose a day after the present due date."))
    return _put_off([locked], due_at, by, reason)[0]


@transaction.atomic
def extend_path(*, path_enrolment: PathEnrolment, due_at: dt.datetime, by, reason: str) -> list[Extension]:
    """Put off all open courses that were assigned to one person with a path and are due before a moment.

    Later due dates, exempted and finished courses stay as they are. Raise EnrolmentRefused where none is left,
    PermissionDenied for who may not decide about the person.
    """
    _require_reason(reason)
    asked = Assignment.objects.filter(path_enrolment=path_enrolment, withdrawn_at__isnull=True)
    held = lock_many(Enrolment.objects.filter(pk__in=asked.values("enrolment"), state=Enrolment.State.OPEN))
    for enrolment in held[:1]:  # all are the same person's
        _require_decider(by, enrolment)
    dues = Enrolment.objects.filter(pk__in=[one.pk for one in held]).annotate(due=due_annotation())
    owed = set(dues.filter(due__lt=due_at).values_list("pk", flat=True))
    early = [one for one in held if one.pk in owed]
    if not early:
        raise EnrolmentRefused(_("No open course of this learning path is due before that day."))
    return _put_off(early, due_at, by, reason)


def _put_off(enrolments: list[Enrolment], due_at: dt.datetime, by, reason: str) -> list[Extension]:
    """Write one decision for locked enrolments of one person, and announce it as one."""
    made = [
        Extension.objects.create(enrolment=enrolment, due_at=due_at, decided_by=by, reason=reason.strip())
        for enrolment in enrolments
    ]
    announce(extended, Extension, extension_ids=[row.pk for row in made], person_id=enrolments[0].person_id)
    return made


@transaction.atomic
def exempt(*, enrolment: Enrolment, by, reason: str) -> Exemption:
    """Say that one person need not take a course; what they do all the same is recorded. Twice is once.

    Raise EnrolmentRefused for a finished course, PermissionDenied for who may not decide about the person.
    """
    locked = _to_decide(enrolment, by, reason)
    known = Exemption.objects.filter(enrolment=locked, withdrawn_at__isnull=True).first()
    if known:
        return known
    made = Exemption.objects.create(enrolment=locked, decided_by=by, reason=reason.strip())
    announce(exempted, Exemption, enrolment_id=locked.pk, exemption_id=made.pk, person_id=locked.person_id)
    return made


def withdraw_extension(*, extension: Extension, by) -> None:
    """Take an extension back: the due date is again what it was. The row stays."""
    _take_back(extension, by)


def withdraw_exemption(*, exemption: Exemption, by) -> None:
    """Take an exemption back: the course is asked for again, with its due date. The row stays."""
    _take_back(exemption, by)


@transaction.atomic
def _take_back(row: Extension | Exemption, by) -> None:
    locked = locked_enrolment(row.enrolment_id)
    _require_decider(by, locked)
    type(row).objects.filter(pk=row.pk, withdrawn_at__isnull=True).update(withdrawn_at=timezone.now())


def _to_decide(enrolment: Enrolment, by, reason: str) -> Enrolment:
    _require_reason(reason)
    locked = locked_enrolment(enrolment.pk)
    _require_decider(by, locked)
    if locked.state == Enrolment.State.FINISHED:
        raise EnrolmentRefused(_("The person has finished this course already."))
    return locked


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise ValueError("a decision needs its reason")


def _require_decider(by, enrolment: Enrolment) -> None:
    if not can_decide(by, enrolment):
        raise PermissionDenied(_("Nobody decides about their own record; please ask another organiser."))
