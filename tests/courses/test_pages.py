"""The pages as learners and editors get them: what stands on them, in how many queries, nothing personal kept."""

import pytest
from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import PageViewRestriction
from wagtail.rich_text import RichText

from completion.services import enrol
from courses import queries
from courses.models import CataloguePage, LessonPage, ModulePage
from people.models import Competency
from tests.factories import (
    EmploymentFactory,
    PersonFactory,
    ShelfPageFactory,
    lessons_of,
    make_course,
)


@pytest.fixture
def learner(db):
    return EmploymentFactory().person


def enrolled(learner, **fields):
    course = make_course(**fields)
    enrol(person=learner, course=course)
    return course


def queries_of(client, url, capture) -> int:
    """Return the queries of a view once caches are warm, as they are on every view but the first."""
    for _ in range(2):
        assert client.get(url).status_code == 200
    with capture as captured:
        client.get(url)
    return len(captured)


# --- query budgets ---------------------------------------------------------------------------------------------------


@pytest.fixture
def count(client, learner):
    client.force_login(learner)
    return lambda url: queries_of(client, url, CaptureQueriesContext(connection))


@pytest.mark.parametrize("size", [1, 3])
def test_lesson_costs_five_queries_whatever_its_size(count, learner, size, django_capture_on_commit_callbacks):
    """Person, lesson, outline, enrolment, progress."""
    with django_capture_on_commit_callbacks(execute=True):
        course = enrolled(learner, modules=size, lessons=size)
    lesson = lessons_of(course)[0]
    lesson.body = [("rich_text", RichText("<p>Hak.</p>"))] * size
    lesson.save()
    assert count(lesson.url) == 5


@pytest.mark.parametrize("size", [1, 3])
def test_course_costs_the_same_whatever_its_size(count, learner, size, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        course = enrolled(learner, modules=size, lessons=size)
    for number in range(size):
        competency = Competency.objects.create(name=f"Integritas {number}", kind="managerial")
        course.competencies.add(course.competencies.model(competency=competency))
        course.topics.add(f"topik {number}")
    course.save()
    assert count(course.url) == 7


@pytest.mark.parametrize("size", [1, 3])
def test_module_costs_the_same_whatever_its_size(count, learner, size, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        course = enrolled(learner, modules=size, lessons=size)
    assert count(ModulePage.objects.child_of(course).first().url) == 5


@pytest.mark.parametrize("size", [1, 3])
def test_catalogue_costs_the_same_whatever_its_size(count, learner, size, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        for number in range(size):
            course = enrolled(learner)
            course.topics.add(f"topik {number}")
            course.save()
    assert count(CataloguePage.objects.get().url) == 11


@pytest.mark.parametrize("size", [1, 3])
def test_shelf_costs_the_same_whatever_its_size(count, learner, size, django_capture_on_commit_callbacks):
    shelf = ShelfPageFactory()
    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(size):
            enrolled(learner, parent=shelf)
    assert count(shelf.url) == 6


# --- what stands on them ---------------------------------------------------------------------------------------------


def test_lesson_says_where_one_is_and_what_is_next(client, learner):
    course = enrolled(learner, modules=2, lessons=1)
    first, second = lessons_of(course)
    client.force_login(learner)
    page = client.get(second.url).content.decode()
    assert f'href="{course.url}"' in page
    assert f'href="{first.url}" rel="prev"' in page
    assert 'rel="next"' not in page
    assert 'value="2" max="2"' in page


def test_the_kept_fragment_follows_a_new_revision(client, learner):
    lesson = lessons_of(enrolled(learner))[0]
    client.force_login(learner)
    client.get(lesson.url)
    lesson.body = [("rich_text", RichText("<p>Aturan yang baru.</p>"))]
    lesson.save_revision().publish()
    assert "Aturan yang baru." in client.get(lesson.url).content.decode()


def test_nothing_personal_is_kept_for_the_next_reader(client, learner, monkeypatch):
    lesson = lessons_of(enrolled(learner))[0]
    kept = {}
    monkeypatch.setattr(
        type(caches["default"]), "set", lambda self, key, value, *args, **kwargs: kept.update({key: value})
    )
    client.force_login(learner)
    client.get(lesson.url)
    fragments = [value for key, value in kept.items() if "lesson-body" in key]
    assert len(fragments) == 1
    assert "Warga datang membawa hak." in fragments[0]
    for word in ("csrfmiddlewaretoken", learner.name, learner.key, 'aria-current="page"'):
        assert word not in fragments[0]


def test_a_preview_neither_reads_nor_fills_what_is_kept(db):
    lesson = lessons_of(make_course())[0]
    lesson.body = [("rich_text", RichText("<p>Belum terbit.</p>"))]
    preview = lesson.make_preview_request().render().content.decode()
    assert "Belum terbit." in preview
    again = LessonPage.objects.get(pk=lesson.pk).make_preview_request().render().content.decode()
    assert "Belum terbit." not in again


@pytest.mark.parametrize("size", [0, 2])
def test_every_page_can_be_previewed(db, size):
    course = make_course(lessons=size)
    for page in (course, ModulePage.objects.child_of(course).first(), *lessons_of(course)):
        assert page.make_preview_request().render().status_code == 200


def test_course_shows_its_value_before_one_signs_in(db, client):
    course = make_course(lessons=6, summary="Keputusan kecil di loket.")
    page = client.get(course.url).content.decode()
    assert "Keputusan kecil di loket." in page
    assert "1 JP" in page, "48 minutes are one JP of 45 and a little, rounded down"
    assert f'href="{lessons_of(course)[0].url}"' not in page, "lessons are linked for those who may open them"


def test_an_editor_of_everything_opens_lessons_without_enrolling(db, client):
    lesson = lessons_of(make_course())[0]
    client.force_login(PersonFactory(is_superuser=True))
    assert client.get(lesson.url).status_code == 200


def test_who_is_not_enrolled_is_sent_to_the_course(client, learner):
    course = make_course()
    client.force_login(learner)
    answer = client.get(lessons_of(course)[0].url)
    assert (answer.status_code, answer.url) == (302, course.url)


def test_search_page_names_only_what_is_open(client, learner):
    make_course(title="Kursus etika terbuka")
    make_course(title="Kursus etika rahasia", parent=ShelfPageFactory(agency=EmploymentFactory().agency), sharing="own")
    client.force_login(learner)
    page = client.get("/katalog/", {"q": "etika"}).content.decode()
    assert "Kursus etika terbuka" in page
    assert "Kursus etika rahasia" not in page


def test_an_empty_catalogue_says_what_to_do(client, db):
    page = client.get("/katalog/", {"topik": "tidak-ada"}).content.decode()
    assert 'class="empty"' in page


def test_privacy_above_still_counts(client, learner):
    """An operator may shut the whole site; what is found in one query knows it."""
    course = make_course()
    assert client.get(course.url).status_code == 200
    PageViewRestriction.objects.create(page=CataloguePage.objects.get(), restriction_type="login")
    assert client.get(course.url).status_code == 302
    assert queries.outline(course.pk) is not None
