"""The organiser's screens: who is enrolled and how far, what was assigned, decisions with a reason."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy, ngettext
from django.views.decorators.http import require_POST
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.viewsets.base import ViewSetGroup
from wagtail.log_actions import log

from core.templatetags.core_tags import as_moment, as_short_due
from courses.models import CoursePage
from people.permissions import in_care
from people.viewsets import AudiencePreview, CaredForEdit, CaredForIndex, RowViewSet, ServiceCreate

from . import services
from .admin_forms import AssignForm, DecideForm, ExemptForm, ExtendForm, SignOffForm, TakeBackForm, WithdrawForm
from .duty_viewsets import DutyViewSet, RequestViewSet
from .models import Assignment, CourseDecision, Enrolment, Exemption, Extension
from .queries import due_annotation, exempted_annotation, places_left, standing


def due_words(enrolment) -> str:
    """Write by when somebody is to finish, in their own zone; or that they need not."""
    return gettext("Exempted") if enrolment.exempted else as_short_due(enrolment.due, enrolment.person.time_zone)


def state_words(enrolment) -> str:
    """Write how somebody stands in a course, in the words that learner and supervisor read; or that they left."""
    if enrolment.state == Enrolment.State.LEFT:
        return enrolment.get_state_display()
    told = {"completion": enrolment.completion, "due_at": enrolment.due, "exempted": bool(enrolment.exempted)}
    return standing(now=timezone.now(), **told).label


class EnrolmentIndex(CaredForIndex):
    page_title = gettext_lazy("Enrolments")

    def get_base_queryset(self):
        rows = super().get_base_queryset().select_related("person", "course", "unit")
        return rows.annotate(due=due_annotation(), exempted=exempted_annotation())


class EnrolmentScreen(CaredForEdit):
    """A decision about one enrolment, under what is asked of the person, put off and waived so far."""

    template_name = "completion/admin/enrolment.html"
    success_message = gettext_lazy("The decision is recorded; the learner sees it with your reason.")

    def get_queryset(self):
        rows = super().get_queryset().select_related("person", "course")
        return rows.annotate(due=due_annotation(), exempted=exempted_annotation())

    def get_page_subtitle(self):
        return f"{self.object.person.full_name} · {self.object.course.title}"

    def get_success_url(self):
        # What a form saved may be a row of its own (an extension): the way back leads to the enrolment.
        return reverse("enrolments:edit", args=[self.kwargs["pk"]])

    def get_success_buttons(self):
        return []

    def get_context_data(self, **kwargs):
        told = {
            "assignments": self.object.assignments.filter(withdrawn_at__isnull=True).select_related(
                "assigned_by", "agency", "duty"
            ),
            "extensions": self.object.extensions.select_related("decided_by").order_by("-pk"),
            "exemptions": self.object.exemptions.select_related("decided_by").order_by("-pk"),
            "zone": self.object.person.time_zone,
            "here": self.screen,
            "state_words": state_words(self.object),
        }
        return {**super().get_context_data(**kwargs), **told}


class EnrolmentDecide(EnrolmentScreen):
    page_title = gettext_lazy("Decide about an activity")
    screen = "edit"


class EnrolmentExtend(EnrolmentScreen):
    page_title = gettext_lazy("Give more time")
    success_message = gettext_lazy("The due date is put off; the learner sees it with your reason.")
    screen = "extend"

    def get_edit_url(self):
        return reverse("enrolments:extend", args=[self.object.pk])


class EnrolmentExempt(EnrolmentScreen):
    page_title = gettext_lazy("Exempt from the course")
    success_message = gettext_lazy("The person is exempted, and sees your reason.")
    screen = "exempt"

    def get_edit_url(self):
        return reverse("enrolments:exempt", args=[self.object.pk])


TAKEN_BACK = {
    "extension": (Extension, services.withdraw_extension),
    "exemption": (Exemption, services.withdraw_exemption),
}


@require_POST
def take_back(request: HttpRequest, pk: int, kind: str, row: int) -> HttpResponse:
    """Take an extension or an exemption of an enrolment in the organiser's care back."""
    if kind not in TAKEN_BACK:
        raise Http404
    model, service = TAKEN_BACK[kind]
    enrolment = get_object_or_404(in_care(request.user, Enrolment), pk=pk)
    try:
        service(**{kind: get_object_or_404(model, pk=row, enrolment=enrolment)}, by=request.user)
        messages.success(request, gettext("It was taken back; the row stays in the history."))
    except PermissionDenied as refusal:
        messages.error(request, str(refusal))
    return redirect("enrolments:edit", enrolment.pk)


