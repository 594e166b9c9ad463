"""Short text and numbers: what is typed, however it is typed, and hostile input at no cost."""

import re
from fractions import Fraction
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from questions.kinds import Outcome, Review, get_kind
from questions.kinds.numbers import LONGEST, between, readings, write_number
from questions.kinds.shorttext import matches, pieces_of
from tests.questions.strategies import Form, numerical_data, shorttext_data

shorttext, numerical = get_kind("shorttext"), get_kind("numerical")
NOTHING = Review(correctness=False, feedback=False, general=False, right_answer=False)


def asks(*answers, **more):
    known = [{"text": text, "fraction": share, "feedback": f"Umpan {text}"} for text, share in answers]
    return shorttext.clean({"text": "Apa?", "answers": known, **more})


def earns(data, text):
    return shorttext.grade(data, {"text": text})


# --- short text ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pattern", "text", "does"),
    [
        ("Palu", "palu", True),
        ("Palu", "  pALU ", True),
        ("Palu", "Palu!", False),
        ("Jum'at", "Jum’at", True),
        ("UU 25-2009", "uu  25–2009", True),
        ("café", "cafe", True),
        ("cafe", "CAFÉ", True),
        ("pelayanan *", "pelayanan publik", True),
        ("pelayanan *", "pelayanan", False),
        ("*pelayanan*", "Standar pelayanan minimal", True),
        ("*pe*la*", "lape", False),
        ("a*a", "a", False),
        ("a*a", "aa", True),
        (r"5 \* 3", "5 * 3", True),
        (r"5 \* 3", "5 kali 3", False),
        ("*", "apa pun", True),
        (r"\*", "x", False),
        ("1. a+", "1. a+", True),
        (".*", "abc", False),
    ],
)
def test_shorttext_matches(pattern, text, does):
    assert earns(asks((pattern, "1")), text) == (1 if does else 0)


def test_shorttext_minds_case_and_accents_where_it_should():
    assert earns(asks(("Palu", "1"), case=True), "palu") == 0
    assert earns(asks(("Palu", "1"), case=True), "Palu") == 1
    assert earns(asks(("café", "1"), accents=True), "cafe") == 0
    assert earns(asks(("café", "1"), accents=True), "CAFE\u0301") == 1


def test_shorttext_takes_the_first_that_matches():
    data = asks(("Palu", "1"), ("Pal*", "1/2"), ("*", "-1/4"))
    assert shorttext.problems(data) == []
    assert [earns(data, text) for text in ("palu", "palopo", "Poso")] == [1, Fraction(1, 2), Fraction(-1, 4)]
    assert shorttext.feedback(data, {"text": "palopo"}).remarks[0].feedback == "<p>Umpan Pal*</p>"
    assert [shorttext.describe(data, sample) for sample in shorttext.samples(data)] == ["Palu", "Pal", "…"]


@given(st.text("ab*", max_size=12), st.text("ab", max_size=20))
def test_wildcards_match_as_a_regular_expression_would(pattern, text):
    pieces = pieces_of(pattern, case=True, accents=True)
    expected = re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), text) is not None
    assert matches(pieces, text) == expected


def test_wildcards_cannot_be_made_slow():
    data = asks(("*a" * 120 + "*b", "1"))
    started = perf_counter()
    assert earns(data, "a" * 1_000_000) == 0
    assert perf_counter() - started < 1


@given(shorttext_data())
def test_every_answer_of_a_good_shorttext_can_be_reached(question):
    data = question[1]
    assert len(shorttext.samples(data)) == len(data["answers"])


def test_shorttext_keeps_what_was_typed_and_shows_nothing_before_the_review():
    data = asks(("Palu", "1"))
    assert shorttext.parse(data, Form(q=[" Kota \x00 <b>Palu\ud800 "]), "q") == {"text": "Kota <b>Palu"}
    assert shorttext.parse(data, Form(q=["a", "b"]), "q") is None
    assert shorttext.parse(data, Form(q=["  "]), "q") is None
    row = shorttext.rows(data, None, {"text": "palu"})[0]
    assert row.visible(None) == {"text": "palu", "unit": "", "warning": "", "outcome": "", "feedback": ""}
    assert row.visible(NOTHING)["outcome"] == ""
    assert row.visible(Review())["outcome"] == "right"


