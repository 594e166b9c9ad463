"""Every write about certificates: issued once, corrected by a new version, revoked and put in force again."""

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from completion.models import Achievement
from core.zones import local_date
from people.models import Agency, Person

from . import documents, facts, news, signing
from .codes import new_code
from .models import (
    Certificate,
    CertificateEvent,
    CertificateVersion,
    Design,
    NumberPattern,
    NumberSeries,
    PublicKey,
)
from .numbering import DEFAULT, write_number
from .queries import design_for, designs_by_agency, without_certificate
from .rules import deserves_certificate

BATCH = 500
SPAN = 5000  # ids that one word may settle: an old achievement, made anew, must not walk through all later ones
TRIES = 3
# Who is in no agency and took a course of no agency's shelf gets a number of the platform.
PLATFORM = "PLATFORM"

Agencies = dict[int | None, Agency | None]


# --- issuing ---------------------------------------------------------------------------------------------------------


def issue(*, achievement_ids: Iterable[int]) -> list[Certificate]:
    """Issue the certificates that these achievements deserve and do not have; return the new ones.

    Numbers have no gap: the row of a series is locked, and what is missing is looked at again behind that lock. The
    queries do not grow with the achievements.
    """
    ids = list(achievement_ids)
    for attempt in range(1, TRIES + 1):
        try:
            return _issue(ids)
        except IntegrityError:  # the same code twice, once in a lifetime
            if attempt == TRIES:
                raise
    return []


@transaction.atomic
def _issue(ids: list[int]) -> list[Certificate]:
    if not any(map(deserves_certificate, _missing(ids))):
        return []
    now = timezone.now()
    concerned = _agency_ids(ids)
    agencies: Agencies = {None: None, **Agency.objects.in_bulk([pk for pk in concerned if pk])}
    series = _locked_series({_year_of(agencies[pk], now) for pk in concerned})
    # Read behind the lock: whoever held it before may have issued some of them.
    achievements = [one for one in _missing(ids) if deserves_certificate(one)]
    return _write(achievements, agencies, series, now)


def _missing(ids: list[int]) -> list[Achievement]:
    return list(without_certificate().filter(pk__in=ids).select_related("person").order_by("pk"))


def _agency_ids(ids: list[int]) -> set[int | None]:
    return set(Achievement.objects.filter(pk__in=ids).values_list("agency", flat=True))


def _zone_of(agency: Agency | None) -> str:
    return agency.time_zone if agency else timezone.get_default_timezone_name()


def _year_of(agency: Agency | None, now: dt.datetime) -> tuple[int | None, int]:
    return (agency.pk if agency else None, local_date(now, _zone_of(agency)).year)


def _locked_series(wanted: set[tuple[int | None, int]]) -> dict[tuple[int | None, int], NumberSeries]:
    """Return the rows of the series, locked in one order for all, so that nobody waits for each other."""
    found = {}
    for agency_id, year in sorted(wanted, key=lambda key: (key[0] or 0, key[1])):
        its_own = Q(agency=agency_id) if agency_id else Q(agency__isnull=True)
        NumberSeries.objects.filter(its_own).get_or_create(year=year, defaults={"agency_id": agency_id})
        found[agency_id, year] = NumberSeries.objects.select_for_update().get(its_own, year=year)
    return found


def _write(achievements: list[Achievement], agencies: Agencies, series: dict, now: dt.datetime) -> list[Certificate]:
    designs = designs_by_agency(pk for pk in agencies if pk)
    rows, told = [], []
    by_series = defaultdict(list)
    for achievement in achievements:
        by_series[_year_of(agencies[achievement.agency_id], now)].append(achievement)
    for key, members in by_series.items():
        agency = agencies[key[0]]
        issued_on = local_date(now, _zone_of(agency))
        numbers = _next_numbers(series[key], agency, issued_on)
        for achievement in members:
            sequence, number = next(numbers)
            code, language = new_code(), achievement.person.language
            design = design_for(designs, achievement, issued_on)
            row = Certificate(
                achievement=achievement,
                person_id=achievement.person_id,
                agency=agency,
                code=code,
                number=number,
                year=key[1],
                sequence=sequence,
                issued_at=now,
                valid_until=achievement.valid_until,
                state_at=now,
            )
            rows.append(row)
            content = facts.frozen(
                achievement, design, number=number, code=code, language=language, issued_on=issued_on
            )
            told.append(CertificateVersion(facts=content, language=language, made_at=now))
    Certificate.objects.bulk_create(rows)
    for row, version in zip(rows, told, strict=True):
        version.certificate = row
    CertificateVersion.objects.bulk_create(told)
    issued = CertificateEvent.Kind.ISSUED
    CertificateEvent.objects.bulk_create([CertificateEvent(certificate=row, kind=issued, at=now) for row in rows])
    for row in series.values():
        row.save(update_fields=["last"])
    return rows


