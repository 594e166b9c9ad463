"""The supervisor's pages under /tim/. Who is no supervisor today gets 404, as for a page that does not exist."""

from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from people.visibility import is_supervisor

from core.tables import csv_response, xlsx_response

from . import queries
from .forms import SORTS, STATES, TeamFilterForm


def supervisors_only(view):
    """Sign-in first, then 404 for everyone who heads nobody today."""

    @login_required
    @never_cache
    @require_safe
    def checked(request, *args, **kwargs):
        if not is_supervisor(request.user):
            raise Http404
        return view(request, *args, **kwargs)

    return checked


def _listing(request, template: str, *, course_id: int | None = None, **context):
    data = request.GET.copy()
    if course_id:
        data["course"] = course_id
    form = TeamFilterForm(data)
    filters = form.filters()
    all_figures = queries.course_figures(request.user)
    figures = [one for one in all_figures if filters.course in (None, one.course_id)]
    team = queries.team(request.user, filters)
    if course_id and not figures:
        raise Http404
    kept = request.GET.copy()
    kept.pop("page", None)
    context |= {
        "form": form,
        "filters": filters,
        "team": team,
        "figures": queries.add_figures(figures),
        "course_figures": all_figures,
        "one_course": figures[0] if filters.course and figures else None,
        "states": STATES,
        "sorts": SORTS,
        "kept_query": kept.urlencode(),
        "is_filtered": bool(filters.state or filters.query),
    }
    return render(request, template, context)


@supervisors_only
def team(request):
    return _listing(request, "reports/team.html")


@supervisors_only
def course(request, course_id: int):
    return _listing(request, "reports/course.html", course_id=course_id)


@supervisors_only
def person(request, key: str):
    row = queries.team_row_of(request.user, key)
    if row is None:
        raise Http404
    facts = queries.assignment_facts(row)
    courses = [(one, facts.get(one.enrolment_id, [])) for one in row.courses]
    return render(request, "reports/person.html", {"row": row, "courses": courses})


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
)


def _in_the_language_of(person, rows):
    """Yield rows in a person's language and zone: a stream is made after the middleware has put its own away."""
    with translation.override(person.language), timezone.override(ZoneInfo(person.time_zone)):
        yield from rows


def _export_rows(request, filters):
    for row in queries.team_rows(request.user, filters):
        who = (
            row.person.full_name,
            row.post,
            row.unit,
            _("no") if row.on_leave else _("yes"),
            _("no") if row.never_signed_in else _("yes"),
        )
        for one in row.courses:
            yield (
                *who,
                one.title,
                str(one.state.label),
                one.percent,
                timezone.localtime(one.due_at).strftime("%Y-%m-%d %H:%M") if one.due_at else "",
                timezone.localtime(one.completed_at).strftime("%Y-%m-%d %H:%M") if one.completed_at else "",
                str(one.result.label) if one.result else "",
            )
        if not row.courses:
            yield (*who, "", "", "", "", "", "")


@supervisors_only
def export(request, kind: str):
    filters = TeamFilterForm(request.GET).filters()
    make = {"csv": csv_response, "xlsx": xlsx_response}[kind]
    name = _("team") + timezone.localtime().strftime("-%Y-%m-%d.") + kind
    return make(
        name, [str(title) for title in HEADER], _in_the_language_of(request.user, _export_rows(request, filters))
    )
