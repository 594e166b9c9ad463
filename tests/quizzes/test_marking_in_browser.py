"""Marking with the keyboard alone, in a real browser."""

import re

import pytest
from django.urls import reverse

from quizzes.models import Attempt, Marking

from .staff_world import make_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def world():
    return make_world()


def test_answers_are_marked_without_a_mouse(world, desktop):
    for name in ("Yohanes Wanma", "Kadek Sari", "Nur Aini"):
        world.attempt(world.learner(name=name))
    page = desktop(world.organiser())
    page.goto(reverse("quizzes_staff:to_mark", args=[world.quiz.pk]))
    page.get_by_role("link", name=re.compile("Nilai.*Warga marah")).focus()
    page.keyboard.press("Enter")
    page.get_by_text("3 jawaban untuk soal ini menunggu Anda.").wait_for()
    first = page.url
    page.keyboard.press("Alt+PageDown")
    page.wait_for_url(lambda url: url != first)
    for left in (2, 1):
        before = page.url
        page.keyboard.type("4,5")  # the first points have the focus
        page.keyboard.press("Tab")
        page.keyboard.type("3")
        assert page.locator("[data-sum]").inner_text() == "Nilai sementara: 7,5"
        page.keyboard.press("Tab")
        page.keyboard.type("Tenang dan jelas.")
        page.keyboard.press("Control+Enter")
        page.wait_for_url(lambda url, before=before: url != before)
        page.get_by_text(f"{left} jawaban untuk soal ini menunggu Anda.").wait_for()
    assert page.url == first
    page.keyboard.type("6,5")  # more than there is
    page.keyboard.press("Control+Enter")
    page.get_by_text("Paling banyak 6.").wait_for()
    assert Marking.objects.count() == 2
    page.get_by_label("Sikap").fill("6")
    page.get_by_label("Jalan keluar").fill("4")
    page.keyboard.press("Enter")
    page.wait_for_url("**/penilaian/")
    page.get_by_text("Selesai").first.wait_for()
    assert sorted(Marking.objects.values_list("points", flat=True)) == [7.5, 7.5, 10]
    assert Attempt.objects.filter(state=Attempt.State.GRADED).count() == 3


def test_screens_of_staff_fit_a_phone(world, phone):
    attempt = world.attempt()
    page = phone(world.organiser())
    names = ("attempts", "to_mark", "late", "overrides", "markers")
    addresses = [reverse(f"quizzes_staff:{name}", args=[world.quiz.pk]) for name in names]
    addresses.append(reverse("quizzes_staff:attempt", args=[world.quiz.pk, attempt.key]))
    for address in [*addresses, reverse("quizzes_staff:index")]:
        assert page.goto(address).status == 200
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth + 1"), address
