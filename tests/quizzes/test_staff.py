"""The staff's screens: who finds them, what stands on them and what does not."""

import datetime as dt
import re
import uuid
from decimal import Decimal

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from wagtail.models import PageLogEntry

from completion.services import add_marker, remove_marker
from people.models import AgencyRole
from people.services import grant_role
from questions.kinds import FileLimits
from quizzes.models import AnswerStep, Attempt, Marker, Marking, QuizOverride, QuizPage
from quizzes.services import (
    begin_attempt,
    keep_answer_file,
    mark_answer,
    save_answer,
    start_attempt,
    submit_attempt,
)
from quizzes.staff.queries import code_of
from tests.factories import PersonFactory, make_employee, ready_question, single

from .staff_world import ANSWER, ESSAY, ask_two_markers, make_world

pytestmark = pytest.mark.django_db
TABS = ["attempts", "to_mark", "late", "overrides", "markers"]


@pytest.fixture
def world():
    return make_world()


@pytest.fixture
def attempt(world):
    return world.attempt(world.learner(name="Yohanes Wanma"))


def address(name, world, *more) -> str:
    return reverse(f"quizzes_staff:{name}", args=[world.quiz.pk, *more])


def get(client, person, url, status=200) -> str:
    client.force_login(person)
    response = client.get(url)
    assert response.status_code == status, (url, response.status_code)
    return response.content.decode()


def mark_address(world, attempt) -> str:
    row = attempt.questions.get(position=1)
    return address("mark", world, row.version.question_id, code_of(row.pk))


def late_answer(attempt, answer) -> AnswerStep:
    """Let an answer arrive after the attempt's time: the engine keeps it for a decision."""
    attempt.last_sequence += 1
    attempt.deadline_at = timezone.now() - dt.timedelta(minutes=20)
    attempt.save()
    written = attempt.deadline_at - dt.timedelta(minutes=3)
    return AnswerStep.objects.create(
        attempt=attempt, question=attempt.questions.get(position=1), client_id=uuid.uuid4(), answer=answer,
        sequence=attempt.last_sequence, held=AnswerStep.Held.LATE, device_at=written,
        evidence={"signed": True, "issued_at": (written - dt.timedelta(minutes=9)).isoformat(),
                  "device_then": (written - dt.timedelta(minutes=9)).isoformat(), "written_at": written.isoformat()},
    )  # fmt: skip


# --- who finds what --------------------------------------------------------------------------------------------------


def test_organiser_has_the_menu_and_every_tab(client, world, attempt):
    organiser = world.organiser()
    assert "/admin/kuis/" in get(client, organiser, reverse("wagtailadmin_home"))
    assert world.quiz.title in get(client, organiser, reverse("quizzes_staff:index"))
    for name in TABS:
        get(client, organiser, address(name, world))


@pytest.mark.parametrize("role", [AgencyRole.Role.EDITOR, AgencyRole.Role.REVIEWER])
def test_author_finds_no_attempt_and_nothing_to_decide(client, world, attempt, role):
    author = world.staff(role)
    for url in [*[address(name, world) for name in TABS], address("attempt", world, attempt.key),
                mark_address(world, attempt)]:  # fmt: skip
        assert "Yohanes" not in get(client, author, url, status=404)


def test_another_agencys_organiser_finds_no_name_and_no_answer(client, world, attempt):
    other = world.organiser("sorong")
    late_answer(attempt, {"text": "<p>Jawaban susulan</p>"})
    QuizOverride.objects.create(
        quiz=world.quiz, person=attempt.person, extra_minutes=30, reason="Tamu dinas", created_by=other
    )
    world.marker(person=PersonFactory(name="Penilai Palu"))
    for name in TABS:
        page = get(client, other, address(name, world))
        for word in ("Yohanes", "Jawaban susulan", "Tamu dinas", "Penilai Palu"):
            assert word not in page, (name, word)
    for url in (address("attempt", world, attempt.key), mark_address(world, attempt),
                address("change_mark", world, attempt.key, 1)):  # fmt: skip
        get(client, other, url, status=404)


