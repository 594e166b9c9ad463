"""HTTP in, template out. An attempt is its owner's alone: for everybody else, supervisors too, it does not exist (404).

Every page turn is a form that carries the answer, so nothing depends on JavaScript; `save` is for scripts between.
Answers of attempts are never cached, so the back button shows what the server knows.
"""

import uuid
from functools import wraps

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST
from wagtail.models import Page

from core.templatetags.core_tags import as_time
from courses.queries import outline_of
from questions.kinds import get_kind

from . import queries, services
from .forms import StepForm
from .models import Attempt, QuizPage
from .presenting import marks, percent, pips, review_items, shown
from .rules import can_see_right_answers, can_try_out

ANSWER_FIELD = "jawaban"  # the name that the fields of an answer begin with


def of_owner(view):
    """Give a view the attempt that the key names if it is the visitor's own, else 404."""

    @never_cache
    @login_required
    @wraps(view)
    def guarded(request, key, **kwargs):
        attempt = get_object_or_404(Attempt.objects.select_related("quiz"), key=key, person=request.user)
        return view(request, attempt, **kwargs)

    return guarded


# --- beginning -------------------------------------------------------------------------------------------------------


@login_required
def start(request, page_id):
    quiz = get_object_or_404(QuizPage.objects.live(), pk=page_id)
    if request.method != "POST":
        return redirect(quiz.get_url(request))
    try:
        attempt = services.start_attempt(person=request.user, quiz=quiz)
    except services.QuizRefused as refusal:
        if refusal.code == "closed":
            raise Http404 from refusal
        messages.error(request, str(refusal))
        course = outline_of(quiz)
        return redirect(course.url if course and refusal.code == "not_enrolled" else quiz.get_url(request))
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
    return render(request, "quizzes/trial.html", {"page": draft, "questions": len(draft.slots.all())})


def _to_first_open(attempt):
    """Go where the learner left off: the first question without an answer, or the overview when all have one."""
    places = queries.attempt_places(attempt)
    first = next((place.position for place in places if not place.is_answered), None)
    if first is None:
        return redirect("quizzes:overview", key=attempt.key)
    return redirect("quizzes:question", key=attempt.key, position=first)


# --- answering -------------------------------------------------------------------------------------------------------


@of_owner
@require_http_methods(["GET", "HEAD", "POST"])
def question(request, attempt, position):
    screen = queries.question_screen(attempt, position)
    if screen is None:
        raise Http404
    if request.method == "POST":
        return _turn_page(request, attempt, screen)
    context = {
        "attempt": attempt,
        "quiz": attempt.quiz,
        "screen": screen,
        "shown": shown(attempt, screen.asked, name=ANSWER_FIELD),
        "versions": _both_versions(screen),
        "pips": pips(screen),
        "client_id": uuid.uuid4(),
    }
    return render(request, "quizzes/question.html", context)


def _both_versions(screen) -> dict | None:
    if screen.other is None:
        return None
    version = screen.asked.version
    kind = get_kind(version.question.kind)
    return {
        "in_force": kind.describe(version.data, screen.asked.answer),
        "other": kind.describe(version.data, screen.other.answer),
    }


def _turn_page(request, attempt, screen):
    """Keep what the form carries, then go where its button says."""
    if not attempt.is_open:
        _keep(request, attempt, screen)
        return _tell_closed(request, attempt)
    action = request.POST.get("aksi", "")
    if action in ("pakai", "pertahankan"):
        return _choose_version(request, attempt, screen, use_other=action == "pakai")
    saved = _keep(request, attempt, screen, cleared=action == "kosongkan")
    if action in ("tandai", "lepas"):
        client_id = StepForm(request.POST).as_arguments()["client_id"]
        services.set_flag(attempt=attempt, position=screen.position, flagged=action == "tandai", client_id=client_id)
    if saved and saved.status == "closed":
        return _tell_closed(request, attempt)
    if saved and saved.status == "older_tab":
        messages.warning(request, _("You answered this question in another tab or device. Choose which answer counts."))
        action = ""
    return _go(attempt, screen, action)


