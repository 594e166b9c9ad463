"""What stands in the cells of a sheet: words, numbers as people write them here and abroad, shares of a mark."""

import re
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from ..kinds.fractions import read_fraction, read_percent, write_percent
from ..kinds.numbers import readings, write_number
from ..wording import gettext
from .sheet_words import PLACES

# `1.500` is one and a half thousand here and one and a half abroad; `0.500` and `1.5000` can only be decimals.
AMBIGUOUS = re.compile(r"-?[1-9][0-9]{0,2}\.[0-9]{3}")
RANGE = re.compile(r"^(.+?)\s*(?:\.{2,3}|…|–|—|s\.?\s?d\.?|sampai|\bto\b)\s*(.+)$", re.IGNORECASE)
TOLERANCE = re.compile(r"^(.+?)\s*(?:±|\+/-|\+-|:)\s*(.+?)\s*(%|geometric|geometrik)?$", re.IGNORECASE)


class BadCell(ValueError):
    """The cell cannot be understood; the message says why and the cure."""


@dataclass(frozen=True)
class Cell:
    """One cell: its text as people see it, the exact number behind it, or what a spreadsheet has done to it."""

    text: str = ""
    number: str = ""
    wrong: str = ""


EMPTY = Cell()


@dataclass
class Row:
    """One row under its headings; complaints about a cell are kept with the place where a person finds it."""

    number: int
    cells: dict[str, Cell]
    headings: dict[str, str]
    letters: dict[str, str]
    problems: list[str] = field(default_factory=list)

    def cell(self, column: str) -> Cell:
        return self.cells.get(column, EMPTY)

    def text(self, column: str) -> str:
        return self.cell(column).text

    def complain(self, column: str, problem: object) -> None:
        """Note what is wrong with one cell; a column that the sheet does not have is named without a letter."""
        words = gettext("Row %(row)s, column %(column)s: %(problem)s")
        where = f"{self.letters[column]} “{self.headings[column]}”" if column in self.letters else f"“{column}”"
        self.problems.append(words % {"row": self.number, "column": where, "problem": problem})

    def places(self, *groups: str) -> list[int]:
        """Return the places, in order, at which one of these repeated columns holds something."""
        found = (column.partition(":") for column, cell in self.cells.items() if cell.text)
        return sorted({int(place) for group, _colon, place in found if place and group in groups})


# --- numbers ---------------------------------------------------------------------------------------------------------


def read_number(text: str, number: str = "") -> str:
    """Return a number such as `-3.14`, in whichever notation it is written; raises BadCell.

    `number` is what a spreadsheet itself holds behind the text: then there is no doubt.
    """
    meant = readings(number)[:1] or readings(text)
    written = [write_number(each) for each in meant]
    if len(written) > 1:
        first, second = written[:2]
        clear = f"{first}0" if "." in str(first) else f"{first}.0"
        raise BadCell(
            gettext("“%(text)s” may be %(first)s or %(second)s. Write %(clear)s or %(second)s.")
            % {"text": text, "first": first, "second": second, "clear": clear}
        )
    if not written or written[0] is None:
        raise BadCell(gettext("“%(text)s” is no number. Write for example 3,14.") % {"text": text[:40]})
    return written[0]


def written_number(text: str) -> str:
    """Return a number of a question's data with a comma, such that `read_number` is in no doubt."""
    return (f"{text}0" if AMBIGUOUS.fullmatch(text) else text).replace(".", ",")


def of_spreadsheet(value: int | float, number_format: str = "") -> Cell:
    """Return a number of a spreadsheet without the noise of binary fractions; `25%` is shown as it is there."""
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return Cell(wrong=gettext("the cell holds no proper number."))
    exact = Fraction(str(value) if isinstance(value, int) else f"{value:.15g}")
    if "%" in number_format:
        return Cell(text=f"{(write_number(exact * 100) or '').replace('.', ',')}%")
    number = write_number(exact)
    if number is None:
        return Cell(wrong=gettext("the cell holds no proper number."))
    return Cell(text=number.replace(".", ","), number=number)


# --- shares of the mark ----------------------------------------------------------------------------------------------


