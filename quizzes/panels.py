"""The editor's screen of a quiz: a tab for each thing to decide, with what does nothing at the moment folded away.

`data-when` names the choices under which a field does something (`static/js/quiz-form.js`); without the script all
show.
"""

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    HelpPanel,
    MultiFieldPanel,
    MultipleChooserPanel,
    ObjectList,
    TabbedInterface,
)
from wagtail.admin.panels.base import get_form_for_model
from wagtail.models import Page

from courses.activities import ActivityMixin
from courses.panels import ModuleScript, when

from .forms import SlotForm, SlotFormSet


class SlotsPanel(MultipleChooserPanel):
    """Questions chosen several at once, and draws beside them; the screen says what they come to."""

    def get_form_options(self):
        options = super().get_form_options()
        slots = options["formsets"][self.relation_name]
        deferred = self.child_edit_handler.get_form_options().get("defer_required_on_fields", [])
        slots["form"] = get_form_for_model(
            self.db_field.related_model, form_class=SlotForm, defer_required_on_fields=deferred
        )
        return {"formsets": {self.relation_name: {**slots, "formset": SlotFormSet, "inherit_kwargs": ["for_user"]}}}

    class BoundPanel(MultipleChooserPanel.BoundPanel):
        template_name = "quizzes/admin/slots_panel.html"

        @property
        def media(self):
            ours = forms.Media(
                css={"all": ["css/quiz-form.css"]},
                js=[ModuleScript("js/quiz-form.js"), ModuleScript("js/quiz-slots.js")],
            )
            return super().media + ours


FIXED, DRAWN = {"data-slot-part": "fixed"}, {"data-slot-part": "drawn"}
SLOT = [
    FieldPanel("question", attrs=FIXED),
    FieldPanel("pinned_version", attrs=FIXED),
    FieldPanel("category", attrs=DRAWN),
    FieldRowPanel(
        [FieldPanel("draw_count"), FieldPanel("draw_tags"), FieldPanel("with_subcategories")],
        attrs=DRAWN,
    ),
    FieldRowPanel([FieldPanel("max_mark", heading=_("Mark of each question")), FieldPanel("section")]),
]

QUESTIONS = ObjectList(
    [
        *Page.content_panels,
        FieldPanel("summary"),
        FieldPanel("introduction"),
        SlotsPanel("slots", "question", panels=SLOT, heading=_("Questions"), label=_("question")),
    ],
    heading=_("Questions"),
)
RULES = ObjectList(
    [
        HelpPanel(content=_("An attempt keeps the rules that held when it began.")),
        MultiFieldPanel([FieldPanel("pass_mark"), *ActivityMixin.activity_panels[0].children], heading=_("Passing")),
        MultiFieldPanel(
            [
                FieldPanel("attempts_allowed"),
                when("delay_minutes", "attempts_allowed!=1"),
                when("grading_method", "attempts_allowed!=1"),
            ],
            heading=_("Attempts"),
        ),
        FieldPanel("password"),
    ],
    heading=_("Rules"),
)
TIME = ObjectList(
    [
        MultiFieldPanel([FieldPanel("opens_at"), FieldPanel("closes_at")], heading=_("Open")),
        MultiFieldPanel(
            [FieldPanel("time_limit_minutes"), when("closing_ends_attempts", "closes_at time_limit_minutes!=0")],
            heading=_("Time limit"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("overdue_handling"),
                when("grace_minutes", "overdue_handling=grace"),
                FieldPanel("late_minutes"),
            ],
            heading=_("When the time is up"),
            attrs={"data-when": "closes_at|time_limit_minutes!=0"},
        ),
    ],
    heading=_("Time"),
)
ORDER = ObjectList(
    [
        MultiFieldPanel([FieldPanel("shuffle_questions"), FieldPanel("shuffle_options")], heading=_("Order")),
        MultiFieldPanel([FieldPanel("questions_per_page"), FieldPanel("sequential")], heading=_("Pages")),
    ],
    heading=_("Order and pages"),
)
MARKING = ObjectList(
    [
        FieldPanel("behaviour", help_text=_("Hints and the cost of a wrong try stand with each question.")),
        MultiFieldPanel([FieldPanel("review"), FieldPanel("hold_right_answers")], heading=_("Looking back")),
        MultiFieldPanel(
            [
                FieldPanel("anonymous_marking"),
                FieldPanel("second_marker"),
                when("marking_difference", "second_marker"),
            ],
            heading=_("Marking by people"),
            attrs={"data-when-people-mark": ""},
        ),
        MultiFieldPanel([FieldPanel("feedback_passed"), FieldPanel("feedback_not_passed")], heading=_("Feedback")),
    ],
    heading=_("Marking and feedback"),
)
SETTINGS = ObjectList(
    [*ActivityMixin.activity_panels[1:], FieldPanel("slug"), *Page.settings_panels], heading=_("Settings")
)

QUIZ = TabbedInterface([QUESTIONS, RULES, TIME, ORDER, MARKING, SETTINGS])
