"""The forms of the staff's screens."""

from decimal import Decimal
from fractions import Fraction

from django import forms
from django.utils.translation import gettext_lazy as _

from people.admin_forms import HelperForm
from questions import markup
from questions.marking import MarkRefused
from questions.points import PointsField

from ..models import Mark

Decision = Mark.Decision


class MarkForm(forms.Form):
    """Points, or points by criterion, and words for the learner; or only words, where work is returned."""

    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    comment = forms.CharField(
        label=_("Comment for the learner"),
        required=False,
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What was good, and what would make it better. An empty line begins a paragraph."),
    )
    reason = forms.CharField(label=_("Reason for the change"), max_length=250)

    def __init__(self, data, *, shown):
        self.work, own = shown.work, shown.own
        self.criteria = self.work.rules["criteria"]
        initial = {"seen": shown.newest}
        if own:
            initial |= {"points": own.points, "comment": markup.to_source(own.comment)}
            initial |= {f"criterion-{key}": Decimal(value) for key, value in own.criteria.items()}
        super().__init__(data, initial=initial)
        if not shown.is_change:
            del self.fields["reason"]
        self.order_fields([*self._add_points(), "comment", "reason"])
        if self.is_bound and self.decision == Decision.RETURNED:
            for name in self._names():
                self.fields[name].required = False
            self.fields["comment"].required = True
            self.fields["comment"].error_messages["required"] = _("Say what to improve: the learner reads it.")
        self.fields[self._names()[0]].widget.attrs["autofocus"] = True

    @property
    def decision(self) -> str:
        """Which button was pressed."""
        return Decision.RETURNED if self.data.get("keputusan") == "kembali" else Decision.MARKED

    def _add_points(self) -> list[str]:
        if not self.criteria:
            self.fields["points"] = PointsField(label=_("Marks"), most=Fraction(self.work.rules["max_mark"]))
        for criterion in self.criteria:
            self.fields[f"criterion-{criterion['id']}"] = PointsField(
                label=criterion["text"], most=Fraction(criterion["points"])
            )
        return self._names()

    def _names(self) -> list[str]:
        return [name for name in self.fields if name == "points" or name.startswith("criterion-")]

    def rows(self):
        """Return (bound field, levels) of each place for points; levels are (points, words)."""
        levels = {f"criterion-{one['id']}": one.get("levels", ()) for one in self.criteria}
        helps = {f"criterion-{one['id']}": one.get("help", "") for one in self.criteria}
        return [(self[name], levels.get(name, ()), helps.get(name, "")) for name in self._names()]

    def clean_comment(self):
        return markup.block(markup.from_source(self.cleaned_data["comment"]))

    def clean(self):
        """Points that cannot be read say nothing where work is returned."""
        if self.decision == Decision.RETURNED:
            for name in self._names():
                self._errors.pop(name, None)
        return super().clean()

    @property
    def given(self) -> dict[str, Decimal]:
        """Points by criterion; empty where the guide has none."""
        if self.decision == Decision.RETURNED:
            return {}
        return {one["id"]: self.cleaned_data[f"criterion-{one['id']}"] for one in self.criteria}

    @property
    def points(self) -> Decimal | None:
        return None if self.decision == Decision.RETURNED else self.cleaned_data.get("points")


class MarkerForm(HelperForm):
    """Somebody who helps to mark the work of one agency's people."""

    agency_label = _("Marks the work of the people of")


REFUSALS = {
    "marked": _("Another marker has marked this work meanwhile; their mark stands. Go on with the next one."),
    "meanwhile": _("This work got another mark while you were reading. Look at it, then save yours again."),
    "replaced": _("The learner handed in a newer version. Mark that one; go on with the next."),
    "not_yours": _("This work is no longer yours to mark."),
    "comment": _("Say what to improve: the learner reads it."),
    "reason": _("Say why the mark changes."),
    "points": _("The marks must lie between nothing and the most there are."),
    "decimals": _("Two decimals at most."),
    "criteria": _("Give points for every criterion."),
}


def refusal_words(refusal: MarkRefused | str) -> str:
    """Say why a mark was refused."""
    return str(REFUSALS[refusal.code if isinstance(refusal, MarkRefused) else refusal])
