"""Writing Moodle's XML, so that Moodle and `moodle_xml.read` understand it; what it cannot say is told. Pure.

One question is written after another: memory holds one, with its pictures.
"""

import base64
import re
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from html import escape
from typing import Any, BinaryIO

from ..files import ADDRESS
from ..kinds.base import Outcome, hints_of, outcome_words, penalty_of
from ..kinds.fractions import read_fraction, write_percent
from ..kinds.gaps import take_apart
from ..wording import gettext
from . import cloze
from .base import FileReader, LeftOut, ParsedQuestion
from .numbers import decimal_of, weights_of, with_tolerance
from .plain import to_html

Data = dict[str, Any]
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n'
FOOT = "</quiz>\n"
OUTCOMES = {
    Outcome.RIGHT: "correctfeedback",
    Outcome.PARTLY: "partiallycorrectfeedback",
    Outcome.WRONG: "incorrectfeedback",
}
WITH_OUTCOMES = {"single", "multiple", "matching", "gapselect", "ordering"}
GRADINGS = {
    "position": "ABSOLUTE_POSITION",
    "pairs": "RELATIVE_ALL_PREVIOUS_AND_NEXT",
    "longest": "LONGEST_ORDERED_SUBSET",
    "all": "ALL_OR_NOTHING",
}
EDITORS = {"rich": "editor", "plain": "plain", "none": "noinline"}
NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def write(questions: Iterable[ParsedQuestion], file: BinaryIO, read_file: FileReader) -> list[LeftOut]:
    """Write the questions, each with its category and pictures; return what the format cannot say of them."""
    left_out: list[LeftOut] = []
    category = ""
    file.write(HEAD.encode())
    for question in questions:
        writer = WRITERS.get(question.kind)
        if writer is None:
            why = gettext("Moodle has no question of this kind.")
            left_out.append(LeftOut(question.name, why, is_whole=True))
            continue
        if question.category != category:
            category = question.category
            file.write(_category(category).encode())
        paper = _Paper(question, read_file)
        file.write(paper.written(*writer).encode())
        left_out += [LeftOut(question.name, why) for why in dict.fromkeys([*paper.lost, *_lost(question)])]
    file.write(FOOT.encode())
    return left_out


def _category(path: str) -> str:
    full = f"$course$/top/{path}" if path else "$course$/top"
    return f'<question type="category">\n<category>{_words("text", full)}</category>\n</question>\n'


def _words(tag: str, text: str) -> str:
    """Return an element of plain words."""
    return f"<{tag}>{escape(NO_XML.sub('', text), quote=False)}</{tag}>"


class _Paper:
    """One question being written; `lost` says what could not be."""

    def __init__(self, question: ParsedQuestion, read_file: FileReader):
        self.question, self.data, self.read_file = question, question.data, read_file
        self.lost: list[str] = []

    def written(self, name: str, body: "Callable[[_Paper], Iterator[str]]") -> str:
        lines = [f'<question type="{name}">', *self._head(), *body(self), *self._foot(), "</question>\n"]
        return "\n".join(lines)

    def _head(self) -> Iterator[str]:
        question, data = self.question, self.data
        yield f"<name>{_words('text', question.name)}</name>"
        yield self.html("questiontext", TEXTS.get(question.kind, _same)(data))
        yield self.html("generalfeedback", data["general_feedback"])
        yield _words("defaultgrade", decimal_of(question.mark))
        yield _words("penalty", decimal_of(penalty_of(data)))
        yield _words("hidden", "1" if question.state == "retired" else "0")
        if question.state:
            yield _words("status", question.state)
        yield _words("idnumber", question.idnumber)

    def _foot(self) -> Iterator[str]:
        if self.question.kind in WITH_OUTCOMES or "outcomes" in self.data:
            for outcome, name in OUTCOMES.items():
                yield self.html(name, outcome_words(self.data, outcome))
        for hint in hints_of(self.data):
            yield self.html("hint", hint)
        if self.question.tags:
            tags = "".join(f"<tag>{_words('text', tag)}</tag>" for tag in self.question.tags)
            yield f"<tags>{tags}</tags>"

    def html(self, tag: str, text: str, *, more: str = "", attributes: str = "") -> str:
        """Return an element of safe HTML with the pictures it shows."""
        names = dict.fromkeys(ADDRESS.findall(text))
        placed = ADDRESS.sub(r"@@PLUGINFILE@@/\1", NO_XML.sub("", text)).replace("]]>", "]]]]><![CDATA[>")
        inner = f"<text><![CDATA[{placed}]]></text>" if placed else "<text></text>"
        files = "".join(self._file(name) for name in names)
        return f'<{tag}{attributes} format="html">{inner}{files}{more}</{tag}>'

    def _file(self, name: str) -> str:
        try:
            content = base64.b64encode(self.read_file(name)).decode()
        except OSError:
            self.lost.append(gettext("The picture %(picture)s is missing.") % {"picture": name})
            return ""
        return f'<file name="{name}" path="/" encoding="base64">{content}</file>'

    def answer(self, text: str, row: Data, *, more: str = "") -> str:
        """Return an answer of HTML with its weight and feedback."""
        return self.html("answer", text, more=self.html("feedback", row["feedback"]) + more, attributes=_weight(row))

    def plain_answer(self, text: str, row: Data, *, more: str = "") -> str:
        """Return an answer of plain words with its weight and feedback."""
        inner = f"{_words('text', text)}{self.html('feedback', row['feedback'])}{more}"
        return f'<answer{_weight(row)} format="plain_text">{inner}</answer>'


