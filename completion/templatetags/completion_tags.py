"""The bridge into other apps' templates: how far the reader is, today's page, the form that ends a lesson."""

import datetime as dt
import uuid

from django import template
from django.utils import timezone
from wagtail.models import Page

from completion import queries
from completion.models import ActivityEvent
from completion.policy import score_of
from completion.queries import NOT_ENROLLED, ActivityState, CourseProgress, Today
from completion.reading import open_token
from completion.wording import duration, percentage
from core.templatetags.core_tags import as_moment, jp_text

register = template.Library()

CELEBRATED = "celebrated"


@register.simple_tag(takes_context=True)
def progress_of(context, page: Page) -> CourseProgress:
    """Return the reader's progress in the course around a page; asked once a page, remembered for the request."""
    request = context.get("request")
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or getattr(request, "is_preview", False) or not page.pk:
        return NOT_ENROLLED
    return queries.progress_on(page, user)


@register.filter
def state_of(progress: CourseProgress | None, activity_id: int) -> ActivityState:
    """Return the state of one activity; not started where nothing is known."""
    return (progress or NOT_ENROLLED).state(activity_id)


@register.simple_tag
def today_of(user) -> Today:
    """Return what the signed-in reader should do now."""
    return queries.today_of(user)


@register.simple_tag(takes_context=True)
def ending_of(context, page: Page, progress: CourseProgress) -> dict:
    """Return what the form at the end of a lesson carries: its rule, a fresh id and the signed opening."""
    state = progress.state(page.pk)
    rule = state.rule or page.specific_deferred.activity_rule()["rule"]
    token = open_token(person_id=context["request"].user.pk, activity_id=page.pk, revision=page.live_revision_id)
    return {"state": state, "rule": rule, "client_id": uuid.uuid4(), "opening": token}


@register.simple_tag(takes_context=True)
def is_celebration(context, progress: CourseProgress) -> bool:
    """Say whether to celebrate: the first view of a course that was finished within the last day."""
    request = context.get("request")
    if request is None or not progress.is_finished:
        return False
    enrolment = progress.enrolment
    celebrated = request.session.get(CELEBRATED, [])
    if enrolment.pk in celebrated or timezone.now() - enrolment.completed_at > dt.timedelta(days=1):
        return False
    request.session[CELEBRATED] = [*celebrated[-20:], enrolment.pk]
    return True


@register.filter
def as_duration(seconds: int) -> str:
    return duration(seconds)


@register.filter
def as_share(score: str) -> str:
    """Write a score as events keep it (`"7/10"`) as percent."""
    return percentage(score_of({"score": score}))


@register.filter
def as_exact_jp(jp) -> str:
    """Write an exact number of JP."""
    return jp_text(jp)


@register.filter
def in_its_zone(event: ActivityEvent) -> str:
    """Write when an event counts, in the zone that was decided with it."""
    with timezone.override(event.zone):
        return as_moment(event.effective_at)
