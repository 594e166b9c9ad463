"""The organiser's screens: certificates and decisions about them, designs with a preview, numbering."""

from django.db.models import OuterRef, Subquery
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils import formats
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.viewsets.base import ViewSetGroup
from wagtail.permissions import policy_registry

from core.typeset import TypesettingFailed
from people.permissions import in_care
from people.viewsets import CaredForEdit, CaredForIndex, RowViewSet, ServiceCreate

from . import documents, services, showing, signing
from .admin_forms import DecideForm, DesignForm, EndDesignForm, NumberingForm
from .codes import read_code
from .models import Certificate, CertificateVersion, Design, NumberPattern
from .queries import Held, next_number
from .sample import sample_version
from .views import pdf_response

# --- certificates ----------------------------------------------------------------------------------------------------


class CertificateIndex(CaredForIndex):
    page_title = gettext_lazy("Certificates")
    when_empty = gettext_lazy("A certificate is there as soon as somebody finishes a course or a path.")

    def get_base_queryset(self):
        in_force = CertificateVersion.objects.filter(certificate=OuterRef("pk"), number=OuterRef("version"))
        told = {name: Subquery(in_force.values(f"facts__{name}")[:1]) for name in ("name", "title")}
        return super().get_base_queryset().select_related("agency").annotate(**told)

    def search_queryset(self, queryset):
        """Find by number, by code in any spelling, by the holder or by what was achieved."""
        words = (self.search_query or "").strip()
        if code := read_code(words):
            return queryset.filter(code=code)
        return super().search_queryset(queryset)


class CertificateDecide(CaredForEdit):
    """What a certificate says, what happened to it, and what may be decided now."""

    page_title = gettext_lazy("Certificate")
    template_name = "certificates/admin/certificate.html"
    success_message = gettext_lazy("Decided. Whoever checks the certificate sees it from now on.")

    def get_page_subtitle(self):
        return self.object.number

    def get_success_url(self):
        return reverse("certificates_admin:edit", args=[self.object.pk])

    def get_context_data(self, **kwargs):
        row = self.object
        versions = list(row.versions.all())
        held = Held(row, next(version for version in versions if version.number == row.version))
        told = {
            "held": held,
            "standing": showing.standing(row),
            "facts": showing.shown_facts(held),
            "versions": versions,
            "events": row.events.select_related("by"),
        }
        return {**super().get_context_data(**kwargs), **told}


@require_GET
@never_cache
def certificate_pdf(request, pk: int, number: int):
    """The PDF of one version, for who organises the agency; older ones only where they were ever written."""
    row = in_care(request.user, Certificate).filter(pk=pk).first()
    version = row and row.versions.filter(number=number).first()
    if not version or (number != row.version and not version.pdf):
        raise Http404
    return pdf_response(services.ensure_pdf(version=version))


class CertificateViewSet(RowViewSet):
    model = Certificate
    name = "certificates_admin"
    url_prefix = "sertifikat"
    icon = "success"
    menu_label = gettext_lazy("Issued certificates")
    index_view_class = CertificateIndex
    edit_view_class = CertificateDecide
    edit_form = DecideForm
    ordering = ["-pk"]
    list_filter = ["state", "agency"]
    search_fields = ["number", "code", "person__name", "achievement__title"]
    list_display = [
        TitleColumn(
            "number",
            label=gettext_lazy("Certificate number"),
            accessor="number",
            get_url=lambda row: reverse("certificates_admin:edit", args=[row.pk]),
        ),
        Column("name", label=gettext_lazy("Given to"), accessor="name"),
        Column("title", label=gettext_lazy("Achievement"), accessor="title"),
        Column("issued_at", label=gettext_lazy("Issued on"), accessor=lambda row: _day(row.issued_at)),
        Column("state", label=gettext_lazy("State"), accessor=lambda row: row.get_state_display()),
    ]

    def get_urlpatterns(self):
        kept = [pattern for pattern in super().get_urlpatterns() if pattern.name != "add"]
        return [*kept, path("pdf/<int:pk>/<int:number>/", certificate_pdf, name="pdf")]

    def get_common_view_kwargs(self, **kwargs):
        return {**super().get_common_view_kwargs(**kwargs), "add_url_name": None}


def _day(moment) -> str:
    return formats.date_format(moment, "SHORT_DATE_FORMAT")


# --- designs ---------------------------------------------------------------------------------------------------------


