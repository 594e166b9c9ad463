"""A site in which every template of the learner's side has something to show, and the addresses of its screens."""

import datetime as dt
import io
import uuid
from dataclasses import dataclass
from decimal import Decimal

from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from wagtail.rich_text import RichText

from certificates.services import settle
from completion.models import Completion
from completion.queries import current_enrolment
from completion.services import ask_to_enrol, assign, decide_by_staff, enrol, enrol_in_path
from courses.blocks import LessonBody
from courses.models import CataloguePage, CoursePage, LessonPage, ModulePage, ShelfPage
from courses.queries import course_id_of
from courses.services import refresh_course
from credits.external import services as external
from library.models import Attachment, Picture, Recording
from notifications.services import notify
from people.models import Person
from quizzes.models import QuizPage, QuizSlot
from quizzes.services import save_answer, start_attempt, submit_attempt
from submissions.guides import usual_guide
from submissions.services import hand_in, mark_submission, save_draft
from tests.completion.paths import make_path
from tests.credits.external_world import draft, handed_in
from tests.factories import (
    CoursePageFactory,
    LessonPageFactory,
    ModulePageFactory,
    ready_question,
    single,
    task_in_course,
)
from tests.journeys.world import Office, colleague, make_office

LONG = "Menerapkan nilai berorientasi pelayanan, akuntabilitas, dan kompetensi dalam tugas sehari-hari"


@dataclass(frozen=True)
class Screen:
    name: str
    address: str
    person: Person | None = None


@dataclass(frozen=True)
class Course:
    """One course of one module: a lesson with every block in every state, a plain lesson and a quiz."""

    page: CoursePage
    lesson: LessonPage
    plain: LessonPage
    quiz: QuizPage


def all_screens() -> list[Screen]:
    office = make_office()
    learner = office.learner
    course, later = make_course(title=LONG), make_course(title="Melayani di loket")
    due(course, office, people=[learner], days=3)
    due(later, office, people=[learner], days=-2)
    graduate = colleague(office.unit, name="Seseorangyangnamanyapanjangsekalitanpaspasi")
    finish(course, graduate, office)
    return [
        *at_the_door(),
        *in_the_catalogue(course, office),
        *studying(course, office, graduate),
        *tasks(office),
        *at_the_gate(office),
        *on_a_path(office),
        *what_counts(office, graduate),
        *told(office, learner),
        *asked(course, learner),
        *proofs(graduate),
        *own_pages(course, later, learner, office),
        *team_pages(course, office, learner),
        *style_guide(),
    ]


# --- screens ---------------------------------------------------------------------------------------------------------


def at_the_door() -> list[Screen]:
    return [
        Screen("front door", "/"),
        Screen("sign-in", "/masuk/"),
        Screen("password forgotten", reverse("account_reset_password")),
        Screen("password asked for", reverse("account_reset_password_done")),
    ]


def in_the_catalogue(course: Course, office: Office) -> list[Screen]:
    newcomer = colleague(office.unit, name="Baru")
    shelf = ShelfPage.objects.ancestor_of(course.page).get()
    return [
        Screen("catalogue", "/katalog/", office.learner),
        Screen("catalogue, signed out", "/katalog/"),
        Screen("search", "/katalog/?q=loket", office.learner),
        Screen("search that finds nothing", "/katalog/?q=zzz", office.learner),
        Screen("shelf", shelf.url, office.learner),
        Screen("newcomer's today", "/", newcomer),
        Screen("newcomer's learning", "/belajar/", newcomer),
        Screen("course before enrolling", course.page.url, newcomer),
        Screen("quiz before enrolling", course.quiz.url, newcomer),
        Screen("nothing here", "/katalog/tidak-ada/", newcomer),
        Screen("nothing here, signed out", "/katalog/tidak-ada/"),
    ]


def studying(course: Course, office: Office, graduate: Person) -> list[Screen]:
    module = ModulePage.objects.child_of(course.page).get()
    return [
        Screen("today", "/", office.learner),
        Screen("course", course.page.url, office.learner),
        Screen("course finished", course.page.url, graduate),
        Screen("module", module.url, office.learner),
        Screen("lesson with every block", course.lesson.url, office.learner),
        Screen("lesson that is done", course.plain.url, graduate),
        Screen("today with nothing left", "/", graduate),
    ]


