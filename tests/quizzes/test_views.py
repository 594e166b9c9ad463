"""A quiz in the browser's hands: without JavaScript, with junk, from two tabs, by strangers."""

import re
import uuid
from fractions import Fraction

import pytest
from django.urls import reverse

from people.models import Post
from quizzes.models import AnswerStep, Attempt
from quizzes.services import save_answer, start_attempt, start_trial, submit_attempt
from tests.factories import (
    PersonFactory,
    PostFactory,
    UnitFactory,
    learner_in,
    quiz_in_course,
    ready_question,
    single,
)

pytestmark = pytest.mark.django_db

A, B, C = ({"chosen": [key]} for key in "abc")


@pytest.fixture
def quiz():
    return quiz_in_course(
        [ready_question(single("Pertama", right="a")), ready_question(single("Kedua", right="b"))],
        feedback_passed="<p>Hebat</p>",
        feedback_not_passed="<p>Baca lagi</p>",
    )


@pytest.fixture
def learner(quiz):
    return learner_in(quiz, language="en", time_zone="Asia/Jayapura")


@pytest.fixture
def attempt(quiz, learner):
    return start_attempt(person=learner, quiz=quiz)


@pytest.fixture
def signed_in(client, learner):
    client.force_login(learner)
    return client


def at(attempt, position=None, name="question"):
    return reverse(f"quizzes:{name}", args=[attempt.key, *([position] if position else [])])


def hidden(response) -> dict:
    """Return the hidden fields of the answer's form, as a browser would send them."""
    html = response.content.decode()
    return {
        name: re.search(rf'name="{name}" value="([^"]*)"', html).group(1) for name in ("client_id", "based_on", "own")
    }


def turn(client, attempt, position, action, *, shown=None, **answer):
    shown = shown or client.get(at(attempt, position))
    return client.post(at(attempt, position), {**hidden(shown), "aksi": action, **answer})


# --- the whole way without JavaScript --------------------------------------------------------------------------------


def test_quiz_is_taken_from_start_to_result_without_javascript(signed_in, quiz, learner):
    page = signed_in.get(quiz.url)
    assert page.status_code == 200
    assert reverse("quizzes:start", args=[quiz.pk]) in page.content.decode()
    started = signed_in.post(reverse("quizzes:start", args=[quiz.pk]))
    attempt = Attempt.objects.get(person=learner)
    assert started.url == at(attempt, 1)
    assert turn(signed_in, attempt, 1, "berikutnya", jawaban="a").url == at(attempt, 2)
    assert turn(signed_in, attempt, 2, "berikutnya", jawaban="b").url == at(attempt, name="overview")
    overview = signed_in.get(at(attempt, name="overview"))
    assert "Every question has an answer" in overview.content.decode()
    submitted = signed_in.post(at(attempt, name="submit"), {"client_id": uuid.uuid4()})
    assert submitted.url == at(attempt, name="result")
    result = signed_in.get(submitted.url).content.decode()
    assert "You passed with 100%" in result
    assert "Hebat" in result
    assert "Baca lagi" not in result
    assert "Ulasan a" in result


def test_quiz_page_shows_what_is_ahead_and_what_was(signed_in, quiz, attempt):
    submit_attempt(attempt=attempt, client_id=uuid.uuid4())
    html = signed_in.get(quiz.url).content.decode()
    assert "2 of 3 left" in html
    assert at(attempt, name="result") in html
    assert "Not yet passed" in html
    assert "Try again" in html


def test_start_goes_on_at_the_first_question_without_an_answer(signed_in, quiz, attempt):
    save_answer(attempt=attempt, position=1, answer=A, client_id=uuid.uuid4())
    assert signed_in.post(reverse("quizzes:start", args=[quiz.pk])).url == at(attempt, 2)
    save_answer(attempt=attempt, position=2, answer=A, client_id=uuid.uuid4())
    assert signed_in.post(reverse("quizzes:start", args=[quiz.pk])).url == at(attempt, name="overview")


def test_start_by_address_changes_nothing(signed_in, quiz):
    assert signed_in.get(reverse("quizzes:start", args=[quiz.pk])).status_code == 302
    assert not Attempt.objects.exists()


def test_back_and_overview_keep_the_answer_too(signed_in, attempt):
    assert turn(signed_in, attempt, 2, "kembali", jawaban="c").url == at(attempt, 1)
    assert turn(signed_in, attempt, 1, "ringkasan", jawaban="b").url == at(attempt, name="overview")
    assert list(attempt.questions.values_list("answer", flat=True)) == [B, C]


