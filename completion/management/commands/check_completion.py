"""`manage.py check_completion [--json] [--repair]`: recompute everything from the events and name every difference."""

import json
import sys
import time

from django.core.management.base import BaseCommand

from completion.checks import differences
from completion.models import Enrolment
from completion.services import recompute


class Command(BaseCommand):
    help = "Recompute completion from the events, name every difference and exit with 1 if there is any."

    def add_arguments(self, parser):
        parser.add_argument("--json", action="store_true", help="one JSON object a line for each difference")
        parser.add_argument("--repair", action="store_true", help="write what the events say")

    def handle(self, **options):
        as_json, repair = options["json"], options["repair"]
        total, checked, found, began = Enrolment.objects.count(), 0, 0, time.monotonic()
        for count, chunk in differences():
            checked += count
            found += len(chunk)
            for difference in chunk:
                self.stdout.write(self._line(difference, as_json=as_json))
            if repair:
                self._repair({difference.enrolment for difference in chunk})
            self.stderr.write(f"{checked} of {total} enrolments, {found} differences, {time.monotonic() - began:.0f} s")
        if not as_json:
            self.stdout.write(f"{checked} enrolments checked, {found} differences{' repaired' if repair else ''}.")
        if found:
            sys.exit(1)

    def _line(self, difference, *, as_json: bool) -> str:
        data = difference.as_data()
        if as_json:
            return json.dumps(data)
        place = f"activity {data['activity']}" if data["activity"] else "the course"
        values = f"{data['field']} is {data['stored']}, should be {data['recomputed']}"
        return f"enrolment {data['enrolment']}, {place}: {values}"

    def _repair(self, enrolment_ids: set[int]) -> None:
        for enrolment in Enrolment.objects.filter(pk__in=enrolment_ids).order_by("pk"):
            recompute(enrolment=enrolment)
