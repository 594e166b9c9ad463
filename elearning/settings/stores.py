"""Outside services from one address each: database, cache, files. Pure: text in, Django settings out."""

from urllib.parse import parse_qsl, unquote, urlsplit

import environ

# Writers queue instead of failing: WAL lets readers go on, IMMEDIATE takes the write lock at BEGIN. FULL waits for the
# disk at each commit: what was answered with "saved" is there after a power cut too, which costs about a millisecond.
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-20000; PRAGMA mmap_size=134217728;"
    ),
}

# A dead Redis must cost half a second, not the site: sessions fall back to the database.
REDIS_OPTIONS = {
    "SOCKET_CONNECT_TIMEOUT": 0.5,
    "SOCKET_TIMEOUT": 0.5,
    "IGNORE_EXCEPTIONS": True,
}

LOCAL_FILES = {"BACKEND": "django.core.files.storage.FileSystemStorage"}


def database(url: str) -> dict:
    """Return Django's DATABASES entry for `sqlite:////path` or `postgres://user:password@host:port/name`."""
    settings = environ.Env.db_url_config(url)
    if settings["ENGINE"].endswith("sqlite3"):
        settings["OPTIONS"] = {**SQLITE_OPTIONS, **settings.get("OPTIONS", {})}
    return settings


def pooled(settings: dict, *, threads: int) -> dict:
    """Keep connections between requests: PostgreSQL in a pool that the threads share, SQLite one a thread."""
    if settings["ENGINE"].endswith("sqlite3"):
        # Opening a file and telling it its pragmas takes as long as a whole bare page.
        return {**settings, "CONN_MAX_AGE": 600}
    if not settings["ENGINE"].endswith("postgresql"):
        return settings
    # One spare for a thread that finds its connection broken; a pool needs connections that end with the request.
    options = {**settings.get("OPTIONS", {}), "pool": {"min_size": 1, "max_size": threads + 1, "timeout": 10}}
    return {**settings, "CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": True, "OPTIONS": options}


def cache(url: str) -> dict:
    """Return Django's CACHES entry for `redis://host:port/0`, `filecache:///path` or `locmemcache://`."""
    settings = environ.Env.cache_url_config(url)
    if urlsplit(url).scheme == "filecache":
        settings["BACKEND"] = "elearning.file_cache.SharedFileCache"
    if urlsplit(url).scheme in ("redis", "rediss"):
        settings["BACKEND"] = "elearning.redis_cache.ForgivingRedisCache"
        settings["OPTIONS"] = {**REDIS_OPTIONS, **settings.get("OPTIONS", {})}
    return settings


def storage(url: str) -> dict:
    """Return Django's STORAGES["default"] entry for `s3://key:secret@host:port/bucket?…`.

    `region`, `secure=0` (plain http, for a store on the same network) and `public` (the store's address as browsers
    reach it) may follow the question mark.
    """
    parts = urlsplit(url)
    if parts.scheme != "s3" or not parts.hostname or len(parts.path) < 2:
        raise ValueError("STORAGE_URL must look like s3://key:secret@host/bucket")
    query = dict(parse_qsl(parts.query))
    secure = query.get("secure", "1") != "0"
    host = parts.hostname if parts.port is None else f"{parts.hostname}:{parts.port}"
    return {
        "BACKEND": "elearning.storage.PrivateS3Storage",
        "OPTIONS": {
            "endpoint_url": f"{'https' if secure else 'http'}://{host}",
            "public_url": query.get("public", ""),
            "bucket_name": parts.path.strip("/"),
            "access_key": unquote(parts.username or ""),
            "secret_key": unquote(parts.password or ""),
            "region_name": query.get("region", "us-east-1"),
            "addressing_style": "path",
            "signature_version": "s3v4",
            "default_acl": None,
            "file_overwrite": False,
            "querystring_auth": True,
            "querystring_expire": 3600,
        },
    }
