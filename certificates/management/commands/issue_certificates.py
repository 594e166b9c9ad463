"""Issue what is missing, revoke what was undone, put in force again what was made anew; run by the clock too."""

import sys

from django.core.management.base import BaseCommand

from certificates.services import settle


class Command(BaseCommand):
    help = "Bring certificates and achievements into agreement; each achievement ends with exactly one certificate."

    def add_arguments(self, parser):
        parser.add_argument("--check", action="store_true", help="change nothing; exit with 1 where they disagree")

    def handle(self, *args, check: bool, verbosity: int, **options):
        found = settle(repair=not check)
        if verbosity:
            words = ("to issue", "to revoke", "to restore") if check else ("issued", "revoked", "restored")
            told = ", ".join(f"{count} {word}" for count, word in zip(found.values(), words, strict=True))
            self.stdout.write(told)
        if check and any(found.values()):
            sys.exit(1)
