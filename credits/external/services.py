"""Every write about training done elsewhere. A report and its decision are one transaction; news goes out after it."""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from completion.models import Achievement
from completion.services.achieving import Achieved, make_achievements, take_back_achievements
from core.zones import end_of_day, local_date
from people.models import Person
from people.queries import main_unit

from ..kinds import Kind
from ..models import ExternalDecision, ExternalTraining, SelfStudyNotice
from . import news
from .evidence import Evidence
from .rules import State, may_verify

FIELDS = (
    "title", "organiser", "is_international", "is_online", "place", "started_on", "ended_on", "minutes", "units",
    "number", "summary", "competency", "level", "basis", "letter_number",
)  # fmt: skip


class NotPossible(Exception):
    """The training is in another state by now, or may not be decided about; the message is for the person."""


def begin(
    *, person: Person, key: uuid.UUID, kind: Kind, facts: Mapping[str, Any], evidence: Evidence | None = None
) -> ExternalTraining:
    """Keep a new draft, as far as it is filled in, under the key its form was given: sent twice is one.

    Raises NotPossible where that report has been handed in by now.
    """
    try:
        with transaction.atomic():
            return _write(ExternalTraining(person=person, key=key), kind, facts, evidence)
    except IntegrityError:
        known = ExternalTraining.objects.filter(person=person, key=key).first()
        if known is None:
            raise
        return change(training=known, kind=kind, facts=facts, evidence=evidence)


@transaction.atomic
def change(*, training: ExternalTraining, kind: Kind, facts: Mapping[str, Any], evidence: Evidence | None = None):
    """Change a draft, or what was sent back. Raises NotPossible once it is handed in."""
    row = _open(training)
    return _write(row, kind, facts, evidence)


@transaction.atomic
def _write(row: ExternalTraining, kind: Kind, facts: Mapping[str, Any], evidence: Evidence | None):
    row.kind, row.form = kind.number, kind.form
    for name in FIELDS:
        if name in facts:
            setattr(row, name, facts[name])
    row.changed_at = timezone.now()
    if evidence and evidence.sha256 != row.evidence_sha256:
        _replace_evidence(row, evidence)
    row.save()
    return row


def _replace_evidence(row: ExternalTraining, evidence: Evidence) -> None:
    storage, old = row.evidence.storage, row.evidence.name
    row.evidence_name, row.evidence_type, row.evidence_sha256 = evidence.name, evidence.type, evidence.sha256
    row.evidence.save(evidence.name, evidence.file, save=False)
    if old:
        transaction.on_commit(lambda: storage.delete(old))


@transaction.atomic
def submit(*, training: ExternalTraining) -> ExternalTraining:
    """Hand a complete report in; supervisors and organisers are told. Raises NotPossible."""
    row = _open(training)
    if not (row.title and row.organiser and row.started_on and row.ended_on and row.evidence_sha256):
        raise NotPossible(_("Something is still missing. Fill it in and hand it in again."))
    if row.ended_on > local_date(timezone.now(), row.person.time_zone):
        raise NotPossible(_("The training has not ended yet. Keep the draft and hand it in afterwards."))
    row.state, row.submitted_at = State.WAITING, timezone.now()
    row.counted_minutes = row.counted_units = None
    row.save()
    decision = _decided(row, ExternalDecision.Kind.SUBMITTED, row.person)
    transaction.on_commit(lambda: news.tell_verifiers(row, decision))
    return row


@transaction.atomic
def discard(*, training: ExternalTraining) -> None:
    """Throw away a draft that was never handed in, with its file. Raises NotPossible."""
    row = _open(training)
    if row.submitted_at is not None:
        raise NotPossible(_("This was handed in before and stays in the record."))
    storage, name = row.evidence.storage, row.evidence.name
    row.delete()
    if name:
        transaction.on_commit(lambda: storage.delete(name))


# --- deciding --------------------------------------------------------------------------------------------------------


