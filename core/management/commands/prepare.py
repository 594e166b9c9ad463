"""What `make run` needs before the server starts; changes nothing when it is all there."""

import hashlib
import time
from contextlib import contextmanager
from io import StringIO
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

FIRST_CONTENT = {
    "load_content": "Loading the starter courses",
    "load_demo": "Loading the demonstration organisation",
}


class Command(BaseCommand):
    help = "Bring the database up to date, collect static files, and fill an empty database with the demonstration."

    def handle(self, **options):
        self.migrate()
        self.collect_static()
        self.load_first_content()

    @contextmanager
    def step(self, what: str):
        self.stdout.write(f"{what} …", ending=" ")
        self.stdout.flush()
        started = time.monotonic()
        yield
        self.stdout.write(f"{time.monotonic() - started:.0f} s")

    def migrate(self):
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if plan:
            with self.step(f"Building the database ({len(plan)} migrations)"):
                call_command("migrate", interactive=False, verbosity=0)

    def collect_static(self):
        stamp = Path(settings.STATIC_ROOT) / ".collected"
        files = [storage.path(path) for finder in get_finders() for path, storage in finder.list([])]
        print_of_all = fingerprint(files)
        if stamp.exists() and stamp.read_text() == print_of_all:
            return
        with self.step(f"Collecting and compressing {len(files)} static files"):
            call_command("collectstatic", interactive=False, verbosity=0, clear=True)
            stamp.write_text(print_of_all)

    def load_first_content(self):
        if get_user_model().objects.exists():
            return
        # Broken off in the middle there are still no people: the courses may be loaded twice, and people come at once.
        for command, what in FIRST_CONTENT.items():
            with self.step(what):
                call_command(command, verbosity=0, stdout=StringIO())


def fingerprint(files: list[str]) -> str:
    """Return a text that changes when a file comes, goes or is written to."""
    digest = hashlib.sha256()
    for file in sorted(files):
        status = Path(file).stat()
        digest.update(f"{file}\0{status.st_size}\0{status.st_mtime_ns}\n".encode())
    return digest.hexdigest()
