"""Loading the starter curriculum: the same however often, editors' work untouched, all or nothing."""

from io import StringIO

import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command

from courses.content_loading import load_content
from courses.markdown_prose import ContentError
from courses.models import CourseEdition, CoursePage, LessonPage, LoadedContent, ModulePage, PathPage, ShelfPage
from library.models import Picture
from questions.models import Question, QuestionVersion
from questions.services import category_at, save_version
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


def test_load_sets_the_rules_of_a_quiz_and_its_draws(folder):
    rules = "behaviour: interactive\nmethod: last\ndelay: 30\ntime_limit: 20\nper_page: 0\nsequential: true\n"
    draws = 'draw:\n  - "1 from Etika dasar/Kasus"\n  - 2 from Etika dasar tags loket, hadiah\n'
    write(folder, {"etika/01-loket/90-kuis-akhir.quiz.md": QUIZ.replace("attempts", rules + draws + "attempts")})
    report = load_content(folder=folder)
    quiz = QuizPage.objects.get()
    assert (quiz.behaviour, quiz.grading_method, quiz.delay_minutes) == ("interactive", "last", 30)
    assert (quiz.time_limit_minutes, quiz.questions_per_page, quiz.sequential) == (20, 0, True)
    slots = list(quiz.slots.all())
    assert [slot.category and slot.category.name for slot in slots] == [None, None, "Kasus", "Etika dasar"]
    assert [(slot.draw_count, slot.draw_tags) for slot in slots[2:]] == [(1, ""), (2, "loket, hadiah")]
    assert len([line for line in report.kept if "learners cannot begin yet" in line]) == 2
    write(folder, {"etika/01-loket/90-kuis-akhir.quiz.md": QUIZ.replace("attempts", draws + "attempts")})
    load_content(folder=folder)
    assert [slot.pk for slot in QuizPage.objects.get().slots.all()] == [slot.pk for slot in slots]


def test_quiz_of_draws_alone_needs_no_file_of_questions(folder):
    (folder / "etika/01-loket/90-kuis-akhir.gift").unlink()
    quiz = QUIZ.replace("attempts", "draw:\n  - 1 from Etika\nattempts")
    write(folder, {"etika/01-loket/90-kuis-akhir.quiz.md": quiz})
    load_content(folder=folder)
    assert [slot.draw_count for slot in QuizPage.objects.get().slots.all()] == [1]


def test_load_takes_questions_of_every_kind_that_gift_holds(folder):
    gift = (
        GIFT
        + "\n::A-03 Kota:: Di mana? {=Palu =%50%Sigi}\n\n::A-04 Berapa:: 1+1? {#2:0}\n\n::A-05 Esai:: Jelaskan. {}\n"
    )
    write(folder, {"etika/01-loket/90-kuis-akhir.gift": gift})
    load_content(folder=folder)
    kinds = [slot.question.kind for slot in QuizPage.objects.get().slots.all()]
    assert kinds == ["single", "truefalse", "shorttext", "numerical", "essay"]


# --- the bank --------------------------------------------------------------------------------------------------------

BANK = """$CATEGORY: Hadiah

// [tag:tingkat: ingat]
::A-01 Buah:: Apa? {=Catat#Tepat. ~Bagi#Belum.}

::A-02 Kue:: Ya? {TRUE}
"""
DRAWS = QUIZ.replace("attempts", "draw:\n  - 1 from Bank etika/Hadiah tags tingkat: ingat\nattempts")


@pytest.fixture
def with_bank(folder):
    (folder / "etika/01-loket/90-kuis-akhir.gift").unlink()
    quiz = {"etika/01-loket/90-kuis-akhir.quiz.md": DRAWS}
    write(
        folder, {**quiz, "etika/course.md": COURSE.replace("aims", "bank: Bank etika\naims"), "etika/bank.gift": BANK}
    )
    return folder


def test_load_puts_a_bank_where_quizzes_of_the_same_load_draw_from_it(with_bank):
    report = load_content(folder=with_bank)
    assert report.kept == []
    assert "etika/bank.gift" in report.made
    question = Question.objects.get(idnumber="A-01")
    assert (question.category.parent.name, question.category.name) == ("Bank etika", "Hadiah")
    assert list(question.tags.names()) == ["tingkat: ingat"]


def test_load_gives_a_bank_the_name_of_its_course(with_bank):
    write(with_bank, {"etika/course.md": COURSE})
    report = load_content(folder=with_bank)
    assert Question.objects.get(idnumber="A-01").category.parent.name == "Etika"
    assert [line for line in report.kept if "learners cannot begin yet" in line]


