"""Files that questions show: named by their content, so that equal files are one and an address never changes. Pure."""

import hashlib
import re

PICTURES = {
    "png": (b"\x89PNG\r\n\x1a\n",),
    "jpg": (b"\xff\xd8\xff",),
    "gif": (b"GIF87a", b"GIF89a"),
    "webp": (b"RIFF",),
}
NAME = re.compile(r"[0-9a-f]{64}\.(?:png|jpg|gif|webp)")
FOLDER = "/media/questions/"  # elearning.media serves it to whoever is signed in
ADDRESS = re.compile(rf"{FOLDER}({NAME.pattern})")
LARGEST = 5_000_000  # bytes


class BadFile(ValueError):
    """The content is no picture that browsers show, or too large; the message says which, for a developer."""


def file_name(content: bytes) -> str:
    """Return the name of a picture, `<sha256>.png`; its type is read from the content. Raises BadFile."""
    if len(content) > LARGEST:
        raise BadFile("too large")
    for extension, beginnings in PICTURES.items():
        if content.startswith(beginnings) and (extension != "webp" or content[8:12] == b"WEBP"):
            return f"{hashlib.sha256(content).hexdigest()}.{extension}"
    raise BadFile("not a picture of a known type")


def file_address(name: str) -> str:
    """Return the address at which texts of questions show a file."""
    return f"{FOLDER}{name}"


def names_in(text: str) -> list[str]:
    """Return the names of the files that an HTML text shows, in order."""
    return ADDRESS.findall(text)
