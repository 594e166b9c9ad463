"""What waits for a person in the admin: external trainings to verify."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from core.waiting import Waiting
from people.permissions import in_care

from ..models import ExternalTraining
from .rules import State


def waiting(user) -> Iterator[Waiting]:
    count = in_care(user, ExternalTraining).filter(state=State.WAITING).count()
    trainings = reverse("external_training:index")
    yield Waiting(_("External trainings to verify"), count, f"{trainings}?state=waiting")
