"""A drawing in a lesson: as wide as the phone, never blown up, its words a tap away and on paper."""

import json

import pytest
from django.core.files.base import ContentFile

from completion.services import enrol
from courses.services import refresh_course
from library.models import Picture
from tests.factories import PersonFactory, make_course

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 480 300" width="480" height="300"><title>Alur</title></svg>'
)


def test_drawing_fits_its_screen_and_its_words_can_be_opened_and_printed(
    live_server, settings, tmp_path, phone, desktop
):
    settings.MEDIA_ROOT = tmp_path
    course = make_course(lessons=1)
    lesson = course.get_descendants().last().specific
    picture = Picture.objects.create(title="Alur", file=ContentFile(SVG, name="alur.svg"))
    value = {
        "picture": picture.pk,
        "alt": "Alur",
        "caption": "Alur",
        "credit": "",
        "words": "<p>Catat, lalu lapor.</p>",
    }
    lesson.body = json.dumps([{"type": "figure", "value": value}])
    lesson.save_revision().publish()
    refresh_course(course=course)
    person = PersonFactory()
    enrol(person=person, course=course)

    small = phone(person)
    small.goto(lesson.url)
    column = small.locator(".figure").bounding_box()["width"]
    assert small.locator(".figure__drawing").bounding_box()["width"] == pytest.approx(column, abs=1)
    words = small.get_by_text("Catat, lalu lapor.")
    assert not words.is_visible()
    small.locator(".figure__words summary").click()
    assert words.is_visible()

    large = desktop(person)
    large.goto(lesson.url)
    rem = large.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)")
    assert large.locator(".figure__drawing").bounding_box()["width"] == pytest.approx(30 * rem, abs=1)
    large.emulate_media(media="print")
    large.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert large.get_by_text("Catat, lalu lapor.").is_visible()
