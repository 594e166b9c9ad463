"""Registrations with Wagtail only; what they do lives in modules named after it."""

from django.urls import path
from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from . import admin
from .staff.viewset import QuizzesOfStaff
from .viewsets import question_chooser

hooks.register("register_admin_viewset", lambda: question_chooser)
hooks.register("register_admin_viewset", QuizzesOfStaff)
hooks.register("register_admin_urls", lambda: [path("kuis/menimbang/", admin.foresee, name="quiz_foresee")])
hooks.register("register_page_header_buttons", admin.trial_button)
# Before the guard of learners' history, which any attempt would alarm.
hooks.register("before_delete_page", admin.drop_trials, order=-10)
hooks.register("before_bulk_action", admin.drop_trials_in_bulk, order=-10)


@hooks.register("register_log_actions")
def register_log_actions(actions):
    actions.register_action("quizzes.give_override", _("Exception"), _("Gave an exception at the quiz"))
    actions.register_action("quizzes.end_override", _("End of an exception"), _("Ended an exception at the quiz"))
    actions.register_action("quizzes.add_marker", _("Marker"), _("Let somebody help to mark the quiz"))
    actions.register_action("quizzes.remove_marker", _("No longer marker"), _("Took somebody from marking the quiz"))
