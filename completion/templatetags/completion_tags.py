"""The bridge into other apps' templates: how far the reader is, today's page, the form that ends a lesson."""

import datetime as dt
import uuid

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from wagtail.models import Page

from completion import queries
from completion.models import ActivityEvent
from completion.policy import score_of
from completion.queries import NOT_ENROLLED, ActivityState, CourseProgress, Today
from completion.reading import open_token
from completion.wording import duration, percentage
from core import pieces
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
def activity_rows(activities, progress, *, opens: bool = False, why: bool = False, current: int = 0) -> SafeString:
    """Draw activities of an outline and how far the learner is; `current` is being read, `why` links a tick's reasons.

    A row's inside is the same for all who are as far, so it is remembered; what is the learner's own stands around it.
    """
    return mark_safe("".join(_row(one, progress, opens, why, current) for one in activities))  # noqa: S308


def _row(activity, progress: CourseProgress, opens: bool, why: bool, current: int) -> str:
    state = (progress or NOT_ENROLLED).state(activity.id)
    here = activity.id == current
    done = int(state.completion)
    inside = pieces.draw("courses/activity_row.html", activity=activity, completion=done, opens=opens and not here)
    reasons = _reasons_link(progress, activity) if why and state.is_complete else ""
    return f'<div class="row"{HERE if here else ""}>{inside}{reasons}</div>'


HERE = ' aria-current="page"'


def _reasons_link(progress: CourseProgress, activity) -> SafeString:
    return format_html(
        '<a class="button button--plain button--small no-print" href="{}">{}'
        '<span class="visually-hidden"> {}</span></a>',
        reverse("completion:why", args=[progress.enrolment.pk, activity.id]),
        _("Why?"),
        activity.title,
    )


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
