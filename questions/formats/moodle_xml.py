"""Reading Moodle's XML, the format that keeps most of a question; `moodle_xml_writing` writes it. Pure, bounded memory.

The format's definition is Moodle's documentation ("Moodle XML format") and what its reader does
(question/format/xml/format.php and the `import_from_xml` of question types). Versions of a question are not in the
format: it has the latest. What cannot be read is named per question; `docs/questions.md` has the table.
"""

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any, BinaryIO
from xml.etree.ElementTree import Element

from ..kinds.base import USUAL_PENALTY
from ..kinds.choice import MOST_OPTIONS
from ..kinds.fractions import read_percent
from ..kinds.handed_in import MOST_FILES
from ..wording import gettext
from . import cloze
from .base import Format, ParsedQuestion, category_path, check, safe_name
from .moodle_texts import Texts
from .moodle_words import GRADINGS_OF_ORDER, grading_of_order
from .moodle_xml_writing import write
from .numbers import plain_number, read_decimal
from .plain import from_html
from .safe_xml import Piece, pieces

Data = dict[str, Any]
MOST_PARTS = 2 * MOST_OPTIONS + 1  # answers, pairs, choices: one too many is enough to be refused
OUTCOMES = {"right": "correctfeedback", "partly": "partiallycorrectfeedback", "wrong": "incorrectfeedback"}
EDITORS = {"editor": "rich", "editorfilepicker": "rich", "plain": "plain", "monospaced": "plain"}
FILE_GROUPS = {
    "document": "doc docx odt rtf pdf",
    "spreadsheet": "xls xlsx ods csv",
    "presentation": "ppt pptx odp",
    "image": "png jpg jpeg gif webp",
    "web_image": "png jpg jpeg gif webp",
    "archive": "zip",
    "audio": "mp3 m4a ogg wav",
    "web_audio": "mp3 m4a ogg wav",
    "video": "mp4 webm mov",
    "web_video": "mp4 webm mov",
    "text/plain": "txt",
    "application/pdf": "pdf",
    "image/jpeg": "jpg jpeg",
    "image/png": "png",
}
STATES = {"draft": "draft", "ready": "ready", "hidden": "retired", "retired": "retired"}


def read(file: BinaryIO) -> Iterator[ParsedQuestion]:
    """Yield the questions of a file, the bad ones with their problems. Raises UnreadableFile for broken XML."""
    category = ""
    for piece in pieces(file, "quiz"):
        if piece.element.tag != "question":
            continue
        if piece.element.get("type") == "category":
            category = category_path(_value(piece.element, "category"))
            continue
        question = _question(piece)
        question.category = category
        yield question


def _question(piece: Piece) -> ParsedQuestion:
    element = piece.element
    asked = element.get("type", "").strip()
    question = ParsedQuestion(kind=asked[:40] or "unknown", name="", data={}, line=piece.line)
    texts = Texts(element, question)
    reader = READERS.get(asked)
    _read_about(element, question)
    if not piece.is_whole:
        question.problems.append(gettext("The question is too large. Leave large files out of it."))
    elif reader is None:
        question.problems.append(why_not(asked))
    if question.problems:
        question.data = {"text": texts.html(element.find("questiontext")), "general_feedback": ""}
    elif reader:
        question.kind, question.data = reader(element, texts)
        check(question)
    question.name = safe_name(_value(element, "name"), question.data["text"]) or (
        gettext("Question in line %(line)s") % {"line": piece.line}
    )
    return question


def _read_about(element: Element, question: ParsedQuestion) -> None:
    """Read what every question has beside its texts."""
    question.idnumber = " ".join(_value(element, "idnumber").split())[:100]
    tags = [_text(tag) for group in ("tags", "coursetags") for tag in element.findall(f"{group}/tag")]
    question.tags = list(dict.fromkeys(words for tag in tags if (words := " ".join(tag.split())[:100])))
    if (mark := read_decimal(_value(element, "defaultgrade"))) is not None and mark >= 0:
        question.mark = mark
    question.state = STATES.get(_value(element, "status"), "")
    if _is_true(_value(element, "hidden")):
        question.state = "retired"


