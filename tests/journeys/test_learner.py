"""The main job of the product: an old phone, a course, its quiz, and the supervisor who sees it at once."""

import datetime as dt

import pytest
from django.utils import timezone

from completion.models import ActivityEvent, Completion, Enrolment
from completion.services import assign
from courses.content_loading import load_content
from courses.models import CoursePage, LessonPage
from courses.services import refresh_course
from questions.kinds import get_kind
from quizzes.models import Attempt
from tests.conftest import ROOT
from tests.factories import PASSWORD

from .world import make_office, quick_course

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("kind", [pytest.param("phone", marks=pytest.mark.smoke), "no_js"])
def test_learner_goes_from_the_door_to_a_passed_course_that_the_supervisor_sees(kind, request, desktop):
    office, course = make_office(), quick_course()
    page = request.getfixturevalue(kind)()
    team = desktop(office.head)

    sign_in(page, f"{office.nip[:8]} {office.nip[8:14]} {office.nip[14]} {office.nip[15:]}")
    find_in_catalogue(page, course)
    enrolment = enrol(page, office.learner, course)

    team.goto("/tim/")
    assert office.learner.name in team.text_content("main")
    assert course.title not in team.text_content("main")  # chosen freely: nobody's business
    due_at = timezone.now() + dt.timedelta(days=5)
    assign(
        course=course, people=[office.learner], by=office.head, agency=office.unit.agency, due_at=due_at, reason="SK 7"
    )
    team.reload()
    assert standing_in_team(team, course) == ("In progress", "0")

    continue_from_today(page, course)
    for number in (1, 2):
        read_lesson(page, number)
    team.reload()
    assert standing_in_team(team, course) == ("In progress", "66")

    take_quiz(page)
    team.reload()
    assert standing_in_team(team, course) == ("Done", "100")

    finish(page, course)
    enrolment.refresh_from_db()
    assert enrolment.completion == Completion.COMPLETE
    assert enrolment.progress.count() == 3
    assert Attempt.objects.get().score == 1
    assert ActivityEvent.objects.filter(kind="graded").count() == 1


def test_visitor_comes_back_to_the_course_after_signing_in(phone):
    office, course = make_office(), quick_course(lessons=1, questions=0)
    page = phone()
    page.goto("/katalog/")
    page.locator("main").get_by_role("link", name=course.title).click()
    page.locator(".dock a.button").click()
    fill_in_door(page, office.learner.email.upper(), password="not-the-password")
    page.wait_for_selector("form .message, form [role=alert], .errorlist")
    fill_in_door(page, office.learner.email.upper())
    page.wait_for_url(f"**{course.url}")
    page.locator(".dock form button").dblclick()
    page.wait_for_url("**/bagian-1/")
    assert Enrolment.objects.filter(person=office.learner, course=course).count() == 1


def sign_in(page, login: str) -> None:
    page.goto("/")
    page.locator("main a[href='/masuk/']").click()
    fill_in_door(page, login)
    page.wait_for_url("**/")
    assert "Wulan" in page.text_content("h1")


def fill_in_door(page, login: str, password: str = PASSWORD) -> None:
    page.fill("[name=login]", login)
    page.fill("[name=password]", password)
    page.locator("form:has([name=password]) button").click()


def find_in_catalogue(page, course) -> None:
    page.locator("main a[href='/katalog/']").click()
    page.fill("[name=q]", "loket")
    page.locator("form[role=search] button").click()
    assert "q=loket" in page.url
    page.locator("main").get_by_role("link", name=course.title).click()
    assert course.title in page.text_content("h1")
    assert page.locator("main a", has_text="Bagian 1").count() == 0  # lessons open with the enrolment


def enrol(page, learner, course) -> Enrolment:
    page.locator(".dock button").click()
    page.wait_for_url("**/bagian-1/")
    return Enrolment.objects.get(person=learner, course=course)


def standing_in_team(team, course) -> tuple[str, str]:
    """Return the word and the percentage of the learner's course on the supervisor's page."""
    line = team.locator(".course-lines li", has_text=course.title)
    return line.locator(".chip").inner_text(), line.locator("progress").get_attribute("value")


