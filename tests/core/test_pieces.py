"""Pieces of pages: drawn as any template, remembered by their values and the language."""

from django.utils.safestring import mark_safe
from django.utils.translation import override

from core import pieces

CHIP = "components/chip.html"


def test_a_piece_is_drawn_once_for_the_same_values():
    assert pieces.draw(CHIP, label="Lulus", state="done") is pieces.draw(CHIP, label="Lulus", state="done")
    assert "Lulus" in pieces.draw(CHIP, label="Lulus", state="done")


def test_values_that_are_equal_but_not_the_same_are_kept_apart():
    assert "<b>" not in pieces.draw(CHIP, label="<b>x</b>")
    assert "<b>" in pieces.draw(CHIP, label=mark_safe("<b>x</b>"))
    assert "True" in pieces.draw(CHIP, label=True)
    assert "True" not in pieces.draw(CHIP, label=1)


def test_each_language_has_its_own():
    with override("id"):
        here = pieces.draw("components/pips.html", items=(), label="")
    with override("en"):
        assert pieces.draw("components/pips.html", items=(), label="") is not here
