"""What anyone may see of a certificate: every printed fact, its state, what a PDF's hash says. The NIP is masked."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from core.zones import local_date

from . import badges, signing
from .codes import grouped, masked_nip
from .documents import verification_url
from .facts import assurance, dates_of, day, jp_of, lead_of
from .models import Certificate, CertificateVersion
from .queries import Held
from .rules import is_expired


@dataclass(frozen=True)
class Standing:
    """Whether a certificate holds. `state` is valid, expired or revoked; the words are those of the reader."""

    state: str
    title: str
    text: str


def standing(certificate: Certificate) -> Standing:
    zone = badges.certificate_zone(certificate)
    if certificate.state == Certificate.State.REVOKED:
        when = day(local_date(certificate.state_at, zone).isoformat())
        text = _("Since %(day)s: %(cause)s.") % {"day": when, "cause": certificate.get_cause_display()}
        return Standing("revoked", _("This certificate was revoked"), text)
    until = certificate.valid_until
    if is_expired(certificate, local_date(timezone.now(), zone)):
        text = _("It was valid until %(day)s. The training itself was completed.") % {"day": day(until.isoformat())}
        return Standing("expired", _("This certificate has expired"), text)
    text = _("Valid until %(day)s.") % {"day": day(until.isoformat())} if until else _("It has no end date.")
    return Standing("valid", _("This certificate is genuine and in force"), text)


def shown_facts(held: Held) -> list[dict[str, str]]:
    """Return what is printed, in the reader's language: `[{label, value}]`, empty ones left out."""
    facts, version = held.facts, held.version
    signatories = "; ".join(", ".join(filter(None, (one["name"], one["post"]))) for one in facts["signatories"])
    rows = [
        (_("Given to"), facts["name"]),
        ("NIP", masked_nip(facts["nip"])),
        (_("Unit"), facts["unit"]),
        (_("Achievement"), f"{lead_of(facts)} “{facts['title']}”"),
        (_("Organiser"), facts["organiser"]),
        (_("Programme"), jp_of(facts)),
        (_("Dates"), dates_of(facts)),
        (_("Edition"), str(facts["edition"] or "")),
        (_("Certificate number"), facts["number"]),
        (_("Issued on"), day(facts["issued_on"])),
        (_("Valid until"), day(facts["valid_until"]) or _("without an end date")),
        (_("Signatory"), signatories),
        (_("Issue number"), str(version.number) if version.number > 1 else ""),
        (_("Code"), grouped(facts["code"])),
    ]
    return [{"label": label, "value": value} for label, value in rows if value]


@dataclass(frozen=True)
class Signature:
    label: str
    note: str
    signed_by: str
    is_development: bool


def signature(version: CertificateVersion) -> Signature:
    """Say who signed the PDF, or whose key will, where nobody has asked for it yet."""
    worth = assurance(version.assurance or signing.signer().assurance)
    if version.pdf:
        return Signature(worth.label, worth.note, version.signed_by, version.is_development)
    return Signature(worth.label, worth.note, "", False)


# --- a file -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Compared:
    """What a file's hash says. `kind` is same, replaced, other, different or unwritten; `url` leads to another."""

    kind: str
    text: str
    url: str = ""


def compared(held: Held, sha256: str, known: CertificateVersion | None) -> Compared:
    """Compare a hash with what was issued; `known` is the version, of any certificate, that has it."""
    if known is None and not held.version.sha256 and held.version.number == 1:
        return Compared("unwritten", _("No file of this certificate has been downloaded yet: this one is not from us."))
    if known is None:
        text = _("This file differs from the one we issued. Rely on the facts on this page, not on the file.")
        return Compared("different", text)
    if known.certificate_id != held.certificate.pk:
        text = _("This file is genuine, but it is another certificate: %(number)s.")
        return Compared("other", text % {"number": known.certificate.number}, _path(known.certificate))
    if known.number != held.certificate.version:
        text = _("We issued this file, but a newer issue has replaced it. The facts on this page are those in force.")
        return Compared("replaced", text)
    return Compared("same", _("This file is exactly the one we issued, to the last byte."))


def _path(certificate: Certificate) -> str:
    return f"/sertifikat/{certificate.code}/"


# --- for machines -----------------------------------------------------------------------------------------------------


def as_json(held: Held, versions: list[CertificateVersion]) -> dict[str, Any]:
    """Return the same facts as JSON; keys are English and stable."""
    certificate, facts = held.certificate, held.facts
    keys = (
        "name", "unit", "title", "kind", "edition", "competencies", "organiser", "agency", "place",
        "programme_minutes", "jp", "started_on", "achieved_on", "issued_on", "valid_until", "heading", "wording",
        "signatories", "number", "code",
    )  # fmt: skip
    return {
        "state": standing(certificate).state,
        "state_since": certificate.state_at.isoformat(),
        "cause": certificate.cause,
        "facts": {**{key: facts[key] for key in keys}, "nip": masked_nip(facts["nip"])},
        "language": held.version.language,
        "version": certificate.version,
        "files": [
            {
                "version": version.number,
                "sha256": version.sha256,
                "state": "in force" if version.number == certificate.version else "replaced",
                "assurance": version.assurance,
                "signed_by": version.signed_by,
                "is_development": version.is_development,
            }
            for version in versions
            if version.sha256
        ],
        "url": verification_url(certificate.code),
        "badge": badges.absolute("badge", certificate.code),
        "platform": settings.WAGTAIL_SITE_NAME,
    }
