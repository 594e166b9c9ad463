"""The forms of matching, ordering, short text, numbers and several answers, and the part "More" of all forms."""

import re
from decimal import Decimal
from html import unescape
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from people.services import grant_role
from questions import services
from questions.models import Question
from tests.factories import CategoryFactory, PersonFactory, single

pytestmark = pytest.mark.django_db

MATCHING = {
    "text": "Ibu kota?",
    "pairs": [
        {"id": "a", "text": "Papua <b>Barat</b> Daya", "choice": "2"},
        {"id": "b", "text": "Sulawesi Tengah", "choice": "1"},
    ],
    "choices": [{"id": "1", "text": "Palu"}, {"id": "3", "text": "Ambon"}, {"id": "2", "text": "Sorong"}],
}
ORDERING = {"text": "Urutkan", "grading": "longest", "items": [{"id": key, "text": f"Langkah {key}"} for key in "abc"]}
SHORT = {
    "text": "Kota?", "case": True,
    "answers": [
        {"text": "Palu", "fraction": "1", "feedback": "Ya"}, {"text": "*", "fraction": "0", "feedback": "Bukan"},
    ],
}  # fmt: skip
NUMBER = {
    "text": "Berapa?",
    "answers": [
        {"value": "1.234", "tolerance": "0.001", "tolerance_kind": "relative", "fraction": "1"},
        {"low": "1000", "high": "1500.5", "fraction": "1/3"},
    ],
    "units": [{"name": "m", "multiplier": "1"}, {"name": "km", "multiplier": "0.001"}],
    "unit_rule": "required", "unit_penalty": "1/5",
}  # fmt: skip
SEVERAL = {
    "text": "Mana?", "grading": "all",
    "options": [{"text": "A", "fraction": "1"}, {"text": "B", "fraction": "1/2"}, {"text": "C"}],
}  # fmt: skip
KINDS = {"matching": MATCHING, "ordering": ORDERING, "shorttext": SHORT, "numerical": NUMBER, "multiple": SEVERAL}
MORE = {
    "outcomes": {"right": "<p>Bagus</p>", "wrong": "<p>Coba <b>lagi</b></p>"},
    "hints": ["Lihat UU", "<table><tbody><tr><td>1</td></tr></tbody></table>"],
    "penalty": "1/4",
}


@pytest.fixture
def category():
    return CategoryFactory()


@pytest.fixture
def editor(client, category):
    person = PersonFactory(language="en")
    grant_role(person=person, agency=category.agency, role="editor")
    client.force_login(person)
    return client


def make(category, kind, data):
    return services.create_question(category=category, kind=kind, name="Soal", data=data)


def latest(question=None):
    return (question or Question.objects.get()).versions.latest("number").data


def sent_back(html):
    """Return what a browser sends for the form as it stands: a list for names that come several times."""
    html = re.sub(r"<template>.*?</template>", "", html.split("data-question-form")[1], flags=re.DOTALL)
    found = []
    for tag in re.findall(r"<input [^>]*>", html):
        marks = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        is_off = marks.get("type") in ("checkbox", "radio") and not re.search(r"\bchecked\b", tag)
        if "name" in marks and not is_off and marks.get("type") != "file":
            found.append((marks["name"], marks.get("value", "on" if marks.get("type") == "checkbox" else "")))
    found += re.findall(r'<textarea name="([^"]+)"[^>]*>\n?(.*?)</textarea>', html, re.DOTALL)
    for name, inside in re.findall(r'<select name="([^"]+)"[^>]*>(.*?)</select>', html, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', inside) or re.search(r'<option value="([^"]*)"', inside)
        found.append((name, chosen[1]))
    sent = {}
    for name, value in found:
        sent.setdefault(name, []).append(unescape(value))
    return sent


def form_of(editor, question):
    address = reverse("questions:edit", args=[question.pk])
    return address, sent_back(editor.get(address).content.decode())


def problems_in(response):
    form = response.context["form"]
    rows = [row_set.rows.errors for row_set in form.row_sets.values()]
    return f"{form.errors} {rows}"


