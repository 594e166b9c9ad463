"""Reading and writing GIFT, the text format that teachers exchange. Pure; reads any length in bounded memory.

The format's definition is Moodle's documentation ("GIFT format") and, where that is silent, what its importer does
(question/format/gift/format.php): blank lines part questions, `\\` escapes `~ = # { } : \\` and writes a line break as
`\\n`, the text of a question gives its format to its options. Where Moodle would guess and spoil a question, we name
the line and the cure. `docs/questions.md` has the table of what is supported.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, BinaryIO

from .. import markup
from ..files import names_in
from ..kinds import get_kind
from ..kinds.choice import MOST_OPTIONS, option_id
from ..kinds.fractions import read_fraction, read_percent, write_percent
from ..wording import gettext
from .base import FileReader, Format, LeftOut, ParsedQuestion, category_path, check, lines_of, safe_name
from .moodle_words import grading_of_order
from .numbers import plain_number, weights_of, with_tolerance
from .plain import from_html, to_html

LONGEST_QUESTION = 200_000
GAP = "_____"
CATEGORY = "$CATEGORY:"
# Escaped characters travel as code points that are no characters, so that splitting never sees them.
ESCAPABLE = "~=#{}:\\n"
HIDDEN = {char: chr(0xFDD0 + number) for number, char in enumerate(ESCAPABLE)}
SHOWN = {ord(hidden): "\n" if char == "n" else char for char, hidden in HIDDEN.items()}
ESCAPE = re.compile(r"\\([~=#{}:\\n])")
FORMAT_MARK = re.compile(r"\[(html|markdown|moodle|plain)\]", re.IGNORECASE)
WEIGHT = re.compile(r"%\s*(-?[0-9]{1,3}(?:[.,][0-9]*)?)\s*%")
OPTION = re.compile(r"([~=])([^~=]*)")
ORDER = re.compile(r">\s*[0-9]+\s*([A-Za-z0-9_ ]*)\n")
# Bounded, so that a line full of openings costs no more than its length.
TAG = re.compile(r"\[tag:((?:\\\]|[^\]<>`]){1,200})\]")
ID = re.compile(r"\[id:((?:\\\]|[^\]]){1,200})\]")


def read(text: str | Iterable[str]) -> Iterator[ParsedQuestion]:
    """Yield the questions of a text or of its lines, the bad ones with their problems; never raises for bad content."""
    category = ""
    for block in _blocks(text):
        if block.category is not None:
            category = block.category
        elif (question := _question(block)) is not None:
            question.category = category
            yield question


# --- blocks: one question each ---------------------------------------------------------------------------------------


@dataclass
class _Block:
    """The lines of one question; comments are emptied, so that lines keep their numbers."""

    first_line: int = 0
    lines: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    size: int = 0
    category: str | None = None

    def add(self, number: int, line: str) -> None:
        self.first_line = self.first_line or number
        self.size += len(line) + 1
        if self.size > LONGEST_QUESTION:
            self.lines = self.lines or [line[:200]]
            return
        is_comment = line.lstrip().startswith("//")
        if is_comment:
            self.comments.append(line)
        self.lines.append("" if is_comment else line)

    @property
    def text(self) -> str:
        """The question with its escapes hidden; as many lines as in the file."""
        text = markup.NEVER_TEXT.sub("", "\n".join(self.lines))
        return ESCAPE.sub(lambda found: HIDDEN[found.group(1)], text)


def _blocks(text: str | Iterable[str]) -> Iterator[_Block]:
    block = _Block()
    for number, line in enumerate(_lines(text), 1):
        is_category = line.lstrip().startswith(CATEGORY)
        if line.strip() and not is_category:
            block.add(number, line)
            continue
        if block.size:
            yield block
            block = _Block()
        if is_category:
            yield _Block(category=category_path(line.strip().removeprefix(CATEGORY)))
    if block.size:
        yield block


def _lines(text: str | Iterable[str]) -> Iterator[str]:
    if isinstance(text, str):
        text = re.split(r"\r\n|\r|\n", text)
    for number, line in enumerate(text):
        yield (line.removeprefix("\ufeff") if number == 0 else line).rstrip("\r\n")


# --- one question ----------------------------------------------------------------------------------------------------


class _Bad(Exception):
    """The question cannot be read; the message says why and the cure."""


@dataclass
class _Parts:
    """A question taken apart, escapes still hidden; `answers` is None without braces."""

    text: str
    answers: str | None
    general_feedback: str = ""
    text_format: str = "moodle"
    problems: list[str] = field(default_factory=list)

    def html(self, raw: str, *, inline: bool = False) -> str:
        """Return a piece of text as safe HTML; it may name a format of its own."""
        raw, text_format = _format_of(raw.strip(), self.text_format)
        if text_format == "markdown":
            raw = raw.replace(GAP, r"\_" * len(GAP))
        marked = markup.FROM_FORMAT[text_format](raw.translate(SHOWN))
        self.problems += [
            gettext("The picture “%(picture)s” is not in the file. Take it out, and add it after the import.")
            % {"picture": picture}
            for picture in markup.pictures_elsewhere(marked)
        ]
        return markup.inline(marked) if inline else markup.block(marked)


def _question(block: _Block) -> ParsedQuestion | None:
    text = block.text
    if not text.strip():
        return None
    name, start = "", len(text) - len(text.lstrip())
    line = block.first_line + text.count("\n", 0, start)
    question = ParsedQuestion(kind="unknown", name="", data={}, line=line, tags=_tags(block), idnumber=_id(block))
    try:
        if block.size > LONGEST_QUESTION:
            raise _Bad(
                gettext("The question is longer than %(most)s characters. Is a } or an empty line missing?")
                % {"most": LONGEST_QUESTION}
            )
        name, start = _name(text, start)
        parts = _take_apart(text, start, block.first_line)
        question.kind, question.data = _read_kind(parts)
        question.problems += parts.problems
    except _Bad as bad:
        question.data = {"text": markup.block(markup.from_source(text[start:][:2000].translate(SHOWN)))}
        question.problems.append(str(bad))
    name = safe_name(name.translate(SHOWN), question.data["text"])
    question.name = name or gettext("Question in line %(line)s") % {"line": line}
    if question.kind != "unknown":
        check(question)
    return question


def _tags(block: _Block) -> list[str]:
    found = (tag.replace("\\]", "]").strip() for comment in block.comments for tag in TAG.findall(comment))
    return list(dict.fromkeys(tag for tag in found if tag))


def _id(block: _Block) -> str:
    found = [ident for comment in block.comments for ident in ID.findall(comment)]
    return found[0].replace("\\]", "]").strip()[:100] if found else ""


def _name(text: str, start: int) -> tuple[str, int]:
    """Return the name between double colons and where the text goes on."""
    if not text.startswith("::", start):
        return "", start
    end = text.find("::", start + 2)
    if end < 0:
        raise _Bad(gettext("The name is not closed with “::”."))
    return text[start + 2 : end], end + 2


def _take_apart(text: str, start: int, first_line: int) -> _Parts:
    opened, closed = text.find("{", start), text.find("}", start)
    if opened < 0 and closed < 0:
        raw, text_format = _format_of(text[start:].strip(), "moodle")
        return _Parts(text=raw, answers=None, text_format=text_format)
    _check_braces(text, opened, closed, first_line)
    before, after = text[start:opened].strip(), text[closed + 1 :].strip()
    raw = f"{text[start:opened]}{GAP}{text[closed + 1 :]}" if after else before
    raw, text_format = _format_of(raw.strip(), "moodle")
    answers, mark, general = text[opened + 1 : closed].strip().rpartition("####")
    if not mark:
        answers, general = general, ""
    return _Parts(text=raw, answers=answers.strip(), general_feedback=general, text_format=text_format)


def _check_braces(text: str, opened: int, closed: int, first_line: int) -> None:
    def bad(message: str, position: int) -> _Bad:
        return _Bad(message % {"line": first_line + text.count("\n", 0, position)})

    if opened < 0 or 0 <= closed < opened:
        raise bad(gettext("The } in line %(line)s closes nothing. For the character itself write \\}."), closed)
    if closed < 0:
        raise bad(
            gettext(
                "The answers that begin in line %(line)s are not closed with }. For an empty line in a text write \\n."
            ),
            opened,
        )
    second = text.find("{", opened + 1)
    if 0 <= second < closed:
        raise bad(
            gettext("There is a { inside the answers in line %(line)s. For the character itself write \\{."), second
        )
    if second >= 0:
        raise bad(
            gettext("A second list of answers begins in line %(line)s. An empty line must part two questions."), second
        )
    stray = text.find("}", closed + 1)
    if stray >= 0:
        raise bad(gettext("The } in line %(line)s closes nothing. For the character itself write \\}."), stray)


def _format_of(raw: str, default: str) -> tuple[str, str]:
    """Return a piece of text without its `[html]`, and the format that counts."""
    if found := FORMAT_MARK.match(raw):
        return raw[found.end() :].strip(), found.group(1).lower()
    return raw, default


# --- kinds -----------------------------------------------------------------------------------------------------------


def _read_kind(parts: _Parts) -> tuple[str, dict]:
    data = {"text": parts.html(parts.text), "general_feedback": parts.html(parts.general_feedback)}
    answers = parts.answers
    if answers is None:
        return "description", data
    kind = _kind_of(answers)
    if kind == "choice":
        has_right = any(mark == "=" for mark, _body in OPTION.findall(answers))
        return "single" if has_right else "multiple", {**data, "shuffle": True, "options": _options(parts, answers)}
    return kind, {**data, **READERS[kind](parts, answers)}


def _kind_of(answers: str) -> str:
    """Tell the kind by the marks in the answers, in the order in which Moodle asks."""
    if not answers:
        return "essay"
    if ORDER.match(f"{answers}\n"):
        return "ordering"
    if answers.startswith("#"):
        return "numerical"
    if "~" in answers:
        return "choice"
    if "=" in answers and "->" in answers:
        return "matching"
    if answers.partition("#")[0].strip().upper() in {"T", "TRUE", "F", "FALSE"}:
        return "truefalse"
    return "shorttext"


def _true_or_false(parts: _Parts, answers: str) -> dict:
    """`TRUE#for the wrong answer#for the right answer`"""
    word, wrong, right = (*answers.split("#", 2), "", "")[:3]
    answer = word.strip().upper() in {"T", "TRUE"}
    remarks = {answer: parts.html(right), (not answer): parts.html(wrong)}
    return {"answer": answer, "feedback_true": remarks[True], "feedback_false": remarks[False]}


def _options(parts: _Parts, answers: str) -> list[dict]:
    lead = re.split(r"[~=]", answers, maxsplit=1)[0].strip()
    if lead:
        parts.problems.append(
            gettext("“%(text)s” stands before the first answer. Begin each answer with ~ or =.")
            % {"text": _short(lead)}
        )
    found = OPTION.findall(answers)[: MOST_OPTIONS + 1]  # one too many is enough to be refused
    for number, (_mark, body) in enumerate(found[:-1]):
        if "<" in body.rpartition(">")[2] and found[number + 1][0] == "=":
            parts.problems.append(
                gettext("Answer %(number)s has a = inside a tag. For the character itself write \\=.")
                % {"number": number + 1}
            )
    return [_option(parts, number, mark, body.strip()) for number, (mark, body) in enumerate(found)]


def _option(parts: _Parts, number: int, mark: str, body: str) -> dict:
    answer = _weighed(parts, number, body, Fraction(1 if mark == "=" else 0))
    return {"id": option_id(number), **answer, "text": parts.html(answer["text"], inline=True)}


def _weighed(parts: _Parts, number: int, body: str, share: Fraction) -> dict[str, Any]:
    """Take an answer apart: its weight, else this share; its text as it stands; its feedback."""
    fraction = str(share)
    if weight := WEIGHT.match(body):
        fraction = str(read_percent(weight[1]))
        body = body[weight.end() :]
    text, _hash, remark = body.partition("#")
    if text.endswith("&") and re.match(r"(?:[0-9]+|[xX][0-9a-fA-F]+);", remark):
        parts.problems.append(
            gettext("Answer %(number)s has a # inside “%(text)s”. For the character itself write \\#.")
            % {"number": number + 1, "text": f"&#{remark.partition(';')[0]};"}
        )
    return {"text": text, "fraction": fraction, "feedback": parts.html(remark)}


def _bodies(answers: str) -> list[str]:
    """Return what follows each =; before the first one there may be an answer too."""
    bodies = [body.strip() for body in answers.split("=", MOST_OPTIONS + 1)]
    return bodies if bodies[0] else bodies[1:]


def _short_text(parts: _Parts, answers: str) -> dict:
    """`=yes#well done =%50%perhaps`: as in Moodle capitals do not matter and accents do."""
    found = [_weighed(parts, number, body, Fraction(1)) for number, body in enumerate(_bodies(answers))]
    words = [{**answer, "text": _format_of(answer["text"], "")[0].translate(SHOWN)} for answer in found]
    return {"case": False, "accents": True, "answers": words}


def _numerical(parts: _Parts, answers: str) -> dict:
    """`#3.14:0.01`, `#1..5`, `#=1822 =%50%1822:2 ~#for any other number`"""
    right, others, wrong = answers.removeprefix("#").partition("~")
    found = [_number(_weighed(parts, number, body, Fraction(1))) for number, body in enumerate(_bodies(right))]
    if others and (remark := parts.html(wrong.partition("#")[2])):
        found.append({"value": "*", "fraction": "0", "feedback": remark})
    return {"answers": found}


def _number(answer: dict[str, Any]) -> dict[str, Any]:
    text = answer.pop("text").translate(SHOWN).strip()
    low, dots, high = text.partition("..")
    if dots and low:
        return {"low": plain_number(low), "high": plain_number(high), **answer}
    value, _colon, tolerance = text.partition(":")
    return {"value": plain_number(value), "tolerance": plain_number(tolerance or "0"), **answer}


def _matching(parts: _Parts, answers: str) -> dict:
    """`=Canada -> Ottawa = -> a choice of no pair`"""
    choices: dict[str, str] = {}
    pairs = []
    for number, body in enumerate(_bodies(answers), 1):
        left, arrow, right = body.partition("->")
        if not arrow:
            parts.problems.append(
                gettext("Pair %(number)s has no ->. Write each pair as =text -> answer.") % {"number": number}
            )
        words = from_html(right.translate(SHOWN))
        choice = choices.setdefault(words, str(len(choices) + 1)) if words else ""
        if left.strip():
            pairs.append({"text": parts.html(left, inline=True), "choice": choice})
    listed = [{"id": choice, "text": words} for words, choice in choices.items()]
    return {"shuffle": True, "pairs": pairs, "choices": listed}


def _ordering(parts: _Parts, answers: str) -> dict:
    """`>3 ALL VERTICAL ABSOLUTE_POSITION SHOW none`, then an item a line: Moodle's ordering plug-in."""
    head, _end, items = answers.partition("\n")
    lines = [line for line in items.split("\n") if line.strip()][: MOST_OPTIONS + 1]
    gradings = [grading for word in head.split() if (grading := grading_of_order(word))]
    return {"items": [{"text": parts.html(line, inline=True)} for line in lines], "grading": (gradings or ["pairs"])[0]}


