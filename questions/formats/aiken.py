"""Reading and writing Aiken, the plainest format: a question, its options behind letters, and `ANSWER: B`. Pure.

The definition is Moodle's documentation ("Aiken format"): the question stands in one line, options begin with a capital
letter and `.` or `)`, one is right. We also take small letters and a question of several lines; what cannot be read is
named with its line and the cure. Read line by line: a file of any length fits.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from .. import markup
from ..kinds import get_kind
from ..kinds.choice import LETTERS, MOST_OPTIONS, option_id, option_share
from ..wording import gettext
from .base import FileReader, Format, LeftOut, ParsedQuestion, lines_of, safe_name

LONGEST_QUESTION = 200_000
OPTION = re.compile(r"\s*([A-Za-z])[.)](?:\s+|$)(.*)")
ANSWER = re.compile(r"\s*ANSWER\s*:\s*(.*?)\s*$", re.IGNORECASE)
LOOKS_LIKE_AIKEN = re.compile(rb"^\s*ANSWER\s*:\s*[A-Za-z]\s*$", re.IGNORECASE | re.MULTILINE)


def read(lines: Iterable[str]) -> Iterator[ParsedQuestion]:
    """Yield the questions of a file's lines, the bad ones with their problems; never raises for bad content."""
    for block in _blocks(lines):
        yield _question(block)


# --- blocks: one question each ---------------------------------------------------------------------------------------


@dataclass
class _Block:
    """One question as it stands; options are (line, letter, words)."""

    line: int
    text: list[str] = field(default_factory=list)
    options: list[tuple[int, str, str]] = field(default_factory=list)
    answer: str | None = None
    answer_line: int = 0
    has_gap: bool = False
    problems: list[str] = field(default_factory=list)
    size: int = 0

    def add(self, number: int, line: str) -> None:
        self.size += len(line)
        if self.size > LONGEST_QUESTION or len(self.options) > MOST_OPTIONS:
            return
        if (found := OPTION.match(line)) and self.text:
            self.options.append((number, found.group(1).upper(), found.group(2).strip()))
        elif self.options:
            self.problems.append(
                gettext("Line %(line)s is neither an option nor the answer. Begin each option with “A.” or “A)”.")
                % {"line": number}
            )
        else:
            self.text.append(line.strip())


def _blocks(lines: Iterable[str]) -> Iterator[_Block]:
    """Part the lines into questions: the answer ends one; without it a new text after an empty line does."""
    block: _Block | None = None
    for number, line in enumerate(lines, 1):
        if not line.strip():
            if block:
                block.has_gap = True
            continue
        if block and block.options and block.has_gap and not OPTION.match(line) and not ANSWER.match(line):
            yield block
            block = None
        block = block or _Block(number)
        if found := ANSWER.match(line):
            block.answer, block.answer_line = found.group(1), number
            yield block
            block = None
            continue
        if block.text and not block.options and block.has_gap and not OPTION.match(line):
            block.text.append("")
        block.has_gap = False
        block.add(number, line)
    if block:
        yield block


# --- one question ----------------------------------------------------------------------------------------------------


def _question(block: _Block) -> ParsedQuestion:
    right = _right_letter(block)
    source = "\n".join(block.text)
    options = [
        {
            "id": option_id(number),
            "text": markup.inline(markup.from_source(words)),
            "fraction": str(int(letter == right)),
            "feedback": "",
        }
        for number, (_line, letter, words) in enumerate(block.options)
    ]
    data: dict[str, Any] = {
        "text": markup.block(markup.from_source(source)),
        "general_feedback": "",
        "shuffle": True,
        "options": options,
    }
    problems = [*_problems(block, source), *block.problems]
    data = get_kind("single").clean(data)
    if not problems:
        problems = get_kind("single").problems(data)
    name = safe_name("", data["text"]) or gettext("Question in line %(line)s") % {"line": block.line}
    return ParsedQuestion(kind="single", name=name, data=data, line=block.line, problems=problems)


def _right_letter(block: _Block) -> str:
    return (block.answer or "").strip(" .)").upper()


def _problems(block: _Block, source: str) -> list[str]:
    """Name what is wrong with how the question is written, each with its line and the cure."""
    if block.size > LONGEST_QUESTION:
        return [
            gettext("The question is longer than %(most)s characters. Is a line “ANSWER: A” missing?")
            % {"most": LONGEST_QUESTION}
        ]
    if not block.text:
        return [
            gettext("Line %(line)s is an answer without a question. Write the question and its options above it.")
            % {"line": block.answer_line}
        ]
    return [*_problems_of_options(block), *_problems_of_answer(block), *_problems_of_pictures(source, block)]


def _problems_of_options(block: _Block) -> list[str]:
    found = []
    if not block.options:
        return [
            gettext("The question in line %(line)s has no options. Begin each with “A.” or “A)” and a space.")
            % {"line": block.line}
        ]
    if len(block.options) == 1:
        found.append(
            gettext("The question in line %(line)s has one option only. Write at least two.") % {"line": block.line}
        )
    for number, (line, letter, words) in enumerate(block.options):
        expected = LETTERS[number].upper() if number < len(LETTERS) else "?"
        if letter != expected:
            found.append(
                gettext("Line %(line)s begins with %(letter)s instead of %(expected)s. Letter the options in order.")
                % {"line": line, "letter": letter, "expected": expected}
            )
            break
        if not words:
            found.append(gettext("Option %(letter)s in line %(line)s is empty.") % {"letter": letter, "line": line})
    return found


