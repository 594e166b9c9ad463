"""Reading and writing QTI 2.1 and 2.2: dialects of other systems, what marks and feedback mean, hostile packages."""

import zipfile
from base64 import b64encode
from contextlib import suppress
from fractions import Fraction
from io import BytesIO
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from questions import files, markup
from questions.formats import qti
from questions.formats.base import ParsedQuestion, UnreadableFile
from questions.formats.registry import guess_format
from questions.kinds import get_kind

from .strategies import asked

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


# --- one answer, several answers -------------------------------------------------------------------------------------


@pytest.mark.parametrize("namespace", [V21, V22, "", V21.replace("xmlns", "xmlns:q")])
def test_read_takes_every_namespace(namespace):
    question = good(item(choice(*OPTIONS), declared("ChoiceB"), namespace=namespace))
    assert (question.kind, question.name, question.idnumber) == ("single", "Soal satu", "soal-1")
    assert question.data["text"] == "<p>Siapa melapor?</p>"
    assert question.data["shuffle"] is True
    assert weights(question) == [("Warga", 0), ("Petugas", 1), ("Tamu", 0)]
    assert question.notices == []


def test_read_takes_prefixed_elements():
    text = item(choice(*OPTIONS), declared("ChoiceB"), namespace="")
    prefixed = text.replace("</", "</q:").replace("<", "<q:").replace("<q:/q:", "</q:").replace("<q:?xml", "<?xml")
    question = good(prefixed.replace("<q:assessmentItem", f"<q:assessmentItem {V21.replace('xmlns', 'xmlns:q')}"))
    assert weights(question)[1] == ("Petugas", 1)


def test_read_takes_weights_from_a_mapping():
    marks = mapping({"ChoiceB": 2, "ChoiceA": 1, "ChoiceC": -1}, defaultValue=0)
    question = good(item(choice(*OPTIONS), declared("ChoiceB", mapping=marks), rules=MAP))
    assert weights(question) == [("Warga", Fraction(1, 2)), ("Petugas", 1), ("Tamu", Fraction(-1, 2))]
    assert question.mark == 2


def test_read_takes_several_answers_with_bounds():
    marks = mapping({"ChoiceA": "0.3333", "ChoiceB": "0.6667", "ChoiceC": "-0.5"}, lowerBound=0, upperBound=1)
    several = declared("ChoiceA", "ChoiceB", cardinality="multiple", mapping=marks)
    question = good(item(choice(*OPTIONS, most="0"), several, rules=MAP))
    assert question.kind == "multiple"
    assert question.data["grading"] == "partial"
    assert weights(question) == [("Warga", Fraction(1, 3)), ("Petugas", Fraction(2, 3)), ("Tamu", Fraction(-1, 2))]
    assert question.notices == []


@pytest.mark.parametrize("template", [f"{TEMPLATES}/match_correct", f"{TEMPLATES}/CC2_match.xml"])
def test_read_takes_all_or_nothing(template):
    several = declared("ChoiceA", "ChoiceB", cardinality="multiple")
    rules = f'<responseProcessing template="{template}"/>'
    question = good(item(choice(*OPTIONS, most="0"), several, rules=rules))
    assert (question.kind, question.data["grading"]) == ("multiple", "all")
    assert [share > 0 for _text, share in weights(question)] == [True, True, False]
    assert question.notices == []


def test_read_takes_one_of_a_response_that_may_hold_several():
    several = declared("ChoiceB", cardinality="multiple")
    assert good(item(choice(*OPTIONS, most="1"), several)).kind == "single"


TAO = """<responseProcessing><responseCondition><responseIf><match><variable identifier="RESPONSE"/>
<correct identifier="RESPONSE"/></match><setOutcomeValue identifier="SCORE"><sum><variable identifier="SCORE"/>
<baseValue baseType="integer">1</baseValue></sum></setOutcomeValue></responseIf></responseCondition>
</responseProcessing>"""


def test_read_carries_out_the_rules_of_tao():
    outcomes = SCORE + (
        '<outcomeDeclaration identifier="MAXSCORE" cardinality="single" baseType="float"><defaultValue>'
        "<value>1</value></defaultValue></outcomeDeclaration>"
    )
    body = f'<div class="grid-row"><div class="col-12">{choice(*OPTIONS)}</div></div>'
    question = good(item(body, declared("ChoiceB"), rules=TAO, outcomes=outcomes, namespace=V22, more='toolName="TAO"'))
    assert weights(question)[1] == ("Petugas", 1)
    assert question.data["text"] == "<p>Siapa melapor?</p>"


