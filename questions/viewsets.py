"""The question bank in Wagtail's menu: the list, its filters, and the addresses of all its screens."""

from django.http import Http404
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.generic.base import BaseListingView
from wagtail.admin.viewsets.base import ViewSet
from wagtail.admin.widgets import Button, HeaderButton

from . import exchange_views, queries, views
from .filters import QuestionFilters, matching, with_latest_number
from .kinds import get_kind
from .models import Question


class QuestionList(BaseListingView):
    """Questions the person may see; searched by name, id and the words of the latest version."""

    model = Question
    page_title = _("Question bank")
    header_icon = "help"
    template_name = "wagtailadmin/generic/listing.html"
    results_template_name = "wagtailadmin/generic/listing_results.html"
    index_url_name = "questions:index"
    index_results_url_name = "questions:index_results"
    filterset_class = QuestionFilters
    is_searchable = True
    paginate_by = 30
    default_ordering = "name"
    verbose_name_plural = _("questions")

    def dispatch(self, request, *args, **kwargs):
        self.access = queries.bank_access(request.user)
        if not self.access.may_view:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get_base_queryset(self):
        visible = queries.questions_visible(self.access).select_related("category__agency")
        return with_latest_number(visible)

    def search_queryset(self, queryset):
        return matching(queryset, self.search_query) if self.is_searching else queryset

    @cached_property
    def columns(self):
        return [
            TitleColumn(
                "name", label=_("Name"), sort_key="name", get_url=lambda row: reverse("questions:edit", args=[row.pk])
            ),
            Column("kind", label=_("Kind"), accessor=lambda row: get_kind(row.kind).label, sort_key="kind"),
            Column("category", label=_("Category"), accessor=_place, sort_key="category__name"),
            Column("state", label=_("State"), accessor="get_state_display", sort_key="state"),
            Column("version", label=_("Version"), accessor="latest_number"),
            Column("places", label=_("In quizzes"), accessor=lambda row: self.usage[row.pk].places),
            Column("asked", label=_("Times asked"), accessor=lambda row: self.usage[row.pk].asked),
        ]

    def paginate_queryset(self, queryset, page_size):
        paginator, page, rows, has_other_pages = super().paginate_queryset(queryset, page_size)
        self.usage = queries.usage([row.pk for row in rows])
        return paginator, page, rows, has_other_pages

    @cached_property
    def header_buttons(self):
        if not self.access.may_edit:
            return []
        return [HeaderButton(_("Add a question"), url=reverse("questions:choose_kind"), icon_name="plus")]

    @cached_property
    def header_more_buttons(self):
        buttons = [
            Button(_("Categories"), url=reverse("questions:categories"), icon_name="folder-open-inverse", priority=10)
        ]
        if self.access.may_edit:
            buttons.append(
                Button(_("Import questions"), url=reverse("questions:import"), icon_name="upload", priority=20)
            )
        chosen = f"?{self.request.GET.urlencode()}" if self.request.GET else ""
        buttons.append(
            Button(
                _("Export these questions"), url=reverse("questions:export") + chosen, icon_name="download", priority=30
            )
        )
        return buttons


def _place(row: Question) -> str:
    owner = row.category.agency
    return f"{row.category} ({owner})" if owner else str(row.category)


class BankMenuItem(MenuItem):
    def is_shown(self, request):
        return queries.bank_access(request.user).may_view


class QuestionBank(ViewSet):
    name = "questions"
    url_prefix = "soal"
    icon = "help"
    menu_label = _("Question bank")
    menu_order = 250
    add_to_admin_menu = True
    menu_item_class = BankMenuItem

    def get_urlpatterns(self):
        return [
            path("", QuestionList.as_view(), name="index"),
            path("hasil/", QuestionList.as_view(results_only=True), name="index_results"),
            path("baru/", views.choose_kind, name="choose_kind"),
            path("baru/<slug:kind>/", views.add, name="add"),
            path("<int:pk>/", views.edit, name="edit"),
            path("<int:pk>/versi/", views.versions, name="versions"),
            path("<int:pk>/lihat/", views.preview, name="preview"),
            path("<int:pk>/lihat/<int:number>/", views.preview, name="preview_version"),
            path("<int:pk>/pensiun/", views.retire, name="retire"),
            path("kategori/", views.categories, name="categories"),
            path("kategori/baru/", views.add_category, name="add_category"),
            path("kategori/<int:pk>/", views.edit_category, name="edit_category"),
            path("kategori/<int:pk>/hapus/", views.delete_category, name="delete_category"),
            path("impor/", exchange_views.import_file, name="import"),
            path("impor/<uuid:key>/", exchange_views.import_job, name="import_job"),
            path("impor/templat.<slug:name>", exchange_views.template, name="import_template"),
            path("ekspor/", exchange_views.export, name="export"),
            path("ekspor/unduh/", exchange_views.export_file, name="export_file"),
        ]
