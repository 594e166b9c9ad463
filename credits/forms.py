"""What the pages of JP are asked for."""

import datetime as dt

from django import forms


class YearForm(forms.Form):
    """Which year to show: its first day. Whatever is no such day asks for the year of today."""

    tahun = forms.DateField(required=False, input_formats=["%Y-%m-%d"])

    def first_day(self) -> dt.date | None:
        return self.cleaned_data["tahun"] if self.is_valid() else None
