"""The texts of one question in Moodle's XML, made safe, their files resolved to pictures. Pure."""

import base64
import binascii
import re
from collections.abc import Callable
from html import unescape
from itertools import islice
from urllib.parse import unquote
from xml.etree.ElementTree import Element, tostring

from .. import markup
from ..files import BadFile, file_address, file_name
from ..wording import gettext
from .base import ParsedQuestion

MOST_FILES = 300  # of one question
LONGEST_TEXT = 200_000  # characters, embedded pictures apart
FORMATS = {"html": "html", "markdown": "markdown", "plain_text": "plain", "moodle_auto_format": "moodle"}
MISSING = "missing:file"
MISSING_PICTURE = re.compile(rf"<img\b[^<>]*{MISSING}[^<>]*>", re.IGNORECASE)
MISSING_LINK = re.compile(rf"<a\b[^<>]*{MISSING}[^<>]*>", re.IGNORECASE)
ALT = re.compile(r"\salt\s*=\s*(?:\"([^\"<>]*)\"|'([^'<>]*)')", re.IGNORECASE)
DATA_ADDRESS = re.compile(r"data:image/[a-z+.-]{1,20};base64,([A-Za-z0-9+/=\s]{1,10000000})")
SIMPLE_NAME = r"[^\"'<>\s)]*"
PLACE = "@@PLUGINFILE@@/"


class Texts:
    """Reads the texts of a question; pictures and notices go to the question, and so do problems."""

    def __init__(self, element: Element, question: ParsedQuestion):
        self.question = question
        self.usual_format = "html"
        self._elements = {_path(file): file for file in islice(element.iter("file"), MOST_FILES)}
        self._addresses: dict[int, str] = {}

    def notice(self, words: str) -> None:
        """Tell what is left out, once."""
        if words not in self.question.notices:
            self.question.notices.append(words)

    def raw(self, element: Element | None) -> tuple[str, str]:
        """Return a text with its files resolved, and its format, for `safe`."""
        if element is None:
            return "", self.usual_format
        text = self._inner(element)
        named = element.get("format", "")
        text_format = FORMATS.get(named, "moodle") if named else self.usual_format
        if text_format != "plain":
            text = self._resolved(text, element)
        if len(text) > LONGEST_TEXT:
            self.question.problems.append(
                gettext("A text is longer than %(most)s characters. Shorten it, or part the question in two.")
                % {"most": LONGEST_TEXT}
            )
            text = text[:LONGEST_TEXT]
        return text, text_format

    def safe(self, raw: str, text_format: str, *, inline: bool = False) -> str:
        """Return a raw text as safe HTML; pictures of other places are told."""
        marked = markup.FROM_FORMAT[text_format](raw)
        marked = MISSING_LINK.sub("", MISSING_PICTURE.sub(_alt_of, marked))
        for picture in markup.pictures_elsewhere(marked):
            self.notice(
                gettext("The picture “%(picture)s” is not in the file and left out. Add it after the import.")
                % {"picture": picture[:100]}
            )
        return markup.inline(marked) if inline else markup.block(marked)

    def html(self, element: Element | None, *, inline: bool = False) -> str:
        """Return the text of an element as safe HTML."""
        return self.safe(*self.raw(element), inline=inline)

    def _inner(self, element: Element) -> str:
        """Return what stands in `<text>`; where it is markup without CDATA, that markup."""
        text = element.find("text")
        if text is None:
            return (element.text or "").strip()
        if len(text) == 0:
            return (text.text or "").strip()
        self.notice(gettext("A text had its markup outside of a CDATA section; it was read all the same."))
        return ((text.text or "") + "".join(tostring(child, encoding="unicode") for child in text)).strip()

    # --- files ---

    def _resolved(self, text: str, element: Element) -> str:
        if "data:image/" in text:
            text = DATA_ADDRESS.sub(self._data_address, text)
        if PLACE not in text:
            return text
        files = {**self._elements, **{_path(file): file for file in element.findall("file")[:MOST_FILES]}}
        return _place_of(list(files)).sub(self._address_in(files), text)

    def _address_in(self, files: dict[str, Element]) -> Callable[[re.Match[str]], str]:
        def address(found: re.Match[str]) -> str:
            given = found[1] or ""
            name = next((name for name in (given, _name_in(given)) if name in files), None)
            if name is not None:
                return self._address(name, files[name])
            self.notice(
                gettext("The file “%(file)s” is not in the file of questions and left out. Add it after the import.")
                % {"file": _name_in(given)[:100]}
            )
            return MISSING

        return address

    def _address(self, name: str, file: Element) -> str:
        """Return where a file of the question is shown; `MISSING` where it is no picture."""
        if id(file) not in self._addresses:
            content = _decoded(file.text or "")
            self._addresses[id(file)] = self._kept(name, content)
        return self._addresses[id(file)]

    def _kept(self, name: str, content: bytes | None) -> str:
        try:
            kept = file_name(content or b"")
        except BadFile as bad:
            reason = (
                gettext("The picture “%(file)s” is too large and left out. Make it smaller and add it later.")
                if str(bad) == "too large"
                else gettext("The file “%(file)s” is no picture in PNG, JPEG, GIF or WebP and left out.")
            )
            self.notice(reason % {"file": name[:100]})
            return MISSING
        self.question.files[kept] = content or b""
        return file_address(kept)

    def _data_address(self, found: re.Match[str]) -> str:
        return self._kept(gettext("picture in the text"), _decoded(found[1]))


def _path(file: Element) -> str:
    return f"{file.get('path', '/').strip('/')}/{file.get('name', '')}".lstrip("/")


def _place_of(names: list[str]) -> re.Pattern[str]:
    """Match a place and the name of a file behind it; names of blanks and brackets only as they are known."""
    odd = sorted((name for name in names if not re.fullmatch(SIMPLE_NAME, name)), key=len, reverse=True)
    return re.compile(rf"{PLACE}({'|'.join([*map(re.escape, odd), SIMPLE_NAME])})")


def _name_in(address: str) -> str:
    return unquote(unescape(address).partition("?")[0])


def _decoded(text: str) -> bytes | None:
    try:
        return base64.b64decode("".join(text.split()))
    except (binascii.Error, ValueError):
        return None


def _alt_of(picture: re.Match[str]) -> str:
    found = ALT.search(picture[0])
    return (found[1] or found[2] or "") if found else ""
