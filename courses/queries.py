"""Reads of what is taught: outlines, editions, and which courses somebody may open."""

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, TextField
from django.db.models.functions import Cast, Length, Substr
from django.utils.translation import gettext as _
from wagtail.models import Page

from core.prepared import Prepared
from people.queries import agency_of

from .activities import ActivityMixin
from .models import CourseEdition, CourseOutline, CoursePage, EditionActivity, ModulePage, ShelfPage
from .outlines import ActivityRule, Outline

# Editions of a transaction that has not committed: a rollback gives their ids to others, so they are not cached.
uncommitted_editions: set[int] = set()

EditionRules = tuple[tuple[ActivityRule, ...], Mapping[str, Any]]


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


def course_titles(activities: Iterable[Page]) -> dict[int, str]:
    """Return the title of each activity's course by the activity's id; one query."""
    paths = {page.pk: course_path(page) for page in activities}
    courses = CoursePage.objects.filter(path__in=set(paths.values()))
    titles: dict[str | None, str] = dict(courses.values_list("path", "title"))
    return {pk: titles.get(path, "") for pk, path in paths.items()}


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
    return _edition(edition_id)[0]


def course_rule(edition_id: int) -> Mapping[str, Any]:
    """Return what completes a course in an edition, as `CoursePage.course_rule` gives it; read with its activities."""
    return _edition(edition_id)[1]


def _edition(edition_id: int) -> EditionRules:
    return _read_edition(edition_id) if edition_id in uncommitted_editions else _cached_edition(edition_id)


def _read_edition(edition_id: int) -> EditionRules:
    rows = list(EditionActivity.objects.filter(edition_id=edition_id).select_related("edition").order_by("position"))
    rules = tuple(
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
    return rules, MappingProxyType(rows[0].edition.rule if rows else {})


_cached_edition = lru_cache(maxsize=4096)(_read_edition)


def forget_editions() -> None:
    """Forget what this process keeps of editions; for tests, whose rollbacks give ids back."""
    uncommitted_editions.clear()
    _cached_edition.cache_clear()


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
    return courses_open_to_agencies([agency.pk] if agency else [])


def courses_open_to_agencies(agencies: list[int]) -> QuerySet[CoursePage]:
    """Return the live courses that the people of some agencies may open by sharing; takes ids."""
    return CoursePage.objects.live().filter(
        Q(sharing=CoursePage.Sharing.EVERYONE) | Q(_on_shelf_of(agencies)) | _chosen(agencies)
    )


def activities_open_to_agencies(agencies: list[int]) -> Q:
    """Match the live activities of the courses that the people of some agencies may open by sharing; takes ids."""
    path_of_course = Substr(OuterRef("path"), 1, Length(OuterRef("path")) - 2 * Page.steplen)
    return Q(Exists(courses_open_to_agencies(agencies).filter(path=path_of_course)), live=True)


def _on_shelf_of(agencies: list[int]) -> Exists:
    """Match courses on an agency's own shelf or on a shelf that belongs to all agencies."""
    owner = Q(agency__isnull=True) | Q(agency__in=agencies)
    parent_path = Substr(OuterRef("path"), 1, Length(OuterRef("path")) - Page.steplen)
    return Exists(ShelfPage.objects.filter(owner, path=parent_path))


def courses_with_agency(agencies: list[int] | None = None) -> Exists:
    """Match courses that stand on the shelf of an agency: of one of these, or of whichever; takes ids."""
    owner = Q(agency__isnull=False) if agencies is None else Q(agency__in=agencies)
    parent_path = Substr(OuterRef("path"), 1, Length(OuterRef("path")) - Page.steplen)
    return Exists(ShelfPage.objects.filter(owner, path=parent_path))


def _chosen(agencies: list[int]) -> Q:
    if not agencies:
        return Q(pk__in=[])
    chosen = CoursePage.shared_agencies.through.objects.filter(coursepage_id=OuterRef("pk"), agency_id__in=agencies)
    return Q(Exists(chosen), sharing=CoursePage.Sharing.CHOSEN)


# --- courses that ask for courses -------------------------------------------------------------------------------------


def courses_to_require(course: CoursePage, user) -> QuerySet[CoursePage]:
    """Return the courses that a course may ask for: live ones open to its editor, and those it asks for already."""
    chosen = [other.pk for other in course.required_courses.all()] if course.pk else []
    open_now = courses_open_to(user).values("pk") if user else CoursePage.objects.live().values("pk")
    found = CoursePage.objects.filter(Q(pk__in=open_now) | Q(pk__in=chosen))
    return found.exclude(pk=course.pk).order_by("title")


def courses_that_ask_for(course_id: int | None, *, among) -> list[CoursePage]:
    """Return those of some courses that ask for a course, themselves or through others; two queries at most."""
    if course_id is None or not among:
        return []
    pairs = CoursePage.required_courses.through.objects.values_list("from_coursepage", "to_coursepage")
    asks: dict[int, set[int]] = {}
    for asking, asked in pairs:
        asks.setdefault(asking, set()).add(asked)
    return [course for course in among if course_id in _reached(course.pk, asks)]


def _reached(start: int, asks: Mapping[int, set[int]]) -> set[int]:
    reached, ahead = set(), [start]
    while ahead:
        here = ahead.pop()
        if here not in reached:
            reached.add(here)
            ahead.extend(asks.get(here, ()))
    return reached


def course_rule_problems(course: CoursePage) -> list[str]:
    """Return what makes a course harder to complete than its editor may have meant, in words; for its live content."""
    edition, rule = latest_edition(course), course.course_rule()
    required = [one for one in edition_rules(edition.pk) if one.required] if edition else []
    problems = []
    if rule.get("count", 0) > len(required):
        problems.append(
            _("%(count)d activities are asked for, but only %(total)d are required: then all of them are needed.")
            % {"count": rule["count"], "total": len(required)}
        )
    if "minimum_grade" in rule and not any(one.rule.get("pass_mark") for one in required):
        problems.append(_("A least grade is asked for, but no required activity is marked: nobody can complete it."))
    gone = [other.title for other in course.required_courses.all() if not other.live]
    if gone:
        problems.append(_("Nobody can begin these courses any more: %(titles)s.") % {"titles": ", ".join(gone)})
    return problems