@pytest.mark.parametrize(
    ("answers", "problems"),
    [
        ([], ["At least one answer is needed."]),
        ([("Palu", "1/2")], ["No answer is right: one must earn 100 percent."]),
        ([("Palu", "1"), (" ", "0")], ["Answer 2 has no text."]),
        ([("Palu", "1"), ("x", "2")], ["The weight of answer 2 must be between -100 and 100 percent."]),
        ([("x" * 251, "1")], ["Answer 1 is longer than 250 characters. For long answers take an essay."]),
        ([("*", "0"), ("Palu", "1")], ["Answer 2 is never reached"]),
        ([("P*u", "0"), ("PALU", "1")], ["Answer 2 is never reached"]),
        ([("*a*", "0"), ("x*a*y", "1")], ["Answer 2 is never reached"]),
        ([("P*", "0"), ("*u", "1")], []),
        ([(r"\*", "0"), ("*", "1")], []),
    ],
)
def test_shorttext_names_the_problem(answers, problems):
    found = shorttext.problems(asks(*answers))
    assert len(found) == len(problems)
    assert all(one.startswith(other) for one, other in zip(found, problems, strict=True))


# --- numbers as people write them ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("3", ["3"]), ("3,14", ["3.14"]), ("3.14", ["3.14"]), ("-0,5", ["-0.5"]), (",5", ["0.5"]), ("5.", ["5"]),
        ("1.000", ["1", "1000"]), ("1,000", ["1000", "1"]), ("0.500", ["0.5"]), ("1.000.000", ["1000000"]),
        ("1,234,567.8", ["1234567.8"]), ("1.234.567,8", ["1234567.8"]), ("1 000 000", ["1000000"]),
        ("1\u00a0000,5", ["1000.5"]), ("\u22125", ["-5"]), ("+5", ["5"]), ("1,5e3", ["1500"]), ("1.5E-3", ["0.0015"]),
        ("1,5×10^3", ["1500"]), ("1,5 x 10^-3", ["0.0015"]), ("1.5*10**3", ["1500"]), ("1,5·10³", ["1500"]),
        ("1,5 × 10⁻³", ["0.0015"]), ("2 × 10^(3)", ["2000"]), ("01", ["1"]),
        ("", []), ("abc", []), ("1,2,3", []), ("1.00.000", []), ("1,5e", []), ("--5", []), ("1/2", []),
        ("1e999999", []),
        ("1e9999", []), ("9" * 10_000, []), ("1" + " " * 10_000, ["1"]), ("٣", []), ("1e5e5", []), ("inf", []),
        ("NaN", []), (".", []), ("1'000", ["1000"]), ("0x10", []), ("1_000", []),
    ],
)  # fmt: skip
def test_readings(text, numbers):
    assert readings(text) == [Fraction(number) for number in numbers]


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=6))
def test_write_number_is_read_back_exactly(number):
    written = write_number(Fraction(number))
    assert readings(written)[0] == Fraction(number)


@given(st.text("0123456789.,e+-x×^ '", max_size=80))
def test_readings_are_few_and_never_fail(text):
    assert len(readings(text)) <= 2


@given(st.fractions(), st.fractions())
def test_between_finds_a_number_that_can_be_typed(one, other):
    low, high = sorted([one, other])
    number = between(low, high)
    assert (number is None) == (low == high)
    assert number is None or (low < number < high and readings(write_number(number))[0] == number)


@pytest.mark.parametrize("text", ["9" * 1_000_000, "1e" + "9" * 1_000_000, "1." * 500_000, "1 " * 500_000, "-" * 10**6])
def test_giant_input_is_refused_at_once(text):
    started = perf_counter()
    assert readings(text) == []
    data = number_data(("1", "0"))
    assert numerical.grade(data, {"text": text, "unit": text}) == 0
    assert numerical.validate({"text": "x", "answers": [{"value": text, "fraction": "1"}]})
    assert perf_counter() - started < 1


