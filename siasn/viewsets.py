"""SIASN in the admin: what was sent and what not, files both ways, and the switch of each agency."""

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import formats
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.viewsets.base import ViewSet, ViewSetGroup

from core.headings import heading
from core.sending import send_file
from core.stored import throw_away
from people.permissions import in_care, organised_ids
from people.viewsets import CaredForEdit, CaredForIndex, RowViewSet

from . import exporting, histories, importing
from .forms import ConnectionForm, ExportForm, HistoryForm, SendAgainForm
from .models import Connection, Delivery, Export, HistoryImport
from .shown import error_in_words

EXPORTS_SHOWN = 10


def is_organiser(user) -> bool:
    return user.is_superuser or bool(organised_ids(user))


class DeliveryIndex(CaredForIndex):
    page_title = gettext_lazy("Sent to SIASN")
    when_empty = gettext_lazy(
        "Once the connection to SIASN is on, each course that is finished is listed here: sent, waiting or refused."
    )

    def get_base_queryset(self):
        return super().get_base_queryset().select_related("achievement__person", "agency")


class DeliveryAgain(CaredForEdit):
    page_title = gettext_lazy("Delivery to SIASN")
    success_message = gettext_lazy("Queued; it is sent within minutes.")
    template_name = "siasn/admin/delivery.html"

    def get_queryset(self):
        return super().get_queryset().select_related("achievement__person", "agency")

    def get_page_subtitle(self):
        return f"{self.object.achievement.person.full_name} · {self.object.achievement.title}"

    def get_success_url(self):
        return reverse("siasn_deliveries:index")

    def get_context_data(self, **kwargs):
        more = {"delivery": self.object, "error_in_words": error_in_words(self.object)}
        return {**super().get_context_data(**kwargs), **more}


class DeliveryViewSet(RowViewSet):
    """Deliveries come from achievements; here they are listed and queued anew."""

    model = Delivery
    name = "siasn_deliveries"
    url_prefix = "siasn/kiriman"
    icon = "upload"
    menu_label = gettext_lazy("Sent to SIASN")
    index_view_class = DeliveryIndex
    edit_view_class = DeliveryAgain
    edit_form = SendAgainForm
    ordering = ["-made_at", "-pk"]
    list_filter = ["state", "error", "agency"]
    search_fields = ["achievement__title", "achievement__person__name", "record_id"]
    list_display = [
        TitleColumn(
            "title",
            label=gettext_lazy("Title"),
            accessor=lambda row: row.achievement.title,
            get_url=lambda row: reverse("siasn_deliveries:edit", args=[row.pk]),
        ),
        Column("person", label=gettext_lazy("Person"), accessor=lambda row: row.achievement.person.full_name),
        Column("agency", label=gettext_lazy("Agency"), accessor=lambda row: row.agency),
        Column("state", label=gettext_lazy("State"), sort_key="state", accessor=lambda row: row.get_state_display()),
        Column("error", label=gettext_lazy("What happened"), accessor=error_in_words),
        Column("attempts", label=gettext_lazy("Attempts"), sort_key="attempts", accessor="attempts"),
        DateColumn("sent_at", label=gettext_lazy("Sent"), sort_key="sent_at"),
    ]

    def get_urlpatterns(self):
        return [pattern for pattern in super().get_urlpatterns() if pattern.name != "add"]

    def get_common_view_kwargs(self, **kwargs):
        return {**super().get_common_view_kwargs(**kwargs), "add_url_name": None}


class ConnectionIndex(CaredForIndex):
    page_title = gettext_lazy("Connection to SIASN")
    add_item_label = gettext_lazy("Connect an agency")

    def get_base_queryset(self):
        return super().get_base_queryset().select_related("agency")


class ConnectionViewSet(RowViewSet):
    model = Connection
    name = "siasn_connections"
    url_prefix = "siasn/sambungan"
    icon = "link"
    menu_label = gettext_lazy("Connection")
    index_view_class = ConnectionIndex
    create_form = edit_form = ConnectionForm
    list_display = [
        TitleColumn(
            "agency",
            label=gettext_lazy("Agency"),
            accessor=lambda row: row.agency,
            get_url=lambda row: reverse("siasn_connections:edit", args=[row.pk]),
        ),
        Column("is_on", label=gettext_lazy("On"), accessor=lambda row: gettext("yes") if row.is_on else gettext("no")),
        Column("since", label=gettext_lazy("Finished from"), accessor="since"),
        Column("basis", label=gettext_lazy("JP that are sent"), accessor=lambda row: row.get_basis_display()),
    ]


# --- files -----------------------------------------------------------------------------------------------------------


