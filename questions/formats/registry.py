"""Every format by its name, and the guess from a file's name and beginning."""

from pathlib import PurePath

from . import aiken, gift, moodle_xml, qti, sheets
from .base import Format

FORMATS: dict[str, Format] = {
    known.name: known for known in (aiken.FORMAT, gift.FORMAT, moodle_xml.FORMAT, qti.FORMAT, sheets.XLSX, sheets.CSV)
}


def get_format(name: str) -> Format:
    """Return the format with this name; raises KeyError."""
    return FORMATS[name]


def guess_format(file_name: str, first_bytes: bytes = b"") -> Format | None:
    """Return the format of a file by its name and, where formats share an extension, by its first bytes.

    A few thousand bytes are enough. None where no format has this extension.
    """
    extension = PurePath(file_name).suffix.lower().lstrip(".")
    candidates = [known for known in FORMATS.values() if extension in known.extensions]
    sure = (known for known in candidates if known.looks_like and known.looks_like(first_bytes))
    usual = (known for known in candidates if not known.looks_like)
    return next(sure, None) or next(usual, None) or next(iter(candidates), None)
