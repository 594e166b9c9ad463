"""Attempts of the people in care: the list, and one attempt so that its mark can be explained to whoever asks."""

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from core.listing import one_page, search_words
from core.sending import send_file

from .. import access
from ..models import AnswerFile, Attempt
from ..presenting import percent
from . import presenting, queries
from .guard import for_staff, show


@require_safe
@for_staff(access.may_organise)
def listing(request, quiz):
    words = search_words(request)
    state = request.GET.get("keadaan", "")
    state = state if state in Attempt.State.values else ""
    page = one_page(request, queries.attempts_at(request.user, quiz, words=words, state=state))
    return show(
        request, quiz, "quizzes/staff/attempts.html", tab="attempts", page=page, words=words, state=state,
        rows=[(attempt, percent(attempt.score)) for attempt in page], states=Attempt.State.choices,
    )  # fmt: skip


@require_safe
@for_staff(access.may_organise)
def attempt(request, quiz, key):
    found = _in_care(request, quiz, key)
    context = presenting.attempt_context(request.user, found)
    return show(request, quiz, "quizzes/staff/attempt.html", tab="attempts", title=str(found.person), **context)


@require_safe
@for_staff(access.may_organise)
def download(request, quiz, key, file):
    """Give a file of an answer; not while it waits to be marked without a name."""
    found = _in_care(request, quiz, key)
    kept = get_object_or_404(AnswerFile.objects.select_related("question"), key=file, question__attempt=found)
    if presenting.is_veiled(found, kept.question):
        raise Http404
    return send_file(kept.file.name, kept.name)


def _in_care(request, quiz, key) -> Attempt:
    """Return the attempt that the key names; not one's own, whose right answers may be still to come."""
    attempts = access.attempts_in_care(request.user).filter(quiz=quiz).exclude(person=request.user)
    found = get_object_or_404(attempts.select_related("person", "enrolment__course"), key=key)
    found.quiz = quiz
    return found