# --- numerical -------------------------------------------------------------------------------------------------------


def number_data(*answers, kind="absolute", **more):
    known = [
        {"value": value, "tolerance": tolerance, "tolerance_kind": kind, "fraction": "1", "feedback": f"Umpan {value}"}
        for value, tolerance in answers
    ]
    return numerical.clean({"text": "Berapa?", "answers": known, **more})


@pytest.mark.parametrize(
    ("kind", "value", "tolerance", "right", "wrong"),
    [
        ("absolute", "3.14", "0.01", ["3,13", "3.15", "3,140"], ["3,1299", "3.1501", "314", "3,14 m"]),
        ("relative", "200", "0.1", ["180", "220"], ["179,99", "220.01"]),
        ("relative", "-200", "0.1", ["-180", "-220"], ["-179", "200"]),
        ("geometric", "100", "1", ["50", "200"], ["49,9", "200,1"]),
        ("geometric", "-100", "1", ["-50", "-200"], ["-49", "-201"]),
        ("absolute", "1000", "0", ["1000", "1.000", "1,000", "1 000", "1e3", "1,0×10^3"], ["1.001", "1"]),
        ("absolute", "*", "0", ["0", "-5"], ["lima"]),
        ("absolute", "0.1", "0.2", ["0.3", "-0.1"], ["0.30000000000000001"]),
    ],
)
def test_numerical_tolerances_are_exact(kind, value, tolerance, right, wrong):
    data = number_data((value, tolerance), kind=kind)
    assert numerical.problems(data) == []
    assert [numerical.grade(data, {"text": text}) for text in right] == [1] * len(right)
    assert [numerical.grade(data, {"text": text}) for text in wrong] == [0] * len(wrong)


def test_numerical_range_and_first_that_fits():
    data = numerical.clean(
        {
            "text": "x",
            "answers": [
                {"value": "5", "fraction": "1", "feedback": "Tepat"},
                {"low": "4", "high": "6", "fraction": "1/2", "feedback": "Dekat"},
                {"value": "*", "fraction": "0", "feedback": "Jauh"},
            ],
        }
    )
    assert numerical.problems(data) == []
    shares = [numerical.grade(data, {"text": text}) for text in ("5", "4", "6,0", "6,1")]
    assert shares == [1, Fraction(1, 2), Fraction(1, 2), 0]
    assert numerical.feedback(data, {"text": "7"}).remarks[0].feedback == "<p>Jauh</p>"
    assert numerical.accepted(data) == ["exactly 5: 100 percent", "4 to 6: 50 percent"]


UNITS = [{"name": "m", "multiplier": "1"}, {"name": "km", "multiplier": "0.001"}, {"name": "m²", "multiplier": "2"}]


@pytest.mark.parametrize(
    ("rule", "text", "unit", "share"),
    [
        ("none", "1500", "", 1), ("none", "1500 m", "", 0), ("none", "1500", "km", 1),
        ("optional", "1500", "", 1), ("optional", "1500 m", "", 1), ("optional", "1,5 km", "", 1),
        ("optional", "1.5", "km", 1), ("optional", "1500", "km", 0), ("optional", "1500 kg", "", Fraction(9, 10)),
        ("required", "1500", "", Fraction(9, 10)), ("required", "1.5km", "", 1), ("required", "1,5", "KM", 1),
        ("required", "1500 km", "", Fraction(9, 10)), ("required", "1.500", "m", 1), ("required", "3000 m2", "", 1),
        ("required", "1,5 km", "km.", 1), ("required", "1,5 km", "m", 0), ("required", "km 1,5", "", 1),
        ("required", "7", "", 0), ("required", "1,5e3 m", "", 1),
    ],
)  # fmt: skip
def test_numerical_units(rule, text, unit, share):
    data = number_data(("1500", "0"), units=UNITS, unit_rule=rule)
    assert numerical.problems(data) == []
    assert numerical.grade(data, {"text": text, "unit": unit}) == share


