"""The authors' screens: what they do, who finds them, and that a stranger learns nothing."""

import re
from decimal import Decimal
from html import unescape
from io import BytesIO

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.urls import reverse

from people.models import AgencyRole
from people.services import grant_role
from questions import importing, services
from questions.formats.registry import FORMATS
from questions.models import Category, ImportJob, Question
from tests.factories import AgencyFactory, AgencyRoleFactory, CategoryFactory, PersonFactory, ready_question, single

pytestmark = pytest.mark.django_db


def member(agency, role="editor"):
    person = PersonFactory(language="en")
    grant_role(person=person, agency=agency, role=role)
    return person


@pytest.fixture
def agency():
    return AgencyFactory()


@pytest.fixture
def category(agency):
    return CategoryFactory(agency=agency, name="Etika")


@pytest.fixture
def editor(client, agency):
    """A client in which an editor of the agency is signed in."""
    client.force_login(member(agency))
    return client


@pytest.fixture
def question(category):
    return make(category)


def make(category, name="Soal loket", **data):
    return services.create_question(category=category, kind="single", name=name, data={**single(), **data})


def form_of(category, options, **more):
    form = {
        "name": "",
        "category": category.pk,
        "text": "Apa?",
        "general_feedback": "",
        "state": "ready",
        "tags": "",
        "shuffle": "on",
    }
    form |= {"options-TOTAL_FORMS": len(options), "options-INITIAL_FORMS": 0}
    for number, (text, fraction, feedback) in enumerate(options):
        form |= {
            f"options-{number}-text": text,
            f"options-{number}-fraction": fraction,
            f"options-{number}-feedback": feedback,
        }
    return form | more


TWO = [("Ya", "100", "Benar & <b>tepat</b>"), ("Tidak", "", "Bukan")]


def fields_of(html) -> dict:
    """Return what a browser sends back for the form as it stands."""
    html = re.sub(r"<template>.*?</template>", "", html, flags=re.DOTALL)
    found = dict(re.findall(r'<input type="(?:hidden|text)" name="([^"]+)"(?: value="([^"]*)")?', html))
    areas = re.findall(r'<textarea name="([^"]+)"[^>]*>\n?(.*?)</textarea>', html, re.DOTALL)
    chosen = re.findall(r'<select name="(\w+)".*?<option value="([^"]*)" selected', html, re.DOTALL)
    return {name: unescape(value) for name, value in [*found.items(), *areas, *chosen]}


# --- writing ---------------------------------------------------------------------------------------------------------


def test_editor_writes_a_question(editor, category):
    assert editor.get(reverse("questions:choose_kind")).status_code == 200
    address = reverse("questions:add", args=["single"])
    assert editor.get(address).status_code == 200
    response = editor.post(address, form_of(category, [*TWO, ("", "", "")], tags="loket, etika"))
    question = Question.objects.get()
    assert response.url == reverse("questions:edit", args=[question.pk])
    data = question.versions.get().data
    assert (question.name, question.kind, question.state) == ("Apa?", "single", "ready")
    assert sorted(question.tags.names()) == ["etika", "loket"]
    assert [(o["id"], o["text"], o["fraction"], o["feedback"]) for o in data["options"]] == [
        ("a", "Ya", "1", "<p>Benar &amp; <b>tepat</b></p>"), ("b", "Tidak", "0", "<p>Bukan</p>"),
    ]  # fmt: skip


def test_editor_writes_several_answers_and_a_statement(editor, category):
    thirds = [("A", "33.33333", ""), ("B", "33,333", ""), ("C", "33.333", ""), ("D", "-50", "")]
    editor.post(reverse("questions:add", args=["multiple"]), form_of(category, thirds))
    assert [o["fraction"] for o in Question.objects.get().versions.get().data["options"]] == [
        "1/3",
        "1/3",
        "1/3",
        "-1/2",
    ]
    statement = form_of(category, [], answer="false", feedback_true="Bukan", feedback_false="Ya", name="Pernyataan")
    editor.post(reverse("questions:add", args=["truefalse"]), statement)
    data = Question.objects.get(name="Pernyataan").versions.get().data
    assert (data["answer"], data["feedback_true"], data["feedback_false"]) == (False, "<p>Bukan</p>", "<p>Ya</p>")


