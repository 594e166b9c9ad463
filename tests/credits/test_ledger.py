"""The ledger: credited at once and once, by the rules of the day, never rewritten, provable."""

import datetime as dt
import json
import threading
from decimal import Decimal
from fractions import Fraction
from io import StringIO
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from completion.models import Achievement
from completion.services import achieving
from credits import receivers, services
from credits.models import AgencyCreditSetting, JpRule, LedgerEntry
from credits.queries import credited_in, open_entries
from people.models import Employment
from tests.factories import make_employee

from .conftest import MARCH_4, WIT, achieve, learn_elsewhere

pytestmark = pytest.mark.django_db


def credit(achievement):
    return services.credit_achievement(achievement_id=achievement.pk)


def total(person) -> Fraction:
    return sum((credited_in(row) for row in LedgerEntry.objects.filter(person=person)), Fraction(0))


def days(number, first=MARCH_4):
    return [first + dt.timedelta(days=n) for n in range(number)]


def set_agency(agency, **fields):
    return AgencyCreditSetting.objects.create(agency=agency, valid_from=dt.date(2025, 1, 1), **fields)


def undo(achievement):
    Achievement.objects.filter(pk=achievement.pk).update(undone_at=timezone.now())
    return services.reverse_achievement(achievement_id=achievement.pk)


# --- worked examples -------------------------------------------------------------------------------------------------


def test_a_course_of_ten_jp_in_a_day_is_credited_with_three_and_keeps_its_minutes(person):
    (row,) = credit(achieve(person, [200, 250], [MARCH_4] * 2))
    assert (row.minutes, credited_in(row), Fraction(row.cut_numerator, row.denominator)) == (450, 3, 7)
    assert row.reasons == [["daily_cap", {"cap": "3", "day": "2026-03-04"}]]
    assert (row.local_date, row.zone, row.rule.form) == (MARCH_4, WIT, "elearning")


def test_over_four_days_it_is_credited_in_full(person):
    rows = credit(achieve(person, [135, 135, 135, 45], days(4)))
    assert [credited_in(row) for row in rows] == [3, 3, 3, 1]


def test_a_path_has_no_jp_of_its_own(person):
    achievement = achieve(person, [90], [MARCH_4])
    Achievement.objects.filter(pk=achievement.pk).update(kind="path")
    assert credit(achievement) == []
    assert services.settle(achievement_ids=[achievement.pk]) == 0


def test_mentoring_of_three_sessions_in_a_month(person):
    (march,) = credit(learn_elsewhere(person, form="mentoring", minutes=180, first=MARCH_4, facts={"units": 3}))
    assert (march.minutes, march.units, credited_in(march)) == (180, 3, 4)
    april = learn_elsewhere(
        person, form="mentoring", minutes=120, first=dt.date(2026, 3, 30), last=dt.date(2026, 4, 2), number=2,
        facts={"units": 2},
    )  # fmt: skip
    assert [(row.local_date.month, credited_in(row)) for row in credit(april)] == [(3, 0), (4, 2)]


def test_a_webinar_counts_by_the_day_or_by_its_minutes(person, agency):
    (by_day,) = credit(learn_elsewhere(person, form="seminar", minutes=120, first=MARCH_4))
    set_agency(agency, short_events="minutes")
    (by_minutes,) = credit(learn_elsewhere(person, form="seminar", minutes=120, first=dt.date(2026, 3, 9), number=2))
    assert (credited_in(by_day), credited_in(by_minutes)) == (4, Fraction(8, 3))
    assert by_minutes.setting is not None


def test_a_workshop_counts_each_day_and_loses_no_minute(person):
    rows = credit(learn_elsewhere(person, form="workshop", minutes=700, first=MARCH_4, last=dt.date(2026, 3, 6)))
    assert [(row.minutes, credited_in(row)) for row in rows] == [(234, 5), (233, 5), (233, 5)]


def test_a_course_counted_by_the_day_is_one_day_however_many_evenings_it_took(person):
    rows = credit(achieve(person, [30, 30, 30], days(3), form="seminar"))
    assert [(row.minutes, credited_in(row), row.local_date) for row in rows] == [(90, 4, dt.date(2026, 3, 6))]


