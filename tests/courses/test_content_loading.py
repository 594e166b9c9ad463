"""Loading the starter curriculum: the same however often, editors' work untouched, all or nothing."""

from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from courses.content_loading import load_content
from courses.markdown_prose import ContentError
from courses.models import CourseEdition, CoursePage, LessonPage, LoadedContent, ModulePage, ShelfPage
from questions.models import Question, QuestionVersion
from quizzes.models import QuizPage
from tests.factories import PersonFactory

COURSE = """---
title: "Etika"
summary: "Ringkas."
competencies:
  - Integritas
topics:
  - etika
aims:
  - "Menimbang."
---
Halo.
"""
MODULE = '---\ntitle: "Di loket"\n---\nSatu kalimat.\n'
LESSON = '---\ntitle: "Mengapa"\nminutes: 7\nsources:\n  - text: "UU"\n---\nTeks.\n\n::: term name="A"\nArti.\n:::\n'
QUIZ = '---\ntitle: "Kuis akhir"\nminutes: 10\npass_mark: 80\nattempts: 2\n---\nKerjakan.\n'
GIFT = "// [tag:etika]\n::A-01 Buah:: Apa? {\n=Catat#Tepat.\n~Bagi#Belum.\n}\n\n::A-02 Benar:: Ya? {TRUE#salah#betul}\n"
FILES = {
    "etika/course.md": COURSE,
    "etika/01-loket/module.md": MODULE,
    "etika/01-loket/01-mengapa.md": LESSON,
    "etika/01-loket/90-kuis-akhir.quiz.md": QUIZ,
    "etika/01-loket/90-kuis-akhir.gift": GIFT,
}


@pytest.fixture
def folder(tmp_path, db):
    write(tmp_path, FILES)
    return tmp_path


def write(folder, files):
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")


def lesson():
    return LessonPage.objects.get(slug="mengapa")


def edit(page, **fields):
    """Save a page as an editor does."""
    for name, value in fields.items():
        setattr(page, name, value)
    page.save_revision(user=PersonFactory()).publish()


# --- what is made ----------------------------------------------------------------------------------------------------


def test_load_makes_live_pages_in_the_shared_shelf(folder):
    report = load_content(folder=folder)
    assert len(report.made) == 4
    assert not report.kept
    course = CoursePage.objects.get()
    assert course.get_parent().slug == "bersama"
    assert course.competencies.get().competency.name == "Integritas"
    assert list(course.topics.names()) == ["etika"]
    assert [aim.value for aim in course.aims] == ["Menimbang."]
    page = lesson()
    assert page.live
    assert page.url_path == "/home/katalog/bersama/etika/loket/mengapa/"
    assert [block.block_type for block in page.body] == ["rich_text", "term"]
    assert page.sources[0].value["certainty"] == "unverified"
    assert not page.has_unpublished_changes


def test_load_puts_the_questions_of_a_quiz_into_the_bank_in_order(folder):
    load_content(folder=folder)
    quiz = QuizPage.objects.get()
    assert (quiz.pass_mark, quiz.attempts_allowed, quiz.planned_minutes) == (80, 2, 10)
    assert [slot.question.idnumber for slot in quiz.slots.all()] == ["A-01", "A-02"]
    question = quiz.slots.first().question
    assert (question.category.parent.name, question.category.name) == ("Etika", "Kuis akhir")
    assert list(question.tags.names()) == ["etika"]
    data = quiz.slots.last().question.versions.get().data
    assert "betul" in data["feedback_true"]


