"""How far each learner is. Events are facts and only added; enrolment and progress rows follow from them."""

from .achieving import Achievement, PathEnrolment
from .assigning import Assignment, Duty, EnrolmentRequest, Exemption, Extension
from .marking import AgencyMarker
from .record import (
    ActivityEvent,
    ActivityProgress,
    Completion,
    CourseDecision,
    Enrolment,
    PastCompletion,
    Result,
)

__all__ = [
    "Achievement",
    "ActivityEvent",
    "ActivityProgress",
    "AgencyMarker",
    "Assignment",
    "Completion",
    "CourseDecision",
    "Duty",
    "Enrolment",
    "EnrolmentRequest",
    "Exemption",
    "Extension",
    "PastCompletion",
    "PathEnrolment",
    "Result",
]
