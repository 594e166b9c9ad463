"""The plain notation of gaps: what is written is read back, what is wrong is named with its line."""

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from questions.forms.gap_notation import read, write
from questions.kinds import get_kind
from tests.questions.strategies import choices, words


def cleaned(kind, data):
    data = get_kind(kind).clean({**data, "text": ""})
    for option in data.get("options", []):
        del option["id"]
    return data


@given(choices)
def test_choices_are_read_back(question):
    kind, data = question
    again = read(kind, write(kind, data))
    assert again.problems == []
    assert cleaned(kind, again.data) == cleaned(kind, data)


lines = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=20)
shares = st.sampled_from(["1", "1/3", "0"])
answers = st.lists(
    st.fixed_dictionaries(
        {"text": lines, "fraction": st.sampled_from(["1", "1/3", "0"]), "feedback": lines | st.just("")}
    ),
    min_size=1,
    max_size=4,
)


@given(answers, st.booleans(), st.booleans())
def test_words_are_read_back(given_answers, case, accents):
    data = cleaned("shorttext", {"answers": given_answers, "case": case, "accents": accents})
    data["answers"] = [answer for answer in data["answers"] if answer["text"] and not answer["text"].endswith("\\")]
    again = read("shorttext", write("shorttext", data))
    assert again.problems == []
    assert cleaned("shorttext", again.data) == data


exact = st.integers(-(10**6), 10**6).map(lambda number: str(number / 100))
small = st.integers(0, 999).map(lambda number: str(number / 1000))
numbers = st.one_of(
    st.fixed_dictionaries({"value": st.just("*")}),
    st.fixed_dictionaries({"low": exact, "high": exact}),
    st.fixed_dictionaries(
        {"value": exact, "tolerance": small, "tolerance_kind": st.sampled_from(["absolute", "relative", "geometric"])}
    ),
)
units = st.sampled_from(
    [
        {},
        {"units": [{"name": "m", "multiplier": "1"}, {"name": "km", "multiplier": "0.001"}], "unit_rule": "required"},
        {"units": [{"name": "°C", "multiplier": "1"}], "unit_rule": "optional", "unit_penalty": "1/4"},
    ]
)


@given(st.lists(numbers, min_size=1, max_size=4), units)
def test_numbers_are_read_back(given_numbers, given_units):
    some = [{**number, "fraction": "1/2", "feedback": "<p>Ya</p>"} for number in given_numbers]
    data = cleaned("numerical", {"answers": some, **given_units})
    again = read("numerical", write("numerical", data))
    assert again.problems == []
    for answer in data["answers"]:
        if answer.get("tolerance") == "0" or answer.get("value") == "*":
            answer["tolerance_kind"] = "absolute"
        if answer.get("value") == "*":
            answer["tolerance"] = "0"
    assert cleaned("numerical", again.data) == data


def test_words_without_a_mark_are_right_and_choices_without_one_are_wrong():
    assert read("shorttext", "Palembang").data["answers"][0]["fraction"] == "1"
    options = read("single", "Palembang | 100 | Benar.\n\nPalu").data["options"]
    assert [(option["text"], option["fraction"], option["feedback"]) for option in options] == [
        ("Palembang", "1", "<p>Benar.</p>"),
        ("Palu", "0", ""),
    ]


def test_a_bar_and_an_exclamation_mark_can_be_words():
    data = read("shorttext", r"\!a \| b | 50").data
    assert data["answers"] == [{"text": "!a | b", "fraction": "1/2", "feedback": ""}]
    assert write("shorttext", data) == r"\!a \| b | 50"


@pytest.mark.parametrize(
    ("kind", "source", "problem"),
    [
        ("shorttext", "Palu | banyak", "Line 1: the mark must be a number"),
        ("shorttext", "Palu\nPoso | 101", "Line 2: the mark must be a number"),
        ("numerical", "sepuluh", "Line 1: “sepuluh” is no number."),
        ("numerical", "1.000", "Line 1: “1.000” can be read as 1 and as 1000"),
        ("numerical", "1 ± banyak", "Line 1: “banyak” is no number."),
        ("numerical", "! unit required 200 %", "Line 1: what a missing or wrong unit costs"),
        ("single", "! all or nothing", "Line 1: after an exclamation mark this gap knows: ! keep the order."),
    ],
)
def test_problems_name_their_line(kind, source, problem):
    (found,) = read(kind, source).problems
    assert found.startswith(problem)


@given(st.sampled_from(["shorttext", "numerical", "single", "multiple"]), st.text(max_size=60) | words)
def test_any_text_is_read(kind, source):
    get_kind(kind).validate({**read(kind, source).data, "text": "x"})


def test_an_indonesian_editor_reads_and_writes_indonesian():
    data = cleaned(
        "numerical",
        {
            "answers": [{"value": "3.14", "tolerance": "0.01", "fraction": "1"}],
            "units": [{"name": "m", "multiplier": "1"}],
            "unit_rule": "required",
        },
    )
    with translation.override("id"):
        written = write("numerical", data)
        assert written.splitlines() == ["! satuan wajib 10 %", "! satuan m = 1", "3,14 ± 0,01 | 100"]
        assert cleaned("numerical", read("numerical", written).data) == data
        assert read("shorttext", "! huruf kapital dibedakan\nPalu").data["case"] is True
        # Notes in English stay readable, so that an example can be passed on.
        assert read("numerical", "! unit km = 0,001\n1 … 5").problems == []
