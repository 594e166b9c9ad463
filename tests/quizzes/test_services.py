"""The state machine of an attempt: what begins, what is kept, what counts."""

import uuid
from fractions import Fraction

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from completion.models import ActivityEvent, Completion, Enrolment, Result
from completion.services import ask_to_redo
from courses.models import ModulePage
from courses.services import refresh_course
from questions.services import save_version
from quizzes import services
from quizzes.models import AnswerStep, Attempt, QuizPage, QuizSlot
from quizzes.queries import attempts_left_after, quiz_overview, replayed_marks
from quizzes.services import (
    Delivery,
    QuizRefused,
    ending,
    save_answer,
    save_answers,
    start_attempt,
    starting,
    submit_attempt,
)
from tests.factories import PersonFactory, learner_in, quiz_in_course, ready_question, single

pytestmark = pytest.mark.django_db

A, B, C = ({"chosen": [key]} for key in "abc")


def give(attempt, answer, *, position=1, client_id=None, **more):
    return save_answer(attempt=attempt, position=position, answer=answer, client_id=client_id or uuid.uuid4(), **more)


def flag(attempt, client_id):
    """Flag the first question as a page does, with the answer it was shown; return what became of the answer."""
    row = attempt.questions.get(position=1)
    sent = Delivery(1, row.answer, client_id, based_on=row.sequence, flagged=True, only_changes=True)
    return save_answers(attempt=attempt, deliveries=[sent])[0].status


@pytest.fixture
def quiz():
    return quiz_in_course([ready_question(single(right="a")), ready_question(single(right="b"))], attempts_allowed=2)


@pytest.fixture
def learner(quiz):
    return learner_in(quiz)


@pytest.fixture
def attempt(quiz, learner):
    return start_attempt(person=learner, quiz=quiz)


# --- beginning -------------------------------------------------------------------------------------------------------


def test_start_copies_the_rules_and_asks_every_slot(quiz, attempt):
    assert attempt.state == Attempt.State.IN_PROGRESS
    assert attempt.number == 1
    assert attempt.rules == {
        "pass_mark": 70,
        "attempts_allowed": 2,
        "rule": "passed",
        "revision": quiz.live_revision_id,
        "shuffle_questions": False,
        "shuffle_options": True,
        "behaviour": "deferred",
        "grading_method": "highest",
        "minutes": 0,
        "overdue": "submit",
        "grace_minutes": 10,
        "late_minutes": 5,
        "sequential": False,
        "two_markers": False,
        "marking_difference": 10,
    }
    assert [row.version.question_id for row in attempt.questions.all()] == [
        slot.question_id for slot in quiz.slots.all()
    ]
    assert all(sorted(row.arrangement["order"]) == ["a", "b", "c"] for row in attempt.questions.all())


def test_start_resumes_the_open_attempt(quiz, learner, attempt):
    assert start_attempt(person=learner, quiz=quiz) == attempt
    assert Attempt.objects.count() == 1


def test_start_counts_ended_attempts_against_the_limit(quiz, learner, attempt):
    submit_attempt(attempt=attempt, client_id=uuid.uuid4())
    second = start_attempt(person=learner, quiz=quiz)
    assert second.number == 2
    Attempt.objects.filter(pk=second.pk).update(state=Attempt.State.ABANDONED)
    with pytest.raises(QuizRefused) as refusal:
        start_attempt(person=learner, quiz=quiz)
    assert refusal.value.code == "no_attempts_left"
    assert Attempt.objects.count() == 2


def test_start_without_a_limit_goes_on(quiz, learner):
    quiz.attempts_allowed = 0
    for number in range(1, 5):
        attempt = start_attempt(person=learner, quiz=quiz)
        assert attempt.number == number
        submit_attempt(attempt=attempt, client_id=uuid.uuid4())