ONYX = """<responseProcessing><responseCondition><responseIf><isNull><variable identifier="RESPONSE"/></isNull>
<setOutcomeValue identifier="SCORE"><baseValue baseType="float">0</baseValue></setOutcomeValue>
<setOutcomeValue identifier="FEEDBACKBASIC"><baseValue baseType="identifier">empty</baseValue></setOutcomeValue>
</responseIf><responseElseIf><match><variable identifier="RESPONSE"/><correct identifier="RESPONSE"/></match>
<setOutcomeValue identifier="SCORE"><variable identifier="MAXSCORE"/></setOutcomeValue>
<setOutcomeValue identifier="FEEDBACKBASIC"><baseValue baseType="identifier">correct</baseValue></setOutcomeValue>
</responseElseIf><responseElse>
<setOutcomeValue identifier="FEEDBACKBASIC"><baseValue baseType="identifier">incorrect</baseValue></setOutcomeValue>
</responseElse></responseCondition></responseProcessing>"""
ONYX_OUTCOMES = (
    SCORE
    + '<outcomeDeclaration identifier="MAXSCORE" cardinality="single" baseType="float"><defaultValue><value>3</value>'
    "</defaultValue></outcomeDeclaration>"
    '<outcomeDeclaration identifier="FEEDBACKBASIC" cardinality="single" baseType="identifier"/>'
)


def feedback(identifier, text, outcome="FEEDBACKBASIC"):
    return (
        f'<modalFeedback outcomeIdentifier="{outcome}" identifier="{identifier}" showHide="show">'
        f"<p>{text}</p></modalFeedback>"
    )


def test_read_puts_the_feedback_of_onyx_where_it_is_shown():
    after = feedback("correct", "Tepat.") + feedback("incorrect", "Belum.")
    question = good(item(choice(*OPTIONS), declared("ChoiceB"), rules=ONYX, outcomes=ONYX_OUTCOMES, after=after))
    assert question.mark == 3
    assert question.data["outcomes"] == {"right": "<p>Tepat.</p>", "wrong": "<p>Belum.</p>"}


def test_read_puts_inline_feedback_with_its_option():
    shown = '<feedbackInline outcomeIdentifier="FEEDBACK" identifier="ChoiceA" showHide="show">Bukan.</feedbackInline>'
    options = [("ChoiceA", f"Warga{shown}"), *OPTIONS[1:]]
    rules = (
        '<responseProcessing><responseCondition><responseIf><match><variable identifier="RESPONSE"/>'
        '<correct identifier="RESPONSE"/></match><setOutcomeValue identifier="SCORE"><baseValue baseType="float">1'
        "</baseValue></setOutcomeValue></responseIf></responseCondition>"
        '<setOutcomeValue identifier="FEEDBACK"><variable identifier="RESPONSE"/></setOutcomeValue>'
        "</responseProcessing>"
    )
    outcomes = SCORE + '<outcomeDeclaration identifier="FEEDBACK" cardinality="single" baseType="identifier"/>'
    question = good(item(choice(*options), declared("ChoiceB"), rules=rules, outcomes=outcomes))
    assert [option["feedback"] for option in question.data["options"]] == ["<p>Bukan.</p>", "", ""]
    assert texts(question.data["options"]) == ["Warga", "Petugas", "Tamu"]


def test_read_makes_feedback_for_everyone_general():
    after = feedback("never", "Lihat pasal 5.").replace('"show"', '"hide"')
    question = good(item(choice(*OPTIONS), declared("ChoiceB"), rules=ONYX, outcomes=ONYX_OUTCOMES, after=after))
    assert question.data["general_feedback"] == "<p>Lihat pasal 5.</p>"


def test_read_takes_true_or_false_where_nothing_is_lost():
    options = [("A", "Benar"), ("B", "Salah")]
    question = good(item(choice(*options, shuffle="false"), declared("B")))
    assert (question.kind, question.data["answer"]) == ("truefalse", False)
    assert good(item(choice(*options, shuffle="true"), declared("B"))).kind == "single"
    assert good(item(choice(*options[::-1], shuffle="false"), declared("B"))).kind == "single"


