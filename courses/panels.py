"""Panels of the page editor that are ours."""

from wagtail.admin.panels import Panel


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
