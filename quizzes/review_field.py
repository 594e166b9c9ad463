"""Moodle's table of what learners may look at and when, as a form field: things in rows, moments in columns."""

from django import forms
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from .reviewing import NEVER_DURING, Moment, Thing, clean_review

MOMENTS = {
    Moment.DURING: _("During the attempt"),
    Moment.AFTER: _("Right after"),
    Moment.OPEN: _("Later, still open"),
    Moment.CLOSED: _("After closing"),
}
THINGS = {
    Thing.ANSWER: _("Own answers"),
    Thing.CORRECTNESS: _("Right or wrong"),
    Thing.MARKS: _("Marks earned"),
    Thing.MAX_MARKS: _("Marks possible"),
    Thing.FEEDBACK: _("Feedback on the answer"),
    Thing.GENERAL_FEEDBACK: _("Explanation"),
    Thing.RIGHT_ANSWER: _("Right answers"),
    Thing.OVERALL_FEEDBACK: _("Words on the result"),
}


class ReviewMatrix(forms.Widget):
    """Checkboxes `thing:moment`; a hidden field tells an empty table from a form without one."""

    template_name = "quizzes/admin/review_matrix.html"

    def _render(self, template_name, context, renderer=None):
        return render_to_string(template_name, context)

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        matrix = clean_review(value)
        context["widget"]["moments"] = [(str(moment), word) for moment, word in MOMENTS.items()]
        context["widget"]["rows"] = [
            (str(thing), word, [_cell(matrix, thing, moment) for moment in Moment]) for thing, word in THINGS.items()
        ]
        return context

    def value_from_datadict(self, data, files, name):
        if self.value_omitted_from_data(data, files, name):
            return None
        entries = data.getlist(name) if hasattr(data, "getlist") else data.get(name) or ()
        pairs = [str(entry).partition(":") for entry in entries]
        return clean_review({thing: [m for t, _sep, m in pairs if t == thing] for thing in Thing})

    def value_omitted_from_data(self, data, files, name):
        return f"{name}-shown" not in data

    def id_for_label(self, id_):
        return ""


def _cell(matrix, thing, moment) -> dict:
    return {
        "value": f"{thing}:{moment}",
        "moment": str(moment),
        "word": MOMENTS[moment],
        "label": f"{THINGS[thing]}: {MOMENTS[moment]}",
        "checked": moment in matrix[thing],
        "disabled": moment is Moment.DURING and thing in NEVER_DURING,
    }


class ReviewField(forms.Field):
    widget = ReviewMatrix

    def clean(self, value):
        return None if value is None else clean_review(value)

    def has_changed(self, initial, data):
        return data is not None and clean_review(initial) != clean_review(data)
