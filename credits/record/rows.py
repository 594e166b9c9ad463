"""The learning record (riwayat): one row for each thing achieved, with the fields that must be in it (REC-4).

What apps above know of an achievement (its certificate, whether SIASN has it) comes from providers they register.
"""

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from completion.models import Achievement, Assignment, Result
from completion.rules import organises
from completion.wording import percentage
from core.law import jp
from people.models import Person
from people.visibility import supervises

from .. import wording
from ..external.shown import kind_label
from ..kinds import BY_NUMBER, BY_SLUG, CLASSICAL_FORMS, number_of_form, pillar
from ..models import ExternalDecision, ExternalTraining, LedgerEntry
from ..queries import credited_in

SHARE = re.compile(r"\d{1,9}/[1-9]\d{0,8}", re.ASCII)  # as completion keeps marks


@dataclass(frozen=True)
class Proof:
    """A certificate: number, where it can be opened, the hash of its PDF."""

    number: str
    url: str = ""
    sha256: str = ""


# Each takes ids of achievements and answers for those it knows.
ProofProvider = Callable[[list[int]], Mapping[int, Proof]]
DeliveryProvider = Callable[[list[int]], Mapping[int, str]]
_proofs: list[ProofProvider] = []
_deliveries: list[DeliveryProvider] = []


def register_proofs(provider: ProofProvider) -> None:
    """Add where certificates of achievements are told; two queries at most for any number of them."""
    _proofs.append(provider)


def register_deliveries(provider: DeliveryProvider) -> None:
    """Add where the words for "is it in SIASN" are told."""
    _deliveries.append(provider)


@dataclass(frozen=True)
class RecordRow:
    """One line of the record. JP are exact; `grade` is "" where the reader may not see it."""

    achievement_id: int
    kind: str
    number: int | None
    is_classical: bool
    pillar: int
    title: str
    organiser: str
    material: str
    competencies: tuple[str, ...]
    scope: str
    place: str
    started_on: dt.date
    ended_on: dt.date
    minutes: int
    programme_jp: Fraction
    credited_jp: Fraction
    reasons: tuple[str, ...]
    basis: str
    grade: str
    proof: Proof
    verified_by: str
    verified_at: dt.datetime | None
    unit: str
    delivery: str


@dataclass(frozen=True)
class Record:
    """What a viewer may see of somebody's record. `hidden` counts rows that were chosen freely and are not shown."""

    person: Person
    period: "Period"
    years: tuple[int, ...]
    rows: tuple[RecordRow, ...]
    hidden: int
    programme_jp: Fraction
    credited_jp: Fraction
    waiting: int
    is_whole: bool

    @property
    def has_grades(self) -> bool:
        return any(row.grade for row in self.rows)


@dataclass(frozen=True)
class Period:
    """From a day until a day, both included; None where it is open."""

    first: dt.date | None = None
    last: dt.date | None = None

    @classmethod
    def of_year(cls, year: int) -> "Period":
        return cls(dt.date(year, 1, 1), dt.date(year, 12, 31))

    @property
    def year(self) -> int | None:
        """The calendar year that it is, if it is one."""
        if self.first and self.last and self == Period.of_year(self.first.year):
            return self.first.year
        return None


EVER = Period()


class Sight:
    """How much of a record a viewer sees."""

    WHOLE, TEAM, NOTHING = "whole", "team", ""


def sight_of(viewer: Person, person: Person) -> str:
    """Return what a viewer sees: all of it for oneself and the organiser; JP and what is asked of people for a
    supervisor of today (CONF-1); nothing for anybody else."""
    if viewer.pk == person.pk or organises(viewer, person.pk):
        return Sight.WHOLE
    return Sight.TEAM if supervises(viewer, person) else Sight.NOTHING


def record_of(person: Person, *, period: Period = EVER, sight: str = Sight.WHOLE) -> Record:
    """Return a person's record, the newest first, of what was achieved in a period; the queries do not grow with it."""
    mine = Achievement.objects.filter(person=person, undone_at__isnull=True).exclude(kind=Achievement.Kind.PATH)
    years = tuple(day.year for day in mine.order_by("-local_date").dates("local_date", "year", order="DESC"))
    if period.first:
        mine = mine.filter(local_date__gte=period.first)
    if period.last:
        mine = mine.filter(local_date__lte=period.last)
    achievements = list(mine.annotate(asked=_asked()).order_by("-local_date", "-pk"))
    credited = _credited([one.pk for one in achievements])
    shown = [one for one in achievements if sight == Sight.WHOLE or one.asked]
    waiting = person.external_trainings.filter(state=ExternalTraining.State.WAITING).count()
    return Record(
        person=person,
        period=period,
        years=years,
        rows=tuple(_rows(shown, credited, with_grade=sight == Sight.WHOLE)),
        hidden=len(achievements) - len(shown),
        programme_jp=sum((_programme(one) for one in achievements), Fraction(0)),
        credited_jp=sum((credited[one.pk][0] for one in achievements), Fraction(0)),
        waiting=waiting,
        is_whole=sight == Sight.WHOLE,
    )


def _asked() -> Q:
    """Match what a supervisor may see: assigned courses, and training that supervisors verify."""
    assigned = Assignment.objects.filter(enrolment=OuterRef("enrolment"), withdrawn_at__isnull=True)
    return Q(kind=Achievement.Kind.EXTERNAL) | Q(Exists(assigned))


def _programme(achievement: Achievement) -> Fraction:
    return jp(achievement.programme_minutes, achievement.local_date)


