"""Moodle's embedded answers: every type, weight and escape, and numbers as files have them."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from questions.formats import cloze
from questions.formats.numbers import decimal_of, plain_number, read_decimal, with_tolerance
from questions.kinds import get_kind


def gap_of(text: str) -> dict:
    found = cloze.extract(f"Isi {text} ini.")
    assert found.text == "Isi [[1]] ini."
    assert found.problems == []
    [gap] = found.gaps
    return gap


def answers_of(gap: dict) -> list[tuple[str, str, str]]:
    rows = gap["data"].get("answers") or gap["data"]["options"]
    return [(row.get("text", row.get("value")), row["fraction"], row["feedback"]) for row in rows]


@pytest.mark.parametrize(
    ("names", "kind", "display", "key", "flag"),
    [
        ("SHORTANSWER SA MW sa", "shorttext", "text", "case", False),
        ("SHORTANSWER_C SAC MWC", "shorttext", "text", "case", True),
        ("MULTICHOICE MC", "single", "menu", "shuffle", False),
        ("MULTICHOICE_S MCS", "single", "menu", "shuffle", True),
        ("MULTICHOICE_V MCV", "single", "list", "shuffle", False),
        ("MULTICHOICE_VS MCVS", "single", "list", "shuffle", True),
        ("MULTICHOICE_H MCH", "single", "row", "shuffle", False),
        ("MULTICHOICE_HS MCHS", "single", "row", "shuffle", True),
        ("MULTIRESPONSE MR", "multiple", "list", "shuffle", False),
        ("MULTIRESPONSE_S MRS", "multiple", "list", "shuffle", True),
        ("MULTIRESPONSE_H MRH", "multiple", "row", "shuffle", False),
        ("MULTIRESPONSE_HS MRHS", "multiple", "row", "shuffle", True),
    ],
)
def test_extract_knows_every_type_and_writes_it_again(names, kind, display, key, flag):
    for name in names.split():
        gap = gap_of(f"{{2:{name}:=a~b}}")
        assert (gap["kind"], gap["display"], gap["data"][key], gap["mark"]) == (kind, display, flag, "2")
        assert cloze.type_name(gap) == names.split()[0]


@pytest.mark.parametrize("name", ["NUMERICAL", "NM"])
def test_extract_takes_numbers(name):
    gap = gap_of(f"{{:{name}:=3,14:0,01#ya~%50%3.1:.05~-1e3~*#bukan}}")
    assert (gap["kind"], gap["mark"]) == ("numerical", "1")
    assert answers_of(gap) == [("3.14", "1", "ya"), ("3.1", "1/2", ""), ("-1e3", "0", ""), ("*", "0", "bukan")]
    assert [answer["tolerance"] for answer in gap["data"]["answers"]] == ["0.01", ".05", "0", "0"]


@pytest.mark.parametrize(
    ("body", "answers"),
    [
        ("=Palu#ya~Poso#bukan", [("Palu", "1", "ya"), ("Poso", "0", "bukan")]),
        ("%100%Palu~%33.33333%Poso~%-50%Donggala", [("Palu", "1", ""), ("Poso", "1/3", ""), ("Donggala", "-1/2", "")]),
        (r"=a\}b\#c\~d~x", [("a}b#c~d", "1", ""), ("x", "0", "")]),
        ("=R&amp;D#ya~&lt;b&gt;#&quot;x&quot;", [("R&D", "1", "ya"), ("<b>", "0", '"x"')]),
        ("=a&#126;b&#35;c~&#125;", [("a~b#c", "1", ""), ("}", "0", "")]),
        ("\n = a #ya\n ~ b ", [("a", "1", "ya"), ("b", "0", "")]),
        (r"=5\*~a*", [(r"5\*", "1", ""), ("a*", "0", "")]),
        ("=a#x#y", [("a", "1", "x#y")]),
    ],
)
def test_extract_takes_weights_feedback_escapes_and_entities(body, answers):
    assert answers_of(gap_of(f"{{1:SA:{body}}}")) == answers


@pytest.mark.parametrize(
    ("body", "shares"),
    [
        ("=a~b~=c", ["1/2", "-1/2", "1/2"]),
        ("=a~%0%b~=c~=d", ["1/3", "-1/3", "1/3", "1/3"]),
        ("%100%a~%0.0%b~%50%c", ["2/3", "0", "1/3"]),
        ("=a~%-25%b", ["1", "-1/4"]),
        ("a~b", ["0", "0"]),
    ],
)
def test_extract_shares_the_mark_among_several_right_ones(body, shares):
    assert [share for _text, share, _feedback in answers_of(gap_of(f"{{1:MR:{body}}}"))] == shares


def test_extract_numbers_gaps_and_leaves_the_rest():
    found = cloze.extract("{1:SA:=a} {x} {1:XX:=a} {2:NM:=3} {1:MULTICHOICE}")
    assert found.text == "[[1]] {x} {1:XX:=a} [[2]] {1:MULTICHOICE}"
    assert [(gap["id"], gap["mark"]) for gap in found.gaps] == [("1", "1"), ("2", "2")]


def test_extract_names_a_gap_that_is_not_closed():
    found = cloze.extract("{1:SA:=a} dan {1:SA:=b")
    assert "Gap 2 is not closed" in found.problems[0]


@given(st.text("a*{}~#=%\\<&;é:1", min_size=1, max_size=12).map(str.strip).filter(bool), st.booleans())
def test_write_escapes_whatever_an_answer_holds(words, case):
    data = {"case": case, "accents": True, "answers": [{"text": words, "fraction": "1", "feedback": "<p>~}#</p>"}]}
    gap = {"id": "1", "kind": "shorttext", "mark": "3", "display": "text", "data": get_kind("shorttext").clean(data)}
    back = cloze.extract(cloze.write("<p>{1:SA:=x} [[1]]</p>", [gap]))
    assert back.text == "<p>&#123;1:SA:=x} [[1]]</p>"
    assert get_kind("shorttext").clean(back.gaps[0]["data"]) == gap["data"]
    assert back.gaps[0]["mark"] == "3"


@pytest.mark.parametrize(
    ("marks", "whole"),
    [
        (["1", "2"], [1, 2]),
        (["2", "2"], [2, 2]),
        (["1/2", "1"], [1, 2]),
        (["7/2"], [1]),
        (["1/3", "1/2"], [2, 3]),
        (["1/1000", "99/2"], [1, 100]),
    ],
)
def test_whole_marks_keep_the_proportion(marks, whole):
    assert cloze.whole_marks([Fraction(mark) for mark in marks]) == whole


# --- numbers ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("2.5000000", Fraction(5, 2)), ("0,25", Fraction(1, 4)), ("0.3333333", Fraction(1, 3)),
        ("0.33", Fraction("0.33")), (" 1 ", Fraction(1)), ("1e2", Fraction(100)),
        ("", None), ("a", None), ("1.2.3", None), ("9" * 99, None),
    ],
)  # fmt: skip
def test_read_decimal(text, number):
    assert read_decimal(text) == number


@given(st.fractions(max_denominator=40, min_value=-1000, max_value=1000))
def test_decimals_are_read_back_as_the_fraction_they_were(number):
    assert read_decimal(decimal_of(number)) == number


def test_plain_number_leaves_what_is_none():
    assert [plain_number(text) for text in (" 3,14 ", "sepuluh", "1.000,5")] == ["3.14", "sepuluh", "1.000,5"]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"low": "1", "high": "2"}, ("1.5", "0.5", True)),
        ({"value": "-200", "tolerance": "0.1", "tolerance_kind": "relative"}, ("-200", "20", True)),
        ({"value": "2", "tolerance": "1", "tolerance_kind": "geometric"}, ("2.5", "1.5", True)),
        ({"value": "*", "tolerance": "0", "tolerance_kind": "absolute"}, ("*", "0", True)),
    ],
)
def test_with_tolerance_says_every_tolerance_as_an_absolute_one(answer, said):
    assert with_tolerance(answer) == said


def test_with_tolerance_tells_what_it_rounds():
    answer = {"value": "3", "tolerance": "0.1", "tolerance_kind": "geometric"}
    assert with_tolerance(answer)[2] is False
