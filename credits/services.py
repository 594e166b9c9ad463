"""Writes of the JP ledger. One person's decisions take turns: the row of the person is locked first."""

from collections.abc import Iterable
from fractions import Fraction
from math import lcm

from django.db import transaction
from django.utils import timezone

from completion.models import Achievement
from people.models import Person

from . import engine
from .learning import AgencyOnDay, Part, done_for, employments_of, parts_of
from .models import LedgerEntry
from .queries import open_entries, tallies_of
from .rulebook import read_rulebook

UNDONE = "undone"


BATCH = 200  # achievements of one transaction


def credit_achievement(*, achievement_id: int) -> list[LedgerEntry]:
    """Credit one achievement; see `credit_achievements`."""
    return credit_achievements(achievement_ids=[achievement_id])


def reverse_achievement(*, achievement_id: int) -> list[LedgerEntry]:
    """Take back one achievement; see `reverse_achievements`."""
    return reverse_achievements(achievement_ids=[achievement_id])


@transaction.atomic
def credit_achievements(*, achievement_ids: Iterable[int]) -> list[LedgerEntry]:
    """Credit achievements in force, in the order in which they were made, and return their new rows.

    Nothing is written for those that are credited already, that were undone, and for paths. The queries do not grow
    with the achievements.
    """
    held = [one for one in _held(achievement_ids) if not one.undone_at and one.kind != Achievement.Kind.PATH]
    rounds, credited = _rounds(held)
    held = [one for one in held if one.pk not in credited]
    if not held:
        return []
    book, done, jobs = read_rulebook(), done_for(held), employments_of({one.person_id for one in held})
    found = []
    for one in held:
        agencies = AgencyOnDay(jobs.get(one.person_id, ()), one.agency_id)
        parts = parts_of(one, done.get(one.pk, []), book, agencies)
        found.append((one, sorted(parts, key=lambda part: (part.study.day, part.study.key))))
    tallies = tallies_of((one.person_id, one.form, part.study.day) for one, parts in found for part in parts)
    now = timezone.now()
    return LedgerEntry.objects.bulk_create(
        [
            _entry(one, part, engine.decide(part.study, tallies[one.person_id]), rounds.get(one.pk, 0) + 1, now)
            for one, parts in found
            for part in parts
        ]
    )


@transaction.atomic
def reverse_achievements(*, achievement_ids: Iterable[int]) -> list[LedgerEntry]:
    """Take the JP of undone achievements back by rows of their own, and return those.

    The room this leaves in the limit of a day is for what is decided later; what was cut before stays cut.
    """
    undone = [one.pk for one in _held(achievement_ids) if one.undone_at]
    rows = open_entries().filter(achievement__in=undone).order_by("pk") if undone else ()
    return LedgerEntry.objects.bulk_create(_reversals(rows))


def settle(*, achievement_ids: Iterable[int]) -> int:
    """Bring the ledger to what achievements say, some in each transaction; return how many rows were written."""
    ids, written = list(achievement_ids), 0
    for start in range(0, len(ids), BATCH):
        some = ids[start : start + BATCH]
        written += len(reverse_achievements(achievement_ids=some)) + len(credit_achievements(achievement_ids=some))
    return written


def _held(achievement_ids: Iterable[int]) -> list[Achievement]:
    """Lock the people of achievements, then read these: what they say is true until the transaction ends."""
    wanted = Achievement.objects.filter(pk__in=list(achievement_ids))
    people = Person.objects.filter(pk__in=wanted.values("person")).order_by("pk")
    list(people.select_for_update(no_key=True).values_list("pk"))
    return list(wanted.order_by("achieved_at", "pk"))


def _rounds(achievements: Iterable[Achievement]) -> tuple[dict[int, int], set[int]]:
    """Return the last round of each achievement that has one, and which are credited now."""
    rows = LedgerEntry.objects.filter(achievement__in=list(achievements), reverses__isnull=True)
    rounds: dict[int, int] = {}
    credited: set[int] = set()
    for achievement_id, number, reversal in rows.values_list("achievement", "round", "reversal"):
        rounds[achievement_id] = max(rounds.get(achievement_id, 0), number)
        if reversal is None:
            credited.add(achievement_id)
    return rounds, credited


def _entry(achievement: Achievement, part: Part, credit: engine.Credit, number: int, now) -> LedgerEntry:
    credited, cut = Fraction(credit.credited), Fraction(credit.cut)
    denominator = lcm(credited.denominator, cut.denominator)
    return LedgerEntry(
        person_id=achievement.person_id,
        achievement=achievement,
        round=number,
        local_date=part.study.day,
        zone=part.zone,
        form=achievement.form,
        is_international=achievement.is_international,
        programme=part.study.programme,
        minutes=part.study.minutes,
        units=part.study.units,
        credited_numerator=credited.numerator * (denominator // credited.denominator),
        cut_numerator=cut.numerator * (denominator // cut.denominator),
        denominator=denominator,
        rule=part.ruling.rule if part.study.terms else None,
        setting=part.ruling.setting,
        terms=part.study.terms.to_data() if part.study.terms else {},
        reasons=[[code, dict(values)] for code, values in credit.reasons],
        decided_at=now,
    )


def _reversals(entries: Iterable[LedgerEntry]) -> list[LedgerEntry]:
    now = timezone.now()
    return [
        LedgerEntry(
            **{name: getattr(entry, name) for name in COPIED},
            minutes=-entry.minutes,
            units=-entry.units,
            credited_numerator=-entry.credited_numerator,
            cut_numerator=-entry.cut_numerator,
            reasons=[[UNDONE, {}]],
            decided_at=now,
            reverses=entry,
        )
        for entry in entries
    ]


COPIED = (
    "person_id",
    "achievement_id",
    "round",
    "local_date",
    "zone",
    "form",
    "is_international",
    "programme",
    "denominator",
    "rule_id",
    "setting_id",
    "terms",
)
