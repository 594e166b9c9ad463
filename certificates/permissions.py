"""What organisers may do with certificates, designs and numbers: those of the agencies they organise."""

from django.db.models import Q
from wagtail.permissions import register_permission_policy

from people.permissions import AgencyPolicy, organised_ids

from .models import Certificate, Design, NumberPattern


def of_organised_agencies(user) -> Q:
    return Q(agency__in=organised_ids(user))


def register() -> None:
    """Register the policies; called once, before the admin asks for them."""
    for model in (Certificate, Design, NumberPattern):
        register_permission_policy(model, AgencyPolicy(model, of_organised_agencies))
