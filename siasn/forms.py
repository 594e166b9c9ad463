"""The organiser's forms: an export, the switch of an agency, sending again, and taking history over."""

import datetime as dt

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.admin_forms import DateField, ServiceForm, UnitChoice, choose_the_only
from people.models import Agency

from . import histories, services
from .models import Export, JpBasis


class ExportForm(ServiceForm):
    """Which achievements, of whom, as which file."""

    agency = forms.ModelChoiceField(label=_("Agency"), queryset=Agency.objects.all())
    unit = UnitChoice(label=_("Unit"), required=False, help_text=_("Everyone in it and in the units below."))
    first = DateField(label=_("Finished from"))
    last = DateField(label=_("Finished until"))
    basis = forms.ChoiceField(label=_("JP that are sent"), choices=JpBasis.choices, initial=JpBasis.CREDITED)
    form = forms.ChoiceField(label=_("File"), choices=Export.Form.choices, initial=Export.Form.CSV)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["first"].initial = dt.date(timezone.localdate().year, 1, 1)
        choose_the_only(self.fields["agency"])

    def clean(self):
        data = super().clean()
        first, last, unit, agency = (data.get(name) for name in ("first", "last", "unit", "agency"))
        if first and last and first > last:
            self.add_error("last", _("The last day lies before the first."))
        if unit and agency and unit.agency_id != agency.pk:
            self.add_error("unit", _("This unit is not one of the agency's."))
        return data


class ConnectionForm(ServiceForm):
    """Switch the service on or off for an agency."""

    agency = forms.ModelChoiceField(label=_("Agency"), queryset=Agency.objects.all())
    is_on = forms.BooleanField(
        label=_("Send to SIASN by itself"),
        required=False,
        help_text=_("What is finished from the day below on is sent with its certificate."),
    )
    since = DateField(label=_("Finished from"))
    basis = forms.ChoiceField(label=_("JP that are sent"), choices=JpBasis.choices, initial=JpBasis.CREDITED)

    def __init__(self, *args, instance=None, **kwargs):
        super().__init__(*args, instance=instance, **kwargs)
        if instance:
            self.initial = {name: getattr(instance, name) for name in ("agency", "is_on", "since", "basis")}
            self.fields["agency"].disabled = True

    def clean(self):
        data = super().clean()
        if data.get("is_on") and not services.is_configured():
            raise ValidationError(_("The platform has no keys of SIASN yet. An administrator sets them first."))
        if data.get("is_on") and data.get("agency") and not data["agency"].siasn_id:
            raise ValidationError(_("The agency has no SIASN id yet. An administrator adds it under “Agencies”."))
        return data

    def write(self, **told):
        return services.switch(by=self.viewer, **told)


class HistoryForm(ServiceForm):
    """A file of course history, and the agency whose people it is about."""

    agency = forms.ModelChoiceField(label=_("Agency"), queryset=Agency.objects.all())
    file = forms.FileField(label=_("File"), help_text=_("CSV in UTF-8 or Excel (.xlsx), at most 10 MB."))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        choose_the_only(self.fields["agency"])

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > histories.LARGEST:
            raise ValidationError(
                _("The file has %(size)s MB; at most 10 are read here. Split it."),
                params={"size": round(file.size / 1_000_000, 1)},
            )
        return file

    def write(self, *, agency, file):
        return histories.start(by=self.viewer, agency=agency, file=file, file_name=file.name)


class SendAgainForm(ServiceForm):
    """Queue a delivery anew."""

    def write(self):
        if not services.send_again(delivery=self.instance):
            raise ValidationError(_("SIASN has this already."))
        return self.instance
