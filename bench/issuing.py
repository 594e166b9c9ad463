"""Measure certificates a second: the row with its number and facts, the PDF, and the PDF with its signature.

Rows are issued in a database of their own, in batches as a change for everyone announces them, and one by one as a
learner who finishes does. CERTIFICATES (2000) says how many rows; PDFS (100) how many documents. The milliseconds are
the processor's: what a busy machine disturbs least.
"""

import os
import platform
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
ROWS = int(os.environ.get("CERTIFICATES", "2000"))
PDFS = int(os.environ.get("PDFS", "100"))


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(
            VAR_DIR=folder,
            DATABASE_URL=f"sqlite:///{folder}/db.sqlite3",
            DJANGO_SETTINGS_MODULE="bench.plain_settings",
        )
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        lines = measure()
    print(f"\n### certificates ({os.cpu_count()} cores, Python {platform.python_version()}, SQLite)\n")
    print("| what | CPU each | a second |\n|---|---:|---:|")
    for what, count, (seconds, cpu) in lines:
        print(f"| {what} | {1000 * cpu / count:.2f} ms | {count / seconds:.0f} |", flush=True)


def measure() -> list[tuple[str, int, tuple[float, float]]]:
    """Return what was done, how often, and the seconds it took, of the clock and of the processor."""
    from certificates import documents, services, signing
    from certificates.models import Certificate, CertificateVersion

    ids = achievements()
    alone = ids[: ROWS // 10]
    found = [("row, one by one", len(alone), timed(lambda: [services.issue(achievement_ids=[pk]) for pk in alone]))]
    many = ids[len(alone) :]

    def issue_all() -> None:
        for start in range(0, len(many), services.BATCH):
            services.issue(achievement_ids=many[start : start + services.BATCH])

    found.append(("row, in batches of 500", len(many), timed(issue_all)))
    if Certificate.objects.count() != len(ids):
        sys.exit("not every achievement has its certificate")
    versions = list(CertificateVersion.objects.all()[: 2 * PDFS])
    signing.platform_key()  # made once on a machine
    plain = documents.write(versions[0], assurance="platform")
    for what, work in (
        ("PDF", lambda: [documents.write(version, assurance="platform") for version in versions[:PDFS]]),
        ("signature", lambda: [signing.signer().sign(plain, reason="Sertifikat") for _ in range(PDFS)]),
        ("PDF, signed and stored", lambda: [services.ensure_pdf(version=version) for version in versions[PDFS:]]),
    ):
        found.append((what, PDFS, timed(work)))
    found.append(("check that none is missing", len(ids), timed(lambda: services.settle(repair=False))))
    return found


def timed(work) -> tuple[float, float]:
    start, before = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - start, time.process_time() - before


def achievements() -> list[int]:
    """Make people with one achievement each, and return the ids."""
    from django.utils import timezone

    from completion.models import Achievement
    from people.models import Agency, Person

    agency = Agency.objects.create(name="BKPSDM Kota Contoh", short_name="BKPSDM", slug="contoh")
    people = Person.objects.bulk_create([Person(name=f"Peserta {n}") for n in range(ROWS)])
    today = timezone.localdate()
    rows = [
        Achievement(
            person=person, agency=agency, kind="course", subject_id=1, title="Melayani dengan Empati",
            programme_minutes=180, form="elearning", started_on=today, local_date=today, achieved_at=timezone.now(),
            zone="Asia/Jakarta", facts={"name": person.name, "organiser": agency.name, "edition": 1},
        )
        for person in people
    ]  # fmt: skip
    Achievement.objects.bulk_create(rows)
    return list(Achievement.objects.order_by("pk").values_list("pk", flat=True))


if __name__ == "__main__":
    main()