def test_read_tells_of_options_that_keep_their_place():
    body = choice(*OPTIONS).replace('identifier="ChoiceC"', 'identifier="ChoiceC" fixed="true"')
    question = good(item(body, declared("ChoiceB")))
    assert question.data["shuffle"] is False
    assert question.notices == ["Some options keep their place there; here all of them do."]


def test_read_takes_an_item_without_rules_by_its_right_answer():
    question = good(item(choice(*OPTIONS), declared("ChoiceB"), rules=""))
    assert weights(question)[1] == ("Petugas", 1)
    assert question.notices == ["The item does not say how it is marked; its right answer or mapping counts."]


# --- the other kinds --------------------------------------------------------------------------------------------------


def test_read_takes_an_order():
    listed = "".join(f'<simpleChoice identifier="{name}">Langkah {name}</simpleChoice>' for name in "CAB")
    body = f'<p>Urutkan.</p><orderInteraction responseIdentifier="RESPONSE" shuffle="true">{listed}</orderInteraction>'
    question = good(item(body, declared("A", "B", "C", cardinality="ordered")))
    assert (question.kind, question.data["grading"]) == ("ordering", "all")
    assert texts(question.data["items"]) == ["Langkah A", "Langkah B", "Langkah C"]


def match_body(most="3"):
    sides = [[("A", "Jakarta"), ("B", "Bandung")], [("X", "DKI"), ("Y", "Jawa Barat"), ("Z", "Bali")]]
    listed = "".join(
        "<simpleMatchSet>"
        + "".join(
            f'<simpleAssociableChoice identifier="{n}" matchMax="1">{t}</simpleAssociableChoice>' for n, t in side
        )
        + "</simpleMatchSet>"
        for side in sides
    )
    return (
        f'<matchInteraction responseIdentifier="RESPONSE" shuffle="true" maxAssociations="{most}">'
        f"<prompt>Pasangkan.</prompt>{listed}</matchInteraction>"
    )


def test_read_takes_pairs():
    marks = mapping({"A X": "0.5", "B Y": "0.5"}, defaultValue=0)
    pairs = declared("A X", "B Y", cardinality="multiple", base="directedPair", mapping=marks)
    question = good(item(match_body(), pairs, rules=MAP))
    assert question.kind == "matching"
    assert [(markup.plain(pair["text"]), pair["choice"]) for pair in question.data["pairs"]] == [
        ("Jakarta", "1"),
        ("Bandung", "2"),
    ]
    assert texts(question.data["choices"]) == ["DKI", "Jawa Barat", "Bali"]
    assert question.notices == []


def test_read_tells_where_part_of_the_pairs_earns_something_else():
    pairs = declared("A X", "B Y", cardinality="multiple", base="directedPair")
    question = good(item(match_body(), pairs))
    assert question.notices == [
        "The right answer earns the same; what is partly right or wrong may earn other marks than there."
    ]


def test_read_reports_things_with_two_partners():
    pairs = declared("A X", "A Y", "B X", cardinality="multiple", base="directedPair")
    assert "exactly one partner" in problem(item(match_body(), pairs))


def test_read_takes_partners_of_one_list():
    listed = "".join(
        f'<simpleAssociableChoice identifier="{n}" matchMax="1">{n}{n}</simpleAssociableChoice>' for n in "ABCD"
    )
    body = (
        '<associateInteraction responseIdentifier="RESPONSE" shuffle="true" maxAssociations="2"><prompt>Siapa dengan '
        f"siapa?</prompt>{listed}</associateInteraction>"
    )
    question = good(item(body, declared("A C", "B D", cardinality="multiple", base="pair")))
    assert question.kind == "matching"
    assert [(markup.plain(p["text"]), p["choice"]) for p in question.data["pairs"]] == [("AA", "1"), ("BB", "2")]


def test_read_takes_a_scale_where_no_pair_is_right():
    question = good(item(match_body(), declared(cardinality="multiple", base="directedPair"), rules=""))
    assert question.kind == "likert"
    assert texts(question.data["levels"]) == ["DKI", "Jawa Barat", "Bali"]


def inline(name, *options):
    listed = "".join(f'<inlineChoice identifier="{key}">{text}</inlineChoice>' for key, text in options)
    return f'<inlineChoiceInteraction responseIdentifier="{name}" shuffle="false">{listed}</inlineChoiceInteraction>'


