"""The figures agree with published ones, with textbook formulas done the slow way, and never depend on any order.

Published numbers (numbers only; the sources' code is not used):
- Moodle's own tests of its quiz statistics, mod/quiz/report/statistics/tests/: `statistics_test.php` with
  fixtures/mdl_question_states.csv (expected values from a spreadsheet), and `stats_from_steps_walkthrough_test.php`
  with fixtures/results00.csv and qstats00.csv (made independently in a spreadsheet).
- Cronbach's alpha: the covariance matrix in the article of Wikipedia, and the ten answers to three questions that
  Statology works through (0.7734375).
- Skewness and kurtosis: the examples of SKEW and KURT in Microsoft's manual of Excel.
"""

import json
import math
import statistics
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quizzes.statistics import (
    BEST,
    BINS,
    LOWEST,
    Attempt,
    Collector,
    Finding,
    QuizFigures,
    SlotInfo,
    VersionInfo,
    findings,
)


def figures_of(table, max_marks=None, **more):
    """Return the figures of a table of marks, a row for each attempt."""
    max_marks = max_marks or [1] * len(table[0])
    collector = Collector([SlotInfo(str(number), mark) for number, mark in enumerate(max_marks, start=1)])
    for row in table:
        collector.add(Attempt([exact(mark) / most if most else 0 for mark, most in zip(row, max_marks, strict=True)]))
    return collector.figures()


def exact(mark):
    return Fraction(str(mark))


def close(value, rel=1e-9):
    return pytest.approx(value, rel=rel, abs=1e-12)


# --- published examples ----------------------------------------------------------------------------------------------

# results00.csv; the last number of a row is the sum that Moodle expects.
WALKTHROUGH = """
1 1 1 1 1 0 1 6|1 1 1 1 .5 1 0 5.5|1 1 1 1 .5 0 1 5.5|0 0 1 1 1 0 0 3|1 0 1 0 0 1 .5 3.5|1 1 1 1 .5 0 .5 5|
0 1 1 1 .5 1 .5 5|1 1 1 0 .5 1 .5 5|1 0 1 1 1 1 1 6|0 1 1 0 .5 1 .5 4|.8 0 1 1 .5 1 .5 4.8|1 1 1 0 .5 1 1 5.5|
1 0 1 1 .5 1 .5 5|1 0 1 1 1 0 .5 4.5|0 0 1 1 0 1 1 4|1 0 1 0 .5 1 1 4.5|.8 0 1 1 .5 0 1 4.3|1 0 1 1 0 1 .5 4.5|
1 0 1 1 .5 0 .5 4|0 1 1 0 .5 1 0 3.5|1 1 .3333333 1 .5 0 .5 4.3333333|1 1 1 0 .5 0 .5 4|1 1 1 1 0 1 .5 5.5|
0 0 1 0 .5 1 1 3.5|0 0 1 1 1 1 1 5
"""
# qstats00.csv: facility, standard deviation, effective weight (%), discrimination index (%), efficiency (%).
WALKTHROUGH_ITEMS = [
    (0.704, 0.4513682901, 21.2922742344, -7.0650767526, -9.4550536967),
    (0.48, 0.5099019514, 18.8979800309, -28.8982125772, -36.7834118938),
    (0.973333332, 0.13333334, 4.443012573, -9.1230674268, -21.6545012165),
    (0.68, 0.4760952286, 18.9347251357, -22.6306444113, -31.4411395613),
    (0.52, 0.3055050463, 11.1450138688, -17.6997047674, -21.1794802584),
    (0.64, 0.4898979486, 9.8081339177, -45.3785178421, -56.9365974439),
    (0.62, 0.331662479, 15.4788602394, -5.6543166602, -6.5043742058),
]


def walkthrough():
    rows = [[Fraction(word) for word in row.split()] for row in WALKTHROUGH.split("|")]
    assert all(sum(row[:-1]) == row[-1] for row in rows)
    return figures_of([[str(float(mark)) for mark in row[:-1]] for row in rows])


