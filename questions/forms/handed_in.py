"""The forms of essays and of files to hand in: what may be handed in, and what markers are told."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import get_format
from django.utils.translation import gettext_lazy as _

from ..kinds.fractions import read_fraction
from ..kinds.handed_in import FILE_TYPE, LARGEST_FILE, MEGABYTE, MOST_FILES, MOST_WORDS, USUAL_SIZE
from ..kinds.ids import option_id
from ..kinds.numbers import write_number
from .base import WordsField
from .rows import RowForm, RowsForm, with_new_ids


class CriterionRow(RowForm):
    id = forms.CharField(widget=forms.HiddenInput, required=False, max_length=8)
    text = forms.CharField(label=_("Criterion"), required=False, max_length=300)
    points = forms.CharField(
        label=_("Points"), required=False, max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "size": 6}),
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        share = read_fraction(self.initial.get("points", ""))
        if share is not None and (points := write_number(share)):
            self.initial = self.initial | {"points": points.replace(".", get_format("DECIMAL_SEPARATOR"))}

    def clean_points(self) -> str:
        points = self.cleaned_data["points"].replace(",", ".") or "1"
        if read_fraction(points) is None:
            raise ValidationError(_("Write a number above 0."))
        return points


def whole_number(label, most: int, **kwargs) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=most, required=False, **kwargs)


class UploadForm(RowsForm):
    purpose = _("Files are handed in; a person marks them.")
    files = whole_number(_("Files, at most"), MOST_FILES, initial=1)
    files_required = whole_number(_("Files required"), MOST_FILES, initial=0)
    file_types = forms.CharField(
        label=_("Types of files"), required=False, max_length=200,
        help_text=_("The endings, separated by commas. For example: pdf, docx. Empty: any harmless type."),
    )  # fmt: skip
    file_size = forms.DecimalField(
        label=_("Largest file (MB)"), min_value=0.1, max_value=LARGEST_FILE // MEGABYTE, decimal_places=1,
        initial=USUAL_SIZE // MEGABYTE, localize=True,
        help_text=_("Phones on slow lines take minutes for more than 5 MB."),
    )  # fmt: skip
    guide = WordsField(
        label=_("Guide for markers"), required=False, help_text=_("What a good answer has. Learners never see it.")
    )
    field_order = [
        "name", "category", "text", "files", "files_required", "file_types", "file_size", "guide", "general_feedback",
        "state", "tags",
    ]  # fmt: skip
    rows_after = "guide"
    own = ("files", "files_required", "file_types", "file_size", "guide")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.add_rows(
            "criteria", CriterionRow, title=_("Criteria for markers"), add=_("Add a criterion"), most=20,
            help=_("Each with its points; together they make the whole mark. Without any, markers give one mark."),
        )  # fmt: skip

    def _initial(self) -> dict:
        initial = super()._initial()
        if self.version:
            size = self.version.data["file_size"] / MEGABYTE
            initial |= {"file_types": ", ".join(initial["file_types"]), "file_size": round(size, 1)}
        return initial

    def clean_file_types(self) -> list[str]:
        types = [one.strip().lower().lstrip(".") for one in self.cleaned_data["file_types"].split(",")]
        bad = [one for one in types if one and not FILE_TYPE.fullmatch(one)]
        if bad:
            raise ValidationError(_("“%(type)s” is no ending of files."), params={"type": bad[0]})
        return [one for one in types if one]

    def clean_file_size(self) -> int:
        size = self.cleaned_data["file_size"]
        old = self.version.data["file_size"] if self.version else USUAL_SIZE
        # The box shows one decimal: a size it cannot show stays as it is.
        return old if size is None or round(old / MEGABYTE, 1) == float(size) else int(size * MEGABYTE)

    def kind_data(self, cleaned: dict) -> dict:
        data = {key: cleaned[key] for key in ("text", "general_feedback", *self.own)}
        return data | {"criteria": with_new_ids(self, "criteria", self.kept("criteria"), option_id)}


class EssayForm(UploadForm):
    purpose = _("The learner writes a text; a person marks it.")
    editor = forms.ChoiceField(
        label=_("The answer is written"),
        choices=[
            ("rich", _("with bold, italic and lists")), ("plain", _("as plain words")),
            ("none", _("not at all: files only")),
        ],
    )  # fmt: skip
    words_min = whole_number(_("Words, at least"), MOST_WORDS, initial=0, help_text=_("0: no limit."))
    words_max = whole_number(
        _("Words, at most"), MOST_WORDS, initial=0,
        help_text=_("0: no limit. Learners are told; a longer text is kept all the same."),
    )  # fmt: skip
    template = WordsField(
        label=_("The answer begins with"), required=False, help_text=_("For example headings to fill in.")
    )
    files = whole_number(_("Files, at most"), MOST_FILES, initial=0, help_text=_("0: no files."))
    field_order = [
        "name", "category", "text", "editor", "words_min", "words_max", "template", "files", "files_required",
        "file_types", "file_size", "guide", "general_feedback", "state", "tags",
    ]  # fmt: skip
    own = ("editor", "words_min", "words_max", "template", *UploadForm.own)
