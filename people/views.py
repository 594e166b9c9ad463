"""The door and the account page. Everything else under /akun/ is allauth's."""

from urllib.parse import urlsplit

from allauth.account import views as allauth_views
from allauth.mfa.utils import is_mfa_enabled
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from . import services
from .forms import LanguageForm, PreferencesForm
from .queries import current_employments, main_post, roles_of

A_YEAR = 60 * 60 * 24 * 365


@never_cache
def sign_in(request):
    """Show the door. Someone inside without rights in the admin goes home, for the admin would send them back."""
    if request.user.is_authenticated and _is_shut_out(request):
        return redirect(settings.LOGIN_REDIRECT_URL)
    return allauth_views.login(request)


def _is_shut_out(request) -> bool:
    asked = urlsplit(request.GET.get("next", "")).path
    return asked.startswith(reverse("wagtailadmin_home")) and not request.user.has_perm("wagtailadmin.access_admin")


@never_cache
@login_required
def account(request):
    """Show a person what is recorded about their work, and let them choose language and time zone."""
    form = PreferencesForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        with override(request.user.language):
            messages.success(request, _("Your settings are saved."))
        return redirect("people:account")
    person = request.user
    context = {
        "form": form,
        "employments": current_employments(person),
        "post": main_post(person),
        "roles": roles_of(person),
        "session_count": UserSession.objects.filter(user=person).count(),
        "has_mfa": is_mfa_enabled(person),
    }
    return render(request, "people/account.html", context)


@never_cache
@login_required
def change_email(request):
    """Let a person ask for another address; until its owner opens the link the old one stays."""
    services.follow_email(person=request.user)
    return allauth_views.email(request)


@require_POST
def switch_language(request):
    """Keep a visitor's language in a cookie, a signed-in person's on the record; return to the page asked from."""
    form = LanguageForm(request.POST)
    response = HttpResponseRedirect(_way_back(request))
    if not form.is_valid():
        return response
    language = form.cleaned_data["language"]
    if request.user.is_authenticated:
        request.user.language = language
        request.user.save(update_fields=["language"])
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=A_YEAR,
        samesite="Lax",
        secure=request.is_secure(),
        httponly=True,
    )
    return response


def _way_back(request) -> str:
    asked = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(asked, {request.get_host()}, require_https=request.is_secure())
    return asked if safe else resolve_url(settings.LOGIN_REDIRECT_URL)
