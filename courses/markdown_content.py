"""Reads the starter curriculum: a folder of Markdown and question files becomes a tree of `ParsedPage`.

Imports no Django. Nothing raises on the way: each mistake is noted with file, line and cure, so that one run names them
all. The format is written down in `content/README.md`.
"""

import datetime as dt
import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

import yaml

from core import covers

from .markdown_blocks import lesson_blocks
from .markdown_pictures import PICTURE
from .markdown_prose import PROSE, Problems, html_of
from .question_files import questions_in

NAME = re.compile(r"^(?:(?P<order>\d+)-)?(?P<slug>[a-z0-9]+(?:-[a-z0-9]+)*)$")
PAGE_FILE = re.compile(r"^\d+-[a-z0-9-]+(?:\.(?P<kind>[a-z_]+))?\.md$")
STATUSES = ("published", "draft")
CERTAINTIES = ("verified", "secondary", "unverified")


@dataclass(frozen=True)
class Key:
    """What a front matter key may hold. `most` is a length for text (of each item in a list), a bound for numbers."""

    kind: type
    required: bool = False
    default: object = None
    choices: tuple[str, ...] = ()
    least: int | None = None
    most: int | None = None


@dataclass(frozen=True)
class Document:
    """A Markdown file taken apart.

    `companions` are the files beside it under its name: `{".gift": text}`; `pictures` those that stand in its folder,
    by name.
    """

    path: str
    key: str
    front: Mapping[str, object]
    lines: Mapping[str, int]
    body: str
    body_line: int
    companions: Mapping[str, str] = field(default_factory=dict)
    pictures: Mapping[str, bytes] = field(default_factory=dict)

    def companion_path(self, ending: str) -> str:
        return str(PurePosixPath(self.path).parent / PurePosixPath(self.path).name.split(".")[0]) + ending


@dataclass(frozen=True)
class ParsedPage:
    """One page to be. `key` is the path without the numbers that only order: it stays when files are renumbered.

    `values` are the front matter (all keys, defaults filled in) and what the kind made of the body; `pictures` the
    files that the body shows, by name.
    """

    kind: str
    key: str
    path: str
    slug: str
    published: bool
    digest: str
    values: Mapping[str, object]
    children: tuple["ParsedPage", ...] = ()
    pictures: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class PageKind:
    """How files of one kind are read: their front matter, and `parse(document, problems) -> further values`."""

    keys: Mapping[str, Key]
    parse: Callable[[Document, Problems], dict]
    companions: tuple[str, ...] = ()


TITLE = Key(str, required=True, most=255)
STATUS = Key(str, default="published", choices=STATUSES)


def _introduction(document: Document, problems: Problems) -> dict:
    return {"introduction": html_of(document.body, document.path, document.body_line, problems, allowed=PROSE)}


def _lesson(document: Document, problems: Problems) -> dict:
    blocks = lesson_blocks(
        document.body, document.path, document.body_line, problems, key=document.key, pictures=document.pictures
    )
    if not blocks:
        problems.add(document.path, document.body_line, "the lesson is empty", "Write its text below the front matter.")
    return {"body": blocks, "sources": _sources(document, problems)}


def _sources(document: Document, problems: Problems) -> list[dict]:
    return [
        {
            "text": source["text"],
            "url": source.get("url") or "",
            "certainty": source.get("certainty") or "unverified",
            "status_date": str(source.get("status_date") or "") or None,
        }
        for source in document.front.get("sources") or []
        if _is_source(source, document, problems)
    ]


