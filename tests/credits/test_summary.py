"""A person's year: what is asked, credited, pending, cut, and what would close the rest."""

import datetime as dt
from fractions import Fraction

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from courses.models import CoursePage
from credits import services
from credits.models import AgencyCreditSetting
from credits.queries import ip_simulation, jp_of_people, jp_summary, jp_years
from people.models import Employment, Post
from tests.factories import EmploymentFactory, EnrolmentFactory, PersonFactory, StatusFactory, make_employee

from .conftest import MARCH_4, WIT, achieve, do_lessons, learn_elsewhere, make_course, noon

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_november():
    with time_machine.travel(noon(dt.date(2026, 11, 21)), tick=False):
        yield


def credited(person, minutes, days, **fields):
    achievement = achieve(person, minutes, days, **fields)
    services.credit_achievement(achievement_id=achievement.pk)
    return achievement


def begin(person, minutes, days, **fields):
    """Put a person into an open course of which the first lessons are done."""
    enrolment = EnrolmentFactory(person=person, course=make_course(minutes, **fields), completion=1)
    do_lessons(enrolment, days)
    return enrolment


def become_pppk(person, **fields):
    job = person.employments.get()
    Employment.objects.filter(pk=job.pk).update(kind="pppk", **fields)


def days(number, first=MARCH_4):
    return [first + dt.timedelta(days=n) for n in range(number)]


# --- PNS -------------------------------------------------------------------------------------------------------------


def test_twelve_of_twenty(person):
    credited(person, [135] * 4, days(4))
    told = jp_summary(person)
    assert (told.credited, told.target, told.missing, told.is_met) == (12, 20, 8, False)
    assert told.year.is_calendar
    # 8 JP at 3 a day, from today: 3 today, 3 on Sunday, 2 on Monday.
    assert told.earliest == dt.date(2026, 11, 23)
    assert told.forecast == Fraction(12) * 365 / 325


def test_last_year_does_not_count(person):
    credited(person, [135], [dt.date(2025, 12, 31)])
    assert (jp_summary(person).credited, jp_summary(person, dt.date(2025, 6, 1)).credited) == (0, 3)


def test_where_the_year_ends_first_no_day_is_named(person):
    with time_machine.travel(noon(dt.date(2026, 12, 30)), tick=False):
        assert jp_summary(person).earliest is None


def test_new_year_comes_in_the_persons_zone(person):
    """At 23.30 in Palembang it is New Year's morning in Sorong."""
    with time_machine.travel(dt.datetime(2026, 12, 31, 16, 30, tzinfo=dt.UTC), tick=False):
        assert jp_summary(person).year.key == "2027-01-01"
        person.time_zone = "Asia/Jakarta"
        assert jp_summary(person).year.key == "2026-01-01"


def test_what_an_open_course_has_is_pending_and_not_credited(person):
    begin(person, [90, 90, 90], days(2, dt.date(2026, 11, 20)))
    told = jp_summary(person)
    assert (told.credited, told.pending_jp, told.missing) == (0, 4, 16)
    assert [(one.minutes, one.jp) for one in told.pending] == [(180, 4)]
    # Of today's 3 JP two are used.
    assert told.earliest == dt.date(2026, 11, 26)


def test_pending_courses_share_the_limit_of_a_day(person):
    for _ in range(2):
        begin(person, [90, 90], [dt.date(2026, 11, 20)])
    assert [one.jp for one in jp_summary(person).pending] == [2, 1]


def test_a_course_that_is_done_is_pending_no_more(person):
    enrolment = begin(person, [90, 90], days(2))
    enrolment.state = "finished"
    enrolment.save()
    assert jp_summary(person).pending == ()


def test_what_was_cut_is_told(person):
    credited(person, [450], [MARCH_4])
    told = jp_summary(person)
    assert (told.credited, told.cut, told.minutes) == (3, 7, 450)


def test_suggestions_finish_what_is_begun_and_then_close_the_rest(person):
    credited(person, [135] * 5, days(5))
    begin(person, [45, 45], [dt.date(2026, 11, 1)], title="Sudah dimulai")
    make_course([45] * 9, title="Besar")
    make_course([45] * 3, title="Pas")
    make_course([45] * 3, title="Ditugaskan saja", enrolment_mode=CoursePage.EnrolmentMode.ASSIGNED)
    told = jp_summary(person)
    assert told.missing == 4
    assert [(one.title, one.jp, one.is_open, one.days) for one in told.suggestions] == [
        ("Sudah dimulai", 1, True, 1),
        ("Pas", 3, False, 1),
    ]
    assert told.suggestions_close


def test_nothing_is_suggested_to_who_is_done(person):
    credited(person, [135] * 7, days(7))
    make_course([450])
    told = jp_summary(person)
    assert (told.is_met, told.missing, told.suggestions, told.earliest) == (True, 0, (), None)


def test_who_is_on_leave_is_not_counted(person):
    StatusFactory(person=person, kind="not_counted", valid_from=dt.date(2026, 11, 1))
    assert not jp_summary(person).is_counted


# --- PPPK and those between ------------------------------------------------------------------------------------------


