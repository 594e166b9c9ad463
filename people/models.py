"""Who learns, where they work and who heads what. Rows are dated and never rewritten, so that last year stays true."""

import secrets

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.zones import Zone


def current(on=None, prefix="") -> Q:
    """Match dated rows in force on a day (today when none is given); `valid_to` is the last day in force."""
    on = on or timezone.localdate()
    return Q(**{f"{prefix}valid_from__lte": on}) & (
        Q(**{f"{prefix}valid_to__isnull": True}) | Q(**{f"{prefix}valid_to__gte": on})
    )


class DatedQuerySet(models.QuerySet):
    def current(self, on=None):
        return self.filter(current(on))


class Dated(models.Model):
    """In force from a day up to and including another; an open end is NULL."""

    valid_from = models.DateField(_("in force from"))
    valid_to = models.DateField(_("in force until"), null=True, blank=True, help_text=_("Empty: still in force."))

    objects = DatedQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="%(class)s_dates_in_order"
            )
        ]


# --- where people work -----------------------------------------------------------------------------------------------


class Agency(models.Model):
    """An institution (instansi): the tenant that owns a shelf, units and settings."""

    name = models.CharField(_("name"), max_length=200)
    short_name = models.CharField(_("short name"), max_length=60, unique=True)
    slug = models.SlugField(unique=True)
    siasn_id = models.CharField(_("SIASN id"), max_length=36, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=40, choices=Zone.choices, default=Zone.WIB)

    class Meta:
        verbose_name = _("agency")
        verbose_name_plural = _("agencies")
        ordering = ["name"]

    def __str__(self):
        return self.short_name


class Unit(Dated):
    """A unit of an agency. `path` is the chain of ids from the root (`000001.000014.`): "below" is one prefix."""

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="units", verbose_name=_("agency"))
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("part of")
    )
    name = models.CharField(_("name"), max_length=200)
    path = models.CharField(max_length=255, unique=True, editable=False)
    siasn_id = models.CharField(_("SIASN id"), max_length=36, blank=True)

    class Meta(Dated.Meta):
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        ordering = ["path"]

    def __str__(self):
        return self.name


class UnitChange(models.Model):
    """A unit that came from another: merged, split or renamed on a day; history follows these rows."""

    class Kind(models.TextChoices):
        RENAMED = "renamed", _("renamed")
        MERGED = "merged", _("merged")
        SPLIT = "split", _("split")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    predecessor = models.ForeignKey(Unit, models.PROTECT, related_name="successions")
    successor = models.ForeignKey(Unit, models.PROTECT, related_name="origins")
    on = models.DateField(_("on"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["predecessor", "successor"], name="unit_change_once"),
            models.CheckConstraint(condition=~Q(predecessor=F("successor")), name="unit_change_not_to_itself"),
        ]


# --- people ----------------------------------------------------------------------------------------------------------


def new_key() -> str:
    """Return a random, permanent, meaningless id of a person: safe in an address, unlike a NIP."""
    return secrets.token_hex(8)


class PersonManager(BaseUserManager):
    def create_user(self, *, name: str, email: str | None = None, password: str | None = None, **fields):
        person = self.model(name=name, email=self.normalize_email(email) or None, **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def create_superuser(self, *, password: str, name: str = "Administrator", **fields):
        return self.create_user(name=name, password=password, is_superuser=True, **fields)


class Person(AbstractBaseUser, PermissionsMixin):
    """A person is permanent and is the account; what changes over the years hangs on it as dated rows."""

    class Language(models.TextChoices):
        INDONESIAN = "id", "Bahasa Indonesia"
        ENGLISH = "en", "English"

    key = models.CharField(max_length=16, unique=True, default=new_key)
    name = models.CharField(_("name"), max_length=150, help_text=_("Without titles. One word is a full name too."))
    title_before = models.CharField(_("title before the name"), max_length=60, blank=True)
    title_after = models.CharField(_("title after the name"), max_length=100, blank=True)
    email = models.EmailField(_("e-mail"), null=True, blank=True)  # noqa: DJ001 - NULL: none; unique where given
    language = models.CharField(_("language"), max_length=5, choices=Language, default=Language.INDONESIAN)
    time_zone = models.CharField(_("time zone"), max_length=40, choices=Zone, default=Zone.WIB)
    siasn_id = models.CharField(_("SIASN id"), max_length=36, blank=True)
    is_active = models.BooleanField(_("may sign in"), default=True)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)

    USERNAME_FIELD = "key"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name", "email"]

    objects = PersonManager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(Lower("email"), name="person_email_once")]

    def __str__(self):
        return self.full_name

    @property
    def full_name(self) -> str:
        """The name with titles as the personnel data has them: `Dr. Siti Aminah, S.Sos., M.Si.`"""
        before = f"{self.title_before} " if self.title_before else ""
        after = f", {self.title_after}" if self.title_after else ""
        return f"{before}{self.name}{after}"

    def get_full_name(self) -> str:
        return self.full_name

    def get_short_name(self) -> str:
        return self.name

    @property
    def first_name(self) -> str:
        """What Wagtail's sidebar shows."""
        return self.name


