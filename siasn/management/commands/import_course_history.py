"""Take course history over from SIASN's layout, after a look at every row."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from people.models import Agency, AgencyRole
from people.queries import person_by_login
from siasn import importing


class Command(BaseCommand):
    help = "Read a CSV or XLSX in the layout of GET rw-kursus, and say what is wrong in which line."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--agency", required=True, help="The agency's slug.")
        parser.add_argument("--by", required=True, help="NIP or e-mail of the organiser who answers for it.")
        parser.add_argument("--load", action="store_true", help="Take over the rows that are right.")

    def handle(self, *, file, agency, by, load, **options):
        found = Agency.objects.filter(slug=agency).first()
        person = person_by_login(by)
        if found is None or person is None:
            raise CommandError("no such agency, or nobody with this NIP or e-mail")
        roles = AgencyRole.objects.current().filter(person=person, agency=found, role=AgencyRole.Role.ORGANISER)
        if not person.is_superuser and not roles.exists():
            raise CommandError(f"{person} does not organise {found}")
        try:
            rows = importing.look_at(file.read_bytes(), agency=found, by=person)
        except (importing.UnreadableHistory, OSError) as error:
            raise CommandError(str(error)) from error
        for row in rows:
            if row.problems:
                self.stdout.write(f"line {row.line}: {'; '.join(row.problems)}")
        good = sum(not row.problems for row in rows)
        self.stdout.write(f"{good} of {len(rows)} rows are right.")
        if load:
            told = importing.load(rows, by=person)
            self.stdout.write(f"{told.loaded} taken over, {told.known} were there before.")
        elif good:
            self.stdout.write("Nothing is written yet; --load takes them over.")
