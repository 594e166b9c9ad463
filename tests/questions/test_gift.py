"""Reading and writing GIFT: every way to be right, and a problem with its line for every way to be wrong."""

import json
import time
from fractions import Fraction
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from questions import markup
from questions.formats import gift
from questions.formats.base import ParsedQuestion, UnreadableFile, as_json, lines_of
from questions.kinds import get_kind

from .roundtrip import kept
from .strategies import choices, description_data, handed_in, matched_or_typed, truefalse_data

SAMPLES = Path(__file__).resolve().parents[2].parent / "shared" / "samples" / "gift"
needs_samples = pytest.mark.skipif(not SAMPLES.is_dir(), reason="the samples are not here")


def one(text) -> ParsedQuestion:
    questions = list(gift.read(text))
    assert len(questions) == 1
    return questions[0]


def good(text) -> ParsedQuestion:
    question = one(text)
    assert question.problems == []
    return question


def problem(text) -> str:
    question = one(text)
    assert len(question.problems) == 1
    return question.problems[0]


def weights(question):
    return [(markup.plain(option["text"]), Fraction(option["fraction"])) for option in question.data["options"]]


def remarks(data, key="options"):
    return [markup.plain(option["feedback"]) for option in data[key]]


# --- what is right ---------------------------------------------------------------------------------------------------


def test_read_takes_one_answer():
    question = good("Siapa melapor?{~Warga =Petugas ~Tamu}")
    assert question.kind == "single"
    assert question.name == "Siapa melapor?"
    assert question.data["text"] == "<p>Siapa melapor?</p>"
    assert weights(question) == [("Warga", 0), ("Petugas", 1), ("Tamu", 0)]
    assert [option["id"] for option in question.data["options"]] == ["a", "b", "c"]


def test_read_takes_several_answers_with_weights():
    question = good("Pilih.{~%-50%A ~%50%B ~%50%C ~D}")
    assert question.kind == "multiple"
    assert weights(question) == [("A", Fraction(-1, 2)), ("B", Fraction(1, 2)), ("C", Fraction(1, 2)), ("D", 0)]


def test_read_takes_thirds_for_thirds():
    question = good("Pilih.{~%33.33333%A ~%33.333%B ~%33.3%C ~%-100%D}")
    assert [share for _text, share in weights(question)] == [Fraction(1, 3)] * 3 + [-1]


def test_read_takes_weights_of_many_decimals():
    question = good("Pilih.{~%33.333333333333%A ~%66.666666666667%B ~%-12.3456789%C}")
    assert weights(question)[:2] == [("A", Fraction(1, 3)), ("B", Fraction(2, 3))]
    assert weights(question)[2] == ("C", -Fraction("0.123456789"))


def test_read_takes_partly_right_beside_the_right_answer():
    question = good("Mana?{~Yerusalem#Bukan. ~%25%Betlehem#Hampir. =Nazaret#Ya!}.")
    assert question.kind == "single"
    assert weights(question) == [("Yerusalem", 0), ("Betlehem", Fraction(1, 4)), ("Nazaret", 1)]
    assert remarks(question.data) == ["Bukan.", "Hampir.", "Ya!"]
    assert question.data["text"] == "<p>Mana?_____.</p>"


@pytest.mark.parametrize("word", ["T", "TRUE", "true", " True "])
def test_read_takes_true(word):
    question = good(f"Benar.{{{word}#salah dipilih#benar dipilih}}")
    assert question.kind == "truefalse"
    assert question.data["answer"] is True
    assert (question.data["feedback_true"], question.data["feedback_false"]) == (
        "<p>benar dipilih</p>",
        "<p>salah dipilih</p>",
    )


@pytest.mark.parametrize("word", ["F", "FALSE", "f"])
def test_read_takes_false_with_its_feedback_turned(word):
    question = good(f"Salah.{{{word}#wrong#right####general}}")
    assert question.data == {
        "text": "<p>Salah.</p>",
        "general_feedback": "<p>general</p>",
        "answer": False,
        "feedback_true": "<p>wrong</p>",
        "feedback_false": "<p>right</p>",
    }