def test_quiz_figures_agree_with_moodles_walkthrough():
    figures = walkthrough()
    assert (figures.attempts, figures.complete, figures.median) == (25, 25, 4.5)
    # The spreadsheet's inputs have seven digits, so it agrees with anybody to about as many.
    assert figures.mean == pytest.approx(4.617333332, rel=1e-9)
    assert figures.deviation == pytest.approx(0.8117265554, rel=1e-9)
    assert figures.skewness == pytest.approx(-0.092502502, rel=1.5e-7)
    assert figures.kurtosis == pytest.approx(-0.7073968557, rel=1e-7)
    assert 100 * figures.alpha == pytest.approx(-87.2230935542, rel=1e-7)
    assert 100 * figures.error_ratio == pytest.approx(136.8294900795, rel=1e-7)
    assert figures.standard_error == pytest.approx(1.1106813066, rel=1e-7)


@pytest.mark.parametrize("index", range(7))
def test_item_figures_agree_with_moodles_walkthrough(index):
    item = walkthrough().items[index]
    found = (
        item.facility,
        item.deviation,
        100 * item.effective_weight,
        100 * item.discrimination,
        100 * item.efficiency,
    )
    assert found == pytest.approx(WALKTHROUGH_ITEMS[index], rel=2e-7)


# mdl_question_states.csv: the marks in these slots (1 to 4 earned nothing, 5 to 7 count nothing), and their sum.
SPREADSHEET_SLOTS = (8, 9, 10, 11, 12, 19, 20, 17, 18, 14, 15, 16, 13)
SPREADSHEET = """
5.5 .3 .9 1 .3 0 1 1 0 0 0 1 1 12|1 .9 .9 .3 .3 0 1 0 1 0 0 1 1 7.4|2.5 1 .9 .3 1 1 1 1 1 0 1 1 0 11.7|
4 .3 .9 1 .3 0 1 1 0 0 0 0 0 8.5|3 .9 .3 .9 1 1 0 1 1 1 0 0 0 10.1|4.5 .9 1 1 .9 0 0 0 0 1 1 1 0 11.3|
3 .3 .3 .3 .3 1 1 1 1 0 1 1 1 11.2|6 .9 .9 1 .3 0 1 1 0 1 1 1 0 14.1|.5 .9 1 .9 .3 0 1 1 1 1 1 0 0 8.6|
5.5 .9 1 .9 .3 0 0 1 0 1 0 0 1 11.6|2.5 .9 1 1 .9 0 1 1 0 1 0 0 0 9.3|4 .9 .3 .9 1 0 1 1 1 1 1 1 0 13.1|
4 .9 .3 .3 1 1 0 0 1 1 1 0 1 11.5|3 1 1 .3 1 1 0 1 1 1 0 1 0 11.3|1 1 .9 .3 .3 0 0 0 0 0 1 0 1 5.5|
1 .3 .3 .3 .9 0 1 0 0 0 0 1 0 4.8|1.5 1 .3 .9 1 0 0 1 0 1 0 1 1 8.7|4 .9 1 .9 1 0 0 0 1 1 1 1 0 11.8|
2 .9 .9 .3 .9 0 0 0 0 1 0 0 0 6|1 1 .3 .3 .3 0 0 1 0 1 1 0 0 5.9|6 .9 1 1 .9 1 1 0 0 0 0 1 0 12.8|
7 .9 .3 .3 .3 0 0 1 1 0 1 1 1 13.8
"""
# Slots 8 to 20: facility (%), deviation (thousandths of a mark), effective weight, discrimination, efficiency (%).
SPREADSHEET_ITEMS = {
    8: (41.19318182, 1912.733589, 26.58464457, 25.88327077, 27.23492723),
    9: (81.36363636, 251.2738111, 3.368456046, 1.170256965, 1.382386552),
    10: (71.36363636, 322.6312277, 3.253955259, -4.207816809, -4.691171307),
    11: (65.45454545, 333.4199022, 7.584083694, 28.16930644, 31.12404354),
    12: (65.90909091, 337.5811591, 3.79658376, -2.513606859, -2.877487579),
    13: (36.36363636, 492.3659639, 3.183278505, -12.99017581, -17.5074184),
    14: (59.09090909, 503.2362797, 4.532356904, -8.900638238, -10.27568922),
    15: (50, 511.7663157, 7.78856243, 8.670004606, 10.86956522),
    16: (59.09090909, 503.2362797, 10.08351572, 29.63337745, 34.58997279),
    17: (63.63636364, 492.3659639, 8.381139345, 15.18945843, 17.4790556),
    18: (45.45454545, 509.6471914, 8.727645713, 16.21079629, 20.14359793),
    19: (27.27272727, 455.8423058, 7.946277111, 15.52451404, 22.06477733),
    20: (50, 511.7663157, 4.769500946, -8.396734802, -10),
}


