"""Two agencies, a quiz of one of them that both may take, and everybody who must, or must not, see its attempts."""

import uuid
from dataclasses import dataclass, field

from completion.services import enrol
from courses.editorial import prepare_shelf
from courses.models import CoursePage
from courses.queries import course_id_of
from courses.services import refresh_course
from people.models import Agency, AgencyRole, Person
from people.services import grant_role
from quizzes.models import Attempt, Marker, QuizPage
from quizzes.services import save_answer, start_attempt, submit_attempt
from tests.factories import (
    CoursePageFactory,
    ModulePageFactory,
    PersonFactory,
    UnitFactory,
    add_quiz,
    make_employee,
    ready_question,
    the_catalogue,
)

ESSAY = {
    "text": "<p>Bagaimana Anda melayani warga yang marah?</p>",
    "editor": "plain",
    "words_min": 3,
    "words_max": 100,
    "guide": "<p>Cari sikap tenang dan jalan keluar.</p>",
    "criteria": [{"id": "a", "text": "Sikap", "points": "6"}, {"id": "b", "text": "Jalan keluar", "points": "4"}],
}
ANSWER = "<p>Saya mendengarkan dulu, lalu menjelaskan.</p>"


@dataclass
class World:
    """`quiz` stands on Palu's shelf and is open to all; `palu`'s people are the ones in care of `organiser`."""

    palu: Agency
    sorong: Agency
    quiz: QuizPage
    units: dict[str, object] = field(default_factory=dict)

    def learner(self, agency: str = "palu", **fields) -> Person:
        """Return somebody employed by an agency and enrolled in the course of the quiz."""
        person = make_employee(self.units[agency], **fields)
        enrol(person=person, course=CoursePage.objects.get(pk=course_id_of(self.quiz)))
        return person

    def staff(self, role: str, agency: str = "palu") -> Person:
        """Return somebody who holds a role in an agency."""
        person = PersonFactory()
        grant_role(person=person, agency=getattr(self, agency), role=role)
        return person

    def organiser(self, agency: str = "palu") -> Person:
        return self.staff(AgencyRole.Role.ORGANISER, agency)

    def marker(self, agency: str = "palu", person: Person | None = None) -> Person:
        """Return somebody who helps to mark the quiz for an agency."""
        person = person or PersonFactory()
        Marker.objects.create(quiz=self.quiz, agency=getattr(self, agency), person=person, added_by=person)
        return person

    def attempt(self, person: Person | None = None, *, answers=None, submit: bool = True) -> Attempt:
        """Return a learner's attempt with an answer to each question (an essay unless told otherwise)."""
        attempt = start_attempt(person=person or self.learner(), quiz=QuizPage.objects.get(pk=self.quiz.pk))
        given = answers if answers is not None else [{"text": ANSWER}] * attempt.questions.count()
        for position, answer in enumerate(given, start=1):
            save_answer(attempt=attempt, position=position, answer=answer, client_id=uuid.uuid4())
        return submit_attempt(attempt=attempt, client_id=uuid.uuid4()) if submit else attempt


def make_world(questions=None, **fields) -> World:
    """Return the two agencies and the quiz: one essay worth 10 marks unless questions are given."""
    the_catalogue()
    units = {"palu": UnitFactory(name="Dinas Palu"), "sorong": UnitFactory(name="Dinas Sorong")}
    course = CoursePageFactory(parent=prepare_shelf(units["palu"].agency))
    asked = questions or [(ready_question(ESSAY, kind="essay", name="Warga marah"), 10)]
    quiz = add_quiz(ModulePageFactory(parent=course), asked, **{"pass_mark": 60, **fields})
    refresh_course(course=course)
    return World(units["palu"].agency, units["sorong"].agency, QuizPage.objects.get(pk=quiz.pk), units)


def ask_two_markers(difference: int = 10) -> None:
    """Let two people mark every answer, also those of attempts that have begun (which copied the rule of before)."""
    QuizPage.objects.update(second_marker=True, marking_difference=difference)
    for attempt in Attempt.objects.all():
        attempt.rules |= {"two_markers": True, "marking_difference": difference}
        attempt.save(update_fields=["rules"])
