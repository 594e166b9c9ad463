"""A task and the work handed in at it, in the words and numbers of a page."""

import uuid
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.utils import timezone

from completion.wording import percentage
from courses.queries import outline_of
from questions import markup
from questions.points import number

from .forms import KIND_NAMES
from .models import Mark, Submission, SubmissionPage
from .queries import Workplace, workplace_of
from .uploads import endings


@dataclass(frozen=True)
class CriterionShown:
    """A criterion with the points it earned, as text; `earned` is empty before a mark."""

    text: str
    help: str
    points: str
    levels: tuple[tuple[str, str], ...]
    earned: str = ""


@dataclass(frozen=True)
class VersionShown:
    """A handed-in version as learners and markers read it; `text` is safe HTML, `mark` the newest word of a marker."""

    work: Submission
    text: str
    words: int
    mark: Mark | None
    points: str = ""
    percent: str = ""
    max_mark: str = ""
    criteria: tuple[CriterionShown, ...] = ()


def page_context(page: SubmissionPage, request) -> dict[str, Any]:
    """Return what the page of a task shows: the task for everybody who may open it, the reader's own work."""
    now = timezone.now()
    is_reader = bool(page.pk) and request.user.is_authenticated and not getattr(request, "is_preview", False)
    place = workplace_of(request.user, page, now) if is_reader else Workplace()
    live = outline_of(page) if page.pk else None
    context: dict[str, Any] = {
        "place": place,
        "outline": live,
        "criteria": criteria_shown(page.criteria),
        "rule": page.activity_rule(),
        "versions": [version_shown(work) for work in place.versions],
        "is_late_now": place.terms.is_late(now),
        "writes": not place.refusal,
        "tab": uuid.uuid4(),
        "file_kinds": ", ".join(str(words) for kind, words in KIND_NAMES.items() if kind in page.file_kinds),
        "file_accept": ",".join(f".{ending}" for ending in endings(page.file_kinds)),
        "takes_pictures": "pictures" in page.file_kinds,
        "file_bytes": page.file_megabytes * 1_000_000,
    }
    if live is not None:
        context |= {
            "activity": live.activity(page.pk), "module": live.module_of(page.pk),
            "previous": live.previous(page.pk), "next": live.next(page.pk),
        }  # fmt: skip
    return context


def criteria_shown(criteria, earned=None) -> tuple[CriterionShown, ...]:
    """Return criteria as they are frozen with work, with the points each earned."""
    earned = earned or {}
    return tuple(
        CriterionShown(
            text=one["text"],
            help=one.get("help", ""),
            points=number(Fraction(one["points"])),
            levels=tuple((number(Fraction(level["points"])), level["text"]) for level in one.get("levels", ())),
            earned=number(Fraction(earned[one["id"]])) if one["id"] in earned else "",
        )
        for one in criteria
    )


def version_shown(work: Submission) -> VersionShown:
    """Return one version; its files and marks should be prefetched."""
    mark = next(reversed(list(work.marks.all())), None)
    most = Fraction(work.rules.get("max_mark", 100))
    points = None if work.points is None else Fraction(work.points)
    return VersionShown(
        work=work,
        text=markup.block(markup.from_plain(work.text)),
        words=len(work.text.split()),
        mark=mark,
        points="" if points is None else number(points),
        percent="" if points is None else percentage(points / most),
        max_mark=number(most),
        criteria=criteria_shown(work.rules.get("criteria", ()), mark.criteria) if mark and points is not None else (),
    )
