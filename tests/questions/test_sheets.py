"""Questions in spreadsheets: what people type, what spreadsheets make of it, and the way there and back."""

import datetime as dt
import io
import zipfile
from fractions import Fraction

import pytest
from django.utils import translation
from hypothesis import assume, given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from questions.formats import sheet_words as words
from questions.formats import sheets
from questions.formats.base import ParsedQuestion, UnreadableFile
from questions.formats.sheet_cells import BadCell, Cell, read_key, read_number, read_numerical, written_number
from questions.formats.sheet_template import EXAMPLES
from questions.kinds import get_kind
from questions.kinds.numbers import write_number
from tests.questions import strategies

HEADINGS = ["Jenis", "Soal", "Pilihan A", "Pilihan B", "Pilihan C", "Kunci"]


def csv_of(*rows, header=HEADINGS, sign=","):
    lines = [header, *rows]
    return sign.join(header) + "\n" if not rows else "\n".join(sign.join(row) for row in lines) + "\n"


def read_csv(text):
    content = text if isinstance(text, bytes) else text.encode()
    return list(sheets.read_csv(io.BytesIO(content)))


def read_xlsx(*rows, header=HEADINGS, formats=None):
    book = Workbook()
    for row in [header, *rows]:
        book.active.append(row)
    for place, number_format in (formats or {}).items():
        book.active[place].number_format = number_format
    out = io.BytesIO()
    book.save(out)
    return list(sheets.read_xlsx(out))


def back(questions, write, read):
    out = io.BytesIO()
    lost = write(questions, out, lambda name: b"")
    out.seek(0)
    return list(read(out)), lost


BOTH = [(sheets.write_csv, sheets.read_csv), (sheets.write_xlsx, sheets.read_xlsx)]


# --- what people write -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sign", [",", ";", "\t"])
@pytest.mark.parametrize("before", ["", "\ufeff", "sep={sign}\n", "Bank soal etika\n\n"])
def test_rows_are_read_whatever_parts_the_cells(sign, before):
    text = before.format(sign=sign) + csv_of(["Pilihan ganda", "Apa?", "a", "b", "c", "B"], sign=sign)
    (question,) = read_csv(text)
    assert (question.kind, question.data["text"], question.problems) == ("single", "<p>Apa?</p>", [])
    assert [(o["text"], o["fraction"]) for o in question.data["options"]] == [("a", "0"), ("b", "1"), ("c", "0")]


@pytest.mark.parametrize(
    ("kind", "key", "expected", "fractions"),
    [
        ("", "B", "single", ["0", "1", "0"]),
        ("PG", "2", "single", ["0", "1", "0"]),
        ("Multiple choice", "dua", "single", ["0", "1", "0"]),
        ("Pilihan Ganda", "A dan C", "multiple", ["1/2", "0", "1/2"]),
        ("Beberapa jawaban", "AC", "multiple", ["1/2", "0", "1/2"]),
        ("multiple", "a;b", "multiple", ["1/2", "1/2", "0"]),
        ("SATU  JAWABAN", "c", "single", ["0", "0", "1"]),
    ],
)
def test_kinds_and_keys_are_understood_as_people_write_them(kind, key, expected, fractions):
    (question,) = read_xlsx([kind, "Apa?", "satu", "dua", "tiga", key])
    assert (question.kind, question.problems) == (expected, [])
    assert [option["fraction"] for option in question.data["options"]] == fractions


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (["PG", "Apa?", "a", "b", "", ""], "Row 2, column F “Kunci”: the key is missing"),
        (["PG", "Apa?", "a", "b", "", "C"], "Row 2, column F “Kunci”: the key names “C”, but that option is empty"),
        (["PG", "Apa?", "a", "b", "", "?!"], "“?!” is no key"),
        (["PG", "", "a", "b", "", "A"], "Row 2, column B “Soal”: the question has no text"),
        (["Teka-teki", "Apa?", "a", "b", "", "A"], "Row 2, column A “Jenis”: a sheet cannot hold the kind “Teka-teki”"),
        (["Cloze", "Apa?", "a", "b", "", "A"], "cannot hold the kind “Cloze”"),
        (["Satu jawaban", "Apa?", "a", "b", "", "A, B"], "a question of one answer has one key"),
        (["PG", "Apa?", "a", "a", "", "A"], "Row 2: Options 1 and 2 say the same."),
        (["Benar salah", "Apa?", "", "", "", "mungkin"], "write BENAR or SALAH"),
        (["Menjodohkan", "Apa?", "Palu", "b", "", ""], "Row 2, column C “Pilihan A”: write the two halves"),
        (["Angka", "Apa?", "1.500", "", "", ""], "“1.500” may be 1.5 or 1500. Write 1.50 or 1500."),
        (["Angka", "Apa?", "kira-kira 3", "", "", ""], "is no number"),
        (["Isian singkat", "Apa?", "", "", "", ""], "the answer is missing"),
        (["PG", '<img src="https://x.example/a.png">Apa?', "a", "b", "", "A"], "is not in the sheet"),
    ],
)
def test_problem_names_row_column_and_cure(row, problem):
    (question,) = read_xlsx(row)
    assert any(problem in found for found in question.problems), question.problems
    assert question.line == 2


