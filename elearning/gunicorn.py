"""The web server: a few processes of a few threads each, loaded once and forked. Read by `gunicorn -c`."""

import os
import sys

from elearning.checks import is_loopback

wsgi_app = "elearning.wsgi:application"
bind = os.environ.get("BIND", "127.0.0.1:8000")
worker_class = "gthread"
workers = int(os.environ.get("WEB_PROCESSES", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
preload_app = True
timeout = 60
graceful_timeout = 20
keepalive = 5
# A process that has grown is replaced now and then, each at another moment.
max_requests = 5000
max_requests_jitter = 1000
# Answers are written by Django with their request id; gunicorn says only how it fares itself.
accesslog = None
loglevel = os.environ.get("GUNICORN_LOG_LEVEL", "warning")
control_socket_disable = True


def when_ready(server):
    """Let go of everything the loading opened: a database connection must not live in two processes."""
    from django.conf import settings
    from django.core.cache import caches
    from django.db import connections

    for connection in connections.all(initialized_only=True):
        connection.close()
        if hasattr(connection, "close_pool"):
            connection.close_pool()
    caches.close_all()
    if settings.SESSION_COOKIE_SECURE:
        return
    # The settings judged BIND; somebody may have said `-b 0.0.0.0` on top of it.
    for address in server.cfg.address:
        shown = address if isinstance(address, str) else f"{address[0]}:{address[1]}"
        if not shown.startswith("/") and not is_loopback(shown):
            sys.exit(f"Plain http is for this machine alone, not for {shown}: set BASE_URL=https://… or BIND.")
