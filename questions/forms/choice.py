"""The forms of one answer, several answers, and true or false."""

from django import forms
from django.utils.translation import gettext_lazy as _

from .. import markup
from ..kinds.choice import MOST_OPTIONS
from ..kinds.ids import option_id
from .base import PercentField, QuestionForm, SourceField, WordsField
from .rows import RowForm, RowsForm, with_new_ids


class TrueFalseForm(QuestionForm):
    purpose = _("One statement, judged true or false.")
    answer = forms.TypedChoiceField(
        label=_("The statement is"), choices=[("true", _("True")), ("false", _("False"))], coerce=lambda v: v == "true",
        widget=forms.RadioSelect,
    )  # fmt: skip
    feedback_true = WordsField(label=_("Feedback to “true”"), required=False)
    feedback_false = WordsField(label=_("Feedback to “false”"), required=False)
    field_order = ["name", "category", "text", "answer", "feedback_true", "feedback_false"]

    def _initial(self) -> dict:
        initial = super()._initial()
        if "answer" in initial:
            initial["answer"] = "true" if initial["answer"] else "false"
        return initial

    def kind_data(self, cleaned: dict) -> dict:
        keys = ("text", "general_feedback", "answer", "feedback_true", "feedback_false")
        return {key: cleaned[key] for key in keys}


class OptionRow(RowForm):
    id = forms.CharField(widget=forms.HiddenInput, required=False, max_length=8)
    text = SourceField(make_safe=markup.inline, label=_("Option"), required=False)
    fraction = PercentField(
        label=_("Mark (%)"),
        required=False,
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "size": 8}),
    )
    feedback = SourceField(make_safe=markup.block, label=_("Feedback"), required=False)
    said = ("text", "feedback")


class ChoiceForm(RowsForm):
    purpose = _("Several options, of which the learner chooses one.")
    shuffle = forms.BooleanField(
        label=_("Options may be shuffled"), required=False, initial=True,
        help_text=_("Switch off where the order means something, or an option says “all of these”."),
    )  # fmt: skip
    field_order = ["name", "category", "text", "general_feedback", "shuffle", "state", "tags"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.add_rows(
            "options", OptionRow, title=_("Options"), add=_("Add an option"), most=MOST_OPTIONS,
            help=_(
                "100 is right, 0 is wrong; a part such as 50 or 33.33333 is partly right, a negative number takes "
                "marks away. Rows left empty do not count."
            ),
        )  # fmt: skip

    def kind_data(self, cleaned: dict) -> dict:
        options = with_new_ids(self, "options", self.kept("options"), option_id)
        return {key: cleaned[key] for key in ("text", "general_feedback", "shuffle")} | {"options": options}


class MultipleForm(ChoiceForm):
    purpose = _("Several options, of which the learner chooses all that are right.")
    grading = forms.ChoiceField(
        label=_("How it is marked"), widget=forms.RadioSelect, required=False,
        choices=[
            ("partial", _("The marks of the chosen options add up, never below 0")),
            ("all", _("All or nothing: exactly the options with a mark above 0 must be chosen")),
        ],
    )  # fmt: skip
    field_order = ["name", "category", "text", "grading", "general_feedback", "shuffle", "state", "tags"]

    def _initial(self) -> dict:
        return {"grading": "partial", **super()._initial()}

    def kind_data(self, cleaned: dict) -> dict:
        return super().kind_data(cleaned) | {"grading": cleaned["grading"] or "partial"}