def test_load_makes_one_edition_a_course(folder, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        load_content(folder=folder)
    (edition,) = CourseEdition.objects.all()
    assert [entry.kind for entry in edition.activities.all()] == ["lesson", "quiz"]


def test_load_leaves_drafts_unpublished_and_uncounted(folder, django_capture_on_commit_callbacks):
    write(folder, {"etika/01-loket/02-nanti.md": LESSON.replace("minutes", "status: draft\nminutes")})
    with django_capture_on_commit_callbacks(execute=True):
        load_content(folder=folder)
    draft = LessonPage.objects.get(slug="nanti")
    assert not draft.live
    assert draft.latest_revision is not None
    assert CourseEdition.objects.get().activities.count() == 2


def test_load_publishes_nothing_below_a_draft(folder):
    write(folder, {"etika/01-loket/module.md": MODULE.replace("---\nSatu", "status: draft\n---\nSatu")})
    load_content(folder=folder)
    assert CoursePage.objects.get().live
    assert not ModulePage.objects.get().live
    assert not lesson().live


# --- again -----------------------------------------------------------------------------------------------------------


def test_load_twice_changes_nothing(folder):
    load_content(folder=folder)
    before = [(page.pk, page.latest_revision_id, page.last_published_at) for page in LessonPage.objects.all()]
    report = load_content(folder=folder)
    assert (len(report.unchanged), report.made, report.updated, report.kept, report.missing) == (4, [], [], [], [])
    assert before == [(page.pk, page.latest_revision_id, page.last_published_at) for page in LessonPage.objects.all()]
    assert QuestionVersion.objects.count() == 2
    assert ShelfPage.objects.count() == 1


def test_load_updates_what_its_file_changed(folder):
    load_content(folder=folder)
    primary = lesson().pk
    write(folder, {"etika/01-loket/01-mengapa.md": LESSON.replace("Teks.", "Teks baru.")})
    assert load_content(folder=folder).updated == ["etika/01-loket/01-mengapa.md"]
    assert "Teks baru." in str(lesson().body)
    assert lesson().pk == primary


def test_load_knows_a_renumbered_file_again(folder):
    load_content(folder=folder)
    (folder / "etika/01-loket/01-mengapa.md").rename(folder / "etika/01-loket/05-mengapa.md")
    report = load_content(folder=folder)
    assert (report.made, report.missing) == ([], [])


def test_load_puts_a_later_file_in_its_place(folder):
    write(folder, {"etika/01-loket/03-ketiga.md": LESSON})
    load_content(folder=folder)
    write(folder, {"etika/01-loket/02-kedua.md": LESSON, "etika/01-loket/00-pembuka.md": LESSON})
    load_content(folder=folder)
    slugs = [page.slug for page in ModulePage.objects.get().get_children()]
    assert slugs == ["pembuka", "mengapa", "kedua", "ketiga", "kuis-akhir"]


def test_load_makes_a_new_version_of_a_question_its_file_changed(folder):
    load_content(folder=folder)
    slots = list(QuizPage.objects.get().slots.values_list("pk", flat=True))
    write(folder, {"etika/01-loket/90-kuis-akhir.gift": GIFT.replace("Catat#", "Mencatat#")})
    load_content(folder=folder)
    assert Question.objects.get(idnumber="A-01").versions.count() == 2
    assert Question.objects.get(idnumber="A-02").versions.count() == 1
    assert list(QuizPage.objects.get().slots.values_list("pk", flat=True)) == slots


def test_load_withdraws_a_page_whose_file_became_a_draft(folder):
    load_content(folder=folder)
    write(folder, {"etika/01-loket/01-mengapa.md": LESSON.replace("minutes", "status: draft\nminutes")})
    load_content(folder=folder)
    assert not lesson().live


# --- what editors did ------------------------------------------------------------------------------------------------


def test_load_keeps_what_an_editor_published(folder):
    load_content(folder=folder)
    edit(lesson(), title="Judul editor")
    write(folder, {"etika/01-loket/01-mengapa.md": LESSON.replace("Teks.", "Teks baru.")})
    report = load_content(folder=folder)
    assert lesson().title == "Judul editor"
    assert report.updated == []
    assert [line for line in report.kept if "01-mengapa.md" in line and "Judul editor" in line]


def test_load_keeps_what_an_editor_only_drafted(folder):
    load_content(folder=folder)
    page = lesson()
    page.title = "Rancangan"
    page.save_revision(user=PersonFactory())
    write(folder, {"etika/01-loket/01-mengapa.md": LESSON.replace("Teks.", "Teks baru.")})
    load_content(folder=folder)
    assert lesson().get_latest_revision_as_object().title == "Rancangan"
    assert "Teks baru." not in str(lesson().body)


def test_load_keeps_withdrawn_what_an_editor_withdrew(folder):
    load_content(folder=folder)
    lesson().unpublish()
    report = load_content(folder=folder)
    assert not lesson().live
    assert len(report.kept) == 1


def test_load_does_not_bring_back_what_an_editor_deleted(folder):
    load_content(folder=folder)
    lesson().delete()
    report = load_content(folder=folder)
    assert not LessonPage.objects.exists()
    assert [line for line in report.kept if "deleted" in line]


def test_load_keeps_a_question_a_person_rewrote(folder):
    from questions.services import save_version

    load_content(folder=folder)
    question = Question.objects.get(idnumber="A-01")
    data = {**question.versions.get().data, "text": "<p>Kata editor?</p>"}
    save_version(question=question, data=data, by=PersonFactory())
    write(folder, {"etika/01-loket/90-kuis-akhir.gift": GIFT.replace("Catat#", "Mencatat#")})
    report = load_content(folder=folder)
    assert "Kata editor?" in question.versions.order_by("-number").first().data["text"]
    assert [line for line in report.kept if "A-01" in line]


def test_load_leaves_a_page_of_an_editor_at_the_same_address(folder):
    load_content(folder=folder)
    module = ModulePage.objects.get()
    module.add_child(instance=LessonPage(title="Dari editor", slug="kedua"))
    write(folder, {"etika/01-loket/02-kedua.md": LESSON})
    report = load_content(folder=folder)
    assert LessonPage.objects.get(slug="kedua").title == "Dari editor"
    assert [line for line in report.kept if "Dari editor" in line]


def test_load_names_pages_without_a_file_and_deletes_none(folder):
    load_content(folder=folder)
    (folder / "etika/01-loket/01-mengapa.md").unlink()
    report = load_content(folder=folder)
    assert report.missing == ["etika/01-loket/01-mengapa.md: Mengapa"]
    assert lesson().live


# --- all or nothing --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("etika/course.md", COURSE.replace("Integritas", "Kesaktian")),
        ("etika/01-loket/01-mengapa.md", "Teks tanpa kepala."),
        ("etika/01-loket/01-mengapa.md", LESSON + "\n::: sulap\nx\n:::\n"),
        ("etika/01-loket/01-mengapa.md", LESSON + f'\n::: quotation source="{"x" * 300}"\nKata.\n:::\n'),
        ("etika/01-loket/90-kuis-akhir.quiz.md", QUIZ.replace("80", "180")),
        ("etika/01-loket/90-kuis-akhir.gift", ""),
        ("etika/01-loket/90-kuis-akhir.gift", GIFT.replace("=Catat", "~Catat")),
        ("etika/01-loket/90-kuis-akhir.gift", GIFT.replace("A-02 Benar", "A-01 Benar")),
        ("etika/01-loket/90-kuis-akhir.gift", GIFT.replace("A-02 Benar", "Benar saja")),
        ("etika/02-kosong/01-a.md", LESSON),
    ],
)
def test_bad_file_loads_nothing(folder, path, text):
    write(folder, {path: text})
    with pytest.raises(ContentError) as caught:
        load_content(folder=folder)
    assert caught.value.problems
    assert not CoursePage.objects.exists()
    assert not Question.objects.exists()
    assert not LoadedContent.objects.exists()


