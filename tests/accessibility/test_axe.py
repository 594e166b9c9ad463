"""WCAG 2.2 AA as far as axe can tell, on every screen of the learner's side, in light and in dark."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.conftest import PHONE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

AXE = Axe().axe_script
# Wagtail's own bar, which editors alone see, stays out.
WITHOUT_USERBAR = "document.querySelectorAll('wagtail-userbar').forEach((bar) => bar.remove())"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def violations(page, run_only: dict) -> list[str]:
    options = {"runOnly": run_only, "resultTypes": ["violations"]}
    found = page.evaluate("options => axe.run(document, options)", options)["violations"]
    return [f"{one['id']}: {node['html'][:120]} – {node['failureSummary']}" for one in found for node in one["nodes"]]


def test_every_screen_is_clean_in_light_and_dark(look):
    problems = []
    for screen, page in look(**PHONE):
        page.emulate_media(color_scheme="light")
        page.evaluate(WITHOUT_USERBAR)
        page.evaluate(AXE)
        problems += [f"{screen.name}: {one}" for one in violations(page, {"type": "tag", "values": RULES})]
        page.emulate_media(color_scheme="dark")
        dark = violations(page, {"type": "rule", "values": ["color-contrast"]})
        problems += [f"{screen.name} in dark: {one}" for one in dark]
    assert not problems, "\n".join(problems)


def test_axe_finds_what_is_wrong(open_page):
    page = open_page()
    page.goto("/")
    page.evaluate("document.querySelector('h1').style.color = '#ddd'; document.documentElement.removeAttribute('lang')")
    page.evaluate(AXE)
    found = " ".join(violations(page, {"type": "tag", "values": RULES}))
    assert "color-contrast" in found
    assert "html-has-lang" in found
