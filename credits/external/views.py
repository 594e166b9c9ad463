"""The person's pages under /belajar/luar/ and the supervisor's under /tim/luar/."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import IntegrityError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.sending import send_file
from people.visibility import is_supervisor

from ..kinds import BY_SLUG, KINDS, Kind
from ..models import ExternalTraining
from . import queries, services
from .evidence import CONTENT_TYPES
from .forms import DecisionForm, NoticeForm, ReportForm
from .rules import State, may_open, supervised_trainings
from .shown import kind_label, kind_of


@never_cache
@login_required
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """List what the person has reported, what asks for something first."""
    context = {
        "trainings": queries.trainings_of(request.user),
        "notice_form": NoticeForm(),
        "notices": request.user.self_study_notices.all()[:5],
    }
    return render(request, "credits/external.html", context)


@never_cache
@login_required
@require_safe
def choose_kind(request: HttpRequest) -> HttpResponse:
    groups = [
        (_("In class"), [(kind.slug, kind_label(kind)) for kind in KINDS if kind.is_classical]),
        (_("Outside class"), [(kind.slug, kind_label(kind)) for kind in KINDS if not kind.is_classical]),
    ]
    known = _key(request.GET.get("lapor", ""))
    mine = ExternalTraining.objects.filter(person=request.user, key=known).first() if known else None
    context = {"groups": groups, "training_key": mine.key if mine and mine.is_open else None}
    return render(request, "credits/external_kind.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def report(request: HttpRequest, slug: str) -> HttpResponse:
    """Begin a report of a kind."""
    kind = BY_SLUG.get(slug)
    if kind is None:
        raise Http404
    return _report(request, kind, None)


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, key) -> HttpResponse:
    """Go on with a draft or with what was sent back; `?jenis=` makes it another kind."""
    training = _own(request, key)
    if not training.is_open:
        messages.info(request, _("This has been handed in and can no longer be changed."))
        return redirect("credits:external_detail", key)
    return _report(request, BY_SLUG.get(request.GET.get("jenis", "")) or kind_of(training), training)


def _report(request: HttpRequest, kind: Kind, training: ExternalTraining | None) -> HttpResponse:
    hands_in = request.POST.get("do") == "submit"
    data = (request.POST, request.FILES) if request.method == "POST" else ()
    form = ReportForm(*data, kind=kind, person=request.user, training=training, strict=hands_in or not data)
    key = training.key if training else _key(request.POST.get("key", "")) or uuid.uuid4()
    if data and form.is_valid():
        try:
            return _kept(request, form, key, hands_in)
        except services.NotPossible as refused:
            form.add_error(None, str(refused))
    elif data and hands_in:
        # What can be kept is kept, the file too: a browser would ask for it again.
        training = _keep_what_is_good(request, kind, key, training) or training
        form.training = training
    context = {
        "form": form,
        "kind": kind,
        "kind_label": kind_label(kind),
        "training": training,
        "key": key,
        "decision": training.decisions.last() if training and training.state == State.REVISE else None,
    }
    return render(request, "credits/external_form.html", context, status=422 if form.errors else 200)


def _key(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _kept(request: HttpRequest, form: ReportForm, key: uuid.UUID, hands_in: bool) -> HttpResponse:
    training = _keep(form, key)
    if not hands_in:
        messages.success(request, _("The draft is kept. Hand it in when it is complete."))
        return redirect("credits:external_edit", training.key)
    services.submit(training=training)
    messages.success(request, _("Handed in. You are told as soon as it is verified."))
    return redirect("credits:external")


def _keep(form: ReportForm, key: uuid.UUID) -> ExternalTraining:
    about = {"kind": form.kind, "facts": form.facts(), "evidence": form.cleaned_data.get("evidence")}
    if form.training:
        return services.change(training=form.training, **about)
    return services.begin(person=form.person, key=key, **about)


def _keep_what_is_good(request, kind: Kind, key: uuid.UUID, training: ExternalTraining | None):
    """Keep a report that cannot be handed in yet as a draft, where it can be read at all; else return None."""
    about = {"kind": kind, "person": request.user, "training": training, "strict": False}
    lenient = ReportForm(request.POST, request.FILES, **about)
    try:
        return _keep(lenient, key) if lenient.is_valid() else None
    except (services.NotPossible, IntegrityError):
        return None


@never_cache
@login_required
@require_safe
def detail(request: HttpRequest, key) -> HttpResponse:
    training = _own(request, key)
    return render(request, "credits/external_detail.html", {"training": training, "is_own": True})


@login_required
@require_POST
def discard(request: HttpRequest, key) -> HttpResponse:
    try:
        services.discard(training=_own(request, key))
    except services.NotPossible as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(request, _("The draft is thrown away."))
    return redirect("credits:external")


def _own(request: HttpRequest, key) -> ExternalTraining:
    rows = queries.with_decisions(ExternalTraining.objects.select_related("person", "competency"))
    return get_object_or_404(rows, key=key, person=request.user)


@never_cache
@login_required
@require_safe
def evidence(request: HttpRequest, key) -> FileResponse:
    """Send the evidence to the person and to who may verify it; shown as what its content is, in a closed sandbox."""
    training = get_object_or_404(ExternalTraining, key=key)
    if not training.evidence or not may_open(request.user, training):
        raise Http404
    kind = training.evidence_type
    name = _file_name(training)
    return send_file(training.evidence.name, name, kind=CONTENT_TYPES[kind], is_shown=kind != "pdf")


def _file_name(training: ExternalTraining) -> str:
    stem = training.evidence_name.rsplit(".", 1)[0] or "bukti"
    return f"{stem}.{training.evidence_type}"


@login_required
@require_POST
def tell_superior(request: HttpRequest) -> HttpResponse:
    form = NoticeForm(request.POST)
    if form.is_valid():
        services.tell_superior(person=request.user, about=form.cleaned_data["about"])
        messages.success(request, _("Your superior is told, with today's date and time."))
    else:
        messages.warning(request, _("Write in a few words what you study; then your superior can be told."))
    return redirect("credits:external")


# --- supervisors -----------------------------------------------------------------------------------------------------


@never_cache
@login_required
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """List what waits for a supervisor, what was decided lately, and what their people told them of self-study."""
    if not is_supervisor(request.user):
        raise Http404
    context = {
        "waiting": queries.waiting_for(request.user)[:100],
        "decided": queries.decided_for(request.user)[:20],
        "notices": queries.notices_for(request.user, timezone.localdate()),
    }
    return render(request, "credits/external_queue.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def verify(request: HttpRequest, key) -> HttpResponse:
    """Show a report with its evidence to a supervisor, who decides."""
    rows = queries.with_decisions(supervised_trainings(request.user).select_related("person", "competency"))
    training = get_object_or_404(rows, key=key)
    form = DecisionForm(request.POST if request.method == "POST" else None, training=training)
    if form.is_bound and form.is_valid():
        try:
            decide(training=training, by=request.user, **form.cleaned_data)
        except services.NotPossible as refused:
            messages.warning(request, str(refused))
            return redirect(request.path)
        messages.success(request, _("Decided; the person is told."))
        return redirect("credits:external_queue")
    context = {"training": training, "form": form, "alike": queries.alike(training), "is_own": False}
    return render(request, "credits/external_verify.html", context, status=422 if form.errors else 200)


def decide(*, training, by, decision: str, reason: str = "", minutes=None, units=None) -> ExternalTraining:
    """Do what a decision form says. Raises NotPossible."""
    if decision == DecisionForm.VERIFY:
        return services.verify(training=training, by=by, minutes=minutes, units=units, reason=reason)
    if decision == DecisionForm.TAKE_BACK:
        return services.take_back(training=training, by=by, reason=reason)
    return services.send_back(training=training, by=by, reason=reason, for_good=decision == DecisionForm.REJECT)
