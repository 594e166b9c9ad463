"""A file is compared without leaving the device: only its hash does."""

import pytest
from django.urls import reverse

from certificates import services

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_only_the_hash_is_sent(open_page, certificate, settings):
    version = services.ensure_pdf(version=certificate.versions.get())
    page = open_page(viewport={"width": 360, "height": 740})
    sent = []
    page.on("request", lambda request: sent.append(request.post_data_buffer or b""))
    page.goto(reverse("certificates:check"))
    page.set_input_files("input[type=file]", settings.MEDIA_ROOT / version.pdf)
    page.click("form[data-check-file] button")
    page.wait_for_url(f"**/sertifikat/{certificate.code}/**")
    assert page.locator(".message--success").count() == 1
    posted = b"".join(sent)
    assert version.sha256.encode() in posted
    assert b"%PDF" not in posted
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
