"""Follow the dates of people's rows: accounts, groups and moves that begin or end today. For the daily clock."""

from django.core.management.base import BaseCommand

from people.services import keep_up


class Command(BaseCommand):
    help = "Bring accounts, groups and moves in line with today's date; harmless to repeat."

    def handle(self, **options):
        self.stdout.write(f"{keep_up()} people looked at")
