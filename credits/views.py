"""The learner's page of JP: one's own year, line by line."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from . import wording
from .forms import YearForm
from .queries import ip_simulation, jp_summary, jp_years


@never_cache
@login_required
@require_safe
def my_jp(request: HttpRequest) -> HttpResponse:
    """Show the year of today, or another one of the reader's own."""
    years = jp_years(request.user)
    wanted = YearForm(request.GET).first_day()
    year = next((one for one in years if one.span.first == wanted), years[0])
    is_current = year is years[0]
    context = {
        "summary": jp_summary(request.user, None if is_current else year.span.last),
        "year_choices": [
            {"url": f"?tahun={one.key}", "label": wording.year_name(one), "current": one is year} for one in years
        ],
        "simulation": ip_simulation(request.user) if is_current else None,
    }
    return render(request, "credits/jp.html", context)
