"""Measure the statistics of a quiz: 100,000 attempts at 20 questions, in seconds and megabytes.

First the arithmetic alone, then from the rows of a temporary SQLite database to the figures (`quizzes.figures`).

The attempts are invented while they are fed, as a database would stream them, by learners of differing ability. They
are fed twice over: once for the time, once under `tracemalloc` (which slows everything) for the memory. Inventing them
is not counted. ATTEMPTS and QUESTIONS choose other sizes. (Not named `statistics`: beside `run.py` it would hide the
standard library's.)
"""

import datetime as dt
import json
import os
import random
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.memory import most_memory
from quizzes.statistics import Attempt, Collector, SlotInfo, VersionInfo, findings

ATTEMPTS = int(os.environ.get("ATTEMPTS", "100000"))
QUESTIONS = int(os.environ.get("QUESTIONS", "20"))
BATCH = 2000
QUIZ = 1
FROM = dt.datetime(2026, 1, 5, 8, tzinfo=dt.UTC)


def main() -> None:
    arithmetic()
    with tempfile.TemporaryDirectory() as folder:
        # Processes of their own: the memory of one who reads is not that of one who has written.
        environment = {**os.environ, "DATABASE_URL": f"sqlite:///{folder}/bench.sqlite3"}
        for part in ("fill", "read"):
            subprocess.run([sys.executable, __file__, part], env=environment, check=True)


def arithmetic() -> None:
    collected, computed, figures = measure_time()
    answers = ATTEMPTS * QUESTIONS
    print(f"statistics of {ATTEMPTS:,} attempts at {QUESTIONS} questions ({answers:,} answers):")
    each = (collected + computed) * 1e6 / answers
    print(f"  collecting {collected:.2f} s, computing {computed:.2f} s, {each:.2f} µs an answer")
    print(f"  most memory at a time: {measure_memory() / 2**20:.0f} MB")
    found = sum(len(findings(item)) for item in figures.items)
    print(f"  mean {figures.mean:.2f}, alpha {figures.alpha:.3f}, findings {found}")


def measure_time():
    """Return the seconds of collecting, those of computing, and the figures."""
    collector, collected, batch = empty(), 0.0, []
    for attempt in attempts():
        batch.append(attempt)
        if len(batch) == BATCH:
            collected += feed(collector, batch)
            batch.clear()
    collected += feed(collector, batch)
    begun = time.perf_counter()
    figures = collector.figures()
    return collected, time.perf_counter() - begun, figures


def feed(collector: Collector, batch: list[Attempt]) -> float:
    begun = time.perf_counter()
    for attempt in batch:
        collector.add(attempt)
    return time.perf_counter() - begun


def measure_memory() -> int:
    """Return the greatest number of bytes in use at a time, from the first attempt to the figures."""
    tracemalloc.start()
    collector = empty()
    for attempt in attempts():
        collector.add(attempt)
    collector.figures()
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most


def empty() -> Collector:
    """Return a collector for questions of four options; every fourth slot is a random one that draws from ten."""
    options = {"a": 1, "b": 0, "c": 0, "d": Fraction(1, 3)}
    versions = {
        version: VersionInfo(question=version, guess=0.25, options=options)
        for slot in range(QUESTIONS)
        for version in versions_of(slot)
    }
    return Collector([SlotInfo(str(slot), 1 + slot % 3) for slot in range(QUESTIONS)], versions)


def versions_of(slot: int) -> range:
    return range(slot * 100, slot * 100 + (10 if slot % 4 == 3 else 1))


def attempts() -> Iterator[Attempt]:
    rng = random.Random(1951)  # noqa: S311  the same attempts every time
    earned = {"a": (1, 1), "b": (0, 1), "c": (0, 1), "d": (1, 3)}
    for _ in range(ATTEMPTS):
        ability = rng.random()
        chosen = ["a" if rng.random() < ability else rng.choice("bcd") for _ in range(QUESTIONS)]
        yield Attempt(
            shares=[earned[response] for response in chosen],
            versions=[rng.choice(versions_of(slot)) for slot in range(QUESTIONS)],
            responses=chosen,
            seconds=rng.randrange(60, 3600),
        )


# --- from the database -----------------------------------------------------------------------------------------------


