"""Reading strangers' XML one piece at a time, in bounded memory: no document type, no entities, nothing fetched. Pure.

A piece is a child of the root: a question. What cannot be read is named with line, column and the cure.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO
from xml.etree.ElementTree import Element, ParseError, TreeBuilder
from xml.parsers.expat import errors

from defusedxml import DefusedXmlException, DTDForbidden
from defusedxml.ElementTree import DefusedXMLParser

from ..wording import gettext
from .base import UnreadableFile, refuse_document

CHUNK = 64 * 1024
LARGEST_PIECE = 30_000_000  # characters of one piece, its pictures included
LARGEST_TOKEN = 2_000_000  # bytes of one tag or comment
COST_OF_ELEMENT = 200  # what an element costs beside its text, so that empty ones count too
DEEPEST = 60


@dataclass(frozen=True)
class Piece:
    """One child of the root and the line it begins in; it was too large where it is not whole, and its rest is gone."""

    line: int
    element: Element
    is_whole: bool


def pieces(file: BinaryIO, root: str = "", *, level: int = 1) -> Iterator[Piece]:
    """Yield the children of the root, which must have this name, as the file is read. Raises UnreadableFile.

    At level 2 the grandchildren are the pieces, at level 0 the root itself is. Without a name any root will do.
    """
    target = _Target(root, level)
    parser = DefusedXMLParser(target=target, forbid_dtd=True, forbid_entities=True, forbid_external=True)
    target.expat = parser.parser
    before, fed = b"", 0
    while chunk := file.read(CHUNK):
        if not fed:
            _check_beginning(chunk)
        fed += len(chunk)
        with _told(target.expat, before + chunk, fed):
            parser.feed(chunk)
        yield from target.taken()
        if fed - target.expat.CurrentByteIndex > LARGEST_TOKEN:
            raise UnreadableFile(
                gettext("The tag or comment that begins in line %(line)s does not end. Is a > missing?")
                % {"line": target.expat.CurrentLineNumber}
            )
        before = chunk
    with _told(target.expat, before, fed):
        parser.close()
    yield from target.taken()


def _check_beginning(chunk: bytes) -> None:
    refuse_document(chunk)
    if chunk.startswith((b"\xff\xfe", b"\xfe\xff")):
        return
    words = chunk.removeprefix(b"\xef\xbb\xbf").lstrip()
    if words and not words.startswith(b"<") and not words.startswith(b"\0<"):
        raise UnreadableFile(gettext("This is not XML: it does not begin with <. Choose the format that the file has."))


class _OtherRoot(Exception):
    """The root has another name."""


class _Target:
    """Builds the pieces, one tree each; beyond the limits it only counts what opens and closes."""

    expat: Any

    def __init__(self, root: str, level: int):
        self.root, self.level, self.depth, self.ignored, self.size, self.line = root, level, 0, 0, 0, 0
        self.ready: list[Piece] = []
        self.builder: TreeBuilder | None = None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        tag = tag.rpartition("}")[2]
        if self.depth == 0 and self.root and tag != self.root:
            raise _OtherRoot(tag)
        if self.depth == self.level:
            self.builder, self.size, self.line = TreeBuilder(), 0, self.expat.CurrentLineNumber
        self.depth += 1
        if self.builder is None:
            return
        self.size += COST_OF_ELEMENT + sum(len(value) for value in attributes.values())
        if self.ignored or self.size > LARGEST_PIECE or self.depth > DEEPEST:
            self.ignored += 1
            self.size = max(self.size, LARGEST_PIECE + 1)
        else:
            self.builder.start(tag, attributes)

    def data(self, text: str) -> None:
        if self.builder is None:
            return
        self.size += len(text)
        if not self.ignored and self.size <= LARGEST_PIECE:
            self.builder.data(text)

    def end(self, tag: str) -> None:
        self.depth -= 1
        if self.builder is None:
            return
        if self.ignored:
            self.ignored -= 1
            return
        self.builder.end(tag.rpartition("}")[2])
        if self.depth == self.level:
            self.ready.append(Piece(self.line, self.builder.close(), self.size <= LARGEST_PIECE))
            self.builder = None

    def close(self) -> None:
        """Nothing is left to build."""

    def taken(self) -> list[Piece]:
        """Return the pieces that are complete and forget them."""
        ready, self.ready = self.ready, []
        return ready


@contextmanager
def _told(expat: Any, window: bytes, fed: int) -> Iterator[None]:
    """Turn what stops the parser into an UnreadableFile with line, column and cure; `window` are the last bytes fed."""
    try:
        yield
    except _OtherRoot as other:
        message = gettext("The file begins with <%(tag)s>, which is not what this format has. Choose the right format.")
        raise UnreadableFile(message % {"tag": str(other)[:60]}) from None
    except DefusedXmlException as refused:
        if isinstance(refused, DTDForbidden) and str(refused.name).lower() == "html":
            message = gettext(
                "This is a web page, not a file of questions. Was the file exported while you were signed in?"
            )
            raise UnreadableFile(message) from None
        message = gettext("Line %(line)s has a document type or an entity (<!DOCTYPE, <!ENTITY). Take it out.")
        raise UnreadableFile(message % {"line": expat.CurrentLineNumber}) from None
    except ParseError as error:
        line, column = error.position
        place = gettext("Line %(line)s, column %(column)s:") % {"line": line, "column": column + 1}
        start = len(window) - fed + expat.ErrorByteIndex
        found = window[start : start + 1] if start >= 0 else b""
        raise UnreadableFile(f"{place} {_why(error.code, found)}") from None
    except (LookupError, ValueError):  # of an encoding that is declared
        raise UnreadableFile(
            gettext("The file names an encoding that is not known. Save it as UTF-8 and try again.")
        ) from None


def _why(code: int, found: bytes) -> str:
    """Say what is wrong where the parser stopped at this byte, and the cure."""
    if code == errors.codes[errors.XML_ERROR_INVALID_TOKEN] and found:
        if found >= b"\x80":
            return gettext("a character that is not UTF-8. Save the file as UTF-8 and try again.")
        if found < b" ":
            return gettext("a control character, which XML does not allow. Take it out.")
    by_code = {
        errors.XML_ERROR_INVALID_TOKEN: gettext(
            "this is not well-formed. For the characters themselves write &lt; and &amp;."
        ),
        errors.XML_ERROR_TAG_MISMATCH: gettext("this closing tag does not belong to the tag that is open."),
        errors.XML_ERROR_NO_ELEMENTS: gettext("the file ends too early. It may have been cut off: export it again."),
        errors.XML_ERROR_UNCLOSED_TOKEN: gettext("the file ends too early. It may have been cut off: export it again."),
        errors.XML_ERROR_UNCLOSED_CDATA_SECTION: gettext("a CDATA section is not closed with ]]>."),
        errors.XML_ERROR_UNDEFINED_ENTITY: gettext(
            "this entity is not known in XML. Write the character itself, or put the text into a CDATA section."
        ),
        errors.XML_ERROR_DUPLICATE_ATTRIBUTE: gettext("an attribute stands twice in the same tag."),
        errors.XML_ERROR_JUNK_AFTER_DOC_ELEMENT: gettext("something follows the end. Were two files put together?"),
        errors.XML_ERROR_MISPLACED_XML_PI: gettext("something stands before <?xml …?>. Take it out."),
        errors.XML_ERROR_UNKNOWN_ENCODING: gettext(
            "the file names an encoding that is not known. Save it as UTF-8 and try again."
        ),
        errors.XML_ERROR_INCORRECT_ENCODING: gettext(
            "the file is in another encoding than it says. Save it as UTF-8 and try again."
        ),
    }
    words = {errors.codes[name]: text for name, text in by_code.items()}
    return words.get(code) or gettext("this is not well-formed (%(error)s).") % {
        "error": errors.messages.get(code, code)
    }
