"""Registrations with Wagtail only."""

from wagtail import hooks

from .viewsets import QuestionBank


@hooks.register("register_admin_viewset")
def register_question_bank():
    return QuestionBank()
