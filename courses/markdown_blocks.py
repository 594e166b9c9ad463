"""The fenced blocks of a lesson file (`::: steps title="…"`) → raw values of `courses.blocks.LessonBody`.

Imports no Django."""

import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise

from questions.formats import gift

from .markdown_pictures import note_picture
from .markdown_prose import FULL, INLINE, PROSE, Problems, html_of

OPENING = re.compile(r"^:::[ \t]*([a-z-]+)(.*)$")
CLOSING = re.compile(r"^:::[ \t]*$")
VALUE = re.compile(r'\s+([a-z]+)="([^"]*)"')
NAMESPACE = uuid.UUID("6f2d1f38-6a0b-5c3e-9a57-0f4f4b6f6c11")
CALLOUTS = ("info", "tip", "caution", "law")
SELF_CHECK_KINDS = ("single", "multiple", "truefalse")


@dataclass(frozen=True)
class Fence:
    """A fenced block as written: its values, its text with the line it begins on, the pictures beside the file."""

    name: str
    values: dict[str, str]
    text: str
    line: int
    path: str
    problems: Problems
    pictures: Mapping[str, bytes] = field(default_factory=dict)

    def note(self, message: str, cure: str, *, offset: int = 0) -> None:
        self.problems.add(self.path, self.line + offset, message, cure)

    def html(self, text: str, offset: int = 0, *, allowed=INLINE) -> str:
        return html_of(text, self.path, self.line + offset, self.problems, allowed=allowed)


def lesson_blocks(
    text: str, path: str, line: int, problems: Problems, *, key: str, pictures: Mapping[str, bytes] | None = None
) -> list[dict]:
    """Return a lesson's body as raw stream data; ids follow from `key` and place: the same text gives the same data.

    `pictures` are the files beside it by name; a figure names its file where the library's id will stand.
    """
    parts = [part for part in _parts(text, path, line, problems, pictures or {}) if part]
    return [
        {**part, "id": str(uuid.uuid5(NAMESPACE, f"{key}#{number}:{part['type']}"))}
        for number, part in enumerate(parts)
    ]


def _parts(text, path, line, problems, pictures):
    prose, prose_line, fence = [], line, None
    for number, row in enumerate(text.split("\n"), start=line):
        opening = OPENING.match(row)
        if fence is None and opening:
            yield _prose(prose, prose_line, path, problems)
            fence, content = (number, opening), []
        elif fence is None and CLOSING.match(row):
            problems.add(path, number, "::: closes nothing", "Take the line away, or open a block above.")
        elif fence is None:
            if not prose:
                prose_line = number
            prose.append(row)
        elif CLOSING.match(row):
            yield _block(fence, content, path, problems, pictures)
            fence, prose = None, []
        else:
            if opening:
                problems.add(path, number, "a block inside a block", f"Close that of line {fence[0]} first with :::.")
            content.append(row)
    if fence:
        problems.add(path, fence[0], f"the block {fence[1][1]} is never closed", "Put ::: alone on the line after it.")
    else:
        yield _prose(prose, prose_line, path, problems)


def _prose(rows, line, path, problems):
    html = html_of("\n".join(rows), path, line, problems, allowed=FULL)
    return {"type": "rich_text", "value": html} if html else None


def _block(opening, rows, path, problems, pictures):
    line, match = opening
    name, rest = match[1], match[2]
    kind = KINDS.get(name)
    if kind is None:
        problems.add(path, line, f"unknown block {name!r}", f"Known: {', '.join(KINDS)}.")
        return None
    values = dict(VALUE.findall(rest))
    if VALUE.sub("", rest).strip():
        problems.add(path, line, f"{rest.strip()!r} cannot be read", 'Write values as name="value".')
    for value in set(values) - set(kind.required) - set(kind.optional):
        known = ", ".join((*kind.required, *kind.optional)) or "none"
        problems.add(path, line, f"{name} has no value {value!r}", f"Known: {known}.")
    missing = [value for value in kind.required if not values.get(value, "").strip()]
    for value in missing:
        problems.add(path, line, f"{name} lacks {value}", f'Write ::: {name} {value}="…".')
    if not "".join(rows).strip():
        problems.add(path, line, f"the block {name} is empty", "Write its text, or take it away.")
        return None
    if missing:
        return None
    fence = Fence(name, values, "\n".join(rows), line + 1, path, problems, pictures)
    return {"type": kind.type, "value": kind.read(fence)}


