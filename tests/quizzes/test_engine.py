"""The engine against the database: windows, draws, pages, checks, the clock, late answers."""

import datetime as dt
import uuid
from fractions import Fraction

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from completion.models import ActivityEvent, ActivityProgress, Completion, Result
from questions.kinds import get_kind
from questions.queries import pool
from questions.services import create_question, retire, save_version
from quizzes import services
from quizzes.models import Attempt, QuizOverride, QuizSlot
from quizzes.queries import attempt_screen, late_answers, quiz_overview, replayed_marks
from quizzes.services import Delivery, QuizRefused, ending, save_answer, save_answers, start_attempt, submit_attempt
from quizzes.timing import Evidence
from tests.factories import PersonFactory, PostFactory, UnitFactory, learner_in, quiz_in_course, ready_question, single

pytestmark = pytest.mark.django_db

A, B, C = ({"chosen": [key]} for key in "abc")
MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)


def two_questions():
    return [ready_question(single("Pertama", right="a")), ready_question(single("Kedua", right="b"))]


def make(**fields):
    quiz = quiz_in_course(two_questions(), **fields)
    return quiz, learner_in(quiz, language="en")


def begin(person, quiz) -> Attempt:
    """Start an attempt and see its first page, so that its clock runs."""
    return services.begin_attempt(attempt=start_attempt(person=person, quiz=quiz))


def give(attempt, answer, position=1, **more):
    return save_answer(attempt=attempt, position=position, answer=answer, client_id=uuid.uuid4(), **more)


def submit(attempt, **more):
    return submit_attempt(attempt=attempt, client_id=uuid.uuid4(), **more)


def refused(person, quiz, **more) -> str:
    with pytest.raises(QuizRefused) as refusal:
        start_attempt(person=person, quiz=quiz, **more)
    assert str(refusal.value)
    return refusal.value.code


def age(attempt, by) -> Attempt:
    """Let time pass: everything about the attempt happened so much earlier."""
    attempt.refresh_from_db()
    times = ("started_at", "deadline_at", "ends_at", "submitted_at")
    for name in times:
        if moment := getattr(attempt, name):
            setattr(attempt, name, moment - by)
    attempt.save(update_fields=times)
    return attempt


# --- who may begin, and when -----------------------------------------------------------------------------------------


def test_quiz_opens_and_closes_on_the_servers_clock():
    now = timezone.now()
    quiz, person = make(opens_at=now + HOUR)
    assert refused(person, quiz) == "not_open_yet"
    assert quiz_overview(person, quiz).refusal == "not_open_yet"
    quiz.opens_at, quiz.closes_at = None, now - MINUTE
    quiz.save()
    assert refused(person, quiz) == "closed_since"
    assert quiz_overview(person, quiz).refused_until == quiz.closes_at


def test_password_is_asked_once_and_not_to_go_on():
    quiz, person = make(password="Merdeka 45")
    assert refused(person, quiz) == "password"
    assert refused(person, quiz, password="merdeka") == "password"
    attempt = start_attempt(person=person, quiz=quiz, password=" Merdeka 45 ")
    assert start_attempt(person=person, quiz=quiz) == attempt


def test_next_attempt_waits():
    quiz, person = make(delay_minutes=60)
    attempt = submit(start_attempt(person=person, quiz=quiz))
    assert refused(person, quiz) == "wait"
    assert quiz_overview(person, quiz).refusal == "wait"
    age(attempt, 2 * HOUR)
    assert start_attempt(person=person, quiz=quiz).number == 2


def test_the_most_lenient_exception_of_person_and_units_wins():
    quiz, person = make(closes_at=timezone.now() - HOUR, time_limit_minutes=30, attempts_allowed=1)
    above = UnitFactory()
    unit = UnitFactory(parent=above, agency=above.agency)
    PostFactory(person=person, unit=unit)
    give_ = {"quiz": quiz, "reason": "Sakit", "created_by": person}
    QuizOverride.objects.create(unit=UnitFactory(), closes_at=timezone.now() + 9 * DAY, **give_)
    assert refused(person, quiz) == "closed_since"
    QuizOverride.objects.create(unit=above, closes_at=timezone.now() + DAY, extra_minutes=5, **give_)
    QuizOverride.objects.create(person=person, extra_minutes=15, extra_attempts=1, **give_)
    attempt = begin(person, quiz)
    assert attempt.deadline_at - attempt.started_at == 45 * MINUTE
    assert quiz_overview(person, quiz).attempts_left == 1
    stranger = learner_in(quiz)
    assert refused(stranger, quiz) == "closed_since"


