"""Messages to learners about their attempts. They say where to look, never what the result is: others read e-mail."""

from collections.abc import Callable

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications import kinds
from notifications.services import notify

from .models import Attempt, LateDecision

RESULT, LATE = "quiz_result", "quiz_late"


def register_kinds() -> None:
    """Make these notices known, so that people can choose how to be told."""
    why = gettext_lazy("Answers that you submitted have been marked.")
    kinds.register(RESULT, gettext_lazy("Results of quizzes"), why=why)
    why = gettext_lazy("Answers of yours arrived after the time was up.")
    kinds.register(LATE, gettext_lazy("Decisions about late answers"), why=why)


def send_result(attempt: Attempt, *, changed: bool) -> None:
    """Say that the result of an attempt is there, or that it has changed: once for each time it was marked."""
    marked = f"{attempt.graded_at:%Y%m%d%H%M%S%f}" if attempt.graded_at else "open"
    if changed:
        _tell(attempt, RESULT, f"changed:{marked}", "changed", lambda: _("Your quiz result has changed"))
    else:
        _tell(attempt, RESULT, f"result:{marked}", "result", lambda: _("Your quiz result is there"))


def send_late_decision(attempt: Attempt) -> None:
    """Say that staff have decided about answers that came after the time: once for each decision."""
    decided = LateDecision.objects.filter(step__attempt=attempt).count()
    _tell(attempt, LATE, f"late:{decided}", "late", lambda: _("A decision about your answers"))


def _tell(attempt: Attempt, kind: str, key: str, template: str, title: Callable[[], str]) -> None:
    person = attempt.person
    if attempt.is_trial:
        return
    with translation.override(person.language):
        context = {"quiz": attempt.quiz, "number": attempt.number}
        notify(
            person=person,
            kind=kind,
            key=f"attempt:{attempt.pk}:{key}",
            title=title(),
            text=render_to_string(f"quizzes/letters/{template}.txt", context),
            url=reverse("quizzes:result", args=[attempt.key]),
        )
