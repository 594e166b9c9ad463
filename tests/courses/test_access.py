"""Who may open what: sharing, sign-in, withdrawal, policies of apps above. Foreign courses hold data that could leak"""

import pytest
from django.contrib.auth.models import AnonymousUser, Group
from django.contrib.messages import get_messages
from wagtail.models import GroupPagePermission, Page

from courses import access, queries
from courses.access import ALLOWED, Access, may_open
from courses.models import CoursePage
from courses.services import refresh_course
from tests.factories import (
    AgencyFactory,
    EmploymentFactory,
    PersonFactory,
    ShelfPageFactory,
    lessons_of,
    make_course,
)


@pytest.fixture(autouse=True)
def only_these_policies(monkeypatch):
    """Look at the policies of this app alone; apps above test their own."""
    monkeypatch.setattr(access, "_policies", [access.is_live, access.is_signed_in, access.is_shared])


@pytest.fixture
def agencies(db):
    return {name: AgencyFactory(slug=name) for name in ("palembang", "palu", "sorong")}


@pytest.fixture
def people(agencies):
    """Return visitors by where they work; `nobody` is not signed in, `free` works nowhere."""
    workers = {name: EmploymentFactory(agency=agency).person for name, agency in agencies.items()}
    return {**workers, "nobody": AnonymousUser(), "free": PersonFactory()}


def course_of(agency, sharing, *, chosen=()):
    course = make_course(parent=ShelfPageFactory(agency=agency), sharing=sharing, title=f"Rahasia {sharing}")
    course.shared_agencies = list(chosen)
    course.save()
    refresh_course(course=course)
    return CoursePage.objects.get(pk=course.pk)


@pytest.mark.parametrize(
    ("sharing", "who_opens_the_course", "who_opens_a_lesson"),
    [
        ("everyone", {"palembang", "palu", "sorong", "nobody", "free"}, {"palembang", "palu", "sorong", "free"}),
        ("own", {"palembang"}, {"palembang"}),
        ("chosen", {"palembang", "palu"}, {"palembang", "palu"}),
    ],
)
def test_sharing_decides_for_every_page_and_for_the_list(
    agencies, people, sharing, who_opens_the_course, who_opens_a_lesson
):
    course = course_of(agencies["palembang"], sharing, chosen=[agencies["palu"]])
    lesson = lessons_of(course)[0]
    module = lesson.get_parent().specific

    def openers(page):
        return {name for name, person in people.items() if may_open(person, page).allowed}

    assert openers(course) == openers(module) == who_opens_the_course
    assert openers(lesson) == who_opens_a_lesson
    listed = {name for name, person in people.items() if course in queries.courses_open_to(person)}
    assert listed == who_opens_the_course


def test_a_shelf_of_all_agencies_serves_everyone_signed_in(people):
    course = course_of(None, "own")
    listed = {name for name, person in people.items() if course in queries.courses_open_to(person)}
    opened = {name for name, person in people.items() if may_open(person, course).allowed}
    assert listed == opened == {"palembang", "palu", "sorong", "free"}


@pytest.mark.parametrize("page_type", ["course", "module", "lesson"])
def test_a_stranger_gets_404_and_a_visitor_is_asked_to_sign_in(client, agencies, people, page_type):
    course = course_of(agencies["palembang"], "own")
    lesson = lessons_of(course)[0]
    url = {"course": course, "module": lesson.get_parent(), "lesson": lesson}[page_type].url
    signed_out = client.get(url)
    assert (signed_out.status_code, signed_out.url) == (302, f"/masuk/?next={url}")
    client.force_login(people["sorong"])
    refused = client.get(url)
    assert refused.status_code == 404
    assert "Rahasia" not in refused.content.decode()


def test_a_public_lesson_asks_to_sign_in(client, agencies):
    lesson = lessons_of(course_of(agencies["palembang"], "everyone"))[0]
    answer = client.get(lesson.url)
    assert (answer.status_code, answer.url) == (302, f"/masuk/?next={lesson.url}")


@pytest.mark.parametrize("withdrawn", ["lesson", "module", "course"])
def test_what_is_withdrawn_above_or_here_opens_for_nobody(agencies, people, withdrawn):
    course = course_of(agencies["palembang"], "everyone")
    lesson = lessons_of(course)[0]
    page = {"course": course, "module": lesson.get_parent(), "lesson": lesson}[withdrawn]
    Page.objects.filter(pk=page.pk).update(live=False)
    refresh_course(course=course)
    lesson = lessons_of(course)[0]
    assert not may_open(people["palembang"], lesson).allowed


def test_a_course_without_an_outline_stays_shut(agencies, people):
    course = course_of(agencies["palembang"], "everyone")
    course.outline.delete()
    assert not may_open(people["palembang"], CoursePage.objects.get(pk=course.pk)).allowed


def test_editors_of_the_shelf_open_what_others_may_not(agencies, people):
    course = course_of(agencies["palembang"], "own")
    other = course_of(agencies["palu"], "own")
    editors = Group.objects.create(name="Penyunting Palembang")
    GroupPagePermission.objects.create(group=editors, page=course.get_parent(), permission_type="change")
    people["sorong"].groups.add(editors)
    Page.objects.filter(pk=course.pk).update(live=False)
    refresh_course(course=course)
    assert may_open(people["sorong"], lessons_of(course)[0]).allowed
    assert not may_open(people["sorong"], lessons_of(other)[0]).allowed


def test_a_policy_above_can_refuse_and_send_elsewhere(client, agencies, people):
    course = course_of(agencies["palembang"], "everyone")
    lesson = lessons_of(course)[0]

    @access.register_access_policy
    def closed(person, page):
        return Access(False, "Ikuti dulu.", course.url) if page.pk == lesson.pk else ALLOWED

    client.force_login(people["palu"])
    answer = client.get(lesson.url)
    assert (answer.status_code, answer.url) == (302, course.url)
    assert [str(message) for message in get_messages(answer.wsgi_request)] == ["Ikuti dulu."]


def test_a_policy_cannot_open_what_sharing_closed(agencies, people):
    course = course_of(agencies["palembang"], "own")
    access.register_access_policy(lambda person, page: ALLOWED)
    assert not may_open(people["palu"], course).allowed


def test_a_failing_policy_denies(agencies, people):
    course = course_of(agencies["palembang"], "everyone")

    @access.register_access_policy
    def broken(person, page):
        raise RuntimeError("no answer")

    assert may_open(people["palembang"], course) == Access(False, "failed")
