"""Turns the parsed starter curriculum into pages: all or nothing, the same however often, editors' work untouched.

A kind of activity that stands above this app registers how its files are read and how its page is filled:
`register_content_kind("quiz", ContentKind(...))` in the `ready()` of its app config makes `*.quiz.md` known.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import transaction
from wagtail.blocks.stream_block import StreamBlockValidationError
from wagtail.models import Page

from people.models import Competency

from .blocks import LessonBody, SourcesBody
from .editorial import prepare_shelf
from .markdown_content import COURSE, LESSON, MODULE, PageKind, ParsedPage, parse_tree, read_files
from .markdown_prose import Problems
from .models import CourseCompetency, CoursePage, LessonPage, LoadedContent, ModulePage


@dataclass(frozen=True)
class ContentKind:
    """How one kind of page comes out of its files.

    `reading` says which keys and companions the files have and parses them without a database; `page_class` is made or
    updated. `check(parsed, problems)` notes what only the database can tell, before anything is written.
    `fill(page, parsed, course_title) -> notes` sets fields and child relations of the page, unsaved; it may write what
    the page refers to. A note names what was left alone and goes into the report.
    """

    reading: PageKind
    page_class: type[Page]
    fill: Callable[[Page, ParsedPage, str], list[str]]
    check: Callable[[ParsedPage, Problems], None] = lambda parsed, problems: None


@dataclass
class Report:
    """What a load did, in lines for the operator: `missing` pages lost their file, `kept` ones an editor changed."""

    made: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


_kinds: dict[str, ContentKind] = {}


def register_content_kind(name: str, kind: ContentKind) -> None:
    """Make files ending in `.<name>.md` known; a name is given once."""
    if name in _kinds and _kinds[name] is not kind:
        raise ValueError(f"content kind {name!r} is registered already")
    _kinds[name] = kind


def load_content(*, folder: Path, dry_run: bool = False) -> Report:
    """Load a content folder and return what was done; raise `ContentError` before writing if any file is wrong.

    A dry run does all of it and takes it back.
    """
    kinds = {name: kind.reading for name, kind in _kinds.items() if name not in BUILT_IN}
    courses = parse_tree(read_files(folder), kinds)
    _check(courses)
    with transaction.atomic():
        report = _Loader().load(courses)
        if dry_run:
            transaction.set_rollback(True)
    return report


def _check(courses) -> None:
    problems = Problems()
    for page in _walk(courses):
        _kinds[page.kind].check(page, problems)
    problems.raise_any()


def _walk(pages):
    for page in pages:
        yield page
        yield from _walk(page.children)


class _Loader:
    """One load: knows the rows of earlier loads and keeps the report."""

    def __init__(self):
        self.rows = {row.key: row for row in LoadedContent.objects.select_related("page")}
        self.report = Report()

    def load(self, courses) -> Report:
        shelf = prepare_shelf(None)
        self.children(courses, shelf, course_title="", live=True)
        keys = {page.key for page in _walk(courses)}
        gone = [row for key, row in self.rows.items() if key not in keys and row.page_id]
        self.report.missing = [f"{row.path}: {row.page.title}" for row in gone]
        return self.report

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
        notes = _kinds[parsed.kind].fill(page, parsed, course_title)
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


def _check_course(parsed: ParsedPage, problems: Problems) -> None:
    known = set(Competency.objects.values_list("name", flat=True))
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
    """Let the blocks judge, as they judge what an editor types."""
    sources = [{"type": "source", "value": source} for source in parsed.values["sources"]]
    for block, raw in ((LessonBody(), parsed.values["body"]), (SourcesBody(), sources)):
        try:
            block.clean(block.to_python(raw))
        except StreamBlockValidationError as error:
            for number, fault in error.block_errors.items():
                words = "; ".join(_messages(fault)) or "is not complete"
                problems.add(parsed.path, 1, f"block {number + 1} ({raw[number]['type']}): {words}", "Mend that block.")


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


BUILT_IN = ("course", "module", "lesson")
register_content_kind("course", ContentKind(COURSE, CoursePage, _fill_course, _check_course))
register_content_kind("module", ContentKind(MODULE, ModulePage, _fill_module))
register_content_kind("lesson", ContentKind(LESSON, LessonPage, _fill_lesson, _check_lesson))