def _is_source(source: object, document: Document, problems: Problems) -> bool:
    line = document.lines.get("sources", 1)
    if not isinstance(source, dict) or not isinstance(source.get("text"), str) or not source["text"].strip():
        problems.add(
            document.path, line, "a source has no text", 'Write `- text: "…"`, then url and certainty below it.'
        )
        return False
    faults = [
        (set(source) - SOURCE_KEYS, "has an unknown key", f"Use {', '.join(sorted(SOURCE_KEYS))} only."),
        (
            source.get("certainty", "unverified") not in CERTAINTIES,
            f"has the certainty {source.get('certainty')!r}",
            f"Use one of {', '.join(CERTAINTIES)}.",
        ),
        (
            not re.match(r"^https?://\S+$", str(source.get("url") or "https://ok")),
            f"has the address {source.get('url')!r}",
            "An address begins with https:// or http://.",
        ),
        (
            not _is_date(source.get("status_date")),
            f"has the status_date {source.get('status_date')!r}",
            "Write the day on which the law stood so: 2026-11-21.",
        ),
        (len(source["text"]) > 400, "is longer than 400 characters", "Shorten it."),
    ]
    for is_fault, what, cure in faults:
        if is_fault:
            problems.add(document.path, line, f"the source “{source['text'][:40]}” {what}", cure)
    return not any(is_fault for is_fault, _what, _cure in faults)


def _is_date(value: object) -> bool:
    """Say whether a front matter value is a day or nothing; YAML makes a date of 2026-11-21 without quotation marks."""
    if isinstance(value, str) and value:
        try:
            dt.date.fromisoformat(value)
        except ValueError:
            return False
        return True
    return value in (None, "") or type(value) is dt.date


SOURCE_KEYS = {"text", "url", "certainty", "status_date"}


def _course(document: Document, problems: Problems) -> dict:
    """Read the introduction, and the bank beside it: `bank` is its top category, `questions` lie relative to that."""
    bank = document.front.get("bank") or document.front.get("title")
    path, text = str(PurePosixPath(document.path).parent / BANK), document.companions.get(BANK)
    if text is None and document.front.get("bank"):
        problems.add(path, 1, "the file of the bank is missing", "Put it beside course.md, or take `bank:` out.")
    questions = questions_in(text, path, problems) if text is not None else ()
    return {**_introduction(document, problems), "bank": str(bank or ""), "questions": questions}


BANK = "bank.gift"
COURSE = PageKind(
    keys={
        "title": TITLE,
        "summary": Key(str, required=True, most=200),
        "status": STATUS,
        "level": Key(int, default=2, least=1, most=5),
        "competencies": Key(list),
        "topics": Key(list, most=100),
        "audience": Key(str, default="", most=200),
        "aims": Key(list, most=200),
        "bank": Key(str, default="", most=150),
        "pattern": Key(str, default="kawung", choices=tuple(covers.PATTERNS)),
        "colour": Key(str, default="etika", choices=covers.COLOURS),
    },
    parse=_course,
)


def _path(document: Document, problems: Problems) -> dict:
    return {**_introduction(document, problems), "steps": _steps(document, problems)}


def _steps(document: Document, problems: Problems) -> list[dict]:
    """Read `courses`: each a folder's name, or a mapping of `course`, `milestone` and `required`."""
    steps = []
    for item in document.front.get("courses") or []:
        step = {"course": item} if isinstance(item, str) else item
        if isinstance(step, dict) and isinstance(step.get("course"), str) and set(step) <= STEP_KEYS:
            steps.append({"milestone": "", "required": True, **step})
        else:
            cure = "Write the name of a course's folder without its number, or course, milestone and required below it."
            problems.add(document.path, document.lines.get("courses", 1), f"a step is {item!r}", cure)
    return steps


STEP_KEYS = {"course", "milestone", "required"}
PATH = PageKind(
    keys={
        "title": TITLE,
        "summary": Key(str, required=True, most=200),
        "status": STATUS,
        "ordered": Key(bool, default=True),
        "courses": Key(list, required=True),
        "pattern": Key(str, default="songket", choices=tuple(covers.PATTERNS)),
        "colour": Key(str, default="etika", choices=covers.COLOURS),
    },
    parse=_path,
)
MODULE = PageKind(keys={"title": TITLE, "status": STATUS}, parse=_introduction)
LESSON = PageKind(
    keys={
        "title": TITLE,
        "summary": Key(str, default="", most=250),
        "status": STATUS,
        "minutes": Key(int, required=True, least=1, most=15),
        "required": Key(bool, default=True),
        "sources": Key(list),
    },
    parse=_lesson,
)


