"""The GIFT files of the starter curriculum: a quiz's own questions and a course's bank. Imports no Django."""

import re

from questions.formats import gift
from questions.formats.base import ParsedQuestion
from questions.kinds import UnknownKind, get_kind

from .markdown_prose import Problems

CODE = re.compile(r"^[A-Za-z]+\d*[-.]?\d+[a-z]?$")


def questions_in(text: str, path: str, problems: Problems) -> tuple[ParsedQuestion, ...]:
    """Return the questions of a file, each with its code in `idnumber`; note what is wrong.

    The code is `[id:…]` where the line above has it, else the first word of the name (`A-01`).
    """
    questions = tuple(gift.read(text))
    if not questions:
        problems.add(path, 1, "there is no question", "Write at least one; see content/README.md.")
    seen: set[str] = set()
    for question in questions:
        _note_problems(question, path, seen, problems)
    return questions


def _note_problems(question: ParsedQuestion, path: str, seen: set[str], problems: Problems) -> None:
    for problem in question.problems:
        problems.add(path, question.line, f"{question.name}: {problem}", "Mend the question.")
    question.idnumber = question.idnumber or _code(question.name)
    if not question.idnumber:
        problems.add(path, question.line, f"“{question.name}” has no code", "Begin its name with one: ::A-01 Title::")
    elif question.idnumber in seen:
        problems.add(path, question.line, f"{question.idnumber} is there twice", "Give each question its own code.")
    seen.add(question.idnumber)
    try:
        get_kind(question.kind)
    except UnknownKind:
        problems.add(path, question.line, f"{question.kind!r} questions cannot be asked yet", "Use another kind.")


def _code(name: str) -> str:
    first = name.split(" ")[0] if name else ""
    return first if CODE.match(first) else ""