@pytest.mark.parametrize(
    ("options", "more", "words"),
    [
        ([("Ya", "50", ""), ("Tidak", "0", "")], {}, "No option is right"),
        ([("Ya", "100", "")], {}, "At least two options"),
        ([("Ya", "100", ""), ("Ya", "0", "")], {}, "say the same"),
        ([("Ya", "abc", ""), ("Tidak", "0", "")], {}, "Write a number from -100 to 100."),
        ([("Ya", "100", ""), ("", "0", "Umpan")], {}, "Option 2 has no text"),
        (TWO, {"text": ""}, "required"),
        (TWO, {"text": "<p> </p>"}, "required"),
    ],
)
def test_form_names_what_is_wrong_and_keeps_what_was_written(editor, category, options, more, words):
    response = editor.post(
        reverse("questions:add", args=["single"]), form_of(category, options, general_feedback="Simpan", **more)
    )
    assert response.status_code == 422
    assert words in response.content.decode()
    assert "Simpan" in response.content.decode()
    assert not Question.objects.exists()


def test_saving_the_form_as_it_stands_makes_no_version(editor, category):
    rich = make(
        category, text="<p>Satu <b>dua</b></p><ul><li>a &lt; b</li></ul>", general_feedback="<p>x</p><p>y<br>z</p>"
    )
    address = reverse("questions:edit", args=[rich.pk])
    before = rich.versions.get().data
    response = editor.post(address, fields_of(editor.get(address).content.decode()) | {"shuffle": "on"})
    assert response.status_code == 302
    assert rich.versions.get().data == before


def test_editing_makes_a_version_and_never_gives_an_old_id_to_a_new_option(editor, question):
    address = reverse("questions:edit", args=[question.pk])
    form = fields_of(editor.get(address).content.decode()) | {"shuffle": "on"}
    editor.post(address, form | {"options-2-DELETE": "on", "options-3-text": "Baru", "options-3-fraction": "0"})
    first, second = question.versions.order_by("number")
    assert [o["id"] for o in first.data["options"]] == ["a", "b", "c"]
    assert [(o["id"], o["text"]) for o in second.data["options"]] == [
        ("a", "Pilihan a"),
        ("b", "Pilihan b"),
        ("d", "Baru"),
    ]


def test_editing_an_old_version_is_refused(editor, question):
    address = reverse("questions:edit", args=[question.pk])
    form = fields_of(editor.get(address).content.decode())
    services.save_version(question=question, data=single("Dari orang lain?"))
    response = editor.post(address, form | {"text": "Dari saya?"})
    assert response.status_code == 422
    assert "Someone saved version 2 meanwhile" in response.content.decode()
    assert question.versions.count() == 2


def test_draft_becomes_ready_by_its_form(editor, category):
    draft = services.create_question(category=category, kind="single", name="x", data=single(), state="draft")
    address = reverse("questions:edit", args=[draft.pk])
    editor.post(address, fields_of(editor.get(address).content.decode()) | {"state": "ready", "shuffle": "on"})
    assert draft.versions.get().is_ready
    assert Question.objects.get().state == "ready"


def test_retiring_and_bringing_back(editor, question):
    address = reverse("questions:retire", args=[question.pk])
    assert editor.get(address).status_code == 405
    editor.post(address)
    assert Question.objects.get().state == "retired"
    editor.post(address)
    assert Question.objects.get().state == "ready"


# --- looking ---------------------------------------------------------------------------------------------------------


def test_preview_shows_what_each_answer_earns(editor, question):
    page = editor.get(reverse("questions:preview", args=[question.pk])).content.decode()
    assert "Pilihan a" in page
    assert "Ulasan" in page.split("What each answer earns")[1]
    assert "Ulasan" not in page.split("What each answer earns")[0]
    earned = re.findall(r'<th role="rowheader" scope="row">(.*?)</th>\s*<td[^>]*>(\d+)</td>', page)
    assert earned == [("Pilihan a", "100"), ("Pilihan b", "0"), ("Pilihan c", "0")]
    checked = editor.get(
        reverse("questions:preview", args=[question.pk]), {"jawab": "b", "periksa": "1"}
    ).content.decode()
    assert "Not right" in checked.split("What each answer earns")[0]


