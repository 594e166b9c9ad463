"""Registrations with Wagtail only; what they do lives in modules named after it."""

from wagtail import hooks

from . import admin
from .viewsets import question_chooser

hooks.register("register_admin_viewset", lambda: question_chooser)
hooks.register("register_page_header_buttons", admin.trial_button)
# Before the guard of learners' history, which any attempt would alarm.
hooks.register("before_delete_page", admin.drop_trials, order=-10)
hooks.register("before_bulk_action", admin.drop_trials_in_bulk, order=-10)
