"""What a visit changes: the first opening of an activity is a fact; what was waiting may have come true meanwhile."""

from django.utils import timezone

from courses.activities import ActivityMixin
from courses.models import CoursePage
from courses.queries import course_rule

from .queries import CourseProgress, progress_on
from .services import recompute, record_opening


def note_opening(page, request, serve_args, serve_kwargs) -> None:
    """Hook `before_serve_page`: record that an enrolled learner opened an activity for the first time.

    Every later opening writes nothing. Previews and editors without an enrolment leave no trace.
    """
    if request.method != "GET" or not isinstance(page, ActivityMixin) or not request.user.is_authenticated:
        return
    progress = progress_on(page, request.user)
    if progress.is_enrolled and not progress.state(page.pk).is_started:
        record_opening(enrolment=progress.enrolment, activity_id=page.pk, revision=page.live_revision_id)


def look_again(page, request, serve_args, serve_kwargs) -> None:
    """Hook `before_serve_page`: complete a course for which only time or another course was missing.

    The clock and the other course do that by themselves; this is for when they were held up.
    """
    if request.method != "GET" or not isinstance(page, CoursePage) or not request.user.is_authenticated:
        return
    progress = progress_on(page, request.user)
    if progress.enrolment is not None and _may_have_come_true(progress):
        recompute(enrolment=progress.enrolment)
        page.__dict__.pop("_course_progress", None)


def _may_have_come_true(progress: CourseProgress) -> bool:
    enrolment = progress.enrolment
    if enrolment is None or not progress.is_waiting:
        return False
    if enrolment.waits_until:
        return enrolment.waits_until <= timezone.now()
    return "courses" in course_rule(enrolment.edition_id)
