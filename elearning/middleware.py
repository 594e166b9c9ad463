"""Headers of every answer: a request id for the logs and a Content-Security-Policy that is strict for learners."""

import re
import secrets

from csp.middleware import CSPMiddleware


class RequestIdMiddleware:
    """Keep a proxy's request id when it has a sane form, else make one; echo it, so that a report finds its log line."""

    SANE = re.compile(r"^[A-Za-z0-9_-]{8,64}$")

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        given = request.headers.get("X-Request-Id", "")
        request.id = given if self.SANE.match(given) else secrets.token_hex(8)
        response = self.get_response(request)
        response["X-Request-Id"] = request.id
        return response


class ContentSecurityPolicyMiddleware(CSPMiddleware):
    pass