class EnrolmentViewSet(RowViewSet):
    """Enrolments come from learners and assignments: here they are listed, and decided about."""

    model = Enrolment
    name = "enrolments"
    url_prefix = "enrolments"
    icon = "list-ul"
    menu_label = gettext_lazy("Enrolments")
    index_view_class = EnrolmentIndex
    edit_view_class = EnrolmentDecide
    edit_form = DecideForm
    ordering = ["-pk"]
    list_filter = ["state", "completion"]
    search_fields = ["person__name", "course__title"]
    list_display = [
        TitleColumn(
            "person",
            label=gettext_lazy("Person"),
            accessor=lambda row: row.person.full_name,
            get_url=lambda row: reverse("enrolments:edit", args=[row.pk]),
        ),
        Column("course", label=gettext_lazy("Course"), accessor=lambda row: row.course.title),
        Column("unit", label=gettext_lazy("Unit"), accessor=lambda row: row.unit or ""),
        Column("state", label=gettext_lazy("State"), accessor=state_words),
        Column("percent", label=gettext_lazy("Progress"), accessor=lambda row: f"{row.percent}%"),
        Column("due", label=gettext_lazy("Due"), accessor=due_words),
    ]

    def get_urlpatterns(self):
        usual = [pattern for pattern in super().get_urlpatterns() if pattern.name != "add"]
        return [
            *usual,
            path("extend/<int:pk>/", self._screen(EnrolmentExtend, ExtendForm), name="extend"),
            path("exempt/<int:pk>/", self._screen(EnrolmentExempt, ExemptForm), name="exempt"),
            path("take-back/<int:pk>/<slug:kind>/<int:row>/", take_back, name="take_back"),
        ]

    def _screen(self, view, form):
        return self.construct_view(view, **{**self.get_edit_view_kwargs(), "form_class": form})

    def get_common_view_kwargs(self, **kwargs):
        return {**super().get_common_view_kwargs(**kwargs), "add_url_name": None}


class AssignmentIndex(CaredForIndex):
    page_title = gettext_lazy("Assignments")
    when_empty = gettext_lazy(
        "Assign a course to people, a unit or a group; those who join later are reached by a standing duty."
    )
    add_item_label = gettext_lazy("Assign a course")

    def get_base_queryset(self):
        together = ("enrolment__person", "enrolment__course", "agency", "assigned_by")
        return super().get_base_queryset().select_related(*together)


class AssignView(AudiencePreview, ServiceCreate):
    """One form makes many rows; the course's history says who assigned it to how many."""

    page_title = gettext_lazy("Assign a course")
    submit_button_label = gettext_lazy("Assign")

    def fitting(self, form):
        return form.fitting()

    def save_instance(self):
        course = self.form.save()
        log(instance=course, action="completion.assigned", user=self.request.user, data={"people": self.form.made})
        return course

    def get_success_message(self, instance):
        made = self.form.made
        if not made:
            return gettext("Nothing changed: all of these people have this assignment already, with the same due date.")
        told = ngettext("Assigned to %(count)d person.", "Assigned to %(count)d people.", made) % {"count": made}
        if isinstance(instance, CoursePage) and places_left(instance) == 0:
            full = gettext("All %(places)d places are taken now: an assignment lets people in all the same.")
            told = f"{told} {full % {'places': instance.capacity}}"
        return told

    def get_success_buttons(self):
        return []

    def get_success_url(self):
        return reverse("assignments:index")


class TakeBack(CaredForEdit):
    """Something that stands beside an enrolment is taken back: the page says whose it is."""

    def get_page_subtitle(self):
        enrolment = self.object.enrolment
        return f"{enrolment.person.full_name} · {enrolment.course.title}"


class AssignmentWithdraw(TakeBack):
    page_title = gettext_lazy("Take an assignment back")
    success_message = gettext_lazy("The assignment was taken back.")

    def get_success_url(self):
        return reverse("assignments:index")