def spreadsheet():
    table = []
    for line in SPREADSHEET.split("|"):
        *marks, total = (Fraction(word) for word in line.split())
        assert sum(marks) == total
        of_slot = dict(zip(SPREADSHEET_SLOTS, marks, strict=True))
        table.append([str(float(of_slot.get(slot, 0))) for slot in range(1, 21)])
    return figures_of(table, [1, 1, 1, 1, 0, 0, 0, 8, *[1] * 12])


@pytest.mark.parametrize("slot", SPREADSHEET_ITEMS)
def test_item_figures_agree_with_moodles_spreadsheet(slot):
    item = spreadsheet().items[slot - 1]
    expected = SPREADSHEET_ITEMS[slot]
    assert 100 * item.facility == close(expected[0])
    assert 1000 * item.deviation * item.max_mark == close(expected[1])
    assert 100 * item.effective_weight == close(expected[2])
    assert 100 * item.discrimination == close(expected[3])
    assert 100 * item.efficiency == close(expected[4])


def test_items_that_nobody_earned_a_mark_in_discriminate_nothing():
    for item in spreadsheet().items[:4]:
        assert (item.facility, item.deviation, item.effective_weight) == (0, 0, 0)
        assert (item.discrimination, item.efficiency) == (None, None)


def test_alpha_is_that_of_statologys_example():
    first = [1, 2, 2, 3, 2, 2, 3, 3, 2, 3]
    second = [1, 1, 1, 2, 3, 3, 2, 3, 3, 3]
    third = [1, 1, 2, 1, 2, 3, 3, 3, 2, 3]
    figures = figures_of(list(zip(first, second, third, strict=True)), [3, 3, 3])
    assert figures.alpha == 0.7734375


def test_alpha_is_that_of_wikipedias_covariance_matrix():
    """Variances 10, 11, 12, 13 and covariances 6 come from a common part and parts of one's own, at right angles."""
    signs = [[(-1) ** (row & column).bit_count() for row in range(8)] for column in (1, 2, 3, 4, 5)]
    common, *own = signs
    table = [
        [
            math.sqrt(6 * 7 / 8) * common[row] + math.sqrt(extra * 7 / 8) * own[item][row]
            for item, extra in enumerate((4, 5, 6, 7))
        ]
        for row in range(8)
    ]
    collector = Collector([SlotInfo(str(item), 1) for item in range(4)])
    for row in table:
        collector.add(Attempt(row))
    assert collector.figures().alpha == close(4 / 3 * (1 - 46 / 118))
    assert round(collector.figures().alpha, 4) == 0.8136


def test_skewness_and_kurtosis_are_those_of_excels_examples():
    figures = figures_of([[mark] for mark in (3, 4, 5, 2, 3, 4, 5, 6, 4, 7)], [7])
    assert figures.skewness == pytest.approx(0.359543071, abs=5e-10)
    assert figures.kurtosis == pytest.approx(-0.151799637, abs=5e-10)


# --- what always holds -----------------------------------------------------------------------------------------------

shares = st.one_of(
    st.none(),
    st.fractions(min_value=-2, max_value=1, max_denominator=12),
    st.floats(min_value=-2, max_value=1),
    st.tuples(st.integers(-6, 6), st.integers(3, 6)),
)
max_marks = st.one_of(st.just(0), st.fractions(min_value=0, max_value=20, max_denominator=8))
VERSIONS = {
    11: VersionInfo(1, 0.25, {"a": 1, "b": 0, "c": Fraction(1, 2)}),
    12: VersionInfo(1, 0.5, {"a": 0, "b": 1}),
    21: VersionInfo(2, None, {"a": 1}),
}


