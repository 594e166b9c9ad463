"""From achievements to what SIASN is sent: which ones, with which JP, number and certificate, and what is missing."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from django.core.files.storage import default_storage
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from certificates.models import Certificate, CertificateVersion
from certificates.services import ensure_pdf
from completion.models import Achievement
from core.law import jp
from credits.kinds import number_of_form
from credits.models import ExternalTraining, LedgerEntry
from credits.queries import credited_in
from people.models import Agency, Employment, Unit
from people.visibility import in_agencies

from .mapping import CourseRecord, Missing
from .models import JpBasis

KINDS = (Achievement.Kind.COURSE, Achievement.Kind.EXTERNAL)  # a path is its courses


@dataclass(frozen=True)
class Prepared:
    """An achievement as it would be sent. `problems` are words; without any it can be sent."""

    achievement: Achievement
    record: CourseRecord
    nip: str
    training: ExternalTraining | None
    version: CertificateVersion | None

    @property
    def has_pdf(self) -> bool:
        return self.version is not None or bool(self.training and self.training.evidence_type == "pdf")

    @property
    def problems(self) -> list[str]:
        words = [in_words(what) for what in self.record.missing]
        if not self.nip:
            words.append(_("the person has no NIP in this agency"))
        if not self.has_pdf and Missing.NUMBER not in self.record.missing:
            words.append(_("there is no certificate as PDF"))
        return words

    def pdf(self) -> bytes:
        """Return the certificate: what was handed in, else what the platform issued, written now if need be."""
        if self.training and self.training.evidence_type == "pdf":
            name = str(self.training.evidence.name)
        else:
            if self.version is None:
                raise LookupError("no certificate")
            name = ensure_pdf(version=self.version).pdf
        with default_storage.open(name) as file:
            return file.read()


def in_words(missing: Missing) -> str:
    return {
        Missing.PERSON: _("the person has no SIASN id: add it on the person's page"),
        Missing.AGENCY: _("the agency has no SIASN id: an administrator adds it"),
        Missing.KIND: _("SIASN has no number for formal education; it is recorded there as a degree"),
        Missing.NAME: _("the title is empty"),
        Missing.ORGANISER: _("the organiser is empty"),
        Missing.NUMBER: _("there is no certificate in force"),
        Missing.HOURS: _("it is worth less than one whole JP"),
        Missing.DATES: _("the days are in the wrong order"),
    }[missing]


def exportable(
    agency: Agency, *, first: dt.date | None = None, last: dt.date | None = None, unit: Unit | None = None
) -> QuerySet[Achievement]:
    """Return the achievements of an agency's people of today that SIASN does not have from SIASN itself."""
    from people.models import Person
    from people.queries import people_below

    people = people_below(unit) if unit else Person.objects.filter(in_agencies([agency.pk]))
    from_there = ExternalTraining.objects.exclude(siasn_record="").values("pk")
    rows = Achievement.objects.filter(person__in=people.order_by().values("pk"), undone_at__isnull=True)
    rows = rows.filter(kind__in=KINDS).exclude(Q(kind=Achievement.Kind.EXTERNAL, subject_id__in=from_there))
    if first:
        rows = rows.filter(local_date__gte=first)
    if last:
        rows = rows.filter(local_date__lte=last)
    return rows.order_by("local_date", "pk")


def prepare(achievements: Iterable[Achievement], *, agency: Agency, basis: str) -> list[Prepared]:
    """Return achievements as SIASN is sent them; five queries for any number, the people read along."""
    rows = list(achievements)
    ids = [row.pk for row in rows]
    credited = _credited(ids) if basis == JpBasis.CREDITED else {}
    trainings = ExternalTraining.objects.in_bulk(
        [row.subject_id for row in rows if row.kind == Achievement.Kind.EXTERNAL]
    )
    versions = certificates_of(ids)
    jobs = Employment.objects.current().filter(person__in=[row.person_id for row in rows], agency=agency)
    nips = dict(jobs.order_by("valid_from", "pk").values_list("person", "nip"))
    prepared = []
    for row in rows:
        training = trainings.get(row.subject_id) if row.kind == Achievement.Kind.EXTERNAL else None
        version = versions.get(row.pk)
        worth = credited.get(row.pk, Fraction(0)) if basis == JpBasis.CREDITED else _programme(row)
        record = _record(row, agency, training, version, worth)
        prepared.append(Prepared(row, record, nips.get(row.person_id, ""), training, version))
    return prepared


def certificates_of(achievement_ids: Iterable[int]) -> dict[int, CertificateVersion]:
    """Return the certificates of achievements that are not revoked, as they are in force; one query."""
    held = CertificateVersion.objects.filter(
        number=F("certificate__version"),
        certificate__achievement__in=list(achievement_ids),
        certificate__state=Certificate.State.VALID,
    )
    return {version.certificate.achievement_id: version for version in held.select_related("certificate")}


def _record(row: Achievement, agency: Agency, training, version, worth: Fraction) -> CourseRecord:
    number = (training.number if training else "") or (version.certificate.number if version else "")
    return CourseRecord(
        person_id=row.person.siasn_id,
        agency_id=agency.siasn_id,
        kind=training.kind if training else number_of_form(row.form),
        name=row.title,
        organiser=row.facts.get("organiser", ""),
        number=number,
        jp=worth,
        started_on=(training and training.started_on) or row.started_on,
        ended_on=(training and training.ended_on) or row.local_date,
    )


def _programme(row: Achievement) -> Fraction:
    return jp(row.programme_minutes, row.local_date)


def _credited(ids: list[int]) -> dict[int, Fraction]:
    found: dict[int, Fraction] = defaultdict(Fraction)
    for entry in LedgerEntry.objects.filter(achievement__in=ids, reverses__isnull=True, reversal__isnull=True):
        found[entry.achievement_id] += credited_in(entry)
    return found
