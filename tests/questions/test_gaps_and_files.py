"""Gaps, places on a picture, essays, files and scales: what is special to each, beside the contract of all kinds."""

import re
from fractions import Fraction
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from questions.kinds import Outcome, get_kind
from questions.kinds.gaps import take_apart
from tests.questions.strategies import Form, essay_data, hotspot_data, likert_data, of_gaps, upload_data

HALF = Fraction(1, 2)


def gapselect(text="Ibu kota Sumatera Selatan [[1]], Sulawesi Tengah [[2]].", **more):
    choices = [{"id": "1", "text": "Palembang"}, {"id": "2", "text": "Palu"}, {"id": "3", "text": "<Poso>"}]
    return get_kind("gapselect").clean({"text": text, "choices": choices, **more})


def cloze(text="<p>Kota [[1]], jumlah [[2]].</p>", **more):
    options = [{"id": "a", "text": "Palu", "fraction": "1", "feedback": "Ya"}, {"id": "b", "text": "Poso"}]
    number = {"answers": [{"value": "3.14", "tolerance": "0.01", "fraction": "1", "feedback": "Tepat"}]}
    gaps = [
        {"id": "1", "kind": "single", "mark": "1", "data": {"options": options}},
        {"id": "2", "kind": "numerical", "mark": "3", "data": number},
    ]
    return get_kind("cloze").clean({"text": text, "gaps": gaps, **more})


# --- gaps in a text --------------------------------------------------------------------------------------------------


@given(of_gaps)
def test_the_pieces_around_the_gaps_make_the_text_again(question):
    name, data = question
    rows = get_kind(name).rows(data, None, None)
    ids = [f"[[{gap.id}]]" for gap in take_apart(data["text"]).gaps]
    after = get_kind(name).context(data, None)["after"]
    pieces = [row.before + mark for row, mark in zip(rows, ids, strict=True)]
    assert "".join([*pieces, after]) == data["text"]


class Places(HTMLParser):
    """Collects the marks that stand in attributes and in text."""

    def __init__(self):
        super().__init__()
        self.in_text, self.in_tags = [], []

    def handle_data(self, data):
        self.in_text += re.findall(r"\[\[([0-9]+)\]\]", data)

    def handle_starttag(self, tag, attrs):
        self.in_tags += re.findall(r"\[\[([0-9]+)\]\]", " ".join(value or "" for _name, value in attrs))


pieces = st.sampled_from(
    [
        "[[1]]",
        "[[2]]",
        "<p>",
        "</p>",
        '<img src="/media/a.png" alt="',
        '">',
        '" title="',
        "<b>",
        "'",
        ">",
        "<",
        "&lt;",
        "x ",
    ]
)


@given(st.lists(pieces, max_size=14).map("".join))
def test_a_mark_in_an_attribute_is_never_a_gap(source):
    text = gapselect(source)["text"]
    browser = Places()
    browser.feed(text)
    taken = take_apart(text)
    assert [gap.id for gap in taken.gaps] == browser.in_text
    assert sorted(taken.strays) == sorted(browser.in_tags)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("Tanpa isian", "The text has no gap. Write [[1]] where the first one shall be."),
        ("[[1]] [[9]]", "[[9]] stands in the text, but there is no number 9 below it."),
        ('[[1]] <a href="/x">[[2]]</a>', "[[2]] stands inside a link or the description of a picture."),
        ('[[1]] <img src="/a.png" alt="[[2]]">', "[[2]] stands inside a link or the description of a picture."),
    ],
)
def test_gapselect_names_marks_that_are_no_gaps(text, problem):
    kind = get_kind("gapselect")
    (found,) = kind.problems(gapselect(text))
    assert found.startswith(problem)
    kind.rows(gapselect(text), None, None)


def test_gapselect_offers_the_group_of_the_right_choice():
    kind = get_kind("gapselect")
    choices = [
        {"id": "1", "text": "Palu", "group": 1},
        {"id": "2", "text": "Poso", "group": 1},
        {"id": "3", "text": "gubernur", "group": 2},
    ]
    data = kind.clean({"text": "[[1]] [[3]] [[1]]", "choices": choices})
    assert kind.problems(data) == ["Gap 2 has only one choice: put another one into group 2."]
    assert [[key for key, _text in row.choices] for row in kind.rows(data, None, None)] == [
        ["1", "2"],
        ["3"],
        ["1", "2"],
    ]
    assert kind.accept(data, {"gaps": {"1": "3", "2": "3", "3": "2", "4": "1"}}) == {"gaps": {"2": "3", "3": "2"}}


def test_gapselect_earns_the_part_that_is_right():
    kind, data = get_kind("gapselect"), gapselect()
    assert kind.grade(data, {"gaps": {"1": "1", "2": "1"}}) == HALF
    assert kind.describe(data, {"gaps": {"2": "3"}}) == "1: –; 2: <Poso>"
    assert kind.feedback(data, {"gaps": {"2": "3"}}).remarks[0].text == "&lt;Poso&gt;"
    assert kind.guess(data) == Fraction(1, 3)
    assert [(one.part, one.text, one.share) for one in kind.responses(data, {"gaps": {"1": "2"}})] == [("1", "Palu", 0)]


