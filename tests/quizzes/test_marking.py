"""Marks of people: the rules, pure; then the service with its lock, its record and its letters."""

import threading
from decimal import Decimal
from fractions import Fraction

import pytest
from django.core import mail
from django.db import connection
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from completion.models import ActivityEvent
from questions.marking import Given, MarkRefused, checked_points, points_by_criteria, read_points, stage_of
from quizzes.models import Attempt, Marking
from quizzes.services import mark_answer
from tests.factories import PersonFactory, ready_question

from .staff_world import ESSAY, ask_two_markers, make_world

FIRST, SECOND, SETTLED = "first", "second", "settled"
WITHOUT_CRITERIA = {**ESSAY, "criteria": []}


# --- pure ------------------------------------------------------------------------------------------------------------


def stage(marks, by=1, *, two=False, decides=False):
    try:
        return stage_of([Given(*mark) for mark in marks], by=by, two=two, decides=decides)
    except MarkRefused as error:
        return error.code


@pytest.mark.parametrize(
    ("marks", "two", "decides", "expected"),
    [
        ([], False, False, FIRST),
        ([], True, True, FIRST),
        ([(FIRST, 1)], False, False, FIRST),
        ([(FIRST, 1)], True, False, FIRST),
        ([(FIRST, 2)], False, False, "marked"),
        ([(FIRST, 2)], False, True, SETTLED),
        ([(FIRST, 2)], True, False, SECOND),
        ([(FIRST, 2)], True, True, SECOND),
        ([(FIRST, 1), (SECOND, 2)], True, False, "marked"),
        ([(FIRST, 1), (SECOND, 2)], True, True, "own"),
        ([(FIRST, 2), (SECOND, 1)], True, True, "own"),
        ([(FIRST, 2), (SECOND, 3)], True, False, "marked"),
        ([(FIRST, 2), (SECOND, 3)], True, True, SETTLED),
        ([(FIRST, 1), (SETTLED, 2)], False, False, "marked"),
        ([(FIRST, 1), (SETTLED, 2)], False, True, SETTLED),
    ],
)
def test_stage_follows_from_the_marks_that_are_there(marks, two, decides, expected):
    assert stage(marks, two=two, decides=decides) == expected


@given(st.lists(st.tuples(st.integers(1, 4), st.booleans()), max_size=12), st.booleans())
def test_two_markers_are_never_one_person(people, two):
    marks = []
    for by, decides in people:
        try:
            marks.append(Given(stage_of(marks, by=by, two=two, decides=decides), by))
        except MarkRefused:
            continue
    firsts = {mark.marker for mark in marks if mark.stage == FIRST}
    seconds = {mark.marker for mark in marks if mark.stage == SECOND}
    assert len(firsts) <= 1
    assert len(seconds) <= 1
    assert not firsts & seconds
    assert two or not seconds


@pytest.mark.parametrize(
    ("text", "points"),
    [("7", "7"), ("7,5", "7.5"), ("7.25", "7.25"), (" 0 ", "0"), ("", None), ("-1", None), ("7,555", None),
     ("1e3", None), ("٣", None), ("7 5", None), ("NaN", None), ("1.000,5", None), (None, None)],
)  # fmt: skip
def test_points_are_read_with_comma_or_point(text, points):
    assert read_points(text) == (None if points is None else Decimal(points))


@given(st.decimals(0, 99999, places=2))
def test_points_are_read_as_they_are_written(points):
    assert read_points(f"{points:f}") == read_points(f"{points:f}".replace(".", ",")) == points


def test_points_by_criterion_are_their_sum_where_they_make_the_mark():
    criteria = [{"id": "a", "points": "6"}, {"id": "b", "points": "4"}]
    assert points_by_criteria(criteria, {"a": Decimal("4.5"), "b": Decimal(4)}, Decimal(10)) == Decimal("8.50")


def test_points_by_criterion_are_their_part_of_another_mark():
    criteria = [{"id": "a", "points": "2"}, {"id": "b", "points": "1"}]
    assert points_by_criteria(criteria, {"a": Decimal(1), "b": Decimal(0)}, Decimal(5)) == Decimal("1.67")


@pytest.mark.parametrize(
    ("given_points", "code"),
    [
        ({"a": Decimal(1)}, "criteria"),
        ({}, "criteria"),
        *[({"a": Decimal(bad), "b": Decimal(1)}, "points") for bad in ("6.01", "-1", "NaN", "1E+40")],
        ({"a": Decimal("5.001"), "b": Decimal(1)}, "decimals"),
    ],
)
def test_points_by_criterion_are_complete_exact_and_in_range(given_points, code):
    criteria = [{"id": "a", "points": "6"}, {"id": "b", "points": "4"}]
    with pytest.raises(MarkRefused) as refusal:
        checked_points(None, given_points, criteria=criteria, most=Decimal(10))
    assert refusal.value.code == code


