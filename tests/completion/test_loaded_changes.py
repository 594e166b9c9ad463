"""Loading changed files into courses that people are in: they keep their edition unless the operator says otherwise."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from completion.checks import differences
from completion.services import enrol
from courses import queries
from courses.content_loading import load_content
from courses.models import CourseOutline, CoursePage
from courses.services import refresh_course
from tests.courses.test_content_loading import FILES, LESSON, write
from tests.factories import PersonFactory

from .conftest import make_person

pytestmark = pytest.mark.django_db

QUICKER = LESSON.replace("minutes: 7", "minutes: 5")
SECOND = {"etika/01-loket/02-kedua.md": LESSON.replace("Mengapa", "Kedua")}


@pytest.fixture
def folder(tmp_path):
    write(tmp_path, FILES)
    load_content(folder=tmp_path)
    refresh()
    return tmp_path


@pytest.fixture
def learner(folder, unit):
    return enrol(person=make_person(unit), course=CoursePage.objects.get())


def refresh():
    refresh_course(course=CoursePage.objects.get())
    queries.uncommitted_editions.clear()


def load(folder, **options) -> str:
    said = StringIO()
    call_command("load_content", path=folder, stdout=said, no_color=True, **options)
    refresh()
    return said.getvalue()


def edition_of(learner) -> int:
    learner.refresh_from_db()
    assert not [difference for _checked, told in differences() for difference in told]
    return learner.edition.number


def test_people_keep_their_edition_and_the_report_says_so(folder, learner):
    write(folder, SECOND)
    said = load(folder)
    assert "people   Etika: 1 asked for now, 0 no longer, 0 otherwise; 1 people on their way, 0 finished" in said
    assert "They keep the version they began with." in said
    assert "--dry-run" in said
    assert queries.latest_edition(learner.course_id).number == 2
    assert edition_of(learner) == 1


def test_a_changed_rule_is_a_change_and_a_text_is_none(folder, learner):
    write(folder, {"etika/01-loket/01-mengapa.md": LESSON.replace("Teks.", "Teks lain.")})
    assert "people " not in load(folder)
    write(folder, {"etika/01-loket/01-mengapa.md": QUICKER})
    assert "0 asked for now, 0 no longer, 1 otherwise" in load(folder)


@pytest.mark.parametrize("options", [{"whom": "cosmetic"}, {"whom": "everyone", "until": "2030-01-31"}])
def test_the_operator_may_bring_people_along(folder, learner, options):
    admin = PersonFactory(is_superuser=True)
    write(folder, SECOND)
    load(folder, **options)
    assert edition_of(learner) == 2
    assert not CourseOutline.objects.filter(choice__isnull=False).exists()
    assert list(learner.assignments.values_list("assigned_by", flat=True)) == ([admin.pk] if "until" in options else [])


def test_a_dry_run_tells_and_does_nothing(folder, learner):
    PersonFactory(is_superuser=True)
    write(folder, SECOND)
    said = load(folder, dry_run=True, whom="cosmetic")
    assert "people   Etika" in said
    assert "Choose otherwise" in said
    assert queries.latest_edition(learner.course_id).number == 1
    assert not CourseOutline.objects.filter(choice__isnull=False).exists()


def test_nobody_is_named_where_nobody_learns(folder):
    write(folder, SECOND)
    assert "people " not in load(folder)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"whom": "everyone"}, "--until"),
        ({"whom": "everyone", "until": "besok"}, "--until"),
        ({"whom": "everyone", "until": "2020-01-01"}, "--until"),
        ({"until": "2030-01-31"}, "--whom everyone"),
        ({"whom": "cosmetic"}, "administrator"),
    ],
)
def test_an_answer_that_makes_no_sense_is_refused_with_the_cure(folder, options, words):
    write(folder, SECOND)
    with pytest.raises(CommandError, match=words):
        load(folder, **options)
    assert queries.latest_edition(CoursePage.objects.get()).number == 1