class AssignmentViewSet(RowViewSet):
    model = Assignment
    name = "assignments"
    url_prefix = "assignments"
    icon = "mail"
    menu_label = gettext_lazy("Assignments")
    index_view_class = AssignmentIndex
    add_view_class = AssignView
    edit_view_class = AssignmentWithdraw
    create_form, edit_form = AssignForm, WithdrawForm
    ordering = ["-pk"]
    search_fields = ["enrolment__person__name", "enrolment__course__title", "letter_number", "reason"]
    list_display = [
        TitleColumn(
            "person",
            label=gettext_lazy("Person"),
            accessor=lambda row: row.enrolment.person.full_name,
            get_url=lambda row: reverse("assignments:edit", args=[row.pk]),
        ),
        Column("course", label=gettext_lazy("Course"), accessor=lambda row: row.enrolment.course.title),
        Column(
            "due",
            label=gettext_lazy("Due"),
            accessor=lambda row: as_short_due(row.due_at, row.enrolment.person.time_zone),
        ),
        Column("reason", label=gettext_lazy("Reason"), accessor="reason"),
        Column("letter_number", label=gettext_lazy("Letter number"), accessor="letter_number"),
        Column("by", label=gettext_lazy("By"), accessor=lambda row: row.assigned_by or gettext("standing duty")),
        Column(
            "withdrawn",
            label=gettext_lazy("Taken back"),
            accessor=lambda row: as_short_due(row.withdrawn_at, row.agency.time_zone),
        ),
    ]


class SignatureIndex(CaredForIndex):
    page_title = gettext_lazy("Signatures")
    when_empty = gettext_lazy("What you sign off, for courses that ask for it, is kept here.")
    add_item_label = gettext_lazy("Sign courses off")

    def get_base_queryset(self):
        return super().get_base_queryset().select_related("enrolment__person", "enrolment__course", "decided_by")


class SignOffView(ServiceCreate):
    """One form signs for many people; each is a decision of its own in the record."""

    page_title = gettext_lazy("Sign courses off")
    submit_button_label = gettext_lazy("Sign off")

    def save_instance(self):
        instance = self.form.save()
        log(instance=instance.course, action="completion.signed_off", user=self.request.user)
        return instance

    def get_success_message(self, instance):
        signed = self.form.signed
        return ngettext("Signed off for %(count)d person.", "Signed off for %(count)d people.", signed) % {
            "count": signed
        }

    def get_success_buttons(self):
        return []

    def get_success_url(self):
        return reverse("signatures:index")


class SignatureTakeBack(TakeBack):
    page_title = gettext_lazy("Take a signature back")
    success_message = gettext_lazy("The signature was taken back; the learner sees it with your reason.")

    def get_success_url(self):
        return reverse("signatures:index")


class SignatureViewSet(RowViewSet):
    """Decisions about whole courses: who signed what off, and what was taken back."""

    model = CourseDecision
    name = "signatures"
    url_prefix = "signatures"
    icon = "circle-check"
    menu_label = gettext_lazy("Signatures")
    index_view_class = SignatureIndex
    add_view_class = SignOffView
    edit_view_class = SignatureTakeBack
    create_form, edit_form = SignOffForm, TakeBackForm
    ordering = ["-pk"]
    list_filter = ["signed_off"]
    search_fields = ["enrolment__person__name", "enrolment__course__title", "reason"]
    list_display = [
        TitleColumn(
            "person",
            label=gettext_lazy("Person"),
            accessor=lambda row: row.enrolment.person.full_name,
            get_url=lambda row: reverse("signatures:edit", args=[row.pk]),
        ),
        Column("course", label=gettext_lazy("Course"), accessor=lambda row: row.enrolment.course.title),
        Column(
            "signed_off",
            label=gettext_lazy("Decision"),
            accessor=lambda row: gettext_lazy("signed off") if row.signed_off else gettext_lazy("taken back"),
        ),
        Column("by", label=gettext_lazy("By"), accessor=lambda row: row.decided_by.full_name),
        Column(
            "at",
            label=gettext_lazy("Decided on"),
            accessor=lambda row: as_moment(row.decided_at),
        ),
        Column("reason", label=gettext_lazy("Reason"), accessor="reason"),
    ]


class LearningMenu(ViewSetGroup):
    menu_label = gettext_lazy("Learning")
    menu_icon = "tick-inverse"
    menu_order = 290
    submenu_hook = "register_learning_menu_item"
    items = (AssignmentViewSet, DutyViewSet, RequestViewSet, EnrolmentViewSet, SignatureViewSet)