def test_versions_are_listed_and_shown(editor, question):
    services.save_version(question=question, data=single("Yang kedua?"))
    page = editor.get(reverse("questions:versions", args=[question.pk])).content.decode()
    assert reverse("questions:preview_version", args=[question.pk, 1]) in page
    assert "Apa?" in editor.get(reverse("questions:preview_version", args=[question.pk, 1])).content.decode()
    assert editor.get(reverse("questions:preview_version", args=[question.pk, 3])).status_code == 404


def names_in(response):
    return [row.name for row in response.context["object_list"]]


def test_list_searches_and_filters(editor, category):
    below = CategoryFactory(agency=category.agency, parent=category, name="Bawah")
    one = make(category, name="Satu", text="Tentang gratifikasi")
    make(below, name="Dua", text="Tentang antrean")
    services.save_version(question=one, data=single("Tentang hadiah"))
    services.update_question(
        question=one, name="Satu", category=category, tags=["hibah"], state="ready", default_mark=Decimal(1)
    )
    services.create_question(
        category=below, kind="truefalse", name="Tiga", data={"text": "x", "answer": True}, state="draft"
    )
    tag = one.tags.get()

    def found(**query):
        return names_in(editor.get(reverse("questions:index"), query))

    assert found() == ["Dua", "Satu", "Tiga"]
    assert found(q="hadiah") == ["Satu"]
    assert found(q="gratifikasi") == []
    assert found(q="dua") == ["Dua"]
    assert found(category=category.pk) == ["Dua", "Satu", "Tiga"]
    assert found(category=below.pk) == ["Dua", "Tiga"]
    assert found(kind="truefalse") == ["Tiga"]
    assert found(state="draft") == ["Tiga"]
    assert found(tag=tag.pk) == ["Satu"]


