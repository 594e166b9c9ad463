"""The bridge into other apps' templates: how far the reader is, today's page, the form that ends a lesson."""

import datetime as dt
import uuid

from django import template
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from wagtail.models import Page

from completion import entry, queries
from completion.entry import Entry
from completion.gates import Gate
from completion.models import ActivityEvent
from completion.paths import NOT_IN_PATH, PathStanding, standing_in
from completion.policy import score_of
from completion.queries import NOT_ENROLLED, ActivityState, CourseProgress, Today
from completion.reading import open_token
from completion.wording import conditions, duration, percentage, watching
from completion.wording import rule as rule_in_words
from core import pieces
from core.templatetags.core_tags import as_moment, jp_text, shows_userbar
from courses.outlines import Outline, OutlineActivity, OutlineModule
from courses.paths import PathContents, PathCourse
from courses.queries import course_rule, outline_of
from courses.recordings import recordings_on

register = template.Library()

CELEBRATED = "celebrated"


@register.simple_tag(takes_context=True)
def progress_of(context, page: Page) -> CourseProgress:
    """Return the reader's progress in the course around a page; asked once a page, remembered for the request."""
    request = context.get("request")
    user = getattr(request, "user", None)
    if user is None or getattr(request, "is_preview", False) or not page.pk:
        return NOT_ENROLLED
    return queries.progress_on(page, user) if user.is_authenticated else queries.visitors_progress(outline_of(page))


@register.simple_tag(takes_context=True)
def entry_of(context, course: Page) -> Entry:
    """Return what the reader, who is not in the course, finds at its door."""
    return entry.entry_of(context["request"].user, course)


@register.simple_tag(takes_context=True)
def standing_in_path(context, page: Page) -> PathStanding:
    """Return how far the reader is in a learning path; two queries."""
    request = context.get("request")
    if request is None or getattr(request, "is_preview", False) or not page.pk:
        return NOT_IN_PATH
    return standing_in(page.pk, request.user)


@register.simple_tag
def path_steps(contents: PathContents, standing: PathStanding) -> list[dict]:
    """Return the courses of a path as its page shows them: `{course, state, locked_by, is_next}`.

    `state` is "done", "locked", "begun" or "open".
    """
    titles = {one.course.pk: one.course.title for one in contents.courses}
    ahead = standing.next_of(one.course.pk for one in contents.courses if one.required)
    return [_path_step(one, standing, titles, is_next=one.course.pk == ahead) for one in contents.courses]


def _path_step(one: PathCourse, standing: PathStanding, titles: dict[int, str], *, is_next: bool) -> dict:
    first = standing.first_needed(one.course.pk)
    state = "begun" if one.course.pk in standing.started else "open"
    if one.course.pk in standing.completed:
        state = "done"
    elif first:
        state = "locked"
    return {"course": one, "state": state, "locked_by": titles.get(first or 0, ""), "is_next": is_next}


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
    progress = progress or NOT_ENROLLED
    state, gate = progress.state(activity.id), progress.gate(activity.id)
    edits = opens and not progress.is_enrolled  # an editor may open what is closed, and sees what is hidden
    if gate.is_hidden and not edits:
        return ""
    here = activity.id == current
    if not gate.is_open:
        # Not remembered: the sentence is in the reader's zone.
        row = {"activity": activity, "opens": edits and not here, "sentence": gate.own_sentence}
        return f'<div class="row"{HERE if here else ""}>{render_to_string("courses/locked_row.html", row)}</div>'
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


@register.simple_tag(takes_context=True)
def shown_modules(context, modules: tuple[OutlineModule, ...], progress: CourseProgress) -> list[OutlineModule]:
    """Return the modules that the reader may know of: those hidden until a condition is met only for editors."""
    edits = not progress.is_enrolled and shows_userbar(context.get("request"))
    return [module for module in modules if edits or not progress.gate(module.id).is_hidden]


@register.filter
def gate_of(progress: CourseProgress | None, page_id: int) -> Gate:
    """Return whether an activity or module is open to the reader, and if not when it opens."""
    return (progress or NOT_ENROLLED).gate(page_id)


@register.simple_tag
def next_of(outline: Outline | None, activity_id: int, progress: CourseProgress) -> OutlineActivity | None:
    """Return the activity after one that is open to the reader."""
    return queries.activity_after(outline, activity_id, progress) if outline else None


@register.simple_tag
def previous_of(outline: Outline | None, activity_id: int, progress: CourseProgress) -> OutlineActivity | None:
    """Return the activity before one that is open to the reader."""
    return queries.activity_before(outline, activity_id, progress) if outline else None


@register.simple_tag
def next_lock(outline: Outline | None, progress: CourseProgress) -> dict | None:
    """Return the first part that is still to do and closed, `{activity, sentence}`: what a learner waits for."""
    for activity in outline.activities if outline else ():
        gate = progress.gate(activity.id)
        if activity.required and not gate.is_open and not gate.is_hidden:
            return {"activity": activity, "sentence": gate.sentence}
    return None


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
    ending = {"state": state, "rule": rule, "client_id": uuid.uuid4(), "opening": token}
    return {**ending, **_watching(page, progress)} if rule == "watched" and not state.is_complete else ending


def _watching(page: Page, progress: CourseProgress) -> dict:
    """Return how much was watched, in words, and whether every recording has its text to read instead."""
    recordings = recordings_on(page.specific)
    return {
        "watched": watching(queries.watched_so_far(progress.enrolment, page.pk)),
        "has_text": bool(recordings) and all(recording.transcript for recording in recordings),
    }


@register.simple_tag
def conditions_of(progress: CourseProgress, outline) -> dict | None:
    """Return what a course asks for beside all its required parts, in words, and the courses to complete first.

    None where it asks for nothing else, or where it is complete.
    """
    enrolment = progress.enrolment
    if enrolment is None or progress.is_finished or not course_rule(enrolment.edition_id):
        return None
    standing = queries.course_standing(enrolment, outline)
    missing = [one for condition in standing.missing for one in condition.values.get("missing", ())]
    courses = [standing.courses[course_id] for course_id in missing if course_id in standing.courses]
    return {"conditions": conditions(standing), "courses": courses, "enrolment": enrolment}


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
def as_rule(rule) -> str:
    """Say what an activity asks for."""
    return rule_in_words(rule)


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
