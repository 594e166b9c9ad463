"""Documents for archives and screen readers: a typst template and data become a PDF that claims PDF/A-2a and PDF/UA-1.

Nothing of the machine is read: fonts are those inside typst (Libertinus Serif, New Computer Modern, DejaVu Sans Mono;
SIL OFL, GUST and Bitstream Vera licences, all free to embed), and the only files are those handed in. Data are text,
never code. A template reads them with `#let data = json(bytes(sys.inputs.data))`, and it must name a title and a
language and describe each picture (`alt:`), else typst refuses to write PDF/UA.
"""

import datetime as dt
import json
import re
import tempfile
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import typst

STANDARDS: list = ["a-2a", "ua-1"]
FONTS = ("Libertinus Serif", "New Computer Modern", "DejaVu Sans Mono")
# Distinct letters that no font has, in one document; each costs one more try of some milliseconds.
MOST_UNKNOWN = 100
UNKNOWN = re.compile(r'the text `"(.+?)"` could not be displayed|contains the codepoint `"(.+?)"`', re.DOTALL)
ESCAPE = re.compile(r"\\u\{([0-9a-fA-F]+)\}|\\([tnr0'\"\\])")
SHORT = {"t": "\t", "n": "\n", "r": "\r", "0": "\0", "'": "'", '"': '"', "\\": "\\"}


class TypesettingFailed(Exception):
    """The template does not compile with these data; the message is typst's own."""


def compile_pdf(
    template: Path,
    data: Mapping[str, Any],
    *,
    files: Mapping[str, bytes] | None = None,
    made_at: dt.datetime | None = None,
) -> bytes:
    """Return the PDF; the same arguments give the same bytes. Raise TypesettingFailed.

    `template` is a `.typ` file, which may use other files of its folder. `data` is whatever JSON holds (dates as ISO
    8601 text). `files` are pictures by the name the template uses. `made_at` stands in the PDF; now when none is given.
    A character that no font has is printed as U+FFFD: a rare letter in a name must not withhold the document.
    """
    made_at = made_at or dt.datetime.now(dt.UTC)
    text = _as_json(data)
    for _ in range(MOST_UNKNOWN):
        try:
            return _compile(template, text, files, "pdf", pdf_standards=STANDARDS, timestamp=int(made_at.timestamp()))
        except typst.TypstError as error:
            unknown = UNKNOWN.search(error.message)
            if not unknown:
                raise TypesettingFailed(str(error)) from error
            text = _mended(text, _letters(unknown[1] or unknown[2]))
    raise TypesettingFailed(f"more than {MOST_UNKNOWN} characters that no font has")


def draw_png(
    template: Path, data: Mapping[str, Any], *, files: Mapping[str, bytes] | None = None, ppi: int = 96
) -> bytes:
    """Return the first page as a picture: a preview. Raise TypesettingFailed."""
    try:
        drawn = _compile(template, _as_json(data), files, "png", ppi=ppi)
    except typst.TypstError as error:
        raise TypesettingFailed(str(error)) from error
    return drawn[0] if isinstance(drawn, list) else drawn


def _as_json(data: Mapping[str, Any]) -> str:
    """Half of a surrogate pair is no character: nothing can carry it."""
    return json.dumps(data, default=str, ensure_ascii=False).encode("utf-8", "replace").decode()


def _compile(template: Path, text: str, files: Mapping[str, bytes] | None, form: str, **options):
    compile_project: Any = typst.compile  # its stubs do not know a project in memory
    options |= {"format": form, "ignore_system_fonts": True, "sys_inputs": {"data": text}}
    project = {**(files or {}), **_sources(template)}
    if all(map(_is_text, project.values())):
        return compile_project(project, **options)
    # In memory typst takes text alone, so a photo needs a folder.
    with tempfile.TemporaryDirectory() as folder:
        for name, content in project.items():
            (Path(folder) / name).write_bytes(content)
        return compile_project(str(Path(folder) / "main.typ"), root=folder, **options)


def _is_text(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


@cache
def _sources(template: Path) -> dict[str, bytes]:
    """Return the template and the files beside it by name; read once in a process, as code is."""
    others = {path.name: path.read_bytes() for path in template.parent.iterdir() if path.is_file() and path != template}
    return {**others, "main.typ": template.read_bytes()}


def _mended(text: str, unknown: str) -> str:
    """Take out what typst could not set. A letter that every font has was named for a sign that joined it."""
    mended = text if unknown.isascii() and unknown.isprintable() else _without(text, unknown)
    return mended if mended != text else _without(text, "".join(filter(_joins, set(text))))


def _joins(sign: str) -> bool:
    """Say whether a sign changes the letter before it: marks, joiners, modifiers of emoji."""
    return not sign.isascii() and unicodedata.category(sign) in ("Mn", "Me", "Cf", "Sk")


def _without(text: str, unknown: str) -> str:
    """Replace characters in every text of the data."""
    table = dict.fromkeys(map(ord, unknown), "\N{REPLACEMENT CHARACTER}")

    def cleaned(value: Any) -> Any:
        if isinstance(value, str):
            return value.translate(table)
        if isinstance(value, list):
            return [cleaned(one) for one in value]
        if isinstance(value, dict):
            return {key: cleaned(one) for key, one in value.items()}
        return value

    return _as_json(cleaned(json.loads(text)))


def _letters(quoted: str) -> str:
    """Return what typst's message quotes, in Rust's way: `\\u{7}` is one character, and so is `\\t`."""
    return ESCAPE.sub(lambda found: chr(int(found[1], 16)) if found[1] else SHORT[found[2]], quoted)
