"""Rebuild outlines and editions of all courses: after restoring a copy, or when a process died between a commit and its
refresh. Changes nothing where nothing changed."""

from django.core.management.base import BaseCommand

from courses.models import CoursePage
from courses.services import refresh_course


class Command(BaseCommand):
    help = "Rebuild the outline of every course and make new editions where structure or rules changed."

    def handle(self, **options):
        for course in CoursePage.objects.order_by("path"):
            edition = refresh_course(course=course)
            self.stdout.write(f"{course.title}: {f'edition {edition.number}' if edition else 'nothing live yet'}")
