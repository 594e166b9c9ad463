"""Reading and writing Moodle's XML: every kind and setting, files, and each way in which a file can be wrong."""

import base64
import io
import json
import time
import tracemalloc
from contextlib import suppress
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from questions import markup
from questions.files import file_address, file_name
from questions.formats import moodle_xml, moodle_xml_writing, safe_xml
from questions.formats.base import ParsedQuestion, UnreadableFile, as_json
from questions.formats.registry import guess_format
from questions.kinds import all_kinds, get_kind

from .roundtrip import kept
from .strategies import asked

SAMPLES = Path(__file__).resolve().parents[2].parent / "shared" / "samples" / "moodle-xml"
needs_samples = pytest.mark.skipif(not SAMPLES.is_dir(), reason="the samples are not here")
PICTURE = b"\x89PNG\r\n\x1a\n and the rest"
PLACED = base64.b64encode(PICTURE).decode()
ADDRESS = file_address(file_name(PICTURE))


def read(inner: str) -> list[ParsedQuestion]:
    return list(moodle_xml.read(io.BytesIO(f'<?xml version="1.0" encoding="UTF-8"?>\n<quiz>{inner}</quiz>'.encode())))


def one(kind: str, inner: str, text: str = "<text>Q</text>") -> ParsedQuestion:
    head = f'<name><text>N</text></name><questiontext format="html">{text}</questiontext>'
    [question] = read(f'<question type="{kind}">{head}{inner}</question>')
    return question


def good(kind: str, inner: str, text: str = "<text>Q</text>") -> ParsedQuestion:
    question = one(kind, inner, text)
    assert question.problems == []
    return question


def answer(text: str, fraction: str = "0", more: str = "", feedback: str = "") -> str:
    about = f'<feedback format="html"><text>{feedback}</text></feedback>' if feedback else ""
    return f'<answer fraction="{fraction}" format="html"><text>{text}</text>{about}{more}</answer>'


TWO = answer("Ya", "100") + answer("Tidak")
WELL = '<question type="truefalse"><name><text>N</text></name><questiontext><text>Q</text></questiontext>'
WELL += f"{answer('true', '100')}{answer('false')}</question>"


# --- what every question has -----------------------------------------------------------------------------------------


def test_read_takes_what_every_question_has():
    question = good(
        "multichoice",
        f"""<generalfeedback format="html"><text>Umum</text></generalfeedback>
        <defaultgrade>2.5000000</defaultgrade><penalty>0.2500000</penalty><hidden>0</hidden><idnumber>A-1</idnumber>
        <correctfeedback format="html"><text>Betul</text></correctfeedback>
        <partiallycorrectfeedback format="html"><text>Hampir</text></partiallycorrectfeedback>
        <incorrectfeedback format="html"><text></text></incorrectfeedback>
        <shuffleanswers>1</shuffleanswers>{TWO}
        <hint format="html"><text>Baca lagi</text></hint><hint format="html"><text>Pasal 12B</text></hint>
        <tags><tag><text>etika</text></tag><tag><text>loket</text></tag></tags>
        <coursetags><tag><text>etika</text></tag></coursetags>""",
    )
    assert (question.name, question.mark, question.idnumber, question.state) == ("N", Fraction(5, 2), "A-1", "")
    assert question.tags == ["etika", "loket"]
    assert question.notices == []
    assert question.data == {
        "text": "<p>Q</p>", "general_feedback": "<p>Umum</p>", "penalty": "1/4",
        "outcomes": {"right": "<p>Betul</p>", "partly": "<p>Hampir</p>"},
        "hints": ["<p>Baca lagi</p>", "<p>Pasal 12B</p>"],
        "shuffle": True,
        "options": [
            {"id": "a", "text": "Ya", "fraction": "1", "feedback": ""},
            {"id": "b", "text": "Tidak", "fraction": "0", "feedback": ""},
        ],
    }  # fmt: skip


@pytest.mark.parametrize("penalty", ["0.3333333", "0.33", "0.3333"])
def test_read_takes_a_rounded_third_as_the_usual_penalty(penalty):
    assert "penalty" not in good("multichoice", f"<penalty>{penalty}</penalty>{TWO}").data