def _essay(parts: _Parts, answers: str) -> dict:
    """`{}`: every setting is the usual one."""
    return {}


READERS = {
    "essay": _essay,
    "ordering": _ordering,
    "numerical": _numerical,
    "matching": _matching,
    "truefalse": _true_or_false,
    "shorttext": _short_text,
}


def _short(text: str) -> str:
    words = " ".join(text.translate(SHOWN).split())
    return words if len(words) <= 30 else f"{words[:29]}…"


# --- writing ---------------------------------------------------------------------------------------------------------


KINDS = {"single", "multiple", "truefalse", "shorttext", "numerical", "matching", "essay", "description"}


def write(questions: Iterable[ParsedQuestion], left_out: list[LeftOut]) -> Iterator[str]:
    """Yield GIFT, piece by piece; what it cannot say is put on the list of what is left out."""
    category = ""
    for question in questions:
        if why := _why_not(question):
            left_out.append(LeftOut(question.name, why, is_whole=True))
            continue
        if question.category != category:
            category = question.category
            yield f"{CATEGORY} {category}\n\n"
        left_out += [LeftOut(question.name, why) for why in _lost(question)]
        yield _written(question)


def _why_not(question: ParsedQuestion) -> str:
    if question.kind not in KINDS:
        return gettext("GIFT has no question of the kind “%(kind)s”.") % {"kind": get_kind(question.kind).label}
    if question.kind == "shorttext" and any("->" in answer["text"] for answer in question.data["answers"]):
        return gettext("GIFT would take the -> in an answer for a pair.")
    return ""


