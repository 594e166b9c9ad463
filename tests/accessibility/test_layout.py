"""Every screen at 320 pixels and at 200 % zoom: nothing scrolls sideways, no word is cut, targets are large enough."""

from pathlib import Path

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MEASURE = (Path(__file__).parent / "measure.js").read_text()
SIZES = {
    "at 320 px": {"width": 320, "height": 640},
    "at 1280 px": {"width": 1280, "height": 800},
    "at 1280 px and 200 %": {"width": 640, "height": 400},  # a browser's zoom halves the pixels of the style sheet
}
LETTERS = "factor => document.documentElement.style.setProperty('font-size', `${factor * 106.25}%`)"
LARGE_LETTERS = [(1280, 2), (360, 1.5)]  # WCAG 1.4.4 on a desk; what people set on a phone


def test_every_screen_fits_narrow_and_zoomed(look):
    problems = []
    for screen, page in look():
        for size, viewport in SIZES.items():
            page.set_viewport_size(viewport)
            problems += [f"{screen.name} {size}: {one}" for one in page.evaluate(MEASURE)]
        for width, factor in LARGE_LETTERS:
            page.set_viewport_size({"width": width, "height": 740})
            page.evaluate(LETTERS, factor)
            problems += [f"{screen.name} with letters {factor}× at {width} px: {one}" for one in page.evaluate(MEASURE)]
    assert not problems, "\n".join(problems)
