"""Addresses: Indonesian, short and stable. Wagtail's pages come last."""

import sys
from importlib.util import find_spec

from allauth.account import views as account
from django.conf import settings
from django.shortcuts import redirect
from django.urls import include, path
from django.views.decorators.cache import never_cache
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from .media import media


@never_cache
def one_door(request):
    """Send Wagtail's own sign-in to ours: a second door would go past second factors and rate limits."""
    return redirect(f"{settings.WAGTAIL_FRONTEND_LOGIN_URL}?{request.GET.urlencode()}")


def _pages(address: str, module: str):
    try:
        return [path(address, include(module))] if find_spec(module) else []
    except ModuleNotFoundError as missing:
        print(f"{module}: {missing}", file=sys.stderr)
        return []


urlpatterns = [
    path("admin/login/", one_door),
    path("admin/", include(wagtailadmin_urls)),
    path("dokumen/", include(wagtaildocs_urls)),
    path("media/<path:path>", media, name="media"),
    path("akun/", include("allauth.urls")),
    *_pages("", "people.urls"),
    # After allauth's own addresses: the last of a name is the one that is linked.
    path("masuk/", account.login, name="account_login"),
    path("keluar/", account.logout, name="account_logout"),
    *_pages("belajar/", "completion.urls"),
    *_pages("kuis/", "quizzes.urls"),
    *_pages("tim/", "reports.urls"),
    *_pages("gaya/", "core.urls"),
    *_pages("", "home.urls"),
    path("", include(wagtail_urls)),
]
