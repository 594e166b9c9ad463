"""Questions of a file in the bank: whole or not at all, in few queries, and what has an id becomes a version."""

from decimal import Decimal
from fractions import Fraction
from io import BytesIO

import pytest

from questions import exporting, loading, queries, services
from questions.formats import gift
from questions.formats.base import ParsedQuestion, bank_mark, note_mark
from questions.formats.registry import FORMATS
from questions.models import Category, Question, QuestionVersion
from tests.factories import CategoryFactory, PersonFactory, single

pytestmark = pytest.mark.django_db


TWO = "// [id:A] [tag:x]\n::Satu::Q{=a ~b}\n\n$CATEGORY: Bawah\n\n::Dua::R{T}\n"


def test_load_questions_puts_each_in_its_category():
    category = CategoryFactory()
    loaded = loading.load_questions(parsed=gift.read(TWO), category=category)
    assert (loaded.created, loaded.bad) == (2, 0)
    assert Question.objects.get(name="Satu").category == category
    below = Question.objects.get(name="Dua").category
    assert (below.name, below.parent, below.agency) == ("Bawah", category, category.agency)


def test_load_questions_twice_makes_versions_of_those_with_an_id():
    category = CategoryFactory()
    loading.load_questions(parsed=gift.read(TWO), category=category)
    again = loading.load_questions(parsed=gift.read(TWO.replace("Q{", "Q baru{")), category=category)
    assert (again.created, again.changed, again.unchanged) == (1, 1, 0)
    assert Question.objects.get(name="Satu").versions.count() == 2
    same = loading.load_questions(parsed=gift.read(TWO.split("\n\n")[0]), category=category)
    assert (same.created, same.changed, same.unchanged) == (0, 1, 0)


def test_load_questions_is_all_or_nothing_unless_told_otherwise():
    category = CategoryFactory()
    text = f"{TWO}\n\n$CATEGORY: Lain\n\nBuruk{{=satu ~}}"
    with pytest.raises(loading.NothingLoaded) as nothing:
        loading.load_questions(parsed=gift.read(text), category=category)
    assert nothing.value.loaded.bad == 1
    assert not Question.objects.exists()
    assert list(Category.objects.all()) == [category]
    loaded = loading.load_questions(parsed=gift.read(text), category=category, good_only=True)
    assert (loaded.created, loaded.bad) == (2, 1)


def parsed(number, **fields):
    about = {"kind": "single", "name": f"Soal {number}", "data": single(f"Soal {number}?"), **fields}
    return ParsedQuestion(**about)


def test_load_questions_takes_as_many_queries_for_few_as_for_many(django_assert_max_num_queries):
    category = CategoryFactory()
    loading.load_questions(parsed=[parsed(0, tags=["loket"])], category=category)
    many = [parsed(number, idnumber=f"A-{number}", tags=["loket", "Etika"]) for number in range(400)]
    with django_assert_max_num_queries(20):
        assert loading.load_questions(parsed=many, category=category).created == 400
    again = [parsed(number, idnumber=f"A-{number}", data=single("Baru?")) for number in range(400)]
    with django_assert_max_num_queries(20):
        assert loading.load_questions(parsed=again, category=category).changed == 400
    assert set(QuestionVersion.objects.filter(number=2).values_list("data__text", flat=True)) == {"<p>Baru?</p>"}
    assert sorted(Question.objects.get(idnumber="A-7").tags.names()) == ["Etika", "loket"]


def test_load_questions_agrees_with_making_each_one():
    by, category = PersonFactory(), CategoryFactory()
    data = single("<script>x</script>Apa?")
    tags = [" etika ", "loket", "", "Loket"]
    loading.load_questions(
        parsed=[parsed(1, data=data, tags=tags, idnumber="A-1", state="draft")], category=category, by=by
    )
    made = services.create_question(
        category=CategoryFactory(), kind="single", name="Soal 1", data=data, tags=[" etika ", "loket"], idnumber="A-1",
        state="draft", by=by,
    )  # fmt: skip
    found = Question.objects.exclude(pk=made.pk).get()
    for field in ("kind", "name", "state", "idnumber"):
        assert getattr(found, field) == getattr(made, field)
    assert sorted(tag.casefold() for tag in found.tags.names()) == ["etika", "loket"]
    assert sorted(tag.casefold() for tag in made.tags.names()) == ["etika", "loket"]
    one, other = found.versions.get(), made.versions.get()
    assert (one.data, one.number, one.is_ready, one.created_by) == (other.data, 1, False, by)


