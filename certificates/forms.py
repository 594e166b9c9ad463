"""What visitors hand in to check a certificate."""

import hashlib
import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from .codes import read_code

MOST_BYTES = 10 * 1024 * 1024
HASH = re.compile(r"^[0-9a-f]{64}$")


class CodeForm(forms.Form):
    """A code as it is printed, typed with or without its hyphen, or the whole address behind a QR."""

    kode = forms.CharField(
        label=_("Certificate code"),
        max_length=200,
        help_text=_("Ten letters and digits beside the QR code, 7KQ2M-X4TBN for example."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )

    def clean_kode(self) -> str:
        code = read_code(self.cleaned_data["kode"])
        if not code:
            raise ValidationError(
                _("A code has ten letters and digits, without 0, O, 1, I, L and U. Please compare it with the paper.")
            )
        return code


class FileForm(forms.Form):
    """A PDF, or only its SHA-256 where the browser could work it out: the file itself is never kept."""

    berkas = forms.FileField(
        label=_("PDF file of the certificate"),
        allow_empty_file=True,
        error_messages={"required": _("Choose a PDF file first.")},
        help_text=_("At most 10 MB. The file is compared and not kept."),
        widget=forms.FileInput(attrs={"accept": "application/pdf,.pdf"}),
    )
    sidik = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["berkas"].required = not HASH.match(self.data.get("sidik", ""))

    def clean_berkas(self):
        file = self.cleaned_data["berkas"]
        if file and file.size > MOST_BYTES:
            raise ValidationError(_("This file is larger than 10 MB; ours are never as large."))
        return file

    def clean(self):
        cleaned = super().clean()
        file = cleaned.get("berkas")
        if file is not None:
            digest = hashlib.sha256()
            for chunk in file.chunks():
                digest.update(chunk)
            cleaned["sha256"] = digest.hexdigest()
        elif not self.errors:
            cleaned["sha256"] = cleaned["sidik"]
        return cleaned
