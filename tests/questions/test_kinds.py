"""Every kind keeps the contract, whatever an editor writes and whatever comes back from a form."""

import json
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from questions.kinds import Outcome, UnknownKind, all_kinds, get_kind
from questions.kinds.choice import option_id
from questions.kinds.fractions import read_fraction, read_percent, write_percent


class Form(dict):
    """What a browser sends, as `QueryDict.getlist` gives it."""

    def getlist(self, name):
        return list(self.get(name, []))


words = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S"]), min_size=1, max_size=20)
wrong_shares = st.fractions(min_value=-1, max_value=0, max_denominator=20)


def options(shares):
    return [
        {"id": option_id(n), "text": f"Pilihan {n}", "fraction": str(share), "feedback": f"<p>Umpan {n}</p>"}
        for n, share in enumerate(shares)
    ]


@st.composite
def single_data(draw):
    partial = draw(
        st.lists(st.fractions(min_value=-1, max_value=Fraction(9, 10), max_denominator=20), min_size=1, max_size=7)
    )
    shares = draw(st.permutations([Fraction(1), *partial]))
    return "single", get_kind("single").clean({"text": draw(words) + " x", "options": options(shares)})


@st.composite
def multiple_data(draw):
    pieces = draw(st.lists(st.integers(1, 9), min_size=1, max_size=5))
    right = [Fraction(piece, sum(pieces)) for piece in pieces]
    shares = draw(st.permutations(right + draw(st.lists(wrong_shares, min_size=1, max_size=4))))
    return "multiple", get_kind("multiple").clean({"text": draw(words) + " x", "options": options(shares)})


@st.composite
def truefalse_data(draw):
    return "truefalse", get_kind("truefalse").clean({"text": draw(words) + " x", "answer": draw(st.booleans())})


asked = st.one_of(single_data(), multiple_data(), truefalse_data())
KEYS = ["text", "options", "id", "fraction", "feedback", "answer", "chosen", "value", "shuffle", "grading"]
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=4), inner, max_size=6)
    ),
    max_leaves=12,
)


@st.composite
def asked_and_answered(draw):
    kind, data = draw(asked)
    return kind, data, draw(st.sampled_from(get_kind(kind).samples(data)))


# --- for every kind --------------------------------------------------------------------------------------------------


@given(asked)
def test_kind_finds_no_problem_in_good_data(question):
    kind, data = question
    assert get_kind(kind).validate(data) == []


@given(asked)
def test_kind_grades_its_right_answer_to_exactly_one(question):
    kind, data = get_kind(question[0]), question[1]
    right = kind.right_answer(data)
    assert kind.grade(data, right) == 1
    assert kind.feedback(data, right).outcome == Outcome.RIGHT


@given(asked, json_values)
def test_kind_grades_anything_within_range(question, answer):
    kind, data = get_kind(question[0]), question[1]
    share = kind.grade(data, answer)
    assert isinstance(share, Fraction)
    assert -1 <= share <= 1
    kind.feedback(data, answer)
    kind.describe(data, answer)
    kind.rows(data, None, answer)


@given(asked_and_answered())
def test_kind_reads_back_the_form_of_an_answer(case):
    kind, data, answer = get_kind(case[0]), case[1], case[2]
    assert kind.parse(data, Form(kind.fields(data, answer, "q7")), "q7") == kind.accept(data, answer)


@given(asked)
def test_kind_reads_no_answer_from_an_empty_form(question):
    kind, data = get_kind(question[0]), question[1]
    assert kind.parse(data, Form(), "q") is None
    assert kind.grade(data, None) == 0
    assert kind.feedback(data, None).outcome == Outcome.NONE


@given(asked, st.lists(st.text(max_size=6), max_size=5))
def test_kind_trusts_no_form(question, values):
    kind, data = get_kind(question[0]), question[1]
    answer = kind.parse(data, Form(q=[*values, "zzz", "<b>"]), "q")
    assert answer is None or kind.accept(data, answer) == answer


@given(asked_and_answered(), st.randoms(use_true_random=False))
def test_kind_gives_the_same_mark_in_any_order(case, rng):
    kind, data, answer = get_kind(case[0]), case[1], case[2]
    arrangement = kind.arrange(data, Random(rng.random()), shuffle=True)
    rows = kind.rows(data, arrangement, answer)
    plain_rows = kind.rows(data, None, answer)
    assert [row.id for row in rows] == arrangement["order"]
    assert sorted(row.id for row in rows if row.is_chosen) == sorted(row.id for row in plain_rows if row.is_chosen)
    if "options" in data:
        reordered = {
            **data,
            "options": sorted(data["options"], key=lambda option: arrangement["order"].index(option["id"])),
        }
        assert kind.grade(reordered, answer) == kind.grade(data, answer)