@pytest.mark.parametrize(
    ("inner", "state"),
    [
        ("<hidden>1</hidden>", "retired"),
        ("<hidden>0</hidden>", ""),
        ("<status>draft</status>", "draft"),
        ("<status>ready</status>", "ready"),
        ("<status>wild</status>", ""),
    ],
)
def test_read_takes_the_state(inner, state):
    assert good("multichoice", inner + TWO).state == state


def test_read_follows_categories():
    categories = ["$course$/top/Etika/Gratifikasi", "$course$/Delta", "top/a//b/c", "$system$/top"]
    inner = "".join(
        f'<question type="category"><category><text>{path}</text></category><info format="html"><text>i</text></info>'
        f"<idnumber>7</idnumber></question>{WELL}"
        for path in categories
    )
    assert [question.category for question in read(WELL + inner)] == ["", "Etika/Gratifikasi", "Delta", "a//b/c", ""]


def test_read_tells_the_line_of_each_question():
    questions = read(f"\n\n{WELL}\n<!-- question: 7 -->\n\n{WELL}<question\n type='essay'/>")
    assert [question.line for question in questions] == [4, 7, 7]


def test_read_names_a_question_without_a_name():
    first, second = read(
        '<question type="description"><questiontext><text>Bacalah.</text></questiontext></question>'
        '\n<question type="description"/>'
    )
    assert first.name == "Bacalah."
    assert second.name == "Question in line 3"
    assert second.problems


@pytest.mark.parametrize(
    ("text_format", "source", "html"),
    [
        ("html", "<![CDATA[<b>a</b> &amp; b<script>x</script>]]>", "<p><b>a</b> &amp; b</p>"),
        ("html", "&lt;i&gt;a&lt;/i&gt;", "<p><i>a</i></p>"),
        ("markdown", "**a** dan *b*", "<p><strong>a</strong> dan <em>b</em></p>"),
        ("plain_text", "&lt;b&gt;a\nb", "<p>&lt;b&gt;a<br>b</p>"),
        ("moodle_auto_format", "3 &lt; 5\n\nb", "<p>3 &lt; 5</p><p>b</p>"),
        ("wiki_like", "3 &lt; 5", "<p>3 &lt; 5</p>"),
    ],
)
def test_read_makes_every_format_safe_html(text_format, source, html):
    inner = f'<questiontext format="{text_format}"><text>{source}</text></questiontext>'
    [question] = read(f'<question type="description"><name><text>N</text></name>{inner}</question>')
    assert (question.data["text"], question.problems) == (html, [])


def test_read_gives_other_texts_the_format_of_the_question_unless_they_name_one():
    [question] = read(
        '<question type="description"><questiontext format="markdown"><text>*a*</text></questiontext>'
        "<generalfeedback><text>*b*</text></generalfeedback>"
        '<hint format="html"><text>*c*</text></hint></question>'
    )
    assert question.data["general_feedback"] == "<p><em>b</em></p>"
    assert question.data["hints"] == ["<p>*c*</p>"]


def test_read_takes_markup_that_was_left_outside_of_cdata():
    question = good("description", "", "<text>a <b>b</b> c</text>")
    assert question.data["text"] == "<p>a <b>b</b> c</p>"
    assert "outside of a CDATA section" in question.notices[0]


def test_read_tells_what_hints_did():
    question = good("multichoice", f"{TWO}<hint><text>x</text><shownumcorrect/><clearwrong/></hint>")
    assert question.data["hints"] == ["<p>x</p>"]
    assert "shownumcorrect" in question.notices[0]


# --- files -----------------------------------------------------------------------------------------------------------


def with_file(name: str, reference: str, content: str = PLACED) -> ParsedQuestion:
    text = f'<text><![CDATA[<p>Peta <img src="@@PLUGINFILE@@/{reference}" alt="Peta"> ini</p>]]></text>'
    return good("description", "", f'{text}<file name="{name}" path="/" encoding="base64">{content}</file>')


@pytest.mark.parametrize(
    ("name", "reference"),
    [
        ("peta.png", "peta.png"),
        ("peta kota.png", "peta%20kota.png"),
        ("peta kota.png", "peta kota.png"),
        ("péta (1).png", "p%C3%A9ta%20%281%29.png"),
        ("péta (1).png", "péta (1).png"),
        ("a&amp;b.png", "a&amp;b.png"),
        ("peta.png", "peta.png?forcedownload=1"),
        ("a%20b.png", "a%2520b.png"),
    ],
)
def test_read_resolves_files_by_any_spelling_of_their_name(name, reference):
    question = with_file(name, reference)
    assert question.data["text"] == f'<p>Peta <img src="{ADDRESS}" alt="Peta"> ini</p>'
    assert question.files == {file_name(PICTURE): PICTURE}
    assert question.notices == []