def test_start_refuses_who_is_not_enrolled(quiz):
    with pytest.raises(QuizRefused) as refusal:
        start_attempt(person=PersonFactory(), quiz=quiz)
    assert refusal.value.code == "not_enrolled"
    assert not Attempt.objects.exists()


def test_start_refuses_a_quiz_that_is_closed_to_the_person(quiz, learner):
    quiz.unpublish()
    with pytest.raises(QuizRefused) as refusal:
        start_attempt(person=learner, quiz=type(quiz).objects.get(pk=quiz.pk))
    assert refusal.value.code == "closed"


def test_start_refuses_a_quiz_with_a_question_that_is_not_ready(learner, quiz):
    quiz.slots.first().question.versions.update(is_ready=False)
    with pytest.raises(QuizRefused) as refusal:
        start_attempt(person=learner, quiz=quiz)
    assert refusal.value.code == "not_ready"
    assert not Attempt.objects.exists()


def test_attempt_keeps_its_rules_and_versions_when_the_quiz_is_edited(quiz, attempt):
    question = quiz.slots.first().question
    save_version(question=question, data=single("Lain?", right="c"))
    quiz.pass_mark = 100
    quiz.save_revision().publish()
    give(attempt, A)
    done = submit_attempt(attempt=attempt, client_id=uuid.uuid4())
    assert done.score == Fraction(1, 2)
    assert done.rules["pass_mark"] == 70
    assert attempt.questions.first().version.number == 1


def test_attempt_is_held_to_the_pass_mark_of_its_edition(quiz, learner):
    enrolment = Enrolment.objects.get(person=learner)
    quiz.pass_mark = 90
    quiz.save_revision().publish()
    quiz = type(quiz).objects.get(pk=quiz.pk)
    attempt = start_attempt(person=learner, quiz=quiz)
    assert (quiz.pass_mark, attempt.rules["pass_mark"]) == (90, 70)
    assert attempt.enrolment == enrolment


def test_open_attempt_of_an_earlier_cycle_is_closed_and_kept(quiz, learner, attempt):
    give(attempt, A)
    old = attempt.enrolment
    new = Enrolment.objects.create(person=learner, course=old.course, edition=old.edition, cycle=2)
    fresh = start_attempt(person=learner, quiz=quiz)
    attempt.refresh_from_db()
    assert attempt.state == Attempt.State.ABANDONED
    assert attempt.steps.count() == 1
    assert (fresh.enrolment, fresh.number) == (new, 1)


def test_second_open_attempt_is_refused_by_the_database(quiz, attempt):
    with pytest.raises(IntegrityError), transaction.atomic():
        Attempt.objects.create(quiz=quiz, person=attempt.person, enrolment=attempt.enrolment, number=9)


def test_start_reads_what_another_tab_began_between_its_reading_and_writing(quiz, learner, attempt, monkeypatch):
    resume, sees = starting._resume, iter([False, True])
    monkeypatch.setattr(starting, "_resume", lambda *args: resume(*args) if next(sees) else None)
    assert start_attempt(person=learner, quiz=quiz) == attempt
    assert Attempt.objects.count() == 1


def test_shuffled_questions_are_all_there_and_stay(learner):
    questions = [ready_question(name=f"Soal {number}") for number in range(12)]
    quiz = quiz_in_course(questions, shuffle_questions=True)
    attempt = start_attempt(person=learner_in(quiz), quiz=quiz)
    order = list(attempt.questions.values_list("version__question", flat=True))
    assert sorted(order) == sorted(question.pk for question in questions)
    assert order == list(Attempt.objects.get().questions.values_list("version__question", flat=True))
    assert list(attempt.questions.values_list("position", flat=True)) == list(range(1, 13))


def test_options_stay_in_their_order_where_the_quiz_does_not_shuffle():
    quiz = quiz_in_course([ready_question() for _ in range(8)], shuffle_options=False)
    attempt = start_attempt(person=learner_in(quiz), quiz=quiz)
    assert {tuple(row.arrangement["order"]) for row in attempt.questions.all()} == {("a", "b", "c")}


