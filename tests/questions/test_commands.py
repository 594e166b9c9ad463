"""`manage.py import_questions` and `export_questions`: what operators and their scripts rely on."""

import json

import pytest
from django.core.management import CommandError, call_command

from questions.formats.registry import FORMATS
from questions.models import Category, Question
from questions.services import category_at, create_question
from tests.factories import AgencyFactory, single

pytestmark = pytest.mark.django_db

GOOD = "// [tag:loket]\n::Satu::Apa?{=a#ya ~%50%b}\n\n::Dua::Benar?{T}\n"
BAD = GOOD + "\n::Tiga::Kapan?{=satu =dua ~}\n"


@pytest.fixture
def run(tmp_path, capsys):
    """Return `run(content, *options)` -> (exit status, lines printed, lines of talk)."""

    def run_it(content, *options, name="soal.gift"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        try:
            call_command("import_questions", str(path), *options)
            status = 0
        except SystemExit as end:
            status = end.code
        said = capsys.readouterr()
        return status, said.out.splitlines(), said.err.splitlines()

    return run_it


def test_dry_run_prints_an_object_a_question_and_changes_nothing(run):
    status, printed, _talk = run(BAD, "--dry-run", "--json", "--category", "Etika")
    found = [json.loads(line) for line in printed]
    assert status == 1
    assert [(q["kind"], q["name"], q["tags"], bool(q["problems"])) for q in found] == [
        ("single", "Satu", ["loket"], False), ("truefalse", "Dua", [], False), ("single", "Tiga", [], True),
    ]  # fmt: skip
    assert found[0]["options"] == [
        {"text": "a", "fraction": "1", "feedback": "<p>ya</p>"}, {"text": "b", "fraction": "1/2", "feedback": ""},
    ]  # fmt: skip
    assert found[0]["marks"] == "1"
    assert not Question.objects.exists()
    assert not Category.objects.filter(name="Etika").exists()


def test_import_loads_into_the_category_of_an_agency(run):
    agency = AgencyFactory(slug="palu")
    status, printed, talk = run(GOOD, "--category", "Etika/Loket", "--agency", "palu")
    assert (status, printed) == (0, [])
    assert talk == ["2 questions, 0 bad; 2 new, 0 changed, 0 as they were"]
    category = Question.objects.get(name="Satu").category
    assert (category.name, category.parent.name, category.agency) == ("Loket", "Etika", agency)
    assert set(Question.objects.values_list("state", flat=True)) == {"ready"}


def test_import_with_a_bad_question_loads_nothing_and_says_so(run):
    status, printed, talk = run(BAD, "--category", "Etika")
    assert status == 1
    assert printed
    assert all(line.startswith("6: Tiga: ") for line in printed)
    assert "nothing loaded" in talk[0]
    assert not Question.objects.exists()
    assert not Category.objects.filter(name="Etika").exists()


def test_import_loads_the_good_ones_when_told(run):
    status, _printed, _talk = run(BAD, "--category", "Etika", "--good-only", "--draft")
    assert status == 1
    assert sorted(Question.objects.values_list("name", "state")) == [("Dua", "draft"), ("Satu", "draft")]


@pytest.mark.parametrize("content", [b"\x00\x01", b"caf\xe9{T}", b"%PDF-1.7"])
def test_import_refuses_what_is_no_text(run, content):
    with pytest.raises(CommandError, match=r"soal\.gift"):
        run(content)


def test_import_names_an_unknown_agency_and_a_missing_file(run, tmp_path):
    AgencyFactory(slug="palu")
    with pytest.raises(CommandError, match="Known: palu"):
        run(GOOD, "--agency", "atlantis")
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_questions", str(tmp_path / "none.gift"))


def test_import_guesses_the_format_or_is_told_it(run):
    sheet = "Jenis;Soal;Pilihan A;Pilihan B;Kunci;Status\nPG;Apa?;ya;tidak;A;draf\n"
    assert run(sheet, "--category", "Etika", name="soal.csv")[0] == 0
    assert list(Question.objects.values_list("name", "state")) == [("Apa?", "draft")]
    assert run(sheet, "--dry-run", "--format", "csv", name="soal.data")[0] == 0
    with pytest.raises(CommandError, match="--format"):
        run(sheet, "--dry-run", name="soal.data")


def test_import_tells_what_is_left_out(run):
    sheet = "Soal,Pilihan A,Pilihan B,Kunci,Penulis\nApa?,ya,tidak,A,Ani\n"
    status, printed, talk = run(sheet, "--dry-run", name="soal.csv")
    assert (status, len(printed)) == (0, 1)
    assert "Penulis" in printed[0]
    assert "1 with something left out" in talk[0]


def test_import_shows_its_progress(run, monkeypatch):
    monkeypatch.setattr("questions.management.commands.import_questions.PROGRESS_EVERY", 1)
    _status, _printed, talk = run(GOOD, "--category", "Etika")
    assert talk[:3] == ["1 read …", "2 read …", "2 written …"]


@pytest.mark.parametrize("name", ["soal.gift", "soal.xlsx", "soal.csv"])
@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02", b"PK\x03\x04broken"])
def test_import_refuses_a_broken_file_in_one_line(run, name, content):
    if name == "soal.gift" and not content:
        assert run(content, "--dry-run", name=name)[0] == 0
        return
    with pytest.raises(CommandError) as refusal:
        run(content, "--category", "x", name=name)
    assert "\n" not in str(refusal.value)
    assert not Category.objects.filter(name="x").exists()


def test_import_refuses_a_folder(tmp_path):
    with pytest.raises(CommandError, match="directory"):
        call_command("import_questions", str(tmp_path), "--format", "gift")


# --- export ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def bank():
    agency = AgencyFactory(slug="palu")
    top = category_at(path="Etika", agency=agency)
    below = category_at(path="UU 5//2014/Bawah", below=top)
    create_question(category=top, kind="single", name="Satu", data=single(), tags=["loket"], idnumber="A-1")
    create_question(
        category=below, kind="truefalse", name="Dua", data={"text": "Benar?", "answer": True}, state="draft"
    )
    create_question(category=category_at(path="Lain", agency=agency), kind="single", name="Lain", data=single())
    return agency


def export(*arguments):
    try:
        call_command("export_questions", *map(str, arguments))
    except SystemExit as end:
        return end.code
    return 0


@pytest.mark.parametrize("name", sorted(known.name for known in FORMATS.values() if known.write))
def test_export_and_import_again_changes_nothing(bank, tmp_path, capsys, name):
    path = tmp_path / f"soal.{FORMATS[name].extensions[0]}"
    status = export("Etika", path, "--agency", "palu", "--format", name)
    whole = "could not be" in capsys.readouterr().err
    assert status == int(whole)
    call_command("import_questions", str(path), "--format", name, "--category", "Etika", "--agency", "palu")
    if name != "aiken":  # it knows no ids
        assert "1 as they were" in capsys.readouterr().err
    assert Question.objects.get(idnumber="A-1").versions.count() == 1


def test_export_puts_categories_below_the_one_that_was_asked_for(bank, tmp_path, capsys):
    path = tmp_path / "soal.xlsx"
    assert export("Etika", path, "--agency", "palu") == 0
    assert capsys.readouterr().err == "2 questions written\n"
    with path.open("rb") as file:
        found = list(FORMATS["xlsx"].read(file))
    assert [(q.name, q.category, q.state) for q in found] == [
        ("Satu", "", "ready"),
        ("Dua", "UU 5//2014/Bawah", "draft"),
    ]
    assert path.stat().st_mode & 0o777 == 0o644


def test_export_tells_what_the_format_cannot_say(bank, tmp_path, capsys):
    category = category_at(path="Etika", agency=bank)
    create_question(category=category, kind="upload", name="Berkas", data={"text": "Unggah."})
    assert export("Etika", tmp_path / "soal.csv", "--agency", "palu") == 1
    said = capsys.readouterr()
    assert said.out.startswith("Berkas: ")
    assert said.err == "2 questions written, 1 could not be\n"


def test_export_names_what_is_not_there_and_leaves_no_half_file(bank, tmp_path, monkeypatch):
    with pytest.raises(CommandError, match="At the top: Etika, Lain"):
        export("Etik", tmp_path / "soal.csv", "--agency", "palu")
    with pytest.raises(CommandError, match="Without --agency"):
        export("Etika", tmp_path / "soal.csv")
    with pytest.raises(CommandError, match="--format"):
        export("Etika", tmp_path / "soal.doc", "--agency", "palu")
    with pytest.raises(CommandError, match="No such file"):
        export("Etika", tmp_path / "none" / "soal.csv", "--agency", "palu")

    def full(*arguments, **options):
        raise OSError(28, "No space left on device")

    (tmp_path / "soal.csv").write_text("old")
    monkeypatch.setattr("questions.exporting.write_questions", full)
    with pytest.raises(CommandError, match="No space"):
        export("Etika", tmp_path / "soal.csv", "--agency", "palu")
    assert [path.read_text() for path in tmp_path.iterdir()] == ["old"]


def test_export_goes_on_where_a_picture_is_gone(bank, tmp_path, capsys):
    category = category_at(path="Etika", agency=bank)
    text = f'<p>Apa?</p><p><img src="/media/questions/{"a" * 64}.png" alt="x"></p>'
    create_question(category=category, kind="single", name="Bergambar", data=single(text))
    assert export("Etika", tmp_path / "soal.xml", "--agency", "palu", "--format", "moodle_xml") == 0
    said = capsys.readouterr()
    assert "Bergambar: A picture of it is no longer in the store." in said.out
    assert (tmp_path / "soal.xml").stat().st_size > 0
