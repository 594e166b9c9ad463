"""The learner's own pages: all of mine, enrolling and leaving, finishing a lesson, and why something counts."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from wagtail.models import Page

from courses.activities import CompletionRule
from courses.models import CoursePage
from courses.queries import course_id_of, courses_open_to, outline

from . import services, wording
from .forms import ReadingForm
from .models import ActivityEvent, ActivityProgress, Completion, Enrolment
from .policy import BadEvidence
from .queries import course_progress, explanation, latest_enrolment, learning_of
from .reading import BadOpening, Opening, read_token, seconds_read
from .rules import can_read_reasons
from .states import rule_for

RETURN_SECONDS = 15  # reading this much longer on the same page and sending it again is new evidence


@never_cache
@login_required
@require_GET
def learning(request: HttpRequest) -> HttpResponse:
    return render(request, "completion/learning.html", {"record": learning_of(request.user)})


# --- enrolling and leaving -------------------------------------------------------------------------------------------


@login_required
@require_POST
def enrol(request: HttpRequest, course_id: int) -> HttpResponse:
    """Enrol and go to the first lesson; back to the course with the reason where that is not possible."""
    course = get_object_or_404(courses_open_to(request.user), pk=course_id)
    try:
        services.enrol(person=request.user, course=course)
    except services.EnrolmentRefused as refusal:
        messages.warning(request, str(refusal))
        return redirect(_course_url(course))
    ahead = course_progress(request.user, course.pk, outline(course.pk)).next_activity
    return redirect(ahead.url if ahead else _course_url(course))


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def leave(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """Ask before leaving; say what stays."""
    mine = Enrolment.objects.filter(person=request.user).select_related("course")
    enrolment = get_object_or_404(mine, pk=enrolment_id, state=Enrolment.State.OPEN)
    if request.method == "GET":
        return render(request, "completion/leave.html", {"enrolment": enrolment})
    try:
        services.leave(enrolment=enrolment)
    except services.EnrolmentRefused as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(
            request, _("You have left “%(course)s”. Return whenever you like.") % {"course": enrolment.course.title}
        )
    return redirect("completion:learning")


def _course_url(course: CoursePage) -> str:
    live = outline(course.pk)
    return live.url if live else "/katalog/"


# --- finishing a lesson ----------------------------------------------------------------------------------------------


@login_required
@require_POST
def finish(request: HttpRequest, activity_id: int) -> HttpResponse:
    """Take the reading of a lesson: go on when it is complete, go back with what is missing when not yet.

    Evidence is taken even when the page was withdrawn or the course left while it was being read: nothing is lost. A
    `partial` report comes from a script when the page is left, and is answered with nothing.
    """
    page = get_object_or_404(Page, pk=activity_id)
    enrolment = latest_enrolment(request.user, course_id_of(page))
    form = ReadingForm(request.POST)
    if enrolment is None or not form.is_valid():
        raise Http404
    was_complete = enrolment.completion == Completion.COMPLETE
    try:
        opening = read_token(form.cleaned_data["opening"], person_id=request.user.pk, activity_id=page.pk)
        row = _record(enrolment, page.pk, opening, form.cleaned_data)
    except (BadOpening, BadEvidence):
        row = None
    if form.cleaned_data["partial"]:
        return HttpResponse(status=204)
    return _answer(request, enrolment, page.pk, row, was_complete)


@transaction.atomic
def _record(enrolment: Enrolment, activity_id: int, opening: Opening, told: dict) -> ActivityProgress:
    seconds = seconds_read(opening, told["seconds"])
    reached_end = told["reached_end"] == "1" if told["partial"] else told["reached_end"] != "0"
    data = {"seconds": seconds, "reached_end": reached_end, "opening": opening.id}
    kind = ActivityEvent.Kind.READ
    if not told["partial"] and _rule_name(enrolment, activity_id) == CompletionRule.DECLARED:
        kind = ActivityEvent.Kind.DECLARED
    return services.record(
        enrolment=enrolment,
        activity_id=activity_id,
        kind=kind,
        data=data,
        client_id=_event_id(enrolment, told["client_id"], seconds),
        revision=opening.revision,
    )


def _rule_name(enrolment: Enrolment, activity_id: int) -> str:
    """The rule of the edition, of the first evidence, or of the page for an activity that is new to this learner."""
    events = enrolment.events.filter(activity_id=activity_id)
    rule = (
        rule_for(enrolment.edition_id, activity_id, events) or Page.objects.get(pk=activity_id).specific.activity_rule()
    )
    return rule["rule"]


def _event_id(enrolment: Enrolment, client_id: uuid.UUID, seconds: int) -> uuid.UUID:
    """Sent twice is once; sent again after reading on (the browser's back button keeps the old form) is told anew."""
    known = ActivityEvent.objects.filter(person_id=enrolment.person_id, client_id=client_id).first()
    if known and seconds >= known.data.get("seconds", 0) + RETURN_SECONDS:
        return uuid.uuid5(client_id, str(seconds))
    return client_id


def _answer(
    request: HttpRequest, enrolment: Enrolment, activity_id: int, row: ActivityProgress | None, was_complete: bool
) -> HttpResponse:
    live = outline(enrolment.course_id)
    here = live.activity(activity_id) if live else None
    if live is None or here is None:
        return redirect("completion:learning")
    if row is None:
        messages.warning(
            request, _("This page was open for too long. Nothing you did is lost; please read on from here.")
        )
        return redirect(here.url)
    if enrolment.state == Enrolment.State.LEFT:
        messages.info(request, _("You have left this course. What you read is kept for when you return."))
        return redirect(live.url)
    if row.completion != Completion.COMPLETE:
        messages.info(request, wording.missing(enrolment, activity_id))
        return redirect(here.url)
    if enrolment.completion == Completion.COMPLETE and not was_complete:
        return redirect(live.url)
    ahead = live.next(activity_id)
    return redirect(ahead.url if ahead else live.url)


# --- why -------------------------------------------------------------------------------------------------------------


@never_cache
@login_required
@require_GET
def why(request: HttpRequest, enrolment_id: int, activity_id: int) -> HttpResponse:
    """Explain one activity to the learner, or to who organises learning for them; others find no such page."""
    enrolment = get_object_or_404(Enrolment.objects.select_related("person", "course", "edition"), pk=enrolment_id)
    if not can_read_reasons(request.user, enrolment):
        raise Http404
    explained = explanation(enrolment, activity_id)
    if explained is None:
        raise Http404
    live = outline(enrolment.course_id)
    context = {
        "explained": explained,
        "is_own": enrolment.person_id == request.user.pk,
        "sentences": [wording.reason(code, values) for code, values in explained.decision.because],
        "rule": wording.rule(explained.rule),
        "activity": live.activity(activity_id) if live else None,
        "course": live,
    }
    return render(request, "completion/why.html", context)