def continue_from_today(page, course) -> None:
    page.goto("/")
    assert "5 days left" in page.text_content("main")
    page.locator("main a.button--wide").click()
    page.wait_for_url("**/bagian-1/")


def read_lesson(page, number: int) -> None:
    """Say "done" too early and stay; read a moment and go on; look back; go on again."""
    address = page.url
    page.locator(".dock form button").click()
    page.wait_for_selector(".message")
    assert page.url == address
    page.wait_for_timeout(3100)
    page.locator("article > .prose").evaluate("text => text.lastElementChild.scrollIntoView(false)")
    page.wait_for_timeout(100)
    page.locator(".dock form button").click()
    page.wait_for_url(lambda url: url != address)
    page.go_back()
    page.wait_for_url(address)
    page.reload()
    assert page.locator(".dock form").count() == 0
    page.locator(".dock a.button--wide").click()
    page.wait_for_url(lambda url: url != address)


def take_quiz(page) -> None:
    """Answer, reload, answer the second, go back and look, then submit."""
    assert "Kuis akhir" in page.text_content("h1")
    page.locator(".dock form button").click()
    page.wait_for_url("**/1/")
    page.check("input[value=a]")
    leave_question(page, "berikutnya", "**/2/")
    page.reload()
    page.check("input[value=a]")
    leave_question(page, "kembali", "**/1/")
    assert page.is_checked("input[value=a]")
    page.go_back()
    page.wait_for_url("**/2/")
    page.reload()
    assert page.is_checked("input[value=a]")
    leave_question(page, "berikutnya", "**/ringkasan/")
    assert page.locator(".chip--done").count() == 2
    page.locator(".dock form button").click()
    page.wait_for_url("**/hasil/")
    assert "You passed with 100%" in page.text_content("h1")
    page.go_back()
    page.wait_for_url("**/hasil/")  # submitted is submitted


def leave_question(page, action: str, address: str) -> None:
    page.locator(f".dock button[value={action}]").click()
    page.wait_for_url(address)


def finish(page, course) -> None:
    page.locator("header .cluster a.button").click()
    page.wait_for_selector(".finished")
    assert course.title in page.text_content(".finished h2")
    page.locator(".finished a.button").click()
    page.wait_for_url("**/belajar/")
    card = page.locator("section[aria-labelledby=finished] .card")
    assert course.title in card.text_content()
    assert page.locator("section[aria-labelledby=started]").count() == 0
    page.go_back()
    page.reload()
    assert page.locator(".finished").count() == 0  # celebrated once


def test_learner_studies_the_whole_ethics_course_on_a_phone(phone):
    load_content(folder=ROOT / "content")
    course = CoursePage.objects.get(slug="etika-pelayanan-publik")
    LessonPage.objects.descendant_of(course).update(minimum_seconds=1)
    refresh_course(course=course)
    office = make_office()
    page = phone(office.learner)
    page.goto(course.url)
    page.locator(".dock button").click()
    page.wait_for_url("**/mengapa-etika/")
    lessons = 0
    while page.locator("article > .prose").count():
        lessons += 1
        address = page.url
        page.locator("article > .prose").evaluate("text => text.lastElementChild.scrollIntoView(false)")
        page.wait_for_timeout(1200)
        page.locator(".dock form button").click()
        page.wait_for_url(lambda url, here=address: url != here)
    assert lessons == LessonPage.objects.live().descendant_of(course).count()
    page.locator(".dock form button").click()
    page.wait_for_url("**/1/")
    for asked in Attempt.objects.get().questions.select_related("version__question"):
        answer_rightly(page, asked)
    page.locator(".dock form button").click()
    page.wait_for_url("**/hasil/")
    assert page.locator("header .chip--done").count() == 1
    page.locator("header .cluster a.button").click()
    page.wait_for_selector(".finished")
    assert course.title in page.text_content(".finished h2")


def answer_rightly(page, asked) -> None:
    address = page.url
    right = get_kind(asked.version.question.kind).right_answer(asked.version.data)
    chosen = right["chosen"] if "chosen" in right else [str(right["value"]).lower()]
    for value in chosen:
        page.check(f"form#answer input[value='{value}']")
    page.locator(".dock button[value=berikutnya]").click()
    page.wait_for_url(lambda url: url != address)