def fill() -> None:
    """Write the attempts into the tables that the figures read, and no others."""
    use_django()
    from django.db import connection

    from questions import models as questions
    from quizzes import models as quizzes

    tables = [questions.Category, questions.Question, questions.QuestionVersion]
    tables += [quizzes.QuizSlot, quizzes.Attempt, quizzes.AttemptQuestion]
    connection.disable_constraint_checking()
    with connection.schema_editor() as editor:
        for table in tables:
            editor.create_model(table)
    connection.disable_constraint_checking()
    ids = sorted({version for slot in range(QUESTIONS) for version in versions_of(slot)})
    data = {"text": "<p>Apa?</p>", "general_feedback": "", "shuffle": True, "options": options()}
    questions.Question.objects.bulk_create(
        questions.Question(pk=1 + pk, category_id=1, kind="single", name=f"Soal {pk}") for pk in ids
    )
    questions.QuestionVersion.objects.bulk_create(
        questions.QuestionVersion(pk=1 + pk, question_id=1 + pk, number=1, data=data) for pk in ids
    )
    quizzes.QuizSlot.objects.bulk_create(quizzes.QuizSlot(**slot_fields(slot)) for slot in range(QUESTIONS))
    fill_attempts(quizzes)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def options() -> list[dict]:
    earned = {"a": "1", "b": "0", "c": "0", "d": "1/3"}
    return [{"id": key, "text": f"Pilihan {key}", "fraction": earned[key], "feedback": ""} for key in earned]


def slot_fields(slot: int) -> dict:
    """Return a slot; every fourth draws from a category."""
    what = {"category_id": 1} if slot % 4 == 3 else {"question_id": 1 + versions_of(slot)[0]}
    return {"pk": 1 + slot, "sort_order": slot, "quiz_id": QUIZ, "max_mark": 1 + slot % 3, **what}


def fill_attempts(quizzes) -> None:
    """Write the same attempts that the arithmetic was fed, a portion at a time."""
    from django.db import transaction

    batch = []
    with transaction.atomic():
        for number, attempt in enumerate(attempts(), start=1):
            batch.append((number, attempt))
            if len(batch) == BATCH or number == ATTEMPTS:
                quizzes.Attempt.objects.bulk_create(head(quizzes, *one) for one in batch)
                insert(quizzes.AttemptQuestion, [row for one in batch for row in rows(*one)])
                batch.clear()


def head(quizzes, number: int, attempt: Attempt):
    ended = FROM + dt.timedelta(seconds=attempt.seconds)
    return quizzes.Attempt(
        pk=number, quiz_id=QUIZ, person_id=number, enrolment_id=number, number=1, state="graded", started_at=FROM,
        submitted_at=ended, graded_at=ended, score_numerator=1, score_denominator=2, passed=True,
    )  # fmt: skip


def rows(number: int, attempt: Attempt) -> Iterator[dict]:
    """Yield the questions of an attempt as columns; two million model instances would take minutes."""
    answered = zip(attempt.shares, attempt.versions, attempt.responses, strict=True)
    for place, (share, version, given) in enumerate(answered, start=1):
        yield {
            "attempt_id": number, "position": place, "slot_id": place, "version_id": 1 + version, "max_mark": 1,
            "answer": json.dumps({"chosen": [given]}), "share_numerator": share[0], "share_denominator": share[1],
        }  # fmt: skip


def insert(model, rows: list[dict]) -> None:
    """Insert rows of columns; what they leave out has its usual value."""
    from django.db import connection

    fields = [field for field in model._meta.local_concrete_fields if not field.primary_key]
    usual = {
        field.column: field.get_db_prep_save(field.get_default(), connection)
        for field in fields
        if field.column not in rows[0] and not field.null
    }
    columns = [*rows[0], *usual]
    names, marks = ", ".join(columns), ", ".join(["%s"] * len(columns))
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {model._meta.db_table} ({names}) VALUES ({marks})",  # noqa: S608
            [(*row.values(), *usual.values()) for row in rows],
        )


def read() -> None:
    """Compute the figures from the rows, and say what it took."""
    use_django()
    from quizzes import figures
    from quizzes.models import QuizPage

    before = most_memory()
    begun, worked = time.perf_counter(), time.process_time()
    found = figures.compute(QuizPage(pk=QUIZ, content_type_id=1))
    seconds, cpu = time.perf_counter() - begun, time.process_time() - worked
    each, grown = cpu * 1e6 / (ATTEMPTS * QUESTIONS), most_memory() - before
    print(f"the same from a SQLite database: {seconds:.1f} s ({cpu:.1f} s CPU), {each:.1f} µs an answer,")
    print(f"  {grown:.0f} MB more in use")
    print(f"  attempts {found.attempts:,}, mean {found.mean:.2f}, alpha {found.alpha:.3f}")


def use_django() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.plain_settings")
    import django

    django.setup()
    from django.conf import settings

    settings.DEBUG = False  # else every query would be kept


if __name__ == "__main__":
    {"": main, "fill": fill, "read": read}[sys.argv[1] if sys.argv[1:] else ""]()
