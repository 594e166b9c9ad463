"""The learning record as a page, a PDF and a table: one's own, and that of people whom one may see."""

import math
from fractions import Fraction
from pathlib import Path

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import formats, timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.tables import xlsx_response
from core.templatetags.core_tags import as_moment
from core.typeset import compile_pdf
from people.models import Person
from people.queries import current_employments, main_post

from .. import wording
from ..external.forms import DayInput
from .rows import EVER, Period, Record, RecordRow, record_of, sight_of

TEMPLATE = Path(__file__).resolve().parent / "record.typ"


class PeriodForm(forms.Form):
    """From and until which day; both may be left out. A calendar year is a link of its own."""

    dari = forms.DateField(label=gettext_lazy("From"), required=False, widget=DayInput)
    sampai = forms.DateField(label=gettext_lazy("Until"), required=False, widget=DayInput)
    tahun = forms.RegexField(r"\A(19[5-9]|20[0-9])[0-9]\Z", required=False, widget=forms.HiddenInput)

    def clean(self):
        data = super().clean()
        if data.get("dari") and data.get("sampai") and data["sampai"] < data["dari"]:
            self.add_error("sampai", _("The last day lies before the first."))
        return data

    def period(self) -> Period:
        """Return the period that is asked for; what makes no sense asks for all."""
        if not self.is_valid() and self.errors.keys() != {"tahun"}:
            return EVER
        sent = self.cleaned_data
        if year := sent.get("tahun"):
            return Period.of_year(int(year))
        return Period(sent.get("dari"), sent.get("sampai"))


def _record(request: HttpRequest, key: str | None, form: PeriodForm) -> Record:
    """Return the record that is asked for. Who may not see the person gets 404, as for nobody."""
    person = get_object_or_404(Person, key=key) if key else request.user
    sight = sight_of(request.user, person)
    if not sight:
        raise Http404
    return record_of(person, period=form.period(), sight=sight)


@never_cache
@login_required
@require_safe
def page(request: HttpRequest, key: str | None = None) -> HttpResponse:
    form = PeriodForm(request.GET)
    record = _record(request, key, form)
    year = record.period.year
    tabs = [{"url": "?", "label": _("All years"), "current": record.period == EVER}]
    tabs += [{"url": f"?tahun={one}", "label": str(one), "current": year == one} for one in record.years]
    if record.period != EVER and not form.data.get("dari"):
        form = PeriodForm({"dari": record.period.first, "sampai": record.period.last})
    is_own = record.person.pk == request.user.pk
    query = "" if record.period == EVER else request.GET.urlencode()
    context = {"record": record, "tabs": tabs, "is_own": is_own, "form": form, "query": query}
    return render(request, "credits/record.html", context)


def header() -> list[str]:
    """The columns of the table; the first six are those that a record must have (REC-4), then all of a row."""
    return [
        _("Kind"), _("Organiser"), _("Title"), _("Material"), _("First day"), _("Last day"), _("JP of the programme"),
        _("JP credited"), _("Why not more"), _("Certificate number"), _("SHA-256 of the evidence"),
        _("Number in SIASN"), _("In class"), _("Share (10/20/70)"), _("Competencies"), _("Scope"), _("Place"),
        _("Minutes"), _("Basis"), _("Grade"), _("Verified by"), _("Verified at"), _("Unit"), "SIASN",
    ]  # fmt: skip


def cells(row: RecordRow) -> list:
    return [
        row.kind, row.organiser, row.title, row.material, row.started_on, row.ended_on,
        _hundredths(row.programme_jp), _hundredths(row.credited_jp),
        "; ".join(row.reasons), row.proof.number, row.proof.sha256,
        row.number or "", _("yes") if row.is_classical else _("no"), row.pillar, ", ".join(row.competencies),
        row.scope, row.place, row.minutes, row.basis, row.grade, row.verified_by,
        timezone.localtime(row.verified_at) if row.verified_at else "", row.unit, row.delivery,
    ]  # fmt: skip


def _hundredths(jp: Fraction) -> float:
    """Return JP as a number of a sheet, cut to two decimals and never rounded up."""
    return math.floor(jp * 100) / 100


def _name(record: Record, kind: str) -> str:
    period = record.period
    days = [str(period.year)] if period.year else [day.isoformat() for day in (period.first, period.last) if day]
    return "-".join([_("learning-record"), *days]) + f".{kind}"


def period_in_words(period: Period) -> str:
    """Write a period: `2026`, `1 Jan 2026 – 30 Jun 2026`, from or until a day."""
    if period == EVER or period.year:
        return str(period.year or _("All years"))
    first, last = (day and formats.date_format(day, "j M Y") for day in (period.first, period.last))
    if first and last:
        return f"{first} – {last}"
    return _("from %(day)s") % {"day": first} if first else _("until %(day)s") % {"day": last}


@never_cache
@login_required
@require_safe
def table(request: HttpRequest, key: str | None = None) -> HttpResponse:
    record = _record(request, key, PeriodForm(request.GET))
    return xlsx_response(_name(record, "xlsx"), header(), (cells(row) for row in record.rows))


@never_cache
@login_required
@require_safe
def document(request: HttpRequest, key: str | None = None) -> HttpResponse:
    record = _record(request, key, PeriodForm(request.GET))
    response = HttpResponse(compile_pdf(TEMPLATE, printed(record)), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{_name(record, "pdf")}"'
    return response


def printed(record: Record) -> dict:
    """Return what the PDF says, all of it as text in the reader's language."""
    post = main_post(record.person)
    employment = current_employments(record.person).first()
    facts = [
        (_("Name"), record.person.full_name),
        ("NIP", employment.nip if employment else "–"),
        (_("Status"), employment.get_kind_display() if employment else "–"),
        (_("Agency"), employment.agency.name if employment else "–"),
        (_("Position"), str(post) if post else "–"),
        (_("Unit"), post.unit.name if post else "–"),
        (_("Period"), period_in_words(record.period)),
        (_("JP credited"), wording.precise(record.credited_jp)),
    ]
    return {
        "lang": get_language() or "id",
        "title": _("Learning record"),
        "facts": facts,
        "header": [
            _("Kind"),
            _("Title and material"),
            _("Organiser"),
            _("When and where"),
            _("JP of the programme"),
            _("JP credited"),
            *([_("Grade")] if record.has_grades else []),
            _("Evidence"),
        ],
        "rows": [_printed_row(row, with_grade=record.has_grades) for row in record.rows],
        "nothing": _("Nothing is recorded yet."),
        "hidden": _hidden(record),
        "made": _("Made on %(moment)s by %(site)s. JP are written with two decimals, cut and never rounded up.")
        % {"moment": as_moment(timezone.now()), "site": _("the learning platform")},
        "page": _("Page"),
    }


def _hidden(record: Record) -> str:
    if record.is_whole or not record.hidden:
        return ""
    return _("Courses chosen freely are counted in the JP and not listed: %(number)d.") % {"number": record.hidden}


def _printed_row(row: RecordRow, *, with_grade: bool) -> list[list[str]]:
    """Return the cells of a row, each a list of lines."""
    first, last = (formats.date_format(day, "j M Y") for day in (row.started_on, row.ended_on))
    return [
        [row.kind, row.scope, row.basis],
        [row.title, row.material, ", ".join(row.competencies)],
        [row.organiser],
        [first if first == last else f"{first} – {last}", row.place],
        [wording.precise(row.programme_jp)],
        [wording.precise(row.credited_jp), *row.reasons],
        *([[row.grade]] if with_grade else []),
        [row.proof.number, row.proof.sha256[:16], row.verified_by, row.delivery],
    ]
