"""`manage.py send_reminders`: decide what is due, tell it, and send the letters that wait. Run as often as you like."""

from django.core.management.base import BaseCommand

from notifications import letters, services


class Command(BaseCommand):
    help = "Decide about reminders, tell learners and supervisors, make digests, send waiting e-mails; safe to repeat."

    def handle(self, **options):
        told = services.remind()
        supervisors = services.tell_supervisors() + services.tell_teams_of_the_week()
        digests = services.make_digests()
        sent = letters.send_waiting()
        self.stdout.write(
            f"{told.sent} reminders sent, {told.withheld} withheld, {supervisors} supervisors told, "
            f"{digests} digests, {sent} e-mails sent."
        )
