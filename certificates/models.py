"""Proof of an achievement that anyone can check: what it looks like, how it is numbered, what it said and when.

A certificate is one row for an achievement, for ever. What it prints is a version: facts frozen on the day, and the PDF
with its hash. A correction is a new version; the old one stays known, so that its PDF is answered with "replaced".
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.models import Dated, Person

from .numbering import DEFAULT, LONGEST


class Pattern(models.TextChoices):
    SONGKET = "songket", _("songket (Palembang)")
    KAWUNG = "kawung", _("kawung (batik)")
    TUMPAL = "tumpal", _("tumpal (sarong's border)")
    WEAVE = "weave", _("weave (Papua)")
    UKIR = "ukir", _("carving (Central Sulawesi)")


class Colour(models.TextChoices):
    TEAL = "teal", _("deep teal")
    INK = "ink", _("ink blue")
    WINE = "wine", _("dark red")
    FOREST = "forest", _("forest green")
    BROWN = "brown", _("soga brown")


class Design(Dated):
    """How an agency's certificates look and what they say, from a day on. Without one the built-in design is used."""

    class UsedFor(models.TextChoices):
        ALL = "", _("everything")
        COURSE = "course", _("courses only")
        PATH = "path", _("learning paths only")
        EXTERNAL = "external", _("external training only")

    agency = models.ForeignKey(
        "people.Agency", models.PROTECT, related_name="certificate_designs", verbose_name=_("agency")
    )
    name = models.CharField(_("name"), max_length=100, help_text=_("For the list here; it is not printed."))
    used_for = models.CharField(
        _("used for"),
        max_length=10,
        choices=UsedFor,
        blank=True,
        default="",
        help_text=_("A design for one kind goes before one for everything."),
    )
    heading_id = models.CharField(_("heading, Indonesian"), max_length=60, blank=True)
    heading_en = models.CharField(_("heading, English"), max_length=60, blank=True)
    wording_id = models.TextField(_("wording, Indonesian"), max_length=400, blank=True)
    wording_en = models.TextField(_("wording, English"), max_length=400, blank=True)
    logo = models.ForeignKey(
        "library.Picture", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("logo")
    )
    pattern = models.CharField(_("pattern"), max_length=10, choices=Pattern, default=Pattern.SONGKET)
    colour = models.CharField(_("colour"), max_length=10, choices=Colour, default=Colour.TEAL)
    signatory_name = models.CharField(
        _("signatory"), max_length=150, blank=True, help_text=_("With titles, as in the personnel data.")
    )
    signatory_post = models.CharField(_("signatory's position"), max_length=150, blank=True)
    second_name = models.CharField(_("second signatory"), max_length=150, blank=True)
    second_post = models.CharField(_("second signatory's position"), max_length=150, blank=True)

    class Meta(Dated.Meta):
        verbose_name = _("certificate design")
        verbose_name_plural = _("certificate designs")
        ordering = ["agency", "-valid_from", "-pk"]
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(
                fields=["agency", "used_for"], condition=Q(valid_to__isnull=True), name="design_one_open_a_kind"
            ),
        ]

    def __str__(self):
        return self.name


class NumberPattern(models.Model):
    """How an agency numbers its certificates; without a row the built-in pattern is used."""

    agency = models.OneToOneField(
        "people.Agency", models.PROTECT, related_name="certificate_numbering", verbose_name=_("agency")
    )
    pattern = models.CharField(_("pattern"), max_length=LONGEST, default=DEFAULT)

    class Meta:
        verbose_name = _("certificate numbering")
        verbose_name_plural = _("certificate numberings")
        ordering = ["agency"]

    def __str__(self):
        return self.pattern


class NumberSeries(models.Model):
    """The last number given in a year of an agency (NULL: of the platform). Its row is the lock of who numbers next."""

    agency = models.ForeignKey("people.Agency", models.PROTECT, null=True, related_name="+")
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "year"], name="number_series_once_a_year"),
            models.UniqueConstraint(
                fields=["year"], condition=Q(agency__isnull=True), name="number_series_platform_once_a_year"
            ),
        ]

    def __str__(self):
        return f"{self.year}: {self.last}"


