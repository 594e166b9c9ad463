"""Each block renders what an editor wrote, also half finished, and refuses what would leave someone out."""

import re

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils import translation
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.documents import get_document_model

from courses.blocks import LessonBody, SourcesBody, question_data
from courses.editorial_views import all_blocks
from library.models import Picture, Recording

BLOCKS = all_blocks()


@pytest.mark.parametrize("name", sorted(BLOCKS))
def test_block_renders_every_sample(name, db):
    block = BLOCKS[name]
    for _label, value in [("", block.get_preview_value()), *block.get_states()]:
        words = re.sub(r"<[^>]+>|\s", "", str(block.bind(value).render_as_block()))
        assert len(words) > 20
        assert "None" not in words


@pytest.mark.parametrize("name", sorted(BLOCKS))
def test_block_tells_what_it_is_for(name):
    block = BLOCKS[name]
    assert block.is_previewable
    assert len(str(block.meta.description)) > 20
    assert block.meta.icon != "placeholder"
    assert block.meta.template.startswith("blocks/")


@pytest.mark.parametrize("name", sorted(LessonBody().child_blocks))
def test_block_renders_an_empty_draft(name, db):
    block = BLOCKS[name]
    assert str(block.bind(block.to_python(block.get_prep_value(block.get_default()))).render_as_block()) is not None


def test_blocks_page_shows_exactly_the_blocks(admin_client):
    page = admin_client.get("/admin/blok-pelajaran/").content.decode()
    assert set(re.findall(r"/admin/blok-pelajaran/([a-z_]+)/", page)) == set(BLOCKS)
    assert set(BLOCKS) == {*LessonBody().child_blocks, *SourcesBody().child_blocks}


@pytest.mark.parametrize("name", sorted(BLOCKS))
def test_block_page_can_be_framed_by_us_only(name, admin_client):
    answer = admin_client.get(f"/admin/blok-pelajaran/{name}/")
    assert answer.status_code == 200
    assert answer["X-Frame-Options"] == "SAMEORIGIN"


def test_block_page_of_no_block_is_404(admin_client):
    assert admin_client.get("/admin/blok-pelajaran/nothing/").status_code == 404


def test_block_pages_are_closed_to_learners(client, db):
    from tests.factories import PersonFactory

    client.force_login(PersonFactory())
    assert client.get("/admin/blok-pelajaran/").status_code == 302
    assert client.get("/admin/petunjuk/").status_code == 302


def test_block_preview_speaks_the_language_of_the_moment(db):
    with translation.override("en"):
        assert BLOCKS["key_points"].get_preview_value()["title"] == "Worth remembering"


# --- single blocks ---------------------------------------------------------------------------------------------------


def render(name, value):
    block = BLOCKS[name]
    return str(block.bind(block.to_python(value)).render_as_block())


def table(**changes):
    value = {
        "caption": "Batas",
        "columns": [{"type": "text", "heading": "Pemberian"}, {"type": "text", "heading": "Nilai"}],
        "rows": [{"values": ["<p>Nikah</p>", "<p>1,5 juta</p>"]}],
    }
    return BLOCKS["table"].to_python(value | changes)


def test_table_has_caption_and_scopes():
    html = str(BLOCKS["table"].bind(table()).render_as_block())
    assert "<caption>Batas</caption>" in html
    assert html.count('scope="col"') == 2
    assert html.count('scope="row"') == 1
    assert 'data-label="Nilai"' in html


@pytest.mark.parametrize(
    "changes",
    [{"caption": " "}, {"rows": []}, {"columns": [{"type": "text", "heading": ""}, {"type": "text", "heading": "B"}]}],
)
def test_table_without_its_parts_is_refused(changes):
    with pytest.raises(ValidationError):
        BLOCKS["table"].clean(table(**changes))


def test_figure_without_description_is_refused(db):
    with pytest.raises(StructBlockValidationError) as caught:
        BLOCKS["figure"].clean(BLOCKS["figure"].to_python({"picture": None, "alt": "", "caption": "", "credit": ""}))
    assert {"alt", "picture"} <= set(caught.value.block_errors)


def test_figure_shows_webp_with_size_and_description(db):
    import wagtail_factories

    class PictureFactory(wagtail_factories.ImageFactory):
        class Meta:
            model = Picture

    picture = PictureFactory(credit="Dinas Kominfo")
    html = render("figure", {"picture": picture.pk, "alt": "Loket prioritas", "caption": "Terbuka", "credit": ""})
    assert ".webp" in html
    assert "srcset=" in html
    assert 'alt="Loket prioritas"' in html
    assert re.search(r'\bwidth="\d+"', html)
    assert re.search(r'\bheight="\d+"', html)
    assert 'loading="lazy"' in html
    assert "Dinas Kominfo" in html
    assert "<details" not in html


