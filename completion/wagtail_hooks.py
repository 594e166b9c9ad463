"""Registrations with Wagtail only."""

from wagtail import hooks

from .opening import note_opening

# After `courses` has asked who may open the page.
hooks.register("before_serve_page", note_opening, order=10)