def sum_of(*names):
    rules = "".join(
        f'<responseCondition><responseIf><match><variable identifier="{name}"/><correct identifier="{name}"/></match>'
        '<setOutcomeValue identifier="SCORE"><sum><variable identifier="SCORE"/><baseValue baseType="float">1'
        "</baseValue></sum></setOutcomeValue></responseIf></responseCondition>"
        for name in names
    )
    return f"<responseProcessing>{rules}</responseProcessing>"


def test_read_takes_menus_in_a_text():
    cities = [("j", "Jakarta"), ("b", "Bandung")]
    body = f"<p>Ibu kota {inline('R1', *cities)}, bukan {inline('R2', *cities)}.</p>"
    question = good(item(body, declared("j", name="R1"), declared("b", name="R2"), rules=sum_of("R1", "R2")))
    assert question.kind == "gapselect"
    assert question.data["text"] == "<p>Ibu kota [[1]], bukan [[2]].</p>"
    assert [(c["text"], c["group"]) for c in question.data["choices"]] == [("Jakarta", 1), ("Bandung", 1)]
    assert question.mark == 2


def test_read_makes_menus_of_different_worth_a_cloze():
    marks = mapping({"j": 3, "b": 1})
    body = f"<p>Ibu kota {inline('RESPONSE', ('j', 'Jakarta'), ('b', 'Bandung'))}.</p>"
    question = good(item(body, declared("j", mapping=marks), rules=MAP))
    assert question.kind == "cloze"
    (gap,) = question.data["gaps"]
    assert (gap["kind"], gap["display"], gap["mark"]) == ("single", "menu", "3")
    assert [Fraction(option["fraction"]) for option in gap["data"]["options"]] == [1, Fraction(1, 3)]


def test_read_takes_words_for_gaps():
    body = (
        '<gapMatchInteraction responseIdentifier="RESPONSE" shuffle="true"><prompt>Isilah.</prompt>'
        '<gapText identifier="W" matchMax="1">panas</gapText><gapText identifier="S" matchMax="1">dingin</gapText>'
        '<blockquote><p>Api <gap identifier="G1"/>, es <gap identifier="G2"/>.</p></blockquote></gapMatchInteraction>'
    )
    marks = mapping({"W G1": 1, "S G2": 1}, lowerBound=0)
    pairs = declared("W G1", "S G2", cardinality="multiple", base="directedPair", mapping=marks)
    question = good(item(body, pairs, rules=MAP))
    assert question.kind == "gapselect"
    assert "Api [[1]], es [[2]]." in question.data["text"]
    assert question.mark == 2
    assert question.notices == []


def entry(name="RESPONSE"):
    return f'<textEntryInteraction responseIdentifier="{name}" expectedLength="15"/>'


def test_read_takes_words_with_a_mapping():
    marks = (
        '<mapping defaultValue="0"><mapEntry mapKey="York" mappedValue="1" caseSensitive="false"/>'
        '<mapEntry mapKey="york*" mappedValue="0.5" caseSensitive="false"/></mapping>'
    )
    question = good(item(f"<p>Kota {entry()} itu.</p>", declared("York", base="string", mapping=marks), rules=MAP))
    assert question.kind == "shorttext"
    assert question.data["text"] == "<p>Kota _____ itu.</p>"
    assert (question.data["case"], question.data["accents"]) == (False, True)
    assert [(answer["text"], answer["fraction"]) for answer in question.data["answers"]] == [
        ("York", "1"),
        ("york\\*", "1/2"),
    ]


def test_read_minds_case_where_the_item_does():
    assert good(item(f"<p>Kota?</p><p>{entry()}</p>", declared("York", base="string"))).data["case"] is True


def equal(value, tolerance="", mode="absolute"):
    around = f' toleranceMode="{mode}" tolerance="{tolerance}"' if tolerance else ' toleranceMode="exact"'
    return (
        "<responseProcessing><responseCondition><responseIf>"
        f'<equal{around}><variable identifier="RESPONSE"/>{value}</equal><setOutcomeValue identifier="SCORE">'
        '<baseValue baseType="float">2</baseValue></setOutcomeValue></responseIf></responseCondition>'
        "</responseProcessing>"
    )


