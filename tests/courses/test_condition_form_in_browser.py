"""The tree of an access condition in a real browser: built by keyboard, said in a sentence, kept as JSON."""

import pytest

from courses.models import LessonPage
from tests.factories import PersonFactory, lessons_of, make_course

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_an_editor_builds_a_nested_condition_with_the_keyboard(desktop, live_server):
    course = make_course(lessons=3)
    first, second, third = lessons_of(course)
    editor = PersonFactory(is_superuser=True, language="en")
    page = desktop(editor)
    page.goto(f"/admin/pages/{third.pk}/edit/")
    page.get_by_role("tab", name="Settings").click()
    field = page.locator("[data-condition]")
    field.get_by_role("button", name="Add a condition").press("Enter")
    field.get_by_label("Which one").select_option(label=first.title)
    field.get_by_role("button", name="Add a group").press("Enter")
    inner = field.locator(".condition__group .condition__group")
    inner.get_by_label("What is asked").select_option("mark")
    inner.get_by_label("Which one").select_option(label=second.title)
    inner.get_by_label("At least, in percent").fill("70")
    inner.get_by_role("button", name="Add a condition").press("Enter")
    inner.get_by_label("What is asked").nth(1).select_option("from")
    inner.get_by_label("Date and time").fill("2026-12-01T08:00")
    inner.get_by_label("Time zone").select_option(label="WIT")
    told = field.locator("[data-condition-sentence]").inner_text()
    assert told == (
        f"Opens when “{first.title}” is finished and "
        f"(the mark in “{second.title}” is at least 70% or it is 01/12/2026 08.00 WIT or later)."
    )
    page.get_by_role("button", name="Save draft").first.click()
    page.wait_for_load_state("networkidle")
    draft = LessonPage.objects.get(pk=third.pk).get_latest_revision_as_object()
    mark = {"mark": second.pk, "at_least": 70}
    assert draft.condition == {"all": [{"finished": first.pk}, {"any": [mark, {"from": "2026-12-01T08:00:00+09:00"}]}]}
    page.goto(f"/admin/pages/{third.pk}/edit/")
    page.get_by_role("tab", name="Settings").click()
    assert page.locator(".condition__row").count() == 3
    assert page.get_by_label("Date and time").input_value() == "2026-12-01T08:00"
    page.locator(".condition__row").last.get_by_text("Remove", exact=True).click()
    assert page.locator(".condition__row").count() == 2
