"""Registrations with Wagtail only; what they call lives in modules named after what they do."""

from wagtail import hooks

from . import editorial_hooks, protection  # noqa: F401 (editors' screens; the guards of learners' history)
from .access import check_access_before_serving

hooks.register("before_serve_page", check_access_before_serving)
