"""What comes in by HTTP."""

import re

from django import forms
from django.utils.translation import gettext_lazy as _

from .policy.evidence import MOST_SPANS

YES_NO = [("", ""), ("0", "0"), ("1", "1")]


class EntryForm(forms.Form):
    """What somebody says at the door of a course: the key, or a word to who decides. `send`: it was said there."""

    send = forms.BooleanField(required=False)
    key = forms.CharField(
        label=_("Enrolment key"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}),
    )
    message = forms.CharField(
        label=_("Message"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3, "maxlength": 300})
    )


class ReadingForm(forms.Form):
    """The end of a lesson. Without a script `seconds` and `reached_end` stay empty: the press of the button says it."""

    client_id = forms.UUIDField()
    opening = forms.CharField(max_length=500)
    seconds = forms.IntegerField(required=False, min_value=0)
    reached_end = forms.ChoiceField(required=False, choices=YES_NO)
    partial = forms.BooleanField(required=False)
    read_text = forms.BooleanField(required=False)


class SpansField(forms.CharField):
    """`0-12,30-45`: spans in whole seconds, as a script tells them."""

    SPAN = re.compile(r"(\d{1,6})-(\d{1,6})")

    def __init__(self, **kwargs):
        super().__init__(max_length=14 * MOST_SPANS, **kwargs)

    def clean(self, value) -> list[tuple[int, int]]:
        found = [self.SPAN.fullmatch(part) for part in super().clean(value).split(",")]
        if not all(found):
            raise forms.ValidationError("spans are 0-12,30-45")
        return [(int(one[1]), int(one[2])) for one in found if one]


class WatchingForm(forms.Form):
    """What was played of one recording since the page was opened."""

    client_id = forms.UUIDField()
    opening = forms.CharField(max_length=500)
    recording = forms.IntegerField(min_value=1)
    spans = SpansField()
    length = forms.IntegerField(required=False, min_value=0, max_value=24 * 60 * 60)