@st.composite
def collections(draw):
    """Return slots and attempts that fit them."""
    marks = draw(st.lists(max_marks, min_size=1, max_size=4))
    width = len(marks)
    row = st.builds(
        Attempt,
        shares=st.lists(shares, min_size=width, max_size=width),
        versions=st.lists(st.sampled_from([None, 11, 12, 21, 99]), min_size=width, max_size=width),
        responses=st.lists(st.sampled_from([None, "a", "b", "zz", ("a", "b"), ()]), min_size=width, max_size=width),
        seconds=st.one_of(st.none(), st.integers(0, 10_000), st.floats(0, 1e6)),
    )
    return [SlotInfo(f"s{index}", mark) for index, mark in enumerate(marks)], draw(st.lists(row, max_size=12))


def collect(slots, attempts):
    collector = Collector(slots, VERSIONS)
    for attempt in attempts:
        collector.add(attempt)
    return collector.figures()


def everything(figures):
    for item in (*figures.items, *figures.drawn):
        yield item
        for part in item.parts:
            yield from (part, *part.parts)


@given(collections())
def test_figures_stay_in_their_ranges(data):
    slots, attempts = data
    figures = collect(slots, attempts)
    assert figures.attempts == len(attempts) >= figures.complete == sum(figures.bins)
    assert figures.alpha is None or figures.alpha <= 1
    assert figures.mean is None or figures.least <= figures.mean <= figures.most
    weights = [item.effective_weight for item in figures.items if item.effective_weight is not None]
    assert not weights or sum(weights) == pytest.approx(1)
    for item in everything(figures):
        assert item.discrimination is None or -1 <= item.discrimination <= 1
        assert item.efficiency is None or item.efficiency <= 1 + 1e-12
        assert item.deviation is None or item.deviation >= 0
        assert item.thirds is None or (min(item.thirds[LOWEST], item.thirds[BEST]) * 3 >= sum(item.thirds) - 2)
        assert all(0 <= response.share <= 1 for response in item.responses)
        findings(item)
    json.dumps(figures.as_dict(), allow_nan=False)


@given(collections(), st.randoms(use_true_random=False))
def test_order_of_attempts_changes_nothing(data, rng):
    slots, attempts = data
    shuffled = list(attempts)
    rng.shuffle(shuffled)
    assert collect(slots, shuffled) == collect(slots, attempts)


@given(collections())
def test_figures_come_back_from_json(data):
    figures = collect(*data)
    assert QuizFigures.from_dict(json.loads(json.dumps(figures.as_dict()))) == figures


@given(collections())
def test_parts_of_an_item_count_what_it_counts(data):
    for item in everything(collect(*data)):
        if item.parts:
            assert sum(part.attempts for part in item.parts) == item.attempts
            assert sum(part.marked for part in item.parts) == item.marked


tables = st.integers(2, 4).flatmap(
    lambda width: st.lists(
        st.lists(st.sampled_from([0, 1, Fraction(1, 3), Fraction(1, 2)]), min_size=width, max_size=width),
        min_size=2,
        max_size=25,
    )
)


@given(tables)
@settings(max_examples=60)
def test_figures_are_those_of_the_plain_formulas(table):
    """The textbook's way: floats, all marks at once, the standard library's variances and correlations."""
    figures = figures_of_shares(table)
    totals = [sum(row) for row in table]
    assert figures.mean == close(statistics.fmean(totals))
    assert figures.median == close(float(statistics.median(totals)))
    assert figures.deviation == pytest.approx(statistics.stdev(map(float, totals)), abs=1e-9)
    for index, item in enumerate(figures.items):
        column = [float(row[index]) for row in table]
        rest = [float(total - row[index]) for total, row in zip(totals, table, strict=True)]
        assert item.facility == close(statistics.fmean(column))
        assert item.deviation == pytest.approx(statistics.stdev(column), abs=1e-9)
        if len(set(column)) > 1 and len({total - row[index] for total, row in zip(totals, table, strict=True)}) > 1:
            assert item.discrimination == pytest.approx(statistics.correlation(column, rest), abs=1e-7)
            most = statistics.covariance(sorted(column), sorted(rest))
            assert item.efficiency == pytest.approx(statistics.covariance(column, rest) / most, abs=1e-7)
        else:
            assert item.discrimination is None


