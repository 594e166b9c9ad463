"""The engine of JP: worked examples of the rules, and what holds for whatever learning there is."""

import datetime as dt
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credits import engine
from credits.engine import Credit, Span, Study, Tally, Terms, credit

PER_JP = Fraction(45)
ELEARNING = Terms(engine.MINUTES, PER_JP, daily_cap=Fraction(3))
MENTORING = Terms(engine.SESSION, PER_JP, value=Fraction(2), monthly_sessions=2)
WEBINAR_BY_DAY = Terms(engine.DAY, PER_JP, value=Fraction(4), daily_cap=Fraction(4))
WEBINAR_BY_MINUTES = Terms(engine.MINUTES, PER_JP, daily_cap=Fraction(4))
MARCH_4 = dt.date(2026, 3, 4)


def learnt(minutes=45, day=MARCH_4, terms=ELEARNING, *, form="elearning", programme="course:1", units=1, key=""):
    return Study(day, form, programme, minutes, terms, units, key)


def total(credits: list[Credit]) -> Fraction:
    return sum((one.credited for one in credits), Fraction(0))


# --- worked examples (rules.md §4) -----------------------------------------------------------------------------------


def test_ten_jp_in_one_day_are_credited_with_three_and_say_why():
    (one,) = credit([learnt(450)])
    assert (one.worth, one.credited, one.cut) == (10, 3, 7)
    assert one.study.minutes == 450
    assert one.reasons == ((engine.DAILY_CAP, {"cap": "3", "day": "2026-03-04"}),)


def test_ten_jp_need_four_days_and_twenty_seven():
    assert engine.days_needed(Fraction(10), Fraction(3)) == 4
    assert engine.days_needed(Fraction(20), Fraction(3)) == 7
    days = [MARCH_4 + dt.timedelta(days=n) for n in range(4)]
    assert total(credit(learnt(m, day) for m, day in zip((135, 135, 135, 45), days, strict=True))) == 10
    assert total(credit(learnt(m, day) for m, day in zip((150, 150, 150), days[:3], strict=True))) == 9


def test_without_a_limit_one_day_is_enough_and_with_a_limit_of_nothing_none_is():
    assert engine.days_needed(Fraction(10), None) == 1
    assert engine.days_needed(Fraction(10), Fraction(0)) == 0


def test_three_sessions_of_mentoring_in_a_month_are_four_jp():
    days = [dt.date(2026, 3, day) for day in (2, 9, 16)]
    first, second, third = credit(learnt(60, day, MENTORING, form="mentoring") for day in days)
    assert [one.credited for one in (first, second, third)] == [2, 2, 0]
    assert third.study.minutes == 60
    assert third.reasons == ((engine.MONTHLY_SESSIONS, {"limit": "2", "month": "2026-03"}),)
    assert total(credit([learnt(60, dt.date(2026, 4, 1), MENTORING, form="mentoring")], Tally())) == 2


def test_sessions_told_together_count_like_sessions_told_one_by_one():
    (one,) = credit([learnt(180, terms=MENTORING, form="mentoring", units=3)])
    assert (one.worth, one.credited, one.cut) == (6, 4, 2)


def test_a_webinar_of_two_hours_both_ways():
    assert total(credit([learnt(120, terms=WEBINAR_BY_DAY, form="seminar")])) == 4
    assert total(credit([learnt(120, terms=WEBINAR_BY_MINUTES, form="seminar")])) == Fraction(120, 45)
    assert total(credit([learnt(300, terms=WEBINAR_BY_MINUTES, form="seminar")])) == 4


def test_two_webinars_of_one_day_are_one_day():
    assert total(credit(learnt(120, terms=WEBINAR_BY_DAY, form="seminar", key=key) for key in "ab")) == 4


def test_international_training_is_worth_a_fifth_more():
    terms = Terms(engine.MINUTES, PER_JP, plus_percent=20)
    assert total(credit([learnt(450, terms=terms, form="training")])) == 12


def test_a_form_without_a_rule_is_worth_nothing_and_says_so():
    (one,) = credit([learnt(terms=None)])
    assert (one.credited, one.cut, one.reasons) == (0, 0, ((engine.NO_RULE, {}),))


