"""The organiser's page for course history: a file is looked at, row by row, then its good rows are taken over."""

import io

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import Workbook

from core.stored import KEPT
from credits.models import ExternalTraining
from siasn import histories, importing
from siasn.mapping import READ_FIELDS
from siasn.models import HistoryImport
from tests.factories import AgencyRoleFactory, PersonFactory, make_employee

from .test_importing import as_csv, line
from .world import nip_of, office

pytestmark = pytest.mark.django_db
PAGE = "/admin/siasn/riwayat/"
State = HistoryImport.State


@pytest.fixture(autouse=True)
def _own_store(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def world():
    return office()


@pytest.fixture
def organiser(client, world):
    client.force_login(world["organiser"])
    return client


def send(client, world, content, *, agency=None, name="riwayat.csv", follow=True):
    data = {"agency": (agency or world["agency"]).pk, "file": SimpleUploadedFile(name, content)}
    return client.post(PAGE, data, follow=follow)


def text_of(answer) -> str:
    return answer.content.decode()


def test_file_is_looked_at_then_taken_over(organiser, world):
    assert nip_of(world["learner"])
    assert "tanggalKursus" in text_of(organiser.get(PAGE))
    page = send(organiser, world, as_csv(line(world), line(world, id="RW-2", jumlahJam="x", namaKursus="Rusak")))
    job = HistoryImport.objects.get()
    assert page.redirect_chain == [(f"{PAGE}{job.key}/", 302)]
    assert (job.report["good"], job.report["bad"], job.report["known"], job.report["jp"]) == (1, 1, 0, 20)
    assert "Rusak" in text_of(page)
    assert "jumlahJam" in text_of(page)
    assert text_of(page).index("Rusak") < text_of(page).index("Arsip")
    assert not ExternalTraining.objects.exists()
    page = organiser.post(f"{PAGE}{job.key}/", follow=True)
    job.refresh_from_db()
    assert (job.state, job.result) == (State.LOADED, {"loaded": 1, "known": 0, "bad": 1})
    assert ExternalTraining.objects.get().decisions.get().by == world["organiser"]
    assert not default_storage.listdir("tmp/siasn")[1]
    organiser.post(f"{PAGE}{job.key}/")
    assert ExternalTraining.objects.count() == 1
    page = send(organiser, world, as_csv(line(world)))
    again = HistoryImport.objects.first()
    assert (again.report["good"], again.report["known"]) == (0, 1)
    assert "Ambil alih" not in text_of(page)


def test_large_files_are_work_for_the_worker(organiser, world, monkeypatch, django_capture_on_commit_callbacks):
    monkeypatch.setattr(histories, "WHILE_WAITING", 10)
    with django_capture_on_commit_callbacks(execute=True):
        send(organiser, world, as_csv(line(world)), follow=False)
    job = HistoryImport.objects.get()
    assert job.state == State.CHECKED
    with django_capture_on_commit_callbacks(execute=True):
        organiser.post(f"{PAGE}{job.key}/")
    job.refresh_from_db()
    assert (job.state, job.result["loaded"]) == (State.LOADED, 1)


def test_page_asks_again_while_the_worker_is_busy(organiser, world):
    job = HistoryImport.objects.create(by=world["organiser"], agency=world["agency"], file_name="x", size=1)
    assert organiser.get(f"{PAGE}{job.key}/")["Refresh"] == "5"


def test_load_that_was_killed_goes_on_and_doubles_nothing(organiser, world, monkeypatch):
    send(organiser, world, as_csv(line(world), line(world, id="RW-2", noSertipikat="A-2")))
    job = HistoryImport.objects.get()
    real, calls = importing.external.take_over, []

    def dies(**about):
        calls.append(about)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(**about)

    with monkeypatch.context() as patch:
        patch.setattr("siasn.importing.external.take_over", dies)
        HistoryImport.objects.update(state=State.LOADING)
        with pytest.raises(KeyboardInterrupt):
            histories.load(import_id=job.pk)
    assert ExternalTraining.objects.count() == 1
    histories.load(import_id=job.pk)
    histories.load(import_id=job.pk)
    job.refresh_from_db()
    assert job.result == {"loaded": 2, "known": 0, "bad": 0}
    assert ExternalTraining.objects.count() == 2


def test_each_organiser_sees_and_loads_only_their_own(client, organiser, world):
    send(organiser, world, as_csv(line(world)))
    job = HistoryImport.objects.get()
    colleague = PersonFactory()
    AgencyRoleFactory(person=colleague, agency=world["agency"])
    for person in (colleague, world["stranger"], PersonFactory(is_superuser=True)):
        client.force_login(person)
        assert client.get(f"{PAGE}{job.key}/").status_code == 404
        assert client.post(f"{PAGE}{job.key}/").status_code == 404
        assert "riwayat.csv" not in text_of(client.get(PAGE))
    client.force_login(world["learner"])
    assert client.get(PAGE).status_code in (302, 404)
    assert client.post(PAGE, {"agency": world["agency"].pk}).status_code in (302, 404)
    assert not ExternalTraining.objects.exists()


def test_organiser_of_another_agency_cannot_choose_this_one(client, world):
    client.force_login(world["stranger"])
    page = send(client, world, as_csv(line(world)))
    assert page.status_code == 422
    assert "agency" in page.context["form"].errors
    assert not HistoryImport.objects.exists()


def test_who_organises_no_longer_loads_no_more(organiser, world):
    send(organiser, world, as_csv(line(world)))
    job = HistoryImport.objects.get()
    world["organiser"].agency_roles.all().delete()
    AgencyRoleFactory(person=world["organiser"], agency=AgencyRoleFactory().agency)
    assert organiser.post(f"{PAGE}{job.key}/").status_code == 404
    assert not ExternalTraining.objects.exists()


@pytest.mark.parametrize(
    "content", [b"a,b\n1,2", b"PK\x03\x04broken", b"\xff\xfe\x00", b"\xd0\xcf\x11\xe0alt", b"\x00" * 10]
)
def test_other_files_are_refused_with_the_cure_and_not_kept(organiser, world, content):
    page = send(organiser, world, content, name="riwayat.xlsx")
    assert page.status_code == 422
    assert page.context["form"].errors["file"]
    assert not HistoryImport.objects.exists()
    assert not default_storage.exists("tmp/siasn") or not default_storage.listdir("tmp/siasn")[1]


def test_too_large_too_long_and_missing_files_are_refused(organiser, world, monkeypatch):
    assert "file" in organiser.post(PAGE, {"agency": world["agency"].pk}).context["form"].errors
    monkeypatch.setattr(importing, "MOST_ROWS", 1)
    page = send(organiser, world, as_csv(line(world), line(world, id="RW-2")))
    assert "1" in str(page.context["form"].errors["file"])
    monkeypatch.setattr(histories, "LARGEST", 10)
    assert "MB" in str(send(organiser, world, as_csv(line(world))).context["form"].errors["file"])


def test_file_that_is_gone_is_said(organiser, world):
    send(organiser, world, as_csv(line(world)))
    job = HistoryImport.objects.get()
    default_storage.delete(job.stored_as)
    page = organiser.post(f"{PAGE}{job.key}/", follow=True)
    assert "Unggah" in text_of(page) or "Upload it again" in text_of(page)


def test_old_imports_are_thrown_away_with_their_files(organiser, world):
    send(organiser, world, as_csv(line(world)))
    with time_machine.travel(timezone.now() + KEPT * 2, tick=False):
        assert histories.throw_away_old() == 1
    assert not HistoryImport.objects.exists()
    assert not default_storage.listdir("tmp/siasn")[1]


def test_rows_cost_no_queries_of_their_own(world):
    def asked(rows) -> int:
        with CaptureQueriesContext(connection) as queries:
            importing.look_at(rows, agency=world["agency"], by=world["organiser"])
        return len(queries)

    other = make_employee(world["unit"])
    many = [line(world, id=f"RW-{number}", nipBaru=nip_of(other), noSertipikat=f"N-{number}") for number in range(5)]
    assert asked(as_csv(line(world))) == asked(as_csv(line(world), *many)) == 3


def test_workbook_without_rows_has_nothing_to_take_over(organiser, world):
    book = Workbook()
    book.active.append(list(READ_FIELDS))
    out = io.BytesIO()
    book.save(out)
    send(organiser, world, out.getvalue(), name="riwayat.xlsx")
    assert HistoryImport.objects.get().report["rows"] == []
