"""Who may do what with a quiz; pure answers, asked by services, views and templates alike."""

import datetime as dt

from .timing import Window


def attempts_left(allowed: int, used: int) -> int | None:
    """Return how many more attempts may begin; None where there is no limit (`allowed` 0)."""
    return None if allowed == 0 else max(allowed - used, 0)


def why_not_begin(
    window: Window, *, left: int | None, again_at: dt.datetime | None, now: dt.datetime
) -> tuple[str, dt.datetime | None]:
    """Return why another attempt may not begin now, as a code of `services.QuizRefused`, and its moment; "" if it may.

    `left` is how many attempts are left, None without a limit; `again_at` from when the next may begin, None at once.
    """
    if window.opens_later(now):
        return "not_open_yet", window.opens_at
    if window.is_closed_at(now):
        return "closed_since", window.closes_at
    if left == 0:
        return "no_attempts_left", None
    return ("wait", again_at) if again_at and now < again_at else ("", None)


def can_try_out(user, page) -> bool:
    """Say whether a person may take a quiz as a trial: those who may edit it."""
    return user.is_authenticated and page.permissions_for_user(user).can_edit()


def can_see_right_answers(attempt, left: int | None) -> bool:
    """Say whether a review names the right answers: not while another attempt at the same questions is open to try."""
    return attempt.is_trial or bool(attempt.passed) or left == 0