def tasks(office: Office) -> list[Screen]:
    """A task as it is written in two tabs, and one with its mark."""
    learner, tab = office.learner, uuid.uuid4()
    written, marked = task_in_course(title=LONG, due_rule="days", due_days=3), task_in_course(guide=usual_guide())
    for page in (written, marked):
        enrol(person=learner, course=CoursePage.objects.get(pk=course_id_of(page)))
    told = {"page": written, "enrolment": current_enrolment(learner, course_id_of(written)), "number": 1, "based_on": 0}
    for text in ("Saya memindahkan papan antrean.", LONG):
        save_draft(**told, text=text, tab=tab)
    enrolment = current_enrolment(learner, course_id_of(marked))
    save_draft(enrolment=enrolment, page=marked, number=1, based_on=0, text=LONG, tab=tab)
    work = hand_in(enrolment=enrolment, page=marked, number=1, revision=1)
    points = {one["id"]: Decimal(20) for one in work.rules["criteria"]}
    boss = Person.objects.create_superuser(email="penilai@contoh.example", password=uuid.uuid4().hex, name="Penilai")
    mark_submission(submission=work, by=boss, decision="marked", criteria=points, comment=LONG)
    return [Screen("task", written.url, learner), Screen("task with its mark", marked.url, learner)]


def at_the_gate(office: Office) -> list[Screen]:
    """Courses one cannot simply take: by key, by approval, after having asked, and only when assigned."""
    mode = CoursePage.EnrolmentMode
    by_key = make_course(title="Dengan kunci", enrolment_mode=mode.KEY, enrolment_key="Sagu-2026").page
    approved = make_course(title="Dengan izin", enrolment_mode=mode.APPROVAL).page
    assigned = make_course(title="Dengan penugasan", enrolment_mode=mode.ASSIGNED).page
    newcomer, waiting = colleague(office.unit, name="Tamu"), colleague(office.unit, name="Penanya")
    ask_to_enrol(person=waiting, course=approved, message=LONG)
    return [
        Screen("course closed by a key", by_key.url, newcomer),
        Screen("course closed by approval", approved.url, newcomer),
        Screen("course asked for", approved.url, waiting),
        Screen("course for those it is assigned to", assigned.url, newcomer),
        Screen("learning with a request", "/belajar/", waiting),
        Screen("requests", reverse("reports:requests"), office.head),
    ]


def on_a_path(office: Office) -> list[Screen]:
    first, second = make_course(title=f"{LONG} di loket"), make_course(title="Kedua")
    path = make_path(first.page, second.page, title="Lintasan petugas loket")
    path.steps.update(milestone="Siap di loket")
    newcomer, walker = colleague(office.unit, name="Pejalan baru"), colleague(office.unit, name="Pejalan")
    enrolment = enrol_in_path(person=walker, path=path)
    return [
        Screen("path", path.url, newcomer),
        Screen("path, signed out", path.url),
        Screen("path that is taken", path.url, walker),
        Screen("course that opens later", second.page.url, walker),
        Screen("learning with a path", "/belajar/", walker),
        Screen("leave a path", reverse("completion:leave_path", args=[enrolment.pk]), walker),
    ]


def what_counts(office: Office, graduate: Person) -> list[Screen]:
    """JP, the record of learning and training done elsewhere: to be written, sent back, verified and waiting."""
    unfinished, returned, verified = (draft(graduate), handed_in(graduate, title=LONG), handed_in(graduate))
    external.send_back(training=returned, by=office.head, reason=LONG)
    external.verify(training=verified, by=office.head)
    waiting = handed_in(colleague(office.unit, name="Peserta luar"), title=LONG)

    def screen(name, view, person, *place):
        return Screen(name, reverse(f"credits:{view}", args=place), person)

    return [
        screen("my JP", "jp", graduate),
        screen("my record", "record", graduate),
        screen("record of somebody", "record_of", office.head, graduate.key),
        screen("training elsewhere", "external", graduate),
        screen("training elsewhere, none", "external", office.learner),
        screen("kind of training", "external_kind", graduate),
        screen("report a training", "external_new", graduate, "seminar"),
        screen("correct a training", "external_edit", graduate, returned.key),
        screen("training to be handed in", "external_detail", graduate, unfinished.key),
        screen("training verified", "external_detail", graduate, verified.key),
        screen("trainings to verify", "external_queue", office.head),
        screen("verify a training", "external_verify", office.head, waiting.key),
    ]


