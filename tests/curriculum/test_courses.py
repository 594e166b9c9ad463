"""Each course of the starter curriculum keeps what it promises: its shape, its time, its sources, its language.

Read from the files, without a database; a failure names the course, and the file or the code of the question.
"""

import math
import re
from importlib import import_module

import pytest

from courses.content_checks import Known, problems_in
from tests.curriculum.reading import (
    COURSES,
    PATH,
    activities,
    bank,
    body_words,
    course,
    every_text,
    laws_in,
    learning_path,
    lessons,
)

each_course = pytest.mark.parametrize("slug", COURSES)
MINUTES = 180  # 4 JP of 45 minutes
WORDS = range(300, 901)
LONGEST_LESSON = 10  # minutes
FIRST, LAST = 0, -1


# --- shape -----------------------------------------------------------------------------------------------------------


@each_course
def test_course_is_published_whole(slug):
    pages = [course(slug), *course(slug).children, *activities(slug)]
    assert [page.path for page in pages if not page.published] == []
    assert 6 <= len(lessons(slug)) <= 7
    assert 2 <= len(activities(slug, "tugas")) <= 3
    assert len(activities(slug, "quiz")) == 2


@each_course
def test_course_names_competencies_of_the_reference_table(slug):
    table = import_module("people.migrations.0002_competencies")
    assert course(slug).values["competencies"]
    assert set(course(slug).values["competencies"]) <= {*table.MANAGERIAL, "Perekat Bangsa"}


@each_course
def test_pretest_comes_first_and_final_quiz_last(slug):
    pretest, final = activities(slug)[FIRST], activities(slug)[LAST]
    assert (pretest.kind, pretest.slug, final.kind, final.slug) == ("quiz", "pretes", "quiz", "kuis-akhir")
    assert pretest.values["title"].startswith("Pretes")
    rules = ("pass_mark", "attempts", "required")
    assert [pretest.values[rule] for rule in rules] == [0, 1, True]
    assert [final.values[rule] for rule in rules] == [70, 3, True]
    assert sum(draw.count for draw in pretest.values["draws"]) == 5
    assert sum(draw.count for draw in final.values["draws"]) == 12


@each_course
def test_tasks_are_done_at_work_and_marked_by_a_guide(slug):
    tasks = activities(slug, "tugas")
    assert [task.values["complete"] for task in tasks].count("passed") == 1
    for task in tasks:
        assert 2 <= len(task.values["guide"]) <= 4, task.path
        assert task.values["required"], task.path
        assert re.search(r"\bNIK\b|data (warga|pribadi|pemohon|pelapor)|identitas", task.values["task"]), task.path


@each_course
def test_required_minutes_make_four_jp(slug):
    assert sum(page.values["minutes"] for page in activities(slug) if page.values["required"]) == MINUTES


def test_path_bundles_the_five_courses_to_twenty_jp():
    path = learning_path()
    assert path.slug == PATH
    assert sorted(step["course"] for step in path.values["steps"]) == sorted(COURSES)
    assert all(step["required"] and step["milestone"] for step in path.values["steps"])
    required = [page for slug in COURSES for page in activities(slug) if page.values["required"]]
    assert sum(page.values["minutes"] for page in required) == 900
    assert "20 JP" in path.values["introduction"]


# --- lessons ---------------------------------------------------------------------------------------------------------


def blocks(lesson, kind):
    return [part["value"] for part in lesson.values["body"] if part["type"] == kind]


@each_course
def test_lesson_is_as_long_as_its_minutes(slug):
    """140 words a minute, a minute to weigh a case, half a minute to answer a self-check."""
    for lesson in lessons(slug):
        words, minutes = len(body_words(lesson).split()), lesson.values["minutes"]
        needed = math.ceil(words / 140 + len(blocks(lesson, "case_study")) + len(blocks(lesson, "self_check")) / 2)
        assert words in WORDS, f"{lesson.path}: {words} words"
        assert needed <= minutes <= min(needed + 2, LONGEST_LESSON), f"{lesson.path}: {minutes} for {needed} minutes"


@each_course
def test_lesson_is_built_of_varied_blocks(slug):
    shapes = []
    for lesson in lessons(slug):
        kinds = [part["type"] for part in lesson.values["body"]]
        assert "case_study" in kinds, lesson.path
        assert {"steps", "table", "accordion", "figure", "term", "quotation", "callout"} & set(kinds), lesson.path
        assert kinds.count("self_check") in (2, 3), lesson.path
        assert (kinds.count("key_points"), kinds.count("try_today")) == (1, 1), lesson.path
        assert 3 <= len(blocks(lesson, "key_points")[0]["points"]) <= 5, lesson.path
        shapes.append(tuple(kinds))
    assert len(set(shapes)) >= len(shapes) - 1


