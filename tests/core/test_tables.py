import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from core.tables import FORMULA_STARTS, csv_response, safe_text, xlsx_response

ATTACKS = ["=1+1", "+62812", "-2+3", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x")']


def body(response) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


@pytest.mark.parametrize("attack", ATTACKS)
def test_csv_makes_formulas_text(attack):
    text = body(csv_response("a.csv", ["Nama"], [[attack]])).decode("utf-8-sig")
    assert text.splitlines()[1].lstrip('"').startswith("'")


@pytest.mark.parametrize("text", ["a;=1+1", "a; @SUM(A1)", "a\t+62", "a\n-2+3", "a;;=1"])
def test_csv_has_no_formula_where_a_semicolon_parts_cells(text):
    """As Indonesian spreadsheets open it: the comma is the decimal sign there."""
    line = body(csv_response("a.csv", ["Nama"], [[text]])).decode("utf-8-sig").split("\n", 1)[1]
    cells = re.split(r"[;\t\n]", line.strip().strip('"'))
    assert not any(cell.strip().startswith(FORMULA_STARTS) for cell in cells)


@pytest.mark.parametrize("attack", ATTACKS)
def test_xlsx_makes_formulas_text(attack):
    sheet = load_workbook(io.BytesIO(body(xlsx_response("a.xlsx", ["Nama"], [[attack]])))).active
    assert sheet["A2"].data_type == "s"


def test_xlsx_keeps_numbers_as_numbers_and_drops_control_characters():
    sheet = load_workbook(io.BytesIO(body(xlsx_response("a.xlsx", ["a", "b"], [[7, "x\x00y"]])))).active
    assert [cell.value for cell in sheet[2]] == [7, "xy"]


@given(st.text())
def test_safe_text_never_starts_like_a_formula(text):
    assert not safe_text(text).startswith(FORMULA_STARTS)
