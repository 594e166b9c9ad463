"""Drafts that nobody writes over, versions that are frozen, deadlines, and what the record of learning hears."""

import datetime as dt
import uuid

import pytest
from django.utils import timezone, translation

from completion.models import ActivityEvent, Extension
from completion.services import ask_to_redo
from courses.models import EditionActivity
from submissions.models import KeptDraft, Submission, SubmissionFile
from submissions.services import (
    FileRefused,
    SubmissionRefused,
    add_file,
    begin_version,
    choose_draft,
    hand_in,
    mark_submission,
    remove_file,
)
from submissions.services.handing_in import digest_of

from .world import WORDS, make_world, pdf, photo

pytestmark = pytest.mark.django_db
State = Submission.State


@pytest.fixture(autouse=True)
def _own_store_in_english(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    with translation.override("en"):
        yield


@pytest.fixture
def world():
    return make_world()


def events(kind):
    return ActivityEvent.objects.filter(kind=kind)


# --- drafts ----------------------------------------------------------------------------------------------------------


def test_draft_is_saved_and_nobody_hears_of_it(world):
    learner = world.learner()
    assert world.write(learner, "satu").draft.revision == 1
    assert world.write(learner, "satu dua").draft.revision == 2
    draft = Submission.objects.get()
    assert (draft.text, draft.state, draft.number) == ("satu dua", State.DRAFT, 1)
    assert not events("submitted").exists()


def test_same_words_again_change_nothing(world):
    learner = world.learner()
    world.write(learner, "satu")
    assert world.write(learner, "satu", based_on=0).status == "saved"
    assert Submission.objects.get().revision == 1


def test_older_tab_is_set_aside_once_a_tab_and_nothing_is_lost(world):
    learner, tab = world.learner(), uuid.uuid4()
    world.write(learner, "dari ponsel")
    for text in ("dari", "dari meja kerja"):
        assert world.write(learner, text, based_on=0, tab=tab).status == "kept"
    assert Submission.objects.get().text == "dari ponsel"
    assert KeptDraft.objects.get().text == "dari meja kerja"


def test_either_text_can_be_chosen_and_the_other_stays_in_its_row(world):
    learner = world.learner()
    world.write(learner, "dari ponsel")
    world.write(learner, "dari meja kerja", based_on=0)
    kept = KeptDraft.objects.get()
    choose_draft(enrolment=world.enrolment(learner), page=world.page, kept_id=kept.pk, use=True)
    assert Submission.objects.get().text == "dari meja kerja"
    kept.refresh_from_db()
    assert kept.text == "dari ponsel"
    assert kept.closed_at is not None
    choose_draft(enrolment=world.enrolment(learner), page=world.page, kept_id=kept.pk, use=True)
    assert Submission.objects.get().text == "dari meja kerja"


def test_nobody_chooses_for_somebody_else(world):
    learner, other = world.learner(), world.learner()
    world.write(learner, "dari ponsel")
    world.write(learner, "dari meja kerja", based_on=0)
    choose_draft(enrolment=world.enrolment(other), page=world.page, kept_id=KeptDraft.objects.get().pk, use=True)
    assert KeptDraft.objects.get().closed_at is None


# --- handing in ------------------------------------------------------------------------------------------------------


def test_handed_in_is_evidence_and_completes_the_activity(world):
    learner = world.learner()
    work = world.hand_in(learner)
    assert work.state == State.HANDED_IN
    assert work.digest == digest_of(WORDS, [])
    assert work.rules["max_mark"] == 100
    event = events("submitted").get()
    assert event.data == {"work": str(work.key), "number": 1, "late": False, "sha256": work.digest}
    row = world.enrolment(learner).progress.get(activity_id=world.page.pk)
    assert row.get_completion_display() == "Complete" or row.completion == 2


def test_button_pressed_twice_is_one_version(world):
    learner = world.learner()
    work = world.hand_in(learner)
    saved = world.write(learner, WORDS, number=1, based_on=1)
    assert saved.status == "saved"
    again = hand_in(enrolment=world.enrolment(learner), page=world.page, number=1, revision=1)
    assert again.pk == work.pk
    assert Submission.objects.count() == 1
    assert events("submitted").count() == 1


def test_old_tab_after_handing_in_changes_no_evidence(world):
    learner = world.learner()
    world.hand_in(learner)
    assert world.write(learner, "dari tab lama", number=1, based_on=1).status == "kept"
    assert Submission.objects.get().text == WORDS
    assert KeptDraft.objects.get().text == "dari tab lama"


def test_words_of_another_tab_are_not_handed_in_unseen(world):
    learner = world.learner()
    world.write(learner, "dari ponsel")
    with pytest.raises(SubmissionRefused, match="another"):
        hand_in(enrolment=world.enrolment(learner), page=world.page, number=1, revision=0)
    world.write(learner, "dari meja", based_on=0)
    with pytest.raises(SubmissionRefused, match="Choose"):
        hand_in(enrolment=world.enrolment(learner), page=world.page, number=1, revision=1)


@pytest.mark.parametrize(
    ("fields", "text", "words"),
    [
        ({}, "", "Write your text"),
        ({"words_min": 20}, WORDS, "at least 20"),
        ({"words_max": 3}, WORDS, "at most 3"),
        ({"files_min": 2}, WORDS, "2 are asked for"),
        ({"text_rule": "optional"}, "", "nothing to hand in"),
    ],
)
def test_what_is_missing_is_said_and_the_draft_stays(fields, text, words):
    world = make_world(**fields)
    learner = world.learner()
    world.write(learner, text or "x")
    world.write(learner, text)
    draft = Submission.objects.get()
    with pytest.raises(SubmissionRefused, match=words):
        hand_in(enrolment=world.enrolment(learner), page=world.page, number=1, revision=draft.revision)
    assert Submission.objects.get().state == State.DRAFT


def test_new_version_takes_the_place_of_what_waits_and_both_are_kept(world):
    learner = world.learner()
    add_file(enrolment=world.enrolment(learner), page=world.page, upload=pdf())
    first = world.hand_in(learner)
    draft = begin_version(enrolment=world.enrolment(learner), page=world.page)
    assert (draft.number, draft.text, draft.files.count()) == (2, WORDS, 1)
    second = world.hand_in(learner, WORDS + " Lalu saya tanya warga.")
    first.refresh_from_db()
    assert (first.state, second.state) == (State.REPLACED, State.HANDED_IN)
    assert events("submitted").count() == 2
    assert first.text == WORDS


def test_only_a_return_opens_it_again_where_the_task_says_so():
    world = make_world(resubmission="after_return")
    learner = world.learner()
    world.hand_in(learner)
    with pytest.raises(SubmissionRefused, match="when a marker returns"):
        begin_version(enrolment=world.enrolment(learner), page=world.page)


def test_to_be_done_again_opens_marked_work(world):
    learner, organiser = world.learner(), world.organiser()
    work = world.hand_in(learner)
    mark_submission(submission=work, by=organiser, decision="marked", criteria={world_criterion(work): 80})
    with pytest.raises(SubmissionRefused, match="has its mark"):
        begin_version(enrolment=world.enrolment(learner), page=world.page)
    ask_to_redo(enrolment=world.enrolment(learner), activity_id=world.page.pk, by=organiser, reason="Bukti keliru")
    assert begin_version(enrolment=world.enrolment(learner), page=world.page).number == 2


def world_criterion(work):
    return work.rules["criteria"][0]["id"]


def test_rules_of_the_day_stay_with_the_work(world):
    work = world.hand_in()
    type(world.page).objects.update(max_mark=10, pass_mark=99)
    work.refresh_from_db()
    assert (work.rules["max_mark"], work.rules["pass_mark"]) == (100, 70)


def test_leaving_keeps_the_draft_and_takes_no_work(world):
    from completion.services import leave

    learner = world.learner()
    enrolment = world.enrolment(learner)
    draft = world.write(learner).draft
    leave(enrolment=enrolment)
    with pytest.raises(SubmissionRefused, match="left"):
        hand_in(enrolment=enrolment, page=world.page, number=1, revision=draft.revision)
    assert Submission.objects.get().text == WORDS


# --- deadlines -------------------------------------------------------------------------------------------------------


def days_ago(days):
    return timezone.localdate() - dt.timedelta(days=days)


def test_late_work_is_taken_and_marked_as_late():
    world = make_world(due_rule="date", due_on=days_ago(2))
    work = world.hand_in()
    assert work.is_late
    assert events("submitted").get().data["late"] is True


@pytest.mark.parametrize(
    "fields",
    [
        {"late_rule": "days", "late_days": 1},
        {"late_rule": "days", "late_days": 0},
        {"late_rule": "until", "late_until": "yesterday"},
    ],
)
def test_too_late_is_refused_and_the_draft_kept(fields):
    if fields.get("late_until"):
        fields = {**fields, "late_until": days_ago(1)}
    world = make_world(due_rule="date", due_on=days_ago(3), **fields)
    learner = world.learner()
    draft = world.write(learner).draft
    with pytest.raises(SubmissionRefused, match="taken until"):
        hand_in(enrolment=world.enrolment(learner), page=world.page, number=1, revision=draft.revision)
    assert Submission.objects.get().text == WORDS


def test_more_time_in_the_course_counts_for_the_task():
    world = make_world(due_rule="date", due_on=days_ago(3), late_rule="days", late_days=0)
    learner = world.learner()
    tomorrow = timezone.now() + dt.timedelta(days=1)
    Extension.objects.create(
        enrolment=world.enrolment(learner), due_at=tomorrow, decided_by=world.organiser(), reason="Dinas luar"
    )
    work = world.hand_in(learner)
    assert not work.is_late


def test_revision_that_a_marker_asked_for_is_never_refused_as_late():
    world = make_world(due_rule="date", due_on=timezone.localdate(), late_rule="days", late_days=0)
    learner = world.learner()
    work = world.hand_in(learner)
    mark_submission(submission=work, by=world.organiser(), decision="returned", comment="Tambahkan foto.")
    type(world.page).objects.update(due_on=days_ago(5))
    world.again()
    second = world.hand_in(learner, "Sudah saya tambahkan fotonya.")
    assert not second.is_late


# --- files -----------------------------------------------------------------------------------------------------------


def test_photo_says_no_longer_where_it_was_taken(world):
    from PIL import Image

    exif = Image.Exif()
    exif[0x010F] = "Telepon"
    exif.get_ifd(0x8825).update({1: "S", 2: (0.0, 53.0, 55.0)})
    exif[0x0112] = 6  # lies on its side
    kept = add_file(
        enrolment=world.enrolment(world.learner()), page=world.page, upload=photo(size=(60, 40), exif=exif.tobytes())
    )
    drawn = Image.open(kept.file.open())
    assert drawn.size == (40, 60)
    assert not drawn.getexif()
    assert kept.is_picture
    assert kept.file.name.startswith("jawaban/tugas/")


def test_large_photo_is_kept_in_a_sane_size(world):
    from PIL import Image

    upload = photo(size=(4000, 3000))
    kept = add_file(enrolment=world.enrolment(world.learner()), page=world.page, upload=upload)
    assert max(Image.open(kept.file.open()).size) <= 2560


@pytest.mark.parametrize(
    ("upload", "words"),
    [
        (pdf("alat.exe"), "cannot be handed in"),
        (pdf("laporan.docx"), "not what its name says"),
        (pdf("laporan.jpg"), "cannot be read as a picture"),
        (pdf("kosong.pdf", b""), "is empty"),
        (pdf("besar.pdf", b"%PDF-" + b"0" * 1_000_000), "too large"),
        (pdf("halaman.html", b"<script>"), "cannot be handed in"),
    ],
)
def test_what_cannot_be_taken_is_refused_with_words(upload, words):
    world = make_world(file_megabytes=1)
    upload.seek(0)
    with pytest.raises(FileRefused, match=words):
        add_file(enrolment=world.enrolment(world.learner()), page=world.page, upload=upload)
    assert not SubmissionFile.objects.exists()


def test_number_and_repetition_of_files(world):
    type(world.page).objects.update(files_max=1)
    world.again()
    enrolment = world.enrolment(world.learner())
    first = add_file(enrolment=enrolment, page=world.page, upload=pdf())
    assert add_file(enrolment=enrolment, page=world.page, upload=pdf()).pk == first.pk
    with pytest.raises(FileRefused, match="Remove one"):
        add_file(enrolment=enrolment, page=world.page, upload=pdf("lain.pdf", b"%PDF-1.7 lain"))


def test_removed_file_is_gone_unless_a_version_holds_it(world, django_capture_on_commit_callbacks):
    learner = world.learner()
    enrolment = world.enrolment(learner)
    kept = add_file(enrolment=enrolment, page=world.page, upload=pdf())
    world.hand_in(learner)
    begin_version(enrolment=enrolment, page=world.page)
    # The page of the new version still names the file as the version before has it.
    with django_capture_on_commit_callbacks(execute=True):
        remove_file(enrolment=enrolment, page=world.page, key=kept.key)
    assert SubmissionFile.objects.get().pk == kept.pk
    assert kept.file.storage.exists(kept.file.name)
    mine = add_file(enrolment=enrolment, page=world.page, upload=pdf("salah.pdf", b"%PDF-1.7 salah"))
    with django_capture_on_commit_callbacks(execute=True):
        remove_file(enrolment=enrolment, page=world.page, key=mine.key)
    assert not mine.file.storage.exists(mine.file.name)


def test_page_with_work_cannot_be_deleted(world):
    from courses.protection import is_protected, learners_with_history

    world.write(world.learner())
    assert EditionActivity.objects.filter(activity=world.page).exists()
    assert learners_with_history(world.page) == 1
    assert is_protected(world.page)
