"""A quiz in the browser's hands: without JavaScript, with junk, from two tabs, by strangers."""

import re
import uuid
from fractions import Fraction
from urllib.parse import urlencode

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
    return dict(re.findall(r'name="((?:client_id|based_on|own)-\d+|token)" value="([^"]*)"', html))


def turn(client, attempt, position, action, *, shown=None, **answer):
    """Send the form of a page (here: one question) with a button; `jawaban` is the answer chosen."""
    shown = shown or client.get(at(attempt, position))
    fields = {f"jawaban-{position}": value for value in answer.values()}
    return client.post(at(attempt, position), {**hidden(shown), "aksi": action, **fields})


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
    turn(signed_in, attempt, 1, "tandai-1", jawaban="a")
    row = attempt.questions.get(position=1)
    assert (row.answer, row.flagged) == (A, True)
    assert "To look at again" in signed_in.get(at(attempt, name="overview")).content.decode()
    turn(signed_in, attempt, 1, "kosongkan-1", jawaban="a")
    turn(signed_in, attempt, 1, "lepas-1")
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
    turn(signed_in, attempt, 1, "pakai-1")
    assert attempt.questions.get(position=1).answer == B
    assert "Which answer counts?" not in signed_in.get(at(attempt, 1)).content.decode()
    assert "Two versions" not in signed_in.get(at(attempt, name="overview")).content.decode()


def test_older_tab_may_leave_what_counts(signed_in, attempt):
    old_tab = signed_in.get(at(attempt, 1))
    turn(signed_in, attempt, 1, "berikutnya", jawaban="a")
    turn(signed_in, attempt, 1, "berikutnya", shown=old_tab, jawaban="b")
    turn(signed_in, attempt, 1, "pertahankan-1")
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
    response = signed_in.post(at(attempt, 1), {**hidden(shown), "aksi": "berikutnya", "jawaban-1": "a"}, follow=True)
    assert "nothing was changed" in response.content.decode()
    assert attempt.questions.get(position=1).answer is None
    assert AnswerStep.objects.get(answer=A).held == "closed"


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


def step(position=1, answer="a", **facts):
    fields = urlencode({f"jawaban-{position}": answer})
    return {"id": str(uuid.uuid4()), "position": position, "fields": fields, "based_on": None, **facts}


def send(client, attempt, *steps, **parcel):
    body = {"steps": list(steps), **parcel}
    return client.post(at(attempt, name="save"), body, content_type="application/json")


def statuses(response):
    return [(told["status"], told["sequence"]) for told in response.json()["steps"]]


def test_save_tells_what_counts_of_each_step(signed_in, attempt):
    told = send(signed_in, attempt, step(1, "a"), step(2, "c"))
    assert statuses(told) == [("received", 1), ("received", 2)]
    assert "WIT" in told.json()["steps"][0]["text"]
    assert statuses(send(signed_in, attempt, step(1, "b"))) == [("older_tab", 1)]
    assert statuses(send(signed_in, attempt, step(1, "b", based_on=1))) == [("received", 4)]


def test_save_takes_a_parcel_twice_as_once(signed_in, attempt):
    steps = [step(1, "a"), step(2, "c"), step(1, "b", based_on=None)]
    steps[2]["own"] = [steps[0]["id"]]
    first = send(signed_in, attempt, *steps)
    again = send(signed_in, attempt, *reversed(steps))
    assert [status for status, _sequence in statuses(first)] == ["received"] * 3
    assert [status for status, _sequence in statuses(again)] == ["repeated"] * 3
    assert attempt.steps.count() == 3
    assert attempt.questions.get(position=1).answer == B


def test_save_of_many_answers_asks_as_often_as_for_one(signed_in, attempt, django_assert_max_num_queries):
    send(signed_in, attempt, step(1, "c"))
    with django_assert_max_num_queries(12):
        send(signed_in, attempt, step(1, "a", based_on=1), step(2, "b"))