class DesignCreate(ServiceCreate):
    page_title = gettext_lazy("New design")
    template_name = "certificates/admin/design.html"


class DesignEdit(CaredForEdit):
    template_name = "certificates/admin/design.html"


@require_POST
@never_cache
def preview_design(request):
    """A picture (`format=png`) or a PDF of an invented certificate in the design of a form, saved or not."""
    may = policy_registry.get_by_type(Design).user_has_any_permission(request.user, {"add", "change"})
    pk = request.POST.get("design", "")
    instance = get_object_or_404(in_care(request.user, Design), pk=int(pk)) if pk.isdecimal() else None
    if not may:
        raise Http404
    form = DesignForm(request.POST, viewer=request.user, instance=instance)
    if not form.is_valid():
        problems = {name: [str(error) for error in errors] for name, errors in form.errors.items()}
        return JsonResponse({"problems": problems}, status=422)
    language = "en" if request.POST.get("bahasa") == "en" else "id"
    version = sample_version(form.instance, language=language)
    assurance = signing.signer().assurance
    try:
        if request.POST.get("format") == "pdf":
            return HttpResponse(documents.write(version, assurance=assurance), content_type="application/pdf")
        return HttpResponse(documents.preview(version, assurance=assurance), content_type="image/png")
    except TypesettingFailed:
        text = gettext("The logo cannot be drawn. Choose another file.")
        return JsonResponse({"problems": {"logo": [text]}}, status=422)


class DesignViewSet(RowViewSet):
    model = Design
    name = "certificate_designs"
    url_prefix = "rancangan-sertifikat"
    icon = "view"
    menu_label = gettext_lazy("Certificate designs")
    add_view_class = DesignCreate
    edit_view_class = DesignEdit
    create_form, edit_form = DesignForm, EndDesignForm
    list_display = ["name", "agency", "used_for", "valid_from", "valid_to"]
    search_fields = ["name", "agency__name"]

    def get_urlpatterns(self):
        return [*super().get_urlpatterns(), path("pratinjau/", preview_design, name="preview")]


# --- numbering -------------------------------------------------------------------------------------------------------


class NumberingSaved:
    def get_success_message(self, instance):
        number = next_number(instance.agency, instance.pattern)
        return gettext("Saved. The next certificate gets the number %(number)s.") % {"number": number}


class NumberingCreate(NumberingSaved, ServiceCreate):
    page_title = gettext_lazy("Numbering of an agency")
    template_name = "certificates/admin/numbering.html"


class NumberingEdit(NumberingSaved, CaredForEdit):
    template_name = "certificates/admin/numbering.html"


@require_POST
@never_cache
def preview_number(request):
    """The next number by the pattern of a form, or what is wrong with it, as JSON."""
    if not policy_registry.get_by_type(NumberPattern).user_has_any_permission(request.user, {"add", "change"}):
        raise Http404
    pk = request.POST.get("numbering", "")
    instance = get_object_or_404(in_care(request.user, NumberPattern), pk=int(pk)) if pk.isdecimal() else None
    form = NumberingForm(request.POST, viewer=request.user, instance=instance)
    if form.is_valid():
        return JsonResponse({"text": gettext("Next number: %(number)s") % {"number": form.preview()}})
    text = " ".join(str(error) for errors in form.errors.values() for error in errors)
    return JsonResponse({"text": text}, status=422)


class NumberingViewSet(RowViewSet):
    model = NumberPattern
    name = "certificate_numbering"
    url_prefix = "nomor-sertifikat"
    icon = "tag"
    menu_label = gettext_lazy("Certificate numbering")
    add_view_class = NumberingCreate
    edit_view_class = NumberingEdit
    create_form = edit_form = NumberingForm
    list_display = [
        TitleColumn(
            "agency",
            label=gettext_lazy("Agency"),
            accessor=lambda row: row.agency.name,
            get_url=lambda row: reverse("certificate_numbering:edit", args=[row.pk]),
        ),
        Column("pattern", label=gettext_lazy("Pattern"), accessor="pattern"),
        Column("next", label=gettext_lazy("Next number"), accessor=lambda row: next_number(row.agency, row.pattern)),
    ]

    def get_urlpatterns(self):
        return [*super().get_urlpatterns(), path("pratinjau/", preview_number, name="preview")]


class CertificatesMenu(ViewSetGroup):
    menu_label = gettext_lazy("Certificates")
    menu_icon = "success"
    menu_order = 295
    items = (CertificateViewSet, DesignViewSet, NumberingViewSet)