def test_list_takes_the_same_queries_for_one_and_for_three(editor, category, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def count():
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert editor.get(reverse("questions:index_results")).status_code == 200
        return len(captured)

    make(category, name="1")
    count()
    one = count()
    make(CategoryFactory(agency=category.agency), name="2")
    make(category, name="3")
    assert count() == one


# --- who -------------------------------------------------------------------------------------------------------------

SCREENS = ["edit", "versions", "preview"]


def test_stranger_finds_nothing_of_another_agency(client, question):
    other = AgencyFactory()
    CategoryFactory(agency=other)
    client.force_login(member(other))
    page = client.get(reverse("questions:index"))
    assert page.status_code == 200
    assert names_in(page) == []
    for secret in ("Soal loket", question.category.name, question.category.agency.short_name):
        assert secret not in page.content.decode()
        assert secret not in client.get(reverse("questions:categories")).content.decode()
        assert secret not in client.get(reverse("questions:add", args=["single"])).content.decode()
        assert secret not in client.get(reverse("questions:import")).content.decode()
    for screen in SCREENS:
        assert client.get(reverse(f"questions:{screen}", args=[question.pk])).status_code == 404
    assert client.post(reverse("questions:retire", args=[question.pk])).status_code == 404
    assert client.get(reverse("questions:edit_category", args=[question.category_id])).status_code == 404
    assert client.post(reverse("questions:delete_category", args=[question.category_id])).status_code == 404
    response = client.post(reverse("questions:add", args=["single"]), form_of(question.category, TWO))
    assert response.status_code == 422
    assert Question.objects.get().state == "ready"


def test_editor_sees_shared_questions_but_changes_none(editor):
    shared = ready_question(name="Bersama")
    assert "Bersama" in names_in(editor.get(reverse("questions:index")))
    assert editor.get(reverse("questions:preview", args=[shared.pk])).status_code == 200
    assert editor.get(reverse("questions:edit", args=[shared.pk])).url == reverse("questions:preview", args=[shared.pk])
    assert editor.post(reverse("questions:retire", args=[shared.pk])).status_code == 404
    assert editor.get(reverse("questions:edit_category", args=[shared.category_id])).status_code == 404
    assert "Bank contoh" not in editor.get(reverse("questions:add", args=["single"])).content.decode()


def test_reviewer_reads_and_does_not_write(client, agency, question):
    client.force_login(member(agency, "reviewer"))
    assert names_in(client.get(reverse("questions:index"))) == ["Soal loket"]
    assert client.get(reverse("questions:preview", args=[question.pk])).status_code == 200
    for address in ("choose_kind", "import", "add_category"):
        assert client.get(reverse(f"questions:{address}")).status_code == 404
    assert client.get(reverse("questions:add", args=["single"])).status_code == 404
    assert client.post(reverse("questions:retire", args=[question.pk])).status_code == 404


def test_learner_does_not_reach_the_bank(client, question):
    client.force_login(PersonFactory())
    for screen in SCREENS:
        assert client.get(reverse(f"questions:{screen}", args=[question.pk])).status_code in (302, 403, 404)
    assert client.get(reverse("questions:index")).status_code in (302, 403, 404)


def test_administrator_keeps_the_shared_categories(client):
    client.force_login(PersonFactory(is_superuser=True, language="en"))
    shared = CategoryFactory(agency=None, name="Umum")
    client.post(reverse("questions:add", args=["single"]), form_of(shared, TWO))
    assert Question.objects.get().category == shared


@pytest.mark.parametrize("kind", ["telepathy", "Essay"])
def test_unknown_kind_is_not_found(editor, kind):
    assert editor.get(reverse("questions:add", args=[kind])).status_code == 404


# --- categories ------------------------------------------------------------------------------------------------------


def test_editor_keeps_the_tree_of_the_agency(editor, agency, category):
    editor.post(reverse("questions:add_category"), {"name": "UU 25/2009", "parent": category.pk, "agency": agency.pk})
    below = Category.objects.get(name="UU 25/2009")
    assert (below.parent, below.agency) == (category, agency)
    editor.post(reverse("questions:edit_category", args=[below.pk]), {"name": "UU Pelayanan", "parent": ""})
    below.refresh_from_db()
    assert (below.name, below.parent) == ("UU Pelayanan", None)
    refused = editor.post(reverse("questions:edit_category", args=[category.pk]), {"name": "x", "parent": category.pk})
    assert "cannot be part of itself" in refused.content.decode()
    editor.post(reverse("questions:delete_category", args=[below.pk]))
    assert list(Category.objects.filter(agency=agency)) == [category]


def test_editor_makes_no_shared_category(editor):
    before = set(Category.objects.all())
    assert editor.post(reverse("questions:add_category"), {"name": "Umum", "agency": ""}).status_code == 422
    assert (
        editor.post(reverse("questions:add_category"), {"name": "x", "agency": AgencyFactory().pk}).status_code == 422
    )
    assert set(Category.objects.all()) == before


# --- a file ----------------------------------------------------------------------------------------------------------

GIFT = "::Satu::Apa?{=a ~b}\n\n// [tag:x]\n::Dua::Benar?{T}\n\n::Tiga::Kapan?{=1945}}\n"


@pytest.fixture(autouse=True)
def _store(settings, tmp_path):
    """Uploads of one test are not those of another."""
    settings.MEDIA_ROOT = tmp_path


def upload(client, category, content, name="soal.gift", **more):
    file = BytesIO(content)
    file.name = name
    return client.post(reverse("questions:import"), {"file": file, "category": category.pk, **more}, follow=True)


def job_page():
    return reverse("questions:import_job", args=[ImportJob.objects.get().key])


def test_import_shows_first_and_loads_what_was_shown(editor, category):
    html = upload(editor, category, GIFT.encode()).content.decode()
    assert "Good: 2. Bad: 1." in html
    assert "closes nothing" in html
    assert html.index("closes nothing") < html.index('scope="row">Satu</th>')
    assert not Question.objects.exists()
    refused = editor.post(job_page(), {"good_only": "no"}, follow=True)
    assert "Nothing was loaded" in refused.content.decode()
    assert not Question.objects.exists()
    page = editor.post(job_page(), {"good_only": "yes"}, follow=True).content.decode()
    assert "Loaded: 2 new, 0 changed, 0 as they were, 1 left out." in page
    assert sorted(Question.objects.values_list("name", "state")) == [("Dua", "ready"), ("Satu", "ready")]
    assert Question.objects.get(name="Satu").versions.get().created_by is not None
    editor.post(job_page(), {"good_only": "yes"})
    assert Question.objects.count() == 2


def test_import_loads_as_drafts_and_says_what_is_left_out(editor, category):
    sheet = b"Soal,Pilihan A,Pilihan B,Kunci,Penulis\nApa?,ya,tidak,A,Ani\n"
    html = upload(editor, category, sheet, name="soal.csv", as_draft="on").content.decode()
    assert "With a note: 1." in html
    assert "Penulis" in html
    editor.post(job_page(), {})
    assert Question.objects.get().state == "draft"


def test_import_escapes_what_the_file_says(editor, category):
    content = b"::<script>x()</script>::</textarea><script>y()</script>Apa?{T}"
    html = upload(editor, category, content).content.decode()
    assert "Good: 1" in html
    assert "<script>x()" not in html
    assert "<script>y()" not in html


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\x00", "a picture"),
        (b"MZ\x00\x01\n", "not a text file"),
        (b"PK\x03\x04", "document"),
        ("Q{T}".encode("utf-16"), "UTF-16"),
        (b"Q \xff{T}", "not UTF-8"),
        (b"", "empty"),
    ],
)
def test_import_says_what_is_wrong_with_a_file_and_keeps_nothing(editor, category, content, words):
    response = upload(editor, category, content)
    assert response.status_code == 422
    assert words in response.content.decode()
    assert not ImportJob.objects.exists()
    assert not default_storage.exists(importing.FOLDER) or default_storage.listdir(importing.FOLDER)[1] == []