def _problems_of_answer(block: _Block) -> list[str]:
    if block.answer is None:
        return [
            gettext("The question in line %(line)s has no answer. Write “ANSWER: A” under its options.")
            % {"line": block.line}
        ]
    right = _right_letter(block)
    letters = [letter for _line, letter, _words in block.options]
    if right in letters or not letters:
        return []
    if len(re.findall(r"[A-Za-z]\b", right)) > 1:
        return [
            gettext("Line %(line)s names several answers; Aiken knows one. Use another format for several answers.")
            % {"line": block.answer_line}
        ]
    return [
        gettext("The answer “%(answer)s” in line %(line)s is none of the options. Write one of: %(letters)s.")
        % {"answer": right[:30], "line": block.answer_line, "letters": ", ".join(letters)}
    ]


def _problems_of_pictures(source: str, block: _Block) -> list[str]:
    texts = [source, *(words for _line, _letter, words in block.options)]
    return [
        gettext("The picture “%(picture)s” is not in the file. Take it out, and add it after the import.")
        % {"picture": picture}
        for text in texts
        for picture in markup.pictures_elsewhere(text)
    ]


# --- writing ---------------------------------------------------------------------------------------------------------


def write(questions: Iterable[ParsedQuestion], file: BinaryIO, read_file: FileReader) -> list[LeftOut]:
    """Write the questions with one right answer, and tell what Aiken cannot say of them and of the others."""
    left_out = []
    for question in questions:
        if why := _why_not(question):
            left_out.append(LeftOut(question.name, why, is_whole=True))
            continue
        left_out += [LeftOut(question.name, lost) for lost in _losses(question)]
        file.write(_written(question).encode())
    return left_out


def _why_not(question: ParsedQuestion) -> str:
    """Say why the question cannot be written at all; empty where it can."""
    if question.kind not in {"single", "truefalse"}:
        return gettext("Aiken only knows questions with one answer.")
    texts = [question.data["text"], *(option["text"] for option in question.data.get("options", []))]
    if not all(markup.plain(text) for text in texts):
        return gettext("A text has no words, only a picture, and Aiken holds no pictures.")
    if len(_choices(question)) > len(LETTERS):
        return gettext("There are more options than letters.")
    return ""


def _choices(question: ParsedQuestion) -> list[tuple[str, bool]]:
    """Return the words of each option and whether it is the right one: the first that earns the whole mark."""
    if question.kind == "truefalse":
        return [(gettext("True"), question.data["answer"]), (gettext("False"), not question.data["answer"])]
    options = question.data["options"]
    right = next((option["id"] for option in options if option_share(option) == 1), None)
    return [(option["text"], option["id"] == right) for option in options]


def _losses(question: ParsedQuestion) -> list[str]:
    data, lost = question.data, []
    options = data.get("options", [])
    remarks = [data.get("feedback_true"), data.get("feedback_false"), *(option["feedback"] for option in options)]
    if any([data["general_feedback"], data.get("outcomes"), *remarks]):
        lost.append(gettext("Feedback is left out."))
    if data.get("hints") or "penalty" in data:
        lost.append(gettext("Hints and the penalty are left out."))
    shares = [option_share(option) for option in options]
    if any(share != 0 for share in shares if share != 1):
        lost.append(gettext("Weights are left out: one option earns everything, the others nothing."))
    if sum(share == 1 for share in shares) > 1:
        lost.append(gettext("Only the first right option stays right."))
    if data.get("shuffle") is False:
        lost.append(gettext("Options will be shuffled: Aiken cannot keep their order."))
    if question.kind == "truefalse":
        lost.append(gettext("True or false becomes a choice of two options."))
    texts = [data["text"], *(option["text"] for option in options)]
    if any(markup.is_plain(text) is False for text in texts):
        lost.append(gettext("Pictures, links and tables are left out; their words stay."))
    if question.mark != 1 or question.tags or question.idnumber or question.category:
        lost.append(gettext("Marks, tags, the id and the category are left out."))
    if question.name != safe_name("", data["text"]):
        lost.append(gettext("The name is left out: Aiken names a question by its first words."))
    return lost


def _written(question: ParsedQuestion) -> str:
    choices = _choices(question)
    lines = [_one_line(question.data["text"])]
    lines += [f"{LETTERS[number].upper()}) {_one_line(text)}" for number, (text, _is_right) in enumerate(choices)]
    right = next(number for number, (_text, is_right) in enumerate(choices) if is_right)
    return "\n".join([*lines, f"ANSWER: {LETTERS[right].upper()}"]) + "\n\n"


def _one_line(text: str) -> str:
    """Return safe HTML as one line that `read` takes for the same: words where they are enough, else with emphasis."""
    words = markup.plain(text)
    make_safe = markup.block if text.startswith("<p>") else markup.inline
    if make_safe(markup.from_source(words)) == text and not ANSWER.match(words):
        return words
    return " ".join(text.split()) if markup.is_plain(text) else words


def looks_like(first_bytes: bytes) -> bool:
    """Say whether a text begins as Aiken does: a line `ANSWER: B` is in no other format."""
    return LOOKS_LIKE_AIKEN.search(first_bytes) is not None


def _read_file(file: BinaryIO) -> Iterator[ParsedQuestion]:
    return read(lines_of(file))


FORMAT = Format("aiken", "Aiken", ("aiken", "txt"), "text/plain; charset=utf-8", _read_file, write, looks_like)
