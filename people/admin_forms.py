"""The personnel office's forms in the admin. Each calls a service; choices hold only what the organiser cares for."""

import re
from collections.abc import Iterable

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminDateInput

from . import services
from .audiences import Criteria
from .models import Agency, AgencyRole, Audience, Employment, Person, Post, Status, SupervisionOverride, Unit
from .permissions import agencies_cared_for, in_care, organised_ids, people_cared_for, people_to_change
from .queries import person_by_login


class PersonField(forms.CharField):
    """A person named by NIP or e-mail; only people the user may change are found."""

    def __init__(self, **kwargs):
        super().__init__(help_text=_("NIP, or e-mail."), **kwargs)
        self.people = Person.objects.none()

    def prepare_value(self, value):
        return login_of(value) if isinstance(value, Person) else value

    def clean(self, value):
        text = super().clean(value)
        person = person_by_login(text) if text else None
        if text and (person is None or not self.people.filter(pk=person.pk).exists()):
            raise ValidationError(_("No person of your agency has this NIP or e-mail. Check it."))
        return person


def login_of(person: Person) -> str:
    """Return what names a person in a form: the NIP in force, else the e-mail."""
    employment = person.employments.current().first()
    return employment.nip if employment else person.email or ""


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


class HelperForm(forms.Form):
    """Somebody who helps with the people of one agency that the organiser cares for."""

    person = PersonField(label=_("Person"))
    agency = forms.ModelChoiceField(queryset=Agency.objects.none(), empty_label=None)
    agency_label: str  # says in the words of the app what the person does for the agency

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["person"].people = people_cared_for(user).filter(is_active=True)
        self.fields["agency"].queryset = agencies_cared_for(user)
        self.fields["agency"].label = self.agency_label


class DateField(forms.DateField):
    """A day; one that must be given begins with today."""

    widget = AdminDateInput

    def __init__(self, **kwargs):
        if kwargs.get("required", True):
            kwargs.setdefault("initial", timezone.localdate)
        super().__init__(**kwargs)


