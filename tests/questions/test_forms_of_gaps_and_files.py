"""The editors' forms of gaps, pictures, essays, files and scales: what is typed, what is stored, what is refused."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from people.services import grant_role
from questions import services
from questions.kinds import get_kind
from questions.models import Question
from tests.factories import AgencyFactory, CategoryFactory, PersonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def category():
    return CategoryFactory(agency=AgencyFactory(), name="Etika")


@pytest.fixture
def editor(category):
    person = PersonFactory(language="en")
    grant_role(person=person, agency=category.agency, role="editor")
    client = Client()
    client.force_login(person)
    return client


def rows(prefix, *given):
    form = {f"{prefix}-TOTAL_FORMS": len(given), f"{prefix}-INITIAL_FORMS": 0}
    for number, row in enumerate(given):
        form |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
    return form


def save(editor, category, kind, pk=None, /, **form):
    """Send the form of a kind; return the data that is stored, or the page that says why not."""
    url = reverse("questions:edit", args=[pk]) if pk else reverse("questions:add", args=[kind])
    about = {"category": category.pk, "state": "ready", "text": "Apa?", "general_feedback": ""}
    if pk:
        about["based_on"] = Question.objects.get(pk=pk).versions.order_by("-number").first().number
    answer = editor.post(url, {**about, **form})
    if answer.status_code == 422:
        return answer.content.decode()
    assert answer.status_code == 302
    return Question.objects.latest("pk").versions.order_by("-number").first().data


def picture(width=200, height=100, kind="PNG"):
    file = BytesIO()
    Image.new("RGB", (width, height), "teal").save(file, kind)
    return SimpleUploadedFile(f"denah.{kind.lower()}", file.getvalue())


def test_gapselect_is_stored_as_it_is_typed(editor, category):
    choices = rows("choices", {"id": "1", "text": "Palu"}, {"id": "2", "text": "Poso", "group": "1"}, {"id": "3"})
    data = save(editor, category, "gapselect", text="<p>Kota [[1]].</p>", shuffle="on", **choices)
    assert data["choices"] == [{"id": "1", "text": "Palu", "group": 1}, {"id": "2", "text": "Poso", "group": 1}]
    assert data["shuffle"] is True


def test_gapselect_numbers_new_rows_beyond_every_number_ever_used(editor, category):
    choices = [{"id": str(number), "text": f"Kota {number}"} for number in (1, 2, 7)]
    question = services.create_question(
        category=category, kind="gapselect", name="Kota", data={"text": "[[1]]", "choices": choices}
    )
    services.save_version(question=question, data={"text": "[[1]]", "choices": choices[:2]})
    html = editor.get(reverse("questions:edit", args=[question.pk])).content.decode()
    assert 'name="choices-2-id" value="8"' in html
    again = rows("choices", *choices)
    assert "An earlier version used the number 7 for something else" in save(
        editor, category, "gapselect", question.pk, text="[[1]] [[7]]", **again
    )


@pytest.mark.parametrize(
    ("choices", "problem"),
    [
        ([{"id": "1", "text": "Palu"}, {"id": "1", "text": "Poso"}], "The number 1 is given twice."),
        ([{"id": "", "text": "Palu"}, {"id": "1", "text": "Poso"}], "Every row needs its number"),
        ([{"id": "x", "text": "Palu"}, {"id": "1", "text": "Poso"}], "Write a number from 1 to 999."),
        ([{"id": "1", "text": "Palu"}, {"id": "2", "text": "Palu"}], "say the same"),
    ],
)
def test_gapselect_names_the_problem(editor, category, choices, problem):
    assert problem in save(editor, category, "gapselect", text="[[1]]", **rows("choices", *choices))


def test_cloze_is_stored_from_the_notation_and_shown_in_it(editor, category):
    gaps = rows(
        "gaps",
        {"id": "1", "kind": "single", "mark": "2", "display": "menu", "answers": "Palu | 100 | Benar.\nPoso"},
        {"id": "2", "kind": "numerical", "mark": "0,5", "answers": "3,14 ± 0,01\n10 … 20 | 50"},
        {"id": "3", "kind": "shorttext", "answers": "! capital letters matter\nPalembang"},
    )
    data = save(editor, category, "cloze", text="<p>[[1]] [[2]] [[3]]</p>", **gaps)
    assert [gap["kind"] for gap in data["gaps"]] == ["single", "numerical", "shorttext"]
    assert [gap["mark"] for gap in data["gaps"]] == ["2", "1/2", "1"]
    assert data["gaps"][1]["data"]["answers"][1]["low"] == "10"
    assert data["gaps"][2]["data"]["case"] is True
    html = editor.get(reverse("questions:edit", args=[Question.objects.get().pk])).content.decode()
    for words in ("Palu | 100 | Benar.", "3.14 ± 0.01 | 100", "10 … 20 | 50", "! capital letters matter"):
        assert words in html


def test_cloze_keeps_the_ids_of_options_that_stay(editor, category):
    def gap(answers):
        return rows("gaps", {"id": "1", "kind": "single", "answers": answers})

    first = save(editor, category, "cloze", text="[[1]]", **gap("Palu | 100\nPoso\nDonggala"))
    pk = Question.objects.get().pk
    second = save(editor, category, "cloze", pk, text="[[1]]", **gap("Toli | 0\nDonggala | 100\nPalu"))
    old = {option["text"]: option["id"] for option in first["gaps"][0]["data"]["options"]}
    new = {option["text"]: option["id"] for option in second["gaps"][0]["data"]["options"]}
    assert (new["Palu"], new["Donggala"]) == (old["Palu"], old["Donggala"])
    assert new["Toli"] not in old.values()


def test_cloze_names_gap_and_line(editor, category):
    gaps = rows("gaps", {"id": "1", "kind": "numerical", "answers": "3\nsepuluh"})
    html = save(editor, category, "cloze", text="[[1]]", **gaps)
    assert "Line 2: “sepuluh” is no number." in html


AREAS = [
    {"text": "Loket", "shape": "rect", "coords": "0, 0, 50, 50", "fraction": "100", "feedback": "Tepat"},
    {"text": "Pintu", "shape": "circle", "coords": "150; 50 20"},
]


def test_hotspot_keeps_the_picture_and_its_size(editor, category, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    data = save(editor, category, "hotspot", picture_file=picture(), alt="Denah", **rows("areas", *AREAS))
    assert (data["width"], data["height"], data["alt"]) == (200, 100, "Denah")
    assert services.read_file(data["picture"]).startswith(b"\x89PNG")
    assert [area["coords"] for area in data["areas"]] == [[0, 0, 50, 50], [150, 50, 20]]
    pk = Question.objects.get().pk
    ids = [{**row, "id": area["id"]} for row, area in zip(AREAS, data["areas"], strict=True)]
    again = save(editor, category, "hotspot", pk, picture=data["picture"], alt="Denah kantor", **rows("areas", *ids))
    assert again == {**data, "alt": "Denah kantor"}


def test_hotspot_does_not_ask_for_the_picture_again(editor, category, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    html = save(editor, category, "hotspot", picture_file=picture(), **rows("areas", *AREAS))
    assert "Describe the picture for those who cannot see it." in html
    (name,) = (path.name for path in tmp_path.rglob("*.png"))
    assert f'name="picture" value="{name}"' in html
    assert f'src="/media/questions/{name}"' in html


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"coords": "0, 0, 201, 50"}, "Area 1: It reaches outside the picture, which is 200 pixels wide and 100 high."),
        ({"coords": "0, 0, lebar"}, "Write whole numbers, separated by commas."),
        ({"coords": "1, 2"}, "Area 1: A rectangle needs four numbers"),
        ({"text": ""}, "Area 1: It has no name."),
    ],
)
def test_hotspot_names_the_area(editor, category, settings, tmp_path, changes, problem):
    settings.MEDIA_ROOT = tmp_path
    areas = rows("areas", AREAS[0] | changes, AREAS[1])
    assert problem in save(editor, category, "hotspot", picture_file=picture(), alt="Denah", **areas)


def test_hotspot_refuses_what_is_no_picture(editor, category, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    for content in (b"<svg></svg>", b"\x89PNG\r\n\x1a\nbukan"):
        file = SimpleUploadedFile("denah.png", content)
        html = save(editor, category, "hotspot", picture_file=file, alt="Denah", **rows("areas", *AREAS))
        assert "This is no picture that browsers show." in html
    html = save(editor, category, "hotspot", picture="../../etc/passwd", alt="x", **rows("areas", *AREAS))
    assert "Choose a picture." in html
    assert list(tmp_path.rglob("*.png")) == []


def test_essay_is_stored_as_it_is_typed(editor, category):
    form = {
        "editor": "plain", "words_min": "50", "words_max": "300", "files": "2", "files_required": "1",
        "file_types": "pdf, .DOCX", "file_size": "2.5", "guide": "<p>Tiga alasan</p>", "template": "",
    }  # fmt: skip
    criteria = rows("criteria", {"text": "Alasan", "points": "2,5"}, {"text": ""})
    data = save(editor, category, "essay", **form, **criteria)
    assert (data["editor"], data["words_min"], data["words_max"]) == ("plain", 50, 300)
    assert (data["files"], data["files_required"], data["file_types"]) == (2, 1, ["pdf", "docx"])
    assert data["file_size"] == 2.5 * 2**20
    assert data["guide"] == "<p>Tiga alasan</p>"
    assert data["criteria"] == [{"id": "a", "text": "Alasan", "points": "5/2"}]


def test_essay_keeps_a_size_that_the_form_cannot_show(editor, category):
    question = services.create_question(
        category=category, kind="upload", name="Berkas", data={"text": "x", "files": 1, "file_size": 1_000_000}
    )
    form = {"files": "1", "file_size": "1.0", "file_types": ""}
    data = save(editor, category, "upload", question.pk, **form, **rows("criteria"))
    assert data["file_size"] == 1_000_000


@pytest.mark.parametrize(
    ("form", "problem"),
    [
        ({"files": "1", "file_types": "pdf; docx"}, "is no ending of files"),
        ({"files": "99"}, "less than or equal to 20"),
        ({"files": "0"}, "At least one file must be possible."),
        ({"files": "1", "files_required": "2"}, "More files are required than can be handed in."),
    ],
)
def test_upload_names_the_problem(editor, category, form, problem):
    assert problem in save(editor, category, "upload", **{"file_size": "10", **form}, **rows("criteria"))


def test_likert_begins_with_the_usual_levels(editor, category):
    html = editor.get(reverse("questions:add", args=["likert"])).content.decode()
    assert 'value="Strongly agree"' in html
    levels = rows("levels", {"text": "Tidak"}, {"text": "Ya"})
    data = save(editor, category, "likert", **rows("statements", {"text": "Loket <b>ramah</b>"}), **levels)
    assert data["statements"] == [{"id": "a", "text": "Loket <b>ramah</b>"}]
    assert data["levels"] == [{"id": "1", "text": "Tidak"}, {"id": "2", "text": "Ya"}]


def test_description_is_only_a_text(editor, category):
    assert save(editor, category, "description", text="<p>Bacalah.</p>") == get_kind("description").clean(
        {"text": "<p>Bacalah.</p>"}
    )


GOOD = {
    "gapselect": {"text": "[[1]]", "choices": [{"id": "1", "text": "Palu"}, {"id": "2", "text": "Poso"}]},
    "cloze": {
        "text": "[[1]]",
        "gaps": [{"id": "1", "kind": "single", "data": {"options": [{"text": "A", "fraction": "1"}, {"text": "B"}]}}],
    },
    "hotspot": {
        "text": "Di mana?", "picture": f"{'0' * 64}.png", "alt": "Denah", "width": 200, "height": 100,
        "areas": [
            {"text": "Loket", "shape": "rect", "coords": [0, 0, 50, 50], "fraction": "1"},
            {"text": "Pintu", "shape": "circle", "coords": [150, 50, 20]},
        ],
    },
    "essay": {"text": "Uraikan.", "guide": "Tiga alasan", "criteria": [{"text": "Alasan", "points": "5"}]},
    "upload": {"text": "Kirimkan.", "files": 1},
    "likert": {"text": "Setuju?", "levels": [{"text": "Tidak"}, {"text": "Ya"}], "statements": [{"text": "Ramah"}]},
    "description": {"text": "Bacalah."},
}  # fmt: skip


@pytest.mark.parametrize("kind", GOOD)
def test_preview_shows_every_kind_and_checks_an_answer(editor, category, kind):
    question = services.create_question(category=category, kind=kind, name="Soal", data=GOOD[kind])
    url = reverse("questions:preview", args=[question.pk])
    rules, data = get_kind(kind), question.versions.get().data
    page = editor.get(url).content.decode()
    assert "What each answer earns" in page
    assert ("A person marks each answer" in page) is (kind in ("essay", "upload"))
    assert ("it is not marked" in page) is (kind in ("likert", "description"))
    right = rules.right_answer(data) or {"text": "<p>Uraian</p>", "levels": {"a": "2"}}
    answer = editor.post(url, {**rules.fields(data, right, "jawab"), "periksa": "1"})
    assert answer.status_code == 200
    if rules.right_answer(data):
        assert "Not right" not in answer.content.decode()
