"""What the admin asks: organisers see the deliveries and the switch of the agencies they organise."""

from django.db.models import Q
from wagtail.permissions import register_permission_policy

from people.permissions import AgencyPolicy, organised_ids

from .models import Connection, Delivery, Export, HistoryImport


def _of_own_agencies(user) -> Q:
    return Q(agency__in=organised_ids(user))


def register() -> None:
    for model in (Connection, Delivery, Export, HistoryImport):
        register_permission_policy(model, AgencyPolicy(model, _of_own_agencies))