def test_read_takes_a_missing_word():
    question = good("Hibah {~ditolak =dicatat} oleh petugas.")
    assert question.data["text"] == "<p>Hibah _____ oleh petugas.</p>"
    assert good("{=Jakarta ~Bogor} ibu kota.").data["text"] == "<p>_____ ibu kota.</p>"
    assert good("[markdown]{=Jakarta ~Bogor} *ibu* kota.").data["text"] == "<p>_____ <em>ibu</em> kota.</p>"


def test_read_takes_general_feedback_from_the_last_four_hashes():
    question = good("Q{=a#x ~b#y####Bacalah lagi}")
    assert remarks(question.data) == ["x", "y"]
    assert question.data["general_feedback"] == "<p>Bacalah lagi</p>"


def test_read_takes_escapes():
    question = good(r"::a\:b::1 \= \{x\} \\n \# \~{= \=2 + 3#ya\: \#1 ~\~ \\}")
    assert question.name == "a:b"
    assert question.data["text"] == r"<p>1 = {x} \n # ~</p>"
    assert weights(question) == [("=2 + 3", 1), ("~ \\", 0)]
    assert remarks(question.data) == ["ya: #1", ""]


def test_read_takes_a_written_line_break():
    assert good(r"satu\ndua\n\ntiga{T}").data["text"] == "<p>satu<br>dua</p><p>tiga</p>"


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("[html]<b>a</b> &amp; b", "<p><b>a</b> &amp; b</p>"),
        ("[HTML]<p>a</p><script>x</script>", "<p>a</p>"),
        (r"[html]<p class\=\"x\" onclick\=\"y()\">a</p>", "<p>a</p>"),
        ("[markdown]**a** dan *b*", "<p><strong>a</strong> dan <em>b</em></p>"),
        ("[plain]<b>a</b> & b", "<p>&lt;b&gt;a&lt;/b&gt; &amp; b</p>"),
        ("[moodle]3 < 5 <i>ya</i>", "<p>3 &lt; 5 <i>ya</i></p>"),
        ("[wiki]a", "<p>[wiki]a</p>"),
        ("a<b, b>c", "<p>a&lt;b, b&gt;c</p>"),
        ("[html]jika a<b maka c", "<p>jika a&lt;b maka c</p>"),
        ("<script>alert(1)</script>aman", "<p>&lt;script&gt;alert(1)&lt;/script&gt;aman</p>"),
    ],
)
def test_read_makes_every_format_safe_html(text, html):
    assert good(f"{text}{{T}}").data["text"] == html


def test_read_gives_options_the_format_of_the_question_unless_they_name_one():
    question = good("[html]<p>Q</p>{=<b>a</b>#[plain]<i> ~[markdown]*b*#<i>c</i>}")
    assert [option["text"] for option in question.data["options"]] == ["<b>a</b>", "<em>b</em>"]
    assert [option["feedback"] for option in question.data["options"]] == ["<p>&lt;i&gt;</p>", "<p><i>c</i></p>"]


def test_read_keeps_options_fit_for_a_label():
    question = good("[html]Q{=<p>a</p><p>b</p> ~<ul><li>c</li><li>d</li></ul>}")
    assert [option["text"] for option in question.data["options"]] == ["a<br>b", "c<br>d"]


def test_read_takes_tags_and_id_from_the_comments_of_the_question_only():
    text = "// [tag:jauh]\n\n// [id:A-1] [tag:etika] catatan\n// [tag:loket kota] [tag:etika]\nQ{T}"
    question = good(text)
    assert question.tags == ["etika", "loket kota"]
    assert question.idnumber == "A-1"