def test_page_turn_without_a_change_makes_no_step(signed_in, attempt):
    turn(signed_in, attempt, 1, "berikutnya", jawaban="a")
    turn(signed_in, attempt, 1, "berikutnya", jawaban="a")
    turn(signed_in, attempt, 2, "kembali")
    assert attempt.steps.count() == 1


def test_reload_shows_the_answer_in_the_same_order(signed_in, attempt):
    turn(signed_in, attempt, 1, "berikutnya", jawaban="b")
    order = [re.findall(r'value="([abc])"', signed_in.get(at(attempt, 1)).content.decode()) for _time in range(3)]
    assert order[0] == order[1] == order[2] == attempt.questions.get(position=1).arrangement["order"]
    assert re.search(r'value="b"[^>]*checked', signed_in.get(at(attempt, 1)).content.decode())


def test_answer_says_when_it_was_received_in_the_learners_zone(signed_in, attempt):
    turn(signed_in, attempt, 1, "berikutnya", jawaban="b")
    html = signed_in.get(at(attempt, 1)).content.decode()
    assert 'data-saved-state="received"' in html
    assert "WIT" in html


def test_pages_of_an_attempt_are_never_cached(signed_in, attempt):
    for address in (at(attempt, 1), at(attempt, name="overview")):
        assert "no-store" in signed_in.get(address)["Cache-Control"]


def test_double_click_on_next_is_one_step(signed_in, attempt):
    shown = signed_in.get(at(attempt, 1))
    for _time in range(2):
        assert turn(signed_in, attempt, 1, "berikutnya", shown=shown, jawaban="a").url == at(attempt, 2)
    assert attempt.steps.count() == 1


def test_answer_is_cleared_and_flagged_by_buttons(signed_in, attempt):
    turn(signed_in, attempt, 1, "tandai", jawaban="a")
    row = attempt.questions.get(position=1)
    assert (row.answer, row.flagged) == (A, True)
    assert "To look at again" in signed_in.get(at(attempt, name="overview")).content.decode()
    turn(signed_in, attempt, 1, "kosongkan", jawaban="a")
    turn(signed_in, attempt, 1, "lepas")
    row.refresh_from_db()
    assert (row.answer, row.flagged) == (None, False)


def test_right_answers_are_not_in_the_page_before_submission(signed_in, attempt):
    html = signed_in.get(at(attempt, 1)).content.decode()
    assert "Ulasan" not in html
    assert "Pembahasan" not in html


def test_right_answers_are_named_only_when_nothing_is_left_to_try(signed_in, quiz, learner, attempt):
    for number in (1, 2, 3):
        attempt = start_attempt(person=learner, quiz=quiz)
        submit_attempt(attempt=attempt, client_id=uuid.uuid4())
        html = signed_in.get(at(attempt, name="result")).content.decode()
        assert ("The right answers are named once" in html) is (number < 3)
        assert ("Try again" in html) is (number < 3)
        assert "Baca lagi" in html


def test_percent_never_rounds_up_to_the_pass_mark(client):
    quiz = quiz_in_course([(ready_question(), "69.99"), (ready_question(single(right="b")), "30.01")])
    person = learner_in(quiz, language="en")
    attempt = start_attempt(person=person, quiz=quiz)
    save_answer(attempt=attempt, position=1, answer=A, client_id=uuid.uuid4())
    assert submit_attempt(attempt=attempt, client_id=uuid.uuid4()).score == Fraction(6999, 10000)
    client.force_login(person)
    html = client.get(at(attempt, name="result")).content.decode()
    assert "69% this time" in html
    assert "70% this time" not in html


# --- two tabs --------------------------------------------------------------------------------------------------------


def test_older_tab_meets_both_versions_and_chooses(signed_in, attempt):
    old_tab = signed_in.get(at(attempt, 1))
    turn(signed_in, attempt, 1, "berikutnya", jawaban="a")
    refused = turn(signed_in, attempt, 1, "berikutnya", shown=old_tab, jawaban="b")
    assert refused.url == at(attempt, 1)
    html = signed_in.get(refused.url).content.decode()
    assert "Which answer counts?" in html
    assert "Pilihan a" in html
    assert "Pilihan b" in html
    assert "Two versions" in signed_in.get(at(attempt, name="overview")).content.decode()
    turn(signed_in, attempt, 1, "pakai")
    assert attempt.questions.get(position=1).answer == B
    assert "Which answer counts?" not in signed_in.get(at(attempt, 1)).content.decode()
    assert "Two versions" not in signed_in.get(at(attempt, name="overview")).content.decode()