def test_load_again_changes_only_the_question_that_its_file_changed(with_bank):
    load_content(folder=with_bank)
    assert "etika/bank.gift" in load_content(folder=with_bank).unchanged
    write(with_bank, {"etika/bank.gift": BANK.replace("Catat#", "Mencatat#")})
    assert load_content(folder=with_bank).updated == ["etika/bank.gift"]
    assert [Question.objects.get(idnumber=code).versions.count() for code in ("A-01", "A-02")] == [2, 1]


def test_load_finds_a_question_of_the_bank_that_an_editor_put_elsewhere(with_bank):
    load_content(folder=with_bank)
    question = Question.objects.get(idnumber="A-01")
    question.category = category_at(path="Lain/Sekali", below=question.category.parent)
    question.save()
    write(with_bank, {"etika/bank.gift": BANK.replace("Catat#", "Mencatat#")})
    load_content(folder=with_bank)
    assert Question.objects.filter(idnumber="A-01").count() == 1
    assert question.versions.count() == 2


def test_load_keeps_a_question_of_the_bank_that_a_person_rewrote(with_bank):
    load_content(folder=with_bank)
    question = Question.objects.get(idnumber="A-01")
    data = {**question.versions.get().data, "text": "<p>Kata editor?</p>"}
    save_version(question=question, data=data, by=PersonFactory())
    write(with_bank, {"etika/bank.gift": BANK.replace("Catat#", "Mencatat#")})
    report = load_content(folder=with_bank)
    assert "Kata editor?" in question.versions.order_by("-number").first().data["text"]
    assert [line for line in report.kept if line.startswith("etika/bank.gift") and "A-01" in line]


def test_load_leaves_a_code_to_the_kind_that_has_it(with_bank):
    load_content(folder=with_bank)
    write(with_bank, {"etika/bank.gift": BANK.replace("{TRUE}", "{=ya}")})
    report = load_content(folder=with_bank)
    assert [line for line in report.kept if "A-02" in line]
    assert Question.objects.get(idnumber="A-02").kind == "truefalse"


# --- pictures --------------------------------------------------------------------------------------------------------

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 480 300"><title>Alur</title><text y="20">3 hari</text></svg>'
)
FIGURE = '\n::: figure file="alur.svg" alt="Alur keluhan." caption="Tiga hari."\nKeluhan dijawab dalam 3 hari.\n:::\n'


@pytest.fixture
def with_picture(folder, settings, tmp_path_factory):
    settings.MEDIA_ROOT = tmp_path_factory.mktemp("media")
    write(folder, {"etika/01-loket/01-mengapa.md": LESSON + FIGURE, "etika/01-loket/alur.svg": SVG})
    return folder


def figure():
    return next(block.value for block in lesson().body if block.block_type == "figure")


def stored(settings):
    return [path.name for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]


def test_load_puts_a_picture_into_the_library_and_its_words_into_the_lesson(with_picture):
    load_content(folder=with_picture)
    value = figure()
    assert (value["alt"], value["caption"], str(value["words"].source)) == (
        "Alur keluhan.",
        "Tiga hari.",
        "<p>Keluhan dijawab dalam 3 hari.</p>",
    )
    picture = value["picture"]
    assert (picture.title, picture.collection.name, picture.is_svg()) == ("Tiga hari.", "Kurikulum awal", True)
    assert (picture.width, picture.height, picture.file.read()) == (480, 300, SVG.encode())


def test_load_again_keeps_the_picture_and_the_revision(with_picture):
    load_content(folder=with_picture)
    before = lesson().latest_revision_id
    write(with_picture, {"etika/01-loket/02-lagi.md": LESSON + FIGURE})
    load_content(folder=with_picture)
    assert lesson().latest_revision_id == before
    assert Picture.objects.count() == 1


def test_load_gives_a_changed_file_a_picture_of_its_own(with_picture):
    load_content(folder=with_picture)
    before = figure()["picture"]
    write(with_picture, {"etika/01-loket/alur.svg": SVG.replace("3 hari", "5 hari")})
    assert load_content(folder=with_picture).updated == ["etika/01-loket/01-mengapa.md"]
    assert figure()["picture"] != before
    assert b"5 hari" in figure()["picture"].file.read()
    assert b"3 hari" in before.file.read()


def test_load_keeps_a_picture_that_an_editor_put_in_its_place(with_picture):
    load_content(folder=with_picture)
    page = lesson()
    shown = next(block for block in page.body if block.block_type == "figure")
    own = Picture(title="Dari editor", file=ContentFile(SVG.encode(), name="editor.svg"))
    own.save()
    shown.value["picture"] = own
    page.save_revision(user=PersonFactory()).publish()
    write(with_picture, {"etika/01-loket/alur.svg": SVG.replace("3 hari", "5 hari")})
    report = load_content(folder=with_picture)
    assert figure()["picture"] == own
    assert [line for line in report.kept if "01-mengapa.md" in line]


