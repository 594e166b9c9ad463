"""Who may change the numbers of JP: administrators; an agency's own reading of them also its organisers."""

from django.db.models import Q
from wagtail.permissions import register_permission_policy

from people.permissions import AdministratorPolicy, AgencyPolicy, organised_ids

from ..models import AgencyCreditSetting, IpLine, JpRule, TargetRule


def register() -> None:
    """Register the policies; called once, before the admin asks for them."""
    for model in (JpRule, TargetRule, IpLine):
        register_permission_policy(model, AdministratorPolicy(model, lambda user: Q(pk__in=[])))
    register_permission_policy(
        AgencyCreditSetting, AgencyPolicy(AgencyCreditSetting, lambda user: Q(agency__in=organised_ids(user)))
    )
