"""Addresses: Indonesian, short and stable. Wagtail's pages come last."""

from django.conf import settings
from django.http import Http404
from django.shortcuts import redirect
from django.urls import include, path, re_path
from django.views.decorators.cache import never_cache
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from people.editor_account import editor_account
from people.views import change_email

from .media import media


@never_cache
def one_door(request):
    """Send other sign-in pages to ours: a second door would go past second factors and rate limits."""
    return redirect(f"{settings.WAGTAIL_FRONTEND_LOGIN_URL}?{request.GET.urlencode()}")


def closed(request):
    """Answer for those of Wagtail's addresses that know no agencies: they name everybody's files and drafts."""
    raise Http404


urlpatterns = [
    re_path(r"^admin/api/main/(?:images|documents)/", closed),
    re_path(r"^admin/choose-page/chosen-multiple/", closed),
    re_path(r"^admin/reports/page-types-usage/", closed),
    path("admin/login/", one_door),
    path("admin/account/", editor_account),
    path("admin/", include(wagtailadmin_urls)),
    path("dokumen/", include(wagtaildocs_urls)),
    path("media/<path:path>", media, name="media"),
    path("akun/login/", one_door),
    path("akun/email/", change_email, name="account_email"),
    path("akun/", include("allauth.urls")),
    # After allauth's own: of two addresses with one name the later is linked.
    path("", include("people.urls")),
    path("belajar/", include("completion.urls")),
    path("kuis/", include("quizzes.urls")),
    path("", include("submissions.urls")),
    path("", include("notifications.urls")),
    path("", include("credits.urls")),
    path("", include("certificates.urls")),
    path("", include("siasn.urls")),
    path("tim/", include("reports.urls")),
    path("gaya/", include("core.urls")),
    path("", include("home.urls")),
    path("_util/login/", one_door),
    path("", include(wagtail_urls)),
]
