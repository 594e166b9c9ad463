"""An editor writes a lesson in the admin, a reviewer publishes it, and a learner who is enrolled reads it."""

import pytest

from completion.services import enrol
from courses.editorial import prepare_shelf
from courses.models import CoursePage, LessonPage
from courses.services import refresh_course
from people.services import grant_role
from tests.factories import CoursePageFactory, LessonPageFactory, ModulePageFactory

from .world import colleague, make_office

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TITLE = "Bingkisan di loket"
# Kind of block, the name an editor sees in the picker, and what is written into its fields.
BLOCKS = [
    ("rich_text", "Text", {"": "Warga datang membawa hak, bukan meminta pertolongan."}),
    ("key_points", "Key points", {"title": "Yang perlu diingat", "points-0-value": "Catat lebih dahulu."}),
    ("callout", "Callout", {"title": "Kalimat siap pakai", "text": "Terima kasih, layanan ini gratis."}),
    ("quotation", "Quotation", {"text": "Perlakuan khusus bagi kelompok rentan.", "source": "UU 25/2009, pasal 4"}),
    ("term", "Term", {"name": "Gratifikasi", "definition": "Pemberian dalam arti luas."}),
]


@pytest.fixture
def staff():
    """An office whose agency has a shelf with a course of one lesson; its editor, its reviewer and a learner in it."""
    office = make_office()
    agency = office.unit.agency
    people = {"learner": office.learner}
    for role in ("editor", "reviewer"):
        people[role] = colleague(office.unit, name=role.capitalize())
        grant_role(person=people[role], agency=agency, role=role)
    course = CoursePageFactory(parent=prepare_shelf(agency), title="Etika di loket")
    module = ModulePageFactory(parent=course, title="Menjaga integritas")
    LessonPageFactory(parent=module, title="Hak warga")
    refresh_course(course=course)
    people["course"] = CoursePage.objects.get(pk=course.pk)
    people["module"] = module
    enrol(person=office.learner, course=people["course"])
    return people


def test_lesson_goes_from_editor_to_reviewer_to_learner(desktop, phone, staff):
    learner = phone(staff["learner"])
    learner.goto(staff["course"].url)
    assert learner.locator("main a", has_text=TITLE).count() == 0

    editor = desktop(staff["editor"])
    start_lesson(editor, staff["module"])
    for number, (kind, name, words) in enumerate(BLOCKS):
        add_block(editor, number, kind, name)
        for field, text in words.items():
            write(editor, f"body-{number}-value{'-' if field else ''}{field}", text)
    save_draft(editor)
    lesson = LessonPage.objects.get(title=TITLE)
    draft = lesson.get_latest_revision_as_object()
    assert [block.block_type for block in draft.body] == [kind for kind, _name, _words in BLOCKS]
    assert not lesson.live
    assert editor.locator("[name=action-publish]").count() == 0
    learner.reload()
    assert learner.locator("main a", has_text=TITLE).count() == 0

    submit_to_review(editor)
    assert LessonPage.objects.get(pk=lesson.pk).workflow_in_progress
    publish_as_reviewer(desktop(staff["reviewer"]), lesson)
    assert LessonPage.objects.get(pk=lesson.pk).live

    learner.reload()
    learner.locator("main a", has_text=TITLE).click()
    learner.wait_for_selector("article > .prose")
    read = learner.text_content("article > .prose")
    assert [text for _kind, _name, words in BLOCKS for text in words.values() if text not in read] == []


def start_lesson(page, module) -> None:
    """Choose what to add to the module; only kinds of activity are offered."""
    page.goto(f"/admin/pages/{module.pk}/add_subpage/")
    page.locator("main a[href*='/add/courses/lessonpage/']").first.click()
    page.wait_for_selector("#body-root")
    page.fill("#id_title", TITLE)


def add_block(page, number: int, kind: str, name: str) -> None:
    page.locator("#body-root > [data-streamfield-stream-container] > div > .c-sf-add-button").last.click()
    page.get_by_role("option", name=name, exact=True).click()
    page.wait_for_selector(f"[name=body-{number}-type][value={kind}]", state="attached")


def write(page, name: str, text: str) -> None:
    """Write into a field of a block: a line, or a rich text, whose own input is hidden."""
    field = page.locator(f"[id='{name}']")
    if field.get_attribute("type") != "hidden":
        field.fill(text)
        return
    field.locator("xpath=following-sibling::*").get_by_role("textbox").click()
    page.keyboard.type(text)
    # The rich text editor hands on what was typed a quarter of a second later.
    page.wait_for_function("([id, text]) => document.getElementById(id).value.includes(text)", arg=[name, text])


def save_draft(page) -> None:
    page.locator("footer .action-save").click()
    page.wait_for_selector(".messages .success")


def submit_to_review(page) -> None:
    page.locator("footer [data-w-dropdown-target=toggle]").click()
    page.locator("footer [name=action-submit]").click()
    page.wait_for_selector(".messages .success")


def publish_as_reviewer(page, lesson) -> None:
    page.goto("/admin/")
    page.locator(f"main a[href='/admin/pages/{lesson.pk}/edit/']").first.click()
    page.wait_for_selector("#body-root")
    page.locator("footer [data-w-dropdown-target=toggle]").click()
    page.locator("footer [data-workflow-action-name=approve]").first.click()
    page.wait_for_selector(".messages .success")