def test_read_leaves_comments_out_wherever_they_stand():
    question = good("// satu\nQ\n // dua { } ::\n{=a\n// tiga ~x\n~b}\n// empat")
    assert weights(question) == [("a", 1), ("b", 0)]
    assert question.line == 2


def test_read_follows_categories():
    text = "A{T}\n\n$CATEGORY: $course$/top/Etika/Gratifikasi\n\nB{T}\n\n$CATEGORY: tom//jerry/x\nC{T}"
    text += "\n$CATEGORY: $system$/top\nD{T}"
    assert [(q.name, q.category) for q in gift.read(text)] == [
        ("A", ""), ("B", "Etika/Gratifikasi"), ("C", "tom//jerry/x"), ("D", ""),
    ]  # fmt: skip


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_read_takes_any_line_end_and_a_byte_order_mark(end):
    text = "\ufeff::Satu::Q{=a\n~b}\n \t\n::Dua::R{T}\n".replace("\n", end)
    assert [(question.name, question.line) for question in gift.read(text)] == [("Satu", 1), ("Dua", 4)]


def test_read_takes_lines_one_at_a_time():
    def endless():
        for number in range(10**9):
            yield f"::Q{number}::Benar?{{T}}\n"
            yield "\n"

    questions = gift.read(endless())
    assert [next(questions).name for _ in range(3)] == ["Q0", "Q1", "Q2"]


def test_read_names_a_question_after_its_first_words():
    question = good("[html]<p>Seorang warga <b>datang</b>, membawa buah. " + "lagi " * 40 + "</p>{T}")
    assert question.name.startswith("Seorang warga datang, membawa buah.")
    assert question.name.endswith("…")
    assert len(question.name) <= 80


def test_read_takes_a_text_to_read():
    question = good("::Petunjuk::Bacalah dulu\nbaik-baik.")
    assert (question.kind, question.name) == ("description", "Petunjuk")
    assert question.data == {"text": "<p>Bacalah dulu<br>baik-baik.</p>", "general_feedback": ""}


def test_read_takes_an_essay():
    question = good("Ceritakan.{####Lihat pasal 5}")
    assert (question.kind, question.data["editor"], question.data["files"]) == ("essay", "rich", 0)
    assert question.data["general_feedback"] == "<p>Lihat pasal 5</p>"
    assert good("Ceritakan.{ }").kind == "essay"


def test_read_takes_short_text():
    question = good(r"Siapa {=Ani#benar =%50%\=A*\n#hampir =[plain]<b>\* =*#bukan####umum}?")
    assert question.kind == "shorttext"
    assert question.data["text"] == "<p>Siapa _____?</p>"
    assert (question.data["case"], question.data["accents"]) == (False, True)
    assert question.data["answers"] == [
        {"text": "Ani", "fraction": "1", "feedback": "<p>benar</p>"},
        {"text": "=A*", "fraction": "1/2", "feedback": "<p>hampir</p>"},
        {"text": r"<b>\*", "fraction": "1", "feedback": ""},
        {"text": "*", "fraction": "1", "feedback": "<p>bukan</p>"},
    ]


@pytest.mark.parametrize("answers", ["Ani", "=Ani", " Ani =Budi", "=%100%Ani"])
def test_read_takes_short_text_with_or_without_its_first_mark(answers):
    data = good(f"Siapa?{{{answers}}}").data
    assert data["answers"][0] == {"text": "Ani", "fraction": "1", "feedback": ""}
    assert len(data["answers"]) == 1 + answers.count("Budi")


@pytest.mark.parametrize(
    ("answers", "numbers"),
    [
        ("#1822", [("1822", "0", "1")]),
        ("# -3,5 : 0,25", [("-3.5", "0.25", "1")]),
        ("#1..5", [("1", "5", "1")]),
        ("#-3.142..-3.141", [("-3.142", "-3.141", "1")]),
        ("#=1822:0 =%50%1822:2", [("1822", "0", "1"), ("1822", "2", "1/2")]),
        ("#=3\\:1#ya ~#bukan", [("3", "1", "1"), ("*", "0", "0")]),
        ("#=3 ~", [("3", "0", "1")]),
    ],
)
def test_read_takes_numbers(answers, numbers):
    question = good(f"Berapa?{{{answers}}}")
    assert question.kind == "numerical"
    found = question.data["answers"]
    assert [(a.get("value", a.get("low")), a.get("tolerance", a.get("high")), a["fraction"]) for a in found] == numbers
    if "bukan" in answers:
        assert remarks({"answers": found}, "answers") == ["ya", "bukan"]


