"""The screens of a quiz: the tabs that each person has of it. What one may not see is 404."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from completion.staff.screens import Screens

from .. import access
from ..models import QuizPage


def tabs(user, quiz: QuizPage) -> list[tuple[str, str, bool]]:
    organises = access.may_organise(user, quiz)
    return [
        ("attempts", _("Attempts"), organises),
        ("to_mark", _("To mark"), organises or access.may_mark(user, quiz)),
        ("late", _("Late answers"), organises),
        ("overrides", _("Exceptions"), organises),
        ("markers", _("Markers"), organises),
        ("regrade", _("Regrade"), access.may_regrade(user, quiz)),
        ("figures", _("Statistics"), organises or access.may_see_figures(user, quiz)),
    ]


screens = Screens(kind=QuizPage, namespace="quizzes_staff", label=gettext_lazy("Quizzes"), icon="form", tabs=tabs)
for_staff, show = screens.for_staff, screens.show
