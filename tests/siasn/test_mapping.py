"""What is sent to SIASN and what is read from it: two spellings of the same facts."""

import datetime as dt
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from siasn.mapping import (
    FLAGS,
    READ_FIELDS,
    READ_OF_WRITTEN,
    WRITE_FIELDS,
    CourseRecord,
    Missing,
    NotSendable,
    find_number,
    from_read,
    to_write,
)

START, END = dt.date(2026, 12, 28), dt.date(2027, 1, 3)


def record(**changes) -> CourseRecord:
    facts = {
        "person_id": "P",
        "agency_id": "A",
        "kind": 16,
        "name": "Etika",
        "organiser": "BKPSDM",
        "number": "N-1",
        "jp": Fraction(20),
        "started_on": START,
        "ended_on": END,
    }
    return CourseRecord(**{**facts, **changes})


def test_body_has_the_published_fields_in_order():
    body = to_write(record(jp=Fraction(25, 2)))
    assert tuple(body) == WRITE_FIELDS
    assert body == {
        "instansiId": "A",
        "institusiPenyelenggara": "BKPSDM",
        "jenisDiklatId": "16",
        "jenisKursus": "",
        "jenisKursusSertipikat": "T",
        "jumlahJam": 12,
        "lokasiId": "",
        "namaKursus": "Etika",
        "nomorSertipikat": "N-1",
        "pnsOrangId": "P",
        "tahunKursus": 2027,
        "tanggalKursus": "28-12-2026",
        "tanggalSelesaiKursus": "03-01-2027",
    }


@given(st.fractions(min_value=0, max_value=500))
def test_jp_are_never_rounded_up_and_the_cut_is_told(jp):
    one = record(jp=jp)
    assert one.hours + one.cut == jp
    assert 0 <= one.cut < 1


@pytest.mark.parametrize(
    ("change", "missing"),
    [
        ({"person_id": ""}, Missing.PERSON),
        ({"agency_id": ""}, Missing.AGENCY),
        ({"kind": None}, Missing.KIND),
        ({"kind": 26}, Missing.KIND),
        ({"name": " "}, Missing.NAME),
        ({"organiser": ""}, Missing.ORGANISER),
        ({"number": "  "}, Missing.NUMBER),
        ({"jp": Fraction(44, 45)}, Missing.HOURS),
        ({"started_on": END, "ended_on": START}, Missing.DATES),
    ],
)
def test_what_is_missing_is_named(change, missing):
    assert record(**change).missing == (missing,)
    with pytest.raises(NotSendable) as refused:
        to_write(record(**change))
    assert refused.value.missing == (missing,)


def test_every_written_field_is_read_under_a_known_name_or_not_at_all():
    assert set(WRITE_FIELDS) - set(READ_OF_WRITTEN) == {"instansiId", "lokasiId"}
    assert set(READ_OF_WRITTEN.values()) <= set(READ_FIELDS)
    assert READ_OF_WRITTEN["nomorSertipikat"] == "noSertipikat"
    assert READ_OF_WRITTEN["jenisKursusSertipikat"] == "jenisKursusSertifikat"


def test_flags_are_those_of_the_reference_list():
    assert [kind for kind, flag in FLAGS.items() if flag == "P"] == [4, 7, 9]
    assert [kind for kind, flag in FLAGS.items() if flag == "F"] == [2]
    assert len(FLAGS) == 25


def test_what_was_written_is_read_as_the_same_course():
    body = to_write(record())
    row = {READ_OF_WRITTEN[name]: value for name, value in body.items() if name in READ_OF_WRITTEN}
    course = from_read({**row, "id": "X", "nipBaru": "1"})
    assert (course.name, course.organiser, course.number, course.kind) == ("Etika", "BKPSDM", "N-1", 16)
    assert (course.hours, course.started_on, course.ended_on, course.person_id) == (20, START, END, "P")


@given(st.dictionaries(st.sampled_from(READ_FIELDS), st.one_of(st.none(), st.text(), st.integers(), st.booleans())))
def test_any_row_can_be_read(row):
    course = from_read(row)
    assert course.kind is None or 1 <= course.kind <= 25


def test_row_is_found_by_its_certificate_number():
    rows = [{"id": "1", "noSertipikat": None}, {"id": "2", "noSertipikat": " n - 1"}, {"id": "", "noSertipikat": "N-1"}]
    assert find_number(rows, "N-1") == "2"
    assert find_number(rows, "N-2") == ""
    assert find_number([{"id": "1", "noSertipikat": ""}], " ") == ""
