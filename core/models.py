"""Numbers that a regulation sets (dated rows with their source, never constants in code); workers and their clock."""

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class LegalParameter(models.Model):
    """A number of law in force from a day, until the next row of the same name."""

    class Name(models.TextChoices):
        MINUTES_PER_JP = "minutes_per_jp", _("minutes of one JP")

    name = models.CharField(_("name"), max_length=40, choices=Name)
    value = models.DecimalField(_("value"), max_digits=12, decimal_places=4)
    valid_from = models.DateField(_("in force from"))
    valid_to = models.DateField(_("in force until"), null=True, blank=True, help_text=_("Empty: still in force."))
    source = models.CharField(_("legal source"), max_length=250)

    class Meta:
        verbose_name = _("legal parameter")
        verbose_name_plural = _("legal parameters")
        ordering = ["name", "-valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["name", "valid_from"], name="legal_parameter_once_a_day"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="legal_parameter_in_order"
            ),
        ]

    def __str__(self):
        return f"{self.get_name_display()}: {self.value}"


class WorkerBeatQuerySet(models.QuerySet):
    def alive(self):
        """Workers seen within the last minute; what an older one was doing is taken over."""
        return self.filter(seen_at__gte=timezone.now() - WorkerBeat.SILENCE)


class WorkerBeat(models.Model):
    """A worker process that says every few seconds that it lives, so that the tasks of a killed one can be found."""

    SILENCE = dt.timedelta(seconds=60)

    worker_id = models.CharField(max_length=64, primary_key=True)
    started_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now, db_index=True)

    objects = WorkerBeatQuerySet.as_manager()

    def __str__(self):
        return self.worker_id


class ScheduledRun(models.Model):
    """When a job of the clock is due next: the row that many workers ask for, and one gets."""

    name = models.CharField(max_length=100, primary_key=True)
    due_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, help_text="NULL: has not run yet")
    finished_at = models.DateTimeField(null=True, help_text="NULL: has never come to its end")
    error = models.TextField(blank=True, help_text="of the last run; empty when it went well")

    def __str__(self):
        return self.name
