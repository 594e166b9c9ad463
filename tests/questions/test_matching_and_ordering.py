"""Matching and ordering: what their answers earn, and that the page does not give the answer away."""

from fractions import Fraction
from itertools import permutations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from questions.kinds import Outcome, Review, get_kind
from questions.kinds.ordering import by_longest, by_pairs, by_position
from tests.questions.strategies import Form, matching_data, ordering_data

MATCHING = {
    "text": "Ibu kota?",
    "pairs": [
        {"id": "a", "text": "Papua Barat Daya", "choice": "1"},
        {"id": "b", "text": "Sulawesi <b>Tengah</b>", "choice": "2"},
        {"id": "c", "text": "Sumatera Selatan", "choice": "3"},
    ],
    "choices": [
        {"id": "1", "text": "Sorong"}, {"id": "2", "text": "Palu"},
        {"id": "3", "text": "Palembang"}, {"id": "4", "text": "Ambon & sekitar"},
    ],
}  # fmt: skip
ORDERING = {"text": "Urutkan", "items": [{"id": key, "text": f"Langkah {key}"} for key in "abcd"]}
matching, ordering = get_kind("matching"), get_kind("ordering")
capitals = matching.clean(MATCHING)
NOTHING = Review(correctness=False, feedback=False, general=False, right_answer=False)


def steps(grading="position"):
    return ordering.clean({**ORDERING, "grading": grading})


def places(text):
    return {"places": {key: int(place) for key, place in zip("abcd", text, strict=False) if place != "-"}}


# --- matching --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given_matches", "share", "outcome"),
    [
        ({"a": "1", "b": "2", "c": "3"}, 1, Outcome.RIGHT),
        ({"a": "1", "b": "3", "c": "3"}, Fraction(2, 3), Outcome.PARTLY),
        ({"a": "1"}, Fraction(1, 3), Outcome.PARTLY),
        ({"a": "4", "b": "1", "c": "2"}, 0, Outcome.WRONG),
        ({"a": "9", "z": "1"}, 0, Outcome.NONE),
        ({}, 0, Outcome.NONE),
    ],
)
def test_matching_earns_the_part_of_the_pairs_that_is_right(given_matches, share, outcome):
    answer = {"matches": given_matches}
    assert matching.grade(capitals, answer) == share
    assert matching.feedback(capitals, answer).outcome == outcome


@given(matching_data(), st.data())
def test_matching_counts_each_pair_by_itself(question, draw):
    data = question[1]
    known = [choice["id"] for choice in data["choices"]]
    chosen = {pair["id"]: draw.draw(st.sampled_from(known)) for pair in data["pairs"]}
    right = sum(chosen[pair["id"]] == pair["choice"] for pair in data["pairs"])
    assert matching.grade(data, {"matches": chosen}) == Fraction(right, len(chosen))
    assert [response.share for response in matching.responses(data, {"matches": chosen})].count(0) == len(
        chosen
    ) - right


def test_matching_reads_one_choice_a_pair():
    form = Form({"q-a": ["1"], "q-b": ["1", "2"], "q-c": [""], "q-z": ["1"], "q": ["1"]})
    assert matching.parse(capitals, form, "q") == {"matches": {"a": "1"}}


def test_matching_describes_in_plain_words():
    assert matching.describe(capitals, {"matches": {"b": "4"}}) == "Sulawesi Tengah → Ambon & sekitar"
    remark = matching.feedback(capitals, {"matches": {"b": "4"}}).remarks[0]
    assert (remark.text, remark.share) == ("Sulawesi <b>Tengah</b> → Ambon &amp; sekitar", 0)
    assert matching.options(capitals)[-1].fraction == "0"


def test_matching_never_shows_the_choices_in_the_order_of_the_pairs_only_because_nothing_is_shuffled():
    arrangement = matching.arrange(capitals, Random(1), shuffle=False)
    assert arrangement == {"order": ["a", "b", "c"], "choices": ["4", "3", "2", "1"]}
    assert [key for key, _text in matching.rows(capitals, None, None)[0].choices] == ["4", "3", "2", "1"]
    numbers = matching.clean({**MATCHING, "choices": [{"id": str(n), "text": str(n)} for n in (10, 2, 1)]})
    assert matching.arrange(numbers, Random(1), shuffle=False)["choices"] == ["1", "2", "10"]


def test_matching_row_tells_what_the_review_allows():
    row = matching.rows(capitals, None, {"matches": {"a": "2"}})[0]
    before = row.visible(None)
    assert (before["outcome"], before["right"]) == ("", "")
    assert (row.visible(NOTHING)["outcome"], row.visible(NOTHING)["right"]) == ("", "")
    assert (row.visible(Review())["outcome"], row.visible(Review())["right"]) == ("wrong", "Sorong")
    assert row.visible(Review(right_answer=False))["right"] == ""


def changed(**changes):
    return {**MATCHING, **changes}


PAIR = {"id": "a", "text": "A", "choice": "1"}


