"""The forms of the staff's screens."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminDateTimeInput

from core.zones import zone_label
from people.admin_forms import HelperForm, PersonField, UnitChoice
from people.permissions import people_cared_for, units_cared_for
from questions import points

from ..models import AnswerStep

REFUSALS = {
    **points.REFUSALS,
    "marked": _("Another marker has marked this answer meanwhile; their mark stands. Go on with the next one."),
    "own": _("You are one of the two markers; somebody else who organises decides."),
    "meanwhile": _("This answer got another mark while you were reading. Look at it, then save yours again."),
    "not_yours": _("This answer is no longer yours to mark."),
    "not_submitted": _("This attempt has not been submitted."),
    "nothing_to_mark": _("There is nothing to mark here."),
}


# --- late answers ----------------------------------------------------------------------------------------------------


class LateForm(forms.Form):
    """One decision about the late answers that were chosen, with its reason."""

    steps = forms.ModelMultipleChoiceField(
        queryset=AnswerStep.objects.none(), error_messages={"required": _("Choose the answers that you decide about.")}
    )
    decision = forms.ChoiceField(choices=[("accept", _("Accept")), ("refuse", _("Do not accept"))])
    reason = forms.CharField(
        label=_("Reason"),
        max_length=250,
        error_messages={"required": _("Give the reason: the learner reads it.")},
        help_text=_("The learner reads it, for example: the network of the office was down from 9.50 to 10.20."),
    )

    def __init__(self, *args, waiting, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["steps"].queryset = waiting


# --- exceptions and markers ------------------------------------------------------------------------------------------


class OverrideForm(forms.Form):
    """More than the quiz gives to all, for one person or for a unit with those below it."""

    person = PersonField(label=_("Person"), required=False)
    unit = UnitChoice(label=_("Or a unit"), required=False, help_text=_("With the units below it."))
    extra_minutes = forms.IntegerField(label=_("More minutes"), required=False, min_value=0, max_value=60 * 24)
    extra_attempts = forms.IntegerField(label=_("More attempts"), required=False, min_value=0, max_value=100)
    opens_at = forms.DateTimeField(label=_("Opens already"), required=False, widget=AdminDateTimeInput)
    closes_at = forms.DateTimeField(label=_("Closes only"), required=False, widget=AdminDateTimeInput)
    reason = forms.CharField(
        label=_("Reason"), max_length=250, help_text=_("For those who ask later. Nothing about illness or family.")
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["person"].people = people_cared_for(user).exclude(pk=user.pk)
        self.fields["unit"].queryset = units_cared_for(user).select_related("agency").order_by("path")
        told = _g("Times are in %(zone)s.") % {"zone": zone_label(timezone.get_current_timezone_name())}
        for name in ("opens_at", "closes_at"):
            self.fields[name].help_text = told

    def clean(self):
        cleaned = super().clean()
        if "person" in cleaned and "unit" in cleaned and bool(cleaned["person"]) == bool(cleaned["unit"]):
            raise ValidationError(_g("Name a person, or choose a unit."))
        return {**cleaned, **{name: cleaned.get(name) or 0 for name in ("extra_minutes", "extra_attempts")}}


class MarkerForm(HelperForm):
    """Somebody who helps to mark the answers of one agency's people."""

    agency_label = _("Marks the answers of the people of")
