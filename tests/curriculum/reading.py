"""The starter curriculum as its readers meet it: each course read once, without a database, and its words."""

import re
from functools import cache
from xml.etree import ElementTree

from django.conf import settings

from courses.content_checks import plain, strings_of, texts_of
from courses.content_loading import further_kinds
from courses.markdown_content import ParsedPage, parse_tree, read_files
from library.drawings import SVG
from questions.formats.base import ParsedQuestion

COURSES = (
    "etika-pelayanan-publik",
    "manajemen-waktu",
    "komunikasi-dan-keluhan",
    "standar-pelayanan-dan-skm",
    "pemerintahan-digital",
)
PATH = "dasar-pelayanan-publik-profesional"
FOLDER = settings.BASE_DIR / "content"
# A law with its number and year: UU 25/2009, PermenPANRB Nomor 14 Tahun 2017, Peraturan KPK 1/2026.
LAW = re.compile(
    r"\b(?:UU|Undang-Undang|PP|Perpres|Inpres|SE|SKB|Per[A-Z]\w*|Permen\w*|(?:Peraturan|Surat Edaran|SE)(?: [A-Z]\w*)+)"
    r"(?: Nomor)? (\d+)(?:/| Tahun )(\d{4})\b"
)
NO_WORDS = {"id", "kind", "type", "fraction", "choice", "picture", "answer", "url"}
FOREIGN = re.compile(r"<i>.*?</i>", re.DOTALL)


@cache
def course(slug: str) -> ParsedPage:
    files = {path: content for path, content in read_files(FOLDER).items() if path.startswith(f"{slug}/")}
    return parse_tree(files, further_kinds())[0]


@cache
def learning_path() -> ParsedPage:
    return next(page for page in parse_tree(read_files(FOLDER), further_kinds()) if page.kind == "path")


def activities(slug: str, *kinds: str) -> list[ParsedPage]:
    found = (page for module in course(slug).children for page in module.children)
    return [page for page in found if not kinds or page.kind in kinds]


def lessons(slug: str) -> list[ParsedPage]:
    return activities(slug, "lesson")


def bank(slug: str) -> tuple[ParsedQuestion, ...]:
    return course(slug).values["questions"]


READ = ("title", "summary", "introduction", "body", "task", "notes", "guide", "aims", "audience", "steps")


def _words(value) -> str:
    return "\n".join(plain(FOREIGN.sub("…", text)) for text in strings_of(value, NO_WORDS))


def every_text(slug: str) -> dict[str, str]:
    """Return what somebody reads of a course, without sources and what italics mark as foreign.

    By where it stands: pages by file, drawings by file and name, questions by code.
    """
    pages = [course(slug), *course(slug).children, *activities(slug)]
    return {
        **{page.path: _words([page.values.get(name) for name in READ]) for page in pages},
        **{f"{page.path}: {name}": drawn_words(page.pictures[name]) for page in pages for name in page.pictures},
        **{question.idnumber: _words([question.name, question.data]) for question in bank(slug)},
    }


def drawn_words(drawing: bytes) -> str:
    """Return the letters of a drawing, its title first."""
    root = ElementTree.fromstring(drawing)  # noqa: S314 - our own file; test_drawings finds it harmless
    return "\n".join("".join(part.itertext()) for part in root.iter() if part.tag in LETTERED)


LETTERED = {f"{{{SVG}}}{name}" for name in ("title", "desc", "text")}


def body_words(lesson: ParsedPage) -> str:
    return "\n".join(texts_of(lesson.values["body"]))


def laws_in(text: str) -> set[tuple[str, str]]:
    """Return the laws that a text names, as number and year."""
    return set(LAW.findall(text))
