"""The forms of question authors: one a kind, the tree of categories, the import of a file."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.rich_text.editors.draftail import DraftailRichTextArea
from wagtail.admin.widgets import AdminAutoHeightTextInput

from . import markup
from .kinds import get_kind
from .kinds.choice import option_id
from .kinds.fractions import read_fraction, read_percent, write_percent
from .models import Category, Question
from .queries import BankAccess, categories_editable, category_tree

UPLOAD_LIMIT = 2_000_000  # bytes; larger files go through `manage.py import_questions`
STATES = [(Question.State.READY, _("Ready: quizzes may ask it")), (Question.State.DRAFT, _("Draft: not asked yet"))]
NEW_ROWS = 3


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

    def __init__(self, *args, kind: str, access: BankAccess, question=None, version=None, **kwargs):
        self.kind, self.question, self.version = get_kind(kind), question, version
        kwargs["initial"] = {**self._initial(), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        self.fields["category"] = CategoryChoiceField(access=access, label=_("Category"))
        for name, field in self.fields.items():
            if isinstance(field, WordsField) and not markup.is_plain(self.initial.get(name) or ""):
                self.fields[name] = SourceField(
                    make_safe=markup.block, label=field.label, required=field.required, help_text=field.help_text
                )

    def _initial(self) -> dict:
        if self.question is None:
            return {"state": Question.State.READY}
        data, question = self.version.data, self.question
        state = Question.State.DRAFT if question.state == Question.State.DRAFT else Question.State.READY
        tags = ", ".join(sorted(question.tags.names()))
        about = {"name": question.name, "category": question.category_id, "state": state, "tags": tags}
        return {**data, **about, "based_on": self.version.number}

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

    def clean(self):
        cleaned = super().clean()
        if not self.errors:
            self.data_of_kind = self.kind.clean(self.kind_data(cleaned))
            for problem in self.kind.problems(self.data_of_kind):
                self.add_error(None, problem)
        return cleaned

    def kind_data(self, cleaned: dict) -> dict:
        raise NotImplementedError

    @property
    def chosen_name(self) -> str:
        return self.cleaned_data["name"] or markup.name_of(self.cleaned_data["text"])

    @property
    def options(self):
        """The rows of options, for kinds that have them."""
        return None


class TrueFalseForm(QuestionForm):
    answer = forms.TypedChoiceField(
        label=_("The statement is"), choices=[("true", _("True")), ("false", _("False"))], coerce=lambda v: v == "true",
        widget=forms.RadioSelect,
    )  # fmt: skip
    feedback_true = WordsField(label=_("Feedback to “true”"), required=False)
    feedback_false = WordsField(label=_("Feedback to “false”"), required=False)
    field_order = ["name", "category", "text", "answer", "feedback_true", "feedback_false"]

    def _initial(self) -> dict:
        initial = super()._initial()
        return {**initial, "answer": "true" if initial.get("answer", True) else "false"}

    def kind_data(self, cleaned: dict) -> dict:
        keys = ("text", "general_feedback", "answer", "feedback_true", "feedback_false")
        return {key: cleaned[key] for key in keys}


class PercentField(forms.CharField):
    """A share of the mark as a percentage; the value is an exact fraction as text."""

    def prepare_value(self, value):
        share = read_fraction(value) if (isinstance(value, str) and "/" in value) or value in ("0", "1") else None
        return value if share is None else write_percent(share)

    def clean(self, value):
        share = read_percent(super().clean(value) or "0")
        if share is None or not -1 <= share <= 1:
            raise ValidationError(_("Write a number from -100 to 100."))
        return str(share)


class OptionForm(forms.Form):
    id = forms.CharField(widget=forms.HiddenInput, required=False, max_length=8)
    text = SourceField(make_safe=markup.inline, label=_("Option"), required=False)
    fraction = PercentField(
        label=_("Mark (%)"),
        required=False,
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "size": 8}),
    )
    feedback = SourceField(make_safe=markup.block, label=_("Feedback"), required=False)

    def has_changed(self):
        """Leave out a row of which only the mark was touched."""
        return bool({"text", "feedback"} & set(self.changed_data)) or bool(self.initial)


class ChoiceForm(QuestionForm):
    shuffle = forms.BooleanField(
        label=_("Options may be shuffled"), required=False, initial=True,
        help_text=_("Switch off where the order means something, or an option says “all of these”."),
    )  # fmt: skip
    field_order = ["name", "category", "text", "general_feedback", "shuffle", "state", "tags"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        rows = self.version.data["options"] if self.version else []
        factory = forms.formset_factory(OptionForm, extra=NEW_ROWS if rows else 4, can_delete=True, max_num=50)
        self.option_rows = factory(self.data if self.is_bound else None, initial=rows, prefix="options")

    @property
    def options(self):
        return self.option_rows

    def is_valid(self):
        return self.option_rows.is_valid() & super().is_valid()

    def kind_data(self, cleaned: dict) -> dict:
        if not self.option_rows.is_valid():
            return {}
        kept = [row for row in self.option_rows if row.has_changed() and row not in self.option_rows.deleted_forms]
        options = [{key: row.cleaned_data[key] for key in ("id", "text", "fraction", "feedback")} for row in kept]
        return {key: cleaned[key] for key in ("text", "general_feedback", "shuffle")} | {
            "options": self._with_ids(options)
        }

    def _with_ids(self, options: list[dict]) -> list[dict]:
        """Give a new option an id that no version of the question has used: old answers must not come to mean it."""
        used = set()
        if self.question is not None:
            for data in self.question.versions.values_list("data", flat=True):
                used |= {option["id"] for option in data.get("options", [])}
        known = {option["id"] for option in self.version.data["options"]} if self.version else set()
        for option in options:
            if option["id"] not in known:
                option["id"] = _free_id(used)
            used.add(option["id"])
        return options


def _free_id(used: set[str]) -> str:
    return next(letters for number in range(len(used) + 1) if (letters := option_id(number)) not in used)


FORMS: dict[str, type[QuestionForm]] = {"single": ChoiceForm, "multiple": ChoiceForm, "truefalse": TrueFalseForm}


# --- categories, files -----------------------------------------------------------------------------------------------


class CategoryForm(forms.Form):
    """A new category, or a change of one: its agency is fixed once it is made."""

    name = forms.CharField(label=_("Name"), max_length=150)
    parent = forms.Field(required=False)
    agency = forms.ModelChoiceField(
        queryset=None, label=_("Agency"), required=False, empty_label=_("Shared by all agencies"),
        help_text=_("Only for a category that is part of no other."),
    )  # fmt: skip

    def __init__(self, *args, access: BankAccess, agencies, category: Category | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        self.access, self.category = access, category
        self.fields["parent"] = CategoryChoiceField(
            access=access, label=_("Part of"), required=False, empty_label=_("Nothing: it stands at the top")
        )
        self.fields["agency"].queryset = agencies
        self.fields["agency"].required = not access.is_administrator
        if not access.is_administrator:
            self.fields["agency"].empty_label = None
        if category is not None:
            del self.fields["agency"]

    def clean_name(self):
        return " ".join(self.cleaned_data["name"].split())


class ImportForm(forms.Form):
    """First the file, then (hidden) its text, so that what was checked is what is loaded."""

    file = forms.FileField(label=_("GIFT file"), help_text=_("Text in UTF-8, at most 2 MB."), required=False)
    text = forms.CharField(widget=forms.HiddenInput, required=False, strip=False)
    category = forms.Field()
    good_only = forms.TypedChoiceField(
        label=_("If some questions are bad"), required=False, coerce=lambda value: value == "yes", empty_value=False,
        choices=[("no", _("Load nothing")), ("yes", _("Load the good ones"))], widget=forms.RadioSelect, initial="no",
    )  # fmt: skip

    def __init__(self, *args, access: BankAccess, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["category"] = CategoryChoiceField(
            access=access, label=_("Into the category"),
            help_text=_("Categories named in the file are made below it."),
        )  # fmt: skip

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file and file.size > UPLOAD_LIMIT:
            raise ValidationError(
                _("The file has %(size)s MB; at most 2 are read here. Split it, or ask the operator to import it."),
                params={"size": round(file.size / 1_000_000, 1)},
            )
        return file

    def clean_text(self):
        text = self.cleaned_data["text"]
        if len(text.encode()) > 2 * UPLOAD_LIMIT:
            raise ValidationError(_("The text is too long."))
        return text

    def clean(self):
        cleaned = super().clean()
        if not self.errors and not cleaned.get("file") and not cleaned.get("text"):
            self.add_error("file", _("Choose a file."))
        return cleaned
