"""Evidence that people hand in: a PDF or a photo, known by its content and not by its name."""

import hashlib
from dataclasses import dataclass
from pathlib import PurePath

from django.core.files.base import File
from django.utils.translation import gettext as _

LARGEST = 5_000_000  # bytes
PDF_HEAD = 1024  # a PDF may begin with some bytes of something else (ISO 32000-1, annex H)


class EvidenceRefused(Exception):
    """The file cannot be evidence; the message says why and what to do."""


@dataclass(frozen=True)
class Evidence:
    """A file that was looked at: its type by its content, its hash, and the name it came with."""

    file: File
    name: str
    type: str
    sha256: str


def look_at(upload: File) -> Evidence:
    """Return what an upload is. Raises EvidenceRefused."""
    name = " ".join(PurePath(str(upload.name).replace("\\", "/")).name.split())[-200:] or "bukti"
    if not upload.size:
        raise EvidenceRefused(_("“%(name)s” is empty. Choose the file again.") % {"name": name})
    if upload.size > LARGEST:
        raise EvidenceRefused(
            _("“%(name)s” is too large; at most %(size)s MB. Take a smaller picture, or save it as PDF.")
            % {"name": name, "size": LARGEST // 1_000_000}
        )
    digest = hashlib.sha256()
    head = b""
    for chunk in upload.chunks():
        head = head if len(head) >= PDF_HEAD else (head + chunk)[:PDF_HEAD]
        digest.update(chunk)
    upload.seek(0)
    kind = _type_of(head)
    if not kind:
        raise EvidenceRefused(
            _("“%(name)s” is neither a PDF nor a photo (JPEG, PNG, WebP). Scan it, or take a photo of it.")
            % {"name": name}
        )
    return Evidence(upload, name, kind, digest.hexdigest())


def _type_of(head: bytes) -> str:
    if b"%PDF-" in head:
        return "pdf"
    if head.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "webp"
    return ""


CONTENT_TYPES = {"pdf": "application/pdf", "jpg": "image/jpeg", "png": "image/png", "webp": "image/webp"}
