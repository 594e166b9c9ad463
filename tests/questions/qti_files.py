"""QTI items and packages for the tests, and short ways to read and write them."""

import zipfile
from fractions import Fraction
from io import BytesIO

from questions import files, markup
from questions.formats import qti
from questions.formats.base import ParsedQuestion
from questions.kinds import get_kind

PICTURE = b"\x89PNG\r\n\x1a\n" + b"peta" * 20
PICTURE_NAME = files.file_name(PICTURE)
V21 = 'xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1"'
V22 = 'xmlns="http://www.imsglobal.org/xsd/imsqti_v2p2"'
TEMPLATES = "http://www.imsglobal.org/question/qti_v2p1/rptemplates"
SCORE = '<outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float"/>'
MATCH = f'<responseProcessing template="{TEMPLATES}/match_correct"/>'
MAP = f'<responseProcessing template="{TEMPLATES}/map_response"/>'


def item(body, *declarations, rules=MATCH, after="", namespace=V21, more="", outcomes=SCORE):
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<assessmentItem {namespace} identifier="soal-1" title="Soal satu" '
        f'adaptive="false" timeDependent="false" {more}>{"".join(declarations)}{outcomes}'
        f"<itemBody>{body}</itemBody>{rules}{after}</assessmentItem>"
    )


def declared(*correct, name="RESPONSE", cardinality="single", base="identifier", mapping=""):
    values = "".join(f"<value>{value}</value>" for value in correct)
    right = f"<correctResponse>{values}</correctResponse>" if correct else ""
    return (
        f'<responseDeclaration identifier="{name}" cardinality="{cardinality}" baseType="{base}">'
        f"{right}{mapping}</responseDeclaration>"
    )


def mapping(entries, **attributes):
    given = "".join(f' {key}="{value}"' for key, value in attributes.items())
    mapped = "".join(f'<mapEntry mapKey="{key}" mappedValue="{value}"/>' for key, value in entries.items())
    return f"<mapping{given}>{mapped}</mapping>"


def choice(*options, most="1", shuffle="true", prompt="Siapa melapor?"):
    listed = "".join(f'<simpleChoice identifier="{name}">{text}</simpleChoice>' for name, text in options)
    return (
        f'<choiceInteraction responseIdentifier="RESPONSE" shuffle="{shuffle}" maxChoices="{most}">'
        f"<prompt>{prompt}</prompt>{listed}</choiceInteraction>"
    )


OPTIONS = [("ChoiceA", "Warga"), ("ChoiceB", "Petugas"), ("ChoiceC", "Tamu")]


def package(items=None, manifest=None, **media) -> BytesIO:
    """Return a zip; without a manifest one is made for the items."""
    items = items or {}
    file = BytesIO()
    listed = "".join(
        f'<resource identifier="r{n}" type="imsqti_item_xmlv2p1" href="{name}"><file href="{name}"/></resource>'
        for n, name in enumerate(items)
    )
    usual = (
        '<manifest xmlns="http://www.imsglobal.org/xsd/imscp_v1p1" identifier="m"><organizations/>'
        f"<resources>{listed}</resources></manifest>"
    )
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("imsmanifest.xml", manifest or usual)
        for name, content in {**items, **media}.items():
            archive.writestr(name, content)
    file.seek(0)
    return file


def read(content) -> list[ParsedQuestion]:
    file = (
        content if isinstance(content, BytesIO) else BytesIO(content.encode() if isinstance(content, str) else content)
    )
    return list(qti.FORMAT.read(file))


def one(content) -> ParsedQuestion:
    (question,) = read(content)
    return question


def good(content) -> ParsedQuestion:
    question = one(content)
    assert question.problems == []
    assert get_kind(question.kind).validate(question.data) == []
    return question


def problem(content) -> str:
    question = one(content)
    assert len(question.problems) == 1
    return question.problems[0]


def written(*questions, read_file=lambda name: PICTURE):
    file = BytesIO()
    left_out = qti.FORMAT.write(questions, file, read_file)
    file.seek(0)
    return file, left_out


def weights(question, key="options"):
    return [(markup.plain(option["text"]), Fraction(option["fraction"])) for option in question.data[key]]


def texts(rows):
    return [markup.plain(row["text"]) for row in rows]


def about(question):
    return (
        question.kind, question.name, question.data, question.tags, question.idnumber, question.category,
        question.state, question.mark, question.problems, question.notices,
    )  # fmt: skip


def single(**changes):
    options = [{"text": "Ya", "fraction": "1"}, {"text": "<u>Tidak</u>", "fraction": "0"}]
    data = get_kind("single").clean({"text": "<p>Apa?</p>", "options": options, **changes})
    return ParsedQuestion(kind="single", name="Apa?", data=data)


def equal(value, tolerance="", mode="absolute"):
    around = f' toleranceMode="{mode}" tolerance="{tolerance}"' if tolerance else ' toleranceMode="exact"'
    return (
        "<responseProcessing><responseCondition><responseIf>"
        f'<equal{around}><variable identifier="RESPONSE"/>{value}</equal><setOutcomeValue identifier="SCORE">'
        '<baseValue baseType="float">2</baseValue></setOutcomeValue></responseIf></responseCondition>'
        "</responseProcessing>"
    )


def rules_of(test):
    return (
        f"<responseProcessing><responseCondition><responseIf>{test}"
        '<setOutcomeValue identifier="SCORE"><baseValue baseType="float">1</baseValue></setOutcomeValue>'
        "</responseIf></responseCondition></responseProcessing>"
    )


def hotspot(source="peta.png"):
    places = (
        '<hotspotChoice identifier="A" shape="circle" coords="10,20,5" hotspotLabel="Utara"/>'
        '<hotspotChoice identifier="B" shape="rect" coords="1,2,30,40"/>'
        '<hotspotChoice identifier="C" shape="poly" coords="0,0,8,0,4,6"/>'
    )
    return (
        '<hotspotInteraction responseIdentifier="RESPONSE" maxChoices="1"><prompt>Di mana?</prompt>'
        f'<object type="image/png" width="100" height="80" data="{source}">Peta kota</object>'
        f"{places}</hotspotInteraction>"
    )
