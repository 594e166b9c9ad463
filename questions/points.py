"""Marks as people read and write them."""

import math
from decimal import Decimal
from fractions import Fraction

from django import forms
from django.core.exceptions import ValidationError
from django.utils import formats
from django.utils.translation import gettext as spoken
from django.utils.translation import gettext_lazy as _

from .marking import read_points


def number(value: Fraction) -> str:
    """Write a mark with at most two decimals, cut towards zero, in the reader's notation: `2,5`, `3`, `-0,33`."""
    hundredths = Decimal(math.trunc(value * 100)) / 100
    places = 0 if hundredths == int(hundredths) else 1 if hundredths * 10 == int(hundredths * 10) else 2
    return formats.number_format(hundredths, decimal_pos=places, use_l10n=True)


class PointsField(forms.CharField):
    """Points from 0 to `most`, with two decimals at most, written with a comma or a point."""

    def __init__(self, *, most, **kwargs):
        self.most = Decimal(most.numerator) / Decimal(most.denominator)
        told = spoken("0 to %(most)s") % {"most": number(most)}
        widget = forms.TextInput(
            attrs={"inputmode": "decimal", "autocomplete": "off", "size": 6, "data-points": f"{self.most:f}"}
        )
        super().__init__(max_length=12, widget=widget, help_text=told, **kwargs)

    def prepare_value(self, value):
        return number(Fraction(value)) if isinstance(value, Decimal) else value

    def clean(self, value):
        points = read_points(super().clean(value))
        if points is None:
            raise ValidationError(_("Write a number with two decimals at most, for example 7,5."))
        if points > self.most:
            raise ValidationError(_("At most %(most)s."), params={"most": number(Fraction(self.most))})
        return points
