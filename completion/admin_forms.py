"""The organiser's forms: assign a course to people, take an assignment back, decide about an activity."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.zones import end_of_day
from courses.models import CoursePage
from courses.queries import courses_open_to, edition_rules
from people.admin_forms import DateField, ServiceForm, UnitChoice
from people.models import Agency, Person
from people.permissions import in_care
from people.queries import people_below, person_by_login

from . import services
from .rules import can_decide


class PeopleField(forms.CharField):
    """People named by NIP or e-mail, one a line; only people in the organiser's care are found."""

    widget = forms.Textarea(attrs={"rows": 5})
    MOST = 30_000  # characters: each line is looked up, and a whole unit is chosen by its name

    def __init__(self, **kwargs):
        super().__init__(max_length=self.MOST, **kwargs)

    def clean_for(self, text: str, viewer: Person) -> list[Person]:
        mine = in_care(viewer, Person)
        found, unknown = [], []
        for line in filter(None, (line.strip() for line in text.splitlines())):
            person = person_by_login(line)
            known = person is not None and mine.filter(pk=person.pk).exists()
            found.append(person) if known else unknown.append(line)
        if unknown:
            raise ValidationError(
                _("Nobody of your agency has this NIP or e-mail: %(names)s") % {"names": ", ".join(unknown)}
            )
        return found


class AssignForm(ServiceForm):
    """A course for chosen people, or for a unit with everything below it, until the end of a day."""

    course = forms.ModelChoiceField(label=_("Course"), queryset=CoursePage.objects.none())
    agency = forms.ModelChoiceField(label=_("Agency"), queryset=Agency.objects.all())
    unit = UnitChoice(label=_("Unit"), required=False, help_text=_("Everyone in it and in the units below."))
    people = PeopleField(label=_("People"), required=False, help_text=_("NIP or e-mail, one a line."))
    due = DateField(label=_("Due date"), required=False, help_text=_("Until 23.59 of this day in the agency's zone."))
    reason = forms.CharField(label=_("Reason"), max_length=200, help_text=_("The learner reads it."))
    letter_number = forms.CharField(label=_("Letter number"), max_length=100, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["course"].queryset = courses_open_to(self.viewer).order_by("title")
        agencies = list(self.fields["agency"].queryset[:2])
        if len(agencies) == 1:
            self.fields["agency"].initial = agencies[0]

    def clean_people(self) -> list[Person]:
        return self.fields["people"].clean_for(self.cleaned_data["people"], self.viewer)

    def clean(self):
        cleaned = super().clean()
        unit, agency = cleaned.get("unit"), cleaned.get("agency")
        if not self.errors and not unit and not cleaned.get("people"):
            raise ValidationError(_("Choose a unit or name people."))
        if unit and agency and unit.agency_id != agency.pk:
            self.add_error("unit", _("This unit is not one of the agency's."))
        return cleaned

    def write(self, *, course, agency, unit, people, due, reason, letter_number):
        chosen = {person.pk: person for person in [*people, *(people_below(unit) if unit else [])]}
        due_at = end_of_day(due, agency.time_zone) if due else None
        try:
            self.made = services.assign(
                course=course,
                people=chosen.values(),
                by=self.viewer,
                agency=agency,
                due_at=due_at,
                reason=reason,
                letter_number=letter_number,
            )
        except services.EnrolmentRefused as refusal:
            raise ValidationError({"course": str(refusal)}) from refusal
        return course


class WithdrawForm(ServiceForm):
    """Take an assignment back; the learner may go on by choice."""

    confirmed = forms.BooleanField(
        label=_("Take this assignment back"),
        help_text=_("It stays in the history. What the person has done is kept, and they may go on by choice."),
    )

    def write(self, *, confirmed):
        services.withdraw_assignment(assignment=self.instance)
        return self.instance


class DecideForm(ServiceForm):
    """Decide about one activity of an enrolment, with a reason that the learner reads."""

    CHOICES = [
        ("complete", _("It counts as complete")),
        ("incomplete", _("It does not count as complete")),
        ("withdraw", _("Take earlier decisions back: the evidence decides")),
        ("redo", _("To be done again: only what comes from now on counts")),
    ]
    COMPLETE = {"complete": True, "incomplete": False, "withdraw": None}

    activity = forms.TypedChoiceField(label=_("Activity"), coerce=int)
    decision = forms.ChoiceField(label=_("Decision"), choices=CHOICES, widget=forms.RadioSelect)
    reason = forms.CharField(label=_("Reason"), max_length=300, help_text=_("The learner reads it."))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        rules = edition_rules(self.instance.edition_id)
        self.fields["activity"].choices = [(rule.activity_id, f"{rule.position}. {rule.title}") for rule in rules]

    def clean(self):
        if not can_decide(self.viewer, self.instance):
            raise ValidationError(_("Nobody decides about their own record; please ask another organiser."))
        return super().clean()

    def write(self, *, activity, decision, reason):
        about = {"enrolment": self.instance, "activity_id": activity, "by": self.viewer, "reason": reason}
        if decision == "redo":
            services.ask_to_redo(**about)
        else:
            services.decide_by_staff(complete=self.COMPLETE[decision], **about)
        return self.instance