@never_cache
@require_http_methods(["GET", "POST"])
def export(request):
    """Ask for a file, and list one's own of the last days."""
    if not is_organiser(request.user):
        raise Http404
    form = ExportForm(request.POST if request.method == "POST" else None, viewer=request.user)
    if form.is_bound and form.is_valid():
        job = exporting.start_export(by=request.user, **form.cleaned_data)
        return redirect("siasn_exports:job", job.key)
    jobs = in_care(request.user, Export).filter(by=request.user).select_related("agency")[:EXPORTS_SHOWN]
    head = heading(gettext("File for SIASN"), "download")
    return render(request, "siasn/admin/export.html", {"form": form, "jobs": jobs, **head})


def _job(request, key) -> Export:
    """Return one's own export, while one still organises its agency."""
    mine = in_care(request.user, Export).filter(by=request.user).select_related("agency")
    return get_object_or_404(mine, key=key)


@never_cache
@require_safe
def job(request, key):
    """Show how far an export is and its report; while the worker writes, the page asks again by itself."""
    found = _job(request, key)
    days = "–".join(formats.date_format(day, "SHORT_DATE_FORMAT") for day in (found.first, found.last))
    head = heading(days, "download", (reverse("siasn_exports:index"), gettext("File for SIASN")))
    response = render(request, "siasn/admin/export_job.html", {"job": found, **head})
    if found.state == Export.State.WORKING:
        response["Refresh"] = "5"
    return response


@never_cache
@require_safe
def download(request, key):
    found = _job(request, key)
    if found.state != Export.State.READY:
        raise Http404
    name = f"siasn-{found.agency.slug}-{found.first:%Y%m%d}-{found.last:%Y%m%d}.zip"
    return send_file(found.stored_as, name, kind="application/zip")


# --- taking history over ---------------------------------------------------------------------------------------------


@never_cache
@require_http_methods(["GET", "POST"])
def history(request):
    """Take a file and go to what is in it; nothing is taken over here."""
    if not is_organiser(request.user):
        raise Http404
    posted = (request.POST, request.FILES) if request.method == "POST" else ()
    form = HistoryForm(*posted, viewer=request.user)
    if form.is_bound and form.is_valid():
        job = form.save()
        if job.state != HistoryImport.State.FAILED:
            return redirect("siasn_history:job", job.key)
        form.add_error("file", job.problem)
        throw_away(job)
    context = {
        "form": form,
        "jobs": _own_imports(request)[:EXPORTS_SHOWN],
        "columns": importing.NEEDED,
        **heading(gettext("History from SIASN"), "upload"),
    }
    return render(request, "siasn/admin/history.html", context, status=422 if form.errors else 200)


def _own_imports(request):
    """Return one's own imports of the agencies one still organises."""
    return in_care(request.user, HistoryImport).filter(by=request.user).select_related("agency")


@never_cache
@require_http_methods(["GET", "POST"])
def history_job(request, key):
    """Show what is in a file and what became of it; have the good rows taken over."""
    found = get_object_or_404(_own_imports(request), key=key)
    if request.method == "POST":
        histories.start_load(job=found)
        return redirect("siasn_history:job", found.key)
    head = heading(found.file_name, "upload", (reverse("siasn_history:index"), gettext("History from SIASN")))
    response = render(request, "siasn/admin/history_job.html", {"job": found, "report": found.report, **head})
    if found.state in (HistoryImport.State.CHECKING, HistoryImport.State.LOADING):
        response["Refresh"] = "5"
    return response


class OrganisersMenuItem(MenuItem):
    def is_shown(self, request):
        return is_organiser(request.user)


class ExportViewSet(ViewSet):
    name = "siasn_exports"
    url_prefix = "siasn/berkas"
    icon = "download"
    menu_label = gettext_lazy("File for SIASN")
    menu_item_class = OrganisersMenuItem

    def get_urlpatterns(self):
        return [
            path("", export, name="index"),
            path("<uuid:key>/", job, name="job"),
            path("<uuid:key>/unduh.zip", download, name="download"),
        ]


class HistoryViewSet(ViewSet):
    name = "siasn_history"
    url_prefix = "siasn/riwayat"
    icon = "upload"
    menu_label = gettext_lazy("History from SIASN")
    menu_item_class = OrganisersMenuItem

    def get_urlpatterns(self):
        return [path("", history, name="index"), path("<uuid:key>/", history_job, name="job")]


class SiasnMenu(ViewSetGroup):
    menu_label = "SIASN"
    menu_icon = "site"
    menu_order = 310
    items = (DeliveryViewSet, ExportViewSet, HistoryViewSet, ConnectionViewSet)
