"""The reader of the content files: what is written comes out, and each mistake is named with file, line and cure."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.blocks import LessonBody
from courses.markdown_blocks import KINDS, lesson_blocks
from courses.markdown_content import parse_tree, read_files
from courses.markdown_prose import FULL, ContentError, Problems, html_of

COURSE = '---\ntitle: "Etika"\nsummary: "Ringkas."\n---\n\nPengantar.\n'
MODULE = '---\ntitle: "Di loket"\n---\n\nSatu kalimat.\n'
LESSON = '---\ntitle: "Mengapa"\nminutes: 7\n---\n\nTeks.\n'


def tree(lesson=LESSON, **files):
    return {
        "etika/course.md": COURSE,
        "etika/01-loket/module.md": MODULE,
        "etika/01-loket/01-mengapa.md": lesson,
        **files,
    }


def problems_of(files, kinds=None):
    with pytest.raises(ContentError) as caught:
        parse_tree(files, kinds or {})
    return caught.value.problems


def blocks(text, pictures=None):
    problems = Problems()
    found = lesson_blocks(text, "a.md", 1, problems, key="a", pictures=pictures)
    problems.raise_any()
    return found


def block(text):
    found = blocks(text)
    assert len(found) == 1
    return found[0]["type"], found[0]["value"]


# --- prose -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("**Tebal** dan *miring*.", "<p><b>Tebal</b> dan <i>miring</i>.</p>"),
        ("## Judul", "<h2>Judul</h2>"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("[UU](https://a.go.id/x)", '<p><a href="https://a.go.id/x">UU</a></p>'),
        ("Tulis [WARGA], [ALAMAT].", "<p>Tulis [WARGA], [ALAMAT].</p>"),
        ("A & B \\< C", "<p>A &amp; B &lt; C</p>"),
    ],
)
def test_prose_becomes_html_of_the_editor(markdown, html):
    problems = Problems()
    assert html_of(markdown, "a.md", 1, problems, allowed=FULL) == html
    assert not problems


@pytest.mark.parametrize(
    ("markdown", "line"),
    [
        ("# Judul", 1),
        ("a\n\n#### Kecil", 3),
        ("a\n\n![x](y.png)", 3),
        ("<b>a</b>", 1),
        ("a\n\n<div>\n</div>", 3),
        ("a\n\n```\nx\n```", 3),
        ("> kutipan", 1),
        ("| a |\n|---|\n| b |", 1),
        ("a\n\n---", 3),
        ("[x](../lain.md)", 1),
        ("[x](javascript:alert)", 1),
        ("`kode`", 1),
    ],
)
def test_prose_that_has_another_place_is_named_with_its_line(markdown, line):
    problems = Problems()
    html_of(markdown, "a.md", 1, problems, allowed=FULL)
    assert [(problem.line, bool(problem.cure)) for problem in problems] == [(line, True)]


@given(st.text())
def test_prose_never_raises_and_gives_only_allowed_tags(text):
    html = html_of(text, "a.md", 1, Problems(), allowed=FULL)
    assert "<script" not in html
    assert html_of("", "a.md", 1, Problems()) == ""


# --- fenced blocks ---------------------------------------------------------------------------------------------------


def test_blocks_keep_their_order_and_the_prose_between():
    found = blocks('Satu.\n\n::: term name="A"\nArti.\n:::\n\nDua.\n')
    assert [part["type"] for part in found] == ["rich_text", "term", "rich_text"]
    assert len({part["id"] for part in found}) == 3
    assert found == blocks('Satu.\n\n::: term name="A"\nArti.\n:::\n\nDua.\n')


def test_key_points():
    kind, value = block('::: key-points title="Ingat"\n- Satu.\n- **Dua.**\n:::')
    assert (kind, value) == ("key_points", {"title": "Ingat", "points": ["<p>Satu.</p>", "<p><b>Dua.</b></p>"]})


def test_callout():
    value = block('::: callout kind="law" title="Dasar"\nTeks.\n:::')[1]
    assert value == {"kind": "law", "title": "Dasar", "text": "<p>Teks.</p>"}


def test_case():
    kind, value = block('::: case title="Buah" place="Palu"\nCerita.\n\nLagi.\n\n? Apa?\n? Siapa?\n:::')
    assert kind == "case_study"
    assert value["questions"] == ["Apa?", "Siapa?"]
    assert value["story"].count("<p>") == 2
    assert value["place"] == "Palu"


def test_steps():
    value = block('::: steps title="Menolak"\n1. **Tolak.** Dengan santun.\n2. Catat.\n3. **Lapor.**\n:::')[1]
    assert [(step["title"], step["text"]) for step in value["steps"]] == [
        ("Tolak.", "<p>Dengan santun.</p>"),
        ("", "<p>Catat.</p>"),
        ("", "<p>Lapor.</p>"),
    ]


def test_table():
    value = block('::: table caption="Batas"\n| A | B |\n|---|---|\n| a \\| x | **b** |\n| c |  |\n:::')[1]
    assert value["caption"] == "Batas"
    assert [column["heading"] for column in value["columns"]] == ["A", "B"]
    assert [row["values"] for row in value["rows"]] == [["<p>a | x</p>", "<p><b>b</b></p>"], ["<p>c</p>", ""]]


def test_quotation_accordion_term_and_try():
    assert block('::: quotation source="UU"\nKata.\n:::')[1] == {"text": "<p>Kata.</p>", "source": "UU"}
    parts = block("::: accordion\n### Satu?\nYa.\n### Dua?\nTidak.\n:::")[1]["parts"]
    assert [(part["heading"], part["text"]) for part in parts] == [("Satu?", "<p>Ya.</p>"), ("Dua?", "<p>Tidak.</p>")]
    assert block('::: term name="A"\nArti.\n:::')[1] == {"name": "A", "definition": "<p>Arti.</p>"}
    assert block('::: try title="Coba" minutes="10"\nDuduk.\n:::')[1]["minutes"] == 10


def test_self_check_of_one_answer():
    value = block("::: self-check\n::A Apa:: Apa? {\n=Ya#Tepat.\n~Tidak#Belum.\n####Ingat.\n}\n:::")[1]
    assert value["kind"] == "single"
    assert [option["right"] for option in value["options"]] == [True, False]
    assert "Ingat." in value["general_feedback"]


def test_self_check_of_several_answers():
    text = "::: self-check\n::A:: Pilih. {\n~%50%Ya#a\n~%50%Juga#b\n~%-50%Tidak#c\n}\n:::"
    assert [option["right"] for option in block(text)[1]["options"]] == [True, True, False]


def test_self_check_true_or_false_gives_the_first_feedback_to_the_wrong_answer():
    value = block("::: self-check\n::A:: Benar? {TRUE#salah jawab#betul jawab}\n:::")[1]
    assert value["answer"] == "true"
    assert "salah jawab" in value["feedback_false"]
    assert "betul jawab" in value["feedback_true"]


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><title>T</title></svg>'
FIGURE = '::: figure file="a.svg" alt="Alur." caption="C" credit="D"\nSatu, lalu **dua**.\n\n- tiga\n:::'


def test_figure():
    ((part),) = blocks(FIGURE, {"a.svg": SVG})
    assert (part["type"], part["value"]) == (
        "figure",
        {
            "picture": "a.svg", "alt": "Alur.", "caption": "C", "credit": "D",
            "words": "<p>Satu, lalu <b>dua</b>.</p>\n<ul>\n<li>tiga</li>\n</ul>",
        },
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "pictures", "path", "line"),
    [
        (FIGURE, {}, "a.md", 1),
        (FIGURE, {"b.svg": SVG}, "a.md", 1),
        (FIGURE.replace("a.svg", "../a.svg"), {"a.svg": SVG}, "a.md", 1),
        (FIGURE.replace("a.svg", "a.gif"), {"a.gif": b"GIF8"}, "a.md", 1),
        (FIGURE.replace("Alur.", "x" * 251), {"a.svg": SVG}, "a.md", 1),
        (FIGURE.replace('"C"', f'"{"x" * 251}"'), {"a.svg": SVG}, "a.md", 1),
        (FIGURE.replace(' alt="Alur."', ""), {"a.svg": SVG}, "a.md", 1),
        (FIGURE.replace("Alur.", ""), {"a.svg": SVG}, "a.md", 1),
        ('::: figure file="a.svg" alt="Alur."\n\n:::', {"a.svg": SVG}, "a.md", 1),
        (FIGURE.replace("Satu", "## Satu"), {"a.svg": SVG}, "a.md", 2),
        (FIGURE, {"a.svg": SVG + b" " * 20_000}, "a.svg", 1),
        (FIGURE, {"a.svg": SVG.replace(b"<title>", b"\n<script/><title>")}, "a.svg", 2),
        (FIGURE.replace("a.svg", "a.png"), {"a.png": b"\xff\xd8\xff"}, "a.png", 1),
        (FIGURE.replace("a.svg", "a.png"), {"a.png": b"\x89PNG\r\n" + b"x" * 200_000}, "a.png", 1),
    ],
)
def test_figure_mistake_is_named_with_file_line_and_cure(text, pictures, path, line):
    with pytest.raises(ContentError) as caught:
        blocks(text, pictures)
    assert [(problem.path, problem.line, bool(problem.cure)) for problem in caught.value.problems] == [
        (path, line, True)
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a\n\n::: sulap\nx\n:::", 3),
        ('::: term name="A"\nx', 1),
        ("a\n\n:::", 3),
        ('::: term name="A"\n::: term name="B"\nx\n:::', 2),
        ("::: term\nx\n:::", 1),
        ("::: term name=A\nx\n:::", 1),
        ('::: term name="A" warna="b"\nx\n:::', 1),
        ('::: term name="A"\n\n:::', 1),
        ('::: callout kind="marah" title="T"\nx\n:::', 1),
        ('::: key-points title="T"\n- a\nb\n:::', 3),
        ('::: case title="T"\nCerita.\n:::', 2),
        ('::: case title="T"\n? Apa?\n:::', 2),
        ('::: case title="T"\nCerita.\n? Apa?\nLagi.\n:::', 4),
        ('::: steps title="T"\n1. a\nb\n:::', 3),
        ('::: table caption="T"\nx\n:::', 2),
        ('::: table caption="T"\n| A | B |\n|---|---|\n| a |\n:::', 4),
        ("::: accordion\nx\n:::", 2),
        ("::: accordion\n### a\n\n:::", 2),
        ('::: try title="T" minutes="lama"\nx\n:::', 1),
        ('::: term name="A"\n## Judul\n:::', 2),
        ("::: self-check\n::A:: Apa? {\n=Ya#a\n~Tidak\n}\n:::", 2),
        ("::: self-check\n::A:: Apa? {\n=Ya#a\n~Tidak#b\n}\n\n::B:: Apa? {TRUE#a#b}\n:::", 2),
        ("::: self-check\n::A:: Apa?\n:::", 2),
        ("::: self-check\n::A:: Pilih. {\n~Ya#a\n~Tidak#b\n}\n:::", 2),
    ],
)
def test_block_mistake_is_named_with_its_line(text, line):
    with pytest.raises(ContentError) as caught:
        blocks(text)
    assert line in [problem.line for problem in caught.value.problems]
    assert all(problem.cure for problem in caught.value.problems)


def test_block_kinds_are_blocks_of_a_lesson():
    assert {kind.type for kind in KINDS.values()} <= set(LessonBody().child_blocks)


@given(st.lists(st.sampled_from(['::: term name="A"', ":::", "::: self-check", "teks", "- a", "{=a#b}", ""])))
def test_blocks_never_raise_but_by_naming(lines):
    lesson_blocks("\n".join(lines), "a.md", 1, Problems(), key="a")


# --- files -----------------------------------------------------------------------------------------------------------


def test_tree_becomes_courses_modules_and_lessons():
    (course,) = parse_tree(tree(**{"etika/01-loket/02-kedua.md": LESSON}), {})
    (module,) = course.children
    assert (course.kind, module.kind) == ("course", "module")
    assert [page.key for page in module.children] == ["etika/loket/mengapa", "etika/loket/kedua"]
    assert course.values["introduction"] == "<p>Pengantar.</p>"
    assert module.children[0].values["minutes"] == 7
    assert module.children[0].values["required"] is True


def test_digest_follows_the_text_and_not_the_number():
    renumbered = tree(**{"etika/01-loket/09-mengapa.md": LESSON})
    del renumbered["etika/01-loket/01-mengapa.md"]
    before, moved = (parse_tree(files, {})[0].children[0].children[0] for files in (tree(), renumbered))
    changed = parse_tree(tree(LESSON + "Lagi."), {})[0].children[0].children[0]
    assert (before.key, before.digest) == (moved.key, moved.digest)
    assert before.digest != changed.digest


def test_digest_follows_the_picture():
    lesson = LESSON + FIGURE
    before, after = (
        parse_tree(tree(lesson, **{"etika/01-loket/a.svg": content}), {})[0].children[0].children[0]
        for content in (SVG, SVG + b"\n")
    )
    assert dict(before.pictures) == {"a.svg": SVG}
    assert before.digest != after.digest


@pytest.mark.parametrize("date", ["2026-11-21", '"2026-11-21"'])
def test_source_keeps_the_day_on_which_the_law_stood(date):
    source = f"sources:\n  - text: UU\n    status_date: {date}\n---\n\n"
    (course,) = parse_tree(tree(LESSON.replace("---\n\n", source)), {})
    assert course.children[0].children[0].values["sources"][0]["status_date"] == "2026-11-21"


def test_bank_lies_beside_its_course():
    bank = "$CATEGORY: Hadiah\n\n::A-01 Buah:: Ya? {TRUE}\n"
    for front, name in ((COURSE, "Etika"), (COURSE.replace("summary", "bank: Pendek\nsummary"), "Pendek")):
        (course,) = parse_tree(tree(**{"etika/course.md": front, "etika/bank.gift": bank}), {})
        assert course.values["bank"] == name
        assert [(one.idnumber, one.category) for one in course.values["questions"]] == [("A-01", "Hadiah")]


def test_folder_of_templates_is_not_read(tmp_path):
    for name in ("_template/course.md", "etika/course.md", "etika/.swp", "README.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(COURSE)
    assert list(read_files(tmp_path)) == ["etika/course.md"]


def test_draft_is_not_published():
    (course,) = parse_tree(tree(LESSON.replace("minutes", "status: draft\nminutes")), {})
    assert course.published
    assert not course.children[0].children[0].published


@pytest.mark.parametrize(
    ("lesson", "line", "words"),
    [
        ("Teks.\n", 1, "front matter"),
        ("---\ntitle: a: b\n---\nx\n", 2, "YAML"),
        ("---\n- a\n---\nx\n", 2, "keys"),
        ("---\nminutes: 7\n---\nx\n", 1, "title"),
        ('---\ntitle: "T"\n---\nx\n', 1, "minutes"),
        ('---\ntitle: "T"\nminutes: 16\n---\nx\n', 3, "minutes"),
        ('---\ntitle: "T"\nminutes: "7"\n---\nx\n', 3, "whole number"),
        ('---\ntitle: "T"\nminutes: 7\nrequired: mungkin\n---\nx\n', 4, "true nor false"),
        ('---\ntitle: "T"\nminutes: 7\nstatus: siap\n---\nx\n', 4, "siap"),
        ('---\ntitle: "T"\nminutes: 7\nwarna: biru\n---\nx\n', 4, "warna"),
        ('---\ntitle: "T"\nminutes: 7\nsources:\n  - url: "https://a.id"\n---\nx\n', 4, "no text"),
        ('---\ntitle: "T"\nminutes: 7\nsources:\n  - text: "A"\n    certainty: yakin\n---\nx\n', 4, "yakin"),
        ('---\ntitle: "T"\nminutes: 7\nsources:\n  - text: "A"\n    url: "javascript:x"\n---\nx\n', 4, "address"),
        ('---\ntitle: "T"\nminutes: 7\nsources:\n  - text: "A"\n    status_date: kemarin\n---\nx\n', 4, "kemarin"),
        ('---\ntitle: "T"\nminutes: 7\nsources:\n  - text: "A"\n    status_date: 2026\n---\nx\n', 4, "2026"),
        ('---\ntitle: "T"\nminutes: 7\n---\n\n', 5, "empty"),
    ],
)
def test_front_matter_mistake_is_named_with_its_line(lesson, line, words):
    problems = problems_of(tree(lesson))
    assert {problem.path for problem in problems} == {"etika/01-loket/01-mengapa.md"}
    assert any(problem.line == line and words in problem.message for problem in problems)


@pytest.mark.parametrize(
    ("files", "path"),
    [
        ({"etika/01-loket/module.md": MODULE}, "etika/course.md"),
        ({"etika/course.md": COURSE, "etika/01-loket/01-a.md": LESSON}, "etika/01-loket/module.md"),
        (tree(**{"etika/01-loket/catatan.txt": "x"}), "etika/01-loket/catatan.txt"),
        (tree(**{"etika/01-loket/02-a.ujian.md": LESSON}), "etika/01-loket/02-a.ujian.md"),
        (tree(**{"etika/01-loket/02-mengapa.md": LESSON}), "etika/01-loket/02-mengapa.md"),
        (tree(**{"etika/01-Loket Dua/module.md": MODULE}), "etika/01-Loket Dua"),
        (tree(**{"01-lepas.md": LESSON}), "01-lepas.md"),
        (tree(**{"etika/01-loket/lepas.svg": SVG}), "etika/01-loket/lepas.svg"),
        (tree(**{"etika/lepas.PNG": b"x"}), "etika/lepas.PNG"),
        (tree(**{"etika/01-loket/bank.gift": "x"}), "etika/01-loket/bank.gift"),
        (tree(**{"etika/01-loket/module.md": b"\xff\xfe"}), "etika/01-loket/module.md"),
    ],
)
def test_file_in_the_wrong_place_is_named(files, path):
    assert path in [problem.path for problem in problems_of(files)]


def test_every_mistake_of_every_file_is_named_at_once():
    problems = problems_of(tree("Teks.\n", **{"etika/course.md": COURSE + "\n# Judul\n"}))
    assert len({problem.path for problem in problems}) == 2
    assert str(problems[0]).startswith("etika/")