def test_points_are_kept_for_the_criteria_of_the_guide_alone():
    told = {"a": Decimal("4.50"), "stray": Decimal(3)}
    made = checked_points(Decimal(1), told, criteria=[{"id": "a", "points": "6"}], most=Decimal(12))
    assert made == (Decimal("9.00"), {"a": "4.50"})


@given(
    st.lists(st.tuples(st.integers(1, 50), st.fractions(0, 1)), min_size=1, max_size=6), st.decimals(0, 500, places=2)
)
def test_points_by_criterion_never_pass_the_mark(rows, max_mark):
    criteria = [{"id": str(n), "points": str(most)} for n, (most, _share) in enumerate(rows)]
    points = {str(n): Decimal(int(most * share * 100)) / 100 for n, (most, share) in enumerate(rows)}
    assert 0 <= points_by_criteria(criteria, points, max_mark) <= max_mark


# --- the service -----------------------------------------------------------------------------------------------------


@pytest.fixture
def world(db):
    return make_world([(ready_question(WITHOUT_CRITERIA, kind="essay"), 10)])


@pytest.fixture
def attempt(world):
    return world.attempt()


def give(attempt, by, points, **more):
    return mark_answer(question=attempt.questions.get(position=1), by=by, points=Decimal(points), **more)


def refused(attempt, by, points, **more) -> str:
    before = Marking.objects.count()
    with pytest.raises(MarkRefused) as refusal:
        give(attempt, by, points, **more)
    assert Marking.objects.count() == before
    return refusal.value.code


def test_mark_grades_the_attempt_and_tells_the_learner(world, attempt):
    marker = world.marker()
    mail.outbox.clear()
    assert attempt.state == Attempt.State.SUBMITTED
    marking = give(attempt, marker, "7.5", comment="<p>Baik</p><script>alert(1)</script>")
    attempt.refresh_from_db()
    assert (attempt.state, attempt.score, attempt.passed) == (Attempt.State.GRADED, Fraction(3, 4), True)
    assert (marking.stage, marking.marker, marking.comment) == (FIRST, marker, "<p>Baik</p>")
    assert ActivityEvent.objects.filter(kind="graded", activity_id=world.quiz.pk).count() == 1
    letter = mail.outbox[0]
    assert letter.to == [attempt.person.email]
    assert not any(word in letter.subject for word in (attempt.person.name, world.quiz.title, "75", "7,5"))
    told = attempt.person.notices.get()
    assert told.url == reverse("quizzes:result", args=[attempt.key])
    assert told.text in letter.body
    assert "75" not in told.text.replace(world.quiz.title, "")


def test_letter_speaks_the_learners_language(world):
    attempt = world.attempt(world.learner(language="en"))
    give(attempt, world.marker(), 7)
    assert mail.outbox[-1].subject.startswith("Your quiz result is there")


def test_learner_without_an_address_gets_no_letter(world):
    attempt = world.attempt(world.learner(email=None))
    give(attempt, world.marker(), 7)
    assert mail.outbox == []


@pytest.mark.parametrize(
    ("points", "code"), [("10.01", "points"), ("-1", "points"), ("NaN", "points"), ("1.001", "decimals")]
)
def test_mark_beyond_the_question_is_refused(world, attempt, points, code):
    assert refused(attempt, world.marker(), points) == code
    attempt.refresh_from_db()
    assert attempt.state == Attempt.State.SUBMITTED


def test_strangers_may_not_mark(world, attempt):
    for stranger in (
        world.organiser("sorong"), world.marker("sorong"), world.staff("editor"), world.learner(), attempt.person,
        PersonFactory(),
    ):  # fmt: skip
        assert refused(attempt, stranger, 5) == "not_yours"


def test_open_attempts_are_not_marked(world):
    attempt = world.attempt(submit=False)
    assert refused(attempt, world.organiser(), 5) == "not_submitted"


def test_no_answer_is_not_marked(world):
    attempt = world.attempt(answers=[])
    assert attempt.state == Attempt.State.GRADED
    assert refused(attempt, world.organiser(), 5) == "nothing_to_mark"


def test_the_same_mark_twice_is_one(world, attempt):
    marker = world.marker()
    assert give(attempt, marker, 5, comment="<p>ya</p>") == give(attempt, marker, 5, comment="<p>ya</p>")
    assert Marking.objects.count() == 1
    assert len(mail.outbox) == 1