def test_import_refuses_a_file_that_is_too_large_and_one_that_does_not_tell_its_format(editor, category, monkeypatch):
    monkeypatch.setattr("questions.forms.bank.UPLOAD_LIMIT", 10)
    assert "at most 50" in upload(editor, category, b"Apa ini?{T}").content.decode()
    monkeypatch.undo()
    assert "Choose it" in upload(editor, category, b"Apa?{T}", name="soal.data").content.decode()
    assert upload(editor, category, b"Apa?{T}", name="soal.data", format="gift").status_code == 200


def test_import_does_not_load_into_another_agency(editor):
    assert upload(editor, CategoryFactory(), GIFT.encode()).status_code == 422
    assert not ImportJob.objects.exists()


def test_import_of_somebody_else_is_not_found(editor, client, agency, category):
    upload(editor, category, GIFT.encode())
    client.force_login(member(agency))
    assert client.get(job_page()).status_code == 404
    assert client.post(job_page(), {"good_only": "yes"}).status_code == 404
    assert "soal.gift" not in client.get(reverse("questions:import")).content.decode()
    assert not Question.objects.exists()


def test_import_ends_with_the_role(editor, agency, category):
    upload(editor, category, GIFT.encode())
    AgencyRole.objects.filter(agency=agency).delete()
    AgencyRoleFactory(person=ImportJob.objects.get().by, role="editor")
    assert editor.post(job_page(), {"good_only": "yes"}).status_code == 404
    assert not Question.objects.exists()


def test_import_of_a_large_file_is_left_to_the_worker(editor, category, task_queue, monkeypatch):
    monkeypatch.setattr(importing, "WHILE_WAITING", 10)
    monkeypatch.setattr(importing, "NOTE_EVERY", 1)
    page = upload(editor, category, GIFT.encode())
    assert page.headers["Refresh"] == "3"
    assert "being checked" in page.content.decode()
    call_command("work", "--once")
    page = editor.get(job_page())
    assert "Refresh" not in page.headers
    assert "Good: 2. Bad: 1." in page.content.decode()
    page = editor.post(job_page(), {"good_only": "yes"}, follow=True)
    assert "being loaded" in page.content.decode()
    editor.post(job_page(), {"good_only": "yes"})
    call_command("work", "--once")
    assert "Loaded: 2 new" in editor.get(job_page()).content.decode()
    assert Question.objects.count() == 2


def test_template_is_given_in_both_formats(editor):
    for name in ("xlsx", "csv"):
        response = editor.get(reverse("questions:import_template", args=[name]))
        assert f".{name}" in response["Content-Disposition"]
        assert response.content
    assert editor.get(reverse("questions:import_template", args=["exe"])).status_code == 404


# --- out -------------------------------------------------------------------------------------------------------------


