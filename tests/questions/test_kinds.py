"""Every kind keeps the contract, whatever an editor writes and whatever comes back from a form."""

import json
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from questions.kinds import Outcome, UnknownKind, all_kinds, get_kind
from questions.kinds.fractions import read_fraction, read_percent, write_percent
from questions.kinds.ids import option_id
from tests.questions.strategies import Form, answered, asked, choices, json_values, options

# --- for every kind --------------------------------------------------------------------------------------------------


@given(asked)
def test_kind_finds_no_problem_in_good_data(question):
    kind, data = question
    assert get_kind(kind).validate(data) == []


def is_marked_by_people(kind, data):
    return all(kind.grade(data, answer) is None for answer in kind.samples(data))


@given(asked)
def test_kind_grades_its_right_answer_to_exactly_one(question):
    kind, data = get_kind(question[0]), question[1]
    right = kind.right_answer(data)
    if right is None:
        assert not kind.is_graded or is_marked_by_people(kind, data)
        return
    assert kind.grade(data, right) == 1
    assert kind.feedback(data, right).outcome == Outcome.RIGHT


@given(asked, json_values)
def test_kind_grades_anything_within_range(question, answer):
    kind, data = get_kind(question[0]), question[1]
    share = kind.grade(data, answer)
    assert share is None or (isinstance(share, Fraction) and -1 <= share <= 1)
    kind.feedback(data, answer)
    kind.describe(data, answer)
    kind.rows(data, None, answer)
    kind.responses(data, answer)
    accepted = kind.accept(data, answer)
    assert kind.accept(data, accepted) == accepted


@given(answered())
def test_kind_reads_back_the_form_of_an_answer(case):
    kind, data, answer = get_kind(case[0]), case[1], case[2]
    assert kind.parse(data, Form(kind.fields(data, answer, "q7")), "q7") == kind.accept(data, answer)


@given(asked)
def test_kind_reads_no_answer_from_an_empty_form(question):
    kind, data = get_kind(question[0]), question[1]
    assert kind.parse(data, Form(), "q") is None
    assert kind.grade(data, None) in (0, None)
    assert kind.feedback(data, None).outcome == (Outcome.NONE if kind.is_graded else Outcome.UNGRADED)
    assert kind.responses(data, None) == []


@given(answered(), st.data())
def test_kind_trusts_no_form(case, draw):
    kind, data = get_kind(case[0]), case[1]
    names = ["q", *kind.fields(data, case[2], "q")]
    values = st.lists(st.text(max_size=6) | st.sampled_from(["zzz", "<b>", "1", "a", "true"]), max_size=5)
    answer = kind.parse(data, Form({name: draw.draw(values) for name in names}), "q")
    assert kind.accept(data, answer) == answer


@given(answered(), st.randoms(use_true_random=False))
def test_kind_shows_the_same_rows_in_any_order_and_gives_nothing_away(case, rng):
    kind, data, answer = get_kind(case[0]), case[1], case[2]
    arrangement = kind.arrange(data, Random(rng.random()), shuffle=True)
    assert json.loads(json.dumps(arrangement)) == arrangement
    rows = kind.rows(data, arrangement, answer)
    assert sorted(row.id for row in rows) == sorted(row.id for row in kind.rows(data, None, answer))
    if "order" in arrangement:
        assert [row.id for row in rows] == arrangement["order"]
    for row in rows:
        seen = row.visible(None)
        assert not any(seen.get(secret) for secret in ("outcome", "is_right", "feedback", "right"))


@given(answered(choices), st.randoms(use_true_random=False))
def test_choice_gives_the_same_mark_in_any_order(case, rng):
    kind, data, answer = get_kind(case[0]), case[1], case[2]
    order = kind.arrange(data, Random(rng.random()), shuffle=True)["order"]
    rows = kind.rows(data, {"order": order}, answer)
    assert sorted(row.id for row in rows if row.is_chosen) == sorted(answer["chosen"])
    reordered = {**data, "options": sorted(data["options"], key=lambda option: order.index(option["id"]))}
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


def test_multiple_that_wants_all_gives_the_whole_mark_or_nothing():
    kind = get_kind("multiple")
    weights = [Fraction(1, 2), Fraction(1, 4), 0, Fraction(-1, 2)]
    data = kind.clean({"text": "x", "grading": "all", "options": options(weights)})
    assert kind.problems(data) == []
    shares = {chosen: kind.grade(data, {"chosen": list(chosen)}) for chosen in ("ba", "a", "abc", "abcd", "c")}
    assert shares == {"ba": 1, "a": 0, "abc": 0, "abcd": 0, "c": 0}
    assert kind.guess(data) == Fraction(1, 15)


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
