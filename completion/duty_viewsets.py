"""The organiser's screens of standing duties, and of those who ask to be let into a course."""

from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext, gettext_lazy, ngettext
from wagtail.admin.ui.tables import Column, TitleColumn

from core.templatetags.core_tags import as_short_due
from people.viewsets import AudiencePreview, CaredForEdit, CaredForIndex, RowViewSet, ServiceCreate

from .admin_forms import DecideRequestForm, DutyForm, EndDutyForm
from .duties import DutyFigures, duty_figures
from .models import Duty, EnrolmentRequest


def due_terms(duty: Duty) -> str:
    """Say by when a duty is due, and how often: `4 Des 2026 · setiap 12 bulan`."""
    due = formats.date_format(duty.due_on, "SHORT_DATE_FORMAT") if duty.due_on else ""
    if duty.due_days is not None:
        due = ngettext("%(count)d day after joining", "%(count)d days after joining", duty.due_days)
        due %= {"count": duty.due_days}
    again = ""
    if duty.valid_months:
        again = ngettext("every month", "every %(count)d months", duty.valid_months) % {"count": duty.valid_months}
    return " · ".join(filter(None, (due, again)))


def span(duty: Duty) -> str:
    """Write from when and until when a duty is in force."""
    first = formats.date_format(duty.starts_on, "SHORT_DATE_FORMAT")
    if duty.ends_on is None:
        return gettext("from %(day)s") % {"day": first}
    return f"{first} – {formats.date_format(duty.ends_on, 'SHORT_DATE_FORMAT')}"


class DutyIndex(CaredForIndex):
    page_title = gettext_lazy("Standing duties")
    when_empty = gettext_lazy(
        "A standing duty asks a group for a course now and later, once or again after some months."
    )
    add_item_label = gettext_lazy("Make a standing duty")

    def get_base_queryset(self):
        return super().get_base_queryset().select_related("agency", "audience", "course", "path")

    def get_context_data(self, **kwargs):
        """Count the people of the duties on this page, in one query for all of them."""
        context = super().get_context_data(**kwargs)
        shown = list(context["object_list"])
        figures = duty_figures([duty.pk for duty in shown])
        for duty in shown:
            duty.figures = figures.get(duty.pk, DutyFigures())
        context["table"].data = shown
        return context


class DutyCreate(AudiencePreview, ServiceCreate):
    page_title = gettext_lazy("Make a standing duty")
    success_message = gettext_lazy("The duty is made. Its people are gathered now; look again in a moment.")

    def fitting(self, form):
        return form.fitting()

    def get_success_buttons(self):
        return []

    def get_success_url(self):
        return reverse("duties:index")


class DutyEnd(CaredForEdit):
    page_title = gettext_lazy("End a standing duty")
    submit_button_label = gettext_lazy("End it")
    template_name = "completion/admin/duty.html"

    def get_queryset(self):
        return super().get_queryset().select_related("agency", "audience", "course", "path")

    def get_page_subtitle(self):
        return f"{self.object.course or self.object.path} · {self.object.audience}"

    def get_context_data(self, **kwargs):
        figures = duty_figures([self.object.pk]).get(self.object.pk, DutyFigures())
        told = {"figures": figures, "terms": due_terms(self.object), "span": span(self.object)}
        return {**super().get_context_data(**kwargs), **told}

    def get_success_message(self):
        released = self.form.released
        told = ngettext("Taken back from %(count)d person.", "Taken back from %(count)d people.", released)
        return f"{gettext('The duty has ended.')} {told % {'count': released}}"

    def get_success_buttons(self):
        return []

    def get_success_url(self):
        return reverse("duties:index")


class DutyViewSet(RowViewSet):
    model = Duty
    name = "duties"
    url_prefix = "duties"
    icon = "calendar-check"
    menu_label = gettext_lazy("Standing duties")
    index_view_class, add_view_class, edit_view_class = DutyIndex, DutyCreate, DutyEnd
    create_form, edit_form = DutyForm, EndDutyForm
    ordering = ["-pk"]
    search_fields = ["reason", "letter_number", "course__title", "path__title", "audience__name"]
    list_display = [
        TitleColumn(
            "what",
            label=gettext_lazy("Course or learning path"),
            accessor=lambda duty: (duty.course or duty.path).title,
            get_url=lambda duty: reverse("duties:edit", args=[duty.pk]),
        ),
        Column("audience", label=gettext_lazy("Group of people"), accessor=lambda duty: duty.audience.name),
        Column("due", label=gettext_lazy("Due"), accessor=due_terms),
        Column("span", label=gettext_lazy("In force"), accessor=span),
        Column("people", label=gettext_lazy("People"), accessor=lambda duty: duty.figures.people),
        Column("done", label=gettext_lazy("Done"), accessor=lambda duty: duty.figures.done),
        Column("late", label=gettext_lazy("Past due"), accessor=lambda duty: duty.figures.late),
    ]


class RequestIndex(CaredForIndex):
    page_title = gettext_lazy("Enrolment requests")
    when_empty = gettext_lazy("Where a course is entered by approval, what people ask for comes here.")

    def get_base_queryset(self):
        return super().get_base_queryset().select_related("person", "course", "decided_by")


class RequestDecide(CaredForEdit):
    page_title = gettext_lazy("Decide about a request")
    template_name = "completion/admin/request.html"
    success_message = gettext_lazy("Decided; the person is told.")

    def get_queryset(self):
        waiting = super().get_queryset().filter(decision=EnrolmentRequest.Decision.WAITING)
        return waiting.select_related("person", "course")

    def get_page_subtitle(self):
        return f"{self.object.person.full_name} · {self.object.course.title}"

    def get_success_buttons(self):
        return []

    def get_success_url(self):
        return reverse("enrolment_requests:index")


def _where_to_decide(request: EnrolmentRequest) -> str | None:
    is_waiting = request.decision == EnrolmentRequest.Decision.WAITING
    return reverse("enrolment_requests:edit", args=[request.pk]) if is_waiting else None


class RequestViewSet(RowViewSet):
    """Requests come from learners: here they are listed, and decided."""

    model = EnrolmentRequest
    name = "enrolment_requests"
    url_prefix = "enrolment-requests"
    icon = "mail"
    menu_label = gettext_lazy("Requests")
    index_view_class, edit_view_class = RequestIndex, RequestDecide
    edit_form = DecideRequestForm
    ordering = ["-pk"]
    list_filter = ["decision"]
    search_fields = ["person__name", "course__title"]
    list_display = [
        TitleColumn(
            "person", label=gettext_lazy("Person"), accessor=lambda row: row.person.full_name, get_url=_where_to_decide
        ),
        Column("course", label=gettext_lazy("Course"), accessor=lambda row: row.course.title),
        Column("message", label=gettext_lazy("Message"), accessor="message"),
        Column(
            "asked_at",
            label=gettext_lazy("Asked"),
            accessor=lambda row: as_short_due(row.asked_at),
        ),
        Column("decision", label=gettext_lazy("Decision"), accessor=lambda row: row.get_decision_display()),
        Column("decided_by", label=gettext_lazy("By"), accessor=lambda row: row.decided_by or ""),
        Column("reason", label=gettext_lazy("Reason"), accessor="reason"),
    ]

    def get_urlpatterns(self):
        return [pattern for pattern in super().get_urlpatterns() if pattern.name != "add"]

    def get_common_view_kwargs(self, **kwargs):
        return {**super().get_common_view_kwargs(**kwargs), "add_url_name": None}
