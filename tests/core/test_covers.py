"""Covers are drawn by rule: small, the same every time, and safe on a page with twenty of them."""

import re
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import covers
from courses.models import CoursePage


@given(st.sampled_from(sorted(covers.PATTERNS)), st.sampled_from(covers.COLOURS), st.text(max_size=60))
def test_cover_stays_within_two_kilobytes(pattern, colour, seed):
    assert len(covers.draw(pattern, colour, seed).encode()) <= 2000


@given(st.sampled_from(sorted(covers.PATTERNS)), st.text(max_size=60))
def test_cover_holds_no_ids_and_no_styles(pattern, seed):
    assert re.search(r"\b(id|style|href)=", covers.draw(pattern, "etika", seed)) is None


def test_cover_is_the_same_in_another_process():
    here = covers.draw("ukir", "standar", "etika-pelayanan-publik")
    script = "from core import covers; print(covers.draw('ukir', 'standar', 'etika-pelayanan-publik'))"
    there = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)  # noqa: S603
    assert there.stdout.strip() == here


@pytest.mark.parametrize("pattern", sorted(covers.PATTERNS))
def test_cover_differs_between_courses(pattern):
    assert len({covers.draw(pattern, "etika", f"course-{number}") for number in range(20)}) >= 4


def test_cover_of_an_unknown_pattern_is_drawn_all_the_same():
    assert "cover--etika" in covers.draw("batik-lost", '"><script>', "seed")


def test_every_pattern_and_colour_a_course_may_have_is_drawn():
    assert set(CoursePage.Pattern.values) == set(covers.PATTERNS)
    assert set(CoursePage.Colour.values) == set(covers.COLOURS)
