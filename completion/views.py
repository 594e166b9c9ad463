"""The learner's own pages: all of mine, enrolling and leaving, finishing a lesson, and why something counts."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from wagtail.models import Page

from core.rates import may_try
from courses.activities import ActivityMixin, CompletionRule
from courses.models import CoursePage, PathPage
from courses.paths import path_is_open_to
from courses.queries import course_id_of, courses_open_to, edition_rules, outline

from . import services, wording
from .entry import entry_of, requests_of
from .forms import EntryForm, ReadingForm, WatchingForm
from .models import ActivityEvent, ActivityProgress, Completion, Enrolment, EnrolmentRequest, PathEnrolment
from .paths import paths_of
from .policy import BadEvidence
from .queries import (
    course_progress,
    course_standing,
    current_enrolment,
    explanation,
    latest_enrolment,
    learning_of,
    next_open,
    progress_from,
    watched_so_far,
)
from .reading import BadOpening, Opening, read_token, seconds_read
from .rules import can_read_reasons
from .states import rule_for

Mode = CoursePage.EnrolmentMode
# An enrolment key is short and shared by many: this many tries of a person, whatever the course, in this time.
KEY_TRIES, KEY_SECONDS = 10, 600
RETURN_SECONDS = 15  # reading this much longer on the same page and sending it again is new evidence


@never_cache
@login_required
@require_GET
def learning(request: HttpRequest) -> HttpResponse:
    record = learning_of(request.user)
    context = {"record": record, "paths": paths_of(request.user, record), "requests": requests_of(request.user)}
    return render(request, "completion/learning.html", context)


# --- enrolling and leaving -------------------------------------------------------------------------------------------


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def enrol(request: HttpRequest, course_id: int) -> HttpResponse:
    """Enrol and go to the first lesson, or ask to be let in; with the reason where that is not possible.

    A course that opens by a key or with approval has a page of its own for it; the others are entered by one button.
    """
    course = get_object_or_404(courses_open_to(request.user), pk=course_id)
    has_page = course.enrolment_mode in (Mode.KEY, Mode.APPROVAL) and not _is_let_in(request.user, course)
    form = EntryForm(request.POST if "send" in request.POST else None)
    if request.method == "POST" and not has_page:
        return _enter(request, course, {"key": ""}, has_page=False)
    if form.is_valid():
        return _enter(request, course, form.cleaned_data, has_page=has_page)
    if not has_page:
        return redirect(_course_url(course))
    context = {"course": course, "course_url": _course_url(course), "form": form}
    return render(request, "completion/ask.html", {**context, "entry": entry_of(request.user, course)})


def _is_let_in(person, course: CoursePage) -> bool:
    return current_enrolment(person, course.pk) is not None or services.was_assigned(person, course)


def _enter(request: HttpRequest, course: CoursePage, told: dict, *, has_page: bool) -> HttpResponse:
    try:
        if has_page and course.enrolment_mode == Mode.APPROVAL:
            services.ask_to_enrol(person=request.user, course=course, message=told["message"])
            messages.success(request, _("Your request has been sent. You will be told once it is decided."))
            return redirect(_course_url(course))
        if has_page and not may_try("enrolment-key", request.user.pk, most=KEY_TRIES, seconds=KEY_SECONDS):
            raise services.EnrolmentRefused(_("Too many tries. Wait ten minutes, and ask for the right key."))
        services.enrol(person=request.user, course=course, key=told["key"])
    except services.EnrolmentRefused as refusal:
        messages.warning(request, str(refusal))
        return redirect("completion:enrol", course.pk) if has_page else redirect(_course_url(course))
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


@login_required
@require_POST
def take_back(request: HttpRequest, request_id: int) -> HttpResponse:
    """Take one's own request to be let in back."""
    mine = EnrolmentRequest.objects.filter(person=request.user).select_related("course")
    asked = get_object_or_404(mine, pk=request_id)
    try:
        services.take_back_request(request=asked)
    except services.EnrolmentRefused as refusal:
        messages.info(request, str(refusal))
    else:
        messages.success(request, _("You have taken your request back."))
    return redirect(_course_url(asked.course))


