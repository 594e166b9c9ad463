"""The screens on which authors bring files of questions in and take them out. What a person may not see is 404."""

import tempfile

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import slugify
from django.utils.translation import gettext as _

from core.stored import throw_away

from . import exporting, importing, loading, queries
from .filters import chosen_questions
from .formats import sheets
from .formats.registry import FORMATS
from .forms import ImportForm
from .forms.bank import LoadForm
from .kinds import get_kind
from .models import ImportJob
from .views import crumbs, for_authors

LOOK_AGAIN = 3  # seconds
MOST_EXPORTED = 5_000  # more take minutes: `manage.py export_questions`
JOBS_LISTED = 5
TEMPLATES = {"xlsx": sheets.template_xlsx, "csv": sheets.template_csv}


# --- in --------------------------------------------------------------------------------------------------------------


@for_authors
def import_file(request, access):
    """Take a file and go to what is in it; nothing is loaded here."""
    if not access.may_edit:
        raise Http404
    form = ImportForm(request.POST or None, request.FILES or None, access=access)
    if request.method == "POST" and form.is_valid():
        about = form.cleaned_data
        job = importing.start_import(
            by=request.user, category=about["category"], file=about["file"], file_name=about["file"].name,
            known=form.known, as_draft=about["as_draft"],
        )  # fmt: skip
        if job.state != ImportJob.State.FAILED:
            return redirect("questions:import_job", job.key)
        form.add_error("file", job.problem)
        throw_away(job)
    context = {
        "form": form,
        "has_category": queries.categories_editable(access).exists(),
        "jobs": ImportJob.objects.filter(by=request.user).select_related("category")[:JOBS_LISTED],
        "templates": sorted(TEMPLATES, reverse=True),
        "header_title": _("Import questions"),
        "breadcrumbs_items": crumbs(((), _("Import questions"))),
    }
    return render(request, "questions/admin/import.html", context, status=422 if form.is_bound else 200)


@for_authors
def import_job(request, access, key):
    """Show how far an import is, what is in its file, what became of it; have it loaded. Each sees only their own."""
    job = get_object_or_404(ImportJob.objects.select_related("category__agency"), key=key, by=request.user)
    if not access.can_edit(job.category):
        raise Http404
    if request.method == "POST":
        return _load(request, job)
    context = {
        "job": job,
        "report": job.report,
        "rows": sorted(job.report.get("rows", []), key=lambda row: (not row["problems"], not row["notices"])),
        "form": LoadForm(),
        "kinds": sorted(job.report.get("kinds", {}).items()),
        "format_label": FORMATS[job.format].label if job.format in FORMATS else job.format,
        "more": _count(job) - len(job.report.get("rows", [])),
        "samples": [_sample(sample) for sample in job.report.get("samples", [])],
        "header_title": job.file_name,
        "breadcrumbs_items": crumbs((("import",), _("Import questions")), ((), job.file_name)),
    }
    response = render(request, "questions/admin/import_job.html", context)
    if job.state in (ImportJob.State.CHECKING, ImportJob.State.LOADING):
        response["Refresh"] = str(LOOK_AGAIN)
    return response


def _count(job: ImportJob) -> int:
    return job.report.get("good", 0) + job.report.get("bad", 0)


def _sample(sample: dict) -> dict:
    kind = get_kind(sample["kind"])
    data = kind.clean(sample["data"])
    right = kind.right_answer(data)
    return {
        "name": sample["name"],
        "text": data["text"],
        "right_answer": kind.describe(data, right) if right else "",
    }


def _load(request, job: ImportJob):
    form = LoadForm(request.POST)
    try:
        importing.start_load(job=job, good_only=form.is_valid() and form.cleaned_data["good_only"])
    except loading.NothingLoaded as nothing:
        messages.error(
            request,
            _("Nothing was loaded: %(bad)s questions are bad. Choose “Load the good ones”, or mend the file.")
            % {"bad": nothing.loaded.bad},
        )
    return redirect("questions:import_job", job.key)


@for_authors
def template(request, access, name):
    """Give the sheet to fill in."""
    if name not in TEMPLATES:
        raise Http404
    response = HttpResponse(TEMPLATES[name](), content_type=FORMATS[name].content_type)
    response["Content-Disposition"] = f'attachment; filename="{_("question-template")}.{name}"'
    return response


# --- out -------------------------------------------------------------------------------------------------------------


@for_authors
def export(request, access):
    """Show what would be written in a format, and what it cannot say; the questions are those of the list."""
    questions, category = chosen_questions(request, access)
    count = questions.count()
    known = _format(request)
    context = {
        "count": count,
        "category": category,
        "formats": exporting.writable_formats(),
        "known": known,
        "most": MOST_EXPORTED,
        "is_too_much": count > MOST_EXPORTED,
        "chosen": [(name, value) for name, values in request.GET.lists() for value in values if name != "format"],
        "query": request.GET.urlencode(),
        "header_title": _("Export questions"),
        "breadcrumbs_items": crumbs(((), _("Export questions"))),
    }
    if known and 0 < count <= MOST_EXPORTED:
        with tempfile.TemporaryFile() as file:
            lost = exporting.write_questions(questions, to=file, known=known, top=category)
        context |= {"lost": lost, "whole": sum(left.is_whole for left in lost)}
    return render(request, "questions/admin/export.html", context)


@for_authors
def export_file(request, access):
    questions, category = chosen_questions(request, access)
    known = _format(request)
    if known is None or questions.count() > MOST_EXPORTED:
        raise Http404
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    exporting.write_questions(questions, to=file, known=known, top=category)
    file.seek(0)
    name = slugify(category.name if category else _("questions")) or "soal"
    return FileResponse(
        file, as_attachment=True, filename=f"{name}.{known.extensions[0]}", content_type=known.content_type
    )


def _format(request):
    known = FORMATS.get(request.GET.get("format", ""))
    return known if known and known.write else None
