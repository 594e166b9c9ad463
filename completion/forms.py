"""What comes in by HTTP."""

from django import forms

YES_NO = [("", ""), ("0", "0"), ("1", "1")]


class ReadingForm(forms.Form):
    """The end of a lesson. Without a script `seconds` and `reached_end` stay empty: the press of the button says it."""

    client_id = forms.UUIDField()
    opening = forms.CharField(max_length=500)
    seconds = forms.IntegerField(required=False, min_value=0)
    reached_end = forms.ChoiceField(required=False, choices=YES_NO)
    partial = forms.BooleanField(required=False)
