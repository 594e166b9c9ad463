"""Settings of what is measured in a process of its own: development without its debug pages, which log every query."""

from elearning.settings.dev import *  # noqa: F403

DEBUG = False
