"""What a learner sends from the page of a task. Every button saves the words first: none of them loses any."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from completion.queries import latest_enrolment
from core.sending import send_file
from core.templatetags.core_tags import as_time
from courses.access import may_open
from courses.queries import course_id_of

from . import services
from .forms import WorkForm, key_of
from .models import Submission, SubmissionFile, SubmissionPage
from .services import FileRefused, SubmissionRefused

PLACE = "#kerja"
FILES = ("foto", "berkas")


def _of_learner(request, page_id: int):
    """Return the task and the visitor's enrolment in its course, also one that was left; else 404."""
    page = get_object_or_404(SubmissionPage, pk=page_id)
    enrolment = latest_enrolment(request.user, course_id_of(page))
    if enrolment is None:
        raise Http404
    enrolment.person = request.user
    return page, enrolment


def _wants_json(request) -> bool:
    return request.headers.get("Accept", "") == "application/json"


# --- words and buttons -----------------------------------------------------------------------------------------------


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def work(request, page_id):
    """Save the words, then do what the button says. A script asks for JSON and sends words only."""
    if not request.user.is_authenticated and _wants_json(request):
        return JsonResponse({"status": "signed_out"}, status=401)
    return _work(request, page_id)


@login_required
def _work(request, page_id):
    page, enrolment = _of_learner(request, page_id)
    back = redirect((page.get_url(request) or "/") + PLACE)
    if request.method != "POST":
        return back
    form = WorkForm(request.POST)
    if not form.is_valid():
        raise Http404
    try:
        saved = _save(page, enrolment, form)
        if _wants_json(request):
            return JsonResponse(_told(saved))
        _act(request, page, enrolment, form, saved)
    except SubmissionRefused as refusal:
        if _wants_json(request):
            return JsonResponse({"status": "refused", "reason": str(refusal)}, status=409)
        messages.error(request, str(refusal))
    return back


def _save(page, enrolment, form) -> services.Saved | None:
    told = form.cleaned_data
    if "teks" not in form.data or form.action[0] == "mulai":
        return None
    return services.save_draft(
        enrolment=enrolment, page=page, number=told["versi"], based_on=told["revisi"], text=told["teks"],
        tab=told["tab"],
    )  # fmt: skip


def _told(saved: services.Saved | None) -> dict:
    if saved is None:
        return {"status": "saved"}
    draft = saved.draft
    told = {"status": saved.status, "number": draft.number, "revision": draft.revision, "time": as_time(draft.saved_at)}
    return told | ({"text": draft.text} if saved.status == "kept" else {})


def _act(request, page, enrolment, form, saved) -> None:
    action, named = form.action
    problems = _keep_files(request, page, enrolment)
    for problem in problems:
        messages.error(request, problem)
    if saved and saved.status == "kept":
        messages.warning(request, _("You wrote in another tab or on another device too. Nothing is lost; choose one."))
    elif action == "kumpulkan" and not problems:
        _hand_in(request, page, enrolment, form, saved)
    elif action == "hapus" and (key := key_of(named)):
        services.remove_file(enrolment=enrolment, page=page, key=key)
    elif action in ("pakai", "biarkan") and named.isascii() and named.isdigit() and len(named) < 18:
        services.choose_draft(enrolment=enrolment, page=page, kept_id=int(named), use=action == "pakai")
    elif action == "mulai":
        services.begin_version(enrolment=enrolment, page=page)
    elif not problems:
        messages.success(request, _("Your draft is saved. Nobody else sees it before you hand it in."))


def _keep_files(request, page, enrolment) -> list[str]:
    """Keep the files of a form sent without a script; return what was refused."""
    problems = []
    for upload_ in [file for name in FILES for file in request.FILES.getlist(name)]:
        try:
            services.add_file(enrolment=enrolment, page=page, upload=upload_)
        except FileRefused as refusal:
            problems.append(str(refusal))
    return problems


def _hand_in(request, page, enrolment, form, saved) -> None:
    if not may_open(request.user, page).allowed:
        raise SubmissionRefused("not_open", _("This task is not open now. Your draft is kept."))
    if not form.cleaned_data["sendiri"]:
        messages.error(request, _("Please confirm above the button that it is your own work; your draft is kept."))
        return
    draft = saved.draft if saved else _draft(page, enrolment)
    told = form.cleaned_data
    number, revision = (draft.number, draft.revision) if draft else (told["versi"], told["revisi"])
    handed = services.hand_in(enrolment=enrolment, page=page, number=number, revision=revision)
    late = _("Handed in, after it was due. It is marked all the same.")
    messages.success(request, late if handed.is_late else _("Handed in. You will be told when somebody has marked it."))


def _draft(page, enrolment) -> Submission | None:
    return page.submissions.filter(enrolment=enrolment, state=Submission.State.DRAFT).first()


# --- files -----------------------------------------------------------------------------------------------------------


@never_cache
@require_POST
def upload(request, page_id):
    """Keep one file that a script sends, and tell its key."""
    if not request.user.is_authenticated:
        return JsonResponse({"status": "signed_out"}, status=401)
    page, enrolment = _of_learner(request, page_id)
    file = request.FILES.get("berkas")
    if file is None:
        return JsonResponse({"status": "refused", "reason": _("Choose the file again.")}, status=400)
    try:
        kept = services.add_file(enrolment=enrolment, page=page, upload=file)
    except (FileRefused, SubmissionRefused) as refusal:
        return JsonResponse({"status": "refused", "reason": str(refusal)}, status=400)
    url = reverse("submissions:download", args=[kept.key])
    told = {"key": str(kept.key), "name": kept.name, "size": kept.size, "url": url, "picture": kept.is_picture}
    return JsonResponse({"status": "kept", **told})


@never_cache
@login_required
@require_safe
def download(request, key):
    """Give the owner a file of an own version."""
    return send_work(get_object_or_404(SubmissionFile, key=key, submission__person=request.user))


def send_work(kept: SubmissionFile, name: str = "") -> FileResponse:
    """Send a file: pictures, which are drawn by us, may be shown; nothing else that somebody handed in is."""
    name = name or kept.name
    if not kept.is_picture:
        return send_file(kept.file.name, name)
    kind = "image/png" if kept.name.endswith(".png") else "image/jpeg"
    return send_file(kept.file.name, name, kind=kind, is_shown=True)
