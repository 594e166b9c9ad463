"""People who help to mark an activity. The group of markers opens the admin to them, and nothing else in it."""

from django.db import transaction

from people.models import Agency
from people.services import close_admin, open_admin

from ..models import AgencyMarker


@transaction.atomic
def add_marker(*, activity, agency: Agency, person, by) -> AgencyMarker:
    """Let a person mark the work of one agency's people at an activity; a second time changes nothing."""
    marker, _made = activity.markers.get_or_create(agency=agency, person=person, defaults={"added_by": by})
    open_admin(person=person, group=marker.GROUP)
    return marker


@transaction.atomic
def remove_marker(*, marker: AgencyMarker) -> None:
    """Let a person mark no longer. The marks they gave stay; with nothing left to mark the admin closes to them."""
    person = marker.person
    marker.delete()
    if not type(marker)._default_manager.filter(person=person).exists():
        close_admin(person=person, group=marker.GROUP)
