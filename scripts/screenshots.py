"""Take the pictures of docs/screenshots: the main pages of the demonstration, on a phone and on a desktop.

Starts a fresh demonstration site of its own. Needs a Chromium (`scripts/browser`).
"""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "elearning.settings.test")

from conftest import PHONE, QUIET_CHROMIUM, chromium  # noqa: E402
from playwright.sync_api import sync_playwright  # noqa: E402

FOLDER = ROOT / "docs" / "screenshots"
DESKTOP = {"viewport": {"width": 1280, "height": 800}}
COURSE = "/katalog/bersama/etika-pelayanan-publik/"
# Name of the picture, account that looks, address.
PAGES = [
    ("masuk", None, "/masuk/"),
    ("hari-ini", "peserta", "/"),
    ("belajar", "peserta", "/belajar/"),
    ("katalog", "peserta", "/katalog/"),
    ("kursus", "peserta", COURSE),
    ("pelajaran", "peserta", f"{COURSE}hak-dan-nilai/mengapa-etika/"),
    ("tim", "kepala.bidang", "/tim/"),
    ("penyunting", "editor", "/admin/"),
]


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        print("Starting a fresh demonstration …", flush=True)
        own = {"VAR_DIR": folder, "PORT": str(port), "DJANGO_SETTINGS_MODULE": "elearning.settings.production"}
        site = subprocess.Popen(
            [sys.executable, "scripts/run.py"], cwd=ROOT, env={**os.environ, **own},
            stdout=subprocess.PIPE, text=True, start_new_session=True,
        )  # fmt: skip
        try:
            accounts = read_accounts(site)
            wait_until_open(port)
            take_all(f"http://localhost:{port}", accounts)
        finally:
            site.send_signal(signal.SIGINT)
            site.wait(timeout=30)


def read_accounts(site: subprocess.Popen) -> dict[str, tuple[str, str]]:
    """Return e-mail and password by the first word of the e-mail, from what the site prints when it has started."""
    accounts = {}
    for line in site.stdout:
        if found := re.search(r"((\S+)@\S+)\s+(\S+)$", line.strip()):
            accounts[found[2]] = (found[1], found[3])
        if line.startswith("Open http"):
            return accounts
    sys.exit("the site did not start")


def wait_until_open(port: int) -> None:
    for _ in range(50):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5):
                return
        except OSError:
            time.sleep(0.2)


def take_all(address: str, accounts: dict[str, tuple[str, str]]) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=QUIET_CHROMIUM)
        for device, options in (("hp", PHONE), ("desktop", DESKTOP)):
            for name, role, path in PAGES:
                context = browser.new_context(base_url=address, locale="id-ID", reduced_motion="reduce", **options)
                page = context.new_page()
                if role:
                    sign_in(page, *accounts[role])
                if page.goto(path).status != 200:
                    sys.exit(f"{path} cannot be shown")
                page.screenshot(path=FOLDER / f"{name}-{device}.png")
                print(f"docs/screenshots/{name}-{device}.png", flush=True)
                context.close()
        browser.close()


def sign_in(page, login: str, password: str) -> None:
    page.goto("/masuk/")
    page.fill("[name=login]", login)
    page.fill("[name=password]", password)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: "/masuk/" not in url)


if __name__ == "__main__":
    main()
