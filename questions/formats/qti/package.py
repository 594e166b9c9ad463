"""Content packages: a zip with `imsmanifest.xml`, items and media (IMS Content Packaging 1.1 and 1.2). Pure.

Nothing is unpacked: items are read one at a time, pictures when an item shows them. Zips that would fill the memory or
the disk, and names that point outside, are refused before anything is read.
"""

import posixpath
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import BinaryIO
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from ... import files
from ...wording import gettext
from .. import safe_xml
from ..base import UnreadableFile

MANIFEST = "imsmanifest.xml"
MOST_ENTRIES = 200_000
LARGEST_ITEM = 10_000_000  # bytes
LARGEST_PACKAGE = 4_000_000_000  # bytes, unpacked
HIGHEST_RATIO = 200  # unpacked to packed, of entries beyond a million bytes
XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"
ITEM_TYPES = ("imsqti_item_xmlv2", "imsqti_apipitem_xmlv2", "imsqti_xmlv2")
OTHER_TYPES = ("imsqti_xmlv1", "imsqti_item_xmlv1", "imsqti_item_xmlv3", "imsqti_assessment_xmlv1")
CATEGORY = "category"  # the source of the taxonomy that our packages write
STATES = {"draft": "draft", "final": "ready", "revised": "ready", "unavailable": "retired"}


@dataclass(frozen=True)
class Resource:
    """An item as the manifest names it; `is_other` where it is of another version of QTI."""

    path: str
    title: str = ""
    identifier: str = ""
    keywords: tuple[str, ...] = ()
    category: str = ""
    status: str = ""
    is_other: bool = False


class Missing(LookupError):
    """The package has no such file."""


class TooLarge(ValueError):
    """The file in the package is larger than allowed."""


@dataclass
class Package:
    """An open package; `resources` are its items in the order of the manifest."""

    archive: zipfile.ZipFile
    base: str = ""
    names: dict[str, zipfile.ZipInfo] = field(default_factory=dict)

    def resources(self) -> Iterator[Resource]:
        """Yield the items; where there is no manifest, every XML file. Raises UnreadableFile."""
        manifest = next((n for n in sorted(self.names, key=len) if posixpath.basename(n) == MANIFEST), None)
        if manifest is None:
            yield from (Resource(name) for name in sorted(self.names) if name.endswith(".xml"))
            return
        self.base = posixpath.dirname(manifest)
        with self.archive.open(self.names[manifest]) as file:
            try:
                for piece in safe_xml.pieces(file, "manifest", level=2):  # type: ignore[arg-type]
                    if piece.element.tag == "resource" and (found := self._resource(piece.element)):
                        yield found
            except UnreadableFile as error:
                raise UnreadableFile(f"{manifest}: {error}") from None
            except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError):
                raise UnreadableFile(_damaged()) from None

    def _resource(self, element: Element) -> Resource | None:
        kind = element.get("type", "").lower()
        if not kind.startswith(ITEM_TYPES + OTHER_TYPES):
            return None
        href = element.get("href") or next((child.get("href", "") for child in element if child.tag == "file"), "")
        return Resource(
            path=resolved(posixpath.join(self.base, element.get(XML_BASE, "")), href),
            title=" ".join(_texts(element, "general", "title")[:1]),
            identifier=element.get("identifier", ""),
            keywords=tuple(_texts(element, "general", "keyword")),
            category=_category(element),
            status=" ".join(_texts(element, "lifecycle", "status", "value")[:1]).lower(),
            is_other=kind.startswith(OTHER_TYPES),
        )

    def content(self, path: str, limit: int) -> bytes:
        """Return a file of the package. Raises Missing, TooLarge and UnreadableFile."""
        info = self.names.get(path)
        if info is None:
            raise Missing(path)
        try:
            with self.archive.open(info) as file:
                content = file.read(limit + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
            raise UnreadableFile(_damaged()) from None
        if len(content) > limit:
            raise TooLarge(path)
        return content

    def item(self, path: str) -> tuple[Element, int]:
        """Return the root of an item and its line. Raises Missing, TooLarge and UnreadableFile."""
        return root_of(BytesIO(self.content(path, LARGEST_ITEM)))

    def picture(self, path: str) -> bytes:
        """Return a picture. Raises Missing and TooLarge."""
        return self.content(path, files.LARGEST)


def opened(file: BinaryIO) -> Package:
    """Open a package and check that it is harmless. Raises UnreadableFile."""
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise UnreadableFile(_damaged()) from None
    entries = [info for info in archive.infolist() if not info.is_dir()]
    if len(entries) > MOST_ENTRIES:
        raise UnreadableFile(
            gettext("The package has more than %(most)s files. Split it into several.") % {"most": MOST_ENTRIES}
        )
    for info in entries:
        _check(info)
    if sum(info.file_size for info in entries) > LARGEST_PACKAGE:
        raise UnreadableFile(gettext("The package is too large when unpacked. Split it into several."))
    return Package(archive, names={info.filename.removeprefix("./"): info for info in entries})


def _check(info: zipfile.ZipInfo) -> None:
    name = info.filename
    if name.startswith("/") or "\\" in name or ":" in name.partition("/")[0] or ".." in name.split("/"):
        raise UnreadableFile(
            gettext("The package has a file whose name points outside: “%(name)s”. Export the package again.")
            % {"name": name[:100]}
        )
    if info.flag_bits & 1:
        raise UnreadableFile(gettext("The package is locked with a password. Export it without one."))
    if info.file_size > max(1_000_000, HIGHEST_RATIO * info.compress_size):
        raise UnreadableFile(
            gettext("“%(name)s” in the package grows beyond measure when unpacked; it is not read.")
            % {"name": name[:100]}
        )


def root_of(file: BinaryIO) -> tuple[Element, int]:
    """Return the root of an XML document and the line it begins in. Raises UnreadableFile."""
    for piece in safe_xml.pieces(file, level=0):
        if not piece.is_whole:
            raise UnreadableFile(gettext("The XML is too large or nested too deep for one question."))
        return piece.element, piece.line
    raise UnreadableFile(gettext("The file is empty."))


def resolved(base: str, reference: str) -> str:
    """Return the path in the package that a reference means; empty for one that leads outside."""
    path = posixpath.normpath(posixpath.join(base, unquote(reference.partition("#")[0].partition("?")[0])))
    return "" if path.startswith(("/", "..")) else path


def _texts(element: Element, *path: str) -> list[str]:
    """Return the words below the elements of this path, wherever it begins; names in any case."""
    found = [element]
    for number, name in enumerate(path):
        below = [child for parent in found for child in (parent.iter() if number == 0 else parent)]
        found = [child for child in below if child.tag.lower() == name]
    words = (" ".join("".join(element.itertext()).split()) for element in found)
    return [text for text in words if text]


def _category(element: Element) -> str:
    for path in (part for part in element.iter() if part.tag.lower() == "taxonpath"):
        if _texts(path, "taxonpath", "source") == [CATEGORY]:
            return "/".join(name.replace("/", "//") for name in _texts(path, "taxonpath", "taxon", "entry"))
    return ""


def _damaged() -> str:
    return gettext("The zip file is damaged or cut off. Export or send it again.")
