"""The organiser's forms: assign, keep standing duties, extend and exempt, let people in, decide about activities."""

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.zones import end_of_day, local_date, zone_label
from courses.models import CoursePage, PathPage
from courses.paths import paths_open_to
from courses.queries import courses_open_to, edition_rules
from people.admin_forms import CriteriaForm, DateField, ServiceForm, UnitChoice, choose_the_only
from people.audiences import members, members_by
from people.models import Agency, Audience, Person
from people.permissions import in_care

from . import services
from .models import Enrolment, PathEnrolment
from .queries import awaiting_sign_off, paths_asked_with
from .rules import can_decide, is_in_force


class DueForm(ServiceForm):
    """What is asked, of an agency, and by when: on a day, or some days after it reaches somebody."""

    course = forms.ModelChoiceField(label=_("Course"), queryset=CoursePage.objects.none(), required=False)
    path = forms.ModelChoiceField(
        label=_("Learning path"),
        queryset=PathPage.objects.none(),
        required=False,
        help_text=_("Instead of a course: all courses it requires."),
    )
    agency = forms.ModelChoiceField(label=_("Agency"), queryset=Agency.objects.all())

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["course"].queryset = courses_open_to(self.viewer).order_by("title")
        self.fields["path"].queryset = paths_open_to(self.viewer).order_by("title")
        self.fields["audience"].queryset = in_care(self.viewer, Audience).select_related("agency").order_by("name")
        choose_the_only(self.fields["agency"])

    def clean(self):
        cleaned = super().clean()
        course, path = cleaned.get("course"), cleaned.get("path")
        if course and path:
            self.add_error("path", _("Choose a course or a learning path, not both."))
        elif not (self.errors or course or path):
            self.add_error("course", _("Choose a course, or a learning path."))
        if cleaned.get(self.DUE) and cleaned.get("due_days") is not None:
            self.add_error("due_days", _("Give a day or a number of days, not both."))
        audience, agency = cleaned.get("audience"), cleaned.get("agency")
        if audience and agency and audience.agency_id != agency.pk:
            self.add_error("audience", _("This group is not one of the agency's."))
        return cleaned

    def refused(self, refusal: services.EnrolmentRefused) -> ValidationError:
        return ValidationError({"path" if self.cleaned_data.get("path") else "course": str(refusal)})


DAYS_TO_DO_IT = {"label": _("Days to do it"), "required": False, "min_value": 0, "max_value": 3650}


class AssignForm(CriteriaForm, DueForm):
    """A course or path for people of an agency: a group, whoever fits all that is chosen, and people by name."""

    DUE = "due"

    audience = forms.ModelChoiceField(
        label=_("Group of people"),
        queryset=Audience.objects.none(),
        required=False,
        help_text=_("Its people of today. For those who join later, make a standing duty."),
    )
    unit = UnitChoice(label=_("Unit"), required=False, help_text=_("Everyone in it and in the units below."))
    due = DateField(label=_("Due date"), required=False, help_text=_("Until 23.59 of this day in the agency's zone."))
    due_days = forms.IntegerField(
        **DAYS_TO_DO_IT, help_text=_("From today, instead of a fixed day; until 23.59 where each person is.")
    )
    reason = forms.CharField(label=_("Reason"), max_length=200, help_text=_("The learner reads it."))
    letter_number = forms.CharField(label=_("Letter number"), max_length=100, required=False)

    field_order = ["course", "path", "agency", "audience", "unit"]

    def clean(self):
        cleaned = super().clean()
        unit, agency = cleaned.get("unit"), cleaned.get("agency")
        chosen = ("audience", "unit", "post_kinds", "employee_kinds", "grades", "people")
        if not self.errors and not any(cleaned.get(name) for name in chosen):
            raise ValidationError(_("Choose a unit or name people."))
        if unit and agency and unit.agency_id != agency.pk:
            self.add_error("unit", _("This unit is not one of the agency's."))
        if agency and cleaned.get("due") and cleaned["due"] < local_date(timezone.now(), agency.time_zone):
            self.add_error("due", _("This day is past before anybody can do it. Choose a later day."))
        return cleaned

    def fitting(self) -> QuerySet[Person]:
        """Return whom a valid form reaches: who fits all that is chosen, who is named, and the group."""
        told = self.cleaned_data
        criteria = self.criteria_in([told["unit"]] if told["unit"] else [])
        reached = Q(pk__in=members_by(criteria).order_by().values("pk"))
        if told["audience"]:
            reached |= Q(pk__in=members(told["audience"]).order_by().values("pk"))
        return Person.objects.filter(reached)

    def write(self, *, course, path, agency, due, due_days, reason, letter_number, **_whom):
        people = list(self.fitting().only("pk", "time_zone"))
        if not people:
            raise ValidationError(_("Nobody in service fits all that is chosen. Choose less, or name people."))
        due_at = end_of_day(due, agency.time_zone) if due else None
        terms = {
            "people": people,
            "by": self.viewer,
            "agency": agency,
            "due_at": services.due_after(people, due_days) if due_days is not None else due_at,
            "reason": reason,
            "letter_number": letter_number,
        }
        try:
            self.made = services.assign_path(path=path, **terms) if path else services.assign(course=course, **terms)
        except services.EnrolmentRefused as refusal:
            raise self.refused(refusal) from refusal
        return path or course


