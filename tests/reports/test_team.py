"""The team pages: who is in them, what they say, what they keep to themselves, and what they cost."""

import datetime as dt
import io

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from completion.models import Completion, Result
from people.models import SupervisionOverride
from tests.factories import (
    AssignmentFactory,
    DelegationFactory,
    EnrolmentFactory,
    OverrideFactory,
    PersonFactory,
    PostFactory,
    StatusFactory,
    UnitFactory,
)

pytestmark = pytest.mark.django_db
YESTERDAY = dt.timedelta(days=1)


@pytest.fixture
def unit():
    return UnitFactory()


@pytest.fixture
def head(unit):
    return PostFactory(unit=unit, is_head=True, person__name="Kepala Bidang").person


@pytest.fixture
def signed_in(client, head):
    client.force_login(head)
    return client


def member(unit, **fields):
    return PostFactory(unit=unit, **{f"person__{name}": value for name, value in fields.items()}).person


def assigned(person, *, due_in_days=10, course=None, **fields):
    if course:
        fields["course"] = course
    enrolment = EnrolmentFactory(person=person, **fields)
    due_at = None if due_in_days is None else timezone.now() + dt.timedelta(days=due_in_days)
    AssignmentFactory(enrolment=enrolment, due_at=due_at)
    return enrolment


def csv_rows(client, query=""):
    response = client.get(f"/tim/unduh.csv?{query}")
    assert response.status_code == 200
    return b"".join(response.streaming_content).decode("utf-8-sig").splitlines()


def names(client, query=""):
    return [row.person.name for row in client.get(f"/tim/?{query}").context["team"].rows]


def test_team_shows_each_state_of_an_assigned_course(signed_in, unit):
    done = assigned(
        member(unit, name="Selesai"), completion=Completion.COMPLETE, completed_at=timezone.now(), result=Result.PASSED
    )
    assigned(member(unit, name="Lewat"), due_in_days=-3, course=done.course)
    assigned(member(unit, name="Jalan"), completion=Completion.IN_PROGRESS, course=done.course)
    assigned(member(unit, name="Belum"), course=done.course)
    page = signed_in.get("/tim/")
    assert [(row.person.name, row.courses[0].state) for row in page.context["team"].rows] == [
        ("Lewat", "late"),
        ("Belum", "not_started"),
        ("Jalan", "in_progress"),
        ("Selesai", "done"),
    ]
    assert [count for count, _look, _label in page.context["segments"]] == [1, 1, 1, 1]


def test_team_finished_after_the_due_date_is_finished(signed_in, unit):
    assigned(member(unit), due_in_days=-3, completion=Completion.COMPLETE, completed_at=timezone.now())
    assert signed_in.get("/tim/").context["team"].rows[0].courses[0].state == "done"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("state=late", ["Lewat"]),
        ("state=never", ["Belum"]),
        ("query=lewat", ["Lewat"]),
        ("sort=name", ["Belum", "Lewat"]),
        ("state=drop+table&sort=evil&page=-1&course=abc", ["Lewat", "Belum"]),
        ("page=99", ["Lewat", "Belum"]),
    ],
)
def test_team_filters_and_ignores_nonsense(signed_in, unit, query, expected):
    late = assigned(member(unit, name="Lewat", last_login=timezone.now()), due_in_days=-3)
    assigned(member(unit, name="Belum"), course=late.course)
    assert names(signed_in, query) == expected


def test_team_hides_voluntary_learning_until_it_is_assigned(signed_in, unit):
    enrolment = EnrolmentFactory(person=member(unit, name="Sukarela"), course_title="Kursus pilihan sendiri")
    assert "Kursus pilihan sendiri" not in signed_in.get("/tim/").content.decode()
    assert "Kursus pilihan sendiri" not in "".join(csv_rows(signed_in))
    AssignmentFactory(enrolment=enrolment)
    assert "Kursus pilihan sendiri" in signed_in.get("/tim/").content.decode()


def test_team_says_when_an_assignment_was_taken_back(signed_in, unit):
    enrolment = EnrolmentFactory(person=member(unit))
    AssignmentFactory(enrolment=enrolment, withdrawn_at=timezone.now())
    assert signed_in.get("/tim/").context["team"].rows[0].courses == ()


def test_people_on_leave_are_listed_and_not_counted(signed_in, unit):
    person = member(unit, name="Cuti")
    StatusFactory(person=person, kind="not_counted")
    assigned(person, due_in_days=-3)
    page = signed_in.get("/tim/")
    assert page.context["team"].rows[0].on_leave
    assert page.context["assigned_total"] == 0


# --- only my people --------------------------------------------------------------------------------------------------


@pytest.fixture
def stranger():
    """Somebody of another unit with much that could leak."""
    person = PostFactory(unit=UnitFactory(), person__name="Orang Asing").person
    assigned(person)
    return person


