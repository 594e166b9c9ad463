"""A step of reminding is told in words wherever it stands."""

import pytest

from notifications.models import ReminderStep


@pytest.mark.parametrize(
    ("days", "told"),
    [(-7, "7 days before · the learner"), (-1, "1 day before · the learner"), (0, "on the due date · the learner"),
     (1, "1 day after · the learner"), (3, "3 days after · the learner")],
)  # fmt: skip
def test_step_in_words(days, told, settings):
    settings.LANGUAGE_CODE = "en"
    assert str(ReminderStep(days=days)) == told
