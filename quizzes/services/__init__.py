"""Every write of an attempt. The attempt's row is the lock; constraints, not checks, decide who was first.

States: (reserved →) in progress → (overdue →) (submitted →) graded, or abandoned. Steps are only ever added; the answer
that the learner sees, and every mark, follows from the accepted ones and from people's marks (`quizzes.replay`).
"""

from .answering import Delivery, Saved, reach_page, save_answer, save_answers
from .ending import decide_late, end_overdue_attempts, grade, grade_again, settle, submit_attempt
from .files import FileRefused, keep_answer_file
from .late import decide_late_answers
from .marking import mark_answer
from .overrides import end_override, give_override
from .refusals import QuizRefused
from .regrading import apply_regrade, plan_regrade
from .starting import begin_attempt, discard_trials, refresh_deadlines, start_attempt, start_trial

__all__ = [
    "Delivery",
    "FileRefused",
    "QuizRefused",
    "Saved",
    "apply_regrade",
    "begin_attempt",
    "decide_late",
    "decide_late_answers",
    "discard_trials",
    "end_overdue_attempts",
    "end_override",
    "give_override",
    "grade",
    "grade_again",
    "keep_answer_file",
    "mark_answer",
    "plan_regrade",
    "reach_page",
    "refresh_deadlines",
    "save_answer",
    "save_answers",
    "settle",
    "start_attempt",
    "start_trial",
    "submit_attempt",
]
