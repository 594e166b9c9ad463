"""Kinds of activities: how they are counted in words."""

import pytest
from django.utils.translation import override

from courses.activities import counted
from courses.outlines import OutlineActivity


def some(*kinds: str) -> list[OutlineActivity]:
    return [OutlineActivity(i, kind, "book", "Judul", "/", 5, required=True) for i, kind in enumerate(kinds)]


@pytest.mark.parametrize(
    ("kinds", "english", "indonesian"),
    [
        ([], "", ""),
        (["lesson"], "1 lesson", "1 pelajaran"),
        (["lesson", "lesson", "quiz"], "2 lessons · 1 quiz", "2 pelajaran · 1 kuis"),
        (["quiz", "lesson", "quiz", "of-an-app-that-went"], "2 quizzes · 1 lesson", "2 kuis · 1 pelajaran"),
    ],
)
def test_counted_names_each_kind_apart(kinds, english, indonesian):
    with override("en"):
        assert counted(some(*kinds)) == english
    with override("id"):
        assert counted(some(*kinds)) == indonesian