class Employment(Dated):
    """One appointment under one NIP. A PPPK who becomes PNS has two of them and stays one person."""

    class Kind(models.TextChoices):
        PNS = "pns", "PNS"
        PPPK = "pppk", "PPPK"

    person = models.ForeignKey(Person, models.PROTECT, related_name="employments", verbose_name=_("person"))
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="employments", verbose_name=_("agency"))
    kind = models.CharField(_("kind"), max_length=4, choices=Kind)
    nip = models.CharField("NIP", max_length=18, help_text=_("18 digits, without spaces."))
    grade = models.CharField(_("grade (golongan)"), max_length=6, blank=True)
    contract_from = models.DateField(_("contract from"), null=True, blank=True, help_text=_("PPPK only."))
    contract_to = models.DateField(_("contract until"), null=True, blank=True, help_text=_("PPPK only."))

    class Meta(Dated.Meta):
        verbose_name = _("employment")
        verbose_name_plural = _("employments")
        ordering = ["-valid_from"]
        indexes = [models.Index(fields=["nip"], name="employment_nip")]
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(
                fields=["nip"], condition=Q(valid_to__isnull=True), name="employment_open_nip_once"
            ),
            models.CheckConstraint(condition=Q(nip__regex=r"^[0-9]{18}$"), name="employment_nip_18_digits"),
            models.CheckConstraint(
                condition=Q(contract_to__isnull=True) | Q(contract_to__gte=F("contract_from")),
                name="employment_contract_in_order",
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.nip}"


class Status(Dated):
    """Whether a person counts in compliance figures. The reason behind it (leave, study, worse) is not kept here."""

    class Kind(models.TextChoices):
        COUNTED = "counted", _("active")
        NOT_COUNTED = "not_counted", _("on leave or study, not counted")
        LEFT = "left", _("no longer in service")

    person = models.ForeignKey(Person, models.PROTECT, related_name="statuses", verbose_name=_("person"))
    kind = models.CharField(_("status"), max_length=12, choices=Kind)

    class Meta(Dated.Meta):
        verbose_name = _("status")
        verbose_name_plural = _("statuses")
        ordering = ["-valid_from"]
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(fields=["person"], condition=Q(valid_to__isnull=True), name="status_one_open"),
        ]


class Post(Dated):
    """A position held in a unit. The main post counts a person once; heading a unit gives sight of those below it."""

    class Assignment(models.TextChoices):
        DEFINITIVE = "D", _("definitive")
        PLT = "PLT", _("acting (Plt.)")
        PLH = "PLH", _("daily acting (Plh.)")

    class Kind(models.TextChoices):
        JPT = "jpt", _("Senior leadership (JPT)")
        ADMINISTRATOR = "administrator", _("Administrator")
        PENGAWAS = "pengawas", _("Supervisor (Pengawas)")
        FUNGSIONAL = "fungsional", _("Functional position")
        PELAKSANA = "pelaksana", _("Executive position (Pelaksana)")

    person = models.ForeignKey(Person, models.PROTECT, related_name="posts", verbose_name=_("person"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="posts", verbose_name=_("unit"))
    title = models.CharField(_("position"), max_length=200)
    kind = models.CharField(_("kind of position"), max_length=14, choices=Kind, default=Kind.PELAKSANA)
    assignment = models.CharField(_("assignment"), max_length=3, choices=Assignment, default=Assignment.DEFINITIVE)
    is_head = models.BooleanField(_("heads the unit"), default=False)
    is_main = models.BooleanField(_("main post"), default=True)

    class Meta(Dated.Meta):
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        ordering = ["-valid_from"]
        indexes = [models.Index(fields=["unit", "person"], condition=Q(is_main=True), name="post_main_by_unit")]
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(
                fields=["person"], condition=Q(is_main=True, valid_to__isnull=True), name="post_one_open_main"
            ),
        ]

    def __str__(self):
        prefix = "" if self.assignment == self.Assignment.DEFINITIVE else f"{self.assignment.title()}. "
        return f"{prefix}{self.title}"