def test_read_takes_pairs_with_distractors_and_shared_choices():
    question = good("Pasangkan.{=Bogor -> Jawa =[html]<b>Palu</b>->Sulawesi & &lt; =Bandung -> Jawa = -> Bali####u}")
    assert question.kind == "matching"
    assert [(pair["text"], pair["choice"]) for pair in question.data["pairs"]] == [
        ("Bogor", "1"), ("<b>Palu</b>", "2"), ("Bandung", "1"),
    ]  # fmt: skip
    assert [choice["text"] for choice in question.data["choices"]] == ["Jawa", "Sulawesi & <", "Bali"]
    assert question.data["general_feedback"] == "<p>u</p>"


def test_read_takes_the_order_of_moodles_plug_in():
    question = good("Urutkan.{>3 ALL VERTICAL ABSOLUTE_POSITION SHOW none\nTerima\nPeriksa\nSimpan\n}")
    assert (question.kind, question.data["grading"]) == ("ordering", "position")
    assert [item["text"] for item in question.data["items"]] == ["Terima", "Periksa", "Simpan"]
    assert good("Urutkan.{>2\nA\nB}").data["grading"] == "pairs"


def test_read_finds_nothing_in_nothing():
    assert list(gift.read("")) == list(gift.read("\n// hanya catatan\n\n \n$CATEGORY: x\n")) == []


# --- what is wrong ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Q{=a\n~b", "begin in line 1 are not closed with }"),
        ("Q\n=a ~b}", "The } in line 2 closes nothing"),
        ("Q}{=a ~b}", "The } in line 1 closes nothing"),
        ("Q{=a\n~{b}", "a { inside the answers in line 2"),
        ("Q{=a ~b}\nR{T}", "A second list of answers begins in line 2"),
        ("Q{=a ~b}\n}", "The } in line 2 closes nothing"),
        (r"Q \{ \n {=a" + "\n~b}\n}", "The } in line 3 closes nothing"),
        ("::nama Q{T}", "The name is not closed"),
        ("Q{a ~b =c}", "“a” stands before the first answer"),
        ("Q{=a}{", "A second list"),
        ("Q{=a ~}", "Option 2 has no text"),
        ("Q{=a ~a}", "Options 1 and 2 say the same"),
        ("Q{~a ~b}", "No option is right"),
        ("Q{~%50%a ~%40%b}", "earn 90 percent together"),
        ("Q{~%33%a ~%33%b ~%33%c}", "earn 99 percent together"),
        ("Q{~%150%a =b}", "weight of option 1"),
        ("Q{=%50%a ~b}", "No option is right"),
        ("Q{=%50%a =%20%b}", "No answer is right"),
        ("Q{=a# =a}", "never reached"),
        ("Q{=caf&#233;}", "a # inside “&#233;”"),
        ("Q{#}", "At least one answer"),
        ("Q{#sepuluh}", "Answer 1 is no number"),
        ("Q{#5..1}", "ends before it begins"),
        ("Q{#3:-1}", "The tolerance of answer 1"),
        ("Q{=a -> 1 =b}", "Pair 2 has no ->"),
        ("Q{=a -> 1}", "At least two"),
        ("::kosong::{T}", "The question has no text"),
        ('[html]Q{~<a href="x">a</a> =b}', "a = inside a tag"),
        ("Q{=caf&#233; ~b}", "a # inside “&#233;”"),
        (r'[html]<img src\="@@PLUGINFILE@@/peta.png">Q{T}', "peta.png"),
        ("Q" + "x" * gift.LONGEST_QUESTION + "{T}", "longer than"),
    ],
)
def test_read_names_what_is_wrong_and_where(text, words):
    assert any(words in found for found in one(text).problems)


