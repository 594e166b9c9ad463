"""Writing QTI: read back exactly, in the structure of the schema, and what is lost is said."""

import zipfile
from fractions import Fraction
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from questions import files
from questions.formats import qti
from questions.formats.base import ParsedQuestion
from questions.formats.registry import guess_format
from questions.kinds import get_kind

from .qti_files import (
    PICTURE,
    PICTURE_NAME,
    TEMPLATES,
    about,
    good,
    item,
    one,
    read,
    single,
    written,
)
from .strategies import asked

# --- writing ---------------------------------------------------------------------------------------------------------


def with_picture(question):
    kind, data = question
    return kind, {**data, "picture": PICTURE_NAME} if "picture" in data else data


@st.composite
def parsed_questions(draw):
    kind, data = draw(asked.map(with_picture))
    if draw(st.booleans()) and kind not in {"essay", "upload", "likert", "description"}:
        data = get_kind(kind).clean(
            {**data, "general_feedback": "<p>Umum</p>", "outcomes": {"right": "<p>Ya</p>", "partly": "<p>Agak</p>"}}
        )
    mark = Fraction(draw(st.integers(1, 36)), 4)  # as the bank keeps it: two decimals
    return ParsedQuestion(
        kind=kind,
        name=draw(st.sampled_from(["Soal 1", "A & B <c> “d”"])),
        data=data,
        tags=draw(st.lists(st.sampled_from(["etika", "a & b"]), unique=True)),
        idnumber=draw(st.sampled_from(["", "E-01"])),
        category=draw(st.sampled_from(["", "Etika/Gratifikasi", "A//B/C"])),
        state=draw(st.sampled_from(["", "draft", "ready", "retired"])),
        mark=Fraction(1) if kind in {"description"} else mark,
    )


@settings(deadline=None)
@given(parsed_questions())
def test_write_is_read_back_exactly_unless_it_says_otherwise(question):
    file, left_out = written(question)
    if any(lost.is_whole for lost in left_out):
        return
    again = one(file)
    assert again.problems == []
    if not left_out:
        assert about(again) == about(question)


ORDER = {
    "assessmentItem": [
        "responseDeclaration", "outcomeDeclaration", "templateDeclaration", "templateProcessing", "stylesheet",
        "itemBody", "responseProcessing", "modalFeedback",
    ],
    "responseDeclaration": ["defaultValue", "correctResponse", "mapping", "areaMapping"],
    "outcomeDeclaration": ["defaultValue"],
    "mapping": ["mapEntry"],
    "choiceInteraction": ["prompt", "simpleChoice"],
    "orderInteraction": ["prompt", "simpleChoice"],
    "matchInteraction": ["prompt", "simpleMatchSet"],
    "simpleMatchSet": ["simpleAssociableChoice"],
    "hotspotInteraction": ["prompt", "object", "hotspotChoice"],
    "inlineChoiceInteraction": ["inlineChoice"],
    "inlineChoice": [],
    "textEntryInteraction": [],
    "extendedTextInteraction": ["prompt"],
    "uploadInteraction": ["prompt"],
    "responseCondition": ["responseIf", "responseElseIf", "responseElse"],
}  # fmt: skip
REQUIRED = {
    "assessmentItem": {"identifier", "title", "adaptive", "timeDependent"},
    "responseDeclaration": {"identifier", "cardinality"},
    "outcomeDeclaration": {"identifier", "cardinality"},
    "mapEntry": {"mapKey", "mappedValue"},
    "choiceInteraction": {"responseIdentifier", "shuffle", "maxChoices"},
    "orderInteraction": {"responseIdentifier", "shuffle"},
    "matchInteraction": {"responseIdentifier", "shuffle", "maxAssociations"},
    "inlineChoiceInteraction": {"responseIdentifier", "shuffle"},
    "hotspotInteraction": {"responseIdentifier", "maxChoices"},
    "hotspotChoice": {"identifier", "shape", "coords"},
    "simpleAssociableChoice": {"identifier", "matchMax"},
    "simpleChoice": {"identifier"},
    "inlineChoice": {"identifier"},
    "modalFeedback": {"outcomeIdentifier", "showHide", "identifier"},
    "object": {"data", "type"},
    "img": {"src", "alt"},
    "rubricBlock": {"view"},
    "baseValue": {"baseType"},
    "setOutcomeValue": {"identifier"},
    "textEntryInteraction": {"responseIdentifier"},
    "extendedTextInteraction": {"responseIdentifier"},
    "uploadInteraction": {"responseIdentifier"},
    "equal": {"toleranceMode"},
    "index": {"n"},
    "stringMatch": {"caseSensitive"},
}
INLINE = {"a", "b", "br", "code", "em", "i", "img", "span", "strong", "sub", "sup"}
BLOCK = {"p", "div", "ul", "ol", "blockquote", "pre", "h3", "h4", "table", "rubricBlock"}
INTERACTIONS = {name for name in ORDER if name.endswith("Interaction")}
IDENTIFIER = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_")


