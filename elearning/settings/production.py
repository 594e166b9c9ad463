"""Production: strict by default; refuses to start on an unsafe combination. `.env.example` names the variables."""

from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from elearning import checks
from elearning import logging as log_lines

from . import stores
from .base import *  # noqa: F403
from .base import DATABASES, STORAGES, VAR_DIR, env

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env("SECRET_KEY", default="")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])

# --- where we are ----------------------------------------------------------------------------------------------------

BASE_URL = env("BASE_URL", default="https://localhost")
BIND = env("BIND", default="127.0.0.1:8000")
NODES = env.int("NODES", default=1)
WEB_PROCESSES = env.int("WEB_PROCESSES", default=2)
WEB_THREADS = env.int("WEB_THREADS", default=4)
TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXY_COUNT
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
WAGTAILADMIN_BASE_URL = BASE_URL

# --- data stores -----------------------------------------------------------------------------------------------------

DATABASES["default"] = stores.pooled(DATABASES["default"], threads=WEB_THREADS)
# Several processes: a cache they share. Files are slower than Redis, but need nothing installed.
CACHES = {"default": stores.cache(env("CACHE_URL", default=f"filecache://{VAR_DIR / 'cache'}?max_entries=5000"))}

# --- mail ------------------------------------------------------------------------------------------------------------

vars().update(env.email("EMAIL_URL", default=f"filemail:///{VAR_DIR / 'mail'}"))
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env("DEFAULT_FROM_EMAIL", default=f"noreply@{urlsplit(BASE_URL).hostname}")
EMAIL_TIMEOUT = 10

# --- transport -------------------------------------------------------------------------------------------------------

DEPLOYMENT = checks.Deployment(
    secret_key=SECRET_KEY,
    debug=DEBUG,
    allowed_hosts=tuple(ALLOWED_HOSTS),
    base_url=BASE_URL,
    bind=BIND,
    nodes=NODES,
    processes=WEB_PROCESSES,
    trusted_proxies=TRUSTED_PROXY_COUNT,
    database_engine=DATABASES["default"]["ENGINE"],
    cache_backend=CACHES["default"]["BACKEND"],
    storage_backend=STORAGES["default"]["BACKEND"],
)
if found := checks.problems(DEPLOYMENT):
    raise ImproperlyConfigured("This would not be safe to start.\n" + "\n".join(f"- {problem}" for problem in found))

_secure = not checks.is_plain(DEPLOYMENT)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SECURE_SSL_REDIRECT = _secure
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365 if _secure else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = _secure and env.bool("HSTS_SUBDOMAINS", default=False)
if TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# HSTS: subdomains belong to the agency, not to us (see HSTS_SUBDOMAINS). Frames: Wagtail's preview is one, of our own
# origin. On loopback https does not exist.
SILENCED_SYSTEM_CHECKS = [*SILENCED_SYSTEM_CHECKS, "security.W005", "security.W021", "security.W019"]  # noqa: F405
if not _secure:
    SILENCED_SYSTEM_CHECKS += ["security.W004", "security.W008", "security.W012", "security.W016"]

LOGGING = log_lines.settings(
    readable=env("LOG_FORMAT", default="json") == "readable", level=env("LOG_LEVEL", default="INFO")
)