def test_pppk_count_by_the_year_of_the_contract_and_nothing_is_missing(person):
    become_pppk(person, contract_from=dt.date(2024, 3, 5), contract_to=dt.date(2029, 3, 4))
    credited(person, [135] * 2, [MARCH_4, dt.date(2026, 3, 5)])
    told = jp_summary(person)
    assert (told.year.span.first, told.year.span.last) == (dt.date(2026, 3, 5), dt.date(2027, 3, 4))
    assert (told.credited, told.target, told.missing, told.surplus) == (3, 24, 0, 0)
    assert told.year.is_ceiling
    assert jp_summary(person, MARCH_4).credited == 3


def test_above_the_ceiling_is_learning_of_ones_own(person):
    become_pppk(person, contract_from=dt.date(2026, 1, 1))
    services.credit_achievement(
        achievement_id=learn_elsewhere(person, form="training", minutes=30 * 45, first=MARCH_4).pk
    )
    assert (jp_summary(person).credited, jp_summary(person).surplus) == (30, 6)


def test_an_agency_may_read_the_amount_as_one_to_be_reached(person, agency):
    become_pppk(person, contract_from=dt.date(2026, 1, 1))
    AgencyCreditSetting.objects.create(agency=agency, pppk_meaning="target", valid_from=dt.date(2026, 1, 1))
    assert jp_summary(person).missing == 24


def test_a_pppk_who_becomes_pns_keeps_what_was_learnt(person, agency):
    become_pppk(
        person, contract_from=dt.date(2024, 3, 1), valid_from=dt.date(2024, 3, 1), valid_to=dt.date(2026, 6, 30)
    )
    EmploymentFactory(person=person, agency=agency, valid_from=dt.date(2026, 7, 1))
    credited(person, [135], [dt.date(2026, 2, 1)])
    credited(person, [135], [dt.date(2026, 5, 1)])
    told = jp_summary(person)
    assert (told.year.kind, told.credited, told.target) == ("pns", 6, 20)
    assert [(year.kind, year.key, year.span.last.isoformat()) for year in jp_years(person)] == [
        ("pns", "2026-01-01", "2026-12-31"),
        ("pppk", "2026-03-01", "2026-06-30"),
        ("pppk", "2025-03-01", "2026-02-28"),
    ]


def test_who_has_no_employment_has_a_ledger_and_no_target():
    person = PersonFactory(time_zone=WIT)
    credited(person, [135], [MARCH_4])
    told = jp_summary(person)
    assert (told.credited, told.target, told.missing) == (3, None, 0)


# --- many people -----------------------------------------------------------------------------------------------------


def test_many_people_each_in_their_year(person, unit, django_assert_num_queries):
    colleague = make_employee(unit, time_zone=WIT)
    become_pppk(colleague, contract_from=dt.date(2024, 3, 5))
    for one in (person, colleague):
        credited(one, [135, 60], [MARCH_4, dt.date(2026, 3, 5)])
    jp_of_people([person])  # the rules are read
    with django_assert_num_queries(2):
        told = jp_of_people([person, colleague])
    assert [(told[p.pk].credited, told[p.pk].target) for p in (person, colleague)] == [
        (3 + Fraction(60, 45), 20),
        (Fraction(60, 45), 24),
    ]
    assert told[person.pk].credited == jp_summary(person).credited


def test_the_queries_of_a_summary_do_not_grow(person):
    jp_summary(person)  # the rules are read
    counted = []
    for _ in range(2):
        credited(person, [45] * 3, days(3))
        begin(person, [45] * 3, days(2))
        make_course([45] * 3)
        for full in (False, True):
            with CaptureQueriesContext(connection) as queries:
                jp_summary(person, full=full)
            counted.append(len(queries))
    assert counted == [4, 8, 4, 8]


# --- IP ASN ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("form", "minutes", "facts", "points"),
    [
        ("training", 900, {}, "22.5"),
        ("training", 899, {}, "0"),
        ("training", 900, {"kind": 5}, "0"),
        ("seminar", 120, {}, "17.5"),
        ("community", 900, {}, "0"),
    ],
)
def test_the_training_part_of_an_executive(person, form, minutes, facts, points):
    learn_elsewhere(person, form=form, minutes=minutes, first=MARCH_4, facts=facts)
    told = ip_simulation(person)
    assert (str(told.points.normalize()), told.most) == (points, 40)


def test_ten_small_courses_make_no_training_of_twenty_jp(person):
    for number in range(10):
        learn_elsewhere(person, form="training", minutes=90, first=MARCH_4, number=number)
    assert ip_simulation(person).points == 0


def test_technical_training_counts_for_a_year(person):
    learn_elsewhere(person, form="training", minutes=900, first=dt.date(2025, 11, 21))
    assert ip_simulation(person).points == 0
    assert ip_simulation(person, dt.date(2026, 11, 20)).points > 0


def test_a_functional_post_has_three_lines(person):
    Post.objects.filter(person=person).update(kind="fungsional")
    learn_elsewhere(person, form="training", minutes=900, first=MARCH_4, facts={"kind": 2})
    told = ip_simulation(person)
    assert [(one.line.line, one.points) for one in told.lines] == [("leadership", 15), ("technical", 0), ("seminar", 0)]


def test_who_has_no_post_has_no_simulation(db):
    assert ip_simulation(PersonFactory()) is None