def test_more_time_reaches_attempts_that_have_begun_and_less_does_not():
    quiz, person = make(time_limit_minutes=30)
    attempt = begin(person, quiz)
    QuizOverride.objects.create(quiz=quiz, person=person, extra_minutes=10, reason="Listrik padam", created_by=person)
    assert services.refresh_deadlines(quiz=quiz) == 1
    attempt.refresh_from_db()
    assert attempt.deadline_at - attempt.started_at == 40 * MINUTE
    quiz.overrides.all().delete()
    assert services.refresh_deadlines(quiz=quiz) == 0


# --- what is asked ---------------------------------------------------------------------------------------------------


def bank(*names, tags=()):
    """Return a category of ready questions."""
    first = ready_question(single(names[0]), name=names[0])
    for name in names[1:]:
        create_question(category=first.category, kind="single", name=name, data=single(name), tags=tags)
    return first.category


def draw_from(quiz, category, **fields):
    slot = QuizSlot(quiz=quiz, category=category, sort_order=9, **fields)
    slot.full_clean(exclude=["quiz"])
    slot.save()
    return slot


def test_random_slots_never_ask_a_question_twice():
    quiz = quiz_in_course([ready_question(single("Tetap"), name="Tetap")])
    category = bank("Satu", "Dua", "Tiga")
    draw_from(quiz, category, draw_count=3)
    for _time in range(5):
        attempt = start_attempt(person=learner_in(quiz), quiz=quiz)
        asked = [row.version.question_id for row in attempt.questions.all()]
        assert len(set(asked)) == len(asked) == 4


def test_pool_that_is_too_small_does_not_begin():
    quiz = quiz_in_course([ready_question(name="Tetap")])
    draw_from(quiz, quiz.slots.first().question.category, draw_count=1)
    assert refused(learner_in(quiz), quiz) == "not_ready"


def test_pool_knows_tags_categories_below_and_retired_questions():
    category = bank("Satu", "Dua", "Tiga", tags=["loket"])
    below = type(category).objects.create(name="Di bawah", parent=category)
    inside = create_question(category=below, kind="single", name="Empat", data=single("Empat"), tags=["Loket", "x"])
    assert len(pool(category=category, below=False)) == 3
    assert len(pool(category=category, below=True, tags=["loket"])) == 3
    assert pool(category=category, below=True, tags=["LOKET", "x"]) == [inside.pk]
    retire(question=inside)
    assert pool(category=below, below=True) == []


def test_pinned_version_is_asked_whatever_comes_later():
    question = ready_question(single("Lama"))
    quiz = quiz_in_course([question])
    old = question.versions.get()
    save_version(question=question, data=single("Baru"))
    assert start_attempt(person=learner_in(quiz), quiz=quiz).questions.get().version.number == 2
    quiz.slots.update(pinned_version=old)
    assert start_attempt(person=learner_in(quiz), quiz=quiz).questions.get().version == old


def test_pages_sections_and_numbers_of_texts_to_read():
    text = ready_question({"text": "Bacalah"}, kind="description", name="Teks")
    quiz = quiz_in_course([text, *two_questions()], questions_per_page=2)
    quiz.slots.filter(sort_order=2).update(section="Bagian kedua")
    attempt = start_attempt(person=learner_in(quiz), quiz=quiz)
    assert list(attempt.questions.values_list("page_number", flat=True)) == [1, 1, 2]
    screen = attempt_screen(attempt, 1)
    assert [asked.number for asked in screen.questions] == [0, 1]
    assert (screen.asked, screen.pages, attempt_screen(attempt, 2).section) == (2, 2, "Bagian kedua")
    assert attempt_screen(attempt, 3) is None
    give(attempt, A, 2)
    assert submit(attempt).score == Fraction(1, 2)


