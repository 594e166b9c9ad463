"""The promises of the style sheet: contrast of every pair in both schemes, weight, old browsers, nothing inline."""

import gzip
import re
from pathlib import Path

import pytest
from django.conf import settings

SHEET = Path(settings.BASE_DIR, "static/css/site.css").read_text()
LIGHT, DARK, PRINT = (
    dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6});", block))
    for block in re.findall(r":root \{([^}]*--paper:[^}]*)\}", SHEET)
)

GROUNDS = ["paper", "surface", "sunk"]
TEXT = [
    *[(ink, ground) for ink in ("ink", "ink-soft", "action", "action-deep") for ground in GROUNDS],
    *[(ink, ground) for ink in ("done", "soon", "late", "gold-ink") for ground in ("paper", "surface")],
    *[(name, f"{name}-wash") for name in ("action", "done", "soon", "late")],
    *[("ink", f"{name}-wash") for name in ("action", "done", "soon", "late", "gold")],
    ("gold-ink", "gold-wash"),
    ("ink-soft", "action-wash"),
    ("ink-soft", "done-wash"),
    ("on-action", "action"),
    ("on-action", "action-deep"),
]
SHAPES = [
    *[("edge", ground) for ground in ("paper", "surface")],
    *[("gold", ground) for ground in GROUNDS],
    *[("done", ground) for ground in GROUNDS],
    ("action", "sunk"),
]


def luminance(colour: str) -> float:
    """Return the relative luminance of a hex colour (WCAG 2.2)."""
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    channels = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_is_that_of_wcag():
    assert contrast("#000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("pairs", "least"), [(TEXT, 4.5), (SHAPES, 3)], ids=["text", "shapes"])
def test_colour_pairs_keep_their_contrast(scheme, pairs, least):
    weak = {pair: round(contrast(scheme[pair[0]], scheme[pair[1]]), 2) for pair in pairs}
    assert {pair: ratio for pair, ratio in weak.items() if ratio < least} == {}


def test_both_schemes_name_the_same_colours():
    assert LIGHT.keys() == DARK.keys()


def test_every_colour_used_is_a_token():
    used = set(re.findall(r"var\(--([a-z0-9-]+)", SHEET))
    defined = set(re.findall(r"--([a-z0-9-]+):", SHEET))
    assert used - defined == set()


def test_style_sheet_is_light_on_the_wire():
    assert len(gzip.compress(SHEET.encode(), 9)) <= 12_000


@pytest.mark.parametrize("word", [":has(", "light-dark(", "color-mix(", "@container", "oklch(", "@import", "dvh"])
def test_style_sheet_keeps_to_old_browsers(word):
    rules = re.sub(r"/\*.*?\*/", "", SHEET, flags=re.DOTALL)
    assert word not in rules


TEMPLATES = sorted(Path(settings.BASE_DIR, "templates").rglob("*.html"))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(settings.BASE_DIR)))
def test_templates_hold_nothing_inline(path):
    """The content security policy of learners refuses inline styles, scripts and handlers."""
    text = path.read_text()
    assert (
        re.search(r"<[^>]*\sstyle=|<style|<script(?![^>]*\bsrc=)(?![^>]*application/json)|\son[a-z]+=\"", text) is None
    )
    assert len(text.splitlines()) <= 120


def test_every_title_ends_with_the_name_of_the_site():
    """Among ten open tabs and in the history of a phone, a page must be found again."""
    titles = {path: re.search(r"{% block title %}(.*)", path.read_text()) for path in TEMPLATES}
    without = [
        path.relative_to(settings.BASE_DIR)
        for path, title in titles.items()
        if title and "admin" not in path.parts and not re.search(r"{% site_name %}|{{ block\.super }}", title[1])
    ]
    assert without == []