def test_own_mark_is_corrected_with_a_reason(world, attempt):
    marker = world.marker()
    first = give(attempt, marker, 5)
    assert refused(attempt, marker, 8, seen=first.pk) == "reason"
    give(attempt, marker, 8, seen=first.pk, reason="Salah ketik")
    attempt.refresh_from_db()
    assert (attempt.score, attempt.passed) == (Fraction(4, 5), True)
    assert list(Marking.objects.values_list("stage", "points")) == [(FIRST, 5), (FIRST, 8)]
    assert ActivityEvent.objects.filter(activity_id=world.quiz.pk, reason="Salah ketik").exists()
    assert "berubah" in mail.outbox[-1].subject


def test_another_markers_mark_changes_by_who_organises_and_has_seen_it(world, attempt):
    first = give(attempt, world.marker(), 5)
    assert refused(attempt, world.marker(), 8, seen=first.pk, reason="x") == "marked"
    organiser = world.organiser()
    assert refused(attempt, organiser, 8, reason="x") == "meanwhile"
    assert give(attempt, organiser, 8, seen=first.pk, reason="Banding").stage == SETTLED
    attempt.refresh_from_db()
    assert attempt.score == Fraction(4, 5)


def test_two_markers_make_the_mean(world, attempt):
    ask_two_markers()
    assert give(attempt, world.marker(), 7).stage == FIRST
    attempt.refresh_from_db()
    assert attempt.state == Attempt.State.SUBMITTED
    assert mail.outbox == []
    assert give(attempt, world.marker(), 8).stage == SECOND
    attempt.refresh_from_db()
    assert attempt.score == Fraction(3, 4)
    assert len(mail.outbox) == 1


def test_two_markers_are_two_people(world, attempt):
    ask_two_markers()
    marker = world.marker()
    first = give(attempt, marker, 7)
    assert give(attempt, marker, 8, seen=first.pk).stage == FIRST
    attempt.refresh_from_db()
    assert attempt.state == Attempt.State.SUBMITTED


def test_markers_who_differ_are_settled_by_a_third(world, attempt):
    ask_two_markers(10)
    give(attempt, world.marker(), 3)
    organiser = world.organiser()
    second = give(attempt, organiser, 9)
    attempt.refresh_from_db()
    assert attempt.state == Attempt.State.SUBMITTED
    assert refused(attempt, organiser, 6, seen=second.pk) == "own"
    assert refused(attempt, world.marker(), 6, seen=second.pk) == "marked"
    assert give(attempt, world.organiser(), 6, seen=second.pk).stage == SETTLED
    attempt.refresh_from_db()
    assert (attempt.state, attempt.score) == (Attempt.State.GRADED, Fraction(3, 5))


def test_criteria_make_the_mark_and_are_kept(world):
    other = make_world()
    attempt = other.attempt()
    marking = mark_answer(
        question=attempt.questions.get(), by=other.marker(), criteria={"a": Decimal("4.5"), "b": Decimal(3)}
    )
    assert (marking.points, marking.criteria) == (Decimal("7.5"), {"a": "4.5", "b": "3"})


# --- at the very same moment -----------------------------------------------------------------------------------------


def at_once(*acts):
    gate, outcomes = threading.Barrier(len(acts)), [None] * len(acts)

    def run(number):
        try:
            gate.wait()
            outcomes[number] = acts[number]()
        except MarkRefused as error:
            outcomes[number] = error.code
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[number]) for number in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


@pytest.mark.django_db(transaction=True)
def test_two_first_markers_at_once_make_one_mark():
    world = make_world([(ready_question(WITHOUT_CRITERIA, kind="essay"), 10)])
    attempt = world.attempt()
    one, other = world.marker(), world.marker()
    outcomes = at_once(lambda: give(attempt, one, 3), lambda: give(attempt, other, 9))
    assert Marking.objects.count() == 1
    assert "marked" in outcomes
    attempt.refresh_from_db()
    assert attempt.score == Fraction(Marking.objects.get().points) / 10


@pytest.mark.django_db(transaction=True)
def test_two_markers_at_once_are_a_first_and_a_second():
    world = make_world([(ready_question(WITHOUT_CRITERIA, kind="essay"), 10)], second_marker=True)
    attempt = world.attempt()
    one, other = world.marker(), world.marker()
    at_once(lambda: give(attempt, one, 8), lambda: give(attempt, other, 9))
    assert set(Marking.objects.values_list("stage", flat=True)) == {FIRST, SECOND}
    attempt.refresh_from_db()
    assert attempt.score == Fraction(17, 20)


@pytest.mark.django_db(transaction=True)
def test_a_double_click_is_one_mark():
    world = make_world([(ready_question(WITHOUT_CRITERIA, kind="essay"), 10)])
    attempt, marker = world.attempt(), world.marker()
    at_once(*[lambda: give(attempt, marker, 8)] * 4)
    assert Marking.objects.count() == 1
