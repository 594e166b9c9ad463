"""The page of a task without a script, who may see what, and what it costs."""

import uuid

import pytest
from django.urls import reverse

from completion.services import leave
from submissions.models import KeptDraft, Submission, SubmissionFile
from submissions.services import add_file, begin_version, mark_submission
from tests.factories import PersonFactory, make_employee

from .world import WORDS, make_world, pdf, photo

pytestmark = pytest.mark.django_db
State = Submission.State
MOST_QUERIES = 14


@pytest.fixture(autouse=True)
def _own_store(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def world():
    return make_world()


def send(client, world, action="simpan", text=WORDS, *, headers=None, **told):
    usual = {"versi": 1, "revisi": 0, "tab": str(uuid.uuid4()), "teks": text, "aksi": action}
    data = {name: value for name, value in (usual | told).items() if value is not None}
    return client.post(reverse("submissions:work", args=[world.page.pk]), data, headers=headers or {})


def page_of(client, world):
    return client.get(world.page.get_url()).content.decode()


def test_whole_way_without_a_script(client, world):
    learner, organiser = world.learner(), world.organiser()
    client.force_login(learner)
    assert "Perbaiki satu papan" in page_of(client, world)
    assert send(client, world, foto=photo(), berkas=[pdf()]).status_code == 302
    draft = Submission.objects.get()
    assert (draft.text, draft.files.count()) == (WORDS, 2)
    refused = send(client, world, "kumpulkan", revisi=1)
    assert "confirm" in client.get(refused.url.partition("#")[0]).content.decode()
    send(client, world, "kumpulkan", revisi=1, sendiri="1")
    shown = page_of(client, world)
    assert "Waits for its mark" in shown
    assert "laporan.pdf" in shown
    work = Submission.objects.get()
    mark_submission(submission=work, by=organiser, decision="returned", comment="Tambahkan angka sebelum dan sesudah.")
    shown = page_of(client, world)
    assert "Tambahkan angka" in shown
    assert WORDS in shown
    send(client, world, "kumpulkan", WORDS + " Dari 12 menjadi 5 orang.", versi=2, sendiri="1")
    second = Submission.objects.get(number=2)
    assert second.files.count() == 2
    criterion = second.rules["criteria"][0]["id"]
    mark_submission(submission=second, by=organiser, decision="marked", criteria={criterion: 85}, comment="Bagus.")
    shown = page_of(client, world)
    assert "Your mark: 85 of 100" in shown
    assert "Bagus." in shown
    assert f"notices {learner.notices.count()}" == "notices 2"


def test_double_click_on_hand_in_is_one_version(client, world):
    client.force_login(world.learner())
    for _click in range(2):
        send(client, world, "kumpulkan", sendiri="1")
    assert Submission.objects.count() == 1
    assert not KeptDraft.objects.exists()


def test_script_is_told_in_json_and_gets_the_newer_text(client, world):
    client.force_login(world.learner())
    headers = {"Accept": "application/json"}
    told = send(client, world, text="satu", headers=headers).json()
    assert (told["status"], told["number"], told["revision"]) == ("saved", 1, 1)
    told = send(client, world, text="dua", headers=headers).json()
    assert (told["status"], told["text"], told["revision"]) == ("kept", "satu", 1)
    shown = page_of(client, world)
    assert "dua" in shown
    assert "Which text counts?" in shown
    kept = KeptDraft.objects.get()
    send(client, world, f"pakai-{kept.pk}", None, revisi=1)
    assert Submission.objects.get().text == "dua"


def test_words_of_a_left_course_and_of_a_withdrawn_page_are_kept(client, world):
    learner = world.learner()
    client.force_login(learner)
    world.page.unpublish()
    send(client, world)
    leave(enrolment=world.enrolment(learner))
    send(client, world, text=WORDS + " Lagi.", revisi=1)
    assert Submission.objects.get().text.endswith("Lagi.")


def test_replacing_begins_with_a_button_only(client, world):
    learner = world.learner()
    client.force_login(learner)
    world.hand_in(learner)
    assert "Write a new version" in page_of(client, world)
    send(client, world, "mulai", None, versi=2)
    assert Submission.objects.filter(number=2, state=State.DRAFT).exists()


@pytest.mark.parametrize(
    "told",
    [
        {"versi": "x"}, {"revisi": "-1"}, {"tab": "bukan"}, {"aksi": "pakai-٣"}, {"aksi": "hapus-x"},
        {"aksi": "pakai-99999999999999999999"}, {"teks": "nol\0byte"}, {"aksi": "x" * 61},
    ],
)  # fmt: skip
def test_junk_breaks_nothing(client, world, told):
    client.force_login(world.learner())
    data = {"versi": 1, "revisi": 0, "tab": str(uuid.uuid4()), "teks": "a", "aksi": "simpan"} | told
    assert client.post(reverse("submissions:work", args=[world.page.pk]), data).status_code in (302, 404)
    assert "\0" not in getattr(Submission.objects.first(), "text", "")


def test_strangers_find_nothing(client, world):
    learner = world.learner()
    kept = add_file(enrolment=world.enrolment(learner), page=world.page, upload=pdf())
    address = reverse("submissions:download", args=[kept.key])
    upload = reverse("submissions:upload", args=[world.page.pk])
    assert client.get(address).status_code == 302  # to sign in
    assert client.post(upload, {"berkas": pdf()}).status_code == 401
    assert send(client, world, headers={"Accept": "application/json"}).status_code == 401
    colleague = world.learner()
    head = make_employee(world.units["palu"], is_head=True)
    for stranger in (colleague, head, PersonFactory(), world.organiser(), PersonFactory(is_superuser=True)):
        client.force_login(stranger)
        assert client.get(address).status_code == 404
    client.force_login(PersonFactory())
    assert send(client, world).status_code == 404
    assert client.post(upload, {"berkas": pdf()}).status_code == 404
    assert client.get(f"/media/{kept.file.name}").status_code == 404


def test_owner_gets_pictures_shown_and_files_saved(client, world):
    learner = world.learner()
    enrolment = world.enrolment(learner)
    client.force_login(learner)
    picture = client.get(
        reverse("submissions:download", args=[add_file(enrolment=enrolment, page=world.page, upload=photo()).key])
    )
    paper = client.get(
        reverse("submissions:download", args=[add_file(enrolment=enrolment, page=world.page, upload=pdf()).key])
    )
    assert picture["Content-Type"] == "image/jpeg"
    assert paper["Content-Disposition"].startswith("attachment")
    for reply in (picture, paper):
        assert reply["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in reply["Content-Security-Policy"]


def test_upload_by_script_says_what_became_of_it(client, world):
    client.force_login(world.learner())
    address = reverse("submissions:upload", args=[world.page.pk])
    told = client.post(address, {"berkas": photo()}).json()
    assert (told["status"], told["name"], told["picture"]) == ("kept", "papan.jpg", True)
    assert client.post(address, {"berkas": pdf("alat.exe")}).json()["status"] == "refused"
    assert client.post(address, {}).status_code == 400
    send(client, world, f"hapus-{told['key']}")
    assert not SubmissionFile.objects.exists()


def test_editors_preview_without_enrolment(client, world):
    client.force_login(PersonFactory(is_superuser=True))
    assert "Enrol" in page_of(client, world) or "kursus" in page_of(client, world)


def test_page_costs_the_same_with_one_version_and_with_three(client, world, django_assert_max_num_queries):
    learner = world.learner()
    client.force_login(learner)
    counts = []
    for number in (1, 3):
        while Submission.objects.exclude(state=State.DRAFT).count() < number:
            if Submission.objects.exists():
                begin_version(enrolment=world.enrolment(learner), page=world.page)
            add_file(enrolment=world.enrolment(learner), page=world.page, upload=pdf(f"{uuid.uuid4()}.pdf"))
            world.hand_in(learner, f"{WORDS} {uuid.uuid4()}")
        page_of(client, world)
        with django_assert_max_num_queries(MOST_QUERIES) as seen:
            page_of(client, world)
        counts.append(len(seen))
    assert counts[0] == counts[1], counts
