"""Tasks as editors make them and as files of the starter curriculum; deadlines and files, pure."""

import datetime as dt
import io
import shutil

import pytest
from django.conf import settings
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

from courses.content_loading import load_content
from courses.markdown_content import parse_document
from courses.markdown_prose import Problems
from submissions.content_loading import KEYS, parse_task
from submissions.deadlines import own_due, terms_of
from submissions.models import SubmissionPage
from submissions.uploads import KINDS, BadUpload, endings, read_upload, redrawn
from tests.factories import ModulePageFactory, PersonFactory

UTC = dt.UTC
MOMENTS = st.datetimes(dt.datetime(2026, 1, 1), dt.datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
DAYS = st.dates(dt.date(2026, 1, 1), dt.date(2027, 12, 31))


# --- pure ------------------------------------------------------------------------------------------------------------


@given(
    st.none() | MOMENTS, st.none() | MOMENTS, st.sampled_from(["accept", "days", "until"]), st.integers(0, 365),
    st.none() | DAYS, MOMENTS,
)  # fmt: skip
def test_nothing_closes_before_it_is_due_and_more_time_is_more_time(due, extended, late, days, until, now):
    told = {"late": late, "late_days": days, "until": until, "zone": "Asia/Jayapura"}
    terms = terms_of(due_at=due, extended_to=extended, **told)
    plain = terms_of(due_at=due, extended_to=None, **told)
    if terms.closes_at and terms.due_at:
        assert terms.closes_at >= terms.due_at
    assert not (terms.is_closed(now) and not plain.is_closed(now))
    assert not (terms.is_late(now) and not plain.is_late(now))
    assert late != "accept" or terms.closes_at is None


def test_due_is_the_end_of_the_learners_own_day():
    enrolled = dt.datetime(2026, 12, 31, 16, 30, tzinfo=UTC)  # 1 January 01.30 in Sorong, 23.30 in Palembang
    sorong = own_due(on=None, days=1, enrolled_at=enrolled, zone="Asia/Jayapura")
    palembang = own_due(on=None, days=1, enrolled_at=enrolled, zone="Asia/Jakarta")
    assert sorong.isoformat() == "2027-01-02T23:59:59+09:00"
    assert palembang.isoformat() == "2027-01-01T23:59:59+07:00"


@given(st.binary(max_size=400), st.sampled_from(endings(KINDS)))
def test_any_content_is_taken_or_refused_and_nothing_else(content, ending):
    try:
        kept = read_upload(f"nama.{ending}", content, KINDS)
    except BadUpload:
        return
    assert kept.content


def test_picture_that_is_a_bomb_is_refused():
    bomb = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(bomb, "PNG")
    with pytest.raises(BadUpload, match="pixels"):
        redrawn(bomb.getvalue())


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "HEIF"])
def test_other_kinds_of_pictures_are_drawn_anew(kind):
    import pillow_heif

    pillow_heif.register_heif_opener()
    target = io.BytesIO()
    Image.new("RGB", (64, 48), (10, 20, 30)).save(target, kind)
    drawn, ending = redrawn(target.getvalue())
    assert Image.open(io.BytesIO(drawn)).size == (64, 48)
    assert ending == "jpg"


def test_names_open_no_path():
    assert read_upload("../../etc/passwd.pdf", b"%PDF-1", ["pdf"]).name == "passwd.pdf"
    assert read_upload("C:\\foto\\x.pdf", b"%PDF-1", ["pdf"]).name == "x.pdf"


# --- files of the curriculum -----------------------------------------------------------------------------------------


def parse(body, **front):
    problems = Problems()
    lines = "".join(f"{key}: {value}\n" for key, value in {"title": "T", "minutes": 30, **front}.items())
    document = parse_document("k/m/01-t.tugas.md", f"---\n{lines}---\n{body}", "k/m/t", problems)
    return parse_task(document, problems), problems


GUIDE = """Kerjakan ini.

::: panduan
Untuk penilai.

### Hasil (60)
Yang dilihat.
- 60: Lengkap.
- 20: Sebagian.

### Laporan (40)
:::

Lalu laporkan.
"""


def test_guide_is_read_with_its_levels_and_the_words_for_markers():
    told, problems = parse(GUIDE)
    assert problems == []
    assert told["task"] == "<p>Kerjakan ini.</p>\n<p>Lalu laporkan.</p>"
    assert told["notes"] == "<p>Untuk penilai.</p>"
    first, second = (one["value"] for one in told["guide"])
    assert (first["title"], first["points"], first["description"]) == ("Hasil", 60, "Yang dilihat.")
    assert first["levels"] == [{"points": 60, "text": "Lengkap."}, {"points": 20, "text": "Sebagian."}]
    assert (second["points"], second["levels"]) == (40, [])


