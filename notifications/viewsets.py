"""The admin's screens: the log for organisers, steps and settings for administrators."""

from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy
from wagtail.admin.ui.tables import Column, TitleColumn

from core.templatetags.core_tags import as_short_due
from people.viewsets import CaredForEdit, CaredForIndex, RowViewSet

from .admin_forms import SettingsForm, StepEditForm, StepForm
from .models import MessageLog, MessageSettings, ReminderStep


class LogIndex(CaredForIndex):
    page_title = gettext_lazy("Message log")
    when_empty = gettext_lazy("Every reminder that is sent or withheld is written here with its reason.")

    def get_base_queryset(self):
        together = ("enrolment__person", "enrolment__course", "step", "person")
        return super().get_base_queryset().select_related(*together)


class MessageLogViewSet(RowViewSet):
    """Every message that was sent or withheld, and why; it is only read."""

    model = MessageLog
    name = "message_log"
    url_prefix = "message-log"
    icon = "history"
    menu_label = gettext_lazy("Message log")
    menu_hook = "register_learning_menu_item"
    index_view_class = LogIndex
    ordering = ["-at", "-pk"]
    list_filter = ["decision", "reason"]
    search_fields = ["enrolment__person__name", "enrolment__course__title"]
    list_display = [
        Column(
            "at", label=gettext_lazy("When"), accessor=lambda row: as_short_due(row.at, row.enrolment.person.time_zone)
        ),
        Column("about", label=gettext_lazy("Person"), accessor=lambda row: row.enrolment.person.full_name),
        Column("course", label=gettext_lazy("Course"), accessor=lambda row: row.enrolment.course.title),
        Column(
            "due",
            label=gettext_lazy("Due"),
            accessor=lambda row: as_short_due(row.due_at, row.enrolment.person.time_zone),
        ),
        Column("step", label=gettext_lazy("Step"), accessor=lambda row: str(row.step)),
        Column("decision", label=gettext_lazy("Decision"), accessor=lambda row: row.get_decision_display()),
        Column("reason", label=gettext_lazy("Reason"), accessor=lambda row: row.get_reason_display()),
        Column(
            "goes_to",
            label=gettext_lazy("Goes to"),
            accessor=lambda row: row.person.full_name if row.person else "–",
        ),
    ]

    def get_urlpatterns(self):
        return [pattern for pattern in super().get_urlpatterns() if pattern.name in {"index", "index_results"}]

    def get_common_view_kwargs(self, **kwargs):
        unused = {"add_url_name": None, "edit_url_name": None}
        return {**super().get_common_view_kwargs(**kwargs), **unused}


class ReminderStepViewSet(RowViewSet):
    """When people are reminded; a change holds from the next day on."""

    model = ReminderStep
    name = "reminder_steps"
    url_prefix = "reminder-steps"
    icon = "date"
    menu_label = gettext_lazy("Steps of reminding")
    menu_hook = "register_learning_menu_item"
    create_form, edit_form = StepForm, StepEditForm
    ordering = ["days", "recipient"]
    list_display = [
        TitleColumn(
            "days",
            label=gettext_lazy("Step"),
            sort_key="days",
            accessor=lambda row: row.when(),
            get_url=lambda row: reverse("reminder_steps:edit", args=[row.pk]),
        ),
        Column("recipient", label=gettext_lazy("Goes to"), accessor=lambda row: row.get_recipient_display()),
        Column(
            "is_active",
            label=gettext_lazy("In use"),
            accessor=lambda row: gettext("yes") if row.is_active else gettext("no"),
        ),
    ]


class SettingsEdit(CaredForEdit):
    def get_success_url(self):
        return reverse("message_settings:index")


class MessageSettingsViewSet(RowViewSet):
    """The one row: quiet hours, how much a day, digest, the day of the summary."""

    model = MessageSettings
    name = "message_settings"
    url_prefix = "message-settings"
    icon = "cog"
    menu_label = gettext_lazy("Settings of messages")
    menu_hook = "register_learning_menu_item"
    edit_view_class = SettingsEdit
    create_form = edit_form = SettingsForm
    ordering = ["pk"]
    list_display = ["__str__", "quiet_from", "quiet_until", "reminders_a_day", "digest_at", "team_weekday"]

    def get_urlpatterns(self):
        return [pattern for pattern in super().get_urlpatterns() if pattern.name != "add"]

    def get_common_view_kwargs(self, **kwargs):
        return {**super().get_common_view_kwargs(**kwargs), "add_url_name": None}