def test_figure_shows_a_drawing_as_it_is_with_its_words_below(db, client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    drawn = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 480 300"><style>text{fill:red}</style></svg>'
    picture = Picture.objects.create(title="Alur", file=ContentFile(drawn, name="alur.svg"))
    html = render("figure", {"picture": picture.pk, "alt": "Alur", "words": "<p>Catat, lalu lapor.</p>"})
    tag = re.search(r"<img[^>]+>", html)[0]
    assert re.findall(r'(alt|height|width)="([^".]+)', tag) == [("alt", "Alur"), ("height", "300"), ("width", "480")]
    assert "srcset" not in tag
    shown = client.get(re.search(r'src="([^"]+)"', tag)[1])
    assert (shown["Content-Type"], b"text{fill:red}" in b"".join(shown)) == ("image/svg+xml", True)
    assert re.search(
        r"<details(?![^>]* open)[^>]*>\s*<summary>.+</summary>\s*<div>.*Catat, lalu lapor", html, re.DOTALL
    )


def test_words_of_a_figure_are_found_by_searching():
    figure = BLOCKS["figure"]
    value = figure.to_python({"picture": None, "alt": "Alur", "words": "<p>Catat, lalu lapor.</p>"})
    assert "Catat, lalu lapor." in " ".join(figure.get_searchable_content(value))


def test_recording_shows_captions_transcript_and_size(db):
    recording = Recording.objects.create(
        title="Di loket", type="video", file="a.mp4", file_size=2048, transcript="Halo"
    )
    Recording.objects.filter(pk=recording.pk).update(captions_id="captions/a.vtt")
    html = render("recording", {"recording": recording.pk, "caption": ""})
    assert 'kind="captions"' in html
    assert 'srclang="id"' in html
    assert "Halo" in html
    assert "2,0" in html


def test_download_shows_kind_and_size(db):
    from django.core.files.base import ContentFile

    document = get_document_model().objects.create(
        title="Daftar", file=ContentFile(b"x" * 2048, name="daftar.pdf"), file_size=2048
    )
    html = render("download", {"document": document.pk, "description": ""})
    assert "PDF" in html
    assert "2,0" in html
    assert document.url in html


def test_embed_loads_nothing_from_elsewhere():
    html = render("embed", {"title": "Alur", "url": "https://www.lapor.go.id/", "text": "<p>Tiga hari kerja.</p>"})
    assert "<iframe" not in html
    assert "Tiga hari kerja." in html
    assert "www.lapor.go.id" in html


def test_blocks_escape_what_editors_type():
    html = render("case_study", {"title": "<script>", "place": "", "story": "<p>x</p>", "questions": ["<b>?"]})
    assert "<script>" not in html
    assert "<b>?" not in html


# --- self-check ------------------------------------------------------------------------------------------------------


def self_check(kind="single", rights=(True, False), **values):
    options = [
        {"text": f"<p>{number}</p>", "right": right, "feedback": "<p>ya</p>"} for number, right in enumerate(rights)
    ]
    value = {"kind": kind, "text": "<p>Apa?</p>", "options": options, **values}
    return BLOCKS["self_check"].to_python(value)


@pytest.mark.parametrize(
    "value",
    [
        self_check(),
        self_check("multiple", (True, True, False)),
        self_check("multiple", (True, True, True, False, False)),
        self_check("truefalse", (), answer="false", feedback_true="<p>a</p>", feedback_false="<p>b</p>"),
    ],
)
def test_self_check_of_each_kind_is_accepted(value):
    assert BLOCKS["self_check"].clean(value) is not None


@pytest.mark.parametrize(
    "value",
    [self_check(rights=(False, False)), self_check(rights=(True,)), self_check("multiple", (False, False))],
)
def test_self_check_that_cannot_be_answered_is_refused(value):
    with pytest.raises(StructBlockValidationError):
        BLOCKS["self_check"].clean(value)


def test_self_check_half_written_is_saved_as_draft_and_shown_without_options(db):
    block = LessonBody().child_blocks["self_check"]
    value = self_check(rights=())
    block.defer_required_validation()
    try:
        block.clean(value)
    finally:
        block.restore_deferred_validation()
    html = str(block.bind(value).render_as_block())
    assert "Apa?" in html
    assert "<input" not in html


def test_self_check_shares_the_mark_among_the_right_options():
    data = question_data(self_check("multiple", (True, True, True, False)))
    assert [option["fraction"] for option in data["options"]] == ["1/3", "1/3", "1/3", "-1/3"]


def test_self_checks_of_a_lesson_have_names_of_their_own():
    names = [
        re.search(r'name="(periksa-[0-9a-f]+)"', render("self_check", BLOCKS["self_check"].get_prep_value(value)))[1]
        for value in (self_check(), self_check(text="<p>Siapa?</p>"))
    ]
    assert len(set(names)) == 2


def test_lesson_with_many_blocks_asks_the_database_once_a_model(db, django_assert_num_queries):
    recordings = [Recording.objects.create(title=f"R{n}", type="audio", file=f"{n}.mp3", file_size=1) for n in range(3)]

    def rendered(count):
        raw = [{"type": "recording", "value": {"recording": row.pk, "caption": ""}} for row in recordings[:count]]
        raw += [{"type": "rich_text", "value": "<p>x</p>"}] * count
        raw += [{"type": "self_check", "value": BLOCKS["self_check"].get_prep_value(self_check())}] * count
        return str(LessonBody().to_python(raw).render_as_block())

    for count in (1, 3):
        with django_assert_num_queries(1):
            rendered(count)
