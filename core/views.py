"""The pages that show the look: every component in every state, and two whole screens. For people of the admin."""

import datetime as dt

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from . import covers, icons
from .forms import SampleForm

SCREENS = {"pelajaran": "core/sample_lesson.html", "kuis": "core/sample_quiz.html"}


def admit(request) -> None:
    """Raise 404 for everyone who has no business in the admin."""
    if not request.user.has_perm("wagtailadmin.access_admin"):
        raise Http404


def components(request):
    admit(request)
    if "pesan" in request.GET:
        messages.success(request, _("Your settings are saved."))
    faulty = SampleForm({"faulty-level": "9"}, prefix="faulty")
    faulty.is_valid()
    faulty.add_error(None, _("The NIP and the date of birth do not belong together."))
    return render(request, "core/components.html", samples() | {"form": SampleForm(), "faulty": faulty})


def screen(request, name: str):
    admit(request)
    if name not in SCREENS:
        raise Http404
    return render(request, SCREENS[name], samples())


def samples() -> dict:
    """Return rows that show each component in each state; the words are those of the starter curriculum."""
    now = timezone.now()
    return {
        "covers": list(zip(covers.PATTERNS, covers.COLOURS, strict=True)),
        "icon_names": sorted(icons.PATHS),
        "chips": [
            ("neutral", _("Not started")),
            ("action", _("In progress")),
            ("soon", _("4 days left")),
            ("late", _("3 days past due")),
            ("done", _("Done")),
            ("gold", "4 JP"),
        ],
        "soon": now + dt.timedelta(days=4),
        "later": now + dt.timedelta(days=30),
        "past": now - dt.timedelta(days=3),
        "figures": [
            {"value": 15, "label": _("done"), "state": "done"},
            {"value": 5, "label": _("in progress"), "state": "action"},
            {"value": 2, "label": _("late"), "state": "late"},
            {"value": 2, "label": _("not started")},
        ],
        "segments": [
            (15, "done", _("done")),
            (5, "action", _("in progress")),
            (2, "late", _("late")),
            (2, "neutral", _("not started")),
        ],
        "filters": [
            {"url": "?", "label": _("All"), "current": True, "count": 24},
            {"url": "?late", "label": _("Late"), "count": 2},
            {"url": "?never", "label": _("Never signed in"), "count": 1},
        ],
        "trail": [{"url": "/katalog/", "title": _("Catalogue")}, {"url": "/katalog/", "title": "BPSDM Kota Palembang"}],
        "facts": [{"label": _("Length"), "value": "56 menit"}, {"label": _("Level"), "value": "2"}],
        "finished_figures": [{"value": "7", "label": _("lessons")}, {"value": "4 JP", "label": _("planned")}],
        "page": Paginator(range(50), 10).page(2),
        "pips": [
            {"label": f"{number}", "state": "answered" if number < 3 else "now" if number == 3 else "", "url": "#main"}
            for number in range(1, 11)
        ],
        "team": [
            ("Dra. Yohana Mambrasar, M.Si.", "Kepala Seksi Pelayanan", 100, "done", _("Done")),
            ("Arman", "Pengelola data kependudukan", 71, "action", _("In progress")),
            ("Siti Rahma, A.Md.", "Petugas loket", 43, "late", _("3 days past due")),
            ("Bernard Kalami", "Petugas loket (PPPK)", 0, "neutral", _("Not started")),
        ],
        "previous": {"url": "#main", "title": "Konflik kepentingan"},
        "next": {"url": "#main", "title": "Netralitas dan media sosial"},
        "moment": now,
    }
