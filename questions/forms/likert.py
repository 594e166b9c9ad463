"""The forms of a scale of opinions and of a text to read."""

from django import forms
from django.utils.translation import gettext_lazy as _

from .. import markup
from ..kinds.ids import number_id, option_id
from ..kinds.likert import MOST_LEVELS, MOST_STATEMENTS
from .base import QuestionForm, SourceField
from .rows import RowForm, RowsForm, with_new_ids

USUAL_LEVELS = (_("Strongly disagree"), _("Disagree"), _("Neither"), _("Agree"), _("Strongly agree"))


class LevelRow(RowForm):
    id = forms.CharField(widget=forms.HiddenInput, required=False, max_length=8)
    text = forms.CharField(label=_("Level"), required=False, max_length=100)


class StatementRow(RowForm):
    id = forms.CharField(widget=forms.HiddenInput, required=False, max_length=8)
    text = SourceField(make_safe=markup.inline, label=_("Statement"), required=False)


class LikertForm(RowsForm):
    purpose = _("Statements with levels of agreement; nothing is marked.")
    field_order = ["name", "category", "text", "general_feedback", "state", "tags"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        levels = None if self.version else [{"id": "", "text": str(words)} for words in USUAL_LEVELS]
        self.add_rows(
            "statements", StatementRow, title=_("Statements"), add=_("Add a statement"), most=MOST_STATEMENTS,
            help=_("Each is answered on the levels below. Answers earn nothing; the statistics count them."),
        )  # fmt: skip
        self.add_rows(
            "levels", LevelRow, title=_("Levels"), add=_("Add a level"), initial=levels, most=MOST_LEVELS,
            help=_("From one end of the scale to the other."),
        )  # fmt: skip

    def kind_data(self, cleaned: dict) -> dict:
        return {
            "text": cleaned["text"],
            "general_feedback": cleaned["general_feedback"],
            "statements": with_new_ids(self, "statements", self.kept("statements"), option_id),
            "levels": with_new_ids(self, "levels", self.kept("levels"), number_id),
        }


class DescriptionForm(QuestionForm):
    purpose = _("A text to read before other questions; nothing is answered.")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["text"].label = _("Text")

    def kind_data(self, cleaned: dict) -> dict:
        return {"text": cleaned["text"], "general_feedback": cleaned["general_feedback"]}
