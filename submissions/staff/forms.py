"""The forms of the staff's screens."""

from fractions import Fraction

from django.utils.translation import gettext_lazy as _

from people.admin_forms import HelperForm
from questions import points

from ..models import Mark

Decision = Mark.Decision


class MarkForm(points.MarkForm):
    """A mark, or only words, where work is returned."""

    def __init__(self, data, *, shown):
        rules = shown.work.rules
        super().__init__(
            data, criteria=rules["criteria"], most=Fraction(rules["max_mark"]), own=shown.own, newest=shown.newest,
            is_change=shown.is_change,
        )  # fmt: skip
        if self.is_bound and self.decision == Decision.RETURNED:
            for name in self.places:
                self.fields[name].required = False
            self.fields["comment"].required = True
            self.fields["comment"].error_messages["required"] = _("Say what to improve: the learner reads it.")

    @property
    def decision(self) -> str:
        """Which button was pressed."""
        return Decision.RETURNED if self.data.get("keputusan") == "kembali" else Decision.MARKED

    def rows(self):
        """Return (bound field, levels, help) of each place for points; levels are (points, words)."""
        told = ((self[name], self.criteria.get(name, {})) for name in self.places)
        return [(field, one.get("levels", ()), one.get("help", "")) for field, one in told]

    def clean(self):
        """Points that cannot be read say nothing where work is returned."""
        if self.decision == Decision.RETURNED:
            for name in self.places:
                self._errors.pop(name, None)
        return super().clean()


class MarkerForm(HelperForm):
    """Somebody who helps to mark the work of one agency's people."""

    agency_label = _("Marks the work of the people of")


REFUSALS = {
    **points.REFUSALS,
    "marked": _("Another marker has marked this work meanwhile; their mark stands. Go on with the next one."),
    "meanwhile": _("This work got another mark while you were reading. Look at it, then save yours again."),
    "replaced": _("The learner handed in a newer version. Mark that one; go on with the next."),
    "not_yours": _("This work is no longer yours to mark."),
    "comment": _("Say what to improve: the learner reads it."),
}