# --- one file --------------------------------------------------------------------------------------------------------


def parse_document(
    path: str,
    text: str,
    key: str,
    problems: Problems,
    companions: Mapping[str, str] | None = None,
    pictures: Mapping[str, bytes] | None = None,
) -> Document:
    """Take a file apart into front matter and body; without readable front matter, `front` is empty."""
    found = re.match(r"\A---[ \t]*\n(.*?)^---[ \t]*\n?", text, re.DOTALL | re.MULTILINE)
    if not found:
        problems.add(path, 1, "there is no front matter", "Begin the file with --- on a line, the keys, and --- again.")
        return Document(path, key, {}, {}, "", 1, companions or {}, pictures or {})
    source = found.group(1)
    lines = {name: number for number, name in _top_keys(source)}
    body_line = text[: found.end()].count("\n") + 1
    front = _load_yaml(path, source, problems)
    body = text[found.end() :]
    return Document(path, key, front, lines, body, body_line, companions or {}, pictures or {})


def _top_keys(source: str):
    for number, line in enumerate(source.split("\n"), start=2):
        if found := re.match(r"^([A-Za-z_]+)\s*:", line):
            yield number, found.group(1)


def _load_yaml(path: str, source: str, problems: Problems) -> dict:
    try:
        front = yaml.safe_load(source)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 2 if mark else 1
        reason = getattr(error, "problem", None) or "not readable"
        problems.add(
            path, line, f"the front matter is no YAML: {reason}", 'Put texts with : or # in "quotation marks".'
        )
        return {}
    if not isinstance(front, dict):
        problems.add(path, 2, "the front matter has no keys", "Write one `key: value` a line.")
        return {}
    return front


def check_front(document: Document, keys: Mapping[str, Key], problems: Problems) -> dict:
    """Return the front matter with every key of the kind, defaults filled in, noting what does not fit."""
    for name in set(document.front) - set(keys):
        problems.add(
            document.path, document.lines.get(str(name), 1), f"unknown key {name!r}", f"Known: {', '.join(keys)}."
        )
    return {name: _checked(name, key, document, problems) for name, key in keys.items()}


def _checked(name: str, key: Key, document: Document, problems: Problems):
    value = document.front.get(name)
    empty = value is None or value == ""
    if empty and not key.required:
        return list(key.default or []) if key.kind is list else key.default
    fault = ("is missing", f"Write `{name}: …` into the front matter.") if empty else _fault(value, key)
    if fault:
        what, cure = fault
        problems.add(document.path, document.lines.get(name, 1), f"{name} {what}", cure)
    return value


def _fault(value, key: Key) -> tuple[str, str] | None:
    """Return (what is wrong, cure) of a value that is there, or None."""
    if key.kind is int and (isinstance(value, bool) or not isinstance(value, int)):
        return "is no whole number", "Write digits without quotation marks."
    if key.kind is bool and not isinstance(value, bool):
        return "is neither true nor false", "Write true or false."
    if key.kind is str and not isinstance(value, str):
        return "is no text", 'Put it in "quotation marks".'
    if key.kind is list and not isinstance(value, list):
        return "is no list", "Write one item a line, each after `- `."
    if key.choices and value not in key.choices:
        return f"is {value!r}", f"Use one of {', '.join(key.choices)}."
    if key.kind is int and not (key.least or 0) <= value <= (key.most or value):
        return f"is {value}", f"It lies between {key.least or 0} and {key.most}."
    texts = value if key.kind is list else [value]
    if key.kind in (str, list) and key.most and any(len(str(text)) > key.most for text in texts):
        return f"is longer than {key.most} characters", "Shorten it."
    return None


