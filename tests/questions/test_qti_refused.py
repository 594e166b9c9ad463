"""QTI that cannot be a question of ours, hostile packages, and any markup at all: said in words, never a crash."""

import zipfile
from contextlib import suppress
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from questions.formats.base import UnreadableFile

from .qti_files import (
    OPTIONS,
    choice,
    declared,
    hotspot,
    item,
    one,
    package,
    problem,
    read,
    rules_of,
)

# --- what cannot be a question of ours --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (item(choice(*OPTIONS), declared(), rules=""), "Nothing says which answer is right."),
        (item(choice(*OPTIONS), declared("ChoiceZ")), "No answer earns a mark."),
        (item(choice(*OPTIONS)), "The response “RESPONSE” is not declared."),
        (
            item(choice(*OPTIONS), declared("ChoiceB"), more="").replace('adaptive="false"', 'adaptive="true"'),
            "adaptive",
        ),
        (item(choice(*OPTIONS), declared("ChoiceB"), '<templateDeclaration identifier="X"/>'), "at random"),
        (item('<drawingInteraction responseIdentifier="RESPONSE"/>', declared()), "(drawingInteraction)"),
        (item(choice(*OPTIONS) + hotspot(), declared("ChoiceB")), "several things"),
        (
            item(choice(*OPTIONS), declared("ChoiceB"), rules='<responseProcessing template="http://x/own_rules"/>'),
            "(own_rules)",
        ),
        (
            item(
                choice(*OPTIONS),
                declared("ChoiceB"),
                rules='<responseProcessing><setOutcomeValue identifier="SCORE"><customOperator/></setOutcomeValue>'
                "</responseProcessing>",
            ),
            "(customOperator)",
        ),
        (item(f"<p><math><mi>x</mi></math></p>{choice(*OPTIONS)}", declared("ChoiceB")), "MathML"),
        (
            item(f'<object type="video/mp4" data="a.mp4"/>{choice(*OPTIONS)}', declared("ChoiceB")),
            "video/mp4",
        ),
    ],
)
def test_read_says_why_an_item_cannot_be_asked(text, words):
    assert words in problem(text)


RULES_AGAINST = rules_of(
    '<gte><containerSize><variable identifier="RESPONSE"/></containerSize>'
    '<baseValue baseType="integer">2</baseValue></gte>'
)


def test_read_reports_rules_that_mean_other_right_answers():
    several = declared("ChoiceA", "ChoiceB", cardinality="multiple")
    problems = one(item(choice(*OPTIONS, most="0"), several, rules=RULES_AGAINST)).problems
    assert problems


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ('<questestinterop xmlns="http://www.imsglobal.org/xsd/ims_qtiasiv1p2"/>', "QTI 1.2"),
        ("<qti-assessment-item/>", "QTI 3.0"),
        ("<assessmentTest/>", "whole package"),
        ("<manifest/>", "whole package"),
        ("<quiz/>", "Moodle XML"),
        ("<html/>", "<html>"),
        ("<assessmentItem><itemBody></assessmentItem>", "Line 1"),
        ("", ""),
        ("Apa?", "not XML"),
        ('<!DOCTYPE x [<!ENTITY a "aa">]><assessmentItem>&a;</assessmentItem>', "<!DOCTYPE"),
        ("<a>" * 100_000, ""),
    ],
)
def test_read_says_what_is_wrong_with_a_file(content, words):
    with pytest.raises(UnreadableFile) as error:
        read(content)
    assert words in str(error.value)


def test_read_names_the_file_of_a_package_that_is_bad():
    bad = "<assessmentItem>\n<itemBody></assessmentItem>"
    questions = read(package({"a.xml": bad, "b.xml": item(choice(*OPTIONS), declared("ChoiceB"))}))
    assert [bool(question.problems) for question in questions] == [True, False]
    assert questions[0].problems[0].startswith("a.xml: Line 2")


