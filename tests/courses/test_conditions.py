"""Conditions decided from facts: plain cases, and laws that hold for every tree."""

import datetime as dt
import json
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses import conditions
from courses.conditions import BROKEN, Facts, circle, decide, leaves_of, prerequisites, read, read_text

NOW = dt.datetime(2026, 12, 1, 8, 0, tzinfo=dt.UTC)
IDS = (1, 2, 3)
FACTS = Facts(
    now=NOW,
    names={
        **{(kind, pk): f"{kind} {pk}" for kind in ("finished", "finished_course", "unit", "group") for pk in IDS},
        **{("post_kind", kind): kind for kind in ("pengawas", "jpt")},
    },
    finished={1},
    finished_courses={2},
    marks={1: Fraction(7, 10), 2: Fraction(1, 3)},
    units={3},
    post_kinds={"pengawas"},
    groups={1, 2},
)


@pytest.mark.parametrize(
    ("condition", "is_open"),
    [
        ({}, True),
        ({"finished": 1}, True),
        ({"finished": 2}, False),
        ({"finished_course": 2}, True),
        ({"mark": 1, "at_least": 70}, True),
        ({"mark": 1, "at_least": 71}, False),
        ({"mark": 2, "at_least": 34}, False),
        ({"mark": 3, "at_least": 0}, False),  # no mark is not a mark of nothing
        ({"from": "2026-12-01T15:00:00+07:00"}, True),
        ({"from": "2026-12-01T15:00:01+07:00"}, False),
        ({"until": "2026-12-01T17:00:00+09:00"}, True),
        ({"until": "2026-12-01T16:59:59+09:00"}, False),
        ({"unit": 3}, True),
        ({"unit": 1}, False),
        ({"post_kind": "pengawas"}, True),
        ({"group": 3}, False),
        ({"not": {"group": 3}}, True),
        ({"all": []}, True),
        ({"any": []}, False),
        ({"all": [{"finished": 1}, {"any": [{"group": 3}, {"unit": 3}]}]}, True),
        ({"all": [{"finished": 1}, {"not": {"any": [{"group": 3}, {"unit": 3}]}}]}, False),
    ],
)
def test_decide(condition, is_open):
    assert decide(condition, FACTS).is_open is is_open
    assert decide(read_text(json.dumps(condition)), FACTS).is_open is is_open


BROKEN_PARTS = [
    None, [], "", 0, True, {"finnished": 1}, {"finished": "1"}, {"finished": True}, {"finished": 0},
    {"finished": 1, "unit": 3}, {"mark": 1}, {"mark": 1, "at_least": 101}, {"mark": 1, "at_least": 70.5},
    {"mark": 1, "at_least": True}, {"from": "2026-12-01T08:00:00"}, {"from": "tomorrow"}, {"until": 5},
    {"until": "9999-12-31T23:59:59-23:59"}, {"post_kind": ""}, {"group": 2**70}, {"all": {}}, {"any": None},
    {"not": []}, {"finished": 99}, {"unit": 99}, {"post_kind": "raja"}, {"mark": 99, "at_least": 1},
    {"all": [], "any": []},
]  # fmt: skip


@pytest.mark.parametrize("part", BROKEN_PARTS, ids=str)
@pytest.mark.parametrize("around", [
    lambda part: part,
    lambda part: {"not": part},
    lambda part: {"any": [{"finished": 1}, part]},
    lambda part: {"not": {"all": [{"finished": 2}, part]}},
])  # fmt: skip
def test_what_is_broken_closes_wherever_it_stands(part, around):
    verdict = decide(around(part), FACTS)
    assert (verdict.is_open, verdict.codes) == (False, (BROKEN,))


def test_too_many_and_too_deep_parts_close():
    deep = {"finished": 1}
    for _ in range(5000):
        deep = {"not": {"not": deep}}
    assert decide(deep, FACTS).codes == (BROKEN,)
    assert decide({"any": [{"finished": 1}] * 51}, FACTS).codes == (BROKEN,)
    assert decide(read_text("[" * 100_000), FACTS).codes == (BROKEN,)
    assert decide(read_text("{"), FACTS).codes == (BROKEN,)


def test_a_verdict_says_what_is_missing_and_only_that():
    verdict = decide({"all": [{"finished": 1}, {"finished": 2}, {"any": [{"group": 3}, {"not": {"unit": 3}}]}]}, FACTS)
    assert verdict.codes == ("finished", "group", "not_unit")
    assert not verdict.unmet.parts[1].every
    assert decide({"any": [{"finished": 1}, {"finished": 2}]}, FACTS).unmet is None


