"""The screens of a task: the tabs that each person has of it. What one may not see is 404."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from completion.staff.screens import Screens

from .. import access
from ..models import SubmissionPage


def tabs(user, page: SubmissionPage) -> list[tuple[str, str, bool]]:
    organises = access.may_organise(user, page)
    return [
        ("to_mark", _("To mark"), organises or access.may_mark(user, page)),
        ("work", _("Handed-in work"), organises),
        ("markers", _("Markers"), organises),
    ]


screens = Screens(
    kind=SubmissionPage, namespace="submissions_staff", label=gettext_lazy("Tasks"), icon="edit", tabs=tabs
)
for_staff, show = screens.for_staff, screens.show
