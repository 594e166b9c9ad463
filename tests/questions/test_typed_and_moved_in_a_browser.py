"""Matching, ordering, short text and numbers in a real browser, with scripts and without; rows that an editor moves."""

import pytest
from django.urls import reverse

from people.services import grant_role
from questions import services
from questions.kinds import get_kind
from questions.models import Question
from tests.factories import CategoryFactory, PersonFactory
from tests.questions.test_forms import MATCHING, NUMBER, ORDERING, SHORT

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WIDTH = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def editor():
    person = PersonFactory(language="en")
    person.category = CategoryFactory()
    grant_role(person=person, agency=person.category.agency, role="editor")
    return person


def preview_of(page, editor, kind, data):
    question = services.create_question(category=editor.category, kind=kind, name="Soal", data=data)
    page.goto(reverse("questions:preview", args=[question.pk]))
    return get_kind(kind).clean(data)


def check(page):
    page.get_by_role("button", name="Check").click()
    return page.locator("fieldset.question")


def order_of(page):
    return [text.strip() for text in page.locator("[data-words]").all_inner_texts()]


def test_items_move_by_keyboard_and_nothing_counts_before(phone, editor):
    page = phone(editor)
    preview_of(page, editor, "ordering", {**ORDERING, "grading": "position"})
    page.locator(".ordering--moving").wait_for()
    assert order_of(page) == ["Langkah c", "Langkah b", "Langkah a"]
    assert page.locator("select:visible").count() == 0
    assert [select.input_value() for select in page.locator("select").all()] == ["", "", ""]
    page.evaluate("document.addEventListener('change', () => { document.body.dataset.heard = 'yes' })")
    last = page.locator("[data-item]").nth(2)
    up = last.get_by_role("button", name="Up")
    up.focus()
    page.keyboard.press("Enter")
    assert order_of(page) == ["Langkah c", "Langkah a", "Langkah b"]
    assert page.locator("body").get_attribute("data-heard") == "yes"
    assert page.get_by_role("status").first.inner_text() == "Langkah a: place 2 of 3"
    assert page.evaluate("document.activeElement.dataset.move") == "-1"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.dataset.move") == "1"  # at the top only "Down" is left
    page.locator("[data-item]").nth(1).get_by_role("button", name="Down").click()
    assert order_of(page) == ["Langkah a", "Langkah b", "Langkah c"]
    assert page.evaluate(WIDTH) <= 0
    assert check(page).get_by_text("Right", exact=True).count() == 3


def test_items_that_come_later_move_too(phone, editor):
    page = phone(editor)
    preview_of(page, editor, "ordering", ORDERING)
    page.locator(".ordering--moving").wait_for()
    page.evaluate(
        """() => {
          const box = document.querySelector("[data-ordering]");
          const copy = box.cloneNode(true);
          copy.classList.remove("ordering--moving");
          box.replaceWith(copy);
        }"""
    )
    page.locator(".ordering--moving").wait_for()
    page.locator("[data-item]").first.get_by_role("button", name="Down").click()
    assert order_of(page) == ["Langkah b", "Langkah c", "Langkah a"]


def test_items_get_places_without_a_script(no_js, editor):
    page = no_js(editor)
    preview_of(page, editor, "ordering", {**ORDERING, "grading": "position"})
    assert page.get_by_role("button", name="Up").count() == 0
    for place, key in enumerate("abc", 1):
        page.get_by_label(f"Langkah {key}").select_option(str(place))
    assert page.evaluate(WIDTH) <= 0
    assert check(page).get_by_text("Right", exact=True).count() == 3


def test_pairs_are_chosen_from_lists_on_a_small_phone(no_js, editor):
    page = no_js(editor)
    page.set_viewport_size({"width": 320, "height": 600})
    preview_of(page, editor, "matching", MATCHING)
    page.get_by_label("Papua Barat Daya").select_option(label="Sorong")
    page.get_by_label("Sulawesi Tengah").select_option(label="Ambon")
    assert page.evaluate(WIDTH) <= 0
    shown = check(page)
    assert shown.get_by_text("Right", exact=True).count() == 1
    assert shown.get_by_text("Not right").count() == 1
    assert "Right answer: Palu" in shown.inner_text()


def test_texts_and_numbers_are_typed(no_js, editor):
    page = no_js(editor)
    page.set_viewport_size({"width": 320, "height": 600})
    preview_of(page, editor, "shorttext", SHORT)
    page.get_by_label("Your answer").fill("Palu")
    assert page.evaluate(WIDTH) <= 0
    assert "Ya" in check(page).inner_text()
    preview_of(page, editor, "numerical", NUMBER)
    page.get_by_label("Your answer").fill("1,2 km")
    assert page.evaluate(WIDTH) <= 0
    assert "Partly right" in check(page).inner_text()
    page.get_by_role("link", name="Try again").click()
    page.get_by_label("Your answer").fill("lima")
    page.get_by_label("Unit of measure").fill("m")
    assert "cannot be read as a number" in check(page).inner_text()


def test_editor_moves_rows_and_adds_hints(desktop, editor):
    question = services.create_question(category=editor.category, kind="ordering", name="Soal", data=ORDERING)
    page = desktop(editor)
    page.goto(reverse("questions:edit", args=[question.pk]))
    rows = page.locator("[data-row]")
    assert page.locator("[name$=-ORDER]:visible").count() == 0
    rows.nth(2).get_by_role("button", name="Up").click()
    page.get_by_role("button", name="Add an item").click()
    rows.last.locator("textarea").fill("Langkah terakhir")
    page.locator("details.question-more > summary").click()
    page.locator("[name=hints]").first.fill("Mulai dari c?")
    page.get_by_role("button", name="Add one more").click()
    page.locator("[name=hints]").nth(1).fill("Lalu b")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("Saved as version 2").wait_for()
    data = Question.objects.get().versions.latest("number").data
    assert [item["text"] for item in data["items"]] == ["Langkah a", "Langkah c", "Langkah b", "Langkah terakhir"]
    assert data["hints"] == ["<p>Mulai dari c?</p>", "<p>Lalu b</p>"]
