"""Turns the parsed starter curriculum into pages: all or nothing, the same however often, editors' work untouched.

A kind of activity that stands above this app registers how its files are read and how its page is filled:
`register_content_kind("quiz", ContentKind(...))` in the `ready()` of its app config makes `*.quiz.md` known.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from wagtail.blocks.stream_block import StreamBlockValidationError
from wagtail.models import Page

from people.models import Competency
from questions.services import category_at

from .blocks import LessonBody, SourcesBody
from .changes import Change, Choice, Touched
from .content_pictures import PictureShelf
from .editorial import prepare_shelf
from .markdown_content import BANK, COURSE, LESSON, MODULE, PATH, PageKind, ParsedPage, parse_tree, read_files
from .markdown_prose import Problems
from .models import CourseCompetency, CoursePage, LessonPage, LoadedContent, ModulePage, PathPage, PathStep
from .prospects import Prospects
from .queries import course_path
from .question_loading import put_into_bank
from .services import keep_choice


@dataclass(frozen=True)
class ContentKind:
    """How one kind of page comes out of its files.

    `reading` says which keys and companions the files have and parses them without a database; `page_class` is made or
    updated. `check(parsed, problems)` notes what only the database can tell, before anything is written.
    `fill(page, parsed, course_title) -> notes` sets fields and child relations of the page, unsaved; it may write what
    the page refers to. A note names what was left alone and goes into the report.
    `afterwards(page) -> notes` says, once all is loaded, what is still missing.
    """

    reading: PageKind
    page_class: type[Page]
    fill: Callable[[Page, ParsedPage, str], list[str]]
    check: Callable[[ParsedPage, Problems], None] = lambda parsed, problems: None
    afterwards: Callable[[Page], list[str]] = lambda page: []


@dataclass
class Report:
    """What a load did to pages and banks, in lines for the operator.

    `missing` pages lost their file, `kept` ones an editor changed. `touched` are the courses that ask something else of
    people who are in them.
    """

    made: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    touched: dict[CoursePage, tuple[Change, Touched]] = field(default_factory=dict)


_kinds: dict[str, ContentKind] = {}


def register_content_kind(name: str, kind: ContentKind) -> None:
    """Make files ending in `.<name>.md` known; a name is given once."""
    if name in _kinds and _kinds[name] is not kind:
        raise ValueError(f"content kind {name!r} is registered already")
    _kinds[name] = kind


def further_kinds() -> dict[str, PageKind]:
    """Return how the files of the apps above are read, as `parse_tree` wants to know it."""
    return {name: kind.reading for name, kind in _kinds.items() if name not in BUILT_IN}


def load_content(*, folder: Path, dry_run: bool = False, choice: Choice | None = None) -> Report:
    """Load a content folder and return what was done; raise `ContentError` before writing if any file is wrong.

    A dry run does all of it and takes it back. Without a choice whom a change touches, people keep the edition they
    began with.
    """
    courses = check_content(folder=folder)
    loader = _Loader()
    with loader.pictures.kept_with_the_rows(), transaction.atomic():
        report = loader.load(courses)
        if choice:
            keep_choice(courses=report.touched, choice=choice)
        if dry_run:
            transaction.set_rollback(True)
            loader.pictures.take_back()
    return report


def check_content(*, folder: Path) -> tuple[ParsedPage, ...]:
    """Return what a content folder holds, having written nothing; raise `ContentError` that names every mistake."""
    courses = parse_tree(read_files(folder), further_kinds())
    problems = Problems()
    for page in _walk(courses):
        _kinds[page.kind].check(page, problems)
    problems.raise_any()
    return courses


def _walk(pages) -> Iterator[ParsedPage]:
    for page in pages:
        yield page
        yield from _walk(page.children)


class _Loader:
    """One load: knows the rows of earlier loads and keeps the report."""

    def __init__(self):
        self.rows = {row.key: row for row in LoadedContent.objects.select_related("page")}
        self.report = Report()
        self.pictures = PictureShelf()
        self.written: list[tuple[ParsedPage, Page]] = []

    def load(self, courses) -> Report:
        """Load the banks first, as any quiz may draw from any of them."""
        shelf = prepare_shelf(None)
        for course in courses:
            if course.values.get("questions"):
                self.bank(course)
        self.children(courses, shelf, course_title="", live=True)
        for parsed, page in self.written:
            self.report.kept += [f"{parsed.path}: {note}" for note in _kinds[parsed.kind].afterwards(page)]
        paths = {course_path(page) for _parsed, page in self.written}
        self.report.touched = Prospects(CoursePage.objects.filter(path__in=paths - {None})).touched()
        keys = {page.key for page in _walk(courses)}
        gone = [row for key, row in self.rows.items() if key not in keys and row.page_id]
        self.report.missing = [f"{row.path}: {row.page.title}" for row in gone]
        return self.report

    def bank(self, course) -> None:
        path = str(PurePosixPath(course.path).parent / BANK)
        top = category_at(path=course.values["bank"].replace("/", "//"))
        bank = put_into_bank(parsed=course.values["questions"], category=top)
        self.report.kept += [f"{path}: {note}" for note in bank.notes]
        if bank.loaded.changed or bank.loaded.created:
            is_new = not (bank.loaded.changed or bank.loaded.unchanged or bank.notes)
            (self.report.made if is_new else self.report.updated).append(path)
        else:
            self.report.unchanged.append(path)

    def children(self, pages, parent, *, course_title, live):
        previous = None
        for parsed in pages:
            title, is_live = course_title or parsed.values["title"], live and parsed.published
            page = self.page(parsed, parent, previous, title, is_live)
            if page is not None:
                self.children(parsed.children, page, course_title=title, live=is_live)
                previous = page

    def page(self, parsed, parent, previous, course_title, live) -> Page | None:
        """Make, update or leave alone one page; None where an editor deleted it, so that its children stay away too."""
        digest = hashlib.sha256(f"{parsed.digest} {live}".encode()).hexdigest()
        row = self.rows.get(parsed.key)
        if row is None:
            return self.made(parsed, parent, previous, course_title, live, digest)
        if row.page is None:
            self.report.kept.append(f"{parsed.path}: an editor deleted the page; it is not brought back")
            return None
        if row.page.latest_revision_id != row.revision_id or row.page.live != row.live:
            self.report.kept.append(f"{parsed.path}: an editor changed “{row.page.title}”")
            return row.page
        if row.digest == digest:
            self.report.unchanged.append(parsed.path)
            return row.page
        page = row.page.specific
        self.write(parsed, page, course_title, live, row=row, digest=digest)
        self.report.updated.append(parsed.path)
        return page

    def made(self, parsed, parent, previous, course_title, live, digest) -> Page:
        twin = parent.get_children().filter(slug=parsed.slug).first()
        if twin:
            self.report.kept.append(f"{parsed.path}: “{twin.title}” of an editor has this address already")
            return twin
        page = _kinds[parsed.kind].page_class(title=parsed.values["title"], slug=parsed.slug, live=False)
        row = LoadedContent(key=parsed.key)
        self.write(parsed, page, course_title, live, row=row, digest=digest, put=lambda: _put(page, parent, previous))
        self.report.made.append(parsed.path)
        return page

    def write(self, parsed, page, course_title, live, *, row, digest, put=None):
        """Fill a page, save it as a revision and publish or withdraw it, and remember what was loaded."""
        page.title = parsed.values["title"]
        notes = _kinds[parsed.kind].fill(page, self.pictures.with_pictures(parsed), course_title)
        self.report.kept += [f"{parsed.path}: {note}" for note in notes]
        if put:
            put()
        revision = page.save_revision(log_action=bool(page.latest_revision_id))
        if live:
            revision.publish()
        elif page.live:
            page.unpublish()
        row.page_id, row.path, row.digest, row.live, row.revision_id = page.pk, parsed.path, digest, live, revision.pk
        row.save()
        self.written.append((parsed, page))


def _put(page: Page, parent: Page, previous: Page | None) -> None:
    """Add a new page right after the one its file follows, so that a lesson added later stands in its place."""
    if previous is not None and (after := Page.objects.get(pk=previous.pk)).get_next_sibling():
        after.add_sibling(pos="right", instance=page)
    elif previous is None and (first := parent.get_first_child()):
        first.add_sibling(pos="left", instance=page)
    else:
        Page.objects.get(pk=parent.pk).add_child(instance=page)


# --- the kinds of this app -------------------------------------------------------------------------------------------


def _fill_course(page: CoursePage, parsed: ParsedPage, course_title: str) -> list[str]:
    values = parsed.values
    page.summary = page.search_description = values["summary"]
    page.introduction = values["introduction"]
    page.aims = json.dumps([{"type": "aim", "value": aim} for aim in values["aims"]])
    page.level = values["level"]
    page.audience = values["audience"]
    page.cover_pattern = values["pattern"]
    page.cover_colour = values["colour"]
    competencies = Competency.objects.in_bulk(values["competencies"], field_name="name")
    page.competencies = [
        CourseCompetency(competency=competencies[name], level=values["level"], sort_order=order)
        for order, name in enumerate(values["competencies"])
    ]
    page.topics.clear()
    page.topics.add(*values["topics"])
    return []


def _fill_path(page: PathPage, parsed: ParsedPage, course_title: str) -> list[str]:
    values = parsed.values
    page.summary = page.search_description = values["summary"]
    page.introduction = values["introduction"]
    page.is_ordered = values["ordered"]
    page.cover_pattern, page.cover_colour = values["pattern"], values["colour"]
    shelf = prepare_shelf(None)
    courses = {course.slug: course for course in CoursePage.objects.child_of(shelf)}
    page.steps = [
        PathStep(
            course=courses[step["course"]], milestone=step["milestone"], required=step["required"], sort_order=order
        )
        for order, step in enumerate(values["steps"])
        if step["course"] in courses
    ]
    gone = [step["course"] for step in values["steps"] if step["course"] not in courses]
    return [f"an editor moved or deleted the course {slug!r}; the path goes without it" for slug in gone]


def _check_course(parsed: ParsedPage, problems: Problems) -> None:
    try:
        known = set(Competency.objects.values_list("name", flat=True))
    except DatabaseError:
        return  # who only checks files may have no database; loading could not begin without one
    for name in parsed.values["competencies"]:
        if name not in known:
            cure = f"Use a name of the reference table: {', '.join(sorted(known))}."
            problems.add(parsed.path, 1, f"there is no competency {name!r}", cure)


def _fill_module(page: ModulePage, parsed: ParsedPage, course_title: str) -> list[str]:
    page.introduction = parsed.values["introduction"]
    return []


def _fill_lesson(page: LessonPage, parsed: ParsedPage, course_title: str) -> list[str]:
    values = parsed.values
    page.summary = page.search_description = values["summary"]
    page.planned_minutes = values["minutes"]
    page.required = values["required"]
    page.body = json.dumps(values["body"])
    page.sources = json.dumps([{"type": "source", "value": source} for source in values["sources"]])
    return []


def _check_lesson(parsed: ParsedPage, problems: Problems) -> None:
    """Let the blocks judge, as they judge what an editor types; figures only later are in the library."""
    sources = [{"type": "source", "value": source} for source in parsed.values["sources"]]
    body = [(number, part) for number, part in enumerate(parsed.values["body"], 1) if part["type"] != "figure"]
    for block, numbered in ((LessonBody(), body), (SourcesBody(), list(enumerate(sources, 1)))):
        try:
            block.clean(block.to_python([part for _number, part in numbered]))
        except StreamBlockValidationError as error:
            for place, fault in error.block_errors.items():
                number, part = numbered[place]
                words = "; ".join(_messages(fault)) or "is not complete"
                problems.add(parsed.path, 1, f"block {number} ({part['type']}): {words}", "Mend that block.")


def _messages(error) -> list[str]:
    """Return the words of a block's nested validation errors."""
    nested = [
        *(getattr(error, "non_block_errors", None) or []),
        *(getattr(error, "block_errors", None) or {}).values(),
        *(getattr(error, "cell_errors", None) or {}).values(),
    ]
    if nested:
        return [words for part in nested for words in _messages(part)]
    if isinstance(error, dict):
        return [words for part in error.values() for words in _messages(part)]
    return list(error.messages) if isinstance(error, ValidationError) else [str(error)]


BUILT_IN = ("course", "module", "lesson", "path")
register_content_kind("course", ContentKind(COURSE, CoursePage, _fill_course, _check_course))
register_content_kind("module", ContentKind(MODULE, ModulePage, _fill_module))
register_content_kind("path", ContentKind(PATH, PathPage, _fill_path))
register_content_kind("lesson", ContentKind(LESSON, LessonPage, _fill_lesson, _check_lesson))