def test_the_limit_of_a_day_holds_for_the_person_or_for_each_course():
    each = Terms(engine.MINUTES, PER_JP, daily_cap=Fraction(3), cap_by=engine.PROGRAMME)
    both = [learnt(135, programme=name, key=name) for name in ("course:1", "course:2")]
    assert total(credit(both)) == 3
    assert total(credit(learnt(135, terms=each, programme=name) for name in ("course:1", "course:2"))) == 6


def test_what_was_decided_before_stands():
    tally = Tally()
    assert total(credit([learnt(90)], tally)) == 2
    (later,) = credit([learnt(90)], tally)
    assert later.credited == 1
    tally.add(learnt(90), Fraction(-2))  # taken back: the day has room again for what comes
    assert total(credit([learnt(90)], tally)) == 2


def test_terms_survive_json():
    terms = Terms(engine.MINUTES, PER_JP, plus_percent=20, daily_cap=Fraction("2.4"), cap_by=engine.PROGRAMME)
    for one in (terms, MENTORING):
        assert Terms.from_data(one.to_data()) == one
    assert Terms.from_data({}) is None


# --- whatever learning there is --------------------------------------------------------------------------------------

DAYS = st.dates(dt.date(2026, 2, 27), dt.date(2026, 3, 3))
JP = st.fractions(min_value=0, max_value=8, max_denominator=20)
CAPS = st.none() | JP


CAP_BY = st.sampled_from([engine.PERSON, engine.PROGRAMME])


@st.composite
def terms_of_a_form(draw, cap_by=CAP_BY):
    unit = draw(st.sampled_from(engine.UNITS))
    return Terms(
        unit,
        draw(st.sampled_from([Fraction(45), Fraction(50), Fraction(60)])),
        value=None if unit == engine.MINUTES else draw(JP),
        plus_percent=draw(st.sampled_from([0, 20])),
        daily_cap=draw(CAPS),
        monthly_sessions=draw(st.none() | st.integers(0, 3)) if unit == engine.SESSION else None,
        cap_by=draw(cap_by),
    )


@st.composite
def lives(draw, **limits):
    """Studies of two forms, each under one set of terms, in a few days around the end of a month."""
    terms = {form: draw(st.none() | terms_of_a_form(**limits)) for form in ("elearning", "mentoring")}
    facts = st.tuples(
        DAYS, st.sampled_from(sorted(terms)), st.sampled_from(["a", "b"]), st.integers(0, 600), st.integers(0, 3)
    )
    return [
        Study(day, form, programme, minutes, terms[form], units, f"{number:03}")
        for number, (day, form, programme, minutes, units) in enumerate(draw(st.lists(facts, max_size=25)))
    ]


@given(lives(cap_by=st.just(engine.PERSON)))
def test_no_limit_of_a_day_is_ever_passed(studies):
    days: dict = {}
    for one in credit(studies):
        days.setdefault((one.study.day, one.study.form, one.study.terms), []).append(one.credited)
    for (_day, _form, terms), jp in days.items():
        if terms and terms.daily_cap is not None:
            assert sum(jp) <= terms.daily_cap


@given(lives(cap_by=st.just(engine.PROGRAMME)))
def test_no_limit_of_a_day_is_ever_passed_by_a_programme(studies):
    days: dict = {}
    for one in credit(studies):
        key = (one.study.day, one.study.form, one.study.programme, one.study.terms)
        days.setdefault(key, []).append(one.credited)
    for (*_rest, terms), jp in days.items():
        if terms and terms.daily_cap is not None:
            assert sum(jp) <= terms.daily_cap


@given(lives())
def test_no_limit_of_a_month_is_ever_passed(studies):
    months: dict = {}
    for one in credit(studies):
        if one.study.terms and one.study.terms.monthly_sessions is not None:
            months.setdefault((one.study.day.month, one.study.form, one.study.terms), []).append(one.credited)
    for (_month, _form, terms), jp in months.items():
        assert sum(jp) <= terms.monthly_sessions * terms.for_one


@given(lives())
def test_no_minute_is_lost_and_every_cut_has_its_reason(studies):
    credits = credit(studies)
    assert sum(one.study.minutes for one in credits) == sum(study.minutes for study in studies)
    for one in credits:
        assert 0 <= one.credited <= one.worth
        assert bool(one.reasons) == bool(one.cut or one.study.terms is None)


