"""Who sees what in the admin: organisers the log of their agencies' people; settings and steps administrators only."""

from django.db.models import Q
from wagtail.permissions import register_permission_policy

from people.models import Person
from people.permissions import AdministratorPolicy, AgencyPolicy, people_in_care

from .models import MessageLog, MessageSettings, ReminderStep


def log_in_care(user) -> Q:
    """Match what concerns a learner of the organiser's agencies, whoever it went to."""
    return Q(enrolment__person__in=Person.objects.filter(people_in_care(user)).values("pk"))


def register() -> None:
    """Register the policies; called once, before the admin asks for them."""
    register_permission_policy(MessageLog, AgencyPolicy(MessageLog, log_in_care))
    for model in (ReminderStep, MessageSettings):
        register_permission_policy(model, AdministratorPolicy(model, lambda user: Q(pk__in=[])))