def check_structure(element):
    """Check the order of children and the required attributes, as the schema of QTI 2.1 has them."""
    name = element.tag.partition("}")[2]
    children = [child.tag.partition("}")[2] for child in element]
    if name in ORDER:
        places = [ORDER[name].index(child) for child in children]
        assert places == sorted(places), (name, children)
    assert REQUIRED.get(name, set()) <= set(element.attrib), (name, element.attrib)
    if name == "itemBody":
        assert set(children) <= BLOCK | INTERACTIONS - {"inlineChoiceInteraction", "textEntryInteraction"}
        assert not (element.text or "").strip()
    if name in {"p", "span", "b"}:
        assert set(children) <= INLINE | {"inlineChoiceInteraction", "textEntryInteraction"}
    if name in {"ul", "ol"}:
        assert set(children) == {"li"}
    if name == "blockquote":
        assert set(children) == {"div"}
    for key in ("identifier", "responseIdentifier", "outcomeIdentifier"):
        if key in element.attrib and name != "assessmentItem":
            assert element.get(key)[0] in IDENTIFIER
    for child in element:
        check_structure(child)


@settings(deadline=None)
@given(parsed_questions())
def test_write_keeps_to_the_structure_of_the_schema(question):
    file, _left_out = written(question)
    with zipfile.ZipFile(file) as archive:
        for name in archive.namelist():
            if name.startswith("items/"):
                check_structure(ElementTree.fromstring(archive.read(name)))  # noqa: S314 - our own
        manifest = ElementTree.fromstring(archive.read("imsmanifest.xml"))  # noqa: S314 - our own
        assert [child.tag.partition("}")[2] for child in manifest] == ["metadata", "organizations", "resources"]
        hrefs = {element.get("href") for element in manifest.iter() if element.tag.endswith("}file")}
        assert hrefs == set(archive.namelist()) - {"imsmanifest.xml"}


RICH = (
    '<p>A <b>b</b> <u>u</u> <s>s</s> <a href="https://a.example/?x=1&amp;y=2" rel="noopener noreferrer">t</a><br>x</p>'
    "<blockquote>kata</blockquote><ul><li>satu</li></ul><table><tbody><tr><td>1</td></tr></tbody></table>"
)


def test_write_keeps_rich_texts_and_pictures():
    address = files.file_address(PICTURE_NAME)
    question = single(text=f'{RICH}<p><img src="{address}" alt="Peta"></p>')
    file, left_out = written(question)
    assert left_out == []
    with zipfile.ZipFile(file) as archive:
        check_structure(ElementTree.fromstring(archive.read("items/item_1.xml")))  # noqa: S314 - our own
        assert archive.read(f"media/{PICTURE_NAME}") == PICTURE
    again = good(file)
    assert again.data == question.data
    assert again.files == {PICTURE_NAME: PICTURE}


def test_write_uses_the_templates_that_every_system_knows():
    file, _left_out = written(single())
    with zipfile.ZipFile(file) as archive:
        assert (
            f'<responseProcessing template="{TEMPLATES}/match_correct"/>' in archive.read("items/item_1.xml").decode()
        )


def test_write_writes_a_picture_once_and_tells_of_missing_ones():
    text = f'<p><img src="{files.file_address(PICTURE_NAME)}" alt=""></p>'
    file, _left_out = written(single(text=text), single(text=text))
    with zipfile.ZipFile(file) as archive:
        assert sum(name.startswith("media/") for name in archive.namelist()) == 1

    def nothing(name):
        raise FileNotFoundError(name)

    _file, left_out = written(single(text=text), read_file=nothing)
    assert [lost.why for lost in left_out] == ["A picture is left out: its file is missing."]


def test_write_tells_what_is_lost():
    _file, left_out = written(single(hints=["<p>Coba</p>"]))
    assert [(lost.why, lost.is_whole) for lost in left_out] == [("Hints and the penalty are left out.", False)]
    strange = ParsedQuestion(kind="telepathy", name="?", data={"text": "x", "general_feedback": ""})
    file, left_out = written(strange, single())
    assert [(lost.name, lost.is_whole) for lost in left_out] == [("?", True)]
    assert len(read(file)) == 1


def test_write_gives_the_same_bytes_each_time():
    assert written(single())[0].getvalue() == written(single())[0].getvalue()


def test_many_items_are_read_one_at_a_time():
    file, left_out = written(*(single() for _number in range(300)))
    assert left_out == []
    assert sum(not question.problems for question in qti.FORMAT.read(file)) == 300


@pytest.mark.parametrize(
    ("name", "content", "known"),
    [
        ("soal.zip", b"PK\x03\x04", "qti"),
        ("soal.xml", item("<p>x</p>").encode(), "qti"),
        ("soal.xml", b"<?xml version='1.0'?><quiz><question/></quiz>", "moodle_xml"),
    ],
)
def test_guess_format_looks_at_the_root(name, content, known):
    assert guess_format(name, content).name == known
