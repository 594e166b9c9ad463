"""The screens of statistics and of regrades: what they show, to whom, and what they leave out."""

import csv
import io
import uuid

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from people.models import AgencyRole
from questions.services import save_version
from quizzes import figures, tasks
from quizzes.models import Attempt, QuizSlot, Regrade
from quizzes.staff import regrading as screen
from tests.factories import PersonFactory, ready_question, single

from .staff_world import make_world

pytestmark = pytest.mark.django_db


def given(letters):
    return [{"chosen": [one]} for one in letters]


@pytest.fixture
def world():
    world = make_world([(ready_question(name="Soal satu"), 1), (ready_question(name="Soal dua"), 2)])
    for number, answers in enumerate(("ab", "ba", "aa")):
        world.attempt(world.learner(name=f"Zuraida {number}"), answers=given(answers))
    world.attempt(world.learner("sorong", name="Orang Sorong"), answers=given("ba"))
    return world


@pytest.fixture
def as_organiser(client, world):
    client.force_login(world.organiser())
    return client


def url(name, world, *args):
    return reverse(f"quizzes_staff:{name}", args=[world.quiz.pk, *args])


def slot(world):
    return QuizSlot.objects.filter(quiz=world.quiz).order_by("sort_order")[0]


def correct(world):
    return save_version(question=slot(world).question, data=single(right="b"))


# --- statistics -------------------------------------------------------------------------------------------------------


def test_overview_has_figures_and_no_names(as_organiser, world):
    page = as_organiser.get(url("figures", world)).content.decode()
    assert "Soal satu" in page
    assert page.count("<svg") >= 2
    assert "50%" in page
    assert "Zuraida" not in page
    assert "Orang Sorong" not in page


def test_question_shows_who_answered_what_without_names(as_organiser, world):
    page = as_organiser.get(url("figures_question", world, str(slot(world).pk))).content.decode()
    assert "Pilihan a" in page
    assert "Pilihan c" in page
    assert "Zuraida" not in page


def test_versions_are_shown_apart(as_organiser, world):
    correct(world)
    world.attempt(answers=given("ba"))
    page = as_organiser.get(url("figures_question", world, str(slot(world).pk))).content.decode()
    assert page.count("figures-part") == 2


@pytest.mark.parametrize("item", ["999999", "q5", "x", "12.9"])
def test_items_that_are_not_there_are_404(as_organiser, world, item):
    assert as_organiser.get(url("figures_question", world, item)).status_code == 404


def test_a_quiz_without_attempts_says_so(client):
    world = make_world([ready_question()])
    client.force_login(world.organiser())
    assert client.get(url("figures", world)).status_code == 200
    assert client.get(url("figures_export", world, "csv")).status_code == 200


def test_figures_as_tables(as_organiser, world):
    answer = as_organiser.get(url("figures_export", world, "csv"))
    rows = list(csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))
    assert [row[1] for row in rows[1:]] == ["Soal satu", "Soal dua"]
    assert rows[1][5] == "0.5"
    book = load_workbook(io.BytesIO(as_organiser.get(url("figures_export", world, "xlsx")).content))
    assert book.active.max_row == 3
    assert as_organiser.get(url("figures_export", world, "pdf")).status_code == 404


def test_marks_are_those_of_people_in_care(as_organiser, world):
    answer = as_organiser.get(url("marks_export", world, "csv"))
    rows = list(csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))
    assert [(row[0], row[-2:]) for row in rows[1:]] == [
        ("Zuraida 0", ["1.0", "0.0"]), ("Zuraida 1", ["0.0", "2.0"]), ("Zuraida 2", ["1.0", "2.0"]),
    ]  # fmt: skip
    assert rows[1][1] == "Dinas Palu"
    assert as_organiser.get(url("marks_export", world, "xlsx")).status_code == 200


def test_authors_have_figures_and_no_marks(client, world):
    client.force_login(world.staff(AgencyRole.Role.EDITOR))
    page = client.get(url("figures", world))
    assert page.status_code == 200
    assert url("marks_export", world, "csv") not in page.content.decode()
    assert client.get(url("marks_export", world, "csv")).status_code == 404


@pytest.mark.parametrize("name", ["figures", "figures_export", "marks_export", "figures_question", "compute_figures"])
def test_strangers_find_nothing(client, world, name):
    args = {"figures_export": ["csv"], "marks_export": ["csv"], "figures_question": [str(slot(world).pk)]}
    ask = client.post if name == "compute_figures" else client.get
    for person in (world.staff(AgencyRole.Role.EDITOR, "sorong"), world.marker("sorong")):
        client.force_login(person)
        assert ask(url(name, world, *args.get(name, []))).status_code in (302, 404)
        assert "Soal satu" not in ask(url(name, world, *args.get(name, [])), follow=True).content.decode()


def test_overview_costs_the_same_for_more_questions_and_attempts(as_organiser, world, django_assert_max_num_queries):
    as_organiser.get(url("figures", world))
    with django_assert_max_num_queries(20) as first:
        as_organiser.get(url("figures", world))
        once = len(first)
    many = make_world([ready_question(name=f"Soal {one}") for one in range(6)])
    for _ in range(4):
        many.attempt(answers=given("abcabc"))
    as_organiser.force_login(many.organiser())
    as_organiser.get(url("figures", many))
    with django_assert_max_num_queries(once):
        as_organiser.get(url("figures", many))


