"""Registrations with Wagtail only."""

from wagtail import hooks

from .viewsets import CertificatesMenu


@hooks.register("register_admin_viewset")
def register_certificates():
    return CertificatesMenu()