def test_read_goes_on_after_a_bad_question():
    questions = list(gift.read("A{=x\n\n~y}\n\nB{T}"))
    assert [bool(question.problems) for question in questions] == [True, True, False]
    assert questions[-1].name == "B"


def test_read_names_two_problems_of_one_question():
    assert len(one("{~a ~a}").problems) == 3


@given(st.text(alphabet="aT=~#{}:\\%5 \n/<>[]$", max_size=80))
def test_read_never_stumbles(text):
    for question in gift.read(text):
        json.dumps(as_json(question))
        if not question.problems:
            assert get_kind(question.kind).validate(question.data) == []


# --- writing ---------------------------------------------------------------------------------------------------------

rough = (
    st.text(alphabet="abc é~=#{}:\\%50[]/<>&\"'$-\n", min_size=1, max_size=30)
    .map(markup.from_plain)
    .filter(markup.has_content)
)
written_kinds = st.one_of(choices, truefalse_data(), matched_or_typed, handed_in, description_data)


@st.composite
def questions(draw):
    """Draw a question of any kind that GIFT knows, with rough texts; what GIFT cannot say is left away."""
    kind, data = draw(written_kinds.filter(lambda asked: asked[0] not in {"ordering", "upload"}))
    data = {**data, "text": draw(rough), "shuffle": True, "units": [], "unit_rule": "none", "case": False}
    data["general_feedback"] = "" if kind == "description" else draw(rough | st.just(""))
    if kind in {"single", "multiple"}:
        count = len(data["options"])
        texts = draw(st.lists(rough, min_size=count, max_size=count, unique_by=markup.plain))
        data["options"] = [
            {**option, "text": text, "feedback": draw(rough | st.just(""))}
            for option, text in zip(data["options"], texts, strict=True)
        ]
    if kind == "essay":
        data = {key: data[key] for key in ("text", "general_feedback")}
    names = st.text(alphabet="ab:{}~\\=# ", min_size=1).map(lambda text: " ".join(text.split())).filter(bool)
    return ParsedQuestion(
        kind=kind,
        name=draw(names),
        data=get_kind(kind).clean(data),
        category=draw(st.sampled_from(["", "Etika", "Etika/Loket"])),
        tags=draw(st.lists(st.sampled_from(["a", "b]c"]), unique=True)),
        idnumber=draw(st.sampled_from(["", "X-1"])),
    )


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(questions().filter(lambda question: not get_kind(question.kind).problems(question.data)), max_size=2))
def test_write_is_read_back_as_it_was(originals):
    originals.sort(key=lambda question: question.category)
    back = list(gift.read("".join(gift.write(originals, []))))
    assert [question.problems for question in back] == [[]] * len(originals)
    assert [kept(question) for question in back] == [kept(question) for question in originals]


def parsed(kind, **data) -> ParsedQuestion:
    return ParsedQuestion(kind, "N", get_kind(kind).clean({"text": "Q", **data}))


OPTIONS = [{"text": "a", "fraction": "1"}, {"text": "b", "fraction": "0"}]
EXACT = {"answers": [{"text": "a", "fraction": "1"}], "accents": True}
PICTURE = f'<img src="/media/questions/{"0" * 64}.png">'


@pytest.mark.parametrize("kind", ["ordering", "gapselect", "cloze", "hotspot", "likert", "upload"])
def test_write_leaves_out_what_gift_does_not_know(kind):
    left_out: list = []
    assert "".join(gift.write([parsed(kind)], left_out)) == ""
    assert [lost.is_whole for lost in left_out] == [True]
    assert "GIFT has no question" in left_out[0].why


