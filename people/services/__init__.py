"""Every write about people: atomic, in words of the personnel office, with errors that say what to do."""

import datetime as dt

from django.db import transaction

from ..models import AgencyRole, Dated, Delegation, Employment, Post, SupervisionOverride
from .accounts import (
    announce_service,
    bring_up_to_date,
    change_status,
    create_person,
    employ,
    follow_email,
    keep_up,
    require_free_email,
)
from .audiences import save_audience
from .dates import end
from .helpers import close_admin, open_admin
from .posts import end_post, move_person, place
from .roles import agency_group, end_role, grant_role, group_name, rename_agency, sync_groups
from .sight import delegate, end_sight, override_supervision
from .units import make_unit, merge_units, rename_unit, split_unit


@transaction.atomic
def end_row(*, row: Dated, last_day: dt.date) -> None:
    """Let any dated row end on a day, with what follows from its kind."""
    if isinstance(row, Post):
        end_post(post=row, last_day=last_day)
    elif isinstance(row, AgencyRole):
        end_role(role=row, last_day=last_day)
    elif isinstance(row, Delegation | SupervisionOverride):
        end_sight(row=row, last_day=last_day)
    else:
        end(row, last_day)
        if isinstance(row, Employment):
            announce_service(row.person_id)


__all__ = [
    "agency_group",
    "bring_up_to_date",
    "change_status",
    "close_admin",
    "create_person",
    "delegate",
    "employ",
    "end_post",
    "end_role",
    "end_row",
    "end_sight",
    "follow_email",
    "grant_role",
    "group_name",
    "keep_up",
    "make_unit",
    "merge_units",
    "move_person",
    "open_admin",
    "override_supervision",
    "place",
    "rename_agency",
    "rename_unit",
    "require_free_email",
    "save_audience",
    "split_unit",
    "sync_groups",
]
