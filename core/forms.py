"""A form that shows each kind of field; it keeps nothing."""

from django import forms
from django.utils.translation import gettext_lazy as _


class SampleForm(forms.Form):
    name = forms.CharField(label=_("Name"), help_text=_("Without titles. One word is a full name too."))
    level = forms.ChoiceField(label=_("Level"), choices=[("1", _("Basic")), ("2", _("Middle"))], required=False)
    note = forms.CharField(label=_("Note"), widget=forms.Textarea(attrs={"rows": 3}), required=False)
    language = forms.ChoiceField(
        label=_("Language"), choices=[("id", "Bahasa Indonesia"), ("en", "English")], widget=forms.RadioSelect
    )
    reminders = forms.BooleanField(label=_("Remind me three days before a due date"), required=False)