def test_quiz_to_be_done_again_may_be_tried_again(quiz, learner, attempt):
    """Staff ask somebody who has used all attempts to redo the quiz: without new ones they could never finish."""
    for _number in range(2):
        submit_attempt(attempt=start_attempt(person=learner, quiz=quiz), client_id=uuid.uuid4())
    enrolment = attempt.enrolment
    ask_to_redo(enrolment=enrolment, activity_id=quiz.pk, by=PersonFactory(), reason="Materi baru")
    again = start_attempt(person=learner, quiz=quiz)
    assert (again.number, quiz_overview(learner, quiz).attempts_left) == (3, 1)
    submit_attempt(attempt=again, client_id=uuid.uuid4())
    assert attempts_left_after(again) == 1
    submit_attempt(attempt=start_attempt(person=learner, quiz=quiz), client_id=uuid.uuid4())
    with pytest.raises(QuizRefused):
        start_attempt(person=learner, quiz=quiz)


def test_attempt_at_a_quiz_newer_than_the_edition_ends_though_it_was_withdrawn(quiz, learner):
    """The quiz was added after the learner enrolled, and withdrawn after the learner began."""
    module = ModulePage.objects.get(pk=quiz.get_parent().pk)
    added = module.add_child(instance=QuizPage(title="Kuis tambahan", slug="kuis-tambahan"))
    QuizSlot.objects.create(quiz=added, question=ready_question(single(right="a")), max_mark=1)
    refresh_course(course=module.get_parent().pk)
    attempt = start_attempt(person=learner, quiz=QuizPage.objects.get(pk=added.pk))
    give(attempt, A)
    QuizPage.objects.get(pk=added.pk).unpublish()
    refresh_course(course=module.get_parent().pk)
    assert submit_attempt(attempt=attempt, client_id=uuid.uuid4()).passed
    assert ActivityEvent.objects.get(activity=added, kind="graded").data["rule"]["rule"] == "passed"


# --- answering -------------------------------------------------------------------------------------------------------


def test_answer_is_received_and_in_force(attempt):
    saved = give(attempt, A)
    row = attempt.questions.get(position=1)
    assert (saved.status, saved.answer, saved.sequence) == ("received", A, 1)
    assert (row.answer, row.answered_at) == (A, saved.received_at)


def test_same_client_id_twice_is_one_step(attempt):
    client_id = uuid.uuid4()
    first = give(attempt, A, client_id=client_id)
    again = give(attempt, A, client_id=client_id)
    assert (first.status, again.status) == ("received", "repeated")
    assert again.sequence == first.sequence
    assert attempt.steps.count() == 1


def test_late_repeat_does_not_bring_an_old_answer_back(attempt):
    client_id = uuid.uuid4()
    first = give(attempt, A, client_id=client_id)
    give(attempt, B, based_on=first.sequence)
    again = give(attempt, A, client_id=client_id)
    assert (again.status, again.answer) == ("repeated", B)
    assert attempt.questions.get(position=1).answer == B


def test_page_brought_back_may_answer_again_under_its_old_id(attempt):
    client_id = uuid.uuid4()
    give(attempt, A, client_id=client_id)
    changed = give(attempt, B, client_id=client_id)
    assert (changed.status, changed.answer) == ("received", B)
    assert give(attempt, B, client_id=client_id).status == "repeated"
    assert attempt.steps.count() == 2


def test_older_tab_is_refused_and_both_answers_are_kept(attempt):
    first = give(attempt, A)
    give(attempt, B, based_on=first.sequence)
    older = give(attempt, C, based_on=first.sequence)
    assert (older.status, older.answer, older.refused) == ("older_tab", B, C)
    assert attempt.questions.get(position=1).answer == B
    assert list(attempt.steps.values_list("answer", "held")) == [(A, ""), (B, ""), (C, "older_tab")]