def told(office: Office, learner: Person) -> list[Screen]:
    notice = notify(
        person=learner, kind="quiz_result", key="satu", title=LONG, text="Bapak/Ibu lulus.", url="/belajar/"
    )
    notify(person=learner, kind="assigned", key="dua", title="Kursus baru", text=LONG, url="/belajar/")
    return [
        Screen("messages", reverse("notifications:inbox"), learner),
        Screen("messages, none", reverse("notifications:inbox"), colleague(office.unit, name="Sepi")),
        Screen("message", reverse("notifications:notice", args=[notice.pk]), learner),
        Screen("what is sent", reverse("notifications:preferences"), learner),
    ]


def asked(course: Course, learner: Person) -> list[Screen]:
    first = start_attempt(person=learner, quiz=course.quiz)
    chosen = {1: {"chosen": ["b"]}, 2: {"chosen": ["a", "b"]}, 3: {"value": True}}
    for position, answer in chosen.items():
        save_answer(attempt=first, position=position, answer=answer, client_id=uuid.uuid4())
    submit_attempt(attempt=first, client_id=uuid.uuid4())
    attempt = start_attempt(person=learner, quiz=course.quiz)
    for key in "ab":  # the second comes from a tab that does not know the first
        save_answer(attempt=attempt, position=1, answer={"chosen": [key]}, client_id=uuid.uuid4())

    def screen(name, view, shown, *place):
        return Screen(name, reverse(f"quizzes:{view}", args=[shown.key, *place]), learner)

    return [
        Screen("quiz", course.quiz.url, learner),
        screen("question with two versions", "question", attempt, 1),
        screen("question with several answers", "question", attempt, 2),
        screen("question true or false", "question", attempt, 3),
        screen("overview", "overview", attempt),
        screen("question that is closed", "question", first, 1),
        screen("result not passed", "result", first),
    ]


def proofs(graduate: Person) -> list[Screen]:
    settle(repair=True)
    certificate = graduate.certificates.get()
    return [
        Screen("my certificates", reverse("certificates:mine"), graduate),
        Screen("a certificate", reverse("certificates:certificate", args=[certificate.code])),
        Screen("another file", f"{reverse('certificates:certificate', args=[certificate.code])}?sidik={'a' * 64}"),
        Screen("check a certificate", reverse("certificates:check")),
        Screen("nothing here: no such certificate", reverse("certificates:certificate", args=["7KQ2MX4TBN"])),
    ]


def own_pages(course: Course, later: Course, learner: Person, office: Office) -> list[Screen]:
    enrolment = current_enrolment(learner, course.page.pk)
    decide_by_staff(
        enrolment=enrolment, activity_id=course.plain.pk, complete=True, by=office.head, reason="Sudah ditunjukkan"
    )
    chosen = make_course(title="Dipilih sendiri")
    leaving = enrol(person=learner, course=chosen.page)
    return [
        Screen("my learning", "/belajar/", learner),
        Screen("why", reverse("completion:why", args=[enrolment.pk, course.plain.pk]), learner),
        Screen("leave", reverse("completion:leave", args=[leaving.pk]), learner),
        Screen("account", "/akun/", learner),
        Screen("e-mail", reverse("account_email"), learner),
        Screen("sessions", reverse("usersessions_list"), learner),
        Screen("password", reverse("account_change_password"), learner),
        Screen("second step", reverse("mfa_index"), learner),
        Screen("sign out", reverse("account_logout"), learner),
    ]


def team_pages(course: Course, office: Office, learner: Person) -> list[Screen]:
    return [
        Screen("team", "/tim/", office.head),
        Screen("team, nobody matches", "/tim/?query=zzz", office.head),
        Screen("team, one course", reverse("reports:course", args=[course.page.pk]), office.head),
        Screen("person", reverse("reports:person", args=[learner.key]), office.head),
    ]


def style_guide() -> list[Screen]:
    administrator = Person.objects.create_superuser(password=None, language="en")
    return [
        Screen("components", "/gaya/?pesan", administrator),
        Screen("sample lesson", reverse("core:screen", args=["pelajaran"]), administrator),
        Screen("sample quiz", reverse("core:screen", args=["kuis"]), administrator),
    ]


# --- what they show --------------------------------------------------------------------------------------------------


