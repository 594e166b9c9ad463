"""The door of each staff screen, the path to it, the tabs of an activity and the list of all. Unseen things are 404."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import PurePath

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from wagtail.models import Page

from core.listing import one_page, search_words


@dataclass(frozen=True)
class Screens:
    """The screens of one kind of activity; their addresses name the activity `page_id`.

    `tabs(user, activity)` gives the address's name, the label, and whether the person has it, of each tab.
    """

    kind: type[Page]
    namespace: str  # of the addresses
    label: str
    icon: str
    tabs: Callable[..., list[tuple[str, str, bool]]]

    def for_staff(self, may: Callable[..., bool]):
        """Give a view the activity of its address where `may(user, activity)`; nobody else finds it."""

        def guard(view):
            @wraps(view)
            def guarded(request, page_id, **kwargs):
                activity = get_object_or_404(self.kind, pk=page_id)
                if not may(request.user, activity):
                    raise Http404
                return view(request, activity, **kwargs)

            return guarded

        return guard

    def show(self, request, activity, template: str, *, tab: str, title: str = "", status: int = 200, **context):
        """Render a screen of an activity: with its path, its tabs and its title; `title` names a screen in a tab."""
        tabs = self.tabs_of(request.user, activity)
        here = next((one for one in tabs if one["name"] == tab), None)
        crumbs = [
            {"url": reverse(f"{self.namespace}:index"), "label": self.label},
            {"url": tabs[0]["url"] if tabs else "", "label": activity.title},
        ]
        if here and title:
            crumbs.append({"url": here["url"], "label": here["label"]})
        title = title or (here["label"] if here else "")
        context = {
            "activity": activity,
            "kind": self.kind._meta.verbose_name,
            "tabs": tabs,
            "tab": tab,
            "header_title": f"{title} · {activity.title}",
            "header_icon": self.icon,
            "breadcrumbs_items": [*crumbs, {"url": "", "label": title}],
            **context,
        }
        return render(request, template, context, status=status)

    def show_all(self, request, template: str, *, found, rows: Callable):
        """Render the list of all activities `found`, searched by title; `rows(user, activities)` says what waits."""
        words = search_words(request)
        if words:
            found = found.filter(title__icontains=words)
        page = one_page(request, found.order_by("title", "pk"))
        context = {
            "rows": rows(request.user, list(page)),
            "page": page,
            "words": words,
            "header_title": self.label,
            "header_icon": self.icon,
            "breadcrumbs_items": [{"url": "", "label": self.label}],
        }
        return render(request, template, context)

    @method_decorator(require_safe)
    def first_tab(self, request, page_id):
        """Lead to the first tab of an activity that the person has."""
        tabs = self.tabs_of(request.user, get_object_or_404(self.kind, pk=page_id))
        if not tabs:
            raise Http404
        return redirect(tabs[0]["url"])

    def tabs_of(self, user, activity) -> list[dict[str, str]]:
        """Return the tabs of an activity that say something to a person."""
        return [
            {"name": name, "label": label, "url": reverse(f"{self.namespace}:{name}", args=[activity.pk])}
            for name, label, shown in self.tabs(user, activity)
            if shown
        ]


def file_name(file, number: int, activity) -> str:
    """Return a file's name for a marker; it could be its author's, so it is another where names are not shown."""
    if not activity.anonymous_marking:
        return file.name
    return _("file %(number)s") % {"number": number} + PurePath(file.name).suffix.lower()
