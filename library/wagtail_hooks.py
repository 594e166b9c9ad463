"""Registrations with Wagtail only."""

from django.urls import path
from wagtail import hooks

from .views import recording_usage


@hooks.register("register_admin_urls")
def register_usage():
    """Before the add-on's own address of the same form, as this app stands before it."""
    return [path("media/usage/<int:media_id>/", recording_usage)]