def _next_numbers(row: NumberSeries, agency: Agency | None, day: dt.date) -> Iterator[tuple[int, str]]:
    """Yield sequence and number; a number that another pattern of the agency has given before is passed over."""
    own = NumberPattern.objects.filter(agency=agency).first() if agency else None
    pattern = own.pattern if own else DEFAULT
    name = agency.short_name if agency else PLATFORM
    while True:
        block = [
            (sequence, write_number(pattern, sequence=sequence, agency=name, day=day))
            for sequence in range(row.last + 1, row.last + BATCH + 1)
        ]
        given = Certificate.objects.filter(agency=agency, number__in=[number for _sequence, number in block])
        taken = set(given.values_list("number", flat=True))
        for sequence, number in block:
            row.last = sequence
            if number not in taken:
                yield sequence, number


def issue_from(*, first_id: int) -> int:
    """Settle the achievements from an id on in order, a batch of them, and return the last id that is settled.

    A change for everyone announces thousands of achievements one by one: the first word settles those that follow it.
    """
    newest = Achievement.objects.order_by("-pk").values_list("pk", flat=True).first() or first_id
    last = max(first_id, min(newest, first_id + SPAN))
    waiting = without_certificate().filter(pk__gte=first_id, pk__lte=last).order_by("pk").values_list("pk", flat=True)
    ids = list(waiting[:BATCH])
    if len(ids) == BATCH:
        last = ids[-1]
    if ids:
        issue(achievement_ids=ids)
    _restore_remade(Q(achievement__gte=first_id, achievement__lte=last))
    return last


def settle(*, repair: bool) -> dict[str, int]:
    """Count, and when asked repair, achievements without their certificate and certificates without their achievement.

    Returns `{missing, revoked, restored}`: to issue, to revoke because the achievement was undone, to put in force
    again because it was made anew. Bounded memory: in batches of ids.
    """
    counted = {"missing": 0, "revoked": 0, "restored": 0}
    last = 0
    while True:
        waiting = without_certificate().filter(pk__gt=last).order_by("pk")[:BATCH]
        batch = [one for one in waiting if deserves_certificate(one)]
        ids = [one.pk for one in waiting]
        if not ids:
            break
        last = ids[-1]
        counted["missing"] += len(issue(achievement_ids=[one.pk for one in batch]) if repair else batch)
    undone = Certificate.objects.filter(achievement__undone_at__isnull=False, state=Certificate.State.VALID)
    for achievement_id in undone.values_list("achievement", flat=True).iterator():
        counted["revoked"] += revoke_undone(achievement_id=achievement_id) if repair else 1
    counted["restored"] = _restore_remade(Q()) if repair else _remade(Q()).count()
    return counted


# --- following the achievement ---------------------------------------------------------------------------------------


@transaction.atomic
def revoke_undone(*, achievement_id: int) -> bool:
    """Revoke the certificate of an achievement that was undone; return whether there was one in force."""
    found = Certificate.objects.select_for_update().filter(
        achievement=achievement_id, achievement__undone_at__isnull=False, state=Certificate.State.VALID
    )
    certificate = found.first()
    if certificate is None:
        return False
    _change(certificate, CertificateEvent.Kind.REVOKED, cause=Certificate.Cause.UNDONE)
    return True


def _remade(which: Q):
    """Certificates that were revoked with their achievement, which is in force again."""
    return Certificate.objects.filter(
        which, state=Certificate.State.REVOKED, cause=Certificate.Cause.UNDONE, achievement__undone_at__isnull=True
    )


@transaction.atomic
def _restore_remade(which: Q) -> int:
    again = list(_remade(which).select_for_update(of=("self",)))
    for certificate in again:
        _change(certificate, CertificateEvent.Kind.RESTORED)
    return len(again)


# --- decisions of the organiser --------------------------------------------------------------------------------------


@transaction.atomic
def revoke(*, certificate: Certificate, cause: str, reason: str, by: Person) -> Certificate:
    """Revoke at once, for everyone who checks; raise ValidationError where it is revoked already."""
    certificate = _locked(certificate)
    if certificate.state == Certificate.State.REVOKED:
        raise ValidationError(_("This certificate is revoked already."))
    return _change(certificate, CertificateEvent.Kind.REVOKED, cause=cause, reason=reason, by=by)


@transaction.atomic
def restore(*, certificate: Certificate, reason: str, by: Person) -> Certificate:
    """Put in force again; raise ValidationError where it is in force, or its achievement is not."""
    certificate = _locked(certificate)
    if certificate.state == Certificate.State.VALID:
        raise ValidationError(_("This certificate is in force."))
    if certificate.achievement.undone_at is not None:
        raise ValidationError(_("The completion was taken back. Decide about the completion first."))
    return _change(certificate, CertificateEvent.Kind.RESTORED, reason=reason, by=by)