@pytest.mark.parametrize("language", ["en", "id"])
@pytest.mark.parametrize("kind", KINDS)
def test_saving_the_form_as_it_stands_makes_no_version(editor, category, kind, language):
    question = make(category, kind, {**KINDS[kind], **MORE})
    before = latest(question)
    assert before["hints"]
    editor.cookies["django_language"] = language
    address, form = form_of(editor, question)
    response = editor.post(address, form)
    assert response.status_code == 302, problems_in(response)
    assert latest(question) == before
    assert question.versions.count() == 1


def rows(prefix, *given):
    form = {f"{prefix}-TOTAL_FORMS": len(given), f"{prefix}-INITIAL_FORMS": 0}
    for number, row in enumerate(given):
        form |= {f"{prefix}-{number}-{key}": value for key, value in row.items()}
    return form


def write(editor, category, kind, **form):
    base = {"category": category.pk, "text": "Apa?", "state": "ready", "shuffle": "on"}
    return editor.post(reverse("questions:add", args=[kind]), base | form)


def test_editor_writes_pairs_as_words(editor, category):
    pairs = rows(
        "pairs",
        {"text": "Sorong", "choice": "Papua Barat Daya", "ORDER": "2"},
        {"text": "Palu", "choice": "Sulawesi Tengah", "ORDER": "1"},
        {"text": "Luwuk", "choice": " sulawesi  tengah"},
    )
    response = write(editor, category, "matching", **pairs, **rows("distractors", {"text": "Maluku"}, {"text": "PALU"}))
    assert response.status_code == 302, problems_in(response)
    data = latest()
    words = {choice["id"]: choice["text"] for choice in data["choices"]}
    assert [(pair["text"], words[pair["choice"]]) for pair in data["pairs"]] == [
        ("Palu", "Sulawesi Tengah"), ("Sorong", "Papua Barat Daya"), ("Luwuk", "Sulawesi Tengah"),
    ]  # fmt: skip
    assert sorted(words.values()) == ["Maluku", "PALU", "Papua Barat Daya", "Sulawesi Tengah"]


def test_new_pair_and_new_choice_get_ids_that_no_version_used(editor, category):
    question = make(category, "matching", MATCHING)
    address, form = form_of(editor, question)
    without = form | {"pairs-1-DELETE": "on", "pairs-2-text": "Maluku", "pairs-2-choice": "Ambon"}
    assert editor.post(address, without).status_code == 302
    address, form = form_of(editor, question)
    assert editor.post(address, form | {"pairs-2-text": "Sulteng", "pairs-2-choice": "Kota Palu"}).status_code == 302
    data = latest(question)
    assert [(pair["id"], pair["choice"]) for pair in data["pairs"]] == [("a", "2"), ("c", "3"), ("d", "4")]
    assert data["choices"] == [
        {"id": "3", "text": "Ambon"}, {"id": "2", "text": "Sorong"}, {"id": "4", "text": "Kota Palu"},
    ]  # fmt: skip


def test_items_are_ordered_by_their_numbers_and_keep_their_ids(editor, category):
    question = make(category, "ordering", ORDERING)
    address, form = form_of(editor, question)
    moved = form | {
        "items-2-ORDER": "1",
        "items-0-ORDER": "2",
        "items-1-ORDER": "4",
        "items-3-text": "Baru",
        "items-3-ORDER": "3",
    }
    assert editor.post(address, moved).status_code == 302
    assert [(item["id"], item["text"]) for item in latest(question)["items"]] == [
        ("c", "Langkah c"), ("a", "Langkah a"), ("d", "Baru"), ("b", "Langkah b"),
    ]  # fmt: skip


def test_editor_writes_numbers_in_either_way(editor, category):
    answers = rows(
        "answers",
        {"value": "3,14", "tolerance": "0,01", "tolerance_kind": "absolute", "fraction": "100"},
        {"value": "1.5e3", "high": "2 000", "fraction": "50", "feedback": "Dekat"},
    )
    units = rows("units", {"name": "m"}, {"name": "km", "multiplier": "0,0010"})
    response = write(editor, category, "numerical", **answers, **units, unit_rule="optional", unit_penalty="20")
    assert response.status_code == 302, problems_in(response)
    data = latest()
    assert [(a.get("value"), a.get("tolerance"), a.get("low"), a.get("high")) for a in data["answers"]] == [
        ("3.14", "0.01", None, None), (None, None, "1500", "2000"),
    ]  # fmt: skip
    assert [unit["multiplier"] for unit in data["units"]] == ["1", "0.001"]
    assert (data["unit_rule"], data["unit_penalty"]) == ("optional", "1/5")
    page = editor.get(reverse("questions:preview", args=[Question.objects.get().pk])).content.decode()
    assert "3.13 to 3.15: 100 percent" in page


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"value": "1.000"}, "can be read as 1 and as 1000"),
        ({"value": "lima"}, "This is no number"),
        ({"value": "1e999999"}, "This is no number"),
        ({"value": "1", "high": "2", "tolerance": "1"}, "A range has no tolerance"),
        ({"value": "2", "high": "1"}, "ends before it begins"),
    ],
)
def test_number_that_can_mean_two_things_is_refused_with_the_cure(editor, category, row, words):
    response = write(editor, category, "numerical", **rows("answers", {"fraction": "100", **row}), **rows("units"))
    assert response.status_code == 422
    assert words in unescape(response.content.decode())


