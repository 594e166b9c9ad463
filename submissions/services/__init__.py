"""Every write about handed-in work. The enrolment's row is the lock: two tabs, or learner and marker, take turns."""

from .drafting import Saved, add_file, begin_version, choose_draft, remove_file, save_draft
from .handing_in import hand_in
from .marking import mark_submission
from .refusals import FileRefused, SubmissionRefused

__all__ = [
    "FileRefused",
    "Saved",
    "SubmissionRefused",
    "add_file",
    "begin_version",
    "choose_draft",
    "hand_in",
    "mark_submission",
    "remove_file",
    "save_draft",
]
