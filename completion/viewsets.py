"""The organiser's screens: who is enrolled and how far, what was assigned, decisions with a reason."""

import zoneinfo

from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.viewsets.base import ViewSetGroup
from wagtail.log_actions import log

from core.zones import zone_label
from people.viewsets import CaredForEdit, CaredForIndex, RowViewSet, ServiceCreate

from .admin_forms import AssignForm, DecideForm, WithdrawForm
from .models import Assignment, Enrolment
from .queries import due_annotation


def local_day(moment, zone: str) -> str:
    """Write a due moment as its day in a zone, with the zone's letters."""
    if moment is None:
        return ""
    day = formats.date_format(moment.astimezone(zoneinfo.ZoneInfo(zone)), "SHORT_DATE_FORMAT")
    return f"{day} {zone_label(zone)}"


class EnrolmentIndex(CaredForIndex):
    page_title = gettext_lazy("Enrolments")

    def get_base_queryset(self):
        return super().get_base_queryset().select_related("person", "course", "unit").annotate(due=due_annotation())


class EnrolmentDecide(CaredForEdit):
    page_title = gettext_lazy("Decide about an activity")
    success_message = gettext_lazy("The decision is recorded; the learner sees it with your reason.")

    def get_page_subtitle(self):
        return f"{self.object.person.full_name} · {self.object.course.title}"

    def get_success_url(self):
        return reverse("enrolments:index")


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
        Column("state", label=gettext_lazy("State"), accessor=lambda row: row.get_state_display()),
        Column("percent", label="%", accessor=lambda row: row.percent),
        Column("due", label=gettext_lazy("Due"), accessor=lambda row: local_day(row.due, row.person.time_zone)),
    ]

    def get_urlpatterns(self):
        return [pattern for pattern in super().get_urlpatterns() if pattern.name != "add"]

    def get_common_view_kwargs(self, **kwargs):
        return {**super().get_common_view_kwargs(**kwargs), "add_url_name": None}


class AssignmentIndex(CaredForIndex):
    page_title = gettext_lazy("Assignments")
    add_item_label = gettext_lazy("Assign a course")

    def get_base_queryset(self):
        together = ("enrolment__person", "enrolment__course", "agency", "assigned_by")
        return super().get_base_queryset().select_related(*together)


class AssignView(ServiceCreate):
    """One form makes many rows; the course's history says who assigned it to how many."""

    page_title = gettext_lazy("Assign a course")
    submit_button_label = gettext_lazy("Assign")

    def save_instance(self):
        course = self.form.save()
        log(instance=course, action="completion.assigned", user=self.request.user, data={"people": self.form.made})
        return course

    def get_success_message(self, instance):
        made = self.form.made
        return ngettext("Assigned to %(count)d person.", "Assigned to %(count)d people.", made) % {"count": made}

    def get_success_buttons(self):
        return []

    def get_success_url(self):
        return reverse("assignments:index")


class AssignmentWithdraw(CaredForEdit):
    page_title = gettext_lazy("Take an assignment back")
    success_message = gettext_lazy("The assignment was taken back.")

    def get_page_subtitle(self):
        enrolment = self.object.enrolment
        return f"{enrolment.person.full_name} · {enrolment.course.title}"

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
        Column("due", label=gettext_lazy("Due"), accessor=lambda row: local_day(row.due_at, row.agency.time_zone)),
        Column("reason", label=gettext_lazy("Reason"), accessor="reason"),
        Column("letter_number", label=gettext_lazy("Letter number"), accessor="letter_number"),
        Column("by", label=gettext_lazy("By"), accessor=lambda row: row.assigned_by or ""),
        Column(
            "withdrawn",
            label=gettext_lazy("Taken back"),
            accessor=lambda row: local_day(row.withdrawn_at, row.agency.time_zone),
        ),
    ]


class LearningMenu(ViewSetGroup):
    menu_label = gettext_lazy("Learning")
    menu_icon = "tick-inverse"
    menu_order = 290
    items = (AssignmentViewSet, EnrolmentViewSet)
