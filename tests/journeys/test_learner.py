"""The main job of the product: an old phone, a course, its quiz, and the supervisor who sees it at once."""

import datetime as dt
import random

import pytest
from django.utils import timezone

from completion.models import ActivityEvent, Completion, Enrolment
from completion.services import assign
from courses.activities import CompletionRule
from courses.content_loading import load_content
from courses.models import CoursePage, LessonPage
from courses.queries import outline
from courses.services import refresh_course
from home.demo_works import text_for
from people.models import AgencyRole
from people.services import grant_role
from questions.kinds import get_kind
from quizzes.models import Attempt
from submissions.models import Submission, SubmissionPage
from submissions.services import mark_submission
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
    assert "/belajar/sertifikat/" in page.locator(".finished a.button").get_attribute("href")
    page.goto("/belajar/")
    card = page.locator("section[aria-labelledby=finished] .card")
    assert course.title in card.text_content()
    assert page.locator("section[aria-labelledby=started]").count() == 0
    page.go_back()
    page.reload()
    assert page.locator(".finished").count() == 0  # celebrated once


def test_learner_studies_the_whole_ethics_course_on_a_phone(phone):
    """Pretest, lessons, tasks, of which a person marks one, and a final quiz drawn at random: as they come."""
    load_content(folder=ROOT / "content")
    course = CoursePage.objects.get(slug="etika-pelayanan-publik")
    LessonPage.objects.descendant_of(course).update(minimum_seconds=1)
    refresh_course(course=course)
    office = make_office()
    grant_role(person=office.head, agency=office.unit.agency, role=AgencyRole.Role.ORGANISER)
    page = phone(office.learner)
    page.goto(course.url)
    page.locator(".dock button").click()
    activities = outline(course.pk).activities
    assert [activity.kind for activity in (activities[0], activities[-1])] == ["quiz", "quiz"]
    page.wait_for_url(f"**{activities[0].url}")
    for activity in activities:
        if not page.url.endswith(activity.url):
            page.goto(activity.url)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        if activity.kind == "lesson":
            read_to_the_end(page)
        elif activity.kind == "quiz":
            pass_quiz(page)
        else:
            hand_in_and_have_marked(page, activity.id, by=office.head)
    assert page.locator("header .chip--done").count() == 1
    page.locator("header .cluster a.button").click()
    page.wait_for_selector(".finished")
    assert course.title in page.text_content(".finished h2")
    assert Attempt.objects.latest("pk").score == 1
    assert {one.state for one in Submission.objects.all()} == {"handed_in", "marked"}


def read_to_the_end(page) -> None:
    address = page.url
    page.locator("article > .prose").evaluate("text => text.lastElementChild.scrollIntoView(false)")
    page.wait_for_timeout(1200)
    page.locator(".dock form button").click()
    page.wait_for_url(lambda url: url != address)


def pass_quiz(page) -> None:
    page.locator(".dock form button").click()
    page.wait_for_url("**/1/")
    for asked in Attempt.objects.latest("pk").questions.select_related("version__question").order_by("position"):
        answer_rightly(page, asked)
    page.locator(".dock form button").click()
    page.wait_for_url("**/hasil/")


def answer_rightly(page, asked) -> None:
    """Fill in what a browser sends for the right answer, whatever the kind: choices, lists, words and numbers."""
    address = page.url
    kind, data = get_kind(asked.version.question.kind), asked.version.data
    for name, values in kind.fields(data, kind.right_answer(data), f"jawaban-{asked.position}").items():
        fields = page.locator(f"form#answer [name='{name}']")
        match fields.first.evaluate("field => field.type"):
            case "radio" | "checkbox":
                for value in values:
                    page.check(f"form#answer [name='{name}'][value='{value}']")
            case "select-one":
                fields.select_option(values)
            case _:
                fields.fill(values[0])
    page.locator(".dock button[value=berikutnya]").click()
    page.wait_for_url(lambda url: url != address)


def hand_in_and_have_marked(page, task_id: int, *, by) -> None:
    """Hand in words; where the task counts only when passed, an organiser marks it by its guide."""
    task = SubmissionPage.objects.get(pk=task_id)
    page.fill("#teks", text_for(task.slug, random.Random(7)))
    page.wait_for_selector("[data-saved-state=saved]")
    page.check("#sendiri")
    page.click("[data-hand-in]")
    page.wait_for_selector("text=Waits for its mark")
    if task.completion_rule == CompletionRule.PASSED:
        work = task.submissions.get()
        points = {one["id"]: one["points"] for one in work.rules["criteria"]}
        mark_submission(submission=work, by=by, decision="marked", criteria=points)
        page.reload()
        page.wait_for_selector("text=Passed")