def test_another_agencys_organiser_ends_and_removes_nothing(client, world, attempt):
    other = world.organiser("sorong")
    override = QuizOverride.objects.create(
        quiz=world.quiz, person=attempt.person, extra_minutes=30, reason="x", created_by=other
    )
    world.marker()
    client.force_login(other)
    assert client.post(address("end_override", world, override.pk)).status_code == 404
    assert client.post(address("remove_marker", world, Marker.objects.get().pk)).status_code == 404
    assert QuizOverride.objects.exists()
    assert Marker.objects.exists()


def test_marker_has_marking_and_nothing_else(client, world, attempt):
    organiser, marker = world.organiser(), make_employee(world.units["palu"])
    client.force_login(organiser)
    nip = marker.employments.get().nip
    response = client.post(address("markers", world), {"person": nip, "agency": world.palu.pk})
    assert response.status_code == 302
    assert Marker.objects.get().person == marker
    get(client, marker, address("to_mark", world))
    get(client, marker, mark_address(world, attempt))
    for name in set(TABS) - {"to_mark"}:
        get(client, marker, address(name, world), status=404)
    get(client, marker, address("attempt", world, attempt.key), status=404)
    remove_marker(marker=Marker.objects.get())
    client.force_login(marker)
    assert client.get(address("to_mark", world)).status_code == 302  # the admin is closed again


def test_marker_of_another_agency_finds_no_answer(client, world, attempt):
    marker = PersonFactory()
    add_marker(activity=world.quiz, agency=world.sorong, person=marker, by=marker)
    assert "Warga marah" not in get(client, marker, address("to_mark", world))
    get(client, marker, mark_address(world, attempt), status=404)


def test_learner_and_supervisor_have_no_door(client, world, attempt):
    supervisor = make_employee(world.units["palu"], is_head=True)
    for person in (attempt.person, supervisor):
        client.force_login(person)
        for name in TABS:
            assert client.get(address(name, world)).status_code in (302, 403, 404)


def test_own_attempt_shows_no_right_answers_to_its_organiser(client, world, attempt):
    grant_role(person=attempt.person, agency=world.palu, role=AgencyRole.Role.ORGANISER)
    assert "Yohanes" in get(client, attempt.person, address("attempts", world))
    for url in (address("attempt", world, attempt.key), mark_address(world, attempt),
                address("change_mark", world, attempt.key, 1)):  # fmt: skip
        get(client, attempt.person, url, status=404)


def test_marker_of_two_quizzes_keeps_the_door_until_the_last(world):
    other = make_world()
    marker = PersonFactory()
    for one in (world, other):
        add_marker(activity=one.quiz, agency=world.palu, person=marker, by=marker)
        add_marker(activity=one.quiz, agency=world.palu, person=marker, by=marker)
    assert Marker.objects.filter(person=marker).count() == 2
    for left in (True, False):
        remove_marker(marker=Marker.objects.filter(person=marker).first())
        assert type(marker).objects.get(pk=marker.pk).has_perm("wagtailadmin.access_admin") is left


@pytest.mark.parametrize("name", ["index", "attempts"])
def test_lists_are_searched_without_what_no_database_keeps(client, world, attempt, name):
    is_index, organiser = name == "index", world.organiser()
    place = reverse("quizzes_staff:index") if is_index else address(name, world)
    words, hit = (world.quiz.title, f'href="{address("quiz", world)}"') if is_index else ("yohanes", "Yohanes")
    assert hit in get(client, organiser, f"{place}?{urlencode({'q': words[:4] + chr(0)})}")
    assert hit not in get(client, organiser, f"{place}?q=zebra")


def test_unknown_things_are_not_found(client, world, attempt):
    organiser = world.organiser()
    for url in (address("attempt", world, uuid.uuid4()), address("mark", world, 1, "0" * 20),
                f"/admin/kuis/{world.quiz.pk + 999}/", f"/admin/kuis/{'9' * 30}/"):  # fmt: skip
        get(client, organiser, url, status=404)


# --- the lists -------------------------------------------------------------------------------------------------------


