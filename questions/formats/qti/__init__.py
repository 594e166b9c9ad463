"""Reading and writing QTI 2.1 and 2.2 (IMS Question and Test Interoperability): items, and packages of items.

`package` opens the zip, `body` reads texts, `processing` carries out an item's rules, `reading` makes a question of an
item (`choices`, `pairs`, `typed` and `gaps` by its interactions, `feedback` by what it shows) and `writing` makes a
package. `docs/questions.md` has the table of what is supported.
"""

import re
from collections.abc import Iterator
from typing import BinaryIO
from xml.etree.ElementTree import Element

from ... import markup
from ...wording import gettext
from ..base import Format, ParsedQuestion, UnreadableFile
from .body import Body, folder_of
from .package import STATES, Missing, Package, Resource, TooLarge, opened, root_of
from .reading import read_item
from .writing import write

ZIP = b"PK\x03\x04"
ROOT = re.compile(rb"<(?:[a-zA-Z0-9]+:)?(?:assessmentItem|assessmentTest|manifest|questestinterop|qti-assessment)\b")


def read(file: BinaryIO) -> Iterator[ParsedQuestion]:
    """Yield the question of an item, or those of a package one at a time. Raises UnreadableFile."""
    start = file.read(len(ZIP))
    file.seek(0)
    if start == ZIP:
        yield from _read_package(opened(file))
        return
    root, line = root_of(file)
    _check_root(root)
    question = read_item(root, Body())
    question.line = line
    yield question


def _check_root(root: Element) -> None:
    """Say what a document that is no item seems to be. Raises UnreadableFile."""
    if root.tag == "assessmentItem":
        return
    known = {
        "questestinterop": gettext("This is QTI 1.2. Export the questions as QTI 2.1 or 2.2, or as Moodle XML."),
        "qti-assessment-item": gettext("This is QTI 3.0. Export the questions as QTI 2.1 or 2.2."),
        "assessmentTest": gettext("This is the plan of a test, without its questions. Import the whole package (zip)."),
        "manifest": gettext("This is the list of a package, without its questions. Import the whole package (zip)."),
        "quiz": gettext("This is Moodle XML. Choose that format."),
    }
    unknown = gettext("The file begins with <%(tag)s>, which is not what this format has. Choose the right format.")
    raise UnreadableFile(known.get(root.tag) or unknown % {"tag": root.tag[:60]})


def _read_package(package: Package) -> Iterator[ParsedQuestion]:
    count = 0
    for resource in package.resources():
        count += 1
        yield _read_resource(package, resource)
    if not count:
        raise UnreadableFile(gettext("There is no question in this package. Is it a package of QTI 2.1 or 2.2?"))


def _read_resource(package: Package, resource: Resource) -> ParsedQuestion:
    try:
        root, line = package.item(resource.path)
        _check_root(root)
        question = read_item(root, Body(folder_of(resource.path), package.picture))
        question.line = line
    except Missing:
        question = _bad(resource, gettext("the file is not in the package. Export the package again."))
    except TooLarge:
        question = _bad(resource, gettext("the file is too large for one question."))
    except UnreadableFile as error:
        question = _bad(resource, str(error))
    else:
        question.problems = [f"{resource.path}: {problem}" for problem in question.problems]
    question.name = question.name or " ".join(resource.title.split())[:200] or resource.path
    question.tags = list(dict.fromkeys(markup.NEVER_TEXT.sub("", tag) for tag in resource.keywords))
    question.category = resource.category
    question.state = STATES.get(resource.status, "")
    return question


def _bad(resource: Resource, problem: str) -> ParsedQuestion:
    data = {"text": "", "general_feedback": ""}
    return ParsedQuestion(
        kind="unknown", name="", data=data, idnumber=resource.identifier[:100], problems=[f"{resource.path}: {problem}"]
    )


def looks_like(first_bytes: bytes) -> bool:
    """Say whether a file begins as a package or an item does."""
    return first_bytes.startswith(ZIP) or ROOT.search(first_bytes) is not None


FORMAT = Format("qti", "QTI 2", ("zip", "xml"), "application/zip", read, write, looks_like)