@pytest.mark.parametrize(("form", "jp"), [("formal", 40), ("internship", 40), ("training", 10), ("on_the_job", 0)])
def test_forms_counted_by_the_piece_by_the_programme_and_not_at_all(person, form, jp):
    rows = credit(
        learn_elsewhere(person, form=form, minutes=450, first=MARCH_4, last=dt.date(2026, 3, 7), facts={"units": 2})
    )
    assert (sum(credited_in(row) for row in rows), sum(row.minutes for row in rows)) == (jp, 450)
    assert all(row.reasons == ([["no_rule", {}]] if jp == 0 else []) for row in rows)


def test_international_training_is_worth_a_fifth_more(person):
    rows = credit(learn_elsewhere(person, form="training", minutes=450, first=MARCH_4, is_international=True))
    assert credited_in(rows[0]) == 12


# --- zones, days and years -------------------------------------------------------------------------------------------


def test_the_day_is_the_local_one_of_the_event_whatever_utc_says(person):
    """The last evening of the year in Palembang is the first morning of the next in Sorong."""
    last, first = dt.date(2025, 12, 31), dt.date(2026, 1, 1)
    rows = credit(achieve(person, [45, 45], [last, first]))
    assert [row.local_date for row in rows] == [last, first]


def test_two_zones_of_one_day_share_its_limit(person):
    credit(achieve(person, [90], [MARCH_4], zone="Asia/Jakarta"))
    (row,) = credit(achieve(person, [90], [MARCH_4]))
    assert (credited_in(row), row.zone) == (1, WIT)


def test_who_moves_to_another_zone_keeps_the_days_of_before(person):
    first = achieve(person, [90], [MARCH_4])
    credit(first)
    person.time_zone = "Asia/Jakarta"
    person.save()
    credit(achieve(person, [90], [MARCH_4], zone="Asia/Jakarta"))
    assert list(LedgerEntry.objects.values_list("zone", flat=True)) == [WIT, "Asia/Jakarta"]
    assert total(person) == 3


# --- rules change, decisions stay ------------------------------------------------------------------------------------


def test_a_day_is_decided_by_the_rule_in_force_on_it(person):
    old = JpRule.objects.get(form="elearning", scope="national")
    old.valid_to = dt.date(2026, 3, 5)
    old.save()
    JpRule.objects.create(
        form="elearning", scope="national", unit="minutes", daily_cap=5, valid_from=dt.date(2026, 3, 6), source="Baru"
    )
    rows = credit(achieve(person, [270, 270], [dt.date(2026, 3, 5), dt.date(2026, 3, 6)]))
    assert [credited_in(row) for row in rows] == [3, 5]


def test_a_rule_changed_later_rewrites_nothing_and_the_check_still_proves_it(person):
    credit(achieve(person, [270], [MARCH_4]))
    JpRule.objects.filter(form="elearning").update(daily_cap=Decimal("1"))
    assert total(person) == 3
    assert "0 differences" in check()


def test_the_settings_of_the_agency_of_that_day_hold(person, agency):
    set_agency(agency, cap_by="programme")
    for _ in range(2):
        credit(achieve(person, [135], [MARCH_4]))
    assert total(person) == 6
    # From the next day on the person belongs to nobody who has a setting; the shelf's agency has none either.
    Employment.objects.filter(person=person).update(valid_to=MARCH_4)
    for _ in range(2):
        credit(achieve(person, [135], [dt.date(2026, 3, 5)]))
    assert total(person) == 6 + 3


# --- once, undone, again ---------------------------------------------------------------------------------------------


def test_twice_is_once_and_the_database_says_so_too(person):
    achievement = achieve(person, [90], [MARCH_4])
    assert len(credit(achievement)) == 1
    assert credit(achievement) == []
    row = open_entries().get()
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


