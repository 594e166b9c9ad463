"""`manage.py import_questions`: what operators and their scripts rely on."""

import json

import pytest
from django.core.management import CommandError, call_command

from questions.models import Category, Question
from tests.factories import AgencyFactory

pytestmark = pytest.mark.django_db

GOOD = "// [tag:loket]\n::Satu::Apa?{=a#ya ~%50%b}\n\n::Dua::Benar?{T}\n"
BAD = GOOD + "\n::Tiga::Kapan?{#1945}\n"


@pytest.fixture
def run(tmp_path, capsys):
    """Return `run(content, *options)` -> (exit status, lines printed, lines of talk)."""

    def run_it(content, *options):
        path = tmp_path / "soal.gift"
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
        ("single", "Satu", ["loket"], False), ("truefalse", "Dua", [], False), ("numerical", "Tiga", [], True),
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
    assert len(printed) == 1
    assert printed[0].startswith("6: Tiga: ")
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
