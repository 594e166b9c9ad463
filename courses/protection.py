"""Learners' history outlives an editor's tidying: what was studied is withdrawn, not deleted or torn from its course.

The database refuses by protecting foreign keys whoever asks; here the editor is told why before that, and what to do.
Apps that keep history register a check, which answers how many learners a deletion would touch.
"""

from collections.abc import Callable

from django.db import router
from django.db.models import ProtectedError, QuerySet, RestrictedError
from django.db.models.deletion import Collector
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin import messages
from wagtail.models import Page

from .activities import ActivityMixin
from .models import ModulePage
from .queries import courses_above

MOVE_REFUSED = gettext_lazy(
    "This page has learners' history in its course, so it cannot move to another one. Copy it there instead, and "
    "withdraw it here if it is no longer needed."
)

HistoryCheck = Callable[[QuerySet[Page]], int]
_checks: list[HistoryCheck] = []


def register_history_check(check: HistoryCheck) -> HistoryCheck:
    """Have `check(pages)` asked how many learners have history on any of the pages (0: none)."""
    _checks.append(check)
    return check


def learners_with_history(page: Page) -> int:
    """Return how many learners have history on the page or below it, as far as the registered checks know."""
    pages = Page.objects.descendant_of(page, inclusive=True)
    return max((check(pages) for check in _checks), default=0)


def is_protected(page: Page) -> bool:
    """Say whether the page or one below it is held by history, by the checks or by the database's own keys."""
    return learners_with_history(page) > 0 or _deletion_is_refused(page)


def _deletion_is_refused(page: Page) -> bool:
    collector = Collector(using=router.db_for_write(Page))
    try:
        collector.collect(Page.objects.descendant_of(page, inclusive=True))
    except (ProtectedError, RestrictedError):
        return True
    return False


def move_is_refused(page: Page, new_parent: Page) -> bool:
    """Say whether a module or activity with history would land in another course."""
    kind = page.specific_class or type(page)
    if not issubclass(kind, ActivityMixin | ModulePage):
        return False
    here, there = courses_above(page.path).first(), courses_above(new_parent.path).first()
    return here != there and is_protected(page)


# --- what the editor is told -----------------------------------------------------------------------------------------


def _explanation(page: Page) -> str:
    count = learners_with_history(page)
    title = page.get_admin_display_title()
    if not count:
        return _("“%(title)s” is part of records that are kept, so it cannot be deleted.") % {"title": title}
    return ngettext(
        "“%(title)s” has the history of %(count)d learner, so it cannot be deleted.",
        "“%(title)s” has the history of %(count)d learners, so it cannot be deleted.",
        count,
    ) % {"title": title, "count": count}


def _refuse_deletion(request, page: Page) -> None:
    """Say why, and offer to withdraw: what is unpublished disappears for learners and their record stays."""
    advice = _("Withdraw it instead: learners no longer see it, and what they finished stays.")
    withdraw = messages.button(reverse("wagtailadmin_pages:unpublish", args=[page.pk]), _("Withdraw"))
    messages.error(request, f"{_explanation(page)} {advice}", buttons=[withdraw] if page.live else [])


def keep_pages_with_history(request, page):
    """Hook `before_delete_page`: send the editor back with the reason where history holds the page."""
    if not is_protected(page):
        return None
    _refuse_deletion(request, page)
    return redirect("wagtailadmin_explore", page.get_parent().pk)


def keep_history_in_its_course(request, page, destination):
    """Hook `before_move_page`: send the editor back with the reason where history holds the page."""
    if not move_is_refused(page, destination):
        return None
    messages.error(request, MOVE_REFUSED)
    return redirect("wagtailadmin_explore", page.get_parent().pk)


def keep_history_in_bulk(request, action_type, objects, action):
    """Hook `before_bulk_action`: the same for many pages at once; nothing is done when one of them is held."""
    if not objects or not isinstance(objects[0], Page):
        return None
    if action_type == "delete":
        held = [page for page in objects if is_protected(page)]
        for page in held:
            _refuse_deletion(request, page)
    elif action_type == "move":
        destination = action.cleaned_form.cleaned_data["chooser"]
        held = [page for page in objects if move_is_refused(page, destination)]
        for page in held:
            messages.error(request, f"{page.get_admin_display_title()}: {MOVE_REFUSED}")
    else:
        return None
    return redirect("wagtailadmin_explore", held[0].get_parent().pk) if held else None
