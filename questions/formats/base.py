"""What every reader of question files gives: one `ParsedQuestion` after another, the bad ones with their problems."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, BinaryIO

from .. import markup
from ..wording import gettext

LONGEST_LINE = 1_000_000


@dataclass
class ParsedQuestion:
    """A question as a file has it. With `problems` it is not loaded; each says what is wrong and what cures it.

    `kind` is a name of `questions.kinds`, or of a kind that the format knows and we do not yet; `category` is a path
    such as `Etika/Gratifikasi` ("" for none); `line` is where it begins, counted from 1.
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
    if first.startswith((b"PK\x03\x04", b"%PDF", b"\xd0\xcf\x11\xe0", b"\x89PNG", b"\xff\xd8\xff", b"GIF8")):
        raise UnreadableFile(
            gettext("This is a document or a picture, not a text file. Export the questions as text in UTF-8.")
        )
    return first.removeprefix(b"\xef\xbb\xbf")


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
    }


def _options(question: ParsedQuestion) -> list[dict[str, str]]:
    data = question.data
    if question.kind == "truefalse":
        return [
            {
                "text": "true" if value else "false",
                "fraction": str(int(data.get("answer") is value)),
                "feedback": data.get("feedback_true" if value else "feedback_false", ""),
            }
            for value in (True, False)
        ]
    return [
        {"text": option["text"], "fraction": option["fraction"], "feedback": option["feedback"]}
        for option in data.get("options", [])
    ]


def safe_name(name: str, text: str) -> str:
    """Return the name given, else the first words of the text; one line, at most 200 characters."""
    return " ".join(markup.NEVER_TEXT.sub("", name).split())[:200] or markup.name_of(text)
