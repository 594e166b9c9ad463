"""Which questions an attempt asks, in which order and on which pages. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Generic, TypeVar

Slot = TypeVar("Slot")


@dataclass(frozen=True)
class Place(Generic[Slot]):
    """A question of an attempt before it is written: its slot, the question, and the section it begins or stands in."""

    slot: Slot
    question_id: int
    section: str = ""
    page: int = 1


class TooFewQuestions(Exception):
    """A slot draws more questions than its pool still has; `index` is that of the slot."""

    def __init__(self, index: int):
        super().__init__(index)
        self.index = index


def draw(slots: Sequence[tuple[Slot, int | None, Sequence[int], int]], rng: Random) -> list[tuple[Slot, int]]:
    """Return (slot, question id) for every place; no question twice. Raises TooFewQuestions.

    Each slot is (slot, its question's id or None, the pool it draws from, how many to draw). Fixed questions are
    taken first, then the slots with the fewest choices: a wide pool must not eat what a narrow one needs.
    """
    taken = {fixed for _slot, fixed, _pool, _count in slots if fixed is not None}
    drawn: dict[int, list[int]] = {}
    free = {
        index: [one for one in pool if one not in taken]
        for index, (_s, fixed, pool, _c) in enumerate(slots)
        if fixed is None
    }
    for index in sorted(free, key=lambda index: len(free[index]) - slots[index][3]):
        choices = [one for one in dict.fromkeys(free[index]) if one not in taken]
        if len(choices) < slots[index][3]:
            raise TooFewQuestions(index)
        drawn[index] = rng.sample(choices, slots[index][3])
        taken.update(drawn[index])
    return [
        (slot, question)
        for index, (slot, fixed, _pool, _count) in enumerate(slots)
        for question in ([fixed] if fixed is not None else drawn[index])
    ]


def lay_out(places: Sequence[tuple[Slot, int, str]], rng: Random, *, shuffle: bool, per_page: int) -> list[Place[Slot]]:
    """Order (slot, question id, section heading or "") and part them into pages, counted from 1.

    A heading begins a section, which begins a page; shuffling stays within it. `per_page` 0: a section is a page.
    """
    sections: list[tuple[str, list[tuple[Slot, int]]]] = []
    for slot, question, heading in places:
        if not sections or (heading and heading != sections[-1][0]):
            sections.append((heading, []))
        sections[-1][1].append((slot, question))
    laid: list[Place[Slot]] = []
    page = 0
    for heading, members in sections:
        if shuffle:
            rng.shuffle(members)
        for number, (slot, question) in enumerate(members):
            if number == 0 or (per_page and number % per_page == 0):
                page += 1
            laid.append(Place(slot, question, heading, page))
    return laid


def first_short(slots: Sequence[tuple[int | None, Sequence[int], int]]) -> tuple[int, int] | None:
    """Return (index, questions it can be sure of) of a slot for which `draw` could run dry; None: `draw` never fails.

    Each slot is (its question's id or None, the pool it draws from, how many to draw). What slots drawn earlier may
    take is counted as if chance were always against the later ones.
    """
    fixed = {question for question, _pool, _count in slots if question is not None}
    free = {index: set(pool) - fixed for index, (question, pool, _count) in enumerate(slots) if question is None}
    earlier: list[int] = []
    for index in sorted(free, key=lambda index: len(free[index]) - slots[index][2]):
        shared = [free[index] & free[other] for other in earlier]
        lost = sum(min(len(both), slots[other][2]) for both, other in zip(shared, earlier, strict=True))
        sure = len(free[index]) - min(lost, len(set().union(*shared)))
        if sure < slots[index][2]:
            return index, sure
        earlier.append(index)
    return None