def parse_page(kind_name: str, kind: PageKind, document: Document, problems: Problems, **extra) -> ParsedPage:
    values = check_front(document, kind.keys, problems)
    values |= kind.parse(document, problems)
    slug = document.key.rsplit("/", 1)[-1]
    shown = {name: document.pictures[name] for name in pictures_of(values.get("body") or ())}
    return ParsedPage(
        kind=kind_name, key=document.key, path=document.path, slug=slug, published=values.get("status") != "draft",
        values=values, digest="", pictures=shown, **extra,
    )  # fmt: skip


def pictures_of(body) -> list[str]:
    """Return the names of the files that the blocks of a body show."""
    return [part["value"]["picture"] for part in body if part["type"] == "figure" and part["value"]]


# --- the tree --------------------------------------------------------------------------------------------------------


def read_files(folder: Path) -> dict[str, bytes]:
    """Return the files of a content folder by their path in it.

    README.md, hidden files and folders whose name begins with _ (templates to copy) are no content.
    """
    paths = {path.relative_to(folder): path for path in sorted(folder.rglob("*")) if path.is_file()}
    return {
        name.as_posix(): path.read_bytes()
        for name, path in paths.items()
        if name.name != "README.md" and not any(part.startswith((".", "_")) for part in name.parts)
    }


def parse_tree(files: Mapping[str, str | bytes], kinds: Mapping[str, PageKind]) -> tuple[ParsedPage, ...]:
    """Return the courses of a content folder, then its learning paths; raise `ContentError` with every problem.

    `kinds` are the further kinds of activity by the ending of their files: `{"quiz": …}` reads `*.quiz.md`.
    """
    problems = Problems()
    reader = _TreeReader(files, kinds, problems)
    folders = reader.folders("")
    courses = tuple(reader.course(name) for name in folders if not reader.is_path(name))
    paths = tuple(reader.path(name, courses) for name in folders if reader.is_path(name))
    reader.note_strays()
    problems.raise_any()
    return courses + paths