def test_older_tab_may_leave_what_counts(signed_in, attempt):
    old_tab = signed_in.get(at(attempt, 1))
    turn(signed_in, attempt, 1, "berikutnya", jawaban="a")
    turn(signed_in, attempt, 1, "berikutnya", shown=old_tab, jawaban="b")
    turn(signed_in, attempt, 1, "pertahankan")
    assert attempt.questions.get(position=1).answer == A
    assert "Which answer counts?" not in signed_in.get(at(attempt, 1)).content.decode()
    assert attempt.steps.count() == 3


def test_older_tab_that_changed_nothing_turns_its_page(signed_in, attempt):
    old_tab = signed_in.get(at(attempt, 1))
    turn(signed_in, attempt, 1, "berikutnya", jawaban="a")
    assert turn(signed_in, attempt, 1, "berikutnya", shown=old_tab).url == at(attempt, 2)
    assert attempt.questions.get(position=1).answer == A


# --- after submission ------------------------------------------------------------------------------------------------


def test_tab_left_open_is_told_and_changes_nothing(signed_in, attempt):
    shown = signed_in.get(at(attempt, 1))
    submit_attempt(attempt=attempt, client_id=uuid.uuid4())
    response = signed_in.post(at(attempt, 1), {**hidden(shown), "aksi": "berikutnya", "jawaban": "a"}, follow=True)
    assert "nothing was changed" in response.content.decode()
    assert attempt.questions.get(position=1).answer is None
    assert AnswerStep.objects.get(answer=A).accepted is False


def test_question_is_only_read_after_submission(signed_in, attempt):
    turn(signed_in, attempt, 1, "berikutnya", jawaban="a")
    submit_attempt(attempt=attempt, client_id=uuid.uuid4())
    html = signed_in.get(at(attempt, 1)).content.decode()
    assert at(attempt, name="result") in html
    assert len(re.findall(r'value="[abc]"[^>]*disabled', html)) == 3
    assert signed_in.get(at(attempt, name="overview")).url == at(attempt, name="result")


def test_submission_twice_lands_at_the_result(signed_in, attempt):
    for _time in range(2):
        assert signed_in.post(at(attempt, name="submit"), {"client_id": uuid.uuid4()}).url == at(attempt, name="result")
    assert signed_in.get(at(attempt, name="submit")).url == at(attempt, name="overview")


def test_result_of_an_open_attempt_is_its_overview(signed_in, attempt):
    assert signed_in.get(at(attempt, name="result")).url == at(attempt, name="overview")


# --- scripts ---------------------------------------------------------------------------------------------------------


def save(client, attempt, position=1, **fields):
    return client.post(at(attempt, position, name="save"), {"client_id": uuid.uuid4(), "jawaban": "a", **fields})


def test_save_tells_what_counts(signed_in, attempt):
    told = save(signed_in, attempt).json()
    assert (told["status"], told["sequence"]) == ("received", 1)
    assert "WIT" in told["text"]
    assert save(signed_in, attempt, jawaban="b").status_code == 409
    told = save(signed_in, attempt, jawaban="b", based_on="1").json()
    assert (told["status"], told["sequence"]) == ("received", 3)


def test_save_keeps_the_devices_clock(signed_in, attempt):
    save(signed_in, attempt, device_at="2026-11-21T10:42:00.123Z")
    assert AnswerStep.objects.get().device_at.isoformat() == "2026-11-21T10:42:00.123000+00:00"


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00+07:00", "9999-12-31T23:59:59-07:00"])
def test_save_keeps_the_answer_of_a_device_whose_clock_is_centuries_wrong(signed_in, attempt, time):
    assert save(signed_in, attempt, device_at=time).status_code == 200
    assert AnswerStep.objects.get().device_at is None


def test_save_after_submission_says_closed(signed_in, attempt):
    submit_attempt(attempt=attempt, client_id=uuid.uuid4())
    response = save(signed_in, attempt)
    assert (response.status_code, response.json()["status"]) == (409, "closed")


def test_save_signed_out_is_401_and_stores_nothing(client, attempt):
    assert save(client, attempt).status_code == 401
    assert not AnswerStep.objects.exists()


@pytest.mark.parametrize(
    "fields",
    [{"client_id": "x"}, {"client_id": ""}, {"based_on": "-1"}, {"based_on": "many"}, {"device_at": "yesterday"}],
)
def test_save_with_junk_is_400_and_stores_nothing(signed_in, attempt, fields):
    assert save(signed_in, attempt, **fields).status_code == 400
    assert not AnswerStep.objects.exists()


