"""Questions to a content package of QTI 2.1: an item a question, the manifest, the pictures. Pure; written as it goes.

Elements stand in the order of the schema (imsqti_v2p1.xsd): declarations, body, response processing, modal feedback.
Marks are mappings, or conditions where a mapping cannot say them; items without feedback that are worth one mark use
the standard templates, which every system knows.
"""

import html
import re
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from html.parser import HTMLParser
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO
from xml.sax.saxutils import escape, quoteattr

from ... import files, markup
from ...kinds.fractions import read_fraction
from ...kinds.gaps import take_apart
from ...kinds.numbers import readings, write_number
from ...kinds.numerical import USUAL_UNIT_PENALTY
from ...wording import gettext
from ..base import FileReader, LeftOut, ParsedQuestion
from .body import CLASSES, PLACE
from .feedback import GENERAL, OUTCOME, TOOL
from .package import CATEGORY, MANIFEST, STATES
from .reading import MIME_TYPES, UNNAMED

ITEM_NAMESPACE = "http://www.imsglobal.org/xsd/imsqti_v2p1"
TEMPLATES = "http://www.imsglobal.org/question/qti_v2p1/rptemplates/"
MANIFEST_NAMESPACE = "http://www.imsglobal.org/xsd/imscp_v1p1"
LOM_NAMESPACE = "http://ltsc.ieee.org/xsd/LOM"
NEVER_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
SPACES = {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}
DIGITS = 15
CLASS_OF = {tag: name for name, tag in CLASSES.items()}
VOID = {"br", "img"}
LOST_ATTRIBUTES = {"rel", "start"}  # QTI's XHTML does not have them
PICTURE_TYPES = {"png": "image/png", "jpg": "image/jpeg", "gif": "image/gif", "webp": "image/webp"}
QTI_SHAPES = {"rect": "rect", "circle": "circle", "polygon": "poly"}


class CannotWrite(Exception):
    """QTI has no way to say this question; the message says why."""


def write(questions: Iterable[ParsedQuestion], file: BinaryIO, read_file: FileReader) -> list[LeftOut]:
    """Write a package, and tell what QTI cannot say of the questions."""
    left_out: list[LeftOut] = []
    written: set[str] = set()
    with (
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive,
        SpooledTemporaryFile(max_size=5_000_000) as resources,
    ):
        for number, question in enumerate(questions, 1):
            item = _Item(question, number)
            try:
                content = item.document()
            except CannotWrite as why:
                left_out.append(LeftOut(question.name, str(why), is_whole=True))
                continue
            _write_pictures(archive, item, read_file, written)
            _add(archive, f"items/{item.resource}.xml", content.encode())
            resources.write(_resource(item).encode())
            left_out += [LeftOut(question.name, why) for why in dict.fromkeys(item.lost)]
        resources.seek(0)
        with archive.open(_entry(MANIFEST), "w") as manifest:
            manifest.write(_manifest_head().encode())
            while chunk := resources.read(1_000_000):
                manifest.write(chunk)
            manifest.write(b"</resources></manifest>\n")
    return left_out


def _entry(name: str) -> zipfile.ZipInfo:
    """Return an entry that is the same whenever it is written."""
    entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    archive.writestr(_entry(name), content)


def _write_pictures(archive: zipfile.ZipFile, item: "_Item", read_file: FileReader, written: set[str]) -> None:
    for name in item.pictures:
        if name in written:
            continue
        try:
            content = read_file(name)
        except (LookupError, OSError):
            item.lost.append(gettext("A picture is left out: its file is missing."))
            continue
        _add(archive, f"media/{name}", content)
        written.add(name)


# --- XML -------------------------------------------------------------------------------------------------------------


def _text(text: str) -> str:
    return escape(NEVER_XML.sub("", text), {"\r": "&#13;"})


