"""What the admin asks before it shows a report."""

from wagtail.permissions import register_permission_policy

from people.permissions import AgencyPolicy

from ..models import ExternalTraining
from .rules import of_organised_people


def register() -> None:
    register_permission_policy(ExternalTraining, AgencyPolicy(ExternalTraining, of_organised_people))
