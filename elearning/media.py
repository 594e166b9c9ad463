"""Uploaded pictures and recordings, from the local disk (with ranges, so that a video can be wound) or a private store.

A browser must never run what somebody uploaded: only pictures, sound, video and captions are shown, the rest is saved.
Attachments are not served here but at `/dokumen/`, where the right to read them is checked.
"""

import mimetypes
import os
import posixpath
import re

from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponse, HttpResponseRedirect
from django.utils.http import http_date
from django.views.decorators.http import require_safe

# Sizes of pictures made for pages: covers stand in the public catalogue. All else is for who is signed in: recordings,
# captions, and pictures as they were uploaded, with where and when they were taken.
PUBLIC = ("images/",)
# "tmp/" is nobody's to read by address: files on their way in.
CHECKED_ELSEWHERE = ("documents/", "jawaban/", "bukti/", "sertifikat/", "tmp/")
SHOWN = re.compile(r"^(image|audio|video)/|^text/vtt$")
RANGE = re.compile(r"^bytes=(\d*)-(\d*)$")
YEAR = 60 * 60 * 24 * 365
HOUR = 60 * 60

mimetypes.add_type("text/vtt", ".vtt")
mimetypes.add_type("audio/mp4", ".m4a")
mimetypes.add_type("audio/ogg", ".opus")
mimetypes.add_type("image/webp", ".webp")
mimetypes.add_type("image/avif", ".avif")


@require_safe
def media(request, path: str):
    """Serve one uploaded file; a file of an S3 store is redirected to an address that opens it for an hour."""
    # `images/../documents/…` is a document by another spelling; some disks know no small and large letters.
    if posixpath.normpath(path) != path or path.lower().startswith(CHECKED_ELSEWHERE):
        raise Http404
    is_public = path.startswith(PUBLIC)
    if not is_public and not request.user.is_authenticated:
        raise Http404
    kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
    if hasattr(default_storage, "signed_url"):
        # The signature outlives the browser's memory of this redirect.
        response = HttpResponseRedirect(default_storage.signed_url(path, saved=not _is_harmless(kind)))
        response["Cache-Control"] = f"private, max-age={HOUR // 2}"
        return response
    return _from_disk(request, path, kind, is_public)


def _is_harmless(kind: str) -> bool:
    """Say whether a store, which sends no policy of ours, may show a file: an SVG can hold scripts."""
    return bool(SHOWN.match(kind)) and kind != "image/svg+xml"


def _from_disk(request, path: str, kind: str, is_public: bool):
    try:
        file = open(default_storage.path(path), "rb")  # noqa: SIM115 - the response closes it
    except (OSError, SuspiciousFileOperation, ValueError) as error:
        raise Http404 from error
    status = os.fstat(file.fileno())
    response = _body(request, file, status.st_size, kind)
    response["Last-Modified"] = http_date(status.st_mtime)
    response["Accept-Ranges"] = "bytes"
    response["X-Content-Type-Options"] = "nosniff"
    # A picture opened by itself is a document: an SVG's scripts stay dead in a sandbox.
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    # The name of an upload changes with its content: Wagtail never writes over a file.
    response["Cache-Control"] = f"{'public' if is_public else 'private'}, max-age={YEAR}, immutable"
    if not SHOWN.match(kind):
        response["Content-Disposition"] = "attachment"
    return response


def _body(request, file, size: int, kind: str):
    wanted = _range(request.headers.get("Range", ""), size)
    if wanted is None:
        response = FileResponse(file, content_type=kind)
        response["Content-Length"] = str(size)
        return response
    first, last = wanted
    if first > last:
        file.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    file.seek(first)
    response = FileResponse(_Part(file, last - first + 1), status=206, content_type=kind)
    response["Content-Length"] = str(last - first + 1)
    response["Content-Range"] = f"bytes {first}-{last}/{size}"
    return response


def _range(header: str, size: int) -> tuple[int, int] | None:
    """Return the first and last byte asked for; None for the whole file, an empty range for one that lies outside."""
    match = RANGE.match(header)
    if not match or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    if not first:
        return max(0, size - int(last)), size - 1
    return int(first), min(int(last or size - 1), size - 1)


class _Part:
    """A file that ends after so many bytes."""

    def __init__(self, file, length: int):
        self.file, self.left = file, length

    def read(self, count: int = -1) -> bytes:
        data = self.file.read(self.left if count < 0 else min(count, self.left))
        self.left -= len(data)
        return data

    def close(self) -> None:
        self.file.close()
