"""Cells of tables that leave the site. One that a spreadsheet would run stays text (OWASP: CSV injection). Pure."""

import csv
import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence

from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
XLSX_MOST_ROWS = 1_048_575  # the format's limit, less the header
# Characters that XML cannot hold; openpyxl would raise.
CONTROL = dict.fromkeys([*range(0, 9), 11, 12, *range(14, 32), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF])


def safe_text(value: object) -> str:
    """Return a cell's text that no spreadsheet runs: a leading formula sign gets an apostrophe, as in Excel."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


# Where the comma is the decimal sign, spreadsheets part cells at semicolons, and a formula could begin within a text.
INNER_START = re.compile(r"([;\t\r\n]\s*)(?=[=+\-@＝＋－＠])")


def _csv_cell(value):
    return value if isinstance(value, (int, float)) else INNER_START.sub(r"\1'", safe_text(value))


class _Echo:
    def write(self, line: str) -> str:
        return line


def csv_lines(header: Sequence[str], rows: Iterable[Sequence]) -> Iterator[str]:
    """Yield CSV lines, a byte-order mark first, so that Excel reads UTF-8."""
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow([_csv_cell(cell) for cell in header])
    for row in rows:
        yield writer.writerow([_csv_cell(cell) for cell in row])


def xlsx_cell(sheet, value, *, bold: bool = False) -> WriteOnlyCell:
    """Return a cell of a write-only sheet: numbers and dates as themselves, all else as text, also a "=1+1"."""
    if isinstance(value, dt.datetime):
        value = value.replace(tzinfo=None)  # already local; sheets have no zones
    if isinstance(value, (int, float, dt.date, dt.datetime)) and not isinstance(value, bool):
        return WriteOnlyCell(sheet, value)
    cell = WriteOnlyCell(sheet, "" if value is None else str(value).translate(CONTROL))
    cell.data_type = "s"  # text, also when it begins with "="
    if bold:
        cell.font = Font(bold=True)
    return cell