def test_list_of_quizzes_counts_what_waits(client, world, attempt):
    late_answer(attempt, {"text": "<p>Susulan</p>"})
    page = get(client, world.organiser(), reverse("quizzes_staff:index"))
    row = page[page.rindex("<td>Kursus") :]  # of the list of all quizzes, which stands below what waits
    counts = re.findall(r"<td>(?:<a[^>]*>)?(\d+)", row)
    assert counts == ["1", "1", "1"]


@pytest.mark.parametrize("name", ["index", "attempts", "to_mark", "late"])
def test_lists_cost_the_same_for_one_and_three(client, world, name):
    organiser = world.organiser()
    url = reverse("quizzes_staff:index") if name == "index" else address(name, world)

    def measured() -> int:
        client.force_login(organiser)
        client.get(url)  # what is remembered between requests is remembered
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
        return len(queries)

    late_answer(world.attempt(), {"text": "<p>Susulan</p>"})
    one = measured()
    for _ in range(2):
        late_answer(world.attempt(), {"text": "<p>Susulan</p>"})
    assert measured() == one


def test_attempts_are_found_by_name_and_state(client, world, attempt):
    world.attempt(world.learner(name="Kadek Sari"), submit=False)
    organiser = world.organiser()
    url = address("attempts", world)
    assert "Kadek" not in get(client, organiser, f"{url}?q=yohanes")
    assert "Yohanes" not in get(client, organiser, f"{url}?keadaan=in_progress")
    assert "Kadek" in get(client, organiser, f"{url}?keadaan=nonsense&p=x")


def test_lists_are_parted_into_pages_that_keep_the_filters(client, world, attempt, monkeypatch):
    monkeypatch.setattr("core.listing.A_PAGE", 1)
    world.attempt(world.learner(name="Kadek Sari"))
    organiser = world.organiser()
    first = get(client, organiser, f"{address('attempts', world)}?keadaan=submitted")
    assert "?keadaan=submitted&amp;p=2" in first
    second = get(client, organiser, f"{address('attempts', world)}?keadaan=submitted&p=2")
    assert ("Kadek" in first, "Yohanes" in first) == ("Yohanes" in second, "Kadek" in second) == (True, False)


# --- one attempt -----------------------------------------------------------------------------------------------------


def test_attempt_shows_what_explains_its_mark(client, world):
    other = make_world([ready_question(single("Apa ini?", right="b"))])
    learner = other.learner()
    attempt = start_attempt(person=learner, quiz=other.quiz)
    for seen, key in enumerate("ab"):
        save_answer(attempt=attempt, position=1, answer={"chosen": [key]}, client_id=uuid.uuid4(),
                    based_on=seen or None, device_at=timezone.now())  # fmt: skip
    submit_attempt(attempt=attempt, client_id=uuid.uuid4())
    page = get(client, other.organiser(), address("attempt", other, attempt.key))
    assert "100%" in page
    assert "Riwayat: 2 langkah" in page
    assert page.count("jawaban yang dihitung") == 1


def test_answers_to_be_marked_without_a_name_are_not_shown_beside_it(client, world, attempt):
    under_way = world.attempt(submit=False)
    assert "mendengarkan" not in get(client, world.organiser(), address("attempt", world, under_way.key))
    page = get(client, world.organiser(), address("attempt", world, attempt.key))
    assert "mendengarkan" not in page
    mark_answer(question=attempt.questions.get(), by=world.marker(), criteria={"a": Decimal(6), "b": Decimal(4)})
    assert "mendengarkan" in get(client, world.organiser(), address("attempt", world, attempt.key))


# --- marking ---------------------------------------------------------------------------------------------------------


def test_marking_shows_no_name_anywhere(client, world, attempt):
    for name in ("to_mark",):
        assert "Yohanes" not in get(client, world.organiser(), address(name, world))
    url = mark_address(world, attempt)
    page = get(client, world.organiser(), url)
    for secret in ("Yohanes", str(attempt.key), attempt.person.key, attempt.person.email):
        assert secret not in page
        assert secret not in url
    assert "mendengarkan" in page
    assert "Cari sikap tenang" in page


