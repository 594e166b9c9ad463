"""Development: debug pages, plain static files, mail on the console. Started by `manage.py`, never by a server."""

from .base import *  # noqa: F403

DEBUG = True
SECRET_KEY = "development-only-never-a-secret"  # noqa: S105
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", "testserver"]
EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
