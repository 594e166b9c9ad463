"""The organiser's list of training done elsewhere: what waits first, each with its evidence and the decision."""

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext_lazy
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn

from people.viewsets import CaredForEdit, CaredForIndex, RowViewSet

from ..models import ExternalTraining
from . import queries, services
from .forms import DecisionForm
from .rules import State
from .shown import kind_label, kind_of
from .views import decide


class ExternalIndex(CaredForIndex):
    page_title = gettext_lazy("External trainings")
    when_empty = gettext_lazy(
        "What people report under “External trainings” comes here to be verified; their supervisors may do it too."
    )

    def get_base_queryset(self):
        rows = super().get_base_queryset().exclude(state=State.DRAFT)
        return rows.select_related("person")


class AdminDecisionForm(DecisionForm):
    """The decision form as the admin's generic view calls it."""

    def __init__(self, *args, viewer, instance, **kwargs):
        super().__init__(*args, training=instance, **kwargs)
        self.viewer, self.instance = viewer, instance

    def save(self):
        try:
            return decide(training=self.instance, by=self.viewer, **self.cleaned_data)
        except services.NotPossible as refused:
            raise ValidationError(str(refused)) from refused


class ExternalDecide(CaredForEdit):
    page_title = gettext_lazy("Verify an external training")
    success_message = gettext_lazy("Decided; the person is told.")
    template_name = "credits/admin/external.html"

    def get_queryset(self):
        rows = super().get_queryset().exclude(state=State.DRAFT).select_related("person", "competency")
        return queries.with_decisions(rows)

    def get_page_subtitle(self):
        return f"{self.object.person.full_name} · {self.object.title}"

    def get_success_url(self):
        return reverse("external_training:index")

    def get_context_data(self, **kwargs):
        more = {"training": self.object, "alike": queries.alike(self.object)}
        return {**super().get_context_data(**kwargs), **more}


class ExternalTrainingViewSet(RowViewSet):
    """Reports come from the people; here they are listed and decided about."""

    model = ExternalTraining
    name = "external_training"
    url_prefix = "pelatihan-luar"
    icon = "globe"
    menu_label = gettext_lazy("External trainings")
    index_view_class = ExternalIndex
    edit_view_class = ExternalDecide
    edit_form = AdminDecisionForm
    add_to_admin_menu = True
    menu_hook = "register_learning_menu_item"
    ordering = ["-submitted_at", "-pk"]
    list_filter = ["state", "kind", "form"]
    search_fields = ["title", "organiser", "person__name", "number"]
    list_display = [
        TitleColumn(
            "title",
            label=gettext_lazy("Title"),
            get_url=lambda row: reverse("external_training:edit", args=[row.pk]),
        ),
        Column("person", label=gettext_lazy("Person"), accessor=lambda row: row.person.full_name),
        Column("kind", label=gettext_lazy("Kind"), accessor=lambda row: kind_label(kind_of(row))),
        Column(
            "ended_on",
            label=gettext_lazy("Last day"),
            sort_key="ended_on",
            accessor=lambda row: formats.date_format(row.ended_on, "SHORT_DATE_FORMAT") if row.ended_on else "",
        ),
        Column("state", label=gettext_lazy("State"), sort_key="state", accessor=lambda row: row.get_state_display()),
        DateColumn("submitted_at", label=gettext_lazy("Handed in"), sort_key="submitted_at"),
    ]

    def get_urlpatterns(self):
        return [pattern for pattern in super().get_urlpatterns() if pattern.name != "add"]

    def get_common_view_kwargs(self, **kwargs):
        return {**super().get_common_view_kwargs(**kwargs), "add_url_name": None}
