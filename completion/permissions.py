"""What organisers may do in the admin with learners' records: those of people of their agencies, and no others."""

from django.db.models import Q
from wagtail.permissions import register_permission_policy

from people.models import Person
from people.permissions import AgencyPolicy, organised_ids, people_in_care

from .models import Assignment, Enrolment


def enrolments_in_care(user) -> Q:
    return Q(person__in=Person.objects.filter(people_in_care(user)).values("pk"))


def assignments_in_care(user) -> Q:
    return Q(agency__in=organised_ids(user))


def register() -> None:
    """Register the policies; called once, before the admin asks for them."""
    register_permission_policy(Enrolment, AgencyPolicy(Enrolment, enrolments_in_care))
    register_permission_policy(Assignment, AgencyPolicy(Assignment, assignments_in_care))
