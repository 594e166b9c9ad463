"""Ordering: items that a learner puts in order by giving each its place.

Data: `"items": [{"id", "text"}]` in the right order, `"grading"`. Answer: `{"places": {"a": 1, "b": 3}}`, places 1 to
n; some may be missing or the same. Arrangement: `{"order": ["c", "a", "b"]}`, never the right order. An item that got
no place counts as out of place.
"""

from bisect import bisect_left
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import factorial
from random import Random
from typing import Any

from .. import markup
from ..wording import gettext
from .base import (
    Answer,
    Arrangement,
    Data,
    Feedback,
    Kind,
    Option,
    Outcome,
    Post,
    Remark,
    Response,
    Review,
    common,
    outcome_words,
)  # fmt: skip
from .ids import with_ids

MOST_ITEMS = 30
Places = list[int]  # the place each item was given, in the right order of the items; 0 for none


@dataclass(frozen=True)
class OrderRow:
    """One item as it stands on the page: the place it was given, its right place, and how far it is right."""

    id: str
    text: str
    place: int
    right: int
    of: int
    share: Fraction

    def visible(self, review: Review | None) -> dict[str, Any]:
        """Return what the template may know; nothing about right and wrong is in it before the review."""
        marked = review is not None and review.correctness and self.place
        told = review is not None and review.right_answer and self.place != self.right
        return {
            "id": self.id,
            "text": self.text,
            "place": self.place,
            "places": list(range(1, self.of + 1)),
            "outcome": str(Outcome.of(self.share)) if marked else "",
            "right": self.right if told else 0,
        }


class OrderingKind(Kind):
    """What an order earns depends on the grading; `item_shares` says how far each item is right."""

    name = "ordering"
    template = "questions/ordering.html"

    @property
    def label(self) -> str:
        return gettext("Ordering")

    def clean(self, data: Any) -> Data:
        data = data if isinstance(data, dict) else {}
        return {
            **common(data),
            "items": with_ids(data.get("items"), _clean_item),
            "grading": str(data.get("grading", "position"))[:20],
        }

    def problems(self, data: Data) -> list[str]:
        found = self.problems_of_common(data)
        items = data["items"]
        if len(items) < 2:
            found.append(gettext("At least two items are needed."))
        if len(items) > MOST_ITEMS:
            found.append(gettext("More than %(most)s items are too many.") % {"most": MOST_ITEMS})
        seen: dict[str, int] = {}
        for number, item in enumerate(items, 1):
            if not item["text"]:
                found.append(gettext("Item %(number)s has no text.") % {"number": number})
            elif item["text"] in seen:
                found.append(
                    gettext("Items %(first)s and %(second)s say the same.")
                    % {"first": seen[item["text"]], "second": number}
                )
            seen.setdefault(item["text"], number)
        if data["grading"] not in GRADINGS:
            found.append(gettext("Unknown way of grading: “%(grading)s”.") % {"grading": data["grading"]})
        return found

    def arrange(self, data: Data, rng: Random, *, shuffle: bool) -> Arrangement:
        """Mix the items always: by chance, or by their words where nothing is to be shuffled."""
        if not shuffle:
            return {"order": self._by_words(data)}
        right = [item["id"] for item in data["items"]]
        order = right.copy()
        rng.shuffle(order)
        return {"order": order if order != right else order[1:] + order[:1]}

    @staticmethod
    def _by_words(data: Data) -> list[str]:
        right = [item["id"] for item in data["items"]]
        order = [item["id"] for item in sorted(data["items"], key=lambda item: markup.plain(item["text"]).casefold())]
        return order if order != right else order[::-1]

    def rows(self, data: Data, arrangement: Arrangement | None, answer: Answer | None) -> list[OrderRow]:
        order = (arrangement or {}).get("order") or self._by_words(data)
        stands = {key: number for number, key in enumerate(order)}
        places, shares = self._places(data, answer), self.item_shares(data, answer)
        rows = [
            OrderRow(item["id"], item["text"], place, number, len(places), share)
            for number, (item, place, share) in enumerate(zip(data["items"], places, shares, strict=True), 1)
        ]
        return sorted(rows, key=lambda row: stands.get(row.id, len(stands)))

    def context(self, data: Data, answer: Answer | None) -> Mapping[str, Any]:
        return {"grading": data.get("grading")}

    def parse(self, data: Data, post: Post, name: str) -> Answer | None:
        given = {item["id"]: {*post.getlist(f"{name}-{item['id']}")} - {""} for item in data["items"]}
        numbers = {str(place): place for place in range(1, len(data["items"]) + 1)}
        return self.accept(
            data, {"places": {key: numbers.get(next(iter(of))) for key, of in given.items() if len(of) == 1}}
        )

    def fields(self, data: Data, answer: Answer | None, name: str) -> Mapping[str, list[str]]:
        accepted = self.accept(data, answer)
        return {f"{name}-{key}": [str(place)] for key, place in accepted["places"].items()} if accepted else {}

    def _places(self, data: Data, answer: Any) -> Places:
        given = answer.get("places") if isinstance(answer, dict) else None
        given = given if isinstance(given, dict) else {}
        last = len(data["items"])
        return [
            place if type(place := given.get(item["id"])) is int and 1 <= place <= last else 0 for item in data["items"]
        ]

    def accept(self, data: Data, answer: Any) -> Answer | None:
        places = zip(data["items"], self._places(data, answer), strict=True)
        kept = {item["id"]: place for item, place in places if place}
        return {"places": kept} if kept else None

    def item_shares(self, data: Data, answer: Answer | None) -> list[Fraction]:
        """Return how far each item is right, 0 to 1, in the right order of the items."""
        return _grading(data)(self._places(data, answer))

    def grade(self, data: Data, answer: Answer | None) -> Fraction:
        shares = self.item_shares(data, answer)
        if not shares:
            return Fraction(0)
        share = sum(shares, Fraction(0)) / len(shares)
        return share if data.get("grading") != "all" else Fraction(int(share))

    def right_answer(self, data: Data) -> Answer | None:
        return self.accept(data, {"places": {item["id"]: number for number, item in enumerate(data["items"], 1)}})

    def samples(self, data: Data) -> list[Answer]:
        """Return the right order, with the first two swapped, with the first at the end, and reversed."""
        ids = [item["id"] for item in data["items"]]
        orders = [ids, [*ids[1:2], *ids[:1], *ids[2:]], ids[1:] + ids[:1], ids[::-1]]
        different = {tuple(order): order for order in orders if order}
        return [{"places": {key: order.index(key) + 1 for key in ids}} for order in different.values()]

    def feedback(self, data: Data, answer: Answer | None) -> Feedback:
        answer = self.accept(data, answer)
        share = self.grade(data, answer)
        remarks = tuple(
            Remark(row.id, f"{row.place}. {row.text}", "", row.share)
            for row in sorted(self.rows(data, None, answer), key=lambda row: row.place)
            if row.place
        )
        outcome = Outcome.of(share) if answer else Outcome.NONE
        return Feedback(outcome, share, remarks, data["general_feedback"], outcome_words(data, outcome))

    def describe(self, data: Data, answer: Answer | None) -> str:
        rows = sorted((row for row in self.rows(data, None, answer) if row.place), key=lambda row: (row.place, row.id))
        return "; ".join(f"{row.place}. {markup.plain(row.text)}" for row in rows) or gettext("No answer")

    def options(self, data: Data) -> list[Option]:
        part = str(Fraction(1, len(data["items"]) or 1))
        return [Option(item["text"], part) for item in data["items"]]

    def guess(self, data: Data) -> Fraction | None:
        """Return what orders by chance earn on average; None for the longest run, which has no simple answer."""
        count = len(data["items"]) or 1
        chances = {"position": Fraction(1, count), "pairs": Fraction(1, 2), "all": Fraction(1, factorial(count))}
        return chances.get(data["grading"])

    def responses(self, data: Data, answer: Answer | None) -> list[Response]:
        places, shares = self._places(data, answer), self.item_shares(data, answer)
        return [
            Response(markup.plain(item["text"]), str(place), share / len(places))
            for item, place, share in zip(data["items"], places, shares, strict=True)
            if place
        ]


