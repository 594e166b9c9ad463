"""The ledger of JP: what each local day of learning was credited with, and why not more. Rows are only added."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from courses.models import CoursePage

from .rules import AgencyCreditSetting, JpRule


class LedgerEntry(models.Model):
    """A local day of one achievement: its minutes, and the JP they were credited with by the rules of that day.

    Minutes and JP stand apart: a limit cuts JP, never minutes. JP are exact: a numerator over `denominator`. What is
    taken back gets a row of its own with the same numbers below zero, which names the row it `reverses`.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="jp_entries")
    achievement = models.ForeignKey("completion.Achievement", models.PROTECT, related_name="jp_entries")
    round = models.PositiveSmallIntegerField(
        default=1, help_text="Grows when an achievement was undone and made again."
    )
    local_date = models.DateField(_("day"))
    zone = models.CharField(max_length=40)
    form = models.CharField(_("form of learning"), max_length=14, choices=CoursePage.Form)
    is_international = models.BooleanField(default=False)
    programme = models.CharField(max_length=32, help_text="What a limit per course counts by: `course:12`.")
    minutes = models.IntegerField(_("minutes"))
    units = models.SmallIntegerField(default=1, help_text="Sessions, semesters or times of the day.")
    credited_numerator = models.BigIntegerField()
    cut_numerator = models.BigIntegerField()
    denominator = models.BigIntegerField()
    rule = models.ForeignKey(JpRule, models.PROTECT, null=True, related_name="+", help_text="NULL: none was in force.")
    setting = models.ForeignKey(
        AgencyCreditSetting, models.PROTECT, null=True, related_name="+", help_text="NULL: the agency had none."
    )
    terms = models.JSONField(
        default=dict, help_text="The numbers it was decided with, exact; see credits.engine.Terms."
    )
    reasons = models.JSONField(default=list, help_text="`[[code, values]]`; credits.wording puts them into words.")
    decided_at = models.DateTimeField(default=timezone.now)
    reverses = models.OneToOneField("self", models.PROTECT, null=True, related_name="reversal")

    class Meta:
        verbose_name = _("JP entry")
        verbose_name_plural = _("JP entries")
        ordering = ["local_date", "pk"]
        indexes = [models.Index(fields=["person", "local_date"], name="jp_entry_person_day")]
        constraints = [
            models.UniqueConstraint(
                fields=["achievement", "round", "local_date"],
                condition=Q(reverses__isnull=True),
                name="jp_entry_once_a_day",
            ),
            models.CheckConstraint(
                condition=Q(
                    reverses__isnull=True, minutes__gte=0, units__gte=0, credited_numerator__gte=0, cut_numerator__gte=0
                )
                | Q(
                    reverses__isnull=False,
                    minutes__lte=0,
                    units__lte=0,
                    credited_numerator__lte=0,
                    cut_numerator__lte=0,
                ),
                name="jp_entry_only_reversals_below_zero",
            ),
            models.CheckConstraint(condition=Q(denominator__gte=1), name="jp_entry_is_a_fraction"),
        ]

    def __str__(self):
        return f"{self.local_date}: {self.credited_numerator}/{self.denominator} JP"