def why_not(asked: str) -> str:
    """Say why a kind of Moodle's questions is not read, and what can be done instead."""
    if asked in {"calculated", "calculatedsimple", "calculatedmulti"}:
        return gettext(
            "Questions of the kind “%(kind)s” draw their numbers by chance. Ask with fixed numbers, as a numerical one."
        ) % {"kind": asked}
    if asked in {"ddimageortext", "ddmarker"}:
        return gettext(
            "Questions of the kind “%(kind)s” (dragging onto a picture) are not read. Make it a “Place on a picture”."
        ) % {"kind": asked}
    if asked in {"randomsamatch", "random"}:
        return gettext(
            "Questions of the kind “%(kind)s” are drawn from others. Put a random draw into the quiz instead."
        ) % {"kind": asked}
    if not asked:
        return gettext("The question does not say its kind (type).")
    return gettext(
        "The kind “%(kind)s” is not one of Moodle's own and cannot be read. Change the question to another kind there."
    ) % {"kind": asked[:40]}


# --- the XML ---------------------------------------------------------------------------------------------------------


def _text(element: Element | None) -> str:
    """Return the words of an element, in `<text>` or not."""
    if element is None:
        return ""
    inner = element.find("text")
    return ((inner if inner is not None else element).text or "").strip()


def _value(element: Element, name: str, usual: str = "") -> str:
    found = element.find(name)
    return usual if found is None else _text(found)


def _is_true(text: str) -> bool:
    return text.strip().lower() not in {"", "0", "false"}


def _whole(text: str, most: int = 10**9) -> int:
    number = read_decimal(text)
    return min(max(int(number), 0), most) if number is not None else 0


def _share(answer: Element) -> str:
    given = answer.get("fraction", "0")
    share = read_percent(given)
    return str(share) if share is not None else given


# --- what every kind has ---------------------------------------------------------------------------------------------


def _common(element: Element, texts: Texts, text: str | None = None) -> Data:
    """Return the common data; `text` where the kind has taken the question's text apart itself."""
    if text is None:
        raw, text_format = _question_text(element, texts)
        text = texts.safe(raw, text_format)
    data: Data = {"text": text, "general_feedback": texts.html(element.find("generalfeedback"))}
    data["outcomes"] = {key: texts.html(element.find(name)) for key, name in OUTCOMES.items()}
    data["hints"] = _hints(element, texts)
    penalty = read_decimal(_value(element, "penalty"))
    if penalty is not None:
        data["penalty"] = USUAL_PENALTY if abs(penalty - USUAL_PENALTY) < Fraction(1, 200) else penalty
    return data


def _question_text(element: Element, texts: Texts) -> tuple[str, str]:
    """Return the raw text of the question, whose format is the usual one of its other texts."""
    raw, text_format = texts.raw(element.find("questiontext"))
    texts.usual_format = text_format
    if name := _value(element, "image"):
        raw += _old_picture(name, _value(element, "image_base64"), texts)
    return raw, text_format


def _old_picture(name: str, content: str, texts: Texts) -> str:
    """Return the one picture that files of Moodle before 2.0 have apart from the text."""
    holder = Element("questiontext", format="html")
    holder.text = f'<img src="@@PLUGINFILE@@/{name.replace("/", "_")}" alt="">'
    file = Element("file", name=name.replace("/", "_"))
    file.text = content
    holder.append(file)
    return texts.raw(holder)[0]


def _hints(element: Element, texts: Texts) -> list[str]:
    hints = []
    for hint in element.findall("hint")[:MOST_PARTS]:
        old = hint.find("hintcontent")
        hints.append(texts.html(hint if old is None else old))
        flags = ("shownumcorrect", "clearwrong", "statenumberofcorrectresponses", "clearincorrectresponses")
        if any(_is_flagged(hint, flag) for flag in flags):
            texts.notice(
                gettext("Hints do not count or clear answers here (shownumcorrect, clearwrong); their words stay.")
            )
    return hints


def _is_flagged(hint: Element, name: str) -> bool:
    flag = hint.find(name)
    return flag is not None and (flag.text or "").strip() != "0"


def _answers(element: Element) -> list[Element]:
    return element.findall("answer")[:MOST_PARTS]


# --- the kinds -------------------------------------------------------------------------------------------------------


def _choice(element: Element, texts: Texts) -> tuple[str, Data]:
    kind = "single" if _is_true(_value(element, "single", "true")) else "multiple"
    numbering = _value(element, "answernumbering", "abc")
    if numbering not in {"", "abc", "none"}:
        words = gettext("The numbering of the options (%(numbering)s) is left out.")
        texts.notice(words % {"numbering": numbering[:20]})
    data = _common(element, texts)
    options = [
        {
            "text": texts.html(answer, inline=True),
            "fraction": _share(answer),
            "feedback": texts.html(answer.find("feedback")),
        }
        for answer in _answers(element)
    ]
    return kind, {**data, "shuffle": _is_true(_value(element, "shuffleanswers", "false")), "options": options}


