"""The outline as plain values: neighbours, positions, sums, sharing, and what makes a new edition."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.outlines import ActivityRule, Outline, OutlineActivity, OutlineModule, digest_of


def outline_with(*sizes: int, **fields) -> Outline:
    """Return an outline with modules of the given numbers of activities; ids count from 1, every third is optional."""
    numbers = iter(range(1, 10_000))
    modules = []
    for index, size in enumerate(sizes):
        ids = [next(numbers) for _ in range(size)]
        activities = tuple(
            OutlineActivity(i, "lesson", "book", f"Pelajaran {i}", f"/p{i}/", i, required=i % 3 != 0) for i in ids
        )
        modules.append(OutlineModule(1000 + index, f"Modul {index}", f"/m{index}/", activities))
    outline = Outline(course_id=7, title="Kursus", url="/k/", modules=tuple(modules), **fields)
    return Outline.from_data(7, outline.to_data())


SIZES = st.lists(st.integers(min_value=0, max_value=5), max_size=5)


@given(SIZES)
def test_outline_walks_through_all_activities_and_back(sizes):
    outline = outline_with(*sizes)
    order = [activity.id for activity in outline.activities]
    assert order == list(range(1, sum(sizes) + 1))
    forth = [outline.next(i).id if outline.next(i) else None for i in order]
    back = [outline.previous(i).id if outline.previous(i) else None for i in order]
    assert forth == [*order[1:], None][: len(order)]
    assert back == [None, *order[:-1]][: len(order)]
    assert [outline.position(i) for i in order] == [activity.position for activity in outline.activities]
    assert [activity.position for activity in outline.activities] == list(range(1, len(order) + 1))


@given(SIZES)
def test_outline_survives_json(sizes):
    outline = outline_with(*sizes, sharing="chosen", agency_id=3, shared_agency_ids=(4, 5), shelf_title="Rak")
    assert Outline.from_data(7, json.loads(json.dumps(outline.to_data()))) == outline


def test_outline_sums_required_apart_from_all():
    outline = outline_with(2, 2)
    assert (outline.minutes, outline.required_minutes) == (1 + 2 + 3 + 4, 1 + 2 + 4)
    assert (outline.total, outline.required_total) == (4, 3)
    assert [module.minutes for module in outline.modules] == [3, 7]


def test_outline_knows_nothing_of_a_stranger():
    outline = outline_with(2)
    assert outline.activity(99) is None
    assert outline.previous(99) is None
    assert outline.next(99) is None
    assert outline.position(99) == 0
    assert outline.module(99) is None
    assert outline.module_of(99) is None


@pytest.mark.parametrize(
    ("sharing", "agency", "signed_in", "expected"),
    [
        ("everyone", None, False, True),
        ("everyone", 9, True, True),
        ("own", 3, True, True),
        ("own", 4, True, False),
        ("own", None, True, False),
        ("own", 3, False, False),
        ("chosen", 3, True, True),
        ("chosen", 4, True, True),
        ("chosen", 9, True, False),
        ("chosen", 4, False, False),
        ("a value of tomorrow", 3, True, False),
    ],
)
def test_is_shared_with_agencies(sharing, agency, signed_in, expected):
    outline = outline_with(1, sharing=sharing, agency_id=3, shared_agency_ids=(4,))
    assert outline.is_shared_with(agency, signed_in=signed_in) is expected


def test_a_shelf_of_all_agencies_shares_with_everyone_signed_in():
    outline = outline_with(1, sharing="own", agency_id=None)
    assert outline.is_shared_with(None, signed_in=True)
    assert not outline.is_shared_with(None, signed_in=False)


RULE = ActivityRule(5, 1, "Modul", "Pelajaran", "lesson", True, 8, {"rule": "read", "minimum_seconds": 120})


@pytest.mark.parametrize(
    "change",
    [
        {"activity_id": 6},
        {"position": 2},
        {"kind": "quiz"},
        {"required": False},
        {"planned_minutes": 9},
        {"rule": {"rule": "declared"}},
        {"rule": {"rule": "read", "minimum_seconds": 121}},
    ],
)
def test_digest_changes_with_structure_and_rules(change):
    assert digest_of([1], [replace(RULE, **change)]) != digest_of([1], [RULE])


def test_digest_ignores_titles_and_the_order_of_keys():
    other = replace(RULE, title="Lain", module_title="Lain", rule={"minimum_seconds": 120, "rule": "read"})
    assert digest_of([1], [other]) == digest_of([1], [RULE])


def test_digest_changes_with_the_order_of_modules():
    assert digest_of([1, 2], [RULE]) != digest_of([2, 1], [RULE])
