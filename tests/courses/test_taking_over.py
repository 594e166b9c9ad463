"""A shared course on the agency's own shelf: drafts of all its pages, once, and only where one may add pages."""

import pytest
from django.urls import reverse
from wagtail.models import Page

from courses.editorial import prepare_shelf
from courses.models import CoursePage, LessonPage
from courses.services import refresh_course
from people.models import AgencyRole
from people.services import grant_role
from tests.factories import AgencyFactory, PersonFactory, add_quiz, lessons_of, make_course, ready_question

pytestmark = pytest.mark.django_db
Role = AgencyRole.Role


@pytest.fixture
def course():
    course = make_course(parent=prepare_shelf(None), lessons=2, title="Etika di loket")
    add_quiz(lessons_of(course)[0].get_parent(), [ready_question()], title="Kuis akhir")
    refresh_course(course=course)
    return course


@pytest.fixture
def shelf():
    return prepare_shelf(AgencyFactory(short_name="Kota Palu"))


def someone(client, role, shelf):
    person = PersonFactory(language="en")
    grant_role(person=person, agency=shelf.agency, role=role)
    client.force_login(person)
    return person


def take(client, course, shelf):
    return client.post(reverse("take_over_course"), {"course": course.pk, "shelf": shelf.pk})


@pytest.mark.parametrize("role", [Role.EDITOR, Role.ORGANISER])
def test_an_editor_takes_a_course_to_the_own_shelf_as_drafts(client, course, shelf, role):
    someone(client, role, shelf)
    page = client.get(reverse("shared_courses")).content.decode()
    assert "Copy “Etika di loket” to our shelf" in page
    answer = take(client, course, shelf)
    copy = CoursePage.objects.child_of(shelf).get()
    assert answer.url == reverse("wagtailadmin_explore", args=[copy.pk])
    assert (copy.title, copy.live, copy.get_descendants().live().count()) == ("Etika di loket", False, 0)
    assert [page.title for page in copy.get_descendants()] == [page.title for page in course.get_descendants()]
    quiz = copy.get_descendants().get(title="Kuis akhir").specific
    assert quiz.slots.count() == 1
    assert CoursePage.objects.get(pk=course.pk).live
    shown = client.get(reverse("shared_courses")).content.decode()
    assert answer.url in shown
    assert "Copy “Etika di loket” to our shelf" not in shown


def test_the_copy_is_the_editors_to_change(client, course, shelf):
    person = someone(client, Role.EDITOR, shelf)
    take(client, course, shelf)
    lesson = LessonPage.objects.descendant_of(shelf).first()
    assert lesson.permissions_for_user(person).can_edit()
    assert client.get(reverse("wagtailadmin_pages:edit", args=[lesson.pk])).status_code == 200
    assert not lessons_of(course)[0].permissions_for_user(person).can_edit()


def test_twice_is_once(client, course, shelf):
    someone(client, Role.EDITOR, shelf)
    assert take(client, course, shelf).url == take(client, course, shelf).url
    assert CoursePage.objects.child_of(shelf).count() == 1


def test_nothing_is_taken_where_one_may_not_add_or_what_is_not_shared(client, course, shelf):
    other = prepare_shelf(AgencyFactory())
    theirs = make_course(parent=other)
    someone(client, Role.EDITOR, shelf)
    pages = Page.objects.count()
    for wanted, place in [(course, other), (theirs, shelf), (course, course)]:
        assert take(client, wanted, place).status_code == 404
    CoursePage.objects.filter(pk=course.pk).update(live=False)
    assert take(client, course, shelf).status_code == 404
    assert client.post(reverse("take_over_course"), {"course": "9" * 30, "shelf": "x"}).status_code == 404
    assert Page.objects.count() == pages


@pytest.mark.parametrize("role", [Role.REVIEWER, None])
def test_who_adds_no_pages_is_not_asked(client, course, shelf, role):
    if role:
        someone(client, role, shelf)
    else:
        client.force_login(PersonFactory())
    assert client.get(reverse("shared_courses")).status_code in (302, 404)
    assert take(client, course, shelf).status_code in (302, 404)
    assert not CoursePage.objects.child_of(shelf).exists()


def test_an_administrator_chooses_the_shelf(client, course, shelf, django_user_model):
    second = prepare_shelf(AgencyFactory())
    client.force_login(django_user_model.objects.create_superuser(password="x", language="en"))
    page = client.get(reverse("shared_courses")).content.decode()
    assert page.count("<option") == 2
    take(client, course, second)
    assert client.get(reverse("shared_courses")).content.decode().count("<option") == 0


def test_the_list_costs_the_same_for_one_and_for_three(client, shelf, django_assert_max_num_queries):
    shared = prepare_shelf(None)
    someone(client, Role.EDITOR, shelf)
    make_course(parent=shared)
    client.get(reverse("shared_courses"))
    with django_assert_max_num_queries(40) as first:
        client.get(reverse("shared_courses"))
    for _ in range(2):
        make_course(parent=shared)
    with django_assert_max_num_queries(len(first)):
        client.get(reverse("shared_courses"))
