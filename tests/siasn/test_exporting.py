"""Files for SIASN: the layout to the letter, a certificate for each row, a report of the rest; the admin's screens."""

import csv
import datetime as dt
import io
import zipfile

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone
from openpyxl import load_workbook

from siasn import exporting
from siasn.mapping import WRITE_FIELDS
from siasn.models import Connection, Delivery, Export
from tests.factories import UnitFactory, make_employee

from .world import achieved, office

pytestmark = pytest.mark.django_db
YEAR = {"first": dt.date(2026, 1, 1), "last": dt.date(2026, 12, 31)}


@pytest.fixture(autouse=True)
def _own_store(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def world():
    return office()


def ask(world, **options):
    asked = {"by": world["organiser"], "agency": world["agency"], "basis": "credited", "form": "csv", **YEAR, **options}
    return exporting.start_export(**asked)


def form_of(world) -> dict:
    days = {"first": "2026-01-01", "last": "2026-12-31"}
    return {"agency": world["agency"].pk, "basis": "credited", "form": "csv", **days}


def opened(job) -> zipfile.ZipFile:
    with default_storage.open(job.stored_as) as file:
        return zipfile.ZipFile(io.BytesIO(file.read()))


def rows_of(archive, name) -> list[list[str]]:
    return list(csv.reader(io.StringIO(archive.read(name).decode("utf-8-sig"))))


def test_table_has_the_layout_and_a_certificate_for_each_row(world):
    row = achieved(world["learner"], minutes=160)
    job = ask(world)
    archive = opened(job)
    header, line = rows_of(archive, "kursus.csv")
    assert tuple(header) == WRITE_FIELDS
    assert line == [
        "AGENCY-1", "BKPSDM", "17", "", "T", "3", "", "Etika", row.certificate.number, "PERSON-1", "2026",
        "02-05-2026", "02-05-2026",
    ]  # fmt: skip
    [pdf] = [name for name in archive.namelist() if name.startswith("sertifikat/")]
    assert archive.read(pdf).startswith(b"%PDF-")
    assert rows_of(archive, "laporan.csv")[1][:5] == ["1", world["learner"].full_name, "Etika", pdf, "0.56"]
    assert (job.state, job.report["good"], job.report["bad"], job.report["cut"]) == ("ready", 1, 0, 1)


def test_what_cannot_be_exported_is_named_with_its_reason(world):
    achieved(world["learner"], "Baik")
    achieved(world["learner"], "Tanpa sertifikat", certified=False)
    achieved(world["learner"], "Terlalu pendek", minutes=30)
    achieved(make_employee(world["unit"]), "Tanpa id")
    job = ask(world)
    archive = opened(job)
    assert (job.report["good"], job.report["bad"]) == (1, 3)
    assert len(rows_of(archive, "kursus.csv")) == 2
    told = {line[2]: line[5] for line in rows_of(archive, "laporan.csv")[1:]}
    assert told["Baik"] == ""
    assert all(told[title] for title in ("Tanpa sertifikat", "Terlalu pendek", "Tanpa id"))
    assert job.report["rows"][0][5]


def test_period_unit_and_agency_limit_the_rows(world):
    achieved(world["learner"], "Sini")
    achieved(world["learner"], "Lama", day=dt.date(2025, 5, 5))
    achieved(make_employee(UnitFactory(agency=world["agency"])), "Unit lain")
    achieved(make_employee(UnitFactory()), "Instansi lain")
    titles = {line[2] for line in rows_of(opened(ask(world)), "laporan.csv")[1:]}
    assert titles == {"Sini", "Unit lain"}
    titles = {line[2] for line in rows_of(opened(ask(world, unit=world["unit"])), "laporan.csv")[1:]}
    assert titles == {"Sini"}


def test_programme_jp_when_chosen_and_sheets_run_no_formula(world):
    achieved(world["learner"], '=HYPERLINK("x")', form="elearning", minutes=10 * 45)
    sheet = load_workbook(io.BytesIO(opened(ask(world, form="xlsx", basis="programme")).read("kursus.xlsx"))).active
    line = [cell.value for cell in list(sheet.iter_rows())[1]]
    assert (line[5], line[7]) == (10, '=HYPERLINK("x")')
    assert opened(ask(world, form="csv")).read("kursus.csv").decode().count("'=HYPERLINK") == 1


def test_large_ones_are_written_by_the_worker_and_twice_is_once(world, monkeypatch, django_capture_on_commit_callbacks):
    achieved(world["learner"])
    monkeypatch.setattr(exporting, "WHILE_WAITING", 0)
    with django_capture_on_commit_callbacks(execute=True):
        job = ask(world)
    job.refresh_from_db()
    assert job.state == "ready"
    kept = job.stored_as
    exporting.write(export_id=job.pk)
    job.refresh_from_db()
    assert job.stored_as == kept
    assert exporting.throw_away_old() == 0
    assert exporting.throw_away_old(timezone.now() + dt.timedelta(days=4)) == 1
    assert not default_storage.exists(kept)


# --- the admin -------------------------------------------------------------------------------------------------------


def test_organiser_writes_and_downloads_a_file(world, client):
    achieved(world["learner"])
    client.force_login(world["organiser"])
    assert client.get("/admin/siasn/berkas/").status_code == 200
    asked = {
        "agency": world["agency"].pk,
        "first": "2026-01-01",
        "last": "2026-12-31",
        "basis": "credited",
        "form": "csv",
    }
    answer = client.post("/admin/siasn/berkas/", asked, follow=True)
    job = Export.objects.get()
    assert answer.redirect_chain[0][0].endswith(f"{job.key}/")
    assert "Etika" in answer.content.decode()
    file = client.get(f"/admin/siasn/berkas/{job.key}/unduh.zip")
    assert b"".join(file.streaming_content).startswith(b"PK")
    bad = client.post("/admin/siasn/berkas/", {**asked, "last": "2025-01-01"})
    assert bad.status_code == 200
    assert Export.objects.count() == 1


def test_other_agencies_organisers_see_and_do_nothing(world, client):
    row = achieved(world["learner"])
    job = ask(world)
    delivery = Delivery.objects.create(achievement=row, agency=world["agency"], state="refused", error="refused")
    connection = Connection.objects.create(agency=world["agency"])
    client.force_login(world["stranger"])
    assert client.get(f"/admin/siasn/berkas/{job.key}/").status_code == 404
    assert client.get(f"/admin/siasn/berkas/{job.key}/unduh.zip").status_code == 404
    assert client.get(f"/admin/siasn/kiriman/edit/{delivery.pk}/").status_code == 404
    assert client.post(f"/admin/siasn/kiriman/edit/{delivery.pk}/").status_code == 404
    assert client.get(f"/admin/siasn/sambungan/edit/{connection.pk}/").status_code == 404
    assert "Etika" not in client.get("/admin/siasn/kiriman/").content.decode()
    asked = {
        "agency": world["agency"].pk,
        "first": "2026-01-01",
        "last": "2026-12-31",
        "basis": "credited",
        "form": "csv",
    }
    client.post("/admin/siasn/berkas/", asked)
    assert Export.objects.count() == 1
    client.force_login(world["learner"])
    assert client.get("/admin/siasn/berkas/").status_code in (302, 404)


def test_organiser_sends_again_and_switches_on(world, client, settings):
    row = achieved(world["learner"])
    delivery = Delivery.objects.create(
        achievement=row, agency=world["agency"], state="refused", error="refused", said="namaKursus: salah", attempts=3
    )
    client.force_login(world["organiser"])
    assert "namaKursus: salah" in client.get("/admin/siasn/kiriman/?state=refused").content.decode()
    assert "namaKursus: salah" in client.get(f"/admin/siasn/kiriman/edit/{delivery.pk}/").content.decode()
    assert client.post(f"/admin/siasn/kiriman/edit/{delivery.pk}/").status_code == 302
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts, delivery.error) == ("waiting", 0, "")
    told = {"agency": world["agency"].pk, "is_on": "on", "since": "2026-01-01", "basis": "credited"}
    client.post("/admin/siasn/sambungan/new/", told)
    assert not Connection.objects.exists()
    for name in ("BASE_URL", "TOKEN_URL", "CONSUMER_KEY", "CONSUMER_SECRET", "SSO_TOKEN"):
        setattr(settings, f"SIASN_{name}", "x")
    client.post("/admin/siasn/sambungan/new/", told)
    assert Connection.objects.get().is_on
