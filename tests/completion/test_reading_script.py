"""What the script adds to a lesson in a real browser: visible seconds and the end of the text."""

import time

import pytest

from completion.models import ActivityEvent, ActivityProgress, Completion
from completion.services import enrol
from courses.models import ModulePage
from courses.queries import outline
from tests.factories import UnitFactory

from .conftest import lessons_of, make_course, make_lesson, make_person, refresh

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LONG = [{"type": "rich_text", "value": "<p>Pukul 08.15 di loket. Antrean dua belas orang.</p>" * 60}]


@pytest.fixture
def reader(transactional_db):
    return make_person(UnitFactory())


@pytest.fixture
def course(transactional_db, reader):
    """A long lesson of two seconds, and one after it; the reader is enrolled."""
    course = make_course(lessons=0)
    module = ModulePage.objects.child_of(course).get()
    make_lesson(module, body=LONG, minimum_seconds=2)
    make_lesson(module)
    refresh(course)
    enrol(person=reader, course=course)
    return course


def until(true, seconds=8):
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.05)
    return true()


def test_reading_to_the_end_completes_and_goes_on(phone, reader, course):
    first, second = lessons_of(course)
    live = outline(course.pk)
    page = phone(reader)
    page.goto(live.activity(first.pk).url)
    page.get_by_role("button", name="Done, go on").click()
    page.wait_for_selector(".message")
    assert ActivityEvent.objects.filter(kind="read").get().data["reached_end"] is False
    page.wait_for_timeout(2500)
    page.keyboard.press("End")
    page.wait_for_timeout(200)
    page.get_by_role("button", name="Done, go on").click()
    page.wait_for_url(f"**{live.activity(second.pk).url}")
    row = ActivityProgress.objects.get(activity=first)
    assert row.completion == Completion.COMPLETE


def test_leaving_half_way_tells_what_was_read(phone, reader, course):
    first = lessons_of(course)[0]
    page = phone(reader)
    page.goto(outline(course.pk).activity(first.pk).url)
    page.keyboard.press("End")
    page.wait_for_timeout(1500)
    page.goto("/belajar/")
    assert until(lambda: ActivityEvent.objects.filter(kind="read").exists())
    event = ActivityEvent.objects.get(kind="read")
    assert event.data["reached_end"] is True
    assert 1 <= event.data["seconds"] <= 10
    assert len(event.data["opening"]) == 32


def test_end_of_the_text_is_the_end_of_its_last_block_whatever_its_kind(phone, reader, course):
    first = lessons_of(course)[0]
    points = {"title": "Yang perlu diingat", "points": ["<p>Catat lebih dahulu, lalu laporkan.</p>"] * 60}
    first.body = [{"type": "rich_text", "value": "<p>Pendek.</p>"}, {"type": "key_points", "value": points}]
    first.save_revision().publish()
    page = phone(reader)
    page.goto(outline(course.pk).activity(first.pk).url)
    page.wait_for_timeout(2500)
    page.get_by_role("button", name="Done, go on").click()
    page.wait_for_selector(".message")
    assert ActivityEvent.objects.filter(kind="read").get().data["reached_end"] is False
