"""Reads about certificates."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from completion.models import Achievement
from core.zones import local_date
from people.models import Agency, Person

from .models import Certificate, CertificateEvent, CertificateVersion, Design, NumberSeries
from .numbering import write_number
from .rules import ISSUES

LOOK_AHEAD = 500


def without_certificate() -> QuerySet[Achievement]:
    """Achievements in force that should have a certificate and have none; for external training see `rules`."""
    deserving = ~Q(kind=Achievement.Kind.EXTERNAL) | Q(**{f"facts__{ISSUES}": True})
    return Achievement.objects.filter(deserving, certificate__isnull=True, undone_at__isnull=True)


def designs_by_agency(agency_ids: Iterable[int]) -> dict[int, list[Design]]:
    """Return the designs of agencies, the newest first, with their logos."""
    found: dict[int, list[Design]] = {}
    rows = Design.objects.filter(agency__in=list(agency_ids)).select_related("logo")
    for design in rows.order_by("-valid_from", "-pk"):
        found.setdefault(design.agency_id, []).append(design)
    return found


def design_for(designs: dict[int, list[Design]], achievement: Achievement, on: dt.date) -> Design | None:
    """Return the design in force on a day: one for this kind before one for everything; None: the built-in one."""
    mine = [
        design
        for design in designs.get(achievement.agency_id or 0, [])
        if design.valid_from <= on and (design.valid_to is None or design.valid_to >= on)
    ]
    for used_for in (achievement.kind, ""):
        for design in mine:
            if design.used_for == used_for:
                return design
    return None


def next_number(agency: Agency, pattern: str) -> str:
    """Return the number that an agency's next certificate would have by a pattern."""
    return _numbers_ahead(agency, pattern, 1)[0]


def number_clash(agency: Agency, pattern: str) -> str:
    """Return a number among the next ones by a pattern that the agency has given already; empty where there is none."""
    ahead = _numbers_ahead(agency, pattern, LOOK_AHEAD)
    return Certificate.objects.filter(agency=agency, number__in=ahead).values_list("number", flat=True).first() or ""


def _numbers_ahead(agency: Agency, pattern: str, count: int) -> list[str]:
    day = local_date(timezone.now(), agency.time_zone)
    last = NumberSeries.objects.filter(agency=agency, year=day.year).values_list("last", flat=True).first() or 0
    name = agency.short_name
    return [write_number(pattern, sequence=last + n, agency=name, day=day) for n in range(1, count + 1)]


@dataclass(frozen=True)
class Held:
    """A certificate with the version in force."""

    certificate: Certificate
    version: CertificateVersion

    @property
    def facts(self) -> dict:
        return self.version.facts


def _versions_in_force() -> QuerySet[CertificateVersion]:
    return CertificateVersion.objects.filter(number=F("certificate__version")).select_related("certificate__agency")


def certificates_of(person: Person) -> list[Held]:
    """Return a person's certificates, the newest first; two joins, one query."""
    rows = _versions_in_force().filter(certificate__person=person)
    return [Held(row.certificate, row) for row in rows.order_by("-certificate__issued_at", "-certificate")]


def last_changes(held: Iterable[Held]) -> dict[int, CertificateEvent]:
    """Return what last happened to each certificate since it was issued, by its id; one query."""
    rows = CertificateEvent.objects.filter(certificate__in=[one.certificate.pk for one in held])
    rows = rows.exclude(kind=CertificateEvent.Kind.ISSUED).select_related("certificate__achievement")
    return {row.certificate_id: row for row in rows.order_by("pk")}


def certificate_by_code(code: str) -> Held | None:
    row = _versions_in_force().filter(certificate__code=code).first() if code else None
    return Held(row.certificate, row) if row else None


def certificate_of(person: Person, kind: str, subject_id: int) -> Held | None:
    """Return a person's certificate for a subject (kinds as of achievements): that of the last cycle."""
    rows = _versions_in_force().filter(
        certificate__person=person,
        certificate__achievement__kind=kind,
        certificate__achievement__subject_id=subject_id,
    )
    row = rows.order_by("-certificate__achievement__cycle").first()
    return Held(row.certificate, row) if row else None


def version_by_hash(sha256: str) -> CertificateVersion | None:
    """Return the version whose PDF has this hash, of any certificate."""
    return CertificateVersion.objects.filter(sha256=sha256).select_related("certificate").first() if sha256 else None
