"""The background worker, as a command; `core.worker` does the work."""

from django.core.management.base import BaseCommand

from core.worker import Worker


class Command(BaseCommand):
    help = "Run waiting tasks and the jobs of the clock, until stopped. As many as you like may run beside each other."

    def add_arguments(self, parser):
        parser.add_argument("--once", action="store_true", help="Do what is due now, then end.")
        parser.add_argument("--interval", type=float, default=2, help="Seconds to wait when nothing is due (2).")

    def handle(self, *, once, interval, **options):
        worker = Worker(interval=interval)
        if once:
            worker.round()
            return
        worker.configure_signals()
        worker.work()
