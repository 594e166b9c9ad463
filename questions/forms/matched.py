"""The forms of matching and ordering: a row for each pair, distractor or item."""

from django import forms
from django.utils.translation import gettext_lazy as _

from .. import markup
from ..kinds.base import one_line
from ..kinds.ids import free_id, number_id, option_id
from ..kinds.matching import MOST_CHOICES, MOST_PAIRS
from ..kinds.ordering import MOST_ITEMS
from .base import SourceField
from .rows import RowForm, RowsForm, used_ids, with_new_ids


class PairRow(RowForm):
    id = forms.CharField(widget=forms.HiddenInput, required=False, max_length=8)
    text = SourceField(make_safe=markup.inline, label=_("Text"), required=False)
    choice = forms.CharField(label=_("Belongs to it"), required=False, max_length=300)
    said = ("text", "choice")


class DistractorRow(RowForm):
    text = forms.CharField(label=_("Wrong choice"), required=False, max_length=300)


class MatchingForm(RowsForm):
    """Choices are written as words beside their pairs: equal words are one choice, and known words keep their id."""

    purpose = _("Each text gets its partner from a list.")
    shuffle = forms.BooleanField(
        label=_("Pairs and choices may be shuffled"), required=False, initial=True,
        help_text=_("Where they are not, the choices stand in the order of the alphabet."),
    )  # fmt: skip
    field_order = ["name", "category", "text", "general_feedback", "shuffle", "state", "tags"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        data = self.version.data if self.version else {"pairs": [], "choices": []}
        words = {choice["id"]: choice["text"] for choice in data["choices"]}
        used = {pair["choice"] for pair in data["pairs"]}
        self.add_rows(
            "pairs", PairRow, title=_("Pairs"), add=_("Add a pair"), most=MOST_PAIRS,
            initial=[{**pair, "choice": words.get(pair["choice"], "")} for pair in data["pairs"]],
            help=_("Learners see each text and choose what belongs to it. Two pairs may have the same choice."),
        )  # fmt: skip
        self.add_rows(
            "distractors", DistractorRow, title=_("Wrong choices"), add=_("Add a wrong choice"), most=MOST_CHOICES,
            initial=[{"text": text} for key, text in words.items() if key not in used],
            help=_("Choices that belong to no pair. They make guessing harder; they may be left out."),
        )  # fmt: skip

    def kind_data(self, cleaned: dict) -> dict:
        pairs = with_new_ids(self, "pairs", self.kept("pairs"), option_id)
        choices = self._choices([pair["choice"] for pair in pairs] + [row["text"] for row in self.kept("distractors")])
        ids = {choice["text"].casefold(): choice["id"] for choice in choices}
        pairs = [{**pair, "choice": ids.get(one_line(pair["choice"]).casefold(), "")} for pair in pairs]
        return {key: cleaned[key] for key in ("text", "general_feedback", "shuffle")} | {
            "pairs": pairs, "choices": choices,
        }  # fmt: skip

    def _choices(self, words: list[str]) -> list[dict]:
        """Return each choice once, with the id it had; new ones get an id that no version has used.

        Those of the version stand in their old order, so that a form saved as it stands makes no new version.
        """
        wanted = {text.casefold(): text for word in reversed(words) if (text := one_line(word))}
        before = self.version.data["choices"] if self.version else []
        taken = used_ids(self.question, "choices")
        kept = [
            {**choice, "text": wanted.pop(key)} for choice in before if (key := choice["text"].casefold()) in wanted
        ]
        for text in reversed(wanted.values()):
            kept.append({"id": free_id(taken, number_id), "text": text})
            taken.add(kept[-1]["id"])
        return kept


class ItemRow(RowForm):
    id = forms.CharField(widget=forms.HiddenInput, required=False, max_length=8)
    text = SourceField(make_safe=markup.inline, label=_("Item"), required=False)


class OrderingForm(RowsForm):
    purpose = _("Steps or things are put into the right order.")
    grading = forms.ChoiceField(
        label=_("How it is marked"), widget=forms.RadioSelect, initial="position",
        choices=[
            ("position", _("Each item in its place earns a part")),
            ("pairs", _("Each two items in the right order earn a part, wherever they stand")),
            ("longest", _("The longest run in the right order counts; items in between may be out of place")),
            ("all", _("All or nothing")),
        ],
        help_text=_("Learners are told."),
    )  # fmt: skip
    field_order = ["name", "category", "text", "grading", "general_feedback", "state", "tags"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.add_rows(
            "items", ItemRow, title=_("Items, in the right order"), add=_("Add an item"), most=MOST_ITEMS,
            help=_("Learners get them mixed."),
        )  # fmt: skip

    def kind_data(self, cleaned: dict) -> dict:
        items = with_new_ids(self, "items", self.kept("items"), option_id)
        return {key: cleaned[key] for key in ("text", "general_feedback", "grading")} | {"items": items}
