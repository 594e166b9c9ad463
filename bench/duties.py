"""Measure gathering the people of a standing duty: seconds and queries a batch of 500, new and when nothing is new.

    DATABASE_URL=sqlite:////tmp/bench.sqlite3 DJANGO_SETTINGS_MODULE=bench.plain_settings python bench/duties.py 10000

It writes into the database it is given; give it an empty one that is migrated.
"""

import datetime as dt
import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.plain_settings")

import django

django.setup()

from django.db import connection  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone  # noqa: E402

from completion.models import Assignment, Duty, Enrolment  # noqa: E402
from completion.services import apply_duty  # noqa: E402
from completion.services.following import BATCH  # noqa: E402
from people.models import Audience, Employment, Person, Post, Unit  # noqa: E402
from tests import factories  # noqa: E402


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    duty = make_duty(count)
    print(f"{count} people, {connection.vendor}")
    measured("new", duty, count)
    measured("nothing new", duty, count)
    done_at = timezone.now() - dt.timedelta(days=360)
    Enrolment.objects.filter(course=duty.course).update(
        state="finished", completion=2, completed_at=done_at, required_complete=2
    )
    measured("all run out", duty, count)
    measured("nothing new", duty, count)
    print(f"{Assignment.objects.count()} assignments, {Enrolment.objects.count()} enrolments")


def make_duty(count: int) -> Duty:
    unit = factories.UnitFactory()
    today = timezone.localdate()
    people = Person.objects.bulk_create([Person(name=f"Orang {n}") for n in range(count)], batch_size=2000)
    Post.objects.bulk_create(
        [Post(person=person, unit=unit, title="Analis", valid_from=today) for person in people], batch_size=2000
    )
    Employment.objects.bulk_create(
        [
            Employment(
                person=person, agency=unit.agency, kind="pns", valid_from=today, nip=factories.synthetic_nip(9_000 + n)
            )
            for n, person in enumerate(people)
        ],
        batch_size=2000,
    )
    group = Audience.objects.create(agency=unit.agency, name="Semua")
    group.units.set(Unit.objects.filter(pk=unit.pk))
    return Duty.objects.create(
        agency=unit.agency,
        audience=group,
        course=factories.make_course(),
        reason="Bench",
        due_days=30,
        valid_months=12,
        made_by=people[0],
    )


def measured(name: str, duty: Duty, count: int) -> None:
    with CaptureQueriesContext(connection) as told:
        began = time.perf_counter()
        applied = apply_duty(duty=duty)
        took = time.perf_counter() - began
    batches = -(-count // BATCH)
    people = applied.asked + applied.again
    print(f"{name}: {took:.2f} s, {len(told)} queries ({len(told) / batches:.1f} a batch of {BATCH}), {people} people")


if __name__ == "__main__":
    main()
