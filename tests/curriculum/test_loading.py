"""The curriculum and the template for agencies, loaded into a database as they are."""

import shutil
from collections import Counter

import pytest
from django.db.models import Count

from courses.content_loading import load_content
from courses.markdown_blocks import KINDS
from courses.models import CoursePage, LessonPage, PathPage
from library.models import Picture
from questions.models import Category, Question, QuestionVersion
from quizzes.models import QuizPage
from submissions.models import SubmissionPage
from tests.curriculum.reading import COURSES, FOLDER, bank, lessons

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings, tmp_path_factory):
    settings.MEDIA_ROOT = tmp_path_factory.mktemp("media")


def test_curriculum_loads_whole_and_a_second_time_changes_nothing():
    report = load_content(folder=FOLDER)
    assert (report.kept, report.missing, report.updated, report.unchanged) == ([], [], [], [])
    assert set(CoursePage.objects.live().values_list("slug", flat=True)) == set(COURSES)
    assert LessonPage.objects.live().count() == sum(len(lessons(slug)) for slug in COURSES)
    assert PathPage.objects.get().steps.count() == len(COURSES)
    assert Question.objects.count() == sum(len(bank(slug)) for slug in COURSES)
    assert Category.objects.filter(parent=None).count() == len(COURSES)
    assert Picture.objects.count() == sum(len(lesson.pictures) for slug in COURSES for lesson in lessons(slug))
    before = list(LessonPage.objects.order_by("pk").values_list("pk", "latest_revision"))

    again = load_content(folder=FOLDER)
    assert (again.made, again.updated, again.kept, again.missing) == ([], [], [], [])
    assert list(LessonPage.objects.order_by("pk").values_list("pk", "latest_revision")) == before
    assert QuestionVersion.objects.count() == Question.objects.count()


def test_template_is_a_course_with_every_kind_of_block_once(tmp_path):
    shutil.copytree(FOLDER / "_template", tmp_path / "kursus-baru")
    report = load_content(folder=tmp_path)
    assert (report.kept, report.missing) == ([], [])
    assert not CoursePage.objects.get().live
    kinds = Counter(block.block_type for block in LessonPage.objects.get().body)
    assert {kind.type: kinds[kind.type] for kind in KINDS.values()} == {kind.type: 1 for kind in KINDS.values()}
    assert (QuizPage.objects.count(), SubmissionPage.objects.count()) == (2, 1)
    slots = QuizPage.objects.annotate(places=Count("slots")).values_list("places", flat=True)
    assert min(slots) >= 1
