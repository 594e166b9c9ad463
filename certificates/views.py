"""The learner's own certificates, and the public pages where anybody checks one."""

import functools

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from core.limits import within_limit
from people.models import Agency

from . import badges, drawing, services, showing
from .codes import read_code
from .facts import jp_of
from .forms import HASH, CodeForm, FileForm
from .models import PublicKey
from .queries import Held, certificate_by_code, certificates_of, last_changes, version_by_hash
from .rules import may_download

HOUR = 60 * 60


# --- the learner's own -----------------------------------------------------------------------------------------------


@never_cache
@login_required
@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """All certificates of the learner, each with its state and what last happened to it."""
    mine = certificates_of(request.user)
    changes = last_changes(mine)
    rows = [
        {
            "held": held,
            "standing": showing.standing(held.certificate),
            "jp": jp_of(held.facts),
            "change": changes.get(held.certificate.pk),
        }
        for held in mine
    ]
    return render(request, "certificates/mine.html", {"rows": rows})


@never_cache
@login_required
@require_GET
def download(request: HttpRequest, code: str) -> HttpResponse:
    """The PDF, written on the first wish; only for its holder, and only while it is in force."""
    held = certificate_by_code(read_code(code))
    if held is None or not may_download(held.certificate, request.user):
        raise Http404
    return pdf_response(services.ensure_pdf(version=held.version))


def pdf_response(version) -> HttpResponse:
    """Show a PDF in the browser, which prints and saves it under a name that says what it is."""
    with default_storage.open(version.pdf) as file:
        response = HttpResponse(file.read(), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="sertifikat-{version.facts["code"]}.pdf"'
    return response


# --- public ----------------------------------------------------------------------------------------------------------


def public(view):
    """Count who asks, keep the page out of search engines, and let nobody else keep it: its state may change."""

    @functools.wraps(view)
    def limited(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        limits = settings.CERTIFICATE_RATE_LIMITS
        allowed = within_limit(request, "certificate-look", limits.get("look"))
        if not allowed or not within_limit(request, "certificate-miss", limits.get("miss"), count=False):
            return render(request, "certificates/too_many.html", status=429)
        response = view(request, *args, **kwargs)
        response.headers.setdefault("X-Robots-Tag", "noindex, nofollow")
        return response

    return limited


def for_machines(view):
    """Let a page of another site read the answer: nothing in it depends on who asks."""

    @functools.wraps(view)
    def opened(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response["Access-Control-Allow-Origin"] = "*"
        response.headers.setdefault("Cache-Control", "no-cache")
        return response

    return opened


def _found(request: HttpRequest, code: str) -> Held | None:
    held = certificate_by_code(read_code(code))
    if held is None:
        within_limit(request, "certificate-miss", settings.CERTIFICATE_RATE_LIMITS.get("miss"))
    return held


def _unknown(request: HttpRequest, code: str) -> HttpResponse:
    return render(request, "certificates/unknown.html", {"code": code}, status=404)


@public
@never_cache
@require_http_methods(["GET", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """Begin with a code or with a file."""
    asked = CodeForm(request.GET) if "kode" in request.GET else CodeForm()
    if asked.is_bound and asked.is_valid():
        return redirect("certificates:certificate", asked.cleaned_data["kode"])
    file, stranger = FileForm(), False
    if request.method == "POST":
        file = FileForm(request.POST, request.FILES)
        if file.is_valid():
            known = version_by_hash(file.cleaned_data["sha256"])
            if known is not None:
                return _to_result(known.certificate.code, known.sha256)
            stranger = True
            within_limit(request, "certificate-miss", settings.CERTIFICATE_RATE_LIMITS.get("miss"))
    return render(request, "certificates/check.html", {"code_form": asked, "file_form": file, "stranger": stranger})


def _to_result(code: str, sha256: str) -> HttpResponse:
    return redirect(f"{reverse('certificates:certificate', args=[code])}?sidik={sha256}#berkas")


@public
@never_cache
@require_http_methods(["GET", "POST"])
def certificate(request: HttpRequest, code: str) -> HttpResponse:
    """Every printed fact of one certificate, whether it holds, and whether a file is the one we issued."""
    held = _found(request, code)
    if held is None:
        return _unknown(request, code)
    if code != held.certificate.code:
        return redirect("certificates:certificate", held.certificate.code)
    file = FileForm()
    if request.method == "POST":
        file = FileForm(request.POST, request.FILES)
        if file.is_valid():
            return _to_result(code, file.cleaned_data["sha256"])
    sha256 = request.GET.get("sidik", "")
    context = {
        "held": held,
        "standing": showing.standing(held.certificate),
        "facts": showing.shown_facts(held),
        "signature": showing.signature(held.version),
        "file_form": file,
        "compared": showing.compared(held, sha256, version_by_hash(sha256)) if HASH.match(sha256) else None,
        "own": may_download(held.certificate, request.user),
    }
    return render(request, "certificates/certificate.html", context)


@public
@for_machines
@require_GET
def certificate_json(request: HttpRequest, code: str) -> HttpResponse:
    held = _found(request, code)
    if held is None:
        return JsonResponse({"error": _("There is no certificate with this code.")}, status=404)
    return JsonResponse(showing.as_json(held, list(held.certificate.versions.all())))


@public
@for_machines
@require_GET
def badge(request: HttpRequest, code: str) -> HttpResponse:
    """The Open Badge as a signed JWT; its status list says whether it was revoked since."""
    held = _found(request, code)
    if held is None:
        return JsonResponse({"error": _("There is no certificate with this code.")}, status=404)
    response = HttpResponse(badges.signed(held, services.remember_key()), content_type=badges.MEDIA_TYPE)
    if "unduh" in request.GET:
        response["Content-Disposition"] = f'attachment; filename="lencana-{held.certificate.code}.jwt"'
    return response


@public
@for_machines
@require_GET
def badge_picture(request: HttpRequest, code: str) -> HttpResponse:
    held = _found(request, code)
    if held is None:
        raise Http404
    facts = held.facts
    drawn = drawing.badge(
        facts["look"]["pattern"],
        facts["title"],
        drawing.palette(facts["look"]["colour"]),
        title=facts["title"],
        jp=jp_of(facts),
        label=facts["heading"],
    )
    return HttpResponse(drawn, content_type="image/svg+xml", headers={"Cache-Control": f"public, max-age={HOUR}"})


@public
@for_machines
@require_GET
def status(request: HttpRequest, code: str) -> HttpResponse:
    held = _found(request, code)
    if held is None:
        raise Http404
    return JsonResponse(badges.revocations(held.certificate))


@public
@for_machines
@require_GET
def issuer(request: HttpRequest, slug: str = "") -> HttpResponse:
    """Who issues, as Open Badges knows it: an agency, or the platform itself."""
    agency = get_object_or_404(Agency, slug=slug) if slug else None
    return JsonResponse({"@context": badges.CONTEXT, **badges.profile(agency)})


@public
@for_machines
@require_GET
def keys(request: HttpRequest) -> HttpResponse:
    """Every key that ever signed a badge, as a JWK set."""
    services.remember_key()
    return JsonResponse({"keys": list(PublicKey.objects.values_list("jwk", flat=True))})


@public
@for_machines
@require_GET
def key(request: HttpRequest, kid: str) -> HttpResponse:
    return JsonResponse(get_object_or_404(PublicKey, pk=kid).jwk)
