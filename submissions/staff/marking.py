"""Marking one version after the other; without names where the task says so."""

from fractions import Fraction

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from completion.staff.screens import file_name
from questions.marking import MarkRefused
from questions.points import number

from .. import access, services
from ..models import Mark, Submission
from ..views import send_work
from . import queries
from .forms import REFUSALS, MarkForm
from .guard import for_staff, show


@require_safe
@for_staff(access.may_mark)
def to_mark(request, page):
    """Say what waits, and lead to the first of it."""
    desk = queries.desk_of(request.user, page)
    return show(
        request, page, "submissions/staff/to_mark.html", tab="to_mark", waiting=len(desk.waiting),
        read=len(desk.rows) - len(desk.waiting), first=desk.after(""),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(access.may_mark)
def mark(request, page, code):
    desk = queries.desk_of(request.user, page)
    if code not in desk.rows:
        raise Http404
    shown = queries.work_to_look_at(request.user, desk.rows[code])
    form = _form(request, shown)
    following = desk.after(code)
    if request.method == "POST" and form and form.is_valid() and _save(request, shown, form):
        if following is None:
            return redirect("submissions_staff:to_mark", page_id=page.pk)
        return redirect("submissions_staff:mark", page_id=page.pk, code=following)
    return _show(
        request, page, shown, form, tab="to_mark", title=_("Mark"), code=code, following=following,
        waiting=len(desk.waiting), shows_name=not page.anonymous_marking, files=_files(shown.work, page),
        earlier=[(version, _files(version.work, page)) for version in shown.earlier],
    )  # fmt: skip


def _files(work: Submission, page) -> list[tuple[int, str, bool]]:
    """Return (number, name, is it a picture) of each file; a name could be its author's where names are not shown."""
    return [(number, file_name(file, number, page), file.is_picture) for number, file in enumerate(work.files.all(), 1)]


@require_safe
@for_staff(access.may_mark)
def download(request, page, code, version, number):
    """Give a file of a version that a person may mark, or of one before it."""
    desk = queries.desk_of(request.user, page)
    if code not in desk.rows:
        raise Http404
    shown = queries.work_to_look_at(request.user, desk.rows[code])
    works = {one.work.number: one.work for one in (shown.shown, *shown.earlier)}
    files = list(works[version].files.all()) if version in works else []
    if not 1 <= number <= len(files):
        raise Http404
    return send_work(files[number - 1], file_name(files[number - 1], number, page))


def _form(request, shown) -> MarkForm | None:
    """Return the form where the person may mark the work now."""
    return MarkForm(request.POST if request.method == "POST" else None, shown=shown) if shown.stage else None


def _save(request, shown, form: MarkForm) -> bool:
    told = form.cleaned_data
    try:
        services.mark_submission(
            submission=shown.work, by=request.user, decision=form.decision, points=form.points, criteria=form.given,
            comment=told["comment"], reason=told.get("reason", ""), seen=told["seen"],
        )  # fmt: skip
    except MarkRefused as refusal:
        form.add_error(None, REFUSALS[refusal.code])
        return False
    if form.decision == Mark.Decision.RETURNED:
        messages.success(request, _("The work is returned; the learner is told what you wrote."))
    else:
        messages.success(request, _("The mark is saved."))
    return True


def _show(request, page, shown, form, **context):
    return show(
        request, page, "submissions/staff/mark.html", shown=shown, form=form, criteria=shown.work.rules["criteria"],
        refusal=REFUSALS.get(shown.refusal, ""),
        most=number(Fraction(shown.work.rules["max_mark"])), status=422 if form and form.errors else 200, **context,
    )  # fmt: skip