@pytest.mark.parametrize("address", ["/tim/", "/tim/?query=Asing", "/tim/?state=late", "/tim/unduh.csv?query=Asing"])
def test_team_never_lists_a_stranger(signed_in, unit, stranger, address):
    assigned(member(unit))
    response = signed_in.get(address)
    content = b"".join(response.streaming_content) if response.streaming else response.content
    assert response.status_code == 200
    assert b"Orang Asing" not in content


def test_a_strangers_card_and_course_are_404(signed_in, unit, stranger):
    assigned(member(unit))
    assert signed_in.get(f"/tim/orang/{stranger.key}/").status_code == 404
    assert signed_in.get(f"/tim/kursus/{stranger.enrolments.get().course_id}/").status_code == 404
    assert signed_in.get("/tim/orang/0123456789abcdef/").status_code == 404
    assert signed_in.get("/tim/kursus/999999999999999/").status_code == 404


def test_a_supervisor_two_units_away_gets_404(client, unit):
    person = member(UnitFactory(parent=unit))
    client.force_login(PostFactory(unit=UnitFactory(parent=unit), is_head=True).person)
    assert client.get(f"/tim/orang/{person.key}/").status_code == 404


def test_a_former_supervisor_gets_404_everywhere(client, unit):
    person = member(unit)
    course = assigned(person).course_id
    former = PostFactory(unit=unit, is_head=True, valid_to=timezone.localdate() - YESTERDAY).person
    client.force_login(former)
    for address in (
        "/tim/",
        f"/tim/orang/{person.key}/",
        f"/tim/kursus/{course}/",
        "/tim/unduh.csv",
        "/tim/unduh.xlsx",
    ):
        assert client.get(address).status_code == 404, address


def test_a_supervisor_on_the_last_day_still_sees(client, unit):
    person = member(unit)
    client.force_login(PostFactory(unit=unit, is_head=True, valid_to=timezone.localdate()).person)
    assert client.get(f"/tim/orang/{person.key}/").status_code == 200


def test_visitors_are_asked_to_sign_in(client):
    response = client.get("/tim/")
    assert response.status_code == 302
    assert response["Location"].startswith("/masuk/")


def test_the_team_follows_delegation_and_overrides(client, unit, head):
    person, other = member(unit, name="Anggota"), PersonFactory()
    client.force_login(other)
    assert client.get("/tim/").status_code == 404
    DelegationFactory(from_person=head, to_person=other, valid_from=timezone.localdate())
    assert "Anggota" in client.get("/tim/").content.decode()
    OverrideFactory(person=person, supervisor=head, effect=SupervisionOverride.Effect.SEES_NOT)
    assert "Anggota" not in client.get("/tim/").content.decode()


def test_the_card_shows_passed_but_no_mark_and_no_address_of_answers(signed_in, unit):
    person = member(unit)
    enrolment = assigned(person, completion=Completion.COMPLETE, completed_at=timezone.now(), result=Result.NOT_PASSED)
    page = signed_in.get(f"/tim/orang/{person.key}/").content.decode()
    assert enrolment.course.title in page
    assert "/kuis/" not in page
    assert "/belajar/mengapa/" not in page


# --- files -----------------------------------------------------------------------------------------------------------


def test_exports_hold_exactly_the_rows_of_the_page(signed_in, unit):
    late = assigned(member(unit, name="Lewat"), due_in_days=-3)
    assigned(member(unit, name="Belum"), course=late.course)
    lines = csv_rows(signed_in, "state=late")
    assert len(lines) == 2
    assert lines[1].startswith("Lewat,")
    book = load_workbook(io.BytesIO(signed_in.get("/tim/unduh.xlsx?state=late").content))
    assert [row[0].value for row in book.active.iter_rows(min_row=2)] == ["Lewat"]


def test_exports_make_formulas_text(signed_in, unit):
    member(unit, name="=1+1")
    assert csv_rows(signed_in)[1].startswith("'=1+1,")


def test_exports_of_many_people_are_complete_and_in_order(signed_in, unit):
    for number in range(60):
        member(unit, name=f"Orang {number:03}")
    assert [line.split(",")[0] for line in csv_rows(signed_in, "sort=name")[1:]] == [f"Orang {n:03}" for n in range(60)]


# --- cost ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("people", [1, 3])
def test_team_costs_ten_queries_however_many_people(signed_in, unit, django_assert_num_queries, people):
    course = assigned(member(unit)).course
    for _number in range(people - 1):
        assigned(member(unit), course=course)
    signed_in.get("/tim/")  # the navigation's answer is in the cache from now on
    with django_assert_num_queries(10):  # two of them for JP, three for what waits: trainings, requests
        signed_in.get("/tim/")
