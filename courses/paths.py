"""Learning paths as visitors see them: which are open to whom, and what stands in one."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from django.db.models import Exists, OuterRef, QuerySet

from core.law import jp

from .models import CoursePage, PathPage, PathStep
from .outlines import Outline
from .queries import courses_open_to, outline_from, outline_text


@dataclass(frozen=True)
class PathCourse:
    """One course of a path with its live outline; `milestone` is a heading that stands above it."""

    course: CoursePage
    outline: Outline | None
    required: bool
    milestone: str

    @property
    def minutes(self) -> int:
        """Planned minutes of what one must do in it."""
        return self.outline.required_minutes if self.outline else 0

    @property
    def url(self) -> str:
        return self.outline.url if self.outline and self.outline.live else ""


@dataclass(frozen=True)
class PathContents:
    """The live courses of a path, in order."""

    courses: tuple[PathCourse, ...]

    @property
    def minutes(self) -> int:
        return sum(one.minutes for one in self.courses if one.required)

    @property
    def programme_jp(self) -> Fraction:
        return jp(self.minutes)

    @property
    def required_total(self) -> int:
        return sum(one.required for one in self.courses)


def contents_of(path: PathPage) -> PathContents:
    """Return what stands in a path, by its steps; one query. A preview shows the steps of the draft."""
    steps = list(path.steps.all())
    courses = {
        course.pk: course
        for course in CoursePage.objects.live()
        .filter(pk__in=[step.course_id for step in steps])
        .annotate(outline_text=outline_text("outline__"))
    }
    return PathContents(
        tuple(
            PathCourse(courses[step.course_id], _outline(courses[step.course_id]), step.required, step.milestone)
            for step in steps
            if step.course_id in courses
        )
    )


def _outline(course) -> Outline | None:
    return outline_from(course.pk, course.outline_text) if course.outline_text else None


def path_is_open_to(path: PathPage, person) -> bool:
    """Say whether a path is live and every live course it requires may be opened by the person (or nobody)."""
    if not path.live:
        return False
    required = PathStep.objects.filter(path=path, required=True, course__live=True).values_list("course", flat=True)
    ids = set(required)
    return bool(ids) and courses_open_to(person).filter(pk__in=ids).count() == len(ids)


def paths_open_to(person) -> QuerySet[PathPage]:
    """Return the paths for which `path_is_open_to` says so of a person."""
    required = PathStep.objects.filter(path=OuterRef("pk"), required=True, course__live=True).order_by()
    closed = required.exclude(course__in=courses_open_to(person).order_by().values("pk"))
    return PathPage.objects.live().filter(Exists(required), ~Exists(closed))


@dataclass(frozen=True)
class PathCard:
    """A path at a glance."""

    page: PathPage
    url: str
    required_total: int
    minutes: int


def path_cards(may_open: Iterable[int]) -> list[PathCard]:
    """Return the live paths whose required courses are all among those that may be opened, in the order of the tree.

    One query, two more where there are paths.
    """
    steps = PathStep.objects.filter(required=True, course__live=True, path__live=True).order_by("path", "sort_order")
    wanted: dict[int, list[int]] = {}
    for path_id, course_id in steps.values_list("path", "course"):
        wanted.setdefault(path_id, []).append(course_id)
    allowed = set(may_open)
    open_ones = {path_id: courses for path_id, courses in wanted.items() if allowed.issuperset(courses)}
    if not open_ones:
        return []
    ids = {course_id for courses in open_ones.values() for course_id in courses}
    texts = CoursePage.objects.filter(pk__in=ids, outline__isnull=False).annotate(text=outline_text("outline__"))
    minutes = {pk: outline_from(pk, text).required_minutes for pk, text in texts.values_list("pk", "text")}
    return [
        PathCard(
            page,
            page.get_url() or "",
            len(open_ones[page.pk]),
            sum(minutes.get(course_id, 0) for course_id in open_ones[page.pk]),
        )
        for page in PathPage.objects.filter(pk__in=open_ones).order_by("path")
    ]