class DutyForm(DueForm):
    """A standing duty: whoever belongs to a group, now or later, is asked for a course or a path."""

    DUE = "due_on"

    audience = forms.ModelChoiceField(
        label=_("Group of people"),
        queryset=Audience.objects.none(),
        help_text=_("Whoever belongs to it, now or later. Groups are kept in the menu of people."),
    )
    reason = forms.CharField(label=_("Reason"), max_length=200, help_text=_("The learner reads it."))
    letter_number = forms.CharField(label=_("Letter number"), max_length=100, required=False)
    due_on = DateField(
        label=_("Due date"),
        required=False,
        help_text=_("Until 23.59 of this day in the agency's zone. Who joins later gets as many days."),
    )
    due_days = forms.IntegerField(
        **DAYS_TO_DO_IT, help_text=_("After it reaches the person, instead of a fixed day; until 23.59 where they are.")
    )
    valid_months = forms.IntegerField(
        label=_("Valid for (months)"),
        required=False,
        min_value=1,
        max_value=240,
        help_text=_("Then it is to be done again. Empty: once is enough."),
    )
    window_days = forms.IntegerField(
        label=_("Opens before it runs out (days)"),
        initial=60,
        min_value=1,
        max_value=365,
        help_text=_("Only for a duty that comes again."),
    )
    starts_on = DateField(label=_("In force from"))
    ends_on = DateField(label=_("In force until"), required=False, help_text=_("Empty: until you end it."))

    field_order = ["course", "path", "agency"]

    def clean(self):
        cleaned = super().clean()
        starts, ends, due = (cleaned.get(name) for name in ("starts_on", "ends_on", "due_on"))
        if starts and ends and ends < starts:
            self.add_error("ends_on", _("The last day lies before the first. Choose a later last day."))
        if starts and due and due < max(starts, timezone.localdate()):
            self.add_error("due_on", _("This day is past before anybody can do it. Choose a later day."))
        return cleaned

    def fitting(self) -> QuerySet[Person]:
        """Return whom a valid form reaches on the day it begins."""
        return members(self.cleaned_data["audience"], self.cleaned_data["starts_on"])

    def write(self, **terms):
        try:
            return services.make_duty(by=self.viewer, **terms)
        except services.EnrolmentRefused as refusal:
            raise self.refused(refusal) from refusal


class EndDutyForm(ServiceForm):
    """End a duty from now on."""

    release = forms.BooleanField(
        label=_("Also take it back from who has not begun"),
        required=False,
        help_text=_("What people have begun or done stays as it is either way."),
    )
    confirmed = forms.BooleanField(
        label=_("End this duty now"), help_text=_("Nobody is asked any more who joins later, and nothing comes again.")
    )

    def write(self, *, confirmed, release):
        self.released = services.end_duty(duty=self.instance, release=release)
        return self.instance


