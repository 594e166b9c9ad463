"""The picture files of the starter curriculum: which may stand beside a lesson, and whether one is fit to be shown.

Imports no Django."""

import re
from collections.abc import Mapping
from pathlib import PurePosixPath

from library.drawings import faults_of

from .markdown_prose import Problems

# What the library shows, each with its first bytes and the most bytes that a page should cost a phone.
KINDS = {".svg": (b"", 20_000), ".png": (b"\x89PNG\r\n", 200_000), ".jpg": (b"\xff\xd8\xff", 200_000)}
PICTURE = re.compile(r"\.(svg|png|jpe?g|webp|gif|avif|bmp|tiff?)$", re.IGNORECASE)


def note_picture(name: str, pictures: Mapping[str, bytes], path: str, line: int, problems: Problems) -> bool:
    """Say whether a file that a block in this line names is there, noting what is wrong with it."""
    if PurePosixPath(name).suffix not in KINDS:
        problems.add(path, line, f"the picture {name!r} is of no known type", f"Use {', '.join(KINDS)}.")
        return name in pictures
    if name not in pictures:
        beside = ", ".join(sorted(pictures)) or "no picture"
        cure = f"Put the file into the folder of the lesson (there is {beside}), or mend its name."
        problems.add(path, line, f"the picture {name!r} is missing", cure)
        return False
    _note_content(str(PurePosixPath(path).parent / name), pictures[name], problems)
    return True


def _note_content(path: str, content: bytes, problems: Problems) -> None:
    beginning, most = KINDS[PurePosixPath(path).suffix]
    if len(content) > most:
        words = f"the picture has {len(content)} bytes, more than {most}"
        problems.add(path, 1, words, "Make it simpler or smaller: learners pay for each byte.")
    elif not content.startswith(beginning):
        problems.add(path, 1, "the content does not fit the ending", "Save the picture again as what it is called.")
    elif not beginning:
        for fault in faults_of(content):
            problems.add(path, fault.line, fault.message, fault.cure)
