"""The door of each staff screen, the path to it and the tabs of a quiz. What one may not see is 404."""

from collections.abc import Callable
from functools import wraps

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from .. import access
from ..models import QuizPage


def for_staff(may: Callable[..., bool]):
    """Give a view the quiz of its address where `may(user, quiz)`; nobody else finds it."""

    def guard(view):
        @wraps(view)
        def guarded(request, quiz_id, **kwargs):
            quiz = get_object_or_404(QuizPage, pk=quiz_id)
            if not may(request.user, quiz):
                raise Http404
            return view(request, quiz, **kwargs)

        return guarded

    return guard


def show(request, quiz: QuizPage, template: str, *, tab: str, title: str = "", status: int = 200, **context):
    """Render a screen of a quiz: with its path, its tabs and its title; `title` names a screen inside a tab."""
    tabs = tabs_of(request.user, quiz)
    here = next((one for one in tabs if one["name"] == tab), None)
    crumbs = [
        {"url": reverse("quizzes_staff:index"), "label": _("Quizzes")},
        {"url": tabs[0]["url"] if tabs else "", "label": quiz.title},
    ]
    if here and title:
        crumbs.append({"url": here["url"], "label": here["label"]})
    crumbs.append({"url": "", "label": title or (here["label"] if here else "")})
    context = {
        "quiz": quiz,
        "tabs": tabs,
        "tab": tab,
        "header_title": f"{title or (here['label'] if here else '')} · {quiz.title}",
        "header_icon": "form",
        "breadcrumbs_items": crumbs,
        **context,
    }
    return render(request, template, context, status=status)


def tabs_of(user, quiz: QuizPage) -> list[dict[str, str]]:
    """Return the tabs of a quiz that say something to a person."""
    organises = access.may_organise(user, quiz)
    tabs = [
        ("attempts", _("Attempts"), organises),
        ("to_mark", _("To mark"), organises or access.may_mark(user, quiz)),
        ("late", _("Late answers"), organises),
        ("overrides", _("Exceptions"), organises),
        ("markers", _("Markers"), organises),
        ("regrade", _("Regrade"), access.may_regrade(user, quiz)),
        ("figures", _("Statistics"), organises or access.may_see_figures(user, quiz)),
    ]
    return [
        {"name": name, "label": label, "url": reverse(f"quizzes_staff:{name}", args=[quiz.pk])}
        for name, label, shown in tabs
        if shown
    ]