def figures_of_shares(table):
    collector = Collector([SlotInfo(str(index), 1) for index in range(len(table[0]))])
    for row in table:
        collector.add(Attempt(row))
    return collector.figures()


# --- what is missing, hostile or clumsy ------------------------------------------------------------------------------


def test_no_attempts_leave_everything_undefined():
    figures = Collector([SlotInfo("1", 1)]).figures()
    assert (figures.attempts, figures.mean, figures.alpha, figures.times) == (0, None, None, None)
    assert (figures.items[0].facility, figures.items[0].discrimination, figures.items[0].thirds) == (None, None, None)


def test_quiz_without_slots_has_figures():
    collector = Collector([])
    collector.add(Attempt([], seconds=5))
    assert collector.figures().attempts == 1


def test_one_attempt_has_no_spread():
    figures = figures_of([[1, 0]])
    assert (figures.mean, figures.deviation, figures.alpha, figures.skewness, figures.kurtosis) == (1, *[None] * 4)


def test_equal_marks_have_exactly_no_variance():
    """Added up as floats, 0.1 gets a variance of 1e-18 and a discrimination out of thin air."""
    collector = Collector([SlotInfo("1", 0.1), SlotInfo("2", 0.7)])
    for _ in range(10):
        collector.add(Attempt([0.1, 0.3]))
    figures = collector.figures()
    assert (figures.deviation, figures.alpha, figures.skewness) == (0, None, None)
    assert [item.discrimination for item in figures.items] == [None, None]
    assert [item.effective_weight for item in figures.items] == [None, None]


def test_item_against_the_grain_has_no_effective_weight():
    figures = figures_of([[3, 0], [2, 0], [1, 1], [0, 1]], [3, 1])
    assert [item.has_negative_covariance for item in figures.items] == [False, True]
    assert [item.effective_weight for item in figures.items] == [1, None]
    assert [item.intended_weight for item in figures.items] == [0.75, 0.25]


def test_attempts_waiting_for_a_mark_count_where_they_are_marked():
    collector = Collector([SlotInfo("1", 1), SlotInfo("essay", 3)])
    for row in ([1, Fraction(1, 2)], [0, 0], [1, None]):
        collector.add(Attempt(row, responses=["a", "text"]))
    figures = collector.figures()
    assert (figures.attempts, figures.complete, figures.most) == (3, 2, 2.5)
    assert figures.items[0].facility == close(2 / 3)
    assert (figures.items[1].attempts, figures.items[1].marked, figures.items[1].facility) == (3, 2, 0.25)


def test_survey_question_makes_no_attempt_incomplete():
    collector = Collector([SlotInfo("1", 1), SlotInfo("likert", 0)])
    collector.add(Attempt([1, None], responses=["a", "agree"]))
    figures = collector.figures()
    assert figures.complete == 1
    assert (figures.items[1].facility, figures.items[1].responses[0].share) == (None, 1)
    assert findings(figures.items[1]) == []


@pytest.mark.parametrize(
    "attempt",
    [
        Attempt([1]),
        Attempt([1, 0, 0]),
        Attempt([1, 0], responses=["a"]),
        Attempt([1, 0], versions=[1, 2, 3]),
        Attempt([1, float("nan")]),
        Attempt([1, float("inf")]),
        Attempt([1, 1000]),
        Attempt([1, "much"]),
        Attempt([1, (1, 0)]),
        Attempt([1, (1, 2, 3)]),
        Attempt([1, 0], seconds=-1),
        Attempt([1, 0], seconds=float("nan")),
    ],
)
def test_attempt_that_does_not_fit_is_refused_and_not_counted(attempt):
    collector = Collector([SlotInfo("1", 1), SlotInfo("2", 1)])
    collector.add(Attempt([1, 1]))
    before = collector.figures()
    with pytest.raises(ValueError, match=r"."):
        collector.add(attempt)
    assert collector.figures() == before