def test_read_finds_files_of_folders_and_of_other_parts_of_the_question():
    text = '<text><![CDATA[<img src="@@PLUGINFILE@@/a/x.png"><img src="@@PLUGINFILE@@/y.png">]]></text>'
    question = good(
        "description",
        f'<hint><text>h</text><file name="y.png">{PLACED}</file></hint>',
        f'{text}<file name="x.png" path="/a/">{PLACED}</file>',
    )
    assert question.data["text"].count(ADDRESS) == 2


def test_read_leaves_out_what_is_no_picture_and_says_so():
    text = '<text><![CDATA[<p><a href="@@PLUGINFILE@@/lagu.mp3">Dengarkan</a> dulu.</p>]]></text>'
    question = good("description", "", f'{text}<file name="lagu.mp3">{base64.b64encode(b"ID3").decode()}</file>')
    assert question.data["text"] == "<p>Dengarkan dulu.</p>"
    assert question.files == {}
    assert "lagu.mp3" in question.notices[0]


@pytest.mark.parametrize("content", ["", "!!!", "AAAA", base64.b64encode(PICTURE + b"x" * 5_000_000).decode()])
def test_read_leaves_out_broken_and_huge_pictures_and_keeps_their_words(content):
    question = with_file("peta.png", "peta.png", content)
    assert question.data["text"] == "<p>Peta Peta ini</p>"
    assert "peta.png" in question.notices[0]


def test_read_tells_files_that_are_missing_and_pictures_of_other_places():
    text = (
        '<text><![CDATA[<p>Peta <img src="@@PLUGINFILE@@/x.png"> <img src="https://example.org/y.png">.</p>]]></text>'
    )
    question = good("description", "", text)
    assert "x.png" in question.notices[0]
    assert "https://example.org/y.png" in question.notices[1]
    assert "missing:" not in question.data["text"]


def test_read_takes_pictures_in_the_text_itself_and_those_of_old_files():
    inline = good("description", "", f'<text><![CDATA[a <img src="data:image/png;base64,{PLACED}">]]></text>')
    assert inline.data["text"] == f'<p>a <img src="{ADDRESS}"></p>'
    old = good("description", f"<image>folder/a.png</image><image_base64>{PLACED}</image_base64>")
    assert old.data["text"] == f'<p>Q<img src="{ADDRESS}" alt=""></p>'


# --- the kinds -------------------------------------------------------------------------------------------------------


def test_read_takes_several_answers():
    inner = "<single>false</single><answernumbering>iii</answernumbering>"
    inner += answer("a", "33.33333") + answer("b", "66.66667") + answer("c", "-50", feedback="Bukan")
    question = good("multichoice", inner)
    assert question.kind == "multiple"
    assert question.data["shuffle"] is False
    assert [option["fraction"] for option in question.data["options"]] == ["1/3", "2/3", "-1/2"]
    assert question.data["options"][2]["feedback"] == "<p>Bukan</p>"
    assert "iii" in question.notices[0]


def test_read_takes_all_or_nothing():
    question = good("multichoiceset", answer("a", "100") + answer("b", "100") + answer("c"))
    assert (question.kind, question.data["grading"]) == ("multiple", "all")


@pytest.mark.parametrize(
    ("inner", "right"),
    [
        (answer("true", "100", feedback="ya") + answer("false", "0", feedback="bukan"), True),
        (answer("false", "100", feedback="bukan") + answer("true", "0", feedback="ya"), False),
        (answer("Benar", "0", feedback="ya") + answer("Salah", "100", feedback="bukan"), False),
    ],
)
def test_read_takes_true_or_false_in_any_order_and_language(inner, right):
    data = good("truefalse", inner).data
    assert (data["answer"], data["feedback_true"], data["feedback_false"]) == (right, "<p>ya</p>", "<p>bukan</p>")


