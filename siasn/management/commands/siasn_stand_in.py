"""A stand-in for SIASN's service on this machine, to try the connector without BKN."""

import time
from collections import deque

from django.core.management.base import BaseCommand, CommandError

from people.models import Employment
from siasn.stand_in import BASE, FAILURES, StandIn, serve


class Command(BaseCommand):
    help = "Answer like SIASN's course history, strictly, on 127.0.0.1, knowing the people here who have a SIASN id."

    def add_arguments(self, parser):
        parser.add_argument("--port", type=int, default=8899)
        parser.add_argument(
            "--fail", action="append", default=[], metavar="KIND",
            help=f"Fail so at the next call; again for the one after it. One of {', '.join(FAILURES)}, or ok.",
        )  # fmt: skip

    def handle(self, *, port, fail, **options):
        if unknown := set(fail) - set(FAILURES) - {"ok"}:
            raise CommandError(f"unknown failure: {', '.join(unknown)}")
        known = Employment.objects.current().exclude(person__siasn_id="")
        people = dict(known.values_list("nip", "person__siasn_id"))
        stand_in = StandIn(people=people, failures=deque("" if kind == "ok" else kind for kind in fail))
        server = serve(stand_in, port=port)
        root = f"http://127.0.0.1:{server.server_port}"
        self.stdout.write(
            f"{len(people)} people. Give the site:\n"
            f"SIASN_BASE_URL={root}{BASE}\nSIASN_TOKEN_URL={root}/oauth2/token\n"
            "SIASN_CONSUMER_KEY=key\nSIASN_CONSUMER_SECRET=secret\nSIASN_SSO_TOKEN=sso\nEnd with Ctrl-C."
        )
        told = 0
        try:
            while True:
                time.sleep(0.5)
                for call in stand_in.calls[told:]:
                    self.stdout.write(call)
                    told += 1
        except KeyboardInterrupt:
            server.shutdown()
            server.server_close()