# --- checks ----------------------------------------------------------------------------------------------------------


def test_checked_question_takes_no_more_answers():
    quiz, person = make(behaviour="immediate")
    attempt = start_attempt(person=person, quiz=quiz)
    assert give(attempt, B, check=True).status == "received"
    saved = give(attempt, A, based_on=1)
    assert (saved.status, saved.answer, saved.refused) == ("finished", B, A)
    row = attempt.questions.get(position=1)
    assert (row.answer, row.is_finished, row.tries, row.share) == (B, True, 1, 0)
    give(attempt, B, 2, check=True)
    assert submit(attempt).score == Fraction(1, 2)


def test_check_without_an_answer_says_to_answer_first(client):
    quiz, person = make(behaviour="immediate")
    attempt = start_attempt(person=person, quiz=quiz)
    client.force_login(person)
    shown = client.post(reverse("quizzes:question", args=[attempt.key, 1]), {"aksi": "periksa-1"}, follow=True)
    assert "Answer first, then check." in shown.content.decode()
    assert attempt.questions.get(position=1).tries == 0


def test_check_twice_under_one_id_is_one_try():
    quiz, person = make(behaviour="adaptive")
    attempt = start_attempt(person=person, quiz=quiz)
    sent = Delivery(1, C, uuid.uuid4(), check=True)
    for _time in range(3):
        save_answers(attempt=attempt, deliveries=[sent])
    assert attempt.questions.get(position=1).tries == 1
    give(attempt, A, based_on=1, check=True)
    row = attempt.questions.get(position=1)
    assert (row.tries, row.share) == (2, Fraction(2, 3))
    assert replayed_marks(submit(attempt)).shares[1] == Fraction(2, 3)


def test_certainty_is_part_of_the_answer():
    quiz, person = make(behaviour="certainty")
    attempt = start_attempt(person=person, quiz=quiz)
    give(attempt, A, certainty=1)
    assert give(attempt, A, certainty=3, based_on=1).status == "received"
    give(attempt, A, 2, certainty=2)
    done = submit(attempt)
    assert [row.share for row in done.questions.all()] == [1, Fraction(-2, 3)]
    assert done.score == Fraction(1, 6)


def test_fixed_sequence_leaves_pages_behind():
    quiz, person = make(sequential=True)
    attempt = start_attempt(person=person, quiz=quiz)
    give(attempt, A)
    services.reach_page(attempt=attempt, page=2)
    assert give(attempt, B, based_on=1).status == "finished"
    assert give(attempt, B, 2).status == "received"
    services.reach_page(attempt=attempt, page=1)
    attempt.refresh_from_db()
    assert attempt.reached_page == 2


# --- the clock -------------------------------------------------------------------------------------------------------


def test_time_up_submits_what_there_is():
    quiz, person = make(time_limit_minutes=30, late_minutes=5)
    attempt = begin(person, quiz)
    give(attempt, A)
    deadline = age(attempt, 31 * MINUTE).deadline_at
    assert services.settle(attempt).state == "overdue"
    age(attempt, 5 * MINUTE)
    assert services.end_overdue_attempts() == 1
    attempt.refresh_from_db()
    assert (attempt.state, attempt.score) == ("graded", Fraction(1, 2))
    assert attempt.submitted_at == deadline - 5 * MINUTE
    assert services.end_overdue_attempts() == 0


def test_one_attempt_that_cannot_be_ended_holds_no_other_up(monkeypatch):
    quiz, person = make(time_limit_minutes=30)
    broken = age(begin(person, quiz), 60 * MINUTE)
    sound = age(begin(learner_in(quiz), quiz), 50 * MINUTE)
    grade = ending.grade

    def fails_once(attempt):
        if attempt.pk == broken.pk:
            raise RuntimeError
        grade(attempt)

    monkeypatch.setattr(ending, "grade", fails_once)
    assert services.end_overdue_attempts() == 1
    states = dict(Attempt.objects.values_list("pk", "state"))
    assert states == {broken.pk: "in_progress", sound.pk: "graded"}