def make_course(*, title: str, **fields) -> Course:
    course = CoursePageFactory(
        parent=ShelfPage.objects.first() or CataloguePage.objects.get().add_child(instance=ShelfPage(title="Rak")),
        title=title,
        summary="Keputusan kecil yang sulit di loket, dan cara menanggapinya dengan santun.",
        introduction="<p>Etika diuji ketika antrean panjang. <b>Berlatihlah</b> sebelumnya.</p>",
        aims=[("aim", "Menolak bingkisan dengan santun")],
        audience="Petugas loket",
        **fields,
    )
    course.topics.add("etika", "pelayanan publik")
    course.save()
    module = ModulePageFactory(parent=course, title="Menjaga integritas di loket", introduction="<p>Mulai.</p>")
    lesson = LessonPageFactory(parent=module, title="Semua blok", body=every_block(), summary="Satu kalimat.")
    lesson.sources = [("source", {"text": "UU 25/2009", "url": "https://jdih.example/", "certainty": "verified"})]
    lesson.save_revision().publish()
    plain = LessonPageFactory(parent=module, title="Pelajaran biasa", required=False)
    quiz = module.add_child(instance=QuizPage(title="Kuis akhir", slug="kuis-akhir", summary="Tiga soal."))
    for order, question in enumerate(three_questions()):
        QuizSlot.objects.create(quiz=quiz, question=question, sort_order=order)
    QuizPage.objects.get(pk=quiz.pk).save_revision().publish()
    refresh_course(course=course)
    return Course(CoursePage.objects.get(pk=course.pk), lesson, plain, QuizPage.objects.get(pk=quiz.pk))


def every_block() -> list[tuple]:
    """Return each block's samples, with uploads that are in the library where a block shows one."""
    body = []
    for name, block in LessonBody().child_blocks.items():
        values = [block.get_preview_value(), *(value for _label, value in block.get_states())]
        body += [(name, with_upload(name, value)) for value in values]
    return [*body, ("rich_text", RichText("<h2>Penutup</h2><h3>Ringkas</h3><p>Lihat <a href='/'>beranda</a>.</p>"))]


def with_upload(name: str, value):
    if name == "figure":
        picture = io.BytesIO()
        Image.new("RGB", (1200, 600), "teal").save(picture, "PNG")
        value["picture"] = Picture.objects.create(title="Loket", file=ContentFile(picture.getvalue(), name="loket.png"))
    if name == "recording":
        recording = Recording(title="Dua menit di loket", type=value["recording"].type, duration=120)
        recording.transcript = value["recording"].transcript
        recording.file.save("loket.mp4", ContentFile(b"0" * 2048), save=False)
        recording.captions_id.save("loket.vtt", ContentFile(b"WEBVTT\n\n00:00.000 --> 00:02.000\nHalo\n"))
        recording.save()
        value["recording"] = recording
    if name == "download":
        value["document"] = Attachment.objects.create(title="Daftar", file=ContentFile(b"%PDF-1.7", name="daftar.pdf"))
    return value


def three_questions() -> list:
    several = single("Mana <b>dua</b> langkah yang benar?", weights={"a": "1/2", "b": "1/2", "c": "-1/2"})
    truth = {
        "text": "<p>Bingkisan kecil selalu boleh diterima.</p>",
        "general_feedback": "<p>Pembahasan</p>",
        "answer": False,
        "feedback_true": "<p>Lihat lagi.</p>",
        "feedback_false": "<p>Tepat.</p>",
    }
    return [
        ready_question(single("Apa yang pertama?")),
        ready_question(several, kind="multiple"),
        ready_question(truth, kind="truefalse"),
    ]


def due(course: Course, office: Office, *, people: list[Person], days: int) -> None:
    due_at = timezone.now() + dt.timedelta(days=days)
    assign(
        course=course.page, people=people, by=office.head, agency=office.unit.agency, due_at=due_at, reason="SK 7/2026"
    )


def finish(course: Course, person: Person, office: Office) -> None:
    due(course, office, people=[person], days=9)
    enrolment = current_enrolment(person, course.page.pk)
    for activity in (course.lesson, course.plain, course.quiz):
        decide_by_staff(
            enrolment=enrolment, activity_id=activity.pk, complete=True, by=office.head, reason="Sudah ditunjukkan"
        )
    assert enrolment.completion == Completion.COMPLETE
