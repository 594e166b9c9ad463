"""Measure the record of learning at scale: a rule change for everyone, and the proof that stored = recomputed.

Each size (SIZES, enrolments; default 10000,100000) fills a database of its own: people with a main post in one of many
units, in one course of eight lessons, half of them finished, a quarter on the way. Then, in processes of their own: a
published change "for everyone again" and one that is "cosmetic", with seconds, rows and queries, and
`check_completion` with rows per second and the most memory. With PostgreSQL give DATABASE_URL of an empty database and
one size; the default is SQLite in a temporary folder. The first 10,000 are made one by one, the rest as copies of them.
"""

import datetime as dt
import os
import subprocess
import sys
import tempfile
import time
import uuid
from collections import Counter
from pathlib import Path
from unittest.mock import patch

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench.memory import most_memory  # noqa: E402

SIZES = [int(size) for size in os.environ.get("SIZES", "10000,100000").split(",")]
LESSONS = 8
SECONDS = 60
CHUNK = 5_000
MADE = 10_000  # enrolments made one by one; more are copies
BEGUN = dt.datetime(2026, 3, 2, 1, tzinfo=dt.UTC)


def main() -> None:
    for size in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            url = os.environ.get("DATABASE_URL") or f"sqlite:///{folder}/bench.sqlite3"
            environment = {
                **os.environ, "DATABASE_URL": url, "SIZE": str(size), "VAR_DIR": folder, "LOG_LEVEL": "WARNING",
                "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", "bench.plain_settings"),
            }  # fmt: skip
            print(f"record of learning with {size:,} enrolments ({url.partition(':')[0]}):", flush=True)
            for part in ("fill", "check", "everyone", "cosmetic"):
                subprocess.run([sys.executable, __file__, part], env=environment, check=True)


def fill(size: int) -> None:
    """Make the rows as the services would have left them."""
    from django.core.management import call_command
    from django.db import connection
    from django.utils import timezone

    call_command("migrate", verbosity=0)
    from completion.models import ActivityEvent, ActivityProgress, Enrolment
    from completion.services.achieving import achieve_courses
    from courses.models import LessonPage, ShelfPage
    from courses.queries import latest_edition
    from courses.services import refresh_course
    from people.models import Agency, Person, Post, Unit
    from tests.factories import AgencyFactory, UnitFactory, make_course

    begun = time.perf_counter()
    agency: Agency = AgencyFactory()
    units: list[Unit] = [UnitFactory(agency=agency) for _ in range(20)]
    shelf = ShelfPage.objects.get(agency=agency)  # made with the agency
    course = make_course(parent=shelf, lessons=LESSONS, minimum_seconds=SECONDS)
    refresh_course(course=course)
    edition = latest_edition(course)
    lessons = list(LessonPage.objects.descendant_of(course).order_by("path").values_list("pk", flat=True))
    Person.objects.create_superuser(password=str(uuid.uuid4()), email="bench@contoh.example")
    made = min(size, MADE)
    for first in range(0, made, CHUNK):
        numbers = range(first, min(first + CHUNK, made))
        people = Person.objects.bulk_create(
            Person(name=f"Orang {number}", email=f"bench{number}@contoh.example") for number in numbers
        )
        Post.objects.bulk_create(
            Post(person=person, unit=units[number % 20], title="Analis", valid_from=dt.date(2020, 1, 1))
            for number, person in zip(numbers, people, strict=True)
        )
        enrolments = Enrolment.objects.bulk_create(
            _enrolment(number, person, course, edition, units[number % 20], lessons)
            for number, person in zip(numbers, people, strict=True)
        )
        told = [
            (enrolment, lesson, _read_at(place))
            for enrolment in enrolments
            for place, lesson in enumerate(lessons[: enrolment.required_complete])
        ]
        ActivityEvent.objects.bulk_create(
            ActivityEvent(
                enrolment=enrolment, activity_id=lesson, person_id=enrolment.person_id, kind="read",
                data={"seconds": SECONDS, "reached_end": True, "opening": "1"}, client_id=uuid.uuid4(),
                received_at=at, effective_at=at, zone="Asia/Jakarta", local_date=at.date(),
            )
            for enrolment, lesson, at in told
        )  # fmt: skip
        ActivityProgress.objects.bulk_create(
            ActivityProgress(
                enrolment=enrolment, activity_id=lesson, completion=2, seconds=SECONDS, first_at=at, last_at=at,
                completed_at=at,
            )
            for enrolment, lesson, at in told
        )  # fmt: skip
        finished = [enrolment for enrolment in enrolments if enrolment.completion == 2]
        with patch("completion.services.achieving.announce"):  # nobody is told: certificates and JP are not measured
            achieve_courses(finished)
    while made < size:
        made += _copy(min(made, size - made), made)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    print(f"  filled in {time.perf_counter() - begun:.0f} s ({timezone.now():%H:%M})", flush=True)


