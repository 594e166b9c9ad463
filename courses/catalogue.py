"""The catalogue as one visitor sees it: cards, filters and search over what they may open, in few queries whatever its
length. What a person has to do with a course (assigned, how far) is told by an app above through `register_marks`."""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from django.core.paginator import Page as ListPage
from django.core.paginator import Paginator
from django.db.models import Case, Count, Prefetch, QuerySet, When
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from taggit.models import Tag
from wagtail.images import get_image_model

from .activities import counted
from .forms import CatalogueFilter
from .models import CoursePage, LessonPage, ShelfPage
from .outlines import Outline, OutlineActivity
from .paths import PathCard, path_cards
from .queries import courses_open_to, outline_from, outline_text

PAGE_SIZE = 24
SHORT_MINUTES = 60  # what "under 1 hour" means
TOPICS_SHOWN = 4
LESSONS_FOUND = 40
COVER = "fill-720x192|format-webp"


@dataclass(frozen=True)
class CourseMark:
    """What a course is to a person: assigned or chosen, how far (percent, None: not enrolled), and until when."""

    assigned: bool = False
    percent: int | None = None
    finished: bool = False
    due_at: dt.datetime | None = None


MarksProvider = Callable[[object], Mapping[int, CourseMark]]
_providers: list[MarksProvider] = []


def register_marks(provider: MarksProvider) -> MarksProvider:
    """Have `provider(person)` asked, once a page, for the marks of all the person's courses by course id."""
    _providers.append(provider)
    return provider


def marks_of(person) -> dict[int, CourseMark]:
    """Return what each course is to a person, by course id; nothing for a visitor."""
    if not getattr(person, "is_authenticated", False):
        return {}
    return {course_id: mark for provider in _providers for course_id, mark in provider(person).items()}


# --- cards -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CourseCard:
    """A course at a glance; `picture` is an img element, None where a pattern is drawn."""

    course: CoursePage
    outline: Outline
    picture: SafeString | None
    mark: CourseMark | None

    @property
    def parts(self) -> str:
        return counted(self.outline.activities)


def cards_of(courses: Iterable[CoursePage], marks: Mapping[int, CourseMark]) -> list[CourseCard]:
    """Return the cards of courses read with `for_cards`; no query."""
    return [_card(course, marks.get(course.pk)) for course in courses]


def for_cards(courses: QuerySet[CoursePage]) -> QuerySet[CoursePage]:
    """Read with courses what a card shows, and only those that have something live to learn."""
    pictures = get_image_model().objects.prefetch_renditions(COVER)
    return (
        courses.filter(outline__data__minutes__gt=0)
        .annotate(outline_text=outline_text("outline__"))
        .prefetch_related(Prefetch("cover_picture", queryset=pictures))
        .defer("introduction", "aims")
    )


def _card(course: CoursePage, mark: CourseMark | None) -> CourseCard:
    outline = outline_from(course.pk, course.outline_text)
    return CourseCard(course, outline, cover_picture(course), mark)


def cover_picture(course: CoursePage) -> SafeString | None:
    """Return the uploaded cover as an img element without words, as the title stands beside it; None without one."""
    if course.cover_picture is None:
        return None
    return course.cover_picture.get_rendition(COVER).img_tag({"alt": "", "loading": "lazy"})


def cards_below(shelf: ShelfPage, person) -> list[CourseCard]:
    """Return the cards of one shelf that a person may open."""
    courses = for_cards(courses_open_to(person).child_of(shelf)).order_by("path")
    return cards_of(courses, marks_of(person))


# --- the page --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Chip:
    """A filter as a link: following it switches the filter on, or off again where it is current."""

    label: str
    url: str
    current: bool


@dataclass(frozen=True)
class FoundCourse:
    """A course in which a search found something: its own words, or lessons."""

    title: str
    url: str
    summary: str
    lessons: list[OutlineActivity] = field(default_factory=list)


@dataclass(frozen=True)
class Catalogue:
    """Everything the catalogue page shows; `found` is None where nothing was searched for."""

    query: str
    chips: list[Chip]
    cards: list[CourseCard]
    page: ListPage | None
    found: list[FoundCourse] | None
    kept: dict[str, str]
    paths: list[PathCard] = field(default_factory=list)


def catalogue_of(request) -> Catalogue:
    """Return the catalogue as the address of the request asks for it."""
    wishes = CatalogueFilter(request.GET).wishes()
    marks = marks_of(request.user)
    # Asked once: filters, chips and cards then name the courses instead of asking again who may open which.
    places = dict(courses_open_to(request.user).order_by().values_list("pk", "path"))
    everything = CoursePage.objects.filter(pk__in=places)
    wanted = _wanted(everything, wishes, marks)
    chips = _chips(places, wishes, signed_in=request.user.is_authenticated)
    kept = {name: value for name, value in _address(wishes).items() if name != "q"}
    if wishes["q"]:
        return Catalogue(wishes["q"], chips, [], None, search(wanted, wishes["q"]), kept)
    page = Paginator(for_cards(wanted).order_by("path"), PAGE_SIZE).get_page(request.GET.get("page"))
    paths = path_cards(places) if not kept and page.number == 1 else []
    return Catalogue("", chips, cards_of(page.object_list, marks), page, None, kept, paths)


