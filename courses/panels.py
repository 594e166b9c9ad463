"""Panels of the page editor that are ours."""

from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, Panel


class ModuleScript:
    """A script that the browser loads as a module."""

    def __init__(self, path: str):
        self.path = path

    def __html__(self):
        return format_html('<script type="module" src="{}"></script>', static(self.path))

    def __eq__(self, other):
        return isinstance(other, ModuleScript) and other.path == self.path

    def __hash__(self):
        return hash(self.path)


def when(name: str, condition: str, **more) -> FieldPanel:
    """Return the panel of a field that does something only under a condition: `field`, `!field` or `field=value`.

    `static/js/quiz-form.js` folds it away; without the script it shows.
    """
    return FieldPanel(name, attrs={"data-when": condition}, **more)


class ContentChecksPanel(Panel):
    """Above a lesson's form: what its last saved wording lacks. Nothing is shown where nothing is lacking."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "courses/admin/content_checks_panel.html"

        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            from .content_checks import content_problems

            self.problems = content_problems(self.instance) if self.instance and self.instance.pk else []

        def is_shown(self):
            return bool(self.problems)

        def get_context_data(self, parent_context=None):
            return {**super().get_context_data(parent_context), "problems": self.problems}


class ChangePanel(Panel):
    """Whom a change touches: shown only after somebody tried to publish what changes what learners have to do."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "courses/admin/change_panel.html"

        def is_shown(self):
            return bool(getattr(self.form, "change_touched", None))

        def get_context_data(self, parent_context=None):
            from .change_asking import explain

            told = {"change_form": self.form.change_form, "lines": explain(self.form.change_touched)}
            return {**super().get_context_data(parent_context), **told}


COURSE_RULE_PANEL = MultiFieldPanel(
    [
        FieldPanel(
            "completion_mode",
            help_text=_(
                "A required activity that asks for a pass counts only once it is passed, so a fail never completes "
                "the course. Let learners choose with “a number of the required activities”."
            ),
        ),
        FieldPanel("completion_count"),
        FieldPanel(
            "minimum_grade",
            help_text=_(
                "Mean of the best marks of the required activities that are marked; one without a mark counts 0. A "
                "better attempt only ever raises it. Empty: no grade is asked."
            ),
        ),
        FieldPanel(
            "required_courses",
            help_text=_("As soon as the last of them is complete, this course is looked at again by itself."),
        ),
        FieldPanel(
            "minimum_days",
            help_text=_(
                "Days of 24 hours since the enrolment, for practice between the lessons. The course becomes complete "
                "by itself when they are over. Empty: no least time."
            ),
        ),
        FieldPanel(
            "needs_sign_off",
            help_text=_(
                "Organisers find who has done everything under Learning → Signatures, and sign for many at once."
            ),
        ),
    ],
    heading=_("When the course is complete"),
    help_text=_(
        "Everything chosen here must be true together. Where you publish a change, you are asked whom it touches."
    ),
)

WATCHED_PERCENT_PANEL = FieldPanel(
    "watched_percent",
    help_text=_(
        "Only with “a share of the recording was watched”. Learners may read the text of the recording to its end "
        "instead, for the least reading time; give every recording its text, so that nobody is left out."
    ),
)
