"""The forms of texts with gaps: drop-down gaps, and gaps of several kinds written in a plain notation."""

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminAutoHeightTextInput

from ..kinds.fractions import read_fraction
from ..kinds.gapselect import MOST_CHOICES, MOST_GROUPS
from ..kinds.ids import free_id
from . import gap_notation
from .rows import RowForm, RowsForm, used_ids

GAP_TEXT = _("Write [[1]] where the first gap shall be, [[2]] for the second, and so on.")


def number_field() -> forms.CharField:
    """Return the field for the number by which a text names a gap or a choice; the script numbers new rows."""
    attrs = {"inputmode": "numeric", "size": 4, "data-next-number": ""}
    return forms.RegexField(
        r"^[1-9][0-9]{0,2}$", label=_("Number in the text"), required=False, widget=forms.TextInput(attrs=attrs),
        error_messages={"invalid": _("Write a number from 1 to 999.")},
    )  # fmt: skip


class NumberedRowsForm(RowsForm):
    """A form whose text names the rows of one table by their numbers; a number never comes to mean another thing."""

    numbered = ""

    def number_new_rows(self) -> None:
        """Give the empty rows the next free numbers."""
        taken = used_ids(self.question, self.numbered)
        last = max((int(number) for number in taken if number.isdigit()), default=0)
        for number, row in enumerate(self.row_sets[self.numbered].rows.extra_forms, last + 1):
            row.initial["id"] = str(number)

    def check_numbers(self, rows: list[dict]) -> None:
        """Refuse rows without a number of their own, and numbers that an earlier version used for something else."""
        numbers = [row["id"] for row in rows]
        if "" in numbers:
            self.add_error(None, _("Every row needs its number, as the text names it."))
        for number in sorted({number for number in numbers if number and numbers.count(number) > 1}):
            self.add_error(None, gettext("The number %(number)s is given twice.") % {"number": number})
        now = {thing["id"] for thing in self.version.data[self.numbered]} if self.version else set()
        for number in numbers:
            if number in used_ids(self.question, self.numbered) - now:
                self.add_error(
                    None,
                    gettext("An earlier version used the number %(number)s for something else. Take another one.")
                    % {"number": number},
                )


class SelectChoiceRow(RowForm):
    id = number_field()
    text = forms.CharField(label=_("Choice"), required=False, max_length=300)
    group = forms.IntegerField(
        label=_("Group"), required=False, min_value=1, max_value=MOST_GROUPS, initial=1,
        widget=forms.NumberInput(attrs={"size": 4}),
    )  # fmt: skip
    field_order = ["id", "text", "group"]


class GapSelectForm(NumberedRowsForm):
    purpose = _("A text with gaps that are filled from one list of words.")
    shuffle = forms.BooleanField(label=_("Choices may be shuffled"), required=False, initial=True)
    numbered = "choices"
    field_order = ["name", "category", "text", "general_feedback", "shuffle", "state", "tags"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["text"].help_text = _(
            "Write [[1]] where choice 1 is right, [[2]] where choice 2 is right. A number may stand more than once."
        )
        self.add_rows(
            "choices", SelectChoiceRow, title=_("Choices"), add=_("Add a choice"), most=MOST_CHOICES,
            help=_("A gap offers all choices of the group of its right one. What no gap names is a wrong choice."),
        )  # fmt: skip
        self.number_new_rows()

    def kind_data(self, cleaned: dict) -> dict:
        choices = self.kept("choices")
        self.check_numbers(choices)
        return {key: cleaned[key] for key in ("text", "general_feedback", "shuffle")} | {"choices": choices}


class GapRow(RowForm):
    id = number_field()
    kind = forms.ChoiceField(
        label=_("Kind of gap"), required=False,
        choices=[
            ("shorttext", _("Words")), ("numerical", _("Number")), ("single", _("One answer")),
            ("multiple", _("Several answers")),
        ],
    )  # fmt: skip
    mark = forms.CharField(
        label=_("Counts"), required=False, max_length=12, initial="1",
        widget=forms.TextInput(attrs={"inputmode": "decimal", "size": 4}),
    )  # fmt: skip
    display = forms.ChoiceField(
        label=_("Choices stand"), required=False,
        choices=[("menu", _("in a drop-down list")), ("list", _("one below the other")), ("row", _("side by side"))],
    )  # fmt: skip
    answers = forms.CharField(
        label=_("Answers, one a line"), required=False, max_length=20_000, strip=False,
        widget=AdminAutoHeightTextInput(attrs={"rows": 3, "data-wide": ""}),
    )  # fmt: skip
    said = ("answers",)
    field_order = ["id", "kind", "mark", "display", "answers"]

    def clean_mark(self) -> str:
        mark = self.cleaned_data["mark"].replace(",", ".") or "1"
        if read_fraction(mark) is None:
            raise forms.ValidationError(_("Write a number above 0."))
        return mark

    def clean(self):
        cleaned = super().clean()
        if "kind" in cleaned and "answers" in cleaned and self.counts:
            found = gap_notation.read(cleaned["kind"], cleaned["answers"])
            for problem in found.problems:
                self.add_error("answers", problem)
            cleaned["data"] = found.data
        return cleaned


class ClozeForm(NumberedRowsForm):
    purpose = _("A text with gaps of any kind: words, numbers, menus.")
    numbered = "gaps"
    field_order = ["name", "category", "text", "general_feedback", "state", "tags"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["text"].help_text = GAP_TEXT
        gaps = self.version.data["gaps"] if self.version else []
        self.add_rows(
            "gaps", GapRow, title=_("Gaps"), add=_("Add a gap"),
            initial=[{**gap, "answers": gap_notation.write(gap["kind"], gap["data"])} for gap in gaps],
            help=_(
                "Each line is one answer: answer | mark in percent | feedback. For example: Palembang | 100 | Right.\n"
                "Words: * stands for anything. Without a mark an answer of words or numbers earns 100, a choice 0.\n"
                "Numbers: 3,14 ± 0,01 or 200 ± 5 % or 10 … 20.\n"
                "How a gap works, each on a line of its own: ! capital letters matter, ! accents matter (words); "
                "! keep the order (choices), ! all or nothing (several answers); "
                "! unit m = 1, ! unit km = 0,001, ! unit required 10 % (numbers)."
            ),
        )  # fmt: skip
        self.number_new_rows()

    def kind_data(self, cleaned: dict) -> dict:
        gaps = self.kept("gaps")
        self.check_numbers(gaps)
        kept = ("id", "kind", "mark", "display")
        return {
            "text": cleaned["text"],
            "general_feedback": cleaned["general_feedback"],
            "gaps": [{key: gap[key] for key in kept} | {"data": self._with_old_ids(gap)} for gap in gaps],
        }

    def _with_old_ids(self, gap: dict) -> dict:
        """Give an option of the same words its old id, a new one an id that this gap has never used."""
        data = gap["data"]
        if "options" not in data:
            return data
        before = self._options(self.version.data, gap["id"]) if self.version else []
        now = {option["text"]: option["id"] for option in before}
        used = set()
        if self.question is not None:
            for old in self.question.versions.values_list("data", flat=True):
                used |= {option["id"] for option in self._options(old, gap["id"])}
        for option in data["options"]:
            option["id"] = now.pop(option["text"], "") or free_id(used)
            used.add(option["id"])
        return data

    @staticmethod
    def _options(data: dict, gap_id: str) -> list[dict]:
        return [one for gap in data["gaps"] if gap["id"] == gap_id for one in gap["data"].get("options", [])]
