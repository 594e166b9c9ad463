"""What every answer gets: a request id and a log line, compression, and headers that are strict for learners."""

import functools
import gzip
import logging
import re
import secrets
import time

import brotli
from csp.constants import HEADER
from csp.utils import build_policy
from django.conf import settings
from django.utils.cache import patch_vary_headers

from .logging import request_id

access = logging.getLogger("elearning.access")


class RequestMiddleware:
    """Keep a proxy's request id when it has a sane form, else make one; echo it, so that a report finds its line."""

    SANE = re.compile(r"^[A-Za-z0-9_-]{8,64}$")

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        given = request.headers.get("X-Request-Id", "")
        request.id = given if self.SANE.match(given) else secrets.token_hex(8)
        token = request_id.set(request.id)
        started = time.perf_counter()
        try:
            response = self.get_response(request)
            response["X-Request-Id"] = request.id
            self.log(request, response, 1000 * (time.perf_counter() - started))
        finally:
            request_id.reset(token)
        return response

    # Who reads the log must not be able to choose somebody's password.
    SECRET = re.compile(r"(/password/reset/key/)[^/]+")

    @classmethod
    def log(cls, request, response, milliseconds: float) -> None:
        """Write the access line: never the query string, which may hold a name that was searched for."""
        if request.path.startswith(settings.STATIC_URL) or not access.isEnabledFor(logging.INFO):
            return
        what = (request.method, cls.SECRET.sub(r"\1…", request.path), response.status_code, milliseconds)
        extra = {"method": what[0], "path": what[1], "status": what[2], "milliseconds": round(milliseconds, 1)}
        access.info("%s %s %s %.0f ms", *what, extra=extra)


class CompressionMiddleware:
    """Compress text that is made for each request; brotli at level 3 costs about what gzip does and is smaller.

    A page that holds a secret is safe from BREACH because Django masks the CSRF token anew in each answer.
    """

    SHORTEST = 500  # bytes: below, the headers weigh more than what is saved
    TEXT = re.compile(r"^(text/|application/(json|javascript|xml|manifest\+json)|image/svg\+xml)")

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if response.streaming or len(response.content) < self.SHORTEST or response.has_header("Content-Encoding"):
            return response
        if not self.TEXT.match(response.get("Content-Type", "")):
            return response
        patch_vary_headers(response, ["Accept-Encoding"])
        accepted = request.headers.get("Accept-Encoding", "")
        if re.search(r"\bbr\b", accepted):
            self.replace(response, brotli.compress(response.content, mode=brotli.MODE_TEXT, quality=3), "br")
        elif re.search(r"\bgzip\b", accepted):
            self.replace(response, gzip.compress(response.content, compresslevel=4, mtime=0), "gzip")
        return response

    @staticmethod
    def replace(response, content: bytes, encoding: str) -> None:
        response.content = content
        response["Content-Encoding"] = encoding
        response["Content-Length"] = str(len(content))
        if etag := response.get("ETag"):
            response["ETag"] = etag if etag.startswith("W/") else f"W/{etag}"


class ContentSecurityPolicyMiddleware:
    """Strict for learners, with inline scripts and styles under `/admin/`, where Wagtail writes them.

    The two policies never change while a process runs, so each is put together once.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if not (settings.DEBUG and response.status_code in (404, 500)):
            response.headers.setdefault(HEADER, self.policy(request.path_info.startswith("/admin/")))
        response.headers.setdefault("Permissions-Policy", settings.PERMISSIONS_POLICY)
        return response

    @staticmethod
    @functools.cache
    def policy(admin: bool) -> str:
        return build_policy(replace=settings.CONTENT_SECURITY_POLICY_ADMIN if admin else None)
