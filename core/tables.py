"""Tables that leave the site as CSV or XLSX, as downloads; what is in a cell is decided in `core.cells`."""

import io
from collections.abc import Iterable, Sequence

from django.http import HttpResponse, StreamingHttpResponse
from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from .cells import FORMULA_STARTS, XLSX_MOST_ROWS, XLSX_TYPE, csv_lines, safe_text, xlsx_cell

__all__ = ["FORMULA_STARTS", "csv_response", "safe_text", "xlsx_response"]


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
    sheet.append([xlsx_cell(sheet, title, bold=True) for title in header])
    for number, row in enumerate(rows, start=1):
        if number > XLSX_MOST_ROWS:
            raise ValueError("more rows than a sheet holds")
        sheet.append([xlsx_cell(sheet, cell) for cell in row])
    out = io.BytesIO()
    book.save(out)
    response = HttpResponse(out.getvalue(), content_type=XLSX_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response