@pytest.mark.parametrize(
    ("body", "front", "line", "words"),
    [
        ("", {}, 5, "empty"),
        ("A\n\n::: panduan\n### Hasil\n:::\n", {}, 8, "cannot be read"),
        ("A\n\n::: panduan\n### Hasil (10)\n- 20: banyak\n:::\n", {}, 9, "more points"),
        ("A\n\n::: panduan\n### Hasil (10)\n- banyak\n:::\n", {}, 9, "level cannot be read"),
        ("A\n\n::: panduan\nkata\n:::\n", {}, 8, "no criterion"),
        ("A", {"kinds": "[gambar]"}, 4, "unknown kinds"),
        ("A", {"text": "none", "files": 0}, 1, "nothing can be handed in"),
        ("A", {"files_min": 6}, 4, "above"),
    ],
)
def test_mistakes_are_named_with_their_line(body, front, line, words):
    _told, problems = parse(body, **front)
    assert any(words in problem.message and problem.line == line for problem in problems), problems


@pytest.mark.django_db
def test_task_of_the_template_is_loaded_once(tmp_path):
    shutil.copytree(settings.BASE_DIR / "content" / "_template", tmp_path / "kursus")
    course, file = tmp_path / "kursus/course.md", tmp_path / "kursus/01-nama-modul/80-tugas-contoh.tugas.md"
    course.write_text(course.read_text().replace("status: draft", "status: published"))
    load_content(folder=tmp_path)
    page = SubmissionPage.objects.get()
    assert [one["points"] for one in page.criteria] == ["60", "40"]
    assert page.activity_rule() == {"rule": "passed", "pass_mark": 70}
    ids = [one["id"] for one in page.criteria]
    assert load_content(folder=tmp_path).made == []
    file.write_text(file.read_text().replace("minutes: 45", "minutes: 60"))
    assert len(load_content(folder=tmp_path).updated) == 1
    page = SubmissionPage.objects.get()
    assert page.planned_minutes == 60
    assert [one["id"] for one in page.criteria] == ids


def test_every_key_of_a_file_reaches_the_page():
    from submissions.content_loading import FIELDS

    names = {field.name for field in SubmissionPage._meta.get_fields()}
    assert set(FIELDS.values()) <= names
    assert set(KEYS) - {"title", "status"} <= set(FIELDS)


# --- the editor ------------------------------------------------------------------------------------------------------


def editor_data(**fields):
    criterion = {"title": "Hasil", "description": "", "points": "100", "levels": streamfield([])}
    usual = {
        "title": "Tugas baru", "slug": "tugas-baru", "summary": "", "task": rich_text("<p>Kerjakan.</p>"),
        "text_rule": "required", "words_min": "", "words_max": "", "files_min": "", "files_max": "3",
        "file_kinds": ["pictures", "pdf"], "file_megabytes": "", "guide": streamfield([("criterion", criterion)]),
        "max_mark": "100", "pass_mark": "70", "marker_notes": rich_text(""), "anonymous_marking": "on",
        "due_rule": "course", "due_on": "", "due_days": "", "late_rule": "accept", "late_days": "", "late_until": "",
        "resubmission": "until_marked", "required": "on", "planned_minutes": "60", "completion_rule": "",
        "action-publish": "1",
    }  # fmt: skip
    told = usual | fields
    kinds = told.pop("file_kinds")
    return nested_form_data(told) | {"file_kinds": kinds}


@pytest.fixture
def add(client):
    """Return `add(**fields)`: what the editor's screen answers to a new task."""
    client.force_login(PersonFactory(is_superuser=True, language="en"))
    module = ModulePageFactory()
    address = reverse("wagtailadmin_pages:add", args=["submissions", "submissionpage", module.pk])

    def send(**fields):
        return client.post(address, editor_data(**fields))

    send.address = address
    return send


@pytest.mark.django_db
def test_new_task_begins_with_the_usual_guide(client, add):
    shown = client.get(add.address).content.decode()
    assert "It was done at work" in shown
    assert "js/quiz-form.js" in shown
    assert 'data-when="due_rule=date"' in shown


@pytest.mark.django_db
def test_editor_makes_a_task_with_what_is_folded_away_left_empty(add):
    reply = add(words_max="200")
    assert reply.status_code == 302, reply.context["form"].errors
    page = SubmissionPage.objects.get()
    assert (page.words_min, page.file_megabytes, page.late_days) == (0, 10, 7)
    assert page.file_kinds == ["pictures", "pdf"]
    assert [one["points"] for one in page.criteria] == ["100"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"text_rule": "none", "files_max": "0"}, "files_max"),
        ({"files_min": "4"}, "files_min"),
        ({"words_min": "9", "words_max": "3"}, "words_max"),
        ({"due_rule": "date"}, "due_on"),
        ({"due_rule": "days"}, "due_days"),
        ({"late_rule": "until"}, "late_until"),
        ({"file_kinds": []}, "file_kinds"),
        ({"completion_rule": "read"}, "completion_rule"),
    ],
)
def test_what_cannot_be_is_told_at_its_field(add, fields, name):
    reply = add(**fields)
    assert reply.status_code == 200
    assert name in reply.context["form"].errors
    assert not SubmissionPage.objects.exists()