def test_editor_chooses_all_or_nothing(editor, category):
    options = rows("options", {"text": "A", "fraction": "100"}, {"text": "B", "fraction": "100"}, {"text": "C"})
    assert write(editor, category, "multiple", **options, grading="partial").status_code == 422
    assert write(editor, category, "multiple", **options, grading="all").status_code == 302
    assert latest()["grading"] == "all"


# --- more ------------------------------------------------------------------------------------------------------------


def picture(size=(40, 30), **about):
    content = BytesIO()
    Image.new("RGB", size, "teal").save(content, "PNG")
    return SimpleUploadedFile("peta.png", content.getvalue(), "image/png", **about)


TWO = rows("options", {"text": "Ya", "fraction": "100"}, {"text": "Tidak"})
ABOVE = re.compile(r'<p><img src="/media/questions/[0-9a-f]{64}\.png" alt="([^"]*)" width="40" height="30"></p>')


def test_editor_puts_a_picture_above_changes_its_words_and_takes_it_away(editor, category):
    refused = write(editor, category, "single", **TWO, above=picture())
    assert "Say what the picture shows" in refused.content.decode()
    again = sent_back(refused.content.decode())
    assert editor.post(reverse("questions:add", args=["single"]), again | {"above_alt": "Peta <1>"}).status_code == 302
    question = Question.objects.get()
    text = latest(question)["text"]
    assert ABOVE.match(text)[1] == "Peta &lt;1&gt;"
    assert text.endswith("<p>Apa?</p>")
    address, form = form_of(editor, question)
    assert editor.post(address, form).status_code == 302
    assert question.versions.count() == 1
    editor.post(address, form_of(editor, question)[1] | {"above_alt": "Denah"})
    assert ABOVE.match(latest(question)["text"])[1] == "Denah"
    editor.post(address, form_of(editor, question)[1] | {"above_remove": "on"})
    assert latest(question)["text"] == "<p>Apa?</p>"


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (SimpleUploadedFile("a.png", b"\x89PNG\r\n\x1a\nbroken"), "This is no picture"),
        (SimpleUploadedFile("a.svg", b"<svg onload='x()'/>"), "This is no picture"),
        (SimpleUploadedFile("a.png", b"\x89PNG\r\n\x1a\n" + b"0" * 5_000_000), "larger than 5 MB"),
    ],
)
def test_file_that_is_no_picture_is_refused(editor, category, file, words):
    file.seek(0)
    response = write(editor, category, "single", **TWO, above=file, above_alt="Peta")
    assert response.status_code == 422
    assert words in response.content.decode()
    assert not Question.objects.exists()


def test_kept_picture_is_trusted_only_as_a_picture_of_ours(editor, category):
    for kept in (
        '<img src="https://elsewhere.example/x.png">',
        "<script>x()</script>",
        '<img src="/media/x.png" alt="">',
    ):
        write(editor, category, "single", **TWO, above_kept=kept, above_alt="Peta", name=kept)
    assert {latest(question)["text"] for question in Question.objects.all()} == {"<p>Apa?</p>"}


