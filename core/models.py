"""Numbers that a regulation sets: dated rows with their source, never constants in code."""

from django.db import models
from django.db.models import F, Q
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
