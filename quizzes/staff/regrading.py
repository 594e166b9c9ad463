"""Marks recalculated with newer keys: choose what, see who would change, say why, do it; large ones by the worker."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods
from django_tasks_db.models import DBTaskResult

from questions.models import Question, QuestionVersion

from .. import access, tasks
from ..models import Attempt, QuizPage, Regrade
from ..presenting import percent
from ..services import regrading
from ..services.regrading import Line, Plan, QuestionPlan
from .guard import for_staff, show

COMPARED_AT_ONCE = 2_000  # answers; a dry run of more is the worker's
CHANGED_AT_ONCE = 50  # attempts; so is changing more
MOST_REGRADES = 50
LOOK_AGAIN = 3  # seconds
WAITING, BROKEN = ("READY", "RUNNING"), "FAILED"


class WhatForm(forms.Form):
    """All questions with a newer key, or one of them."""

    question = forms.TypedChoiceField(
        label=gettext_lazy("What to recalculate"), coerce=int, empty_value=None, required=False
    )

    def __init__(self, *args, questions, **kwargs):
        super().__init__(*args, **kwargs)
        one = [(pk, _("Only “%(name)s”") % {"name": name}) for pk, name in questions]
        self.fields["question"].choices = [("", _("All questions with a newer key")), *one]


class ApplyForm(forms.Form):
    """The reason, and the keys of the plan that was seen."""

    keys = forms.CharField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=250,
        help_text=gettext_lazy("The learner reads it, for example: the key of question 3 was wrong."),
        error_messages={"required": gettext_lazy("Give the reason: the learner reads it.")},
    )


# --- choosing ---------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(access.may_regrade)
def choose(request, quiz):
    questions = _outdated_questions(quiz)
    form = WhatForm(request.POST or None, questions=questions) if questions else None
    if form and request.method == "POST" and form.is_valid():
        return _look(request, quiz, form.cleaned_data["question"])
    regrades = _regrades(quiz)
    response = show(
        request, quiz, "quizzes/staff/regrade.html", tab="regrade", form=form, regrades=regrades,
        status=422 if form and form.errors else 200,
    )  # fmt: skip
    if any(one.is_running for one in regrades):
        response["Refresh"] = str(LOOK_AGAIN)
    return response


def _outdated_questions(quiz) -> list[tuple[int, str]]:
    keys = regrading.outdated_keys(quiz)
    found = Question.objects.filter(versions__in=keys).order_by("name", "pk").distinct()
    return list(found.values_list("pk", "name"))


def _look(request, quiz, question: int | None):
    """Lead to the dry run; a large one is asked for first."""
    keys = regrading.outdated_keys(quiz, question)
    if regrading.answers_to_compare(quiz, keys) <= COMPARED_AT_ONCE:
        asked = f"?soal={question}" if question else ""
        return redirect(reverse("quizzes_staff:regrade_plan", args=[quiz.pk]) + asked)
    result = tasks.plan_regrade.enqueue(quiz.pk, question, request.user.pk)
    return redirect("quizzes_staff:regrade_kept_plan", page_id=quiz.pk, task=result.id)


def _regrades(quiz) -> list[Regrade]:
    """Return what has been recalculated, each with how far its task is; two queries."""
    found = quiz.regrades.select_related("made_by")
    regrades = list(found.annotate(attempts=Count("changes__question__attempt", distinct=True))[:MOST_REGRADES])
    known = {}
    for task in DBTaskResult.objects.filter(task_path=tasks.regrade.module_path).order_by("-enqueued_at")[:500]:
        known.setdefault(task.args_kwargs["args"][0], task)
    for one in regrades:
        task = known.get(one.pk)
        one.is_running = bool(task) and task.status in WAITING
        one.is_broken = bool(task) and task.status == BROKEN
        one.expected = task.args_kwargs["args"][2] if task else None
    return regrades


# --- the dry run ------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(access.may_regrade)
def plan(request, quiz):
    """Show the dry run of a small regrade, and carry it out."""
    question = _question(request)
    keys = regrading.outdated_keys(quiz, question)
    if regrading.answers_to_compare(quiz, keys) > COMPARED_AT_ONCE:
        return redirect("quizzes_staff:regrade", page_id=quiz.pk)
    return _show_plan(request, quiz, question, regrading.plan_for(request.user, quiz, question))


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(access.may_regrade)
def kept_plan(request, quiz, task):
    """Show the dry run that the worker has made for this person, once it is there; and carry it out."""
    found = get_object_or_404(DBTaskResult, pk=task, task_path=tasks.plan_regrade.module_path)
    of_quiz, question, person = found.args_kwargs["args"]
    if (of_quiz, person) != (quiz.pk, request.user.pk):
        raise Http404
    if found.return_value:
        return _show_plan(request, quiz, question, Plan.from_dict(found.return_value))
    response = show(
        request, quiz, "quizzes/staff/regrade_plan.html", tab="regrade", title=_("Who would change"), plan=None,
        is_broken=found.status == BROKEN,
    )  # fmt: skip
    if found.status in WAITING:
        response["Refresh"] = str(LOOK_AGAIN)
    return response


def _question(request) -> int | None:
    asked = request.GET.get("soal", "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 18 else None


def _show_plan(request, quiz, question: int | None, seen: Plan):
    form = ApplyForm(request.POST or None, initial={"keys": _written(seen.keys)})
    if request.method == "POST" and form.is_valid():
        keys = regrading.outdated_keys(quiz, question)
        if form.cleaned_data["keys"] == _written(keys) and keys == seen.keys:
            return _apply(request, quiz, seen, form.cleaned_data["reason"])
        form.add_error(None, _("A key has changed meanwhile, or somebody else has recalculated: look again first."))
    people = _people(request.user, quiz, seen)
    return show(
        request, quiz, "quizzes/staff/regrade_plan.html", tab="regrade", title=_("Who would change"), plan=seen,
        form=form, questions=_questions(seen), people=people, unnamed=seen.in_care - len(seen.lines),
        status=422 if form.errors else 200,
    )  # fmt: skip


def _written(keys) -> str:
    return ",".join(f"{old}:{new}" for old, new in sorted(keys.items()))


def _apply(request, quiz: QuizPage, seen: Plan, reason: str):
    regrade = regrading.start_regrade(quiz=quiz, by=request.user, reason=reason)
    if seen.attempts > CHANGED_AT_ONCE:
        tasks.regrade.enqueue(regrade.pk, sorted(seen.keys.items()), seen.attempts)
        messages.success(request, _("The marks are being recalculated. You may leave this page: the work goes on."))
    else:
        changed = regrading.carry_out(regrade, seen.keys)
        words = ngettext("The marks of %(count)d attempt changed.", "The marks of %(count)d attempts changed.", changed)
        messages.success(request, words % {"count": changed})
    return redirect("quizzes_staff:regrade", page_id=quiz.pk)


# --- in words ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Person:
    """An attempt of somebody in care, with its mark before and after."""

    attempt: Attempt
    before: str
    after: str
    turns: bool
    passes: bool | None


def _people(user, quiz, seen: Plan) -> list[Person]:
    """Return the attempts that a plan names; who has left the person's care meanwhile is not among them."""
    wanted = access.attempts_in_care(user).filter(quiz=quiz, pk__in=[line.attempt for line in seen.lines])
    found = wanted.select_related("person").in_bulk()
    return [_person(found[line.attempt], line) for line in seen.lines if line.attempt in found]


def _person(attempt: Attempt, line: Line) -> Person:
    before, after = (percent(Fraction(share)) if share else "" for share in (line.before, line.after))
    return Person(attempt, before, after, line.passed_before != line.passed_after, line.passed_after)


def _questions(seen: Plan) -> list[dict[str, Any]]:
    named = {
        version.pk: version
        for version in QuestionVersion.objects.filter(pk__in=[one.version for one in seen.questions])
        .select_related("question")
        .defer("data")
    }
    return [_question_row(one, named[one.version]) for one in seen.questions]


def _question_row(one: QuestionPlan, version: QuestionVersion) -> dict[str, Any]:
    return {
        "plan": one,
        "name": version.question.name,
        "version": _("Version %(number)s") % {"number": version.number},
    }


urlpatterns = [
    path("<id:page_id>/hitung-ulang/", choose, name="regrade"),
    path("<id:page_id>/hitung-ulang/lihat/", plan, name="regrade_plan"),
    path("<id:page_id>/hitung-ulang/lihat/<uuid:task>/", kept_plan, name="regrade_kept_plan"),
]