@pytest.mark.parametrize(("word", "value"), [("BENAR", True), ("salah", False), ("FALSE", False), ("b", True)])
def test_truth_is_understood_in_both_languages(word, value):
    (question,) = read_csv(csv_of(["Benar/Salah", "Langit biru.", "", "", "", word]))
    assert (question.kind, question.data["answer"], question.problems) == ("truefalse", value, [])


def test_truth_of_a_spreadsheet_and_of_named_options():
    assert read_xlsx(["Benar salah", "x", "", "", "", False])[0].data["answer"] is False
    assert read_xlsx(["Benar salah", "x", "Salah", "Benar", "", "B"])[0].data["answer"] is True


def test_unknown_columns_are_told_once_and_empty_rows_are_passed_over():
    header = [*HEADINGS, "Penulis"]
    row = ["PG", "Apa?", "a", "b", "", "A", "Ani"]
    found = read_xlsx(row, [None] * 7, [*row[:5], "B", ""], header=header)
    assert [question.line for question in found] == [2, 4]
    assert found[0].notices == ["The column “Penulis” is not known and is left out."]
    assert found[1].notices == []


def test_everything_beside_the_answers_is_read():
    header = ["Jenis", "Kategori", "ID", "Nama", "Soal", "Kunci", "Pembahasan", "Tag", "Nilai", "Status", "Petunjuk 1",
              "Petunjuk 2", "Jika benar", "Pengaturan"]  # fmt: skip
    row = ["BS", "Etika/Dasar", "E-1", "Nama", "Baris 1\nBaris 2", "B", "Sebab", "a, b", "1,5", "Draf", "p1", "p2",
           "Bagus", "potongan=25%"]  # fmt: skip
    (question,) = read_xlsx(row, header=header)
    assert question.problems == []
    assert (question.category, question.idnumber, question.name, question.tags) == (
        "Etika/Dasar",
        "E-1",
        "Nama",
        ["a", "b"],
    )
    assert (question.mark, question.state) == (Fraction(3, 2), "draft")
    assert question.data["text"] == "<p>Baris 1<br>Baris 2</p>"
    assert question.data["hints"] == ["<p>p1</p>", "<p>p2</p>"]
    assert question.data["outcomes"] == {"right": "<p>Bagus</p>"}
    assert question.data["penalty"] == "1/4"


# --- what spreadsheets make of it ------------------------------------------------------------------------------------

WEIGHED = ["Jenis", "Soal", "Pilihan A", "Nilai A (%)", "Pilihan B", "Nilai B (%)", "Pilihan C", "Nilai C (%)"]


@pytest.mark.parametrize(
    ("weights", "formats", "shares"),
    [
        ((1, 0.5, 0), {}, ["1", "1/2", "0"]),
        ((0.3333, 0.3333, 0.3333), {}, ["1/3", "1/3", "1/3"]),
        ((1, 0.3333, None), {"D2": "0%", "F2": "0.00%"}, ["1", "1/3", "0"]),
        (("100", "33,33333", "-50"), {}, ["1", "1/3", "-1/2"]),
        (("1/3", "1/3", "33.333%"), {}, ["1/3", "1/3", "1/3"]),
        ((100, 12.5, 0.5), {}, ["1", "1/8", "1/200"]),
    ],
)
def test_marks_are_percent_or_parts_of_one(weights, formats, shares):
    row = ["Beberapa jawaban" if weights[0] != 1 and "100" not in str(weights[0]) else "PG", "Apa?"]
    for text, weight in zip("abc", weights, strict=True):
        row += [text, weight]
    (question,) = read_xlsx(row, header=WEIGHED, formats=formats)
    assert question.problems == []
    assert [option["fraction"] for option in question.data["options"]] == shares


def test_dates_times_and_errors_name_the_cell_and_the_cure():
    (question,) = read_xlsx(["PG", "Kapan?", dt.date(2026, 2, 1), dt.time(1, 30), "#N/A", "A"])
    assert [problem.split(": ")[0] for problem in question.problems[:3]] == [
        "Row 2, column C “Pilihan A”", "Row 2, column D “Pilihan B”", "Row 2, column E “Pilihan C”",
    ]  # fmt: skip
    assert "Format the cell as text" in question.problems[0]


