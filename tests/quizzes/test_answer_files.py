"""Files in answers: the owner's alone, harmless, within their limits, never below /media/."""

import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from quizzes.models import AnswerFile
from quizzes.services import start_attempt, submit_attempt
from tests.factories import PersonFactory, learner_in, quiz_in_course, ready_question, single

pytestmark = pytest.mark.django_db
UPLOAD = {"text": "Unggah laporan", "files": 1, "file_types": ["pdf"], "file_size": 1000}


@pytest.fixture(autouse=True)
def _own_store(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def attempt():
    quiz = quiz_in_course([ready_question(UPLOAD, kind="upload"), ready_question(single())])
    return start_attempt(person=learner_in(quiz, language="en"), quiz=quiz)


def pdf(name="laporan.pdf", content=b"%PDF-1.7 isi"):
    return SimpleUploadedFile(name, content, content_type="application/pdf")


def send(client, attempt, file, position=1):
    return client.post(reverse("quizzes:upload", args=[attempt.key, position]), {"berkas": file} if file else {})


def test_owner_hands_in_a_file_and_gets_it_back(client, attempt):
    client.force_login(attempt.person)
    told = send(client, attempt, pdf()).json()
    assert (told["status"], told["name"], told["size"]) == ("kept", "laporan.pdf", 12)
    assert send(client, attempt, pdf()).json()["key"] == told["key"]
    page = reverse("quizzes:question", args=[attempt.key, 1])
    client.post(page, {"jawaban-1-file": told["key"], "aksi": "berikutnya"})
    assert attempt.questions.get(position=1).answer == {"files": [told["key"]]}
    assert "laporan.pdf" in client.get(page).content.decode()
    reply = client.get(told["url"])
    assert b"".join(reply.streaming_content) == b"%PDF-1.7 isi"
    assert reply["Content-Disposition"].startswith("attachment")
    assert reply["X-Content-Type-Options"] == "nosniff"


def test_form_without_a_script_carries_the_file_itself(client, attempt):
    client.force_login(attempt.person)
    page = reverse("quizzes:question", args=[attempt.key, 1])
    client.post(page, {"jawaban-1-berkas": pdf(), "aksi": "berikutnya"})
    kept = AnswerFile.objects.get()
    assert attempt.questions.get(position=1).answer == {"files": [str(kept.key)]}


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (pdf("virus.exe"), "cannot be handed in"),
        (pdf("halaman.html"), "cannot be handed in"),
        (pdf("tanpa-akhiran"), "cannot be handed in"),
        (pdf(content=b""), "empty"),
        (pdf(content=b"x" * 1001), "too large"),
    ],
)
def test_refused_file_says_what_to_do(client, attempt, file, words):
    client.force_login(attempt.person)
    reply = send(client, attempt, file)
    assert (reply.status_code, AnswerFile.objects.count()) == (400, 0)
    assert words in reply.json()["reason"]


def test_path_in_a_name_opens_nothing(client, attempt):
    client.force_login(attempt.person)
    assert send(client, attempt, pdf("../../etc/laporan.pdf")).json()["name"] == "laporan.pdf"
    assert AnswerFile.objects.get().file.name.startswith("jawaban/")


def test_no_file_where_none_is_asked_or_after_the_end(client, attempt):
    client.force_login(attempt.person)
    assert send(client, attempt, pdf(), position=2).status_code == 409
    assert send(client, attempt, None).status_code == 409
    assert send(client, attempt, pdf(), position=9).status_code == 404
    submit_attempt(attempt=attempt, client_id=uuid.uuid4())
    assert send(client, attempt, pdf()).status_code == 409
    assert not AnswerFile.objects.exists()


def test_nobody_else_sends_or_reads(client, attempt):
    assert send(client, attempt, pdf()).status_code == 401
    client.force_login(attempt.person)
    told = send(client, attempt, pdf()).json()
    for person in (PersonFactory(), PersonFactory(is_superuser=True), learner_in(attempt.quiz)):
        client.force_login(person)
        assert send(client, attempt, pdf()).status_code == 404
        assert client.get(told["url"]).status_code == 404
        assert client.get(f"/media/{AnswerFile.objects.get().file.name}").status_code == 404


def test_a_key_of_somebody_elses_file_is_no_file_of_mine(client, attempt):
    client.force_login(attempt.person)
    theirs = send(client, attempt, pdf()).json()["key"]
    other = start_attempt(person=learner_in(attempt.quiz, language="en"), quiz=attempt.quiz)
    client.force_login(other.person)
    page = reverse("quizzes:question", args=[other.key, 1])
    client.post(page, {"jawaban-1-file": theirs, "aksi": "berikutnya"})
    assert "laporan.pdf" not in client.get(page).content.decode()
    assert client.get(reverse("quizzes:download", args=[other.key, theirs])).status_code == 404
