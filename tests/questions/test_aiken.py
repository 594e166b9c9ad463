"""Reading and writing Aiken: every way people type it, and the line and the cure for every way to be wrong."""

from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from questions import markup
from questions.formats import aiken
from questions.formats.base import ParsedQuestion, UnreadableFile, safe_name
from questions.formats.registry import guess_format
from questions.kinds import get_kind
from questions.kinds.choice import option_id

from .strategies import words

SAMPLE = Path(__file__).resolve().parents[2].parent / "shared" / "samples" / "aiken" / "questions.aiken.txt"
GOOD = "Siapa yang melapor?\nA) Warga\nB) Petugas\nC) Tamu\nANSWER: B\n"


def read(text) -> list[ParsedQuestion]:
    content = text if isinstance(text, bytes) else text.encode()
    return list(aiken.FORMAT.read(BytesIO(content)))


def write(*questions):
    file = BytesIO()
    left_out = aiken.FORMAT.write(questions, file, lambda name: b"")
    return file.getvalue().decode(), left_out


def shown(question):
    right = [markup.plain(option["text"]) for option in question.data["options"] if option["fraction"] == "1"]
    return markup.plain(question.data["text"]), [markup.plain(o["text"]) for o in question.data["options"]], right


# --- reading ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        GOOD.replace("\n", "\r\n"),
        b"\xef\xbb\xbf" + GOOD.encode(),
        "\n\n" + GOOD.replace("\n", "\n\n") + "\n\n",
        GOOD.replace(")", "."),
        GOOD.replace("A)", "a)").replace("B)", "b.").replace("ANSWER: B", "answer : b"),
        GOOD.replace("ANSWER: B", "ANSWER:B)"),
        GOOD.replace("B)", "  B)   ").rstrip("\n"),
    ],
)
def test_read_takes_what_people_type(text):
    (question,) = read(text)
    assert question.problems == []
    assert shown(question) == ("Siapa yang melapor?", ["Warga", "Petugas", "Tamu"], ["Petugas"])
    assert (question.kind, question.name) == ("single", "Siapa yang melapor?")


def test_read_names_the_line_where_each_question_begins():
    questions = read(GOOD + "\n" + GOOD + GOOD)
    assert [(question.line, question.problems) for question in questions] == [(1, []), (7, []), (12, [])]


def test_read_joins_the_lines_of_a_question():
    (question,) = read("Perhatikan.\n\nSiapa\nyang melapor?\n" + GOOD.partition("\n")[2])
    assert question.problems == []
    assert question.data["text"] == "<p>Perhatikan.</p><p>Siapa<br>yang melapor?</p>"


def test_read_keeps_tags_that_are_none_as_words():
    (question,) = read("Apakah a < b & c?\nA) <b>ya</b>\nB) <script>x</script>\nANSWER: A")
    assert question.data["text"] == "<p>Apakah a &lt; b &amp; c?</p>"
    assert question.data["options"][0]["text"] == "<b>ya</b>"
    assert "<script" not in question.data["options"][1]["text"]


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        (
            "Apa?\nA) ya\nB) tidak\n\n" + GOOD,
            1,
            "The question in line 1 has no answer. Write “ANSWER: A” under its options.",
        ),
        (
            "Apa?\nA) ya\nB) tidak\nANSWER: D",
            1,
            "The answer “D” in line 4 is none of the options. Write one of: A, B.",
        ),
        ("Apa?\nA) ya\nB) tidak\nANSWER:", 1, "The answer “” in line 4 is none of the options. Write one of: A, B."),
        (
            "Apa?\nA) ya\nB) tidak\nANSWER: A, B",
            1,
            "Line 4 names several answers; Aiken knows one. Use another format for several answers.",
        ),
        ("\nApa?\nA) ya\nANSWER: A", 2, "The question in line 2 has one option only. Write at least two."),
        (
            "Apa?\nANSWER: A",
            1,
            "The question in line 1 has no options. Begin each with “A.” or “A)” and a space.",
        ),
        ("ANSWER: A", 1, "Line 1 is an answer without a question. Write the question and its options above it."),
        (
            "Apa?\nA) ya\nC) tidak\nANSWER: A",
            1,
            "Line 3 begins with C instead of B. Letter the options in order.",
        ),
        ("Apa?\nA) ya\nB)\nANSWER: A", 1, "Option B in line 3 is empty."),
        (
            "Apa?\nA) ya\nlanjutan\nB) tidak\nANSWER: A",
            1,
            "Line 3 is neither an option nor the answer. Begin each option with “A.” or “A)”.",
        ),
        ("Apa?\nA) ya\nB) ya\nANSWER: A", 1, "Options 1 and 2 say the same."),
        (
            "Apa <img src='peta.png'>?\nA) ya\nB) tidak\nANSWER: A",
            1,
            "The picture “peta.png” is not in the file. Take it out, and add it after the import.",
        ),
        (
            "Apa? " + "x" * 300_000 + "\nA) ya\nB) tidak\nANSWER: A",
            1,
            "The question is longer than 200000 characters. Is a line “ANSWER: A” missing?",
        ),
    ],
)
def test_read_names_the_line_and_the_cure(text, line, problem):
    question, *others = read(text)
    assert question.line == line
    assert problem in question.problems
    assert all(not other.problems for other in others)


