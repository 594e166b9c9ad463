"""The forms of short text and of numbers: the accepted answers as rows, the first that fits counts."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from .. import markup
from ..kinds.numbers import local_number, readings, write_number
from ..kinds.numerical import LONGEST_UNIT, MOST_UNITS, USUAL_UNIT_PENALTY
from ..kinds.shorttext import LONGEST_PATTERN
from ..kinds.typed import MOST_ANSWERS
from .base import PercentField, SourceField
from .rows import RowForm, RowsForm


def weight_field() -> PercentField:
    return PercentField(
        label=_("Mark (%)"),
        required=False,
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "size": 8}),
    )


class TextAnswerRow(RowForm):
    text = forms.CharField(label=_("Answer"), required=False, max_length=LONGEST_PATTERN)
    fraction = weight_field()
    feedback = SourceField(make_safe=markup.block, label=_("Feedback"), required=False)
    said = ("text", "feedback")


class ShortTextForm(RowsForm):
    purpose = _("The learner types a word or a few; you say what is accepted.")
    case = forms.BooleanField(label=_("Capital letters matter"), required=False)
    accents = forms.BooleanField(
        label=_("Accents matter"), required=False, help_text=_("Otherwise “café” and “cafe” are the same.")
    )
    field_order = ["name", "category", "text", "case", "accents", "general_feedback", "state", "tags"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.add_rows(
            "answers", TextAnswerRow, title=_("Accepted answers"), add=_("Add an answer"), most=MOST_ANSWERS,
            help=_(
                "The first that fits counts, so put the exact ones first. * stands for any words or none: "
                "“Sorong*” also takes “Sorong, Papua Barat Daya”. A star itself is \\*. One answer must earn 100."
            ),
        )  # fmt: skip

    def kind_data(self, cleaned: dict) -> dict:
        keys = ("text", "general_feedback", "case", "accents")
        return {key: cleaned[key] for key in keys} | {"answers": self.kept("answers")}


def shown(number: str) -> str:
    """Return a stored number as an editor reads it, never so that it could be read in two ways."""
    meant = readings(number)
    if not meant:
        return number
    written = local_number(meant[0])
    return written if len(readings(written)) == 1 else f"{written}0"


class NumberField(forms.CharField):
    """A number as people here write it; the value is its one spelling. What can be read in two ways is refused."""

    def __init__(self, *, takes_any: bool = False, **kwargs):
        self.takes_any = takes_any
        widget = forms.TextInput(attrs={"size": 10, "autocomplete": "off"})
        super().__init__(required=False, max_length=60, widget=widget, **kwargs)

    def to_python(self, value):
        text = super().to_python(value)
        if not text or (self.takes_any and text == "*"):
            return text
        meant = readings(text)
        if not meant or write_number(meant[0]) is None:
            raise ValidationError(_("This is no number. Write for example 1500, 3.14 or 1.5e3."))
        if len(meant) > 1:
            raise ValidationError(
                _(
                    "“%(text)s” can be read as %(one)s and as %(other)s. Leave out the marks of thousands, or add a "
                    "zero to the decimals."
                ),
                params={"text": text, "one": local_number(min(meant)), "other": local_number(max(meant))},
            )
        return write_number(meant[0])


class NumberRow(RowForm):
    value = NumberField(label=_("Number"), takes_any=True)
    high = NumberField(label=_("To (for a range)"))
    tolerance = NumberField(label=_("Tolerance"))
    tolerance_kind = forms.ChoiceField(
        label=_("Its kind"), required=False,
        choices=[
            ("absolute", _("± this much")),
            ("relative", _("± this part of the number")),
            ("geometric", _("÷ and × one more than this")),
        ],
    )  # fmt: skip
    fraction = weight_field()
    feedback = SourceField(make_safe=markup.block, label=_("Feedback"), required=False)
    said = ("value", "high", "feedback")

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("high") and cleaned.get("tolerance") not in (None, "", "0"):
            self.add_error("tolerance", _("A range has no tolerance: widen the range instead."))
        return cleaned


class UnitRow(RowForm):
    name = forms.CharField(label=_("Unit of measure"), required=False, max_length=LONGEST_UNIT)
    multiplier = NumberField(label=_("Multiplier"))
    said = ("name",)


class NumericalForm(RowsForm):
    purpose = _("The learner types a number, with a tolerance and units where you want them.")
    unit_rule = forms.ChoiceField(
        label=_("Units"), required=False,
        choices=[
            ("none", _("No units: only a number is asked for")),
            ("optional", _("A unit may be given")),
            ("required", _("The unit is asked for and marked")),
        ],
    )  # fmt: skip
    unit_penalty = PercentField(
        label=_("Penalty for a missing or wrong unit (%)"), required=False, max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "size": 8}), initial=str(USUAL_UNIT_PENALTY),
    )  # fmt: skip
    field_order = ["name", "category", "text", "unit_rule", "unit_penalty", "general_feedback", "state", "tags"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        data = self.version.data if self.version else {"answers": [], "units": []}
        self.add_rows(
            "answers", NumberRow, title=_("Accepted answers"), add=_("Add an answer"), most=MOST_ANSWERS,
            initial=[_row_of(answer) for answer in data["answers"]],
            help=_(
                "The first that fits counts. * stands for any number. A relative tolerance of 0.1 is a tenth of the "
                "number. One answer must earn 100. Learners may write 3.14 or 3,14, 1500 or 1.5e3."
            ),
        )  # fmt: skip
        self.add_rows(
            "units", UnitRow, title=_("Units"), add=_("Add a unit"), most=MOST_UNITS,
            initial=[{**unit, "multiplier": shown(unit["multiplier"])} for unit in data["units"]],
            help=_(
                "The answers above are in the unit with the multiplier 1. The others multiply: where the answers are "
                "in m, the unit km has the multiplier 0.001, as 1500 m are 1.5 km."
            ),
        )  # fmt: skip

    def kind_data(self, cleaned: dict) -> dict:
        return {
            "text": cleaned["text"],
            "general_feedback": cleaned["general_feedback"],
            "answers": [_answer_of(row) for row in self.kept("answers")],
            "units": [{**unit, "multiplier": unit["multiplier"] or "1"} for unit in self.kept("units")],
            "unit_rule": cleaned["unit_rule"] or "none",
            "unit_penalty": cleaned["unit_penalty"],
        }


def _row_of(answer: dict) -> dict:
    """Return an answer of the data as a row shows it: a range begins with its number."""
    if "low" in answer:
        return {**answer, "value": shown(answer["low"]), "high": shown(answer["high"])}
    return {**answer, "value": shown(answer["value"]), "tolerance": shown(answer["tolerance"])}


def _answer_of(row: dict) -> dict:
    about = {"fraction": row["fraction"], "feedback": row["feedback"]}
    if row["high"]:
        return {"low": row["value"], "high": row["high"], **about}
    kind = row["tolerance_kind"] or "absolute"
    return {"value": row["value"], "tolerance": row["tolerance"] or "0", "tolerance_kind": kind, **about}
