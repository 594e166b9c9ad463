"""The upload form of recordings: captions must be what a player can read."""

from django import forms
from django.utils.translation import gettext as _
from wagtailmedia.forms import BaseMediaForm

MAX_CAPTIONS = 1_000_000  # bytes; an hour of speech needs a tenth of it


def clean_captions(file):
    """Return an uploaded WebVTT file, or raise ValidationError: other formats are silently ignored by browsers."""
    if not file or getattr(file, "_committed", False):
        return file
    if file.size > MAX_CAPTIONS:
        raise forms.ValidationError(_("The captions are larger than 1 MB."))
    if not file.name.lower().endswith(".vtt"):
        raise forms.ValidationError(_("The name of a captions file ends in .vtt."))
    start = file.read(16)
    file.seek(0)
    if not start.removeprefix(b"\xef\xbb\xbf").startswith(b"WEBVTT"):
        raise forms.ValidationError(_("This is no WebVTT file: its first line must be WEBVTT."))
    return file


class RecordingForm(BaseMediaForm):
    def clean_captions_id(self):
        return clean_captions(self.cleaned_data["captions_id"])

    def clean_captions_en(self):
        return clean_captions(self.cleaned_data["captions_en"])
