"""Reads of what is taught: outlines, editions, and which courses somebody may open."""

import json
from functools import lru_cache
from types import MappingProxyType

from django.db.models import Exists, OuterRef, Q, QuerySet, TextField
from django.db.models.functions import Cast, Length, Substr
from wagtail.models import Page

from core.prepared import Prepared
from people.queries import agency_of

from .activities import ActivityMixin
from .models import CourseEdition, CourseOutline, CoursePage, EditionActivity, ModulePage, ShelfPage
from .outlines import ActivityRule, Outline

# Editions of a transaction that has not committed: a rollback gives their ids to others, so they are not cached.
uncommitted_editions: set[int] = set()


# --- outlines --------------------------------------------------------------------------------------------------------


def outline_text(to_outline: str = "") -> Cast:
    """Return SQL for what `outline_from` reads; `to_outline` leads to the outline, with underscores at its end."""
    return Cast(f"{to_outline}data", TextField())


@lru_cache(maxsize=1024)
def outline_from(course_id: int, text: str) -> Outline:
    """Return the outline that a row holds. The text itself is the key: every process sees a new one at once."""
    return Outline.from_data(course_id, json.loads(text))


def _outlines(**wanted) -> QuerySet:
    rows = CourseOutline.objects.filter(**wanted).order_by()
    return rows.annotate(text=outline_text()).values_list("course_id", "text")


_by_course = Prepared[tuple[int, str]](lambda course: _outlines(course_id=course), course=int)
_by_path = Prepared[tuple[int, str]](lambda path: _outlines(course__path=path), path=str)


def outline(course_id: int) -> Outline | None:
    """Return the outline of a course, None before anything of it was published; one query."""
    row = _by_course.first(course=course_id)
    return outline_from(*row) if row else None


def outline_of(page: Page) -> Outline | None:
    """Return the outline of the course a page belongs to; one query, remembered on the page object."""
    if not hasattr(page, "_course_outline"):
        path = course_path(page)
        row = _by_path.first(path=path) if path else None
        page._course_outline = outline_from(*row) if row else None
    return page._course_outline


def course_path(page: Page) -> str | None:
    """Return the tree path of a page's course, None for pages outside courses; no query."""
    kind = page.specific_class or type(page)
    if issubclass(kind, CoursePage):
        return page.path
    if issubclass(kind, ModulePage):
        return page.path[: -Page.steplen]
    if issubclass(kind, ActivityMixin):
        return page.path[: -2 * Page.steplen]
    return None


def course_id_of(page: Page) -> int | None:
    """Return the id of the course a page is or belongs to, None for pages outside courses."""
    if isinstance(page, CoursePage):
        return page.pk
    path = course_path(page)
    if path is None:
        return None
    known = outline_of(page)
    return known.course_id if known else CoursePage.objects.filter(path=path).values_list("pk", flat=True).first()


def courses_above(path: str) -> QuerySet[CoursePage]:
    """Return the course at or above a place in the tree, if there is one."""
    above = [path[:length] for length in range(Page.steplen, len(path) + 1, Page.steplen)]
    return CoursePage.objects.filter(path__in=above)


def courses_around(path: str) -> QuerySet[CoursePage]:
    """Return the courses at, above or below a place in the tree: those that a change there touches."""
    return courses_above(path) | CoursePage.objects.filter(path__startswith=path)


# --- editions --------------------------------------------------------------------------------------------------------


def latest_edition(course: CoursePage | int) -> CourseEdition | None:
    """Return the edition that new enrolments get; None where the course has nothing live yet."""
    course_id = course if isinstance(course, int) else course.pk
    return CourseEdition.objects.filter(course_id=course_id).order_by("-number").first()


def edition_rules(edition_id: int) -> tuple[ActivityRule, ...]:
    """Return what an edition holds its learners to, in order. Editions never change: cached for ever in the process."""
    return _read_rules(edition_id) if edition_id in uncommitted_editions else _cached_rules(edition_id)


def _read_rules(edition_id: int) -> tuple[ActivityRule, ...]:
    rows = EditionActivity.objects.filter(edition_id=edition_id).order_by("position")
    return tuple(
        ActivityRule(
            activity_id=row.activity_id,
            position=row.position,
            module_title=row.module_title,
            title=row.title,
            kind=row.kind,
            required=row.required,
            planned_minutes=row.planned_minutes,
            rule=MappingProxyType(row.rule),
        )
        for row in rows
    )


_cached_rules = lru_cache(maxsize=4096)(_read_rules)


def forget_editions() -> None:
    """Forget what this process keeps of editions; for tests, whose rollbacks give ids back."""
    uncommitted_editions.clear()
    _cached_rules.cache_clear()


def withdrawn_activities(edition_id: int, live: Outline | None) -> frozenset[int]:
    """Return the activities an edition names that are no longer a live part of the course; one row query at most."""
    named = frozenset(rule.activity_id for rule in edition_rules(edition_id))
    return named - live.activity_ids if live else named


# --- who may open what -----------------------------------------------------------------------------------------------


def courses_open_to(person) -> QuerySet[CoursePage]:
    """Return the live courses a person (or nobody) may open by sharing; agrees with `Outline.is_shared_with`."""
    courses = CoursePage.objects.live()
    if not getattr(person, "is_authenticated", False):
        return courses.filter(sharing=CoursePage.Sharing.EVERYONE)
    if person.is_superuser:
        return courses
    agency = agency_of(person)
    return courses.filter(Q(sharing=CoursePage.Sharing.EVERYONE) | Q(_on_shelf_of(agency)) | _chosen(agency))


def _on_shelf_of(agency) -> Exists:
    """Match courses on the agency's own shelf or on a shelf that belongs to all agencies."""
    owner = Q(agency__isnull=True) | Q(agency=agency) if agency else Q(agency__isnull=True)
    parent_path = Substr(OuterRef("path"), 1, Length(OuterRef("path")) - Page.steplen)
    return Exists(ShelfPage.objects.filter(owner, path=parent_path))


def _chosen(agency) -> Q:
    if agency is None:
        return Q(pk__in=[])
    chosen = CoursePage.shared_agencies.through.objects.filter(coursepage_id=OuterRef("pk"), agency_id=agency.pk)
    return Q(Exists(chosen), sharing=CoursePage.Sharing.CHOSEN)
