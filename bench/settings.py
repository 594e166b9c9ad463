"""Production settings, with the yardstick's address and without limits on sign-ins."""

from elearning.settings.production import *  # noqa: F403

ROOT_URLCONF = "bench.urls"
ACCOUNT_RATE_LIMITS = False