# --- one reader a kind -----------------------------------------------------------------------------------------------


def _key_points(fence: Fence) -> dict:
    points = []
    for offset, row in enumerate(fence.text.split("\n")):
        if row.startswith("- "):
            points.append(fence.html(row[2:], offset))
        elif row.strip():
            fence.note("a key point begins with “- ”", "Write one point a line.", offset=offset)
    return {"title": fence.values["title"], "points": points}


def _callout(fence: Fence) -> dict:
    if fence.values["kind"] not in CALLOUTS:
        fence.note(f"there is no callout {fence.values['kind']!r}", f"Use one of {', '.join(CALLOUTS)}.", offset=-1)
    return {**fence.values, "text": fence.html(fence.text, allowed=PROSE)}


def _case(fence: Fence) -> dict:
    rows = fence.text.split("\n")
    first = next((number for number, row in enumerate(rows) if row.startswith("? ")), len(rows))
    for offset, row in enumerate(rows[first:], start=first):
        if row.strip() and not row.startswith("? "):
            fence.note(
                "text after the guiding questions",
                "Begin each question with “? ”; the story stands above.",
                offset=offset,
            )
    if first == len(rows):
        fence.note("the case has no guiding question", "End it with at least one line that begins with “? ”.")
    story = fence.html("\n".join(rows[:first]), allowed=PROSE)
    if not story:
        fence.note("the case has no story", "Write it above the questions.")
    questions = [row[2:].strip() for row in rows[first:] if row.startswith("? ")]
    return {
        "title": fence.values["title"],
        "place": fence.values.get("place", ""),
        "story": story,
        "questions": questions,
    }


def _steps(fence: Fence) -> dict:
    steps = []
    for offset, row in enumerate(fence.text.split("\n")):
        found = re.match(r"^\d+\.\s+(?:\*\*(.+?)\*\*\s*)?(.*)$", row)
        if found:
            title, text = found[1] or "", found[2]
            steps.append({"title": title if text else "", "text": fence.html(text or title, offset)})
        elif row.strip():
            fence.note(
                "a step begins with its number", "Write one step a line: 1. **Short title.** What to do.", offset=offset
            )
    return {"title": fence.values["title"], "steps": steps}


def _table(fence: Fence) -> dict:
    rows = [(offset, _cells(row)) for offset, row in enumerate(fence.text.split("\n")) if row.strip()]
    is_rule = len(rows) > 1 and all(re.fullmatch(r":?-+:?", cell) for cell in rows[1][1])
    if not is_rule or len(rows) < 3:
        fence.note("this is no table", "Write | heading | heading |, then |---|---|, then one | line | a row.")
        return {}
    headings = rows[0][1]
    for offset, cells in rows[1:]:
        if len(cells) != len(headings):
            fence.note(
                f"{len(cells)} cells under {len(headings)} headings", "A | in the text is written \\|.", offset=offset
            )
    return {
        "caption": fence.values["caption"],
        "columns": [{"type": "text", "heading": heading} for heading in headings],
        "rows": [{"values": [fence.html(cell, offset) for cell in cells]} for offset, cells in rows[2:]],
    }