@pytest.mark.parametrize(
    ("rules", "answer"),
    [
        (MATCH, {"value": "3.14", "tolerance": "0", "tolerance_kind": "absolute"}),
        (
            equal('<correct identifier="RESPONSE"/>', "0.01 0.01"),
            {"value": "3.14", "tolerance": "0.01", "tolerance_kind": "absolute"},
        ),
        (
            equal('<baseValue baseType="float">3.14</baseValue>', "1", "relative"),
            {"value": "3.14", "tolerance": "0.01", "tolerance_kind": "relative"},
        ),
        (equal('<correct identifier="RESPONSE"/>', "0.04 0.06"), {"low": "3.1", "high": "3.2"}),
    ],
)
def test_read_takes_numbers(rules, answer):
    question = good(item(f"<p>Berapa? {entry()}</p>", declared("3.14", base="float"), rules=rules))
    assert question.kind == "numerical"
    assert question.data["answers"] == [{**answer, "fraction": "1", "feedback": ""}]


def rules_of(test):
    return (
        f"<responseProcessing><responseCondition><responseIf>{test}"
        '<setOutcomeValue identifier="SCORE"><baseValue baseType="float">1</baseValue></setOutcomeValue>'
        "</responseIf></responseCondition></responseProcessing>"
    )


def compared(tag, value, base="float", **attributes):
    given = "".join(f' {key}="{text}"' for key, text in attributes.items())
    return f'<{tag}{given}><variable identifier="RESPONSE"/><baseValue baseType="{base}">{value}</baseValue></{tag}>'


def test_read_takes_a_range_among_other_conditions():
    is_given = '<not><isNull><variable identifier="RESPONSE"/></isNull></not>'
    test = f"<and>{is_given}{compared('gte', 4)}{compared('lte', 6)}</and>"
    question = good(item(f"<p>Berapa? {entry()}</p>", declared("5", base="float"), rules=rules_of(test)))
    assert question.data["answers"] == [{"low": "4", "high": "6", "fraction": "1", "feedback": ""}]


def test_read_reports_a_range_that_it_cannot_say():
    text = item(f"<p>Berapa? {entry()}</p>", declared("5", base="float"), rules=rules_of(compared("gt", 4)))
    assert "other answers for right" in problem(text)


def test_read_takes_every_alternative_that_the_rules_name():
    each = [compared("stringMatch", word, "string", caseSensitive="false") for word in ("air", "water")]
    text = item(f"<p>Apa? {entry()}</p>", declared("air", base="string"), rules=rules_of(f"<or>{''.join(each)}</or>"))
    assert [answer["text"] for answer in good(text).data["answers"]] == ["air", "water"]


def test_read_takes_a_part_of_an_answer_as_a_wildcard():
    test = compared("stringMatch", "air", "string", caseSensitive="false", substring="true")
    question = good(item(f"<p>Apa? {entry()}</p>", declared("air", base="string"), rules=rules_of(test)))
    assert [answer["text"] for answer in question.data["answers"]] == ["*air*"]


def test_read_takes_a_slider_for_a_number():
    body = '<p>Berapa?</p><sliderInteraction responseIdentifier="RESPONSE" lowerBound="0" upperBound="10" step="1"/>'
    question = good(item(body, declared("7", base="integer")))
    assert question.kind == "numerical"
    assert question.notices == ["The slider becomes a field for the number."]


def test_read_takes_several_gaps_for_cloze():
    menu = inline("R3", ("j", "Jakarta"), ("b", "Bandung"))
    body = f"<p>{entry('R1')} dan {entry('R2')} di {menu}.</p>"
    responses = [
        declared("air", name="R1", base="string"),
        declared("12", name="R2", base="integer"),
        declared("j", name="R3"),
    ]
    question = good(item(body, *responses, rules=sum_of("R1", "R2", "R3")))
    assert question.kind == "cloze"
    assert question.data["text"] == "<p>[[1]] dan [[2]] di [[3]].</p>"
    assert [(gap["kind"], gap["mark"]) for gap in question.data["gaps"]] == [
        ("shorttext", "1"),
        ("numerical", "1"),
        ("single", "1"),
    ]
    assert question.mark == 3


def test_read_takes_an_essay_with_its_guide():
    body = (
        '<p>Ceritakan.</p><rubricBlock view="scorer"><p>Dua alasan.</p></rubricBlock>'
        '<extendedTextInteraction responseIdentifier="RESPONSE" format="xhtml"/>'
    )
    outcomes = SCORE.replace("/>", ' normalMaximum="5"/>')
    question = good(item(body, declared(base="string"), rules="", outcomes=outcomes))
    assert (question.kind, question.data["editor"], question.mark) == ("essay", "rich", 5)
    assert question.data["guide"] == "<p>Dua alasan.</p>"
    assert question.data["text"] == "<p>Ceritakan.</p>"