def _written(question: ParsedQuestion) -> str:
    about = [f"[id:{question.idnumber.replace(']', chr(92) + ']')}]"] if question.idnumber else []
    about += [f"[tag:{tag.replace(']', chr(92) + ']')}]" for tag in question.tags]
    comment = f"// {' '.join(about)}\n" if about else ""
    name, text = _escaped(question.name), _escaped(question.data["text"])
    if question.kind == "description":
        return f"{comment}::{name}::[html]{text}\n\n"
    general = question.data["general_feedback"]
    general = f"####{_piece(general)}" if general else ""
    return f"{comment}::{name}::[html]{text}{{{WRITERS[question.kind](question)}{general}}}\n\n"


def _written_truth(question: ParsedQuestion) -> str:
    data = question.data
    right, wrong = data["feedback_true"], data["feedback_false"]
    if not data["answer"]:
        right, wrong = wrong, right
    remarks = f"#{_piece(wrong)}" if wrong or right else ""
    return ("TRUE" if data["answer"] else "FALSE") + remarks + (f"#{_piece(right)}" if right else "")


def _written_options(question: ParsedQuestion) -> str:
    lines = []
    for option, share in zip(question.data["options"], weights_of(question.data), strict=True):
        text, mark = _piece(option["text"]), "~"
        if share == 1 and question.kind == "single":
            mark, weight = "=", "%100%" if WEIGHT.match(text) else ""
        else:
            weight = f"%{write_percent(share)}%" if share or WEIGHT.match(text) else ""
        lines.append(f"\n\t{mark}{weight}{text}{_remark(option)}")
    return "".join(lines) + "\n"


