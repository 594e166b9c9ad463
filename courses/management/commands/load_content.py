"""Load the starter curriculum; safe to run again and again."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from courses.change_asking import ChangeForm
from courses.changes import COSMETIC, EVERYONE, NEW, Choice
from courses.content_loading import check_content, load_content
from courses.markdown_prose import ContentError
from people.models import Person

HOLDS = {
    NEW: "They keep the version they began with.",
    COSMETIC: "Who is on the way goes on with the new version and keeps every tick.",
    EVERYONE: "All of them are asked for what has changed, until the day that was given.",
}
OTHERWISE = "Choose otherwise with --whom new, --whom cosmetic, or --whom everyone --until YYYY-MM-DD."
LOOK_FIRST = "The choice is made with the load: --dry-run shows whom it would touch, --whom chooses."


class Command(BaseCommand):
    help = "Load the curriculum of content/ into pages and questions. Pages that an editor changed are kept."

    def add_arguments(self, parser):
        parser.add_argument(
            "--path", type=Path, default=settings.BASE_DIR / "content", help="folder (default: content)"
        )
        parser.add_argument(
            "--whom",
            choices=[NEW, COSMETIC, EVERYONE],
            default=NEW,
            help="whom a change touches that asks something else of learners (default: new learners only)",
        )
        parser.add_argument("--until", default="", help="with --whom everyone: the day until which all do it again")
        how = parser.add_mutually_exclusive_group()
        how.add_argument("--check", action="store_true", help="read every file and name its mistakes; write nothing")
        how.add_argument("--dry-run", action="store_true", help="say what would be done, and do nothing")

    def handle(self, *, path, check, dry_run, whom, until, **options):
        if not path.is_dir():
            raise CommandError(f"There is no folder {path}.")
        try:
            if check:
                found = check_content(folder=path)
                self.stdout.write(f"No mistake in {len(found)} courses and paths.")
                return
            report = load_content(folder=path, dry_run=dry_run, choice=_choice(whom, until))
        except ContentError as error:
            for problem in error.problems:
                self.stderr.write(str(problem))
            raise CommandError(f"{len(error.problems)} problems; nothing was loaded.") from None
        self.tell(report, dry_run=dry_run)
        self.tell_of_people(report, whom=whom, dry_run=dry_run)

    def tell(self, report, *, dry_run):
        for line in report.kept:
            self.stdout.write(self.style.WARNING(f"kept     {line}"))
        for line in report.missing:
            self.stdout.write(self.style.WARNING(f"no file  {line}"))
        counts = f"{len(report.made)} made, {len(report.updated)} updated, {len(report.unchanged)} as before"
        self.stdout.write(f"{'Dry run: ' if dry_run else ''}{counts}.")

    def tell_of_people(self, report, *, whom, dry_run):
        """Name the courses that ask something else of those who are in them, what holds, how to choose otherwise."""
        for course, (change, people) in report.touched.items():
            asked = [
                f"{len(change.added)} asked for now",
                f"{len(change.removed)} no longer",
                f"{len(change.changed)} otherwise",
                *(["the course completes otherwise"] if change.course_rule else []),
            ]
            who = f"{people.open} people on their way, {people.finished} finished"
            self.stdout.write(self.style.WARNING(f"people   {course.title}: {', '.join(asked)}; {who}"))
        if report.touched:
            self.stdout.write(f"{HOLDS[whom]} {OTHERWISE if dry_run else LOOK_FIRST}")


def _choice(whom: str, until: str) -> Choice | None:
    """Return what was chosen beyond new learners; an answer that makes no sense raises with what to write."""
    if whom == NEW:
        if until:
            raise CommandError("--until goes with --whom everyone.")
        return None
    form = ChangeForm({"change_effect": whom, "change_due": until})
    if not form.is_valid():
        raise CommandError(f"--until: {' '.join(form.errors['change_due'])} For example: --until 2027-03-31.")
    admin = Person.objects.filter(is_superuser=True, is_active=True).order_by("pk").first()
    if admin is None:
        raise CommandError("Somebody must stand for this decision: make an administrator first (createsuperuser).")
    return Choice(whom, form.cleaned_data["change_due"], admin.pk)