def test_numerical_money_before_the_number():
    data = number_data(("1500000", "0"), units=[{"name": "Rp"}], unit_rule="required")
    for text in ("Rp1.500.000", "Rp 1500000", "rp. 1.500.000,00", "1.500.000 Rp"):
        assert numerical.grade(data, {"text": text}) == 1, text


def test_numerical_says_what_is_wrong_with_the_unit_only_in_the_review():
    data = number_data(("5", "0"), units=UNITS, unit_rule="required")
    row = numerical.rows(data, None, {"text": "5"})[0]
    assert "unit" in row.visible(Review())["feedback"]
    assert row.visible(Review())["outcome"] == "partly"
    assert not row.visible(None)["feedback"]
    assert numerical.right_answer(data) == {"text": "5", "unit": "m"}


def test_numerical_warns_of_what_it_cannot_read_whatever_is_right():
    data = number_data(("5", "0"))
    assert "cannot be read" in numerical.rows(data, None, {"text": "lima"})[0].visible(None)["warning"]
    assert numerical.rows(data, None, {"text": "6"})[0].visible(None)["warning"] == ""
    assert numerical.rows(data, None, None)[0].visible(None)["warning"] == ""


def test_numerical_keeps_a_number_in_one_spelling():
    spellings = ["1500", "1.5e3", "1,500", "1 500", "1500.0"]
    assert {number_data((value, "0"))["answers"][0]["value"] for value in spellings} == {"1500"}
    assert number_data(("6.02214076e23", "0"))["answers"][0]["value"] == "6.02214076e+23"


@given(numerical_data())
def test_every_answer_of_a_good_numerical_can_be_reached(question):
    data = question[1]
    for number in range(len(data["answers"])):
        example = numerical._example(data, number)
        assert example is None or len(example["text"]) <= LONGEST
    assert numerical.feedback(data, numerical.right_answer(data)).outcome == Outcome.RIGHT


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"answers": []}, "At least one answer is needed."),
        ({"answers": [{"value": "tiga", "fraction": "1"}]}, "Answer 1 is no number"),
        ({"answers": [{"value": "1/3", "fraction": "1"}]}, "Answer 1 is no number"),
        ({"answers": [{"value": "1e999999", "fraction": "1"}]}, "Answer 1 is no number"),
        ({"answers": [{"value": "3", "tolerance": "-1", "fraction": "1"}]}, "The tolerance of answer 1 must be"),
        ({"answers": [{"value": "3", "tolerance_kind": "x", "fraction": "1"}]}, "The tolerance of answer 1 is of an"),
        ({"answers": [{"low": "3", "high": "1", "fraction": "1"}]}, "The range of answer 1 ends before"),
        ({"answers": [{"low": "3", "high": "", "fraction": "1"}]}, "The range of answer 1 is not made"),
        (
            {"answers": [{"low": "1", "high": "5", "fraction": "0"}, {"value": "3", "fraction": "1"}]},
            "Answer 2 is never reached",
        ),
        (
            {
                "answers": [
                    {"low": "1", "high": "3", "fraction": "0"},
                    {"low": "3", "high": "5", "fraction": "0"},
                    {"low": "2", "high": "4", "fraction": "1"},
                ]
            },
            "Answer 3 is never reached",
        ),
        ({"unit_rule": "perhaps"}, "Unknown rule for units"),
        ({"unit_rule": "required"}, "Name at least one unit"),
        ({"units": [{"name": ""}]}, "A unit has no name."),
        ({"units": [{"name": "m"}, {"name": "m."}]}, "Two units have the same name."),
        ({"units": [{"name": "m", "multiplier": "0"}]}, "The multiplier of the unit “m” must be"),
        ({"units": [{"name": "5m"}]}, "“5m” cannot be a unit"),
        ({"unit_penalty": "2"}, "The penalty for the unit must be"),
    ],
)
def test_numerical_names_the_problem(changes, problem):
    data = {"text": "x", "answers": [{"value": "3", "fraction": "1"}], **changes}
    found = numerical.validate(data)
    assert len(found) == 1
    assert found[0].startswith(problem)