@pytest.mark.parametrize(
    ("question", "words"),
    [
        (parsed("single", options=OPTIONS), []),
        (parsed("single", options=OPTIONS, shuffle=False), ["the order stays"]),
        (parsed("multiple", options=OPTIONS, grading="all"), ["All or nothing"]),
        (parsed("single", options=OPTIONS, hints=["x"]), ["Hints"]),
        (parsed("single", options=OPTIONS, outcomes={"right": "x"}), ["Hints"]),
        (parsed("truefalse", answer=True, feedback_true=PICTURE), ["holds no files"]),
        (parsed("shorttext", **EXACT), []),
        (parsed("shorttext", **{**EXACT, "accents": False}), ["capitals"]),
        (parsed("shorttext", **EXACT, case=True), ["capitals"]),
        (parsed("numerical", answers=[{"low": "1", "high": "2", "fraction": "1"}]), []),
        (parsed("numerical", answers=[{"value": "3", "tolerance": "0.1", "tolerance_kind": "geometric"}],
                units=[{"name": "m"}]), ["units", "rounded"]),
        (parsed("essay"), []),
        (parsed("essay", words_min=5), ["settings of the essay"]),
        (parsed("description", general_feedback="x"), ["general feedback"]),
        (ParsedQuestion("essay", "N", parsed("essay").data, mark=Fraction(2), state="draft"), ["mark", "state"]),
        (ParsedQuestion("essay", "N", parsed("essay").data, state="ready"), []),
    ],
)  # fmt: skip
def test_write_tells_what_is_lost(question, words):
    left_out: list = []
    assert "".join(gift.write([question], left_out))
    assert len(left_out) == len(words)
    for lost, word in zip(left_out, words, strict=True):
        assert word in lost.why
        assert not lost.is_whole


def test_write_leaves_out_words_that_would_become_a_pair():
    left_out: list = []
    assert "".join(gift.write([parsed("shorttext", answers=[{"text": "a->b", "fraction": "1"}])], left_out)) == ""
    assert left_out[0].is_whole


# --- files -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"Q{T}\n\x00\x01", r"not a text file \(line 2\)"),
        (b"satu\ndua \xe9\n", "Line 2 is not UTF-8"),
        ("Q{T}".encode("utf-16"), "UTF-16"),
        (b"PK\x03\x04rest", "document"),
        (b"x" * 1_000_001, "Line 1 is too long"),
    ],
)
def test_lines_of_names_what_is_no_text(content, words):
    with pytest.raises(UnreadableFile, match=words):
        list(lines_of(BytesIO(content)))


def test_lines_of_takes_utf8_with_a_mark():
    [question] = gift.read(lines_of(BytesIO("\ufeff::é::Q{T}\r\n".encode())))
    assert question.name == "é"


def test_as_json_has_what_operators_need():
    question = good("// [tag:x]\n::N::Q{=a#ya ~%33.33333%b####umum}")
    assert as_json(question) == {
        "line": 2, "kind": "single", "name": "N", "category": "", "id": "", "text": "<p>Q</p>", "marks": "1",
        "options": [
            {"text": "a", "fraction": "1", "feedback": "<p>ya</p>"},
            {"text": "b", "fraction": "1/3", "feedback": ""},
        ],
        "general_feedback": "<p>umum</p>", "tags": ["x"], "problems": [], "notices": [],
    }  # fmt: skip
    assert as_json(good("Q{F##benar}"))["options"] == [
        {"text": "true", "fraction": "0", "feedback": ""},
        {"text": "false", "fraction": "1", "feedback": "<p>benar</p>"},
    ]


# --- samples ---------------------------------------------------------------------------------------------------------

KINDS = {"MC": "choice", "TF": "truefalse", "Description": "description", "Essay": "essay", "Matching": "matching",
         "Numerical": "numerical", "Short": "shorttext"}  # fmt: skip


def squeezed(text):
    return markup.plain(text).replace(" ", "")