def test_numbers_are_shown_as_people_read_them():
    (question,) = read_xlsx(["PG", "Apa?", 1.5, 1500, 0.1 + 0.2, "A"])
    assert [option["text"] for option in question.data["options"]] == ["1,5", "1500", "0,3"]
    (question,) = read_xlsx(["PG", "Apa?", 0.25, 0.5, "", "B"], formats={"C2": "0%", "D2": "0%"})
    assert [option["text"] for option in question.data["options"]] == ["25%", "50%"]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("3,14", "3.14"), ("3.14", "3.14"), ("1.234,5", "1234.5"), ("1,234.5", "1234.5"), ("1.234.567", "1234567"),
        ("0.125", "0.125"), ("1.1250", "1.125"), ("-5", "-5"), ("−5", "-5"), ("+7", "7"), ("1 500", "1500"),
        ("007", "7"), ("1,5e3", "1500"),
    ],
)  # fmt: skip
def test_number_is_read_in_both_notations(text, number):
    assert read_number(text) == number


@pytest.mark.parametrize("text", ["1.500", "1,500", "abc", "", "1..2", "1,2,3.4.5", "9" * 90, "٣"])
def test_number_in_doubt_is_refused(text):
    with pytest.raises(BadCell):
        read_number(text)


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=4))
def test_written_number_is_read_back(number):
    plain = write_number(Fraction(number))
    assert read_number(written_number(plain)) == plain


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("*", {"value": "*", "tolerance": "0", "tolerance_kind": "absolute"}),
        ("3,14 ± 0,01", {"value": "3.14", "tolerance": "0.01", "tolerance_kind": "absolute"}),
        ("100 +/- 5%", {"value": "100", "tolerance": "0.05", "tolerance_kind": "relative"}),
        ("100 ± 2 geometrik", {"value": "100", "tolerance": "2", "tolerance_kind": "geometric"}),
        ("1..5", {"low": "1", "high": "5"}),
        ("-5 s.d. -1,5", {"low": "-5", "high": "-1.5"}),
        ("55 – 65", {"low": "55", "high": "65"}),
    ],
)
def test_numerical_answers_are_read(text, answer):
    assert read_numerical(Cell(text=text)) == answer


def test_key_may_be_the_words_of_an_option():
    assert read_key("palu", {0: "Sorong", 1: "Palu"}) == [1]
    assert read_key("", {0: "x"}) == []


# --- files that are something else -----------------------------------------------------------------------------------


def zipped(**members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for name, content in members.items():
            package.writestr(name.replace("__", "/"), content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "no Excel file"),
        (b"Soal;Kunci", "no Excel file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Excel file"),
        (zipped(**{"word__document.xml": "<x/>"}), "no Excel file"),
        (zipped(**{"xl__workbook.xml": "<x/>"}), "broken"),
        (b"PK\x03\x04" + b"x" * 100, "no Excel file"),
    ],
)
def test_xlsx_that_is_none_is_refused_in_one_sentence(content, told):
    with pytest.raises(UnreadableFile, match=told):
        list(sheets.read_xlsx(io.BytesIO(content)))


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("Soal;Kunci\nRésumé;B".encode("cp1252"), "CSV UTF-8"),
        ("Soal;Kunci".encode("utf-16"), "CSV UTF-8"),
        (b"PK\x03\x04xxxx", "ending .xlsx"),
        (b"Soal,Kunci\n\x00\x01", "not a text file"),
        (b"", "No row with the headings"),
        (b"a,b\nc,d\n", "Download the template"),
        (b"Soal,Pertanyaan,Kunci\n", "mean the same"),
        (b'Soal,Kunci\n"' + b"x" * 600_000, "quotation mark"),
    ],
)
def test_csv_that_is_none_is_refused_with_the_cure(content, told):
    with pytest.raises(UnreadableFile, match=told):
        read_csv(content)


def test_xlsx_cut_short_names_the_row():
    out = io.BytesIO()
    book = Workbook()
    book.active.append(HEADINGS)
    for number in range(3000):
        book.active.append(["PG", f"Soal {number}", "a", "b", "c", "A"])
    book.save(out)
    broken = io.BytesIO()
    with zipfile.ZipFile(out) as package, zipfile.ZipFile(broken, "w") as cut:
        for member in package.infolist():
            content = package.read(member)
            cut.writestr(member, content[:40_000] if member.filename.startswith("xl/worksheets") else content)
    with pytest.raises(UnreadableFile, match="broken after row"):
        list(sheets.read_xlsx(broken))


def test_xlsx_with_entities_is_refused():
    bomb = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'
    with pytest.raises(UnreadableFile, match="broken"):
        list(sheets.read_xlsx(io.BytesIO(zipped(**{"xl__workbook.xml": bomb, "[Content_Types].xml": bomb}))))


