"""Forms of training done elsewhere: the person's report, the verifier's decision, the notice of self-study."""

import re
from decimal import Decimal
from fractions import Fraction

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.law import legal_value
from core.models import LegalParameter
from core.zones import local_date
from people.models import Competency, Person

from ..kinds import Kind
from ..models import ExternalTraining, JpRule
from .evidence import Evidence, EvidenceRefused, look_at
from .queries import counted_by, needs_basis

MOST_MINUTES = 200_000  # four semesters of full days
MOST_UNITS = 400
UNIT_LABELS = {
    JpRule.Unit.DAY: _("How many days you took part"),
    JpRule.Unit.SESSION: _("How many sessions"),
    JpRule.Unit.SEMESTER: _("How many semesters"),
}


class NumberField(forms.DecimalField):
    """A number with a decimal comma or a point."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})

    def to_python(self, value):
        if isinstance(value, str) and re.fullmatch(r"\s*\d+([.,]\d+)?\s*", value):
            value = value.strip().replace(",", ".")
        return super().to_python(value)


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self):
        super().__init__(format="%Y-%m-%d")


class ReportForm(forms.Form):
    """A report of one kind of training. A draft may be as incomplete as it is; handing in asks for all (`strict`)."""

    JP, HOURS, MINUTES = "jp", "hours", "minutes"
    IN = [(JP, _("JP (lesson hours)")), (HOURS, _("hours")), (MINUTES, _("minutes"))]

    title = forms.CharField(label=_("Title of the training"), max_length=255)
    organiser = forms.CharField(
        label=_("Organiser"), max_length=255, help_text=_("Who held it, as the certificate says.")
    )
    started_on = forms.DateField(label=_("First day"), widget=DayInput)
    ended_on = forms.DateField(label=_("Last day"), widget=DayInput)
    units = forms.IntegerField(min_value=1, max_value=MOST_UNITS)
    amount = NumberField(label=_("How long it took in all"), min_value=0, max_digits=8, decimal_places=2)
    amount_in = forms.ChoiceField(label=_("Counted in"), choices=IN)
    is_online = forms.BooleanField(label=_("It was held online"), required=False)
    place = forms.CharField(
        label=_("Place"), max_length=200, required=False, help_text=_("Only where it was not held online.")
    )
    is_international = forms.BooleanField(
        label=_("It was international"), required=False, help_text=_("Held by or with a body of another country.")
    )
    summary = forms.CharField(
        label=_("What you learnt, in brief"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Two or three sentences. It is part of the learning record."),
    )
    number = forms.CharField(label=_("Certificate number"), max_length=100, required=False)
    competency = forms.ModelChoiceField(
        label=_("Competency"), queryset=Competency.objects.all(), required=False, empty_label=_("None")
    )
    level = forms.TypedChoiceField(
        label=_("Level"), choices=[("", _("None")), *((n, str(n)) for n in range(1, 6))], coerce=int, required=False,
        empty_value=None,
    )  # fmt: skip
    basis = forms.ChoiceField(
        label=_("You took part because of"), choices=ExternalTraining.Basis.choices, widget=forms.RadioSelect
    )
    letter_number = forms.CharField(
        label=_("Letter number"), max_length=100, required=False, help_text=_("Only with a written assignment.")
    )
    evidence = forms.FileField(
        label=_("Evidence: certificate or letter"),
        error_messages={"required": _("Add the certificate, or the letter that says you took part.")},
        widget=forms.FileInput(attrs={"accept": "application/pdf,image/jpeg,image/png,image/webp"}),
        help_text=_("PDF or photo, at most 5 MB. Only you and those who verify it can open it."),
    )
    use_required_attribute = False

    def __init__(
        self, *args, kind: Kind, person: Person, training: ExternalTraining | None = None, strict: bool = True, **kwargs
    ):
        self.kind, self.person, self.training, self.strict = kind, person, training, strict
        self.today = local_date(timezone.now(), person.time_zone)
        kwargs.setdefault("initial", _initial(training) if training else {"amount_in": self.JP, "basis": ""})
        super().__init__(*args, **kwargs)
        self.unit = counted_by(kind.form, self.today)
        self._ask_for_what_counts()
        self.needs_basis = needs_basis(person)
        self.fields["evidence"].required = not (training and training.evidence_sha256)
        if not strict:
            for field in self.fields.values():
                field.required = False

    def _ask_for_what_counts(self) -> None:
        if self.unit in UNIT_LABELS:
            self.fields["units"].label = UNIT_LABELS[JpRule.Unit(self.unit)]
        else:
            del self.fields["units"]
        if self.unit in (JpRule.Unit.ONCE, JpRule.Unit.SEMESTER):
            self.fields["amount"].required = self.fields["amount_in"].required = False

    def clean_amount(self) -> Decimal | None:
        amount = self.cleaned_data["amount"]
        if amount is not None and not amount:
            raise ValidationError(_("It took longer than nothing."))
        return amount

    def clean_evidence(self) -> Evidence | None:
        upload = self.cleaned_data.get("evidence")
        try:
            return look_at(upload) if upload else None
        except EvidenceRefused as refused:
            raise ValidationError(str(refused)) from refused

    def clean(self):
        data = super().clean()
        self._clean_days(data)
        minutes = self._minutes(data)
        if minutes is not None and minutes > MOST_MINUTES:
            self.add_error("amount", _("This is more than a training can last. Check the number and what it counts."))
        if self.strict:
            self._clean_whole(data)
        return data

    def _clean_days(self, data) -> None:
        first, last = data.get("started_on"), data.get("ended_on")
        if first and (first.year < 1960 or (first > self.today and self.strict)):
            self.add_error("started_on", _("This day cannot be right. Check the year."))
        elif first and last and last < first:
            self.add_error("ended_on", _("The last day lies before the first."))
        elif last and last > self.today and self.strict:
            self.add_error("ended_on", _("The training has not ended yet. Keep the draft and hand it in afterwards."))
        elif first and last and self.unit == JpRule.Unit.DAY and (data.get("units") or 0) > (last - first).days + 1:
            self.add_error("units", _("There are not so many days between the first and the last."))

    def _clean_whole(self, data) -> None:
        if data.get("basis") == ExternalTraining.Basis.LETTER and not data.get("letter_number"):
            self.add_error("letter_number", _("Give the number of the letter that assigned it."))
        if self.needs_basis and data.get("basis") == ExternalTraining.Basis.OWN:
            self.add_error("basis", _("PPPK need a written assignment, or a written notice to the superior."))
        if not data.get("is_online") and not data.get("place"):
            self.add_error("place", _("Name the place, or tick that it was held online."))
        if bool(data.get("competency")) != bool(data.get("level")):
            self.add_error("level", _("Choose competency and level together, or neither."))

    def _minutes(self, data) -> int | None:
        """Return the minutes; what is not a whole minute is dropped, never added."""
        amount = data.get("amount")
        if amount is None:
            return None
        per = {self.HOURS: Fraction(60), self.MINUTES: Fraction(1)}.get(data.get("amount_in") or self.JP)
        return int(Fraction(amount) * (per or legal_value(LegalParameter.Name.MINUTES_PER_JP)))

    def facts(self) -> dict:
        """Return what the services keep; of a draft whatever could be read."""
        data = self.cleaned_data
        names = ("title", "organiser", "place", "summary", "number", "basis", "letter_number")
        facts = {name: data.get(name) or "" for name in names}
        facts |= {name: bool(data.get(name)) for name in ("is_online", "is_international")}
        facts |= {name: data.get(name) for name in ("started_on", "ended_on", "units", "competency", "level")}
        if self.unit == JpRule.Unit.ONCE:
            facts["units"] = 1
        return {**facts, "minutes": self._minutes(data)}


def _initial(training: ExternalTraining) -> dict:
    names = [
        "title", "organiser", "started_on", "ended_on", "units", "is_online", "place", "is_international", "summary",
        "number", "competency", "level", "basis", "letter_number",
    ]  # fmt: skip
    shown = {name: getattr(training, name) for name in names}
    minutes = training.minutes
    if minutes is None:
        return {**shown, "amount_in": ReportForm.JP}
    of_jp = legal_value(LegalParameter.Name.MINUTES_PER_JP)
    for name, per in ((ReportForm.JP, of_jp), (ReportForm.HOURS, Fraction(60))):
        amount = Fraction(minutes) / per
        if amount.denominator in (1, 2):
            return {**shown, "amount": f"{float(amount):g}", "amount_in": name}
    return {**shown, "amount": minutes, "amount_in": ReportForm.MINUTES}


class DecisionForm(forms.Form):
    """What a verifier decides; less than was reported, and all that is not a yes, needs a reason.

    What is verified can be taken back; what was rejected, and what the person has, leaves nothing to decide.
    """

    VERIFY, REVISE, REJECT, TAKE_BACK = "verify", "revise", "reject", "take_back"
    FIRST = [
        (VERIFY, _("Verify: it counts")),
        (REVISE, _("Send back: something is to be corrected")),
        (REJECT, _("Reject: it does not count")),
    ]
    AFTERWARDS = [(TAKE_BACK, _("Take the verification back: it counts no longer"))]
    State = ExternalTraining.State
    OPEN_TO = {State.WAITING: FIRST, State.REVOKED: FIRST, State.VERIFIED: AFTERWARDS}

    # All are read, so that who was slower is told what has happened; those that are open are shown.
    decision = forms.ChoiceField(label=_("Decision"), choices=[*FIRST, *AFTERWARDS], widget=forms.RadioSelect)
    minutes = forms.IntegerField(
        label=_("Minutes that count"), min_value=0, required=False, help_text=_("Only to count less than was reported.")
    )
    units = forms.IntegerField(
        label=_("Days or sessions that count"),
        min_value=0,
        required=False,
        help_text=_("Only to count less than was reported."),
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Needed unless you verify everything as reported. The person reads it."),
    )
    use_required_attribute = False

    def __init__(self, *args, training: ExternalTraining, **kwargs):
        super().__init__(*args, **kwargs)
        self.training = training
        self.choices = self.OPEN_TO.get(training.state, [])
        self.fields["decision"].widget.choices = self.choices
        self.fields["reason"].says_when_needed = True
        if len(self.choices) == 1:
            self.fields["decision"].initial = self.choices[0][0]
            self.fields["reason"].help_text = _("The person reads it, and it stays in the record.")
        for name in ("minutes", "units"):
            reported = getattr(training, name)
            if training.state == self.State.VERIFIED or reported is None or (name == "units" and reported == 1):
                del self.fields[name]
            else:
                self.fields[name].max_value = reported
                self.fields[name].initial = reported

    def clean(self):
        data = super().clean()
        reported = {name: getattr(self.training, name) for name in ("minutes", "units") if name in self.fields}
        less = False
        for name, most in reported.items():
            found = data.get(name)
            if found is not None and found > most:
                self.add_error(
                    name, _("Only less than was reported can be counted. For more, send it back for revision.")
                )
            less = less or (found is not None and found < most)
        decision = data.get("decision")
        if decision and (decision != self.VERIFY or less) and not (data.get("reason") or "").strip():
            self.add_error("reason", _("Say why; the person reads it."))
        return data


class NoticeForm(forms.Form):
    """One tap: what is studied outside working hours."""

    about = forms.CharField(label=_("What do you study?"), max_length=200)
    use_required_attribute = False

    def clean_about(self) -> str:
        return " ".join(self.cleaned_data["about"].split())
