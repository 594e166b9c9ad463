"""Reading QTI 2.1 and 2.2: dialects of other systems, and what marks, feedback and metadata mean."""

from base64 import b64encode
from fractions import Fraction

import pytest

from questions import files, markup

from .qti_files import (
    MAP,
    MATCH,
    OPTIONS,
    PICTURE,
    PICTURE_NAME,
    SCORE,
    TEMPLATES,
    V21,
    V22,
    choice,
    declared,
    equal,
    good,
    hotspot,
    item,
    mapping,
    package,
    problem,
    rules_of,
    texts,
    weights,
)

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
