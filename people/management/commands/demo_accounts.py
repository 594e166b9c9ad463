"""Print the demonstration's accounts by role, with their password while it is the one that was set."""

from django.contrib.auth.hashers import check_password
from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from people.demo import PASSWORD, accounts


class Command(BaseCommand):
    help = "Print the accounts of the demonstration organisation; nothing on a site of one's own."

    def handle(self, **options):
        rows = accounts()
        if not rows:
            return
        unchanged = {code: check_password(PASSWORD, code) for code in {row.person.password for row in rows}}
        table = [(_("Role"), _("Name"), "NIP", _("E-mail"), _("Password"))]
        for row in rows:
            nip = row.login if row.login != row.person.email else "–"
            password = PASSWORD if unchanged[row.person.password] else _("(changed)")
            table.append((row.role, row.name, nip, row.person.email, password))
        widths = [max(len(str(line[column])) for line in table) for column in range(5)]
        for line in table:
            self.stdout.write(
                "  ".join(str(cell).ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
            )
