"""Read a question file into the bank, or only show what is in it."""

import json
from collections.abc import Iterator
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from people.models import Agency
from questions import services
from questions.formats import gift
from questions.formats.base import ParsedQuestion, UnreadableFile, as_json, lines_of
from questions.models import Question

PROGRESS_EVERY = 1000


class Command(BaseCommand):
    help = "Import questions from a file. Exits with 1 when one is bad; then nothing is loaded, unless --good-only."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--format", choices=["gift"], default="gift")
        parser.add_argument(
            "--category", metavar="PATH", default="", help="for example Etika/Gratifikasi; made if missing"
        )
        parser.add_argument("--agency", metavar="SLUG", help="whose category it is; without it the category is shared")
        parser.add_argument("--draft", action="store_true", help="load the questions as drafts")
        parser.add_argument("--good-only", action="store_true", help="load the good questions even if some are bad")
        parser.add_argument("--dry-run", action="store_true", help="change nothing, only report")
        parser.add_argument("--json", action="store_true", help="print one JSON object a question")

    def handle(self, *args, **options):
        self.as_json, self.counted, self.bad = options["json"], 0, 0
        try:
            with options["file"].open("rb") as file:
                loaded = self._run(self._reported(gift.read(lines_of(file))), options)
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror}") from error
        except UnreadableFile as error:
            raise CommandError(f"{options['file']}: {error}") from error
        self._tell(loaded)
        if self.bad:
            raise SystemExit(1)

    def _run(self, questions: Iterator[ParsedQuestion], options) -> services.Loaded | None:
        if options["dry_run"]:
            for _question in questions:
                pass
            return None
        state = Question.State.DRAFT if options["draft"] else Question.State.READY
        try:
            return services.import_questions(
                parsed=questions,
                path=options["category"] or _("Imported questions"),
                agency=self._agency(options["agency"]),
                good_only=options["good_only"],
                state=state,
            )
        except services.NothingLoaded as nothing:
            return nothing.loaded

    def _agency(self, slug: str | None) -> Agency | None:
        if slug is None:
            return None
        try:
            return Agency.objects.get(slug=slug)
        except Agency.DoesNotExist:
            known = ", ".join(Agency.objects.order_by("slug").values_list("slug", flat=True)) or "none"
            raise CommandError(f"There is no agency “{slug}”. Known: {known}.") from None

    def _reported(self, questions: Iterator[ParsedQuestion]) -> Iterator[ParsedQuestion]:
        for question in questions:
            self.counted += 1
            self.bad += bool(question.problems)
            if self.as_json:
                self.stdout.write(json.dumps(as_json(question), ensure_ascii=False))
            else:
                for problem in question.problems:
                    self.stdout.write(f"{question.line}: {question.name}: {problem}")
            if self.counted % PROGRESS_EVERY == 0:
                self.stderr.write(f"{self.counted} …")
            yield question

    def _tell(self, loaded: services.Loaded | None) -> None:
        told = f"{self.counted} questions, {self.bad} bad"
        if loaded is None:
            self.stderr.write(f"{told}; nothing loaded (dry run)")
        elif not loaded.is_kept:
            self.stderr.write(f"{told}; nothing loaded (--good-only loads the good ones)")
        else:
            self.stderr.write(
                f"{told}; {loaded.created} new, {loaded.changed} changed, {loaded.unchanged} as they were"
            )