class SupervisionOverride(Dated):
    """A decision that a supervisor does, or does not, see a person, whatever the units say (a team leader's people)."""

    class Effect(models.TextChoices):
        SEES = "sees", _("sees the person")
        SEES_NOT = "sees_not", _("does not see the person")

    person = models.ForeignKey(Person, models.PROTECT, related_name="supervision_overrides", verbose_name=_("person"))
    supervisor = models.ForeignKey(Person, models.PROTECT, related_name="overriding", verbose_name=_("supervisor"))
    effect = models.CharField(_("effect"), max_length=8, choices=Effect)
    reason = models.CharField(_("reason"), max_length=200)

    class Meta(Dated.Meta):
        verbose_name = _("override of supervision")
        verbose_name_plural = _("overrides of supervision")
        constraints = [
            *Dated.Meta.constraints,
            models.CheckConstraint(condition=~Q(person=F("supervisor")), name="override_not_oneself"),
        ]


class Delegation(Dated):
    """A supervisor lends the sight of their people to another for some days; delegated sight is not passed on."""

    from_person = models.ForeignKey(Person, models.PROTECT, related_name="delegations", verbose_name=_("from"))
    to_person = models.ForeignKey(Person, models.PROTECT, related_name="delegated", verbose_name=_("to"))
    reason = models.CharField(_("reason"), max_length=200)

    class Meta(Dated.Meta):
        verbose_name = _("delegation")
        verbose_name_plural = _("delegations")
        constraints = [
            *Dated.Meta.constraints,
            models.CheckConstraint(condition=~Q(from_person=F("to_person")), name="delegation_not_to_oneself"),
        ]


class AgencyRole(Dated):
    """A role a person holds for an agency. Editors' and reviewers' Wagtail groups follow these rows."""

    class Role(models.TextChoices):
        EDITOR = "editor", _("Editor")
        REVIEWER = "reviewer", _("Reviewer")
        ORGANISER = "organiser", _("Organiser")

    person = models.ForeignKey(Person, models.PROTECT, related_name="agency_roles", verbose_name=_("person"))
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="roles", verbose_name=_("agency"))
    role = models.CharField(_("role"), max_length=10, choices=Role)

    class Meta(Dated.Meta):
        verbose_name = _("role in an agency")
        verbose_name_plural = _("roles in an agency")
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(
                fields=["person", "agency", "role"], condition=Q(valid_to__isnull=True), name="agency_role_one_open"
            ),
        ]


class Audience(models.Model):
    """A saved rule that names people of an agency by where and as what they work; it follows them as they move.

    Somebody belongs to it who is named in `people`, or who fits every criterion that is filled: a unit (with all below
    it), a kind of post, a kind of employee, a grade. Empty criteria ask nothing; with all of them empty only `people`
    belong. `people.audiences` answers as SQL and for one person.
    """

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="audiences", verbose_name=_("agency"))
    name = models.CharField(_("name"), max_length=120)
    units = models.ManyToManyField(
        Unit, blank=True, related_name="+", verbose_name=_("units"), help_text=_("With all units below them.")
    )
    post_kinds = models.JSONField(_("kinds of position"), default=list, blank=True)
    employee_kinds = models.JSONField(_("kinds of employee"), default=list, blank=True)
    grades = models.JSONField(_("grades (golongan)"), default=list, blank=True)
    people = models.ManyToManyField(Person, blank=True, related_name="+", verbose_name=_("people by name"))

    class Meta:
        verbose_name = _("group of people")
        verbose_name_plural = _("groups of people")
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["agency", "name"], name="audience_name_once")]

    def __str__(self):
        return self.name


class Competency(models.Model):
    """A competency of the civil service's model (PermenPANRB 38/2017); courses name it with a level of 1 to 5."""

    class Kind(models.TextChoices):
        MANAGERIAL = "managerial", _("managerial")
        SOCIOCULTURAL = "sociocultural", _("sociocultural")
        TECHNICAL = "technical", _("technical")

    name = models.CharField(_("name"), max_length=120, unique=True)
    kind = models.CharField(_("kind"), max_length=14, choices=Kind)
    source = models.CharField(_("legal source"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("competency")
        verbose_name_plural = _("competencies")
        ordering = ["name"]

    def __str__(self):
        return self.name
