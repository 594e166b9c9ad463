"""Who may read and decide about one enrolment. Supervisors may neither: they see that somebody is done, not why."""

from people.models import Person
from people.visibility import in_agencies, organised_agencies

from .models import Enrolment


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
