"""A small office for journeys: a unit with its head and a learner, and a course that is read in seconds."""

from dataclasses import dataclass

from wagtail.rich_text import RichText

from courses.models import CoursePage
from courses.services import refresh_course
from people.models import Person, Unit
from tests.factories import (
    CoursePageFactory,
    LessonPageFactory,
    ModulePageFactory,
    UnitFactory,
    add_quiz,
    make_employee,
    ready_question,
    single,
)

PARAGRAPH = "<p>Pukul 08.15 di loket tiga. Antrean dua belas orang, dan seorang nenek berdiri di depan pintu.</p>"


@dataclass(frozen=True)
class Office:
    """Everybody reads English here, so that journeys hold while the Indonesian words are being written."""

    unit: Unit
    head: Person
    learner: Person
    nip: str


def make_office() -> Office:
    unit = UnitFactory()
    learner = colleague(unit, name="Wulan")
    return Office(unit, colleague(unit, name="Daud", is_head=True), learner, learner.employments.get().nip)


def colleague(unit: Unit, *, is_head: bool = False, **fields) -> Person:
    """Return somebody employed by the unit's agency, with a post in the unit."""
    return make_employee(unit, is_head=is_head, language="en", **fields)


def quick_course(*, title: str = "Melayani di loket", lessons: int = 2, questions: int = 2) -> CoursePage:
    """Return a live course of long lessons that ask for three seconds of reading, and a quiz where "a" is right."""
    course = CoursePageFactory(title=title)
    module = ModulePageFactory(parent=course)
    for number in range(lessons):
        body = [("rich_text", RichText(PARAGRAPH * 30))]
        LessonPageFactory(parent=module, title=f"Bagian {number + 1}", minimum_seconds=3, body=body)
    if questions:
        add_quiz(module, [ready_question(single(f"Pertanyaan {number}?")) for number in range(1, questions + 1)])
    refresh_course(course=course)
    return CoursePage.objects.get(pk=course.pk)
