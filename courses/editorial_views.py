"""Screens of the admin that teach: hints for a first-time editor, every block with its states, what is to mend."""

from django.http import Http404
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from wagtail.admin import messages

from core.headings import heading

from .blocks import LessonBody, SourcesBody
from .editorial_panels import lessons_with_problems
from .models import CoursePage
from .queries import course_rule_problems


def all_blocks() -> dict:
    """Return every block an editor can choose, by name, in the order of the picker; sources come last."""
    return {**LessonBody().child_blocks, **SourcesBody().child_blocks}


def hints(request):
    return render(request, "courses/admin/hints.html", heading(_("Hints"), "help"))


def blocks(request):
    """Every block with icon, name, what it is for, and a frame that shows its states as learners see them."""
    groups: dict[str, list] = {}
    for block in all_blocks().values():
        groups.setdefault(str(block.meta.group or _("Sources")), []).append(block)
    return render(request, "courses/admin/blocks.html", {"groups": groups, **heading(_("Lesson blocks"), "grip")})


@xframe_options_sameorigin
def block(request, name: str):
    """One block in all its states, in the learners' style; 404 for a name that is none."""
    found = all_blocks().get(name)
    if found is None:
        raise Http404
    states = [(label, found.bind(value)) for label, value in [("", found.get_preview_value()), *found.get_states()]]
    return render(request, "courses/admin/block_states.html", {"block": found, "states": states})


def content_checks(request):
    lessons = lessons_with_problems(request.user, most=1000)
    context = {"lessons": lessons, **heading(_("Lessons to mend"), "warning")}
    return render(request, "courses/admin/content_checks.html", context)


def warn_about_course_rule(request, page) -> None:
    """Hook `after_edit_page`: say what makes a course harder to complete than its editor may have meant."""
    if isinstance(page, CoursePage):
        for problem in course_rule_problems(page):
            messages.warning(request, problem)
