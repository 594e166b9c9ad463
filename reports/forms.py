"""The filters of the team pages. A value that is none of the choices counts as not given: old links go on working."""

from django import forms
from django.utils.translation import gettext_lazy as _

from completion.queries import Standing

from .queries import Filters


class DecideRequestForm(forms.Form):
    """What a supervisor says to somebody who asks to be let into a course: the button, and why not."""

    decision = forms.ChoiceField(choices=[("approve", "approve"), ("refuse", "refuse")])
    reason = forms.CharField(max_length=300, required=False)


STATES = [("", _("Everyone")), *Standing.choices, ("never", _("Never signed in"))]
SORTS = [("urgency", _("Most urgent first")), ("name", _("Name")), ("unit", _("Unit"))]


class TeamFilterForm(forms.Form):
    course = forms.IntegerField(label=_("Course"), required=False, min_value=1, max_value=2**31 - 1)
    state = forms.ChoiceField(label=_("State"), choices=STATES, required=False)
    query = forms.CharField(label=_("Name, position or unit"), required=False, max_length=100, strip=True)
    sort = forms.ChoiceField(label=_("Sort by"), choices=SORTS, required=False)
    page = forms.IntegerField(required=False, min_value=1, max_value=100_000)

    def filters(self) -> Filters:
        self.is_valid()
        given = {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}
        return Filters(**given)
