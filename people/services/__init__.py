"""Every write about people: atomic, in words of the personnel office, with errors that say what to do."""

from .accounts import bring_up_to_date, change_status, create_person, employ, keep_up, require_free_email
from .posts import end_post, move_person, place
from .roles import agency_group, end_role, grant_role, group_name, rename_agency, sync_groups
from .sight import delegate, end_sight, override_supervision
from .units import make_unit, merge_units, rename_unit, split_unit

__all__ = [
    "agency_group",
    "bring_up_to_date",
    "change_status",
    "create_person",
    "delegate",
    "employ",
    "end_post",
    "end_role",
    "end_sight",
    "grant_role",
    "group_name",
    "keep_up",
    "make_unit",
    "merge_units",
    "move_person",
    "override_supervision",
    "place",
    "rename_agency",
    "rename_unit",
    "require_free_email",
    "split_unit",
    "sync_groups",
]
