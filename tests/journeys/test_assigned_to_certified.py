"""The whole way of a duty: assigned, reminded, late, the supervisor told, done, credited, certified, verified."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.utils import timezone

from certificates.models import Certificate
from completion.models import Assignment, Enrolment
from completion.services import assign
from core.zones import end_of_day
from notifications.services import remind, tell_supervisors

from .world import make_office, quick_course

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

JAKARTA = ZoneInfo("Asia/Jakarta")


@pytest.mark.smoke
def test_a_duty_goes_from_the_assignment_to_a_certificate_that_anybody_can_check(phone, desktop):
    office, course = make_office(), quick_course(lessons=1, questions=0)
    friday = timezone.localdate() + dt.timedelta(days=7)
    assign(
        course=course,
        people=[office.learner],
        by=office.head,
        agency=office.unit.agency,
        due_at=end_of_day(friday, "Asia/Jakarta"),
        reason="Wajib bagi petugas loket",
        letter_number="800/7/2026",
    )

    remind(now=at_ten(friday - dt.timedelta(days=1)))
    learner = phone(office.learner)
    learner.goto("/pesan/")
    assert f"Due tomorrow: {course.title}" in learner.text_content("main")
    learner.locator("main a", has_text="Assigned to you").click()
    assert "Wajib bagi petugas loket" in learner.text_content("main")  # who asked said why

    let_days_pass(9)
    remind(now=at_ten(timezone.localdate()))
    remind(now=at_ten(timezone.localdate() + dt.timedelta(days=5)))
    tell_supervisors()
    head = desktop(office.head)
    head.goto("/pesan/")
    assert "1 course of your team is past due" in head.text_content("main")
    head.goto("/tim/")
    assert standing(head, course) == "2 days past due"

    read(learner, course)
    assert Enrolment.objects.get().completion == 2
    head.reload()
    assert standing(head, course) == "Done"

    learner.goto("/belajar/jp/")
    assert course.title in learner.text_content("main")

    learner.goto("/belajar/sertifikat/")
    assert course.title in learner.text_content("main")
    certificate = Certificate.objects.get()
    stranger = phone()
    stranger.goto(f"/sertifikat/{certificate.code}/")
    shown = stranger.text_content("main")
    assert office.learner.full_name in shown
    assert course.title in shown
    assert certificate.number in shown
    assert office.nip not in shown.replace(" ", "")
    assert stranger.evaluate("document.documentElement.scrollWidth") <= 360

    sent = remind(now=at_ten(timezone.localdate() + dt.timedelta(days=13))).sent
    assert sent == 0  # never to somebody who is done
    call_command("check_completion", verbosity=0)


def at_ten(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(10), tzinfo=JAKARTA)


def let_days_pass(days: int) -> None:
    """What was due in the future is past due now; nothing else in the record knows the difference."""
    for assignment in Assignment.objects.all():
        assignment.due_at -= dt.timedelta(days=days)
        assignment.save()


def standing(page, course) -> str:
    return page.locator(".course-lines li", has_text=course.title).locator(".chip").inner_text()


def read(page, course) -> None:
    page.goto(course.url)
    page.locator(".dock a.button").click()
    page.wait_for_url("**/bagian-1/")
    page.wait_for_timeout(3200)
    page.locator("article > .prose").evaluate("text => text.lastElementChild.scrollIntoView(false)")
    page.wait_for_timeout(100)
    page.locator(".dock form button").click()
    page.wait_for_url(f"**{course.url}")