def _weight(row: Data) -> str:
    return f' fraction="{write_percent(read_fraction(row["fraction"]) or Fraction(0))}"'


def _flag(tag: str, value: bool) -> str:
    return _words(tag, "true" if value else "false")


# --- texts with gaps -------------------------------------------------------------------------------------------------


def _same(data: Data) -> str:
    return data["text"]


def _with_gaps(data: Data) -> str:
    return cloze.write(data["text"], data["gaps"])


def _with_numbers(data: Data) -> str:
    """Return a text whose gaps name the places of their choices in the list, as Moodle counts them."""
    numbers = {choice["id"]: number for number, choice in enumerate(data["choices"], 1)}
    parts = take_apart(data["text"], numbers)
    return "".join([*(f"{gap.before}[[{numbers[gap.id]}]]" for gap in parts.gaps), parts.after])


TEXTS = {"cloze": _with_gaps, "gapselect": _with_numbers}

# --- the kinds -------------------------------------------------------------------------------------------------------


def _choice(paper: _Paper) -> Iterator[str]:
    yield _flag("single", paper.question.kind == "single")
    yield _flag("shuffleanswers", paper.data["shuffle"])
    yield _words("answernumbering", "none")
    for option, share in zip(paper.data["options"], weights_of(paper.data), strict=True):
        yield paper.answer(option["text"], {**option, "fraction": share})


def _true_or_false(paper: _Paper) -> Iterator[str]:
    for word, value in (("true", True), ("false", False)):
        row = {"fraction": str(int(paper.data["answer"] is value)), "feedback": paper.data[f"feedback_{word}"]}
        yield paper.plain_answer(word, row)


def _short_text(paper: _Paper) -> Iterator[str]:
    yield _words("usecase", str(int(paper.data["case"])))
    for answer in paper.data["answers"]:
        yield paper.plain_answer(answer["text"], answer)


def _numerical(paper: _Paper) -> Iterator[str]:
    data = paper.data
    for answer in data["answers"]:
        value, tolerance, _is_exact = with_tolerance(answer)
        yield paper.plain_answer(value, answer, more=_words("tolerance", tolerance))
    if data["units"]:
        units = (
            f"<unit>{_words('multiplier', unit['multiplier'])}{_words('unit_name', unit['name'])}</unit>"
            for unit in data["units"]
        )
        yield f"<units>{''.join(units)}</units>"
    yield _words("unitgradingtype", "1" if data["unit_rule"] == "required" else "0")
    yield _words("unitpenalty", decimal_of(read_fraction(data["unit_penalty"]) or Fraction(0)))
    yield _words("showunits", "3" if data["unit_rule"] == "none" else "0")


def _matching(paper: _Paper) -> Iterator[str]:
    data = paper.data
    words = {choice["id"]: to_html(choice["text"]) for choice in data["choices"]}
    yield _flag("shuffleanswers", data["shuffle"])
    pairs = [(pair["text"], pair["choice"]) for pair in data["pairs"]]
    taken = {choice for _text, choice in pairs}
    for text, choice in [*pairs, *(("", choice) for choice in words if choice not in taken)]:
        yield paper.html("subquestion", text, more=f"<answer>{_words('text', words.get(choice, ''))}</answer>")