def test_marking_shows_the_name_where_the_quiz_says_so(client, world, attempt):
    QuizPage.objects.update(anonymous_marking=False)
    assert "Yohanes" in get(client, world.organiser(), mark_address(world, attempt))


def test_marks_are_saved_and_the_next_answer_follows(client, world):
    attempts = [world.attempt() for _ in range(3)]
    marker = world.organiser()
    client.force_login(marker)
    question = attempts[0].questions.get().version.question_id
    seen = []
    url = client.get(address("begin_marking", world, question)).url
    while "/penilaian/" in url and url != address("to_mark", world):
        seen.append(url)
        url = client.post(url, {"criterion-a": "4,5", "criterion-b": "2.25", "comment": "Bagus\n\nTetap tenang"}).url
    assert len(seen) == len(set(seen)) == 3
    assert set(Marking.objects.values_list("points", "comment")) == {
        (Decimal("6.75"), "<p>Bagus</p><p>Tetap tenang</p>")
    }
    assert Attempt.objects.filter(state=Attempt.State.GRADED).count() == 3


def test_skipping_goes_round(client, world):
    attempts = [world.attempt() for _ in range(2)]
    client.force_login(world.organiser())
    urls = sorted(mark_address(world, attempt) for attempt in attempts)
    assert f'data-skip href="{urls[1]}"' in client.get(urls[0]).content.decode()
    assert f'data-skip href="{urls[0]}"' in client.get(urls[1]).content.decode()


@pytest.mark.parametrize(
    "given",
    [{}, {"criterion-a": "6.01", "criterion-b": "1"}, {"criterion-a": "-1", "criterion-b": "1"},
     {"criterion-a": "1.005", "criterion-b": "1"}, {"criterion-a": "satu", "criterion-b": "1"},
     {"criterion-a": "1", "criterion-b": "1", "comment": "x" * 9000},
     {"criterion-a": "1", "criterion-b": "1", "seen": "x"}],
)  # fmt: skip
def test_marks_that_cannot_be_are_explained(client, world, attempt, given):
    client.force_login(world.organiser())
    response = client.post(mark_address(world, attempt), given)
    assert response.status_code == 422
    assert not Marking.objects.exists()


def test_comment_is_made_safe(client, world, attempt):
    client.force_login(world.organiser())
    client.post(
        mark_address(world, attempt),
        {
            "criterion-a": "1",
            "criterion-b": "1",
            "comment": '<b>x</b><script>alert(1)</script><a href="javascript:x">y</a>',
        },
    )
    comment = Marking.objects.get().comment
    assert "<script" not in comment
    assert "javascript" not in comment
    assert "<b>x</b>" in comment


def test_second_marker_learns_nothing_of_the_first(client, world, attempt):
    ask_two_markers()
    first = world.organiser()
    client.force_login(first)
    client.post(mark_address(world, attempt), {"criterion-a": "5,25", "criterion-b": "3", "comment": "Rahasia"})
    marking = Marking.objects.get()
    page = get(client, world.organiser(), mark_address(world, attempt))
    assert "Rahasia" not in page
    assert "5,25" not in page
    assert f'value="{marking.pk}"' not in page
    assert "8,25" not in page
    assert "8,25" not in get(client, world.organiser(), address("attempt", world, attempt.key))


def test_markers_who_differ_are_put_before_a_third_who_sees_both(client, world, attempt):
    ask_two_markers(10)
    url = mark_address(world, attempt)
    for points, comment in (("1", "Kurang"), ("6", "Cukup")):
        client.force_login(world.organiser())
        client.post(url, {"criterion-a": points, "criterion-b": "2", "comment": comment})
    assert "data-marking" not in get(client, Marking.objects.first().marker, url)
    page = get(client, world.organiser(), url)
    assert "Kurang" in page
    assert "Cukup" in page
    seen = Marking.objects.last().pk
    assert client.post(url, {"criterion-a": "4", "criterion-b": "2", "seen": seen}).status_code == 302
    assert Marking.objects.last().stage == Marking.Stage.SETTLED
    attempt.refresh_from_db()
    assert attempt.state == Attempt.State.GRADED


