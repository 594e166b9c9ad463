"""A task on a phone: words that save themselves, a photo made smaller on the way, a line that drops."""

import io
import os
import time

import pytest
from PIL import Image

from submissions.models import KeptDraft, Submission, SubmissionFile

from .world import WORDS, make_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SHOTS = os.environ.get("SHOTS")  # a folder for pictures, for whoever looks at the pages


@pytest.fixture(autouse=True)
def _own_store(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def until(page, condition, seconds=20):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never came"
        page.wait_for_timeout(100)


def picture(size) -> dict:
    target = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "Telepon"
    Image.effect_noise(size, 90).convert("RGB").save(target, "JPEG", quality=95, exif=exif.tobytes())
    return {"name": "IMG_2031.jpg", "mimeType": "image/jpeg", "buffer": target.getvalue()}


def shot(page, name):
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


def draft_text():
    return getattr(Submission.objects.order_by("-number").first(), "text", "")


def test_whole_way_on_a_phone(phone):
    world = make_world(words_min=5, files_min=1, due_rule="days", due_days=7)
    learner = world.learner()
    page = phone(learner)
    page.goto(world.page.get_url())
    shot(page, "task-empty")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.fill("#teks", WORDS)
    until(page, lambda: draft_text() == WORDS)
    page.wait_for_selector("[data-saved-state=saved]")
    sent = picture((2400, 1800))
    page.set_input_files("#foto", sent)
    until(page, lambda: SubmissionFile.objects.exists())
    kept = SubmissionFile.objects.get()
    drawn = Image.open(kept.file.open())
    assert max(drawn.size) == 1600
    assert not drawn.getexif()
    assert kept.size < len(sent["buffer"])
    page.wait_for_selector("[data-hand-in]:not([disabled])")
    shot(page, "task-written")
    page.check("#sendiri")
    page.click("[data-hand-in]")
    page.wait_for_selector("text=Waits for its mark")
    shot(page, "task-handed-in")
    assert Submission.objects.get().state == "handed_in"
    assert page.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('tugas')).length") == 0


def test_line_that_drops_loses_no_words(phone):
    world = make_world()
    page = phone(world.learner())
    page.goto(world.page.get_url())
    page.context.set_offline(True)
    page.fill("#teks", "ditulis tanpa sinyal")
    page.wait_for_selector("[data-saved-state=device]", timeout=15_000)
    page.click("text=Save the draft")
    page.wait_for_timeout(500)
    assert page.input_value("#teks") == "ditulis tanpa sinyal"  # no page of the browser's own
    page.context.set_offline(False)
    until(page, lambda: draft_text() == "ditulis tanpa sinyal")
    # Written without a line, and the page closed: the next opening takes it up.
    page.context.set_offline(True)
    page.fill("#teks", "ditulis tanpa sinyal, lalu ditutup")
    page.wait_for_timeout(200)
    page.context.set_offline(False)
    page.reload()
    until(page, lambda: draft_text() == "ditulis tanpa sinyal, lalu ditutup")


def test_two_tabs_show_both_texts(phone):
    world = make_world()
    first = phone(world.learner())
    first.goto(world.page.get_url())
    second = first.context.new_page()
    second.goto(world.page.get_url())
    first.fill("#teks", "dari tab pertama")
    until(first, lambda: draft_text() == "dari tab pertama")
    second.fill("#teks", "dari tab kedua")
    second.wait_for_selector("[data-saved-state=kept]", timeout=15_000)
    assert second.text_content("[data-other]") == "dari tab pertama"
    second.click("[data-reload]")
    second.wait_for_selector("text=Which text counts?")
    shot(second, "task-two-texts")
    second.click("text=Use this text")
    until(second, lambda: draft_text() == "dari tab kedua")
    assert KeptDraft.objects.get().text == "dari tab pertama"


def test_marking_desk(desktop, phone):
    world = make_world()
    learner = world.learner()
    world.hand_in(learner)
    desk = desktop(world.organiser())
    desk.goto("/admin/tugas/")
    shot(desk, "staff-queue")
    desk.click(f"text={world.page.title} >> nth=0")
    desk.click("text=Begin to mark")
    shot(desk, "staff-desk")
    desk.fill("input[name^=criterion]", "60")
    desk.fill("textarea[name=comment]", "Tambahkan angka sebelum dan sesudah.")
    desk.click("button[value=kembali]")
    desk.wait_for_selector("text=The work is returned")
    page = phone(learner)
    page.goto(world.page.get_url())
    page.wait_for_selector("text=Needs revision")
    shot(page, "task-returned")