def test_news_of_an_achievement_credits_it_and_news_of_its_end_takes_it_back(
    person, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        achievement = achieve(person, [90], [MARCH_4])
    assert total(person) == 2
    with django_capture_on_commit_callbacks(execute=True):
        achieving.undo_achievements(kind="course", enrolment_ids=[achievement.enrolment_id])
    assert total(person) == 0
    assert LedgerEntry.objects.count() == 2


def test_taking_back_leaves_room_for_what_comes_and_changes_nothing_that_was_cut(person):
    first, second = achieve(person, [135], [MARCH_4]), achieve(person, [135], [MARCH_4])
    credit(first), credit(second)
    undo(first)
    assert total(person) == 0
    credit(achieve(person, [90], [MARCH_4]))
    assert total(person) == 2
    assert undo(first) == []
    assert "0 differences" in check()


def test_achieved_again_it_is_credited_again_in_a_round_of_its_own(person):
    achievement = achieve(person, [90], [MARCH_4])
    credit(achievement)
    undo(achievement)
    Achievement.objects.filter(pk=achievement.pk).update(undone_at=None)
    (again,) = credit(achievement)
    assert (again.round, total(person)) == (2, 2)
    assert sum(row.minutes for row in LedgerEntry.objects.all()) == 90


# --- the proof -------------------------------------------------------------------------------------------------------


def check(*options) -> str:
    out = StringIO()
    call_command("credit_jp", "--check", *options, stdout=out)
    return out.getvalue()


def fails(*options) -> str:
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("credit_jp", "--check", *options, stdout=out)
    return out.getvalue()


def test_the_check_names_a_changed_number_and_a_missing_credit(person):
    row = credit(achieve(person, [270], [MARCH_4]))[0]
    missing = achieve(person, [45], [MARCH_4])
    LedgerEntry.objects.filter(pk=row.pk).update(credited_numerator=6)
    said = [json.loads(line) for line in fails("--json").splitlines()]
    assert said[0] == {"achievement": missing.pk, "field": "entries"}
    assert {"person": person.pk, "entry": row.pk, "field": "credited", "stored": "6", "recomputed": "3"} in said


def test_the_command_credits_what_was_missed_and_is_quiet_the_second_time(person):
    achieve(person, [90], [MARCH_4])
    out = StringIO()
    call_command("credit_jp", stdout=out)
    call_command("credit_jp", stdout=out)
    assert out.getvalue().splitlines() == [
        "1 achievements settled, 1 rows written.",
        "0 achievements settled, 0 rows written.",
    ]
    assert total(person) == 2


def test_the_queries_grow_neither_with_days_nor_with_achievements(person, unit, django_assert_num_queries):
    others = [make_employee(unit, time_zone=WIT) for _ in range(3)]
    one = [achieve(person, [45], [MARCH_4])]
    many = [achieve(other, [45] * 4, days(4)) for other in others for _ in range(2)]
    for achievements in (one, many):
        with django_assert_num_queries(12):
            services.credit_achievements(achievement_ids=[achievement.pk for achievement in achievements])
    assert "0 differences" in check()


def test_together_is_as_one_by_one(person, unit):
    """A person's achievements of one batch share the limits of their days, in the order in which they were made."""
    colleague = make_employee(unit, time_zone=WIT)
    made = [achieve(who, [90, 45], days(2)) for who in (person, colleague, person, person)]
    rows = services.credit_achievements(achievement_ids=[one.pk for one in reversed(made)])
    assert [(row.person_id, credited_in(row)) for row in rows if row.local_date == MARCH_4] == [
        (person.pk, 2),
        (colleague.pk, 2),
        (person.pk, 1),
        (person.pk, 0),
    ]
    assert services.credit_achievements(achievement_ids=[one.pk for one in made]) == []
    assert "0 differences" in check()


def test_many_at_once_are_left_to_the_worker(monkeypatch):
    left = []
    monkeypatch.setattr(receivers, "tasks", SimpleNamespace(settle=SimpleNamespace(enqueue=left.append)))
    receivers.settle(None, achievement_ids=list(range(1, 451)))
    assert [len(ids) for ids in left] == [200, 200, 50]


@pytest.mark.django_db(transaction=True)
def test_courses_finished_in_the_same_second_share_the_limit_of_the_day(person):
    made = [achieve(person, [90], [MARCH_4]) for _ in range(3)]
    start, failures = threading.Barrier(len(made)), []

    def run(achievement):
        try:
            start.wait(timeout=10)
            for _ in range(2):
                credit(achievement)
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(one,)) for one in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert total(person) == 3
    assert open_entries().count() == 3
    assert "0 differences" in check()
