"""Who may see and who may decide about training done elsewhere. Never oneself."""

from django.db.models import Q, QuerySet

from people.models import Person
from people.permissions import in_care, people_in_care
from people.visibility import supervised_by

from ..models import ExternalTraining

State = ExternalTraining.State


def of_organised_people(user: Person) -> Q:
    """Match what an organiser sees in the admin: what the people in care have handed in, and nothing of their own."""
    mine = Person.objects.filter(people_in_care(user)).values("pk")
    return Q(person__in=mine) & ~Q(person=user.pk) & ~Q(state=State.DRAFT)


def supervised_trainings(viewer: Person) -> QuerySet[ExternalTraining]:
    """Return what the people whom the viewer supervises today have handed in."""
    return ExternalTraining.objects.filter(person__in=supervised_by(viewer)).exclude(state=State.DRAFT)


def may_verify(viewer: Person, training: ExternalTraining) -> bool:
    """Say whether the viewer supervises the person today or organises their agency; nobody verifies their own."""
    if not viewer.is_authenticated or viewer.pk == training.person_id or training.state == State.DRAFT:
        return False
    organised = in_care(viewer, ExternalTraining).filter(pk=training.pk).exists()
    return organised or supervised_trainings(viewer).filter(pk=training.pk).exists()


def may_open(viewer: Person, training: ExternalTraining) -> bool:
    """One's own, or what one may verify."""
    return viewer.pk == training.person_id or may_verify(viewer, training)