def test_large_statistics_wait_for_the_worker(as_organiser, world, monkeypatch, task_queue):
    monkeypatch.setattr(figures, "COMPUTED_AT_ONCE", 1)
    assert url("compute_figures", world) in as_organiser.get(url("figures", world)).content.decode()
    as_organiser.post(url("compute_figures", world), {"percobaan": "all"})
    waiting = as_organiser.get(url("figures", world) + "?percobaan=all")
    assert waiting["Refresh"] == "3"
    tasks.compute_figures.func(world.quiz.pk, "all")
    page = as_organiser.get(url("figures", world) + "?percobaan=all")
    assert "Refresh" not in page
    assert "Soal satu" in page.content.decode()


# --- regrades ---------------------------------------------------------------------------------------------------------


def test_nothing_to_recalculate(as_organiser, world):
    page = as_organiser.get(url("regrade", world))
    assert page.status_code == 200
    assert '<form method="post" novalidate>' not in page.content.decode()


def look(client, world):
    answer = client.post(url("regrade", world), {"question": ""})
    assert answer.status_code == 302
    return answer.url, client.get(answer.url)


def test_dry_run_names_those_in_care_and_counts_others(as_organiser, world):
    correct(world)
    _url, page = look(as_organiser, world)
    words = page.content.decode()
    assert all(f"Zuraida {number}" in words for number in range(3))
    assert "Orang Sorong" not in words
    assert page.context["plan"].others == 1
    assert not Regrade.objects.exists()


def test_recalculating_and_what_learners_read(as_organiser, client, world):
    correct(world)
    address, page = look(as_organiser, world)
    keys = page.context["form"]["keys"].value()
    assert as_organiser.post(address, {"keys": keys, "reason": " "}).status_code == 422
    assert as_organiser.post(address, {"keys": "1:2", "reason": "Kunci salah"}).status_code == 422
    assert not Regrade.objects.exists()
    done = as_organiser.post(address, {"keys": keys, "reason": "Kunci <salah>"})
    assert done.url == url("regrade", world)
    assert "Kunci &lt;salah&gt;" in as_organiser.get(done.url).content.decode()
    attempt = Attempt.objects.get(person__name="Zuraida 1")
    assert attempt.score == 1
    client.force_login(attempt.person)
    result = client.get(reverse("quizzes:result", args=[attempt.key])).content.decode()
    assert "Kunci &lt;salah&gt;" in result


def test_one_question_of_several(as_organiser, world):
    correct(world)
    answer = as_organiser.post(url("regrade", world), {"question": str(slot(world).question_id)})
    assert as_organiser.get(answer.url).context["plan"].attempts == 4
    assert as_organiser.post(url("regrade", world), {"question": "999999"}).status_code == 422


def test_large_regrades_are_the_workers(as_organiser, world, monkeypatch, task_queue):
    monkeypatch.setattr(screen, "COMPARED_AT_ONCE", 1)
    monkeypatch.setattr(screen, "CHANGED_AT_ONCE", 1)
    correct(world)
    address, waiting = look(as_organiser, world)
    assert waiting["Refresh"] == "3"
    work()
    page = as_organiser.get(address)
    assert page.context["plan"].attempts == 4
    other = PersonFactory(is_superuser=True)
    as_organiser.post(address, {"keys": page.context["form"]["keys"].value(), "reason": "Kunci salah"})
    running = as_organiser.get(url("regrade", world))
    assert running["Refresh"] == "3"
    work()
    done = as_organiser.get(url("regrade", world))
    assert "Refresh" not in done
    assert [one.attempts for one in done.context["regrades"]] == [4]
    as_organiser.force_login(other)
    assert as_organiser.get(address).status_code == 404


def work():
    from django.core.management import call_command

    call_command("work", "--once")


def test_who_must_not_recalculate_finds_nothing(client, world):
    correct(world)
    for person in (world.staff(AgencyRole.Role.EDITOR), world.organiser("sorong"), world.marker()):
        client.force_login(person)
        for name, args in (("regrade", []), ("regrade_plan", []), ("regrade_kept_plan", [uuid.uuid4()])):
            assert client.get(url(name, world, *args)).status_code in (302, 404)
            assert client.post(url(name, world, *args), {"reason": "x"}).status_code in (302, 404)
    assert not Regrade.objects.exists()


# --- on a phone -------------------------------------------------------------------------------------------------------


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_statistics_and_dry_run_fit_a_phone(phone):
    world = make_world([(ready_question(name="Soal satu"), 1), (ready_question(name="Soal dua"), 2)])
    for number in range(24):
        world.attempt(answers=given(("ba", "bb", "ca")[number % 3]))
    correct(world)
    page = phone(world.organiser())
    for name, args in (("figures", []), ("figures_question", [str(slot(world).pk)]), ("regrade_plan", [])):
        page.goto(url(name, world, *args))
        assert page.locator("table.listing").count()
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth + 1"), name
    page.goto(url("figures", world))
    page.emulate_media(media="print")
    assert page.evaluate("document.documentElement.scrollHeight") > 1500  # not just what a screen shows
