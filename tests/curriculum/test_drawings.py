"""The drawings of the starter curriculum: light to carry, readable on a phone, in light and dark, told in words too."""

import re
from xml.etree import ElementTree

import pytest

from courses.content_checks import plain
from library.drawings import SVG, faults_of
from tests.curriculum.reading import COURSES, body_words, drawn_words, lessons

MOST_BYTES = 6_000
SMALLEST_TEXT = 20  # units of a drawing 480 wide, which a phone shows 288 px wide
DRAWINGS = [(lesson, name) for slug in COURSES for lesson in lessons(slug) for name in lesson.pictures]

each_drawing = pytest.mark.parametrize(
    ("lesson", "name"), DRAWINGS, ids=[f"{lesson.slug}/{name}" for lesson, name in DRAWINGS]
)


@pytest.mark.parametrize("slug", COURSES)
def test_course_has_a_few_drawings(slug):
    assert 2 <= sum(len(lesson.pictures) for lesson in lessons(slug)) <= 5


@each_drawing
def test_drawing_is_light_and_safe(lesson, name):
    content = lesson.pictures[name]
    assert faults_of(content) == []
    assert len(content) <= MOST_BYTES


@each_drawing
def test_drawing_is_named_and_as_wide_as_a_phone_can_show(lesson, name):
    root = ElementTree.fromstring(lesson.pictures[name])  # noqa: S314 - our own file, found harmless above
    assert (root.get("role"), root.get("lang"), root.get("width")) == ("img", "id", "480")
    assert root.get("viewBox") == f"0 0 480 {root.get('height')}"
    assert root[0].tag == f"{{{SVG}}}title"
    assert len(root[0].text.split()) >= 2


@each_drawing
def test_letters_can_be_read_on_a_phone(lesson, name):
    text = lesson.pictures[name].decode()
    sizes = re.findall(r"font(?:-size)?\s*[:=]\s*\"?[^;\"}]*?(\d+(?:\.\d+)?)(?:px|\"|;|})", text)
    assert sizes
    assert min(map(float, sizes)) >= SMALLEST_TEXT


@each_drawing
def test_colours_are_variables_with_a_light_and_a_dark_value(lesson, name):
    text = lesson.pictures[name].decode()
    light, _media, dark = text.partition("prefers-color-scheme")
    assert re.findall(r"(--\w+):\s*#", light) == re.findall(r"(--\w+):\s*#", dark)
    assert re.findall(r"(?<!:)(?<!: )#[0-9a-fA-F]{3,8}\b", text) == []
    used = set(re.findall(r"(?:fill|stroke|stop-color)\s*[:=]\s*\"?\s*([^;\"}]+)", text))
    assert {colour for colour in used if not re.fullmatch(r"var\(--\w+\)|none|inherit", colour.strip())} == set()


@each_drawing
def test_numbers_of_a_drawing_stand_in_words_too(lesson, name):
    figure = next(
        part["value"] for part in lesson.values["body"] if part["type"] == "figure" and part["value"]["picture"] == name
    )
    places = range(1, figure["words"].count("<li>") + 1) if "<ol>" in figure["words"] else ()
    told = f"{plain(figure['words'])} {figure['caption']} {body_words(lesson)} {' '.join(map(str, places))}"
    numbers = r"\d+(?:[.,]\d+)*"
    assert set(re.findall(numbers, drawn_words(lesson.pictures[name]))) <= set(re.findall(numbers, told))
    assert len(plain(figure["words"]).split()) >= 15
