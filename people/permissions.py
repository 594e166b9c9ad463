"""What organisers may do in the admin: with the people, units and rows of the agencies they organise, and no others.

Administrators may do the same everywhere. Nobody deletes: rows are dated and end."""

from django.db.models import Exists, OuterRef, Q, QuerySet
from wagtail.permission_policies.base import BasePermissionPolicy
from wagtail.permissions import policy_registry, register_permission_policy

from .models import (
    Agency,
    AgencyRole,
    Audience,
    Delegation,
    Employment,
    Person,
    Post,
    Status,
    SupervisionOverride,
    Unit,
)
from .queries import left_service
from .visibility import in_agencies

ACTIONS = {"add", "change", "view"}


def organised_ids(user) -> list[int]:
    """Return the ids of the agencies a user organises today, asked once for a request."""
    if not user.is_authenticated:
        return []
    if "_organised_ids" not in user.__dict__:
        roles = user.agency_roles.current().filter(role=AgencyRole.Role.ORGANISER)
        user.__dict__["_organised_ids"] = list(roles.values_list("agency", flat=True))
    return user.__dict__["_organised_ids"]


def people_in_care(user) -> Q:
    """Match the people an organiser keeps: of their agencies today, or last of them before leaving the service."""
    ids = organised_ids(user)
    later = Employment.objects.filter(person=OuterRef("person"), valid_from__gt=OuterRef("valid_from"))
    were_here_last = Employment.objects.filter(~Exists(later), agency__in=ids).values("person")
    return in_agencies(ids) | left_service() & Q(pk__in=were_here_last)


def organises(user) -> bool:
    """Say whether a person keeps anybody's learning: an organiser or an administrator."""
    return user.is_superuser or bool(organised_ids(user))


def people_cared_for(user) -> QuerySet[Person]:
    """Return the people in an organiser's care; everybody for administrators."""
    if user.is_superuser:
        return Person.objects.all()
    return Person.objects.filter(people_in_care(user) if organised_ids(user) else Q(pk__in=[]))


NOBODY = Q(pk__in=[])
EVERYBODY = Q(pk__isnull=False)  # an empty Q would vanish beside an `or`


def person_cared_for(user) -> Q:
    """Match rows whose `person` is in an organiser's care; all rows for administrators."""
    if user.is_superuser:
        return EVERYBODY
    return Q(person__in=people_cared_for(user)) if organised_ids(user) else NOBODY


def agencies_cared_for(user) -> QuerySet[Agency]:
    """Return the agencies a person organises; all for administrators."""
    return Agency.objects.all() if user.is_superuser else Agency.objects.filter(pk__in=organised_ids(user))


def units_cared_for(user) -> QuerySet[Unit]:
    """Return today's units of the agencies a person organises; all of today for administrators."""
    return Unit.objects.current().filter(agency__in=agencies_cared_for(user))


def people_to_change(user):
    """Return the people whose account a user may change: no way from one agency's care to another's."""
    if user.is_superuser:
        return Person.objects.all()
    elsewhere = AgencyRole.objects.current().filter(person=OuterRef("pk")).exclude(agency__in=organised_ids(user))
    return Person.objects.filter(people_in_care(user), ~Exists(elsewhere), is_superuser=False)


def in_care(user, model) -> QuerySet:
    """Return the rows of a model that the user may see in the admin."""
    return policy_registry.get_by_type(model).instances_user_has_any_permission_for(user, {"view", "change"})


class AgencyPolicy(BasePermissionPolicy):
    """May act on the rows that `scope(user)` matches."""

    def __init__(self, model, scope):
        super().__init__(model)
        self.scope = scope

    def user_has_permission(self, user, action) -> bool:
        return action in ACTIONS and (user.is_superuser or bool(organised_ids(user)))

    def user_has_permission_for_instance(self, user, action, instance) -> bool:
        allowed = self.user_has_permission(user, action)
        return allowed and self.instances_user_has_permission_for(user, action).filter(pk=instance.pk).exists()

    def instances_user_has_any_permission_for(self, user, actions):
        if not self.user_has_any_permission(user, actions):
            return self.model._default_manager.none()
        if user.is_superuser:
            return self.model._default_manager.all()
        return self.model._default_manager.filter(self.scope(user)).distinct()

    def users_with_any_permission(self, actions):
        organisers = AgencyRole.objects.current().filter(role=AgencyRole.Role.ORGANISER).values("person")
        return Person.objects.filter(Q(is_superuser=True) | Q(pk__in=organisers), is_active=True)


class AdministratorPolicy(AgencyPolicy):
    """Only administrators."""

    def user_has_permission(self, user, action) -> bool:
        return user.is_superuser and action in ACTIONS


def _of_people(*fields: str):
    """Match rows whose people, all of them, are in the organiser's care."""

    def scope(user) -> Q:
        mine = Person.objects.filter(people_in_care(user)).values("pk")
        matched = Q()
        for field in fields:
            matched &= Q(**{f"{field}__in": mine})
        return matched

    return scope


def register() -> None:
    """Register the policies; called once, before the admin asks for them."""
    of_agency = dict.fromkeys((Employment, AgencyRole, Unit, Audience), "agency__in")
    by_agency = {**of_agency, Post: "unit__agency__in"}
    for model, lookup in by_agency.items():
        register_permission_policy(model, AgencyPolicy(model, lambda user, to=lookup: Q(**{to: organised_ids(user)})))
    register_permission_policy(Person, AgencyPolicy(Person, people_in_care))
    register_permission_policy(Status, AgencyPolicy(Status, _of_people("person")))
    register_permission_policy(Delegation, AgencyPolicy(Delegation, _of_people("from_person", "to_person")))
    register_permission_policy(
        SupervisionOverride, AgencyPolicy(SupervisionOverride, _of_people("person", "supervisor"))
    )
    register_permission_policy(Agency, AdministratorPolicy(Agency, lambda user: Q(pk__in=[])))