def _written_words(question: ParsedQuestion) -> str:
    lines = []
    for answer in question.data["answers"]:
        text_format = "[plain]" if answer["text"].startswith("[") else ""
        lines.append(f"\n\t={_weight(answer)}{text_format}{_escaped(answer['text'])}{_remark(answer)}")
    return "".join(lines) + "\n"


def _written_numbers(question: ParsedQuestion) -> str:
    lines = []
    for answer in question.data["answers"]:
        value, tolerance, _is_exact = with_tolerance(answer)
        number = f"{answer['low']}..{answer['high']}" if "low" in answer else f"{value}:{tolerance}"
        lines.append(f"\n\t={_weight(answer)}{'*' if value == '*' else number}{_remark(answer)}")
    return f"#{''.join(lines)}\n"


def _written_pairs(question: ParsedQuestion) -> str:
    data = question.data
    words = {choice["id"]: _escaped(to_html(choice["text"])) for choice in data["choices"]}
    taken = {pair["choice"] for pair in data["pairs"]}
    lines = [f"\n\t={_piece(pair['text'])} -> {words.get(pair['choice'], '')}" for pair in data["pairs"]]
    lines += [f"\n\t= -> {text}" for choice, text in words.items() if choice not in taken]
    return "".join(lines) + "\n"