@transaction.atomic
def verify(
    *, training: ExternalTraining, by: Person, minutes: int | None = None, units: int | None = None, reason: str = ""
) -> ExternalTraining:
    """Confirm a report, also one whose verification was taken back; it counts from now on.

    `minutes` or `units` below what was reported need a reason.
    Raises NotPossible where it no longer waits, for one's own, or where more is given than was reported.
    """
    row = _to_decide(training, by)
    row.counted_minutes = row.counted_units = None
    changes = {}
    for name, found in (("minutes", minutes), ("units", units)):
        reported = getattr(row, name)
        if found is None or reported is None or found == reported:
            continue
        if found > reported:
            raise NotPossible(_("Only less than was reported can be counted. For more, send it back for revision."))
        if not reason.strip():
            raise NotPossible(_("Say why less is counted; the person reads it."))
        setattr(row, f"counted_{name}", found)
        changes[name] = [reported, found]
    row.state, row.decided_at = State.VERIFIED, timezone.now()
    row.save()
    _achieve(row)
    decision = _decided(row, ExternalDecision.Kind.VERIFIED, by, reason, changes)
    transaction.on_commit(lambda: news.tell_person(row, decision))
    return row


@transaction.atomic
def send_back(*, training: ExternalTraining, by: Person, reason: str, for_good: bool = False) -> ExternalTraining:
    """Ask for a revision, or reject `for_good`, with a reason that the person reads. Raises NotPossible."""
    row = _to_decide(training, by)
    if not reason.strip():
        raise NotPossible(_("Say why; the person reads it."))
    row.state, row.decided_at = State.REJECTED if for_good else State.REVISE, timezone.now()
    row.save()
    kind = ExternalDecision.Kind.REJECTED if for_good else ExternalDecision.Kind.REVISE
    decision = _decided(row, kind, by, reason)
    transaction.on_commit(lambda: news.tell_person(row, decision))
    return row


@transaction.atomic
def take_back(*, training: ExternalTraining, by: Person, reason: str) -> ExternalTraining:
    """Take a verification back, with a reason that the person reads: its JP and a certificate of ours go with it.

    It can be verified again. Raises NotPossible for one's own, and for what is not verified.
    """
    row = _held(training, by)
    if row.state != State.VERIFIED:
        raise NotPossible(_("Only what is verified can be taken back."))
    if not reason.strip():
        raise NotPossible(_("Say why; the person reads it."))
    row.state, row.decided_at = State.REVOKED, timezone.now()
    row.save()
    take_back_achievements(kind=Achievement.Kind.EXTERNAL, subject_id=row.pk)
    decision = _decided(row, ExternalDecision.Kind.TAKEN_BACK, by, reason)
    transaction.on_commit(lambda: news.tell_person(row, decision))
    return row


@dataclass(frozen=True)
class Known:
    """A training that SIASN has in somebody's history, as it is taken over: `minutes` are its JP in minutes."""

    record: str
    kind: Kind
    title: str
    organiser: str
    number: str
    minutes: int
    started_on: dt.date
    ended_on: dt.date


@transaction.atomic
def take_over(*, person: Person, by: Person, known: Known) -> ExternalTraining | None:
    """Take a training over from SIASN, verified as it is there; None where that has been done.

    Raises NotPossible for one's own.
    """
    if person.pk == by.pk:
        raise NotPossible(_("Nobody decides about their own record; please ask another organiser."))
    if ExternalTraining.objects.filter(person=person, siasn_record=known.record).exists():
        return None
    now = timezone.now()
    row = ExternalTraining.objects.create(
        person=person,
        kind=known.kind.number,
        form=known.kind.form,
        title=known.title[:255],
        organiser=known.organiser[:255],
        number=known.number[:100],
        started_on=known.started_on,
        ended_on=known.ended_on,
        minutes=known.minutes,
        is_online=False,
        state=State.VERIFIED,
        source=ExternalTraining.Source.SIASN,
        siasn_record=known.record,
        submitted_at=now,
        decided_at=now,
    )
    _achieve(row)
    _decided(row, ExternalDecision.Kind.TAKEN_OVER, by)
    return row