def _all_or_nothing(element: Element, texts: Texts) -> tuple[str, Data]:
    """The plug-in “All-or-Nothing Multiple Choice”."""
    _kind, data = _choice(element, texts)
    return "multiple", {**data, "grading": "all"}


def _true_or_false(element: Element, texts: Texts) -> tuple[str, Data]:
    data = _common(element, texts)
    answers = _answers(element)[:2]
    words = [_text(answer).lower() for answer in answers]
    if set(words) != {"true", "false"}:  # old files have them in the language of their site, true first
        words = ["true", "false"][: len(answers)]
    for word, answer in zip(words, answers, strict=True):
        if read_percent(answer.get("fraction", "0")) == 1:
            data["answer"] = word == "true"
        data[f"feedback_{word}"] = texts.html(answer.find("feedback"))
    return "truefalse", data


def _short_text(element: Element, texts: Texts) -> tuple[str, Data]:
    data = _common(element, texts)
    answers = [
        {"text": _text(answer), "fraction": _share(answer), "feedback": texts.html(answer.find("feedback"))}
        for answer in _answers(element)
    ]
    return "shorttext", {**data, "case": _is_true(_value(element, "usecase")), "accents": True, "answers": answers}


def _numerical(element: Element, texts: Texts) -> tuple[str, Data]:
    data = _common(element, texts)
    answers = [
        {
            "value": plain_number(_text(answer) or "*"),
            "tolerance": plain_number(_value(answer, "tolerance") or "0"),
            "fraction": _old_share(answer),
            "feedback": texts.html(answer.find("feedback")),
        }
        for answer in _answers(element)
    ]
    units = [
        {"name": _value(unit, "unit_name"), "multiplier": plain_number(_value(unit, "multiplier", "1"))}
        for unit in element.findall("units/unit")[:MOST_PARTS]
    ]
    return "numerical", {**data, "answers": answers, "units": units, **_unit_rule(element, texts, bool(units))}


def _old_share(answer: Element) -> str:
    """Return the weight, which old files have as an element, from 0 to 1."""
    old = read_decimal(_value(answer, "fraction"))
    return str(old) if old is not None else _share(answer)


def _unit_rule(element: Element, texts: Texts, has_units: bool) -> Data:
    shown = _value(element, "showunits") or ("0" if has_units else "3")
    graded = _is_true(_value(element, "unitgradingtype"))
    if has_units and (shown in {"1", "2"} or _is_true(_value(element, "unitsleft"))):
        texts.notice(gettext("How the units are shown (a list to choose from, on the left) is left out."))
    if _value(element, "instructions"):
        texts.notice(gettext("The instructions about units are left out."))
    rule = "none" if shown == "3" else "required" if graded else "optional"
    penalty = read_decimal(_value(element, "unitpenalty", "0.1"))
    return {"unit_rule": rule if has_units else "none", "unit_penalty": str(penalty)}


def _matching(element: Element, texts: Texts) -> tuple[str, Data]:
    data = _common(element, texts)
    choices: dict[str, str] = {}
    pairs = []
    for pair in element.findall("subquestion")[:MOST_PARTS]:
        answer = from_html(_text(pair.find("answer")))
        choice = choices.setdefault(answer, str(len(choices) + 1)) if answer else ""
        text = texts.html(pair, inline=True)
        if text:
            pairs.append({"text": text, "choice": choice})
    return "matching", {
        **data,
        "shuffle": _is_true(_value(element, "shuffleanswers", "true")),
        "pairs": pairs,
        "choices": [{"id": choice, "text": text} for text, choice in choices.items()],
    }


def _essay(element: Element, texts: Texts) -> tuple[str, Data]:
    data = _common(element, texts)
    form = _value(element, "responseformat") or "editor"
    if form in {"editorfilepicker", "monospaced"}:
        texts.notice(
            gettext("The answer's box is a usual one: without files inside the text, without letters of one width.")
        )
    files = _value(element, "attachments", "0")
    data |= {
        "files": MOST_FILES if files == "-1" else _whole(files, MOST_FILES),
        "files_required": _whole(_value(element, "attachmentsrequired"), MOST_FILES),
        "file_types": _file_types(_value(element, "filetypeslist"), texts),
        "file_size": _whole(_value(element, "maxbytes")),
        "guide": texts.html(element.find("graderinfo")),
    }
    if form == "noinline":
        return "upload", {**data, "files": data["files"] or 1}
    return "essay", {
        **data,
        "editor": EDITORS.get(form, "rich"),
        "words_min": _whole(_value(element, "minwordlimit")),
        "words_max": _whole(_value(element, "maxwordlimit")),
        "template": texts.html(element.find("responsetemplate")),
    }


