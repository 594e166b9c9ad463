"""One item of QTI 2 to one question: its interactions decide the kind, its own rules the marks and the feedback. Pure.

A kind's reader gives data and *samples*: responses with what they are in our words. What each earns is asked from the
item's response processing; where our kind would mark a sample otherwise, the question says so.
"""

from collections.abc import Callable
from xml.etree.ElementTree import Element

from ... import markup
from ...kinds import get_kind
from ...wording import gettext
from ..base import ParsedQuestion, note_mark, safe_name
from .body import PLACE, Body
from .choices import choice, hotspot
from .feedback import TOOL, give_feedback
from .gaps import gap_match, gaps, menu
from .item import GAP, Cannot, Item, Read, declared_mark, differs, stem
from .pairs import associate, match, order
from .processing import Declaration, Rules, declaration
from .typed import slider, text_entry

UNNAMED = "unnamed_"  # begins the identifier of a question of ours that has no id
MIME_TYPES = {
    "application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg", "text/plain": "txt", "text/csv": "csv",
    "application/zip": "zip", "application/msword": "doc", "application/vnd.ms-excel": "xls",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
}  # fmt: skip


def read_item(root: Element, body: Body) -> ParsedQuestion:
    """Return the question of an item, with its problems; never raises for bad content."""
    question = ParsedQuestion(kind="unknown", name="", data={}, idnumber=root.get("identifier", "").strip()[:100])
    item = Item(root, _rules(root), body)
    found = root.find("itemBody")
    try:
        item.text = body.html(found) if found is not None else ""
        _refuse(item)
        _read(item, question)
    except Cannot as cannot:
        question.problems.append(str(cannot))
        question.data = {"text": markup.block(PLACE.sub(GAP, item.text)), "general_feedback": ""}
    question.files = body.pictures
    if root.get("toolName") == TOOL and question.idnumber.startswith(UNNAMED):
        question.idnumber = ""
    question.problems = list(dict.fromkeys([*body.problems, *question.problems]))
    question.notices = list(dict.fromkeys([*item.notices, *question.notices]))
    question.name = safe_name(root.get("title", ""), question.data.get("text", "")) or question.idnumber
    return question


def _rules(root: Element) -> Rules:
    declared: dict[str, dict[str, Declaration]] = {"responseDeclaration": {}, "outcomeDeclaration": {}}
    for element in root:
        if element.tag in declared:
            known = declaration(element)
            declared[element.tag][known.identifier] = known
    return Rules(declared["responseDeclaration"], declared["outcomeDeclaration"], root.find("responseProcessing"))


def _refuse(item: Item) -> None:
    if item.root.get("adaptive", "false") in {"true", "1"}:
        raise Cannot(gettext("It is adaptive: it goes on in several steps, which we cannot ask."))
    if item.root.find("templateDeclaration") is not None:
        raise Cannot(gettext("It is a template whose numbers are drawn at random, which we cannot do."))


def _read(item: Item, question: ParsedQuestion) -> None:
    read = _kind_reader(item)(item)
    question.kind, question.data, question.mark = read.kind, read.data, read.best
    question.data.setdefault("general_feedback", "")
    kind = get_kind(read.kind)
    give_feedback(item, read)
    if read.kind == "truefalse":
        for name, option in zip(("true", "false"), read.remarks, strict=True):
            read.data[f"feedback_{name}"] = option.get("feedback", "")
    question.data = kind.clean(read.data)
    question.problems += kind.problems(question.data)
    note_mark(question)
    if not question.problems:
        _compare(item, read, question)
    if read.samples and not item.rules.has_rules:
        item.notices.append(gettext("The item does not say how it is marked; its right answer or mapping counts."))


def _kind_reader(item: Item) -> Callable[[Item], Read]:
    names = [interaction.tag for interaction in item.body.interactions]
    if not names:
        return _description
    if len(names) == 1 and names[0] in READERS:
        return READERS[names[0]]
    unknown = [name for name in names if name not in READERS]
    if unknown:
        raise Cannot(
            gettext("It asks in a way that we do not have (%(name)s). Ask it in another way.") % {"name": unknown[0]}
        )
    if not set(names) <= {"inlineChoiceInteraction", "textEntryInteraction", "choiceInteraction"}:
        raise Cannot(gettext("It asks several things that cannot stand in one question. Make a question of each."))
    return gaps


def _compare(item: Item, read: Read, question: ParsedQuestion) -> None:
    """Say where our kind marks otherwise than the item does: a problem where another answer would be the right one."""
    kind, is_other, is_wrong = get_kind(read.kind), False, False
    for sample in read.samples:
        if sample.answer is None:
            continue
        ours = kind.grade(question.data, kind.accept(question.data, sample.answer))
        theirs = item.marks(sample.given) / read.best
        is_other = is_other or ours != theirs
        is_wrong = is_wrong or (ours == 1) != (theirs >= 1)
    if is_wrong:
        question.problems.append(
            gettext("Its rules take other answers for right than this kind of question would. Simplify its rules.")
        )
    elif is_other:
        question.notices.append(differs())


def _guide(item: Item) -> str:
    """Return what the item says to who marks it."""
    views = {"scorer", "tutor"}
    blocks = [block for block in item.root.iter("rubricBlock") if views & set(block.get("view", "").split())]
    return "".join(item.body.html(block) for block in blocks)


def _essay(item: Item) -> Read:
    interaction = item.body.interactions[0]
    editor = "rich" if interaction.get("format") == "xhtml" else "plain"
    data = {"text": stem(item), "editor": editor, "guide": _guide(item)}
    return Read("essay", data, best=declared_mark(item))


def _upload(item: Item) -> Read:
    interaction = item.body.interactions[0]
    types = [MIME_TYPES[name] for name in interaction.get("type", "").split() if name in MIME_TYPES]
    data = {"text": stem(item), "files": 1, "file_types": types, "guide": _guide(item)}
    return Read("upload", data, best=declared_mark(item))


def _description(item: Item) -> Read:
    return Read("description", {"text": stem(item)})


READERS: dict[str, Callable[[Item], Read]] = {
    "choiceInteraction": choice,
    "orderInteraction": order,
    "matchInteraction": match,
    "associateInteraction": associate,
    "inlineChoiceInteraction": menu,
    "textEntryInteraction": text_entry,
    "extendedTextInteraction": _essay,
    "uploadInteraction": _upload,
    "hotspotInteraction": hotspot,
    "gapMatchInteraction": gap_match,
    "sliderInteraction": slider,
}