def _element(name: str, *content: str, **attributes: str | None) -> str:
    """Return an element; attributes that are None are left out."""
    inside = "".join(content)
    given = "".join(
        f" {key.rstrip('_')}={quoteattr(NEVER_XML.sub('', value), SPACES)}"
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{given}>{inside}</{name}>" if inside else f"<{name}{given}/>"


def _number(number: Fraction) -> str:
    """Write a number: to its end where it has one, else with as many decimals as `read_share` takes for it."""
    exact = write_number(number)
    if exact is not None:
        return exact
    scaled = round(number * 10**DIGITS)
    whole, rest = divmod(abs(scaled), 10**DIGITS)
    return f"{'-' if scaled < 0 else ''}{whole}.{rest:0{DIGITS}d}"


class _Xhtml(HTMLParser):
    """Safe HTML to the XHTML of QTI: closed elements, no `u` and `s`, quotations with blocks only."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.pictures: list[str] = []
        self.lost: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {key: value or "" for key, value in attrs if key not in LOST_ATTRIBUTES}
        if "start" in dict(attrs):
            self.lost.append(gettext("Numbered lists begin at 1."))
        if tag == "img":
            self._picture(given)
        elif tag == "br":
            self.parts.append("<br/>")
        elif tag == "a" and "href" not in given:
            self.parts.append("<span>")
        else:
            self._open(tag, given)

    def _open(self, tag: str, given: dict[str, str]) -> None:
        name = "span" if tag in CLASS_OF else tag
        given = {"class": CLASS_OF[tag]} if tag in CLASS_OF else given
        opened = _element(name, "\0", **given).partition("\0")[0]
        self.parts.append(f"{opened}<div>" if tag == "blockquote" else opened)

    def _picture(self, given: dict[str, str]) -> None:
        found = files.names_in(given.get("src", ""))
        if not found:
            self.lost.append(gettext("A picture is left out: its file is missing."))
            return
        self.pictures.append(found[0])
        shown = {**given, "src": f"../media/{found[0]}"}
        self.parts.append(_element("img", **({"alt": ""} | shown if "alt" not in shown else shown)))

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        name = "span" if tag in CLASS_OF else tag
        self.parts.append(f"</div></{name}>" if tag == "blockquote" else f"</{name}>")

    def handle_data(self, data: str) -> None:
        self.parts.append(_text(data))


# --- one item --------------------------------------------------------------------------------------------------------


@dataclass
class _Item:
    """The document of one question, put together by the writer of its kind."""

    question: ParsedQuestion
    number: int
    lost: list[str] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)
    responses: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    feedback_cardinality: str = "single"
    feedback: list[tuple[str, str]] = field(default_factory=list)
    rules: list[str] = field(default_factory=list)
    template: str = ""

    @property
    def data(self) -> dict[str, Any]:
        return self.question.data

    @property
    def mark(self) -> Fraction:
        return self.question.mark or Fraction(1)

    @property
    def resource(self) -> str:
        return f"item_{self.number}"

    def xhtml(self, text: str) -> str:
        """Return safe HTML as XHTML; its pictures come along."""
        parser = _Xhtml()
        parser.feed(text)
        parser.close()
        self.pictures += [name for name in parser.pictures if name not in self.pictures]
        self.lost += parser.lost
        return "".join(parser.parts)

    def document(self) -> str:
        """Return the whole item. Raises CannotWrite."""
        writer = WRITERS.get(self.question.kind)
        if writer is None:
            raise CannotWrite(gettext("QTI has no such kind of question."))
        body = writer(self)
        if not self.question.mark:
            self.lost.append(gettext("Its mark of 0 becomes 1."))
        if self.data.get("hints") or "penalty" in self.data:
            self.lost.append(gettext("Hints and the penalty are left out."))
        modal = [self._modal("FEEDBACK", name, text) for name, text in self.feedback if text]
        is_marked = bool(self.rules or self.template)
        outcomes, processing = self._outcomes(), self._processing()
        words = self.data.get("outcomes", {})
        if words and is_marked:
            modal += [self._modal(OUTCOME, name, text) for name, text in words.items()]
        elif words:
            self.lost.append(gettext("Words for each outcome are left out: a person marks it."))
        if self.data["general_feedback"]:
            modal.append(self._modal(GENERAL, "general", self.data["general_feedback"]))
        item = _element(
            "assessmentItem",
            *self.responses,
            *outcomes,
            _element("itemBody", body),
            processing,
            *modal,
            xmlns=ITEM_NAMESPACE,
            identifier=self.question.idnumber or f"{UNNAMED}{self.number}",
            title=self.question.name,
            adaptive="false",
            timeDependent="false",
            toolName=TOOL,
            toolVersion="1.0",
        )
        return f'<?xml version="1.0" encoding="UTF-8"?>\n{item}\n'

    def stem(self, *more: str) -> str:
        """Return the text of the question, and what follows it."""
        return "".join([_element("div", self.xhtml(self.data["text"])) if self.data["text"] else "", *more])

    def respond(
        self,
        name: str,
        cardinality: str,
        base_type: str,
        correct: Iterable[str] = (),
        marks: Iterable[tuple[str, Fraction]] = (),
        *,
        is_bounded: bool = False,
        default: Fraction = Fraction(0),
        is_case_sensitive: bool | None = None,
    ) -> None:
        """Declare a response: its right value, and what each value earns."""
        case = None if is_case_sensitive is None else str(is_case_sensitive).lower()
        entries = [
            _element("mapEntry", mapKey=key, mappedValue=_number(value), caseSensitive=case) for key, value in marks
        ]
        bounds = {"lowerBound": "0", "upperBound": _number(self.mark)} if is_bounded else {}
        values = [_element("value", _text(value)) for value in correct]
        self.names.append(name)
        self.responses.append(
            _element(
                "responseDeclaration",
                _element("correctResponse", *values) if values else "",
                _element("mapping", *entries, **bounds, defaultValue=_number(default)) if entries else "",
                identifier=name,
                cardinality=cardinality,
                baseType=base_type,
            )
        )

    def _outcomes(self) -> list[str]:
        def outcome(name: str, base_type: str, default: str | None = None, **more: str) -> str:
            value = _element("defaultValue", _element("value", default)) if default is not None else ""
            cardinality = more.pop("cardinality", "single")
            return _element(
                "outcomeDeclaration", value, identifier=name, cardinality=cardinality, baseType=base_type, **more
            )

        found = [
            outcome("SCORE", "float", "0", normalMaximum=_number(self.mark)),
            outcome("MAXSCORE", "float", _number(self.mark)),
        ]
        if self.feedback:
            found.append(outcome("FEEDBACK", "identifier", cardinality=self.feedback_cardinality))
        if self.data.get("outcomes"):
            found.append(outcome(OUTCOME, "identifier"))
        if self.data["general_feedback"]:
            found.append(outcome(GENERAL, "identifier", "general"))
        return found

    def _processing(self) -> str:
        is_plain = self.mark == 1 and not self.feedback and not self.data.get("outcomes")
        if self.template and is_plain:
            return _element("responseProcessing", template=f"{TEMPLATES}{self.template}")
        rules = list(self.rules)
        if self.template == "map_response":
            rules.append(set_outcome("SCORE", "float", expression=_named("mapResponse", "RESPONSE")))
        elif self.template:
            test = _element("match", _named("variable", "RESPONSE"), _named("correct", "RESPONSE"))
            rules.append(condition([(test, set_outcome("SCORE", "float", _number(self.mark)))]))
        if self.feedback and self.template:
            rules.append(set_outcome("FEEDBACK", "identifier", expression=_named("variable", "RESPONSE")))
        if rules and self.data.get("outcomes"):
            rules.append(self._outcome_rule())
        return _element("responseProcessing", *rules) if rules else ""

    def _outcome_rule(self) -> str:
        nothing = [_element("isNull", _named("variable", name)) for name in self.names]
        is_nothing = nothing[0] if len(nothing) == 1 else _element("and", *nothing)
        # A millionth less, so that thirds that add up to almost the mark are right.
        whole = _base("float", _number(self.mark * Fraction(999_999, 1_000_000)))
        score = _named("variable", "SCORE")

        def outcome(name: str) -> str:
            return set_outcome(OUTCOME, "identifier", name)

        return condition(
            [
                (is_nothing, outcome("none")),
                (_element("gte", score, whole), outcome("right")),
                (_element("gt", score, _base("float", "0")), outcome("partly")),
            ],
            outcome("wrong"),
        )

    def _modal(self, outcome: str, name: str, text: str) -> str:
        return _element(
            "modalFeedback",
            _element("div", self.xhtml(text)),
            outcomeIdentifier=outcome,
            showHide="show",
            identifier=name,
        )


def _named(name: str, identifier: str) -> str:
    return _element(name, identifier=identifier)


def _base(base_type: str, value: str) -> str:
    return _element("baseValue", _text(value), baseType=base_type)


def set_outcome(name: str, base_type: str, value: str = "", expression: str = "") -> str:
    return _element("setOutcomeValue", expression or _base(base_type, value), identifier=name)


def _add_marks(expression: str) -> str:
    return set_outcome("SCORE", "float", expression=_element("sum", _named("variable", "SCORE"), expression))


def condition(branches: list[tuple[str, str]], otherwise: str = "") -> str:
    """Return a condition of tests and the rules of each."""
    parts = [
        _element("responseElseIf" if number else "responseIf", test, rules)
        for number, (test, rules) in enumerate(branches)
    ]
    return _element("responseCondition", *parts, _element("responseElse", otherwise) if otherwise else "")


def _read(text: str) -> Fraction:
    """Return a number of cleaned data."""
    return next(iter(readings(text)), Fraction(0))


def _share(text: str) -> Fraction:
    return read_fraction(text) or Fraction(0)


# --- the kinds -------------------------------------------------------------------------------------------------------


def _single(item: _Item) -> str:
    options = [(f"option_{option['id']}", option) for option in item.data["options"]]
    _declare_choice(item, options, is_several=False)
    return item.stem(_choice_interaction(item, options, "1"))


def _multiple(item: _Item) -> str:
    options = [(f"option_{option['id']}", option) for option in item.data["options"]]
    _declare_choice(item, options, is_several=True)
    if item.data["grading"] == "all":
        item.template = "match_correct"
    return item.stem(_choice_interaction(item, options, "0"))


def _true_or_false(item: _Item) -> str:
    data = item.data
    options = [
        (name, {"text": words, "fraction": str(int(data["answer"] is value)), "feedback": data[f"feedback_{name}"]})
        for name, value, words in (("true", True, gettext("True")), ("false", False, gettext("False")))
    ]
    _declare_choice(item, options, is_several=False)
    return item.stem(_choice_interaction(item, options, "1", shuffle=False))


def _declare_choice(item: _Item, options: list[tuple[str, dict[str, Any]]], *, is_several: bool) -> None:
    shares = [_share(option["fraction"]) for _name, option in options]
    right = [name for (name, _option), share in zip(options, shares, strict=True) if share > 0]
    if not is_several:
        right = [name for (name, _option), share in zip(options, shares, strict=True) if share == 1][:1]
    marks = [(name, share * item.mark) for (name, _option), share in zip(options, shares, strict=True)]
    is_simple = not is_several and sorted(shares) == [Fraction(0)] * (len(shares) - 1) + [Fraction(1)]
    cardinality = "multiple" if is_several else "single"
    item.respond("RESPONSE", cardinality, "identifier", right, [] if is_simple else marks, is_bounded=is_several)
    item.template = "match_correct" if is_simple else "map_response"
    item.feedback_cardinality = cardinality
    item.feedback = [(name, option["feedback"]) for name, option in options if option["feedback"]]


def _choice_interaction(
    item: _Item, options: list[tuple[str, dict[str, Any]]], most: str, shuffle: bool | None = None
) -> str:
    is_shuffled = item.data.get("shuffle", True) if shuffle is None else shuffle
    return _element(
        "choiceInteraction",
        *(_element("simpleChoice", item.xhtml(option["text"]), identifier=name) for name, option in options),
        responseIdentifier="RESPONSE",
        shuffle=str(is_shuffled).lower(),
        maxChoices=most,
    )


def _hotspot(item: _Item) -> str:
    data = item.data
    areas = [(f"area_{area['id']}", area) for area in data["areas"]]
    if any(html.escape(markup.plain(area["text"]), quote=False) != area["text"] for _name, area in areas):
        item.lost.append(gettext("Markup in the names of places is left out; the words stay."))
    if len({area["text"] for _name, area in areas}) < len(areas):
        item.lost.append(gettext("Some places have the same name."))
    _declare_choice(item, areas, is_several=data["several"])
    picture = data["picture"]
    item.pictures.append(picture)
    size = {"width": str(data["width"]), "height": str(data["height"])}
    shown = _element(
        "object",
        _text(data["alt"]),
        type=PICTURE_TYPES[picture.rpartition(".")[2]],
        data=f"../media/{picture}",
        **size,
    )
    places = [
        _element(
            "hotspotChoice",
            identifier=name,
            shape=QTI_SHAPES[area["shape"]],
            coords=",".join(str(number) for number in area["coords"]),
            hotspotLabel=markup.plain(area["text"]),
        )
        for name, area in areas
    ]
    most = "0" if data["several"] else "1"
    return item.stem(_element("hotspotInteraction", shown, *places, responseIdentifier="RESPONSE", maxChoices=most))


def _matching(item: _Item) -> str:
    data = item.data
    right = [f"pair_{pair['id']} choice_{pair['choice']}" for pair in data["pairs"]]
    share = item.mark / len(right)
    item.respond("RESPONSE", "multiple", "directedPair", right, [(pair, share) for pair in right])
    item.template = "map_response"
    pairs = [(f"pair_{pair['id']}", item.xhtml(pair["text"]), "1") for pair in data["pairs"]]
    choices = [(f"choice_{choice['id']}", _text(choice["text"]), "0") for choice in data["choices"]]
    return item.stem(_match_interaction(pairs, choices, shuffle=data["shuffle"]))


def _likert(item: _Item) -> str:
    data = item.data
    item.respond("RESPONSE", "multiple", "directedPair")
    statements = [(f"statement_{each['id']}", item.xhtml(each["text"]), "1") for each in data["statements"]]
    levels = [(f"level_{level['id']}", _text(level["text"]), "0") for level in data["levels"]]
    return item.stem(_match_interaction(statements, levels, shuffle=False))


def _match_interaction(first: list[tuple[str, str, str]], second: list[tuple[str, str, str]], *, shuffle: bool) -> str:
    sets = [
        _element(
            "simpleMatchSet",
            *(_element("simpleAssociableChoice", text, identifier=name, matchMax=most) for name, text, most in side),
        )
        for side in (first, second)
    ]
    return _element(
        "matchInteraction",
        *sets,
        responseIdentifier="RESPONSE",
        shuffle=str(shuffle).lower(),
        maxAssociations=str(len(first)),
    )


def _ordering(item: _Item) -> str:
    names = [f"item_{each['id']}" for each in item.data["items"]]
    item.respond("RESPONSE", "ordered", "identifier", names)
    if item.data["grading"] == "position":
        item.rules += [_at_its_place(item, number, name) for number, name in enumerate(names, 1)]
    else:
        item.template = "match_correct"
        if item.data["grading"] != "all":
            item.lost.append(gettext("Partly right orders earn nothing: QTI cannot say this way of grading."))
    # Listed in the order of their ids: in the right one systems that do not shuffle would give the answer away.
    items = sorted(zip(names, item.data["items"], strict=True), key=lambda pair: pair[0])
    choices = [_element("simpleChoice", item.xhtml(each["text"]), identifier=name) for name, each in items]
    return item.stem(_element("orderInteraction", *choices, responseIdentifier="RESPONSE", shuffle="true"))


def _at_its_place(item: _Item, number: int, name: str) -> str:
    place = _element("index", _named("variable", "RESPONSE"), n=str(number))
    share = _base("float", _number(item.mark / len(item.data["items"])))
    return condition([(_element("match", place, _base("identifier", name)), _add_marks(share))])


# --- gaps ---


def _gapselect(item: _Item) -> str:
    data = item.data
    choices = {choice["id"]: choice for choice in data["choices"]}
    whole = take_apart(data["text"], choices)
    groups = {choices[gap.id]["group"] for gap in whole.gaps}
    if any(choice["group"] not in groups for choice in data["choices"]):
        item.lost.append(gettext("Choices that no gap offers are left out."))
    interactions = []
    for number, gap in enumerate(whole.gaps, 1):
        right = choices[gap.id]
        offer = [choice for choice in data["choices"] if choice["group"] == right["group"]]
        name = f"choice_g{right['group']}_{right['id']}"
        item.respond(f"RESPONSE_{number}", "single", "identifier", [name], [(name, item.mark / len(whole.gaps))])
        item.rules.append(_add_marks(_named("mapResponse", f"RESPONSE_{number}")))
        listed = [(f"choice_g{choice['group']}_{choice['id']}", choice["text"]) for choice in offer]
        interactions.append(_inline_choice(number, listed, shuffle=data["shuffle"]))
    return _with_gaps(item, whole, interactions)


def _inline_choice(number: int, choices: list[tuple[str, str]], *, shuffle: bool) -> str:
    listed = [_element("inlineChoice", _text(words), identifier=name) for name, words in choices]
    return _element(
        "inlineChoiceInteraction",
        *listed,
        responseIdentifier=f"RESPONSE_{number}",
        shuffle=str(shuffle).lower(),
    )


def _with_gaps(item: _Item, whole: Any, interactions: list[str]) -> str:
    text = "".join(f"{gap.before}\ue000{number}\ue001" for number, gap in enumerate(whole.gaps)) + whole.after
    return _element("div", PLACE.sub(lambda found: interactions[int(found[1])], item.xhtml(text)))


def _cloze(item: _Item) -> str:
    gaps = {gap["id"]: gap for gap in item.data["gaps"]}
    whole = take_apart(item.data["text"], gaps, once=True)
    interactions = []
    for number, place in enumerate(whole.gaps, 1):
        if place.id != str(number) or item.data["gaps"][number - 1]["id"] != place.id:
            item.lost.append(gettext("Gaps are numbered anew, as they stand in the text."))
        interactions.append(_gap(item, number, gaps[place.id]))
    total = sum((_share(gap["mark"]) for gap in gaps.values()), Fraction(0))
    if total <= 0:
        raise CannotWrite(gettext("No gap earns a mark."))
    if total != item.mark:
        scaled = _element("product", _named("variable", "SCORE"), _base("float", _number(item.mark / total)))
        item.rules.append(set_outcome("SCORE", "float", expression=scaled))
    return _with_gaps(item, whole, interactions)


def _gap(item: _Item, number: int, gap: dict[str, Any]) -> str:
    data, mark, name = gap["data"], _share(gap["mark"]), f"RESPONSE_{number}"
    rows = data.get("options", data.get("answers", []))
    if any([data.get("general_feedback"), data.get("outcomes"), *(row["feedback"] for row in rows)]):
        item.lost.append(gettext("Feedback of the gaps is left out."))
    if gap["kind"] == "single":
        return _menu(item, number, gap, mark)
    if gap["kind"] == "shorttext":
        return _typed_words(item, data, name, mark, with_feedback=False)
    if gap["kind"] == "numerical":
        return _typed_number(item, data, name, mark, with_feedback=False, add=True)
    raise CannotWrite(gettext("A gap takes several answers, which QTI has no way to ask inside a text."))


def _menu(item: _Item, number: int, gap: dict[str, Any], mark: Fraction) -> str:
    options = gap["data"]["options"]
    if any("<" in option["text"] for option in options):
        item.lost.append(gettext("Markup in the options of a gap is left out; the words stay."))
    if gap["display"] != "menu":
        item.lost.append(gettext("All gaps with options become menus."))
    listed = [(f"option_{option['id']}", markup.plain(option["text"])) for option in options]
    marks = [(f"option_{option['id']}", _share(option["fraction"]) * mark) for option in options]
    right = [f"option_{option['id']}" for option in options if _share(option["fraction"]) == 1][:1]
    item.respond(f"RESPONSE_{number}", "single", "identifier", right, marks)
    item.rules.append(_add_marks(_named("mapResponse", f"RESPONSE_{number}")))
    return _inline_choice(number, listed, shuffle=gap["data"]["shuffle"])


# --- words and numbers ---


def _short_text(item: _Item) -> str:
    return item.stem(_element("div", _typed_words(item, item.data, "RESPONSE", item.mark, with_feedback=True)))


def _typed_words(item: _Item, data: dict[str, Any], name: str, mark: Fraction, *, with_feedback: bool) -> str:
    answers = [answer for answer in data["answers"] if "*" not in answer["text"].replace("\\*", "")]
    others = [answer for answer in data["answers"] if answer["text"] == "*"]
    if len(answers) + len(others) < len(data["answers"]):
        item.lost.append(gettext("Answers with * are left out: QTI compares whole answers."))
    right = [answer["text"].replace("\\*", "*") for answer in answers if _share(answer["fraction"]) == 1]
    if not right:
        raise CannotWrite(gettext("Its right answers have *, which QTI cannot say."))
    marks = [(answer["text"].replace("\\*", "*"), _share(answer["fraction"]) * mark) for answer in answers]
    default = _share(others[0]["fraction"]) * mark if others else Fraction(0)
    item.respond(name, "single", "string", right[:1], marks, default=default, is_case_sensitive=data["case"])
    _words_rules(item, data, name, answers, others, with_feedback=with_feedback)
    hints = ["" if data["accents"] else "ignore-accents", "case-sensitive" if data["case"] else ""]
    return _element(
        "textEntryInteraction", class_=" ".join(hint for hint in hints if hint) or None, responseIdentifier=name
    )


def _words_rules(
    item: _Item, data: dict[str, Any], name: str, answers: list[dict], others: list[dict], *, with_feedback: bool
) -> None:
    """Say what an answer shows; what it earns the mapping says."""
    if not with_feedback:
        item.rules.append(_add_marks(_named("mapResponse", name)))
        return
    remarks = [(f"answer_{number}", answer) for number, answer in enumerate([*answers, *others], 1)]
    item.feedback = [(key, answer["feedback"]) for key, answer in remarks if answer["feedback"]]
    if not item.feedback and not others:
        item.template = "map_response"
        return
    item.rules.append(set_outcome("SCORE", "float", expression=_named("mapResponse", name)))
    branches = []
    for key, answer in remarks[: len(answers)]:
        words = _base("string", answer["text"].replace("\\*", "*"))
        test = _element("stringMatch", _named("variable", name), words, caseSensitive=str(data["case"]).lower())
        branches.append((test, set_outcome("FEEDBACK", "identifier", key)))
    last = set_outcome("FEEDBACK", "identifier", remarks[-1][0]) if others else ""
    item.feedback = item.feedback or [(key, "") for key, _answer in remarks[-1:]]
    item.rules.append(condition(branches, last))


def _numerical(item: _Item) -> str:
    return item.stem(
        _element("div", _typed_number(item, item.data, "RESPONSE", item.mark, with_feedback=True, add=False))
    )


def _typed_number(
    item: _Item, data: dict[str, Any], name: str, mark: Fraction, *, with_feedback: bool, add: bool
) -> str:
    if data["unit_rule"] != "none" or data["units"] or _share(data["unit_penalty"]) != USUAL_UNIT_PENALTY:
        item.lost.append(gettext("Units are left out: only the number is asked for."))
    branches, otherwise, right = [], "", ""
    for number, answer in enumerate(data["answers"], 1):
        marks = _base("float", _number(_share(answer["fraction"]) * mark))
        rules = _add_marks(marks) if add else set_outcome("SCORE", "float", expression=marks)
        if with_feedback and answer["feedback"]:
            item.feedback.append((f"answer_{number}", answer["feedback"]))
            rules += set_outcome("FEEDBACK", "identifier", f"answer_{number}")
        if answer.get("value") == "*":
            otherwise = rules
            break
        if not right and _share(answer["fraction"]) == 1:
            right = _number(_read(answer["value"] if "value" in answer else answer["low"]))
        branches.append((_number_test(item, name, answer), rules))
    item.respond(name, "single", "float", [right] if right else [])
    item.rules.append(condition(branches, otherwise))
    return _element("textEntryInteraction", responseIdentifier=name)


def _number_test(item: _Item, name: str, answer: dict[str, Any]) -> str:
    variable = _named("variable", name)
    if "low" in answer:
        return _between(variable, _read(answer["low"]), _read(answer["high"]))
    value, tolerance = _read(answer["value"]), _read(answer["tolerance"])
    if answer["tolerance_kind"] == "geometric":
        item.lost.append(gettext("A geometric tolerance becomes a range."))
        return _between(variable, *sorted([value / (1 + tolerance), value * (1 + tolerance)]))
    if not tolerance and answer["tolerance_kind"] == "absolute":
        return _element("equal", variable, _base("float", _number(value)), toleranceMode="exact")
    around = _number(tolerance * 100 if answer["tolerance_kind"] == "relative" else tolerance)
    return _element(
        "equal",
        variable,
        _base("float", _number(value)),
        toleranceMode=answer["tolerance_kind"],
        tolerance=f"{around} {around}",
    )


def _between(variable: str, low: Fraction, high: Fraction) -> str:
    return _element(
        "and",
        _element("gte", variable, _base("float", _number(low))),
        _element("lte", variable, _base("float", _number(high))),
    )


# --- what people mark ---


def _essay(item: _Item) -> str:
    data = item.data
    if data["editor"] == "none":
        raise CannotWrite(gettext("It asks for files without a text, which an essay of QTI cannot do."))
    if data["files"]:
        item.lost.append(gettext("Files with an essay are left out."))
    if data["words_min"] or data["words_max"]:
        item.lost.append(gettext("The limits of words are left out."))
    if data["template"]:
        item.lost.append(gettext("The text to begin with is left out."))
    item.respond("RESPONSE", "single", "string")
    form = "xhtml" if data["editor"] == "rich" else "plain"
    return item.stem(_guide(item), _element("extendedTextInteraction", responseIdentifier="RESPONSE", format=form))


def _upload(item: _Item) -> str:
    data = item.data
    if data["files"] != 1 or data["files_required"]:
        item.lost.append(gettext("How many files are asked for is left out: QTI asks for one."))
    types = [name for name, extension in MIME_TYPES.items() if [extension] == data["file_types"]]
    if data["file_types"] and not types:
        item.lost.append(gettext("The types of files are left out: QTI can name one."))
    if data["file_size"] != USUAL_SIZE:
        item.lost.append(gettext("The largest size of a file is left out."))
    item.respond("RESPONSE", "single", "file")
    asked = _element("uploadInteraction", responseIdentifier="RESPONSE", type=types[0] if types else None)
    return item.stem(_guide(item), asked)


def _guide(item: _Item) -> str:
    if item.data["criteria"]:
        item.lost.append(gettext("The criteria for marking are left out; the guide stays."))
    guide = item.data["guide"]
    return _element("rubricBlock", _element("div", item.xhtml(guide)), view="scorer") if guide else ""


def _description(item: _Item) -> str:
    return item.stem()


USUAL_SIZE = 10_000_000
WRITERS: dict[str, Callable[[_Item], str]] = {
    "single": _single,
    "multiple": _multiple,
    "truefalse": _true_or_false,
    "hotspot": _hotspot,
    "matching": _matching,
    "likert": _likert,
    "ordering": _ordering,
    "gapselect": _gapselect,
    "cloze": _cloze,
    "shorttext": _short_text,
    "numerical": _numerical,
    "essay": _essay,
    "upload": _upload,
    "description": _description,
}


# --- the manifest ----------------------------------------------------------------------------------------------------


def _manifest_head() -> str:
    about = _element("metadata", _element("schema", "QTIv2.1 Package"), _element("schemaversion", "1.0.0"))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<manifest xmlns="{MANIFEST_NAMESPACE}" xmlns:lom="{LOM_NAMESPACE}" identifier="questions">'
        f"{about}<organizations/><resources>"
    )


def _resource(item: _Item) -> str:
    names = [f"items/{item.resource}.xml", *(f"media/{name}" for name in item.pictures)]
    return _element(
        "resource",
        _element("metadata", _metadata(item.question)),
        *(_element("file", href=name) for name in names),
        identifier=item.resource,
        type="imsqti_item_xmlv2p1",
        href=names[0],
    )


def _metadata(question: ParsedQuestion) -> str:
    def string(text: str) -> str:
        return _element("lom:string", _text(text))

    general = _element(
        "lom:general",
        _element("lom:title", string(question.name)),
        *(_element("lom:keyword", string(tag)) for tag in question.tags),
    )
    status = {state: name for name, state in reversed(STATES.items())}.get(question.state)
    life = _element("lom:status", _element("lom:source", "LOMv1.0"), _element("lom:value", status)) if status else ""
    return _element("lom:lom", general, _element("lom:lifeCycle", life) if life else "", _classified(question.category))


def _classified(category: str) -> str:
    if not category:
        return ""
    names = [name.replace("\0", "/") for name in category.replace("//", "\0").split("/")]
    taxons = [_element("lom:taxon", _element("lom:entry", _element("lom:string", _text(name)))) for name in names]
    source = _element("lom:source", _element("lom:string", CATEGORY))
    purpose = _element("lom:purpose", _element("lom:source", "LOMv1.0"), _element("lom:value", "discipline"))
    return _element("lom:classification", purpose, _element("lom:taxonPath", source, *taxons))