def test_mark_in_force_changes_for_a_reason(client, world, attempt):
    organiser = world.organiser()
    client.force_login(organiser)
    client.post(mark_address(world, attempt), {"criterion-a": "1", "criterion-b": "1"})
    url, seen = address("change_mark", world, attempt.key, 1), Marking.objects.get().pk
    given = {"criterion-a": "6", "criterion-b": "4", "seen": seen}
    assert client.post(url, given).status_code == 422
    assert client.post(url, {**given, "reason": "Keberatan diterima"}).status_code == 302
    attempt.refresh_from_db()
    assert attempt.passed
    assert client.get(url).status_code == 200


def test_files_are_for_those_who_mark_and_carry_no_name(client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    world = make_world([(ready_question({**ESSAY, "files": 1, "file_types": ["pdf"]}, kind="essay"), 10)])
    learner = world.learner()
    attempt = start_attempt(person=learner, quiz=world.quiz)
    upload = SimpleUploadedFile("Tugas Yohanes Wanma.PDF", b"%PDF-1.4 isi")
    kept = keep_answer_file(question=attempt.questions.get(), upload=upload, limits=FileLimits(1, ("pdf",)))
    save_answer(attempt=attempt, position=1, answer={"text": ANSWER, "files": [str(kept.key)]}, client_id=uuid.uuid4())
    attempt = submit_attempt(attempt=attempt, client_id=uuid.uuid4())
    url = f"{mark_address(world, attempt)}1/"
    organiser = world.organiser()
    assert "Yohanes" not in get(client, organiser, mark_address(world, attempt))
    response = client.get(url)
    assert b"".join(response.streaming_content) == b"%PDF-1.4 isi"
    assert "Yohanes" not in response["Content-Disposition"]
    assert response["Content-Disposition"].startswith("attachment")
    assert client.get(f"{mark_address(world, attempt)}2/").status_code == 404
    assert client.get(address("attempt_file", world, attempt.key, kept.key)).status_code == 404  # named, and unmarked
    for stranger in (world.organiser("sorong"), world.staff("editor")):
        get(client, stranger, url, status=404)
        get(client, stranger, address("attempt_file", world, attempt.key, kept.key), status=404)


# --- late answers ----------------------------------------------------------------------------------------------------


@pytest.fixture
def late_world():
    return make_world([ready_question(single(right="a"))])


def late_attempt(world):
    attempt = world.attempt(answers=[{"chosen": ["b"]}])
    late_answer(attempt, {"chosen": ["a"]})
    return attempt


def test_late_answers_show_their_evidence_in_words(client, late_world):
    late_attempt(late_world)
    page = get(client, late_world.organiser(), address("late", late_world))
    assert "3 menit sebelum waktu habis" in page
    assert "20 menit setelah waktu habis" in page


def test_late_answers_are_accepted_together_and_learners_told(client, late_world):
    attempts = [late_attempt(late_world) for _ in range(2)]
    mail.outbox.clear()
    client.force_login(late_world.organiser())
    steps = AnswerStep.objects.filter(held="late").values_list("pk", flat=True)
    response = client.post(
        address("late", late_world), {"steps": steps, "decision": "accept", "reason": "Jaringan kantor putus"}
    )
    assert response.status_code == 302
    for attempt in attempts:
        attempt.refresh_from_db()
        assert attempt.passed
    assert sorted(letter.to[0] for letter in mail.outbox) == sorted(one.person.email for one in attempts)
    client.force_login(attempts[0].person)
    assert "Jaringan kantor putus" in client.get(reverse("quizzes:result", args=[attempts[0].key])).content.decode()


def test_late_answers_are_refused_with_a_reason(client, late_world):
    attempt = late_attempt(late_world)
    client.force_login(late_world.organiser())
    step = AnswerStep.objects.get(held="late")
    told = {"steps": [step.pk], "decision": "refuse"}
    assert client.post(address("late", late_world), {**told, "reason": "  "}).status_code == 422
    assert client.post(address("late", late_world), {**told, "reason": "Tidak ada gangguan"}).status_code == 302
    attempt.refresh_from_db()
    assert not attempt.passed
    assert not step.__class__.objects.get(pk=step.pk).decision.counts


@pytest.mark.parametrize("given", [{}, {"decision": "maybe"}, {"steps": ["x"], "decision": "accept", "reason": "y"}])
def test_late_answers_need_a_choice(client, late_world, given):
    late_attempt(late_world)
    client.force_login(late_world.organiser())
    assert client.post(address("late", late_world), given).status_code == 422
    assert not AnswerStep.objects.filter(decision__isnull=False).exists()


def test_late_answers_of_others_and_of_oneself_are_not_decided(client, late_world):
    attempt = late_attempt(late_world)
    step = AnswerStep.objects.get(held="late")
    told = {"steps": [step.pk], "decision": "accept", "reason": "x"}
    client.force_login(late_world.organiser("sorong"))
    assert client.post(address("late", late_world), told).status_code == 422
    grant_role(person=attempt.person, agency=late_world.palu, role="organiser")
    client.force_login(attempt.person)
    assert client.post(address("late", late_world), told).status_code == 422
    assert not AnswerStep.objects.filter(decision__isnull=False).exists()


# --- exceptions ------------------------------------------------------------------------------------------------------


def give(client, world, **told):
    return client.post(address("overrides", world), {"reason": "Listrik padam", **told})


def test_exception_gives_time_to_an_attempt_that_has_begun(client):
    world = make_world([ready_question()], time_limit_minutes=30)
    attempt = begin_attempt(attempt=start_attempt(person=world.learner(), quiz=world.quiz))
    client.force_login(world.organiser())
    nip = attempt.person.employments.get().nip
    assert give(client, world, person=nip, extra_minutes=15).status_code == 302
    before = attempt.deadline_at
    attempt.refresh_from_db()
    assert attempt.deadline_at - before == dt.timedelta(minutes=15)
    override = QuizOverride.objects.get()
    assert "Listrik padam" in client.get(address("overrides", world)).content.decode()
    assert PageLogEntry.objects.filter(page=world.quiz.pk, action="quizzes.give_override").count() == 1
    assert client.post(address("end_override", world, override.pk)).status_code == 302
    attempt.refresh_from_db()
    assert attempt.deadline_at - before == dt.timedelta(minutes=15)


def test_exception_for_a_unit(client, world):
    client.force_login(world.organiser())
    assert give(client, world, unit=world.units["palu"].pk, extra_attempts=2).status_code == 302
    assert QuizOverride.objects.get().unit == world.units["palu"]


@pytest.mark.parametrize(
    "told",
    [{}, {"extra_minutes": 5}, {"person": "nobody@contoh.example", "extra_minutes": 5}, {"unit": "palu"},
     {"unit": "palu", "extra_minutes": 99999}, {"unit": "sorong", "extra_minutes": 5},
     {"unit": "palu", "extra_minutes": 5, "reason": ""},
     {"unit": "palu", "opens_at": "2026-12-02 08:00", "closes_at": "2026-12-01 08:00"}],
)  # fmt: skip
def test_exceptions_that_cannot_be_are_explained(client, world, told):
    client.force_login(world.organiser())
    if told.get("unit"):
        told = {**told, "unit": world.units[told["unit"]].pk}
    assert give(client, world, **told).status_code == 422
    assert not QuizOverride.objects.exists()


def test_exception_for_another_agencys_person_is_refused(client, world):
    stranger = world.learner("sorong")
    client.force_login(world.organiser())
    assert give(client, world, person=stranger.email, extra_minutes=5).status_code == 422
    assert not QuizOverride.objects.exists()


def test_answers_that_wait_for_another_marker_are_told(client):
    world = make_world()
    row = world.attempt().questions.get()
    ask_two_markers()
    organiser = world.organiser()
    mark_answer(question=row, by=organiser, points=5, criteria={"a": 3, "b": 2}, comment="", reason="", seen=None)
    client.force_login(organiser)
    (queue,) = client.get(reverse("quizzes_staff:to_mark", args=[world.quiz.pk])).context["queues"]
    assert (queue.waiting, queue.others, queue.undecided, queue.marked) == (0, 1, 0, 0)
