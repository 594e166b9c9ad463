"""What a change would have changed: entries of the last twelve months decided again, in memory only."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from operator import attrgetter

from django.db.models import QuerySet
from django.utils import timezone

from completion.due import add_months
from people.models import Employment, Person

from .. import engine
from ..models import AgencyCreditSetting, JpRule, LedgerEntry, TargetRule
from ..queries import credited_in, jp_of_people, open_entries, study_in
from ..rulebook import terms_of

MONTHS = 12
MOST = 50_000  # entries looked at: the answer comes while the administrator waits
NewTerms = Callable[[LedgerEntry], engine.Terms | None]


@dataclass(frozen=True)
class CreditEffect:
    """Entries and people who would have been credited otherwise, and the JP of all that was looked at."""

    looked_at: int
    entries: int = 0
    people: int = 0
    before: Fraction = Fraction(0)
    after: Fraction = Fraction(0)
    is_partial: bool = False

    @property
    def difference(self) -> Fraction:
        return self.after - self.before


@dataclass(frozen=True)
class TargetEffect:
    """How many people of a kind reach the amount in their year today, and how many would reach the new one."""

    people: int
    reach_now: int
    would_reach: int


def effect_of_rule(rule: JpRule) -> CreditEffect:
    """Compare what a form was credited with in the last twelve months with what it would be under a new rule."""
    international = rule.scope == JpRule.Scope.INTERNATIONAL

    def terms(entry: LedgerEntry) -> engine.Terms | None:
        if entry.is_international != international:
            return engine.Terms.from_data(entry.terms)
        return terms_of(rule, entry.setting, entry.local_date)

    return _effect(_lately().filter(form=rule.form), terms)


def effect_of_setting(setting: AgencyCreditSetting) -> CreditEffect:
    """The same for the people whom an agency employs today, under a new setting of it."""
    employed = Employment.objects.current().filter(agency=setting.agency_id).values("person")

    def terms(entry: LedgerEntry) -> engine.Terms | None:
        return terms_of(entry.rule, setting, entry.local_date) if entry.rule else None

    return _effect(_lately().filter(person__in=employed), terms)


def effect_of_target(target: TargetRule) -> TargetEffect:
    """Count the people of a kind who reach the amount in their own year."""
    kind = Employment.objects.current().filter(kind=target.kind).values("person")
    people = Person.objects.filter(pk__in=kind).only("pk", "time_zone").order_by("pk").iterator(chunk_size=500)
    new, total, now, then = Fraction(target.jp), 0, 0, 0
    for some in _chunks(people, 500):
        for standing in jp_of_people(some).values():
            total += 1
            now += standing.target is not None and standing.credited >= standing.target
            then += standing.credited >= new
    return TargetEffect(total, now, then)


def _lately() -> QuerySet[LedgerEntry]:
    since = add_months(timezone.localdate(), -MONTHS)
    return open_entries().filter(local_date__gt=since).select_related("rule", "setting")


def _effect(entries: QuerySet[LedgerEntry], new_terms: NewTerms) -> CreditEffect:
    newest = list(entries.order_by("-pk")[: MOST + 1])
    looked_at = sorted(newest[:MOST], key=attrgetter("person_id", "pk"))
    changed, people, before, after = 0, 0, Fraction(0), Fraction(0)
    for _person, rows in groupby(looked_at, key=attrgetter("person_id")):
        mine = list(rows)
        was = [credited_in(row) for row in mine]
        # Both are decided anew, so that room left by what was taken back since looks like no effect of the rule.
        old = _decided_anew(mine, lambda row: engine.Terms.from_data(row.terms))
        new = _decided_anew(mine, new_terms)
        differing = sum(one != other for one, other in zip(old, new, strict=True))
        changed, people = changed + differing, people + bool(differing)
        before += sum(was, Fraction(0))
        after += sum(was, Fraction(0)) + sum(new, Fraction(0)) - sum(old, Fraction(0))
    return CreditEffect(len(looked_at), changed, people, before, after, is_partial=len(newest) > MOST)


def _decided_anew(entries: Iterable[LedgerEntry], terms: NewTerms) -> list[Fraction]:
    tally = engine.Tally()
    decided = []
    for entry in entries:
        study = study_in(entry)
        with_terms = engine.Study(
            study.day, study.form, study.programme, study.minutes, terms(entry), study.units, study.key
        )
        decided.append(engine.decide(with_terms, tally).credited)
    return decided


def _chunks(rows: Iterable[Person], size: int) -> Iterator[list[Person]]:
    some: list[Person] = []
    for row in rows:
        some.append(row)
        if len(some) == size:
            yield some
            some = []
    if some:
        yield some