def _wanted(courses: QuerySet[CoursePage], wishes: dict, marks: Mapping[int, CourseMark]) -> QuerySet[CoursePage]:
    if wishes["wajib"]:
        courses = courses.filter(pk__in=[course_id for course_id, mark in marks.items() if mark.assigned])
    if wishes["singkat"]:
        courses = courses.filter(outline__data__minutes__lt=SHORT_MINUTES)
    if wishes["topik"]:
        courses = courses.filter(pk__in=_tagged(wishes["topik"]))
    if wishes["instansi"]:
        shelves = ShelfPage.objects.filter(agency__slug=wishes["instansi"]).values_list("path", flat=True)
        courses = courses.filter(path__startswith=shelves.first() or "-")
    return courses


def _tagged(slug: str) -> QuerySet:
    return CoursePage.topics.through.objects.filter(tag__slug=slug).values("content_object_id")


# --- filters ---------------------------------------------------------------------------------------------------------


def _address(wishes: dict) -> dict[str, str]:
    """Return wishes as the address writes them; booleans are 1."""
    return {name: "1" if value is True else value for name, value in wishes.items() if value}


def _chips(places: Mapping[int, str], wishes: dict, *, signed_in: bool) -> list[Chip]:
    """Return the filters that make sense here: topics and agencies that occur in what the visitor may open.

    `places` are the tree paths of those courses by id.
    """
    chips = [Chip(_("All"), _url({"q": wishes["q"]}), current=not any(v for name, v in wishes.items() if name != "q"))]
    if signed_in and _providers:
        chips.append(_chip(wishes, "wajib", True, _("Required for me")))
    chips.append(_chip(wishes, "singkat", True, _("Under 1 hour")))
    chips += [_chip(wishes, "topik", slug, name) for slug, name in _topics(places, wishes["topik"])]
    agencies = _agencies(places)
    if len(agencies) > 1:
        chips += [_chip(wishes, "instansi", slug, name) for slug, name in agencies]
    return chips


def _chip(wishes: dict, name: str, value: str | bool, label: str) -> Chip:
    """A link that adds a filter to those in force, or takes it away again."""
    current = wishes[name] == value
    return Chip(label, _url({**wishes, name: None if current else value}), current)


def _url(wishes: dict) -> str:
    return "?" + urlencode(_address(wishes))


def _topics(places: Mapping[int, str], chosen: str | None) -> list[tuple[str, str]]:
    """Return the most used topics as (slug, name), the chosen one always among them."""
    used = Tag.objects.filter(courses_coursetopic_items__content_object__in=list(places))
    first = Case(When(slug=chosen or "", then=0), default=1)
    counted = used.annotate(courses=Count("courses_coursetopic_items")).order_by(first, "-courses", "name")
    return list(counted.values_list("slug", "name")[:TOPICS_SHOWN])


def _agencies(places: Mapping[int, str]) -> list[tuple[str, str]]:
    """Return the agencies on whose shelves the courses stand as (slug, short name)."""
    parents = {path[: -CoursePage.steplen] for path in places.values()}
    shelves = ShelfPage.objects.filter(path__in=parents, agency__isnull=False).order_by("agency__short_name")
    return list(shelves.values_list("agency__slug", "agency__short_name"))


# --- search ----------------------------------------------------------------------------------------------------------


def search(courses: QuerySet[CoursePage], words: str) -> list[FoundCourse]:
    """Search titles and texts of the given courses and their live lessons; nothing outside them can appear.

    Courses whose own words match come first, then those in which only lessons do; lessons stand below their course.
    """
    texts = courses.filter(outline__isnull=False).annotate(outline_text=outline_text("outline__"))
    known = texts.values_list("pk", "title", "summary", "outline_text")
    outlines = {pk: (title, summary, outline_from(pk, text)) for pk, title, summary, text in known}
    found: dict[int, FoundCourse] = {}
    for course_id in _matching(CoursePage, outlines, words):
        _add(found, outlines, course_id)
    home = {lesson_id: pk for pk, (_t, _s, outline) in outlines.items() for lesson_id in outline.activity_ids}
    for lesson_id in _matching(LessonPage, home, words)[:LESSONS_FOUND]:
        course = _add(found, outlines, home[lesson_id])
        course.lessons.append(outlines[home[lesson_id]][2].activity(lesson_id))
    return list(found.values())


def _matching(model, ids: Iterable[int], words: str) -> list[int]:
    """Return the ids, out of those given, of the pages that contain all the words; the best match first.

    Only letters and digits reach the search engine: other signs are its own language, and some are errors in it.
    """
    words = " ".join(re.findall(r"\w+", words))
    pages = model.objects.filter(pk__in=list(ids)).only("pk")
    return [page.pk for page in pages.search(words, operator="and")] if words else []


def _add(found: dict[int, FoundCourse], outlines: dict, course_id: int) -> FoundCourse:
    title, summary, outline = outlines[course_id]
    return found.setdefault(course_id, FoundCourse(title, outline.url, summary))
