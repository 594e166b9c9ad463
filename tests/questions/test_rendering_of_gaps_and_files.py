"""What a learner sees of gaps, pictures, essays, files and scales, and what they must not see before the review."""

import re
from html.parser import HTMLParser

import pytest
from django.template import Context, Template

from questions.kinds import Review, get_kind
from questions.rendering import AnswerFile, ShownQuestion

NOTHING = Review(correctness=False, feedback=False, general=False, right_answer=False)
KEY = "0000000a-0000-4000-8000-000000000000"
CHOICES = [{"id": "1", "text": "Palu"}, {"id": "2", "text": '"><b>Poso'}, {"id": "3", "text": "Palembang"}]
OPTIONS = [
    {"id": "a", "text": "Palu", "fraction": "1", "feedback": "Ulasan a"},
    {"id": "b", "text": "Poso", "fraction": "0", "feedback": "Ulasan b"},
]
ANSWERS = [{"text": "Donggala", "fraction": "1", "feedback": "Ulasan c"}]
HALVES = [{**OPTIONS[0], "fraction": "1/2"}, {**OPTIONS[1], "fraction": "1/2"}, {"id": "c", "text": "Parigi"}]
DATA = {
    "gapselect": {"text": "<p>Kota [[1]] dan <b>[[3]]</b>.</p>", "choices": CHOICES},
    "cloze": {
        "text": "<p>Kota [[1]], [[2]], [[3]], [[4]].</p>",
        "gaps": [
            {"id": "1", "kind": "single", "data": {"options": OPTIONS}},
            {"id": "2", "kind": "single", "display": "row", "data": {"options": OPTIONS}},
            {"id": "3", "kind": "shorttext", "data": {"answers": ANSWERS}},
            {"id": "4", "kind": "multiple", "data": {"options": HALVES}},
        ],
    },
    "hotspot": {
        "text": "Di mana?", "picture": f"{'0' * 64}.png", "alt": "Denah", "width": 2000, "height": 1000,
        "areas": [
            {**OPTIONS[0], "shape": "rect", "coords": [0, 0, 1500, 500]},
            {**OPTIONS[1], "shape": "polygon", "coords": [1500, 500, 2000, 500, 1700, 900]},
        ],
    },
    "essay": {
        "text": "Uraikan.", "words_min": 5, "words_max": 9, "files": 2, "file_types": ["pdf"], "guide": "RAHASIA",
        "criteria": [{"text": "RAHASIA", "points": "5"}],
    },
    "upload": {"text": "Kirimkan.", "files": 1, "guide": "RAHASIA"},
    "likert": {
        "text": "Setuju?", "levels": [{"text": "Tidak"}, {"text": "Ya"}],
        "statements": [{"text": "Ramah"}, {"text": "Cepat"}],
    },
    "description": {"text": "Bacalah."},
}  # fmt: skip


def data_of(kind):
    return get_kind(kind).clean({**DATA[kind], "general_feedback": "Ingat"})


def render(kind, **fields):
    about = {"kind": kind, "data": data_of(kind), "arrangement": None, "answer": None, "name": "jawab"}
    shown = ShownQuestion(**{**about, "disabled": "review" in fields, **fields})
    return Template("{% load questions_tags %}{% question shown %}").render(Context({"shown": shown}))