@given(st.sampled_from(all_kinds()), json_values)
def test_kind_cleans_any_data_once_and_for_all(kind, data):
    clean = kind.clean(data)
    assert kind.clean(clean) == clean
    assert json.loads(json.dumps(clean)) == clean
    kind.validate(data)


@given(asked, st.integers())
def test_kind_keeps_the_order_where_shuffling_is_off(question, seed):
    kind, data = get_kind(question[0]), question[1]
    assert [row.id for row in kind.rows(data, kind.arrange(data, Random(seed), shuffle=False), None)] == [
        row.id for row in kind.rows(data, None, None)
    ]


def test_kind_shuffles_only_where_the_question_lets_it():
    kind = get_kind("single")
    data = kind.clean({"text": "x", "shuffle": False, "options": options([1, 0, 0, 0, 0, 0])})
    assert kind.arrange(data, Random(1), shuffle=True)["order"] == list("abcdef")
    data["shuffle"] = True
    assert kind.arrange(data, Random(1), shuffle=True)["order"] != list("abcdef")


def test_kind_shows_options_that_an_old_arrangement_does_not_know():
    kind = get_kind("single")
    data = kind.clean({"text": "x", "options": options([1, 0, 0])})
    assert [row.id for row in kind.rows(data, {"order": ["c", "gone"]}, None)] == ["c", "a", "b"]


def test_get_kind_names_the_unknown():
    with pytest.raises(UnknownKind, match="telepathy"):
        get_kind("telepathy")


# --- one answer, several answers -------------------------------------------------------------------------------------


def test_single_takes_partial_and_negative_shares_as_written():
    kind = get_kind("single")
    data = kind.clean({"text": "x", "options": options([1, Fraction(1, 3), Fraction(-1, 2), 0])})
    assert [kind.grade(data, {"chosen": [chosen]}) for chosen in "abcd"] == [1, Fraction(1, 3), Fraction(-1, 2), 0]
    outcomes = [kind.feedback(data, {"chosen": [chosen]}).outcome for chosen in "abcd"]
    assert outcomes == [Outcome.RIGHT, Outcome.PARTLY, Outcome.WRONG, Outcome.WRONG]


def test_single_takes_two_choices_for_no_answer():
    kind = get_kind("single")
    data = kind.clean({"text": "x", "options": options([1, 0])})
    assert kind.parse(data, Form(q=["a", "b"]), "q") is None
    assert kind.parse(data, Form(q=["a", "a", "zz"]), "q") == {"chosen": ["a"]}


def test_multiple_adds_shares_and_stops_at_nothing():
    kind = get_kind("multiple")
    third = Fraction(1, 3)
    data = kind.clean({"text": "x", "options": options([third, third, third, Fraction(-1, 2)])})
    shares = {chosen: kind.grade(data, {"chosen": list(chosen)}) for chosen in ("a", "ab", "abc", "abcd", "d", "ad")}
    assert shares == {"a": third, "ab": 2 * third, "abc": 1, "abcd": Fraction(1, 2), "d": 0, "ad": 0}


def test_multiple_names_only_the_chosen_in_its_feedback():
    kind = get_kind("multiple")
    data = kind.clean(
        {"text": "x", "general_feedback": "Umum", "options": options([Fraction(1, 2), Fraction(1, 2), 0])}
    )
    feedback = kind.feedback(data, {"chosen": ["c", "a"]})
    assert [(remark.id, remark.feedback) for remark in feedback.remarks] == [
        ("a", "<p>Umpan 0</p>"),
        ("c", "<p>Umpan 2</p>"),
    ]
    assert feedback.general == "<p>Umum</p>"
    assert feedback.outcome == Outcome.PARTLY


def test_describe_gives_plain_words():
    kind = get_kind("multiple")
    data = kind.clean({"text": "x", "options": [{"text": "<b>A</b> &amp; B", "fraction": "1"}, {"text": "C<br>D"}]})
    assert kind.describe(data, {"chosen": ["a", "b"]}) == "A & B; C D"
    assert kind.describe(data, None) == "No answer"
    assert get_kind("truefalse").describe({"answer": True}, {"value": False}) == "False"


def test_clean_keeps_ids_and_gives_free_ones():
    data = get_kind("single").clean(
        {"text": "x", "options": [{"text": "1"}, {"id": "a", "text": "2"}, {"id": "a", "text": "3"}]}
    )
    ids = [option["id"] for option in data["options"]]
    assert ids[1] == "a"
    assert len(set(ids)) == 3


