"""Charts are well-formed, say what they show without seeing it, let nothing in, and fit a narrow phone."""

from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from quizzes.charts import WIDTH, Bar, Point, answer_bars, histogram, item_map

HOSTILE = '</svg><script>alert("1")</script>&\'\x00\ud800'

shares = st.floats(-2, 3)
words = st.text(max_size=80)
bars = st.builds(Bar, label=words, share=shares, text=words, tick=words)
points = st.builds(Point, label=words, facility=shares, discrimination=shares, is_marked=st.booleans())
bins = st.lists(st.integers(0, 10**6), max_size=30)
drawings = st.one_of(
    st.builds(histogram, bins, title=words, description=words, pass_mark=st.none() | st.floats(-10, 200)),
    st.builds(answer_bars, st.lists(bars, max_size=8), title=words, description=words),
    st.builds(item_map, st.lists(points, max_size=8), title=words, description=words, across=words, up=words),
)


def read(svg):
    """Return the picture as a strict parser sees it."""
    return ElementTree.fromstring(svg)  # noqa: S314  our own drawing


@given(drawings)
def test_charts_are_well_formed_and_safe(svg):
    root = read(svg)
    assert {element.tag for element in root.iter()} <= {
        "svg", "title", "desc", "g", "rect", "line", "text", "path", "circle",
    }  # fmt: skip
    names = {name for element in root.iter() for name in element.attrib}
    assert "style" not in names
    assert "href" not in names
    assert not any(name.startswith("on") for name in names)


@given(drawings)
def test_charts_stay_within_their_width(svg):
    for rect in read(svg).iter("rect"):
        left, width = float(rect.get("x")), float(rect.get("width"))
        assert 0 <= left <= left + width <= WIDTH
        assert float(rect.get("height")) >= 0


@given(drawings)
def test_charts_are_pictures_with_a_name_and_a_description(svg):
    root = read(svg)
    assert root.get("role") == "img"
    assert [child.tag for child in root][:2] == ["title", "desc"]


def test_hostile_words_stay_words():
    svg = answer_bars([Bar(HOSTILE, 0.5, HOSTILE, HOSTILE)], title=HOSTILE, description=HOSTILE)
    assert "<script" not in svg
    assert read(svg).find("title").text == '</svg><script>alert("1")</script>&\'  '


def test_histogram_draws_each_bin_and_names_the_pass_mark():
    root = read(histogram([0, 2, 4, 1], title="Marks", description="d", pass_mark=50, pass_label="Pass mark: 50 %"))
    heights = [float(rect.get("height")) for rect in root.iter("rect")]
    assert heights == pytest.approx([0, 60, 120, 30])
    assert "Pass mark: 50 %" in [text.text for text in root.iter("text")]
    (line,) = [line for line in root.iter("line") if line.get("stroke-dasharray")]
    edges = [float(rect.get("x")) for rect in root.iter("rect")]
    assert float(line.get("x1")) == pytest.approx(edges[2], abs=0.6)


def test_histogram_without_attempts_or_pass_mark_is_drawn():
    root = read(histogram([0] * 20, title="Marks", description="d"))
    assert not [line for line in root.iter("line") if line.get("stroke-dasharray")]


def test_right_answer_is_marked_by_more_than_colour():
    root = read(answer_bars([Bar("A", 0.7, "70 %", "right"), Bar("B", 0.3, "30 %")], title="t", description="d"))
    right, wrong = root.findall("g")
    assert right.find("path") is not None
    assert "right" in [text.text for text in right.iter("text")]
    assert wrong.find("path") is None


def test_long_option_is_cut_and_kept_in_the_tooltip():
    label = "Melaporkan " * 20
    root = read(answer_bars([Bar(label, 1, "100 %")], title="t", description="d"))
    assert root.find("g/text").text.endswith("…")
    assert label.strip() in root.find("g/title").text


def test_faulty_question_has_another_shape():
    root = read(
        item_map([Point("1", 0.5, 0.4), Point("2", 0.5, -0.4, True)], title="t", description="d", across="a", up="u")
    )
    first, second = root.findall("g")
    assert first.find("circle") is not None
    assert second.find("path") is not None


def test_classes_of_charts_stand_in_the_style_sheet():
    sheet = Path(settings.BASE_DIR, "static/css/site.css").read_text()
    for name in ("fill-action", "fill-done", "fill-neutral", "fill-late"):
        assert f".{name} " in sheet
