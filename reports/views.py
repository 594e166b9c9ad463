"""The supervisor's pages under /tim/. Who is no supervisor today gets 404, as for a page that does not exist."""

from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from completion import services as completion
from completion.entry import requests_to_supervise
from completion.queries import Standing
from core.tables import csv_response, xlsx_response
from core.zones import zone_label
from credits import wording
from people.visibility import is_supervisor, supervised_by

from . import queries
from .forms import SORTS, STATES, DecideRequestForm, TeamFilterForm


def supervisors_page(view):
    """Sign-in first; the view gets the people whom the viewer may see today."""

    @login_required
    @never_cache
    @require_safe
    def checked(request, *args, **kwargs):
        return view(request, supervised_by(request.user), *args, **kwargs)

    return checked


# The order of the states in a bar, from what is done to what is not begun.
BAR = (Standing.DONE, Standing.IN_PROGRESS, Standing.LATE, Standing.NOT_STARTED)


def _choices(request, name: str, choices, current) -> list[dict]:
    """Return filter links that keep the other filters and go back to the first page."""
    items = []
    for value, label in choices:
        address = request.GET.copy()
        address.pop("page", None)
        address[name] = value
        items.append({"url": f"?{address.urlencode()}", "label": label, "current": value == current})
    return items


def _listing(request, sight, template: str, *, course_id: int | None = None, **told):
    data = request.GET.copy()
    if course_id:
        data["course"] = course_id
    form = TeamFilterForm(data)
    filters = form.filters()
    if course_id and filters.course != course_id:
        raise Http404
    all_figures = queries.course_figures(sight)
    figures = [one for one in all_figures if filters.course in (None, one.course_id)]
    team = queries.team(sight, filters)
    # Somebody in sight proves a supervisor, so the question itself is asked only of those who see nobody.
    nobody = not all_figures and not team.rows
    if (course_id and not figures) or (nobody and not is_supervisor(request.user)):
        raise Http404
    sums = queries.add_figures(figures)
    courses = [("", _("All courses")), *((str(one.course_id), one.title) for one in all_figures)]
    context = {
        "filters": filters,
        "team": team,
        "segments": [(sums[state], state.look, state.label) for state in BAR],
        "assigned_total": sum(sums.values()),
        "course_title": figures[0].title if course_id else "",
        "course_choices": _choices(request, "course", courses, str(filters.course or "")),
        "state_choices": _choices(request, "state", STATES, filters.state),
        "sort_choices": SORTS,
        "is_narrowed": bool(filters.state or filters.query),
        "export_query": data.urlencode(),
        **told,
    }
    return render(request, template, context)


@supervisors_page
def team(request, sight):
    waiting = requests_to_supervise(sight).count()
    return _listing(request, sight, "reports/team.html", requests_waiting=waiting)


@supervisors_page
def course(request, sight, course_id: int):
    return _listing(request, sight, "reports/course.html", course_id=course_id)


@supervisors_page
def person(request, sight, key: str):
    row = queries.team_row_of(sight, key)
    if row is None:
        raise Http404
    facts = queries.assignment_facts(row)
    courses = [(one, facts.get(one.enrolment_id, [])) for one in row.courses]
    return render(request, "reports/person.html", {"row": row, "courses": courses})


# --- who asks to be let into a course ---------------------------------------------------------------------------------

REQUESTS_SHOWN = 50


@supervisors_page
def requests(request, sight):
    """Show what people in sight ask for, the oldest first; who supervises nobody finds no such page."""
    waiting = list(requests_to_supervise(sight)[: REQUESTS_SHOWN + 1])
    if not waiting and not is_supervisor(request.user):
        raise Http404
    shown = {"requests": waiting[:REQUESTS_SHOWN], "has_more": len(waiting) > REQUESTS_SHOWN}
    return render(request, "reports/requests.html", shown)


@login_required
@require_POST
def decide_request(request, request_id: int):
    """Let one of one's people into a course, or not. Somebody else's request is not found."""
    asked = get_object_or_404(requests_to_supervise(supervised_by(request.user)), pk=request_id)
    form = DecideRequestForm(request.POST)
    if not form.is_valid():
        messages.warning(request, _("Write a reason of at most 300 characters, and choose a button."))
        return redirect("reports:requests")
    approve = form.cleaned_data["decision"] == "approve"
    try:
        completion.decide_request(request=asked, approve=approve, by=request.user, reason=form.cleaned_data["reason"])
    except completion.EnrolmentRefused as refusal:
        messages.warning(request, str(refusal))
    except PermissionDenied as refusal:
        raise Http404 from refusal
    else:
        about = {"person": asked.person.full_name, "course": asked.course.title}
        told = _("%(person)s may now take “%(course)s”.") if approve else _("%(person)s was told why not “%(course)s”.")
        messages.success(request, told % about)
    return redirect("reports:requests")


HEADER = (
    gettext_lazy("Name"),
    gettext_lazy("Position"),
    gettext_lazy("Unit"),
    gettext_lazy("Counted"),
    gettext_lazy("Ever signed in"),
    gettext_lazy("Course"),
    gettext_lazy("State"),
    gettext_lazy("Progress (%)"),
    gettext_lazy("Due"),
    gettext_lazy("Finished on"),
    gettext_lazy("Result"),
    gettext_lazy("JP credited"),
    gettext_lazy("JP of the year"),
)


def _in_the_language_of(person, rows):
    """Yield rows in a person's language and zone: a stream is made after the middleware has put its own away."""
    with translation.override(person.language), timezone.override(ZoneInfo(person.time_zone)):
        yield from rows


def _sortable_due(due_at, zone: str) -> str:
    """Write a due moment for a table that is sorted: `2026-12-04 23:59 WIT`, in the zone of whom it binds."""
    return f"{timezone.localtime(due_at, ZoneInfo(zone)):%Y-%m-%d %H:%M} {zone_label(zone)}" if due_at else ""


def _export_rows(sight, filters):
    for row in queries.team_rows(sight, filters):
        who = (
            row.person.full_name,
            row.post,
            row.unit,
            _("no") if row.on_leave else _("yes"),
            _("no") if row.never_signed_in else _("yes"),
        )
        jp = _jp_columns(row)
        for one in row.courses:
            yield (
                *who,
                one.title,
                str(one.state.label),
                one.percent,
                _sortable_due(one.due_at, one.zone),
                timezone.localtime(one.completed_at).strftime("%Y-%m-%d %H:%M") if one.completed_at else "",
                str(one.result.label) if one.result else "",
                *jp,
            )
        if not row.courses:
            yield (*who, "", "", "", "", "", "", *jp)


def _jp_columns(row) -> tuple[str, str]:
    """Credited JP and what the year asks; the latter is empty where nobody is asked, or where it is a ceiling."""
    if row.jp is None:
        return ("", "")
    asked = row.jp.target is not None and not row.jp.year.is_ceiling
    return (wording.number(row.jp.credited), wording.number(row.jp.target) if asked else "")


@supervisors_page
def export(request, sight, kind: str):
    if not is_supervisor(request.user):
        raise Http404
    filters = TeamFilterForm(request.GET).filters()
    make = {"csv": csv_response, "xlsx": xlsx_response}[kind]
    name = _("team") + timezone.localtime().strftime("-%Y-%m-%d.") + kind
    return make(name, [str(title) for title in HEADER], _in_the_language_of(request.user, _export_rows(sight, filters)))
