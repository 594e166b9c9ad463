"""The organiser's forms: a design, the numbering, and decisions about one certificate."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail.images.widgets import AdminImageChooser
from wagtail.permissions import policy_registry

from library.models import Picture
from people.admin_forms import DateField, ServiceForm
from people.models import Agency, Person
from people.permissions import organised_ids

from . import numbering, services, wording
from .documents import LOGO_KINDS
from .models import Certificate, Design
from .queries import next_number, number_clash

MOST_LOGO_BYTES = 1024 * 1024

PROBLEMS = {
    "unknown": _("{%(part)s} is no placeholder. There are {seq:04}, {agency}, {month}, {month_roman} and {year}."),
    "braces": _("A brace is open or closed without its partner."),
    "sequence": _("Write {seq} or {seq:04} exactly once: it counts the certificates of a year."),
    "year": _("Write {year}: the count begins anew each year, and without the year two certificates would be equal."),
    "touching": _("Put a sign such as / or - between {seq} and what is beside it."),
}


class DesignForm(forms.ModelForm):
    """A design of an agency. Saving calls the service; a new one ends the one before it."""

    valid_from = DateField(label=_("In force from"), help_text=_("Certificates issued from this day on."))

    class Meta:
        model = Design
        fields = (
            "agency", "name", "used_for", "valid_from", "pattern", "colour", "logo", "heading_id", "wording_id",
            "heading_en", "wording_en", "signatory_name", "signatory_post", "second_name", "second_post",
        )  # fmt: skip
        widgets = {
            "logo": AdminImageChooser,
            "wording_id": forms.Textarea(attrs={"rows": 3}),
            "wording_en": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, *args, viewer: Person, **kwargs):
        super().__init__(*args, **kwargs)
        agencies = Agency.objects.all()
        if not viewer.is_superuser:
            agencies = agencies.filter(pk__in=organised_ids(viewer))
        self.fields["agency"].queryset = agencies
        pictures = policy_registry.get_by_type(Picture)
        self.fields["logo"].queryset = pictures.instances_user_has_permission_for(viewer, "choose")
        if self.instance.pk:
            # What was issued under it stays true: it does not move to another agency, kind or day.
            for name in ("agency", "used_for", "valid_from"):
                self.fields[name].disabled = True
        elif len(agencies[:2]) == 1:
            self.fields["agency"].initial = agencies[0]
        help_text = _("Empty: the built-in words. Placeholders: %(names)s.") % {
            "names": ", ".join(f"{{{name}}}" for name in wording.NAMES)
        }
        for name in ("wording_id", "wording_en"):
            self.fields[name].help_text = help_text

    def clean_logo(self):
        logo = self.cleaned_data["logo"]
        if logo is None:
            return None
        kind = logo.file.name.rpartition(".")[2].lower()
        if kind not in LOGO_KINDS:
            raise ValidationError(_("Choose a PNG, JPEG, WebP or SVG file."))
        if (logo.file_size or 0) > MOST_LOGO_BYTES:
            raise ValidationError(_("This picture is larger than 1 MB, and each certificate would be as large."))
        return logo

    def _clean_wording(self, name: str) -> str:
        try:
            wording.check_wording(self.cleaned_data[name])
        except wording.UnknownPlaceholder as error:
            raise ValidationError(
                _("{%(name)s} is no placeholder. Choose one of those named below.") % {"name": error.name}
            ) from error
        return self.cleaned_data[name]

    def clean_wording_id(self) -> str:
        return self._clean_wording("wording_id")

    def clean_wording_en(self) -> str:
        return self._clean_wording("wording_en")

    def validate_constraints(self):
        """The service ends the design before it, so that only one stays open."""

    def save(self, commit=True):
        return services.save_design(design=self.instance)


class EndDesignForm(DesignForm):
    """A design that exists; it may also be ended."""

    valid_to = forms.DateField(
        label=_("In force until"),
        required=False,
        widget=DateField.widget,
        help_text=_("Empty: until another begins. After that day the built-in design is used."),
    )

    class Meta(DesignForm.Meta):
        fields = (*DesignForm.Meta.fields, "valid_to")


class NumberingForm(ServiceForm):
    """How an agency numbers: placeholders in a text of its own."""

    agency = forms.ModelChoiceField(label=_("Agency"), queryset=Agency.objects.all())
    pattern = forms.CharField(label=_("Pattern"), max_length=numbering.LONGEST, initial=numbering.DEFAULT)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance is not None:
            self.fields["agency"].initial, self.fields["agency"].disabled = self.instance.agency, True
            self.fields["pattern"].initial = self.instance.pattern
        self.fields["pattern"].help_text = _(
            "{seq:04} counts with four digits from 0001 in each year; also {agency}, {month}, {month_roman}, {year}."
        )

    def clean_pattern(self) -> str:
        pattern = self.cleaned_data["pattern"].strip()
        try:
            numbering.check_pattern(pattern)
        except numbering.BadPattern as error:
            raise ValidationError(PROBLEMS[error.problem] % {"part": error.part}) from error
        return pattern

    def clean(self):
        cleaned = super().clean()
        if not self.errors and (number := number_clash(cleaned["agency"], cleaned["pattern"])):
            text = _("With this pattern the number %(number)s would come again. Add something that tells them apart.")
            self.add_error("pattern", text % {"number": number})
        return cleaned

    def preview(self) -> str:
        """Return the next number; of a valid form."""
        return next_number(self.cleaned_data["agency"], self.cleaned_data["pattern"])

    def write(self, *, agency, pattern):
        return services.save_numbering(agency=agency, pattern=pattern)


class DecideForm(ServiceForm):
    """Issue anew, revoke or put in force again, with a reason."""

    REISSUE, REVOKE, RESTORE = "reissue", "revoke", "restore"
    CHOICES = {
        REISSUE: _("Issue anew: same number and code, today's design; the earlier PDF is answered as replaced"),
        REVOKE: _("Revoke: everyone who checks it sees that at once"),
        RESTORE: _("Put in force again"),
    }

    decision = forms.ChoiceField(label=_("Decision"), widget=forms.RadioSelect)
    cause = forms.ChoiceField(
        label=_("Cause that the public reads"),
        required=False,
        choices=[
            ("", "—"),
            *(choice for choice in Certificate.Cause.choices if choice[0] != Certificate.Cause.UNDONE),
        ],
        help_text=_("For revoking."),
    )
    language = forms.ChoiceField(
        label=_("Language"), choices=Person.Language.choices, required=False, help_text=_("For issuing anew.")
    )
    renew_name = forms.BooleanField(
        label=_("Take name and NIP from today's personnel data"), required=False, help_text=_("For issuing anew.")
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        help_text=_("Kept with the certificate. Its holder reads it; the public does not."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        valid = self.instance.state == Certificate.State.VALID
        allowed = (self.REISSUE, self.REVOKE) if valid else (self.RESTORE,)
        self.fields["decision"].choices = [(key, self.CHOICES[key]) for key in allowed]
        if valid:
            version = self.instance.versions.get(number=self.instance.version)
            self.fields["language"].initial = version.language
        else:
            for name in ("cause", "language", "renew_name"):
                del self.fields[name]

    def clean(self):
        cleaned = super().clean()
        if self.instance.person_id == self.viewer.pk:
            raise ValidationError(_("Nobody decides about their own certificate; please ask another organiser."))
        if cleaned.get("decision") == self.REVOKE and not cleaned.get("cause"):
            self.add_error("cause", _("Choose the cause that the public reads."))
        return cleaned

    def write(self, *, decision, reason, cause="", language="", renew_name=False):
        about = {"certificate": self.instance, "reason": reason, "by": self.viewer}
        if decision == self.REVOKE:
            return services.revoke(cause=cause, **about)
        if decision == self.RESTORE:
            return services.restore(**about)
        return services.reissue(language=language or Person.Language.INDONESIAN, renew_name=renew_name, **about)
