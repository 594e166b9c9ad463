"""Tables that leave the site as CSV or XLSX. A cell that a spreadsheet would run stays text (OWASP: CSV injection)."""

import csv
import datetime as dt
import io
import re
from collections.abc import Iterable, Iterator, Sequence

from django.http import HttpResponse, StreamingHttpResponse
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
XLSX_MOST_ROWS = 1_048_575  # the format's limit, less the header
# Characters that XML cannot hold; openpyxl would raise.
CONTROL = dict.fromkeys([*range(0, 9), 11, 12, *range(14, 32)])


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


def csv_response(filename: str, header: Sequence[str], rows: Iterable[Sequence]) -> StreamingHttpResponse:
    """Stream rows as a download; `rows` may be a generator of any length."""
    response = StreamingHttpResponse(csv_lines(header, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


def xlsx_response(filename: str, header: Sequence[str], rows: Iterable[Sequence]) -> HttpResponse:
    """Return rows as one sheet with a fixed header; more rows than the format holds raise ValueError."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.freeze_panes = "A2"
    for column, title in enumerate(header, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = min(max(len(str(title)) + 4, 14), 40)
    sheet.append([_xlsx_cell(sheet, title, bold=True) for title in header])
    for number, row in enumerate(rows, start=1):
        if number > XLSX_MOST_ROWS:
            raise ValueError("more rows than a sheet holds")
        sheet.append([_xlsx_cell(sheet, cell) for cell in row])
    out = io.BytesIO()
    book.save(out)
    response = HttpResponse(out.getvalue(), content_type=XLSX_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


def _xlsx_cell(sheet, value, *, bold: bool = False) -> WriteOnlyCell:
    if isinstance(value, dt.datetime):
        value = value.replace(tzinfo=None)  # already local; sheets have no zones
    if isinstance(value, (int, float, dt.date, dt.datetime)) and not isinstance(value, bool):
        return WriteOnlyCell(sheet, value)
    cell = WriteOnlyCell(sheet, "" if value is None else str(value).translate(CONTROL))
    cell.data_type = "s"  # text, also when it begins with "="
    if bold:
        cell.font = Font(bold=True)
    return cell
