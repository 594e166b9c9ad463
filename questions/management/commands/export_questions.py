"""Write the questions of a category, with those of the categories in it, to a file."""

import os
import tempfile
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from questions import exporting
from questions.formats.base import Format, LeftOut
from questions.formats.registry import FORMATS, guess_format
from questions.management.agencies import agency_with
from questions.models import Category


class Command(BaseCommand):
    help = "Export a category, with those in it, to a file. Exits with 1 when a question could not be written."

    def add_arguments(self, parser):
        parser.add_argument("category", metavar="CATEGORY", help="for example Etika/Gratifikasi")
        parser.add_argument("file", type=Path, metavar="FILE")
        names = sorted(known.name for known in exporting.writable_formats())
        parser.add_argument("--format", choices=names, help="without it the file's name tells")
        parser.add_argument("--agency", metavar="SLUG", help="whose category it is; without it a shared one")

    def handle(self, *args, **options):
        category, path = self._category(options["category"], options["agency"]), options["file"]
        known = self._format(path, options["format"])
        questions = exporting.questions_in(category)
        try:
            lost = _write(questions, category, known, path)
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror or error}") from error
        self._tell(questions.count(), lost)
        if any(left.is_whole for left in lost):
            raise SystemExit(1)

    def _category(self, path: str, slug: str | None) -> Category:
        agency = agency_with(slug)
        category = exporting.category_by_path(path=path, agency=agency)
        if category is None:
            tops = Category.objects.filter(agency=agency, parent=None).values_list("name", flat=True)
            known = ", ".join(tops) or "none"
            owner = f"The agency “{slug}” has" if agency else "Without --agency there is"
            raise CommandError(f"{owner} no category “{path}”. At the top: {known}.")
        return category

    def _format(self, path: Path, name: str | None) -> Format:
        found = FORMATS[name] if name else guess_format(path.name)
        if found is None or found.write is None:
            names = "|".join(known.name for known in exporting.writable_formats())
            raise CommandError(f"{path}: the name does not tell the format. Say it: --format {names}")
        return found

    def _tell(self, count: int, lost: list[LeftOut]) -> None:
        for left in lost:
            self.stdout.write(f"{left.name}: {left.why}")
        whole = sum(left.is_whole for left in lost)
        told = f"{count - whole} questions written"
        if whole:
            told += f", {whole} could not be"
        if len(lost) > whole:
            told += f", {len(lost) - whole} with something left out"
        self.stderr.write(told)


def _write(questions, category: Category, known: Format, path: Path) -> list[LeftOut]:
    """Write beside the file first, so that a failure leaves no half file and an older one stays."""
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
        try:
            lost = exporting.write_questions(questions, to=file, known=known, top=category)
            file.flush()
            os.chmod(file.name, 0o644)
            os.replace(file.name, path)
        except BaseException:
            os.unlink(file.name)
            raise
    return lost