@pytest.mark.parametrize("junk", ["", "z", "a" * 10_000, "\x00", "['a']", "💥"])
def test_junk_answers_are_no_answer(signed_in, attempt, junk):
    assert save(signed_in, attempt, jawaban=junk).status_code == 200
    assert attempt.questions.get(position=1).answer is None


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"aksi": "999999999999"},
        {"aksi": "-1"},
        {"aksi": "²"},
        {"client_id": "x", "based_on": "y", "own": "z,,", "aksi": "berikutnya"},
        {"based_on": "9" * 40, "own": "," * 5000},
        {"aksi": "pakai"},
    ],
)
def test_page_turn_with_junk_keeps_the_answer(signed_in, attempt, fields):
    assert signed_in.post(at(attempt, 1), {"jawaban": "b", **fields}).status_code == 302
    expected = None if fields.get("aksi") == "pakai" else B
    assert attempt.questions.get(position=1).answer == expected


# --- other people ----------------------------------------------------------------------------------------------------


def addresses(attempt):
    names = ("overview", "result", "submit")
    return [at(attempt, 1), at(attempt, 1, name="save"), *(at(attempt, name=name) for name in names)]


def test_attempt_does_not_exist_for_strangers_and_supervisors(client, quiz, learner, attempt):
    unit = UnitFactory()
    PostFactory(person=learner, unit=unit)
    supervisor = PostFactory(unit=unit, is_head=True, kind=Post.Kind.PENGAWAS).person
    for person in (learner_in(quiz), supervisor, PersonFactory(is_superuser=True)):
        client.force_login(person)
        for address in addresses(attempt):
            assert client.post(address, {"jawaban": "a", "client_id": uuid.uuid4()}).status_code == 404
            if not address.endswith("/simpan/"):
                assert client.get(address).status_code == 404
    attempt.refresh_from_db()
    assert attempt.state == Attempt.State.IN_PROGRESS
    assert not attempt.steps.exists()


def test_attempt_asks_visitors_to_sign_in(client, attempt):
    for address in addresses(attempt):
        if not address.endswith("/simpan/"):
            assert client.get(address).url.startswith("/masuk/")


def test_guessed_attempts_and_positions_are_404(signed_in, attempt):
    assert signed_in.get(reverse("quizzes:result", args=[uuid.uuid4()])).status_code == 404
    for position in (0, 3, 99999999999999999999):
        assert signed_in.get(at(attempt, 1).replace("/1/", f"/{position}/")).status_code == 404


def test_start_of_a_withdrawn_quiz_is_404(signed_in, quiz):
    quiz.unpublish()
    assert signed_in.post(reverse("quizzes:start", args=[quiz.pk])).status_code == 404


def test_start_without_enrolment_says_what_to_do(client, quiz):
    client.force_login(PersonFactory(language="en"))
    response = client.post(reverse("quizzes:start", args=[quiz.pk]), follow=True)
    assert "Enrol in the course first" in response.content.decode()
    assert not Attempt.objects.exists()


def test_trial_is_for_editors(client, quiz, learner):
    address = reverse("quizzes:trial", args=[quiz.pk])
    client.force_login(learner)
    assert client.get(address).status_code == 404
    assert client.post(address).status_code == 404
    assert not Attempt.objects.exists()
    client.force_login(PersonFactory(is_superuser=True, language="en"))
    assert "latest draft with 2 questions" in client.get(address).content.decode()
    response = client.post(address, follow=True)
    assert "Trial" in response.content.decode()
    assert Attempt.objects.get().is_trial


def test_trial_result_leads_back_to_editing(client, quiz):
    editor = PersonFactory(is_superuser=True, language="en")
    trial = start_trial(person=editor, quiz=quiz)
    submit_attempt(attempt=trial, client_id=uuid.uuid4())
    client.force_login(editor)
    html = client.get(at(trial, name="result")).content.decode()
    assert "This was a trial" in html
    assert reverse("wagtailadmin_pages:edit", args=[quiz.pk]) in html


def test_last_attempt_names_a_way_on(signed_in, learner, quiz):
    """Who has used all attempts and not passed must not stand before a wall."""
    quiz.attempts_allowed = 1
    quiz.save_revision().publish()
    attempt = start_attempt(person=learner, quiz=quiz)
    submit_attempt(attempt=attempt, client_id=uuid.uuid4())
    for address in (at(attempt, name="result"), quiz.url):
        shown = signed_in.get(address).content.decode()
        assert "Ask your training organiser for another one." in shown
        assert "0 attempts left" not in shown
