"""Answers that came after the time: what speaks for them, and the decision whether they count."""

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from core.listing import A_PAGE, one_page

from .. import access, services
from . import presenting, queries
from .forms import LateForm
from .guard import for_staff, show


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(access.may_organise)
def listing(request, quiz):
    waiting = queries.late_waiting(request.user).filter(attempt__quiz=quiz)
    form = LateForm(request.POST if request.method == "POST" else None, waiting=waiting)
    if request.method == "POST" and form.is_valid():
        return _decide(request, quiz, form.cleaned_data)
    found = waiting.select_related("attempt__person", "attempt__quiz", "question").order_by("attempt", "sequence")
    page = one_page(request, found)
    decided = queries.late_steps(request.user).filter(attempt__quiz=quiz, decision__isnull=False)
    decided = decided.select_related("attempt__person", "decision__decided_by").order_by("-decision__decided_at")
    return show(
        request, quiz, "quizzes/staff/late.html", tab="late", form=form, page=page, decided=decided[:A_PAGE],
        rows=presenting.late_rows(list(page)), status=422 if form.errors else 200,
        chosen={str(one) for one in request.POST.getlist("steps")},
    )  # fmt: skip


def _decide(request, quiz, told):
    counts = told["decision"] == "accept"
    steps = list(told["steps"].select_related("attempt"))
    made = services.decide_late_answers(steps=steps, counts=counts, by=request.user, reason=told["reason"])
    if counts:
        words = ngettext("%(count)d late answer counts now.", "%(count)d late answers count now.", made)
    else:
        words = ngettext("%(count)d late answer does not count.", "%(count)d late answers do not count.", made)
    messages.success(request, words % {"count": made})
    if made < len(steps):
        messages.warning(request, _("The others had been decided meanwhile."))
    return redirect("quizzes_staff:late", page_id=quiz.pk)
