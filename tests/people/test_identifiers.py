"""The NIP: the project's test vectors, and what holds for every valid and every spoilt one."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from people.identifiers import InvalidNip, format_nip, looks_like_nip, make_synthetic_nip, parse_nip, strip_nip

births = st.dates(dt.date(1950, 1, 1), dt.date(2009, 12, 31))


@st.composite
def nips(draw):
    birth = draw(births)
    return make_synthetic_nip(
        birth_date=birth,
        year=birth.year + draw(st.integers(18, 55)),
        month=draw(st.none() | st.integers(1, 12)),
        female=draw(st.booleans()),
        serial=draw(st.integers(900, 999)),
    )


@pytest.mark.parametrize(
    ("text", "kind", "birth", "appointed", "sex", "serial"),
    [
        ("19850817 201012 2 998", "pns", dt.date(1985, 8, 17), (2010, 12), "female", 998),
        ("19920229 201803 1 997", "pns", dt.date(1992, 2, 29), (2018, 3), "male", 997),
        ("19990101 202503 1 999", "pns", dt.date(1999, 1, 1), (2025, 3), "male", 999),
        ("19920229 202021 2 997", "pppk", dt.date(1992, 2, 29), (2020, None), "female", 997),
    ],
)
def test_parse_nip_takes_a_valid_one_apart(text, kind, birth, appointed, sex, serial):
    nip = parse_nip(text)
    assert (nip.kind, nip.birth_date, nip.appointed, nip.sex, nip.serial) == (kind, birth, appointed, sex, serial)
    assert nip.warnings == ()
    assert str(nip) == text


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("19900230 201501 1 901", "birth_date"),
        ("00000101 201501 1 901", "birth_date"),
        ("19900101 201513 1 901", "appointment"),
        ("19900101 201500 1 901", "appointment"),
        ("19900101 201519 1 901", "appointment"),
        ("19900101 201501 3 901", "sex"),
        ("19900101 201501 0 901", "sex"),
        ("19900101 201501 1 000", "serial"),
        ("1990010120150119O1", "characters"),
        ("١٩٩٠٠١٠١٢٠١٥٠١١٩٠١", "characters"),
        ("", "characters"),
        ("130123456", "old_form"),
        ("19900101 201501 1 90", "length"),
        ("19900101 201501 1 9011", "length"),
    ],
)
def test_parse_nip_names_the_problem(text, problem):
    with pytest.raises(InvalidNip) as caught:
        parse_nip(text)
    assert caught.value.problem == problem


def test_parse_nip_only_warns_of_an_odd_age():
    assert parse_nip("20250101 202501 1 901").warnings == ("age",)


@pytest.mark.parametrize(
    ("text", "warnings"),
    [
        ("20000601 201605 1 901", ("age",)),
        ("20000601 201606 1 901", ()),
        ("19500601 201105 1 901", ()),
        ("19500601 201106 1 901", ("age",)),
    ],
)
def test_parse_nip_counts_the_age_by_the_month(text, warnings):
    assert parse_nip(text).warnings == warnings


@pytest.mark.parametrize("separator", [" ", ".", "-", "\u00a0", "–", " . "])
def test_parse_nip_tolerates_separators(separator):
    text = separator.join(["19850817", "201012", "2", "998"])
    assert parse_nip(f"  {text}\n").digits == "198508172010122998"


@given(nips())
def test_printed_form_is_read_back(digits):
    assert parse_nip(format_nip(digits)).digits == digits == strip_nip(format_nip(digits))


@given(nips())
def test_form_tells_the_kind(digits):
    nip = parse_nip(digits)
    assert (nip.kind == "pppk") == (nip.appointed[1] is None) == (int(digits[12:14]) >= 20)
    assert nip.serial >= 900


@given(nips(), st.integers(0, 17))
def test_nip_with_a_digit_missing_is_refused(digits, position):
    with pytest.raises(InvalidNip) as caught:
        parse_nip(digits[:position] + digits[position + 1 :])
    assert caught.value.problem == "length"


@given(st.text(max_size=40))
def test_parse_nip_either_parses_or_says_invalid(text):
    try:
        nip = parse_nip(text)
    except InvalidNip:
        return
    assert looks_like_nip(text)
    assert len(nip.digits) == 18


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("19850817 201012 2 998", True),
        ("siti@contoh.example", False),
        ("130123456", False),
        ("1985O817 201012 2 998", False),
    ],
)
def test_looks_like_nip_needs_eighteen_digits(text, expected):
    assert looks_like_nip(text) is expected


def test_make_synthetic_nip_refuses_a_real_serial():
    with pytest.raises(ValueError, match="900"):
        make_synthetic_nip(birth_date=dt.date(1990, 1, 1), year=2015, month=1, female=True, serial=1)
