"""Read a question file into the bank, or only show what is in it."""

import json
from collections.abc import Iterator
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from questions import loading
from questions.formats.base import Format, ParsedQuestion, UnreadableFile, as_json
from questions.formats.registry import FORMATS
from questions.management.agencies import agency_with
from questions.models import Question

PROGRESS_EVERY = 1000


class Command(BaseCommand):
    help = "Import questions from a file. Exits with 1 when one is bad; then nothing is loaded, unless --good-only."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--format", choices=sorted(FORMATS), help="without it the file tells by its name")
        parser.add_argument(
            "--category", metavar="PATH", default="", help="for example Etika/Gratifikasi; made if missing"
        )
        parser.add_argument("--agency", metavar="SLUG", help="whose category it is; without it the category is shared")
        parser.add_argument("--draft", action="store_true", help="load the questions as drafts")
        parser.add_argument("--good-only", action="store_true", help="load the good questions even if some are bad")
        parser.add_argument("--dry-run", action="store_true", help="change nothing, only report")
        parser.add_argument("--json", action="store_true", help="print one JSON object a question")

    def handle(self, *args, **options):
        self.as_json, self.counted, self.bad, self.noted = options["json"], 0, 0, 0
        path = options["file"]
        try:
            with path.open("rb") as file:
                known = self._format(path, file, options["format"])
                loaded = self._run(self._reported(known.read(file)), options)
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror or error}") from error
        except UnreadableFile as error:
            raise CommandError(f"{path}: {error}") from error
        self._tell(loaded)
        if self.bad:
            raise SystemExit(1)

    def _format(self, path: Path, file, name: str | None) -> Format:
        if name:
            return FORMATS[name]
        found = loading.format_of(path.name, file)
        if found is None:
            raise CommandError(f"{path}: the name does not tell the format. Say it: --format {'|'.join(FORMATS)}")
        return found

    def _run(self, questions: Iterator[ParsedQuestion], options) -> loading.Loaded | None:
        if options["dry_run"]:
            for _question in questions:
                pass
            return None
        state = Question.State.DRAFT if options["draft"] else Question.State.READY
        try:
            return loading.import_questions(
                parsed=questions,
                path=options["category"] or _("Imported questions"),
                agency=agency_with(options["agency"]),
                good_only=options["good_only"],
                state=state,
                on_written=self._written,
            )
        except loading.NothingLoaded as nothing:
            return nothing.loaded

    def _reported(self, questions: Iterator[ParsedQuestion]) -> Iterator[ParsedQuestion]:
        for question in questions:
            self.counted += 1
            self.bad += bool(question.problems)
            self.noted += bool(question.notices)
            if self.as_json:
                self.stdout.write(json.dumps(as_json(question), ensure_ascii=False))
            else:
                for problem in question.problems:
                    self.stdout.write(f"{question.line}: {question.name}: {problem}")
                for notice in question.notices:
                    self.stdout.write(f"{question.line}: {question.name}: ({notice})")
            if self.counted % PROGRESS_EVERY == 0:
                self.stderr.write(f"{self.counted} read …")
            yield question

    def _written(self, count: int) -> None:
        if self.counted > PROGRESS_EVERY:
            self.stderr.write(f"{count} written …")

    def _tell(self, loaded: loading.Loaded | None) -> None:
        told = f"{self.counted} questions, {self.bad} bad"
        if self.noted:
            told += f", {self.noted} with something left out"
        if loaded is None:
            self.stderr.write(f"{told}; nothing loaded (dry run)")
        elif not loaded.is_kept:
            self.stderr.write(f"{told}; nothing loaded (--good-only loads the good ones)")
        else:
            self.stderr.write(
                f"{told}; {loaded.created} new, {loaded.changed} changed, {loaded.unchanged} as they were"
            )
