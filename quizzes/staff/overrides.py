"""Exceptions at a quiz: who has more time or attempts, and why."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from wagtail.log_actions import log

from people.permissions import people_cared_for, units_cared_for

from .. import access, services
from .forms import OverrideForm
from .guard import for_staff, show


def _mine(request, quiz):
    """Return the exceptions of people and units in the person's care."""
    people, units = people_cared_for(request.user), units_cared_for(request.user)
    return quiz.overrides.filter(Q(person__in=people) | Q(unit__in=units))


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(access.may_organise)
def listing(request, quiz):
    form = OverrideForm(request.POST if request.method == "POST" else None, user=request.user)
    if request.method == "POST" and form.is_valid() and _give(request, quiz, form):
        return redirect("quizzes_staff:overrides", page_id=quiz.pk)
    given = _mine(request, quiz).select_related("person", "unit", "created_by")
    return show(
        request, quiz, "quizzes/staff/overrides.html", tab="overrides", form=form, given=given,
        status=422 if form.errors else 200,
    )  # fmt: skip


def _give(request, quiz, form) -> bool:
    try:
        override = services.give_override(quiz=quiz, by=request.user, **form.cleaned_data)
    except ValidationError as error:
        for field, errors in error.error_dict.items() if hasattr(error, "error_dict") else [(None, [error])]:
            form.add_error(field if field in form.fields else None, errors)
        return False
    _note(request, quiz, "quizzes.give_override", override)
    messages.success(request, _("The exception holds. Attempts that have begun have the time already."))
    return True


@require_POST
@for_staff(access.may_organise)
def end(request, quiz, override):
    found = get_object_or_404(_mine(request, quiz).select_related("person", "unit"), pk=override)
    _note(request, quiz, "quizzes.end_override", found)
    services.end_override(override=found)
    messages.success(request, _("The exception has ended. Attempts that have begun keep their time."))
    return redirect("quizzes_staff:overrides", page_id=quiz.pk)


def _note(request, quiz, action: str, override) -> None:
    told = {"for": str(override.person_id or override.unit_id), "is_person": bool(override.person_id),
            "minutes": override.extra_minutes, "attempts": override.extra_attempts,
            "opens": override.opens_at.isoformat() if override.opens_at else None,
            "closes": override.closes_at.isoformat() if override.closes_at else None,
            "reason": override.reason}  # fmt: skip
    log(instance=quiz, action=action, user=request.user, data=told)
