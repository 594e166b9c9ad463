"""Pure rules of due dates: months that are too short, leap years, windows, extensions and exemptions."""

import calendar
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from completion.due import (
    add_months,
    effective_due,
    first_due_on,
    next_cycle_due_on,
    opens_again_on,
    runs_out_on,
)

days = st.dates(dt.date(2000, 1, 1), dt.date(2090, 12, 31))
months = st.integers(-240, 240)
moments = st.integers(0, 9_000).map(lambda hours: dt.datetime(2026, 1, 1, tzinfo=dt.UTC) + dt.timedelta(hours=hours))


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        ((2027, 1, 31), 1, (2027, 2, 28)),
        ((2028, 1, 31), 1, (2028, 2, 29)),
        ((2028, 2, 29), 12, (2029, 2, 28)),
        ((2028, 2, 29), 48, (2032, 2, 29)),
        ((2026, 12, 31), 2, (2027, 2, 28)),
        ((2026, 11, 30), 3, (2027, 2, 28)),
        ((2026, 12, 1), 12, (2027, 12, 1)),
        ((2027, 3, 31), -1, (2027, 2, 28)),
        ((2026, 5, 17), 0, (2026, 5, 17)),
    ],
)
def test_months_that_are_too_short_end_on_their_last_day(day, count, expected):
    assert add_months(dt.date(*day), count) == dt.date(*expected)


@given(days, months)
def test_added_months_keep_the_day_or_end_the_month(day, count):
    added = add_months(day, count)
    assert (added.year * 12 + added.month) - (day.year * 12 + day.month) == count
    assert added.day == day.day or (
        added.day < day.day and added.day == calendar.monthrange(added.year, added.month)[1]
    )


@given(days, days, months)
def test_adding_months_keeps_the_order(one, other, count):
    earlier, later = sorted([one, other])
    assert add_months(earlier, count) <= add_months(later, count)


@given(days, st.integers(1, 60), st.integers(0, 400))
def test_the_next_cycle_opens_after_the_completion_and_is_due_when_it_runs_out(day, valid, window):
    opens = opens_again_on(day, valid, window)
    assert day < opens
    assert opens <= max(runs_out_on(day, valid), day + dt.timedelta(days=1))
    assert next_cycle_due_on(day, valid, window, today=opens) > opens or runs_out_on(day, valid) == opens


@given(days, st.integers(1, 60), st.integers(0, 400), st.integers(0, 2000))
def test_the_next_cycle_is_never_due_before_it_opens(day, valid, window, after):
    today = opens_again_on(day, valid, window) + dt.timedelta(days=after)
    assert next_cycle_due_on(day, valid, window, today) > today


@given(days, days, st.integers(-30, 30))
def test_a_fixed_day_holds_until_it_is_past_and_never_lies_in_the_past(starts, due, joined):
    if due < starts:
        return
    today = due + dt.timedelta(days=joined)
    told = first_due_on(due_on=due, due_days=None, starts_on=starts, today=today)
    assert told == due if joined <= 0 else told > today
    assert told >= today


def test_days_after_joining_and_no_day_at_all():
    today = dt.date(2026, 12, 30)
    assert first_due_on(due_on=None, due_days=14, starts_on=today, today=today) == dt.date(2027, 1, 13)
    assert first_due_on(due_on=None, due_days=0, starts_on=today, today=today) == today
    assert first_due_on(due_on=None, due_days=None, starts_on=today, today=today) is None


@given(st.lists(st.none() | moments), st.lists(moments))
def test_effective_due_is_the_earliest_assignment_or_a_later_extension(assigned, extended):
    due = effective_due(assigned, extended)
    asked = [moment for moment in assigned if moment]
    if not asked:
        assert due is None
    else:
        assert due >= min(asked)
        assert due in [*asked, *extended]
        assert all(due >= moment for moment in extended)
    assert effective_due(assigned, extended, exempted=True) is None
