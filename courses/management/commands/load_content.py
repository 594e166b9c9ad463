"""Load the starter curriculum; safe to run again and again."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from courses.content_loading import load_content
from courses.markdown_prose import ContentError


class Command(BaseCommand):
    help = "Load the curriculum of content/ into pages and questions. Pages that an editor changed are kept."

    def add_arguments(self, parser):
        parser.add_argument(
            "--path", type=Path, default=settings.BASE_DIR / "content", help="folder (default: content)"
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would be done, and do nothing")

    def handle(self, *, path, dry_run, **options):
        if not path.is_dir():
            raise CommandError(f"There is no folder {path}.")
        try:
            report = load_content(folder=path, dry_run=dry_run)
        except ContentError as error:
            for problem in error.problems:
                self.stderr.write(str(problem))
            raise CommandError(f"{len(error.problems)} problems; nothing was loaded.") from None
        self.tell(report, dry_run=dry_run)

    def tell(self, report, *, dry_run):
        for line in report.kept:
            self.stdout.write(self.style.WARNING(f"kept     {line}"))
        for line in report.missing:
            self.stdout.write(self.style.WARNING(f"no file  {line}"))
        counts = f"{len(report.made)} made, {len(report.updated)} updated, {len(report.unchanged)} as before"
        self.stdout.write(f"{'Dry run: ' if dry_run else ''}{counts}.")
