"""`manage.py check_completion [--json] [--repair]`: recompute everything from the events and name every difference."""

import json
import sys
import time

from django.core.management.base import BaseCommand

from completion.checks import differences, path_differences
from completion.models import Enrolment, PathEnrolment
from completion.services import recompute, recompute_paths


class Command(BaseCommand):
    help = "Recompute completion from the events, name every difference and exit with 1 if there is any."

    def add_arguments(self, parser):
        parser.add_argument("--json", action="store_true", help="one JSON object a line for each difference")
        parser.add_argument("--repair", action="store_true", help="write what the events say")

    def handle(self, **options):
        self.as_json, self.repair, self.began = options["json"], options["repair"], time.monotonic()
        checked, found = self._check(differences(), Enrolment.objects.count(), "enrolments", self._repair)
        paths, astray = self._check(path_differences(), PathEnrolment.objects.count(), "paths", self._repair_paths)
        if not self.as_json:
            mended = " repaired" if self.repair else ""
            self.stdout.write(f"{checked} enrolments and {paths} paths checked, {found + astray} differences{mended}.")
        if found + astray:
            sys.exit(1)

    def _check(self, chunks, total: int, what: str, repair) -> tuple[int, int]:
        """Go through the chunks, name each difference and tell how far it is; return how many rows and differences."""
        checked = found = 0
        for count, chunk in chunks:
            checked, found = checked + count, found + len(chunk)
            for difference in chunk:
                self.stdout.write(self._line(difference))
            if self.repair and chunk:
                repair(chunk)
            self.stderr.write(
                f"{checked} of {total} {what}, {found} differences, {time.monotonic() - self.began:.0f} s"
            )
        return checked, found

    def _line(self, difference) -> str:
        data = difference.as_data()
        if self.as_json:
            return json.dumps(data)
        values = f"{data['field']} is {data['stored']}, should be {data['recomputed']}"
        if "path_enrolment" in data:
            return f"path enrolment {data['path_enrolment']}: {values}"
        place = f"activity {data['activity']}" if data["activity"] else "the course"
        return f"enrolment {data['enrolment']}, {place}: {values}"

    def _repair(self, chunk) -> None:
        for enrolment in Enrolment.objects.filter(pk__in={d.enrolment for d in chunk}).order_by("pk"):
            recompute(enrolment=enrolment)

    def _repair_paths(self, chunk) -> None:
        recompute_paths(person_ids={difference.person for difference in chunk})
