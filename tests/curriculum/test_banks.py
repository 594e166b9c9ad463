"""Each bank of the starter curriculum: enough questions of many kinds, the right keys, words for every wrong answer."""

import re
from collections import Counter
from fractions import Fraction
from statistics import mean

import pytest

from courses.content_checks import plain
from questions.kinds import get_kind
from tests.curriculum.reading import COURSES, activities, bank, course, lessons

each_course = pytest.mark.parametrize("slug", COURSES)
LEVELS = ("ingat", "terapkan", "timbang kasus")


def tags(question, kind):
    """Return the values of the tags of one kind: `tingkat: ingat` has the value `ingat`."""
    return [tag.partition(": ")[2] for tag in question.tags if tag.startswith(f"{kind}: ")]


def shares(question):
    return [Fraction(option["fraction"]) for option in question.data["options"]]


@each_course
def test_bank_is_large_and_varied(slug):
    kinds = Counter(question.kind for question in bank(slug))
    assert kinds.total() >= 30
    assert len(kinds) >= 4
    assert max(kinds.values()) <= kinds.total() * 2 / 3
    assert len({question.category for question in bank(slug)}) >= 4


@each_course
def test_question_of_the_bank_marks_itself(slug):
    assert {question.kind for question in bank(slug)} <= {
        "single", "multiple", "truefalse", "matching", "numerical", "shorttext", "ordering",
    }  # fmt: skip


@each_course
def test_question_has_one_level_one_competency_and_a_topic(slug):
    for question in bank(slug):
        (level,), (competency,) = tags(question, "tingkat"), tags(question, "kompetensi")
        assert level in LEVELS, question.idnumber
        assert competency in course(slug).values["competencies"], question.idnumber
        assert [tag for tag in question.tags if ": " not in tag], question.idnumber


@each_course
def test_levels_are_mixed(slug):
    counts = Counter(level for question in bank(slug) for level in tags(question, "tingkat"))
    assert min(counts[level] for level in LEVELS) >= counts.total() / 5


@each_course
def test_keys_are_exactly_right(slug):
    for question in bank(slug):
        code, data = question.idnumber, question.data
        assert get_kind(question.kind).problems(data) == [], code
        if question.kind == "single":
            assert sorted(shares(question)) == [0] * (len(shares(question)) - 1) + [1], code
        if question.kind == "multiple":
            assert sum(share for share in shares(question) if share > 0) == 1, code
            assert sum(shares(question)) <= 0, f"{code}: whoever ticks all gains"
        if question.kind in ("numerical", "shorttext"):
            assert max(Fraction(answer["fraction"]) for answer in data["answers"]) == 1, code
        if question.kind == "matching":
            assert len({pair["choice"] for pair in data["pairs"]}) >= 2, code


@each_course
def test_every_answer_is_explained(slug):
    for question in bank(slug):
        code, data = question.idnumber, question.data
        words = {"reason": plain(data["general_feedback"])}
        words |= {str(number): plain(option["feedback"]) for number, option in enumerate(data.get("options", []))}
        if question.kind == "truefalse":
            words |= {name: plain(data[name]) for name in ("feedback_true", "feedback_false")}
        short = {name: text for name, text in words.items() if len(text.split()) < 3}
        assert short == {}, code
        assert len(set(words.values())) == len(words), f"{code}: the same words twice"


@each_course
def test_right_answer_is_not_told_by_its_length(slug):
    """A quarter to a third by chance; half would teach to choose the longest."""
    singles = [question for question in bank(slug) if question.kind == "single"]
    longest = [
        max(question.data["options"], key=lambda option: len(plain(option["text"])))["fraction"] == "1"
        for question in singles
    ]
    assert mean(longest) <= 0.5


def test_codes_and_names_are_there_once_in_all_banks():
    for values in ([question.idnumber for slug in COURSES for question in bank(slug)],
                   [course(slug).values["bank"] for slug in COURSES]):  # fmt: skip
        assert [value for value, count in Counter(values).items() if count > 1] == []


@each_course
def test_quizzes_draw_from_a_bank_that_can_give_twice_as_much(slug):
    """The pretest is taken once; who takes the final quiz again shall meet other questions."""
    for quiz, spare in ((activities(slug)[0], 1), (activities(slug)[-1], 2)):
        assert not quiz.values["questions"], quiz.path
        for draw in quiz.values["draws"]:
            top, _slash, topic = draw.path.partition("/")
            assert top == course(slug).values["bank"], quiz.path
            wanted = {tag.strip() for tag in draw.tags.split(",") if tag.strip()}
            ready = [
                question for question in bank(slug)
                if question.category == topic or question.category.startswith(f"{topic}/")
                if wanted <= set(question.tags)
            ]  # fmt: skip
            assert len(ready) >= draw.count * spare, f"{quiz.path}: {draw}"


@each_course
def test_self_check_repeats_no_question_of_the_bank(slug):
    def wording(html):
        return re.sub(r"\W+", " ", plain(html)).casefold().strip()

    asked = {wording(question.data["text"]): question.idnumber for question in bank(slug)}
    for lesson in lessons(slug):
        checks = [wording(part["value"]["text"]) for part in lesson.values["body"] if part["type"] == "self_check"]
        assert [asked[words] for words in checks if words in asked] == [], lesson.path
        assert len(set(checks)) == len(checks), lesson.path