def test_read_goes_on_after_a_bad_question():
    questions = read("Apa?\nA) ya\nB) tidak\n\n" + GOOD + "\n" + GOOD)
    assert [bool(question.problems) for question in questions] == [True, False, False]


def test_read_refuses_what_is_no_text():
    with pytest.raises(UnreadableFile):
        read(b"PK\x03\x04")
    assert read(b"") == []


@given(st.text(st.sampled_from("AB.) \n:ANSWERx<&é"), max_size=80))
def test_read_never_raises(text):
    for question in read(text):
        assert question.name


@pytest.mark.skipif(not SAMPLE.is_file(), reason="the samples are not here")
def test_read_takes_the_sample():
    questions = read(SAMPLE.read_bytes())
    assert questions
    assert [question.problems for question in questions] == [[] for _question in questions]


# --- telling it from GIFT --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "known"),
    [
        ("soal.txt", GOOD.encode(), "aiken"),
        ("soal.txt", GOOD.lower().replace("\n", "\r\n").encode(), "aiken"),
        ("soal.txt", b"Apa?{=ya ~tidak}", "gift"),
        ("soal.txt", b"", "gift"),
        ("soal.aiken", b"", "aiken"),
    ],
)
def test_guess_format_looks_at_the_content(name, content, known):
    assert guess_format(name, content).name == known


# --- writing ---------------------------------------------------------------------------------------------------------


@st.composite
def plain_questions(draw):
    texts = draw(st.lists(words, min_size=2, max_size=6, unique_by=lambda text: markup.plain(markup.inline(text))))
    options = [
        {"id": option_id(n), "text": markup.inline(markup.from_plain(text)), "fraction": str(int(n == 0))}
        for n, text in enumerate(texts)
    ]
    options = [{**option, "id": option_id(n)} for n, option in enumerate(draw(st.permutations(options)))]
    text = markup.from_plain(" ".join(draw(st.lists(words, min_size=1, max_size=3))))
    data = get_kind("single").clean({"text": text, "options": options})
    return ParsedQuestion(kind="single", name=safe_name("", data["text"]), data=data)


@given(st.lists(plain_questions(), max_size=3))
def test_write_is_read_back_exactly(questions):
    questions = [question for question in questions if not get_kind("single").problems(question.data)]
    text, left_out = write(*questions)
    assert left_out == []
    again = read(text)
    assert [(q.kind, q.name, q.data, q.problems) for q in again] == [(q.kind, q.name, q.data, []) for q in questions]


def single(**changes):
    options = [
        {"id": "a", "text": "Ya", "fraction": "1", "feedback": ""},
        {"id": "b", "text": "Tidak", "fraction": "0", "feedback": ""},
    ]
    data = {"text": "<p>Apa?</p>", "general_feedback": "", "shuffle": True, "options": options, **changes}
    return ParsedQuestion(kind="single", name="Apa?", data=get_kind("single").clean(data))


def test_write_gives_the_whole_format():
    assert write(single()) == ("Apa?\nA) Ya\nB) Tidak\nANSWER: A\n\n", [])


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"general_feedback": "Lihat"}, "Feedback is left out."),
        ({"hints": ["Coba"]}, "Hints and the penalty are left out."),
        ({"shuffle": False}, "Options will be shuffled: Aiken cannot keep their order."),
        (
            {
                "options": [
                    {"text": "Ya", "fraction": "1"},
                    {"text": "Mungkin", "fraction": "1/2"},
                ]
            },
            "Weights are left out: one option earns everything, the others nothing.",
        ),
        (
            {
                "options": [
                    {"text": "Ya", "fraction": "1"},
                    {"text": "Ok", "fraction": "1"},
                    {"text": "Tidak"},
                ]
            },
            "Only the first right option stays right.",
        ),
    ],
)
def test_write_tells_what_is_lost(changes, why):
    text, left_out = write(single(**changes))
    assert [(lost.name, lost.why, lost.is_whole) for lost in left_out] == [("Apa?", why, False)]
    assert read(text)[0].problems == []


def test_write_tells_that_the_name_is_lost():
    question = single()
    question.name = "Soal 7"
    assert [lost.why for lost in write(question)[1]] == [
        "The name is left out: Aiken names a question by its first words."
    ]


def test_write_leaves_other_kinds_out_whole():
    question = ParsedQuestion(kind="essay", name="Esai", data={"text": "<p>Ceritakan.</p>", "general_feedback": ""})
    text, left_out = write(question, single())
    assert [(lost.name, lost.is_whole) for lost in left_out] == [("Esai", True)]
    assert len(read(text)) == 1


def test_write_makes_true_or_false_a_choice():
    data = get_kind("truefalse").clean({"text": "Benarkah?", "answer": False})
    text, left_out = write(ParsedQuestion(kind="truefalse", name="Benarkah?", data=data))
    assert shown(read(text)[0]) == ("Benarkah?", ["True", "False"], ["False"])
    assert [lost.why for lost in left_out] == ["True or false becomes a choice of two options."]
