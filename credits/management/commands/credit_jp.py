"""`manage.py credit_jp [--days N] [--check] [--json]`: credit what is missing, or prove that the ledger is right."""

import datetime as dt
import json
import sys

from django.core.management.base import BaseCommand
from django.utils import timezone

from credits.checks import differences
from credits.queries import unsettled_achievements
from credits.services import settle


class Command(BaseCommand):
    help = (
        "Credit achievements that have no JP yet and take back those that were undone; with --check change nothing, "
        "recompute every row with the rules it was decided with, and exit with 1 if anything differs."
    )

    def add_arguments(self, parser):
        parser.add_argument("--days", type=int, help="look only at achievements of the last days")
        parser.add_argument("--check", action="store_true", help="change nothing; name what is missing or differs")
        parser.add_argument("--json", action="store_true", help="with --check: one JSON object a line")

    def handle(self, *, days: int | None, check: bool, **options):
        unsettled = unsettled_achievements()
        if days is not None:
            unsettled = unsettled.filter(achieved_at__gte=timezone.now() - dt.timedelta(days=days))
        ids = list(unsettled.values_list("pk", flat=True))
        if check:
            self._check(ids, as_json=options["json"])
            return
        rows = settle(achievement_ids=ids)
        self.stdout.write(f"{len(ids)} achievements settled, {rows} rows written.")

    def _check(self, unsettled: list[int], *, as_json: bool) -> None:
        for achievement_id in unsettled:
            self.stdout.write(
                json.dumps({"achievement": achievement_id, "field": "entries"})
                if as_json
                else f"achievement {achievement_id} has no rows, or rows though it was undone"
            )
        checked, found = 0, len(unsettled)
        for count, chunk in differences():
            checked, found = checked + count, found + len(chunk)
            for one in chunk:
                said = f"entry {one.entry}: {one.field} is {one.stored}, should be {one.recomputed}"
                self.stdout.write(json.dumps(one.as_data()) if as_json else said)
        if not as_json:
            self.stdout.write(f"{checked} rows checked, {found} differences.")
        if found:
            sys.exit(1)
