"""The typesetter: what the PDF claims, and that neither odd letters nor text that looks like code can harm it."""

import datetime as dt
import io

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image

from core.typeset import TypesettingFailed, compile_pdf, draw_png

MADE = dt.datetime(2026, 3, 4, 5, 6, tzinfo=dt.UTC)
TEMPLATE = """
#let data = json(bytes(sys.inputs.data))
#set document(title: data.title)
#set text(font: ("Libertinus Serif", "New Computer Modern", "DejaVu Sans Mono"), lang: "id")
= #data.title
"""


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    path = tmp_path_factory.mktemp("typst") / "letter.typ"
    path.write_text(TEMPLATE)
    return path


def test_pdf_claims_archive_and_accessibility(template):
    pdf = compile_pdf(template, {"title": "Surat"}, made_at=MADE)
    for claim in (
        b"<pdfaid:part>2<",
        b"<pdfaid:conformance>A<",
        b"<pdfuaid:part>1<",
        b"/MarkInfo",
        b"<rdf:li>id</rdf:li>",
    ):
        assert claim in pdf


def test_same_arguments_give_the_same_bytes(template):
    assert compile_pdf(template, {"title": "Surat"}, made_at=MADE) == compile_pdf(
        template, {"title": "Surat"}, made_at=MADE
    )


@pytest.mark.parametrize(
    "title", ["Emoji 😀", "汉字", "ꦗꦮ", "a\x07b", "\t\x1f\x00", 'kutip " dan \\', "#panic()", "$x$ *tebal* @siapa <b>"]
)
def test_any_text_is_set(template, title):
    assert compile_pdf(template, {"title": title}, made_at=MADE).startswith(b"%PDF-1.7")


@settings(max_examples=40, deadline=None)
@given(title=st.text(max_size=30))
@example(title="\U0001f3fb")  # a modifier of emoji behind a letter
def test_no_text_withholds_a_document(template, title):
    assert compile_pdf(template, {"title": "T" + title}, made_at=MADE).startswith(b"%PDF")


def test_picture_without_words_is_refused(template, tmp_path):
    path = tmp_path / "bad.typ"
    path.write_text(TEMPLATE + '#image("p.svg")')
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="5" height="5"/></svg>'
    with pytest.raises(TypesettingFailed, match="alt"):
        compile_pdf(path, {"title": "Surat"}, files={"p.svg": svg}, made_at=MADE)


def test_preview_is_a_picture(template):
    assert draw_png(template, {"title": "Surat"}).startswith(b"\x89PNG")


def test_photo_is_set_too(template, tmp_path):
    path = tmp_path / "photo.typ"
    path.write_text(TEMPLATE + '#image("photo.png", alt: "Biru")')
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "navy").save(out, "PNG")
    told = {"files": {"photo.png": out.getvalue()}, "made_at": MADE}
    assert compile_pdf(path, {"title": "Surat"}, **told) == compile_pdf(path, {"title": "Surat"}, **told)
    with pytest.raises(TypesettingFailed):
        compile_pdf(path, {"title": "Surat"}, files={"photo.png": b"\x89PNG broken \xff"}, made_at=MADE)
