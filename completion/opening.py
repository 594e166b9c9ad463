"""The first opening of an activity is a fact; every later one writes nothing."""

from courses.activities import ActivityMixin

from .queries import progress_on
from .services import record_opening


def note_opening(page, request, serve_args, serve_kwargs) -> None:
    """Hook `before_serve_page`: record that an enrolled learner opened an activity for the first time.

    Previews and editors without an enrolment leave no trace.
    """
    if request.method != "GET" or not isinstance(page, ActivityMixin) or not request.user.is_authenticated:
        return
    progress = progress_on(page, request.user)
    if progress.is_enrolled and not progress.state(page.pk).is_started:
        record_opening(enrolment=progress.enrolment, activity_id=page.pk, revision=page.live_revision_id)