@given(lives(), st.randoms())
def test_the_order_in_which_learning_is_told_changes_nothing(studies, random):
    told = list(studies)
    random.shuffle(told)
    assert credit(told) == credit(studies)


@given(lives(), st.data())
def test_more_learning_is_never_worth_less(studies, data):
    fewer = [study for study in studies if data.draw(st.booleans())]
    assert total(credit(fewer)) <= total(credit(studies))


@given(lives(), st.data())
def test_decisions_one_by_one_replay_exactly(studies, data):
    """What a ledger holds can be worked out again from the order of its rows, also with rows taken back."""
    tally, rows = Tally(), []
    for study in studies:
        rows.append((study, engine.decide(study, tally).credited, False))
        if data.draw(st.booleans()):
            rows.append((study, -rows[-1][1], True))
            tally.add(study, rows[-1][1])
    again = Tally()
    for study, credited, is_taken_back in rows:
        if is_taken_back:
            again.add(study, credited)
        else:
            assert engine.decide(study, again).credited == credited


@given(st.integers(0, 10_000), st.integers(1, 400))
def test_spreading_minutes_loses_none(total_minutes, days):
    parts = engine.spread(total_minutes, days)
    assert (len(parts), sum(parts)) == (days, total_minutes)
    assert max(parts) - min(parts) <= 1


@given(JP, DAYS, JP, JP)
def test_the_earliest_day_is_reached_by_the_limit_and_not_a_day_before(missing, today, cap, used):
    day = engine.earliest_day(missing, today, cap, used)
    if day is None:
        assert cap == 0 < missing
        return
    room = max(cap - used, 0)
    assert day == today or room + (day - today).days * cap >= missing
    assert day == today or room + ((day - today).days - 1) * cap < missing


# --- years -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "first", "last"),
    [
        ("2026-02-28", "2025-03-01", "2026-02-28"),
        ("2026-03-01", "2026-03-01", "2027-02-28"),
        ("2024-02-01", "2024-03-01", "2025-02-28"),  # before the contract: its first year
        ("2028-12-31", "2028-03-01", "2028-12-31"),  # the contract ends
    ],
)
def test_the_year_of_a_contract(day, first, last):
    found = engine.contract_year(dt.date.fromisoformat(day), dt.date(2024, 3, 1), dt.date(2028, 12, 31))
    assert (found.first.isoformat(), found.last.isoformat()) == (first, last)


def test_a_contract_of_the_leap_day_has_its_anniversary_on_the_first_of_march():
    found = engine.contract_year(dt.date(2025, 3, 1), dt.date(2024, 2, 29))
    assert (found.first, found.last) == (dt.date(2025, 3, 1), dt.date(2026, 2, 28))


@given(st.dates(dt.date(2019, 1, 1), dt.date(2040, 1, 1)), st.dates(dt.date(2019, 1, 1), dt.date(2030, 1, 1)))
def test_every_day_of_a_contract_is_in_one_year(day, contract_from):
    found = engine.contract_year(day, contract_from)
    if day >= contract_from:
        assert day in found
        assert found.days in (365, 366)
        assert engine.contract_year(
            found.last + dt.timedelta(days=1), contract_from
        ).first == found.last + dt.timedelta(days=1)


def test_the_forecast_goes_on_at_the_same_pace():
    year = Span(dt.date(2026, 1, 1), dt.date(2026, 12, 31))
    assert engine.forecast(Fraction(6), year, dt.date(2026, 3, 14)) == Fraction(6) * 365 / 73
    assert engine.forecast(Fraction(6), year, dt.date(2026, 1, 10)) is None
    assert engine.forecast(Fraction(6), year, dt.date(2027, 5, 1)) == 6


def test_what_is_chosen_closes_what_is_missing_with_no_more_than_needed():
    offers = [("open", Fraction(2)), ("large", Fraction(10)), ("small", Fraction(4)), ("tiny", Fraction(1))]
    assert engine.choose(Fraction(3), offers) == (["small"], True)
    assert engine.choose(Fraction(13), offers) == (["open", "large", "tiny"], True)
    assert engine.choose(Fraction(30), offers, most=2) == (["open", "large"], False)
    assert engine.choose(Fraction(0), offers) == ([], True)
