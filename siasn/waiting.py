"""What waits for a person in the admin: what SIASN did not take."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from core.waiting import Waiting
from people.permissions import in_care

from .models import Delivery


def waiting(user) -> Iterator[Waiting]:
    refused = in_care(user, Delivery).filter(state=Delivery.State.REFUSED).exclude(error="undone").count()
    deliveries = reverse("siasn_deliveries:index")
    yield Waiting(_("Not taken by SIASN: to be corrected"), refused, f"{deliveries}?state=refused")