class Page(HTMLParser):
    """Collects the names of controls, and whether every element is closed in its order."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.controls, self.ill_formed = [], [], []

    def handle_starttag(self, tag, attrs):
        if tag in ("input", "select", "textarea"):
            self.controls.append(dict(attrs))
        if tag not in ("input", "img", "br"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        pass

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.ill_formed.append(tag)


def read(html):
    page = Page()
    page.feed(html)
    assert page.ill_formed == []
    assert page.open == []
    return page


@pytest.mark.parametrize("kind", DATA)
@pytest.mark.parametrize("review", [None, NOTHING, Review()])
def test_every_page_is_well_formed(kind, review):
    for answer in [*get_kind(kind).samples(data_of(kind)), None]:
        read(render(kind, answer=answer, **({"review": review} if review else {})))


@pytest.mark.parametrize("kind", DATA)
@pytest.mark.parametrize("disabled", [False, True])
def test_nothing_is_told_before_the_review(kind, disabled):
    for answer in [*get_kind(kind).samples(data_of(kind)), None]:
        page = render(kind, answer=answer, disabled=disabled)
        for secret in ("Ulasan", "Ingat", "RAHASIA", "gap--", "gap-verdict", "option--right", "option--wrong", "chip"):
            assert secret not in page.replace("gap--unit", "")
        assert all("disabled" in control for control in read(page).controls) or not disabled


@pytest.mark.parametrize("kind", DATA)
def test_a_review_of_nothing_tells_nothing(kind):
    for answer in get_kind(kind).samples(data_of(kind)):
        page = render(kind, answer=answer, review=NOTHING)
        for secret in ("Ulasan", "Ingat", "RAHASIA", "Right", "Not right", "gap--", "chip"):
            assert secret not in page


@pytest.mark.parametrize("kind", ["gapselect", "cloze", "hotspot", "likert", "essay"])
def test_what_the_page_sends_is_the_answer_it_shows(kind):
    rules, data = get_kind(kind), data_of(kind)
    answer = rules.right_answer(data) or {"levels": {"b": "2"}, "text": "<p>satu dua</p>"}
    html = render(kind, answer=answer)
    sent = {}
    for control in read(html).controls:
        if control.get("type") in ("radio", "checkbox"):
            if "checked" in control:
                sent.setdefault(control["name"], []).append(control["value"])
        elif control.get("type") == "text":
            sent.setdefault(control["name"], []).append(control["value"])
    for name, body in re.findall(r'<select class="gap" name="([^"]+)".*?>(.*?)</select>', html, re.DOTALL):
        sent[name] = re.findall(r'value="([^"]*)" selected', body)
    for name, body in re.findall(r'<textarea id="[^"]+" name="([^"]+)"[^>]*>(.*?)</textarea>', html, re.DOTALL):
        sent[name] = [body]
    assert {name: values for name, values in sent.items() if values} == dict(rules.fields(data, answer, "jawab"))


def test_every_gap_has_a_name_and_choices_are_escaped():
    html = render("gapselect")
    assert [control["aria-label"] for control in read(html).controls] == ["Gap 1", "Gap 2"]
    assert "&quot;&gt;&lt;b&gt;Poso" in html
    assert re.search(r"<b><span class=\"gap-place\">\s*<select", html)
    labels = [control.get("aria-label") for control in read(render("cloze")).controls if "aria-label" in control]
    assert labels == ["Gap 1", "Gap 3"]
    assert 'role="radiogroup" aria-label="Gap 2"' in render("cloze")
    assert 'role="group" aria-label="Gap 4"' in render("cloze")


def test_a_review_of_gaps_says_each_ones_verdict_right_answer_and_feedback():
    html = render("cloze", answer={"gaps": {"1": {"chosen": ["b"]}, "3": {"text": "donggala"}}}, review=Review())
    first, _second, third, _fourth = html.split('<ul class="stack-small gap-answers">')[1].split("<strong>Gap ")[1:]
    assert "Not right" in first
    assert "Right answer: Palu" in first
    assert "Ulasan b" in first
    assert "Right answer" not in third
    assert "Ulasan c" in third
    assert "Ingat" in html


def test_areas_are_drawn_in_the_picture_s_pixels():
    html = render("hotspot", answer={"chosen": ["b"]})
    assert html.count('<svg class="area" viewBox="0 0 2000 1000" aria-hidden="true">') == 2
    assert '<rect class="area__shape" x="0" y="0" width="1500" height="500" />' in html
    assert '<polygon class="area__shape" points="1500,500 2000,500 1700,900" />' in html
    assert '<img src="/media/questions/' in html
    assert "style=" not in html


def test_an_essay_shows_its_files_and_what_may_still_be_added():
    file = AnswerFile(KEY, "Laporan <1>.pdf", 12_345, "/berkas/1")
    answer = {"text": "<p>satu dua</p>", "files": [KEY]}
    html = render("essay", answer=answer, files=(file,), upload_url="/kirim/")
    assert '<a href="/berkas/1">Laporan &lt;1&gt;.pdf</a>' in html
    assert f'<input type="hidden" name="jawab-file" value="{KEY}"' in html
    assert f'name="jawab-hapus" value="{KEY}"' in html
    assert 'data-upload="/kirim/"' in html
    assert 'accept=".pdf"' in html
    assert "Types: PDF." in html
    assert "2 words" in html
    assert "The text is short: 2 words of at least 5." in html
    assert "In a preview" not in html
    assert "In a preview no file is taken." in render("upload")
    full = render("upload", answer={"files": [KEY]}, files=(file,))
    assert 'type="file"' not in full
    assert "No more files can be added" in full


def test_a_reviewed_essay_is_read_not_edited():
    file = AnswerFile(KEY, "Laporan.pdf", 12_345, "/berkas/1")
    html = render("essay", answer={"text": "<p>satu <b>dua</b></p>", "files": [KEY]}, files=(file,), review=Review())
    assert "<p>satu <b>dua</b></p>" in html
    assert "<textarea" not in html
    assert "<button" not in html
    assert "Laporan.pdf" in html


def test_a_scale_says_its_statement_and_level_to_screen_readers():
    html = render("likert", answer={"levels": {"a": "2"}})
    assert html.count('role="radiogroup" aria-labelledby="jawab-a-words"') == 1
    assert '<input type="radio" name="jawab-a" value="2" checked><span>Ya</span>' in html
    assert "You gave no answer." in render("likert", review=Review())