def test_prerequisites_and_circles():
    assert prerequisites({"all": [{"finished": 4}, {"not": {"mark": 5, "at_least": 7}}, {"unit": 9}]}) == {4, 5}
    assert prerequisites({"finished": "x"}) == set()
    assert circle({1: {1}}, 1) == [1, 1]
    assert circle({1: {2}, 2: {3}, 3: {1}}, 1) == [1, 2, 3, 1]
    assert circle({1: {2}, 2: {3}, 3: {2}}, 1) == []


# --- laws ------------------------------------------------------------------------------------------------------------

LEAVES = st.one_of(
    st.builds(lambda kind, pk: {kind: pk}, st.sampled_from(["finished", "finished_course", "unit", "group"]),
              st.sampled_from(IDS)),
    st.builds(lambda pk, mark: {"mark": pk, "at_least": mark}, st.sampled_from(IDS), st.integers(0, 100)),
    st.builds(lambda kind, days: {kind: (NOW + dt.timedelta(days=days)).isoformat()},
              st.sampled_from(["from", "until"]), st.integers(-2, 2)),
    st.builds(lambda kind: {"post_kind": kind}, st.sampled_from(["pengawas", "jpt"])),
)  # fmt: skip


def groups(parts):
    return st.one_of(
        st.builds(lambda kind, some: {kind: some}, st.sampled_from(["all", "any"]), st.lists(parts, max_size=3)),
        st.builds(lambda part: {"not": part}, parts),
    )


TREES = st.recursive(LEAVES, groups, max_leaves=5)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda values: (
        st.lists(values, max_size=3)
        | st.dictionaries(
            st.sampled_from([*conditions.KINDS, "all", "any", "not", "at_least", "?"]), values, max_size=2
        )
    ),
    max_leaves=6,
)


def truth(tree, depth=0):
    """Tell the rule a second time, without the detour over the leaves; None where it is too deep to be read."""
    if depth > conditions.DEEPEST:
        return None
    if "not" in tree:
        inside = truth(tree["not"], depth + 1)
        return None if inside is None else not inside
    for kind, holds in (("all", all), ("any", any)):
        if kind in tree:
            parts = [truth(part, depth + 1) for part in tree[kind]]
            return None if None in parts else holds(parts)
    return decide(tree, FACTS).is_open


@given(TREES)
def test_a_tree_is_open_exactly_where_it_is_true(tree):
    told = truth(tree)
    verdict = decide(tree, FACTS)
    assert verdict.is_open is bool(told)
    assert (verdict.unmet is None) is verdict.is_open
    assert (verdict.codes == (BROKEN,)) is (told is None)


@given(st.lists(TREES, max_size=3))
def test_de_morgan(parts):
    turned = [{"not": part} for part in parts]
    if any(truth({"any": [part]}, 2) is None for part in parts):
        return  # too deep already: both sides are closed
    assert decide({"not": {"all": parts}}, FACTS).is_open is decide({"any": turned}, FACTS).is_open
    assert decide({"not": {"any": parts}}, FACTS).is_open is decide({"all": turned}, FACTS).is_open


@given(JSON)
def test_nothing_raises_and_what_cannot_be_read_is_closed(value):
    verdict = decide(value, FACTS)
    try:
        read(value)
    except conditions.BadCondition:
        assert verdict.codes == (BROKEN,)


@given(TREES, st.sampled_from(BROKEN_PARTS), st.sampled_from(["all", "any"]))
def test_a_broken_part_closes_every_tree(tree, part, kind):
    assert not decide({kind: [tree, part]}, FACTS).is_open
    assert not decide({"not": {kind: [tree, part]}}, FACTS).is_open


@given(TREES)
def test_meeting_everything_that_is_missing_opens_a_tree_without_not(tree):
    text, told = json.dumps(tree), decide(tree, FACTS)
    if "not" in text or '"any": []' in text or told.is_open or told.codes == (BROKEN,):
        return
    missing = list(leaves_of(decide(tree, FACTS).unmet))
    moments = [leaf.value for leaf in missing if leaf.kind in ("from", "until")]
    if moments or not missing:
        return
    met = Facts(
        now=NOW,
        names=FACTS.names,
        finished={*IDS},
        finished_courses={*IDS},
        marks=dict.fromkeys(IDS, Fraction(1)),
        units={*IDS},
        post_kinds={"pengawas", "jpt"},
        groups={*IDS},
    )
    assert decide(tree, met).is_open
