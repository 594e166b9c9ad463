"""Marking question by question, one answer after the other; without names where the quiz says so."""

from fractions import Fraction

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from completion.staff.screens import file_name
from core.sending import send_file
from questions.marking import MarkRefused
from questions.models import Question
from questions.points import MarkForm, number

from .. import access, services
from ..models import Attempt
from . import queries
from .forms import REFUSALS
from .guard import for_staff, show


@require_safe
@for_staff(access.may_mark)
def queues(request, quiz):
    found = queries.marking_queues(request.user, quiz)
    return show(
        request, quiz, "quizzes/staff/to_mark.html", tab="to_mark", queues=found,
        others=sum(queue.others for queue in found), undecided=sum(queue.undecided for queue in found),
    )  # fmt: skip


@require_safe
@for_staff(access.may_mark)
def begin(request, quiz, question):
    """Lead to the first answer that waits."""
    code = queries.desk_of(request.user, quiz, question).after("")
    return _go_on(quiz, question, code)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(access.may_mark)
def mark(request, quiz, question, code):
    desk = queries.desk_of(request.user, quiz, question)
    if code not in desk.rows:
        raise Http404
    answer = queries.answer_to_mark(request.user, desk.rows[code])
    form = _form(request, answer)
    following = desk.after(code)
    if request.method == "POST" and form and form.is_valid() and _save(request, answer, form):
        return _go_on(quiz, question, following)
    title = get_object_or_404(Question, pk=question).name
    return _show(
        request, quiz, answer, form, tab="to_mark", title=title, question_id=question, code=code, following=following,
        waiting=len(desk.waiting), shows_name=not quiz.anonymous_marking,
        files=[(number, file_name(file, number, quiz)) for number, file in enumerate(answer.files, start=1)],
    )  # fmt: skip


@require_safe
@for_staff(access.may_mark)
def download(request, quiz, question, code, number):
    """Give a file of an answer; its name could be its author's, so it gets another where names are not shown."""
    desk = queries.desk_of(request.user, quiz, question)
    if code not in desk.rows:
        raise Http404
    files = queries.answer_to_mark(request.user, desk.rows[code]).files
    if number > len(files):
        raise Http404
    file = files[number - 1]
    return send_file(file.file.name, file_name(file, number, quiz))


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(access.may_organise)
def change(request, quiz, key, position):
    """Change a mark that counts: of a named person, for a reason."""
    reach = access.attempts_in_care(request.user).exclude(person=request.user)
    attempt = get_object_or_404(reach.filter(quiz=quiz, state=Attempt.State.GRADED), key=key)
    row = get_object_or_404(attempt.questions.filter(max_mark__gt=0, answer__isnull=False), position=position)
    answer = queries.answer_to_mark(request.user, row.pk)
    if not answer.is_for_people:
        raise Http404
    form = _form(request, answer)
    if request.method == "POST" and form and form.is_valid() and _save(request, answer, form):
        return redirect("quizzes_staff:attempt", page_id=quiz.pk, key=key)
    return _show(
        request, quiz, answer, form, tab="attempts", title=_("Change a mark"), shows_name=True, key=key,
        files=[(number, file.name) for number, file in enumerate(answer.files, start=1)],
    )  # fmt: skip


def _form(request, answer) -> MarkForm | None:
    """Return the form where the person may mark the answer now."""
    if not answer.stage:
        return None
    return MarkForm(
        request.POST if request.method == "POST" else None,
        criteria=answer.criteria,
        most=Fraction(answer.row.max_mark),
        own=answer.own,
        newest=answer.newest,
        is_change=answer.row.attempt.state == Attempt.State.GRADED,
    )


def _save(request, answer, form: MarkForm) -> bool:
    told = form.cleaned_data
    try:
        services.mark_answer(
            question=answer.row, by=request.user, points=form.points, criteria=form.given,
            comment=told["comment"], reason=told.get("reason", ""), seen=told["seen"],
        )  # fmt: skip
    except MarkRefused as refusal:
        form.add_error(None, REFUSALS[refusal.code])
        return False
    messages.success(request, _("The mark is saved."))
    return True


def _go_on(quiz, question: int, code: str | None):
    if code is None:
        return redirect("quizzes_staff:to_mark", page_id=quiz.pk)
    return redirect("quizzes_staff:mark", page_id=quiz.pk, question=question, code=code)


def _show(request, quiz, answer, form, **context):
    return show(
        request, quiz, "quizzes/staff/mark.html", answer=answer, form=form,
        refusal=REFUSALS.get(answer.refusal, ""),
        max_mark=number(Fraction(answer.row.max_mark)), status=422 if form and form.errors else 200, **context,
    )  # fmt: skip
