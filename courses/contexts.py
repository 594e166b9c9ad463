"""What the templates of course pages get besides the page: the outline and its neighbours, no tree queries."""

from typing import Any
from urllib.parse import urljoin

from wagtail.models import Page

from .activities import counted
from .catalogue import cards_below, cover_picture
from .models import CoursePage, LessonPage, ModulePage, PathPage, ShelfPage
from .paths import contents_of
from .queries import outline_of


def _way_up(page: Page, request, steps: int) -> str:
    """Return the address some steps above a page: `/katalog/` is two above a course."""
    return urljoin(page.get_url(request) or "/", "../" * steps)


def shelf_context(page: ShelfPage, request) -> dict[str, Any]:
    return {"cards": cards_below(page, request.user), "catalogue_url": _way_up(page, request, 1)}


def course_context(page: CoursePage, request) -> dict[str, Any]:
    outline = outline_of(page)
    return {
        "outline": outline,
        "parts": counted(outline.activities) if outline else "",
        "competencies": page.competencies.select_related("competency"),
        "topics": page.topics.all(),
        "cover_picture": cover_picture(page),
        "shelf_url": _way_up(page, request, 1),
        "catalogue_url": _way_up(page, request, 2),
    }


def path_context(page: PathPage, request) -> dict[str, Any]:
    return {
        "contents": contents_of(page),
        "shelf_url": _way_up(page, request, 1),
        "catalogue_url": _way_up(page, request, 2),
        "shelf_title": page.get_parent().title if page.pk else "",
    }


def module_context(page: ModulePage, request) -> dict[str, Any]:
    outline = outline_of(page)
    return {
        "outline": outline,
        "module": outline.module(page.pk) if outline else None,
        "catalogue_url": _way_up(page, request, 3),
    }


def lesson_context(page: LessonPage, request) -> dict[str, Any]:
    """Outline entries are None for a lesson that is not a live part of its course: an editor's preview."""
    outline = outline_of(page)
    context = {"outline": outline, "rule": page.activity_rule()}
    if outline is None:
        return context
    return {
        **context,
        "activity": outline.activity(page.pk),
        "module": outline.module_of(page.pk),
        "previous": outline.previous(page.pk),
        "next": outline.next(page.pk),
    }
