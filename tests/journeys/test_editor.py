"""An editor writes a lesson in the admin, a reviewer publishes it, and a learner who is enrolled reads it."""

import time

import pytest
from wagtail.admin.views.pages.create import CreateView

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


@pytest.mark.parametrize("pause", [0, 3500], ids=["before the autosave", "while it is answered"])
def test_saving_while_an_autosave_is_on_its_way_makes_one_page(desktop, staff, monkeypatch, pause):
    answer_late(monkeypatch, CreateView, seconds=2)
    page = desktop(staff["editor"])
    start_lesson(page, staff["module"])
    page.wait_for_timeout(2500)  # before that Wagtail takes everything for the form's first state
    page.fill("#id_title", f"{TITLE} hari ini")
    page.wait_for_timeout(500 + pause)
    save_draft(page)
    assert page.url.endswith("/edit/")
    assert LessonPage.objects.filter(title__startswith=TITLE).count() == 1
    submit_to_review(page)
    assert LessonPage.objects.get(title=f"{TITLE} hari ini").workflow_in_progress


def answer_late(monkeypatch, view, *, seconds: int) -> None:
    """Let what a script sends be done at once and answered after some seconds, as on a bad line."""
    dispatch = view.dispatch

    def late(self, request, *args, **kwargs):
        response = dispatch(self, request, *args, **kwargs)
        if request.method == "POST" and self.expects_json_response:
            time.sleep(seconds)
        return response

    monkeypatch.setattr(view, "dispatch", late)


def start_lesson(page, module) -> None:
    """Choose what to add to the module; only kinds of activity are offered."""
    page.goto(f"/admin/pages/{module.pk}/add_subpage/")
    page.locator("main a[href*='/add/courses/lessonpage/']").first.click()
    page.wait_for_url("**/add/courses/lessonpage/**")
    page.fill("#id_title", TITLE)
    page.keyboard.press("Tab")
    page.wait_for_function("() => document.getElementById('id_slug').value !== ''")


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
    """Somebody learns here already, so the editor is asked whom the new lesson touches."""
    press_submit(page)
    page.get_by_role("tab", name="Settings").click()
    page.check("[name=change_effect][value=new]")
    press_submit(page)
    page.wait_for_selector(".messages .success")


def press_submit(page) -> None:
    page.locator("footer [data-w-dropdown-target=toggle]").click()
    page.locator("footer [name=action-submit]").click()
    page.wait_for_selector(".messages li")


def publish_as_reviewer(page, lesson) -> None:
    page.goto("/admin/")
    page.locator(f"main a[href='/admin/pages/{lesson.pk}/edit/']").first.click()
    page.wait_for_selector("#body-root")
    page.locator("footer [data-w-dropdown-target=toggle]").click()
    page.locator("footer [data-workflow-action-name=approve]").first.click()
    page.wait_for_selector(".messages .success")