@each_course
def test_lesson_has_nothing_that_an_editor_would_be_told_to_mend(slug):
    for lesson in lessons(slug):
        known = Known(drawings=frozenset(lesson.pictures))
        values = lesson.values
        assert problems_in(values["body"], values["sources"], values["minutes"], known) == [], lesson.path


@each_course
def test_lesson_names_other_lessons_by_titles_that_exist(slug):
    titles = {page.values["title"] for other in COURSES for page in [course(other), *activities(other)]}
    for where, text in every_text(slug).items():
        named = re.findall(r"\b(?:[Pp]elajaran|[Kk]ursus|[Tt]ugas) “([^”]+?)[.,]?”", text)
        assert set(named) <= titles, where


@each_course
def test_law_in_a_lesson_is_among_its_sources_with_the_day_it_stood(slug):
    for lesson in lessons(slug):
        sources = lesson.values["sources"]
        assert sources, lesson.path
        assert laws_in(body_words(lesson)) <= laws_in("\n".join(source["text"] for source in sources)), lesson.path
        undated = [source["text"] for source in sources if laws_in(source["text"]) and not source["status_date"]]
        assert undated == [], lesson.path


@each_course
def test_law_in_a_question_is_a_source_of_the_course(slug):
    known = laws_in("\n".join(source["text"] for lesson in lessons(slug) for source in lesson.values["sources"]))
    texts = every_text(slug)
    strange = {code: laws_in(texts[code]) - known for code in (question.idnumber for question in bank(slug))}
    assert {code: laws for code, laws in strange.items() if laws} == {}


# --- language --------------------------------------------------------------------------------------------------------

# Words that give away an English sentence, or an English word where language.md has an Indonesian one.
ENGLISH = re.compile(
    r"\b(the|of|and|is|are|was|with|without|from|your|you|this|that|which|please|what|how|why|when|who"
    r"|deadline|feedback|update|upload|download|online|offline|password|username|link|file|save|submit|click"
    r"|meeting|schedule|email|e-mail|print|customer|service|complaint|stakeholder|mindset|workflow|reminder|checklist"
    r"|task|quiz|lesson|course|learning|training|draft|review|approve|reject|request|report|issue|gap|skill|tools?)\b",
    re.IGNORECASE,
)
PLACEHOLDER = re.compile(
    r"catatan untuk editor|\btodo\b|lorem|ipsum|\btbd\b|\bxxx|\[…\]|\bisi di sini\b", re.IGNORECASE
)
# What language.md spells or says another way.
AVOIDED = re.compile(r"\b(kamu|KKM|diklat|prosentase|resiko|analisa|praktek|merubah|mempengaruhi|aktifitas|apapun)\b")
PRIVATE = {
    "a NIP": re.compile(r"\b(19|20)\d{6}[ .]?\d{6}[ .]?\d[ .]?\d{3}\b"),
    "a NIK": re.compile(r"\b\d{16}\b"),
    "an e-mail address": re.compile(r"\b[\w.+-]+@[\w-]+\.\w+"),
    "a telephone number": re.compile(r"(?:\+62|\b08)\d[\d -]{6,}\d"),
    "a name with degrees": re.compile(
        r"\b(?:Dr|Drs|Dra|Ir|Prof|Hj?)\.\s+[A-Z]\w+|, (?:S\.(?:Sos|H|E|Kom|T|Pd)|M\.(?:Si|M|H))\."
    ),
}


@each_course
def test_no_english_is_left_over(slug):
    found = {where: sorted(set(ENGLISH.findall(text))) for where, text in every_text(slug).items()}
    assert {where: words for where, words in found.items() if words} == {}


@each_course
def test_no_placeholder_and_no_word_that_the_style_forbids(slug):
    for where, text in every_text(slug).items():
        assert not (found := PLACEHOLDER.search(text) or AVOIDED.search(text)), f"{where}: {found}"


@each_course
def test_nobody_real_can_be_meant(slug):
    for where, text in every_text(slug).items():
        for what, pattern in PRIVATE.items():
            assert not (found := pattern.search(text)), f"{where}: {what}, {found}"