def test_sheet_of_questions_is_found_behind_another_one():
    book = Workbook()
    book.active.append(["Catatan rapat"])
    second = book.create_sheet("Soal")
    second.append(["Daftar soal"])
    second.append(HEADINGS)
    second.append(["PG", "Apa?", "a", "b", "", "A"])
    out = io.BytesIO()
    book.save(out)
    assert [question.line for question in sheets.read_xlsx(out)] == [3]


# --- there and back --------------------------------------------------------------------------------------------------

held = st.one_of(
    strategies.single_data(), strategies.multiple_data(), strategies.truefalse_data(), strategies.essay_data()
)


@pytest.mark.parametrize("way", BOTH)
@given(asked=held, tags=st.lists(st.sampled_from(["loket", "a,b", "etika"]), unique=True))
def test_written_and_read_again_is_the_same(way, asked, tags):
    kind, data = asked
    assume(not get_kind(kind).problems(data))
    question = ParsedQuestion(
        kind, "Nama", data, tags=tags, idnumber="A-1", category="Etika/Dasar", mark=Fraction(5, 2)
    )
    question.state = "draft"
    (found,), lost = back([question], *way)
    assert (found.problems, lost) == ([], [])
    assert (found.kind, found.data) == (kind, data)
    about = (found.tags, found.idnumber, found.category, found.mark, found.state)
    assert about == (tags, "A-1", "Etika/Dasar", Fraction(5, 2), "draft")


@pytest.mark.parametrize("language", ["en", "id"])
@pytest.mark.parametrize("way", [(sheets.template_csv, sheets.read_csv), (None, sheets.read_xlsx)])
def test_examples_of_the_template_are_good_and_come_back(way, language):
    template, read = way
    with translation.override(language):
        content = template() if template else _examples_first(sheets.template_xlsx())
        found = list(read(io.BytesIO(content)))
        assert [question.problems for question in found] == [[]] * len(EXAMPLES)
        assert {question.kind for question in found} == set(words.KINDS)
        for write_and_read in BOTH:
            again, lost = back(found, *write_and_read)
            assert [(q.kind, q.data, q.mark) for q in again] == [(q.kind, q.data, q.mark) for q in found]
            assert lost == []


def _examples_first(content):
    book = load_workbook(io.BytesIO(content))
    del book[book.sheetnames[0]]
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_template_itself_holds_no_question():
    assert list(sheets.read_xlsx(io.BytesIO(sheets.template_xlsx()))) == []


@pytest.mark.parametrize("language", ["en", "id"])
def test_kinds_have_the_names_that_people_see_elsewhere(language):
    with translation.override(language):
        labels = {kind: get_kind(kind).label for kind in words.KINDS}
    assert labels == {kind: names[language == "id"] for kind, names in words.KINDS.items()}


@pytest.mark.parametrize("attack", ["=1+1", "+62812", "-2", "@SUM(A1)", "'=1", "''=1", "a;=1+1", "a\n-2"])
@pytest.mark.parametrize("way", BOTH)
def test_formulas_stay_text_and_come_back(way, attack):
    data = get_kind("shorttext").clean({"text": "Apa?", "answers": [{"text": attack, "fraction": "1"}]})
    question = ParsedQuestion("shorttext", "'=x", data)
    out = io.BytesIO()
    way[0]([question], out, None)
    if way[0] is sheets.write_csv:
        assert not any(cell.startswith(("=", "+", "-", "@")) for cell in out.getvalue().decode("utf-8-sig").split(","))
    out.seek(0)
    (found,) = way[1](out)
    assert (found.data, found.name) == (data, "'=x")


def test_kinds_that_no_sheet_holds_are_left_out_and_said():
    data = {"text": "<p>[[1]]</p>", "general_feedback": "", "gaps": []}
    found, lost = back([ParsedQuestion("cloze", "Rumpang", data)], *BOTH[0])
    assert found == []
    assert [(left.name, left.is_whole) for left in lost] == [("Rumpang", True)]


def test_pictures_and_giant_texts_are_said():
    picture = f'<p><img src="/media/questions/{"a" * 64}.png" alt="x"></p>'
    data = get_kind("description").clean({"text": picture})
    found, lost = back([ParsedQuestion("description", "x", data)], *BOTH[1])
    assert found[0].data == data
    assert "only on this site" in lost[0].why
    giant = get_kind("description").clean({"text": "kata " * 10_000})
    assert back([ParsedQuestion("description", "x", giant)], *BOTH[1])[1][0].is_whole
    assert back([ParsedQuestion("description", "x", giant)], *BOTH[0])[1] == []
