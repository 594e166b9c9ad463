"""The four words a supervisor reads about an assigned course. Pure, but for the translated labels."""

import datetime as dt

from django.db import models
from django.utils.translation import gettext_lazy as _

COMPLETE = 2  # completion.models.Completion
IN_PROGRESS = 1


class TeamState(models.TextChoices):
    DONE = "done", _("Finished")
    IN_PROGRESS = "in_progress", _("In progress")
    LATE = "late", _("Past due")
    NOT_STARTED = "not_started", _("Not started")


def team_state(*, completion: int, due_at: dt.datetime | None, now: dt.datetime) -> TeamState:
    """Return the state: finished is finished however late; past due comes before how far one is."""
    if completion == COMPLETE:
        return TeamState.DONE
    if due_at is not None and due_at < now:
        return TeamState.LATE
    return TeamState.IN_PROGRESS if completion == IN_PROGRESS else TeamState.NOT_STARTED
