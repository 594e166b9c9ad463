"""What learners are told about their work. It says where to look, never what the mark is: others read e-mail."""

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses.queries import outline_of
from notifications import kinds
from notifications.services import notify

from .models import Mark

MARKED, RETURNED = "work_marked", "work_returned"


def register_kinds() -> None:
    """Make these notices known, so that people can choose how to be told."""
    why = gettext_lazy("You handed in work at a course.")
    kinds.register(RETURNED, gettext_lazy("Your work is returned for revision"), is_mandatory=True, why=why)
    kinds.register(MARKED, gettext_lazy("Your work has its mark"), why=why)


def tell_of_mark(mark: Mark) -> None:
    """Tell the learner of a mark or a return, once a mark."""
    work = mark.submission
    live = outline_of(work.page)
    here = live.activity(work.page_id) if live else None
    with translation.override(work.person.language):
        names = {"title": work.page.title}
        if mark.decision == Mark.Decision.RETURNED:
            title = _("Please revise your work: %(title)s") % names
            text = _("A marker has read your work and says what to improve. Your work is kept; you can go on with it.")
        else:
            title = _("Your work has its mark: %(title)s") % names
            text = _("A marker has read your work. The mark and the marker's words are on the page of the task.")
    notify(
        person=work.person,
        kind=RETURNED if mark.decision == Mark.Decision.RETURNED else MARKED,
        key=f"submissions-mark-{mark.pk}",
        title=title,
        text=text,
        url=here.url if here else "",
        enrolment=work.enrolment,
    )