@pytest.mark.parametrize("mark", [-1, float("nan"), float("inf"), 10**7])
def test_slot_with_an_impossible_mark_is_refused(mark):
    with pytest.raises(ValueError, match="number"):
        Collector([SlotInfo("1", mark)])


def test_share_may_be_given_as_the_database_keeps_it():
    pairs, fractions = (Collector([SlotInfo("1", 2)]) for _ in range(2))
    for numerator, denominator in ((1, 3), (0, 1), (1, 1), (-1, 2)):
        pairs.add(Attempt([(numerator, denominator)]))
        fractions.add(Attempt([Fraction(numerator, denominator)]))
    assert pairs.figures() == fractions.figures()


@pytest.mark.parametrize("info", [VersionInfo(1, math.nan), VersionInfo(1, None, {"a": math.inf})])
def test_version_with_impossible_shares_is_refused(info):
    with pytest.raises(ValueError, match="number"):
        Collector([SlotInfo("1", 1)], {1: info})


def test_absurd_fractions_cost_a_late_digit_only():
    primes = [2**61 - 1, 2**31 - 1, 2**62 - 57, 2**59 - 55, 2**60 - 93, 2**58 - 27, 2**57 - 13]
    collector = Collector([SlotInfo("1", 1)])
    for prime in primes:
        collector.add(Attempt([Fraction(prime // 3, prime)]))
    assert collector.figures().mean == close(1 / 3)


# --- breaking down ---------------------------------------------------------------------------------------------------


def drawn_quiz():
    versions = {
        11: VersionInfo(1, 0.25, {"a": 1, "b": 0}),
        12: VersionInfo(1, 0.5, {"a": 1, "b": 0, "c": 0}),
        21: VersionInfo(2, 0.5, {"x": 0, "y": 1}),
        31: VersionInfo(3, 0.5, {"true": 1, "false": 0}),
    }
    collector = Collector([SlotInfo("random 1", 1), SlotInfo("random 2", 2), SlotInfo("fixed", 1)], versions)
    for row in (
        ([1, 0, 1], [11, 21, 31], ["a", "x", "true"]),
        ([1, 1, 1], [12, 21, 31], ["a", "y", "true"]),
        ([0, 1, 0], [21, 12, 31], ["x", "a", "false"]),
        ([1, 0, 0], [21, 12, 31], ["y", "c", None]),
    ):
        collector.add(Attempt(*row))
    return collector.figures()


def test_random_slot_is_broken_down_by_question_and_version():
    slot = drawn_quiz().items[0]
    assert [(part.level, part.key, part.attempts, part.facility) for part in slot.parts] == [
        ("question", 1, 2, 1.0),
        ("question", 2, 2, 0.5),
    ]
    assert [(part.level, part.key, part.attempts, part.max_mark) for part in slot.parts[0].parts] == [
        ("version", 11, 1, 1.0),
        ("version", 12, 1, 1.0),
    ]
    assert slot.guess == (0.25 + 0.5 + 0.5 + 0.5) / 4
    assert slot.responses == ()


def test_drawn_question_is_looked_at_over_all_slots():
    drawn = drawn_quiz().drawn
    assert [(item.key, item.attempts, item.facility) for item in drawn] == [(1, 4, 0.75), (2, 4, 0.5)]
    assert [(response.key, response.count) for response in drawn[0].responses] == [("a", 3), ("b", 0), ("c", 1)]


def test_fixed_slot_is_broken_down_by_version_only_where_there_are_several():
    fixed = drawn_quiz().items[2]
    assert fixed.parts == ()
    assert [(response.key, response.count, response.is_right) for response in fixed.responses] == [
        ("true", 2, True),
        ("false", 1, False),
        (None, 1, None),
    ]


def test_several_chosen_options_count_each():
    collector = Collector([SlotInfo("1", 1)])
    for response in (("a", "b"), ("a",), (), None):
        collector.add(Attempt([0], responses=[response]))
    found = collector.figures().items[0].responses
    assert [(response.key, response.count) for response in found] == [("a", 2), ("b", 1), (None, 2)]


def test_histogram_puts_edges_into_the_upper_bin():
    figures = figures_of([["0"], ["0.05"], ["0.7"], ["0.999"], ["1"]])
    assert [figures.bins[index] for index in (0, 1, 14, 19)] == [1, 1, 1, 2]
    assert len(figures.bins) == BINS


def test_marks_below_nothing_stand_in_the_first_bin():
    assert figures_of([["-0.5"]]).bins[0] == 1


def test_times_are_quartiles_between_the_values():
    collector = Collector([])
    for seconds in (10, 20, 30, 40):
        collector.add(Attempt([], seconds=seconds))
    times = collector.figures().times
    assert (times.count, times.mean, times.least, times.most) == (4, 25, 10, 40)
    assert (times.lower_quartile, times.median, times.upper_quartile) == (17.5, 25, 32.5)


# --- findings --------------------------------------------------------------------------------------------------------


def judged(rows, options=None, guess=None):
    """Return the findings about a first item; rows are (response, its share, marks in the other item, how often)."""
    collector = Collector([SlotInfo("1", 1), SlotInfo("2", 10)], {1: VersionInfo(1, guess, options or {})})
    for response, share, rest, times in rows:
        for _ in range(times):
            collector.add(Attempt([share, Fraction(rest, 10)], versions=[1, 2], responses=[response, None]))
    return findings(collector.figures().items[0])


OPTIONS = {"a": 1, "b": 0, "c": 0}


def test_sound_question_has_no_findings():
    assert judged([("a", 1, 9, 10), ("b", 0, 5, 5), ("a", 1, 5, 5), ("c", 0, 1, 10)], OPTIONS, 1 / 3) == []


def test_few_attempts_say_nothing():
    assert judged([("b", 0, 9, 19)], OPTIONS) == [Finding("too_few", {"attempts": 19, "needed": 20})]


def test_wrong_favourite_of_the_best_third_asks_for_the_key():
    found = judged([("b", 0, 9, 8), ("a", 1, 9, 2), ("a", 1, 5, 10), ("c", 0, 1, 5), ("a", 1, 1, 5)], OPTIONS)
    assert found[0] == Finding("check_key", {"response": "b", "count": 8, "share": 0.8})


def test_half_of_the_best_third_is_not_most():
    found = judged([("b", 0, 9, 5), ("a", 1, 9, 5), ("a", 1, 5, 10), ("c", 0, 1, 5), ("a", 1, 1, 5)], OPTIONS)
    assert "check_key" not in {finding.code for finding in found}


def test_wrong_key_does_not_hide_behind_its_own_mark():
    """Those who lose the mark by the wrong key are still the best in the rest of the quiz."""
    found = judged([("b", 0, 6, 10), ("a", 1, 5, 10), ("c", 0, 0, 10)], OPTIONS)
    assert found[0].values["response"] == "b"


def test_negative_discrimination_is_found():
    found = judged([("b", 0, 9, 4), ("a", 1, 9, 6), ("a", 1, 5, 10), ("a", 1, 1, 10)], OPTIONS | {"c": 1})
    assert [finding.code for finding in found] == ["negative_discrimination"]


def test_worse_than_guessing_is_found():
    found = judged([("a", 1, 9, 6), ("b", 0, 9, 4), ("c", 0, 5, 10), ("c", 0, 1, 10)], OPTIONS, 1 / 3)
    assert [(finding.code, finding.values) for finding in found] == [
        ("below_guessing", {"facility": 0.2, "guess": 1 / 3})
    ]


def test_everybody_right_and_unused_options_are_found():
    found = judged([("a", 1, 9, 10), ("a", 1, 1, 10)], OPTIONS)
    assert [finding.code for finding in found] == ["everybody_right", "unused_options"]
    assert found[1].values == {"responses": ["b", "c"]}


def test_nobody_right_is_found():
    found = judged([("b", 0, 9, 2), ("c", 0, 9, 8), ("c", 0, 1, 10)], {"a": 1, "b": 0}, 0.5)
    assert [finding.code for finding in found] == ["nobody_right"]
