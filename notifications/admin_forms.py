"""Forms of the admin for what administrators set."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from .models import MessageSettings, ReminderStep


class _Form(forms.ModelForm):
    def __init__(self, *args, viewer=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.viewer = viewer


class StepForm(_Form):
    class Meta:
        model = ReminderStep
        fields = ["days", "recipient", "is_active"]


class StepEditForm(_Form):
    """What was sent under a step keeps its day and its recipient: another day is another step."""

    class Meta:
        model = ReminderStep
        fields = ["is_active"]


class SettingsForm(_Form):
    class Meta:
        model = MessageSettings
        fields = ["quiet_from", "quiet_until", "reminders_a_day", "digest_at", "team_weekday"]
        widgets = {
            name: forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
            for name in ("quiet_from", "quiet_until", "digest_at")
        }

    def clean(self) -> dict:
        cleaned = super().clean()
        begins, ends, digest = (cleaned.get(name) for name in ("quiet_from", "quiet_until", "digest_at"))
        if not (begins and ends and digest):
            return cleaned
        if begins <= digest < ends if begins <= ends else digest >= begins or digest < ends:
            raise ValidationError({"digest_at": _("This lies in the quiet hours: the digest would never be sent.")})
        return cleaned