def _file_types(listed: str, texts: Texts) -> list[str]:
    """Return the endings of files that Moodle's list names: `.pdf, document, image/png`."""
    types: list[str] = []
    for given in listed.replace(",", " ").replace(";", " ").lower().split()[:MOST_PARTS]:
        if given in FILE_GROUPS:
            types += FILE_GROUPS[given].split()
        elif given.lstrip("*").startswith("."):
            types.append(given.lstrip("*."))
        elif given != "*":
            texts.notice(gettext("The type of files “%(type)s” is not known and left out.") % {"type": given[:40]})
    return list(dict.fromkeys(types))


def _description(element: Element, texts: Texts) -> tuple[str, Data]:
    return "description", _common(element, texts)


def _cloze(element: Element, texts: Texts) -> tuple[str, Data]:
    raw, text_format = _question_text(element, texts)
    found = cloze.extract(raw)
    texts.question.problems += found.problems
    data = _common(element, texts, texts.safe(found.text, text_format))
    if element.find("defaultgrade") is None:
        total = sum((read_decimal(gap["mark"]) or Fraction(0) for gap in found.gaps), Fraction(0))
        texts.question.mark = total or Fraction(1)
    return "cloze", {**data, "gaps": found.gaps}


def _gap_select(element: Element, texts: Texts, name: str = "selectoption") -> tuple[str, Data]:
    data = _common(element, texts)
    choices = [
        {"id": str(number), "text": from_html(_text(choice)), "group": _whole(_value(choice, "group", "1")) or 1}
        for number, choice in enumerate(element.findall(name)[:MOST_PARTS], 1)
    ]
    return "gapselect", {**data, "shuffle": _is_true(_value(element, "shuffleanswers", "true")), "choices": choices}


def _dragged_words(element: Element, texts: Texts) -> tuple[str, Data]:
    texts.notice(gettext("Words that were dragged into gaps in Moodle are chosen from lists here."))
    return _gap_select(element, texts, "dragbox")


def _ordering(element: Element, texts: Texts) -> tuple[str, Data]:
    data = _common(element, texts)
    answers = _answers(element)
    items = [{"text": texts.html(answer, inline=True)} for answer in answers]
    named = _value(element, "gradingtype", "RELATIVE").upper()
    grading = grading_of_order(named) or "pairs"
    if named not in GRADINGS_OF_ORDER:
        words = gettext("Moodle's way of grading an order (%(theirs)s) becomes the nearest one here.")
        texts.notice(words % {"theirs": named[:40]})
    count = _whole(_value(element, "selectcount") or _value(element, "studentsee"))
    drawn = (_value(element, "selecttype") or _value(element, "logical")).upper() not in {"", "ALL", "EXACT", "0"}
    if drawn and 0 < count < len(items):
        texts.notice(gettext("Moodle showed only %(count)s of the items; here all are shown.") % {"count": count})
    if _value(element, "layouttype").upper() in {"HORIZONTAL", "HORI", "H", "1"}:
        texts.notice(gettext("The items stand below each other, not in a row."))
    if any(_value(answer, "feedback") for answer in answers):
        texts.notice(gettext("The feedback on single items is left out."))
    return "ordering", {**data, "items": items, "grading": grading}


READERS: dict[str, Callable[[Element, Texts], tuple[str, Data]]] = {
    "multichoice": _choice,
    "multichoiceset": _all_or_nothing,
    "truefalse": _true_or_false,
    "shortanswer": _short_text,
    "numerical": _numerical,
    "match": _matching,
    "matching": _matching,
    "essay": _essay,
    "description": _description,
    "cloze": _cloze,
    "multianswer": _cloze,
    "gapselect": _gap_select,
    "ddwtos": _dragged_words,
    "ordering": _ordering,
}


def _looks_like(first: bytes) -> bool:
    return b"<quiz" in first.replace(b"\0", b"")  # also in UTF-16


FORMAT = Format("moodle_xml", "Moodle XML", ("xml",), "application/xml", read, write, _looks_like)