def read_shares(row: Row, places: list[int]) -> dict[int, Fraction]:
    """Return the shares that the columns of marks give: percent, or parts of one where all of them are at most one."""
    bare: dict[int, Decimal] = {}
    shares: dict[int, Fraction] = {}
    for place in places:
        cell = row.cell(f"weight:{place}")
        if not cell.text:
            continue
        try:
            given = _share(cell)
        except BadCell as bad:
            row.complain(f"weight:{place}", bad)
            continue
        if isinstance(given, Fraction):
            shares[place] = given
        else:
            bare[place] = given
    scale = 100 if bare and max(abs(value) for value in bare.values()) <= 1 else 1
    for place, value in bare.items():
        share = read_percent(f"{value * scale:f}")
        if share is None or not -1 <= share <= 1:
            row.complain(f"weight:{place}", gettext("write a percentage from -100 to 100."))
            continue
        shares[place] = share
    return shares


def _share(cell: Cell) -> Fraction | Decimal:
    """Return the share where it says what it is (`50%`, `1/3`), else the bare number."""
    text = cell.text.replace("−", "-")
    if "/" in text:
        share = read_fraction(text.replace(" ", ""))
    elif text.endswith("%"):
        share = read_percent(text.removesuffix("%").strip())
    else:
        number = cell.number or text.replace(",", ".")
        if not re.fullmatch(r"[+-]?[0-9]{1,3}(?:\.[0-9]{1,15})?", number):
            raise BadCell(gettext("write a percentage from -100 to 100."))
        return Decimal(number)
    if share is None or not -1 <= share <= 1:
        raise BadCell(gettext("write a percentage from -100 to 100."))
    return share


def written_share(share: Fraction) -> str:
    return f"{write_percent(share).replace('.', ',')}%"


# --- answers to numerical questions ----------------------------------------------------------------------------------


def read_numerical(cell: Cell) -> dict[str, str]:
    """Return `3,14 ± 0,01`, `100 ± 5%`, `1..5`, `7` or `*` as an answer of a numerical question; raises BadCell."""
    text = cell.text.strip()
    if text == "*":
        return {"value": "*", "tolerance": "0", "tolerance_kind": "absolute"}
    if found := RANGE.match(text):
        return {"low": read_number(found.group(1)), "high": read_number(found.group(2))}
    if found := TOLERANCE.match(text):
        value, tolerance, kind = read_number(found.group(1)), read_number(found.group(2)), found.group(3) or ""
        if kind == "%":
            part = _times(tolerance, Fraction(1, 100))
            return {"value": value, "tolerance": part, "tolerance_kind": "relative"}
        return {"value": value, "tolerance": tolerance, "tolerance_kind": "geometric" if kind else "absolute"}
    return {"value": read_number(text, cell.number), "tolerance": "0", "tolerance_kind": "absolute"}


def _times(number: str, factor: Fraction) -> str:
    return write_number(readings(number)[0] * factor) or number


def written_numerical(answer: dict[str, str]) -> str:
    """Return an answer of a numerical question as `read_numerical` reads it."""
    if "low" in answer:
        return f"{written_number(answer['low'])} .. {written_number(answer['high'])}"
    value, tolerance = written_number(answer["value"]), answer.get("tolerance", "0")
    if value == "*" or tolerance in ("", "0"):
        return value
    kind = answer.get("tolerance_kind", "absolute")
    if kind == "relative":
        return f"{value} ± {written_number(_times(tolerance, Fraction(100)))}%"
    return f"{value} ± {written_number(tolerance)}{' geometric' if kind == 'geometric' else ''}"


# --- keys ------------------------------------------------------------------------------------------------------------


def read_key(text: str, options: dict[int, str]) -> list[int]:
    """Return the places a key names: `B`, `A, C`, `1;3`, `AC`, or the words of an option; raises BadCell."""
    words = " ".join(text.split())
    same = [place for place, option in options.items() if " ".join(option.split()).casefold() == words.casefold()]
    if same:
        return same[:1]
    tokens = [token for token in re.split(r"[\s,;/&+.]+|\bdan\b|\band\b", words) if token]
    if len(tokens) == 1 and tokens[0].isalpha() and len(tokens[0]) > 1:
        tokens = list(tokens[0])
    places = []
    for token in tokens:
        place = int(token) - 1 if token.isascii() and token.isdigit() and len(token) < 3 else PLACES.get(token.lower())
        if place is None:
            raise BadCell(
                gettext("“%(key)s” is no key. Write the letter of the right option, for example B, or A, C.")
                % {"key": words[:40]}
            )
        if place not in options:
            raise BadCell(
                gettext("the key names “%(letter)s”, but that option is empty. Write the letter of another one.")
                % {"letter": token.upper()}
            )
        places.append(place)
    return list(dict.fromkeys(places))