def test_read_takes_short_text():
    question = good("shortanswer", f"<usecase>1</usecase>{answer('Kata&lt;*', '100')}{answer('*', '0', '', 'x')}")
    assert question.data["case"] is True
    assert question.data["accents"] is True
    assert question.data["answers"] == [
        {"text": "Kata<*", "fraction": "1", "feedback": ""},
        {"text": "*", "fraction": "0", "feedback": "<p>x</p>"},
    ]


def test_read_takes_numbers_with_units():
    units = "<units><unit><multiplier>1</multiplier><unit_name>m</unit_name></unit>"
    units += "<unit><multiplier>0,001</multiplier><unit_name>km</unit_name></unit></units>"
    inner = answer("3.1400000", "100", "<tolerance>0,01</tolerance>") + answer("*", "0", "<tolerance></tolerance>")
    question = good(
        "numerical", f"{inner}{units}<unitgradingtype>1</unitgradingtype><unitpenalty>0.2500000</unitpenalty>"
    )
    right, anything = question.data["answers"]
    assert (right["value"], right["tolerance"], right["tolerance_kind"]) == ("3.14", "0.01", "absolute")
    assert anything["value"] == "*"
    assert question.data["units"] == [{"name": "m", "multiplier": "1"}, {"name": "km", "multiplier": "0.001"}]
    assert (question.data["unit_rule"], question.data["unit_penalty"]) == ("required", "1/4")


@pytest.mark.parametrize(
    ("inner", "rule"),
    [("", "optional"), ("<showunits>3</showunits>", "none"), ("<unitgradingtype>2</unitgradingtype>", "required")],
)
def test_read_takes_the_rule_for_units(inner, rule):
    unit = "<units><unit><multiplier>1</multiplier><unit_name>m</unit_name></unit></units>"
    assert good("numerical", answer("3", "100") + unit + inner).data["unit_rule"] == rule
    assert good("numerical", answer("3", "100") + inner).data["unit_rule"] == "none"


@pytest.mark.parametrize("kind", ["match", "matching"])
def test_read_takes_pairs_with_distractors_and_shared_choices(kind):
    pairs = [("katak", "amfibi"), ("kucing", "R&amp;D &lt; 3"), ("kadal air", "amfibi"), ("", "serangga")]
    inner = "".join(
        f"<subquestion><text>{text}</text><answer><text>{choice}</text></answer></subquestion>"
        for text, choice in pairs
    )
    data = good(kind, f"<shuffleanswers>false</shuffleanswers>{inner}").data
    assert [(pair["text"], pair["choice"]) for pair in data["pairs"]] == [
        ("katak", "1"), ("kucing", "2"), ("kadal air", "1"),
    ]  # fmt: skip
    assert data["choices"] == [
        {"id": "1", "text": "amfibi"}, {"id": "2", "text": "R&D < 3"}, {"id": "3", "text": "serangga"},
    ]  # fmt: skip
    assert data["shuffle"] is False


def test_read_takes_an_essay():
    question = good(
        "essay",
        """<responseformat>plain</responseformat><minwordlimit>50</minwordlimit><maxwordlimit>500</maxwordlimit>
        <attachments>-1</attachments><attachmentsrequired>2</attachmentsrequired><maxbytes>1048576</maxbytes>
        <filetypeslist>.pdf, .docx,web_image,rahasia</filetypeslist>
        <graderinfo format="html"><text>Untuk penilai</text></graderinfo>
        <responsetemplate format="html"><text>Saya berpendapat</text></responsetemplate>""",
    )
    data = question.data
    assert question.kind == "essay"
    assert (data["editor"], data["words_min"], data["words_max"]) == ("plain", 50, 500)
    assert (data["files"], data["files_required"], data["file_size"]) == (20, 2, 1048576)
    assert data["file_types"] == ["pdf", "docx", "png", "jpg", "jpeg", "gif", "webp"]
    assert (data["guide"], data["template"]) == ("<p>Untuk penilai</p>", "<p>Saya berpendapat</p>")
    assert "rahasia" in question.notices[0]


def test_read_takes_an_essay_without_a_box_as_files_to_hand_in():
    question = good("essay", "<responseformat>noinline</responseformat><attachments>3</attachments>")
    assert (question.kind, question.data["files"]) == ("upload", 3)


