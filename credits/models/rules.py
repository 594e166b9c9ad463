"""The numbers of law behind JP: dated rows with their source. None is edited once it is in force; the next begins."""

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from courses.models import CoursePage
from people.models import Agency, Dated, Employment


class Certainty(models.TextChoices):
    """How sure the project is of a number: whether somebody has read the rule itself."""

    VERIFIED = "V", _("read in the source")
    SECONDARY = "S", _("quoted by others, not read in the rule")
    RECHECK = "R", _("to be checked again")


class Sourced(Dated):
    """A dated row of law that says where it comes from and how sure that is."""

    source = models.CharField(_("legal source"), max_length=250)
    certainty = models.CharField(_("certainty"), max_length=1, choices=Certainty, default=Certainty.SECONDARY)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        help_text="NULL: came with the platform.",
    )
    made_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta(Dated.Meta):
        abstract = True


class JpRule(Sourced):
    """What a form of learning is worth from a day on. Without a row in force it is worth nothing, and says so."""

    class Scope(models.TextChoices):
        NATIONAL = "national", _("national")
        INTERNATIONAL = "international", _("international")

    class Unit(models.TextChoices):
        MINUTES = "minutes", _("JP of the programme, by its minutes")
        DAY = "day", _("per day")
        SESSION = "session", _("per session")
        SEMESTER = "semester", _("per semester")
        ONCE = "once", _("each time")

    form = models.CharField(_("form of learning"), max_length=14, choices=CoursePage.Form)
    scope = models.CharField(_("scope"), max_length=13, choices=Scope, default=Scope.NATIONAL)
    unit = models.CharField(_("counted"), max_length=8, choices=Unit, default=Unit.MINUTES)
    value = models.DecimalField(
        _("JP for one"),
        max_digits=7,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text=_("Per day, session, semester or time. Empty where the minutes of the programme count."),
    )
    plus_percent = models.PositiveSmallIntegerField(
        _("added (%)"), default=0, help_text=_("For example 20 for international training.")
    )
    daily_cap = models.DecimalField(
        _("most JP in a day"),
        max_digits=7,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text=_("Empty: no limit by day."),
    )
    monthly_sessions = models.PositiveSmallIntegerField(
        _("most sessions in a month"), null=True, blank=True, help_text=_("Empty: no limit by month.")
    )

    class Meta(Sourced.Meta):
        verbose_name = _("JP rule")
        verbose_name_plural = _("JP rules")
        ordering = ["form", "-scope", "-valid_from"]
        constraints = [
            *Sourced.Meta.constraints,
            models.UniqueConstraint(fields=["form", "scope", "valid_from"], name="jp_rule_once_a_day"),
            models.UniqueConstraint(
                fields=["form", "scope"], condition=Q(valid_to__isnull=True), name="jp_rule_one_open"
            ),
            models.CheckConstraint(
                condition=Q(unit="minutes", value__isnull=True) | (~Q(unit="minutes") & Q(value__isnull=False)),
                name="jp_rule_value_where_counted",
            ),
            models.CheckConstraint(
                condition=Q(value__isnull=True) | Q(value__gte=0), name="jp_rule_value_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(daily_cap__isnull=True) | Q(daily_cap__gte=0), name="jp_rule_cap_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(monthly_sessions__isnull=True) | Q(unit="session"), name="jp_rule_months_count_sessions"
            ),
        ]

    def __str__(self):
        return f"{self.get_form_display()} ({self.get_scope_display()})"


class TargetMeaning(models.TextChoices):
    FLOOR = "floor", _("at least this many JP")
    CEILING = "ceiling", _("at most this many JP are assigned")
    TARGET = "target", _("this many JP are to be reached")


class TargetRule(Sourced):
    """The JP of a year for a kind of employee. An agency may read the PPPK amount in its own way."""

    class Year(models.TextChoices):
        CALENDAR = "calendar", _("calendar year")
        CONTRACT = "contract", _("year of the contract")

    kind = models.CharField(_("kind of employee"), max_length=4, choices=Employment.Kind)
    jp = models.DecimalField(_("JP in a year"), max_digits=6, decimal_places=2, validators=[MinValueValidator(0)])
    meaning = models.CharField(_("meaning"), max_length=7, choices=TargetMeaning, default=TargetMeaning.FLOOR)
    year = models.CharField(_("counted in the"), max_length=8, choices=Year, default=Year.CALENDAR)

    class Meta(Sourced.Meta):
        verbose_name = _("JP of a year")
        verbose_name_plural = _("JP of a year")
        ordering = ["kind", "-valid_from"]
        constraints = [
            *Sourced.Meta.constraints,
            models.UniqueConstraint(fields=["kind", "valid_from"], name="target_rule_once_a_day"),
            models.UniqueConstraint(fields=["kind"], condition=Q(valid_to__isnull=True), name="target_rule_one_open"),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.jp.normalize():f} JP"


class AgencyCreditSetting(Dated):
    """How an agency reads what the rules leave open, from a day on."""

    class ShortEvents(models.TextChoices):
        DAY = "day", _("a seminar or webinar counts as a day")
        MINUTES = "minutes", _("a seminar or webinar counts by its minutes, at most the JP of a day")

    class CapBy(models.TextChoices):
        PERSON = "person", _("for a person, over all courses of the form")
        PROGRAMME = "programme", _("for each course")

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="credit_settings", verbose_name=_("agency"))
    pppk_meaning = models.CharField(
        _("the JP of PPPK mean"), max_length=7, choices=TargetMeaning, default=TargetMeaning.CEILING
    )
    short_events = models.CharField(
        _("seminars and webinars"), max_length=7, choices=ShortEvents, default=ShortEvents.DAY
    )
    cap_by = models.CharField(_("the limit of a day holds"), max_length=9, choices=CapBy, default=CapBy.PERSON)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+")
    made_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta(Dated.Meta):
        verbose_name = _("JP setting of an agency")
        verbose_name_plural = _("JP settings of agencies")
        ordering = ["agency", "-valid_from"]
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(fields=["agency", "valid_from"], name="credit_setting_once_a_day"),
            models.UniqueConstraint(
                fields=["agency"], condition=Q(valid_to__isnull=True), name="credit_setting_one_open"
            ),
        ]

    def __str__(self):
        return str(self.agency)


class IpLine(Sourced):
    """One line of the training part of IP ASN, all or nothing, for a simulation; the official value is SIASN's."""

    class Line(models.TextChoices):
        LEADERSHIP = "leadership", _("leadership or functional training")
        TECHNICAL = "technical", _("technical training")
        SEMINAR = "seminar", _("seminar or workshop")

    line = models.CharField(_("line"), max_length=10, choices=Line)
    post_kinds = models.JSONField(_("kinds of position"), default=list, help_text="Values of people.Post.Kind.")
    points = models.DecimalField(_("points"), max_digits=5, decimal_places=2)
    forms = models.JSONField(_("forms of learning"), default=list, help_text="Values of courses.CoursePage.Form.")
    minimum_jp = models.DecimalField(_("least JP of one programme"), max_digits=6, decimal_places=2, default=0)
    months = models.PositiveSmallIntegerField(
        _("counts for (months)"), null=True, blank=True, help_text=_("Empty: for ever.")
    )

    class Meta(Sourced.Meta):
        verbose_name = _("line of the IP ASN simulation")
        verbose_name_plural = _("lines of the IP ASN simulation")
        ordering = ["-valid_from", "pk"]

    def __str__(self):
        return self.get_line_display()

    def counts_for(self, post_kind: str) -> bool:
        return post_kind in self.post_kinds