class _TreeReader:
    def __init__(self, files, kinds, problems):
        self.problems = problems
        self.kinds = kinds
        self.pictures = {path: content for path, content in files.items() if PICTURE.search(path)}
        self.files = {path: self.text(path, content) for path, content in files.items() if path not in self.pictures}
        self.used: set[str] = set()

    def text(self, path: str, content: str | bytes) -> str:
        """Return a file's text; one that is none is named and counts as empty."""
        if isinstance(content, bytes):
            try:
                content = content.decode("utf-8-sig")
            except UnicodeDecodeError as error:
                line = content.count(b"\n", 0, error.start) + 1
                self.problems.add(path, line, "the file is no text in UTF-8", "Save it again as UTF-8.")
                return ""
        return content.replace("\r\n", "\n")

    def folders(self, parent: str) -> list[str]:
        start = f"{parent}/" if parent else ""
        inside = {
            path[len(start) :].split("/")[0]
            for path in self.files
            if path.startswith(start) and "/" in path[len(start) :]
        }
        return [f"{start}{name}" for name in sorted(inside)]

    def course(self, folder: str) -> ParsedPage:
        key = self.slug(folder, folder)
        bank = f"{folder}/{BANK}"
        self.used.add(bank)
        companions = {BANK: self.files[bank]} if bank in self.files else {}
        document = self.document(f"{folder}/course.md", key, companions)
        modules = tuple(self.module(name, key) for name in self.folders(folder))
        self.note_twins(modules)
        return self.sealed(parse_page("course", COURSE, document, self.problems, children=modules))

    def is_path(self, folder: str) -> bool:
        return f"{folder}/path.md" in self.files

    def path(self, folder: str, courses: tuple[ParsedPage, ...]) -> ParsedPage:
        document = self.document(f"{folder}/path.md", self.slug(folder, folder))
        page = parse_page("path", PATH, document, self.problems)
        known = [course.slug for course in courses]
        for step in page.values["steps"]:
            if step["course"] not in known:
                cure = f"Use the name of a course's folder without its number: {', '.join(known)}."
                line = document.lines.get("courses", 1)
                self.problems.add(document.path, line, f"there is no course {step['course']!r}", cure)
        return self.sealed(page)

    def module(self, folder: str, course_key: str) -> ParsedPage:
        key = f"{course_key}/{self.slug(PurePosixPath(folder).name, folder)}"
        document = self.document(f"{folder}/module.md", key)
        names = [path for path in self.files if str(PurePosixPath(path).parent) == folder]
        pages = tuple(self.activity(path, key) for path in sorted(names) if PAGE_FILE.match(PurePosixPath(path).name))
        pages = tuple(page for page in pages if page)
        self.note_twins(pages)
        return self.sealed(parse_page("module", MODULE, document, self.problems, children=pages))

    def activity(self, path: str, module_key: str) -> ParsedPage | None:
        ending = PAGE_FILE.match(PurePosixPath(path).name)["kind"]
        kind = LESSON if ending is None else self.kinds.get(ending)
        if kind is None:
            known = ", ".join(f"*.{name}.md" for name in self.kinds) or "none"
            self.used.add(path)
            self.problems.add(path, 1, f"files ending in .{ending}.md are unknown", f"Known endings: {known}.")
            return None
        stem = PurePosixPath(path).name.split(".")[0]
        key = f"{module_key}/{self.slug(stem, path)}"
        beside = {ending: f"{PurePosixPath(path).parent}/{stem}{ending}" for ending in kind.companions}
        companions = {ending: self.files[name] for ending, name in beside.items() if name in self.files}
        self.used.update(beside.values())
        page = parse_page(ending or "lesson", kind, self.document(path, key, companions), self.problems)
        return self.sealed(page, companions)

    def document(self, path: str, key: str, companions=None) -> Document:
        self.used.add(path)
        if path not in self.files:
            self.problems.add(path, 1, "the file is missing", "Every course has a course.md, every module a module.md.")
            return Document(path, key, {"title": "–", "summary": "–"}, {}, "", 1)
        folder = PurePosixPath(path).parent
        beside = {
            PurePosixPath(name).name: content
            for name, content in self.pictures.items()
            if PurePosixPath(name).parent == folder
        }
        return parse_document(path, self.files[path], key, self.problems, companions, beside)

    def slug(self, name: str, path: str) -> str:
        found = NAME.match(name)
        if not found:
            self.problems.add(
                path, 1, f"the name {name!r} makes no address", "Use small letters, digits and hyphens: 01-di-loket."
            )
        return found["slug"] if found else name

    def sealed(self, page: ParsedPage, companions=None) -> ParsedPage:
        """Give a page the digest of its files, by which a later load sees whether one changed."""
        texts = [self.files.get(page.path, ""), *(companions or {}).values()]
        texts += [hashlib.sha256(content).hexdigest() for content in page.pictures.values()]
        self.used.update(str(PurePosixPath(page.path).parent / name) for name in page.pictures)
        return replace(page, digest=hashlib.sha256("\0".join(texts).encode()).hexdigest())

    def note_twins(self, pages):
        seen = set()
        for page in pages:
            if page.slug in seen:
                self.problems.add(
                    page.path, 1, f"“{page.slug}” is there twice", "The numbers only order: give one another name."
                )
            seen.add(page.slug)

    def note_strays(self):
        for path in sorted({*self.files, *self.pictures} - self.used):
            cure = "Lessons are named 01-slug.md inside a module's folder."
            if path in self.pictures:
                cure = "Show it in a lesson of its folder with ::: figure, or take it away."
            self.problems.add(path, 1, "the file belongs to nothing", cure)