class ServiceForm(forms.Form):
    """A form whose `save` calls a service. `viewer` limits the choices; `instance` is the row ended or edited."""

    def __init__(self, *args, viewer: Person, instance=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.viewer, self.instance = viewer, instance
        for field in self.fields.values():
            self._limit(field)

    def _limit(self, field) -> None:
        if isinstance(field, PersonField):
            field.people = people_to_change(self.viewer)
        model = getattr(getattr(field, "queryset", None), "model", None)
        if self.viewer.is_superuser or model not in (Agency, Unit):
            return
        lookup = "pk__in" if model is Agency else "agency__in"
        own = organised_ids(self.viewer)
        field.queryset = field.queryset.filter(**{lookup: own})
        field.is_of_one_agency = len(own) == 1
        if model is Agency and field.is_of_one_agency:
            field.initial = own[0]

    @transaction.atomic
    def save(self):
        self.instance = self.write(**self.cleaned_data)
        return self.instance


def choose_the_only(field: forms.ModelChoiceField) -> None:
    """Choose for who has but one choice."""
    choices = list(field.queryset[:2])
    if len(choices) == 1:
        field.initial = choices[0]


class UnitChoice(forms.ModelChoiceField):
    """A unit, told by its place in the tree; by its agency too, where there are several."""

    is_of_one_agency = False

    def __init__(self, **kwargs):
        super().__init__(queryset=Unit.objects.filter(valid_to__isnull=True).select_related("agency"), **kwargs)

    def label_from_instance(self, unit) -> str:
        depth = unit.path.count(".") - 1
        label = f"{'— ' * depth}{unit.name}"
        return label if self.is_of_one_agency else f"{unit.agency.short_name} · {label}"


class UnitsChoice(UnitChoice, forms.ModelMultipleChoiceField):
    """Several units; those that have ended since they were chosen may stay."""


class GradesField(forms.CharField):
    """Grades as people write them, apart by commas or spaces: `III/a, III/b, IX`."""

    GRADE = re.compile(r"(?:(?:I{1,3}|IV)/[a-e]|[IVX]{1,5})")

    def prepare_value(self, value):
        return ", ".join(value) if isinstance(value, list) else value

    def clean(self, value):
        written = [self._usual(part) for part in re.split(r"[\s,;]+", super().clean(value)) if part]
        unknown = [grade for grade in written if not self.GRADE.fullmatch(grade)]
        if unknown:
            raise ValidationError(_("Not a grade: %(grades)s. Write III/a or IX.") % {"grades": ", ".join(unknown)})
        return list(dict.fromkeys(written))

    def _usual(self, grade: str) -> str:
        roman, slash, letter = grade.partition("/")
        return f"{roman.upper()}{slash}{letter.lower()}"


class CriteriaForm(ServiceForm):
    """A form whose fields, with an `agency`, name people by where and as what they work, and people by name."""

    post_kinds = forms.MultipleChoiceField(
        label=_("Kinds of position"), choices=Post.Kind, required=False, widget=forms.CheckboxSelectMultiple
    )
    employee_kinds = forms.MultipleChoiceField(
        label=_("Kinds of employee"), choices=Employment.Kind, required=False, widget=forms.CheckboxSelectMultiple
    )
    grades = GradesField(
        label=_("Grades (golongan)"), required=False, max_length=200, help_text=_("For example: III/a, III/b, IX.")
    )
    people = PeopleField(label=_("People"), required=False, help_text=_("NIP or e-mail, one a line."))

    def clean_people(self) -> list[Person]:
        return self.fields["people"].clean_for(self.cleaned_data["people"], self.viewer)

    def criteria_in(self, units: Iterable[Unit]) -> Criteria:
        """Return what a valid form asks of people in units, or anywhere in the agency where there are none."""
        told = self.cleaned_data
        return Criteria(
            agency_id=told["agency"].pk,
            unit_ids=tuple(unit.pk for unit in units),
            post_kinds=tuple(told["post_kinds"]),
            employee_kinds=tuple(told["employee_kinds"]),
            grades=tuple(told["grades"]),
            people=[person.pk for person in told["people"]],
        )


class AudienceForm(CriteriaForm):
    """A rule that names people by where and as what they work, and people by name."""

    agency = forms.ModelChoiceField(label=_("Agency"), queryset=Agency.objects.all())
    name = forms.CharField(label=_("Name"), max_length=120, help_text=_("For example: all heads of section."))
    units = UnitsChoice(
        label=_("Work units"), required=False, help_text=_("Everyone in them and in the units below. Empty: all units.")
    )
    people = PeopleField(
        label=_("People by name"),
        required=False,
        help_text=_("NIP or e-mail, one a line. They belong to it whatever the choices above say."),
    )

    field_order = ["agency", "name", "units"]

    def __init__(self, *args, instance=None, **kwargs):
        if instance:
            told = {name: getattr(instance, name) for name in ("agency", "name", "post_kinds", "employee_kinds")}
            lists = {"grades": instance.grades, "units": list(instance.units.all()), "people": _logins_of(instance)}
            kwargs["initial"] = {**told, **lists, **(kwargs.get("initial") or {})}
        super().__init__(*args, instance=instance, **kwargs)
        agency, units = self.fields["agency"], self.fields["units"]
        if instance:
            agency.queryset = agency.queryset.filter(pk=instance.agency_id)
            agency.disabled = True
            usable = Q(valid_to__isnull=True) | Q(pk__in=instance.units.values("pk"))
            units.queryset = Unit.objects.filter(usable, agency=instance.agency_id).select_related("agency")
        else:
            choose_the_only(agency)

    def criteria(self) -> Criteria:
        """Return what a valid form asks, to show who fits before it is saved."""
        return self.criteria_in(self.cleaned_data["units"])

    def write(self, **fields):
        return services.save_audience(audience=self.instance, **fields)


def _logins_of(audience: Audience) -> str:
    """Return the people a group names as the field shows them: the NIP in force, else the e-mail; one a line."""
    people = list(audience.people.order_by("name", "pk"))
    nips = dict(Employment.objects.current().filter(person__in=people).values_list("person", "nip"))
    return "\n".join(nips.get(person.pk) or person.email or "" for person in people)


class NewPersonForm(ServiceForm):
    name = forms.CharField(label=_("Name"), max_length=150, help_text=_("Without titles. One word is a full name too."))
    title_before = forms.CharField(label=_("Title before the name"), max_length=60, required=False)
    title_after = forms.CharField(label=_("Title after the name"), max_length=100, required=False)
    email = forms.EmailField(
        label=_("E-mail"), required=False, help_text=_("Without it the person needs you for a new password.")
    )
    agency = forms.ModelChoiceField(label=_("Agency"), queryset=Agency.objects.all())
    kind = forms.ChoiceField(label=_("Kind"), choices=Employment.Kind)
    nip = forms.CharField(label="NIP", help_text=_("18 digits; spaces do not matter."))
    valid_from = DateField(label=_("Employed from"))
    contract_from = DateField(label=_("Contract from"), required=False, help_text=_("PPPK only."))
    contract_to = DateField(label=_("Contract until"), required=False, help_text=_("PPPK only."))
    unit = UnitChoice(label=_("Unit"), required=False)
    title = forms.CharField(label=_("Position"), max_length=200, required=False)

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("unit") and not cleaned.get("title"):
            self.add_error("title", _("Name the position in the unit."))
        return cleaned

    def write(self, *, name, title_before, title_after, email, agency, unit, title, valid_from, **employment):
        person = services.create_person(
            name=name, title_before=title_before, title_after=title_after, email=email, time_zone=agency.time_zone
        )
        services.employ(person=person, agency=agency, valid_from=valid_from, **employment)
        if unit:
            services.place(person=person, unit=unit, title=title, valid_from=max(valid_from, unit.valid_from))
        return person


class PersonForm(forms.ModelForm):
    """Corrections of a person's own facts; what changes over time has its dated rows."""

    class Meta:
        model = Person
        fields = [
            "name", "title_before", "title_after", "email", "language", "time_zone", "siasn_id", "is_active",
            "is_superuser",
        ]  # fmt: skip
        help_texts = {"siasn_id": _("The number SIASN gives the person. Without it no course history is sent there.")}

    def __init__(self, *args, viewer: Person, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["is_superuser"].label = _("Administrator of the site")
        if not viewer.is_superuser:
            del self.fields["is_superuser"]
        if viewer == self.instance:
            # The own address is changed at /akun/, where the password is asked for again.
            for name in {"is_superuser", "is_active", "email"} & set(self.fields):
                del self.fields[name]

    def clean_email(self):
        return (self.cleaned_data["email"] or "").lower() or None

    def clean(self):
        cleaned = super().clean()
        services.require_free_email(cleaned.get("email"), self.instance)
        return cleaned


class EmploymentForm(ServiceForm):
    person = PersonField(label=_("Person"))
    agency = forms.ModelChoiceField(label=_("Agency"), queryset=Agency.objects.all())
    kind = forms.ChoiceField(label=_("Kind"), choices=Employment.Kind)
    nip = forms.CharField(label="NIP", help_text=_("18 digits; spaces do not matter."))
    grade = forms.CharField(label=_("Grade (golongan)"), max_length=6, required=False)
    valid_from = DateField(label=_("In force from"))
    contract_from = DateField(label=_("Contract from"), required=False, help_text=_("PPPK only."))
    contract_to = DateField(label=_("Contract until"), required=False, help_text=_("PPPK only."))

    def write(self, **fields):
        return services.employ(**fields)


class PostForm(ServiceForm):
    """A main post for somebody who has one already is a move: the old one ends the day before."""

    person = PersonField(label=_("Person"))
    unit = UnitChoice(label=_("Unit"))
    title = forms.CharField(label=_("Position"), max_length=200)
    kind = forms.ChoiceField(label=_("Kind of position"), choices=Post.Kind, initial=Post.Kind.PELAKSANA)
    assignment = forms.ChoiceField(label=_("Assignment"), choices=Post.Assignment)
    is_head = forms.BooleanField(label=_("Heads the unit"), required=False)
    is_main = forms.BooleanField(
        label=_("Main post"), required=False, initial=True, help_text=_("A main post before it ends the day before.")
    )
    valid_from = DateField(label=_("In force from"))
    valid_to = DateField(label=_("In force until"), required=False, help_text=_("Empty: still in force."))

    def write(self, *, person, is_main, valid_from, **post):
        if is_main and person.posts.current(valid_from).filter(is_main=True).exists():
            return services.move_person(person=person, on=valid_from, **post)
        return services.place(person=person, is_main=is_main, valid_from=valid_from, **post)


class StatusForm(ServiceForm):
    person = PersonField(label=_("Person"))
    kind = forms.ChoiceField(
        label=_("Status"), choices=Status.Kind, help_text=_("Who leaves loses posts, roles and sign-in; records stay.")
    )
    on = DateField(label=_("From"))

    def write(self, **fields):
        return services.change_status(**fields)


class RoleForm(ServiceForm):
    person = PersonField(label=_("Person"))
    agency = forms.ModelChoiceField(label=_("Agency"), queryset=Agency.objects.all())
    role = forms.ChoiceField(label=_("Role"), choices=AgencyRole.Role)
    valid_from = DateField(label=_("In force from"))
    valid_to = DateField(label=_("In force until"), required=False, help_text=_("Empty: still in force."))

    def write(self, **fields):
        return services.grant_role(**fields)


class DelegationForm(ServiceForm):
    from_person = PersonField(label=_("From (heads a unit)"))
    to_person = PersonField(label=_("To"))
    valid_from = DateField(label=_("In force from"))
    valid_to = DateField(label=_("In force until"))
    reason = forms.CharField(label=_("Reason"), max_length=200)

    def write(self, **fields):
        return services.delegate(**fields)


class OverrideForm(ServiceForm):
    supervisor = PersonField(label=_("Supervisor"))
    effect = forms.ChoiceField(label=_("Effect"), choices=SupervisionOverride.Effect)
    person = PersonField(label=_("Person"))
    valid_from = DateField(label=_("In force from"))
    valid_to = DateField(label=_("In force until"), required=False, help_text=_("Empty: still in force."))
    reason = forms.CharField(label=_("Reason"), max_length=200)

    def write(self, **fields):
        return services.override_supervision(**fields)


class UnitForm(ServiceForm):
    agency = forms.ModelChoiceField(label=_("Agency"), queryset=Agency.objects.all())
    parent = UnitChoice(label=_("Part of"), required=False)
    name = forms.CharField(label=_("Name"), max_length=200)
    siasn_id = forms.CharField(label=_("SIASN id"), max_length=36, required=False)
    valid_from = DateField(label=_("In force from"))

    def write(self, **fields):
        return services.make_unit(**fields)


class UnitEditForm(ServiceForm):
    """A correction, or a new name from a day; then a new unit follows with the same people."""

    name = forms.CharField(label=_("Name"), max_length=200)
    renamed_on = DateField(
        label=_("Renamed on"), required=False, help_text=_("Empty: only a slip of the pen is corrected.")
    )

    def __init__(self, *args, instance, **kwargs):
        kwargs["initial"] = {"name": instance.name, **(kwargs.get("initial") or {})}
        super().__init__(*args, instance=instance, **kwargs)

    def write(self, *, name, renamed_on):
        if renamed_on:
            return services.rename_unit(unit=self.instance, name=name, on=renamed_on)
        self.instance.name = name
        self.instance.save(update_fields=["name"])
        return self.instance


class EndForm(ServiceForm):
    """The last day of a dated row; nothing else of it is rewritten."""

    last_day = DateField(label=_("Last day in force"))

    def write(self, *, last_day):
        services.end_row(row=self.instance, last_day=last_day)
        return self.instance


class AgencyForm(forms.ModelForm):
    class Meta:
        model = Agency
        fields = ["name", "short_name", "slug", "time_zone", "siasn_id"]

    def __init__(self, *args, viewer: Person, **kwargs):
        super().__init__(*args, **kwargs)
        self.old_short_name = self.instance.short_name

    def save(self, commit=True):
        new_name, self.instance.short_name = self.instance.short_name, self.old_short_name or self.instance.short_name
        agency = super().save()
        services.rename_agency(agency=agency, short_name=new_name)
        return agency