def _to_decide(training: ExternalTraining, by: Person) -> ExternalTraining:
    row = _held(training, by)
    if row.state not in (State.WAITING, State.REVOKED):
        raise NotPossible(_("Somebody has decided about it in the meantime."))
    return row


def _held(training: ExternalTraining, by: Person) -> ExternalTraining:
    row = ExternalTraining.objects.select_for_update().get(pk=training.pk)
    if not may_verify(by, row):
        raise NotPossible(_("Nobody decides about their own record; please ask another organiser."))
    return row


def _open(training: ExternalTraining) -> ExternalTraining:
    row = ExternalTraining.objects.select_for_update().filter(pk=training.pk).first()
    if row is None or not row.is_open:
        raise NotPossible(_("This has been handed in and can no longer be changed."))
    return row


def _decided(row: ExternalTraining, kind: str, by: Person, reason: str = "", changes: dict | None = None):
    return ExternalDecision.objects.create(
        training=row, kind=kind, by=by, reason=reason.strip()[:500], changes=changes or {}
    )


def _achieve(row: ExternalTraining) -> None:
    """Make the achievement from which certificate and JP follow, with the facts as verified.

    What is verified again as it was is that achievement again, with its certificate; what has changed is another one.
    """
    told = _achieved(row)
    mine = {"person": row.person, "kind": told.kind, "subject_id": row.pk}
    last = Achievement.objects.filter(**mine).order_by("-cycle").first()
    if last is not None:
        told = replace(told, cycle=last.cycle if _says(last, told) else last.cycle + 1)
    make_achievements(achieved=[told])


def _says(known: Achievement, told: Achieved) -> bool:
    """Say whether an achievement holds just what is verified now."""
    names = ("title", "programme_minutes", "form", "is_international")
    same = all(getattr(known, name) == getattr(told, name) for name in names)
    days = known.started_on == local_date(told.started_at, known.zone)
    return same and days and all(known.facts.get(name) == value for name, value in told.facts.items())


def _achieved(row: ExternalTraining) -> Achieved:
    zone, person = row.person.time_zone, row.person
    started_on, ended_on = cast(dt.date, row.started_on), cast(dt.date, row.ended_on)  # a constraint
    unit = main_unit(person, ended_on)
    return Achieved(
        person_id=person.pk,
        kind=Achievement.Kind.EXTERNAL,
        subject_id=row.pk,
        title=row.title,
        programme_minutes=row.credited_minutes,
        form=row.form,
        is_international=row.is_international,
        started_at=dt.datetime.combine(started_on, dt.time(), tzinfo=ZoneInfo(zone)),
        achieved_at=min(end_of_day(ended_on, zone), timezone.now()),
        unit_id=unit.pk if unit else None,
        facts={
            "summary": row.summary,
            "organiser": row.organiser,
            "place": "" if row.is_online else row.place,
            "kind": row.kind,
            "number": row.number,
            # The organiser's own certificate says all, where there is one as PDF; else ours proves it.
            "issues_certificate": not row.siasn_record and not (row.number and row.evidence_type == "pdf"),
            "units": row.credited_units,
            "ended_on": ended_on.isoformat(),
            "competencies": [{"name": row.competency.name, "level": row.level}] if row.competency else [],
        },
    )


# --- self-study ------------------------------------------------------------------------------------------------------


def tell_superior(*, person: Person, about: str) -> SelfStudyNotice:
    """Note that a person has told the superior of self-study outside working hours; twice a day is once."""
    now = timezone.now()
    day = local_date(now, person.time_zone)
    try:
        with transaction.atomic():
            notice = SelfStudyNotice.objects.create(
                person=person, about=about, told_at=now, zone=person.time_zone, local_date=day
            )
            transaction.on_commit(lambda: news.tell_of_self_study(notice))
            return notice
    except IntegrityError:
        return SelfStudyNotice.objects.get(person=person, local_date=day, about=about)