def test_cloze_weighs_its_gaps():
    kind, data = get_kind("cloze"), cloze()
    assert kind.problems(data) == []
    form = Form({"q-1": ["a"], "q-2": ["3,141"]})
    answer = kind.parse(data, form, "q")
    assert kind.grade(data, answer) == 1
    assert kind.grade(data, kind.parse(data, Form({"q-1": ["a"]}), "q")) == Fraction(1, 4)
    assert [remark.feedback for remark in kind.feedback(data, answer).remarks] == ["<p>Ya</p>", "<p>Tepat</p>"]
    assert kind.feedback(data, answer).outcome == Outcome.RIGHT


def test_cloze_names_the_gap_of_a_problem():
    kind = get_kind("cloze")
    assert kind.problems(cloze("[[1]] [[1]] [[2]]")) == ["[[1]] stands in the text more than once."]
    assert kind.problems(cloze("[[1]]")) == ["Gap 2 stands nowhere in the text: write [[2]] there, or remove it."]
    bad = [
        {"id": "1", "kind": "essay", "data": {}},
        {"id": "2", "kind": "single", "mark": "0", "data": {"options": []}},
    ]
    found = kind.problems(cloze("[[1]] [[2]]", gaps=bad))
    assert found[0] == "Gap 1: “essay” is no kind of gap."
    assert "Gap 2: At least two options are needed." in found
    assert found[-1] == "Gap 2: The mark must be a number above 0, at most 100."


# --- places on a picture ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shape", "coords", "problem"),
    [
        ("rect", [0, 0, 100, 80], ""),
        ("rect", [0, 0, 101, 80], "Area 1: It reaches outside the picture, which is 100 pixels wide and 80 high."),
        ("rect", [-1, 0, 10, 10], "Area 1: It reaches outside the picture, which is 100 pixels wide and 80 high."),
        ("rect", [10, 10, 10, 20], "Area 1: It has no size."),
        ("rect", [1, 2, 3], "Area 1: A rectangle needs four numbers: left, top, right, bottom."),
        ("circle", [5, 5, 6], "Area 1: It reaches outside the picture, which is 100 pixels wide and 80 high."),
        ("circle", [50, 40, 0], "Area 1: It has no size."),
        (
            "circle",
            ["5", 5, 1],
            "Area 1: A circle needs three numbers: its middle from the left",
        ),
        ("polygon", [0, 0, 10, 10], "Area 1: A polygon needs at least three corners"),
        ("polygon", [0, 0, 10, 10, 5, 81], "Area 1: It reaches outside the picture"),
        ("polygon", [0, 0, 10.4, 10, float("inf"), 5], "Area 1: A polygon needs at least three corners"),
    ],
)
def test_hotspot_checks_the_shape(shape, coords, problem):
    areas = [
        {"text": "Loket", "shape": shape, "coords": coords, "fraction": "1"},
        {"text": "Pintu", "shape": "circle", "coords": [9, 9, 3]},
    ]
    picture = {"picture": f"{'0' * 64}.png", "alt": "Denah", "width": 100, "height": 80}
    found = get_kind("hotspot").validate({"text": "Di mana?", "areas": areas, **picture})
    assert [one[: len(problem)] for one in found] == ([problem] if problem else [])


@given(hotspot_data())
def test_hotspot_is_graded_as_the_list_it_stands_for(question):
    data = question[1]
    twin = get_kind("multiple" if data["several"] else "single")
    options = twin.clean({"text": "x", "options": data["areas"]})
    for answer in twin.samples(options):
        assert get_kind("hotspot").grade(data, answer) == twin.grade(options, answer)


def test_hotspot_takes_only_pictures_of_ours():
    for picture in ("../rahasia.png", "http://x.id/a.png", f"{'0' * 64}.svg", 7, None):
        assert get_kind("hotspot").clean({"picture": picture})["picture"] == ""


# --- handed in -------------------------------------------------------------------------------------------------------

KEYS = [f"{number:08x}-0000-4000-8000-000000000000" for number in range(5)]
safe_pieces = st.lists(
    st.sampled_from(["<p>", "</p>", "<ul><li>", "</li></ul>", "<b>", "<br>", "\n", "a < b", "&amp;", "kata ", '"']),
    max_size=12,
).map("".join)


@given(essay_data(), safe_pieces, st.lists(st.sampled_from([*KEYS, "x", ""]), max_size=4))
def test_essay_comes_back_from_its_form_as_it_was(question, text, files):
    kind, data = get_kind("essay"), question[1]
    answer = kind.accept(data, {"text": text, "files": files})
    assert kind.accept(data, answer) == answer
    assert kind.parse(data, Form(kind.fields(data, answer, "q")), "q") == answer
    assert kind.grade(data, answer) == (None if answer else 0)
    outcome = kind.feedback(data, answer).outcome
    assert outcome == (Outcome.WAITING if answer else Outcome.NONE)


