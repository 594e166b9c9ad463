"""People who help to mark a task. The group of markers opens the admin to them, and nothing else in it."""

from django.db import transaction

from people.models import Agency
from people.services import close_admin, open_admin

from ..models import Marker, SubmissionPage

GROUP = "Penilai tugas"  # data, as the names of other groups


@transaction.atomic
def add_marker(*, page: SubmissionPage, agency: Agency, person, by) -> Marker:
    """Let a person mark the work of one agency's people at a task; a second time changes nothing."""
    marker, _made = Marker.objects.get_or_create(page=page, agency=agency, person=person, defaults={"added_by": by})
    open_admin(person=person, group=GROUP)
    return marker


@transaction.atomic
def remove_marker(*, marker: Marker) -> None:
    """Let a person mark no longer. The marks they gave stay; with nothing left to mark the admin closes to them."""
    person = marker.person
    marker.delete()
    if not Marker.objects.filter(person=person).exists():
        close_admin(person=person, group=GROUP)
