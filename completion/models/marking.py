"""Who helps to mark: the same for every activity whose work people mark; each app says of which activity."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone


class AgencyMarker(models.Model):
    """Someone who helps to mark an activity: the work of one agency's people. The activity has them as `markers`."""

    GROUP: ClassVar[str]  # the name of the group that opens the admin to them; data, as the names of other groups

    agency = models.ForeignKey("people.Agency", models.PROTECT, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True
