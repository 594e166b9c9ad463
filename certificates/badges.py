"""Open Badges 3.0: the same facts as a verifiable credential, signed as a JWT that anybody may check with our key.

Source: 1EdTech Open Badges 3.0, sections 8.2 (JWT proof: the credential is the payload, with `iss`, `jti`, `sub`, `nbf`
and `exp`) and B (data model); 1EdTech Revocation List Status Method. The NIP is nowhere in it.
"""

import datetime as dt
import uuid
import zoneinfo
from fractions import Fraction
from typing import Any

import jwt
from django.conf import settings
from django.urls import reverse
from django.utils import translation

from core.zones import end_of_day
from people.models import Agency

from .documents import verification_url
from .facts import dates_of, jp_of
from .models import Certificate
from .queries import Held
from .signing import PlatformKey

CONTEXT = ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"]
MEDIA_TYPE = "application/vc+jwt"
# Names of things that have no address of their own are made from this and what they are.
SPACE = uuid.UUID("5b7f3c1e-95a4-4d0b-9d52-6a2d5f0c7d11")


def absolute(name: str, *args: object) -> str:
    return settings.WAGTAILADMIN_BASE_URL.rstrip("/") + reverse(f"certificates:{name}", args=args)


def _urn(*parts: object) -> str:
    return f"urn:uuid:{uuid.uuid5(SPACE, '/'.join(map(str, [settings.WAGTAILADMIN_BASE_URL, *parts])))}"


def issuer_id(agency: Agency | None) -> str:
    return absolute("issuer", agency.slug) if agency else absolute("platform")


def profile(agency: Agency | None) -> dict[str, Any]:
    """Return who issues: an agency of the platform, or the platform itself."""
    return {
        "id": issuer_id(agency),
        "type": ["Profile"],
        "name": agency.name if agency else settings.WAGTAIL_SITE_NAME,
        "url": settings.WAGTAILADMIN_BASE_URL,
    }


def credential(held: Held) -> dict[str, Any]:
    """Return the credential as JSON-LD, in the language of the certificate."""
    certificate, facts = held.certificate, held.facts
    with translation.override(held.version.language):
        worth = " · ".join(filter(None, (jp_of(facts), dates_of(facts))))
    told = {
        "@context": CONTEXT,
        "id": absolute("badge", certificate.code),
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": facts["title"],
        "issuer": profile(certificate.agency),
        "validFrom": _moment(certificate.issued_at),
        "credentialSubject": {
            "id": _urn("person", certificate.person_id),
            "type": ["AchievementSubject"],
            "identifier": [
                {"type": "IdentityObject", "hashed": False, "identityHash": facts["name"], "identityType": "name"}
            ],
            "activityStartDate": _moment(_midnight(facts["started_on"])),
            "activityEndDate": _moment(_midnight(facts["achieved_on"])),
            "achievement": _achievement(held, worth),
        },
        "evidence": [{"id": verification_url(certificate.code), "type": ["Evidence"], "name": facts["number"]}],
        "credentialStatus": {"id": absolute("status", certificate.code), "type": "1EdTechRevocationList"},
    }
    if certificate.valid_until:
        told["validUntil"] = _moment(end_of_day(certificate.valid_until, certificate_zone(certificate)))
    return told


def _achievement(held: Held, worth: str) -> dict[str, Any]:
    certificate, facts = held.certificate, held.facts
    told: dict[str, Any] = {
        "id": _urn("achievement", facts["kind"], facts["title"], facts["edition"], facts["organiser"]),
        "type": ["Achievement"],
        "achievementType": "Certificate",
        "name": facts["title"],
        "description": facts["summary"] or facts["title"],
        "criteria": {"narrative": f"{facts['wording']} {worth}".strip()},
        "image": {"id": absolute("badge_picture", certificate.code), "type": "Image"},
        "inLanguage": held.version.language,
        "creator": profile(certificate.agency),
    }
    if facts["jp"]:
        told["creditsAvailable"] = float(Fraction(facts["jp"]))  # the schema knows only numbers
    if facts["competencies"]:
        told["tag"] = [one["name"] for one in facts["competencies"]]
    return told


def certificate_zone(certificate: Certificate) -> str:
    return certificate.agency.time_zone if certificate.agency else settings.TIME_ZONE


def _midnight(iso: str) -> dt.datetime:
    return dt.datetime.combine(dt.date.fromisoformat(iso), dt.time(), zoneinfo.ZoneInfo(settings.TIME_ZONE))


def _moment(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")


def signed(held: Held, key: PlatformKey) -> str:
    """Return the credential as a compact JWS; the same credential and key give the same text."""
    told = credential(held)
    claims = {
        **told,
        "iss": told["issuer"]["id"],
        "jti": told["id"],
        "sub": told["credentialSubject"]["id"],
        "nbf": _seconds(told["validFrom"]),
    }
    if "validUntil" in told:
        claims["exp"] = _seconds(told["validUntil"])
    headers = {"kid": absolute("key", key.kid), "typ": "vc+jwt"}
    return jwt.encode(claims, key.private, algorithm="RS256", headers=headers)


def _seconds(moment: str) -> int:
    return int(dt.datetime.fromisoformat(moment).timestamp())


def revocations(certificate: Certificate) -> dict[str, Any]:
    """Return the revocation list that holds this one credential: whoever asks learns about no other."""
    listed = []
    if certificate.state == Certificate.State.REVOKED:
        reason = str(certificate.get_cause_display())
        listed = [{"id": absolute("badge", certificate.code), "revoked": True, "revocationReason": reason}]
    return {
        "id": absolute("status", certificate.code),
        "issuer": issuer_id(certificate.agency),
        "revokedCredential": listed,
    }
