"""The editor's screen of a task: a tab for each thing to decide; what does nothing at the moment is folded away."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, MultiFieldPanel, ObjectList, TabbedInterface
from wagtail.models import Page

from courses.activities import ActivityMixin
from courses.panels import when

TASK = ObjectList(
    [
        *Page.content_panels,
        FieldPanel("summary"),
        FieldPanel("task"),
        MultiFieldPanel(
            [
                FieldPanel("text_rule"),
                FieldRowPanel(
                    [FieldPanel("words_min"), FieldPanel("words_max")], attrs={"data-when": "text_rule!=none"}
                ),
            ],
            heading=_("Text"),
        ),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("files_min"), FieldPanel("files_max")]),
                when("file_kinds", "files_max!=0"),
                when("file_megabytes", "files_max!=0"),
            ],
            heading=_("Files and photos"),
        ),
    ],
    heading=_("Task"),
)
GUIDE = ObjectList(
    [
        HelpPanel(content=_("Work that was handed in keeps the guide and the marks that held then.")),
        FieldPanel("guide"),
        FieldRowPanel([FieldPanel("max_mark"), FieldPanel("pass_mark")]),
        FieldPanel("marker_notes"),
        FieldPanel("anonymous_marking"),
    ],
    heading=_("Marking"),
)
RULES = ObjectList(
    [
        MultiFieldPanel(
            [FieldPanel("due_rule"), when("due_on", "due_rule=date"), when("due_days", "due_rule=days")],
            heading=_("Due"),
            help_text=_("More time that an organiser gives a person in the course counts here too."),
        ),
        MultiFieldPanel(
            [FieldPanel("late_rule"), when("late_days", "late_rule=days"), when("late_until", "late_rule=until")],
            heading=_("Late work"),
        ),
        FieldPanel("resubmission"),
        *ActivityMixin.activity_panels,
    ],
    heading=_("Rules"),
)
SETTINGS = ObjectList([FieldPanel("slug"), *Page.settings_panels], heading=_("Settings"))

SUBMISSION = TabbedInterface([TASK, GUIDE, RULES, SETTINGS])
