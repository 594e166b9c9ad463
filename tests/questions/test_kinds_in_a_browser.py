"""Pictures, the editor of essays, scales and gaps in a real browser: on a phone, without scripts, by keyboard."""

from io import BytesIO

import pytest
from django.urls import reverse
from PIL import Image

from people.services import grant_role
from questions import files, services
from questions.models import Question
from tests.accessibility.test_axe import AXE, RULES, WITHOUT_USERBAR, violations
from tests.factories import CategoryFactory, PersonFactory
from tests.questions.test_rendering_of_gaps_and_files import DATA

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def category():
    return CategoryFactory()


@pytest.fixture
def editor(category, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    person = PersonFactory(language="en")
    grant_role(person=person, agency=category.agency, role="editor")
    return person


def drawing(width=2000, height=1000) -> bytes:
    file = BytesIO()
    Image.new("RGB", (width, height), "teal").save(file, "PNG")
    return file.getvalue()


def preview(page, category, kind, **changes):
    """Open the preview of a question, which is the learner's page."""
    data = {**DATA[kind], **changes}
    if kind == "hotspot":
        content = drawing()
        data["picture"] = files.file_name(content)
        services.keep_file(data["picture"], content)
    question = services.create_question(category=category, kind=kind, name="Soal", data=data)
    page.goto(reverse("questions:preview", args=[question.pk]))


def tap(page, x, y):
    """Tap the picture at a pixel of the file."""
    box = page.locator(".hotspot img").bounding_box()
    page.mouse.click(box["x"] + box["width"] * x / 2000, box["y"] + box["height"] * y / 1000)


def fits(page):
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_tap_on_the_picture_chooses_without_a_script(no_js, editor, category):
    page = no_js(editor)
    preview(page, category, "hotspot")
    first, second = page.get_by_role("radio").all()
    tap(page, 700, 250)
    assert first.is_checked()
    tap(page, 1720, 600)  # in the triangle
    assert second.is_checked()
    tap(page, 1990, 890)  # in the box around the triangle, outside of it
    tap(page, 100, 900)  # in no area
    assert second.is_checked()
    page.get_by_role("button", name="Check").click()
    assert page.get_by_text("Not right").is_visible()
    assert second.is_checked()


def test_the_list_below_the_picture_does_the_same_by_keyboard(phone, editor, category):
    page = phone(editor)
    page.set_viewport_size({"width": 320, "height": 640})
    preview(page, category, "hotspot")
    assert fits(page)
    first = page.get_by_role("radio", name="1. Palu")
    first.focus()
    page.keyboard.press("ArrowDown")
    assert page.get_by_role("radio", name="2. Poso").is_checked()
    box, shape = page.locator(".hotspot img").bounding_box(), page.locator(".area").first.bounding_box()
    assert (shape["width"], round(shape["height"])) == (box["width"], round(box["height"]))


@pytest.mark.parametrize("kind", ["gapselect", "cloze", "likert", "essay", "upload", "description"])
def test_every_kind_fits_a_narrow_phone(phone, editor, category, kind):
    page = phone(editor)
    page.set_viewport_size({"width": 320, "height": 640})
    preview(page, category, kind)
    assert fits(page)


def test_a_scale_is_a_table_where_there_is_room(desktop, phone, editor, category):
    page = desktop(editor)
    preview(page, category, "likert")
    tops = {round(radio.bounding_box()["y"]) for radio in page.get_by_role("radio").all()}
    assert len(tops) == 2
    assert page.locator(".likert__head").is_visible()
    assert page.get_by_role("radiogroup", name="Cepat").get_by_role("radio", name="Ya").count() == 1


SPY = "window.told = 0; addEventListener('input', (e) => { if (e.target.matches('textarea')) window.told += 1; });"


def test_the_essay_editor_writes_into_the_textarea_and_tells_it(desktop, editor, category):
    page = desktop(editor)
    preview(page, category, "essay")
    page.evaluate(SPY)
    box = page.get_by_role("textbox", name="Your answer")
    assert page.locator("textarea").input_value() == ""
    box.click()
    page.keyboard.type("Satu < ")
    page.get_by_role("button", name="Bold").click()
    page.keyboard.type("dua")
    assert page.get_by_role("button", name="Bold").get_attribute("aria-pressed") == "true"
    page.get_by_role("button", name="Bold").click()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Bullet list").click()
    page.keyboard.type("tiga")
    page.keyboard.press("Enter")
    page.keyboard.type("empat")
    value = page.locator("textarea").input_value()
    assert value == "<p>Satu &lt; <strong>dua</strong></p><ul><li>tiga</li><li>empat</li></ul>"
    assert page.evaluate("window.told") >= len("Satu < duatigaempat")
    assert "5 words" in page.locator("[data-essay-count]").inner_text()
    page.get_by_role("button", name="Check").click()
    shown = page.locator(".answer-text")
    assert shown.locator("strong").inner_text() == "dua"
    assert shown.locator("li").all_inner_texts() == ["tiga", "empat"]


def test_the_essay_editor_pastes_words_only(desktop, editor, category):
    page = desktop(editor)
    preview(page, category, "essay")
    box = page.get_by_role("textbox", name="Your answer")
    box.click()
    page.evaluate(
        """() => {
            const data = new DataTransfer();
            data.setData("text/html", "<h1 onclick='x()'>Judul</h1>");
            data.setData("text/plain", "Judul <b>\\n\\nisi");
            const about = {clipboardData: data, bubbles: true, cancelable: true};
            document.activeElement.dispatchEvent(new ClipboardEvent("paste", about));
        }"""
    )
    assert page.locator("textarea").input_value() == "<p>Judul &lt;b&gt;</p><p>isi</p>"


def test_an_essay_is_written_without_a_script(no_js, editor, category):
    page = no_js(editor)
    preview(page, category, "essay")
    page.get_by_label("Your answer").fill("satu\n\ndua")
    page.get_by_role("button", name="Check").click()
    assert page.locator(".answer-text p").all_inner_texts() == ["satu", "dua"]


def test_an_editor_draws_areas_on_the_picture(desktop, editor, category):
    page = desktop(editor)
    page.goto(reverse("questions:add", args=["hotspot"]))
    text = page.locator(".Draftail-Editor [contenteditable=true]").first
    text.click()
    text.press_sequentially("Di mana?")
    page.locator("[name=picture_file]").set_input_files(
        {"name": "denah.png", "mimeType": "image/png", "buffer": drawing(400, 200)}
    )
    page.locator("[name=alt]").fill("Denah")
    board = page.locator("[data-canvas]")
    board.wait_for()

    def at(x, y):
        box = board.bounding_box()
        return box["x"] + box["width"] * x / 400, box["y"] + box["height"] * y / 200

    page.locator("[name=areas-0-text]").fill("Loket")
    page.locator("[name=areas-0-fraction]").fill("100")
    board.scroll_into_view_if_needed()
    page.mouse.move(*at(100, 100))
    page.mouse.down()
    page.mouse.move(*at(20, 40))
    page.mouse.up()
    page.locator("[name=areas-1-text]").fill("Pintu")
    page.locator("[name=areas-1-shape]").select_option("polygon")
    board.scroll_into_view_if_needed()
    for corner in [(200, 20), (300, 20)]:
        page.mouse.click(*at(*corner))
        page.wait_for_timeout(600)  # so that it is no double click
    page.mouse.dblclick(*at(250, 150))
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("is saved").wait_for()
    data = Question.objects.get().versions.get().data
    assert (data["width"], data["height"]) == (400, 200)
    drawn = [coords for area in data["areas"] for coords in area["coords"]]
    assert drawn == pytest.approx([20, 40, 100, 100, 200, 20, 300, 20, 250, 150], abs=1)


@pytest.mark.parametrize("kind", DATA)
def test_every_kind_is_accessible_before_and_after(phone, editor, category, kind):
    page = phone(editor)
    preview(page, category, kind)
    problems = []
    for moment in ("asked", "reviewed"):
        page.evaluate(WITHOUT_USERBAR)
        page.evaluate(AXE)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            found = violations(page, {"type": "tag", "values": RULES})
            problems += [f"{moment}, {scheme}: {one}" for one in found]
        if moment == "asked":
            for control in page.locator(".question select").all():
                control.select_option(index=2)
            for box in page.locator(".question input[type=radio]").all()[-1:]:
                box.check()
            if (check := page.get_by_role("button", name="Check")).count():  # a text to read has none
                check.click()
    assert problems == []