def test_load_that_is_taken_back_leaves_no_file_in_the_store(with_picture, settings, monkeypatch):
    load_content(folder=with_picture, dry_run=True)
    assert stored(settings) == []
    monkeypatch.setattr("courses.content_loading._put", lambda *args: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        load_content(folder=with_picture)
    assert stored(settings) == []
    assert not Picture.objects.exists()


# --- all or nothing --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("etika/course.md", COURSE.replace("Integritas", "Kesaktian")),
        ("etika/01-loket/01-mengapa.md", "Teks tanpa kepala."),
        ("etika/01-loket/01-mengapa.md", LESSON + "\n::: sulap\nx\n:::\n"),
        ("etika/01-loket/01-mengapa.md", LESSON + f'\n::: quotation source="{"x" * 300}"\nKata.\n:::\n'),
        ("etika/01-loket/90-kuis-akhir.quiz.md", QUIZ.replace("80", "180")),
        ("etika/01-loket/90-kuis-akhir.quiz.md", QUIZ.replace("80", "80\nbehaviour: sulap")),
        ("etika/01-loket/90-kuis-akhir.quiz.md", QUIZ.replace("80", "80\ndraw: 5 from Etika")),
        ("etika/01-loket/90-kuis-akhir.quiz.md", QUIZ.replace("80", "80\ndraw:\n  - lima dari Etika")),
        ("etika/01-loket/90-kuis-akhir.quiz.md", QUIZ.replace("80", "80\ndraw:\n  - 0 from Etika")),
        ("etika/01-loket/90-kuis-akhir.gift", ""),
        ("etika/01-loket/90-kuis-akhir.gift", GIFT.replace("=Catat", "~Catat")),
        ("etika/01-loket/90-kuis-akhir.gift", GIFT.replace("A-02 Benar", "A-01 Benar")),
        ("etika/01-loket/90-kuis-akhir.gift", GIFT.replace("A-02 Benar", "Benar saja")),
        ("etika/02-kosong/01-a.md", LESSON),
        ("etika/bank.gift", ""),
        ("etika/bank.gift", BANK.replace("A-02 Kue", "A-01 Kue")),
        ("etika/bank.gift", BANK.replace("A-02 Kue", "Kue saja")),
        ("etika/bank.gift", BANK.replace("=Catat", "~Catat")),
        ("etika/course.md", COURSE.replace("aims", "bank: Etika\naims")),
        ("etika/01-loket/90-kuis-akhir.quiz.md", QUIZ.replace("80", "80\ndraw:\n  - 1 from Etika\n  - 2 from Etika")),
        ("etika/01-loket/01-mengapa.md", LESSON + FIGURE),
        ("etika/01-loket/alur.svg", SVG),
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


def test_check_names_every_mistake_and_writes_nothing(folder):
    out, err = StringIO(), StringIO()
    call_command("load_content", path=folder, check=True, stdout=out)
    assert "No mistake" in out.getvalue()
    bad = {"etika/course.md": "kosong", "etika/01-loket/01-mengapa.md": LESSON + "\n::: sulap\nx\n:::\n"}
    write(folder, bad)
    with pytest.raises(CommandError):
        call_command("load_content", path=folder, check=True, stderr=err)
    assert {line.split(":")[0] for line in err.getvalue().splitlines()} == set(bad)
    assert not CoursePage.objects.exists()
    assert not Question.objects.exists()


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


# --- learning paths --------------------------------------------------------------------------------------------------

PATH = "---\ntitle: Lintasan\nsummary: Satu.\ncourses:\n  - course: etika\n    milestone: Dasar\n---\nPengantar.\n"


def test_load_makes_a_learning_path_of_courses(folder):
    write(folder, {"lintasan/path.md": PATH})
    load_content(folder=folder)
    path = PathPage.objects.get()
    assert path.live
    assert [(step.course.slug, step.milestone, step.required) for step in path.steps.all()] == [
        ("etika", "Dasar", True)
    ]
    assert load_content(folder=folder).updated == []
    assert PathPage.objects.count() == 1


def test_path_of_an_unknown_course_loads_nothing(folder):
    write(folder, {"lintasan/path.md": PATH.replace("etika", "tidak-ada")})
    with pytest.raises(ContentError) as refused:
        load_content(folder=folder)
    assert "lintasan/path.md" in str(refused.value)
    assert not CoursePage.objects.exists()


def test_step_that_is_no_course_is_named_with_its_line(folder):
    write(folder, {"lintasan/path.md": PATH.replace("milestone: Dasar", "tonggak: Dasar")})
    with pytest.raises(ContentError) as refused:
        load_content(folder=folder)
    assert "lintasan/path.md:4" in str(refused.value)
