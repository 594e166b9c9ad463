"""How long a file of 10,000 questions takes to read into the bank, by format: seconds of work, and memory.

Run inside a site of its own (`python bench/imports.py`), as `bench/run.py` does.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
QUESTIONS = int(os.environ.get("IMPORTED", "10000"))
FORMATS = ("gift", "moodle_xml")


def questions() -> Iterator:
    """Yield questions of four kinds, of everyday length, as the writers take them."""
    from questions.formats.base import ParsedQuestion
    from questions.kinds import get_kind

    options = [
        {"text": f"Pilihan {letter} yang cukup panjang untuk dibaca di layar ponsel", "feedback": "Lihat pasal 12."}
        for letter in "ABCD"
    ]
    shapes = [
        ("single", {"options": [{**option, "fraction": str(int(n == 1))} for n, option in enumerate(options)]}),
        (
            "multiple",
            {"options": [{**option, "fraction": "1/2" if n < 2 else "-1/2"} for n, option in enumerate(options)]},
        ),
        ("truefalse", {"answer": True, "feedback_true": "Tepat.", "feedback_false": "Baca lagi."}),
        ("shorttext", {"answers": [{"text": "Palembang", "fraction": "1", "feedback": ""}]}),
    ]
    for number in range(QUESTIONS):
        kind, data = shapes[number % len(shapes)]
        text = f"<p>Soal {number}: apa yang Anda lakukan bila tamu meninggalkan bingkisan di meja layanan?</p>"
        cleaned = get_kind(kind).clean({**data, "text": text, "general_feedback": "Catat, lalu laporkan."})
        yield ParsedQuestion(
            kind, f"Soal {number}", cleaned, tags=["loket"], idnumber=f"b-{number}", category="Bench", mark=Fraction(1)
        )


def write_files(folder: Path) -> None:
    import django

    sys.path.insert(0, str(ROOT))
    django.setup()
    from questions.formats.registry import get_format

    for name in FORMATS:
        with (folder / f"bench.{name}").open("wb") as file:
            get_format(name).write(questions(), file, lambda _name: b"")


def main() -> str:
    """Write the files, migrate a database of its own, import each, and return a Markdown table."""
    lines = [f"### Import of {QUESTIONS:,} questions, sqlite", ""]
    lines += ["| format | MB | seconds | CPU s | memory MB |", "|---|---:|---:|---:|---:|"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        environment = {
            **os.environ, "DJANGO_SETTINGS_MODULE": "bench.plain_settings", "VAR_DIR": name,
            "DATABASE_URL": f"sqlite:///{folder / 'db.sqlite3'}", "PYTHONPATH": str(ROOT),
        }  # fmt: skip
        manage = [sys.executable, str(ROOT / "manage.py")]
        subprocess.run([*manage, "migrate", "-v0"], env=environment, check=True)
        subprocess.run([sys.executable, __file__, "--write", name], env=environment, check=True)
        for kind in FORMATS:
            file = folder / f"bench.{kind}"
            before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
            command = [*manage, "import_questions", str(file), "--format", kind, "--category", f"Bench {kind}"]
            done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
            seconds, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
            cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            memory = after.ru_maxrss / 1024
            lines.append(f"| {kind} | {file.stat().st_size / 1e6:.1f} | {seconds:.1f} | {cpu:.1f} | {memory:.0f} |")
            assert f"{QUESTIONS} new" in done.stderr, done.stderr  # noqa: S101
    return "\n".join(lines)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--write"]:
        write_files(Path(sys.argv[2]))
    else:
        print(main())
