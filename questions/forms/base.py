"""What the forms of all kinds are made of: texts that come back as safe HTML, shares as percent, and `QuestionForm`."""

import re
from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils.formats import get_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.rich_text.editors.draftail import DraftailRichTextArea
from wagtail.admin.widgets import AdminAutoHeightTextInput

from .. import markup
from ..kinds import get_kind
from ..kinds.base import MOST_HINTS, OUTCOMES, USUAL_PENALTY
from ..kinds.fractions import read_fraction, read_percent, write_percent
from ..models import Question
from ..queries import BankAccess, categories_editable, category_tree
from .picture import address_in, alt_in, kept_picture, split_picture, with_alt

MORE = (
    "default_mark",
    "above",
    "above_alt",
    "above_remove",
    "outcome_right",
    "outcome_partly",
    "outcome_wrong",
    "hints",
    "penalty",
)
OF_TRIES = ("outcome_right", "outcome_partly", "outcome_wrong", "hints", "penalty")  # only where a machine marks
USUAL_MARK = Decimal(1)
PICTURE = re.compile(r"<img [^<>]*>")

STATES = [(Question.State.READY, _("Ready: quizzes may ask it")), (Question.State.DRAFT, _("Draft: not asked yet"))]


class CategoryChoiceField(forms.ModelChoiceField):
    """Categories as a tree, indented, the agency named where there is more than one."""

    def __init__(self, *, access: BankAccess, **kwargs):
        super().__init__(queryset=categories_editable(access), **kwargs)
        branches = category_tree(self.queryset)
        several = len({branch.category.agency_id for branch in branches}) > 1
        empty = [] if kwargs.get("required", True) else [("", self.empty_label or "")]
        self.choices = [*empty, *((branch.category.pk, self._label(branch, several)) for branch in branches)]

    @staticmethod
    def _label(branch, several: bool) -> str:
        owner = branch.category.agency or gettext("Shared")
        return f"{'— ' * branch.depth}{branch.category.name}{f' ({owner})' if several else ''}"


class SourceField(forms.CharField):
    """Words with a little markup, shown as an editor types them and given back as safe HTML."""

    def __init__(self, *, make_safe, **kwargs):
        self.make_safe = make_safe
        super().__init__(widget=AdminAutoHeightTextInput(attrs={"rows": 1}), max_length=20_000, **kwargs)

    def prepare_value(self, value):
        return markup.to_source(value) if isinstance(value, str) and value.startswith("<") else value

    def to_python(self, value):
        return self.make_safe(markup.from_source(super().to_python(value)))

    def has_changed(self, initial, data):
        return self.to_python(data or "") != (initial or "")


class WordsEditor(DraftailRichTextArea):
    """Wagtail's editor for words, bold, italic and lists. What does not come from that editor counts as plain words."""

    def __init__(self, attrs=None):
        super().__init__(attrs=attrs, features=["bold", "italic", "ul", "ol"])

    def format_value(self, value):
        return super().format_value((value or "").replace("<br>", "<br/>"))

    def value_from_datadict(self, data, files, name):
        try:
            return super().value_from_datadict(data, files, name)
        except (ValueError, LookupError, TypeError, AttributeError):
            return markup.from_source(data.get(name) or "")


class WordsField(forms.CharField):
    """A text of a question, written in Wagtail's editor and given back as safe HTML.

    A text that holds what the editor would lose (tables, links, pictures and code of an import) is edited as its source
    instead; `QuestionForm` sees to that."""

    def __init__(self, **kwargs):
        super().__init__(widget=WordsEditor(), max_length=20_000, **kwargs)

    def to_python(self, value):
        return markup.block(super().to_python(value))

    def has_changed(self, initial, data):
        return self.to_python(data or "") != (initial or "")


class PercentField(forms.CharField):
    """A share of the mark as a percentage; the value is an exact fraction as text."""

    def prepare_value(self, value):
        share = read_fraction(value) if (isinstance(value, str) and "/" in value) or value in ("0", "1") else None
        return value if share is None else write_percent(share).replace(".", get_format("DECIMAL_SEPARATOR"))

    def clean(self, value):
        share = read_percent(super().clean(value) or "0")
        if share is None or not -1 <= share <= 1:
            raise ValidationError(_("Write a number from -100 to 100."))
        return str(share)


class MarkField(forms.DecimalField):
    """A mark with two decimals at most, written with a comma or a point in any language."""

    def to_python(self, value):
        return super().to_python(value.replace(",", ".") if isinstance(value, str) else value)