def _keep(request, attempt, screen, *, cleared=False):
    """Save the answer of a form, unless the page was shown with it; return what became of it, or None."""
    arguments = StepForm(request.POST).as_arguments()
    version = screen.asked.version
    answer = None if cleared else get_kind(version.question.kind).parse(version.data, request.POST, ANSWER_FIELD)
    if answer == queries.answer_at(screen.asked, arguments["based_on"]) and not cleared:
        return None
    return services.save_answer(attempt=attempt, position=screen.position, answer=answer, **arguments)


def _choose_version(request, attempt, screen, *, use_other):
    """Settle two versions: either way the choice is a new step, based on everything there is."""
    if screen.other is not None:
        answer = screen.other.answer if use_other else screen.asked.answer
        arguments = StepForm(request.POST).as_arguments()
        services.save_answer(
            attempt=attempt,
            position=screen.position,
            answer=answer,
            client_id=uuid.uuid5(arguments["client_id"], "choice"),
            based_on=arguments["based_on"],
        )
    return _go(attempt, screen, "")


def _tell_closed(request, attempt):
    messages.warning(request, _("This attempt has been submitted; nothing was changed."))
    return redirect("quizzes:result", key=attempt.key)


def _go(attempt, screen, action):
    if action == "ringkasan" or (action == "berikutnya" and screen.is_last):
        return redirect("quizzes:overview", key=attempt.key)
    position = screen.position
    if action == "berikutnya":
        position += 1
    elif action == "kembali":
        position = max(position - 1, 1)
    elif action.isdecimal() and len(action) < 6 and 1 <= int(action) <= screen.total:
        position = int(action)
    return redirect("quizzes:question", key=attempt.key, position=position)


@never_cache
@require_POST
def save(request, key, position):
    """Answer a script in JSON: what became of the answer and what counts now. 401, 404, 409 say so by status too."""
    if not request.user.is_authenticated:
        return JsonResponse({"status": "signed_out"}, status=401)
    attempt = get_object_or_404(Attempt.objects.select_related("quiz"), key=key, person=request.user)
    asked = get_object_or_404(attempt.questions.select_related("version__question"), position=position)
    form = StepForm(request.POST)
    if not form.is_valid() or not form.cleaned_data["client_id"]:
        return JsonResponse({"status": "bad_request"}, status=400)
    kind, data = get_kind(asked.version.question.kind), asked.version.data
    saved = services.save_answer(
        attempt=attempt,
        position=position,
        answer=kind.parse(data, request.POST, ANSWER_FIELD),
        **form.as_arguments(),
    )
    told = {"status": saved.status, "sequence": saved.sequence, "text": as_time(saved.received_at)}
    return JsonResponse(told, status=200 if saved.is_in_force else 409)


# --- ending ----------------------------------------------------------------------------------------------------------


@of_owner
def overview(request, attempt):
    if not attempt.is_open:
        return redirect("quizzes:result", key=attempt.key)
    waiting = queries.waiting_positions(attempt)
    places = queries.attempt_places(attempt)
    context = {
        "attempt": attempt,
        "quiz": attempt.quiz,
        "places": places,
        "waiting": waiting,
        "unanswered": sum(not place.is_answered for place in places),
        "flagged": sum(place.is_flagged for place in places),
        "client_id": uuid.uuid4(),
    }
    return render(request, "quizzes/overview.html", context)


@of_owner
def submit(request, attempt):
    if request.method != "POST":
        return redirect("quizzes:overview", key=attempt.key)
    try:
        services.submit_attempt(attempt=attempt, client_id=StepForm(request.POST).as_arguments()["client_id"])
    except services.QuizRefused as refusal:
        messages.error(request, str(refusal))
        return redirect(attempt.quiz.get_url(request))
    return redirect("quizzes:result", key=attempt.key)


@of_owner
def result(request, attempt):
    if attempt.is_open:
        return redirect("quizzes:overview", key=attempt.key)
    left = queries.attempts_left_after(attempt)
    questions = list(attempt.questions.select_related("version__question"))
    course = outline_of(attempt.quiz)
    right_answers = can_see_right_answers(attempt, left)
    context = {
        "attempt": attempt,
        "quiz": attempt.quiz,
        "percent": percent(attempt.score),
        "marks": marks(attempt, questions),
        "items": review_items(attempt, questions, right_answers=right_answers),
        "right_answers": right_answers,
        "attempts_left": left,
        "course": course,
        "next": course.next(attempt.quiz_id) if course else None,
    }
    return render(request, "quizzes/result.html", context)
