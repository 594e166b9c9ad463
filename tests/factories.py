"""What tests are made of. Each app has its own section; people are synthetic, with NIPs of serial 9xx."""

import datetime as dt

import factory
import wagtail_factories
from factory.django import DjangoModelFactory
from wagtail.rich_text import RichText

from completion.services import enrol
from courses import models as courses
from courses.queries import course_id_of
from courses.services import refresh_course
from people import models as people
from people.identifiers import make_synthetic_nip
from questions.models import Category
from questions.services import create_question
from quizzes import models as quizzes

# --- people ----------------------------------------------------------------------------------------------------------

LONG_AGO = dt.date(2015, 1, 1)
PASSWORD = "a-long-enough-phrase"


def synthetic_nip(number: int) -> str:
    """Return the n-th valid NIP of nobody."""
    born = dt.date(1970, 1, 1) + dt.timedelta(days=number // 100)
    return make_synthetic_nip(birth_date=born, year=2010, month=3, female=number % 2 == 0, serial=900 + number % 100)


class AgencyFactory(DjangoModelFactory):
    class Meta:
        model = people.Agency

    name = factory.Sequence(lambda n: f"Pemerintah Kota Contoh {n}")
    short_name = factory.Sequence(lambda n: f"Kota Contoh {n}")
    slug = factory.Sequence(lambda n: f"contoh-{n}")


class UnitFactory(DjangoModelFactory):
    """A unit below `parent` when one is given; the path is as `services.make_unit` writes it."""

    class Meta:
        model = people.Unit
        skip_postgeneration_save = True

    agency = factory.LazyAttribute(lambda unit: unit.parent.agency if unit.parent else AgencyFactory())
    parent = None
    name = factory.Sequence(lambda n: f"Bidang {n}")
    valid_from = LONG_AGO
    path = factory.Sequence(lambda n: f"new-{n}")

    @factory.post_generation
    def final_path(self, create, extracted, **kwargs):
        self.path = f"{self.parent.path if self.parent else ''}{self.pk:06d}."
        self.save(update_fields=["path"])


class PersonFactory(DjangoModelFactory):
    """A person who may sign in with PASSWORD, without employment, post or status."""

    class Meta:
        model = people.Person
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Orang {n}")
    email = factory.Sequence(lambda n: f"orang{n}@contoh.example")
    password = factory.django.Password(PASSWORD)


class EmploymentFactory(DjangoModelFactory):
    class Meta:
        model = people.Employment

    person = factory.SubFactory(PersonFactory)
    agency = factory.SubFactory(AgencyFactory)
    kind = people.Employment.Kind.PNS
    nip = factory.Sequence(synthetic_nip)
    valid_from = LONG_AGO


class PostFactory(DjangoModelFactory):
    """A definitive main post; `is_head=True` makes a supervisor."""

    class Meta:
        model = people.Post

    person = factory.SubFactory(PersonFactory)
    unit = factory.SubFactory(UnitFactory)
    title = "Analis"
    valid_from = LONG_AGO


def make_employee(unit, *, is_head: bool = False, **fields) -> people.Person:
    """Return somebody employed by the unit's agency, with a main post in the unit."""
    person = PersonFactory(**fields)
    EmploymentFactory(person=person, agency=unit.agency)
    PostFactory(person=person, unit=unit, is_head=is_head)
    return person


class StatusFactory(DjangoModelFactory):
    class Meta:
        model = people.Status

    person = factory.SubFactory(PersonFactory)
    kind = people.Status.Kind.COUNTED
    valid_from = LONG_AGO


class AgencyRoleFactory(DjangoModelFactory):
    """A role row only; use `services.grant_role` where group membership matters."""

    class Meta:
        model = people.AgencyRole

    person = factory.SubFactory(PersonFactory)
    agency = factory.SubFactory(AgencyFactory)
    role = people.AgencyRole.Role.ORGANISER
    valid_from = LONG_AGO


class DelegationFactory(DjangoModelFactory):
    class Meta:
        model = people.Delegation

    from_person = factory.SubFactory(PersonFactory)
    to_person = factory.SubFactory(PersonFactory)
    valid_from = LONG_AGO
    reason = "Cuti"


class OverrideFactory(DjangoModelFactory):
    class Meta:
        model = people.SupervisionOverride

    person = factory.SubFactory(PersonFactory)
    supervisor = factory.SubFactory(PersonFactory)
    effect = people.SupervisionOverride.Effect.SEES
    valid_from = LONG_AGO
    reason = "Ketua tim"


# --- questions -------------------------------------------------------------------------------------------------------


class CategoryFactory(DjangoModelFactory):
    """A category of the question bank, at the top of an agency's tree; `agency=None` is shared."""

    class Meta:
        model = "questions.Category"

    agency = factory.SubFactory(AgencyFactory)
    name = factory.Sequence(lambda n: f"Kategori {n}")


def single(text="Apa?", *, right="a", weights=None):
    """Return data of a one-answer question with options a, b, c; `weights` overrides the share of each option."""
    weights = weights or {key: "1" if key == right else "0" for key in "abc"}
    options = [
        {"id": key, "text": f"Pilihan {key}", "fraction": weight, "feedback": f"<p>Ulasan {key}</p>"}
        for key, weight in weights.items()
    ]
    return {"text": f"<p>{text}</p>", "general_feedback": "<p>Pembahasan</p>", "shuffle": True, "options": options}


def ready_question(data=None, *, kind="single", name="Soal"):
    """Return a ready question of the shared bank."""
    category, _made = Category.objects.get_or_create(name="Bank contoh", agency=None, parent=None)
    return create_question(category=category, kind=kind, name=name, data=data or single())


# --- courses ---------------------------------------------------------------------------------------------------------
# Pages are live. Receivers refresh a course after the commit, which tests roll back: end with `refresh_course`, or use
# `make_course`, which does.


def the_catalogue() -> courses.CataloguePage:
    """Return the one catalogue, made by a migration."""
    return courses.CataloguePage.objects.get()


class ShelfPageFactory(wagtail_factories.PageFactory):
    """A shelf of all agencies, or of `agency`."""

    class Meta:
        model = courses.ShelfPage

    parent = factory.LazyFunction(the_catalogue)
    title = factory.Sequence(lambda n: f"Rak {n}")
    agency = None


class CoursePageFactory(wagtail_factories.PageFactory):
    class Meta:
        model = courses.CoursePage

    parent = factory.SubFactory(ShelfPageFactory)
    title = factory.Sequence(lambda n: f"Kursus {n}")
    summary = "Ringkas dan jelas."


class ModulePageFactory(wagtail_factories.PageFactory):
    class Meta:
        model = courses.ModulePage

    parent = factory.SubFactory(CoursePageFactory)
    title = factory.Sequence(lambda n: f"Modul {n}")


class LessonPageFactory(wagtail_factories.PageFactory):
    """A lesson of 8 minutes that counts when it was read."""

    class Meta:
        model = courses.LessonPage

    parent = factory.SubFactory(ModulePageFactory)
    title = factory.Sequence(lambda n: f"Pelajaran {n}")
    body = [("rich_text", RichText("<p>Warga datang membawa hak.</p>"))]


def make_course(
    *, modules: int = 1, lessons: int = 2, minimum_seconds: int | None = None, **fields
) -> courses.CoursePage:
    """Return a live course of `modules` × `lessons` lessons, with its outline and first edition."""
    course = CoursePageFactory(**fields)
    for _ in range(modules):
        module = ModulePageFactory(parent=course)
        for _ in range(lessons):
            LessonPageFactory(parent=module, minimum_seconds=minimum_seconds)
    refresh_course(course=course)
    return courses.CoursePage.objects.get(pk=course.pk)


def lessons_of(course: courses.CoursePage) -> list[courses.LessonPage]:
    """Return the lessons of a course in order, read anew."""
    return list(courses.LessonPage.objects.descendant_of(course).order_by("path"))


# --- quizzes ---------------------------------------------------------------------------------------------------------


class QuizPageFactory(wagtail_factories.PageFactory):
    """A quiz without questions; `add_quiz` makes one that can be taken."""

    class Meta:
        model = quizzes.QuizPage

    parent = factory.SubFactory(ModulePageFactory)
    title = "Kuis akhir"


def add_quiz(module, questions=(), **fields) -> quizzes.QuizPage:
    """Return a published quiz of a module, with a slot for each question (or `(question, mark)`)."""
    quiz = QuizPageFactory(parent=module, **fields)
    for order, entry in enumerate(questions):
        question, mark = entry if isinstance(entry, tuple) else (entry, 1)
        quizzes.QuizSlot.objects.create(quiz=quiz, question=question, max_mark=mark, sort_order=order)
    quizzes.QuizPage.objects.get(pk=quiz.pk).save_revision().publish()
    return quizzes.QuizPage.objects.get(pk=quiz.pk)


def quiz_in_course(questions=(), **fields) -> quizzes.QuizPage:
    """Return a live quiz in a live course of its own, open to all."""
    course = CoursePageFactory()
    quiz = add_quiz(ModulePageFactory(parent=course), questions, **fields)
    refresh_course(course=course)
    return quizzes.QuizPage.objects.get(pk=quiz.pk)


def learner_in(quiz, **fields) -> people.Person:
    """Return a person who is enrolled in the course of a quiz."""
    person = PersonFactory(**fields)
    enrol(person=person, course=courses.CoursePage.objects.get(pk=course_id_of(quiz)))
    return person


# --- submissions -----------------------------------------------------------------------------------------------------


class SubmissionPageFactory(wagtail_factories.PageFactory):
    """A task of one text, with photos if wished, marked by one criterion of 100 points."""

    class Meta:
        model = "submissions.SubmissionPage"

    parent = factory.SubFactory(ModulePageFactory)
    title = "Tugas akhir"
    task = "<p>Perbaiki satu papan informasi di loket Anda, lalu ceritakan.</p>"
    guide = [("criterion", {"title": "Hasil", "description": "", "points": 100, "levels": []})]


def task_in_course(course=None, **fields):
    """Return a live task in a live course (of its own unless one is given), open to all."""
    course = course or CoursePageFactory()
    page = SubmissionPageFactory(parent=ModulePageFactory(parent=course), **fields)
    page.save_revision().publish()
    refresh_course(course=course)
    return type(page).objects.get(pk=page.pk)


# --- completion ------------------------------------------------------------------------------------------------------


class EnrolmentFactory(DjangoModelFactory):
    """A person in a course, as rows only: for pages that read the record. `course=` shares one."""

    class Meta:
        model = "completion.Enrolment"

    class Params:
        course_title = factory.Sequence(lambda n: f"Kursus wajib {n}")

    person = factory.SubFactory(PersonFactory)
    course = factory.LazyAttribute(lambda enrolment: make_course(title=enrolment.course_title))
    edition = factory.LazyAttribute(lambda enrolment: enrolment.course.editions.first())
    required_total = 2


class AssignmentFactory(DjangoModelFactory):
    class Meta:
        model = "completion.Assignment"

    enrolment = factory.SubFactory(EnrolmentFactory)
    assigned_by = factory.SubFactory(PersonFactory)
    agency = factory.SubFactory(AgencyFactory)
    reason = "Penugasan tahunan"
