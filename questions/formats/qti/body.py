"""The texts of an item: QTI's XHTML to our HTML, with its pictures; interactions leave a place behind. Pure."""

import base64
import html
import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes
from xml.etree.ElementTree import Element

from ... import files, markup
from ...wording import gettext
from .package import Missing, TooLarge, resolved

FetchPicture = Callable[[str], bytes]
# Characters for private use mark the places of interactions; those of the file are taken out.
PLACE = re.compile("\ue000([0-9]+)\ue001")
PRIVATE = re.compile("[\ue000\ue001]")
INTERACTION = re.compile(r"[a-zA-Z]+Interaction")
VOID = {"br", "hr", "col"}
# Classes that stand for what QTI's XHTML has no element for; `writing` writes them.
CLASSES = {"underline": "u", "line-through": "s"}
FEEDBACK = {"feedbackInline", "feedbackBlock"}
NOT_SHOWN = {"stylesheet", "rubricBlock", "modalFeedback", "templateDeclaration", "apipAccessibility", "catalogInfo"}
CANNOT = {
    "math": "MathML", "include": "XInclude", "printedVariable": "printedVariable", "templateBlock": "templateBlock",
    "templateInline": "templateInline", "audio": "audio", "video": "video", "iframe": "iframe", "svg": "SVG",
}  # fmt: skip


def missing_picture(address: str) -> bytes:
    """Say that a single item holds no pictures; where there is no package this is how pictures are fetched."""
    raise Missing(address)


@dataclass
class Message:
    """A feedback: the value of which outcome shows (or hides) it."""

    outcome: str
    identifier: str
    shows: bool
    text: str
    choice: str = ""  # the choice that it stands in


@dataclass
class Body:
    """What turns the elements of one item into HTML, and remembers what it met on the way."""

    folder: str = ""
    fetch: FetchPicture = missing_picture
    pictures: dict[str, bytes] = field(default_factory=dict)
    interactions: list[Element] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    gaps: list[Element] = field(default_factory=list)

    def html(self, element: Element, choice: str = "") -> str:
        """Return what is inside an element as HTML; feedback in it becomes a message of this choice."""
        parts = [_escaped(element.text)]
        for child in element:
            parts += [self._element(child, choice), _escaped(child.tail)]
        return "".join(parts)

    def words(self, element: Element) -> str:
        """Return what is inside an element as plain words."""
        return markup.plain(markup.block(self.html(element)))

    def _element(self, element: Element, choice: str) -> str:
        name = element.tag
        if name in FEEDBACK:
            self.messages.append(message(element, self.html(element), choice))
            return ""
        if INTERACTION.fullmatch(name):
            return self._interaction(element)
        if name == "gap":
            self.gaps.append(element)
            return f"\ue000{len(self.gaps) - 1}\ue001"
        if name in NOT_SHOWN:
            return ""
        if name in CANNOT:
            self._report(gettext("It shows “%(name)s”, which we cannot show. Replace it by words or a picture."), name)
            return ""
        if name == "img":
            return self._picture(element.get("src", ""), element.attrib)
        if name == "object":
            return self._object(element)
        return self._usual(element, choice)

    def _usual(self, element: Element, choice: str) -> str:
        name = CLASSES.get(element.get("class", ""), element.tag) if element.tag == "span" else element.tag
        if name in VOID:
            return f"<{name}>"
        kept = markup.ATTRIBUTES.get(name, set())
        attributes = "".join(f' {key}="{html.escape(value)}"' for key, value in element.attrib.items() if key in kept)
        return f"<{name}{attributes}>{self.html(element, choice)}</{name}>"

    def _interaction(self, element: Element) -> str:
        if element.tag == "endAttemptInteraction":
            return ""
        self.interactions.append(element)
        prompt = element.find("prompt")
        words = markup.block(self.html(prompt)) if prompt is not None else ""
        around = "" if element.tag != "gapMatchInteraction" else self._gapped(element)
        return f"{words}{around}\ue000{len(self.interactions) - 1}\ue001"

    def _gapped(self, element: Element) -> str:
        return "".join(
            self._element(child, "") for child in element if child.tag not in {"prompt", "gapText", "gapImg"}
        )

    def _object(self, element: Element) -> str:
        kind = element.get("type", "")
        if not kind.startswith("image/"):
            self._report(gettext("It shows “%(name)s”, which we cannot show. Replace it by words or a picture."), kind)
            return ""
        alt = " ".join("".join(element.itertext()).split())
        return self._picture(element.get("data", ""), {"src": "", "alt": alt, **element.attrib})

    def _picture(self, address: str, given: dict[str, str]) -> str:
        name = self.picture(address)
        if name is None:
            return ""
        shown = {**given, "src": files.file_address(name)}
        attributes = (
            f' {key}="{html.escape(value)}"' for key, value in shown.items() if key in markup.ATTRIBUTES["img"]
        )
        return f"<img{''.join(attributes)}>"

    def picture(self, address: str) -> str | None:
        """Take a picture along and return its name; None, with a problem, where it cannot be had."""
        shown = {"picture": address[:100]}
        try:
            content = self._content(address.strip())
        except TooLarge:
            self.problems.append(gettext("The picture “%(picture)s” is larger than 5 MB. Make it smaller.") % shown)
            return None
        except (Missing, ValueError):
            missing = gettext(
                "The picture “%(picture)s” is not in the file. Take it out, or import a package that has it."
            )
            self.problems.append(missing % shown)
            return None
        try:
            name = files.file_name(content)
        except files.BadFile:
            other = gettext("“%(picture)s” is no PNG, JPEG, GIF or WebP picture of 5 MB at most. Convert it to one.")
            self.problems.append(other % shown)
            return None
        self.pictures[name] = content
        return name

    def _content(self, address: str) -> bytes:
        if address.startswith("data:"):
            about, _comma, content = address.partition(",")
            if about.endswith(";base64"):
                return base64.b64decode(content, validate=False)
            return unquote_to_bytes(content)
        path = resolved(self.folder, address)
        if re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//", address) or not path:
            raise Missing(address)
        return self.fetch(path)

    def _report(self, message: str, name: str) -> None:
        self.problems.append(message % {"name": CANNOT.get(name, name) or "object"})


def message(element: Element, text: str, choice: str = "") -> Message:
    """Read a feedback of any kind."""
    shows = element.get("showHide", "show") != "hide"
    return Message(
        element.get("outcomeIdentifier", ""), element.get("identifier", ""), shows, markup.block(text), choice
    )


def folder_of(path: str) -> str:
    """Return the folder in which references of a file begin."""
    return posixpath.dirname(path)


def _escaped(text: str | None) -> str:
    return html.escape(PRIVATE.sub("", text or ""), quote=False)
