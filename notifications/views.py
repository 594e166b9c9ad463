"""The inbox, one notice with its why, choices, and the way to stop e-mails. One's own only; others' are not there."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from . import queries, services
from .forms import PreferencesForm
from .kinds import kind_of
from .letters import read_stop_token
from .models import Letter, Notice

ON_A_PAGE = 30


@never_cache
@require_GET
@login_required
def inbox(request):
    """List what the person was told, what is unread first."""
    page = Paginator(queries.inbox(request.user), ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "notifications/inbox.html", {"page": page})


@never_cache
@require_GET
@login_required
def notice(request, notice_id: int):
    """Show one notice whole, with why it came; that is reading it."""
    shown = _mine(request, notice_id)
    services.mark_read(notice=shown)
    context = {"notice": shown, "kind": kind_of(shown.kind), "reasons": queries.reasons_of(shown)}
    return render(request, "notifications/notice.html", context)


@never_cache
@require_GET
@login_required
def open_notice(request, notice_id: int):
    """Follow a notice into the site, which is reading it; without a way in the site, show it."""
    asked = _mine(request, notice_id)
    services.mark_read(notice=asked)
    if asked.url and services.is_own_path(asked.url):
        return redirect(asked.url)
    return redirect("notifications:notice", asked.pk)


@require_POST
@login_required
def read_all(request):
    count = services.mark_all_read(person=request.user)
    if count:
        said = ngettext("%(count)d message marked as read.", "%(count)d messages marked as read.", count)
        messages.success(request, said % {"count": count})
    return redirect("notifications:inbox")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def preferences(request):
    """Let a person choose for each kind how to be told, and how often the digest comes."""
    form = PreferencesForm(request.POST or None, person=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Your choice is saved."))
        return redirect("notifications:preferences")
    return render(request, "notifications/preferences.html", {"form": form})


@csrf_exempt  # a mail program sends it (RFC 8058); the signed token says whose and what
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request, token: str):
    """Stop the e-mails of a kind for whom the token names: a visit asks, a POST does it."""
    told = read_stop_token(token)
    if told is None:
        raise Http404
    person, kind = told
    stopped = services.stop_email(person=person, kind=kind) if request.method == "POST" else None
    with translation.override(person.language):
        label = _("Digest") if kind == Letter.DIGEST else kind_of(kind).label
        context = {"label": label, "stopped": stopped, "mandatory": kind_of(kind).is_mandatory}
        return render(request, "notifications/stop.html", context)


def _mine(request, notice_id: int) -> Notice:
    found = Notice.objects.filter(person=request.user, pk=notice_id).first()
    if found is None:
        raise Http404
    return found