def weight_of(choice):
    """Return the share of the mark in the other parser's words; without a weight = earns all."""
    return Fraction(int(choice["isCorrect"])) if choice["weight"] is None else Fraction(choice["weight"], 100)


def number_of(number):
    """Return the interval that the other parser's words for a number come to."""
    if number["type"] == "high-low":
        return Fraction(str(number["numberLow"])), Fraction(str(number["numberHigh"]))
    middle, margin = Fraction(str(number["number"])), Fraction(str(number.get("range", 0)))
    return middle - margin, middle + margin


def interval_of(answer):
    if "low" in answer:
        return Fraction(answer["low"]), Fraction(answer["high"])
    middle, margin = Fraction(answer["value"]), Fraction(answer["tolerance"])
    return middle - margin, middle + margin


def check_answers(kind, data, other):
    if kind == "choice":
        ours = [(markup.plain(option["text"]), Fraction(option["fraction"])) for option in data["options"]]
        assert ours == [(choice["text"]["text"], weight_of(choice)) for choice in other["choices"]]
    if kind == "truefalse":
        assert data["answer"] is other["isTrue"]
    if kind == "shorttext":
        ours = [(answer["text"], Fraction(answer["fraction"])) for answer in data["answers"]]
        assert ours == [(choice["text"]["text"], weight_of(choice)) for choice in other["choices"]]
    if kind == "matching":
        words = {choice["id"]: choice["text"] for choice in data["choices"]}
        ours = [(markup.plain(pair["text"]), words[pair["choice"]]) for pair in data["pairs"]]
        assert ours == [(pair["subquestion"]["text"], pair["subanswer"]) for pair in other["matchPairs"]]
    if kind == "numerical":
        theirs = other["choices"]
        if isinstance(theirs, dict):
            theirs = [{"isCorrect": True, "weight": None, "text": theirs, "feedback": None}]
        assert [(interval_of(answer), Fraction(answer["fraction"])) for answer in data["answers"]] == [
            (number_of(choice["text"]), weight_of(choice)) for choice in theirs
        ]
        assert [bool(answer["feedback"]) for answer in data["answers"]] == [bool(c["feedback"]) for c in theirs]


@needs_samples
@pytest.mark.parametrize(
    "name", ["mc1", "mc2", "tf1", "description1", "essay1", "matching1", "numerical1", "shortAnswer1"]
)
def test_read_agrees_with_an_independent_parser(name):
    ours = list(gift.read((SAMPLES / f"{name}.gift").read_text()))
    theirs = json.loads((SAMPLES / f"{name}.json").read_text())
    assert len(ours) == len(theirs)
    for mine, other in zip(ours, theirs, strict=True):
        assert mine.problems == []
        kind = "choice" if mine.kind in {"single", "multiple"} else mine.kind
        assert kind == KINDS[other["type"]]
        if other["title"]:
            assert mine.name == other["title"]
        assert squeezed(mine.data["text"]) == squeezed(other["stem"]["text"])
        check_answers(kind, mine.data, other)


@needs_samples
def test_read_takes_every_question_of_the_formats_own_examples():
    found = list(gift.read((SAMPLES / "moodle-examples.gift").read_text()))
    assert len(found) == 43
    assert [question.problems for question in found] == [[]] * 43
    back = list(gift.read("".join(gift.write(found, []))))
    assert [kept(question) for question in back] == [kept(question) for question in found]


@pytest.mark.parametrize(
    "text",
    [
        "// " + "[tag:" * 40_000 + "\n::a::b{=c~d}\n",
        "// " + "[id:" * 45_000 + "\n::a::b{=c~d}\n",
        "::a::b{=r" + "~x" * 95_000 + "}\n",
    ],
)
def test_a_file_made_to_cost_time_costs_little(text):
    """Each took from half a minute to ten minutes where the work grew with the square of the length."""
    began = time.process_time()
    list(gift.read(text))
    assert time.process_time() - began < 5
