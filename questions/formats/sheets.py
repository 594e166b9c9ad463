"""Questions in a spreadsheet, one a row: XLSX and CSV, read and written in bounded memory.

The layout is ours; `docs/questions.md` has it, and so has the second sheet of the template. Headings and kinds are
understood in Indonesian and in English. What a spreadsheet makes of what people type (dates, decimal commas, TRUE) is
taken back where it can be, else the row, the column and the cure are named.
"""

import csv
import io
import itertools
import json
import re
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, BinaryIO

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from core.cells import FORMULA_STARTS, XLSX_TYPE, csv_lines, xlsx_cell

from ..wording import gettext
from . import sheet_words as words
from .base import FileReader, Format, LeftOut, ParsedQuestion, UnreadableFile, lines_of
from .sheet_cells import EMPTY, Cell, Row, of_spreadsheet
from .sheet_rows import language, read_row, write_row
from .sheet_template import EXAMPLES, TEMPLATE_COLUMNS, explanations

ROWS_BEFORE_HEADINGS = 20
MOST_COLUMNS = 250
MOST_BYTES = 500_000_000  # unpacked: more is a trap, not questions
LONGEST_CELL = 32_767  # the format's limit, in characters
LONGEST_CSV_CELL = 500_000
SIGNS = re.escape("".join(sign for sign in FORMULA_STARTS if not sign.isspace()))
# An apostrophe keeps a spreadsheet from running a cell; one that was there already gets a second.
GUARDED = re.compile(rf"(^|[;\t\r\n]\s*)('*)(?=[{SIGNS}])")
UNGUARDED = re.compile(rf"(^|[;\t\r\n]\s*)'('*)(?=[{SIGNS}])")
# What openpyxl raises for a broken or made-up file, beside its own errors, which are ValueErrors.
BROKEN = (
    zipfile.BadZipFile, zlib.error, KeyError, IndexError, ValueError, TypeError, AttributeError, SyntaxError, EOFError,
    RuntimeError, OverflowError, OSError,
)  # fmt: skip

Numbered = tuple[int, Sequence[Cell]]


class NoHeadings(UnreadableFile):
    """The sheet is not one of questions; another one of the workbook may be."""


# --- rows under their headings ---------------------------------------------------------------------------------------


def _questions(rows: Iterator[Numbered]) -> Iterator[ParsedQuestion]:
    """Yield the question of every row below the headings; raises UnreadableFile where there are none."""
    columns, headings = _headings(rows)
    letters = {column: get_column_letter(place + 1) for place, column in columns.items()}
    titles = {column: headings[place] for place, column in columns.items()}
    unknown = [text for place, text in enumerate(headings) if text and place not in columns]
    for number, cells in rows:
        found = {column: cells[place] for place, column in columns.items() if place < len(cells)}
        if not any(cell.text or cell.wrong for cell in found.values()):
            continue
        question = read_row(Row(number, found, titles, letters))
        question.notices += [
            gettext("The column “%(heading)s” is not known and is left out.") % {"heading": text[:80]}
            for text in unknown
        ]
        unknown = []
        yield question


def _headings(rows: Iterator[Numbered]) -> tuple[dict[int, str], list[str]]:
    """Return which column holds what, and the headings as they are written. Titles may stand above them."""
    for _number, cells in itertools.islice(rows, ROWS_BEFORE_HEADINGS):
        texts = [" ".join(cell.text.split()) for cell in cells]
        known = {place: column for place, text in enumerate(texts) if text and (column := words.column_of(text))}
        if len(known) < 2 or "text" not in known.values():
            continue
        for place, column in known.items():
            if (twin := list(known.values()).index(column)) != list(known).index(place):
                raise UnreadableFile(
                    gettext("The columns “%(first)s” and “%(second)s” mean the same. Delete one of them.")
                    % {"first": texts[list(known)[twin]], "second": texts[place]}
                )
        return known, texts
    raise NoHeadings(
        gettext(
            "No row with the headings of questions (“%(question)s”, “%(key)s”, …) was found. "
            "Download the template and copy your questions into it."
        )
        % {"question": words.heading("text", language()), "key": words.heading("key", language())}
    )


# --- XLSX ------------------------------------------------------------------------------------------------------------


def read_xlsx(file: BinaryIO) -> Iterator[ParsedQuestion]:
    """Yield the questions of the first sheet that has our headings; raises UnreadableFile."""
    check_package(file)
    try:
        book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
    except BROKEN as error:
        raise _broken(error) from error
    try:
        refusal = None
        for sheet in book.worksheets:
            questions = _questions(_xlsx_rows(sheet))
            try:
                first = next(questions, None)
            except NoHeadings as error:
                refusal = refusal or error
                continue
            if first is not None:
                yield first
                yield from questions
            return
        raise refusal or _broken(None)
    finally:
        book.close()


