"""Load the demonstration: three cities, their people, and a year of learning."""

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from courses.editorial import prepare_shelf
from courses.models import CoursePage
from home.demo import ETHICS, make_history
from people.demo import accounts, make_organisation
from people.models import Agency


class Command(BaseCommand):
    help = "Load a demonstration organisation with a year of learning; a second time changes nothing."

    def handle(self, **options):
        if accounts():
            self.stdout.write("The demonstration is here already; nothing was changed.")
            return
        if not CoursePage.objects.filter(slug=ETHICS, live=True).exists():
            raise CommandError("The starter curriculum is missing: run `manage.py load_content` first.")
        today = timezone.localdate()
        with transaction.atomic():
            self.stdout.write("Three cities and their people …")
            people = {account.person.email: account.person for account in make_organisation(today=today)}
            for agency in Agency.objects.all():
                prepare_shelf(agency)
            self.stdout.write("A year of learning …")
            learner = next(person for email, person in people.items() if email.startswith("peserta@"))
            make_history(today=today, learner=learner)
        self.stdout.write(self.style.SUCCESS(f"{len(people)} accounts to try; `manage.py demo_accounts` lists them."))
