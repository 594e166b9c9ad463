"""Rebuild outlines and editions of all courses, as the clock does; changes nothing where nothing changed."""

from django.core.management.base import BaseCommand

from courses.services import refresh_courses


class Command(BaseCommand):
    help = "Rebuild the outline of every course and make new editions where structure or rules changed."

    def handle(self, **options):
        self.stdout.write(f"{refresh_courses()} courses looked at")
