"""Course history taken over from SIASN's layout: looked at first, loaded once, reported row by row."""

import io

import pytest
from django.core.management import CommandError, call_command
from openpyxl import Workbook

from completion.models import Achievement
from credits.models import ExternalTraining
from siasn import importing
from siasn.mapping import READ_FIELDS
from siasn.records import exportable

from .world import nip_of, office

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return office()


def line(world, **changes) -> dict:
    told = {
        "id": "RW-1", "idPns": "PERSON-1", "nipBaru": nip_of(world["learner"]), "namaKursus": "Arsip",
        "jumlahJam": "20",
        "institusiPenyelenggara": "ANRI", "jenisDiklatId": "8", "noSertipikat": "A-1", "tahunKursus": "2024",
        "tanggalKursus": "04-03-2024", "tanggalSelesaiKursus": "06-03-2024",
    }  # fmt: skip
    return {**told, **changes}


def as_csv(*rows, delimiter=";") -> bytes:
    text = [delimiter.join(READ_FIELDS)]
    text += [delimiter.join(str(row.get(name, "")) for name in READ_FIELDS) for row in rows]
    return ("\ufeff" + "\r\n".join(text)).encode()


def look(world, content):
    return importing.look_at(content, agency=world["agency"], by=world["organiser"])


@pytest.mark.parametrize("delimiter", [";", ","])
def test_history_is_taken_over_once_and_not_sent_back(world, delimiter):
    content = as_csv(line(world), delimiter=delimiter)
    rows = look(world, content)
    assert [row.problems for row in rows] == [()]
    assert not ExternalTraining.objects.exists()
    assert importing.load(rows, by=world["organiser"]).loaded == 1
    training = ExternalTraining.objects.get()
    assert (training.person, training.state, training.kind, training.form) == (
        world["learner"],
        "verified",
        8,
        "course",
    )
    assert (training.minutes, training.siasn_record, training.number) == (900, "RW-1", "A-1")
    assert Achievement.objects.get(subject_id=training.pk, kind="external").local_date.year == 2024
    told = importing.load(look(world, content), by=world["organiser"])
    assert (told.loaded, told.known) == (0, 1)
    assert not exportable(world["agency"]).exists()


def test_sheets_are_read_with_their_numbers(world):
    book = Workbook()
    book.active.append(list(READ_FIELDS))
    told = line(world, jumlahJam=20.0, jenisDiklatId=8)
    book.active.append([told.get(name) for name in READ_FIELDS])
    out = io.BytesIO()
    book.save(out)
    assert [row.problems for row in look(world, out.getvalue())] == [()]


@pytest.mark.parametrize(
    "change",
    [
        {"id": ""},
        {"id": "x" * 37},
        {"nipBaru": "197001012010032999"},
        {"namaKursus": " "},
        {"institusiPenyelenggara": ""},
        {"jenisDiklatId": "26"},
        {"jumlahJam": "2,5"},
        {"tanggalKursus": "31-02-2024"},
        {"tanggalSelesaiKursus": "01-01-2020"},
    ],
)
def test_each_bad_row_is_named_and_the_others_are_loaded(world, change):
    rows = look(world, as_csv(line(world, **change), line(world, id="RW-2")))
    assert [bool(row.problems) for row in rows] == [True, False]
    told = importing.load(rows, by=world["organiser"])
    assert (told.loaded, [number for number, _words in told.problems]) == (1, [2])


def test_rows_twice_in_a_file_are_named(world):
    assert [bool(row.problems) for row in look(world, as_csv(line(world), line(world)))] == [False, True]


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2", b"PK\x03\x04broken", b"\xff\xfe\x00"])
def test_other_files_are_not_read(world, content):
    with pytest.raises(importing.UnreadableHistory):
        look(world, content)


def test_command_shows_then_loads_for_organisers_only(world, tmp_path, capsys):
    file = tmp_path / "riwayat.csv"
    file.write_bytes(as_csv(line(world), line(world, id="RW-2", jumlahJam="x")))
    about = [str(file), "--agency", world["agency"].slug, "--by"]
    call_command("import_course_history", *about, world["organiser"].email)
    told = capsys.readouterr().out
    assert "line 3" in told
    assert "1 of 2" in told
    assert not ExternalTraining.objects.exists()
    call_command("import_course_history", *about, world["organiser"].email, "--load")
    assert ExternalTraining.objects.count() == 1
    for nobody in (world["stranger"].email, "tidak@ada.example"):
        with pytest.raises(CommandError):
            call_command("import_course_history", *about, nobody, "--load")