def test_read_takes_gaps_with_lists_and_words_that_were_dragged():
    def choices(tag: str) -> str:
        words = [("ditolak", 1), ("dilapor&lt;i&gt;kan&lt;/i&gt;", 1), ("30", 2), ("7", 2)]
        return "".join(f"<{tag}><text>{text}</text><group>{group}</group></{tag}>" for text, group in words)

    text = "<text>Hibah [[2]] dalam [[3]] hari.</text>"
    chosen = good("gapselect", choices("selectoption"), text)
    assert chosen.kind == "gapselect"
    assert chosen.data["text"] == "<p>Hibah [[2]] dalam [[3]] hari.</p>"
    assert chosen.data["choices"][1] == {"id": "2", "text": "dilapor kan", "group": 1}
    dragged = good("ddwtos", choices("dragbox"), text)
    assert dragged.data == chosen.data
    assert "dragged" in dragged.notices[0]


@pytest.mark.parametrize(
    ("named", "grading", "notices"),
    [
        ("ALL_OR_NOTHING", "all", 0),
        ("ABSOLUTE_POSITION", "position", 0),
        ("LONGEST_ORDERED_SUBSET", "longest", 0),
        ("RELATIVE_ALL_PREVIOUS_AND_NEXT", "pairs", 0),
        ("LONGEST_CONTIGUOUS_SUBSET", "longest", 1),
        ("RELATIVE_NEXT_EXCLUDE_LAST", "pairs", 1),
        ("RELATIVE_TO_CORRECT", "position", 1),
    ],
)
def test_read_takes_an_order_and_its_grading(named, grading, notices):
    inner = f"<gradingtype>{named}</gradingtype>" + "".join(answer(text, "1") for text in "ABC")
    question = good("ordering", inner)
    assert [item["text"] for item in question.data["items"]] == ["A", "B", "C"]
    assert (question.data["grading"], len(question.notices)) == (grading, notices)


def test_read_tells_what_an_order_had_beside():
    inner = "<layouttype>HORIZONTAL</layouttype><selecttype>RANDOM</selecttype><selectcount>2</selectcount>"
    inner += "<gradingtype>ALL_OR_NOTHING</gradingtype>" + "".join(answer(text, "1", feedback="f") for text in "ABC")
    assert len(good("ordering", inner).notices) == 3


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("calculated", "numbers by chance"),
        ("calculatedsimple", "numbers by chance"),
        ("calculatedmulti", "numbers by chance"),
        ("ddimageortext", "dragging onto a picture"),
        ("ddmarker", "dragging onto a picture"),
        ("randomsamatch", "drawn from others"),
        ("random", "drawn from others"),
        ("stack", "“stack” is not one of Moodle's own"),
        ("", "does not say its kind"),
    ],
)
def test_read_says_why_a_kind_is_not_read(kind, words):
    question = one(kind, "<tags><tag><text>t</text></tag></tags>")
    assert words in question.problems[0]
    assert (question.name, question.data["text"], question.tags) == ("N", "<p>Q</p>", ["t"])
    assert question.kind == (kind or "unknown")


def test_read_goes_on_after_a_bad_question():
    questions = read(f'<question type="multichoice"/>{WELL}<question type="stack"/><other/>{WELL}')
    assert [bool(question.problems) for question in questions] == [True, False, True, False]


# --- files that are wrong --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "the file ends too early"),
        (b"Siapa?{T}", "not XML"),
        (b"PK\x03\x04rest", "document or a picture"),
        (b"<quiz>\n<question></quiz>", "Line 2, column 13: this closing tag"),
        (b"<quiz><question>", "the file ends too early"),
        (b"<quiz><q><![CDATA[x", "CDATA section is not closed"),
        (b"<quiz>\n<q>a & b</q></quiz>", "Line 2, column 7: this is not well-formed"),
        (b"<quiz>&nbsp;</quiz>", "this entity is not known"),
        (b"<quiz>\n<q>caf\xe9</q></quiz>", "Line 2, column 7: a character that is not UTF-8"),
        (b"<quiz>\x0b</quiz>", "a control character"),
        (b"<quiz><q a='1' a='2'/></quiz>", "an attribute stands twice"),
        (b"<quiz/><quiz/>", "something follows the end"),
        (b"\n<?xml version='1.0'?><quiz/>", "something stands before"),
        (b"<html><body/></html>", "begins with <html>"),
        (b"<!DOCTYPE html><html/>", "web page"),
        (b'<!DOCTYPE quiz SYSTEM "file:///etc/passwd"><quiz/>', "document type"),
        (b'<!DOCTYPE q [<!ENTITY a "b"><!ENTITY c "&a;&a;">]><quiz>&c;</quiz>', "document type"),
        (b'<?xml version="1.0" encoding="entah"?><quiz/>', "an encoding that is not known"),
        (b'<?xml version="1.0" encoding="shift_jis"?><quiz/>', "an encoding that is not known"),
        (b'<?xml version="1.0" encoding="UTF-16"?><quiz/>', "another encoding than it says"),
        (b"<quiz><q a='" + b"x" * 3_000_000, "does not end"),
    ],
)
def test_read_names_what_is_wrong_with_a_file(content, words):
    with pytest.raises(UnreadableFile) as refused:
        list(moodle_xml.read(io.BytesIO(content)))
    assert words in str(refused.value)


