"""Which reminder is due now: by the day of the person's zone, by day only, the newest only, once."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications import planning
from notifications.planning import DEFER, SEND, WITHHOLD, Quiet, Step, next_allowed, plan

WIB, WITA, WIT = "Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"
ZONES = [WIB, WITA, WIT]
QUIET = Quiet()
STEPS = [Step(-7, 1), Step(-1, 2), Step(0, 3), Step(3, 4), Step(7, 5)]


def at(text: str, zone: str = WIB) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=planning.ZoneInfo(zone))


def told(due: str, now: str, zone: str = WIB, **more) -> list[tuple[int, str, str]]:
    found = plan(
        due_at=at(due, zone), now=at(now, zone), zone=zone, quiet=QUIET, steps=more.pop("steps", STEPS), **more
    )
    return [(decision.step.days, decision.action, decision.reason) for decision in found]


FRIDAY = "2026-03-06T23:59:59"


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(
    ("now", "step"),
    [
        ("2026-02-27T07:00", -7),
        ("2026-03-05T07:00", -1),
        ("2026-03-06T19:59", 0),
        ("2026-03-09T08:00", 3),
        ("2026-03-13T08:00", 7),
    ],
)
def test_each_step_comes_on_its_day(zone, now, step):
    before = frozenset(s.id for s in STEPS if s.days < step)
    assert told(FRIDAY, now, zone, decided=before) == [(step, SEND, "on_time")]


def test_nothing_before_the_first_step():
    assert told(FRIDAY, "2026-02-26T19:00") == []


@pytest.mark.parametrize("now", ["2026-03-05T20:00", "2026-03-05T23:59", "2026-03-06T00:00", "2026-03-06T06:59"])
def test_night_defers_and_decides_nothing(now):
    (only,) = told(FRIDAY, now)
    assert only[1:] == (DEFER, "quiet")


def test_one_moment_is_day_in_the_east_and_night_in_the_west():
    now = at("2026-03-05T07:30", WIT)  # 05.30 WIB
    east = plan(due_at=at(FRIDAY, WIT), now=now, zone=WIT, quiet=QUIET, steps=[Step(-1, 2)])
    west = plan(due_at=at(FRIDAY, WIB), now=now, zone=WIB, quiet=QUIET, steps=[Step(-1, 2)])
    assert (east[0].action, west[0].action) == (SEND, DEFER)


def test_day_counts_in_the_zone_of_the_person():
    """The end of Friday in Jayapura is still Friday there, and 21.59 in Jakarta."""
    due = at(FRIDAY, WIT)
    assert planning.step_day(due, WIT, 1) == dt.date(2026, 3, 7)
    assert planning.step_day(at("2026-03-07T00:30", WIT), WIB, 0) == dt.date(2026, 3, 6)


def test_steps_pass_the_end_of_the_year():
    assert told("2027-01-03T23:59:59", "2026-12-27T09:00") == [(-7, SEND, "on_time")]
    assert told("2026-12-31T23:59:59", "2027-01-03T09:00", decided={1, 2, 3}) == [(3, SEND, "on_time")]


def test_after_an_outage_only_the_newest_is_sent():
    assert told(FRIDAY, "2026-03-06T08:00") == [
        (-7, WITHHOLD, "superseded"),
        (-1, WITHHOLD, "superseded"),
        (0, SEND, "on_time"),
    ]
    assert told(FRIDAY, "2026-03-11T08:00")[-1] == (3, SEND, "caught_up")


def test_what_lost_its_sense_is_stale():
    assert told(FRIDAY, "2026-03-07T08:00", steps=[Step(-1, 2)]) == [(-1, WITHHOLD, "stale")]
    assert told("2026-03-06T12:00", "2026-03-06T12:01", steps=[Step(0, 3)]) == [(0, WITHHOLD, "stale")]
    assert told(FRIDAY, "2026-03-16T08:00", steps=[Step(3, 4)]) == [(3, WITHHOLD, "stale")]


def test_who_was_asked_later_was_told_then():
    asked = at("2026-03-03T09:00")
    assert told(FRIDAY, "2026-03-03T10:00", asked_at=asked) == [(-7, WITHHOLD, "stale")]
    assert told(FRIDAY, "2026-03-05T10:00", asked_at=asked, decided={1}) == [(-1, SEND, "on_time")]


def test_limit_of_the_day_is_a_reason_of_its_own():
    assert told(FRIDAY, "2026-03-06T08:00", steps=[Step(0, 3)], over_cap=True) == [(0, SEND, "over_cap")]


moments = st.integers(0, 790 * 24 * 60).map(
    lambda minutes: dt.datetime(2026, 1, 1, tzinfo=dt.UTC) + dt.timedelta(minutes=minutes)
)
zones = st.sampled_from(ZONES)
steps = st.lists(st.integers(-30, 30), unique=True, max_size=6).map(
    lambda days: [Step(day, number) for number, day in enumerate(days, start=1)]
)
times = st.integers(0, 24 * 60 - 1).map(lambda minutes: dt.time(minutes // 60, minutes % 60))
quiets = st.builds(Quiet, times, times)


@given(moments, st.integers(-40, 40), zones, quiets, steps)
def test_never_at_night_never_two_and_only_what_has_come(due, days, zone, quiet, some):
    now = due + dt.timedelta(days=days, hours=days % 24)
    found = plan(due_at=due, now=now, zone=zone, quiet=quiet, steps=some)
    sent = [one for one in found if one.action == SEND]
    assert len(sent) <= 1
    assert len({one.step for one in found}) == len(found)
    for one in found:
        assert planning.step_day(due, zone, one.step.days) <= planning.local_time(now, zone).date()
    if sent:
        assert not quiet.holds(planning.local_time(now, zone).time())
        assert sent[0].step == max(one.step for one in found)


@given(moments, zones, steps, st.lists(st.integers(0, 80 * 24), max_size=40))
def test_however_often_it_runs_each_step_is_decided_once(due, zone, some, hours):
    decided: set[int] = set()
    sent_on = []
    for hour in sorted(hours):
        now = due - dt.timedelta(days=40) + dt.timedelta(hours=hour)
        for _twice in range(2):
            for one in plan(due_at=due, now=now, zone=zone, quiet=QUIET, steps=some, decided=frozenset(decided)):
                if one.action == DEFER:
                    continue
                assert one.step.id not in decided
                decided.add(one.step.id)
                if one.action == SEND:
                    sent_on.append(planning.local_time(now, zone).date())
    assert len(sent_on) == len(set(sent_on))  # never two of one enrolment on a day


@given(moments, zones, quiets)
def test_allowed_moment_is_not_quiet_and_within_a_day(now, zone, quiet):
    allowed = next_allowed(now, zone, quiet)
    assert now <= allowed <= now + dt.timedelta(days=1)
    assert not quiet.holds(planning.local_time(allowed, zone).time())
    if not quiet.holds(planning.local_time(now, zone).time()):
        assert allowed == now
