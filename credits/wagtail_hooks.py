"""Registrations with Wagtail only."""

from wagtail import hooks

from .external.viewsets import ExternalTrainingViewSet
from .rules.viewsets import JpMenu

hooks.register("register_admin_viewset", lambda: ExternalTrainingViewSet())
hooks.register("register_admin_viewset", lambda: JpMenu())