def test_tab_opened_before_any_answer_is_an_older_tab(attempt):
    give(attempt, A)
    assert give(attempt, B, based_on=None).status == "older_tab"


def test_older_tab_with_the_same_answer_is_no_conflict(attempt):
    give(attempt, A)
    assert give(attempt, A, based_on=None).status == "received"


def test_device_that_did_not_hear_back_does_not_refuse_itself(attempt):
    unheard = uuid.uuid4()
    give(attempt, A, client_id=unheard)
    assert give(attempt, B, based_on=None, own={unheard}).status == "received"


def test_own_steps_do_not_hide_those_of_another_tab(attempt):
    unheard = uuid.uuid4()
    own = give(attempt, A, client_id=unheard)
    give(attempt, B, based_on=own.sequence)
    assert give(attempt, C, based_on=None, own={unheard}).status == "older_tab"


def test_refused_answer_is_told_again_until_a_choice_settles_it(attempt):
    first = give(attempt, A)
    client_id = uuid.uuid4()
    give(attempt, B, client_id=client_id)
    assert give(attempt, B, client_id=client_id).status == "older_tab"
    give(attempt, A, based_on=first.sequence)
    assert give(attempt, B, client_id=client_id).status == "repeated"


def test_cleared_answer_is_none_in_force(attempt):
    first = give(attempt, A)
    give(attempt, None, based_on=first.sequence)
    row = attempt.questions.get(position=1)
    assert (row.answer, row.answered_at) == (None, None)
    assert replayed_marks(attempt).answers == {1: None, 2: None}


def test_questions_do_not_overtake_each_other(attempt):
    give(attempt, A, position=1)
    assert give(attempt, B, position=2).status == "received"


def test_flag_is_a_step_of_its_own_and_twice_is_once(attempt):
    client_id = uuid.uuid4()
    for _time in range(2):
        assert flag(attempt, client_id) == "unchanged"
    assert attempt.questions.get(position=1).flagged
    assert list(attempt.steps.values_list("kind", flat=True)) == [AnswerStep.Kind.FLAG]


# --- ending ----------------------------------------------------------------------------------------------------------


def test_submission_grades_and_completes_at_once(attempt, learner):
    give(attempt, A, position=1)
    give(attempt, B, position=2)
    done = submit_attempt(attempt=attempt, client_id=uuid.uuid4())
    assert (done.state, done.score, done.passed) == (Attempt.State.GRADED, 1, True)
    enrolment = Enrolment.objects.get(person=learner)
    assert (enrolment.completion, enrolment.result) == (Completion.COMPLETE, Result.PASSED)
    event = ActivityEvent.objects.get(kind="graded")
    assert event.data == {"attempt": str(attempt.key), "number": 1, "score": "1", "passed": True}
    assert event.revision == attempt.rules["revision"]


def test_submission_twice_changes_nothing(attempt):
    give(attempt, A)
    first = submit_attempt(attempt=attempt, client_id=uuid.uuid4())
    again = submit_attempt(attempt=attempt, client_id=uuid.uuid4())
    assert (again.submitted_at, again.score) == (first.submitted_at, first.score)
    assert ActivityEvent.objects.filter(kind="graded").count() == 1
    assert attempt.steps.filter(kind=AnswerStep.Kind.SUBMIT).count() == 1


def test_submission_that_cannot_be_recorded_leaves_the_attempt_open(attempt, monkeypatch):
    def fails(**_fields):
        raise RuntimeError

    monkeypatch.setattr(ending.completion, "record", fails)
    with pytest.raises(RuntimeError):
        submit_attempt(attempt=attempt, client_id=uuid.uuid4())
    attempt.refresh_from_db()
    assert (attempt.state, attempt.score_numerator) == (Attempt.State.IN_PROGRESS, None)
    assert not attempt.steps.exists()


