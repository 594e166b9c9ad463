"""Unsafe combinations of settings: each with the variable at fault and how to mend it. Pure, so easy to test."""

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

SHORTEST_SECRET = 50
PROCESS_CACHES = ("locmem", "dummy")
ONE_MACHINE_CACHES = (*PROCESS_CACHES, "file_cache", "filebased")


@dataclass(frozen=True)
class Problem:
    variable: str
    message: str

    def __str__(self) -> str:
        return f"{self.variable}: {self.message}"


@dataclass(frozen=True)
class Deployment:
    """What decides whether it is safe to serve: the words of the environment, already read."""

    secret_key: str
    debug: bool
    allowed_hosts: tuple[str, ...]
    base_url: str
    bind: str
    nodes: int
    processes: int
    trusted_proxies: int
    database_engine: str
    cache_backend: str
    storage_backend: str


def is_loopback(bind: str) -> bool:
    """Return whether an address like `127.0.0.1:8000`, `[::1]:8000` or a `unix:` path reaches this machine only."""
    if bind.startswith("unix:"):
        return True
    host = bind.rpartition(":")[0].strip("[]")
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def is_plain(deployment: Deployment) -> bool:
    """Return whether people reach the site by plain http, which only this very machine may."""
    return urlsplit(deployment.base_url).scheme != "https"


def problems(deployment: Deployment) -> list[Problem]:
    """Return what makes a deployment unsafe; empty when it may start."""
    return [*_secrets(deployment), *_addresses(deployment), *_stores(deployment)]


def _secrets(deployment: Deployment):
    secret = deployment.secret_key
    if len(secret) < SHORTEST_SECRET or len(set(secret)) < 10 or secret.startswith(("django-insecure", "development")):
        yield Problem(
            "SECRET_KEY",
            f"is missing, a default or shorter than {SHORTEST_SECRET} characters. Make one with: "
            'python -c "import secrets; print(secrets.token_urlsafe(50))"',
        )
    if deployment.debug:
        yield Problem("DEBUG", "shows source and settings to visitors. Remove it from the environment.")


def _addresses(deployment: Deployment):
    if not deployment.allowed_hosts:
        yield Problem("ALLOWED_HOSTS", "is empty. Name the site's hosts: ALLOWED_HOSTS=belajar.example.go.id")
    if "*" in deployment.allowed_hosts:
        yield Problem("ALLOWED_HOSTS", "'*' lets anybody choose the links in our e-mails. Name the site's hosts.")
    if is_plain(deployment) and not is_loopback(deployment.bind):
        yield Problem(
            "BASE_URL",
            f"{deployment.base_url} sends cookies in plain http beyond this machine (BIND={deployment.bind}). "
            "Set BASE_URL=https://… and put a proxy with a certificate in front, or BIND=127.0.0.1:8000.",
        )
    if not is_plain(deployment) and deployment.trusted_proxies < 1:
        yield Problem(
            "TRUSTED_PROXY_COUNT",
            "is 0 while BASE_URL is https: nobody says which requests came by https, every page would redirect to "
            "itself. Set it to the number of proxies in front, usually 1.",
        )


def _stores(deployment: Deployment):
    cache = deployment.cache_backend
    if deployment.processes > 1 and any(kind in cache for kind in PROCESS_CACHES):
        yield Problem(
            "CACHE_URL",
            "is the memory of one process, but there are several: a sign-out or a rate limit in one would not count "
            "in the other. Set CACHE_URL=redis://host:6379/0, or leave it out for a cache in files.",
        )
    if deployment.nodes < 2:
        return
    if deployment.database_engine.endswith("sqlite3"):
        yield Problem(
            "DATABASE_URL",
            f"is SQLite, a file of one machine, but NODES={deployment.nodes}. "
            "Set DATABASE_URL=postgres://user:password@host:5432/name, or NODES=1.",
        )
    if any(kind in cache for kind in ONE_MACHINE_CACHES):
        yield Problem(
            "CACHE_URL",
            f"is not shared by the {deployment.nodes} nodes. Set CACHE_URL=redis://host:6379/0, or NODES=1.",
        )
    if "FileSystemStorage" in deployment.storage_backend:
        yield Problem(
            "STORAGE_URL",
            f"is a disk of one machine, but NODES={deployment.nodes}. "
            "Set STORAGE_URL=s3://key:secret@host/bucket, or NODES=1.",
        )