@given(upload_data(), st.lists(st.sampled_from([*KEYS, "../x", 5]), max_size=8))
def test_upload_keeps_as_many_files_as_it_allows(question, files):
    kind, data = get_kind("upload"), question[1]
    answer = kind.accept(data, {"files": files})
    kept = answer["files"] if answer else []
    assert len(kept) <= data["files"]
    assert len(set(kept)) == len(kept)
    assert set(kept) <= set(KEYS)
    assert kind.parse(data, Form(kind.fields(data, answer, "q")), "q") == answer


def test_upload_leaves_out_the_file_whose_button_was_pressed():
    kind = get_kind("upload")
    data = kind.clean({"text": "x", "files": 3})
    form = Form({"q-file": KEYS[:3], "q-hapus": [KEYS[1]]})
    assert kind.parse(data, form, "q") == {"files": [KEYS[0], KEYS[2]]}


def test_essay_tells_what_is_short_and_keeps_it():
    kind = get_kind("essay")
    data = kind.clean({"text": "x", "words_min": 3, "words_max": 4, "files": 2, "files_required": 1})
    short = kind.accept(data, {"text": "dua kata"})
    assert short == {"text": "<p>dua kata</p>"}
    assert kind.describe(data, short) == (
        "dua kata – The text is short: 2 words of at least 3. – Files handed in: 0 of the 1 required."
    )
    long = kind.accept(data, {"text": "<p>satu dua</p><ul><li>tiga</li><li>empat</li></ul>lima", "files": KEYS[:1]})
    assert "The text is long: 5 words of at most 4." in kind.describe(data, long)
    assert "Files: 1" in kind.describe(data, long)


def test_essay_takes_the_text_it_begins_with_for_no_answer():
    kind = get_kind("essay")
    data = kind.clean({"text": "x", "template": "<p>Pendapat saya:</p>"})
    assert kind.context(data, None)["value"] == "Pendapat saya:"
    assert kind.parse(data, Form(q=["Pendapat saya:"]), "q") is None
    assert kind.parse(data, Form(q=["Pendapat saya: ya"]), "q") == {"text": "<p>Pendapat saya: ya</p>"}


def test_plain_essay_keeps_words_and_lines():
    kind = get_kind("essay")
    data = kind.clean({"text": "x", "editor": "plain"})
    answer = kind.parse(data, Form(q=["a <b>\r\nb\r\n\r\nc"]), "q")
    assert answer == {"text": "<p>a &lt;b&gt;<br>b</p><p>c</p>"}
    assert kind.fields(data, answer, "q") == {"q": ["a <b>\nb\n\nc"]}


def test_rich_essay_is_made_safe():
    kind = get_kind("essay")
    data = kind.clean({"text": "x"})
    answer = kind.accept(data, {"text": "<p onclick='x()'>ya</p><script>x()</script>\ud800"})
    assert answer == {"text": "<p>ya</p>"}


def test_guide_and_criteria_stay_with_the_markers():
    for name in ("essay", "upload"):
        kind = get_kind(name)
        data = kind.clean({"text": "x", "guide": "RAHASIA", "criteria": [{"text": "RAHASIA", "points": "5"}]})
        assert kind.problems({**data, "files": 1}) == []
        assert "RAHASIA" not in str(dict(kind.context(data, {"text": "a"})))


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        ({"words_min": 5, "words_max": 4}, "The most words are fewer than the least."),
        ({"editor": "none"}, "Nothing can be handed in: allow a text or files."),
        ({"files": 1, "files_required": 2}, "More files are required than can be handed in."),
        ({"criteria": [{"text": "", "points": "1"}]}, "Criterion 1 has no text."),
        ({"criteria": [{"text": "a", "points": "0"}]}, "The points of criterion 1 must be a number above 0."),
    ],
)
def test_essay_names_the_problem(data, problem):
    assert get_kind("essay").validate({"text": "x", **data}) == [problem]


# --- scales ----------------------------------------------------------------------------------------------------------


@given(likert_data(), st.data())
def test_likert_comes_back_from_its_form(question, draw):
    kind, data = get_kind("likert"), question[1]
    levels = {
        item["id"]: draw.draw(st.sampled_from([*(level["id"] for level in data["levels"]), "99", None, 3]))
        for item in data["statements"]
    }
    answer = kind.accept(data, {"levels": levels})
    assert kind.parse(data, Form(kind.fields(data, answer, "q")), "q") == answer
    assert len(kind.responses(data, answer)) == len(answer["levels"] if answer else [])
    assert kind.feedback(data, answer).outcome == Outcome.UNGRADED
