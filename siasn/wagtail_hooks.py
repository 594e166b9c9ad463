"""Registrations with Wagtail only."""

from wagtail import hooks

from .viewsets import SiasnMenu


@hooks.register("register_admin_viewset")
def register_siasn():
    return SiasnMenu()