def test_export_says_first_what_is_left_out_and_gives_the_file(editor, category):
    below = CategoryFactory(agency=category.agency, parent=category, name="Bawah")
    make(category, name="Satu")
    make(below, name="Dua")
    services.create_question(category=category, kind="upload", name="Berkas", data={"text": "Unggah."})
    make(CategoryFactory(agency=category.agency, name="Lain"), name="Lain")
    query = {"category": category.pk}
    assert "3 questions of “Etika”" in editor.get(reverse("questions:export"), query).content.decode()
    page = editor.get(reverse("questions:export"), {**query, "format": "csv"}).content.decode()
    assert "1 question cannot be written in this format." in page
    assert "Berkas" in page
    response = editor.get(reverse("questions:export_file"), {**query, "format": "csv"})
    found = list(FORMATS["csv"].read(BytesIO(b"".join(response.streaming_content))))
    assert [(question.name, question.category) for question in found] == [("Satu", ""), ("Dua", "Bawah")]
    assert 'filename="etika.csv"' in response["Content-Disposition"]


def test_export_is_what_the_list_shows(editor, category):
    make(category, name="Satu", text="Tentang hadiah")
    make(category, name="Dua")
    response = editor.get(reverse("questions:export_file"), {"q": "hadiah", "format": "gift"})
    text = b"".join(response.streaming_content).decode()
    assert "::Satu::" in text
    assert "::Dua::" not in text
    assert editor.get(reverse("questions:export_file"), {"format": "exe"}).status_code == 404


def test_export_gives_nothing_of_another_agency(client, question):
    other = AgencyFactory()
    make(CategoryFactory(agency=other, name="Milik"), name="Sendiri")
    client.force_login(member(other, "reviewer"))
    for query in ({}, {"category": question.category_id}):
        page = client.get(reverse("questions:export"), {**query, "format": "gift"})
        assert "Soal loket" not in page.content.decode()
        response = client.get(reverse("questions:export_file"), {**query, "format": "gift"})
        assert b"Soal loket" not in b"".join(response.streaming_content)


# --- sharing ---------------------------------------------------------------------------------------------------------


def test_agency_shares_a_category_with_those_in_it(editor, client, agency, category):
    below = CategoryFactory(agency=agency, parent=category, name="Bawah")
    make(below, name="Dipinjam")
    stranger, own = AgencyFactory(), reverse("questions:edit_category", args=[category.pk])
    editor.post(own, {"name": "Etika", "parent": "", "is_shared": "on"})
    assert set(Category.objects.filter(is_shared=True)) == {category, below}
    client.force_login(member(stranger))
    page = client.get(reverse("questions:index"))
    assert names_in(page) == ["Dipinjam"]
    lent = Question.objects.get()
    assert client.get(reverse("questions:preview", args=[lent.pk])).status_code == 200
    assert client.get(reverse("questions:edit", args=[lent.pk])).status_code == 302
    assert client.post(reverse("questions:retire", args=[lent.pk])).status_code == 404
    assert client.get(own).status_code == 404
    assert "Etika" not in client.get(reverse("questions:add", args=["single"])).content.decode()


def test_sharing_ends_where_it_began(editor, agency, category):
    services.share_category(category=category, is_shared=True)
    below = services.category_at(path="Bawah", below=category)
    assert below.is_shared
    refused = editor.post(reverse("questions:edit_category", args=[below.pk]), {"name": "Bawah", "parent": category.pk})
    assert "part of a shared category" in refused.content.decode()
    joins = CategoryFactory(agency=agency, name="Ikut")
    editor.post(reverse("questions:edit_category", args=[joins.pk]), {"name": "Ikut", "parent": category.pk})
    assert Category.objects.get(name="Ikut").is_shared
    editor.post(reverse("questions:edit_category", args=[category.pk]), {"name": "Etika", "parent": ""})
    assert not Category.objects.filter(is_shared=True).exists()


def test_a_question_with_what_the_editor_would_lose_is_edited_as_its_source(editor, category):
    table = "<p>Lihat tabel.</p><table><tbody><tr><td>1</td></tr></tbody></table>"
    imported = make(category, text=table)
    address = reverse("questions:edit", args=[imported.pk])
    response = editor.post(address, fields_of(editor.get(address).content.decode()) | {"shuffle": "on"})
    assert response.status_code == 302
    assert imported.versions.get().data["text"] == table
