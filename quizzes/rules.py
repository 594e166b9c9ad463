"""Who may do what with a quiz; pure answers, asked by services, views and templates alike."""


def attempts_left(allowed: int, used: int) -> int | None:
    """Return how many more attempts may begin; None where there is no limit (`allowed` 0)."""
    return None if allowed == 0 else max(allowed - used, 0)


def can_try_out(user, page) -> bool:
    """Say whether a person may take a quiz as a trial: those who may edit it."""
    return user.is_authenticated and page.permissions_for_user(user).can_edit()


def can_see_right_answers(attempt, left: int | None) -> bool:
    """Say whether a review names the right answers: not while another attempt at the same questions is open to try."""
    return attempt.is_trial or bool(attempt.passed) or left == 0
