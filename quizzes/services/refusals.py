"""Why a learner cannot do something with a quiz now."""

from typing import Any

from django.utils.translation import gettext_lazy as _


class QuizRefused(Exception):
    """The learner cannot do this now; `str()` says why in their language, `code` says it to code."""

    MESSAGES = {
        "closed": _("This quiz is not open to you."),
        "not_enrolled": _("Enrol in the course first, then start the quiz."),
        "locked": "%(reason)s",
        "no_attempts_left": _("You have used all attempts at this quiz."),
        "not_ready": _("This quiz is being repaired. Nothing you did is lost; please come back later."),
        "ended": _("This attempt has been closed; nothing was changed."),
        "not_open_yet": _("This quiz opens on %(at)s."),
        "closed_since": _("This quiz closed on %(at)s. Ask your training organiser if you need another chance."),
        "wait": _("The next attempt can begin on %(at)s. Use the time to read the lessons again."),
        "password": _("The password is not right. Ask whoever leads the quiz."),
    }

    def __init__(self, code: str, **values: Any):
        super().__init__(code)
        self.code, self.values = code, values

    def __str__(self):
        return str(self.MESSAGES[self.code]) % self.values if self.values else str(self.MESSAGES[self.code])
