"""Measure a night of reminders: how long deciding about 10,000 and 100,000 enrolments takes, and how much memory.

`python bench/reminders.py` fills a temporary SQLite database (or BENCH_DATABASE_URL, an empty one, with a single size)
with people in three zones, a head for each 25 of them, four courses each, a third finished, due over eight weeks. The
first run finds all of it undecided, as after a long outage; the night is the run of the day after; the second run is
the one a quarter of an hour later. Letters are made and wait: what a mail server takes is not measured. SIZES chooses
other numbers of enrolments (`SIZES=1000000` takes some minutes to fill).
"""

import datetime as dt
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[0] = str(ROOT)  # not this folder: files in it are named as apps are

from bench.memory import most_memory  # noqa: E402

SIZES = [int(size) for size in os.environ.get("SIZES", "10000,100000").split(",")]
NIGHT = dt.datetime(2026, 3, 4, 3, tzinfo=dt.UTC)  # ten in the morning in Jakarta, a Wednesday
LONG_AGO = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
COURSES, TEAM, DAYS, PORTION = 4, 25, 28, 5_000


def main() -> None:
    print("### A night of reminders, with supervisors and digests\n")
    print("| enrolments | run | sent | withheld | seconds | enrolments/s | told/s | queries | MB more |")
    print("|---:|---|---:|---:|---:|---:|---:|---:|---:|")
    for size in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            environment = {
                **os.environ, "DJANGO_SETTINGS_MODULE": "bench.plain_settings", "VAR_DIR": folder,
                "DATABASE_URL": os.environ.get("BENCH_DATABASE_URL", f"sqlite:///{folder}/db.sqlite3"),
                "PYTHONPATH": str(ROOT), "LOG_LEVEL": "ERROR",
            }  # fmt: skip
            manage = [sys.executable, str(ROOT / "manage.py")]
            subprocess.run([*manage, "migrate", "-v0"], env=environment, check=True)
            # Processes of their own: the memory of one who reads is not that of one who has written.
            for part in ("fill", "first", "night", "second"):
                done = subprocess.run(
                    [sys.executable, __file__, part, str(size)], env=environment, check=True, stdout=subprocess.PIPE
                )
                if part != "fill":
                    print(row(size, part, json.loads(done.stdout)), flush=True)


def row(size: int, part: str, told: dict) -> str:
    rate = (told["sent"] + told["withheld"]) / told["seconds"]
    return (
        f"| {size:,} | {part} | {told['sent']:,} | {told['withheld']:,} | {told['seconds']:.2f} "
        f"| {size / told['seconds']:,.0f} | {rate:,.0f} | {told['queries']:,} | {told['memory']:.0f} |"
    )


# --- filling ---------------------------------------------------------------------------------------------------------


def fill(size: int) -> None:
    """Write people with their posts, enrolments and assignments, a portion at a time."""
    from django.db import connection, transaction

    from courses.content_loading import load_content
    from courses.models import CoursePage
    from people.models import Agency

    load_content(folder=ROOT / "content")
    agency, _made = Agency.objects.get_or_create(slug="bench", defaults={"name": "Bench", "short_name": "Bench"})
    courses = [(course.pk, course.editions.first().pk) for course in CoursePage.objects.live()[:COURSES]]
    people = size // len(courses)
    for start in range(0, people, PORTION):
        with transaction.atomic():
            fill_portion(range(start, min(start + PORTION, people)), agency, courses)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def fill_portion(numbers: range, agency, courses: list[tuple[int, int]]) -> None:
    from completion.models import Assignment, Enrolment
    from core.zones import Zone
    from people.models import Person, Post, Unit

    first = Unit.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    units = [
        Unit(pk=first + 1 + n, agency=agency, name=f"Bidang {n}", path=f"{first + 1 + n:06d}.", valid_from=LONG_AGO)
        for n in range(-(-len(numbers) // TEAM))
    ]
    Unit.objects.bulk_create(units)
    people = [
        Person(name=f"Orang {n}", email=f"orang{n}@bench.example", password="!", key=f"{n:016x}",  # noqa: S106
               time_zone=Zone.values[n % 3])
        for n in numbers
    ]  # fmt: skip
    Person.objects.bulk_create(people)
    Post.objects.bulk_create(
        Post(person=person, unit=units[n // TEAM], title="Analis", is_head=n % TEAM == 0, valid_from=LONG_AGO)
        for n, person in enumerate(people)
    )
    enrolments, assignments = [], []
    for n, person in zip(numbers, people, strict=True):
        for place, (course, edition) in enumerate(courses):
            enrolment = Enrolment(person=person, course_id=course, edition_id=edition, required_total=9)
            if (n + place) % 3 == 0:
                enrolment.state, enrolment.completion, enrolment.completed_at = "finished", 2, LONG_AGO
            enrolments.append(enrolment)
            due = due_moment((n * 7 + place * 13) % (2 * DAYS + 1) - DAYS, person.time_zone)
            assignments.append(Assignment(enrolment=enrolment, agency=agency, due_at=due, assigned_at=LONG_AGO))
    Enrolment.objects.bulk_create(enrolments, batch_size=1000)
    Assignment.objects.bulk_create(assignments, batch_size=1000)


def due_moment(days: int, zone: str) -> dt.datetime:
    from core.zones import end_of_day

    return end_of_day(NIGHT.date() + dt.timedelta(days=days), zone)


# --- running ---------------------------------------------------------------------------------------------------------


def measure(now: dt.datetime) -> None:
    """Run all that `send_reminders` does but the sending, and print what it took as JSON."""
    from django.db import connection

    from notifications import services

    queries = 0

    def count(execute, *arguments):
        nonlocal queries
        queries += 1
        return execute(*arguments)

    before = most_memory()
    began = time.perf_counter()
    with connection.execute_wrapper(count):
        told = services.remind(now=now)
        services.tell_supervisors(now=now)
        services.tell_teams_of_the_week(now=now)
        services.make_digests(now=now)
    seconds = time.perf_counter() - began
    found = {"seconds": seconds, "queries": queries, "memory": most_memory() - before}
    print(json.dumps({**found, "sent": told.sent, "withheld": told.withheld}))


def use_django() -> None:
    import django

    django.setup()
    from django.conf import settings

    settings.DEBUG = False  # else every query would be kept


if __name__ == "__main__":
    if not sys.argv[1:]:
        main()
    else:
        use_django()
        moments = {"first": NIGHT - dt.timedelta(days=1), "night": NIGHT, "second": NIGHT + dt.timedelta(minutes=15)}
        fill(int(sys.argv[2])) if sys.argv[1] == "fill" else measure(moments[sys.argv[1]])