def _broken(error: Exception | None) -> UnreadableFile:
    if isinstance(error, UnreadableFile):
        return error
    return UnreadableFile(gettext("The Excel file is broken. Open it in Excel, save it anew as .xlsx and try again."))


def check_package(file: BinaryIO) -> None:
    """Refuse what is no XLSX, and what would fill the memory when it is unpacked."""
    start = file.read(8)
    file.seek(0)
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise UnreadableFile(
            gettext("This is an old Excel file (.xls), or it has a password. Save it as .xlsx without a password.")
        )
    try:
        with zipfile.ZipFile(file) as package:
            members = package.infolist()
            if not any(member.filename.casefold() == "xl/workbook.xml" for member in members):
                raise UnreadableFile(gettext("This is no Excel file (.xlsx). Save the sheet as .xlsx or CSV UTF-8."))
            if sum(member.file_size for member in members) > MOST_BYTES:
                raise UnreadableFile(gettext("The Excel file is too large when unpacked. Split it."))
    except zipfile.BadZipFile as error:
        raise UnreadableFile(gettext("This is no Excel file (.xlsx). Save the sheet as .xlsx or CSV UTF-8.")) from error
    file.seek(0)


def _xlsx_rows(sheet: Any) -> Iterator[Numbered]:
    number = 0
    try:
        sheet.reset_dimensions()  # what a program wrote there is often wrong
        for number, cells in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS), 1):
            yield number, [_xlsx_cell(cell) for cell in cells]
    except BROKEN as error:
        if isinstance(error, UnreadableFile):
            raise
        raise UnreadableFile(
            gettext("The Excel file is broken after row %(row)s. Open it in Excel, save it anew and try again.")
            % {"row": number}
        ) from error


def _xlsx_cell(cell: Any) -> Cell:
    value = cell.value
    if value is None:
        return EMPTY
    if isinstance(value, bool):
        return Cell(text="TRUE" if value else "FALSE")
    if isinstance(value, (int, float)):
        return of_spreadsheet(value, cell.number_format or "")
    if not isinstance(value, str):
        wrong = gettext("Excel made a date or time of this. Format the cell as text and write it again.")
        return Cell(wrong=wrong)
    if cell.data_type == "e":
        wrong = gettext("the formula in this cell gives %(error)s. Write the value itself.")
        return Cell(
            wrong=gettext("the formula in this cell gives %(error)s. Write the value itself.") % {"error": value}
        )
    return Cell(text=value.replace("_x000D_", "").replace("\r\n", "\n").strip())


# --- CSV -------------------------------------------------------------------------------------------------------------


def read_csv(file: BinaryIO) -> Iterator[ParsedQuestion]:
    """Yield the questions of a CSV file in UTF-8, parted by comma, semicolon or tab; raises UnreadableFile."""
    return _questions(_csv_rows(_utf8_lines(file)))


def _utf8_lines(file: BinaryIO) -> Iterator[str]:
    """Yield the lines of the file; tell Excel's users which of its many kinds of CSV is the right one."""
    try:
        yield from lines_of(file)
    except UnreadableFile as error:
        file.seek(0)
        start = file.read(4096)
        if start.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
            raise UnreadableFile(
                gettext("This is an Excel file, though its name says CSV. Give it the ending .xlsx.")
            ) from error
        if b"\0" in start and not start.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise
        cure = gettext("In Excel choose Save as, “CSV UTF-8 (Comma delimited)”, or save it as .xlsx.")
        raise UnreadableFile(f"{error} {cure}") from error


def _csv_rows(lines: Iterator[str]) -> Iterator[Numbered]:
    start = list(itertools.islice(lines, ROWS_BEFORE_HEADINGS))
    said = re.fullmatch(r"sep=(.)\s*", start[0], re.IGNORECASE) if start else None
    delimiter = said.group(1) if said else _delimiter(start)
    number = 0
    csv.field_size_limit(LONGEST_CSV_CELL)
    try:
        for number, values in enumerate(csv.reader(itertools.chain(start, lines), delimiter=delimiter), 1):
            yield number, [Cell(text=_unguarded(value).strip()) for value in values[:MOST_COLUMNS]]
    except csv.Error as error:
        raise UnreadableFile(
            gettext("The CSV file is broken after row %(row)s: a quotation mark is missing there. Save it anew.")
            % {"row": number}
        ) from error


def _delimiter(lines: list[str]) -> str:
    """Return the sign that gives the most headings we know."""

    def headings(sign: str) -> int:
        texts = (text.strip(' "') for line in lines for text in line.split(sign))
        return sum(bool(text and words.column_of(text)) for text in texts)

    return max((",", ";", "\t"), key=headings)


def _guarded(text: str) -> str:
    return GUARDED.sub(r"\1'\2", text)


def _unguarded(text: str) -> str:
    return UNGUARDED.sub(r"\1\2", text.replace("\r\n", "\n"))


# --- writing ---------------------------------------------------------------------------------------------------------