class TextsWidget(forms.Widget):
    """One box for each text and empty ones for more; the script adds boxes."""

    def format_value(self, value):
        return value or []

    def render(self, name, value, attrs=None, renderer=None):
        texts = [markup.to_source(text) if text.startswith("<") else text for text in self.format_value(value) if text]
        return render_to_string(
            "questions/admin/texts.html", {"name": name, "texts": [*texts, ""], "attrs": attrs or {}}
        )

    def value_from_datadict(self, data, files, name):
        return data.getlist(name) if hasattr(data, "getlist") else data.get(name, [])

    def id_for_label(self, id_):
        return f"{id_}_1" if id_ else id_


class TextsField(forms.Field):
    """Several texts, each as an editor types them; empty boxes do not count. Gives safe HTML back."""

    widget = TextsWidget

    def clean(self, value):
        texts = [markup.block(markup.from_source(text)) for text in value or [] if isinstance(text, str)]
        if any(len(text) > 20_000 for text in texts):
            raise ValidationError(_("This text is too long."))
        return [text for text in texts if text]


class QuestionForm(forms.Form):
    """What every kind has. `question` and `version` are None for a new one."""

    name = forms.CharField(
        label=_("Name"), max_length=200, required=False,
        help_text=_("For finding it again; learners do not see it. Empty: the first words of the question."),
    )  # fmt: skip
    category = forms.Field()
    text = WordsField(label=_("Question"))
    general_feedback = WordsField(
        label=_("Words for everyone afterwards"), required=False,
        help_text=_("What to remember, whatever was answered; name the source."),
    )  # fmt: skip
    state = forms.ChoiceField(label=_("State"), choices=STATES)
    tags = forms.CharField(
        label=_("Tags"),
        required=False,
        max_length=300,
        help_text=_("Separated by commas. For example: gratuities, desk"),
    )
    based_on = forms.IntegerField(widget=forms.HiddenInput, required=False)
    above = forms.FileField(
        label=_("Picture above the text"), required=False, widget=forms.FileInput(attrs={"accept": "image/*"}),
        help_text=_("PNG, JPEG, GIF or WebP, at most 5 MB. A new one takes the place of the old one."),
    )  # fmt: skip
    above_kept = forms.CharField(widget=forms.HiddenInput, required=False, max_length=1_000)
    above_alt = forms.CharField(
        label=_("What the picture shows"), required=False, max_length=500,
        help_text=_("Read out to who cannot see it. Say what the question needs, without giving the answer away."),
    )  # fmt: skip
    above_remove = forms.BooleanField(label=_("Remove the picture"), required=False)
    outcome_right = WordsField(label=_("Words when the answer is right"), required=False)
    outcome_partly = WordsField(label=_("Words when it is partly right"), required=False)
    outcome_wrong = WordsField(label=_("Words when it is not right"), required=False)
    hints = TextsField(
        label=_("Hints"), required=False,
        help_text=_("One after each wrong try, in quizzes that allow several tries."),
    )  # fmt: skip
    penalty = PercentField(
        label=_("Penalty for a wrong try (%)"), required=False, max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "size": 8}),
        help_text=_("What each wrong try costs, in quizzes that allow several. Empty: a third."),
    )  # fmt: skip
    default_mark = MarkField(
        label=_("Usual mark"), min_value=0, max_digits=7, decimal_places=2, required=False, localize=True,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "size": 8}),
        help_text=_("What it is worth where a quiz does not say otherwise. Empty: 1."),
    )  # fmt: skip
    purpose = ""  # what the kind is for, where an editor chooses one
    rows_after = "text"  # the field after which the tables of rows stand

    def __init__(self, *args, kind: str, access: BankAccess, question=None, version=None, **kwargs):
        self.kind, self.question, self.version = get_kind(kind), question, version
        kwargs["initial"] = {**self._initial(), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        self.row_sets = {}
        if not self.kind.is_graded:
            del self.fields["default_mark"]
        if not self.kind.is_graded or self.kind.is_marked_by_people:
            for name in OF_TRIES:
                del self.fields[name]
        self.fields["category"] = CategoryChoiceField(access=access, label=_("Category"))
        for name, field in self.fields.items():
            if isinstance(field, WordsField) and not markup.is_plain(self.initial.get(name) or ""):
                self.fields[name] = SourceField(
                    make_safe=markup.block, label=field.label, required=field.required, help_text=field.help_text
                )

    def _initial(self) -> dict:
        if self.question is None:
            return {"state": Question.State.READY, "default_mark": USUAL_MARK}
        data, question = self.version.data, self.question
        state = Question.State.DRAFT if question.state == Question.State.DRAFT else Question.State.READY
        tags = ", ".join(sorted(question.tags.names()))
        about = {"name": question.name, "category": question.category_id, "state": state, "tags": tags}
        picture, text = split_picture(data["text"])
        outcomes = {f"outcome_{outcome}": data.get("outcomes", {}).get(outcome, "") for outcome in OUTCOMES}
        more = {"above_kept": picture, "above_alt": alt_in(picture), "penalty": str(USUAL_PENALTY), **outcomes}
        more["default_mark"] = question.default_mark.normalize()
        return {**more, **data, **about, "text": text, "based_on": self.version.number}

    def clean_tags(self) -> list[str]:
        return [tag.strip() for tag in self.cleaned_data["tags"].split(",") if tag.strip()]

    def clean_based_on(self):
        number = self.cleaned_data["based_on"]
        if self.version is not None and number != self.version.number:
            raise ValidationError(
                _("Someone saved version %(number)s meanwhile. Copy your words, then open the question again."),
                params={"number": self.version.number},
            )
        return number

    def clean_penalty(self) -> str:
        penalty = self.cleaned_data["penalty"] if self.data.get(self.add_prefix("penalty")) else str(USUAL_PENALTY)
        if penalty.startswith("-"):
            raise ValidationError(_("Write a number from 0 to 100."))
        return penalty

    def clean_default_mark(self) -> Decimal:
        mark = self.cleaned_data["default_mark"]
        return USUAL_MARK if mark is None else mark

    def clean_hints(self) -> list[str]:
        hints = self.cleaned_data["hints"]
        if len(hints) > MOST_HINTS:
            raise ValidationError(_("At most %(most)s hints are kept."), params={"most": MOST_HINTS})
        return hints

    def clean_above(self):
        """Keep a picture at once, so that an error elsewhere does not ask for it again."""
        file = self.cleaned_data["above"]
        if file:
            self.data = self.data.copy()
            self.data[self.add_prefix("above_kept")] = kept_picture(file)
        return file

    def clean_above_kept(self) -> str:
        """Take a picture that this form kept or the question had; anything else is none."""
        kept = markup.block(self.data.get(self.add_prefix("above_kept")) or "").removeprefix("<p>").removesuffix("</p>")
        return kept if PICTURE.fullmatch(kept) and address_in(kept) else ""

    def clean_above_alt(self) -> str:
        return " ".join(self.cleaned_data["above_alt"].split())

    @property
    def above_address(self) -> str:
        """The address of the picture that stands above the text, for showing it beside its field."""
        return address_in(self["above_kept"].value() or "")

    def _picture(self, cleaned: dict) -> str:
        if cleaned["above_remove"] or not cleaned["above_kept"]:
            return ""
        if not cleaned["above_alt"] and cleaned["above_kept"] != self.initial.get("above_kept"):
            self.add_error("above_alt", _("Say what the picture shows, for those who cannot see it."))
            return ""
        return f"<p>{with_alt(cleaned['above_kept'], cleaned['above_alt'])}</p>"

    def _common(self, cleaned: dict) -> dict:
        """Return what every kind has besides its texts; what this form does not ask stays as it was."""
        if "penalty" not in self.fields:
            before = self.version.data if self.version else {}
            return {key: before[key] for key in ("outcomes", "hints", "penalty") if key in before}
        outcomes = {str(outcome): cleaned[f"outcome_{outcome}"] for outcome in OUTCOMES}
        return {"outcomes": outcomes, "hints": cleaned["hints"], "penalty": cleaned["penalty"]}

    def clean(self):
        cleaned = super().clean()
        picture = "" if self.errors else self._picture(cleaned)
        if not self.errors and self.rows_are_valid():
            data = self.kind_data(cleaned)
            text = f"{picture}{data.get('text', '')}"
            self.data_of_kind = self.kind.clean({**data, **self._common(cleaned), "text": text})
            for problem in self.kind.problems(self.data_of_kind):
                self.add_error(None, problem)
        return cleaned

    def rows_are_valid(self) -> bool:
        """Say whether each row of the tables is right; a wrong one says so itself, what follows from it is not told."""
        each = [row_set.rows.is_valid() for row_set in self.row_sets.values()]
        return all(each)

    def kind_data(self, cleaned: dict) -> dict:
        raise NotImplementedError

    @property
    def chosen_name(self) -> str:
        return self.cleaned_data["name"] or markup.name_of(self.cleaned_data["text"])

    @property
    def chosen_mark(self) -> Decimal:
        """What it is worth; a kind without marks keeps what it had."""
        kept = self.question.default_mark if self.question else USUAL_MARK
        return self.cleaned_data.get("default_mark", kept)

    @property
    def main_fields(self) -> list:
        return [field for field in self.visible_fields() if field.name not in MORE]

    @property
    def more_fields(self) -> list:
        """The fields that most questions leave as they are: the form folds them away."""
        return [self[name] for name in MORE if name in self.fields]

    @property
    def is_more_open(self) -> bool:
        """Say whether the folded fields hold anything, or anything wrong."""
        names = ["above_kept", *(name for name in MORE if name not in ("penalty", "default_mark"))]
        if self.is_bound:
            return any(name in self.errors or self.cleaned_data.get(name) for name in names) or any(
                name in self.errors for name in MORE
            )
        return any(self[name].value() for name in names if name in self.fields)
