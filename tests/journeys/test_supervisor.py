"""A head of unit finds one of the people, reads the card, takes the table along, and is refused everybody else."""

import csv
import datetime as dt
import io

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from completion.services import assign
from people.models import Post
from tests.factories import UnitFactory, make_course

from .world import colleague, make_office

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def office():
    """Wulan and four colleagues with one assigned course; Wulan is late."""
    office = make_office()
    course = make_course(title="Etika di loket")
    for number in range(4):
        colleague(office.unit, name=f"Rekan {number}")
    team = [post.person for post in office.unit.posts.filter(is_head=False)]
    for person in team:
        give(course, person, office, days=-2 if person == office.learner else 20)
    return office


@pytest.fixture
def stranger(office):
    """Somebody of another unit, late as well."""
    person = colleague(UnitFactory(agency=office.unit.agency), name="Wulandari Jauh")
    give(make_course(title="Kursus rahasia"), person, office, days=-2)
    return person


def give(course, person, office, *, days: int) -> None:
    due_at = timezone.now() + dt.timedelta(days=days)
    assign(course=course, people=[person], by=office.head, agency=office.unit.agency, due_at=due_at, reason="SK 7/2026")


def names(page) -> list[str]:
    return page.locator("table.people-table th[scope=row] > a").all_inner_texts()


def download(page, name: str):
    with page.expect_download() as waiting:
        page.locator(f"a[href^='/tim/unduh.{name}']").click()
    return waiting.value.path()


def test_supervisor_finds_a_learner_by_filter_reads_the_card_and_exports(desktop, office, stranger):
    page = desktop(office.head)
    page.goto("/")
    page.locator("header nav a[href='/tim/']").click()
    assert names(page) == ["Wulan", "Rekan 0", "Rekan 1", "Rekan 2", "Rekan 3"]
    page.locator("nav.chips a[href*='state=late']").click()
    assert names(page) == ["Wulan"]

    with download(page, "csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert [row[0] for row in rows] == ["Name", "Wulan"]
    assert rows[1][5:8] == ["Etika di loket", "Past due", "0"]
    sheet = load_workbook(io.BytesIO(download(page, "xlsx").read_bytes())).active
    assert [["" if cell is None else str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)] == rows

    page.fill("[name=query]", "rekan 2")
    page.locator("form[role=search] button").click()
    assert names(page) == []  # nobody of that name is late
    page.locator("main a[href='?']").first.click()
    page.fill("[name=query]", "wulan")
    page.locator("form[role=search] button").click()
    assert names(page) == ["Wulan"]  # and not Wulandari of another unit
    page.locator("table.people-table th[scope=row] > a").click()
    assert page.text_content("h1") == "Wulan"
    assert "SK 7/2026" in page.text_content("main")
    page.locator("main h3 a").click()
    assert page.text_content("h1") == "Etika di loket"
    assert len(names(page)) == 5


def test_supervisor_is_refused_a_stranger_and_a_former_one_everything(phone, office, stranger):
    page = phone(office.head)
    strange_course = stranger.enrolments.get().course_id
    for address in (f"/tim/orang/{stranger.key}/", f"/tim/kursus/{strange_course}/", "/tim/orang/0123456789abcdef/"):
        assert page.goto(address).status == 404
        assert "Wulandari" not in page.content()
        assert "Kursus rahasia" not in page.content()
    card = f"/tim/orang/{office.learner.key}/"
    assert page.goto(card).status == 200

    Post.objects.filter(person=office.head).update(valid_to=timezone.localdate() - dt.timedelta(days=1))
    for address in ("/tim/", card, "/tim/unduh.csv", "/tim/unduh.xlsx"):
        assert page.goto(address).status == 404, address
