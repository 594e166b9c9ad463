"""Reactions of quizzes to news from elsewhere."""

from .services import refresh_deadlines


def give_time_to_open_attempts(sender, instance, **kwargs) -> None:
    """A quiz was published: attempts that are open get the time it grants now, where that is more."""
    refresh_deadlines(quiz=instance)
