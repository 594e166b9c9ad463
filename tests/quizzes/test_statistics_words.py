"""Every figure and every finding has words, in both languages, and the numbers stand in them."""

from dataclasses import fields

import pytest
from django.utils import translation

from quizzes.statistics import Finding, ItemFigures, QuizFigures
from quizzes.statistics_words import _SENTENCES, ITEM_WORDS, QUIZ_WORDS, finding_words

EXAMPLES = {
    "check_key": ({"response": "b", "count": 8, "share": 0.8}, ["Option b", "80%"]),
    "negative_discrimination": ({"discrimination": -0.25}, ["−25%"]),
    "below_guessing": ({"facility": 0.2, "guess": 1 / 3}, ["20%", "33%"]),
    "nobody_right": ({"attempts": 40}, ["40"]),
    "everybody_right": ({"attempts": 40}, ["40"]),
    "unused_options": ({"responses": ["b", "c"]}, ["Option b", "Option c"]),
    "too_few": ({"attempts": 3, "needed": 20}, ["3", "20"]),
}


def test_every_finding_has_an_example_here():
    assert EXAMPLES.keys() == _SENTENCES.keys()


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("code", EXAMPLES)
def test_finding_is_said_with_its_numbers(code, language):
    values, expected = EXAMPLES[code]
    with translation.override(language):
        sentence = finding_words(Finding(code, values), name_of=lambda key: f"Option {key}")
    assert all(part in sentence for part in expected)


@pytest.mark.parametrize("code", EXAMPLES)
def test_finding_is_translated(code):
    said = set()
    for language in ("id", "en"):
        with translation.override(language):
            said.add(finding_words(Finding(code, EXAMPLES[code][0])))
    assert len(said) == 2


def test_words_name_figures_that_exist():
    assert QUIZ_WORDS.keys() <= {field.name for field in fields(QuizFigures)}
    assert ITEM_WORDS.keys() <= {field.name for field in fields(ItemFigures)}


@pytest.mark.parametrize("words", [*QUIZ_WORDS.values(), *ITEM_WORDS.values()], ids=lambda words: str(words.label))
def test_help_is_translated(words):
    with translation.override("id"):
        indonesian = str(words.help)
    with translation.override("en"):
        assert str(words.help) != indonesian