def _course_url(course: CoursePage) -> str:
    live = outline(course.pk)
    return live.url if live else "/katalog/"


# --- learning paths --------------------------------------------------------------------------------------------------


@login_required
@require_POST
def enrol_in_path(request: HttpRequest, path_id: int) -> HttpResponse:
    """Enrol in a path and its courses; back to the path either way, with the reason where that is not possible."""
    path = get_object_or_404(PathPage.objects.live(), pk=path_id)
    if not path_is_open_to(path, request.user):
        raise Http404
    try:
        services.enrol_in_path(person=request.user, path=path)
    except services.EnrolmentRefused as refusal:
        messages.warning(request, str(refusal))
    return redirect(path.get_url(request))


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def leave_path(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """Ask before leaving; say what stays."""
    mine = PathEnrolment.objects.filter(person=request.user, state=PathEnrolment.State.OPEN).select_related("path")
    enrolment = get_object_or_404(mine, pk=enrolment_id)
    if request.method == "GET":
        return render(request, "completion/leave_path.html", {"enrolment": enrolment})
    try:
        services.leave_path(enrolment=enrolment)
    except services.EnrolmentRefused as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(
            request, _("You have left “%(path)s”. Its courses stay in your list.") % {"path": enrolment.path.title}
        )
    return redirect("completion:learning")


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
    if told["read_text"] and reached_end and not told["partial"]:
        data["read_text"] = True
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
    ahead = next_open(request.user, live, activity_id)
    return redirect(ahead.url if ahead else live.url)


# --- watching a recording --------------------------------------------------------------------------------------------


@login_required
@require_POST
def watch(request: HttpRequest, activity_id: int) -> HttpResponse:
    """Take what was played of a recording; answer in JSON how much of what is needed that makes.

    Told again under the same id it is told once. 400: this can never be evidence, so it need not be sent again.
    """
    page = get_object_or_404(Page, pk=activity_id).specific
    if not isinstance(page, ActivityMixin):
        raise Http404
    enrolment = latest_enrolment(request.user, course_id_of(page))
    if enrolment is None or _rule_name(enrolment, page.pk) != CompletionRule.WATCHED:
        raise Http404
    form = WatchingForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"refused": form.errors}, status=400)
    told = form.cleaned_data
    try:
        opening = read_token(told["opening"], person_id=request.user.pk, activity_id=page.pk)
        row = services.record_watching(
            enrolment=enrolment,
            page=page,
            opening=opening,
            recording_id=told["recording"],
            spans=told["spans"],
            client_id=told["client_id"],
            told_length=told["length"] or 0,
        )
    except (BadOpening, BadEvidence) as refusal:
        return JsonResponse({"refused": str(refusal)}, status=400)
    so_far = watched_so_far(enrolment, page.pk)
    return JsonResponse({"text": wording.watching(so_far), "complete": row.completion == Completion.COMPLETE})


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


@never_cache
@login_required
@require_GET
def why_course(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """Explain a whole course to the learner, or to who organises learning for them; others find no such page."""
    enrolment = get_object_or_404(Enrolment.objects.select_related("person", "course", "edition"), pk=enrolment_id)
    if not can_read_reasons(request.user, enrolment):
        raise Http404
    live = outline(enrolment.course_id)
    context = {
        "enrolment": enrolment,
        "is_own": enrolment.person_id == request.user.pk,
        "conditions": wording.conditions(course_standing(enrolment, live)),
        "decisions": enrolment.decisions.select_related("decided_by").order_by("number"),
        "activities": edition_rules(enrolment.edition_id),
        "progress": progress_from(enrolment, enrolment.progress.all(), live, edition_rules(enrolment.edition_id)),
        "course": live,
    }
    return render(request, "completion/why_course.html", context)