def test_read_gives_the_questions_before_the_place_where_a_file_breaks():
    questions = moodle_xml.read(io.BytesIO(f"<quiz>{WELL}<!--{'x' * 100_000}-->{WELL}<a></b>".encode()))
    assert next(questions).name == "N"
    with pytest.raises(UnreadableFile):
        list(questions)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "windows-1252", "iso-8859-1"])
def test_read_takes_other_encodings_that_are_declared(encoding):
    head = f'<?xml version="1.0" encoding="{encoding.removesuffix("-sig")}"?>'
    [question] = moodle_xml.read(io.BytesIO(f"{head}<quiz>{WELL.replace('>N<', '>é<')}</quiz>".encode(encoding)))
    assert question.name == "é"


def test_read_leaves_the_rest_of_a_giant_question_out(monkeypatch):
    monkeypatch.setattr(safe_xml, "LARGEST_PIECE", 10_000)
    deep = "<a>" * 100 + "</a>" * 100
    questions = read(f'<question type="essay"><x>{"y" * 20_000}</x></question>{WELL}<question>{deep}</question>{WELL}')
    assert ["too large" in " ".join(question.problems) for question in questions] == [True, False, True, False]


def test_read_keeps_little_of_a_file_in_memory():
    def of_size(count: int) -> int:
        file = Repeated(f"<!-- x --> {WELL}".encode(), count)
        tracemalloc.start()
        assert sum(1 for _question in moodle_xml.read(file)) == count
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    of_size(10)
    assert of_size(4_000) < of_size(500) + 500_000 < 3_000_000


class Repeated(io.RawIOBase):
    """A file of the same question many times over, of which nothing is held."""

    def __init__(self, question: bytes, count: int):
        self.chunks = iter([b"<quiz>", *[question] * count, b"</quiz>"])

    def read(self, _size: int = -1) -> bytes:
        return next(self.chunks, b"")


@pytest.mark.parametrize(
    "text",
    [
        "<![CDATA[" + "<img " * 60_000 + "]]>",
        "<![CDATA[" + "<a href='@@PLUGINFILE@@/" * 30_000 + "]]>",
        "<![CDATA[" + "{1:SA:" * 60_000 + "]]>",
        "<![CDATA[" + "{1:SA:=a~" * 60_000 + "}]]>",
        "<![CDATA[{1:MC:" + "%" * 190_000 + "}]]>",
        "<![CDATA[" + "data:image/png;base64," * 20_000 + "]]>",
        "&lt;" * 190_000,
    ],
)
def test_a_text_made_to_cost_time_costs_little(text):
    began = time.process_time()
    one("cloze", "", f"<text>{text}</text>")
    one("description", "", f"<text>{text}</text>")
    assert time.process_time() - began < 5


@given(st.text(alphabet="<>/quiz estion='\"&;#![]A-", max_size=80))
def test_read_never_stumbles(text):
    with suppress(UnreadableFile):
        for question in moodle_xml.read(io.BytesIO(f'<quiz><question type="cloze">{text}'.encode())):
            json.dumps(as_json(question))


# --- writing ---------------------------------------------------------------------------------------------------------

