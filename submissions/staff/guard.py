"""The door of each staff screen, the path to it and the tabs of a task. What one may not see is 404."""

from collections.abc import Callable
from functools import wraps

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from .. import access
from ..models import SubmissionPage


def for_staff(may: Callable[..., bool]):
    """Give a view the task of its address where `may(user, page)`; nobody else finds it."""

    def guard(view):
        @wraps(view)
        def guarded(request, page_id, **kwargs):
            page = get_object_or_404(SubmissionPage, pk=page_id)
            if not may(request.user, page):
                raise Http404
            return view(request, page, **kwargs)

        return guarded

    return guard


def show(request, task: SubmissionPage, template: str, *, tab: str, title: str = "", status: int = 200, **context):
    """Render a screen of a task: with its path, its tabs and its title; `title` names a screen inside a tab."""
    tabs = tabs_of(request.user, task)
    here = next((one for one in tabs if one["name"] == tab), None)
    crumbs = [
        {"url": reverse("submissions_staff:index"), "label": _("Tasks")},
        {"url": tabs[0]["url"] if tabs else "", "label": task.title},
    ]
    if here and title:
        crumbs.append({"url": here["url"], "label": here["label"]})
    crumbs.append({"url": "", "label": title or (here["label"] if here else "")})
    context = {
        "task": task, "tabs": tabs, "tab": tab, "header_icon": "edit", "breadcrumbs_items": crumbs,
        "header_title": f"{title or (here['label'] if here else '')} · {task.title}", **context,
    }  # fmt: skip
    return render(request, template, context, status=status)


def tabs_of(user, page: SubmissionPage) -> list[dict[str, str]]:
    """Return the tabs of a task that say something to a person."""
    organises = access.may_organise(user, page)
    tabs = [
        ("to_mark", _("To mark"), organises or access.may_mark(user, page)),
        ("work", _("Handed-in work"), organises),
        ("markers", _("Markers"), organises),
    ]
    return [
        {"name": name, "label": label, "url": reverse(f"submissions_staff:{name}", args=[page.pk])}
        for name, label, shown in tabs
        if shown
    ]
