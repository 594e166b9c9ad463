"""What every reader of question files gives: one `ParsedQuestion` after another, the bad ones with their problems."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any, BinaryIO

from .. import markup
from ..kinds import UnknownKind, get_kind
from ..wording import gettext

LONGEST_LINE = 1_000_000
CENT = Decimal("0.01")
LARGEST_MARK = Decimal("99999.99")


@dataclass
class ParsedQuestion:
    """A question as a file has it. With `problems` it is not loaded; each says what is wrong and what cures it.

    `kind` is a name of `questions.kinds`, or of a kind that the format knows and we do not yet; `category` is a path
    such as `Etika/Gratifikasi` ("" for none); `line` is where it begins, counted from 1. `notices` say what the file
    has and we leave out without harm. `files` are the pictures its texts show, by the name that `file_name` gives:
    the texts already point at `file_address` of it. `state` is `draft`, `ready`, `retired`, or "" where the file says
    nothing.
    """

    kind: str
    name: str
    data: dict[str, Any]
    tags: list[str] = field(default_factory=list)
    idnumber: str = ""
    category: str = ""
    line: int = 1
    problems: list[str] = field(default_factory=list)
    mark: Fraction = Fraction(1)
    notices: list[str] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    state: str = ""


FileReader = Callable[[str], bytes]


@dataclass(frozen=True)
class LeftOut:
    """What a format cannot say of a question that was written, or why the question was not written at all."""

    name: str
    why: str
    is_whole: bool = False


@dataclass(frozen=True)
class Format:
    """One format. `read` raises UnreadableFile; `write` (None: only read) writes as it goes and tells what was lost.

    `write(questions, file, read_file)`: `read_file(name)` gives the content of a picture. `looks_like` tells from the
    first bytes of a file whether it has this format; it is needed where formats share an extension.
    """

    name: str
    label: str
    extensions: tuple[str, ...]
    content_type: str
    read: Callable[[BinaryIO], Iterator[ParsedQuestion]]
    write: Callable[[Iterable[ParsedQuestion], BinaryIO, FileReader], list[LeftOut]] | None
    looks_like: Callable[[bytes], bool] | None = None


class UnreadableFile(ValueError):
    """The file is no text; the message says what it seems to be and the cure."""


def lines_of(file: BinaryIO) -> Iterator[str]:
    """Yield the lines of a UTF-8 file one at a time, so that a file of any size fits. Raises UnreadableFile."""
    number = 0
    while chunk := file.readline(LONGEST_LINE):
        number += 1
        if number == 1:
            chunk = _without_mark(chunk)
        if len(chunk) == LONGEST_LINE:
            raise UnreadableFile(
                gettext("Line %(line)s is too long: this is no text file of questions.") % {"line": number}
            )
        if b"\0" in chunk:
            raise UnreadableFile(
                gettext("This is not a text file (line %(line)s). Export the questions as text in UTF-8.")
                % {"line": number}
            )
        try:
            yield chunk.decode("utf-8")
        except UnicodeDecodeError:
            raise UnreadableFile(
                gettext("Line %(line)s is not UTF-8. Save the file as UTF-8 and try again.") % {"line": number}
            ) from None


def _without_mark(first: bytes) -> bytes:
    if first.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UnreadableFile(gettext("The file is UTF-16. Save it as UTF-8 and try again."))
    refuse_document(first)
    return first.removeprefix(b"\xef\xbb\xbf")


def refuse_document(first: bytes) -> None:
    """Raise UnreadableFile where the first bytes are those of an archive, a document or a picture."""
    if first.startswith(
        (b"PK\x03\x04", b"%PDF", b"\xd0\xcf\x11\xe0", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b")
    ):
        raise UnreadableFile(
            gettext("This is a document or a picture, not a text file. Export the questions as text in UTF-8.")
        )


def category_path(path: str) -> str:
    """Return a category's path without Moodle's places: `$course$/top/Etika` is `Etika`; `//` is a slash in a name."""
    names = path.strip().replace("//", "\0").split("/")
    while names and (names[0].strip() in {"", "top"} or re.fullmatch(r"\$[a-z]+\$", names[0].strip())):
        names.pop(0)
    return "/".join(names).replace("\0", "//")


def check(question: ParsedQuestion) -> None:
    """Clean the data of a question that has been read and add what its kind finds wrong."""
    kind = get_kind(question.kind)
    question.data = kind.clean(question.data)
    question.problems += kind.problems(question.data)
    note_mark(question)


def bank_mark(mark: Fraction) -> Decimal:
    """Return a mark as the bank keeps it: two decimals, from 0 to 99999.99."""
    if mark >= LARGEST_MARK:
        return LARGEST_MARK
    exact = Decimal(mark.numerator) / Decimal(mark.denominator)
    return max(exact, Decimal(0)).quantize(CENT, ROUND_HALF_UP)


def note_mark(question: ParsedQuestion) -> None:
    """Say so where the bank does not keep the mark of a question as the file has it."""
    if Fraction(bank_mark(question.mark)) != question.mark:
        question.notices.append(gettext("Its mark is rounded: marks have two decimals and are below 100000."))


def as_json(question: ParsedQuestion) -> dict[str, Any]:
    """Return a question as operators' tools read it: options with an exact share of the mark and feedback."""
    data = question.data
    return {
        "line": question.line,
        "kind": question.kind,
        "name": question.name,
        "category": question.category,
        "id": question.idnumber,
        "text": data.get("text", ""),
        "marks": str(question.mark),
        "options": _options(question),
        "general_feedback": data.get("general_feedback", ""),
        "tags": question.tags,
        "problems": question.problems,
        "notices": question.notices,
    }


def _options(question: ParsedQuestion) -> list[dict[str, str]]:
    try:
        options = get_kind(question.kind).options(question.data)
    except (UnknownKind, LookupError, TypeError):  # a bad question may hold half of its data
        return []
    return [{"text": option.text, "fraction": option.fraction, "feedback": option.feedback} for option in options]


def safe_name(name: str, text: str) -> str:
    """Return the name given, else the first words of the text; one line, at most 200 characters."""
    return " ".join(markup.NEVER_TEXT.sub("", name).split())[:200] or markup.name_of(text)
