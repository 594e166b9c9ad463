"""`/healthz`: this process answers. `/readyz`: everything it needs does, or 503 with what does not.

Both stand before the check of host names and the redirect to https, because a load balancer asks by IP address.
"""

import logging
import uuid
from functools import cache as once

from django.core.cache import cache
from django.core.files.storage import default_storage
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpResponse, JsonResponse

logger = logging.getLogger("elearning.health")


class HealthMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.path_info == "/healthz":
            return HttpResponse("ok", content_type="text/plain", headers={"Cache-Control": "no-store"})
        if request.path_info == "/readyz":
            return readiness()
        return self.get_response(request)


class NotReady(Exception):
    """Something this site needs is missing; the text says what, without secrets."""


def readiness() -> JsonResponse:
    """Ask everything the site needs, and answer 503 when one of them fails."""
    answers = {name: _answer(name, check) for name, check in CHECKS.items()}
    status = 200 if set(answers.values()) == {"ok"} else 503
    response = JsonResponse(answers, status=status, headers={"Cache-Control": "no-store"})
    response._has_been_logged = True  # asked every few seconds; what is wrong has its own line
    return response


def _answer(name, check) -> str:
    try:
        check()
    except NotReady as missing:
        return str(missing)
    except Exception as error:
        logger.warning("%s is not ready: %r", name, error)
        return type(error).__name__
    return "ok"


def check_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def check_migrations() -> None:
    _migrated()


@once
def _migrated() -> bool:
    """Look for unapplied migrations; a database that was up to date stays so for this process, so ask until then."""
    executor = MigrationExecutor(connection)
    if plan := executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise NotReady(f"{len(plan)} migrations are not applied: run manage.py migrate")
    return True


def check_cache() -> None:
    probe = uuid.uuid4().hex
    cache.set("readyz", probe, 10)
    # Another node may have written in between: any answer shows that the cache keeps what it is given.
    if cache.get("readyz") is None:
        raise NotReady("the cache does not keep what it is given")


def check_storage() -> None:
    default_storage.exists("readyz")


def check_worker() -> None:
    from core.models import WorkerBeat

    if not WorkerBeat.objects.alive().exists():
        raise NotReady("no worker has been seen for a minute: run manage.py work")


CHECKS = {
    "database": check_database,
    "migrations": check_migrations,
    "cache": check_cache,
    "storage": check_storage,
    "worker": check_worker,
}
