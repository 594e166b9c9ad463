"""HTTP in, template out. An attempt is its owner's alone: for everybody else, supervisors too, it does not exist (404).

Every page turn is a form that carries the answers, so nothing depends on JavaScript; `save` is for scripts between.
Answers of attempts are never cached, so the back button shows what the server knows.
"""

from functools import wraps

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from wagtail.models import Page

from core.sending import send_file
from core.templatetags.core_tags import as_time
from courses.queries import outline_of
from questions.queries import versions_by_id

from . import deliveries, presenting, queries, services
from .models import AnswerFile, Attempt, QuizPage
from .rules import can_try_out

NOT_ANSWERING = ("pakai", "pertahankan")


def of_owner(view):
    """Give a view the attempt that the key names if it is the visitor's own, as the clock has left it; else 404."""

    @never_cache
    @login_required
    @wraps(view)
    def guarded(request, key, **kwargs):
        return view(request, _own_attempt(request, key), **kwargs)

    return guarded


def _own_attempt(request, key) -> Attempt:
    attempt = queries.own_attempt(request.user, key)
    if attempt is None:
        raise Http404
    settled = services.settle(attempt)
    settled.quiz, settled.person = attempt.quiz, request.user
    return settled


# --- beginning -------------------------------------------------------------------------------------------------------


@login_required
def start(request, page_id):
    quiz = get_object_or_404(QuizPage.objects.live(), pk=page_id)
    if request.method != "POST":
        return redirect(quiz.get_url(request))
    try:
        attempt = services.start_attempt(
            person=request.user, quiz=quiz, password=request.POST.get("kata-sandi", "")[:200]
        )
    except services.QuizRefused as refusal:
        if refusal.code == "closed":
            raise Http404 from refusal
        messages.error(request, str(refusal))
        course = outline_of(quiz)
        return redirect(course.url if course and refusal.code in ("not_enrolled", "locked") else quiz.get_url(request))
    return _to_first_open(attempt)


@login_required
def trial(request, page_id):
    quiz = get_object_or_404(QuizPage, pk=page_id)
    if not can_try_out(request.user, Page.objects.get(pk=page_id)):
        raise Http404
    if request.method == "POST":
        try:
            return _to_first_open(services.start_trial(person=request.user, quiz=quiz))
        except services.QuizRefused as refusal:
            messages.error(request, str(refusal))
    draft = quiz.get_latest_revision_as_object()
    questions = queries.questions_asked(draft.slots.all())
    return render(request, "quizzes/trial.html", {"page": draft, "questions": questions})


def _to_first_open(attempt):
    """Go where the learner left off: the first question without an answer, or the overview when all have one.

    Who has answered nothing begins on the first page, where there may be something to read.
    """
    if attempt.is_sequential:
        return redirect("quizzes:question", key=attempt.key, page=attempt.reached_page)
    places = queries.attempt_places(attempt)
    if not any(place.is_answered for place in places):
        return redirect("quizzes:question", key=attempt.key, page=1)
    first = next((place.page for place in places if place.is_asked and not place.is_answered), None)
    if first is None:
        return redirect("quizzes:overview", key=attempt.key)
    return redirect("quizzes:question", key=attempt.key, page=first)


# --- answering -------------------------------------------------------------------------------------------------------


@of_owner
@require_http_methods(["GET", "HEAD", "POST"])
def question(request, attempt, page):
    """Show one page of an attempt, or take the form of it. A clock begins when its first page is shown."""
    if attempt.state == Attempt.State.RESERVED:
        begun = services.begin_attempt(attempt=attempt)
        if begun is None:
            messages.error(request, _("This quiz has closed meanwhile. No attempt was used up."))
            return redirect(attempt.quiz.get_url(request))
        attempt = begun
    screen = queries.attempt_screen(attempt, page)
    if screen is None:
        if attempt.is_open and attempt.is_sequential:
            return redirect("quizzes:overview", key=attempt.key)
        raise Http404
    if request.method == "POST":
        return _turn_page(request, attempt, screen)
    if attempt.state == Attempt.State.OVERDUE:
        return redirect("quizzes:overview", key=attempt.key)
    if attempt.is_open and (elsewhere := _out_of_sequence(request, attempt, screen)):
        return elsewhere
    return render(request, "quizzes/question.html", presenting.page_context(attempt, screen))


def _out_of_sequence(request, attempt, screen):
    """Where a fixed sequence is asked for, lead back to the page that is reached; else None.

    A device that keeps the pages for a time without a line may have those that come: going on is always allowed.
    """
    if not attempt.is_sequential or screen.page == attempt.reached_page:
        return None
    if screen.page > attempt.reached_page and "X-Kept-Copy" in request.headers:
        return None
    if attempt.reached_page > screen.pages:
        return redirect("quizzes:overview", key=attempt.key)
    return redirect("quizzes:question", key=attempt.key, page=attempt.reached_page)


def _turn_page(request, attempt, screen):
    """Keep what the form carries, then go where its button says."""
    action, position = deliveries.read_action(request.POST.get("aksi", ""))
    problems = _keep_files(request, attempt, screen)
    sent = deliveries.from_form(request.POST, screen, attempt, action=action, position=position)
    saved = services.save_answers(attempt=attempt, deliveries=sent)
    told = {one.status for one in saved}
    if not attempt.is_open:
        messages.warning(request, _("This attempt has been submitted; nothing was changed."))
        return redirect("quizzes:result", key=attempt.key)
    for problem in problems:
        messages.error(request, problem)
    if "late" in told or "closed" in told:
        messages.warning(
            request, _("The time was up when this answer arrived. It is kept, and your training organiser can see it.")
        )
        return redirect("quizzes:overview", key=attempt.key)
    if action == "periksa" and any(one.position == position and one.answer is None for one in saved):
        messages.warning(request, _("Answer first, then check."))
    if "older_tab" in told and action not in NOT_ANSWERING:
        messages.warning(request, _("You answered this question in another tab or device. Choose which answer counts."))
        action = ""
    if problems:
        action = ""
    return _go(attempt, screen, action, position)


