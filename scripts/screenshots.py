"""Pictures of the main pages for the README and the documentation, from a demonstration of this moment's code.

Starts `make run`'s own program on a folder that is thrown away, signs in as the demonstration's people, and writes
docs/img/*.png and docs/img/overview.png. Needs Chromium and two minutes.
"""

import io
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import django
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ["DJANGO_SETTINGS_MODULE"] = "elearning.settings.dev"  # only to read names; the site has its own
django.setup()

from people.demo import DOMAIN, PASSWORD  # noqa: E402
from tests.conftest import QUIET_CHROMIUM, chromium  # noqa: E402

IMAGES = ROOT / "docs" / "img"
MOST_BYTES = 60_000
READY_SECONDS = 300
ETHICS = "/katalog/bersama/etika-pelayanan-publik/"
TIME = "/katalog/bersama/manajemen-waktu/"
DIGITAL = "/katalog/bersama/pemerintahan-digital/"

PHONE = {
    "viewport": {"width": 360, "height": 780},
    "device_scale_factor": 1.5,
    "is_mobile": True,
    "has_touch": True,
}
DESKTOP = {"viewport": {"width": 1280, "height": 800}}


@dataclass(frozen=True)
class Shot:
    """A page as one of the demonstration's people sees it; `reach` goes there from the front page."""

    name: str
    who: str
    reach: Callable[[Page], object]
    looks: tuple[str, ...]


def at(address: str) -> Callable[[Page], object]:
    return lambda page: page.goto(address)


def question(page: Page) -> None:
    """Begin the last quiz, or go on with it, and choose an answer to a question that has several."""
    page.goto(ETHICS + "menjaga-integritas/kuis-akhir/")
    page.locator(".dock form button, .dock a.button").first.click()
    page.wait_for_url("**/kuis/**")
    attempt = page.url.rsplit("/", 2)[0]
    choices = page.locator("form#answer input[type=radio], form#answer input[type=checkbox]")
    for number in range(2, 13):  # questions are drawn: some are pairs, words or numbers
        page.goto(f"{attempt}/{number}/")
        if choices.count() > 2:
            break
    choices.nth(1).check()
    page.wait_for_selector("form [data-saved-state=received]")


def result(page: Page) -> None:
    page.goto(DIGITAL + "alat-kerja-digital/kuis-akhir/")
    page.locator("main a[href$='/hasil/']").first.click()


def editor(page: Page) -> None:
    page.goto("/admin/lessons/?q=gratifikasi")
    page.locator("main a[href*='/edit/']").first.click()
    page.wait_for_selector("#body-root [data-streamfield-child]")
    page.locator("#body-root").scroll_into_view_if_needed()


def quiz_editor(page: Page) -> None:
    page.goto("/admin/kuis/")
    page.locator("main a[href*='/admin/kuis/']").first.click()
    page.goto("/admin/pages/" + page.url.split("/admin/kuis/")[1].split("/")[0] + "/edit/")
    page.wait_for_selector("[id$=slots-FORMS] > *")


def statistics(page: Page) -> None:
    """Open the statistics of the quiz with the most attempts."""
    page.goto("/admin/kuis/")
    page.locator("main a[href*='/statistik/'], main a[href*='/admin/kuis/']").first.click()
    page.goto("/admin/kuis/" + page.url.split("/admin/kuis/")[1].split("/")[0] + "/statistik/")
    page.wait_for_selector("svg.chart")


def task(page: Page) -> None:
    """Enrol in the course where the task stands, and begin it."""
    page.goto(TIME)
    if (button := page.locator(".dock form button")).count():
        button.click()
        page.wait_for_load_state()
    page.goto(TIME + "antrean-dan-tekanan/perbaiki-satu-antrean/")


def certificate(page: Page) -> None:
    """Check one's own certificate as anybody may."""
    page.goto("/belajar/sertifikat/")
    page.goto(page.locator("main a[href^='/sertifikat/']").first.get_attribute("href") or "/sertifikat/")


LESSON = ETHICS + "menjaga-integritas/gratifikasi/"
EVERYWHERE = ("phone", "desktop")
SHOTS = (
    Shot("today", "peserta", at("/"), (*EVERYWHERE, "phone-dark")),
    Shot("catalogue", "peserta", at("/katalog/"), EVERYWHERE),
    Shot("course", "peserta", at(ETHICS), EVERYWHERE),
    Shot("lesson", "peserta", at(LESSON), (*EVERYWHERE, "phone-dark", "desktop-dark")),
    Shot("question", "peserta", question, (*EVERYWHERE, "phone-dark")),
    Shot("result", "peserta", result, EVERYWHERE),
    Shot("learning", "peserta", at("/belajar/"), EVERYWHERE),
    Shot("path", "peserta", at("/katalog/bersama/dasar-pelayanan-publik-profesional/"), EVERYWHERE),
    Shot("jp", "peserta", at("/belajar/jp/"), (*EVERYWHERE, "phone-dark")),
    Shot("record", "peserta", at("/belajar/riwayat/"), EVERYWHERE),
    Shot("certificate", "peserta", certificate, EVERYWHERE),
    Shot("task", "peserta", task, EVERYWHERE),
    Shot("messages", "peserta", at("/pesan/"), ("phone",)),
    Shot("team", "kepala.bidang", at("/tim/"), EVERYWHERE),
    Shot("editor", "admin", editor, ("desktop",)),
    Shot("quiz-editor", "admin", quiz_editor, ("desktop",)),
    Shot("statistics", "admin", statistics, ("desktop",)),
)


