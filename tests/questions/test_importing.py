"""Imports that a worker does: once, whatever is killed or called twice, and nothing is kept for ever."""

import datetime as dt
from io import BytesIO

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from questions import importing, loading
from questions.formats.registry import FORMATS
from questions.models import ImportJob, Question
from tests.factories import CategoryFactory, PersonFactory

pytestmark = pytest.mark.django_db

GIFT = b"// [id:A]\n::Satu::Apa?{=a ~b}\n\n::Dua::Benar?{T}\n"
CHECKED, LOADING, LOADED, FAILED = (
    ImportJob.State.CHECKED, ImportJob.State.LOADING, ImportJob.State.LOADED, ImportJob.State.FAILED,
)  # fmt: skip


@pytest.fixture(autouse=True)
def _store(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def start(content=GIFT, language="en"):
    return importing.start_import(
        by=PersonFactory(language=language), category=CategoryFactory(), known=FORMATS["gift"],
        file=SimpleUploadedFile("soal.gift", content), file_name="soal.gift",
    )  # fmt: skip


def state_of(job):
    job.refresh_from_db()
    return job.state


def test_check_reports_counts_kinds_rows_and_samples():
    job = start(GIFT + b"\n::Tiga::Buruk{=a ~}\n")
    assert job.state == CHECKED
    report = job.report
    assert (report["good"], report["bad"]) == (2, 1)
    assert report["kinds"] == {"single": 1, "truefalse": 1}
    assert [(row["line"], row["name"], bool(row["problems"])) for row in report["rows"]] == [
        (2, "Satu", False), (4, "Dua", False), (6, "Tiga", True),
    ]  # fmt: skip
    assert [sample["name"] for sample in report["samples"]] == ["Satu", "Dua"]


def test_check_keeps_the_first_rows_and_the_bad_ones_after_them(monkeypatch):
    monkeypatch.setattr(importing, "ROWS_SHOWN", 1)
    monkeypatch.setattr(importing, "MOST_ROWS", 3)
    bad = b"".join(b"\n::Buruk %d::Apa?{=a ~}\n" % number for number in range(9))
    assert [row["name"] for row in start(GIFT + bad).report["rows"]] == ["Satu", "Buruk 0", "Buruk 1"]


def test_check_speaks_the_language_of_its_owner():
    assert "Tidak ada" not in start(b"\x00\x01", "en").problem
    assert start(b"\x00\x01", "id").problem != start(b"\x00\x01", "en").problem


def test_load_is_done_once_and_throws_the_file_away():
    job = start()
    importing.start_load(job=job, good_only=False)
    assert state_of(job) == LOADED
    assert job.result["created"] == 2
    assert default_storage.listdir(importing.FOLDER)[1] == []
    importing.load(job_id=job.pk)
    importing.start_load(job=job, good_only=False)
    assert Question.objects.count() == 2


def test_load_broken_off_is_done_again_from_the_beginning(monkeypatch):
    job = start()
    ImportJob.objects.update(state=LOADING)

    def be_killed(**arguments):
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(loading, "load_checked", be_killed)
        with pytest.raises(SystemExit):
            importing.load(job_id=job.pk)
    assert state_of(job) == LOADING
    assert not Question.objects.exists()
    importing.load(job_id=job.pk)
    assert (state_of(job), Question.objects.count()) == (LOADED, 2)


def test_load_that_another_worker_has_done_meanwhile_is_left_alone(monkeypatch):
    job = start()
    ImportJob.objects.update(state=LOADING)
    questions = importing._questions

    def overtaken(same):
        yield from questions(same)
        ImportJob.objects.update(state=LOADED)

    monkeypatch.setattr(importing, "_questions", overtaken)
    importing.load(job_id=job.pk)
    assert not Question.objects.exists()


def test_load_needs_the_word_of_the_owner():
    job = start()
    importing.load(job_id=job.pk)
    assert (state_of(job), Question.objects.count()) == (CHECKED, 0)
    bad = start(GIFT + b"\n::Tiga::Buruk{=a ~}\n")
    with pytest.raises(loading.NothingLoaded):
        importing.start_load(job=bad, good_only=False)
    assert state_of(bad) == CHECKED


def test_file_that_is_gone_is_said(tmp_path):
    job = start()
    default_storage.delete(job.stored_as)
    importing.start_load(job=job, good_only=False)
    assert state_of(job) == FAILED
    assert "Upload it again" in job.problem


def test_old_imports_are_thrown_away_with_their_files():
    old, new = start(), start()
    ImportJob.objects.filter(pk=old.pk).update(created_at=timezone.now() - dt.timedelta(days=4))
    assert importing.throw_away_old() == 1
    assert list(ImportJob.objects.all()) == [new]
    assert default_storage.listdir(importing.FOLDER)[1] == [new.stored_as.rsplit("/", 1)[1]]


def test_uploads_are_not_served(client):
    job = start()
    client.force_login(PersonFactory(is_superuser=True))
    assert default_storage.exists(job.stored_as)
    assert client.get(f"/media/{job.stored_as}").status_code == 404


@pytest.mark.parametrize("name", ["xlsx", "csv"])
def test_every_format_is_read_from_the_store(name):
    from questions.formats import sheets

    content = {"xlsx": sheets.template_xlsx, "csv": sheets.template_csv}[name]()
    job = importing.start_import(
        by=PersonFactory(), category=CategoryFactory(), known=FORMATS[name], file_name=f"soal.{name}",
        file=SimpleUploadedFile(f"soal.{name}", BytesIO(content).read()),
    )  # fmt: skip
    assert (job.state, job.report["bad"]) == (CHECKED, 0)