def test_answer_after_submission_is_kept_and_changes_nothing(attempt):
    first = give(attempt, A)
    submit_attempt(attempt=attempt, client_id=uuid.uuid4())
    late = give(attempt, B, based_on=first.sequence)
    assert (late.status, late.answer, late.refused) == ("closed", A, B)
    assert not AnswerStep.objects.get(answer=B).accepted
    assert attempt.questions.get(position=1).answer == A
    assert replayed_marks(attempt).score == Attempt.objects.get().score


def test_abandoned_attempt_takes_no_answer_and_no_submission(attempt):
    Attempt.objects.update(state=Attempt.State.ABANDONED)
    assert give(attempt, A).status == "closed"
    with pytest.raises(QuizRefused):
        submit_attempt(attempt=attempt, client_id=uuid.uuid4())


def test_flag_after_submission_is_refused(attempt):
    submit_attempt(attempt=attempt, client_id=uuid.uuid4())
    flag(attempt, uuid.uuid4())
    assert not attempt.steps.filter(kind=AnswerStep.Kind.FLAG).exists()
    assert not attempt.questions.get(position=1).flagged


def test_marks_are_exact_with_thirds_and_unequal_weights():
    thirds = {"a": "1/3", "b": "1/3", "c": "1/3", "d": "-1/3"}
    questions = [(ready_question(single(weights=thirds), kind="multiple"), "1.50"), (ready_question(), "0.25")]
    quiz = quiz_in_course(questions, pass_mark=57)
    attempt = start_attempt(person=learner_in(quiz), quiz=quiz)
    give(attempt, {"chosen": ["a", "b"]}, position=1)
    done = submit_attempt(attempt=attempt, client_id=uuid.uuid4())
    assert attempt.questions.get(position=1).share == Fraction(2, 3)
    assert done.score == Fraction(1) / Fraction(7, 4) == Fraction(4, 7)
    assert done.passed


def test_pass_mark_reached_exactly_is_passed():
    quiz = quiz_in_course([ready_question() for _ in range(10)], pass_mark=70)
    attempt = start_attempt(person=learner_in(quiz), quiz=quiz)
    for position in range(1, 8):
        give(attempt, A, position=position)
    done = submit_attempt(attempt=attempt, client_id=uuid.uuid4())
    assert (done.score, done.passed) == (Fraction(7, 10), True)


# --- trials and history ----------------------------------------------------------------------------------------------


def test_trial_takes_the_draft_and_counts_for_nothing(quiz):
    editor = PersonFactory()
    quiz.pass_mark = 100
    quiz.save_revision()
    trial = services.start_trial(person=editor, quiz=type(quiz).objects.get(pk=quiz.pk))
    give(trial, A)
    done = submit_attempt(attempt=trial, client_id=uuid.uuid4())
    assert (done.is_trial, done.score, done.passed) == (True, Fraction(1, 2), False)
    assert done.rules["pass_mark"] == 100
    assert not ActivityEvent.objects.exists()


def test_new_trial_drops_the_open_one_and_leaves_the_real_attempt(quiz, learner, attempt):
    first = services.start_trial(person=learner, quiz=quiz)
    second = services.start_trial(person=learner, quiz=quiz)
    first.refresh_from_db()
    attempt.refresh_from_db()
    assert (first.state, second.number) == (Attempt.State.ABANDONED, 2)
    assert attempt.state == Attempt.State.IN_PROGRESS


def test_quiz_with_an_attempt_cannot_be_deleted(quiz, attempt):
    with pytest.raises(ProtectedError):
        quiz.delete()


def test_discarded_trials_leave_real_attempts(quiz, learner, attempt):
    trial = services.start_trial(person=learner, quiz=quiz)
    give(trial, A)
    give(attempt, A)
    services.discard_trials(quizzes=[quiz])
    assert list(Attempt.objects.all()) == [attempt]
    assert AnswerStep.objects.count() == 1


def test_question_version_that_was_asked_cannot_be_deleted(attempt):
    with pytest.raises(ProtectedError):
        attempt.questions.first().version.delete()