def test_grace_lets_submit_and_then_does_not_count():
    quiz, person = make(time_limit_minutes=30, overdue_handling="grace", grace_minutes=10)
    first = begin(person, quiz)
    give(first, A)
    age(first, 35 * MINUTE)
    assert give(first, B, based_on=1).status == "late"
    assert submit(first).score == Fraction(1, 2)
    second = age(begin(person, quiz), 41 * MINUTE)
    assert services.settle(second).state == "abandoned"
    with pytest.raises(QuizRefused):
        submit(second)
    assert second.graded_at is None


def test_abandon_takes_no_submission_after_the_time():
    quiz, person = make(time_limit_minutes=30, overdue_handling="abandon", late_minutes=5)
    attempt = age(begin(person, quiz), 31 * MINUTE)
    with pytest.raises(QuizRefused):
        submit(attempt)
    in_time = Evidence(attempt.deadline_at - MINUTE, attempt.started_at, attempt.started_at, signed=True)
    assert submit(attempt, evidence=in_time).state == "graded"


def test_clock_begins_with_the_first_page_not_with_the_button(client):
    """A line that breaks between the two costs no time."""
    quiz, person = make(time_limit_minutes=30)
    attempt = start_attempt(person=person, quiz=quiz)
    assert (attempt.state, attempt.deadline_at) == ("reserved", None)
    age(attempt, 2 * HOUR)
    assert start_attempt(person=person, quiz=quiz) == attempt
    client.force_login(person)
    client.get(reverse("quizzes:question", args=[attempt.key, 1]))
    attempt.refresh_from_db()
    assert attempt.state == "in_progress"
    assert attempt.deadline_at - attempt.started_at == 30 * MINUTE
    assert timezone.now() - attempt.started_at < MINUTE
    again = services.begin_attempt(attempt=attempt)
    assert again.deadline_at == attempt.deadline_at


def test_reserved_attempt_does_not_outlive_the_closing_time(client):
    quiz, person = make(time_limit_minutes=30, attempts_allowed=1, closes_at=timezone.now() + HOUR)
    attempt = start_attempt(person=person, quiz=quiz)
    quiz.closes_at = timezone.now() - MINUTE
    quiz.save()
    client.force_login(person)
    shown = client.get(reverse("quizzes:question", args=[attempt.key, 1]), follow=True)
    assert "No attempt was used up" in shown.content.decode()
    assert not Attempt.objects.exists()


# --- late answers ----------------------------------------------------------------------------------------------------


def written(attempt, before_deadline) -> Evidence:
    return Evidence(attempt.deadline_at - before_deadline, attempt.started_at, attempt.started_at, signed=True)


def test_answer_written_in_time_counts_within_the_grace_of_the_quiz():
    quiz, person = make(time_limit_minutes=30, late_minutes=5)
    attempt = age(begin(person, quiz), 33 * MINUTE)
    assert give(attempt, A, evidence=written(attempt, MINUTE)).status == "received"
    assert give(attempt, B, 2, evidence=written(attempt, -MINUTE)).status == "closed"
    age(attempt, 5 * MINUTE)
    assert services.settle(attempt).score == Fraction(1, 2)
    step = attempt.steps.get(answer=A)
    assert step.evidence["signed"] is True
    assert step.evidence["written_at"]


@pytest.mark.parametrize("handling", ["submit", "abandon"])
def test_answer_that_arrives_after_all_is_put_before_staff(handling):
    quiz, person = make(time_limit_minutes=30, overdue_handling=handling, late_minutes=0)
    attempt = age(begin(person, quiz), 40 * MINUTE)
    services.settle(attempt)
    saved = give(attempt, A, evidence=written(attempt, MINUTE))
    assert (saved.status, saved.refused) == ("late", A)
    assert give(attempt, B, evidence=Evidence()).status == "closed"
    assert [one.counts for one in late_answers(attempt)] == [None]
    staff, step = PersonFactory(), attempt.steps.get(held="late")
    with pytest.raises(ValueError, match="reason"):
        services.decide_late(step=step, counts=True, by=staff, reason=" ")
    services.decide_late(step=step, counts=True, by=staff, reason="Sinyal hilang")
    services.decide_late(step=step, counts=False, by=staff, reason="Berubah pikiran")
    attempt.refresh_from_db()
    assert (attempt.state, attempt.score) == ("graded", Fraction(1, 2))
    assert [one.counts for one in late_answers(attempt)] == [True]
    assert step.held == "late"
    assert attempt.steps.get(decided_by=staff).answer == A


