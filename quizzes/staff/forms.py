"""The forms of the staff's screens."""

from decimal import Decimal
from fractions import Fraction

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminDateTimeInput

from core.zones import zone_label
from people.admin_forms import HelperForm, PersonField, UnitChoice
from people.permissions import people_cared_for, units_cared_for
from questions import markup
from questions.marking import MarkRefused, points_by_criteria
from questions.points import PointsField

from ..models import AnswerStep


class MarkForm(forms.Form):
    """A mark: points, or points by criterion of the guide, and words for the learner."""

    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    comment = forms.CharField(
        label=_("Comment for the learner"),
        required=False,
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What was good, and what would make it better. An empty line begins a paragraph."),
    )
    reason = forms.CharField(label=_("Reason for the change"), max_length=250)

    def __init__(self, data, *, answer, is_change: bool):
        self.answer, own = answer, answer.own
        initial = {"seen": answer.newest}
        if own:
            initial |= {"points": own.points, "comment": markup.to_source(own.comment)}
            initial |= {f"criterion-{key}": Decimal(value) for key, value in own.criteria.items()}
        super().__init__(data, initial=initial)
        if not is_change:
            del self.fields["reason"]
        self.order_fields([*self._add_points(), "comment", "reason"])
        next(iter(self.point_fields())).field.widget.attrs["autofocus"] = True

    def _add_points(self) -> list[str]:
        if not self.answer.criteria:
            self.fields["points"] = PointsField(label=_("Marks"), most=Fraction(self.answer.row.max_mark))
            return ["points"]
        names = []
        for criterion in self.answer.criteria:
            name = f"criterion-{criterion['id']}"
            self.fields[name] = PointsField(label=criterion["text"], most=Fraction(criterion["points"]))
            names.append(name)
        return names

    def point_fields(self):
        return [self[name] for name in self.fields if name == "points" or name.startswith("criterion-")]

    def clean_comment(self):
        return markup.block(markup.from_source(self.cleaned_data["comment"]))

    @property
    def given(self) -> dict[str, Decimal]:
        """Points by criterion; empty where the question has none."""
        names = {f"criterion-{one['id']}": one["id"] for one in self.answer.criteria}
        return {key: self.cleaned_data[name] for name, key in names.items()}

    @property
    def points(self) -> Decimal:
        if "points" in self.cleaned_data:
            return self.cleaned_data["points"]
        return points_by_criteria(self.answer.criteria, self.given, self.answer.row.max_mark)


REFUSALS = {
    "marked": _("Another marker has marked this answer meanwhile; their mark stands. Go on with the next one."),
    "own": _("You are one of the two markers; somebody else who organises decides."),
    "meanwhile": _("This answer got another mark while you were reading. Look at it, then save yours again."),
    "not_yours": _("This answer is no longer yours to mark."),
    "not_submitted": _("This attempt has not been submitted."),
    "nothing_to_mark": _("There is nothing to mark here."),
    "reason": _("Say why the mark changes."),
    "points": _("The marks must lie between nothing and the most there are."),
    "decimals": _("Two decimals at most."),
    "criteria": _("Give points for every criterion."),
}


def refusal_words(refusal: MarkRefused | str) -> str:
    """Say why a mark was refused."""
    code = refusal.code if isinstance(refusal, MarkRefused) else refusal
    return str(REFUSALS[code])


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
