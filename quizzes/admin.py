"""What editors get for a quiz beside its form: the trial, and pages that trials do not hold back from deletion."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import Button
from wagtail.models import Page

from .models import QuizPage
from .rules import can_try_out
from .services import discard_trials


def trial_button(page, user, view_name, next_url=None):
    """Offer the quiz as a learner meets it, from the page's own header."""
    if page.pk and page.specific_class is QuizPage and can_try_out(user, page):
        yield Button(_("Try as a learner"), reverse("quizzes:trial", args=[page.pk]), icon_name="view", priority=15)


def drop_trials(request, page):
    """Throw away the trials of the quizzes that are about to be deleted with a page; real attempts still hold it."""
    discard_trials(quizzes=QuizPage.objects.descendant_of(page, inclusive=True))


def drop_trials_in_bulk(request, action_type, objects, action):
    if action_type != "delete" or not objects or not isinstance(objects[0], Page):
        return
    for page in objects:
        drop_trials(request, page)
