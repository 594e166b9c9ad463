"""The forms around the questions: the tree of categories and the import of a file."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from ..formats.registry import FORMATS
from ..loading import format_of
from ..models import Category
from ..queries import BankAccess
from .base import CategoryChoiceField

UPLOAD_LIMIT = 50_000_000  # bytes; larger files go through `manage.py import_questions`


class CategoryForm(forms.Form):
    """A new category, or a change of one: its agency is fixed once it is made."""

    name = forms.CharField(label=_("Name"), max_length=150)
    parent = forms.Field(required=False)
    agency = forms.ModelChoiceField(
        queryset=None, label=_("Agency"), required=False, empty_label=_("Shared by all agencies"),
        help_text=_("Only for a category that is part of no other."),
    )  # fmt: skip
    is_shared = forms.BooleanField(
        label=_("All agencies may use it"), required=False,
        help_text=_("They read and ask its questions, with all categories in it. Only your agency changes them."),
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
            if category.agency_id is None:
                del self.fields["is_shared"]

    def clean_name(self):
        return " ".join(self.cleaned_data["name"].split())


class ImportForm(forms.Form):
    """A file of questions and where they go."""

    file = forms.FileField(
        label=_("File"), help_text=_("GIFT, Moodle XML, Aiken, QTI, Excel (.xlsx) or CSV; at most 50 MB.")
    )
    format = forms.ChoiceField(label=_("Format"), required=False, help_text=_("Only where the file does not tell."))
    category = forms.Field()
    as_draft = forms.BooleanField(
        label=_("Load as drafts"), required=False,
        help_text=_("Quizzes do not ask them before somebody has looked at them and made them ready."),
    )  # fmt: skip

    def __init__(self, *args, access: BankAccess, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["format"].choices = [("", _("As the file tells")), *((k.name, k.label) for k in FORMATS.values())]
        self.fields["category"] = CategoryChoiceField(
            access=access, label=_("Into the category"),
            help_text=_("Categories named in the file are made below it."),
        )  # fmt: skip

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > UPLOAD_LIMIT:
            raise ValidationError(
                _("The file has %(size)s MB; at most 50 are read here. Split it, or ask the operator to import it."),
                params={"size": round(file.size / 1_000_000, 1)},
            )
        return file

    def clean(self):
        cleaned = super().clean()
        if file := cleaned.get("file"):
            name = cleaned.get("format")
            self.known = FORMATS[name] if name else format_of(file.name, file)
            if self.known is None:
                self.add_error("format", _("The file's name does not tell its format. Choose it."))
        return cleaned


class LoadForm(forms.Form):
    """What happens to the good questions of a file that has bad ones too."""

    good_only = forms.TypedChoiceField(
        label=_("If some questions are bad"), required=False, coerce=lambda value: value == "yes", empty_value=False,
        choices=[("no", _("Load nothing")), ("yes", _("Load the good ones"))], widget=forms.RadioSelect, initial="no",
    )  # fmt: skip
