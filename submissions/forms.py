"""The editor's form of a task, and what a learner sends."""

import uuid

from django import forms
from django.utils.translation import gettext_lazy as _

from courses.forms import ActivityForm
from courses.panels import ModuleScript
from questions import markup

from .uploads import KINDS, USUAL_KINDS

KIND_NAMES = {
    "pictures": _("photos and pictures"),
    "pdf": _("PDF"),
    "documents": _("documents (Word, text)"),
    "sheets": _("tables (Excel, CSV)"),
    "slides": _("slides"),
    "recordings": _("sound and film"),
}


class KindsField(forms.MultipleChoiceField):
    """Kinds of files, kept as a list of their names."""

    def __init__(self, **kwargs):
        choices = [(kind, KIND_NAMES[kind]) for kind in KINDS]
        super().__init__(choices=choices, widget=forms.CheckboxSelectMultiple, required=False, **kwargs)

    def prepare_value(self, value):
        return value if isinstance(value, list) else list(USUAL_KINDS)

    def has_changed(self, initial, data):
        return sorted(initial or ()) != sorted(data or ())


class SubmissionPageForm(ActivityForm):
    """A field that does nothing under the present choices is folded away, so it may come empty: it keeps its value."""

    file_kinds = KindsField(label=_("kinds of files"))
    FOLDED = ("words_min", "words_max", "files_min", "file_megabytes", "late_days")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in self.FOLDED:
            if name in self.fields:
                self.fields[name].required = False

    def clean(self):
        cleaned = super().clean()
        for name in self.FOLDED:
            if name in self.fields and cleaned.get(name) is None and not self.has_error(name):
                cleaned[name] = self._meta.model._meta.get_field(name).get_default()
        return cleaned

    class Media:
        css = {"all": ["css/quiz-form.css"]}
        js = [ModuleScript("js/quiz-form.js")]


class WrittenText(forms.CharField):
    """Words as they were typed: line ends are one character, and what no database keeps is left out."""

    def to_python(self, value):
        return markup.NEVER_TEXT.sub("", super().to_python(value).replace("\r\n", "\n").replace("\r", "\n"))

    def run_validators(self, value):
        """Nothing is wrong with words: a draft takes all of them, and handing in counts them."""


class WorkForm(forms.Form):
    """What the page of a task sends, with or without a script; `teks` is missing where no text is asked for."""

    teks = WrittenText(required=False, strip=False)
    versi = forms.IntegerField(min_value=1, max_value=30_000)
    revisi = forms.IntegerField(min_value=0, max_value=2**31 - 1)
    tab = forms.UUIDField()
    aksi = forms.CharField(required=False, max_length=60)
    sendiri = forms.BooleanField(required=False)

    @property
    def action(self) -> tuple[str, str]:
        """Return the button that was pressed and what it names: `("hapus", "<key>")`."""
        name, _dash, told = self.cleaned_data["aksi"].partition("-")
        return name, told


def key_of(text: str) -> uuid.UUID | None:
    """Return the key that a button names, None for anything else."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
