"""On paper nothing can be opened: what an accordion hides is printed too."""

from pathlib import Path

import pytest
from django.conf import settings

pytestmark = pytest.mark.browser

LESSON = """
<div class="accordion"><details><summary>Tertutup</summary><p>Isi</p></details>
<details open><summary>Terbuka</summary><p>Isi</p></details></div>
<details class="self-check"><summary>Tampilkan jawaban</summary><p>Jawaban</p></details>
"""
OPEN = "[...document.querySelectorAll('details')].map(part => part.open)"


def test_printing_opens_accordions_and_closes_them_again_but_no_answers(browser):
    page = browser.new_page()
    page.set_content(LESSON)
    page.add_script_tag(path=Path(settings.BASE_DIR, "static/js/site.js"), type="module")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate(OPEN) == [True, True, False]
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.evaluate(OPEN) == [False, True, False]
    page.close()