def test_option_id_goes_on_after_z():
    assert [option_id(n) for n in (0, 25, 26, 27, 51, 52)] == ["a", "z", "aa", "ab", "az", "ba"]


GOOD = {"text": "Apa?", "options": [{"text": "A", "fraction": "1"}, {"text": "B", "fraction": "0"}]}
HALVES = {
    "text": "Apa?",
    "options": [{"text": "A", "fraction": "1/2"}, {"text": "B", "fraction": "1/2"}, {"text": "C"}],
}


def with_option(data, number, **changes):
    return {**data, "options": [{**o, **(changes if n == number else {})} for n, o in enumerate(data["options"], 1)]}


@pytest.mark.parametrize(
    ("kind", "data", "problems"),
    [
        ("single", GOOD, []),
        ("multiple", HALVES, []),
        ("single", {**GOOD, "text": " <p>&nbsp;</p>"}, ["The question has no text."]),
        ("single", {**GOOD, "text": "<script>x</script>"}, ["The question has no text."]),
        ("single", {**GOOD, "text": '<img src="/media/peta.png" alt="">'}, []),
        ("single", {**GOOD, "options": GOOD["options"][:1]}, ["At least two options are needed."]),
        ("single", with_option(GOOD, 2, text=""), ["Option 2 has no text."]),
        ("single", with_option(GOOD, 2, text=" <p>A</p> "), ["Options 1 and 2 say the same."]),
        ("single", with_option(GOOD, 1, fraction="9/10"), ["No option is right: one must earn 100 percent."]),
        ("single", with_option(GOOD, 2, fraction="1"), ["Every option is right: there is nothing to choose."]),
        (
            "single",
            with_option(GOOD, 2, fraction="half"),
            ["The weight of option 2 must be between -100 and 100 percent."],
        ),
        (
            "single",
            with_option(GOOD, 2, fraction="1/0"),
            ["The weight of option 2 must be between -100 and 100 percent."],
        ),
        (
            "single",
            with_option(GOOD, 2, fraction="-3/2"),
            ["The weight of option 2 must be between -100 and 100 percent."],
        ),
        (
            "multiple",
            with_option(HALVES, 1, fraction="1/3"),
            ["The right options earn 83.33333 percent together; it must be 100 percent."],
        ),
        (
            "multiple",
            with_option(with_option(HALVES, 1, fraction="0"), 2, fraction="0"),
            ["No option is right: the right ones must earn 100 percent together."],
        ),
        ("multiple", {**HALVES, "grading": "lottery"}, ["Unknown way of grading: “lottery”."]),
        ("truefalse", {"text": "x", "answer": "yes"}, ["Say whether the statement is true or false."]),
        ("truefalse", {"answer": True}, ["The question has no text."]),
    ],
)
def test_validate_names_the_problem(kind, data, problems):
    assert get_kind(kind).validate(data) == problems


@pytest.mark.parametrize("data", [None, [], "x", 3, {"options": "x"}, {"options": {"a": 1}}, {"options": [1, None]}])
@pytest.mark.parametrize("kind", ["single", "multiple", "truefalse"])
def test_validate_survives_any_shape(kind, data):
    assert "The question has no text." in get_kind(kind).validate(data)


# --- shares as text --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("50", Fraction(1, 2)),
        ("100", 1),
        ("-50", Fraction(-1, 2)),
        ("33.33333", Fraction(1, 3)),
        ("33.33", Fraction(1, 3)),
        ("33.3", Fraction(1, 3)),
        ("-33.333", Fraction(-1, 3)),
        ("66.66667", Fraction(2, 3)),
        ("66.666", Fraction(2, 3)),
        ("16.66667", Fraction(1, 6)),
        ("14.28571", Fraction(1, 7)),
        ("83,33333", Fraction(5, 6)),
        ("33", Fraction(33, 100)),
        ("9.0", Fraction(9, 100)),
        ("17.64706", Fraction(3, 17)),
        ("99.9", Fraction(999, 1000)),
        ("12.5", Fraction(1, 8)),
        ("0", 0),
        ("", None),
        ("abc", None),
        ("1e9", None),
        ("--5", None),
        ("5000", None),
    ],
)
def test_read_percent_knows_endless_shares(text, share):
    assert read_percent(text) == share


@given(st.fractions(min_value=-1, max_value=1, max_denominator=40))
def test_write_percent_is_read_back_exactly(share):
    assert read_percent(write_percent(share)) == share


@pytest.mark.parametrize("value", ["1e999999", "1/0", "", None, True, [], "½", "1/3/4", "9" * 400])
def test_read_fraction_refuses_what_is_none(value):
    assert read_fraction(value) is None