def _handed_in(paper: _Paper) -> Iterator[str]:
    data = paper.data
    yield _words("responseformat", EDITORS[data.get("editor", "none")])
    yield _words("responserequired", "0" if data.get("editor", "none") == "none" else "1")
    for tag, key in (("minwordlimit", "words_min"), ("maxwordlimit", "words_max")):
        yield _words(tag, str(data[key]) if data.get(key) else "")
    yield _words("attachments", str(data["files"]))
    yield _words("attachmentsrequired", str(data["files_required"]))
    yield _words("maxbytes", str(data["file_size"]))
    yield _words("filetypeslist", ",".join(f".{one}" for one in data["file_types"]))
    yield paper.html("graderinfo", data["guide"])
    yield paper.html("responsetemplate", data.get("template", ""))


def _nothing(paper: _Paper) -> Iterator[str]:
    yield from ()


def _gap_select(paper: _Paper) -> Iterator[str]:
    yield _words("shuffleanswers", str(int(paper.data["shuffle"])))
    for choice in paper.data["choices"]:
        words, group = _words("text", to_html(choice["text"])), _words("group", str(choice["group"]))
        yield f"<selectoption>{words}{group}</selectoption>"


def _ordering(paper: _Paper) -> Iterator[str]:
    yield _words("layouttype", "VERTICAL")
    yield _words("selecttype", "ALL")
    yield _words("selectcount", str(len(paper.data["items"])))
    yield _words("gradingtype", GRADINGS.get(paper.data["grading"], "ABSOLUTE_POSITION"))
    yield _words("showgrading", "SHOW")
    yield _words("numberingstyle", "none")
    for number, item in enumerate(paper.data["items"], 1):
        yield paper.html("answer", item["text"], attributes=f' fraction="{number}.0000000"')


WRITERS: dict[str, tuple[str, Callable[[_Paper], Iterator[str]]]] = {
    "single": ("multichoice", _choice),
    "multiple": ("multichoice", _choice),
    "truefalse": ("truefalse", _true_or_false),
    "shorttext": ("shortanswer", _short_text),
    "numerical": ("numerical", _numerical),
    "matching": ("matching", _matching),
    "essay": ("essay", _handed_in),
    "upload": ("essay", _handed_in),
    "description": ("description", _nothing),
    "cloze": ("cloze", _nothing),
    "gapselect": ("gapselect", _gap_select),
    "ordering": ("ordering", _ordering),
}


# --- what is lost ----------------------------------------------------------------------------------------------------


def _lost(question: ParsedQuestion) -> Iterator[str]:
    """Say what Moodle's format cannot keep of a question that is written."""
    data = question.data
    if question.kind not in WITH_OUTCOMES and "outcomes" in data:
        yield gettext("Moodle leaves out the words for right, partly right and wrong answers.")
    parts = [(question.kind, data)] + [(gap["kind"], gap["data"]) for gap in data.get("gaps", [])]
    for kind, part in parts:
        yield from _lost_of_kind(kind, part)
    if question.kind == "cloze":
        yield from _lost_of_gaps(data["gaps"])
    if data.get("criteria"):
        yield gettext("The criteria for markers are left out; the guide stays.")


def _lost_of_kind(kind: str, data: Data) -> Iterator[str]:
    if kind == "multiple" and data["grading"] == "all":
        yield gettext("All or nothing becomes parts of the mark.")
    if kind == "shorttext" and not data["accents"]:
        yield gettext("In Moodle accents matter (é is not e).")
    if kind == "numerical" and not all(with_tolerance(answer)[2] for answer in data["answers"]):
        yield gettext("The limits of a geometric tolerance are rounded.")


def _lost_of_gaps(gaps: list[Data]) -> Iterator[str]:
    if any(gap["data"].get("units") for gap in gaps):
        yield gettext("The units of numbers in gaps are left out.")
    kept = ("general_feedback", "outcomes", "hints", "penalty")
    if any(gap["data"].get(key) for gap in gaps for key in kept):
        yield gettext("General feedback, hints and penalties of single gaps are left out.")
    if any(Fraction(gap["mark"]).denominator != 1 for gap in gaps):
        yield gettext("The marks of the gaps become whole numbers of about the same proportion.")