def main() -> None:
    if not chromium():
        sys.exit("No Chromium was found: scripts/browser installs one.")
    IMAGES.mkdir(parents=True, exist_ok=True)
    with demonstration() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=QUIET_CHROMIUM)
        keys = {who: signed_in(browser, address, who) for who in sorted({shot.who for shot in SHOTS})}
        pictures = {
            f"{shot.name}-{look}": take(browser, address, keys[shot.who], shot, look)
            for shot in SHOTS
            for look in shot.looks
        }
        browser.close()
    for name, picture in pictures.items():
        save(picture, name)
    save(overview(pictures), "overview", most_bytes=4 * MOST_BYTES)


@contextmanager
def demonstration() -> Iterator[str]:
    """Run the site on a fresh folder and a free port; yield its address."""
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        environment = {**os.environ, "VAR_DIR": folder, "PORT": str(port)}
        for name in ("DATABASE_URL", "CACHE_URL", "STORAGE_URL", "DJANGO_SETTINGS_MODULE"):
            environment.pop(name, None)
        print("Building a demonstration …", flush=True)
        site = subprocess.Popen(
            [sys.executable, "scripts/run.py"], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL
        )
        try:
            wait_until_ready(f"http://localhost:{port}", site)
            yield f"http://localhost:{port}"
        finally:
            site.send_signal(signal.SIGTERM)
            site.wait(timeout=30)


def wait_until_ready(address: str, site: subprocess.Popen) -> None:
    for _ in range(READY_SECONDS):
        if site.poll() is not None:
            sys.exit(f"The site ended by itself (code {site.returncode}).")
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(1)
    sys.exit(f"The site was not ready within {READY_SECONDS} seconds.")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


# --- pictures of pages -----------------------------------------------------------------------------------------------


def signed_in(browser: Browser, address: str, who: str) -> dict:
    """Sign in at the door; return the cookies."""
    context = browser.new_context(base_url=address, locale="id-ID")
    page = context.new_page()
    page.goto("/masuk/")
    page.fill("[name=login]", f"{who}@{DOMAIN}")
    page.fill("[name=password]", PASSWORD)
    page.locator("form:has([name=password]) button").click()
    page.wait_for_url(f"{address}/")
    state = context.storage_state()
    context.close()
    return state


def take(browser: Browser, address: str, key: dict, shot: Shot, look: str) -> Image.Image:
    size = PHONE if look.startswith("phone") else DESKTOP
    scheme = "dark" if look.endswith("dark") else "light"
    context = browser.new_context(
        base_url=address, storage_state=key, locale="id-ID", color_scheme=scheme, reduced_motion="reduce", **size
    )
    page = context.new_page()
    shot.reach(page)
    page.wait_for_load_state("networkidle")
    picture = page.screenshot()
    context.close()
    return Image.open(io.BytesIO(picture)).convert("RGB")


def save(picture: Image.Image, name: str, *, most_bytes: int = MOST_BYTES) -> None:
    """Write a picture with as many of its own colours as the bytes allow."""
    path = IMAGES / f"{name}.png"
    for colours in (256, 128, 64, 32, 16):
        picture.quantize(palette=palette(picture, colours), dither=Image.Dither.NONE).save(path, optimize=True)
        if path.stat().st_size <= most_bytes:
            break
    print(f"{path.relative_to(ROOT)}: {path.stat().st_size / 1000:.0f} kB", flush=True)


def palette(picture: Image.Image, colours: int) -> Image.Image:
    """Return the most frequent colours as they are (paper, ink), and as many that stand for the rare ones (red)."""
    found = sorted(picture.getcolors(picture.width * picture.height), reverse=True)[: colours // 2]
    frequent = [part for _count, colour in found for part in colour]
    rare = picture.quantize(colours - len(found), method=Image.Quantize.MAXCOVERAGE).getpalette()
    holder = Image.new("P", (1, 1))
    holder.putpalette([*frequent, *rare][: 3 * colours])
    return holder


# --- the picture of the README ---------------------------------------------------------------------------------------

PAPER, LINE = "#efe9de", "#cfc6b6"


def overview(pictures: dict[str, Image.Image]) -> Image.Image:
    """Put a desktop and three phones on one sheet."""
    sheet = Image.new("RGB", (1400, 760), PAPER)
    lay(sheet, pictures["team-desktop"], width=860, at=(40, 60))
    for number, name in enumerate(("today-phone", "lesson-phone", "question-phone-dark")):
        lay(sheet, pictures[name], width=260, at=(540 + number * 284, 150 + (number == 1) * 30))
    return sheet


def lay(sheet: Image.Image, picture: Image.Image, *, width: int, at: tuple[int, int]) -> None:
    picture = picture.resize((width, round(picture.height * width / picture.width)), Image.Resampling.LANCZOS)
    mask = Image.new("L", picture.size, 0)
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, picture.width - 1, picture.height - 1), radius=18, fill=255)
    edge = (at[0] - 1, at[1] - 1, at[0] + picture.width, at[1] + picture.height)
    ImageDraw.Draw(sheet).rounded_rectangle(edge, radius=19, outline=LINE, width=2)
    sheet.paste(picture, at, mask)


if __name__ == "__main__":
    main()
