"""What every answer gets."""

import gzip
import json
import logging

import brotli
import pytest
from django.http import HttpResponse, StreamingHttpResponse

from elearning.logging import JsonFormatter, request_id
from elearning.middleware import CompressionMiddleware, ContentSecurityPolicyMiddleware, RequestMiddleware

LONG = "Belajar setiap hari. " * 200


def policy_of(response) -> dict[str, str]:
    parts = (part.split(" ", 1) for part in response["Content-Security-Policy"].split("; "))
    return dict(parts)


def through(middleware, request, response):
    return middleware(lambda request: response)(request)


def test_policy_is_strict_for_learners(rf):
    policy = policy_of(through(ContentSecurityPolicyMiddleware, rf.get("/katalog/"), HttpResponse()))
    assert policy["default-src"] == "'self'"
    assert policy["object-src"] == "'none'"
    assert policy["base-uri"] == policy["form-action"] == policy["frame-ancestors"] == "'self'"
    assert "script-src" not in policy
    assert "style-src" not in policy
    assert "unsafe" not in str(policy)


def test_policy_lets_wagtail_write_inline_under_admin(rf):
    policy = policy_of(through(ContentSecurityPolicyMiddleware, rf.get("/admin/pages/"), HttpResponse()))
    assert policy["script-src"] == policy["style-src"] == "'self' 'unsafe-inline'"
    assert policy["object-src"] == "'none'"


def test_policy_of_a_view_is_kept(rf):
    own = HttpResponse(headers={"Content-Security-Policy": "sandbox"})
    assert through(ContentSecurityPolicyMiddleware, rf.get("/media/x.svg"), own)["Content-Security-Policy"] == "sandbox"


@pytest.mark.parametrize(
    ("accepted", "encoding", "unpack"),
    [("gzip, deflate, br", "br", brotli.decompress), ("gzip", "gzip", gzip.decompress), ("", None, bytes)],
)
def test_compression_answers_in_what_the_browser_reads(rf, accepted, encoding, unpack):
    request = rf.get("/", headers={"accept-encoding": accepted})
    response = through(CompressionMiddleware, request, HttpResponse(LONG))
    assert response.get("Content-Encoding") == encoding
    assert unpack(response.content).decode() == LONG
    assert "Accept-Encoding" in response["Vary"]


@pytest.mark.parametrize(
    "response",
    [
        HttpResponse("short"),
        HttpResponse(LONG, content_type="image/png"),
        HttpResponse(LONG, headers={"Content-Encoding": "identity"}),
        StreamingHttpResponse([LONG]),
    ],
)
def test_compression_leaves_alone_what_gains_nothing(rf, response):
    request = rf.get("/", headers={"accept-encoding": "br"})
    assert through(CompressionMiddleware, request, response).get("Content-Encoding") in (None, "identity")


@pytest.mark.parametrize(
    ("given", "kept"), [("proxy-id_0123", True), ("short", False), ("a b c d e f g h", False), ("x" * 65, False)]
)
def test_request_id_is_kept_only_when_sane(rf, given, kept):
    response = through(RequestMiddleware, rf.get("/", headers={"x-request-id": given}), HttpResponse())
    assert (response["X-Request-Id"] == given) is kept


def test_access_line_names_the_request_but_no_query(rf, caplog):
    with caplog.at_level(logging.INFO, logger="elearning.access"):
        through(RequestMiddleware, rf.get("/katalog/?q=siti"), HttpResponse(status=404))
        through(RequestMiddleware, rf.get("/static/css/site.css"), HttpResponse())
    assert [(record.method, record.path, record.status) for record in caplog.records] == [("GET", "/katalog/", 404)]
    assert "siti" not in caplog.text


def test_access_line_does_not_tell_the_key_of_a_new_password(rf, caplog):
    with caplog.at_level(logging.INFO, logger="elearning.access"):
        through(RequestMiddleware, rf.get("/akun/password/reset/key/1b-d1nk8q-0123abcd/"), HttpResponse())
    assert caplog.records[0].path == "/akun/password/reset/key/…/"
    assert "0123abcd" not in caplog.text


def test_json_line_holds_the_request_and_the_exception():
    token = request_id.set("abc12345")
    try:
        raise ValueError("wrong")
    except ValueError as error:
        given = (type(error), error, error.__traceback__)
    record = logging.LogRecord("core", logging.ERROR, "x.py", 1, "It %s", ("failed",), given)
    line = json.loads(JsonFormatter().format(record))
    request_id.reset(token)
    assert (line["level"], line["message"], line["request"]) == ("ERROR", "It failed", "abc12345")
    assert "ValueError: wrong" in line["exception"]
