"""All quizzes with what waits in them."""

from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from .. import access
from ..models import QuizPage
from . import queries
from .guard import tabs_of

A_PAGE = 50


@require_safe
def index(request):
    if not access.works_with_quizzes(request.user):
        raise Http404
    words = request.GET.get("q", "").strip()[:100]
    found = access.quizzes_of_staff(request.user).order_by("title", "pk")
    if words:
        found = found.filter(title__icontains=words)
    page = Paginator(found, A_PAGE).get_page(request.GET.get("p"))
    context = {
        "rows": queries.quiz_rows(request.user, list(page)),
        "page": page,
        "words": words,
        "header_title": _("Quizzes"),
        "header_icon": "form",
        "breadcrumbs_items": [{"url": "", "label": _("Quizzes")}],
    }
    return render(request, "quizzes/staff/index.html", context)


@require_safe
def first_tab(request, quiz_id):
    """Lead to the first tab of a quiz that the person has."""
    quiz = get_object_or_404(QuizPage, pk=quiz_id)
    tabs = tabs_of(request.user, quiz)
    if not tabs:
        raise Http404
    return redirect(tabs[0]["url"])
