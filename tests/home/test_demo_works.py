"""What the demonstration's people hand in can be handed in, at every task of the starter curriculum."""

import random

import pytest
import yaml

from home.demo_works import TEXTS, points_for, text_for
from tests.conftest import ROOT

TASKS = {
    path.name.removesuffix(".tugas.md").partition("-")[2]: yaml.safe_load(path.read_text().split("---\n")[1])
    for path in sorted(ROOT.glob("content/[!_]*/*/*.tugas.md"))
}


def test_every_task_of_the_curriculum_has_its_words():
    assert TASKS.keys() == TEXTS.keys()


@pytest.mark.parametrize("task", TEXTS)
def test_words_are_as_many_as_the_task_asks_for_and_differ(task):
    texts = {text_for(task, random.Random(seed)) for seed in range(20)}
    assert len(texts) > 10
    for text in texts:
        assert "{" not in text
        assert TASKS[task]["words_min"] <= len(text.split()) <= TASKS[task]["words_max"]


def test_marks_by_the_guide_reach_the_pass_mark_and_differ():
    guide = [
        {"id": key, "points": most, "levels": [{"points": most}, {"points": less}]}
        for key, most, less in (("a", "40", "25"), ("b", "30", "20"), ("c", "30", "20"))
    ]
    totals = {sum(points_for(guide, random.Random(seed)).values()) for seed in range(20)}
    assert totals == {100, 85, 90}