rough = (
    st.text(alphabet="abc é~=#{}:\\%50[]/<>&\"'$-\n*", min_size=1, max_size=30)
    .map(markup.from_plain)
    .filter(markup.has_content)
    .map(markup.block)
)
shown = st.sampled_from([f'<p>Peta <img src="{ADDRESS}" alt="a]]&gt;"></p>'])
one_line = st.text(alphabet="ab:{}~\\=#<>&]é ", min_size=1, max_size=20).map(lambda text: " ".join(text.split()))


@st.composite
def questions(draw):
    """Draw a question of any kind with rough texts, hints, outcomes, tags and a state."""
    kind, data = draw(asked | gaps_of_words())
    data = {**data, "general_feedback": draw(rough | shown | st.just(""))}
    if not any(mark in data["text"] for mark in ("[[", "Di mana")):
        data["text"] = draw(rough | shown)
    data["hints"] = draw(st.lists(rough | shown, max_size=2))
    data["penalty"] = draw(st.sampled_from(["1/3", "0", "1", "1/4"]))
    if kind in {"single", "multiple", "matching", "gapselect", "ordering"}:
        data["outcomes"] = draw(st.dictionaries(st.sampled_from(["right", "partly", "wrong"]), rough, max_size=3))
    if kind in {"single", "multiple"}:
        texts = draw(st.lists(rough, min_size=len(data["options"]), max_size=len(data["options"]), unique=True))
        changed = [{**option, "text": text} for option, text in zip(data["options"], texts, strict=True)]
        rougher = get_kind(kind).clean({**data, "options": changed})
        data = data if get_kind(kind).problems(rougher) else rougher
    return ParsedQuestion(
        kind=kind,
        name=draw(one_line.filter(bool)),
        data=get_kind(kind).clean(data),
        category=draw(st.sampled_from(["", "Etika", "Etika/a//b", "<R&D>"])),
        tags=draw(st.lists(one_line.filter(bool), unique=True, max_size=2)),
        idnumber=draw(st.sampled_from(["", "X-1", "<&]]>"])),
        mark=draw(st.sampled_from([Fraction(1), Fraction(5, 2), Fraction(1, 3), Fraction(100)])),
        state=draw(st.sampled_from(["", "draft", "ready", "retired"])),
    )


@st.composite
def gaps_of_words(draw):
    """Draw a text with a gap for words, one for a number and one for an option, whose texts are rough."""
    words = draw(st.text("ab{}~#=%\\<&;é*", min_size=1, max_size=8))
    word = {"text": words, "fraction": "1", "feedback": draw(rough)}
    number = {"value": "3.14", "tolerance": "0.01", "fraction": "1", "feedback": draw(rough)}
    texts = draw(st.lists(rough, min_size=2, max_size=3, unique_by=markup.plain))
    options = [{"text": text, "fraction": str(int(not n)), "feedback": ""} for n, text in enumerate(texts)]
    gaps = [
        {"kind": "shorttext", "data": {"answers": [word], "case": draw(st.booleans()), "accents": True}},
        {"kind": "numerical", "data": {"answers": [number]}, "mark": "2"},
        {"kind": draw(st.sampled_from(["single", "multiple"])), "data": {"options": options, "shuffle": False},
         "display": draw(st.sampled_from(["menu", "list", "row"]))},
    ]  # fmt: skip
    kind = get_kind("cloze")
    data = kind.clean({"text": "<p>{1:SA:=x} [[2]], [[1]] {2:MC} [[3]]</p>", "gaps": gaps})
    if kind.problems(data):
        data["gaps"][0]["data"]["answers"][0]["text"] = "kata"
    return "cloze", data


def written(originals: list[ParsedQuestion]):
    file = io.BytesIO()
    left_out = moodle_xml.write(originals, file, {file_name(PICTURE): PICTURE}.__getitem__)
    return left_out, file.getvalue()


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(questions(), max_size=2))
def test_write_is_read_back_as_it_was(originals):
    left_out, content = written(originals)
    whole = [lost.name for lost in left_out if lost.is_whole]
    rest = [question for question in originals if question.kind not in {"likert", "hotspot"}]
    assert len(whole) == len(originals) - len(rest)
    back = list(moodle_xml.read(io.BytesIO(content)))
    assert [question.problems for question in back] == [[]] * len(rest)
    assert [kept(question) for question in back] == [kept(question) for question in rest]
    assert [question.mark for question in back] == [question.mark for question in rest]
    for question, original in zip(back, rest, strict=True):
        assert bool(question.files) == (ADDRESS in json.dumps(original.data).replace("\\", ""))


