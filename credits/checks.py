"""Proof of the JP ledger: each row follows from the terms it was decided with and from the rows before it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from fractions import Fraction
from itertools import groupby
from operator import attrgetter

from django.db import transaction

from people.models import Person

from . import engine
from .models import LedgerEntry
from .queries import credited_in, study_in

CHUNK = 500


@dataclass(frozen=True)
class Difference:
    """One number of a row that is not what it is recomputed to be."""

    person: int
    entry: int
    field: str
    stored: str
    recomputed: str

    def as_data(self) -> dict:
        return asdict(self)


def differences() -> Iterator[tuple[int, list[Difference]]]:
    """Yield, for each chunk of people with rows, how many rows were checked and what differs; one person in memory.

    Learning goes on while this runs: people whose rows seem to differ are looked at again with their row locked.
    """
    last = 0
    while ids := list(_people_after(last)):
        last = ids[-1]
        count, found = 0, []
        for person_id, entries in _rows_of(ids):
            count += len(entries)
            found += replay(person_id, entries)
        yield count, _check_again({one.person for one in found}) if found else []


def _people_after(last: int) -> Iterable[int]:
    with_rows = LedgerEntry.objects.filter(person__gt=last).order_by("person").values_list("person", flat=True)
    return with_rows.distinct()[:CHUNK]


def _rows_of(person_ids: list[int]) -> Iterator[tuple[int, list[LedgerEntry]]]:
    rows = LedgerEntry.objects.filter(person__gte=person_ids[0], person__lte=person_ids[-1]).order_by("person", "pk")
    for person_id, entries in groupby(rows.iterator(chunk_size=2000), key=attrgetter("person_id")):
        yield person_id, list(entries)


def _check_again(person_ids: set[int]) -> list[Difference]:
    with transaction.atomic():
        list(Person.objects.select_for_update(no_key=True).filter(pk__in=person_ids).order_by("pk").values_list("pk"))
        return [
            one
            for person_id in sorted(person_ids)
            for one in replay(person_id, list(LedgerEntry.objects.filter(person=person_id).order_by("pk")))
        ]


def replay(person_id: int, entries: Iterable[LedgerEntry]) -> list[Difference]:
    """Decide a person's rows again in the order in which they were decided."""
    tally = engine.Tally()
    known: dict[int, LedgerEntry] = {}
    found = []
    for entry in entries:
        known[entry.pk] = entry
        expected = _decided(entry, tally) if entry.reverses_id is None else _taken_back(entry, known, tally)
        found += [
            Difference(person_id, entry.pk, name, str(stored), str(expected[name]))
            for name, stored in _stored(entry).items()
            if stored != expected[name]
        ]
    return found


def _stored(entry: LedgerEntry) -> dict[str, object]:
    cut = Fraction(entry.cut_numerator, entry.denominator)
    return {"minutes": entry.minutes, "credited": credited_in(entry), "cut": cut, "reasons": entry.reasons}


def _decided(entry: LedgerEntry, tally: engine.Tally) -> dict[str, object]:
    told = engine.decide(study_in(entry), tally)
    reasons = [[code, dict(values)] for code, values in told.reasons]
    return {"minutes": entry.minutes, "credited": told.credited, "cut": told.cut, "reasons": reasons}


def _taken_back(entry: LedgerEntry, known: Mapping[int, LedgerEntry], tally: engine.Tally) -> dict[str, object]:
    """What a reversal must say: the row it reverses, below zero."""
    reversed_row = known.get(entry.reverses_id or 0)
    if reversed_row is None:
        return {"minutes": None, "credited": None, "cut": None, "reasons": entry.reasons}
    credited, cut = credited_in(reversed_row), Fraction(reversed_row.cut_numerator, reversed_row.denominator)
    tally.add(study_in(entry), -credited)
    return {"minutes": -reversed_row.minutes, "credited": -credited, "cut": -cut, "reasons": entry.reasons}