@transaction.atomic
def reissue(*, certificate: Certificate, reason: str, by: Person, language: str, renew_name: bool) -> Certificate:
    """Make a new version in today's design, under the same number and code; earlier PDFs are answered as replaced.

    `renew_name` takes name and NIP from today's personnel data; all else stays as it was achieved.
    """
    certificate = _locked(certificate)
    if certificate.state == Certificate.State.REVOKED:
        raise ValidationError(_("This certificate is revoked. Put it in force again first."))
    before = certificate.versions.get(number=certificate.version)
    achievement = certificate.achievement
    achievement.facts = {**achievement.facts, **_holder(before, certificate.person if renew_name else None)}
    issued_on = dt.date.fromisoformat(before.facts["issued_on"])
    today = local_date(timezone.now(), _zone_of(certificate.agency))
    designs = designs_by_agency([certificate.agency_id] if certificate.agency_id else [])
    content = facts.frozen(
        achievement,
        design_for(designs, achievement, today),
        number=certificate.number,
        code=certificate.code,
        language=language,
        issued_on=issued_on,
    )
    certificate.version += 1
    certificate.save(update_fields=["version"])
    CertificateVersion.objects.create(
        certificate=certificate, number=certificate.version, facts=content, language=language
    )
    _note(certificate, CertificateEvent.Kind.REISSUED, reason=reason, by=by)
    return certificate


def _holder(before: CertificateVersion, person: Person | None) -> dict[str, str]:
    if person is None:
        return {"name": before.facts["name"], "nip": before.facts["nip"]}
    employment = person.employments.current().first()
    return {"name": person.full_name, "nip": employment.nip if employment else before.facts["nip"]}


def _locked(certificate: Certificate) -> Certificate:
    rows = Certificate.objects.select_for_update(of=("self",)).select_related("achievement", "person", "agency")
    return rows.get(pk=certificate.pk)


def _change(certificate: Certificate, kind: str, *, cause: str = "", reason: str = "", by: Person | None = None):
    revoked = kind == CertificateEvent.Kind.REVOKED
    certificate.state = Certificate.State.REVOKED if revoked else Certificate.State.VALID
    certificate.cause = cause
    certificate.state_at = timezone.now()
    certificate.save(update_fields=["state", "cause", "state_at"])
    _note(certificate, kind, cause=cause, reason=reason, by=by)
    return certificate


def _note(certificate: Certificate, kind: str, *, cause: str = "", reason: str = "", by: Person | None = None) -> None:
    """Keep what happened, and tell the holder once it is so."""
    event = CertificateEvent.objects.create(
        certificate=certificate, kind=kind, version=certificate.version, cause=cause, reason=reason, by=by
    )
    transaction.on_commit(lambda: news.tell_holder(certificate, event))


# --- the PDF ---------------------------------------------------------------------------------------------------------


def ensure_pdf(*, version: CertificateVersion) -> CertificateVersion:
    """Write and sign the PDF where there is none yet, and return the version with its hash.

    Of two who ask at once, the first one's file is kept and both are given it: a second signature would be a second
    hash. A file whose row was never written is nobody's, and harms nobody.
    """
    if version.pdf:
        return version
    signer = signing.signer()
    plain = documents.write(version, assurance=signer.assurance)
    signed = signer.sign(plain, reason=f"{version.facts['heading']} {version.facts['number']}")
    digest = hashlib.sha256(signed.pdf).hexdigest()
    name = default_storage.save(f"sertifikat/{version.facts['code']}/{digest}.pdf", ContentFile(signed.pdf))
    written: dict[str, Any] = {
        "pdf": name,
        "sha256": digest,
        "assurance": signer.assurance,
        "signed_by": signed.signed_by[:300],
        "is_development": signed.is_development,
    }
    if not CertificateVersion.objects.filter(pk=version.pk, pdf="").update(**written):
        default_storage.delete(name)
    version.refresh_from_db()
    return version


def remember_key() -> signing.PlatformKey:
    """Return the platform's key, kept among the public keys before it signs anything."""
    key = signing.platform_key()
    if not PublicKey.objects.filter(pk=key.kid).exists():
        PublicKey.objects.get_or_create(
            kid=key.kid,
            defaults={"jwk": key.jwk, "subject": key.subject, "is_development": key.is_development},
        )
    return key


# --- settings of an agency -------------------------------------------------------------------------------------------


@transaction.atomic
def save_design(*, design: Design) -> Design:
    """Keep a design; a new one takes over on its first day, and the one before it ends the day before."""
    if design.pk is None:
        before = Design.objects.select_for_update().filter(
            agency=design.agency, used_for=design.used_for, valid_to__isnull=True
        )
        for row in before:
            if row.valid_from >= design.valid_from:
                raise ValidationError(
                    {"valid_from": _("“%(name)s” begins on this day or later. Edit that one.") % {"name": row.name}}
                )
            row.valid_to = design.valid_from - dt.timedelta(days=1)
            row.save(update_fields=["valid_to"])
    design.save()
    return design


@transaction.atomic
def save_numbering(*, agency: Agency, pattern: str) -> NumberPattern:
    """Keep an agency's pattern; numbers that were given stay as they are."""
    row, _made = NumberPattern.objects.update_or_create(agency=agency, defaults={"pattern": pattern})
    return row