def test_editor_writes_outcomes_hints_and_penalty(editor, category):
    more = {"outcome_partly": "Hampir", "hints": ["Satu", "", "Dua <b>lagi</b>"], "penalty": "20"}
    assert write(editor, category, "single", **TWO, **more).status_code == 302
    data = latest()
    assert data["outcomes"] == {"partly": "<p>Hampir</p>"}
    assert data["hints"] == ["<p>Satu</p>", "<p>Dua <b>lagi</b></p>"]
    assert data["penalty"] == "1/5"


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"penalty": "-5"}, "from 0 to 100"),
        ({"penalty": "x"}, "Write a number"),
        ({"hints": ["x"] * 11}, "At most 10 hints"),
    ],
)
def test_more_names_what_is_wrong(editor, category, more, words):
    response = write(editor, category, "single", **TWO, **more)
    assert response.status_code == 422
    assert words in response.content.decode()
    assert '<details class="question-more" open' in response.content.decode()


@pytest.mark.parametrize(("written", "kept"), [("", "1"), ("2,5", "2.5"), ("2.5", "2.5"), ("0", "0"), ("100", "100")])
def test_usual_mark_is_kept_and_shown_again(editor, category, written, kept):
    assert write(editor, category, "single", **TWO, default_mark=written).status_code == 302
    question = Question.objects.get()
    assert question.default_mark == Decimal(kept)
    page = editor.get(reverse("questions:edit", args=[question.pk])).content.decode()
    assert re.search(rf'name="default_mark"[^>]*value="{kept}"|value="{kept}"[^>]*name="default_mark"', page)
    address, sent = form_of(editor, question)
    assert editor.post(address, sent | {"default_mark": "7"}).status_code == 302
    question.refresh_from_db()
    assert (question.default_mark, question.versions.count()) == (7, 1)


@pytest.mark.parametrize("written", ["-1", "1.234", "1000000", "x", "1e999"])
def test_usual_mark_names_what_is_wrong(editor, category, written):
    response = write(editor, category, "single", **TWO, default_mark=written)
    assert response.status_code == 422
    assert not Question.objects.exists()


def test_kinds_without_marks_are_not_asked_for_hints(editor, category):
    page = editor.get(reverse("questions:add", args=["likert"])).content.decode()
    assert 'name="hints"' not in page
    question = services.create_question(category=category, kind="single", name="x", data=single())
    assert 'name="hints"' in editor.get(reverse("questions:edit", args=[question.pk])).content.decode()


def test_wrong_row_is_told_without_what_follows_from_it(editor, category):
    wrong = rows("options", {"text": "Ya", "fraction": "x"}, {"text": "Tidak", "fraction": "0"})
    response = write(editor, category, "single", **wrong)
    assert response.context["form"].errors == {}
    assert "Write a number from -100 to 100." in response.content.decode()


@pytest.mark.parametrize(("language", "third", "points"), [("en", "33.33333", "2.5"), ("id", "33,33333", "2,5")])
def test_numbers_are_shown_as_the_language_writes_them(client, category, language, third, points):
    person = PersonFactory(language=language)
    grant_role(person=person, agency=category.agency, role="editor")
    client.force_login(person)
    criteria = [{"id": "a", "text": "Isi", "points": "5/2"}]
    essay = make(category, "essay", {"text": "Tulis", "editor": "rich", "criteria": criteria})
    assert f'value="{points}"' in client.get(reverse("questions:edit", args=[essay.pk])).content.decode()
    assert f"Isi: {points}" in client.get(reverse("questions:preview", args=[essay.pk])).content.decode()
    options = [{"text": "A", "fraction": "1"}, {"text": "B", "fraction": "1/3"}]
    single = make(category, "single", {"text": "Apa?", "options": options})
    assert f'value="{third}"' in client.get(reverse("questions:edit", args=[single.pk])).content.decode()
    assert f">{third[:5]}<" in client.get(reverse("questions:preview", args=[single.pk])).content.decode()


def test_true_or_false_is_chosen_not_assumed(editor, category):
    page = editor.get(reverse("questions:add", args=["truefalse"])).content.decode()
    assert not re.search(r'name="answer"[^>]*checked', page)
    assert write(editor, category, "truefalse").status_code == 422


def test_gaps_are_dots_in_a_name_made_of_the_text(editor, category):
    choices = rows("choices", {"id": "1", "text": "Palu", "group": "1"}, {"id": "2", "text": "Poso", "group": "1"})
    response = write(editor, category, "gapselect", **choices, text="Ibu kota [[1]] itu")
    assert response.status_code == 302, problems_in(response)
    assert Question.objects.get().name == "Ibu kota … itu"
