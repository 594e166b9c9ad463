"""Forms of dated rows: each makes a new row from a day on, and shows first what that would have changed."""

import datetime as dt
import hashlib

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminDateInput

from people.admin_forms import ServiceForm

from ..models import AgencyCreditSetting, IpLine, JpRule, TargetRule
from . import effects
from .services import BEGINS_LATER, begin_row


class DatedRowForm(ServiceForm):
    """`instance` is the row that is followed by a new one; without it a row of its own begins."""

    model: type
    identity: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, instance=None, **kwargs):
        super().__init__(*args, instance=instance, **kwargs)
        made = forms.fields_for_model(
            self.model,
            fields=[*self.identity, *self.numbers, "valid_from"],
            widgets={"valid_from": AdminDateInput},
        )
        self.fields.update(made)
        for field in made.values():
            self._limit(field)
        self.fields["valid_from"].initial = timezone.localdate() + dt.timedelta(days=1)
        if instance is not None:
            for name in (*self.identity, *self.numbers):
                self.fields[name].initial = getattr(instance, name)
            for name in self.identity:
                self.fields[name].disabled = True

    def clean(self):
        data = super().clean()
        if data.get("valid_from") and data["valid_from"] < timezone.localdate():
            self.add_error("valid_from", BEGINS_LATER)
        if not self.errors:
            others = {field.name for field in self.model._meta.concrete_fields} - {*self.identity, *self.numbers}
            self.row().clean_fields(exclude=others)
        return data

    def row(self):
        """Return the row the form asks for, unsaved."""
        told = {name: self.cleaned_data[name] for name in (*self.identity, *self.numbers, "valid_from")}
        return self.model(**told)

    def effect(self):
        raise NotImplementedError

    @property
    def digest(self) -> str:
        """What names the values whose effect was shown: others are shown again before they are saved."""
        told = sorted((name, str(value)) for name, value in self.cleaned_data.items() if name != "seen")
        return hashlib.sha256(repr(told).encode()).hexdigest()

    @property
    def effect_was_seen(self) -> bool:
        return self.cleaned_data.get("seen") == self.digest

    def write(self, **data):
        return begin_row(row=self.row(), identity=self.identity, by=self.viewer)


class JpRuleForm(DatedRowForm):
    model = JpRule
    identity = ("form", "scope")
    numbers = ("unit", "value", "plus_percent", "daily_cap", "monthly_sessions", "source", "certainty")

    def clean(self):
        data = super().clean()
        by_minutes = data.get("unit") == JpRule.Unit.MINUTES
        if by_minutes and data.get("value") is not None:
            self.add_error("value", _("Leave this empty: the minutes of the programme count."))
        if data.get("unit") and not by_minutes and data.get("value") is None:
            self.add_error("value", _("Say how many JP one of them is worth."))
        if data.get("monthly_sessions") is not None and data.get("unit") != JpRule.Unit.SESSION:
            self.add_error("monthly_sessions", _("Only what counts by sessions has a limit of sessions."))
        return data

    def effect(self):
        return effects.effect_of_rule(self.row())


class TargetRuleForm(DatedRowForm):
    model = TargetRule
    identity = ("kind",)
    numbers = ("jp", "meaning", "year", "source", "certainty")

    def effect(self):
        return effects.effect_of_target(self.row())


class AgencySettingForm(DatedRowForm):
    model = AgencyCreditSetting
    identity = ("agency",)
    numbers = ("pppk_meaning", "short_events", "cap_by")

    def effect(self):
        return effects.effect_of_setting(self.row())


class IpLineForm(DatedRowForm):
    """A line goes on for the same positions and forms; its numbers change. It only simulates: nothing is credited."""

    model = IpLine
    identity = ("line",)
    numbers = ("points", "minimum_jp", "months", "source", "certainty")

    def row(self):
        if self.instance is None:
            raise ValidationError(_("Choose a line of the list to be followed by a new one."))
        row = super().row()
        row.post_kinds, row.forms = self.instance.post_kinds, self.instance.forms
        return row

    def effect(self):
        return None

    def write(self, **data):
        return begin_row(row=self.row(), identity=(*self.identity, "post_kinds"), by=self.viewer)