def _written_essay(question: ParsedQuestion) -> str:
    return ""


WRITERS = {
    "single": _written_options,
    "multiple": _written_options,
    "truefalse": _written_truth,
    "shorttext": _written_words,
    "numerical": _written_numbers,
    "matching": _written_pairs,
    "essay": _written_essay,
}


def _weight(answer: dict[str, Any]) -> str:
    return f"%{write_percent(read_fraction(answer['fraction']) or Fraction(0))}%"


def _remark(answer: dict[str, Any]) -> str:
    return f"#{_piece(answer['feedback'])}" if answer["feedback"] else ""


def _piece(text: str) -> str:
    return ("[html]" if text.startswith("[") else "") + _escaped(text)


def _escaped(text: str) -> str:
    return re.sub(r"[~=#{}:\\]", lambda found: f"\\{found.group()}", text).replace("\r", "").replace("\n", "\\n")


# --- what is lost ----------------------------------------------------------------------------------------------------


def _lost(question: ParsedQuestion) -> Iterator[str]:
    """Say what GIFT cannot keep of a question that is written."""
    data = question.data
    if names_in(repr(data)):
        yield gettext("GIFT holds no files: the pictures are seen on this site only.")
    if data.get("hints") or data.get("outcomes") or "penalty" in data:
        yield gettext("Hints, penalties and the words for right and wrong answers are left out.")
    if question.mark != 1:
        yield gettext("The mark is left out.")
    if question.state in {"draft", "retired"}:
        yield gettext("The state (draft, retired) is left out.")
    yield from _lost_of_kind(question)