def _cells(row: str) -> list[str]:
    inner = re.sub(r"^\s*\||(?<!\\)\|\s*$", "", row)
    return [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", inner)]


def _quotation(fence: Fence) -> dict:
    return {"text": fence.html(fence.text), "source": fence.values["source"]}


def _accordion(fence: Fence) -> dict:
    parts, rows = [], fence.text.split("\n")
    starts = [number for number, row in enumerate(rows) if row.startswith("### ")]
    if not starts or "".join(rows[: starts[0]]).strip():
        fence.note("an accordion begins with a heading", "Write ### and the heading of the first part.")
    for start, end in pairwise([*starts, len(rows)]):
        text = fence.html("\n".join(rows[start + 1 : end]), start + 1, allowed=PROSE)
        if not text:
            fence.note("this part has no text", "Write it below its heading.", offset=start)
        parts.append({"heading": rows[start][4:].strip(), "text": text})
    return {"parts": parts}


def _term(fence: Fence) -> dict:
    return {"name": fence.values["name"], "definition": fence.html(fence.text)}


def _figure(fence: Fence) -> dict:
    name = fence.values["file"]
    for value, most in FIGURE_LENGTHS.items():
        if len(fence.values.get(value, "")) > most:
            fence.note(f"{value} is longer than {most} characters", "Shorten it; the words stand below.", offset=-1)
    words = fence.html(fence.text, allowed=PROSE)
    if not note_picture(name, fence.pictures, fence.path, fence.line - 1, fence.problems):
        return {}
    texts = {value: fence.values.get(value, "") for value in FIGURE_LENGTHS}
    return {"picture": name, **texts, "words": words}


FIGURE_LENGTHS = {"alt": 250, "caption": 250, "credit": 150}


def _try(fence: Fence) -> dict:
    minutes = fence.values["minutes"]
    if not re.fullmatch(r"[1-9]\d?", minutes):
        fence.note(f"minutes is {minutes!r}", "Write a whole number from 1 to 99.", offset=-1)
        minutes = "1"
    return {"title": fence.values["title"], "minutes": int(minutes), "text": fence.html(fence.text, allowed=PROSE)}


def _self_check(fence: Fence) -> dict:
    questions = list(gift.read(fence.text))
    if len(questions) != 1:
        fence.note(f"{len(questions)} questions in one self-check", "Give each question a block of its own.")
        return {}
    question = questions[0]
    for problem in question.problems:
        fence.note(str(problem), "See the part on questions in content/README.md.", offset=question.line - 1)
    if question.problems:
        return {}
    if question.kind not in SELF_CHECK_KINDS:
        fence.note(f"a self-check cannot be {question.kind!r}", f"Use one of {', '.join(SELF_CHECK_KINDS)}.")
        return {}
    return self_check_value(question.kind, question.data, fence)


def self_check_value(kind: str, data: dict, fence: Fence) -> dict:
    """Return a question of the bank as the value of the block: nothing is graded, so a share above 0 means right."""
    value = {"kind": kind, "text": data["text"], "general_feedback": data.get("general_feedback", "")}
    if kind == "truefalse":
        names = ("feedback_true", "feedback_false")
        feedback = {name: data.get(name, "") for name in names}
        answer = {"answer": "true" if data["answer"] else "false"}
        missing = not all(feedback.values())
        value |= feedback | answer
    else:
        value["shuffle"] = data.get("shuffle", True)
        value["options"] = [
            {"text": option["text"], "right": Fraction(option["fraction"]) > 0, "feedback": option.get("feedback", "")}
            for option in data["options"]
        ]
        missing = not all(option["feedback"] for option in value["options"])
    if missing:
        fence.note("an answer has no feedback", "Write it after # for every option; true or false: #…#…")
    return value


@dataclass(frozen=True)
class FenceKind:
    type: str
    read: Callable[[Fence], dict]
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()


KINDS = {
    "key-points": FenceKind("key_points", _key_points, ("title",)),
    "callout": FenceKind("callout", _callout, ("kind", "title")),
    "case": FenceKind("case_study", _case, ("title",), ("place",)),
    "steps": FenceKind("steps", _steps, ("title",)),
    "table": FenceKind("table", _table, ("caption",)),
    "quotation": FenceKind("quotation", _quotation, ("source",)),
    "accordion": FenceKind("accordion", _accordion),
    "term": FenceKind("term", _term, ("name",)),
    "figure": FenceKind("figure", _figure, ("file", "alt"), ("caption", "credit")),
    "try": FenceKind("try_today", _try, ("title", "minutes")),
    "self-check": FenceKind("self_check", _self_check),
}