def test_load_questions_makes_versions_of_an_id_that_the_file_has_twice():
    category = CategoryFactory()
    file = [parsed(1, idnumber="A", data=single(text)) for text in ("Satu?", "Dua?", "Dua?")]
    loaded = loading.load_questions(parsed=file, category=category)
    assert (loaded.created, loaded.changed, loaded.unchanged) == (1, 1, 1)
    assert queries.latest_version(Question.objects.get()).data["text"] == "<p>Dua?</p>"


def test_load_questions_leaves_an_id_to_the_kind_that_has_it():
    category = CategoryFactory()
    truth = {"text": "Benar?", "answer": True}
    file = [parsed(1, idnumber="A"), parsed(2, idnumber="A", kind="truefalse", data=truth)]
    assert loading.load_questions(parsed=file, category=category).created == 2
    assert Question.objects.get(kind="truefalse").idnumber == ""


def test_load_questions_writes_batch_after_batch(monkeypatch):
    monkeypatch.setattr(loading, "BATCH", 3)
    written = []
    file = (parsed(number) for number in range(8))
    loaded = loading.load_questions(parsed=file, category=CategoryFactory(), on_written=written.append)
    assert (loaded.created, written) == (8, [3, 6, 8])
    assert Question.objects.count() == QuestionVersion.objects.count() == 8


def test_load_questions_trusts_no_reader():
    file = [parsed(1, data={"text": "Apa?"}), parsed(2, kind="telepathy"), parsed(3)]
    loaded = loading.load_questions(parsed=file, category=CategoryFactory(), good_only=True)
    assert (loaded.created, loaded.bad) == (1, 2)


def test_load_questions_keeps_nothing_when_the_writing_breaks(monkeypatch):
    monkeypatch.setattr(loading, "BATCH", 2)
    category = CategoryFactory()
    file = [parsed(number, category="Baru") for number in range(4)]

    def break_it(count):
        if count == 4:
            raise OSError

    with pytest.raises(OSError):  # noqa: PT011 - the one above
        loading.load_questions(parsed=file, category=category, on_written=break_it)
    assert not Question.objects.exists()
    assert list(Category.objects.all()) == [category]


# --- marks -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mark", "kept"),
    [
        (Fraction(1), "1"), (Fraction(5, 2), "2.5"), (Fraction(1, 3), "0.33"), (Fraction(1, 200), "0.01"),
        (Fraction(0), "0"), (Fraction(-1), "0"), (Fraction(10**30), "99999.99"),
        (Fraction(99_999_995, 1000), "99999.99"),
    ],
)  # fmt: skip
def test_bank_mark_has_two_decimals_and_says_what_it_rounds(mark, kept):
    assert bank_mark(mark) == Decimal(kept)
    question = ParsedQuestion("single", "x", single(), mark=mark)
    note_mark(question)
    assert bool(question.notices) == (Fraction(kept) != mark)


@pytest.mark.parametrize("name", ["moodle_xml", "qti", "xlsx", "csv"])
def test_usual_marks_go_through_the_bank_and_files(name):
    category, again = CategoryFactory(), CategoryFactory()
    marks = {"Dua setengah": Fraction(5, 2), "Seratus": Fraction(100)}
    parsed = [ParsedQuestion("single", words, single(words), mark=mark) for words, mark in marks.items()]
    loading.load_questions(parsed=parsed, category=category)
    file = BytesIO()
    lost = exporting.write_questions(exporting.questions_in(category), to=file, known=FORMATS[name], top=category)
    assert lost == []
    file.seek(0)
    loading.load_questions(parsed=FORMATS[name].read(file), category=again)
    found = Question.objects.filter(category=again).values_list("name", "default_mark")
    assert {words: Fraction(mark) for words, mark in found} == marks


def test_mark_of_nothing_is_kept_by_moodle_and_told_by_qti():
    category = CategoryFactory()
    loading.load_questions(parsed=[ParsedQuestion("single", "x", single(), mark=Fraction(0))], category=category)
    questions, file = exporting.questions_in(category), BytesIO()
    exporting.write_questions(questions, to=file, known=FORMATS["moodle_xml"])
    file.seek(0)
    assert [question.mark for question in FORMATS["moodle_xml"].read(file)] == [0]
    lost = exporting.write_questions(questions, to=BytesIO(), known=FORMATS["qti"])
    assert [(left.why, left.is_whole) for left in lost] == [("Its mark of 0 becomes 1.", False)]