def _copy(wanted: int, there: int) -> int:
    """Copy the first people with all they have done; as many as are `wanted` of those `there`. Return how many."""
    from django.db.models import BigIntegerField, CharField, ExpressionWrapper, F, Value
    from django.db.models.functions import Concat

    from completion.models import Achievement, ActivityEvent, ActivityProgress, Enrolment
    from core.inserting import RandomUUID, insert_from
    from people.models import Person, Post

    enrolment, person = Enrolment.objects.order_by("pk").values_list("pk", "person")[:1].get()
    people = Person.objects.filter(pk__gte=person, pk__lt=person + wanted)
    theirs = {"enrolment__gte": enrolment, "enrolment__lt": enrolment + wanted}

    def copied(rows, model, **changed):
        kept = {field.name: F(field.name) for field in model._meta.concrete_fields if not field.primary_key}
        insert_from(rows.order_by("pk"), model, **{**kept, **changed})

    def shifted(name: str):
        return ExpressionWrapper(F(name) + Value(there), output_field=BigIntegerField())

    copied(
        people,
        Person,
        email=Concat(Value(f"salinan{there}-"), F("email"), output_field=CharField()),
        key=Concat(Value(f"{there}-"), F("key"), output_field=CharField()),
    )
    copied(Post.objects.filter(person__in=people), Post, person=shifted("person_id"))
    copied(
        Enrolment.objects.filter(pk__gte=enrolment, pk__lt=enrolment + wanted), Enrolment, person=shifted("person_id")
    )
    both = {"enrolment": shifted("enrolment_id"), "person": shifted("person_id")}
    copied(ActivityEvent.objects.filter(**theirs), ActivityEvent, **both, client_id=RandomUUID())
    copied(ActivityProgress.objects.filter(**theirs), ActivityProgress, enrolment=shifted("enrolment_id"))
    copied(Achievement.objects.filter(**theirs), Achievement, **both)
    return wanted


def _read_at(place: int) -> dt.datetime:
    return BEGUN + dt.timedelta(hours=place)


def _enrolment(number: int, person, course, edition, unit, lessons):
    from completion.models import Enrolment

    done = (LESSONS, LESSONS, LESSONS // 2, 0)[number % 4]
    values = {"required_complete": done, "required_total": LESSONS, "unit": unit, "enrolled_at": BEGUN}
    if done:
        last = {"last_activity_id": lessons[done - 1], "last_seen_at": _read_at(done - 1)}
        values |= {"started_at": _read_at(0), "completion": 1, **last}
    if done == LESSONS:
        values |= {"state": "finished", "completion": 2, "completed_at": _read_at(done - 1), "unit_at_completion": unit}
    return Enrolment(person=person, course=course, edition=edition, **values)


def check(size: int) -> None:
    from completion.checks import differences

    begun, wrong = time.perf_counter(), 0
    for _checked, found in differences():
        wrong += len(found)
    seconds = time.perf_counter() - begun
    print(
        f"  check_completion: {size / seconds:,.0f} enrolments/s, {most_memory():.0f} MB at most, {wrong} differences",
        flush=True,
    )


def change(size: int, effect: str) -> None:
    """Publish another rule of the first lesson, then carry it to everybody."""
    from django.db import connection

    from completion import receivers, services
    from completion.models import Enrolment
    from courses.models import CoursePage, LessonPage
    from courses.services import refresh_course

    told: list[dict] = []
    carry, receivers.services.apply_change = receivers.services.apply_change, lambda **terms: told.append(terms)
    services_at_once, receivers.changing.AT_ONCE = receivers.changing.AT_ONCE, 10**9
    course = CoursePage.objects.get()
    lesson = LessonPage.objects.descendant_of(course).order_by("path").first()
    lesson.minimum_seconds = {"everyone": SECONDS + 30, "cosmetic": SECONDS + 60}[effect]
    lesson.change_effect, lesson.change_due = effect, dt.date(2027, 6, 30)
    lesson.save()
    refresh_course(course=course)
    receivers.services.apply_change, receivers.changing.AT_ONCE = carry, services_at_once
    queries = Counter()

    def count(execute, sql, params, many, context):
        queries["all"] += 1
        return execute(sql, params, many, context)

    begun, busy = time.perf_counter(), time.process_time()
    with connection.execute_wrapper(count):
        moved = services.apply_change(**told[0])
    seconds, busy = time.perf_counter() - begun, time.process_time() - busy
    print(
        f"  rule change, {effect}: {moved:,} of {Enrolment.objects.count():,} moved in {seconds:.1f} s "
        f"({moved / seconds:,.0f} rows/s; {busy:.1f} s CPU), {queries.total()} queries, {most_memory():.0f} MB at most",
        flush=True,
    )


if __name__ == "__main__":
    part = sys.argv[1] if len(sys.argv) > 1 else ""
    if not part or part.startswith("-"):
        main()
    else:
        import django

        django.setup()
        size = int(os.environ["SIZE"])
        {"fill": fill, "check": check}.get(part, lambda size: change(size, part))(size)