class Certificate(models.Model):
    """The one certificate of an achievement."""

    class State(models.TextChoices):
        VALID = "valid", _("valid")
        REVOKED = "revoked", _("revoked")

    class Cause(models.TextChoices):
        """Why it was revoked, in the classes that the public reads."""

        UNDONE = "undone", _("the completion was taken back")
        DATA = "data", _("what it said was wrong")
        CONDUCT = "conduct", _("it was obtained against the rules")
        OTHER = "other", _("decision of the organiser")

    achievement = models.OneToOneField("completion.Achievement", models.PROTECT, related_name="certificate")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="certificates")
    agency = models.ForeignKey(
        "people.Agency", models.PROTECT, null=True, related_name="certificates", verbose_name=_("agency")
    )
    code = models.CharField(_("code"), max_length=10, unique=True)
    number = models.CharField(_("number"), max_length=200)
    year = models.PositiveSmallIntegerField()
    sequence = models.PositiveIntegerField(help_text="1, 2, 3, … in a year of the agency, without a gap.")
    issued_at = models.DateTimeField(_("issued at"), default=timezone.now)
    valid_until = models.DateField(_("valid until"), null=True)
    version = models.PositiveSmallIntegerField(default=1, help_text="The number of the version in force.")
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.VALID)
    state_at = models.DateTimeField(default=timezone.now)
    cause = models.CharField(_("cause"), max_length=8, choices=Cause, blank=True)

    class Meta:
        verbose_name = _("certificate")
        verbose_name_plural = _("certificates")
        ordering = ["-issued_at", "-pk"]
        indexes = [models.Index(fields=["person", "-issued_at"], name="certificate_person_newest")]
        constraints = [
            models.UniqueConstraint(fields=["agency", "number"], name="certificate_number_once"),
            models.UniqueConstraint(
                fields=["number"], condition=Q(agency__isnull=True), name="certificate_platform_number_once"
            ),
            models.CheckConstraint(
                condition=Q(state="valid", cause="") | (Q(state="revoked") & ~Q(cause="")),
                name="certificate_revoked_says_why",
            ),
        ]

    def __str__(self):
        return self.number


class CertificateVersion(models.Model):
    """What a certificate says since a day. Facts never change; the PDF is written once, on the first wish for it."""

    certificate = models.ForeignKey(Certificate, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField(default=1)
    facts = models.JSONField(help_text="As `certificates.facts` froze them.")
    language = models.CharField(max_length=5, choices=Person.Language)
    made_at = models.DateTimeField(default=timezone.now)
    pdf = models.CharField(max_length=200, blank=True, help_text="Name in the storage; empty: not written yet.")
    sha256 = models.CharField(max_length=64, blank=True)
    assurance = models.CharField(max_length=20, blank=True, help_text="What kind of signature the PDF bears.")
    signed_by = models.CharField(max_length=300, blank=True, help_text="Subject of the signing certificate.")
    is_development = models.BooleanField(default=False, help_text="Signed with a key that this machine made itself.")

    class Meta:
        ordering = ["certificate", "number"]
        indexes = [models.Index(fields=["sha256"], condition=~Q(sha256=""), name="certificate_hash")]
        constraints = [
            models.UniqueConstraint(fields=["certificate", "number"], name="certificate_version_once"),
            models.CheckConstraint(
                condition=Q(pdf="", sha256="") | (~Q(pdf="") & ~Q(sha256="")), name="certificate_pdf_has_its_hash"
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="certificate_version_from_1"),
        ]

    def __str__(self):
        return f"{self.certificate_id}/{self.number}"


class CertificateEvent(models.Model):
    """What happened to a certificate, by whom and why. Only ever added."""

    class Kind(models.TextChoices):
        ISSUED = "issued", _("issued")
        REISSUED = "reissued", _("issued anew")
        REVOKED = "revoked", _("revoked")
        RESTORED = "restored", _("put in force again")

    certificate = models.ForeignKey(Certificate, models.PROTECT, related_name="events")
    kind = models.CharField(max_length=8, choices=Kind)
    version = models.PositiveSmallIntegerField(default=1)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", help_text="NULL: the platform itself."
    )
    cause = models.CharField(max_length=8, choices=Certificate.Cause, blank=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["certificate", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="issued") | ~Q(reason="") | Q(by__isnull=True), name="certificate_event_says_why"
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.certificate_id}"

    def save(self, *args, **kwargs):
        if self.pk is not None:
            raise TypeError("an event of a certificate is never changed")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise TypeError("an event of a certificate is never deleted")


class PublicKey(models.Model):
    """A key that signed badges or PDFs, kept for ever: who holds an old badge must find the key that proves it."""

    kid = models.CharField(max_length=64, primary_key=True, help_text="RFC 7638 thumbprint.")
    jwk = models.JSONField()
    subject = models.CharField(max_length=300)
    is_development = models.BooleanField(default=False)
    first_used_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = [F("first_used_at").desc()]

    def __str__(self):
        return self.subject