def test_quiz_without_its_questions_loads_nothing(folder):
    (folder / "etika/01-loket/90-kuis-akhir.gift").unlink()
    with pytest.raises(ContentError, match=r"90-kuis-akhir\.gift:1"):
        load_content(folder=folder)


def test_dry_run_says_what_it_would_do_and_does_nothing(folder):
    assert len(load_content(folder=folder, dry_run=True).made) == 4
    assert not CoursePage.objects.exists()
    assert not Question.objects.exists()


def test_command_reports_and_names_mistakes(folder):
    out, err = StringIO(), StringIO()
    call_command("load_content", path=folder, stdout=out)
    assert "4 made" in out.getvalue()
    write(folder, {"etika/course.md": "kosong"})
    with pytest.raises(CommandError, match="nothing was loaded"):
        call_command("load_content", path=folder, stderr=err)
    assert "etika/course.md:1" in err.getvalue()


def test_real_content_loads_whole(db):
    report = load_content(folder=settings.BASE_DIR / "content")
    assert report.kept == []
    assert len(report.made) > 50
    ethics = CoursePage.objects.get(slug="etika-pelayanan-publik")
    assert ethics.live
    assert LessonPage.objects.descendant_of(ethics).live().count() == 7
    assert QuizPage.objects.live().count() == 3
