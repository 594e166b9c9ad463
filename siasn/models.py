"""Learning records go out to the personnel system of BKN (SIASN), by file or by its service."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.models import Agency


class JpBasis(models.TextChoices):
    """Which JP `jumlahJam` says; which one BKN expects is to be confirmed."""

    CREDITED = "credited", _("JP credited by the rules")
    PROGRAMME = "programme", _("JP of the programme")


class Connection(models.Model):
    """Whether an agency sends to SIASN by its service, and how."""

    agency = models.OneToOneField(Agency, models.PROTECT, related_name="siasn_connection", verbose_name=_("agency"))
    is_on = models.BooleanField(
        _("send to SIASN"), default=False, help_text=_("What is achieved from this day on is sent by itself.")
    )
    basis = models.CharField(_("JP that are sent"), max_length=9, choices=JpBasis, default=JpBasis.CREDITED)
    since = models.DateField(_("achieved from"), default=timezone.localdate)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("connection to SIASN")
        verbose_name_plural = _("connections to SIASN")
        ordering = ["agency__name"]

    def __str__(self):
        return str(self.agency)


class Delivery(models.Model):
    """One achievement on its way to SIASN: the course first, then its certificate. One row for an achievement, ever."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")
        REFUSED = "refused", _("refused")

    achievement = models.OneToOneField("completion.Achievement", models.PROTECT, related_name="siasn_delivery")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="siasn_deliveries", verbose_name=_("agency"))
    state = models.CharField(_("state"), max_length=7, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_at = models.DateTimeField(_("next attempt"), default=timezone.now)
    error = models.CharField(max_length=20, blank=True, help_text="What kind of failure the last attempt met.")
    said = models.CharField(max_length=400, blank=True, help_text="What SIASN said then, or what is missing.")
    record_id = models.CharField(_("rwKursusId"), max_length=64, blank=True)
    hours = models.PositiveIntegerField(_("JP sent"), null=True, help_text="NULL: not sent yet.")
    sent_at = models.DateTimeField(null=True, help_text="When SIASN was known to have the course.")
    document_sent_at = models.DateTimeField(null=True, help_text="When SIASN took the certificate (document 881).")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("delivery to SIASN")
        verbose_name_plural = _("deliveries to SIASN")
        ordering = ["-made_at", "-pk"]
        indexes = [models.Index(fields=["next_at"], condition=Q(state="waiting"), name="delivery_due")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="sent") | ~Q(record_id="") & Q(document_sent_at__isnull=False),
                name="delivery_sent_is_known_there",
            )
        ]

    def __str__(self):
        return f"{self.achievement_id}: {self.get_state_display()}"


class Export(models.Model):
    """A file of course history that somebody asked for: a ZIP of the table, its certificates and a report."""

    class State(models.TextChoices):
        WORKING = "working", _("being written")
        READY = "ready", _("ready")
        FAILED = "failed", _("failed")

    class Form(models.TextChoices):
        CSV = "csv", "CSV"
        XLSX = "xlsx", "XLSX"

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    agency = models.ForeignKey(Agency, models.CASCADE, related_name="+")
    unit = models.ForeignKey("people.Unit", models.CASCADE, null=True, related_name="+", help_text="With all below it.")
    first = models.DateField()
    last = models.DateField()
    basis = models.CharField(max_length=9, choices=JpBasis, default=JpBasis.CREDITED)
    form = models.CharField(max_length=4, choices=Form, default=Form.CSV)
    state = models.CharField(max_length=7, choices=State, default=State.WORKING)
    stored_as = models.CharField(max_length=255, blank=True)
    report = models.JSONField(default=dict, help_text="`{good, bad, cut, rows}`; see siasn.exporting.")
    made_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("export for SIASN")
        verbose_name_plural = _("exports for SIASN")
        ordering = ["-made_at"]

    def __str__(self):
        return f"{self.agency} {self.first} – {self.last}"


class HistoryImport(models.Model):
    """A file of course history that an organiser uploaded: looked at first, then taken over as the organiser says."""

    class State(models.TextChoices):
        CHECKING = "checking", _("being checked")
        CHECKED = "checked", _("checked")
        LOADING = "loading", _("being taken over")
        LOADED = "loaded", _("taken over")
        FAILED = "failed", _("not readable")

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    agency = models.ForeignKey(Agency, models.CASCADE, related_name="+")
    file_name = models.CharField(max_length=255)
    stored_as = models.CharField(max_length=255, blank=True, help_text="Its name in the store; empty once thrown away.")
    size = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=State, default=State.CHECKING)
    report = models.JSONField(default=dict, help_text="What the look found; see siasn.histories.")
    result = models.JSONField(default=dict, help_text="`{loaded, known, bad}`, counted.")
    problem = models.TextField(blank=True, help_text="Why it could not be read, in the organiser's language.")
    made_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("import of course history")
        verbose_name_plural = _("imports of course history")
        ordering = ["-made_at"]

    def __str__(self):
        return self.file_name