def test_save_flags_and_submits_after_the_answers(signed_in, attempt):
    send(signed_in, attempt, step(1, "a", flagged=True))
    assert attempt.questions.get(position=1).flagged
    told = send(signed_in, attempt, step(2, "b"), submit={"id": str(uuid.uuid4())})
    assert told.json()["state"] == "graded"
    attempt.refresh_from_db()
    assert attempt.score == 1


def test_save_keeps_the_devices_clock(signed_in, attempt):
    send(signed_in, attempt, step(device_at="2026-11-21T10:42:00.123Z"))
    assert AnswerStep.objects.get().device_at.isoformat() == "2026-11-21T10:42:00.123000+00:00"


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00+07:00", "9999-12-31T23:59:59-07:00", "kemarin", 5, None, []])
def test_save_keeps_the_answer_of_a_device_whose_clock_is_centuries_wrong(signed_in, attempt, time):
    assert statuses(send(signed_in, attempt, step(device_at=time))) == [("received", 1)]
    assert AnswerStep.objects.get().device_at is None


def test_save_after_submission_says_closed(signed_in, attempt):
    submit_attempt(attempt=attempt, client_id=uuid.uuid4())
    told = send(signed_in, attempt, step())
    assert [one["status"] for one in told.json()["steps"]] == ["closed"]
    assert told.json()["is_open"] is False


def test_save_signed_out_is_401_and_stores_nothing(client, attempt):
    assert send(client, attempt, step()).status_code == 401
    assert client.get(at(attempt, name="state")).status_code == 401
    assert not AnswerStep.objects.exists()


@pytest.mark.parametrize("body", ["", "x", "[]", "1", '{"steps": 3}', '{"steps": [{"id": "x"}]}', "[" * 100_000])
def test_save_of_no_parcel_is_400_and_stores_nothing(signed_in, attempt, body):
    told = signed_in.post(at(attempt, name="save"), body, content_type="application/json")
    assert told.status_code == 400
    assert not AnswerStep.objects.exists()


@pytest.mark.parametrize(
    "facts",
    [
        {"based_on": "many"},
        {"based_on": -1},
        {"based_on": 10**30},
        {"own": ["x", 3, None]},
        {"own": "x,,"},
        {"certainty": "very"},
        {"flagged": "yes", "check": "yes"},
        {"token": "forged", "device_then": "now"},
    ],
)
def test_save_with_junk_beside_an_answer_keeps_the_answer(signed_in, attempt, facts):
    assert statuses(send(signed_in, attempt, step(**facts))) == [("received", 1)]
    assert attempt.questions.get(position=1).answer == A


@pytest.mark.parametrize("position", [0, 3, "x", None, 10**30, True])
def test_save_for_no_question_is_left_out(signed_in, attempt, position):
    assert statuses(send(signed_in, attempt, {**step(), "position": position})) == []


@pytest.mark.parametrize("junk", ["", "z", "a" * 10_000, "\x00", "['a']", "💥"])
def test_junk_answers_are_no_answer(signed_in, attempt, junk):
    assert send(signed_in, attempt, step(answer=junk)).status_code == 200
    assert attempt.questions.get(position=1).answer is None


def test_state_tells_how_the_attempt_stands(signed_in, attempt):
    told = signed_in.get(at(attempt, name="state")).json()
    assert (told["state"], told["is_open"], told["steps"], told["deadline"]) == ("in_progress", True, [], None)
    assert told["csrf"]


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"aksi": "999999999999"},
        {"aksi": "-1"},
        {"aksi": "²"},
        {"client_id-1": "x", "based_on-1": "y", "own-1": "z,,", "aksi": "berikutnya", "token": "x"},
        {"based_on-1": "9" * 40, "own-1": "," * 5000, "certainty-1": "9"},
        {"aksi": "pakai-1"},
        {"aksi": "periksa-1"},
        {"aksi": "kembali-1"},
        {"aksi": "halaman-99999"},
    ],
)
def test_page_turn_with_junk_keeps_the_answer(signed_in, attempt, fields):
    assert signed_in.post(at(attempt, 1), {"jawaban-1": "b", **fields}).status_code == 302
    assert attempt.questions.get(position=1).answer == B


# --- other people ----------------------------------------------------------------------------------------------------


