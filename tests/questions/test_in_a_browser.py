"""The self-check and the form of a question in a real browser, with scripts and without."""

import pytest
from django.template.loader import render_to_string
from django.urls import reverse

from people.services import grant_role
from questions.kinds import get_kind
from questions.models import Question
from questions.rendering import self_check_context
from tests.factories import CategoryFactory, PersonFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def show(page, kind, shares):
    """Serve a self-check as if it stood in a lesson."""
    options = [
        {"id": "abc"[n], "text": f"Pilihan {n}", "fraction": share, "feedback": f"Ulasan {n}"}
        for n, share in enumerate(shares)
    ]
    data = get_kind(kind).clean({"text": "Apa?", "options": options, "general_feedback": "Ingat"})
    body = render_to_string("questions/self_check.html", self_check_context(kind, data, "periksa"))
    html = f"<!doctype html><title>Uji</title><main>{body}</main>"
    page.route("**/uji", lambda route: route.fulfill(body=html, content_type="text/html"))
    page.goto("/uji")


def test_self_check_says_what_belongs_to_the_choice(phone):
    page = phone()
    show(page, "single", ["0", "1", "1/2"])
    said = page.locator("[data-said]")
    page.get_by_role("button", name="Check").click()
    assert said.inner_text() == "Choose an answer first."
    for label, words in [("Pilihan 0", "Not right yet."), ("Pilihan 1", "Right."), ("Pilihan 2", "Partly right")]:
        page.get_by_label(label).check()
        assert said.inner_text() == ""
        page.get_by_role("button", name="Check").click()
        assert words in said.inner_text()
        assert f"Ulasan {label[-1]}" in said.inner_text()
        assert said.inner_text().count("Ulasan") == 1
        assert "Ingat" in said.inner_text()


def test_self_check_with_several_answers_wants_all_and_no_more(phone):
    page = phone()
    show(page, "multiple", ["1/2", "1/2", "-1"])

    def said_for(*labels):
        for number in range(3):
            page.get_by_label(f"Pilihan {number}").set_checked(number in labels)
        page.get_by_role("button", name="Check").click()
        return page.locator("[data-said] p").first.inner_text()

    assert said_for(0, 1) == "Right."
    assert said_for(0).startswith("Partly right")
    assert said_for(0, 1, 2).startswith("Partly right")
    assert said_for(2) == "Not right yet."


def test_self_check_works_without_a_script(no_js):
    page = no_js()
    show(page, "single", ["0", "1", "1/2"])
    assert page.get_by_role("button", name="Check").count() == 0
    assert not page.get_by_text("Ulasan 1").is_visible()
    page.get_by_text("Show the answer").click()
    assert page.get_by_text("Ulasan 1").is_visible()
    assert "Pilihan 1" in page.get_by_text("Right answer:").locator("..").inner_text()


def test_editor_adds_an_option_beyond_the_empty_rows(desktop):
    category = CategoryFactory()
    person = PersonFactory(language="en")
    grant_role(person=person, agency=category.agency, role="editor")
    page = desktop(person)
    page.goto(reverse("questions:add", args=["single"]))
    editor = page.locator(".Draftail-Editor [contenteditable=true]").first
    editor.click()
    editor.press_sequentially("Apa?")
    for number in range(5):
        if number > 2:
            page.get_by_role("button", name="Add an option").click()
        page.locator(f"[name=options-{number}-text]").fill(f"Pilihan {number}")
    page.locator("[name=options-4-fraction]").fill("100")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("is saved").wait_for()
    options = Question.objects.get().versions.get().data["options"]
    assert [(option["text"], option["fraction"]) for option in options][-1] == ("Pilihan 4", "1")
    assert len(options) == 5