def _clean_item(item: Data) -> Data:
    text = item.get("text")
    return {"text": markup.inline(text) if isinstance(text, str) else ""}


# --- the gradings: places in, how far each item is right out ---------------------------------------------------------


def by_position(places: Places) -> list[Fraction]:
    """Say of each item whether it is at its place."""
    return [Fraction(int(place == number)) for number, place in enumerate(places, 1)]


def by_pairs(places: Places) -> list[Fraction]:
    """Return for each item the part of the others that it stands before or after as it should."""
    others = len(places) - 1
    if others < 1:
        return by_position(places)

    def agree(first: int, second: int) -> bool:
        here, there = places[min(first, second)], places[max(first, second)]
        return 0 < here < there

    numbers = range(len(places))
    return [Fraction(sum(agree(number, other) for other in numbers if other != number), others) for number in numbers]


def by_longest(places: Places) -> list[Fraction]:
    """Say of each item whether it is in the longest run (gaps allowed) that stands in the right order.

    As in Moodle a run of one item is none: every order has one.
    """
    ends: list[int] = []  # the smallest place a run of each length ends at
    lengths = []
    for place in places:
        length = bisect_left(ends, place) + 1 if place else 0
        if length:
            ends[length - 1 : length] = [place]
        lengths.append(length)
    wanted = len(ends) if len(ends) > 1 or len(places) == 1 else 0
    shares, before = [Fraction(0)] * len(places), len(places) + 1
    for number in reversed(range(len(places))):
        if wanted and lengths[number] == wanted and places[number] < before:
            shares[number], before, wanted = Fraction(1), places[number], wanted - 1
    return shares


GRADINGS: dict[str, Callable[[Places], list[Fraction]]] = {
    "position": by_position,
    "pairs": by_pairs,
    "longest": by_longest,
    "all": by_position,
}


def _grading(data: Data) -> Callable[[Places], list[Fraction]]:
    return GRADINGS.get(data.get("grading", ""), by_position)
