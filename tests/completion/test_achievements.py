"""An achievement is there the moment its subject is complete: once, with the facts of that day."""

import datetime as dt
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from completion.models import Achievement, Completion
from completion.services import assign, decide_by_staff, enrol, record
from completion.services.following import lock_many, recompute, write_many
from completion.signals import achievement_made, achievement_undone
from courses.models import CourseCompetency, LessonPage
from people.models import Competency
from tests.factories import AgencyFactory, PersonFactory, QuizPageFactory, SubmissionPageFactory

from .conftest import lessons_of, make_course, make_person, read_data, refresh

pytestmark = pytest.mark.django_db


def study(enrolment, *lessons):
    for lesson in lessons:
        record(enrolment=enrolment, activity_id=lesson.pk, kind="read", data=read_data(), client_id=uuid.uuid4())


def finish(person, course):
    enrolment = enrol(person=person, course=course)
    study(enrolment, *lessons_of(course))
    return enrolment


@pytest.fixture
def heard():
    told = []

    def made(achievement_id, **news):
        told.append(("made", achievement_id))

    def undone(achievement_id, **news):
        told.append(("undone", achievement_id))

    achievement_made.connect(made)
    achievement_undone.connect(undone)
    yield told
    achievement_made.disconnect(made)
    achievement_undone.disconnect(undone)


def test_finishing_a_course_makes_one_achievement_with_its_facts(
    person, agency, heard, django_capture_on_commit_callbacks
):
    course = make_course(agency=agency, lessons=2, title="Etika Pelayanan")
    CourseCompetency.objects.create(course=course, competency=Competency.objects.first(), level=3)
    with django_capture_on_commit_callbacks(execute=True):
        enrolment = finish(person, course)
    made = Achievement.objects.get()
    assert (made.person, made.kind, made.subject_id, made.cycle) == (person, "course", course.pk, 1)
    assert made.title == "Etika Pelayanan"
    assert made.agency == agency
    assert made.unit_id == enrolment.unit_at_completion_id
    assert made.programme_minutes == sum(lesson.planned_minutes for lesson in lessons_of(course))
    assert made.form == "elearning"
    assert made.facts["name"] == person.full_name
    assert made.facts["nip"] == person.employments.get().nip
    assert made.facts["competencies"] == [{"name": Competency.objects.first().name, "level": 3}]
    assert made.facts["organiser"] == agency.name
    assert made.zone == "Asia/Jayapura"
    assert heard == [("made", made.pk)]


def test_the_mark_is_the_mean_of_what_counts(person, agency):
    """A pretest (pass mark 0) and an optional quiz count for nothing, nor does what nobody has marked yet."""
    course = make_course(agency=agency, lessons=1)
    module = lessons_of(course)[0].get_parent()
    passes = {"completion_rule": "passed", "pass_mark": 70}
    first, second = (QuizPageFactory(parent=module, slug=slug, **passes) for slug in ("satu", "dua"))
    pretest = QuizPageFactory(parent=module, slug="pretes", completion_rule="graded", pass_mark=0)
    optional = QuizPageFactory(parent=module, slug="pilihan", required=False, **passes)
    task = SubmissionPageFactory(parent=module, slug="tugas", completion_rule="submitted")
    refresh(course)
    enrolment = enrol(person=person, course=course)
    for quiz, score in ((pretest, "1/10"), (optional, "2/10"), (first, "9/10"), (second, "3/4")):
        data = {"score": score, "attempt": uuid.uuid4().hex, "passed": score != "1/10"}
        record(enrolment=enrolment, activity_id=quiz.pk, kind="graded", data=data, client_id=uuid.uuid4())
    record(enrolment=enrolment, activity_id=task.pk, kind="submitted", data={}, client_id=uuid.uuid4())
    study(enrolment, *lessons_of(course))
    assert Achievement.objects.get().facts["grade"] == "33/40"


def test_without_a_mark_there_is_none(person, course):
    finish(person, course)
    assert Achievement.objects.get().facts["grade"] == ""


def test_the_day_is_the_learners_own(person, course, time_machine):
    """16.30 UTC of the old year is half past one of New Year's morning in Sorong."""
    time_machine.move_to(dt.datetime(2026, 12, 31, 16, 30, tzinfo=dt.UTC))
    finish(person, course)
    assert Achievement.objects.get().local_date == dt.date(2027, 1, 1)


def test_recomputing_and_telling_again_make_no_second_one(person, course):
    enrolment = finish(person, course)
    study(enrolment, lessons_of(course)[0])
    recompute(enrolment=enrolment)
    assert Achievement.objects.count() == 1


def test_taken_back_by_staff_it_is_undone_and_comes_back_as_the_same_row(
    person, course, heard, django_capture_on_commit_callbacks
):
    organiser, lesson = PersonFactory(), lessons_of(course)[0]
    with django_capture_on_commit_callbacks(execute=True):
        enrolment = finish(person, course)
        decide_by_staff(enrolment=enrolment, activity_id=lesson.pk, complete=False, by=organiser, reason="Bukan dia")
        assert Achievement.objects.get().undone_at is not None
        decide_by_staff(enrolment=enrolment, activity_id=lesson.pk, complete=None, by=organiser, reason="Keliru")
    made = Achievement.objects.get()
    assert made.undone_at is None
    assert heard == [("made", made.pk), ("undone", made.pk), ("made", made.pk)]


def test_a_course_renamed_later_leaves_the_achievement_as_it_was(person, course):
    finish(person, course)
    title = Achievement.objects.get().title
    course.title = "Judul lain"
    course.save_revision().publish()
    assert Achievement.objects.get().title == title


def test_withdrawing_the_last_open_lesson_achieves_for_many_in_the_same_queries(unit, agency):
    counts = []
    for people in (1, 4):
        course = make_course(agency=agency, lessons=2)
        first, last = lessons_of(course)
        learners = [make_person(unit) for _ in range(people)]
        by = PersonFactory()
        assign(course=course, people=learners, by=by, agency=agency, due_at=None, reason="Wajib")
        rows = list(course.enrolments.order_by("pk"))
        for enrolment in rows:
            study(enrolment, first)
        LessonPage.objects.filter(pk=last.pk).update(live=False)
        refresh(course)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            write_many(lock_many(course.enrolments.all()))
        counts.append(len(queries))
        assert Achievement.objects.filter(subject_id=course.pk).count() == people
    assert counts[0] == counts[1]
    assert course.enrolments.filter(completion=Completion.COMPLETE).count() == 4


def test_an_agency_of_all_leaves_the_issuing_to_the_persons_own(person, agency):
    AgencyFactory()
    course = make_course()  # its shelf belongs to another agency or to all
    finish(person, course)
    made = Achievement.objects.get()
    assert made.agency_id in {agency.pk, course.get_parent().specific.agency_id}
    assert made.achieved_at <= timezone.now()
