"""When a quiz may be taken and how long; the most lenient exception wins; when an answer was written."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzes.timing import Evidence, Leniency, Window, most_lenient, next_attempt_at, was_in_time, written_at

NOON = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
moments = st.integers(-300, 300).map(lambda hours: NOON + hours * HOUR)
maybe = st.none() | moments
leniencies = st.lists(st.builds(Leniency, maybe, maybe, st.integers(0, 90), st.integers(0, 5)), max_size=4)
windows = st.builds(Window, maybe, maybe, st.integers(0, 90), st.integers(0, 5), st.booleans())


def test_closing_does_not_eat_the_time_limit_unless_it_is_told_to():
    window = Window(closes_at=NOON, minutes=60)
    assert window.deadline(NOON - HOUR / 2) == NOON + HOUR / 2
    assert Window(closes_at=NOON, minutes=60, closing_ends=True).deadline(NOON - HOUR / 2) == NOON
    assert Window(closes_at=NOON).deadline(NOON - HOUR) == NOON
    assert Window().deadline(NOON) is None


def test_window_opens_and_closes_to_the_second():
    window = Window(opens_at=NOON, closes_at=NOON + HOUR)
    assert [window.is_open_at(NOON + delta) for delta in (-dt.timedelta(seconds=1), 0 * HOUR, HOUR)] == [
        False,
        True,
        False,
    ]


def test_the_most_lenient_of_each_rule_wins():
    given_ = [Leniency(closes_at=NOON + HOUR, extra_minutes=5), Leniency(closes_at=NOON + DAY, extra_attempts=2)]
    window = most_lenient(Window(opens_at=NOON, closes_at=NOON, minutes=30, attempts=1), given_)
    assert window == Window(opens_at=NOON, closes_at=NOON + DAY, minutes=35, attempts=3)


@given(window=windows, given_=leniencies)
def test_an_exception_never_takes_away(window, given_):
    better = most_lenient(window, given_)
    for moment in (NOON, NOON + 30 * DAY):
        assert better.is_open_at(moment) or not window.is_open_at(moment)
    assert (better.minutes == 0) == (window.minutes == 0)
    assert better.minutes >= window.minutes
    assert (better.attempts == 0) == (window.attempts == 0)
    assert better.attempts >= window.attempts
    assert most_lenient(window, reversed(given_)) == better


def test_next_attempt_waits_from_the_end_of_the_last():
    assert next_attempt_at(NOON, 90) == NOON + 1.5 * HOUR
    assert next_attempt_at(None, 90) is None
    assert next_attempt_at(NOON, 0) is None


@pytest.mark.parametrize("wrong_by", [DAY, -DAY, 400 * DAY, 0 * DAY])
def test_a_wrong_clock_changes_nothing(wrong_by):
    """Only the time that passed on the device counts: written 20 minutes after the page was signed."""
    then = NOON + wrong_by
    evidence = Evidence(device_at=then + HOUR / 3, issued_at=NOON, device_then=then, signed=True)
    assert written_at(evidence, NOON + HOUR) == NOON + HOUR / 3
    assert was_in_time(evidence, NOON + HOUR, NOON + HOUR / 2)
    assert not was_in_time(evidence, NOON + HOUR, NOON + HOUR / 4)


@pytest.mark.parametrize(
    "evidence",
    [
        Evidence(),
        Evidence(device_at=NOON, issued_at=NOON, device_then=NOON, signed=False),
        Evidence(device_at=NOON, issued_at=NOON, signed=True),
        Evidence(device_at=NOON - HOUR, issued_at=NOON, device_then=NOON, signed=True),
    ],
)
def test_without_a_signed_page_or_with_a_clock_set_back_nothing_is_proved(evidence):
    assert written_at(evidence, NOON + HOUR) is None
    assert not was_in_time(evidence, NOON + HOUR, NOON)


def test_what_is_received_in_time_needs_no_proof():
    assert was_in_time(Evidence(), NOON, NOON)
    assert was_in_time(Evidence(), NOON, None)


@given(
    issued=moments,
    then=moments,
    passed=st.timedeltas(dt.timedelta(0), 9 * DAY),
    wait=st.timedeltas(dt.timedelta(0), DAY),
)
def test_writing_lies_between_signing_and_receiving(issued, then, passed, wait):
    moment = written_at(Evidence(then + passed, issued, then, True), issued + wait)
    assert issued <= moment <= issued + wait