def _credited(ids: list[int]) -> dict[int, tuple[Fraction, tuple[str, ...]]]:
    """Return the JP credited to each achievement and, in words, why not more."""
    found: dict[int, Fraction] = dict.fromkeys(ids, Fraction(0))
    reasons: dict[int, dict[str, None]] = defaultdict(dict)
    for entry in LedgerEntry.objects.filter(achievement__in=ids, reverses__isnull=True, reversal__isnull=True):
        found[entry.achievement_id] += credited_in(entry)
        reasons[entry.achievement_id].update(dict.fromkeys(wording.reasons(entry)))
    return {pk: (sum_of, tuple(reasons[pk])) for pk, sum_of in found.items()}


def _rows(achievements: Sequence[Achievement], credited, *, with_grade: bool) -> Iterable[RecordRow]:
    ids = [one.pk for one in achievements]
    letters = _letters([one.enrolment_id for one in achievements if one.enrolment_id])
    trainings = _trainings([one.subject_id for one in achievements if one.kind == Achievement.Kind.EXTERNAL])
    proofs: dict[int, Proof] = {}
    for tell_proofs in _proofs:
        proofs |= tell_proofs(ids)
    deliveries: dict[int, str] = {}
    for tell_deliveries in _deliveries:
        deliveries |= tell_deliveries(ids)
    for one in achievements:
        training = trainings.get(one.subject_id) if one.kind == Achievement.Kind.EXTERNAL else None
        jp_of_row, reasons = credited[one.pk]
        kind = _kind(one, training)
        yield RecordRow(
            achievement_id=one.pk,
            kind=kind_label(kind),
            number=kind.number,
            is_classical=one.form in CLASSICAL_FORMS,
            pillar=pillar(one.form),
            title=one.title,
            organiser=one.facts.get("organiser", ""),
            material=one.facts.get("summary", ""),
            competencies=tuple(
                f"{each['name']} ({each['level']})" for each in one.facts.get("competencies", ()) if each.get("name")
            ),
            scope=_("international") if one.is_international else _("national"),
            place=_place(one, training),
            started_on=(training and training.started_on) or one.started_on,
            ended_on=(training and training.ended_on) or one.local_date,
            minutes=one.programme_minutes,
            programme_jp=_programme(one),
            credited_jp=jp_of_row,
            reasons=(*reasons, *_less(training)),
            basis=_basis(one, training, letters),
            grade=_grade(one) if with_grade else "",
            proof=_proof(one, training, proofs),
            **_verified(training),
            unit=one.facts.get("unit", ""),
            delivery=deliveries.get(one.pk, _("taken over from SIASN") if training and training.siasn_record else ""),
        )


def _kind(achievement: Achievement, training: ExternalTraining | None):
    number = training.kind if training else number_of_form(achievement.form)
    return BY_NUMBER[number] if number else BY_SLUG["pendidikan"]


def _place(achievement: Achievement, training: ExternalTraining | None) -> str:
    if training:
        return ", ".join(filter(None, (_("online") if training.is_online else "", training.place)))
    return achievement.facts.get("place") or _("online")


def _letters(enrolment_ids: list[int]) -> dict[int, str]:
    """Return, for each enrolment, the letter or reason of the first assignment that stands."""
    rows = Assignment.objects.filter(enrolment__in=enrolment_ids, withdrawn_at__isnull=True).order_by("-pk")
    return {enrolment: letter or reason for enrolment, letter, reason in rows.values_list(
        "enrolment", "letter_number", "reason"
    )}  # fmt: skip


def _trainings(ids: list[int]) -> dict[int, ExternalTraining]:
    rows = ExternalTraining.objects.in_bulk(ids)
    kinds = [ExternalDecision.Kind.VERIFIED, ExternalDecision.Kind.TAKEN_OVER]
    for decision in ExternalDecision.objects.filter(training__in=ids, kind__in=kinds).select_related("by"):
        rows[decision.training_id].verdict = decision  # type: ignore[attr-defined]
    return rows


def _basis(achievement: Achievement, training: ExternalTraining | None, letters: dict[int, str]) -> str:
    if training:
        basis = training.get_basis_display() if training.basis else ""
        return f"{basis}: {training.letter_number}" if training.letter_number else basis
    letter = letters.get(achievement.enrolment_id or 0)
    return _("Assigned: %(letter)s") % {"letter": letter} if letter else _("my own initiative")


def _less(training: ExternalTraining | None) -> tuple[str, ...]:
    verdict = getattr(training, "verdict", None)
    return (verdict.reason,) if verdict and verdict.changes and verdict.reason else ()


def _grade(achievement: Achievement) -> str:
    """Write the mark, an exact share as percent, and that it was passed: `85% · Lulus`."""
    grade = str(achievement.facts.get("grade") or "")
    mark = percentage(Fraction(grade)) if SHARE.fullmatch(grade) else grade
    passed = _("Passed") if achievement.facts.get("result") == Result.PASSED else ""
    return " · ".join(filter(None, (mark, passed)))


def _proof(achievement: Achievement, training: ExternalTraining | None, proofs: Mapping[int, Proof]) -> Proof:
    """Evidence is what was handed in; for what was learnt here, the certificate."""
    if training and (training.number or training.evidence_sha256):
        from django.urls import reverse

        url = reverse("credits:external_evidence", args=[training.key]) if training.evidence else ""
        return Proof(training.number, url, training.evidence_sha256)
    return proofs.get(achievement.pk, Proof(""))


def _verified(training: ExternalTraining | None) -> dict:
    verdict = getattr(training, "verdict", None)
    if verdict is None:
        return {"verified_by": "", "verified_at": None}
    return {"verified_by": verdict.by.full_name, "verified_at": verdict.at}
