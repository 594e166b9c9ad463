"""Reads about training done elsewhere."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Prefetch, Q, QuerySet

from people.models import Employment, Person
from people.permissions import organised_ids

from ..models import ExternalDecision, ExternalTraining, JpRule, SelfStudyNotice
from .rules import State, supervised_trainings

NOTICES_SHOWN = 10
NOTICE_DAYS = 30


def with_decisions(trainings: QuerySet[ExternalTraining]) -> QuerySet[ExternalTraining]:
    """Add the decisions, oldest first, with who decided."""
    decisions = ExternalDecision.objects.select_related("by").order_by("pk")
    return trainings.prefetch_related(Prefetch("decisions", decisions))


def trainings_of(person: Person) -> list[ExternalTraining]:
    """Return what a person has reported, what asks for something first; two queries."""
    order = [State.REVISE, State.DRAFT, State.WAITING, State.REVOKED, State.REJECTED, State.VERIFIED]
    rows = list(with_decisions(ExternalTraining.objects.filter(person=person)).order_by("-ended_on", "-pk"))
    return sorted(rows, key=lambda row: order.index(State(row.state)))


def waiting_for(viewer: Person) -> QuerySet[ExternalTraining]:
    """Return what waits for a supervisor, the oldest first."""
    rows = supervised_trainings(viewer).filter(state=State.WAITING)
    return rows.select_related("person").order_by("submitted_at", "pk")


def decided_for(viewer: Person) -> QuerySet[ExternalTraining]:
    """Return what a supervisor's people had verified or taken back, the latest decision first."""
    rows = supervised_trainings(viewer).filter(state__in=[State.VERIFIED, State.REVOKED])
    return rows.select_related("person").order_by("-decided_at", "-pk")


def notices_for(viewer: Person, on: dt.date) -> QuerySet[SelfStudyNotice]:
    """Return the latest notices of self-study of people whom the viewer supervises, of the last thirty days."""
    from people.visibility import supervised_by

    rows = SelfStudyNotice.objects.filter(person__in=supervised_by(viewer))
    return rows.filter(local_date__gte=on - dt.timedelta(days=NOTICE_DAYS)).select_related("person")[:NOTICES_SHOWN]


def counted_by(form: str, on: dt.date) -> str:
    """Return what JP of a form are counted by on a day: a value of `JpRule.Unit`; minutes where no rule is in force."""
    rules = JpRule.objects.current(on).filter(form=form, scope=JpRule.Scope.NATIONAL)
    return rules.values_list("unit", flat=True).first() or JpRule.Unit.MINUTES


@dataclass(frozen=True)
class Alike:
    """Another report that may be the same training. `other` is None where the viewer may not know whose it is."""

    same_file: bool
    other: ExternalTraining | None = None


def alike(training: ExternalTraining) -> list[Alike]:
    """Return reports of the same title and days by the same person, and whether anybody handed in the same file."""
    same_days = Q(
        person=training.person_id,
        title__iexact=training.title,
        started_on=training.started_on,
        ended_on=training.ended_on,
    )
    same_file = Q(evidence_sha256=training.evidence_sha256) if training.evidence_sha256 else Q(pk__in=[])
    rows = ExternalTraining.objects.filter(same_days & ~Q(title="") | same_file).exclude(pk=training.pk)
    rows = rows.exclude(~Q(person=training.person_id), state=State.DRAFT)
    found = []
    for row in rows.order_by("pk")[:20]:
        is_file = bool(training.evidence_sha256) and row.evidence_sha256 == training.evidence_sha256
        found.append(Alike(is_file, row if row.person_id == training.person_id else None))
    return list(dict.fromkeys(found))  # that somebody else did is said once, however many did


def organisers_of(person: Person) -> QuerySet[Person]:
    """Return who organises learning in the agencies that employ a person today, except the person."""
    agencies = Employment.objects.current().filter(person=person).values("agency")
    from people.models import AgencyRole

    roles = AgencyRole.objects.current().filter(role=AgencyRole.Role.ORGANISER, agency__in=agencies)
    return Person.objects.filter(pk__in=roles.values("person"), is_active=True).exclude(pk=person.pk)


def needs_basis(person: Person) -> bool:
    """Say whether a person must name an assignment or a notice: PPPK (PerLAN 15/2020)."""
    return person.employments.current().filter(kind=Employment.Kind.PPPK).exists()


def organises_anyone(viewer: Person) -> bool:
    return viewer.is_superuser or bool(organised_ids(viewer))