def _keep_files(request, attempt, screen) -> list[str]:
    """Keep the files of a form sent without a script, and add them to its answers; return what was refused."""
    problems = []
    for asked in screen.questions if attempt.is_open else ():
        limits = deliveries.limits_of(asked)
        for upload in request.FILES.getlist(deliveries.upload_name(asked)) if limits else ():
            try:
                kept = services.keep_answer_file(question=asked.row, upload=upload, limits=limits)
            except services.FileRefused as refusal:
                problems.append(str(refusal))
            else:
                request.POST = deliveries.with_file(request.POST, asked, kept.key)
    return problems


def _go(attempt, screen, action, position):
    """Go on; where a question was looked at again or checked, stay beside it."""
    if action == "ringkasan" or (action == "berikutnya" and screen.is_last):
        if action == "berikutnya":
            services.reach_page(attempt=attempt, page=screen.pages + 1)
        return redirect("quizzes:overview", key=attempt.key)
    page = screen.page
    if action == "berikutnya":
        page += 1
        services.reach_page(attempt=attempt, page=page)
    elif action == "kembali":
        page = max(page - 1, 1)
    elif action == "halaman":
        page = min(max(position, 1), screen.pages)
    url = redirect("quizzes:question", key=attempt.key, page=page).url
    return HttpResponseRedirect(f"{url}#soal-{position}" if position and action != "halaman" else url)


@never_cache
@require_POST
def save(request, key):
    """Take what a script has to send, in JSON, and answer what became of each; 401, 404 say so by status too."""
    if not request.user.is_authenticated:
        return JsonResponse({"status": "signed_out"}, status=401)
    attempt = _own_attempt(request, key)
    try:
        parcel = deliveries.read_parcel(request.body, attempt)
    except deliveries.BadParcel as error:
        return JsonResponse({"status": "bad_request", "reason": str(error)}, status=400)
    saved = services.save_answers(attempt=attempt, deliveries=parcel.deliveries)
    if parcel.page:
        services.reach_page(attempt=attempt, page=parcel.page)
    if parcel.submit:
        try:
            attempt = services.submit_attempt(attempt=attempt, client_id=parcel.submit, evidence=parcel.evidence)
        except services.QuizRefused:
            attempt = services.settle(Attempt.objects.get(pk=attempt.pk))
    return JsonResponse(_told(attempt, saved))


def _told(attempt, saved) -> dict:
    return {
        "state": attempt.state,
        "is_open": attempt.is_open,
        "now": timezone.now().isoformat(),
        "deadline": attempt.deadline_at.isoformat() if attempt.deadline_at else None,
        "steps": [
            {"id": str(one.client_id), "position": one.position, "status": one.status, "sequence": one.sequence,
             "text": as_time(one.received_at) if one.received_at else ""}
            for one in saved
        ],
    }  # fmt: skip


@never_cache
@require_safe
def state(request, key):
    """Tell a script that has been offline how the attempt stands, with a fresh secret for its forms."""
    if not request.user.is_authenticated:
        return JsonResponse({"status": "signed_out"}, status=401)
    attempt = _own_attempt(request, key)
    return JsonResponse({**_told(attempt, []), "csrf": get_token(request)})


@never_cache
@require_POST
def upload(request, key, position):
    """Keep a file for an answer and tell its key; the answer that holds it is saved like any other."""
    if not request.user.is_authenticated:
        return JsonResponse({"status": "signed_out"}, status=401)
    attempt = _own_attempt(request, key)
    row = get_object_or_404(attempt.questions, position=position)
    limits = deliveries.limits_of_version(versions_by_id([row.version_id])[row.version_id])
    file = request.FILES.get("berkas")
    if not attempt.is_open or limits is None or file is None:
        return JsonResponse({"status": "refused", "reason": _("No file can be handed in here now.")}, status=409)
    try:
        kept = services.keep_answer_file(question=row, upload=file, limits=limits)
    except services.FileRefused as refusal:
        return JsonResponse({"status": "refused", "reason": str(refusal)}, status=400)
    url = presenting.file_url(attempt, kept)
    return JsonResponse({"status": "kept", "key": str(kept.key), "name": kept.name, "size": kept.size, "url": url})


@of_owner
@require_safe
def download(request, attempt, file):
    """Give the owner a file of an own answer."""
    kept = get_object_or_404(AnswerFile, key=file, question__attempt=attempt)
    return send_file(kept.file.name, kept.name)


# --- ending ----------------------------------------------------------------------------------------------------------


@of_owner
def overview(request, attempt):
    if not attempt.is_open:
        return redirect("quizzes:result", key=attempt.key)
    return render(request, "quizzes/overview.html", presenting.overview_context(attempt))


@of_owner
def submit(request, attempt):
    if request.method != "POST":
        return redirect("quizzes:overview", key=attempt.key)
    try:
        services.submit_attempt(
            attempt=attempt,
            client_id=deliveries.id_of(request.POST.get("client_id")),
            evidence=deliveries.evidence_of(request.POST, attempt),
        )
    except services.QuizRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("quizzes:result", key=attempt.key)


@of_owner
def result(request, attempt):
    if attempt.is_open:
        return redirect("quizzes:overview", key=attempt.key)
    return render(request, "quizzes/result.html", presenting.result_context(attempt))
