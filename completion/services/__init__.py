"""Every write to the record of learning. An enrolment's row is locked first: two writers of one learner take turns."""

from .achieving import Achieved, make_achievements, undo_achievements
from .assigning import assign, due_after, withdraw_assignment
from .changing import apply_change, touched_by_change
from .deciding import ask_to_redo, decide_by_staff, regrade_by_staff, sign_off, take_back_sign_off
from .duties import (
    Applied,
    apply_duties,
    apply_duties_to,
    apply_duty,
    end_duty,
    follow_duty,
    make_duty,
)
from .enrolling import EnrolmentRefused, enrol, leave, was_assigned
from .evidence import effective_time, record, record_opening
from .extending import exempt, extend, extend_path, withdraw_exemption, withdraw_extension
from .following import follow_clock, follow_courses, follow_person, recompute, recompute_open
from .markers import add_marker, remove_marker
from .path_progress import follow_paths, recompute_paths
from .paths import assign_path, enrol_in_path, leave_path
from .requesting import ask_to_enrol, decide_request, take_back_request
from .watching import record_watching

__all__ = [
    "Achieved",
    "Applied",
    "EnrolmentRefused",
    "add_marker",
    "apply_change",
    "apply_duties",
    "apply_duties_to",
    "apply_duty",
    "ask_to_enrol",
    "ask_to_redo",
    "assign",
    "assign_path",
    "decide_by_staff",
    "decide_request",
    "due_after",
    "effective_time",
    "end_duty",
    "enrol",
    "enrol_in_path",
    "exempt",
    "extend",
    "extend_path",
    "follow_clock",
    "follow_courses",
    "follow_duty",
    "follow_paths",
    "follow_person",
    "leave",
    "leave_path",
    "make_achievements",
    "make_duty",
    "recompute",
    "recompute_open",
    "recompute_paths",
    "record",
    "record_opening",
    "record_watching",
    "regrade_by_staff",
    "remove_marker",
    "sign_off",
    "take_back_request",
    "take_back_sign_off",
    "touched_by_change",
    "undo_achievements",
    "was_assigned",
    "withdraw_assignment",
    "withdraw_exemption",
    "withdraw_extension",
]
