"""SIASN's web service of course history, as a client: two bearer headers, three calls, errors that say what to do.

Only the standard library: BKN's answers are small. Redirects are not followed, so that no token goes elsewhere.
"""

import base64
import json
import logging
import secrets
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from typing import Any

logger = logging.getLogger(__name__)

TIMEOUT = 20  # seconds
MOST_BYTES = 20_000_000  # of an answer: a history is some hundred kilobytes
EARLY = 30  # seconds before its end at which a token is asked for anew
CERTIFICATE = "881"  # id_ref_dokumen of "Dok Sertifikat Kursus"


class SiasnError(Exception):
    """A call that did not succeed. The kind of error says what to do; the text is what SIASN itself said, or empty."""


class Refused(SiasnError):
    """SIASN read it and does not take it: sending the same again is of no use."""


class NotAuthorised(SiasnError):
    """The keys or tokens are wrong or have ended: everything waits until an administrator mends them."""


class RateLimited(SiasnError):
    """Too many calls; `retry_after` is in seconds."""

    def __init__(self, message: str, retry_after: int):
        super().__init__(message)
        self.retry_after = retry_after


class Unavailable(SiasnError):
    """No answer, or one that says that the service is out of order: to be tried again."""


@dataclass(frozen=True)
class Access:
    """Where the service is and what opens it; see docs/siasn.md."""

    base_url: str
    token_url: str
    consumer_key: str
    consumer_secret: str = field(repr=False)
    sso_token: str = field(repr=False)
    timeout: float = TIMEOUT


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *arguments, **options):
        return None


class SiasnClient:
    """One client for each process: it keeps the token of client_credentials until shortly before its end."""

    def __init__(self, access: Access):
        self.access = access
        self._opener = urllib.request.build_opener(_NoRedirect())
        self._lock = threading.Lock()
        self._token = ""
        self._token_ends = 0.0

    # --- what can be asked -------------------------------------------------------------------------------------------

    def save_course(self, body: dict[str, str | int]) -> str:
        """Add a course to somebody's history (POST /kursus/save) and return its `rwKursusId`."""
        answer = self._call("POST", "/kursus/save", json.dumps(body).encode(), "application/json")
        found = answer.get("mapData")
        record_id = found.get("rwKursusId") if isinstance(found, dict) else None
        if answer.get("success") is not True or not record_id:
            raise Refused(_words(answer))
        return str(record_id)

    def courses_of(self, nip: str) -> list[dict]:
        """Return the rows of somebody's course history (GET /pns/rw-kursus/{nip})."""
        answer = self._call("GET", f"/pns/rw-kursus/{urllib.parse.quote(nip, safe='')}")
        rows = answer.get("data")  # a sentence when there are none
        return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []

    def upload_certificate(self, *, record_id: str, pdf: bytes, name: str) -> None:
        """Put the certificate's PDF to a course of the history (POST /upload-dok-rw, document 881)."""
        fields = {"id_riwayat": record_id, "id_ref_dokumen": CERTIFICATE}
        body, kind = _multipart(fields, file=("file", name, "application/pdf", pdf))
        answer = self._call("POST", "/upload-dok-rw", body, kind)
        if answer.get("success") is False:
            raise Refused(_words(answer))

    # --- how ---------------------------------------------------------------------------------------------------------

    def _call(self, method: str, path: str, body: bytes | None = None, kind: str = "") -> dict:
        """Call with both tokens; a token that has ended meanwhile is asked for anew, once."""
        try:
            return self._send(method, self.access.base_url.rstrip("/") + path, body, self._headers(kind))
        except NotAuthorised:
            with self._lock:
                self._token = ""
            return self._send(method, self.access.base_url.rstrip("/") + path, body, self._headers(kind))

    def _headers(self, kind: str) -> dict[str, str]:
        headers = {
            "Authorization": f"Bearer {self._wso_token()}",
            "Auth": f"bearer {self.access.sso_token}",
            "Accept": "application/json",
        }
        return {**headers, "Content-Type": kind} if kind else headers

    def _wso_token(self) -> str:
        with self._lock:
            if self._token and time.monotonic() < self._token_ends:
                return self._token
            pair = f"{self.access.consumer_key}:{self.access.consumer_secret}".encode()
            headers = {
                "Authorization": f"Basic {base64.b64encode(pair).decode()}",
                "Content-Type": "application/x-www-form-urlencoded",
                "Accept": "application/json",
            }
            answer = self._send("POST", self.access.token_url, b"grant_type=client_credentials", headers)
            token, seconds = answer.get("access_token"), answer.get("expires_in", 3600)
            if not isinstance(token, str) or not token:
                raise NotAuthorised(_words(answer))
            self._token = token
            self._token_ends = time.monotonic() + max(0, int(seconds) - EARLY)
            return token

    def _send(self, method: str, url: str, body: bytes | None, headers: dict[str, str]) -> dict:
        request = urllib.request.Request(url, data=body, headers=headers, method=method)  # noqa: S310 - from settings
        try:
            with self._opener.open(request, timeout=self.access.timeout) as response:
                return _read(response.read(MOST_BYTES))
        except urllib.error.HTTPError as error:
            with error:
                raise _refusal(error) from error
        except (OSError, ValueError, urllib.error.URLError) as error:
            logger.warning("SIASN did not answer: %r", error)
            raise Unavailable from error


def _read(content: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(content)
    except ValueError as error:
        raise Unavailable from error
    if not isinstance(answer, dict):
        raise Unavailable
    return answer


def _refusal(error: urllib.error.HTTPError) -> SiasnError:
    """Return the exception that an answer other than 2xx stands for."""
    try:
        words = _words(_read(error.read(10_000)))
    except (Unavailable, OSError):
        words = ""
    if error.code in (401, 403):
        return NotAuthorised(words)
    if error.code == 429:
        after = error.headers.get("Retry-After", "")
        return RateLimited(words, int(after) if after.isdigit() else 60)
    if error.code in (408, 425) or error.code >= 500 or error.code < 400:
        return Unavailable(words or str(error.code))
    return Refused(words or str(error.code))


def _words(answer: dict) -> str:
    """Return what SIASN says, as one short line."""
    told = answer.get("message") or answer.get("description") or ""
    if isinstance(told, (list, dict)):
        told = json.dumps(told, ensure_ascii=False)
    return " ".join(str(told).split())[:400]


def _multipart(fields: dict[str, str], *, file: tuple[str, str, str, bytes]) -> tuple[bytes, str]:
    """Return the body of a form with a file, and its content type."""
    mark = secrets.token_hex(16)
    field_name, file_name, kind, content = file
    safe_name = "".join(letter for letter in file_name if letter.isascii() and (letter.isalnum() or letter in "._-"))
    parts = [
        f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    head = (
        f'--{mark}\r\nContent-Disposition: form-data; name="{field_name}"; filename="{safe_name or "file"}"\r\n'
        f"Content-Type: {kind}\r\n\r\n"
    )
    body = b"".join([*parts, head.encode(), content, f"\r\n--{mark}--\r\n".encode()])
    return body, f"multipart/form-data; boundary={mark}"