def parsed(kind: str, **data) -> ParsedQuestion:
    return ParsedQuestion(kind, "N", get_kind(kind).clean({"text": "Q", **data}))


ONE = [{"text": "Palu", "fraction": "1"}]
OPTIONS = [{"text": "a", "fraction": "1"}, {"text": "b", "fraction": "0"}]


@pytest.mark.parametrize(
    ("question", "words"),
    [
        (parsed("likert"), ["no question of this kind"]),
        (parsed("hotspot"), ["no question of this kind"]),
        (parsed("multiple", options=OPTIONS, grading="all"), ["All or nothing"]),
        (parsed("multiple", options=OPTIONS), []),
        (parsed("single", options=OPTIONS, outcomes={"right": "a"}), []),
        (parsed("shorttext", answers=ONE), ["accents matter"]),
        (parsed("shorttext", answers=ONE, accents=True, case=True, outcomes={"right": "a"}), ["words for right"]),
        (parsed("numerical", answers=[{"low": "1", "high": "2", "fraction": "1"}]), []),
        (parsed("numerical", answers=[{"value": "3", "tolerance": "0.1", "tolerance_kind": "relative"}]), []),
        (parsed("numerical", answers=[{"value": "3", "tolerance": "0.1", "tolerance_kind": "geometric"}]), ["rounded"]),
        (parsed("essay", criteria=[{"text": "a", "points": "1"}]), ["criteria"]),
        (
            parsed(
                "cloze",
                text="[[1]] [[2]]",
                gaps=[
                    {"kind": "shorttext", "mark": "1/2", "data": {"answers": ONE, "general_feedback": "x"}},
                    {"kind": "numerical", "data": {"answers": [{"value": "1"}], "units": [{"name": "m"}]}},
                ],
            ),
            ["accents matter", "units", "General feedback", "whole numbers"],
        ),
        (parsed("description", text=f'<img src="{file_address("0" * 64 + ".png")}">'), ["is missing"]),
    ],
)  # fmt: skip
def test_write_tells_what_is_lost(question, words):
    def no_file(_name: str) -> bytes:
        raise FileNotFoundError

    left_out = moodle_xml.write([question], io.BytesIO(), no_file)
    assert len(left_out) == len(words)
    for lost, word in zip(left_out, words, strict=True):
        assert word in lost.why
        assert lost.is_whole == (question.kind in {"likert", "hotspot"})


def test_write_has_a_way_for_every_kind_or_says_that_there_is_none():
    without = {kind.name for kind in all_kinds()} - set(moodle_xml_writing.WRITERS)
    assert without == {"likert", "hotspot"}


def test_write_says_each_category_once():
    texts = [ParsedQuestion("description", "N", get_kind("description").clean({"text": "Q"}), category=path)
             for path in ("", "A", "A", "A/B", "")]  # fmt: skip
    _left_out, content = written(texts)
    assert content.count(b'type="category"') == 3
    assert [question.category for question in moodle_xml.read(io.BytesIO(content))] == ["", "A", "A", "A/B", ""]


# --- the format among the others -------------------------------------------------------------------------------------


def test_guess_knows_the_format_by_its_content():
    assert guess_format("soal.XML", b'<?xml version="1.0"?>\n<quiz>') is moodle_xml.FORMAT
    assert guess_format("soal.xml", '<?xml version="1.0"?><quiz>'.encode("utf-16")) is moodle_xml.FORMAT


@needs_samples
def test_read_takes_moodles_own_files():
    found = [question for path in sorted(SAMPLES.glob("*.xml")) for question in moodle_xml.read(path.open("rb"))]
    assert [(question.kind, question.name, question.category, question.problems) for question in found] == [
        ("single", "Greeting", "Default for testhead/Multichoice", []),
        ("truefalse", "Zeta Question", "Delta/Epsilon/Zeta", []),
        ("truefalse", "Moodle acronym (False)", "Default for testhead/TrueFalse", []),
        ("truefalse", "Moodle acronym (True)", "Default for testhead/TrueFalse", []),
    ]
    assert [len(question.files) for question in found] == [4, 0, 4, 4]
    assert found[2].data["answer"] is False
    assert "bonjour.mp3" in found[0].notices[0]