class _Spool:
    """Rows kept on disk until all of them are known, for a sheet has only the columns that are used."""

    def __init__(self, questions: Iterable[ParsedQuestion], longest: int | None = None):
        self.columns: set[str] = {"kind", "text"}
        self.lost: list[LeftOut] = []
        self.file = tempfile.SpooledTemporaryFile(max_size=2_000_000, mode="w+", encoding="utf-8")  # noqa: SIM115
        for question in questions:
            self._add(question, longest)

    def _add(self, question: ParsedQuestion, longest: int | None) -> None:
        values, lost = write_row(question)
        if longest and any(len(text) > longest for text in values.values()):
            why = gettext("A text of it is longer than a cell can hold; take CSV or Moodle XML.")
            values, lost = {}, [LeftOut(question.name, why, is_whole=True)]
        self.lost += lost
        if values:
            self.columns |= values.keys()
            self.file.write(json.dumps(values) + "\n")

    def rows(self, columns: list[str]) -> Iterator[list[str]]:
        self.file.seek(0)
        for line in self.file:
            values = json.loads(line)
            yield [values.get(column, "") for column in columns]
        self.file.close()


def write_csv(questions: Iterable[ParsedQuestion], file: BinaryIO, read_file: FileReader) -> list[LeftOut]:
    """Write questions as CSV, UTF-8 with a mark so that Excel reads it; cells that Excel would run are guarded."""
    spool = _Spool(questions)
    columns = words.in_order(spool.columns)
    _write_csv(file, columns, spool.rows(columns))
    return spool.lost


def _write_csv(file: BinaryIO, columns: list[str], rows: Iterable[Sequence[str]]) -> None:
    guarded = ([_guarded(text) for text in row] for row in rows)
    for line in csv_lines([words.heading(column, language()) for column in columns], guarded):
        file.write(line.encode())


def write_xlsx(questions: Iterable[ParsedQuestion], file: BinaryIO, read_file: FileReader) -> list[LeftOut]:
    """Write questions as a workbook of one sheet; all cells are text, so that nothing is run or turned into a date."""
    spool = _Spool(questions, LONGEST_CELL)
    columns = words.in_order(spool.columns)
    book = Workbook(write_only=True)
    _sheet(book, gettext("Questions"), columns, spool.rows(columns))
    book.save(file)
    return spool.lost


WIDTHS = {"text": 60, "general_feedback": 40, "option": 28, "feedback": 28, "kind": 20, "category": 24}


def _sheet(book: Workbook, title: str, columns: list[str], rows: Iterable[Sequence[str]]) -> Any:
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for place, column in enumerate(columns, 1):
        dimension = sheet.column_dimensions[get_column_letter(place)]
        dimension.width = WIDTHS.get(column.partition(":")[0], 14)
        dimension.number_format = "@"  # text: what is typed below the rows stays as it is typed
    sheet.append([xlsx_cell(sheet, words.heading(column, language()), bold=True) for column in columns])
    for row in rows:
        sheet.append([_text_cell(sheet, text) for text in row])
    return sheet


def _text_cell(sheet: Any, text: str) -> Any:
    cell = xlsx_cell(sheet, text)
    cell.number_format = "@"
    if len(text) > 30 or "\n" in text:
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell


# --- the template ----------------------------------------------------------------------------------------------------


def template_xlsx() -> bytes:
    """Return the workbook to fill in: an empty sheet with its headings, examples, and what each column means."""
    book = Workbook(write_only=True)
    sheet = _sheet(book, gettext("Questions"), TEMPLATE_COLUMNS, [])
    kinds = ",".join(names[language()] for names in words.KINDS.values())
    choice = DataValidation(type="list", formula1=f'"{kinds}"', allow_blank=True, showErrorMessage=False)
    sheet.data_validations.append(choice)
    letter = get_column_letter(TEMPLATE_COLUMNS.index("kind") + 1)
    choice.add(f"{letter}2:{letter}5000")
    _sheet(book, gettext("Examples"), TEMPLATE_COLUMNS, _examples())
    told = book.create_sheet(gettext("How to fill in"))
    told.column_dimensions["A"].width, told.column_dimensions["B"].width = 28, 110
    for left, right in explanations(language()):
        told.append([xlsx_cell(told, left, bold=True), _text_cell(told, right)])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def template_csv() -> bytes:
    """Return a CSV file with the headings and an example of each kind."""
    out = io.BytesIO()
    _write_csv(out, TEMPLATE_COLUMNS, _examples())
    return out.getvalue()


def _examples() -> Iterator[list[str]]:
    for example in EXAMPLES:
        row = {**example, "kind": words.KINDS[example["kind"]][language()]}
        yield [row.get(column, "") for column in TEMPLATE_COLUMNS]


XLSX = Format("xlsx", "Excel (XLSX)", ("xlsx",), XLSX_TYPE, read_xlsx, write_xlsx)
CSV = Format("csv", "CSV", ("csv",), "text/csv; charset=utf-8", read_csv, write_csv)