def _lost_of_kind(question: ParsedQuestion) -> Iterator[str]:
    kind, data = question.kind, question.data
    if data.get("shuffle") is False:
        yield gettext("GIFT cannot say that the order stays: options will be shuffled.")
    if data.get("grading") == "all":
        yield gettext("All or nothing becomes parts of the mark.")
    if kind == "shorttext" and (data["case"] or not data["accents"]):
        yield gettext("In GIFT capitals never matter and accents always do.")
    if kind == "numerical" and data["units"]:
        yield gettext("The units are left out.")
    if kind == "numerical" and not all(with_tolerance(answer)[2] for answer in data["answers"]):
        yield gettext("The limits of a geometric tolerance are rounded.")
    if kind == "description" and data["general_feedback"]:
        yield gettext("The general feedback is left out.")
    if kind == "essay" and any(data[key] != usual for key, usual in _usual_essay().items()):
        yield gettext("The settings of the essay are left out: editor, limits, files, template, guide, criteria.")


def _usual_essay() -> dict[str, Any]:
    usual = get_kind("essay").clean({})
    return {key: usual[key] for key in usual if key not in {"text", "general_feedback"}}


def _read_file(file: BinaryIO) -> Iterator[ParsedQuestion]:
    return read(lines_of(file))


def _write_file(questions: Iterable[ParsedQuestion], file: BinaryIO, read_file: FileReader) -> list[LeftOut]:
    left_out: list[LeftOut] = []
    for piece in write(questions, left_out):
        file.write(piece.encode())
    return left_out


FORMAT = Format("gift", "GIFT", ("gift", "txt"), "text/plain; charset=utf-8", _read_file, _write_file)