def addresses(attempt):
    names = ("overview", "result", "submit")
    return [at(attempt, 1), *(at(attempt, name=name) for name in (*names, "save", "state"))]


def test_attempt_does_not_exist_for_strangers_and_supervisors(client, quiz, learner, attempt):
    unit = UnitFactory()
    PostFactory(person=learner, unit=unit)
    supervisor = PostFactory(unit=unit, is_head=True, kind=Post.Kind.PENGAWAS).person
    for person in (learner_in(quiz), supervisor, PersonFactory(is_superuser=True)):
        client.force_login(person)
        for address in addresses(attempt):
            if not address.endswith("/keadaan/"):
                assert client.post(address, {"jawaban-1": "a"}).status_code == 404
            if not address.endswith("/simpan/"):
                assert client.get(address).status_code == 404
    attempt.refresh_from_db()
    assert attempt.state == Attempt.State.IN_PROGRESS
    assert not attempt.steps.exists()


def test_attempt_asks_visitors_to_sign_in(client, attempt):
    for address in addresses(attempt):
        if not address.endswith(("/simpan/", "/keadaan/")):
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


# --- what a learner is told while answering --------------------------------------------------------------------------

TEXT_TO_READ = {"text": "<p>Bacalah dahulu.</p>", "general_feedback": ""}


@pytest.fixture
def trying():
    """A quiz of a text and a question with one hint, both on pages of their own."""
    asked = {**single(), "hints": ["<p>Pikirkan lagi</p>"], "penalty": "1/4"}
    return quiz_in_course(
        [ready_question(TEXT_TO_READ, kind="description"), ready_question(asked)], behaviour="interactive"
    )


@pytest.fixture
def tried(trying, client):
    client.force_login(learner_in(trying, language="en"))
    client.post(reverse("quizzes:start", args=[trying.pk]))
    return Attempt.objects.get(quiz=trying)


def test_quiz_begins_with_the_text_on_its_first_page_which_is_no_question(trying, tried, client):
    assert client.post(reverse("quizzes:start", args=[trying.pk])).url == at(tried, 1)
    assert "Bacalah dahulu" in client.get(at(tried, 1)).content.decode()
    facts = re.sub(r"\s+", " ", client.get(trying.url).content.decode())
    assert '<dt>Questions</dt><dd class="num">1</dd>' in facts


def test_explanation_and_mark_wait_until_no_try_is_left(tried, client):
    turn(client, tried, 2, "periksa-2", jawaban="b")
    html = client.get(at(tried, 2)).content.decode()
    assert "Pikirkan lagi" in html
    assert "Change your answer, then check again." in html
    assert "Pembahasan" not in html
    assert "Marks: " not in html
    turn(client, tried, 2, "periksa-2", jawaban="a")
    html = client.get(at(tried, 2)).content.decode()
    assert "Pembahasan" in html
    assert "Marks: 0.75 of 1 (minus 25% for the tries before)" in re.sub(r"\s+", " ", html)


def test_right_answer_of_a_checked_question_is_held_back_like_that_of_a_result(client):
    for holds in (True, False):
        quiz = quiz_in_course([ready_question(single())], behaviour="immediate", hold_right_answers=holds)
        person = learner_in(quiz, language="en")
        client.force_login(person)
        attempt = start_attempt(person=person, quiz=quiz)
        turn(client, attempt, 1, "periksa-1", jawaban="b")
        assert ("Right answer" in client.get(at(attempt, 1)).content.decode()) is not holds


def test_page_of_a_quiz_says_that_an_attempt_is_being_marked(client):
    essay = ready_question({"text": "<p>Ceritakan.</p>", "editor": "plain"}, kind="essay")
    quiz = quiz_in_course([essay], attempts_allowed=1)
    person = learner_in(quiz, language="en")
    client.force_login(person)
    attempt = start_attempt(person=person, quiz=quiz)
    save_answer(attempt=attempt, position=1, answer={"text": "<p>Ya</p>"}, client_id=uuid.uuid4())
    submit_attempt(attempt=attempt, client_id=uuid.uuid4())
    html = client.get(quiz.url).content.decode()
    assert "Being marked" in html
    assert "Closed" not in html
