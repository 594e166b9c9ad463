"""Marks as people read and write them."""

import math
from decimal import Decimal
from fractions import Fraction

from django import forms
from django.core.exceptions import ValidationError
from django.utils import formats
from django.utils.translation import gettext as spoken
from django.utils.translation import gettext_lazy as _

from . import markup
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


class MarkForm(forms.Form):
    """A mark: points, or points by criterion of the guide, and words for the learner; a reason where it changes one.

    `own` is the mark that may be corrected, or None; `newest` is the id of the newest mark the marker was shown.
    """

    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    comment = forms.CharField(
        label=_("Comment for the learner"),
        required=False,
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What was good, and what would make it better. An empty line begins a paragraph."),
    )
    reason = forms.CharField(label=_("Reason for the change"), max_length=250)

    def __init__(self, data, *, criteria, most: Fraction, own, newest: int | None, is_change: bool):
        initial = {"seen": newest}
        if own:
            initial |= {"points": own.points, "comment": markup.to_source(own.comment)}
            initial |= {name_of(key): Decimal(value) for key, value in own.criteria.items()}
        super().__init__(data, initial=initial)
        if not is_change:
            del self.fields["reason"]
        self.criteria = {name_of(one["id"]): one for one in criteria}
        places = {
            name: PointsField(label=one["text"], most=Fraction(one["points"])) for name, one in self.criteria.items()
        } or {"points": PointsField(label=_("Marks"), most=most)}
        self.places = list(places)
        self.fields |= places
        self.fields[self.places[0]].widget.attrs["autofocus"] = True
        self.order_fields([*places, "comment", "reason"])

    def clean_comment(self):
        return markup.block(markup.from_source(self.cleaned_data["comment"]))

    @property
    def points(self) -> Decimal | None:
        """The mark; None where there are criteria."""
        return self.cleaned_data.get("points")

    @property
    def given(self) -> dict[str, Decimal]:
        """Points by criterion, as far as they can be read; empty where the guide has none."""
        told = self.cleaned_data
        return {one["id"]: told[name] for name, one in self.criteria.items() if name in told}


def name_of(criterion: str) -> str:
    """Return the name of the field for a criterion's points."""
    return f"criterion-{criterion}"


# Why a mark is refused, by the code of `MarkRefused`; each app adds the words for what it refuses.
REFUSALS = {
    "reason": _("Say why the mark changes."),
    "points": _("The marks must lie between nothing and the most there are."),
    "decimals": _("Two decimals at most."),
    "criteria": _("Give points for every criterion."),
}
