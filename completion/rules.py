"""Who may read and decide about one enrolment. Supervisors may neither: they see that somebody is done, not why."""

from courses.models import CoursePage
from people.models import Person
from people.visibility import in_agencies, organised_agencies, supervises

from .entry import organising_agency
from .models import CourseDecision, Enrolment, EnrolmentRequest


def organises(viewer: Person, person_id: int) -> bool:
    """Say whether the viewer organises learning in an agency of the person, or administers the site."""
    if not viewer.is_authenticated:
        return False
    if viewer.is_superuser:
        return True
    return Person.objects.filter(in_agencies(organised_agencies(viewer)), pk=person_id).exists()


def can_read_reasons(viewer: Person, enrolment: Enrolment) -> bool:
    """One's own record, or that of somebody for whom one organises learning."""
    return viewer.pk == enrolment.person_id or organises(viewer, enrolment.person_id)


def can_decide(viewer: Person, enrolment: Enrolment) -> bool:
    """Override and redo: organisers for others; nobody decides about their own record."""
    return viewer.pk != enrolment.person_id and organises(viewer, enrolment.person_id)


def can_decide_request(viewer: Person, request: EnrolmentRequest) -> bool:
    """Let somebody into a course, or not: a supervisor of today where supervisors approve, else the organisers.

    Those of the course's agency; where the course is everybody's, or supervisors approve, those of the person's.
    """
    if not viewer.is_authenticated or viewer.pk == request.person_id:
        return False
    if viewer.is_superuser:
        return True
    if request.course.approver == CoursePage.Approver.SUPERVISOR and supervises(viewer, request.person):
        return True
    return organised_agencies(viewer).filter(agency=organising_agency(request)).exists()


def is_in_force(decision: CourseDecision) -> bool:
    """Say whether a signature holds: it was not taken back, and no later decision took its place."""
    later = CourseDecision.objects.filter(enrolment=decision.enrolment_id, number__gt=decision.number)
    return decision.signed_off and not later.exists()