def test_read_takes_an_upload_and_a_description():
    body = '<p>Unggah.</p><uploadInteraction responseIdentifier="RESPONSE" type="application/pdf"/>'
    question = good(item(body, declared(base="file"), rules=""))
    assert (question.kind, question.data["file_types"]) == ("upload", ["pdf"])
    assert good(item("<p>Bacalah.</p>", rules="")).kind == "description"


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


def test_read_takes_places_on_a_picture():
    file = package({"soal/a.xml": item(hotspot("../media/peta.png"), declared("A"))}, **{"media/peta.png": PICTURE})
    question = good(file)
    assert question.kind == "hotspot"
    assert question.files == {PICTURE_NAME: PICTURE}
    about = {key: question.data[key] for key in ("picture", "alt", "width", "height", "several")}
    assert about == {"picture": PICTURE_NAME, "alt": "Peta kota", "width": 100, "height": 80, "several": False}
    assert weights(question, "areas") == [("Utara", 1), ("Place 2", 0), ("Place 3", 0)]
    assert [area["shape"] for area in question.data["areas"]] == ["circle", "rect", "polygon"]


# --- pictures and metadata --------------------------------------------------------------------------------------------


def test_read_embeds_the_pictures_of_a_package():
    body = '<p><img src="img/peta%20kota.png" alt="Peta"/></p>' + choice(*OPTIONS)
    question = good(package({"soal/a.xml": item(body, declared("ChoiceB"))}, **{"soal/img/peta kota.png": PICTURE}))
    assert f'src="{files.file_address(PICTURE_NAME)}"' in question.data["text"]
    assert question.files == {PICTURE_NAME: PICTURE}


def test_read_takes_pictures_from_the_address_itself():
    source = f"data:image/png;base64,{b64encode(PICTURE).decode()}"
    question = good(item(f'<p><img src="{source}" alt=""/></p>{choice(*OPTIONS)}', declared("ChoiceB")))
    assert question.files == {PICTURE_NAME: PICTURE}


@pytest.mark.parametrize("source", ["peta.png", "https://lain.example/peta.png", "../../../etc/passwd", "//x/y.png"])
def test_read_reports_pictures_that_are_not_there(source):
    text = item(f'<p><img src="{source}" alt=""/></p>{choice(*OPTIONS)}', declared("ChoiceB"))
    expected = f"The picture “{source}” is not in the file. Take it out, or import a package that has it."
    assert problem(text) == expected
    assert problem(package({"a.xml": text})) == f"a.xml: {expected}"


def test_read_refuses_pictures_that_are_none():
    body = f'<p><img src="a.svg" alt=""/></p>{choice(*OPTIONS)}'
    assert "is no PNG, JPEG, GIF or WebP picture" in problem(
        package({"a.xml": item(body, declared("ChoiceB"))}, **{"a.svg": b"<svg/>"})
    )


def test_read_takes_keywords_from_the_manifest():
    manifest = (
        '<manifest xmlns="http://www.imsglobal.org/xsd/imscp_v1p1" xmlns:imsmd="http://www.imsglobal.org/xsd/imsmd_v1p2"'
        ' identifier="m"><resources><resource identifier="r" type="imsqti_item_xmlv2p2" href="a.xml"><metadata>'
        "<imsmd:lom><imsmd:general><imsmd:keyword><imsmd:langstring>etika</imsmd:langstring></imsmd:keyword>"
        "<imsmd:keyword><imsmd:langstring>ASN</imsmd:langstring></imsmd:keyword></imsmd:general></imsmd:lom></metadata>"
        "</resource><resource identifier='w' type='webcontent' href='x.css'/></resources></manifest>"
    )
    question = good(package({"a.xml": item(choice(*OPTIONS), declared("ChoiceB"))}, manifest))
    assert question.tags == ["etika", "ASN"]


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


def about(question):
    return (
        question.kind, question.name, question.data, question.tags, question.idnumber, question.category,
        question.state, question.mark, question.problems, question.notices,
    )  # fmt: skip


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


def single(**changes):
    options = [{"text": "Ya", "fraction": "1"}, {"text": "<u>Tidak</u>", "fraction": "0"}]
    data = get_kind("single").clean({"text": "<p>Apa?</p>", "options": options, **changes})
    return ParsedQuestion(kind="single", name="Apa?", data=data)


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
