"""Tests: fast hashes, work done at once, a database file that is kept between runs."""

from .base import *  # noqa: F403

SECRET_KEY = "tests-only"  # noqa: S105
ALLOWED_HOSTS = ["*"]
# Sign-ins in tests are not what is tested; Argon2 has its own test.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
MEDIA_ROOT = BASE_DIR / ".cache" / "test-media"  # noqa: F405
ACCOUNT_RATE_LIMITS = False
CERTIFICATE_RATE_LIMITS: dict = {}
WHITENOISE_AUTOREFRESH = True
_name = env("TEST_DATABASE", default="test")  # noqa: F405
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):  # noqa: F405
    # A file, so that `--reuse-db` can reuse it: migrating takes ten seconds. It need not outlive a power cut.
    DATABASES["default"]["TEST"] = {"NAME": BASE_DIR / ".cache" / f"{_name}.sqlite3"}  # noqa: F405
    DATABASES["default"]["OPTIONS"]["init_command"] += "PRAGMA synchronous=OFF;"  # noqa: F405
elif _name != "test":
    DATABASES["default"]["TEST"] = {"NAME": f"test_{_name}"}  # noqa: F405
if CACHES["default"]["LOCATION"].startswith("redis"):  # noqa: F405
    # `cache.clear()` empties a whole Redis database: each parallel worker gets its own, above the one that is named.
    _address, _, _base = CACHES["default"]["LOCATION"].rpartition("/")  # noqa: F405
    _worker = int(env("PYTEST_XDIST_WORKER", default="gw0").removeprefix("gw"))  # noqa: F405
    CACHES["default"]["LOCATION"] = f"{_address}/{int(_base) + 1 + _worker}"  # noqa: F405