def test_late_answer_that_does_not_count_changes_nothing():
    quiz, person = make(time_limit_minutes=30, late_minutes=0)
    attempt = age(begin(person, quiz), 40 * MINUTE)
    services.settle(attempt)
    give(attempt, A, evidence=written(attempt, MINUTE))
    before = Attempt.objects.values().get(pk=attempt.pk)
    services.decide_late(step=attempt.steps.get(held="late"), counts=False, by=person, reason="Tidak terbukti")
    assert Attempt.objects.values().get(pk=attempt.pk) == before


# --- the mark of the quiz --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "told", "best"),
    [
        ("highest", ["1", "1/2"], "1"),
        ("average", ["1", "3/4"], "3/4"),
        ("first", ["1", "1"], "1"),
        ("last", ["1", "1/2"], "1/2"),
    ],
)
def test_completion_is_told_the_mark_that_the_method_makes(method, told, best):
    quiz, person = make(grading_method=method)
    for answers in ((A, B), (A, C)):
        attempt = start_attempt(person=person, quiz=quiz)
        for position, answer in enumerate(answers, 1):
            give(attempt, answer, position)
        submit(attempt)
    events = ActivityEvent.objects.filter(activity_id=quiz.pk, kind="graded").order_by("pk")
    assert [event.data["score"] for event in events] == told
    progress = ActivityProgress.objects.get(activity_id=quiz.pk)
    assert Fraction(progress.best_score_numerator, progress.best_score_denominator) == Fraction(best)
    assert quiz_overview(person, quiz).mark == Fraction(best)


def test_essay_waits_for_a_person():
    essay = ready_question({"text": "Ceritakan"}, kind="essay", name="Esai")
    quiz = quiz_in_course([*two_questions(), essay])
    person = learner_in(quiz)
    attempt = start_attempt(person=person, quiz=quiz)
    give(attempt, get_kind("essay").accept(essay.versions.get().data, {"text": "<p>Cerita saya</p>"}), 3)
    done = submit(attempt)
    assert (done.state, done.score, done.passed) == ("submitted", None, None)
    assert not ActivityEvent.objects.filter(activity_id=quiz.pk, kind="graded").exists()
    assert done.questions.get(position=3).needs_mark
    empty = submit(start_attempt(person=learner_in(quiz), quiz=quiz))
    assert empty.state == "graded"


# --- complete with all attempts used ----------------------------------------------------------------------------------


def stands(person, quiz):
    row = ActivityProgress.objects.get(enrolment__person=person, activity=quiz)
    return row.completion, row.result


def test_last_attempt_completes_a_quiz_that_asks_for_all_and_does_not_pass_it():
    quiz, person = make(completion_rule="attempts", attempts_allowed=2)
    submit(begin(person, quiz))
    assert stands(person, quiz) == (Completion.IN_PROGRESS, Result.NOT_PASSED)
    submit(begin(person, quiz))
    assert stands(person, quiz) == (Completion.COMPLETE, Result.NOT_PASSED)


def test_last_attempt_that_ran_out_of_time_uses_them_up_as_well():
    quiz, person = make(
        completion_rule="attempts", attempts_allowed=1, time_limit_minutes=30, overdue_handling="abandon"
    )
    attempt = age(begin(person, quiz), 90 * MINUTE)
    assert services.settle(attempt).state == "abandoned"
    assert stands(person, quiz) == (Completion.COMPLETE, Result.NOT_PASSED)


def test_a_quiz_without_a_limit_cannot_ask_for_all_attempts():
    with pytest.raises(ValidationError, match="completion_rule"):
        make(completion_rule="attempts", attempts_allowed=0)