@pytest.mark.parametrize(
    ("data", "problems"),
    [
        (MATCHING, []),
        (changed(pairs=[PAIR]), ["At least two pairs are needed."]),
        (changed(pairs=[PAIR, {"text": "", "choice": "2"}]), ["Pair 2 has no text."]),
        (changed(pairs=[PAIR, {"text": "B", "choice": "7"}]), ["Pair 2 has no right choice."]),
        (changed(pairs=[PAIR, {"text": "A", "choice": "2"}]), ["Pairs 1 and 2 say the same."]),
        (changed(choices=[*MATCHING["choices"], {"text": " PALU"}]), ["Choices 2 and 5 say the same."]),
        (changed(choices=[*MATCHING["choices"], {"text": "\x00"}]), ["A choice has no text."]),
        (
            changed(choices=[{"id": "1", "text": "x"}], pairs=[PAIR, {"text": "B", "choice": "1"}]),
            ["All pairs have the same choice: there is nothing to match."],
        ),
        (changed(text=""), ["The question has no text."]),
    ],
)
def test_matching_names_the_problem(data, problems):
    assert matching.validate(data) == problems


# --- ordering --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("order", "position", "pairs", "longest", "whole"),
    [
        ("1234", 1, 1, 1, 1),
        ("4321", 0, 0, 0, 0),
        ("4123", 0, Fraction(1, 2), Fraction(3, 4), 0),
        ("2134", Fraction(1, 2), Fraction(5, 6), Fraction(3, 4), 0),
        ("12--", Fraction(1, 2), Fraction(1, 6), Fraction(1, 2), 0),
        ("1---", Fraction(1, 4), 0, 0, 0),
        ("1111", Fraction(1, 4), 0, 0, 0),
        ("1133", Fraction(1, 2), Fraction(2, 3), Fraction(1, 2), 0),
        ("----", 0, 0, 0, 0),
    ],
)
def test_ordering_earns_by_its_grading(order, position, pairs, longest, whole):
    earned = {
        grading: ordering.grade(steps(grading), places(order)) for grading in ("position", "pairs", "longest", "all")
    }
    assert earned == {"position": position, "pairs": pairs, "longest": longest, "all": whole}


@given(st.permutations(range(1, 8)))
def test_longest_run_is_what_trying_every_subset_finds(order):
    count = len(order)
    runs = [
        mask.bit_count()
        for mask in range(1, 2**count)
        if (run := [place for bit, place in enumerate(order) if mask >> bit & 1]) == sorted(run)
    ]
    found = by_longest(list(order))
    assert sum(found) == (max(runs) if max(runs) > 1 else 0)
    kept = [place for place, share in zip(order, found, strict=True) if share]
    assert kept == sorted(kept)


@given(ordering_data(), st.randoms(use_true_random=False))
def test_ordering_earns_the_whole_mark_only_in_the_right_order(question, rng):
    data = question[1]
    ids = [item["id"] for item in data["items"]]
    mixed = ids.copy()
    rng.shuffle(mixed)
    answer = {"places": {key: mixed.index(key) + 1 for key in ids}}
    assert (ordering.grade(data, answer) == 1) == (mixed == ids)


def test_guesses_are_the_average_of_all_orders():
    orders = list(permutations(range(1, 5)))
    for grading, measure in (("position", by_position), ("pairs", by_pairs)):
        average = sum(sum(measure(list(order))) for order in orders) / (4 * len(orders))
        assert ordering.guess(steps(grading)) == average
    assert ordering.guess(steps("all")) == Fraction(1, 24)


@given(ordering_data(), st.integers(), st.booleans())
def test_ordering_never_begins_with_the_right_order(question, seed, shuffle):
    data = question[1]
    order = ordering.arrange(data, Random(seed), shuffle=shuffle)["order"]
    assert order != [item["id"] for item in data["items"]]
    assert [row.id for row in ordering.rows(data, {"order": order}, None)] == order


def test_ordering_reads_places_and_nothing_else():
    data = steps()
    form = Form({"q-a": ["2"], "q-b": ["0"], "q-c": ["5"], "q-d": ["1", "2"], "q": ["1"]})
    assert ordering.parse(data, form, "q") == {"places": {"a": 2}}
    assert ordering.accept(data, {"places": {"a": True, "b": "1", "c": 1.0, "d": 4}}) == {"places": {"d": 4}}
    assert ordering.parse(data, Form({"q-a": [""]}), "q") is None


def test_ordering_describes_in_the_order_given():
    assert ordering.describe(steps(), places("-213")) == "1. Langkah c; 2. Langkah b; 3. Langkah d"


def test_ordering_row_tells_what_the_review_allows():
    first = next(row for row in ordering.rows(steps(), None, places("2134")) if row.id == "a")
    assert (first.visible(None)["outcome"], first.visible(None)["right"]) == ("", 0)
    assert (first.visible(NOTHING)["outcome"], first.visible(NOTHING)["right"]) == ("", 0)
    assert (first.visible(Review())["outcome"], first.visible(Review())["right"]) == ("wrong", 1)


@pytest.mark.parametrize(
    ("changes", "problems"),
    [
        ({}, []),
        ({"items": [{"text": "A"}]}, ["At least two items are needed."]),
        ({"items": [{"text": "A"}, {"text": ""}]}, ["Item 2 has no text."]),
        ({"items": [{"text": "A"}, {"text": "A"}]}, ["Items 1 and 2 say the same."]),
        ({"items": [{"text": str(n)} for n in range(31)]}, ["More than 30 items are too many."]),
        ({"grading": "luck"}, ["Unknown way of grading: “luck”."]),
    ],
)
def test_ordering_names_the_problem(changes, problems):
    assert ordering.validate({**ORDERING, **changes}) == problems