def test_read_reports_a_resource_that_is_missing_or_of_another_version():
    manifest = (
        '<manifest><resources><resource identifier="a" type="imsqti_item_xmlv2p1" href="hilang.xml"/>'
        '<resource identifier="b" type="imsqti_xmlv1p2" href="b.xml"/></resources></manifest>'
    )
    questions = read(package({"b.xml": "<questestinterop/>"}, manifest))
    assert ["hilang.xml" in questions[0].problems[0], "QTI 1.2" in questions[1].problems[0]] == [True, True]


@pytest.mark.parametrize("name", ["../luar.xml", "/etc/x.xml", "a/../../b.xml", "C:/x.xml", "a\\..\\b.xml"])
def test_read_refuses_names_that_point_outside(name):
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(zipfile.ZipInfo(name), "x")
    file.seek(0)
    with pytest.raises(UnreadableFile, match="points outside"):
        read(file)


def test_read_refuses_zips_that_grow_beyond_measure():
    with pytest.raises(UnreadableFile, match="grows beyond measure"):
        read(package({"a.xml": "0" * 50_000_000}))


def test_read_refuses_too_many_files(monkeypatch):
    monkeypatch.setattr("questions.formats.qti.package.MOST_ENTRIES", 2)
    with pytest.raises(UnreadableFile, match="more than 2 files"):
        read(package({"a.xml": "x", "b.xml": "x"}))


def test_read_refuses_damaged_and_empty_packages():
    whole = package({"a.xml": item(choice(*OPTIONS), declared("ChoiceB"))}).getvalue()
    with pytest.raises(UnreadableFile, match="damaged"):
        read(whole[: len(whole) // 2])
    with pytest.raises(UnreadableFile, match="no question"):
        read(package({}))


def test_read_reports_an_item_that_is_too_large(monkeypatch):
    monkeypatch.setattr("questions.formats.qti.package.LARGEST_ITEM", 100)
    assert "too large" in problem(package({"a.xml": item(choice(*OPTIONS), declared("ChoiceB"))}))


@given(st.binary(max_size=200))
def test_read_never_raises_anything_else(content):
    for start in (b"", b"PK\x03\x04", b"<assessmentItem>"):
        with suppress(UnreadableFile):
            read(start + content)


TAGS = ["itemBody", "choiceInteraction", "simpleChoice", "responseDeclaration", "correctResponse", "value", "match",
        "responseProcessing", "responseCondition", "responseIf", "responseElse", "setOutcomeValue", "variable",
        "baseValue", "mapping", "mapEntry", "modalFeedback", "textEntryInteraction", "outcomeDeclaration", "gap",
        "matchInteraction", "simpleMatchSet", "orderInteraction", "hotspotInteraction", "object", "sum", "index",
        "equal", "isNull", "and", "inlineChoiceInteraction", "gapMatchInteraction", "sliderInteraction"]  # fmt: skip
ATTRIBUTES = ["identifier", "responseIdentifier", "cardinality", "baseType", "mapKey", "mappedValue", "tolerance", "n",
              "toleranceMode", "coords", "shape", "outcomeIdentifier", "maxChoices", "template"]  # fmt: skip
VALUES = [
    "RESPONSE",
    "SCORE",
    "A",
    "multiple",
    "single",
    "ordered",
    "float",
    "identifier",
    "directedPair",
    "1",
    "x",
    "",
]
trees = st.recursive(
    st.sampled_from(["", "A", "A B", "1", "x"]),
    lambda inner: st.builds(
        lambda tag, given, children: (
            f"<{tag}{''.join(f' {key}={chr(34)}{value}{chr(34)}' for key, value in given.items())}>"
            f"{''.join(children)}</{tag}>"
        ),
        st.sampled_from(TAGS),
        st.dictionaries(st.sampled_from(ATTRIBUTES), st.sampled_from(VALUES), max_size=4),
        st.lists(inner, max_size=4),
    ),
    max_leaves=25,
)


@given(st.lists(trees, max_size=6))
def test_read_survives_any_item(children):
    one(f"<assessmentItem>{''.join(children)}</assessmentItem>")
