"""Codes, numbers and wordings: text in, text out."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certificates.codes import ALPHABET, grouped, masked_nip, new_code, read_code
from certificates.numbering import DEFAULT, BadPattern, check_pattern, write_number
from certificates.wording import NAMES, UnknownPlaceholder, check_wording, fill

DAY = dt.date(2026, 3, 4)


def test_code_is_read_however_it_is_typed():
    code = new_code()
    assert len(code) == 10
    assert set(code) <= set(ALPHABET)
    spellings = (code, code.lower(), grouped(code), f" {grouped(code)[:4]} {grouped(code)[4:]} ",
                 f"https://belajar.example.go.id/sertifikat/{code}/")  # fmt: skip
    assert {read_code(text) for text in spellings} == {code}


@pytest.mark.parametrize("text", ["", "7KQ2M", "7KQ2MX4TB0", "7KQ2MX4TBNX", "' OR 1=1 --", "☃" * 10])
def test_what_is_no_code_is_empty(text):
    assert read_code(text) == ""


@given(st.text())
def test_any_text_may_be_typed(text):
    assert read_code(text) == "" or len(read_code(text)) == 10


def test_mask_leaves_the_serial_alone():
    assert masked_nip("198508172010122998") == "•••••••• •••••• • 998"
    assert masked_nip("") == masked_nip("123") == ""


@pytest.mark.parametrize(
    ("pattern", "number"),
    [
        (DEFAULT, "0012/SERT/BKPSDM/III/2026"),
        ("{seq}/{month}/{year}", "12/03/2026"),
        ("B-{seq:6}.{year}", "B-000012.2026"),
    ],
)
def test_number_follows_its_pattern(pattern, number):
    check_pattern(pattern)
    assert write_number(pattern, sequence=12, agency="BKPSDM", day=DAY) == number


@pytest.mark.parametrize(
    ("pattern", "problem"),
    [
        ("{seq}/{tahun}", "unknown"),
        ("{seq}/{year", "braces"),
        ("{seq}/{year}/}", "braces"),
        ("{year}", "sequence"),
        ("{seq}/{seq:04}/{year}", "sequence"),
        ("{seq:04}/SERT", "year"),
        ("{seq}{year}", "touching"),
        ("1{seq}/{year}", "touching"),
        ("{seq.__class__}/{year}", "unknown"),
        ("{seq:99999999}/{year}", "unknown"),
    ],
)
def test_pattern_that_cannot_number_is_refused(pattern, problem):
    with pytest.raises(BadPattern) as caught:
        check_pattern(pattern)
    assert caught.value.problem == problem


@given(first=st.integers(1, 10**6), second=st.integers(1, 10**6), pattern=st.sampled_from([DEFAULT, "{seq}-{year}"]))
def test_two_sequences_never_give_one_number(first, second, pattern):
    numbers = {write_number(pattern, sequence=one, agency="A", day=DAY) for one in (first, second)}
    assert len(numbers) == len({first, second})


def test_wording_fills_only_what_it_knows():
    check_wording("oleh {organiser}, {dates}")
    with pytest.raises(UnknownPlaceholder, match="nama"):
        check_wording("{nama}")
    with pytest.raises(UnknownPlaceholder):
        check_wording("{name.__class__}")
    assert fill("oleh {organiser} di {place}, edisi {edition}.", {"organiser": "BKPSDM", "edition": "3"}) == (
        "oleh BKPSDM di, edisi 3."
    )


@given(st.dictionaries(st.sampled_from(NAMES), st.text()))
def test_values_are_never_filled_again(values):
    assert fill("{name}", {**values, "name": "{title}"}) == "{title}"
