"""How the questions of a quiz do, in figures, pictures and words, without anybody's name; tables to take away."""

import datetime as dt

from django.http import Http404
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.cells import XLSX_MOST_ROWS
from core.tables import csv_response, xlsx_response

from .. import access
from ..figures import CHOICES, FIRST, ask_for, report
from . import figures_shown, marks_table
from .guard import for_staff, show

LOOK_AGAIN = 3  # seconds
MAKE = {"csv": csv_response, "xlsx": xlsx_response}


@require_safe
@for_staff(access.may_see_figures)
def overview(request, quiz):
    choice = _choice(request)
    found = report(quiz, choice)
    context = figures_shown.quiz_context(quiz, found) if found.figures else {}
    organises = access.may_organise(request.user, quiz)
    response = show(
        request, quiz, "quizzes/staff/figures.html", tab="figures", report=found, choices=CHOICES.items(),
        choice=choice, has_marks_table=organises, **context,
    )  # fmt: skip
    if found.is_being_computed:
        response["Refresh"] = str(LOOK_AGAIN)
    return response


@require_POST
@for_staff(access.may_see_figures)
def compute(request, quiz):
    choice = _choice(request)
    ask_for(quiz, choice)
    return redirect(_address(quiz, choice))


@require_safe
@for_staff(access.may_see_figures)
def question(request, quiz, item):
    """Show one question: who answered what, version by version, and each question that its place draws."""
    choice = _choice(request)
    found = report(quiz, choice)
    context = figures_shown.item_context(quiz, found.figures, item) if found.figures else None
    if context is None:
        raise Http404
    return show(
        request, quiz, "quizzes/staff/figures_question.html", tab="figures", report=found, choice=choice,
        choice_label=CHOICES[choice], **context,
    )  # fmt: skip


@require_safe
@for_staff(access.may_see_figures)
def export(request, quiz, kind):
    """Give the figures of the questions as a table."""
    found = report(quiz, _choice(request))
    if kind not in MAKE or not found.figures:
        raise Http404
    rows = figures_shown.table_rows(quiz, found.figures)
    return MAKE[kind](_file_name(quiz, _("statistics"), kind), figures_shown.table_header(), rows)


@require_safe
@for_staff(access.may_organise)
def marks(request, quiz, kind):
    """Give the marks of the people in care, a row an attempt."""
    if kind not in MAKE:
        raise Http404
    table = marks_table.table_of(request.user, quiz)
    if kind == "xlsx" and table.attempts > XLSX_MOST_ROWS:
        raise Http404
    return MAKE[kind](_file_name(quiz, _("marks"), kind), table.header, table.rows())


def _choice(request) -> str:
    asked = request.POST.get("percobaan") or request.GET.get("percobaan", "")
    return asked if asked in CHOICES else FIRST


def _address(quiz, choice: str) -> str:
    return f"{reverse('quizzes_staff:figures', args=[quiz.pk])}?percobaan={choice}"


def _file_name(quiz, what: str, kind: str) -> str:
    day: dt.date = timezone.localdate()
    return f"{what}-{slugify(quiz.title)[:60] or quiz.pk}-{day.isoformat()}.{kind}"


urlpatterns = [
    path("<id:page_id>/statistik/", overview, name="figures"),
    path("<id:page_id>/statistik/hitung/", compute, name="compute_figures"),
    path("<id:page_id>/statistik/soal/<str:item>/", question, name="figures_question"),
    path("<id:page_id>/statistik/unduh.<slug:kind>", export, name="figures_export"),
    path("<id:page_id>/statistik/nilai.<slug:kind>", marks, name="marks_export"),
]
