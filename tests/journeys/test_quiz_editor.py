"""An editor makes a quiz of a question, one held to its version and a draw, publishes it, and tries it as a learner."""

import pytest

from courses.models import CoursePage
from courses.services import refresh_course
from questions.services import save_version
from quizzes.models import Attempt, QuizPage
from tests.factories import CategoryFactory, CoursePageFactory, ModulePageFactory, PersonFactory, ready_question, single

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def module():
    course = CoursePageFactory(title="Etika di loket")
    made = ModulePageFactory(parent=course, title="Menjaga integritas")
    refresh_course(course=CoursePage.objects.get(pk=course.pk))
    return made


@pytest.fixture
def bank():
    """Two questions to choose, the second with a newer version, and a category of three to draw from."""
    for name in ("Angpao di loket", "Antrean panjang"):
        ready_question(single(f"{name}?"), name=name)
    changed = ready_question(single("Rumusan lama?"), name="Bingkisan lebaran")
    save_version(question=changed, data=single("Rumusan baru?"))
    category = CategoryFactory(agency=None, name="Kasus harian")
    for number in range(3):
        question = ready_question(single(f"Kasus {number}?"), name=f"Kasus {number}")
        question.category = category
        question.save()
    return category


def test_editor_makes_a_quiz_and_tries_it(desktop, module, bank):
    page = desktop(PersonFactory(is_superuser=True, language="en"))
    page.goto(f"/admin/pages/add/quizzes/quizpage/{module.pk}/")
    page.fill("#id_title", "Kuis akhir")
    choose(page, "Angpao di loket", "Bingkisan lebaran")
    page.wait_for_selector("select#id_slots-1-pinned_version option:has-text('version 1')", state="attached")
    assert page.locator("#id_slots-0-category").is_hidden()
    page.select_option("#id_slots-1-pinned_version", label="version 1")

    page.click("#id_slots-DRAW")
    assert page.locator("#id_slots-2-pinned_version").is_hidden()
    page.select_option("#id_slots-2-category", str(bank.pk))
    page.fill("#id_slots-2-draw_count", "4")
    page.wait_for_selector("text=only 3 questions are ready there")
    page.fill("#id_slots-2-draw_count", "2")
    page.wait_for_selector("text=Marks altogether: 4")
    assert page.locator(".slot-told--problem").count() == 0

    publish(page)
    quiz = QuizPage.objects.get(title="Kuis akhir")
    fixed, pinned, drawn = quiz.slots.all()
    assert (fixed.pinned_version, pinned.pinned_version.number) == (None, 1)
    assert (drawn.category, drawn.draw_count) == (bank, 2)

    page.goto(f"/kuis/{quiz.pk}/coba/")
    page.locator("main form button").first.click()
    page.wait_for_url("**/kuis/*/1/")
    asked = [row.version for row in Attempt.objects.get(quiz=quiz).questions.order_by("position")]
    assert [version.question.name for version in asked[:2]] == ["Angpao di loket", "Bingkisan lebaran"]
    assert asked[1].number == 1
    assert {version.question.category for version in asked[2:]} == {bank}
    page.goto(page.url.replace("/1/", "/2/"))
    assert "Rumusan lama?" in page.text_content("main")


def test_settings_that_do_nothing_are_folded_away(desktop, module):
    page = desktop(PersonFactory(is_superuser=True, language="en"))
    page.goto(f"/admin/pages/add/quizzes/quizpage/{module.pk}/")
    page.click("role=tab[name='Time']")
    assert page.locator("#id_grace_minutes").is_hidden()
    assert page.locator("#id_late_minutes").is_hidden()
    page.fill("#id_time_limit_minutes", "20")
    assert page.locator("#id_late_minutes").is_visible()
    page.select_option("#id_overdue_handling", "grace")
    assert page.locator("#id_grace_minutes").is_visible()
    page.click("role=tab[name='Marking and feedback']")
    page.wait_for_selector("#id_second_marker", state="hidden")
    during = page.locator("th[data-moment=during]")
    assert during.is_hidden()
    page.select_option("#id_behaviour", "interactive")
    assert during.is_visible()
    boxes = page.locator("[data-row=right_answer]:checked")
    assert boxes.count() == 4
    page.locator("[data-review-all=right_answer]").click()
    assert boxes.count() == 0


def choose(page, *names) -> None:
    """Choose several questions of the bank at once."""
    page.click("#id_slots-OPEN_MODAL")
    for name in names:
        page.locator(".modal-body tr", has_text=name).locator("input[type=checkbox]").check()
    page.click("[data-multiple-choice-submit]")
    page.wait_for_selector(".modal-body", state="detached")


def publish(page) -> None:
    page.locator("footer [data-w-dropdown-target=toggle]").click()
    page.locator("footer [name=action-publish]").click()
    page.wait_for_selector(".messages .success")