class ExtendForm(ServiceForm):
    """More time for one person."""

    due = DateField(label=_("New due date"), required=True, initial=None)
    scope = forms.ModelChoiceField(
        label=_("For"),
        queryset=PathEnrolment.objects.none(),
        required=False,
        blank=True,  # else Django leaves the empty choice out of a set of buttons
        empty_label=_("this course only"),
        widget=forms.RadioSelect,
        help_text=_("A course of the path that is due later anyway keeps its date."),
    )
    reason = forms.CharField(label=_("Reason"), max_length=300, help_text=_("The learner reads it."))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        zone = zone_label(self.instance.person.time_zone)
        self.fields["due"].help_text = _("Until 23.59 %(zone)s of this day.") % {"zone": zone}
        paths = paths_asked_with(self.instance)
        self.fields["scope"].queryset = paths
        self.fields["scope"].label_from_instance = lambda row: (
            _("all open courses of “%(path)s”") % {"path": row.path.title}
        )
        if not paths:
            del self.fields["scope"]

    def write(self, *, due, reason, scope=None):
        terms = {"due_at": end_of_day(due, self.instance.person.time_zone), "by": self.viewer, "reason": reason}
        if scope:
            return _decided(services.extend_path, path_enrolment=scope, **terms)[0]
        return _decided(services.extend, enrolment=self.instance, **terms)


class ExemptForm(ServiceForm):
    """One person need not do it."""

    reason = forms.CharField(label=_("Reason"), max_length=300, help_text=_("The learner and the supervisor read it."))

    def write(self, *, reason):
        return _decided(services.exempt, enrolment=self.instance, by=self.viewer, reason=reason)


def _decided(service, **about):
    """Call a service that decides about one person; what it refuses is told in the form."""
    try:
        return service(**about)
    except services.EnrolmentRefused as refusal:
        raise ValidationError(str(refusal)) from refusal
    except PermissionDenied as refusal:
        raise ValidationError(_("Nobody decides about their own record; please ask another organiser.")) from refusal


class DecideRequestForm(ServiceForm):
    """Let somebody into a course, or not."""

    decision = forms.ChoiceField(
        label=_("Decision"),
        choices=[("approve", _("Let in")), ("refuse", _("Do not let in"))],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=300, required=False, help_text=_("The learner reads it. Needed for a refusal.")
    )

    def write(self, *, decision, reason):
        approve = decision == "approve"
        return _decided(services.decide_request, request=self.instance, approve=approve, by=self.viewer, reason=reason)


class WithdrawForm(ServiceForm):
    """Take an assignment back; the learner may go on by choice."""

    confirmed = forms.BooleanField(
        label=_("Take this assignment back"),
        help_text=_("It stays in the history. What the person has done is kept, and they may go on by choice."),
    )

    def write(self, *, confirmed):
        return _decided(services.withdraw_assignment, assignment=self.instance) or self.instance


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


class WaitingChoice(forms.ModelMultipleChoiceField):
    """Enrolments in which everything is done but the signature; each says who, in what, and with which result."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, enrolment: Enrolment) -> str:
        words = [enrolment.person.full_name, enrolment.course.title]
        if enrolment.result:
            words.append(enrolment.get_result_display())
        return " · ".join(map(str, words))


class SignOffForm(ServiceForm):
    """Sign courses off for those who have done everything else."""

    MOST = 200  # shown at once; the rest comes after these

    enrolments = WaitingChoice(
        label=_("Waiting for your signature"),
        queryset=Enrolment.objects.none(),
        help_text=_("Who has done everything else the course asks for. Your own courses are signed by others."),
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=300, help_text=_("What you saw or checked. The learner reads it.")
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        waiting = awaiting_sign_off(self.viewer)
        if not self.is_bound:
            waiting = waiting.filter(pk__in=list(waiting.values_list("pk", flat=True)[: self.MOST]))
        self.fields["enrolments"].queryset = waiting
        if not waiting.exists():
            self.fields["enrolments"].help_text = _("Nobody is waiting for a signature at the moment.")

    def write(self, *, enrolments, reason):
        self.signed = services.sign_off(enrolments=enrolments, by=self.viewer, reason=reason)
        return enrolments[0]


class TakeBackForm(ServiceForm):
    """Take a signature back; the course is open again where it asks for one."""

    reason = forms.CharField(label=_("Reason"), max_length=300, help_text=_("The learner reads it."))

    def clean(self):
        if not can_decide(self.viewer, self.instance.enrolment):
            raise ValidationError(_("Nobody decides about their own record; please ask another organiser."))
        if not is_in_force(self.instance):
            raise ValidationError(_("A later decision holds already: there is nothing to take back here."))
        return super().clean()

    def write(self, *, reason):
        services.take_back_sign_off(enrolments=[self.instance.enrolment], by=self.viewer, reason=reason)
        return self.instance
